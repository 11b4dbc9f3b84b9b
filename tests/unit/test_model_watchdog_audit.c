// SPDX-License-Identifier: BSD-3-Clause
// What a program may load of watchdogs: every state that calls lead to, and none that says something of itself that cannot
// be.
#include "model_watchdog.h"
#include "watchdog.h"

static const char *audit(struct machine *machine)
{
    void *room = malloc(gunyah_model_audit_size(machine->model));
    const char *why = gunyah_model_audit(machine->model, room);

    free(room);
    return why;
}

static void expect_sound(const struct dog *dog)
{
    const char *why = audit(dog->machine);

    cr_expect(why == NULL, "%s", why);
}

static void lives(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);
    struct dog other = {machine, make_watchdog(machine, 0), 0};

    other.vcpu = make_minder(machine, other.watchdog, 61);
    expect_sound(&dog);
    start(&other, 0, 40);
    start(&dog, 10, 30);
    expect_sound(&dog);
    for (int i = 0; i < 5; i++) {
        pass_ms(&dog, 7);
        expect_sound(&dog);
    }
    pet(&dog);
    pass_ms(&dog, 20);
    set_times(&dog, 5, 5); // both have passed
    expect_sound(&dog);
    FREEZE(&dog);
    expect_sound(&dog);
    pass_ms(&dog, 100);
    UNFREEZE(&dog);
    expect_sound(&dog);
    pass_ms(&dog, 0);
    expect_sound(&dog);
    control(&dog, OFF);
    delete_cap(machine, other.watchdog);
    expect_sound(&dog);
    delete_cap(machine, other.vcpu);
    expect_sound(&dog);
}

Test(model_watchdog_audit, states_that_calls_lead_to_are_sound)
{
    in_both_modes_with(WATCHDOGS, lives);
}

static void goes_down(struct machine *machine)
{
    const struct dog critical = new_dog(machine, GUNYAH_WATCHDOG_OPTION_FLAGS_CRITICAL_BITE_MASK);
    struct dog other = {machine, make_watchdog(machine, 0), 0};

    other.vcpu = make_minder(machine, other.watchdog, 61);
    start(&critical, 50, 20);
    start(&other, 20, 30);
    pass_ms(&other, 100);
    IS(ASK(machine, HYPERVISOR_IDENTIFY, 0), STOPPED);
    expect_sound(&other);
}

Test(model_watchdog_audit, machine_that_went_down_is_sound)
{
    in_both_modes_with(WATCHDOGS, goes_down);
}

// ---- what cannot be -----------------------------------------------------------------------------------------------------

typedef void forger(struct gunyah_model *model, struct watchdog *watchdog);

// The first one counts, and is the one to be changed; the second one counts too, and does something later; the third one is
// off; the fourth one is not active.
static void refuses(forger *forge, const char *sentence)
{
    struct machine *machine = new_machine_with(true, WATCHDOGS);
    const struct dog dog = new_bound_dog(machine);
    struct dog other = {machine, make_watchdog(machine, 0), 0};

    other.vcpu = make_minder(machine, other.watchdog, 61);
    make_watchdog(machine, 0);
    MAKE(machine, WATCHDOG);
    start(&dog, 10, 30);
    start(&other, 20, 30);
    pass_ms(&dog, 5);
    expect_sound(&dog);
    forge(machine->model, model_at(machine->model, machine->model->watchdogs));
    const char *why = audit(machine);
    cr_expect(why != NULL && strcmp(why, sentence) == 0, "%s, not: %s", why != NULL ? why : "sound", sentence);
    end_machine(machine);
}

static void long_bark(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->bark_ms = WATCHDOG_LONGEST_MS + 1;
}

static void long_bite(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->bite_ms = UINT32_MAX;
}

static void many_freezes(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->freezes = WATCHDOG_MAX_FREEZES + 1;
}

static void no_vm(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->vm = 1000;
}

static void long_time(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->left = watchdog->bark_ms * WATCHDOG_NS_PER_MS + 1;
}

// So much that it began before time did.
static void short_time(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->left = watchdog->bark_ms * WATCHDOG_NS_PER_MS - model->now - 1;
}

static void time_to_come(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->pet = model->now + 1;
}

