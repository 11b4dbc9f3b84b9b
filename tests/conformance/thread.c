// SPDX-License-Identifier: BSD-3-Clause
// vCPUs as objects, until they are active: what they are given, and what the library refuses. Their life is in thread_run.c.
#include "conformance.h"

#include <string.h>

static bool make_thread(struct target *target, struct owner *owner, struct gunyah_thread **thread)
{
    EXPECT_TRUE(conformance_owner(target, owner));
    EXPECT_OK(gunyah_thread_create(owner->partition, owner->cspace, thread));
    return true;
}

// Whether the library has refused, in this function, with words that have this in them.
static bool refused(struct target *target, const struct owner *owner, const char *function, const char *about)
{
    const struct gunyah_error_info *info = gunyah_last_error(owner->g);
    const size_t length = strlen(about);

    EXPECT_EQ(info->domain, GUNYAH_DOMAIN_LIBRARY);
    EXPECT_EQ(strlen(info->call), strlen(function));
    EXPECT_EQ(memcmp(info->call, function, strlen(function)), 0);
    for (const char *at = info->text; strlen(at) >= length; at++) {
        if (memcmp(at, about, length) == 0)
            return true;
    }
    EXPECT_TRUE(false);
    return false;
}

// What is refused here is what the hypervisor refuses.
static bool priority_has_limits(struct target *target)
{
    static const uint32_t good[] = {0, 1, 31, 32, 61, GUNYAH_VCPU_MAX_PRIORITY};
    static const uint32_t bad[] = {63, 64, UINT32_MAX};
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, &thread));
    const gunyah_capid_t cap = gunyah_thread_capid(thread);
    for (size_t i = 0; i < COUNT_OF(good); i++)
        EXPECT_OK(gunyah_thread_set_priority(thread, good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        EXPECT_EQ(gunyah_thread_set_priority(thread, bad[i]), GUNYAH_ERR_DENIED);
        EXPECT_TRUE(refused(target, &owner, "gunyah_thread_set_priority", "priority"));
        EXPECT_EQ(gunyah_hypercall_vcpu_set_priority(owner.g, cap, bad[i]), GUNYAH_HVERR_DENIED);
    }
    return true;
}

static bool timeslice_has_limits(struct target *target)
{
    static const uint64_t good[] = {100000, 100001, 1000000, 99999999, 100000000};
    static const uint64_t bad[] = {0, 1, 99999, 100000001, UINT64_MAX};
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, &thread));
    const gunyah_capid_t cap = gunyah_thread_capid(thread);
    for (size_t i = 0; i < COUNT_OF(good); i++)
        EXPECT_OK(gunyah_thread_set_timeslice(thread, good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        EXPECT_EQ(gunyah_thread_set_timeslice(thread, bad[i]), GUNYAH_ERR_ARGUMENT_INVALID);
        EXPECT_TRUE(refused(target, &owner, "gunyah_thread_set_timeslice", "time slice"));
        EXPECT_EQ(gunyah_hypercall_vcpu_set_timeslice(owner.g, cap, bad[i]), GUNYAH_HVERR_ARGUMENT_INVALID);
    }
    return true;
}

