// SPDX-License-Identifier: BSD-3-Clause
// Power groups: what they are given, their state, and their interrupt.
#include "conformance.h"

static bool make_group(struct target *target, struct owner *owner, bool no_aggregation, struct gunyah_vpm_group **group)
{
    EXPECT_TRUE(conformance_owner(target, owner));
    EXPECT_OK(gunyah_vpm_group_create(owner->partition, owner->cspace, group));
    EXPECT_OK(gunyah_vpm_group_configure(*group, no_aggregation));
    EXPECT_OK(gunyah_vpm_group_activate(*group));
    return true;
}

static bool has_state(struct target *target, struct gunyah_vpm_group *group, enum gunyah_vpm_state expected)
{
    enum gunyah_vpm_state state = GUNYAH_VPM_STATE_NO_STATE;

    EXPECT_OK(gunyah_vpm_group_get_state(group, &state));
    EXPECT_EQ(state, expected);
    return true;
}

static bool is_configured_before_it_is_active(struct target *target)
{
    enum gunyah_vpm_state state = GUNYAH_VPM_STATE_NO_STATE;
    struct gunyah_vpm_group *group;
    struct owner owner;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_vpm_group_create(owner.partition, owner.cspace, &group));
    EXPECT_OK(gunyah_vpm_group_configure(group, true));
    EXPECT_OK(gunyah_vpm_group_configure(group, false));
    EXPECT_EQ(gunyah_vpm_group_get_state(group, &state), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(state, GUNYAH_VPM_STATE_NO_STATE);
    EXPECT_OK(gunyah_vpm_group_activate(group));
    EXPECT_EQ(gunyah_vpm_group_activate(group), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_vpm_group_configure(group, false), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_TRUE(has_state(target, group, GUNYAH_VPM_STATE_CPUS_SUSPENDED));
    EXPECT_EQ(gunyah_vpm_group_get_state(group, NULL), GUNYAH_ERR_NULL);
    return true;
}

static bool indexes_have_limits(struct target *target)
{
    struct gunyah_vpm_group *group;
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_group(target, &owner, false, &group));
    EXPECT_OK(gunyah_thread_create(owner.partition, owner.cspace, &thread));
    EXPECT_OK(gunyah_vpm_group_attach_vcpu(group, thread, 0));
    EXPECT_OK(gunyah_vpm_group_attach_vcpu(group, thread, 1));
    EXPECT_EQ(gunyah_vpm_group_attach_vcpu(group, thread, 0xffff), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_last_error(owner.g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    // The hypervisor would take this for 0.
    EXPECT_EQ(gunyah_vpm_group_attach_vcpu(group, thread, 0x10000), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_last_error(owner.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    EXPECT_EQ(gunyah_vpm_group_attach_vcpu(group, thread, UINT32_MAX), GUNYAH_ERR_ARGUMENT_INVALID);
    if (target->open_hypervisor)
        EXPECT_EQ(gunyah_vpm_group_attach_vcpu(group, thread, GUNYAH_VIC_MAX_VCPUS), GUNYAH_ERR_ARGUMENT_INVALID);
    return true;
}

static bool index_is_taken_once(struct target *target)
{
    struct gunyah_vpm_group *group;
    struct gunyah_thread *first;
    struct gunyah_thread *second;
    struct owner owner;

    EXPECT_TRUE(make_group(target, &owner, false, &group));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &first));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &second));
    EXPECT_OK(gunyah_vpm_group_attach_vcpu(group, first, 3));
    EXPECT_OK(gunyah_vpm_group_attach_vcpu(group, second, 3));
    EXPECT_OK(gunyah_thread_activate(first));
    EXPECT_EQ(gunyah_thread_activate(second), GUNYAH_ERR_DENIED);
    EXPECT_EQ(gunyah_vpm_group_attach_vcpu(group, first, 0), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

// A vCPU that is run is awake, as long as it is on.
static bool state_follows_the_vcpus(struct target *target)
{
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    struct gunyah_thread_exit exit;
    struct gunyah_vpm_group *group;
    struct gunyah_thread *thread;
    struct owner owner;

    options.vcpu_run_scheduled = true;
    for (int silent = 0; silent < 2; silent++) {
        EXPECT_TRUE(make_group(target, &owner, silent == 1, &group));
        EXPECT_TRUE(conformance_new_thread(target, &owner, &thread));
        EXPECT_OK(gunyah_vpm_group_attach_vcpu(group, thread, 0));
        EXPECT_OK(gunyah_thread_configure(thread, &options));
        EXPECT_OK(gunyah_thread_activate(thread));
        EXPECT_OK(gunyah_thread_power_on(thread, 0x1000, 0, 0));
        EXPECT_TRUE(has_state(target, group, GUNYAH_VPM_STATE_CPUS_SUSPENDED));
        EXPECT_OK(gunyah_thread_run(thread, NULL, &exit));
        EXPECT_TRUE(has_state(target, group, silent == 1 ? GUNYAH_VPM_STATE_CPUS_SUSPENDED : GUNYAH_VPM_STATE_RUNNING));
    }
    return true;
}

static bool has_an_interrupt(struct target *target)
{
    const gunyah_virq_t a = target_free_virq(target);
    const gunyah_virq_t b = target_free_virq(target);
    struct gunyah_vpm_group *group;
    struct gunyah_vpm_group *other;
    struct owner owner;

    EXPECT_TRUE(make_group(target, &owner, false, &group));
    EXPECT_TRUE(make_group(target, &owner, false, &other));
    EXPECT_OK(gunyah_vpm_group_bind_virq(group, owner.vic, a));
    EXPECT_EQ(gunyah_vpm_group_bind_virq(group, owner.vic, b), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_vpm_group_bind_virq(other, owner.vic, a), GUNYAH_ERR_BUSY);
    EXPECT_EQ(gunyah_vpm_group_bind_virq(other, owner.vic, gunyah_virq(5)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_vpm_group_unbind_virq(group));
    EXPECT_OK(gunyah_vpm_group_unbind_virq(group));
    EXPECT_OK(gunyah_vpm_group_bind_virq(other, owner.vic, a));
    EXPECT_OK(gunyah_vpm_group_unbind_virq(other));
    return true;
}

static bool weaken(struct target *target, const struct owner *owner, const struct gunyah_vpm_group *group,
                   uint32_t rights, struct gunyah_vpm_group **weak)
{
    gunyah_capid_t cap;

    EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_vpm_group_capid(group), owner->cspace, rights, &cap));
    EXPECT_OK(gunyah_vpm_group_open(owner->g, cap, weak));
    return true;
}

static bool each_function_has_its_right(struct target *target)
{
    const gunyah_virq_t virq = target_free_virq(target);
    enum gunyah_vpm_state state;
    struct gunyah_vpm_group *group;
    struct gunyah_vpm_group *weak;
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_group(target, &owner, false, &group));
    EXPECT_OK(gunyah_thread_create(owner.partition, owner.cspace, &thread));
    EXPECT_TRUE(weaken(target, &owner, group, GUNYAH_RIGHT_VPM_GROUP_QUERY, &weak));
    EXPECT_OK(gunyah_vpm_group_get_state(weak, &state));
    EXPECT_EQ(gunyah_vpm_group_attach_vcpu(weak, thread, 0), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_vpm_group_bind_virq(weak, owner.vic, virq), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_vpm_group_unbind_virq(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_vpm_group_configure(weak, false), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_TRUE(
        weaken(target, &owner, group, GUNYAH_RIGHT_VPM_GROUP_ATTACH_VCPU | GUNYAH_RIGHT_VPM_GROUP_BIND_VIRQ, &weak));
    EXPECT_EQ(gunyah_vpm_group_get_state(weak, &state), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_vpm_group_attach_vcpu(weak, thread, 0));
    EXPECT_OK(gunyah_vpm_group_bind_virq(weak, owner.vic, virq));
    EXPECT_OK(gunyah_vpm_group_unbind_virq(weak));
    return true;
}

static const struct conformance_case cases[] = {
    {"vpm_group.is_configured_before_it_is_active", is_configured_before_it_is_active},
    {"vpm_group.indexes_have_limits", indexes_have_limits},
    {"vpm_group.index_is_taken_once", index_is_taken_once},
    {"vpm_group.state_follows_the_vcpus", state_follows_the_vcpus},
    {"vpm_group.has_an_interrupt", has_an_interrupt},
    {"vpm_group.each_function_has_its_right", each_function_has_its_right},
};

const struct conformance_suite conformance_vpm_group = {cases, COUNT_OF(cases)};
