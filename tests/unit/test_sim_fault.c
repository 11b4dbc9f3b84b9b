// SPDX-License-Identifier: BSD-3-Clause
// Calls that fail on request.

#include "sim_vm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#define IDENTIFY GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY
#define PATTERN UINT64_C(0xa5a5a5a5a5a5a5a5)

static void add(struct gunyah_sim *sim, struct gunyah_sim_vm *vm, uint32_t call, int32_t error, uint64_t nth,
                uint64_t count)
{
    struct gunyah_sim_fault fault = {sizeof(fault), vm, call, error, nth, count, 0};

    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_OK));
}

Test(sim_fault, the_default_hits_the_next_call)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;

    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_OK));
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), IDENTIFY, 3, GUNYAH_HVERR_FAILURE), 0x1));
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, nth_and_count)
{
    struct gunyah_sim *sim = new_sim(1);

    add(sim, NULL, IDENTIFY, GUNYAH_HVERR_BUSY, 3, 2);
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), IDENTIFY, 6, GUNYAH_HVERR_BUSY), 0xc));
    gunyah_sim_clear_faults(sim);
    add(sim, NULL, IDENTIFY, GUNYAH_HVERR_BUSY, 2, 0);
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), IDENTIFY, 6, GUNYAH_HVERR_BUSY), 0x3e));
    gunyah_sim_clear_faults(sim);
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), IDENTIFY, 2, GUNYAH_HVERR_BUSY), 0));
    add(sim, NULL, IDENTIFY, GUNYAH_HVERR_BUSY, 2, UINT64_MAX);
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), IDENTIFY, 4, GUNYAH_HVERR_BUSY), 0xe));
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, one_call_only)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *root = gunyah_sim_root(sim);

    add(sim, NULL, GUNYAH_HYPERCALL_SCHEDULER_YIELD, GUNYAH_HVERR_DENIED, 1, 0);
    cr_assert(eq(uint, vm_failures(root, IDENTIFY, 3, GUNYAH_HVERR_DENIED), 0));
    cr_assert(eq(uint, vm_failures(root, GUNYAH_HYPERCALL_SCHEDULER_YIELD, 3, GUNYAH_HVERR_DENIED), 0x7));
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, one_vm_only)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);

    add(sim, vm, GUNYAH_SIM_ANY_CALL, GUNYAH_HVERR_NOMEM, 2, 1);
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), IDENTIFY, 3, GUNYAH_HVERR_NOMEM), 0));
    cr_assert(eq(uint, vm_failures(vm, IDENTIFY, 3, GUNYAH_HVERR_NOMEM), 0x2));
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, the_first_one_counts_and_each_counts_for_itself)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *root = gunyah_sim_root(sim);

    add(sim, NULL, IDENTIFY, GUNYAH_HVERR_BUSY, 2, 1);
    add(sim, NULL, GUNYAH_SIM_ANY_CALL, GUNYAH_HVERR_NOMEM, 2, 2);
    cr_assert(eq(u64, vm_call(root, GUNYAH_HYPERCALL_SCHEDULER_YIELD, 0, 0, 0, NULL), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_call(root, IDENTIFY, 0, 0, 0, NULL), GUNYAH_HVERR_NOMEM));
    cr_assert(eq(u64, vm_call(root, IDENTIFY, 0, 0, 0, NULL), GUNYAH_HVERR_BUSY));
    cr_assert(ne(u64, vm_call(root, IDENTIFY, 0, 0, 0, NULL), GUNYAH_HVERR_NOMEM));
    gunyah_sim_destroy(&sim);
}

static struct gunyah_registers raw(struct gunyah_sim_vm *vm, enum gunyah_conduit conduit, uint16_t immediate,
                                   uint64_t x0)
{
    struct gunyah_registers registers = {{x0, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN}};

    vm_raw(vm, conduit, immediate, &registers);
    return registers;
}

