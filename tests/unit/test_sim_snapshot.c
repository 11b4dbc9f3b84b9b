// SPDX-License-Identifier: BSD-3-Clause
// Saving a machine and returning to it.

#include "sim_vm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

struct saved {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;
    struct gunyah_sim_msgqueue queue;
    unsigned char *bytes;
    size_t size;
};

static void build(struct saved *saved, uint64_t seed)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;

    options.seed = seed;
    gunyah_sim_create(&options, &saved->sim);
    saved->vm = new_vm(saved->sim, CRASHING_VMID);
    saved->queue = new_msgqueue(saved->vm, saved->vm, 40, 41);
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(saved->sim, &saved->queue), GUNYAH_OK));
}

static void save(struct saved *saved)
{
    saved->size = gunyah_sim_snapshot_size(saved->sim);
    // At an odd address: a snapshot may be anywhere.
    saved->bytes = (unsigned char *)malloc(saved->size + 1) + 1;
    cr_assert(eq(int, gunyah_sim_snapshot(saved->sim, saved->bytes, saved->size), GUNYAH_OK));
}

static void drop(struct saved *saved)
{
    free(saved->bytes - 1);
    gunyah_sim_destroy(&saved->sim);
}

static struct saved new_saved(void)
{
    struct saved saved;

    build(&saved, 7);
    vm_send(saved.vm, saved.queue.send_cap, "before", 7);
    save(&saved);
    return saved;
}

static uint64_t receive(const struct saved *saved, char buffer[64])
{
    return vm_receive(saved->vm, saved->queue.receive_cap, buffer, 64, NULL);
}

Test(sim_snapshot, returns_to_messages_interrupts_and_time)
{
    struct saved s = new_saved();
    char buffer[64] = "";

    for (int i = 0; i < 2; i++) {
        cr_assert(eq(u64, gunyah_sim_now(s.sim), 1000));
        cr_assert(eq(int, vm_wait_one(s.vm, 41, 0), GUNYAH_OK));
        cr_assert(eq(u64, receive(&s, buffer), GUNYAH_HVERR_OK));
        cr_assert(eq(str, buffer, "before"));
        cr_assert(eq(u64, receive(&s, buffer), GUNYAH_HVERR_MSGQUEUE_EMPTY));
        cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size), GUNYAH_OK));
    }
    drop(&s);
}

Test(sim_snapshot, equal_states_give_equal_bytes)
{
    struct saved s = new_saved();
    unsigned char *again = malloc(s.size);

    gunyah_sim_advance(s.sim, 99);
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size), GUNYAH_OK));
    cr_assert(eq(sz, gunyah_sim_snapshot_size(s.sim), s.size));
    cr_assert(eq(int, gunyah_sim_snapshot(s.sim, again, s.size), GUNYAH_OK));
    cr_assert(eq(int, memcmp(again, s.bytes, s.size), 0));
    free(again);
    drop(&s);
}

Test(sim_snapshot, a_crash_can_be_undone)
{
    struct saved s = new_saved();
    char buffer[64];

    vm_crash(s.vm);
    cr_assert(eq(int, vm_wait_one(s.vm, 41, 0), GUNYAH_ERR_CRASHED));
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(s.vm, 41, 0), GUNYAH_OK));
    cr_assert(eq(u64, receive(&s, buffer), GUNYAH_HVERR_OK));
    drop(&s);
}

Test(sim_snapshot, and_a_crash_can_be_kept)
{
    struct saved s;

    build(&s, 7);
    vm_crash(s.vm);
    save(&s);
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(s.vm, 41, 0), GUNYAH_ERR_CRASHED));
    drop(&s);
}

Test(sim_snapshot, faults_and_sessions_are_not_part_of_it)
{
    struct saved s = new_saved();
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    const struct gunyah_backend *backend = gunyah_sim_backend(s.vm);
    char buffer[64];

    fault.error = GUNYAH_HVERR_BUSY;
    gunyah_sim_add_fault(s.sim, &fault);
    backend->ops->open(backend->context);
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size), GUNYAH_OK));
    cr_assert(eq(u64, receive(&s, buffer), GUNYAH_HVERR_BUSY));
    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_ERR_IN_USE));
    backend->ops->close(backend->context);
    drop(&s);
}

Test(sim_snapshot, a_machine_of_the_same_make_takes_it)
{
    struct saved s = new_saved();
    struct saved twin;
    char buffer[64];

    build(&twin, 7);
    cr_assert(eq(int, gunyah_sim_restore(twin.sim, s.bytes, s.size), GUNYAH_OK));
    cr_assert(eq(u64, receive(&twin, buffer), GUNYAH_HVERR_OK));
    gunyah_sim_destroy(&twin.sim);
    build(&twin, 8);
    cr_assert(eq(int, gunyah_sim_restore(twin.sim, s.bytes, s.size), GUNYAH_ERR_ARGUMENT_INVALID));
    gunyah_sim_destroy(&twin.sim);
    drop(&s);
}

Test(sim_snapshot, other_vms)
{
    struct saved s = new_saved();
    char buffer[64];

    new_vm(s.sim, 1);
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(eq(u64, receive(&s, buffer), GUNYAH_HVERR_OK));
    drop(&s);
}

Test(sim_snapshot, damaged)
{
    struct saved s = new_saved();
    char buffer[64];

    gunyah_sim_advance(s.sim, 5);
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size - 1), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, 0), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, 30), GUNYAH_ERR_ARGUMENT_SIZE));
    s.bytes[0] ^= 1;
    cr_assert(eq(int, gunyah_sim_restore(s.sim, s.bytes, s.size), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(eq(u64, gunyah_sim_now(s.sim), 1005));
    cr_assert(eq(u64, receive(&s, buffer), GUNYAH_HVERR_OK));
    drop(&s);
}

Test(sim_snapshot, wrong_arguments)
{
    struct saved s = new_saved();

    cr_assert(eq(sz, gunyah_sim_snapshot_size(NULL), 0));
    cr_assert(eq(int, gunyah_sim_snapshot(NULL, s.bytes, s.size), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_snapshot(s.sim, NULL, s.size), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_snapshot(s.sim, s.bytes, s.size - 1), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, gunyah_sim_restore(NULL, s.bytes, s.size), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_restore(s.sim, NULL, s.size), GUNYAH_ERR_NULL));
    drop(&s);
}
