// SPDX-License-Identifier: BSD-3-Clause
// A VM whose caches are off. What the hypervisor reads is what was last cleaned; what it writes is seen after the next
// invalidation. The library's message queues live with that; who forgets it sees what was there before.

#include "sim_vm.h"

#include <gunyah/gunyah.h>
#include <gunyah/sim_hostile.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 64
#define STALE GUNYAH_SIM_STALE_BYTE

struct ends {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *off; // whose caches are off
    struct gunyah_sim_vm *on;
    struct gunyah_sim_msgqueue to_on;
    struct gunyah_sim_msgqueue to_off;
};

static struct ends new_ends(void)
{
    struct ends ends = {.sim = new_sim(1)};

    ends.off = new_vm(ends.sim, 1);
    ends.on = new_vm(ends.sim, 2);
    ends.to_on = new_msgqueue(ends.off, ends.on, 0, 0);
    ends.to_off = new_msgqueue(ends.on, ends.off, 0, 0);
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(ends.sim, &ends.to_on), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(ends.sim, &ends.to_off), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_set_incoherent(ends.off, true), GUNYAH_OK));
    return ends;
}

static void sync(struct gunyah_sim_vm *vm, const void *buffer, size_t size)
{
    const struct gunyah_backend *backend = gunyah_sim_backend(vm);

    backend->ops->sync(backend->context, buffer, size);
}

// Send by a bare call, and tell what came to the other side.
static void pass_on(const struct ends *ends, const char *message, char *got)
{
    uint64_t size;

    memset(got, 0, SIZE);
    cr_assert(eq(u64, vm_send(ends->off, ends->to_on.send_cap, message, SIZE), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_receive(ends->on, ends->to_on.receive_cap, got, SIZE, &size), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, size, SIZE));
}

static bool is_all(const char *bytes, size_t size, int value)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)bytes[i] != value)
            return false;
    }
    return true;
}

Test(sim_cache, who_forgets_to_clean_sends_what_was_there_before)
{
    struct ends ends = new_ends();
    char message[SIZE];
    char got[SIZE];

    memset(message, 1, SIZE);
    pass_on(&ends, message, got);
    cr_assert(is_all(got, SIZE, STALE));
    sync(ends.off, message, SIZE);
    pass_on(&ends, message, got);
    cr_assert(is_all(got, SIZE, 1));
    memset(message, 2, SIZE);
    pass_on(&ends, message, got);
    cr_assert(is_all(got, SIZE, 1));
    // A part of it.
    sync(ends.off, message + 10, 20);
    pass_on(&ends, message, got);
    cr_assert(is_all(got, 10, 1) && is_all(got + 10, 20, 2) && is_all(got + 30, SIZE - 30, 1));
    gunyah_sim_destroy(&ends.sim);
}

Test(sim_cache, who_forgets_to_invalidate_reads_what_was_there_before)
{
    struct ends ends = new_ends();
    char message[SIZE];
    char got[SIZE];
    uint64_t size;

    memset(message, 1, SIZE);
    memset(got, 7, SIZE);
    sync(ends.off, got, SIZE);
    vm_send(ends.on, ends.to_off.send_cap, message, SIZE);
    cr_assert(eq(u64, vm_receive(ends.off, ends.to_off.receive_cap, got, SIZE, &size), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, size, SIZE));
    cr_assert(is_all(got, SIZE, 7));
    sync(ends.off, got, SIZE);
    cr_assert(is_all(got, SIZE, 1));
    gunyah_sim_destroy(&ends.sim);
}

// The line goes back as a whole, with what it had of the rest of the buffer.
Test(sim_cache, who_forgets_to_clean_before_a_receive_loses_the_rest_of_the_buffer)
{
    struct ends ends = new_ends();
    _Alignas(64) char got[SIZE + 1];
    uint64_t size;

    for (int careful = 0; careful <= 1; careful++) {
        memset(got, 7, sizeof(got));
        if (careful)
            sync(ends.off, got, SIZE);
        vm_send(ends.on, ends.to_off.send_cap, "abcd", 4);
        cr_assert(eq(u64, vm_receive(ends.off, ends.to_off.receive_cap, got, SIZE, &size), GUNYAH_HVERR_OK));
        sync(ends.off, got, SIZE);
        cr_assert(eq(int, memcmp(got, "abcd", 4), 0));
        cr_assert(is_all(got + 4, SIZE - 4, careful ? 7 : STALE));
        // What lies beside is somebody else's.
        cr_assert(eq(int, got[SIZE], 7));
    }
    gunyah_sim_destroy(&ends.sim);
}