static bool registers_have_their_places(struct target *target)
{
    static const struct {
        uint32_t set, index;
        uint64_t value;
        const char *wrong; // null: nothing is
    } writes[] = {
        {GUNYAH_VCPU_REGISTER_SET_X, 0, 5, NULL},
        {GUNYAH_VCPU_REGISTER_SET_X, 30, UINT64_MAX, NULL},
        {GUNYAH_VCPU_REGISTER_SET_X, 31, 5, "register X"},
        {GUNYAH_VCPU_REGISTER_SET_X, UINT32_MAX, 0, "register X"},
        {GUNYAH_VCPU_REGISTER_SET_PC, 0, 0x1000, NULL},
        {GUNYAH_VCPU_REGISTER_SET_PC, 0, 2, "multiple of 4"},
        {GUNYAH_VCPU_REGISTER_SET_PC, 1, 0, "one PC"},
        {GUNYAH_VCPU_REGISTER_SET_SP_EL, 0, 0x1000, NULL},
        {GUNYAH_VCPU_REGISTER_SET_SP_EL, 1, 0x1010, NULL},
        {GUNYAH_VCPU_REGISTER_SET_SP_EL, 1, 8, "multiple of 16"},
        {GUNYAH_VCPU_REGISTER_SET_SP_EL, 2, 0x1000, "stack pointer"},
        {3, 0, 0, "set of registers"},
        {UINT32_MAX, 0, 0, "set of registers"},
    };
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, &thread));
    const gunyah_capid_t cap = gunyah_thread_capid(thread);
    for (size_t i = 0; i < COUNT_OF(writes); i++) {
        const enum gunyah_vcpu_register_set set = (enum gunyah_vcpu_register_set)writes[i].set;
        const bool good = writes[i].wrong == NULL;
        EXPECT_EQ(gunyah_thread_write_register(thread, set, writes[i].index, writes[i].value),
                  good ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID);
        if (!good)
            EXPECT_TRUE(refused(target, &owner, "gunyah_thread_write_register", writes[i].wrong));
        EXPECT_EQ(gunyah_hypercall_vcpu_register_write(owner.g, cap, set, writes[i].index, writes[i].value),
                  good ? GUNYAH_HVERR_OK : GUNYAH_HVERR_ARGUMENT_INVALID);
    }
    return true;
}

// The hypervisor stops at an index that it was not built for: it is still there after all of them.
static bool affinity_never_stops_the_hypervisor(struct target *target)
{
    static const uint32_t bad[] = {8, 9, 64, 99, 0xfffe, 0x10000, 0x10003, UINT32_MAX};
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, &thread));
    EXPECT_OK(gunyah_thread_set_affinity(thread, 0));
    EXPECT_OK(gunyah_thread_set_affinity(thread, 7));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        EXPECT_EQ(gunyah_thread_set_affinity(thread, bad[i]), GUNYAH_ERR_WOULD_CRASH);
        EXPECT_TRUE(refused(target, &owner, "gunyah_thread_set_affinity", "the index"));
    }
    EXPECT_OK(gunyah_thread_set_affinity(thread, GUNYAH_CPU_INDEX_INVALID));
    return true;
}

// ---- options ------------------------------------------------------------------------------------------------------

static bool options_are_sized(struct target *target)
{
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, &thread));
    EXPECT_EQ(gunyah_thread_configure(thread, NULL), GUNYAH_ERR_NULL);
    options.size--;
    EXPECT_EQ(gunyah_thread_configure(thread, &options), GUNYAH_ERR_OPTION);
    options.size++;
    EXPECT_OK(gunyah_thread_configure(thread, &options));
    return true;
}

