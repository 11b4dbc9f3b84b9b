// SPDX-License-Identifier: BSD-3-Clause
// The life of vCPUs that are objects. They have no code here: one that is on could go on for ever, and one that is run comes
// back at once. What they say when they stop for something is in the recordings, and in the unit tests of the core.
#include "conformance.h"

#define ENTRY 0x1000

// An active vCPU that only gunyah_thread_run() runs, or that nobody does.
static bool make_thread(struct target *target, struct owner *owner, bool is_run, struct gunyah_thread **thread)
{
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;

    EXPECT_TRUE(conformance_owner(target, owner));
    EXPECT_TRUE(conformance_new_thread(target, owner, thread));
    options.vcpu_run_scheduled = is_run;
    EXPECT_OK(gunyah_thread_configure(*thread, &options));
    EXPECT_OK(gunyah_thread_activate(*thread));
    return true;
}

static bool runs_to(struct target *target, struct gunyah_thread *thread, enum gunyah_vcpu_run_state state, bool exited)
{
    struct gunyah_thread_exit exit;

    EXPECT_OK(gunyah_thread_run(thread, NULL, &exit));
    EXPECT_EQ(exit.state, state);
    EXPECT_EQ(exit.exited, exited);
    return true;
}

static bool is_found(struct target *target, struct gunyah_thread *thread, enum gunyah_vcpu_run_state state, bool exited)
{
    struct gunyah_thread_exit exit;

    EXPECT_OK(gunyah_thread_run_check(thread, &exit));
    EXPECT_EQ(exit.state, state);
    EXPECT_EQ(exit.exited, exited);
    return true;
}

static bool is_off_then_on_then_gone(struct target *target)
{
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, true, &thread));
    EXPECT_TRUE(is_found(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, false));
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, false));
    EXPECT_OK(gunyah_thread_power_on(thread, ENTRY, 7, 0));
    // Nothing but being run is missing.
    EXPECT_TRUE(is_found(target, thread, GUNYAH_VCPU_RUN_STATE_BLOCKED, false));
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_READY, false));
    EXPECT_TRUE(is_found(target, thread, GUNYAH_VCPU_RUN_STATE_BLOCKED, false));
    // It has to be run to its end.
    EXPECT_OK(gunyah_thread_kill(thread));
    EXPECT_TRUE(is_found(target, thread, GUNYAH_VCPU_RUN_STATE_BLOCKED, false));
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, true));
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, true));
    EXPECT_TRUE(is_found(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, true));
    EXPECT_OK(gunyah_thread_kill(thread));
    return true;
}

static bool is_switched_on_once(struct target *target)
{
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, true, &thread));
    EXPECT_EQ(gunyah_thread_power_on(thread, ENTRY, 0, 4), GUNYAH_ERR_OPTION);
    EXPECT_OK(gunyah_thread_write_register(thread, GUNYAH_VCPU_REGISTER_SET_PC, 0, ENTRY));
    EXPECT_OK(gunyah_thread_power_on(thread, 0, 0, GUNYAH_THREAD_KEEP_ENTRY_POINT | GUNYAH_THREAD_KEEP_CONTEXT));
    EXPECT_EQ(gunyah_thread_power_on(thread, ENTRY, 0, 0), GUNYAH_ERR_BUSY);
    EXPECT_EQ(gunyah_thread_write_register(thread, GUNYAH_VCPU_REGISTER_SET_X, 0, 1), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_thread_kill(thread));
    EXPECT_EQ(gunyah_thread_power_on(thread, ENTRY, 0, 0), GUNYAH_ERR_BUSY);
    EXPECT_EQ(gunyah_thread_write_register(thread, GUNYAH_VCPU_REGISTER_SET_X, 0, 1), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static bool one_that_was_killed_stays_off(struct target *target)
{
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, true, &thread));
    EXPECT_OK(gunyah_thread_kill(thread));
    EXPECT_EQ(gunyah_thread_power_on(thread, ENTRY, 0, 0), GUNYAH_ERR_FAILURE);
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, true));
    EXPECT_EQ(gunyah_thread_power_on(thread, ENTRY, 0, 0), GUNYAH_ERR_FAILURE);
    return true;
}

