// SPDX-License-Identifier: BSD-3-Clause
// Watchdogs: what their owner gives them, their interrupts and freezes. A hypervisor without them answers the same to
// everything.
#include "conformance.h"

// Whether this hypervisor has them, and says so.
static bool begin(struct target *target, struct owner *owner, bool *there)
{
    EXPECT_TRUE(conformance_owner(target, owner));
    *there = gunyah_has(owner->g, GUNYAH_FEATURE_WATCHDOG);
    EXPECT_EQ(*there, target->has_watchdogs);
    return true;
}

static bool make_watchdog(struct target *target, const struct owner *owner, struct gunyah_watchdog **watchdog)
{
    EXPECT_OK(gunyah_watchdog_create(owner->partition, owner->cspace, watchdog));
    EXPECT_OK(gunyah_watchdog_configure(*watchdog, false));
    EXPECT_OK(gunyah_watchdog_activate(*watchdog));
    return true;
}

// ---- the owner's side ---------------------------------------------------------------------------------------------

// The calls come before what they are about: any capability will do.
static bool are_missing(struct target *target, const struct owner *owner)
{
    const gunyah_virq_t virq = target_free_virq(target);
    struct gunyah_watchdog *watchdog;
    struct gunyah_thread *thread;

    EXPECT_EQ(gunyah_watchdog_create(owner->partition, owner->cspace, &watchdog), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_last_error(owner->g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    EXPECT_TRUE(watchdog == NULL);
    EXPECT_OK(gunyah_watchdog_open(owner->g, gunyah_vic_capid(owner->vic), &watchdog));
    EXPECT_OK(gunyah_thread_create(owner->partition, owner->cspace, &thread));
    EXPECT_EQ(gunyah_watchdog_configure(watchdog, false), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_attach_vcpu(watchdog, thread), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_bind_bark_virq(watchdog, owner->vic, virq), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_bind_bite_virq(watchdog, owner->vic, virq), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_unbind_bark_virq(watchdog), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_unbind_bite_virq(watchdog), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_freeze(watchdog), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_freeze_and_reset(watchdog), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_watchdog_unfreeze(watchdog), GUNYAH_ERR_UNIMPLEMENTED);
    return true;
}

static bool are_there_or_missing(struct target *target)
{
    struct gunyah_watchdog *watchdog;
    struct owner owner;
    bool there;

    EXPECT_TRUE(begin(target, &owner, &there));
    if (!there)
        return are_missing(target, &owner);
    EXPECT_TRUE(make_watchdog(target, &owner, &watchdog));
    EXPECT_EQ(gunyah_watchdog_activate(watchdog), GUNYAH_ERR_OBJECT_STATE);
    // Another kind of object is told.
    EXPECT_OK(gunyah_watchdog_open(owner.g, gunyah_vic_capid(owner.vic), &watchdog));
    EXPECT_EQ(gunyah_watchdog_freeze(watchdog), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    return true;
}

static bool is_configured_before_it_is_active(struct target *target)
{
    const gunyah_virq_t virq = target_free_virq(target);
    const gunyah_watchdog_option_flags_t unknown = {2};
    struct gunyah_watchdog *watchdog;
    struct gunyah_thread *thread;
    struct owner owner;
    bool there;

    EXPECT_TRUE(begin(target, &owner, &there));
    if (!there)
        return true;
    EXPECT_OK(gunyah_thread_create(owner.partition, owner.cspace, &thread));
    EXPECT_OK(gunyah_watchdog_create(owner.partition, owner.cspace, &watchdog));
    EXPECT_OK(gunyah_watchdog_configure(watchdog, true));
    EXPECT_OK(gunyah_watchdog_configure(watchdog, false));
    EXPECT_EQ(gunyah_hypercall_watchdog_configure(owner.g, gunyah_watchdog_capid(watchdog), unknown),
              GUNYAH_HVERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_watchdog_attach_vcpu(watchdog, thread), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_watchdog_bind_bark_virq(watchdog, owner.vic, virq), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_watchdog_unbind_bark_virq(watchdog), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_watchdog_freeze(watchdog), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_watchdog_activate(watchdog));
    EXPECT_EQ(gunyah_watchdog_configure(watchdog, false), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_watchdog_attach_vcpu(watchdog, thread));
    return true;
}

// Several may have one, and the last one counts.
static bool vcpus_are_attached_before_they_are_active(struct target *target)
{
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    struct gunyah_watchdog *a;
    struct gunyah_watchdog *b;
    struct gunyah_thread *first;
    struct gunyah_thread *second;
    struct owner owner;
    bool there;

    EXPECT_TRUE(begin(target, &owner, &there));
    if (!there)
        return true;
    EXPECT_TRUE(make_watchdog(target, &owner, &a));
    EXPECT_TRUE(make_watchdog(target, &owner, &b));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &first));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &second));
    EXPECT_OK(gunyah_watchdog_attach_vcpu(a, first));
    EXPECT_OK(gunyah_watchdog_attach_vcpu(a, first));
    EXPECT_OK(gunyah_watchdog_attach_vcpu(a, second));
    EXPECT_OK(gunyah_watchdog_attach_vcpu(b, second));
    EXPECT_OK(gunyah_thread_activate(first));
    EXPECT_EQ(gunyah_watchdog_attach_vcpu(a, first), GUNYAH_ERR_OBJECT_STATE);
    // The manual lets nobody configure such a vCPU.
    options.hlos_vm = true;
    EXPECT_EQ(gunyah_thread_configure(second, &options),
              target_by_mode(target, GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_OK));
    EXPECT_OK(gunyah_watchdog_attach_vcpu(b, second));
    return true;
}

