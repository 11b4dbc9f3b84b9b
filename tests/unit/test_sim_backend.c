// SPDX-License-Identifier: BSD-3-Clause
// Calls through the seam: conventions, guest memory, time, and a hypervisor that crashes.

#include "sim_internal.h"
#include "sim_vm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#define PATTERN UINT64_C(0xa5a5a5a5a5a5a5a5)

static struct gunyah_registers patterned(uint64_t x0)
{
    struct gunyah_registers registers;

    registers.x[0] = x0;
    for (int i = 1; i < 8; i++)
        registers.x[i] = PATTERN;
    return registers;
}

Test(sim_backend, says_what_it_can)
{
    struct gunyah_sim *sim = new_sim(1);
    const struct gunyah_backend *backend = gunyah_sim_backend(gunyah_sim_root(sim));

    cr_assert(eq(str, (char *)backend->ops->name, "sim"));
    cr_assert(eq(sz, backend->ops->size, sizeof(struct gunyah_backend_ops)));
    cr_assert(eq(u32, backend->ops->capabilities, 0xf));
    gunyah_sim_destroy(&sim);
}

Test(sim_backend, both_conventions_and_both_conduits)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_registers by_hvc = patterned(GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY);
    struct gunyah_registers by_smc = by_hvc;
    struct gunyah_registers by_immediate = patterned(PATTERN);
    struct gunyah_registers nobody = patterned(PATTERN);

    vm_raw(vm, GUNYAH_CONDUIT_DEFAULT, 0, &by_hvc);
    vm_raw(vm, GUNYAH_CONDUIT_SMC, 0, &by_smc);
    vm_raw(vm, GUNYAH_CONDUIT_HVC, GUNYAH_IMMEDIATE_BASE, &by_immediate);
    vm_raw(vm, GUNYAH_CONDUIT_SMC, GUNYAH_IMMEDIATE_BASE, &nobody);
    cr_assert(eq(u64, by_hvc.x[0] & 0x3fff, 1));
    cr_assert(eq(u64, by_hvc.x[4], PATTERN));
    cr_assert(eq(int, memcmp(&by_hvc, &by_smc, sizeof(by_hvc)), 0));
    cr_assert(eq(int, memcmp(&by_hvc, &by_immediate, 4 * sizeof(uint64_t)), 0));
    cr_assert(eq(u64, by_immediate.x[4], 0));
    cr_assert(eq(u64, nobody.x[0], UINT64_MAX));
    cr_assert(eq(u64, nobody.x[1], PATTERN));
    gunyah_sim_destroy(&sim);
}

Test(sim_backend, identity_from_the_options)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_registers identify = patterned(GUNYAH_SMCCC_BASE);
    struct gunyah_registers uid = patterned(GUNYAH_SMCCC_HYP_UID);
    struct gunyah_sim *sim;

    options.api_info = 0x5100000000008001;
    options.api_flags = 0x7;
    memcpy(options.uid, (const uint32_t[4]){1, 2, 3, 4}, sizeof(options.uid));
    gunyah_sim_create(&options, &sim);
    vm_raw(gunyah_sim_root(sim), GUNYAH_CONDUIT_HVC, 0, &identify);
    vm_raw(gunyah_sim_root(sim), GUNYAH_CONDUIT_HVC, 0, &uid);
    cr_assert(eq(u64, identify.x[0], 0x5100000000008001));
    cr_assert(eq(u64, identify.x[1], 0x7));
    cr_assert(eq(u64, uid.x[0], 1));
    cr_assert(eq(u64, uid.x[3], 4));
    gunyah_sim_destroy(&sim);
}

Test(sim_backend, plain_capids)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;
    struct gunyah_sim_doorbell doorbell;

    options.plain_capids = true;
    gunyah_sim_create(&options, &sim);
    doorbell = new_doorbell(new_vm(sim, 1), new_vm(sim, 2), 0);
    cr_assert(eq(int, gunyah_sim_connect_doorbell(sim, &doorbell), GUNYAH_OK));
    cr_assert(eq(u64, doorbell.send_cap.value, 0));
    cr_assert(eq(u64, doorbell.receive_cap.value, 0));
    gunyah_sim_destroy(&sim);
}

Test(sim_backend, a_call_costs_time)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim = new_sim(1);
    const struct gunyah_backend *backend = gunyah_sim_backend(gunyah_sim_root(sim));

    vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, 0, 0, NULL);
    cr_assert(eq(u64, gunyah_sim_now(sim), 1000));
    cr_assert(eq(int, gunyah_sim_advance(sim, 234), GUNYAH_OK));
    cr_assert(eq(u64, backend->ops->now(backend->context), 1234));
    gunyah_sim_destroy(&sim);

    options.call_ns = 5;
    gunyah_sim_create(&options, &sim);
    vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, 0, 0, NULL);
    cr_assert(eq(u64, gunyah_sim_now(sim), 5));
    gunyah_sim_destroy(&sim);
}

