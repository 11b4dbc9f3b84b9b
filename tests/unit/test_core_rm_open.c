// SPDX-License-Identifier: BSD-3-Clause
// Connections to the Resource Manager: what is refused, and where their memory comes from and goes.
#include "fake_rm.h"

static enum gunyah_error open_with(struct fake_rm *rm, const struct gunyah_rm_options *options)
{
    struct gunyah_rm *opened = rm->rm;
    const enum gunyah_error error = gunyah_rm_open(rm->g, options, &opened);

    cr_expect((opened == NULL) == (error != GUNYAH_OK));
    if (error == GUNYAH_OK) {
        cr_expect_eq(gunyah_rm_close(&opened), GUNYAH_OK);
        cr_expect(opened == NULL);
    } else {
        cr_expect_eq(gunyah_last_error(rm->g)->error, error);
        cr_expect_str_eq(gunyah_last_error(rm->g)->call, "gunyah_rm_open");
    }
    cr_expect_eq(rm->fake.calls, 0u, "it makes no call");
    return error;
}

#define EXPECT_OPEN(field, value, error)                                                                               \
    do {                                                                                                               \
        struct gunyah_rm_options options = fake_rm_options();                                                          \
        options.field = value;                                                                                         \
        cr_expect_eq(open_with(rm, &options), error, #field " " #value);                                               \
    } while (0)

Test(core_rm_open, limits_of_the_options)
{
    struct fake_rm *rm = fake_rm_open();

    EXPECT_OPEN(message_size, 15, GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_OPEN(message_size, 16, GUNYAH_OK);
    EXPECT_OPEN(message_size, 1023, GUNYAH_OK);
    EXPECT_OPEN(message_size, 1024, GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_OPEN(event_bytes, 239, GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_OPEN(event_bytes, 240, GUNYAH_OK);
    EXPECT_OPEN(event_bytes, 0, GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_OPEN(send_virq, gunyah_virq(31), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OPEN(send_virq, gunyah_virq(32), GUNYAH_OK);
    EXPECT_OPEN(receive_virq, gunyah_virq(1020), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OPEN(receive_virq, gunyah_virq(1019), GUNYAH_OK);
    EXPECT_OPEN(generation, GUNYAH_RM_GENERATION_LATER, GUNYAH_OK);
    EXPECT_OPEN(generation, (enum gunyah_rm_generation)4, GUNYAH_ERR_OPTION);
    EXPECT_OPEN(size, sizeof(struct gunyah_rm_options) - 1, GUNYAH_ERR_OPTION);
    cr_expect_eq(open_with(rm, NULL), GUNYAH_ERR_NULL);
    fake_rm_close(rm);
}

Test(core_rm_open, null_pointers)
{
    struct fake_rm *rm = fake_rm_open();
    const struct gunyah_rm_options options = fake_rm_options();
    struct gunyah_rm *opened = rm->rm;

    cr_expect_eq(gunyah_rm_open(rm->g, &options, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_open(NULL, &options, &opened), GUNYAH_ERR_NULL);
    cr_expect(opened == NULL);
    cr_expect_eq(gunyah_rm_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_close(&opened), GUNYAH_ERR_HANDLE);
    cr_expect(gunyah_rm_get_counters(NULL) == NULL);
    fake_rm_close(rm);
}

Test(core_rm_open, stale_handle)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm *stale = rm->rm;
    struct gunyah_rm_event event;

    cr_expect_eq(gunyah_rm_close(&rm->rm), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_begin(stale, 1, NULL, 0, NULL, 0), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_rm_call(stale, 1, NULL, 0, NULL, 0, NULL, 0), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_rm_finish(stale, NULL, 0), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_rm_cancel(stale), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_rm_next_event(stale, &event, 0), GUNYAH_ERR_HANDLE);
    cr_expect(gunyah_rm_get_counters(stale) == NULL);
    cr_expect_eq(gunyah_rm_close(&stale), GUNYAH_ERR_HANDLE);
    cr_expect_eq(rm->fake.calls, 0u);
    cr_expect_eq(gunyah_close(&rm->g), GUNYAH_OK);
    free(rm);
}

// A request that was under way is forgotten, and its late reply is not for the next one.
Test(core_rm_open, closed_with_a_request_under_way)
{
    struct fake_rm *rm = fake_rm_open();
    const struct gunyah_rm_options options = fake_rm_options();

    rm->on_request = NULL;
    cr_expect_eq(gunyah_rm_begin(rm->rm, 0x56000024, NULL, 0, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_close(&rm->rm), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_open(rm->g, &options, &rm->rm), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->requests, 0u, "all is new");
    cr_expect_eq(gunyah_rm_begin(rm->rm, 0x56000024, NULL, 0, NULL, 0), GUNYAH_OK);
    fake_rm_says(rm, REPLY, 0, (uint16_t)(fake_rm_sequence(rm) - 1), 0x56000024, "\5\0\0\0", 4);
    fake_rm_ok(rm);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->stale_replies, 1u);
    fake_rm_close(rm);
}

// ---- memory ------------------------------------------------------------------------------------------------------

static void allow(struct fake_rm *rm, const struct gunyah_allocator *allocator)
{
    struct gunyah_open_options options = fake_options(&rm->fake);

    options.allocator = allocator;
    cr_assert_eq(gunyah_open(&options, &rm->g), GUNYAH_OK);
    rm->fake.calls = 0;
}

Test(core_rm_open, out_of_memory)
{
    // The session takes the first request; a connection a handle and itself.
    for (unsigned fail_at = 2; fail_at <= 4; fail_at++) {
        struct fake_rm *rm = fake_rm_new();
        const struct gunyah_rm_options options = fake_rm_options();
        struct counter counter;

        counter_init(&counter);
        counter.fail_at = fail_at;
        allow(rm, &counter.allocator);
        cr_expect_eq(open_with(rm, &options), fail_at <= 3 ? GUNYAH_ERR_OUT_OF_MEMORY : GUNYAH_OK, "request %u",
                     fail_at);
        counter.fail_at = 0;
        cr_expect_eq(open_with(rm, &options), GUNYAH_OK, "what was taken can be used");
        cr_expect_eq(counter.requests, fail_at <= 3 ? 4u : 3u, "and is");
        cr_expect_eq(gunyah_close(&rm->g), GUNYAH_OK);
        cr_expect_eq(counter.live, 0u);
        free(rm);
    }
}

// An arena gives nothing back: what was closed is opened again.
Test(core_rm_open, memory_is_used_again)
{
    static _Alignas(max_align_t) unsigned char memory[8192];
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();
    struct gunyah_arena arena;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));

    allow(rm, &allocator);
    cr_expect_eq(open_with(rm, &options), GUNYAH_OK);
    const size_t used = arena.used;
    for (int i = 0; i < 100; i++) {
        options.event_bytes = i % 2 != 0 ? 4096 : 240;
        cr_expect_eq(open_with(rm, &options), GUNYAH_OK);
        cr_expect_eq(arena.used, used);
    }
    options.event_bytes = 4104;
    cr_expect_eq(open_with(rm, &options), GUNYAH_ERR_OUT_OF_MEMORY, "a larger one does not fit into it");
    options.event_bytes = 4096;
    cr_expect_eq(open_with(rm, &options), GUNYAH_OK);
    cr_expect_eq(gunyah_close(&rm->g), GUNYAH_OK);
    cr_expect_eq(arena.used, 0u, "a closed session gives back all");
    free(rm);
}

Test(core_rm_open, two_at_once)
{
    struct fake_rm *rm = fake_rm_new();
    const struct gunyah_rm_options options = fake_rm_options();
    struct gunyah_rm *second = NULL;
    struct counter counter;

    counter_init(&counter);
    allow(rm, &counter.allocator);
    rm->on_request = fake_rm_ok;
    cr_expect_eq(gunyah_rm_open(rm->g, &options, &rm->rm), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_open(rm->g, &options, &second), GUNYAH_OK);
    cr_expect(second != rm->rm);
    cr_expect_eq(fake_rm_ask(rm, 0x56000024, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_get_counters(second)->requests, 0u);
    cr_expect_eq(gunyah_close(&rm->g), GUNYAH_OK, "with both of them open");
    cr_expect_eq(counter.live, 0u);
    free(rm);
}
