// SPDX-License-Identifier: BSD-3-Clause
// Watchdogs of the model: how they count, bark and bite, by the fast calls of a vCPU that minds one.
#include "model_watchdog.h"

// ---- what is said -------------------------------------------------------------------------------------------------------

static void controls(struct machine *machine)
{
    const struct dog dog = new_dog(machine, 0);

    expect_status(&dog, 0, 0);
    cr_expect(eq(u64, set_times(&dog, 10, 30), GUNYAH_HVERR_OK));
    for (uint32_t word = 0; word < 2; word++)
        cr_expect(eq(u64, control(&dog, word), GUNYAH_HVERR_ARGUMENT_INVALID));
    cr_expect(eq(u64, control(&dog, 7), GUNYAH_HVERR_ARGUMENT_INVALID));
    cr_expect(eq(u64, control(&dog, 0x80000003), GUNYAH_HVERR_ARGUMENT_INVALID));
    cr_expect(eq(u64, control(&dog, OFF), GUNYAH_HVERR_ARGUMENT_INVALID)); // it is
    expect_status(&dog, 0, 0);
    cr_expect(eq(u64, control(&dog, ON | UINT64_C(1) << 32), GUNYAH_HVERR_OK)); // the word has 32 bits
    pass_ms(&dog, 2);
    cr_expect(eq(u64, control(&dog, ON), GUNYAH_HVERR_ARGUMENT_INVALID)); // it is
    expect_status(&dog, 1, 2);
    cr_expect(eq(u64, control(&dog, OFF), GUNYAH_HVERR_OK));
    expect_status(&dog, 0, 2);
    // The same while it is frozen: what counts is what was said last.
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, control(&dog, OFF), GUNYAH_HVERR_ARGUMENT_INVALID));
    cr_expect(eq(u64, control(&dog, ON), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, control(&dog, ON), GUNYAH_HVERR_ARGUMENT_INVALID));
    expect_status(&dog, 0, 2); // it does not count
}

Test(model_watchdog_time, switching_to_what_it_is_is_an_error)
{
    in_both_modes_with(WATCHDOGS, controls);
}

static void times(struct machine *machine)
{
    const struct dog dog = new_dog(machine, 0);

    // What is too long is as long as can be, which is what both are at first: then it bites, and does not bark.
    cr_expect(eq(u64, control(&dog, ON), GUNYAH_HVERR_OK));
    pass_ms(&dog, 32767);
    expect_status(&dog, 1 | EXPIRED, 32767);
    expect_deeds(&dog, 0, 0);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 0, 1);
    cr_expect(eq(u64, set_times(&dog, 0xfffe, 0x1ffff), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, set_times(&dog, 5, UNCHANGED), GUNYAH_HVERR_OK));
    control(&dog, ON);
    pass_ms(&dog, 32767);
    expect_deeds(&dog, 1, 1);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 1, 2);
    cr_expect(eq(u64, set_times(&dog, 10, UNCHANGED), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, set_times(&dog, UNCHANGED, 30), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, set_times(&dog, UNCHANGED, UNCHANGED), GUNYAH_HVERR_OK));
    control(&dog, ON);
    pass_ms(&dog, 9);
    expect_deeds(&dog, 1, 2);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 2, 2);
    pass_ms(&dog, 19);
    expect_deeds(&dog, 2, 2);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 2, 3);
}

Test(model_watchdog_time, times_are_at_most_32768_ms)
{
    in_both_modes_with(WATCHDOGS, times);
}

// ---- barks --------------------------------------------------------------------------------------------------------------

static void barks_once_a_pet(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 10, 30);
    gunyah_model_advance(machine->model, 10 * MS - 1);
    IS(is_pending(&dog, BARK_VIRQ), false);
    expect_status(&dog, 1, 9);
    gunyah_model_advance(machine->model, 1);
    IS(is_pending(&dog, BARK_VIRQ), true);
    expect_status(&dog, 1 | EXPIRED, 10);
    cr_expect(eq(u64, pet(&dog), GUNYAH_HVERR_OK));
    expect_status(&dog, 1, 0);
    IS(take(&dog, BARK_VIRQ), true);
    IS(is_pending(&dog, BARK_VIRQ), false);
    pass_ms(&dog, 9);
    pet(&dog);
    pass_ms(&dog, 9);
    expect_deeds(&dog, 1, 0);
    pass_ms(&dog, 1);
    IS(is_pending(&dog, BARK_VIRQ), true);
    pass_ms(&dog, 19);
    expect_deeds(&dog, 2, 0); // once, until the next pet
    IS(is_pending(&dog, BITE_VIRQ), false);
}

