// SPDX-License-Identifier: BSD-3-Clause
// Sets of ranges, against a table that has each address by itself.
#include <ranges.h>

#include <criterion/criterion.h>
#include <stdlib.h>

#define ADDRESSES 256

static _Alignas(16) unsigned char arena[16 << 20];

static enum gunyah_model_memory no_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    (void)context, (void)vm, (void)address, (void)to, (void)size;
    return GUNYAH_MODEL_MEMORY_FAULT;
}

static enum gunyah_model_memory no_write(void *context, uint32_t vm, uint64_t address, const void *from, size_t size)
{
    (void)context, (void)vm, (void)address, (void)from, (void)size;
    return GUNYAH_MODEL_MEMORY_FAULT;
}

static struct gunyah_model *make_model(void)
{
    const struct gunyah_model_env env = {.read = no_read, .write = no_write};
    struct gunyah_model_vm root;
    struct gunyah_model *model = NULL;

    cr_assert_eq(gunyah_model_init(arena, sizeof(arena), NULL, &env, &model, &root), GUNYAH_HVERR_OK);
    return model;
}

// What stands at an address: nothing if the tag is 0.
struct cell {
    uint64_t value;
    uint32_t tag;
};

static void write_cells(struct cell *cells, const struct range *what)
{
    for (uint64_t at = what->first; at <= what->last; at++)
        cells[at] = (struct cell){what->tag != 0 ? what->value + (at - what->first) : 0, what->tag};
}

static bool is_one(const struct cell *cells, uint64_t at)
{
    return at != 0 && cells[at].tag != 0 && cells[at].tag == cells[at - 1].tag &&
           cells[at].value == cells[at - 1].value + 1;
}

// All that is there, each piece as long as it goes on in the same way.
static void expect_same(struct gunyah_model *model, model_ref set, const struct cell *cells)
{
    uint64_t at = 0;

    while (at < ADDRESSES) {
        const struct range *range = gunyah_model_ranges_find(model, set, at);
        uint64_t first = at;
        while (first < ADDRESSES && cells[first].tag == 0)
            first++;
        if (first == ADDRESSES) {
            cr_assert_null(range);
            return;
        }
        cr_assert_not_null(range);
        cr_assert(range->first == first && range->tag == cells[first].tag && range->value == cells[first].value);
        for (at = first + 1; at < ADDRESSES && is_one(cells, at);)
            at++;
        cr_assert_eq(range->last, at - 1);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return *state >> 8;
}

static struct range draw(uint32_t *state)
{
    const uint64_t first = next_random(state) % ADDRESSES;
    const uint64_t length = next_random(state) % 24;
    struct range what = {.first = first, .last = first + length, .tag = 1 + next_random(state) % 3};

    if (what.last >= ADDRESSES)
        what.last = ADDRESSES - 1;
    // Often such that neighbours go on in the same way.
    what.value = 0x1000 + first + (next_random(state) % 4 == 0 ? 7 : 0);
    return what;
}

Test(model_ranges, are_what_was_put_and_cut)
{
    struct gunyah_model *model = make_model();
    const size_t before = gunyah_model_snapshot_size(model);
    struct cell cells[ADDRESSES] = {{0, 0}};
    model_ref set = 0;
    uint32_t state = 1;

    for (int i = 0; i < 4000; i++) {
        struct range what = draw(&state);
        const uint32_t action = next_random(&state) % 8;
        if (action == 0) {
            const uint32_t to = 1 + next_random(&state) % 3;
            struct range whole = what; // A tag is changed only where a range has it as a whole.
            const struct range *found = gunyah_model_ranges_find(model, set, what.first);
            if (found == NULL)
                continue;
            whole = *found;
            gunyah_model_ranges_retag(model, &set, &whole, to);
            whole.tag = to;
            write_cells(cells, &whole);
        } else if (action < 4) {
            what.tag = 0;
            gunyah_model_ranges_cut(model, &set, what.first, what.last);
            write_cells(cells, &what);
        } else {
            cr_assert(gunyah_model_ranges_put(model, &set, &what));
            write_cells(cells, &what);
        }
        expect_same(model, set, cells);
    }
    gunyah_model_ranges_clear(model, &set);
    cr_assert_eq(set, 0u);
    cr_assert_eq(gunyah_model_snapshot_size(model), before);
}

// At both ends of the numbers there are, where the next one wraps around.
Test(model_ranges, reach_the_ends)
{
    struct gunyah_model *model = make_model();
    const struct range low = {.first = 0, .last = 9, .value = 0, .tag = 1};
    const struct range high = {.first = UINT64_MAX - 9, .last = UINT64_MAX, .value = UINT64_MAX - 9, .tag = 1};
    const struct range all = {.first = 0, .last = UINT64_MAX, .value = 0, .tag = 1};
    model_ref set = 0;

    cr_assert(gunyah_model_ranges_put(model, &set, &low) && gunyah_model_ranges_put(model, &set, &high));
    cr_expect_eq(gunyah_model_ranges_find(model, set, 10)->first, UINT64_MAX - 9);
    cr_assert(gunyah_model_ranges_put(model, &set, &all));
    cr_expect_eq(gunyah_model_ranges_find(model, set, 0)->last, UINT64_MAX);
    gunyah_model_ranges_retag(model, &set, &all, 2);
    cr_expect_eq(gunyah_model_ranges_find(model, set, UINT64_MAX)->tag, 2u);
    gunyah_model_ranges_cut(model, &set, 0, UINT64_MAX);
    cr_expect_null(gunyah_model_ranges_find(model, set, 0));
    cr_expect_eq(set, 0u);
}

static void empty_heap(struct gunyah_model *model)
{
    while (gunyah_model_heap_take(model, sizeof(struct range)) != 0)
        ;
}

// Pages 1, 4, 7 ... of a range are taken out of it, each of which makes one more.
static bool put_holes(struct gunyah_model *model, model_ref *set, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct range hole = {.first = 1 + 3 * i, .last = 1 + 3 * i, .value = 0, .tag = 2};
        if (!gunyah_model_ranges_put(model, set, &hole))
            return false;
    }
    return true;
}

