// SPDX-License-Identifier: BSD-3-Clause
// Waiting for the Resource Manager: by interrupt, by yielding, with a clock and without; and queues that are full.
#include "fake_rm.h"

#define GET_VMID 0x56000024

#define SEND_VIRQ 960
#define RECEIVE_VIRQ 961

// Interrupts, and a clock that only a wait moves.
static struct fake_rm *open_with_virqs(uint32_t send_virq, uint32_t receive_virq)
{
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    options.send_virq = gunyah_virq(send_virq);
    options.receive_virq = gunyah_virq(receive_virq);
    rm->fake.wait_ns = 10;
    rm->on_request = fake_rm_ok;
    fake_rm_connect(rm, &options);
    return rm;
}

// ---- polling -----------------------------------------------------------------------------------------------------

Test(core_rm_wait, one_yield_is_enough)
{
    struct fake_rm *rm = fake_rm_open();

    rm->latency = 1;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_OK);
    cr_expect_eq(rm->yields, 1u);
    rm->latency = 0;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, 0), GUNYAH_OK, "it looks once");
    cr_expect_eq(rm->yields, 1u);
    fake_rm_close(rm);
}

Test(core_rm_wait, looks_count_where_there_is_no_clock)
{
    struct fake_rm *rm = fake_rm_open();

    rm->on_request = NULL;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(rm->yields, 0u);
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, 50000), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(rm->yields, 49u);
    fake_rm_close(rm);
}

static uint64_t ticking(void *context)
{
    struct fake *fake = context;

    return fake->now += 100;
}

// With a clock, but nothing to wait for.
Test(core_rm_wait, the_clock_ends_polling)
{
    struct fake_rm *rm = fake_rm_new();
    const struct gunyah_rm_options options = fake_rm_options();

    rm->fake.ops.now = ticking;
    fake_rm_connect(rm, &options);
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, 1000), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(rm->yields, 9u);
    cr_expect_eq(rm->fake.waited, 0u);
    fake_rm_close(rm);
}

static void replies_at_last(struct fake_rm *rm)
{
    rm->latency = 30000;
    fake_rm_ok(rm);
}

Test(core_rm_wait, default_and_endless_time_outs)
{
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    rm->fake.ops.now = NULL;
    rm->fake.ops.wait = NULL;
    rm->fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_WAIT;
    options.default_timeout_ns = 20000;
    options.receive_virq = gunyah_virq(RECEIVE_VIRQ); // the backend cannot wait for it
    fake_rm_connect(rm, &options);
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, GUNYAH_RM_DEFAULT_TIMEOUT),
                 GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(rm->yields, 19u);
    rm->on_request = replies_at_last;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    cr_expect_eq(rm->yields, 30019u);
    fake_rm_close(rm);
}

// ---- interrupts --------------------------------------------------------------------------------------------------

Test(core_rm_wait, for_the_interrupt)
{
    struct fake_rm *rm = open_with_virqs(SEND_VIRQ, RECEIVE_VIRQ);

    rm->latency = 3;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, 1000), GUNYAH_OK);
    cr_expect_eq(rm->yields, 0u);
    cr_expect_eq(rm->fake.waited, 3u);
    cr_expect_eq(rm->fake.wait_virq.value, (uint32_t)RECEIVE_VIRQ);
    cr_expect_eq(rm->fake.timeouts[0], 1000u);
    cr_expect_eq(rm->fake.timeouts[2], 980u);
    fake_rm_close(rm);
}

// The interrupt never comes; the reply is there.
Test(core_rm_wait, looks_once_more_when_the_time_is_over)
{
    struct fake_rm *rm = open_with_virqs(SEND_VIRQ, RECEIVE_VIRQ);

    rm->latency = 1;
    rm->fake.waits[0] = GUNYAH_ERR_TIMEOUT;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, 1000), GUNYAH_OK);
    cr_expect_eq(rm->fake.waited, 1u);
    rm->latency = 2;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, NULL, 0, NULL, 1000), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(rm->fake.waited, 2u);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "gunyah_rm_call");
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_LIBRARY);
    fake_rm_close(rm);
}

Test(core_rm_wait, what_the_backend_answers)
{
    struct fake_rm *rm = open_with_virqs(SEND_VIRQ, RECEIVE_VIRQ);

    rm->on_request = NULL;
    rm->fake.waits[0] = GUNYAH_ERR_DEADLOCK;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_DEADLOCK);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_BACKEND);
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &(struct gunyah_rm_event){0}, 1000), GUNYAH_ERR_DEADLOCK);
    rm->fake.waits[0] = GUNYAH_ERR_CRASHED;
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 0, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 1000), GUNYAH_ERR_CRASHED);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 1000), GUNYAH_ERR_OBJECT_STATE, "it is over");
    fake_rm_close(rm);
}

// ---- a queue that is full ----------------------------------------------------------------------------------------

static size_t wait_count;

static enum gunyah_error note_virqs(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                                    size_t *index)
{
    struct fake_rm *rm = context;

