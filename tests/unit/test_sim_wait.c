// SPDX-License-Identifier: BSD-3-Clause
// Waits of one thread, and virtual time.

#include "sim_vm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define HOUR_NS (UINT64_C(3600) * 1000000000)

struct bell {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;
    gunyah_capid_t send[2]; // Of interrupts 40 and 41.
};

static struct bell new_bell(void)
{
    struct bell bell;

    bell.sim = new_sim(1);
    bell.vm = new_vm(bell.sim, 1);
    for (uint32_t i = 0; i < 2; i++) {
        struct gunyah_sim_doorbell doorbell = new_doorbell(bell.vm, bell.vm, 40 + i);
        cr_assert(eq(int, gunyah_sim_connect_doorbell(bell.sim, &doorbell), GUNYAH_OK));
        bell.send[i] = doorbell.send_cap;
    }
    return bell;
}

Test(sim_wait, only_looking)
{
    struct bell b = new_bell();
    const uint32_t virqs[] = {40, 41};
    size_t index = 7;

    cr_assert(eq(int, vm_wait(b.vm, virqs, 2, 0, &index), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(sz, index, 7));
    cr_assert(eq(u64, gunyah_sim_now(b.sim), 0));
    vm_ring(b.vm, b.send[1], 1);
    cr_assert(eq(int, vm_wait(b.vm, virqs, 2, 0, &index), GUNYAH_OK));
    cr_assert(eq(sz, index, 1));
    cr_assert(eq(int, vm_wait(b.vm, virqs, 2, 0, &index), GUNYAH_ERR_TIMEOUT));
    gunyah_sim_destroy(&b.sim);
}

// Nobody else has to run for that.
Test(sim_wait, only_looking_does_not_block)
{
    struct gunyah_sim *sim = new_sim(2);

    cr_assert(eq(int, vm_wait_one(gunyah_sim_root(sim), 40, 0), GUNYAH_ERR_TIMEOUT));
    gunyah_sim_destroy(&sim);
}

Test(sim_wait, the_first_of_the_list_is_taken)
{
    struct bell b = new_bell();
    const uint32_t virqs[] = {41, 40};
    size_t index;

    vm_ring(b.vm, b.send[0], 1);
    vm_ring(b.vm, b.send[1], 1);
    cr_assert(eq(int, vm_wait(b.vm, virqs, 2, GUNYAH_WAIT_FOREVER, &index), GUNYAH_OK));
    cr_assert(eq(sz, index, 0));
    cr_assert(eq(int, vm_wait(b.vm, virqs, 2, GUNYAH_WAIT_FOREVER, &index), GUNYAH_OK));
    cr_assert(eq(sz, index, 1));
    gunyah_sim_destroy(&b.sim);
}

Test(sim_wait, others_stay_pending)
{
    struct bell b = new_bell();

    vm_ring(b.vm, b.send[0], 1);
    cr_assert(eq(int, vm_wait_one(b.vm, 41, 0), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(int, vm_wait_one(b.vm, 40, 0), GUNYAH_OK));
    gunyah_sim_destroy(&b.sim);
}

// An hour of virtual time: the test's own time limit is a minute.
Test(sim_wait, a_time_out_takes_no_time)
{
    struct bell b = new_bell();

    gunyah_sim_advance(b.sim, 500);
    cr_assert(eq(int, vm_wait_one(b.vm, 40, HOUR_NS), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, gunyah_sim_now(b.sim), HOUR_NS + 500));
    cr_assert(eq(int, vm_wait_one(b.vm, 40, 1), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, gunyah_sim_now(b.sim), HOUR_NS + 501));
    gunyah_sim_destroy(&b.sim);
}

Test(sim_wait, nobody_is_left)
{
    struct bell b = new_bell();

    cr_assert(eq(int, vm_wait_one(b.vm, 40, GUNYAH_WAIT_FOREVER), GUNYAH_ERR_DEADLOCK));
    cr_assert(eq(u64, gunyah_sim_now(b.sim), 0));
    // It is not the end: what comes later is taken.
    vm_ring(b.vm, b.send[0], 1);
    cr_assert(eq(int, vm_wait_one(b.vm, 40, GUNYAH_WAIT_FOREVER), GUNYAH_OK));
    gunyah_sim_destroy(&b.sim);
}

Test(sim_wait, a_deadline_that_overflows_never_comes)
{
    struct bell b = new_bell();

    gunyah_sim_advance(b.sim, 1000);
    cr_assert(eq(int, vm_wait_one(b.vm, 40, UINT64_MAX - 999), GUNYAH_ERR_DEADLOCK));
    cr_assert(eq(u64, gunyah_sim_now(b.sim), 1000));
    cr_assert(eq(int, vm_wait_one(b.vm, 40, UINT64_MAX - 1001), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, gunyah_sim_now(b.sim), UINT64_MAX - 1));
    gunyah_sim_destroy(&b.sim);
}

Test(sim_wait, only_shared_interrupts)
{
    struct bell b = new_bell();
    const uint32_t virqs[] = {40, 1020};

    vm_ring(b.vm, b.send[0], 1);
    cr_assert(eq(int, vm_wait_one(b.vm, 31, 0), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(eq(int, vm_wait(b.vm, virqs, 2, 0, NULL), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(eq(int, vm_wait_one(b.vm, 32, 0), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(int, vm_wait_one(b.vm, 1019, 0), GUNYAH_ERR_TIMEOUT));
    // A refused wait takes nothing.
    cr_assert(eq(int, vm_wait_one(b.vm, 40, 0), GUNYAH_OK));
    gunyah_sim_destroy(&b.sim);
}

Test(sim_wait, threads_that_are_done)
{
    struct gunyah_sim *sim = new_sim(2);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);

    cr_assert(eq(int, gunyah_sim_thread_done(sim), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(vm, 40, GUNYAH_WAIT_FOREVER), GUNYAH_ERR_DEADLOCK));
    cr_assert(eq(int, gunyah_sim_thread_done(sim), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_thread_done(sim), GUNYAH_ERR_ARGUMENT_INVALID));
    // A wait of a thread that was not announced must not hang.
    cr_assert(eq(int, vm_wait_one(vm, 40, 1), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(int, vm_wait_one(vm, 40, GUNYAH_WAIT_FOREVER), GUNYAH_ERR_DEADLOCK));
    gunyah_sim_destroy(&sim);
}
