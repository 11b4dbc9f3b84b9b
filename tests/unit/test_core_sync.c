// SPDX-License-Identifier: BSD-3-Clause
// Backends whose callers have their caches off are told of every buffer that the hypervisor touches.
#include "fake_backend.h"

struct synced {
    struct fake fake; // first: the context of the operations
    unsigned count;
    unsigned before_call;
    const void *buffer;
    size_t size;
};

static void sync_buffer(void *context, const void *buffer, size_t size)
{
    struct synced *synced = context;

    synced->count++;
    if (synced->fake.calls == 0)
        synced->before_call++;
    synced->buffer = buffer;
    synced->size = size;
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    options.cap = gunyah_capid(1);
    options.message_size = 16;
    cr_assert_eq(gunyah_msgqueue_open(g, &options, &queue), GUNYAH_OK);
    return queue;
}

Test(core_sync, before_a_message_is_read)
{
    struct synced synced = {0};
    const char text[] = "hello";

    fake_init(&synced.fake);
    synced.fake.ops.sync = sync_buffer;
    struct gunyah *g = fake_session(&synced.fake);
    struct gunyah_msgqueue *queue = open_queue(g);
    cr_assert_eq(gunyah_msgqueue_send(queue, text, 5, 0, NULL), GUNYAH_OK);
    cr_assert_eq(synced.count, 1);
    cr_assert_eq(synced.before_call, 1);
    cr_assert(synced.buffer == text);
    cr_assert_eq(synced.size, 5);
    cr_assert_eq(gunyah_msgqueue_send(queue, text, 0, 0, NULL), GUNYAH_ERR_MESSAGE_EMPTY);
    cr_assert_eq(synced.count, 1);
    cr_assert_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_sync, before_and_after_a_message_is_written)
{
    struct synced synced = {0};
    char buffer[64];
    size_t size = 0;

    fake_init(&synced.fake);
    synced.fake.ops.sync = sync_buffer;
    struct gunyah *g = fake_session(&synced.fake);
    struct gunyah_msgqueue *queue = open_queue(g);
    fake_answers(&synced.fake, 0, 3, 0);
    cr_assert_eq(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL), GUNYAH_OK);
    cr_assert_eq(synced.count, 2);
    cr_assert_eq(synced.before_call, 1);
    cr_assert(synced.buffer == buffer);
    // No more than a message can be.
    cr_assert_eq(synced.size, 16);
    cr_assert_eq(gunyah_close(&g), GUNYAH_OK);
}