static bool has_two_interrupts(struct target *target)
{
    const gunyah_virq_t a = target_free_virq(target);
    const gunyah_virq_t b = target_free_virq(target);
    const gunyah_watchdog_bind_option_flags_t unknown = {2};
    struct gunyah_watchdog *watchdog;
    struct owner owner;
    bool there;

    EXPECT_TRUE(begin(target, &owner, &there));
    if (!there)
        return true;
    EXPECT_TRUE(make_watchdog(target, &owner, &watchdog));
    EXPECT_OK(gunyah_watchdog_bind_bark_virq(watchdog, owner.vic, a));
    EXPECT_EQ(gunyah_watchdog_bind_bark_virq(watchdog, owner.vic, b), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_watchdog_bind_bite_virq(watchdog, owner.vic, a), GUNYAH_ERR_BUSY);
    EXPECT_EQ(gunyah_watchdog_bind_bite_virq(watchdog, owner.vic, gunyah_virq(5)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_watchdog_bind_bite_virq(watchdog, owner.vic, b));
    EXPECT_OK(gunyah_watchdog_unbind_bark_virq(watchdog));
    EXPECT_OK(gunyah_watchdog_unbind_bark_virq(watchdog));
    EXPECT_EQ(gunyah_watchdog_bind_bite_virq(watchdog, owner.vic, a), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_OK(gunyah_watchdog_unbind_bite_virq(watchdog));
    EXPECT_OK(gunyah_watchdog_unbind_bite_virq(watchdog));
    EXPECT_OK(gunyah_watchdog_bind_bite_virq(watchdog, owner.vic, a));
    EXPECT_OK(gunyah_watchdog_unbind_bite_virq(watchdog));
    EXPECT_EQ(gunyah_hypercall_watchdog_bind_virq(owner.g, gunyah_watchdog_capid(watchdog), gunyah_vic_capid(owner.vic),
                                                  a, unknown),
              GUNYAH_HVERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_hypercall_watchdog_unbind_virq(owner.g, gunyah_watchdog_capid(watchdog), unknown),
              GUNYAH_HVERR_ARGUMENT_INVALID);
    return true;
}

static bool freezes_are_counted(struct target *target)
{
    struct gunyah_watchdog *watchdog;
    struct owner owner;
    bool there;

    EXPECT_TRUE(begin(target, &owner, &there));
    if (!there)
        return true;
    EXPECT_TRUE(make_watchdog(target, &owner, &watchdog));
    EXPECT_EQ(gunyah_watchdog_unfreeze(watchdog), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_watchdog_freeze(watchdog));
    EXPECT_OK(gunyah_watchdog_freeze_and_reset(watchdog));
    EXPECT_OK(gunyah_watchdog_unfreeze(watchdog));
    EXPECT_OK(gunyah_watchdog_unfreeze(watchdog));
    EXPECT_EQ(gunyah_watchdog_unfreeze(watchdog), GUNYAH_ERR_BUSY);
    EXPECT_EQ(
        gunyah_hypercall_watchdog_manage(owner.g, gunyah_watchdog_capid(watchdog), (enum gunyah_watchdog_manage_op)3),
        GUNYAH_HVERR_ARGUMENT_INVALID);
    return true;
}

static bool weaken(struct target *target, const struct owner *owner, const struct gunyah_watchdog *watchdog,
                   uint32_t rights, struct gunyah_watchdog **weak)
{
    gunyah_capid_t cap;

    EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_watchdog_capid(watchdog), owner->cspace, rights, &cap));
    EXPECT_OK(gunyah_watchdog_open(owner->g, cap, weak));
    return true;
}