Test(sim_fault, the_form_of_the_immediate_convention)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_registers r;

    add(sim, NULL, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, GUNYAH_HVERR_RETRY, 1, 0);
    r = raw(gunyah_sim_root(sim), GUNYAH_CONDUIT_HVC, GUNYAH_IMMEDIATE_BASE + GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE,
            PATTERN);
    cr_assert(eq(u64, r.x[0], 0xfffffffe));
    for (int i = 1; i < 8; i++)
        cr_assert(eq(u64, r.x[i], 0));
    // An smc with an immediate is no hypercall.
    r = raw(gunyah_sim_root(sim), GUNYAH_CONDUIT_SMC, GUNYAH_IMMEDIATE_BASE + GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE,
            PATTERN);
    cr_assert(eq(u64, r.x[0], UINT64_MAX));
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, the_form_of_smccc)
{
    struct gunyah_sim *sim = new_sim(1);
    const uint64_t id = GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE;
    const uint64_t hint_and_garbage = id | UINT64_C(0xdead000000010000);
    struct gunyah_registers r;

    add(sim, NULL, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, GUNYAH_HVERR_RETRY, 1, 0);
    for (int i = 0; i < 2; i++) {
        r = raw(gunyah_sim_root(sim), i == 0 ? GUNYAH_CONDUIT_HVC : GUNYAH_CONDUIT_SMC, 0,
                i == 0 ? id : hint_and_garbage);
        cr_assert(eq(u64, r.x[0], (uint64_t)-2));
        cr_assert(eq(u64, r.x[1], 0));
        cr_assert(eq(u64, r.x[2], 0));
        cr_assert(eq(u64, r.x[3], PATTERN));
        cr_assert(eq(u64, r.x[7], PATTERN));
    }
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, unknown_hypercalls_match_and_smccc_functions_do_not)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_registers r;

    add(sim, NULL, GUNYAH_SIM_ANY_CALL, GUNYAH_HVERR_BUSY, 1, 1);
    r = raw(gunyah_sim_root(sim), GUNYAH_CONDUIT_HVC, 0, GUNYAH_SMCCC_VERSION);
    cr_assert(eq(u64, r.x[0], GUNYAH_SMCCC_VERSION_ANSWER));
    r = raw(gunyah_sim_root(sim), GUNYAH_CONDUIT_HVC, 0, 0x86008000);
    cr_assert(eq(u64, r.x[0], UINT64_MAX));
    r = raw(gunyah_sim_root(sim), GUNYAH_CONDUIT_HVC, 0, GUNYAH_SMCCC_BASE | 0x3fff);
    cr_assert(eq(u64, r.x[0], GUNYAH_HVERR_BUSY));
    cr_assert(eq(u64, r.x[1], PATTERN));
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, the_hypervisor_does_not_see_the_call)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_doorbell doorbell = new_doorbell(vm, vm, 40);
    uint64_t flags;

    add(sim, NULL, GUNYAH_HYPERCALL_DOORBELL_SEND, GUNYAH_HVERR_BUSY, 1, 1);
    add(sim, NULL, GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM, GUNYAH_HVERR_BUSY, 1, 0);
    // Wiring is not a call of a VM's: faults do not reach it.
    cr_assert(eq(int, gunyah_sim_connect_doorbell(sim, &doorbell), GUNYAH_OK));
    cr_assert(eq(u64, vm_ring(vm, doorbell.send_cap, 1), GUNYAH_HVERR_BUSY));
    cr_assert(eq(int, vm_wait_one(vm, 40, 0), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, vm_ring(vm, doorbell.send_cap, 2), GUNYAH_HVERR_OK));
    vm_clear(vm, doorbell.receive_cap, 3, &flags);
    cr_assert(eq(u64, flags, 2));
    cr_assert(eq(u64, gunyah_sim_now(sim), 3000));
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, wrong_arguments)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim *other = new_sim(1);
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;

    cr_assert(eq(int, gunyah_sim_add_fault(NULL, &fault), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_add_fault(sim, NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_clear_faults(NULL), GUNYAH_ERR_NULL));
    fault.nth = 0;
    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_ERR_ARGUMENT_INVALID));
    fault.nth = 1;
    fault.error = GUNYAH_HVERR_OK;
    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_ERR_ARGUMENT_INVALID));
    fault.error = GUNYAH_HVERR_BUSY;
    fault.vm = gunyah_sim_root(other);
    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_ERR_ARGUMENT_INVALID));
    fault.vm = NULL;
    fault.size--;
    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_ERR_OPTION));
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), IDENTIFY, 2, GUNYAH_HVERR_BUSY), 0));
    gunyah_sim_destroy(&other);
    gunyah_sim_destroy(&sim);
}

Test(sim_fault, no_memory_for_a_fault)
{
    bool empty = false;
    const struct gunyah_allocator allocator = {&empty, allocate_until_told, release_to_malloc};
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    struct gunyah_sim *sim;

    options.allocator = &allocator;
    gunyah_sim_create(&options, &sim);
    empty = true;
    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_ERR_OUT_OF_MEMORY));
    gunyah_sim_destroy(&sim);
}