static bool only_the_caller_switches_itself_off(struct target *target)
{
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, true, &thread));
    EXPECT_EQ(gunyah_thread_power_off(thread, true), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_thread_power_on(thread, ENTRY, 0, 0));
    EXPECT_EQ(gunyah_thread_power_off(thread, false), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_READY, false));
    return true;
}

static bool what_nobody_handed_over_is_not_run(struct target *target)
{
    struct gunyah_thread_exit exit = {.address = 99};
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, false, &thread));
    EXPECT_EQ(gunyah_thread_run(thread, NULL, &exit), GUNYAH_ERR_BUSY);
    EXPECT_EQ(exit.address, 99);
    EXPECT_TRUE(is_found(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, false));
    // No CPU gets to it, but one could.
    EXPECT_OK(gunyah_thread_power_on(thread, ENTRY, 0, 0));
    EXPECT_TRUE(is_found(target, thread, GUNYAH_VCPU_RUN_STATE_READY, false));
    EXPECT_EQ(gunyah_thread_run(thread, NULL, &exit), GUNYAH_ERR_BUSY);
    return true;
}

static bool a_thread_that_is_not_active_does_nothing(struct target *target)
{
    struct gunyah_thread_exit exit;
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_new_thread(target, &owner, &thread));
    EXPECT_EQ(gunyah_thread_power_on(thread, ENTRY, 0, 0), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_power_off(thread, true), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_kill(thread), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_run(thread, NULL, &exit), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_run_check(thread, &exit), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_yield_to(thread), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_bind_halt_virq(thread, owner.vic, target_free_virq(target)), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_unbind_halt_virq(thread), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_bind_wakeup_virq(thread, owner.vic, target_free_virq(target)), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_thread_unbind_wakeup_virq(thread), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_thread_activate(thread));
    EXPECT_OK(gunyah_thread_yield_to(thread));
    return true;
}

static bool resuming_is_checked(struct target *target)
{
    struct gunyah_thread_resume resume = GUNYAH_THREAD_RESUME_INIT;
    struct gunyah_thread_exit exit;
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, true, &thread));
    EXPECT_EQ(gunyah_thread_run(thread, &resume, NULL), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_thread_run_check(thread, NULL), GUNYAH_ERR_NULL);
    resume.size--;
    EXPECT_EQ(gunyah_thread_run(thread, &resume, &exit), GUNYAH_ERR_OPTION);
    resume.size++;
    resume.action = (enum gunyah_vcpu_run_resume_action)3;
    EXPECT_EQ(gunyah_thread_run(thread, &resume, &exit), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_last_error(owner.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    resume.action = GUNYAH_VCPU_RUN_RESUME_ACTION_FAULT;
    EXPECT_OK(gunyah_thread_run(thread, &resume, &exit));
    return true;
}

// ---- interrupts ---------------------------------------------------------------------------------------------------

static bool wakes_who_runs_it(struct target *target)
{
    const gunyah_virq_t virq = target_free_virq(target);
    struct gunyah_thread *thread;
    struct owner owner;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_thread(target, &owner, false, &thread));
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, virq, TARGET_EDGE));
    EXPECT_OK(gunyah_thread_bind_wakeup_virq(thread, owner.vic, virq));
    EXPECT_EQ(conformance_take(owner.g, virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_thread_power_on(thread, ENTRY, 0, 0));
    EXPECT_OK(conformance_take(owner.g, virq));
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_READY, false));
    EXPECT_OK(gunyah_thread_kill(thread));
    EXPECT_OK(conformance_take(owner.g, virq));
    EXPECT_EQ(conformance_take(owner.g, virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, true));
    return true;
}

static bool is_handed_over_for_good(struct target *target)
{
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, false, &thread));
    EXPECT_OK(gunyah_thread_bind_wakeup_virq(thread, owner.vic, target_free_virq(target)));
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, false));
    EXPECT_OK(gunyah_thread_unbind_wakeup_virq(thread));
    EXPECT_OK(gunyah_thread_unbind_wakeup_virq(thread));
    EXPECT_TRUE(runs_to(target, thread, GUNYAH_VCPU_RUN_STATE_POWERED_OFF, false));
    return true;
}