Test(model_watchdog_time, barks_once_until_the_next_pet)
{
    in_both_modes_with(WATCHDOGS, barks_once_a_pet);
}

static void edge_stays(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    gunyah_model_virq_set_trigger(machine->model, ROOT, BARK_VIRQ, GUNYAH_MODEL_EDGE);
    start(&dog, 10, 30);
    pass_ms(&dog, 10);
    pet(&dog);
    IS(take(&dog, BARK_VIRQ), true);
    IS(take(&dog, BARK_VIRQ), false);
    pass_ms(&dog, 10);
    IS(take(&dog, BARK_VIRQ), true);
}

Test(model_watchdog_time, bark_that_is_an_edge_stays)
{
    in_both_modes_with(WATCHDOGS, edge_stays);
}

static void level_holds(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 10, 30);
    pass_ms(&dog, 10);
    IS(take(&dog, BARK_VIRQ), true);
    IS(is_pending(&dog, BARK_VIRQ), true); // its reason is still there
    pet(&dog);
    IS(take(&dog, BARK_VIRQ), true); // nobody looks before it is taken
    IS(is_pending(&dog, BARK_VIRQ), false);
}

Test(model_watchdog_time, bark_that_is_a_level_holds_until_the_pet)
{
    in_both_modes_with(WATCHDOGS, level_holds);
}

// ---- bites --------------------------------------------------------------------------------------------------------------

static void bites(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 10, 30);
    pass_ms(&dog, 30);
    expect_deeds(&dog, 1, 1);
    IS(is_pending(&dog, BARK_VIRQ), true);
    IS(take(&dog, BITE_VIRQ), true);
    IS(is_pending(&dog, BITE_VIRQ), false); // a level has no reason to stay
    pass_ms(&dog, 100);
    expect_status(&dog, 0, 130); // it has switched itself off
    expect_deeds(&dog, 1, 1);
    cr_expect(gunyah_model_next_event(machine->model) == GUNYAH_MODEL_NEVER);
    pet(&dog);
    expect_status(&dog, 0, 130);
    cr_expect(eq(u64, control(&dog, ON), GUNYAH_HVERR_OK));
    expect_status(&dog, 1, 0);
    pass_ms(&dog, 30);
    expect_deeds(&dog, 2, 2);
}

Test(model_watchdog_time, is_off_when_it_has_bitten)
{
    in_both_modes_with(WATCHDOGS, bites);
}

static void bites_unbound(struct machine *machine)
{
    const struct dog dog = new_dog(machine, 0);

    start(&dog, 10, 30);
    pass_ms(&dog, 50);
    expect_deeds(&dog, 1, 1);
    expect_status(&dog, 0, 50);
    bind_dog(&dog, BITE_VIRQ, 1);
    IS(is_pending(&dog, BITE_VIRQ), false); // binding raises nothing
}

Test(model_watchdog_time, bites_without_interrupts)
{
    in_both_modes_with(WATCHDOGS, bites_unbound);
}

static void only_bite_is_bound(struct machine *machine)
{
    const struct dog dog = new_dog(machine, 0);

    bind_dog(&dog, BITE_VIRQ, 1);
    start(&dog, 10, 30);
    pass_ms(&dog, 29);
    IS(is_pending(&dog, BITE_VIRQ), false);
    pass_ms(&dog, 1);
    IS(is_pending(&dog, BITE_VIRQ), true);
}

Test(model_watchdog_time, bites_without_a_bark_that_is_bound)
{
    in_both_modes_with(WATCHDOGS, only_bite_is_bound);
}

static void bites_first(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 30, 10);
    expect_status(&dog, 1 | EXPIRED, 0); // as if it had barked
    pass_ms(&dog, 100);
    expect_deeds(&dog, 0, 1);
    expect_status(&dog, 0, 100);
    start(&dog, 10, 10);
    pass_ms(&dog, 100);
    expect_deeds(&dog, 0, 2);
    IS(is_pending(&dog, BARK_VIRQ), false);
}

Test(model_watchdog_time, bites_without_a_bark_that_would_not_be_earlier)
{
    in_both_modes_with(WATCHDOGS, bites_first);
}

