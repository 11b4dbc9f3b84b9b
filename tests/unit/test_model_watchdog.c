// SPDX-License-Identifier: BSD-3-Clause
// Watchdogs of the model: where there are any, the calls of whoever makes one, and how long one lives.
#include "model_watchdog.h"

// ---- where there are any ------------------------------------------------------------------------------------------------

static void expect_no_such_call(struct machine *machine, uint32_t number)
{
    const uint64_t args[7] = {machine->root.partition.value, machine->root.cspace.value};

    for (int smccc = 0; smccc < 2; smccc++) {
        machine->smccc = smccc != 0;
        ask(machine, number, args);
        cr_expect(eq(u64, machine->x[0], UINT64_MAX), "call 0x%x", number);
        // As recorded of a number that the table has and nobody answers: by the immediate, the others are 0.
        cr_expect(eq(u64, machine->x[2], smccc != 0 ? args[1] : 0), "call 0x%x", number);
    }
    machine->smccc = false;
}

Test(model_watchdog, there_are_none_as_recorded)
{
    static const uint32_t numbers[] = {0x09, 0x40, 0x41, 0x42, 0x58, 0x63};
    struct machine *machine = new_machine(false);

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        expect_no_such_call(machine, numbers[i]);
    ASK(machine, HYPERVISOR_IDENTIFY, 0);
    cr_expect(eq(u64, machine->x[1] & 0x100, 0));
    end_machine(machine);
}

Test(model_watchdog, flags_take_them_from_the_manual_too)
{
    struct machine *machine = new_machine_with(true, GUNYAH_HYP_API_FLAGS0_DOORBELL_MASK);

    expect_no_such_call(machine, 0x09);
    end_machine(machine);
}

static void there_are_some(struct machine *machine)
{
    ASK(machine, HYPERVISOR_IDENTIFY, 0);
    cr_expect(eq(u64, machine->x[1] & 0x100, 0x100));
    cr_expect(ne(u64, MAKE(machine, WATCHDOG), GUNYAH_CAPID_INVALID));
}

Test(model_watchdog, there_are_some_with_the_flag)
{
    struct machine *manual = new_machine(true);

    in_both_modes_with(WATCHDOGS, there_are_some);
    there_are_some(manual);
    end_machine(manual);
}

static uint64_t fast_of_root(struct machine *machine, uint32_t id, struct gunyah_model_registers *registers)
{
    *registers = (struct gunyah_model_registers){{id, 3, 4, 5, 6, 7, 8, 9}};
    IS(gunyah_model_call(machine->model, ROOT, 0, GUNYAH_MODEL_SMC, 0, registers), GUNYAH_MODEL_RETURNED);
    return registers->x[0];
}

static void who_minds_none(struct machine *machine)
{
    struct gunyah_model_registers registers;

    for (uint32_t id = GUNYAH_SMCCC_WATCHDOG_CONTROL; id <= GUNYAH_SMCCC_WATCHDOG_SET_TIME; id++) {
        cr_expect(eq(u64, fast_of_root(machine, id, &registers), UINT64_MAX));
        for (uint32_t i = 1; i < 8; i++)
            cr_expect(eq(u64, registers.x[i], i + 2));
    }
}

Test(model_watchdog, fast_calls_are_for_who_minds_one)
{
    in_both_modes_with(WATCHDOGS, who_minds_none);
    in_both_modes(who_minds_none);
}

static void neighbours_are_unknown(struct machine *machine)
{
    const struct dog dog = new_dog(machine, 0);
    static const uint32_t ids[] = {
        GUNYAH_SMCCC_WATCHDOG_CONTROL - 1, GUNYAH_SMCCC_WATCHDOG_SET_TIME + 1,
        GUNYAH_SMCCC_WATCHDOG_PET | UINT32_C(0x40000000),  // 64 bits wide
        GUNYAH_SMCCC_WATCHDOG_PET & ~UINT32_C(0x80000000), // yielding
    };

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        cr_expect(eq(u64, fast(&dog, ids[i], 3, 0), UINT64_MAX), "0x%x", ids[i]);
    expect_status(&dog, 0, 0);
}

Test(model_watchdog, other_functions_are_unknown)
{
    in_both_modes_with(WATCHDOGS, neighbours_are_unknown);
}

// ---- before it is active ------------------------------------------------------------------------------------------------

