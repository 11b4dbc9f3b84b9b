// SPDX-License-Identifier: BSD-3-Clause
// Message queues. Messages are copied once on each side, between the VM's memory and their place in the queue.
#include "calls.h"
#include "internal.h"
#include "manual.h"
#include "rm.h"

#include <string.h>

/** A message's place: its size, then its bytes. */
struct message {
    uint32_t size;
    uint8_t bytes[];
};

static struct msgqueue *queue_of(struct model_call *call)
{
    return call->object[0];
}

static struct message *message_at(struct gunyah_model *model, const struct msgqueue *queue, uint32_t position)
{
    return model_at(model, queue->buffer + position * queue->stride);
}

static uint32_t after(const struct msgqueue *queue, uint32_t position)
{
    return position + 1 == queue->depth ? 0 : position + 1;
}

void gunyah_model_msgqueue_init(struct gunyah_model *model, void *object)
{
    struct msgqueue *queue = object;
    queue->send.owner = model_ref_of(model, queue);
    queue->send.kind = SOURCE_MSGQUEUE_SEND;
    queue->receive.owner = queue->send.owner;
    queue->receive.kind = SOURCE_MSGQUEUE_RECEIVE;
}

uint32_t gunyah_model_msgqueue_depth(const struct gunyah_model *model, uint32_t wanted)
{
    const uint32_t most = model->options.max_queue_depth;
    return most != 0 && most < wanted ? most : wanted;
}

int32_t gunyah_model_msgqueue_activate(struct gunyah_model *model, void *object)
{
    struct msgqueue *queue = object;
    if (queue->depth == 0)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    queue->stride = (uint32_t)(sizeof(struct message) + queue->max_size + 3) & ~3u;
    queue->buffer = gunyah_model_heap_take(model, (size_t)queue->stride * queue->depth);
    if (queue->buffer == 0)
        return GUNYAH_HVERR_NOMEM;
    queue->not_full_threshold = queue->depth - 1;
    queue->not_empty_threshold = 1;
    return GUNYAH_HVERR_OK;
}

void gunyah_model_msgqueue_destroy(struct gunyah_model *model, void *object)
{
    struct msgqueue *queue = object;
    gunyah_model_source_unbind(model, &queue->send);
    gunyah_model_source_unbind(model, &queue->receive);
    gunyah_model_heap_free(model, queue->buffer);
}

bool gunyah_model_msgqueue_send_condition(const struct msgqueue *queue)
{
    return queue->count <= queue->not_full_threshold;
}

bool gunyah_model_msgqueue_receive_condition(const struct msgqueue *queue)
{
    return queue->count >= queue->not_empty_threshold;
}

