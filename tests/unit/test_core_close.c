// SPDX-License-Identifier: BSD-3-Clause
// gunyah_close(), also from two threads at once.
#include "fake_backend.h"

#include <pthread.h>
#include <stdatomic.h>

#define ROUNDS 2000

Test(core_close, null)
{
    cr_expect_eq(gunyah_close(NULL), GUNYAH_ERR_NULL);
}

Test(core_close, twice)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect(g == NULL);
    cr_expect_eq(gunyah_close(&g), GUNYAH_ERR_HANDLE);
    cr_expect_eq(fake.closes, 1u);
}

Test(core_close, gives_back_open_handles)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct counter counter;
    struct gunyah *g = NULL;
    struct gunyah_partition *partition = NULL;
    struct gunyah_vic *vic = NULL;
    struct gunyah_cspace *closed = NULL;

    counter_init(&counter);
    options.allocator = &counter.allocator;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_assert_eq(gunyah_partition_open(g, gunyah_capid(1), &partition), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(g, gunyah_capid(2), &closed), GUNYAH_OK);
    cr_assert_eq(gunyah_vic_open(g, gunyah_capid(3), &vic), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_close(&closed), GUNYAH_OK);
    fake.calls = 0;
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(counter.live, 0u);
    cr_expect_eq(fake.calls, 0u, "nothing changes in the hypervisor");
}

// ---- two threads close -------------------------------------------------------------------------------------------

struct race {
    struct gunyah *g;
    pthread_barrier_t barrier;
    atomic_uint closed;
    atomic_uint told;
};

static void *close_in_rounds(void *context)
{
    struct race *race = context;

    for (int i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&race->barrier); // the session is open
        const enum gunyah_error error = gunyah_close(&race->g);
        atomic_fetch_add(&race->closed, error == GUNYAH_OK);
        atomic_fetch_add(&race->told, error == GUNYAH_ERR_HANDLE);
        pthread_barrier_wait(&race->barrier); // both are through
    }
    return NULL;
}

Test(core_close, two_threads_close_once)
{
    struct fake fake;
    struct race race = {.g = NULL};
    pthread_t threads[2];

    fake_init(&fake);
    pthread_barrier_init(&race.barrier, NULL, 3);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, close_in_rounds, &race), 0);
    for (unsigned i = 1; i <= ROUNDS; i++) {
        race.g = fake_session(&fake);
        pthread_barrier_wait(&race.barrier);
        pthread_barrier_wait(&race.barrier);
        cr_assert_eq(atomic_load(&race.closed), i);
        cr_assert_eq(atomic_load(&race.told), i);
        cr_assert_eq(fake.closes, i);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&race.barrier);
}

// ---- somebody waits ----------------------------------------------------------------------------------------------

struct gate {
    struct fake fake;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool inside;
    bool may_leave;
};

static enum gunyah_error wait_at_the_gate(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                                          size_t *index)
{
    struct gate *gate = context;

    (void)virqs;
    (void)count;
    (void)timeout_ns;
    *index = 0;
    pthread_mutex_lock(&gate->mutex);
    gate->inside = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->may_leave)
        pthread_cond_wait(&gate->changed, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
    return GUNYAH_OK;
}

static void *wait_in_thread(void *context)
{
    const gunyah_virq_t virq = {40};
    struct gunyah *g = context;

    cr_expect_eq(gunyah_wait(g, &virq, 1, GUNYAH_WAIT_FOREVER, NULL), GUNYAH_OK);
    return NULL;
}

Test(core_close, in_use_while_a_thread_waits)
{
    struct gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    pthread_t thread;

    fake_init(&gate.fake); // the first member: the context of the fake is that of the gate
    gate.fake.ops.wait = wait_at_the_gate;
    struct gunyah *g = fake_session(&gate.fake);
    struct gunyah *const same = g;

    cr_assert_eq(pthread_create(&thread, NULL, wait_in_thread, g), 0);
    pthread_mutex_lock(&gate.mutex);
    while (!gate.inside)
        pthread_cond_wait(&gate.changed, &gate.mutex);
    pthread_mutex_unlock(&gate.mutex);

    cr_expect_eq(gunyah_close(&g), GUNYAH_ERR_IN_USE);
    cr_expect(g == same, "nothing changes");
    cr_expect_eq(gate.fake.closes, 0u);

    pthread_mutex_lock(&gate.mutex);
    gate.may_leave = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.mutex);
    pthread_join(thread, NULL);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(gate.fake.closes, 1u);
}
