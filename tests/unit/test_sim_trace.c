// SPDX-License-Identifier: BSD-3-Clause
// The trace, to the letter.

#include "sim_vm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char bytes[16384];
    size_t used;
};

static void collect(void *context, const char *line)
{
    struct text *text = context;
    size_t length = strlen(line);

    cr_assert(lt(sz, text->used + length + 1, sizeof(text->bytes)));
    memcpy(text->bytes + text->used, line, length);
    text->used += length;
    text->bytes[text->used++] = '\n';
    text->bytes[text->used] = '\0';
}

static struct gunyah_sim *traced(struct text *text, uint64_t seed, bool plain_capids)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;

    options.seed = seed;
    options.plain_capids = plain_capids;
    gunyah_sim_create(&options, &sim);
    text->used = 0;
    text->bytes[0] = '\0';
    gunyah_sim_set_trace(sim, collect, text);
    return sim;
}

Test(sim_trace, messages)
{
    static struct text text;
    struct gunyah_sim *sim = traced(&text, 1, true);
    struct gunyah_sim_vm *a = new_vm(sim, 1);
    struct gunyah_sim_vm *b = new_vm(sim, 2);
    struct gunyah_sim_msgqueue queue = new_msgqueue(a, b, 40, 41);
    char buffer[64];

    gunyah_sim_connect_msgqueue(sim, &queue);
    gunyah_sim_advance(sim, 12345678);
    vm_send(a, queue.send_cap, "hello", 5);
    vm_wait_one(b, 41, GUNYAH_WAIT_FOREVER);
    vm_receive(b, queue.receive_cap, buffer, sizeof(buffer), NULL);
    vm_receive(b, queue.receive_cap, buffer, sizeof(buffer), NULL);
    cr_assert(
        eq(str, text.bytes,
           "[      0.000 us] msgqueue from vm1 (0x0) to vm2 (0x0)\n"
           "[  12345.678 us] vm2 <- vIRQ 41\n"
           "[  12345.678 us] vm1 msgqueue_send(msgqueue=0x0, size=5, data=*, send_flags=0x0) = OK, not_full=1\n"
           "[  12346.678 us] vm2 takes vIRQ 41\n"
           "[  12346.678 us] vm2 msgqueue_receive(msgqueue=0x0, buffer=*, buf_size=64) = OK, size=5, not_empty=0\n"
           "[  12347.678 us] vm2 msgqueue_receive(msgqueue=0x0, buffer=*, buf_size=64) = MSGQUEUE_EMPTY, size=0, "
           "not_empty=0\n"));
    gunyah_sim_destroy(&sim);
}

Test(sim_trace, waits)
{
    static struct text text;
    struct gunyah_sim *sim = traced(&text, 1, true);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    const uint32_t virqs[] = {40, 41};

    vm_wait(vm, virqs, 2, 1500, NULL);
    vm_wait_one(vm, 40, 0);
    vm_wait_one(vm, 40, GUNYAH_WAIT_FOREVER);
    cr_assert(eq(str, text.bytes,
                 "[      0.000 us] vm1 waits for 40, 41 until 1.500 us\n"
                 "[      1.500 us] vm1 times out\n"
                 "[      1.500 us] vm1 waits for 40 until 1.500 us\n"
                 "[      1.500 us] vm1 times out\n"
                 "[      1.500 us] vm1 waits for 40 for ever\n"
                 "[      1.500 us] vm1 is in a deadlock\n"));
    gunyah_sim_destroy(&sim);
}

// A level that stays is pending again as soon as it was taken.
Test(sim_trace, a_level_comes_again)
{
    static struct text text;
    struct gunyah_sim *sim = traced(&text, 1, true);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_doorbell doorbell = new_doorbell(vm, vm, 40);

    gunyah_sim_connect_doorbell(sim, &doorbell);
    gunyah_sim_set_trigger(vm, gunyah_virq(40), GUNYAH_SIM_LEVEL);
    vm_ring(vm, doorbell.send_cap, 0x10);
    vm_wait_one(vm, 40, 0);
    cr_assert(eq(str, text.bytes,
                 "[      0.000 us] doorbell from vm1 (0x0) to vm1 (0x1)\n"
                 "[      0.000 us] vm1 <- vIRQ 40\n"
                 "[      0.000 us] vm1 doorbell_send(doorbell=0x0, new_flags=0x10) = OK, old_flags=0x0\n"
                 "[      1.000 us] vm1 takes vIRQ 40\n"
                 "[      1.000 us] vm1 <- vIRQ 40\n"));
    gunyah_sim_destroy(&sim);
}