static void configures(struct machine *machine)
{
    const uint64_t watchdog = MAKE(machine, WATCHDOG);

    IS(ASK(machine, WATCHDOG_CONFIGURE, watchdog, 2), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, WATCHDOG_CONFIGURE, watchdog, UINT64_C(1) << 63), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, WATCHDOG_CONFIGURE, watchdog, 1), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_CONFIGURE, watchdog, 0), GUNYAH_HVERR_OK);
    IS(activate(machine, watchdog), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_CONFIGURE, watchdog, 0), GUNYAH_HVERR_OBJECT_STATE);
    IS(ASK(machine, WATCHDOG_CONFIGURE, watchdog, 2), GUNYAH_HVERR_OBJECT_STATE);
}

Test(model_watchdog, is_configured_before_it_is_active)
{
    in_both_modes_with(WATCHDOGS, configures);
}

static void attaches(struct machine *machine)
{
    const uint64_t fresh = MAKE(machine, WATCHDOG);
    const uint64_t watchdog = make_watchdog(machine, 0);
    const uint64_t vcpu = prepare_vcpu(machine, make_addrspace(machine, 5));
    const uint64_t hlos = prepare_vcpu(machine, make_addrspace(machine, 6));
    const uint64_t option = machine->manual ? 2 : GUNYAH_VCPU_OPTION_FLAGS_HLOS_VM_MASK;

    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, fresh, vcpu), GUNYAH_HVERR_OBJECT_STATE);
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, watchdog, watchdog), GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, vcpu, vcpu), GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, copy(machine, watchdog, GUNYAH_RIGHT_WATCHDOG_BIND_VIRQ), vcpu),
       GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    IS(ASK(machine, VCPU_CONFIGURE, hlos, option), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, watchdog, hlos),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK));
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, copy(machine, watchdog, GUNYAH_RIGHT_WATCHDOG_ATTACH_VCPU), vcpu),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, watchdog, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, watchdog, make_vcpu(machine, make_addrspace(machine, 7))),
       GUNYAH_HVERR_OBJECT_STATE);
}

Test(model_watchdog, is_attached_before_the_vcpu_is_active)
{
    in_both_modes_with(WATCHDOGS, attaches);
}

// ---- interrupts ---------------------------------------------------------------------------------------------------------

static void binds(struct machine *machine)
{
    const uint64_t watchdog = make_watchdog(machine, 0);
    const uint64_t vic = machine->root.vic.value;
    const uint64_t doorbell = MAKE(machine, DOORBELL);

    activate(machine, doorbell);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 50), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 42, 2), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, vic, watchdog, 42, 2), GUNYAH_HVERR_ARGUMENT_INVALID); // before all else
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, vic, watchdog, 42, 1), GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    IS(ASK(machine, WATCHDOG_UNBIND_VIRQ, vic, 2), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 31, 0), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 1020, 1), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 50, 0), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 50, 1), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 42 | UINT64_C(1) << 32, 0),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK));
    IS(ASK(machine, WATCHDOG_UNBIND_VIRQ, watchdog, 0), GUNYAH_HVERR_OK);
    // Each of the two has its own.
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 42, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 43, 0), GUNYAH_HVERR_VIRQ_BOUND);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 42, 1), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 43, 1), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, watchdog, vic, 44, 1), GUNYAH_HVERR_VIRQ_BOUND);
    IS(ASK(machine, WATCHDOG_UNBIND_VIRQ, watchdog, 2), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, WATCHDOG_UNBIND_VIRQ, watchdog, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_UNBIND_VIRQ, watchdog, 0), GUNYAH_HVERR_OK);
    // The other one stays bound.
    IS(ASK(machine, DOORBELL_UNBIND_VIRQ, doorbell), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 43), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 42), GUNYAH_HVERR_OK);
}

Test(model_watchdog, interrupts_are_bound_one_by_one)
{
    in_both_modes_with(WATCHDOGS, binds);
}

// ---- freezes ------------------------------------------------------------------------------------------------------------