static struct gunyah *open_session(struct gunyah_sim_vm *vm)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g;

    options.backend = gunyah_sim_backend(vm);
    cr_assert(eq(int, gunyah_open(&options, &g), GUNYAH_OK));
    return g;
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g, gunyah_capid_t cap)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue;

    options.cap = cap;
    options.message_size = SIZE;
    cr_assert(eq(int, gunyah_msgqueue_open(g, &options, &queue), GUNYAH_OK));
    return queue;
}

// Fails when the library forgets one of its three synchronisations.
Test(sim_cache, the_library_does_what_it_takes)
{
    struct ends ends = new_ends();
    struct gunyah *g = open_session(ends.off);
    struct gunyah_msgqueue *out = open_queue(g, ends.to_on.send_cap);
    struct gunyah_msgqueue *in = open_queue(g, ends.to_off.receive_cap);
    char buffer[SIZE];
    char got[SIZE];
    size_t size;
    uint64_t got_size;

    for (int i = 1; i <= 3; i++) {
        memset(buffer, i, SIZE);
        cr_assert(eq(int, gunyah_msgqueue_send(out, buffer, SIZE, 0, NULL), GUNYAH_OK));
        vm_receive(ends.on, ends.to_on.receive_cap, got, SIZE, &got_size);
        cr_assert(is_all(got, SIZE, i));
        memset(got, 10 * i, 5);
        vm_send(ends.on, ends.to_off.send_cap, got, 5);
        memset(buffer, 100 + i, SIZE);
        cr_assert(eq(int, gunyah_msgqueue_receive(in, buffer, SIZE, &size, NULL), GUNYAH_OK));
        cr_assert(eq(sz, size, 5));
        cr_assert(is_all(buffer, 5, 10 * i) && is_all(buffer + 5, SIZE - 5, 100 + i));
    }
    gunyah_close(&g);
    gunyah_sim_destroy(&ends.sim);
}

Test(sim_cache, old_lines_make_room_for_new_ones)
{
    struct ends ends = new_ends();
    enum { LINES = 2048, BYTES = (LINES + 100) * 64 };
    char *memory = aligned_alloc(64, BYTES);
    char got[SIZE];

    memset(memory, 3, BYTES);
    for (size_t at = 0; at < BYTES; at += 64)
        sync(ends.off, memory + at, 64);
    pass_on(&ends, memory, got);
    cr_assert(is_all(got, SIZE, STALE));
    pass_on(&ends, memory + 100 * 64, got);
    cr_assert(is_all(got, SIZE, 3));
    pass_on(&ends, memory + BYTES - 64, got);
    cr_assert(is_all(got, SIZE, 3));
    free(memory);
    gunyah_sim_destroy(&ends.sim);
}

Test(sim_cache, others_see_what_they_saw)
{
    struct ends ends = new_ends();
    char message[SIZE];
    char got[SIZE];

    cr_assert(gunyah_sim_backend(ends.on)->ops->sync == NULL);
    memset(message, 1, SIZE);
    cr_assert(eq(int, gunyah_sim_set_incoherent(ends.off, true), GUNYAH_OK));
    pass_on(&ends, message, got);
    cr_assert(is_all(got, SIZE, STALE));
    cr_assert(eq(int, gunyah_sim_set_incoherent(ends.off, false), GUNYAH_OK));
    cr_assert(gunyah_sim_backend(ends.off)->ops->sync == NULL);
    pass_on(&ends, message, got);
    cr_assert(is_all(got, SIZE, 1));
    gunyah_sim_destroy(&ends.sim);
}

Test(sim_cache, wrong_arguments)
{
    bool empty = false;
    const struct gunyah_allocator allocator = {&empty, allocate_until_told, release_to_malloc};
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;
    struct gunyah *g;

    cr_assert(eq(int, gunyah_sim_set_incoherent(NULL, true), GUNYAH_ERR_NULL));
    options.allocator = &allocator;
    gunyah_sim_create(&options, &sim);
    g = open_session(gunyah_sim_root(sim));
    cr_assert(eq(int, gunyah_sim_set_incoherent(gunyah_sim_root(sim), true), GUNYAH_ERR_IN_USE));
    gunyah_close(&g);
    empty = true;
    cr_assert(eq(int, gunyah_sim_set_incoherent(gunyah_sim_root(sim), true), GUNYAH_ERR_OUT_OF_MEMORY));
    cr_assert(eq(int, gunyah_sim_set_incoherent(gunyah_sim_root(sim), false), GUNYAH_OK));
    empty = false;
    cr_assert(eq(int, gunyah_sim_set_incoherent(gunyah_sim_root(sim), true), GUNYAH_OK));
    // Nothing is mapped there, and the call that follows says so.
    sync(gunyah_sim_root(sim), NULL, 8);
    sync(gunyah_sim_root(sim), (void *)(UINTPTR_MAX - 3), 8);
    gunyah_sim_destroy(&sim);
}