    wait_count = count;
    if (rm->room == 0) {
        cr_expect_eq(count, 2u);
        cr_expect_eq(virqs[1].value, (uint32_t)SEND_VIRQ);
    }
    cr_expect_eq(virqs[0].value, (uint32_t)RECEIVE_VIRQ);
    return fake_rm_wait(context, virqs, count, timeout_ns, index);
}

Test(core_rm_wait, for_room)
{
    static const uint8_t request[10 * 232] = {1, 2, 3};
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    options.send_virq = gunyah_virq(SEND_VIRQ);
    options.receive_virq = gunyah_virq(RECEIVE_VIRQ);
    rm->fake.ops.wait = note_virqs;
    rm->on_request = fake_rm_ok;
    rm->room = 4;
    rm->room_each_moment = 4;
    rm->latency = 1;
    fake_rm_connect(rm, &options);
    cr_expect_eq(gunyah_rm_call(rm->rm, 0x51000012, request, sizeof(request), NULL, 0, NULL, 1000), GUNYAH_OK);
    cr_expect_eq(rm->sent_count, 10u);
    cr_expect_eq(rm->fake.waited, 3u, "twice for room, once for the reply");
    cr_expect_eq(wait_count, 1u, "no interest in room any more");
    cr_expect_eq(rm->yields, 0u);
    for (size_t i = 0; i < 10; i++)
        cr_expect_eq(rm->sent[i].flags, (uint64_t)(i == 9));
    fake_rm_close(rm);
}

// Without an interrupt for room it must look by itself, although there is one for replies.
Test(core_rm_wait, polls_for_room)
{
    static const uint8_t request[10 * 232] = {1, 2, 3};
    struct fake_rm *rm = open_with_virqs(0, RECEIVE_VIRQ);

    rm->room = 8;
    rm->room_each_moment = 1;
    rm->latency = 1;
    cr_expect_eq(gunyah_rm_call(rm->rm, 0x51000012, request, sizeof(request), NULL, 0, NULL, 1000), GUNYAH_OK);
    cr_expect_eq(rm->yields, 2u);
    cr_expect_eq(rm->fake.waited, 1u);
    fake_rm_close(rm);
}

Test(core_rm_wait, begun_though_the_queue_is_full)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    rm->room = 0;
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 0, NULL, 0), GUNYAH_OK);
    cr_expect_eq(rm->sent_count, 0u);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 5000), GUNYAH_ERR_TIMEOUT);
    rm->room = 1;
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &event, 5000), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(rm->sent_count, 1u, "looking for events sends too");
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_OK, "and keeps the reply");
    fake_rm_close(rm);
}

Test(core_rm_wait, given_up_before_all_of_it_was_sent)
{
    static const uint8_t request[3 * 232] = {0};
    struct fake_rm *rm = fake_rm_open();

    rm->room = 2;
    cr_expect_eq(fake_rm_ask(rm, 0x51000012, request, sizeof(request)), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(rm->sent_count, 2u);
    rm->room = SIZE_MAX;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_OK);
    cr_expect_eq(rm->sent_count, 3u, "the rest never leaves");
    fake_rm_close(rm);
}

// ---- somebody who never stops ------------------------------------------------------------------------------------

Test(core_rm_wait, endless_notifications)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    rm->on_request = NULL;
    fake_rm_vm_status(rm, 5, 3);
    rm->endless = true;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 0, NULL, 0), GUNYAH_OK);
    cr_expect_eq(rm->sent_count, 2u, "they do not keep a request from leaving");
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &event, 0), GUNYAH_OK);
    fake_rm_close(rm);
}

Test(core_rm_wait, endless_rubbish)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_says_bytes(rm, "\0\0\0\0\0\0\0\0", 8);
    rm->endless = true;
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &event, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_leq(gunyah_rm_get_counters(rm->rm)->malformed, 264u);
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &event, 1000000), GUNYAH_ERR_TIMEOUT);
    fake_rm_close(rm);
}

// What is there is taken, even if there is no time at all.
Test(core_rm_wait, a_reply_behind_many_notifications)
{
    struct fake_rm *rm = fake_rm_open();

    rm->on_request = NULL;
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 0, NULL, 0), GUNYAH_OK);
    for (int i = 0; i < 256; i++)
        fake_rm_vm_status(rm, 5, 3);
    fake_rm_ok(rm);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_OK);
    fake_rm_close(rm);
}

// ---- caches ------------------------------------------------------------------------------------------------------

static const void *synced_buffer;
static size_t synced_size;

static void note_sync(void *context, const void *buffer, size_t size)
{
    (void)context;
    synced_buffer = buffer;
    synced_size = size;
}

Test(core_rm_wait, packets_lie_in_cache_lines_of_their_own)
{
    struct fake_rm *rm = fake_rm_new();
    const struct gunyah_rm_options options = fake_rm_options();

    rm->fake.ops.sync = note_sync;
    rm->on_request = fake_rm_ok;
    fake_rm_connect(rm, &options);
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_OK);
    cr_expect(synced_buffer != NULL);
    cr_expect_eq((uintptr_t)synced_buffer % 64, 0u);
    cr_expect_eq(synced_size, 240u);
    fake_rm_close(rm);
}
