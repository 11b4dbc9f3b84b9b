// SPDX-License-Identifier: BSD-3-Clause
// The ring of notifications, and payloads in pieces, against plain arrays.
#include "events.h"
#include "frame.h"

#include <criterion/criterion.h>
#include <string.h>

// ---- the ring ----------------------------------------------------------------------------------------------------

#define CAPACITY 256
#define MAX_RECORDS (CAPACITY / 8)

struct ring_test {
    _Alignas(8) uint8_t memory[CAPACITY];
    struct rm_events events;
    uint32_t sizes[MAX_RECORDS]; // of what should be in it, the oldest first
    uint32_t ids[MAX_RECORDS];
    size_t count;
    uint32_t next_id;
    const struct rm_record *held;
};

static void setup(struct ring_test *t)
{
    *t = (struct ring_test){.count = 0};
    t->events = (struct rm_events){.memory = t->memory, .capacity = CAPACITY};
}

static bool put(struct ring_test *t, uint32_t reserved, uint32_t size)
{
    struct rm_record *record = gunyah_internal_rm_events_reserve(&t->events, reserved);

    if (record == NULL)
        return false;
    cr_assert((uint8_t *)record >= t->memory && (uint8_t *)(record + 1) + reserved <= t->memory + CAPACITY);
    cr_assert_eq((uintptr_t)record % 8, 0u);
    *record = (struct rm_record){t->next_id, size};
    memset(record + 1, (uint8_t)t->next_id, reserved);
    gunyah_internal_rm_events_commit(&t->events);
    cr_assert(t->count < MAX_RECORDS);
    t->ids[t->count] = t->next_id++;
    t->sizes[t->count++] = size;
    return true;
}

static void expect_whole(const struct rm_record *record, uint32_t id, uint32_t size)
{
    const uint8_t *bytes = (const uint8_t *)(record + 1);

    cr_assert_eq(record->id, id);
    cr_assert_eq(record->size, size);
    for (uint32_t i = 0; i < size; i++)
        cr_assert_eq(bytes[i], (uint8_t)id);
}

// The one that was handed out before is gone; it was the oldest.
static void take(struct ring_test *t)
{
    if (t->held != NULL) {
        expect_whole(t->held, t->ids[0], t->sizes[0]);
        t->count--;
        memmove(t->ids, t->ids + 1, t->count * sizeof(t->ids[0]));
        memmove(t->sizes, t->sizes + 1, t->count * sizeof(t->sizes[0]));
    }
    t->held = gunyah_internal_rm_events_next(&t->events);
    cr_assert_eq(t->held != NULL, t->count != 0);
    if (t->held != NULL)
        expect_whole(t->held, t->ids[0], t->sizes[0]);
}

Test(core_rm_ring, uses_every_byte)
{
    struct ring_test t;
    setup(&t);

    cr_expect(put(&t, CAPACITY - 8, CAPACITY - 8));
    cr_expect_not(put(&t, 0, 0));
    take(&t);
    cr_expect_not(put(&t, 0, 0), "it is held");
    take(&t);
    cr_expect_not(put(&t, CAPACITY - 7, 0));
    for (int i = 0; i < MAX_RECORDS; i++)
        cr_expect(put(&t, 0, 0));
    cr_expect_not(put(&t, 0, 0));
    for (int i = 0; i <= MAX_RECORDS; i++)
        take(&t);
    cr_expect(t.held == NULL);
}

// At the beginning again, up to the one that is held.
Test(core_rm_ring, fits_exactly_before_the_oldest)
{
    struct ring_test t;
    setup(&t);

    cr_expect(put(&t, 120, 120));
    cr_expect(put(&t, 120, 120));
    take(&t);
    take(&t);
    cr_expect_not(put(&t, 121, 121));
    cr_expect(put(&t, 120, 120));
    cr_expect_not(put(&t, 0, 0));
    take(&t);
    take(&t);
    cr_expect(t.held == NULL);
}

