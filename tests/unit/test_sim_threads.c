// SPDX-License-Identifier: BSD-3-Clause
// VMs in threads of their own: waits that others end. No test sleeps, and none depends on who is faster.

#include "sim_vm.h"

#include <gunyah/sim_rm.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <string.h>

// A thread that waits for interrupt 40 of a VM.
struct waiter {
    struct gunyah_sim_vm *vm;
    uint64_t timeout_ns;
    enum gunyah_error error;
    uint64_t ended;          // Virtual time.
    struct gunyah_sim *done; // Machine to tell that this thread is done, or null.
    pthread_t thread;
};

static void *waiter_run(void *context)
{
    struct waiter *waiter = context;
    const struct gunyah_backend *backend = gunyah_sim_backend(waiter->vm);

    waiter->error = vm_wait_one(waiter->vm, 40, waiter->timeout_ns);
    waiter->ended = backend->ops->now(backend->context);
    if (waiter->done != NULL)
        gunyah_sim_thread_done(waiter->done);
    return NULL;
}

static void waiter_start(struct waiter *waiter, struct gunyah_sim_vm *vm, uint64_t timeout_ns)
{
    waiter->vm = vm;
    waiter->timeout_ns = timeout_ns;
    waiter->done = NULL;
    pthread_create(&waiter->thread, NULL, waiter_run, waiter);
}

static void waiter_join(struct waiter *waiter)
{
    pthread_join(waiter->thread, NULL);
}

// Counts the waits that have begun, by their lines in the trace.
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int waits;
};

static void gate_see(void *context, const char *line)
{
    struct gate *gate = context;

    if (strstr(line, " waits for ") == NULL)
        return;
    pthread_mutex_lock(&gate->lock);
    gate->waits++;
    pthread_cond_signal(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

static void gate_open(struct gate *gate, struct gunyah_sim *sim)
{
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
    gate->waits = 0;
    gunyah_sim_set_trace(sim, gate_see, gate);
}

// The line is written inside the machine's lock: whoever takes that lock afterwards finds the thread blocked.
static void gate_pass(struct gate *gate, int waits)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->waits < waits)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

Test(sim_threads, advance_ends_a_wait)
{
    struct gunyah_sim *sim = new_sim(2);
    struct waiter waiter;
    struct gate gate;

    gate_open(&gate, sim);
    waiter_start(&waiter, new_vm(sim, 1), 5000);
    gate_pass(&gate, 1);
    gunyah_sim_advance(sim, 4999);
    gunyah_sim_advance(sim, 1);
    waiter_join(&waiter);
    cr_assert(eq(int, waiter.error, GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, waiter.ended, 5000));
    gunyah_sim_destroy(&sim);
}

Test(sim_threads, calls_of_others_end_a_wait)
{
    struct gunyah_sim *sim = new_sim(2);
    struct waiter waiter;
    struct gate gate;

    gate_open(&gate, sim);
    waiter_start(&waiter, new_vm(sim, 1), 5000);
    gate_pass(&gate, 1);
    for (int i = 0; i < 5; i++)
        vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, 0, 0, NULL);
    waiter_join(&waiter);
    cr_assert(eq(int, waiter.error, GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, waiter.ended, 5000));
    gunyah_sim_destroy(&sim);
}