static void at_once(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 0, 0);
    cr_expect(gunyah_model_next_event(machine->model) == gunyah_model_now(machine->model));
    expect_deeds(&dog, 0, 0); // not before time may pass
    pass_ms(&dog, 0);
    expect_deeds(&dog, 0, 1);
    expect_status(&dog, 0, 0);
    cr_expect(gunyah_model_next_event(machine->model) == GUNYAH_MODEL_NEVER);
    start(&dog, 0, 1);
    pass_ms(&dog, 0);
    expect_deeds(&dog, 1, 1);
    pass_ms(&dog, 0);
    expect_deeds(&dog, 1, 1);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 1, 2);
    // As late as time goes.
    start(&dog, 1, 2);
    gunyah_model_advance(machine->model, UINT64_MAX - gunyah_model_now(machine->model));
    expect_deeds(&dog, 2, 3);
    control(&dog, ON);
    pass_ms(&dog, 0);
    control(&dog, OFF);
    expect_deeds(&dog, 2, 3);
}

Test(model_watchdog_time, times_of_0_come_at_once_and_once)
{
    in_both_modes_with(WATCHDOGS, at_once);
}

// ---- critical bites -----------------------------------------------------------------------------------------------------

static void machine_goes_down(struct machine *machine)
{
    const struct dog dog = new_dog(machine, GUNYAH_WATCHDOG_OPTION_FLAGS_CRITICAL_BITE_MASK);

    bind_dog(&dog, BITE_VIRQ, 1);
    start(&dog, 10, 30);
    pass_ms(&dog, 29);
    expect_deeds(&dog, 1, 0);
    cr_expect(ne(int, ASK(machine, HYPERVISOR_IDENTIFY, 0), STOPPED));
    pass_ms(&dog, 1);
    cr_expect(eq(u32, machine->dogs[GUNYAH_MODEL_WATCHDOG_BITES_CRITICALLY], 1));
    expect_deeds(&dog, 1, 0);
    IS(is_pending(&dog, BITE_VIRQ), false);
    IS(ASK(machine, HYPERVISOR_IDENTIFY, 0), STOPPED);
    cr_expect(gunyah_model_next_event(machine->model) == GUNYAH_MODEL_NEVER);
    pass_ms(&dog, 100);
    cr_expect(eq(u32, machine->dogs[GUNYAH_MODEL_WATCHDOG_BITES_CRITICALLY], 1));
}

Test(model_watchdog_time, machine_goes_down_with_a_critical_bite)
{
    in_both_modes_with(WATCHDOGS, machine_goes_down);
}

// Of two that are to do something at the same time, the one that came to that first does it first: here, one of them takes
// the machine down, and the other one barks, or does not any more.
static void take_turns(struct machine *machine, bool critical_first)
{
    const struct dog critical = new_dog(machine, GUNYAH_WATCHDOG_OPTION_FLAGS_CRITICAL_BITE_MASK);
    struct dog other = {machine, make_watchdog(machine, 0), 0};

    other.vcpu = make_minder(machine, other.watchdog, 61);
    start(critical_first ? &critical : &other, critical_first ? 50 : 20, critical_first ? 20 : 50);
    start(critical_first ? &other : &critical, critical_first ? 20 : 50, critical_first ? 50 : 20);
    pass_ms(&other, 100);
    expect_deeds(&other, critical_first ? 0 : 1, 0);
    cr_expect(eq(u32, machine->dogs[GUNYAH_MODEL_WATCHDOG_BITES_CRITICALLY], 1));
}

static void critical_first(struct machine *machine)
{
    take_turns(machine, true);
}

static void critical_last(struct machine *machine)
{
    take_turns(machine, false);
}

Test(model_watchdog_time, same_time_is_in_the_order_of_coming)
{
    in_both_modes_with(WATCHDOGS, critical_first);
    in_both_modes_with(WATCHDOGS, critical_last);
}

// ---- freezes ------------------------------------------------------------------------------------------------------------

