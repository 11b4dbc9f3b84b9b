// SPDX-License-Identifier: BSD-3-Clause
// The allocator for places without a heap.
#include "fake_backend.h"

#include <stddef.h>
#include <string.h>

static bool aligned(const void *memory)
{
    return ((uintptr_t)memory & (_Alignof(max_align_t) - 1)) == 0;
}

Test(core_arena, aligns_any_piece)
{
    _Alignas(max_align_t) unsigned char memory[256];

    for (size_t skip = 0; skip < 32; skip++) {
        struct gunyah_arena arena;
        const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory + skip, sizeof(memory) - skip);
        unsigned char *first = allocator.allocate(allocator.context, 3);
        unsigned char *second = allocator.allocate(allocator.context, 5);

        cr_assert(first != NULL && second != NULL);
        cr_expect(aligned(first) && aligned(second));
        cr_expect(first >= memory + skip);
        cr_expect(second >= first + 3);
        cr_expect(second + 5 <= memory + sizeof(memory));
    }
}

Test(core_arena, uses_every_byte)
{
    _Alignas(max_align_t) unsigned char memory[64];
    struct gunyah_arena arena;
    struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));

    cr_expect(allocator.allocate(allocator.context, 65) == NULL);
    cr_expect(allocator.allocate(allocator.context, SIZE_MAX) == NULL);
    cr_expect(allocator.allocate(allocator.context, 64) == memory, "a request that failed took nothing");
    cr_expect(allocator.allocate(allocator.context, 1) == NULL);

    // After an odd size, what aligning costs counts too.
    allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    cr_expect(allocator.allocate(allocator.context, 1) == memory);
    cr_expect(allocator.allocate(allocator.context, sizeof(memory) - 1) == NULL);
    cr_expect(allocator.allocate(allocator.context, SIZE_MAX - 1) == NULL);
    cr_expect(allocator.allocate(allocator.context, sizeof(memory) - _Alignof(max_align_t)) ==
              memory + _Alignof(max_align_t));
}

Test(core_arena, gives_the_last_piece_back)
{
    _Alignas(max_align_t) unsigned char memory[4 * _Alignof(max_align_t)];
    const size_t piece = _Alignof(max_align_t);
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    unsigned char *first = allocator.allocate(allocator.context, piece);
    unsigned char *second = allocator.allocate(allocator.context, piece + 1);

    cr_assert(first != NULL && second != NULL);
    cr_expect(allocator.allocate(allocator.context, 2 * piece) == NULL);
    allocator.release(allocator.context, first, piece);
    cr_expect(allocator.allocate(allocator.context, 2 * piece) == NULL, "it is not the last one");
    allocator.release(allocator.context, second, piece + 1);
    cr_expect(allocator.allocate(allocator.context, 3 * piece) == second);
    cr_expect_eq(arena.used, sizeof(memory));
}

// What aligning takes between two pieces comes back with them; a piece as small as one byte is not taken for it.
Test(core_arena, gives_pieces_of_any_size_back)
{
    _Alignas(max_align_t) unsigned char memory[256];
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));

    for (size_t size = 1; size <= 40; size++) {
        void *first = allocator.allocate(allocator.context, size);
        void *second = allocator.allocate(allocator.context, 1);
        void *third = allocator.allocate(allocator.context, size);
        const size_t used = arena.used;

        cr_assert(first != NULL && second != NULL && third != NULL);
        allocator.release(allocator.context, first, size);
        allocator.release(allocator.context, second, 1);
        cr_assert_eq(arena.used, used, "they are not the last ones");
        allocator.release(allocator.context, third, size);
        allocator.release(allocator.context, first, size);
        cr_assert(arena.used > size, "nor is the first one");
        allocator.release(allocator.context, second, 1);
        allocator.release(allocator.context, first, size);
        cr_assert_eq(arena.used, 0u);
    }
}

// What is left is less than aligning takes.
Test(core_arena, ends_before_the_next_aligned_byte)
{
    _Alignas(max_align_t) unsigned char memory[64];
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, 3);

    cr_expect(allocator.allocate(allocator.context, 1) == memory);
    cr_expect(allocator.allocate(allocator.context, 1) == NULL);
    cr_expect(allocator.allocate(allocator.context, 0) == NULL);
    cr_expect_eq(arena.used, 1u);
}

Test(core_arena, without_memory)
{
    struct gunyah_arena arena;
    struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, NULL, 0);

    cr_expect(allocator.allocate(allocator.context, 1) == NULL);
    allocator = gunyah_arena_allocator(NULL, &arena, sizeof(arena));
    cr_expect(allocator.allocate(allocator.context, 1) == NULL);
}

// How much of an arena a session with this many open handles needs.
static size_t needed(unsigned handles)
{
    _Alignas(max_align_t) static unsigned char memory[65536];
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah *g = NULL;

    options.allocator = &allocator;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    for (unsigned i = 0; i < handles; i++) {
        struct gunyah_partition *partition = NULL;
        cr_assert_eq(gunyah_partition_open(g, gunyah_capid(i), &partition), GUNYAH_OK);
    }
    const size_t used = arena.used;
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(arena.used, 0u, "a closed session gives back all");
    return used;
}

Test(core_arena, closed_handles_are_used_again)
{
    _Alignas(max_align_t) static unsigned char memory[65536];
    const size_t one = needed(1);
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, one);
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah *g = NULL;

    cr_expect(needed(2) > one);
    options.allocator = &allocator;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    for (unsigned i = 0; i < 1000; i++) {
        struct gunyah_partition *partition = NULL;
        struct gunyah_vic *vic = NULL;

        // Any kind takes the place of any other.
        cr_assert_eq(gunyah_partition_open(g, gunyah_capid(i), &partition), GUNYAH_OK);
        cr_expect_eq(gunyah_partition_capid(partition).value, i);
        cr_assert_eq(gunyah_vic_open(g, gunyah_capid(i), &vic), GUNYAH_ERR_OUT_OF_MEMORY);
        cr_expect(vic == NULL);
        cr_assert_eq(gunyah_partition_close(&partition), GUNYAH_OK);
        cr_assert_eq(gunyah_vic_open(g, gunyah_capid(i), &vic), GUNYAH_OK);
        cr_assert_eq(gunyah_vic_close(&vic), GUNYAH_OK);
    }
    cr_expect_eq(arena.used, one);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_arena, too_small_for_a_session)
{
    _Alignas(max_align_t) unsigned char memory[64];
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah *g = NULL;

    options.allocator = &allocator;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect(g == NULL);
}

// No room is needed for what failed, or for what was closed before.
Test(core_arena, opens_again)
{
    _Alignas(max_align_t) static unsigned char memory[65536];
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, needed(1));
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    const struct gunyah_registers uid = fake.uid;
    struct gunyah *g = NULL;

    options.allocator = &allocator;
    for (unsigned i = 0; i < 3; i++) {
        struct gunyah_vic *vic = NULL;

        fake.uid = (struct gunyah_registers){{1}};
        cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_NOT_GUNYAH);
        fake.uid = uid;
        cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
        cr_expect_eq(gunyah_vic_open(g, gunyah_capid(i), &vic), GUNYAH_OK);
        cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    }
}