static bool has_two_interrupts(struct target *target)
{
    const gunyah_virq_t a = target_free_virq(target);
    const gunyah_virq_t b = target_free_virq(target);
    struct gunyah_thread *thread;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, false, &thread));
    EXPECT_EQ(gunyah_thread_bind_halt_virq(thread, owner.vic, gunyah_virq(5)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_thread_bind_halt_virq(thread, owner.vic, a));
    EXPECT_EQ(gunyah_thread_bind_halt_virq(thread, owner.vic, b), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_thread_bind_wakeup_virq(thread, owner.vic, a), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_thread_bind_wakeup_virq(thread, owner.vic, b));
    EXPECT_EQ(gunyah_thread_bind_wakeup_virq(thread, owner.vic, b), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_OK(gunyah_thread_unbind_halt_virq(thread));
    EXPECT_OK(gunyah_thread_unbind_halt_virq(thread));
    EXPECT_EQ(gunyah_thread_bind_halt_virq(thread, owner.vic, b), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_thread_bind_halt_virq(thread, owner.vic, a));
    return true;
}

// ---- rights -------------------------------------------------------------------------------------------------------

static enum gunyah_error power_on(struct gunyah_thread *thread)
{
    return gunyah_thread_power_on(thread, ENTRY, 0, 0);
}

static enum gunyah_error run(struct gunyah_thread *thread)
{
    struct gunyah_thread_exit exit;

    return gunyah_thread_run(thread, NULL, &exit);
}

static enum gunyah_error run_check(struct gunyah_thread *thread)
{
    struct gunyah_thread_exit exit;

    return gunyah_thread_run_check(thread, &exit);
}

static bool each_function_has_its_rights(struct target *target)
{
    static const struct {
        enum gunyah_error (*function)(struct gunyah_thread *thread);
        uint32_t rights[2];
    } functions[] = {
        {power_on, {GUNYAH_RIGHT_THREAD_POWER}},
        {run, {GUNYAH_RIGHT_THREAD_AFFINITY, GUNYAH_RIGHT_THREAD_YIELD_TO}},
        {run_check, {GUNYAH_RIGHT_THREAD_BIND_VIRQ, GUNYAH_RIGHT_THREAD_STATE}},
        {gunyah_thread_yield_to, {GUNYAH_RIGHT_THREAD_YIELD_TO}},
        {gunyah_thread_unbind_halt_virq, {GUNYAH_RIGHT_THREAD_BIND_VIRQ}},
        {gunyah_thread_kill, {GUNYAH_RIGHT_THREAD_LIFECYCLE}},
    };
    struct gunyah_thread *thread;
    struct gunyah_thread *weak;
    struct gunyah_thread *wrong;
    struct owner owner;

    EXPECT_TRUE(make_thread(target, &owner, true, &thread));
    EXPECT_OK(gunyah_thread_open(owner.g, gunyah_vic_capid(owner.vic), &wrong));
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        const uint32_t *rights = functions[i].rights;
        for (size_t j = 0; j < 2 && rights[j] != 0; j++) {
            EXPECT_TRUE(
                conformance_weaken_thread(target, &owner, thread, GUNYAH_RIGHTS_THREAD_ALL & ~rights[j], &weak));
            EXPECT_EQ(functions[i].function(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
        }
        EXPECT_TRUE(conformance_weaken_thread(target, &owner, thread, rights[0] | rights[1], &weak));
        EXPECT_OK(functions[i].function(weak));
        EXPECT_EQ(functions[i].function(wrong), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    }
    return true;
}

static const struct conformance_case cases[] = {
    {"thread_run.is_off_then_on_then_gone", is_off_then_on_then_gone},
    {"thread_run.is_switched_on_once", is_switched_on_once},
    {"thread_run.one_that_was_killed_stays_off", one_that_was_killed_stays_off},
    {"thread_run.only_the_caller_switches_itself_off", only_the_caller_switches_itself_off},
    {"thread_run.what_nobody_handed_over_is_not_run", what_nobody_handed_over_is_not_run},
    {"thread_run.a_thread_that_is_not_active_does_nothing", a_thread_that_is_not_active_does_nothing},
    {"thread_run.resuming_is_checked", resuming_is_checked},
    {"thread_run.wakes_who_runs_it", wakes_who_runs_it},
    {"thread_run.is_handed_over_for_good", is_handed_over_for_good},
    {"thread_run.has_two_interrupts", has_two_interrupts},
    {"thread_run.each_function_has_its_rights", each_function_has_its_rights},
};

const struct conformance_suite conformance_thread_run = {cases, COUNT_OF(cases)};