static void freezes(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 10, 30);
    pass_ms(&dog, 6);
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    pass_ms(&dog, 1000);
    expect_status(&dog, 0, 1006); // it is off, and the last pet is so long ago
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    pass_ms(&dog, 1000);
    expect_deeds(&dog, 0, 0); // one is left
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    expect_status(&dog, 1, 6); // it goes on where it was
    pass_ms(&dog, 3);
    expect_deeds(&dog, 0, 0);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 1, 0);
    // After its bark it barks once more when it goes on, and keeps the time to the bite.
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    IS(is_pending(&dog, BARK_VIRQ), true);
    expect_status(&dog, 0, 10);
    pass_ms(&dog, 1000);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    expect_status(&dog, 1, 10);
    pass_ms(&dog, 0);
    expect_status(&dog, 1 | EXPIRED, 10);
    expect_deeds(&dog, 2, 0);
    pass_ms(&dog, 19);
    expect_deeds(&dog, 2, 0);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 2, 1);
    // One that was off stays off.
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    expect_status(&dog, 0, 30);
}

Test(model_watchdog_time, frozen_one_does_nothing)
{
    in_both_modes_with(WATCHDOGS, freezes);
}

static void freezes_and_resets(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 10, 30);
    pass_ms(&dog, 12);
    IS(FREEZE_AND_RESET(&dog), GUNYAH_HVERR_OK);
    IS(is_pending(&dog, BARK_VIRQ), true); // what has happened stays
    expect_status(&dog, 0, 12);
    pass_ms(&dog, 100);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    expect_status(&dog, 1, 0);
    pass_ms(&dog, 9);
    expect_deeds(&dog, 1, 0);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 2, 0);
    // Frozen already, it is reset all the same.
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    IS(FREEZE_AND_RESET(&dog), GUNYAH_HVERR_OK);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    expect_status(&dog, 0, 10);
    pass_ms(&dog, 100);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    pass_ms(&dog, 9);
    expect_status(&dog, 1, 9);
}

Test(model_watchdog_time, reset_with_a_freeze_is_a_pet)
{
    in_both_modes_with(WATCHDOGS, freezes_and_resets);
}

static void minded_while_frozen(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    start(&dog, 10, 30);
    pass_ms(&dog, 100);
    expect_status(&dog, 0, 100);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    expect_status(&dog, 1, 0);
    pass_ms(&dog, 5);
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    pet(&dog); // it will count from 0
    expect_status(&dog, 0, 5);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    expect_status(&dog, 1, 0);
    pass_ms(&dog, 5);
    IS(FREEZE(&dog), GUNYAH_HVERR_OK);
    set_times(&dog, 3, 4); // likewise
    pass_ms(&dog, 100);
    expect_deeds(&dog, 0, 0);
    control(&dog, OFF);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_OK);
    pass_ms(&dog, 100);
    expect_deeds(&dog, 0, 0);
    control(&dog, ON);
    pass_ms(&dog, 3);
    expect_deeds(&dog, 1, 0);
}

Test(model_watchdog_time, frozen_one_can_be_minded)
{
    in_both_modes_with(WATCHDOGS, minded_while_frozen);
}

// ---- changes ------------------------------------------------------------------------------------------------------------

static void new_times_hold(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 100, 200);
    pass_ms(&dog, 20);
    set_times(&dog, 10, UNCHANGED); // has passed already
    pass_ms(&dog, 0);
    expect_deeds(&dog, 1, 0);
    expect_status(&dog, 1 | EXPIRED, 20); // counted from the last pet
    set_times(&dog, 15, 40);              // it barks by these once more
    pass_ms(&dog, 0);
    expect_deeds(&dog, 2, 0);
    set_times(&dog, 50, 40); // it does not bark by these
    pass_ms(&dog, 19);
    expect_deeds(&dog, 2, 0);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 2, 1);
    start(&dog, 30, 60);
    pass_ms(&dog, 10);
    set_times(&dog, 40, UNCHANGED); // later
    pass_ms(&dog, 29);
    expect_deeds(&dog, 2, 1);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 3, 1);
    set_times(&dog, UNCHANGED, UNCHANGED); // nothing is new
    pass_ms(&dog, 0);
    expect_deeds(&dog, 3, 1);
}

Test(model_watchdog_time, new_times_hold_at_once)
{
    in_both_modes_with(WATCHDOGS, new_times_hold);
}

