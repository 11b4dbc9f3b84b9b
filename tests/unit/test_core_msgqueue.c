// SPDX-License-Identifier: BSD-3-Clause
// Message queues: what is refused before anything leaves the library, and what becomes of each answer.
#include "fake_backend.h"

#include <stdlib.h>

#define LARGEST 240

struct queue_test {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_msgqueue *queue;
};

static void setup(struct queue_test *t)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    fake_init(&t->fake);
    t->g = fake_session(&t->fake);
    options.cap = gunyah_capid(0x15);
    options.message_size = LARGEST;
    options.send_virq = gunyah_virq(40);
    options.receive_virq = gunyah_virq(41);
    cr_assert_eq(gunyah_msgqueue_open(t->g, &options, &t->queue), GUNYAH_OK);
}

static void teardown(struct queue_test *t)
{
    cr_expect_eq(gunyah_close(&t->g), GUNYAH_OK);
}

// A queue that was created, but not configured through this handle.
static struct gunyah_msgqueue *created(struct queue_test *t)
{
    struct gunyah_partition *partition = NULL;
    struct gunyah_cspace *cspace = NULL;
    struct gunyah_msgqueue *queue = NULL;

    cr_assert_eq(gunyah_partition_open(t->g, gunyah_capid(1), &partition), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(t->g, gunyah_capid(2), &cspace), GUNYAH_OK);
    fake_answers(&t->fake, 0, 0x66, 0);
    cr_assert_eq(gunyah_msgqueue_create(partition, cspace, &queue), GUNYAH_OK);
    fake_answers(&t->fake, 0, 0, 0);
    t->fake.calls = 0;
    return queue;
}