Test(sim_backend, time_never_goes_back)
{
    struct gunyah_sim *sim = new_sim(1);

    gunyah_sim_advance(sim, UINT64_MAX - 10);
    gunyah_sim_advance(sim, 100);
    cr_assert(eq(u64, gunyah_sim_now(sim), UINT64_MAX - 1));
    cr_assert(eq(int, vm_wait_one(gunyah_sim_root(sim), 40, 0), GUNYAH_ERR_TIMEOUT));
    gunyah_sim_destroy(&sim);
}

// The hypervisor drops in silence what it cannot read, and keeps what it cannot deliver.
Test(sim_backend, guest_memory)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_msgqueue queue = new_msgqueue(vm, vm, 0, 0);
    char buffer[64] = "";
    uint64_t size = 0;

    cr_assert(eq(int, gunyah_sim_connect_msgqueue(sim, &queue), GUNYAH_OK));
    cr_assert(eq(u64, vm_send(vm, queue.send_cap, NULL, 8), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_send(vm, queue.send_cap, (void *)(uintptr_t)4095, 8), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_send(vm, queue.send_cap, (void *)(UINTPTR_MAX - 3), 8), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_receive(vm, queue.receive_cap, buffer, sizeof(buffer), &size), GUNYAH_HVERR_MSGQUEUE_EMPTY));

    cr_assert(eq(u64, vm_send(vm, queue.send_cap, "hello", 6), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_receive(vm, queue.receive_cap, NULL, sizeof(buffer), &size), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, size, 0));
    cr_assert(eq(u64, vm_receive(vm, queue.receive_cap, (void *)(UINTPTR_MAX - 3), 64, &size), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, size, 0));
    cr_assert(eq(u64, vm_receive(vm, queue.receive_cap, buffer, sizeof(buffer), &size), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, size, 6));
    cr_assert(eq(str, buffer, "hello"));
    gunyah_sim_destroy(&sim);
}

// None of these touches memory.
Test(sim_backend, ranges_that_are_not_mapped)
{
    struct gunyah_sim *sim = new_sim(1);
    char byte = 1;

    cr_assert(eq(int, gunyah_internal_sim_read(sim, 0, UINT64_MAX - 3, &byte, 8), GUNYAH_MODEL_MEMORY_FAULT));
    cr_assert(eq(int, gunyah_internal_sim_write(sim, 0, UINT64_MAX - 3, &byte, 8), GUNYAH_MODEL_MEMORY_FAULT));
    cr_assert(eq(int, gunyah_internal_sim_read(sim, 0, 4095, &byte, 1), GUNYAH_MODEL_MEMORY_FAULT));
    cr_assert(eq(int, gunyah_internal_sim_write(sim, 0, 0, &byte, 1), GUNYAH_MODEL_MEMORY_FAULT));
    cr_assert(eq(int, gunyah_internal_sim_read(sim, 0, 4096, &byte, 0), GUNYAH_MODEL_MEMORY_OK));
    gunyah_sim_destroy(&sim);
}

Test(sim_backend, a_call_that_does_not_return)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_registers off = patterned(0x84000008);

    vm_raw(vm, GUNYAH_CONDUIT_HVC, 0, &off);
    cr_assert(eq(u64, off.x[0], UINT64_MAX));
    cr_assert(eq(u64, off.x[1], PATTERN));
    // Only that VM is off.
    cr_assert(lt(i64, (int64_t)vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_SCHEDULER_YIELD, 0, 0, 0, NULL), 1));
    gunyah_sim_destroy(&sim);
}

Test(sim_backend, a_crash_is_for_ever)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, CRASHING_VMID);
    struct gunyah_sim_vm *other = new_vm(sim, 1);
    struct gunyah_sim_doorbell doorbell = new_doorbell(vm, other, 40);
    struct gunyah_sim_doorbell more = new_doorbell(vm, other, 41);

    gunyah_sim_connect_doorbell(sim, &doorbell);
    cr_assert(eq(u64, vm_ring(vm, doorbell.send_cap, 1), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_crash(vm), UINT64_MAX));
    cr_assert(eq(u64, vm_ring(vm, doorbell.send_cap, 1), UINT64_MAX));
    cr_assert(eq(int, vm_wait_one(other, 40, 0), GUNYAH_ERR_CRASHED));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(sim, &more), GUNYAH_ERR_CRASHED));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}