Test(sim_trace, other_calls)
{
    static struct text text;
    struct gunyah_sim *sim = traced(&text, 1, true);
    struct gunyah_sim_vm *vm = new_vm(sim, CRASHING_VMID);
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    struct gunyah_registers version = {{GUNYAH_SMCCC_VERSION}};
    struct gunyah_registers nobody = {{0}};
    struct gunyah_registers reserved = {{0, 1, 5}};
    struct gunyah_registers all_ones = {{0, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

    vm_raw(vm, GUNYAH_CONDUIT_SMC, 0, &version);
    vm_raw(vm, GUNYAH_CONDUIT_SMC, 0x1, &nobody);
    vm_raw(vm, GUNYAH_CONDUIT_HVC, 0x5fff, &nobody);
    vm_call(vm, 0x16, 0, 0, 0, NULL);
    // A reserved word is looked at in the immediate form only, and there some must be all ones.
    vm_raw(vm, GUNYAH_CONDUIT_HVC, GUNYAH_IMMEDIATE_BASE + GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_SEND, &all_ones);
    vm_raw(vm, GUNYAH_CONDUIT_HVC, GUNYAH_IMMEDIATE_BASE + GUNYAH_HYPERCALL_DOORBELL_SEND, &reserved);
    gunyah_sim_add_fault(sim, &fault);
    vm_call(vm, GUNYAH_HYPERCALL_DOORBELL_SEND, 1, 2, 77, NULL);
    fault.error = 12345;
    gunyah_sim_add_fault(sim, &fault);
    vm_call(vm, GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, 4, 0, 0, NULL);
    vm_crash(vm);
    vm_crash(vm);
    vm_wait_one(vm, 40, 0);
    cr_assert(eq(str, text.bytes,
                 "[      0.000 us] vm3 smccc 0x80000000 = 0x10003\n"
                 "[      1.000 us] vm3 smc #0x1 = 0xffffffffffffffff\n"
                 "[      2.000 us] vm3 hvc #0x5fff = 0xffffffffffffffff\n"
                 "[      3.000 us] vm3 unknown hypercall 0x16 = UNIMPLEMENTED\n"
                 "[      4.000 us] vm3 msgqueue_configure_send(msgqueue=0x0, not_full_threshold=0xffffffffffffffff, "
                 "not_full_holdoff=0xffffffffffffffff) = CSPACE_CAP_NULL\n"
                 "[      5.000 us] vm3 doorbell_send(doorbell=0x0, new_flags=0x1, reserved=0x5) = ARGUMENT_INVALID, "
                 "old_flags=0x0\n"
                 "[      6.000 us] vm3 doorbell_send(doorbell=0x1, new_flags=0x2) = FAILURE, old_flags=0x0 (injected)\n"
                 "[      7.000 us] vm3 prng_get_entropy(num_bytes=4) = error 12345, data0=0x0, data1=0x0, data2=0x0, "
                 "data3=0x0 (injected)\n"
                 "[      8.000 us] vm3 smccc 0x84000009 does not return\n"
                 "[      8.000 us] the hypervisor has crashed: a real one stops here, and with it the machine\n"
                 "[      9.000 us] vm3 smccc 0x84000009 does not return\n"));
    gunyah_sim_destroy(&sim);
}

// What a call does not return may hold anything, addresses of this process too.
Test(sim_trace, an_unimplemented_call_has_no_results)
{
    static struct text text;
    struct gunyah_sim *sim = traced(&text, 1, true);

    vm_call(new_vm(sim, 1), GUNYAH_HYPERCALL_PARTITION_CREATE_PARTITION, 0, 0, 0, NULL);
    cr_assert(eq(str, text.bytes,
                 "[      0.000 us] vm1 partition_create_partition(src_partition=0x0, cspace=0x0) = UNIMPLEMENTED\n"));
    gunyah_sim_destroy(&sim);
}

Test(sim_trace, long_lists_are_cut_off)
{
    static struct text text;
    static gunyah_virq_t virqs[900];
    struct gunyah_sim *sim = traced(&text, 1, true);
    const struct gunyah_backend *backend = gunyah_sim_backend(new_vm(sim, 1));

    for (uint32_t i = 0; i < 900; i++)
        virqs[i] = gunyah_virq(32 + i);
    cr_assert(eq(int, backend->ops->wait(backend->context, virqs, 900, 0, NULL), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(sz, strcspn(text.bytes, "\n"), 511));
    gunyah_sim_destroy(&sim);
}

Test(sim_trace, stops_when_told)
{
    static struct text text;
    struct gunyah_sim *sim = traced(&text, 1, true);

    cr_assert(eq(int, gunyah_sim_set_trace(NULL, collect, &text), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_set_trace(sim, NULL, NULL), GUNYAH_OK));
    vm_call(new_vm(sim, 1), GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, 0, 0, NULL);
    cr_assert(eq(sz, text.used, 0));
    gunyah_sim_destroy(&sim);
}

// A run whose messages lie at a given place of the process.
static void run(struct text *text, uint64_t seed, char *place)
{
    struct gunyah_sim *sim = traced(text, seed, false);
    struct gunyah_sim_vm *a = new_vm(sim, 1);
    struct gunyah_sim_vm *b = new_vm(sim, 2);
    struct gunyah_sim_msgqueue queue = new_msgqueue(a, b, 40, 41);
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;

    gunyah_sim_connect_msgqueue(sim, &queue);
    gunyah_sim_get_vm_info(gunyah_sim_root(sim), &info);
    for (int i = 0; i < 3; i++) {
        vm_send(a, queue.send_cap, place, 10);
        vm_wait_one(b, 41, 5000);
    }
    vm_receive(b, queue.receive_cap, place, 64, NULL);
    vm_wait_one(a, 40, 5000);
    vm_call(a, GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, 8, 0, 0, NULL);
    vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL, info.partition.value, info.cspace.value,
            0, NULL);
    gunyah_sim_destroy(&sim);
}

Test(sim_trace, the_same_run_gives_the_same_bytes)
{
    static struct text first;
    static struct text second;
    static struct text other;
    char on_the_stack[64] = "";
    char *on_the_heap = calloc(64, 1);

    run(&first, 1, on_the_stack);
    run(&second, 1, on_the_heap);
    run(&other, 2, on_the_stack);
    cr_assert(gt(sz, first.used, 500));
    cr_assert(eq(str, first.bytes, second.bytes));
    cr_assert(ne(str, first.bytes, other.bytes));
    free(on_the_heap);
}