// What was reserved and never committed is not there, and takes no room.
Test(core_rm_ring, abandoned)
{
    struct ring_test t;
    setup(&t);

    cr_expect(put(&t, 100, 100));
    cr_expect(put(&t, 20, 20));
    take(&t);
    take(&t);
    cr_expect(gunyah_internal_rm_events_reserve(&t.events, 90) != NULL);
    cr_expect(gunyah_internal_rm_events_reserve(&t.events, 100) != NULL, "at the beginning");
    cr_expect(put(&t, 88, 80));
    take(&t);
    take(&t);
    take(&t);
    cr_expect(put(&t, CAPACITY - 8, 1));
}

Test(core_rm_ring, any_order)
{
    struct ring_test t;
    uint32_t random = 12345;
    unsigned refused = 0;
    setup(&t);

    for (int i = 0; i < 200000; i++) {
        random = random * 1664525 + 1013904223;
        const uint32_t reserved = random >> 24;
        const uint32_t size = reserved != 0 ? (random >> 8 & 0xff) % (reserved + 1) : 0;

        if ((random >> 16 & 7) < 4)
            refused += !put(&t, reserved / 2, size / 2);
        else
            take(&t);
    }
    cr_expect(refused > 1000 && t.next_id > 50000, "%u refused, %u taken", refused, t.next_id);
}

// ---- pieces ------------------------------------------------------------------------------------------------------

Test(core_rm_ring, gather_from_any_offset)
{
    const char whole[] = "one, two, three";
    const struct rm_piece pieces[] = {{.from = "one", .size = 3},
                                      {.from = "", .size = 0},
                                      {.from = ", two,", .size = 6},
                                      {.from = " three", .size = 6}};
    char bytes[16];

    cr_expect_eq(gunyah_internal_rm_total(pieces, 4), 15u);
    for (size_t offset = 0; offset <= 15; offset++) {
        for (size_t size = 0; size <= 16; size++) {
            const size_t there = size < 15 - offset ? size : 15 - offset;

            memset(bytes, '.', sizeof(bytes));
            gunyah_internal_rm_gather(pieces, 4, offset, bytes, size);
            cr_assert_arr_eq(bytes, whole + offset, there);
            for (size_t i = there; i < sizeof(bytes); i++)
                cr_assert_eq(bytes[i], '.');
        }
    }
}

Test(core_rm_ring, scatter_to_any_offset)
{
    const char whole[] = "0123456789abcdef";
    char memory[3][9];
    const struct rm_piece pieces[] = {{.to = memory[0], .size = 3},
                                      {.to = NULL, .size = 0},
                                      {.to = memory[1], .size = 8},
                                      {.to = memory[2], .size = 4}};

    for (size_t offset = 0; offset <= 16; offset++) {
        for (size_t size = 0; size <= 16; size++) {
            char expected[16] = "...............";
            char actual[16];

            memset(memory, '.', sizeof(memory));
            const bool fits = gunyah_internal_rm_scatter(pieces, 4, offset, whole, size);
            for (size_t i = 0; i < size && offset + i < 15; i++)
                expected[offset + i] = whole[i];
            memcpy(actual, memory[0], 3);
            memcpy(actual + 3, memory[1], 8);
            memcpy(actual + 11, memory[2], 4);
            cr_assert_arr_eq(actual, expected, 15);
            cr_assert(memory[0][3] == '.' && memory[1][8] == '.' && memory[2][4] == '.', "nothing beside it");
            cr_assert_eq(fits, size == 0 || offset + size <= 15);
        }
    }
}

Test(core_rm_ring, sizes_that_wrap_around)
{
    const struct rm_piece pieces[] = {{.from = NULL, .size = SIZE_MAX - 1}, {.from = NULL, .size = 5}};

    cr_expect_eq(gunyah_internal_rm_total(pieces, 2), SIZE_MAX);
    cr_expect_eq(gunyah_internal_rm_total(pieces, 0), 0u);
}