static void expect_refused(struct queue_test *t, enum gunyah_error actual, enum gunyah_error error,
                           const char *function)
{
    cr_expect_eq(actual, error, "%s: %s", function, gunyah_error_name(actual));
    cr_expect_eq(t->fake.calls, 0u, "%s: nothing leaves", function);
    cr_expect_eq(t->fake.waited, 0u);
    cr_expect_eq(gunyah_last_error(t->g)->error, error);
    cr_expect_eq(gunyah_last_error(t->g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_str_eq(gunyah_last_error(t->g)->call, function);
}

// ---- opening -----------------------------------------------------------------------------------------------------

static enum gunyah_error open_with(struct queue_test *t, uint32_t message_size, uint32_t send_virq,
                                   uint32_t receive_virq)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = t->queue;

    options.message_size = message_size;
    options.send_virq = gunyah_virq(send_virq);
    options.receive_virq = gunyah_virq(receive_virq);
    const enum gunyah_error error = gunyah_msgqueue_open(t->g, &options, &queue);
    cr_expect((queue == NULL) == (error != GUNYAH_OK));
    return error;
}

Test(core_msgqueue, open_limits)
{
    static const char name[] = "gunyah_msgqueue_open";
    struct queue_test t;
    setup(&t);

    expect_refused(&t, open_with(&t, 0, 0, 0), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, open_with(&t, 1024, 0, 0), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, open_with(&t, UINT32_MAX, 0, 0), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, open_with(&t, 1, 31, 0), GUNYAH_ERR_ARGUMENT_INVALID, name);
    expect_refused(&t, open_with(&t, 1, 1020, 0), GUNYAH_ERR_ARGUMENT_INVALID, name);
    expect_refused(&t, open_with(&t, 1, 0, 31), GUNYAH_ERR_ARGUMENT_INVALID, name);
    expect_refused(&t, open_with(&t, 1, 0, 0x01000020), GUNYAH_ERR_ARGUMENT_INVALID, name);
    cr_expect_eq(open_with(&t, 1, 32, 1019), GUNYAH_OK);
    cr_expect_eq(open_with(&t, 1023, 0, 0), GUNYAH_OK);
    teardown(&t);
}

Test(core_msgqueue, open_size_of_options)
{
    static const char name[] = "gunyah_msgqueue_open";
    struct queue_test t;
    setup(&t);
    struct {
        struct gunyah_msgqueue_options known;
        uint64_t unknown;
    } options = {GUNYAH_MSGQUEUE_OPTIONS_INIT, 0};
    struct gunyah_msgqueue *queue = t.queue;

    options.known.message_size = 1;
    options.known.size--;
    expect_refused(&t, gunyah_msgqueue_open(t.g, &options.known, &queue), GUNYAH_ERR_OPTION, name);
    cr_expect(queue == NULL);
    options.known.size = sizeof(options);
    cr_expect_eq(gunyah_msgqueue_open(t.g, &options.known, &queue), GUNYAH_OK);
    options.unknown = 1;
    expect_refused(&t, gunyah_msgqueue_open(t.g, &options.known, &queue), GUNYAH_ERR_OPTION, name);
    cr_expect(queue == NULL);
    expect_refused(&t, gunyah_msgqueue_open(t.g, NULL, &queue), GUNYAH_ERR_NULL, name);
    teardown(&t);
}

// ---- configuring -------------------------------------------------------------------------------------------------

Test(core_msgqueue, configure_limits)
{
    static const char name[] = "gunyah_msgqueue_configure";
    struct queue_test t;
    setup(&t);

    expect_refused(&t, gunyah_msgqueue_configure(t.queue, 0, 1), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, gunyah_msgqueue_configure(t.queue, 256, 1), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, gunyah_msgqueue_configure(t.queue, 65537, 1), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, gunyah_msgqueue_configure(t.queue, 1, 0), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, gunyah_msgqueue_configure(t.queue, 1, 1024), GUNYAH_ERR_ARGUMENT_SIZE, name);
    expect_refused(&t, gunyah_msgqueue_configure(t.queue, 1, 65537), GUNYAH_ERR_ARGUMENT_SIZE, name);
    cr_expect_eq(gunyah_msgqueue_configure(t.queue, 255, 1023), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008021u);
    cr_expect_eq(t.fake.sent.x[1], 0x15u);
    cr_expect_eq(t.fake.sent.x[2], 0x03ff00ffu);
    cr_expect_eq(gunyah_msgqueue_configure(t.queue, 1, 1), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[2], 0x00010001u);
    teardown(&t);
}

Test(core_msgqueue, configuring_sets_the_largest_message)
{
    struct queue_test t;
    setup(&t);
    struct gunyah_msgqueue *queue = created(&t);
    char buffer[LARGEST];
    size_t size = 0;

    cr_expect_eq(gunyah_msgqueue_message_size(queue), 0u);
    expect_refused(&t, gunyah_msgqueue_send(queue, buffer, 1, 0, NULL), GUNYAH_ERR_OBJECT_CONFIG,
                   "gunyah_msgqueue_send");
    expect_refused(&t, gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL), GUNYAH_ERR_OBJECT_CONFIG,
                   "gunyah_msgqueue_receive");
    fake_answers(&t.fake, 33, 0, 0);
    cr_expect_eq(gunyah_msgqueue_configure(queue, 8, 100), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_msgqueue_message_size(queue), 0u);
    fake_answers(&t.fake, 0, 0, 0);
    cr_expect_eq(gunyah_msgqueue_configure(queue, 8, 100), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_message_size(queue), 100u);
    cr_expect_eq(gunyah_msgqueue_send(queue, buffer, 100, 0, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_send(queue, buffer, 101, 0, NULL), GUNYAH_ERR_MESSAGE_TOO_LONG);
    teardown(&t);
}

Test(core_msgqueue, activate_and_flush)
{
    struct queue_test t;
    setup(&t);

    cr_expect_eq(gunyah_msgqueue_activate(t.queue), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc600800cu);
    cr_expect_eq(t.fake.sent.x[1], 0x15u);
    cr_expect_eq(gunyah_msgqueue_flush(t.queue), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc600801du);
    fake_answers(&t.fake, 34, 0, 0);
    cr_expect_eq(gunyah_msgqueue_activate(t.queue), GUNYAH_ERR_OBJECT_CONFIG);
    fake_answers(&t.fake, 53, 0, 0);
    cr_expect_eq(gunyah_msgqueue_flush(t.queue), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "msgqueue_flush");
    teardown(&t);
}

Test(core_msgqueue, thresholds)
{
    struct queue_test t;
    setup(&t);

    expect_refused(&t, gunyah_msgqueue_set_send_threshold(t.queue, 0xffffffff), GUNYAH_ERR_ARGUMENT_INVALID,
                   "gunyah_msgqueue_set_send_threshold");
    expect_refused(&t, gunyah_msgqueue_set_receive_threshold(t.queue, 0xffffffff), GUNYAH_ERR_ARGUMENT_INVALID,
                   "gunyah_msgqueue_set_receive_threshold");
    cr_expect_eq(gunyah_msgqueue_set_send_threshold(t.queue, 7), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc600801fu);
    cr_expect_eq(t.fake.sent.x[2], 7u);
    cr_expect_eq(t.fake.sent.x[3], 0xffffffffu);
    cr_expect_eq(gunyah_msgqueue_set_receive_threshold(t.queue, 0xfffffffe), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008020u);
    cr_expect_eq(t.fake.sent.x[2], 0xfffffffeu);
    cr_expect_eq(t.fake.sent.x[3], 0xffffffffu);
    fake_answers(&t.fake, 1, 0, 0);
    cr_expect_eq(gunyah_msgqueue_set_receive_threshold(t.queue, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_last_error(t.g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    teardown(&t);
}

// ---- sending -----------------------------------------------------------------------------------------------------

Test(core_msgqueue, send_refuses)
{
    static const char name[] = "gunyah_msgqueue_send";
    struct queue_test t;
    setup(&t);
    char data[LARGEST + 1] = {0};
    const void *const last = (const void *)(UINTPTR_MAX - 1); // two bytes fit
    bool not_full = true;

    expect_refused(&t, gunyah_msgqueue_send(t.queue, NULL, 1, 0, &not_full), GUNYAH_ERR_NULL, name);
    expect_refused(&t, gunyah_msgqueue_send(t.queue, data, 0, 0, &not_full), GUNYAH_ERR_MESSAGE_EMPTY, name);
    expect_refused(&t, gunyah_msgqueue_send(t.queue, data, LARGEST + 1, 0, &not_full), GUNYAH_ERR_MESSAGE_TOO_LONG,
                   name);
    expect_refused(&t, gunyah_msgqueue_send(t.queue, data, SIZE_MAX, 0, &not_full), GUNYAH_ERR_MESSAGE_TOO_LONG, name);
    expect_refused(&t, gunyah_msgqueue_send(t.queue, data, ((size_t)UINT32_MAX) + 1 + LARGEST, 0, &not_full),
                   GUNYAH_ERR_MESSAGE_TOO_LONG, name);
    expect_refused(&t, gunyah_msgqueue_send(t.queue, last, 3, 0, &not_full), GUNYAH_ERR_ADDR_OVERFLOW, name);
    expect_refused(&t, gunyah_msgqueue_send(t.queue, data, 1, 2, &not_full), GUNYAH_ERR_OPTION, name);
    expect_refused(&t, gunyah_msgqueue_send(t.queue, data, 1, 0x80000001, &not_full), GUNYAH_ERR_OPTION, name);
    cr_expect(not_full, "untouched");

    // The edges are sent.
    cr_expect_eq(gunyah_msgqueue_send(t.queue, last, 2, 0, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_send(t.queue, data, 1, 0, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_send(t.queue, data, LARGEST, GUNYAH_MSGQUEUE_PUSH, NULL), GUNYAH_OK);
    cr_expect_eq(t.fake.calls, 3u);
    cr_expect_eq(t.fake.sent.x[0], 0xc600801bu);
    cr_expect_eq(t.fake.sent.x[1], 0x15u);
    cr_expect_eq(t.fake.sent.x[2], (uint64_t)LARGEST);
    cr_expect_eq(t.fake.sent.x[3], (uint64_t)(uintptr_t)data);
    cr_expect_eq(t.fake.sent.x[4], 1u);
    teardown(&t);
}

Test(core_msgqueue, send_tells_whether_there_is_room)
{
    static const struct {
        uint64_t x0;
        uint64_t x1;
        enum gunyah_error error;
        bool before;
        bool after;
    } rows[] = {
        {0, 1, GUNYAH_OK, false, true},
        {0, 0, GUNYAH_OK, true, false},
        {61, 0, GUNYAH_ERR_FULL, true, false},
        {53, 0, GUNYAH_ERR_INSUFFICIENT_RIGHTS, true, true},
        {33, 1, GUNYAH_ERR_OBJECT_STATE, false, false},
        {UINT64_MAX, 0, GUNYAH_ERR_UNIMPLEMENTED, true, true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct queue_test t;
        setup(&t);
        bool not_full = rows[i].before;

        fake_answers(&t.fake, rows[i].x0, rows[i].x1, 0);
        cr_expect_eq(gunyah_msgqueue_send(t.queue, "x", 1, 0, &not_full), rows[i].error, "row %zu", i);
        cr_expect_eq(not_full, rows[i].after, "row %zu", i);
        cr_expect_eq(gunyah_msgqueue_send(t.queue, "x", 1, 0, NULL), rows[i].error, "row %zu", i);
        teardown(&t);
    }
}

// ---- receiving ---------------------------------------------------------------------------------------------------

Test(core_msgqueue, receive_refuses)
{
    static const char name[] = "gunyah_msgqueue_receive";
    struct queue_test t;
    setup(&t);
    char buffer[LARGEST];
    void *const last = (void *)(UINTPTR_MAX - (LARGEST - 1)); // just fits
    size_t size = 99;
    bool more = true;

    expect_refused(&t, gunyah_msgqueue_receive(t.queue, NULL, LARGEST, &size, &more), GUNYAH_ERR_NULL, name);
    expect_refused(&t, gunyah_msgqueue_receive(t.queue, buffer, LARGEST, NULL, &more), GUNYAH_ERR_NULL, name);
    expect_refused(&t, gunyah_msgqueue_receive(t.queue, buffer, 0, &size, &more), GUNYAH_ERR_BUFFER_TOO_SMALL, name);
    expect_refused(&t, gunyah_msgqueue_receive(t.queue, buffer, LARGEST - 1, &size, &more), GUNYAH_ERR_BUFFER_TOO_SMALL,
                   name);
    expect_refused(&t, gunyah_msgqueue_receive(t.queue, last, LARGEST + 1, &size, &more), GUNYAH_ERR_ADDR_OVERFLOW,
                   name);
    expect_refused(&t, gunyah_msgqueue_receive(t.queue, buffer, SIZE_MAX, &size, &more), GUNYAH_ERR_ADDR_OVERFLOW,
                   name);
    cr_expect_eq(size, 99u);
    cr_expect(more);

    fake_answers(&t.fake, 0, 5, 1);
    cr_expect_eq(gunyah_msgqueue_receive(t.queue, last, LARGEST, &size, NULL), GUNYAH_OK);
    cr_expect_eq(size, 5u);
    cr_expect_eq(t.fake.sent.x[0], 0xc600801cu);
    cr_expect_eq(t.fake.sent.x[2], (uint64_t)(uintptr_t)last);
    cr_expect_eq(t.fake.sent.x[3], (uint64_t)LARGEST);
    teardown(&t);
}

Test(core_msgqueue, receive_tells_size_and_more)
{
    static const struct {
        uint64_t x[3];
        enum gunyah_error error;
        size_t size;
        bool before;
        bool after;
    } rows[] = {
        {{0, 240, 1}, GUNYAH_OK, 240, false, true},
        {{0, 1, 0}, GUNYAH_OK, 1, true, false},
        {{60, 0, 0}, GUNYAH_ERR_EMPTY, 99, true, false},
        {{53, 0, 0}, GUNYAH_ERR_INSUFFICIENT_RIGHTS, 99, true, true},
        {{33, 7, 1}, GUNYAH_ERR_OBJECT_STATE, 99, false, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct queue_test t;
        setup(&t);
        char buffer[LARGEST];
        size_t size = 99;
        bool more = rows[i].before;

        fake_answers(&t.fake, rows[i].x[0], rows[i].x[1], rows[i].x[2]);
        cr_expect_eq(gunyah_msgqueue_receive(t.queue, buffer, LARGEST, &size, &more), rows[i].error, "row %zu", i);
        cr_expect_eq(size, rows[i].size, "row %zu", i);
        cr_expect_eq(more, rows[i].after, "row %zu", i);
        cr_expect_eq(gunyah_msgqueue_receive(t.queue, buffer, LARGEST, &size, NULL), rows[i].error, "row %zu", i);
        teardown(&t);
    }
}

// The hypervisor answers success and no size when it cannot write to the buffer; the message stays.
Test(core_msgqueue, receive_into_memory_that_cannot_be_written)
{
    struct queue_test t;
    setup(&t);
    char buffer[LARGEST];
    size_t size = 99;
    bool more = false;

    fake_answers(&t.fake, 0, 0, 1);
    cr_expect_eq(gunyah_msgqueue_receive(t.queue, buffer, LARGEST, &size, &more), GUNYAH_ERR_ADDR_INVALID);
    cr_expect_eq(size, 99u);
    cr_expect_not(more, "untouched");
    cr_expect_eq(gunyah_last_error(t.g)->error, GUNYAH_ERR_ADDR_INVALID);
    cr_expect_eq(gunyah_last_error(t.g)->domain, GUNYAH_DOMAIN_LIBRARY, "the hypervisor said success");
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "gunyah_msgqueue_receive");
    teardown(&t);
}

// ---- interrupts --------------------------------------------------------------------------------------------------

Test(core_msgqueue, waits_for_its_interrupts)
{
    struct queue_test t;
    setup(&t);

    cr_expect_eq(gunyah_msgqueue_wait_not_full(t.queue, 123), GUNYAH_OK);
    cr_expect_eq(t.fake.wait_virq.value, 40u);
    cr_expect_eq(t.fake.timeouts[0], 123u);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(t.queue, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    cr_expect_eq(t.fake.wait_virq.value, 41u);
    cr_expect_eq(t.fake.timeouts[1], UINT64_MAX);
    t.fake.waits[0] = GUNYAH_ERR_TIMEOUT;
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(t.queue, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(t.fake.calls, 0u, "waiting does not look into the queue");
    teardown(&t);
}

Test(core_msgqueue, waits_are_unsupported)
{
    struct queue_test t;
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    fake_init(&t.fake);
    t.fake.ops.capabilities = GUNYAH_BACKEND_CALL;
    t.g = fake_session(&t.fake);
    options.message_size = 1;
    options.send_virq = options.receive_virq = gunyah_virq(40);
    cr_assert_eq(gunyah_msgqueue_open(t.g, &options, &t.queue), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(t.queue, 0), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(t.queue, 0), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(t.fake.waited, 0u);
    teardown(&t);
}

// Each side has its own interrupt; binding and unbinding through the handle is remembered, a refusal is not.
Test(core_msgqueue, binding)
{
    struct queue_test t;
    setup(&t);
    struct gunyah_msgqueue *queue = created(&t);
    struct gunyah_vic *vic = NULL;

    cr_assert_eq(gunyah_vic_open(t.g, gunyah_capid(0x13), &vic), GUNYAH_OK);
    expect_refused(&t, gunyah_msgqueue_wait_not_full(queue, 0), GUNYAH_ERR_NOT_BOUND, "gunyah_msgqueue_wait_not_full");
    expect_refused(&t, gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_ERR_NOT_BOUND,
                   "gunyah_msgqueue_wait_not_empty");

    fake_answers(&t.fake, 31, 0, 0);
    cr_expect_eq(gunyah_msgqueue_bind_send_virq(queue, vic, gunyah_virq(50)), GUNYAH_ERR_BUSY);
    cr_expect_eq(gunyah_msgqueue_bind_receive_virq(queue, vic, gunyah_virq(51)), GUNYAH_ERR_BUSY);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(queue, 0), GUNYAH_ERR_NOT_BOUND);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_ERR_NOT_BOUND);

    fake_answers(&t.fake, 0, 0, 0);
    cr_expect_eq(gunyah_msgqueue_bind_send_virq(queue, vic, gunyah_virq(50)), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008017u);
    cr_expect_eq(t.fake.sent.x[1], 0x66u);
    cr_expect_eq(t.fake.sent.x[2], 0x13u);
    cr_expect_eq(t.fake.sent.x[3], 50u);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_ERR_NOT_BOUND, "only the other side is bound");
    cr_expect_eq(gunyah_msgqueue_bind_receive_virq(queue, vic, gunyah_virq(51)), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008018u);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(queue, 0), GUNYAH_OK);
    cr_expect_eq(t.fake.wait_virq.value, 50u);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_OK);
    cr_expect_eq(t.fake.wait_virq.value, 51u);

    fake_answers(&t.fake, 53, 0, 0);
    cr_expect_eq(gunyah_msgqueue_unbind_send_virq(queue), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(queue, 0), GUNYAH_OK);
    fake_answers(&t.fake, 0, 0, 0);
    cr_expect_eq(gunyah_msgqueue_unbind_send_virq(queue), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008019u);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(queue, 0), GUNYAH_ERR_NOT_BOUND);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_unbind_receive_virq(queue), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc600801au);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_ERR_NOT_BOUND);
    teardown(&t);
}