static bool each_function_has_its_right(struct target *target)
{
    const gunyah_virq_t virq = target_free_virq(target);
    struct gunyah_watchdog *watchdog;
    struct gunyah_watchdog *weak;
    struct gunyah_thread *thread;
    struct owner owner;
    bool there;

    EXPECT_TRUE(begin(target, &owner, &there));
    if (!there)
        return true;
    EXPECT_TRUE(make_watchdog(target, &owner, &watchdog));
    EXPECT_OK(gunyah_thread_create(owner.partition, owner.cspace, &thread));
    EXPECT_TRUE(weaken(target, &owner, watchdog, GUNYAH_RIGHT_WATCHDOG_ATTACH_VCPU, &weak));
    EXPECT_OK(gunyah_watchdog_attach_vcpu(weak, thread));
    EXPECT_EQ(gunyah_watchdog_bind_bark_virq(weak, owner.vic, virq), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_watchdog_unbind_bite_virq(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_watchdog_configure(weak, false), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_TRUE(weaken(target, &owner, watchdog, GUNYAH_RIGHT_WATCHDOG_BIND_VIRQ, &weak));
    EXPECT_EQ(gunyah_watchdog_attach_vcpu(weak, thread), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_watchdog_bind_bark_virq(weak, owner.vic, virq));
    EXPECT_OK(gunyah_watchdog_unbind_bark_virq(weak));
    EXPECT_EQ(gunyah_watchdog_freeze(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_TRUE(weaken(target, &owner, watchdog, GUNYAH_RIGHT_WATCHDOG_MANAGE, &weak));
    EXPECT_OK(gunyah_watchdog_freeze(weak));
    EXPECT_OK(gunyah_watchdog_freeze_and_reset(weak));
    EXPECT_OK(gunyah_watchdog_unfreeze(weak));
    EXPECT_EQ(gunyah_watchdog_unbind_bark_virq(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    return true;
}

static const struct conformance_case cases[] = {
    {"watchdog.are_there_or_missing", are_there_or_missing},
    {"watchdog.is_configured_before_it_is_active", is_configured_before_it_is_active},
    {"watchdog.vcpus_are_attached_before_they_are_active", vcpus_are_attached_before_they_are_active},
    {"watchdog.has_two_interrupts", has_two_interrupts},
    {"watchdog.freezes_are_counted", freezes_are_counted},
    {"watchdog.each_function_has_its_right", each_function_has_its_right},
};

const struct conformance_suite conformance_watchdog = {cases, COUNT_OF(cases)};