static void counts_freezes(struct machine *machine)
{
    const struct dog dog = {machine, make_watchdog(machine, 0), 0};

    IS(manage(&dog, 3), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(manage(&dog, UINT32_MAX), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(UNFREEZE(&dog), GUNYAH_HVERR_BUSY);
    for (uint32_t i = 0; i < UINT16_MAX; i++)
        cr_assert(eq(int, i % 2 == 0 ? FREEZE(&dog) : FREEZE_AND_RESET(&dog), GUNYAH_HVERR_OK));
    IS(FREEZE(&dog), GUNYAH_HVERR_BUSY);
    IS(FREEZE_AND_RESET(&dog), GUNYAH_HVERR_BUSY);
    for (uint32_t i = 0; i < UINT16_MAX; i++)
        cr_assert(eq(int, UNFREEZE(&dog), GUNYAH_HVERR_OK));
    IS(UNFREEZE(&dog), GUNYAH_HVERR_BUSY);
}

Test(model_watchdog, freezes_are_counted)
{
    in_both_modes_with(WATCHDOGS, counts_freezes);
}

static void needs_its_right(struct machine *machine)
{
    const uint64_t watchdog = make_watchdog(machine, 0);
    const uint64_t fresh = MAKE(machine, WATCHDOG);

    IS(ASK(machine, WATCHDOG_MANAGE, copy(machine, watchdog, GUNYAH_RIGHT_WATCHDOG_MANAGE), 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_MANAGE, copy(machine, watchdog, ~(uint32_t)GUNYAH_RIGHT_WATCHDOG_MANAGE), 0),
       GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    IS(ASK(machine, WATCHDOG_MANAGE, fresh, 0), GUNYAH_HVERR_OBJECT_STATE);
}

Test(model_watchdog, freezing_needs_a_watchdog_that_is_active_and_a_right)
{
    in_both_modes_with(WATCHDOGS, needs_its_right);
}

// ---- life ---------------------------------------------------------------------------------------------------------------

static void goes_with_its_last_user(struct machine *machine)
{
    const size_t before = gunyah_model_heap_used(machine->model);
    const uint64_t spare = make_watchdog(machine, 0);

    IS(delete_cap(machine, spare), GUNYAH_HVERR_OK);
    cr_expect(eq(sz, gunyah_model_heap_used(machine->model), before));

    const struct dog dog = new_bound_dog(machine);
    const uint64_t doorbell = MAKE(machine, DOORBELL);

    activate(machine, doorbell);
    start(&dog, 10, 20);
    IS(delete_cap(machine, dog.watchdog), GUNYAH_HVERR_OK);
    pass_ms(&dog, 10);
    expect_status(&dog, 1 | EXPIRED, 10); // it lives by its vCPU
    IS(is_pending(&dog, BARK_VIRQ), true);
    IS(delete_cap(machine, dog.vcpu), GUNYAH_HVERR_OK);
    IS(is_pending(&dog, BARK_VIRQ), false);
    pass_ms(&dog, 1000);
    expect_deeds(&dog, 1, 0);
    // Its lines are free.
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, machine->root.vic.value, BARK_VIRQ), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_UNBIND_VIRQ, doorbell), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, machine->root.vic.value, BITE_VIRQ), GUNYAH_HVERR_OK);
}

Test(model_watchdog, goes_with_its_last_user)
{
    in_both_modes_with(WATCHDOGS, goes_with_its_last_user);
}

static void is_replaced(struct machine *machine)
{
    const size_t before = gunyah_model_heap_used(machine->model);
    const uint64_t first = make_watchdog(machine, 0);
    const uint64_t second = make_watchdog(machine, 0);
    const uint64_t vcpu = MAKE(machine, THREAD);

    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, first, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_ATTACH_VCPU, second, vcpu), GUNYAH_HVERR_OK);
    const size_t both = gunyah_model_heap_used(machine->model);
    IS(delete_cap(machine, first), GUNYAH_HVERR_OK); // nobody minds it any more
    const size_t one = gunyah_model_heap_used(machine->model);
    cr_expect(lt(sz, one, both));
    IS(delete_cap(machine, second), GUNYAH_HVERR_OK);
    cr_expect(eq(sz, gunyah_model_heap_used(machine->model), one));
    IS(delete_cap(machine, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(sz, gunyah_model_heap_used(machine->model), before));
}

Test(model_watchdog, attaching_another_one_replaces_it)
{
    in_both_modes_with(WATCHDOGS, is_replaced);
}

Test(model_watchdog, reset_makes_one_as_new_that_nobody_minds)
{
    struct machine *machine = new_machine(true);
    const struct dog dog = new_bound_dog(machine);
    const uint64_t alone = make_watchdog(machine, 1);

    IS(ASK(machine, OBJECT_RESET, dog.watchdog), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, alone, machine->root.vic.value, 50, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_MANAGE, alone, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET, alone), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_CONFIGURE, alone, 0), GUNYAH_HVERR_OK);
    IS(activate(machine, alone), GUNYAH_HVERR_OK);
    IS(ASK(machine, WATCHDOG_MANAGE, alone, 2), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, WATCHDOG_BIND_VIRQ, alone, machine->root.vic.value, 50, 0), GUNYAH_HVERR_OK);
    end_machine(machine);
}