// Activate a vCPU with these options and all that it needs. Returns what it says.
static bool activate_with(struct target *target, const struct owner *owner, const struct gunyah_thread_options *options,
                          uint32_t cpu, enum gunyah_error expected)
{
    struct gunyah_thread *thread;

    EXPECT_TRUE(conformance_new_thread(target, owner, &thread));
    EXPECT_OK(gunyah_thread_configure(thread, options));
    EXPECT_OK(gunyah_thread_set_affinity(thread, cpu));
    EXPECT_EQ(gunyah_thread_activate(thread), expected);
    // Final, either way.
    EXPECT_EQ(gunyah_thread_activate(thread), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_configure(thread, options), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static bool some_options_are_refused_at_activation(struct target *target)
{
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    struct owner owner;

    REQUIRE(target->open_hypervisor);
    EXPECT_TRUE(conformance_owner(target, &owner));
    options.ras_error_handler = options.amu_counting_disabled = options.debug_allowed = options.trace_allowed = true;
    EXPECT_TRUE(activate_with(target, &owner, &options, 1, GUNYAH_OK));
    options.vcpu_run_scheduled = options.pinned = true;
    EXPECT_TRUE(activate_with(target, &owner, &options, 1, GUNYAH_OK));
    // Pinned, and to nothing.
    EXPECT_TRUE(activate_with(target, &owner, &options, GUNYAH_CPU_INDEX_INVALID, GUNYAH_ERR_OBJECT_CONFIG));
    options.sve_allowed = true;
    EXPECT_TRUE(activate_with(target, &owner, &options, 1, GUNYAH_ERR_OBJECT_CONFIG));
    options.sve_allowed = false;
    options.hlos_vm = true;
    EXPECT_TRUE(activate_with(target, &owner, &options, 1, GUNYAH_ERR_OBJECT_CONFIG));
    return true;
}

static bool pinned_one_stays(struct target *target)
{
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &thread));
    options.pinned = true;
    EXPECT_OK(gunyah_thread_configure(thread, &options));
    EXPECT_OK(gunyah_thread_set_affinity(thread, 1));
    EXPECT_OK(gunyah_thread_activate(thread));
    EXPECT_OK(gunyah_thread_set_affinity(thread, 1));
    EXPECT_EQ(gunyah_thread_set_affinity(thread, 2), GUNYAH_ERR_DENIED);
    EXPECT_EQ(gunyah_last_error(owner.g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    return true;
}

// ---- activation ---------------------------------------------------------------------------------------------------

static bool activation_needs_all_of_it(struct target *target)
{
    struct gunyah_thread *bare;
    struct gunyah_thread *with_cspace;
    struct gunyah_thread *whole;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, &bare));
    EXPECT_EQ(gunyah_thread_activate(bare), GUNYAH_ERR_OBJECT_CONFIG);
    EXPECT_EQ(gunyah_thread_activate(bare), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_thread_create(owner.partition, owner.cspace, &with_cspace));
    EXPECT_OK(gunyah_cspace_attach_thread(owner.cspace, with_cspace));
    EXPECT_OK(gunyah_cspace_attach_thread(owner.cspace, with_cspace));
    EXPECT_EQ(gunyah_thread_activate(with_cspace), GUNYAH_ERR_OBJECT_CONFIG);
    EXPECT_TRUE(conformance_new_thread(target, &owner, &whole));
    EXPECT_OK(gunyah_thread_activate(whole));
    // Nothing is given any more.
    EXPECT_EQ(gunyah_cspace_attach_thread(owner.cspace, whole), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_vic_attach_vcpu(owner.vic, whole, 0), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_set_priority(whole, 1), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_set_timeslice(whole, 1000000), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_thread_set_affinity(whole, 2));
    return true;
}

static bool index_in_the_controller_is_taken_once(struct target *target)
{
    struct gunyah_thread *first;
    struct gunyah_thread *second;
    struct gunyah_vic *vic;
    struct owner owner;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    EXPECT_OK(gunyah_vic_configure(vic, 2, 32));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &first));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &second));
    EXPECT_EQ(gunyah_vic_attach_vcpu(vic, first, 0), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_vic_activate(vic));
    EXPECT_EQ(gunyah_vic_attach_vcpu(vic, first, 2), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_vic_attach_vcpu(vic, first, UINT32_MAX), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_vic_attach_vcpu(vic, first, 1));
    EXPECT_OK(gunyah_vic_attach_vcpu(vic, second, 1));
    EXPECT_OK(gunyah_thread_activate(first));
    EXPECT_EQ(gunyah_thread_activate(second), GUNYAH_ERR_BUSY);
    return true;
}

// ---- rights -------------------------------------------------------------------------------------------------------

static enum gunyah_error configure(struct gunyah_thread *thread)
{
    const struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;

    return gunyah_thread_configure(thread, &options);
}

static enum gunyah_error set_priority(struct gunyah_thread *thread)
{
    return gunyah_thread_set_priority(thread, 10);
}

static enum gunyah_error set_timeslice(struct gunyah_thread *thread)
{
    return gunyah_thread_set_timeslice(thread, 1000000);
}

static enum gunyah_error set_affinity(struct gunyah_thread *thread)
{
    return gunyah_thread_set_affinity(thread, 2);
}

static enum gunyah_error forbid_all_cpus(struct gunyah_thread *thread)
{
    return gunyah_thread_set_affinity(thread, GUNYAH_CPU_INDEX_INVALID);
}

static enum gunyah_error write_register(struct gunyah_thread *thread)
{
    return gunyah_thread_write_register(thread, GUNYAH_VCPU_REGISTER_SET_X, 0, 5);
}