Test(model_watchdog_audit, numbers)
{
    static const char *const sentence = "a watchdog is what none can be";

    refuses(long_bark, sentence);
    refuses(long_bite, sentence);
    refuses(many_freezes, sentence);
    refuses(no_vm, sentence);
    refuses(long_time, sentence);
    refuses(short_time, sentence);
    refuses(time_to_come, sentence);
}

static void neither(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    memset(&watchdog->critical, 2, 1);
}

static void other_source(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->bite.kind = SOURCE_WATCHDOG_BARK;
}

Test(model_watchdog_audit, parts)
{
    refuses(neither, "what is true or false is neither");
    refuses(other_source, "a source of interrupts belongs to another object");
}

static void off_on_the_list(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->enabled = false;
}

static void to_go_on_without_a_freeze(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->resumes = true;
}

static void frozen_and_counts(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->freezes = 1;
}

static void not_on_the_list(struct gunyah_model *model, struct watchdog *watchdog)
{
    model->watchdogs = watchdog->next;
}

static void nothing_on_the_list(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)watchdog;
    model->watchdogs = model->vms[0];
}

static void ring(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->next = model_ref_of(model, watchdog);
}

static void wrong_order(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->bark_ms = 25;
}

static void overslept(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    watchdog->bark_ms = 4;
}

static void is_new(struct gunyah_model *model, struct watchdog *watchdog)
{
    (void)model;
    // What raises an interrupt, or is minded, may not be either, which is found first.
    watchdog->bark.vic = watchdog->bite.vic = 0;
    watchdog->object.state = GUNYAH_OBJECT_STATE_INIT;
}

Test(model_watchdog_audit, what_they_say_of_each_other)
{
    refuses(frozen_and_counts, "a watchdog counts that is frozen, or is to go on and is not");
    refuses(to_go_on_without_a_freeze, "a watchdog counts that is frozen, or is to go on and is not");
    refuses(off_on_the_list, "a watchdog is not on the list of those that count");
    refuses(not_on_the_list, "a watchdog is not on the list of those that count");
    refuses(nothing_on_the_list, "the list of watchdogs that count is not in order");
    refuses(ring, "the list of watchdogs that count is not in order");
    refuses(wrong_order, "the list of watchdogs that count is not in order");
    refuses(overslept, "a watchdog has forgotten to bark, or to bite");
    refuses(is_new, "a watchdog is used that is not active");
}

static struct thread *minder_of(struct gunyah_model *model, const struct watchdog *watchdog)
{
    for (model_ref ref = model->due; ref != 0;) {
        struct thread *thread = model_at(model, ref);

        if (thread->watchdog == model_ref_of(model, watchdog))
            return thread;
        ref = thread->next_due;
    }
    return NULL;
}

static void minds_nothing(struct gunyah_model *model, struct watchdog *watchdog)
{
    minder_of(model, watchdog)->watchdog = 0;
}

static void minds_another_kind(struct gunyah_model *model, struct watchdog *watchdog)
{
    minder_of(model, watchdog)->watchdog = model->root_partition;
}

Test(model_watchdog_audit, who_minds_them)
{
    refuses(minds_nothing, "an object does not know how often it is used");
    refuses(minds_another_kind, "a reference leads to an object of another type");
}

// ---- vCPUs of the manual's -----------------------------------------------------------------------------------------------

// As the manual has it, a vCPU may have no interrupt controller, and one that faults stays there.
Test(model_watchdog_audit, vcpus_of_the_manual_are_sound)
{
    static const struct machine_step steps[] = {
        {{.stop = GUNYAH_MODEL_STOP_LOAD, .address = 0x10000, .size = 4}, {0}},
        {{.stop = GUNYAH_MODEL_STOP_NEVER}, {0}},
    };
    struct machine *machine = new_machine(true);
    const uint64_t vcpu = prepare_vcpu(machine, make_addrspace(machine, 5));
    const char *why;

    IS(activate(machine, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, 60, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_POWERON, vcpu, 0x1000, 0), GUNYAH_HVERR_OK);
    machine->steps = steps;
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_FAULT));
    why = audit(machine);
    cr_expect(why == NULL, "%s", why);
    end_machine(machine);
}