int32_t gunyah_model_msgqueue_configure(struct model_call *call)
{
    struct msgqueue *queue = queue_of(call);
    uint32_t depth = (uint32_t)(call->arg[1] & GUNYAH_MSGQUEUE_CREATE_INFO_DEPTH_MASK);
    uint32_t size = (uint32_t)((call->arg[1] & GUNYAH_MSGQUEUE_CREATE_INFO_MAX_MESSAGE_SIZE_MASK) >>
                               GUNYAH_MSGQUEUE_CREATE_INFO_MAX_MESSAGE_SIZE_SHIFT);
    if (queue->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (depth == 0 || depth > GUNYAH_MSGQUEUE_MAX_DEPTH || size == 0 || size > GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    queue->depth = gunyah_model_msgqueue_depth(call->model, depth);
    queue->max_size = size;
    return GUNYAH_HVERR_OK;
}

/** What it means that the memory of a message was or was not there. */
static int32_t error_of(struct gunyah_model *model, enum gunyah_model_memory memory)
{
    if (memory == GUNYAH_MODEL_MEMORY_DEVICE)
        return manual_or_stop(model, GUNYAH_HVERR_ADDR_INVALID);
    return memory == GUNYAH_MODEL_MEMORY_OK ? GUNYAH_HVERR_OK : GUNYAH_HVERR_ADDR_INVALID;
}

/** Fetch the message into its place. With an error it is dropped, and nobody is told, unless as the manual has it. */
static int32_t fetch(struct model_call *call, const struct msgqueue *queue, struct message *message)
{
    uint64_t size = call->arg[1];
    uint64_t address = call->arg[2];
    if (size == 0 || size > queue->max_size)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    if (address + size < address)
        return GUNYAH_HVERR_ADDR_INVALID;
    const int32_t error = error_of(call->model, gunyah_model_read(call, address, message->bytes, (size_t)size));
    if (error == GUNYAH_HVERR_OK)
        message->size = (uint32_t)size;
    return error;
}

/** What is in the place behind the last message is one now. */
static void add(struct gunyah_model *model, struct msgqueue *queue, bool push)
{
    queue->tail = after(queue, queue->tail);
    queue->count++;
    if (push || queue->count == queue->not_empty_threshold)
        gunyah_model_source_assert(model, &queue->receive);
}

/** The first message has been taken. */
static void remove_first(struct gunyah_model *model, struct msgqueue *queue)
{
    queue->head = after(queue, queue->head);
    queue->count--;
    if (queue->count == queue->not_full_threshold)
        gunyah_model_source_assert(model, &queue->send);
}

bool gunyah_model_msgqueue_put(struct gunyah_model *model, struct msgqueue *queue, const void *bytes, uint32_t size)
{
    if (queue->count == queue->depth || size > queue->max_size)
        return false;
    struct message *message = message_at(model, queue, queue->tail);
    memcpy(message->bytes, bytes, size);
    message->size = size;
    add(model, queue, false);
    return true;
}

uint32_t gunyah_model_msgqueue_take(struct gunyah_model *model, struct msgqueue *queue, void *bytes)
{
    if (queue->count == 0)
        return 0;
    const struct message *message = message_at(model, queue, queue->head);
    uint32_t size = message->size;
    memcpy(bytes, message->bytes, size);
    remove_first(model, queue);
    return size;
}

/** The message stays where it is, or nowhere. Without an error there is still the word for "there is room" or "there is more". */
static int32_t undelivered(struct model_call *call, int32_t error, uint32_t word)
{
    error = manual_message_error(call->model, error);
    call->result[word] = error == GUNYAH_HVERR_OK;
    return error;
}

int32_t gunyah_model_msgqueue_send(struct model_call *call)
{
    struct msgqueue *queue = queue_of(call);
    if (queue->count == queue->depth)
        return GUNYAH_HVERR_MSGQUEUE_FULL;
    const int32_t error = fetch(call, queue, message_at(call->model, queue, queue->tail));
    if (error != GUNYAH_HVERR_OK)
        return undelivered(call, error, 1);
    add(call->model, queue, (call->arg[3] & GUNYAH_MSGQUEUE_SEND_FLAGS_PUSH_MASK) != 0);
    if (queue->served)
        gunyah_model_rm_poke(call->model);
    call->result[1] = queue->count < queue->depth;
    return GUNYAH_HVERR_OK;
}

/** Hand the message over. With an error it stays. */
static int32_t deliver(struct model_call *call, const struct message *message)
{
    uint64_t address = call->arg[1];
    if (call->arg[2] < message->size)
        return GUNYAH_HVERR_ADDR_OVERFLOW;
    if (address + message->size < address)
        return GUNYAH_HVERR_ADDR_INVALID;
    return error_of(call->model, gunyah_model_write(call, address, message->bytes, message->size));
}

int32_t gunyah_model_msgqueue_receive(struct model_call *call)
{
    struct msgqueue *queue = queue_of(call);
    if (queue->count == 0)
        return GUNYAH_HVERR_MSGQUEUE_EMPTY;
    const struct message *message = message_at(call->model, queue, queue->head);
    const int32_t error = deliver(call, message);
    if (error != GUNYAH_HVERR_OK)
        return undelivered(call, error, 2);
    call->result[1] = message->size;
    bool was_full = queue->count == queue->depth;
    remove_first(call->model, queue);
    if (queue->served && was_full)
        gunyah_model_rm_poke(call->model);
    call->result[2] = queue->count != 0;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_msgqueue_flush(struct model_call *call)
{
    struct msgqueue *queue = queue_of(call);
    if (queue->count == 0)
        return GUNYAH_HVERR_OK;
    queue->count = 0;
    queue->head = 0;
    queue->tail = 0;
    if (manual_flush_clears(call->model))
        gunyah_model_source_clear(call->model, &queue->send);
    else
        gunyah_model_source_assert(call->model, &queue->send);
    gunyah_model_source_clear(call->model, &queue->receive);
    return GUNYAH_HVERR_OK;
}

static void evaluate(struct model_call *call, struct source *source, bool condition)
{
    if (condition)
        gunyah_model_source_assert(call->model, source);
    else
        gunyah_model_source_clear(call->model, source);
}

int32_t gunyah_model_msgqueue_configure_send(struct model_call *call)
{
    struct msgqueue *queue = queue_of(call);
    uint32_t threshold = (uint32_t)call->arg[1];
    if ((uint32_t)call->arg[2] != GUNYAH_MSGQUEUE_DELAY_UNCHANGED)
        return GUNYAH_HVERR_UNIMPLEMENTED;
    if (threshold == GUNYAH_MSGQUEUE_THRESHOLD_UNCHANGED)
        return GUNYAH_HVERR_OK;
    if (threshold >= queue->depth)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    queue->not_full_threshold = threshold;
    evaluate(call, &queue->send, gunyah_model_msgqueue_send_condition(queue));
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_msgqueue_configure_receive(struct model_call *call)
{
    struct msgqueue *queue = queue_of(call);
    uint32_t threshold = (uint32_t)call->arg[1];
    if ((uint32_t)call->arg[2] != GUNYAH_MSGQUEUE_DELAY_UNCHANGED)
        return GUNYAH_HVERR_UNIMPLEMENTED;
    if (threshold == GUNYAH_MSGQUEUE_THRESHOLD_UNCHANGED)
        return GUNYAH_HVERR_OK;
    if (threshold == GUNYAH_MSGQUEUE_THRESHOLD_MAXIMUM) {
        // Stored, but the interrupt is not looked at again.
        queue->not_empty_threshold = queue->depth;
        return GUNYAH_HVERR_OK;
    }
    if (threshold == 0 || threshold > queue->depth)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    queue->not_empty_threshold = threshold;
    evaluate(call, &queue->receive, gunyah_model_msgqueue_receive_condition(queue));
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_msgqueue_bind_send_virq(struct model_call *call)
{
    return gunyah_model_source_bind(call->model, &queue_of(call)->send, call->object[1], call->arg[2]);
}

int32_t gunyah_model_msgqueue_bind_receive_virq(struct model_call *call)
{
    return gunyah_model_source_bind(call->model, &queue_of(call)->receive, call->object[1], call->arg[2]);
}

int32_t gunyah_model_msgqueue_unbind_send_virq(struct model_call *call)
{
    gunyah_model_source_unbind(call->model, &queue_of(call)->send);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_msgqueue_unbind_receive_virq(struct model_call *call)
{
    gunyah_model_source_unbind(call->model, &queue_of(call)->receive);
    return GUNYAH_HVERR_OK;
}