// The reserve is enough for what a call does, and then whoever may fail does so before it has done anything.
Test(model_ranges, have_a_reserve)
{
    struct gunyah_model *model = make_model();
    const struct range what = {.first = 0, .last = 999, .value = 0, .tag = 1};
    model_ref set = 0;

    cr_assert(gunyah_model_ranges_put(model, &set, &what));
    cr_assert(gunyah_model_ranges_ready(model));
    empty_heap(model);
    cr_assert(gunyah_model_ranges_ready(model));
    // Nine that are put, and eight that are cut out.
    cr_assert(put_holes(model, &set, 9));
    cr_expect(!gunyah_model_ranges_ready(model));
    for (uint64_t at = 101; at < 800; at += 100)
        gunyah_model_ranges_cut(model, &set, at, at);
    cr_expect_eq(gunyah_model_ranges_find(model, set, 101)->first, 102u);
    cr_expect_eq(gunyah_model_ranges_find(model, set, 802)->last, 999u);
    // What is taken out comes back to it.
    gunyah_model_ranges_clear(model, &set);
    cr_expect(gunyah_model_ranges_ready(model));
}

// Even then nothing stays that was to go, and nothing changes that cannot.
Test(model_ranges, without_a_reserve)
{
    struct gunyah_model *model = make_model();
    const struct range what = {.first = 0, .last = 999, .value = 0, .tag = 1};
    const struct range more = {.first = 500, .last = 500, .value = 0, .tag = 2};
    model_ref set = 0;

    cr_assert(gunyah_model_ranges_put(model, &set, &what));
    empty_heap(model);
    // Each takes two.
    cr_assert(!put_holes(model, &set, 20));
    cr_expect(!gunyah_model_ranges_put(model, &set, &more));
    cr_expect_eq(gunyah_model_ranges_find(model, set, 500)->tag, 1u);
    gunyah_model_ranges_cut(model, &set, 600, 600);
    gunyah_model_ranges_cut(model, &set, 400, 400);
    cr_expect_eq(gunyah_model_ranges_find(model, set, 399)->last, 399u);
    cr_expect_null(gunyah_model_ranges_find(model, set, 600));
    cr_expect_eq(gunyah_model_ranges_find(model, set, 4)->tag, 2u);
}