Test(sim_threads, an_interrupt_ends_a_wait)
{
    struct gunyah_sim *sim = new_sim(2);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_doorbell bell = new_doorbell(gunyah_sim_root(sim), vm, 40);
    struct gunyah_sim_doorbell other = new_doorbell(gunyah_sim_root(sim), vm, 41);
    struct waiter waiter;
    struct gate gate;

    gunyah_sim_connect_doorbell(sim, &bell);
    gunyah_sim_connect_doorbell(sim, &other);
    gate_open(&gate, sim);
    waiter_start(&waiter, vm, GUNYAH_WAIT_FOREVER);
    gate_pass(&gate, 1);
    vm_ring(gunyah_sim_root(sim), other.send_cap, 1);
    vm_ring(gunyah_sim_root(sim), bell.send_cap, 1);
    waiter_join(&waiter);
    cr_assert(eq(int, waiter.error, GUNYAH_OK));
    cr_assert(eq(u64, waiter.ended, 2000));
    cr_assert(eq(int, vm_wait_one(vm, 41, 0), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
}

// A line that is edge triggered ignores a level; as a level it is pending.
Test(sim_threads, a_change_of_trigger_ends_a_wait)
{
    struct gunyah_sim *sim = new_sim(2);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_doorbell bell = new_doorbell(gunyah_sim_root(sim), vm, 40);
    struct waiter waiter;
    struct gate gate;

    gunyah_sim_connect_doorbell(sim, &bell);
    vm_ring(gunyah_sim_root(sim), bell.send_cap, 1);
    cr_assert(eq(int, vm_wait_one(vm, 40, 0), GUNYAH_OK));
    gate_open(&gate, sim);
    waiter_start(&waiter, vm, GUNYAH_WAIT_FOREVER);
    gate_pass(&gate, 1);
    gunyah_sim_set_trigger(vm, gunyah_virq(41), GUNYAH_SIM_LEVEL);
    gunyah_sim_set_trigger(vm, gunyah_virq(40), GUNYAH_SIM_LEVEL);
    waiter_join(&waiter);
    cr_assert(eq(int, waiter.error, GUNYAH_OK));
    gunyah_sim_destroy(&sim);
}

// Other interrupts wake the waiter, which finds nothing. It goes on waiting, and its deadline still counts.
Test(sim_threads, woken_for_nothing)
{
    struct gunyah_sim *sim = new_sim(2);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_doorbell others[20];
    struct waiter waiter;
    struct gate gate;

    gate_open(&gate, sim);
    waiter_start(&waiter, vm, 20500);
    gate_pass(&gate, 1);
    for (uint32_t i = 0; i < 20; i++) {
        others[i] = new_doorbell(gunyah_sim_root(sim), vm, 50 + i);
        gunyah_sim_connect_doorbell(sim, &others[i]);
        vm_ring(gunyah_sim_root(sim), others[i].send_cap, 1);
    }
    gunyah_sim_thread_done(sim);
    waiter_join(&waiter);
    cr_assert(eq(int, waiter.error, GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, waiter.ended, 20500));
    cr_assert(eq(int, gate.waits, 1));
    gunyah_sim_destroy(&sim);
}

Test(sim_threads, the_earliest_deadline_comes_first)
{
    struct gunyah_sim *sim = new_sim(2);
    struct waiter late;
    struct waiter early = {new_vm(sim, 1), 1000, GUNYAH_OK, 0, sim, 0};

    waiter_start(&late, new_vm(sim, 2), 2000);
    pthread_create(&early.thread, NULL, waiter_run, &early);
    waiter_join(&early);
    waiter_join(&late);
    cr_assert(eq(int, early.error, GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, early.ended, 1000));
    cr_assert(eq(int, late.error, GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, late.ended, 2000));
    gunyah_sim_destroy(&sim);
}

Test(sim_threads, all_wait_for_each_other)
{
    struct gunyah_sim *sim = new_sim(3);
    struct waiter waiters[3];

    for (uint16_t i = 0; i < 3; i++)
        waiter_start(&waiters[i], new_vm(sim, (uint16_t)(i + 1)), GUNYAH_WAIT_FOREVER);
    for (int i = 0; i < 3; i++) {
        waiter_join(&waiters[i]);
        cr_assert(eq(int, waiters[i].error, GUNYAH_ERR_DEADLOCK));
    }
    cr_assert(eq(u64, gunyah_sim_now(sim), 0));
    gunyah_sim_destroy(&sim);
}

Test(sim_threads, the_last_other_thread_is_done)
{
    struct gunyah_sim *sim = new_sim(2);
    struct waiter waiter;
    struct gate gate;

    gate_open(&gate, sim);
    waiter_start(&waiter, new_vm(sim, 1), GUNYAH_WAIT_FOREVER);
    gate_pass(&gate, 1);
    gunyah_sim_thread_done(sim);
    waiter_join(&waiter);
    cr_assert(eq(int, waiter.error, GUNYAH_ERR_DEADLOCK));
    gunyah_sim_destroy(&sim);
}

Test(sim_threads, a_crash_ends_all_waits)
{
    struct gunyah_sim *sim = new_sim(3);
    struct waiter waiters[2];
    struct gate gate;

    gate_open(&gate, sim);
    for (uint16_t i = 0; i < 2; i++)
        waiter_start(&waiters[i], new_vm(sim, (uint16_t)(i + 1)), GUNYAH_WAIT_FOREVER);
    gate_pass(&gate, 2);
    vm_crash(new_vm(sim, CRASHING_VMID));
    for (int i = 0; i < 2; i++) {
        waiter_join(&waiters[i]);
        cr_assert(eq(int, waiters[i].error, GUNYAH_ERR_CRASHED));
    }
    gunyah_sim_destroy(&sim);
}

Test(sim_threads, no_restore_while_a_thread_waits)
{
    static unsigned char snapshot[1 << 20];
    struct gunyah_sim *sim = new_sim(2);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct waiter waiter;
    struct gate gate;

    cr_assert(eq(int, gunyah_sim_snapshot(sim, snapshot, sizeof(snapshot)), GUNYAH_OK));
    gate_open(&gate, sim);
    waiter_start(&waiter, vm, 1000);
    gate_pass(&gate, 1);
    cr_assert(eq(int, gunyah_sim_restore(sim, snapshot, sizeof(snapshot)), GUNYAH_ERR_IN_USE));
    gunyah_sim_advance(sim, 1000);
    waiter_join(&waiter);
    cr_assert(eq(int, gunyah_sim_restore(sim, snapshot, sizeof(snapshot)), GUNYAH_OK));
    cr_assert(eq(u64, gunyah_sim_now(sim), 0));
    gunyah_sim_destroy(&sim);
}

// The copy is one in which nobody waits: whoever does so there waits anew.
Test(sim_threads, a_copy_while_a_thread_waits)
{
    static unsigned char save[1 << 20];
    struct gunyah_sim *sim = new_sim(2);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim *copies[2];
    struct waiter waiter;
    struct gate gate;

    gate_open(&gate, sim);
    waiter_start(&waiter, vm, 1000);
    gate_pass(&gate, 1);
    cr_assert(eq(int, gunyah_sim_clone(sim, &copies[0]), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_save(sim, save, sizeof(save)), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_load(save, gunyah_sim_save_size(sim), NULL, &copies[1], NULL), GUNYAH_OK));
    gunyah_sim_advance(sim, 1000);
    waiter_join(&waiter);
    cr_assert(eq(int, waiter.error, GUNYAH_ERR_TIMEOUT));
    for (int i = 0; i < 2; i++) {
        struct gunyah_sim_vm *same;
        cr_assert(eq(u64, gunyah_sim_now(copies[i]), 0));
        cr_assert(eq(int, gunyah_sim_find_vm(copies[i], gunyah_vmid(1), &same), GUNYAH_OK));
        // Two threads drive this one too: with one less, a wait can only end by itself.
        cr_assert(eq(int, gunyah_sim_thread_done(copies[i]), GUNYAH_OK));
        waiter_start(&waiter, same, GUNYAH_WAIT_FOREVER);
        waiter_join(&waiter);
        cr_assert(eq(int, waiter.error, GUNYAH_ERR_DEADLOCK));
        gunyah_sim_destroy(&copies[i]);
    }
    gunyah_sim_destroy(&sim);
}

#define ROUNDS 2000

// One of two players: answers each ring of its own bell by ringing the other's.
struct player {
    struct gunyah_sim_vm *vm;
    gunyah_capid_t in;
    gunyah_capid_t out;
    bool serves;
    int failures;
    pthread_t thread;
};

static void *player_run(void *context)
{
    struct player *player = context;

    for (int i = 0; i < ROUNDS; i++) {
        if (player->serves && vm_ring(player->vm, player->out, 1) != GUNYAH_HVERR_OK)
            player->failures++;
        if (vm_wait_one(player->vm, 40, GUNYAH_WAIT_FOREVER) != GUNYAH_OK)
            player->failures++;
        if (vm_clear(player->vm, player->in, 1, NULL) != GUNYAH_HVERR_OK)
            player->failures++;
        if (!player->serves && vm_ring(player->vm, player->out, 1) != GUNYAH_HVERR_OK)
            player->failures++;
    }
    return NULL;
}

static uint64_t play(void)
{
    struct gunyah_sim *sim = new_sim(2);
    struct player players[2] = {{.vm = new_vm(sim, 1), .serves = true}, {.vm = new_vm(sim, 2)}};
    uint64_t end;

    for (int i = 0; i < 2; i++) {
        struct gunyah_sim_doorbell bell = new_doorbell(players[i].vm, players[1 - i].vm, 40);
        gunyah_sim_connect_doorbell(sim, &bell);
        players[i].out = bell.send_cap;
        players[1 - i].in = bell.receive_cap;
    }
    for (int i = 0; i < 2; i++)
        pthread_create(&players[i].thread, NULL, player_run, &players[i]);
    for (int i = 0; i < 2; i++) {
        pthread_join(players[i].thread, NULL);
        cr_expect(eq(int, players[i].failures, 0));
    }
    end = gunyah_sim_now(sim);
    gunyah_sim_destroy(&sim);
    return end;
}

// Neither sees a deadlock while the other has been woken but does not run yet; and time is that of the calls alone.
Test(sim_threads, ping_pong)
{
    cr_assert(eq(u64, play(), UINT64_C(1000) * ROUNDS * 4));
}

struct destroyer {
    struct gunyah_sim **sim;
    pthread_barrier_t *start;
    enum gunyah_error error;
    pthread_t thread;
};

static void *destroyer_run(void *context)
{
    struct destroyer *destroyer = context;

    pthread_barrier_wait(destroyer->start);
    destroyer->error = gunyah_sim_destroy(destroyer->sim);
    return NULL;
}

Test(sim_threads, two_destroy_the_same_machine)
{
    pthread_barrier_t start;

    pthread_barrier_init(&start, NULL, 2);
    for (int round = 0; round < 100; round++) {
        struct gunyah_sim *sim = new_sim(2);
        struct destroyer destroyers[2];

        for (int i = 0; i < 2; i++) {
            destroyers[i] = (struct destroyer){.sim = &sim, .start = &start};
            pthread_create(&destroyers[i].thread, NULL, destroyer_run, &destroyers[i]);
        }
        for (int i = 0; i < 2; i++)
            pthread_join(destroyers[i].thread, NULL);
        cr_assert(eq(int, destroyers[0].error + destroyers[1].error, GUNYAH_ERR_HANDLE));
        cr_assert(eq(ptr, sim, NULL));
    }
    pthread_barrier_destroy(&start);
}