static void switches_off(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 10, 30);
    pass_ms(&dog, 6);
    cr_expect(eq(u64, control(&dog, OFF), GUNYAH_HVERR_OK));
    expect_status(&dog, 0, 6);
    pass_ms(&dog, 1000);
    expect_status(&dog, 0, 1006);
    expect_deeds(&dog, 0, 0);
    cr_expect(gunyah_model_next_event(machine->model) == GUNYAH_MODEL_NEVER);
    cr_expect(eq(u64, control(&dog, ON), GUNYAH_HVERR_OK));
    expect_status(&dog, 1, 6); // it goes on where it was
    pass_ms(&dog, 4);
    expect_deeds(&dog, 1, 0);
    // After a pet, or with new times, it begins anew.
    cr_expect(eq(u64, control(&dog, OFF), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, pet(&dog), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, control(&dog, ON), GUNYAH_HVERR_OK));
    pass_ms(&dog, 9);
    expect_status(&dog, 1, 9);
    cr_expect(eq(u64, control(&dog, OFF), GUNYAH_HVERR_OK));
    start(&dog, 10, 30);
    pass_ms(&dog, 9);
    expect_deeds(&dog, 1, 0);
    pass_ms(&dog, 1);
    expect_deeds(&dog, 2, 0);
}

Test(model_watchdog_time, counts_nothing_while_it_is_off)
{
    in_both_modes_with(WATCHDOGS, switches_off);
}

static void is_shared(struct machine *machine)
{
    const struct dog one = new_bound_dog(machine);
    const struct dog other = {machine, one.watchdog, make_minder(machine, one.watchdog, 61)};

    start(&one, 10, 30);
    pass_ms(&one, 8);
    expect_status(&other, 1, 8);
    pet(&other);
    pass_ms(&one, 8);
    expect_status(&one, 1, 8);
    cr_expect(eq(u64, control(&other, ON), GUNYAH_HVERR_ARGUMENT_INVALID));
    IS(delete_cap(machine, other.vcpu), GUNYAH_HVERR_OK);
    pass_ms(&one, 2);
    expect_deeds(&one, 1, 0);
}

Test(model_watchdog_time, vcpus_can_share_one)
{
    in_both_modes_with(WATCHDOGS, is_shared);
}

// ---- steps, and copies --------------------------------------------------------------------------------------------------

// The state after a second, in steps of so many nanoseconds.
static void *state_after_steps(bool manual, uint64_t step, size_t *size)
{
    struct machine *machine = new_machine_with(manual, WATCHDOGS);
    const struct dog dog = new_bound_dog(machine);
    struct dog other = {machine, make_watchdog(machine, 0), 0};
    void *state;

    other.vcpu = make_minder(machine, other.watchdog, 61);
    start(&dog, 100, 200);
    start(&other, 200, 700);
    for (uint64_t now = 0; now < 1000 * MS; now += step)
        gunyah_model_advance(machine->model, step);
    expect_deeds(&dog, 2, 2);
    gunyah_model_wipe(machine->model);
    *size = gunyah_model_snapshot_size(machine->model);
    state = malloc(*size);
    cr_assert(eq(int, gunyah_model_snapshot(machine->model, state, *size), GUNYAH_HVERR_OK));
    end_machine(machine);
    return state;
}

Test(model_watchdog_time, one_step_or_many_are_the_same)
{
    for (int manual = 0; manual < 2; manual++) {
        size_t sizes[2];
        void *one = state_after_steps(manual != 0, 1000 * MS, &sizes[0]);
        void *many = state_after_steps(manual != 0, MS / 4, &sizes[1]);

        cr_assert(eq(sz, sizes[0], sizes[1]));
        cr_expect(memcmp(one, many, sizes[0]) == 0);
        free(one);
        free(many);
    }
}

static void goes_on_after_a_snapshot(struct machine *machine)
{
    const struct dog dog = new_bound_dog(machine);

    start(&dog, 10, 30);
    pass_ms(&dog, 6);
    const size_t size = gunyah_model_snapshot_size(machine->model);
    void *state = malloc(size);
    cr_assert(eq(int, gunyah_model_snapshot(machine->model, state, size), GUNYAH_HVERR_OK));
    for (int i = 0; i < 2; i++) {
        pass_ms(&dog, 3);
        expect_status(&dog, 1, 9);
        pass_ms(&dog, 1);
        expect_status(&dog, 1 | EXPIRED, 10);
        FREEZE(&dog);
        cr_assert(eq(int, gunyah_model_restore(machine->model, state, size), GUNYAH_HVERR_OK));
    }
    free(state);
}

Test(model_watchdog_time, goes_on_after_a_snapshot)
{
    in_both_modes_with(WATCHDOGS, goes_on_after_a_snapshot);
}