static bool each_function_has_its_right(struct target *target)
{
    static const struct {
        enum gunyah_error (*function)(struct gunyah_thread *thread);
        uint32_t right;
    } functions[] = {
        {configure, GUNYAH_RIGHT_ACTIVATE},
        {set_priority, GUNYAH_RIGHT_THREAD_PRIORITY},
        {set_timeslice, GUNYAH_RIGHT_THREAD_TIMESLICE},
        {set_affinity, GUNYAH_RIGHT_THREAD_AFFINITY},
        {forbid_all_cpus, GUNYAH_RIGHT_THREAD_AFFINITY | GUNYAH_RIGHT_THREAD_DISABLE},
        {write_register, GUNYAH_RIGHT_THREAD_WRITE_CONTEXT},
    };
    struct gunyah_thread *thread;
    struct gunyah_thread *weak;
    struct gunyah_thread *wrong;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, &thread));
    EXPECT_OK(gunyah_thread_open(owner.g, gunyah_cspace_capid(owner.cspace), &wrong));
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        const uint32_t right = functions[i].right;
        EXPECT_TRUE(conformance_weaken_thread(target, &owner, thread, right, &weak));
        EXPECT_OK(functions[i].function(weak));
        EXPECT_TRUE(conformance_weaken_thread(target, &owner, thread, GUNYAH_RIGHTS_THREAD_ALL & ~right, &weak));
        EXPECT_EQ(functions[i].function(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
        EXPECT_EQ(functions[i].function(wrong), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    }
    EXPECT_TRUE(conformance_weaken_thread(target, &owner, thread, GUNYAH_RIGHT_THREAD_AFFINITY, &weak));
    EXPECT_EQ(forbid_all_cpus(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    return true;
}

static bool attaching_needs_both_rights(struct target *target)
{
    struct gunyah_thread *thread;
    struct gunyah_thread *weak;
    struct gunyah_vic *weak_vic;
    struct gunyah_cspace *weak_cspace;
    struct owner owner;
    gunyah_capid_t cap;

    EXPECT_TRUE(make_thread(target, &owner, &thread));
    EXPECT_TRUE(conformance_weaken_thread(target, &owner, thread,
                                          GUNYAH_RIGHTS_THREAD_ALL & ~(uint32_t)GUNYAH_RIGHT_ACTIVATE, &weak));
    EXPECT_EQ(gunyah_cspace_attach_thread(owner.cspace, weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_vic_attach_vcpu(owner.vic, weak, 0), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_cspace_capid(owner.cspace), owner.cspace,
                                 GUNYAH_RIGHTS_CSPACE_ALL & ~(uint32_t)GUNYAH_RIGHT_CSPACE_ATTACH, &cap));
    EXPECT_OK(gunyah_cspace_open(owner.g, cap, &weak_cspace));
    EXPECT_EQ(gunyah_cspace_attach_thread(weak_cspace, thread), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_vic_capid(owner.vic), owner.cspace,
                                 GUNYAH_RIGHTS_VIC_ALL & ~(uint32_t)GUNYAH_RIGHT_VIC_ATTACH_VCPU, &cap));
    EXPECT_OK(gunyah_vic_open(owner.g, cap, &weak_vic));
    EXPECT_EQ(gunyah_vic_attach_vcpu(weak_vic, thread, 0), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    return true;
}

static const struct conformance_case cases[] = {
    {"thread.priority_has_limits", priority_has_limits},
    {"thread.timeslice_has_limits", timeslice_has_limits},
    {"thread.registers_have_their_places", registers_have_their_places},
    {"thread.affinity_never_stops_the_hypervisor", affinity_never_stops_the_hypervisor},
    {"thread.options_are_sized", options_are_sized},
    {"thread.some_options_are_refused_at_activation", some_options_are_refused_at_activation},
    {"thread.pinned_one_stays", pinned_one_stays},
    {"thread.activation_needs_all_of_it", activation_needs_all_of_it},
    {"thread.index_in_the_controller_is_taken_once", index_in_the_controller_is_taken_once},
    {"thread.each_function_has_its_right", each_function_has_its_right},
    {"thread.attaching_needs_both_rights", attaching_needs_both_rights},
};

const struct conformance_suite conformance_thread = {cases, COUNT_OF(cases)};
