// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

static bool size_is_valid(size_t message_size)
{
    return message_size >= 1 && message_size <= GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE;
}

static bool virq_is_valid(gunyah_virq_t virq)
{
    return virq.value == 0 || gunyah_virq_is_bindable(virq);
}

enum gunyah_error gunyah_msgqueue_open(struct gunyah *g, const struct gunyah_msgqueue_options *given,
                                       struct gunyah_msgqueue **queue)
{
    struct gunyah_msgqueue_options options;
    enum gunyah_error error;

    if (queue == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *queue = NULL;
    if (given == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    if (!gunyah_internal_options(&options, sizeof(options), given))
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_OPTION);
    if (!size_is_valid(options.message_size))
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_ARGUMENT_SIZE);
    if (!virq_is_valid(options.send_virq) || !virq_is_valid(options.receive_virq))
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    struct handle *handle = gunyah_internal_open(g, HANDLE_MSGQUEUE, options.cap, __func__, &error);
    if (handle != NULL) {
        handle->message_size = options.message_size;
        handle->send_virq = options.send_virq;
        handle->receive_virq = options.receive_virq;
    }
    *queue = (struct gunyah_msgqueue *)handle;
    return error;
}

enum gunyah_error gunyah_msgqueue_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                         struct gunyah_msgqueue **queue)
{
    enum gunyah_error error;

    if (queue == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *queue = (struct gunyah_msgqueue *)gunyah_internal_create(
        partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE, HANDLE_MSGQUEUE, __func__, &error);
    return error;
}

enum gunyah_error gunyah_msgqueue_close(struct gunyah_msgqueue **queue)
{
    if (queue == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*queue, HANDLE_MSGQUEUE, __func__);
    if (error == GUNYAH_OK)
        *queue = NULL;
    return error;
}

gunyah_capid_t gunyah_msgqueue_capid(const struct gunyah_msgqueue *queue)
{
    return gunyah_internal_capid((const struct handle *)queue, HANDLE_MSGQUEUE);
}

uint32_t gunyah_msgqueue_message_size(const struct gunyah_msgqueue *queue)
{
    const struct handle *handle = (const struct handle *)queue;

    return handle != NULL && handle->kind == HANDLE_MSGQUEUE ? handle->message_size : 0;
}

enum gunyah_error gunyah_msgqueue_configure(struct gunyah_msgqueue *queue, uint32_t depth, uint32_t message_size)
{
    struct handle *handle = (struct handle *)queue;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);
    gunyah_msgqueue_create_info_t info = {0};

    if (error != GUNYAH_OK)
        return error;
    if (depth == 0 || depth > GUNYAH_MSGQUEUE_MAX_DEPTH || !size_is_valid(message_size))
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_ARGUMENT_SIZE);
    info = gunyah_msgqueue_create_info_with_depth(info, depth);
    info = gunyah_msgqueue_create_info_with_max_message_size(info, message_size);
    const int32_t code = gunyah_hypercall_msgqueue_configure(handle->g, handle->cap, info);
    if (code == GUNYAH_HVERR_OK)
        handle->message_size = message_size;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, code);
}

enum gunyah_error gunyah_msgqueue_activate(struct gunyah_msgqueue *queue)
{
    const struct handle *handle = (const struct handle *)queue;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

enum gunyah_error gunyah_msgqueue_bind_send_virq(struct gunyah_msgqueue *queue, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq)
{
    return gunyah_internal_bind((struct handle *)queue, HANDLE_MSGQUEUE, vic, virq,
                                GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, __func__);
}

enum gunyah_error gunyah_msgqueue_unbind_send_virq(struct gunyah_msgqueue *queue)
{
    return gunyah_internal_unbind((struct handle *)queue, HANDLE_MSGQUEUE, GUNYAH_HYPERCALL_MSGQUEUE_UNBIND_SEND_VIRQ,
                                  __func__);
}

enum gunyah_error gunyah_msgqueue_bind_receive_virq(struct gunyah_msgqueue *queue, struct gunyah_vic *vic,
                                                    gunyah_virq_t virq)
{
    return gunyah_internal_bind((struct handle *)queue, HANDLE_MSGQUEUE, vic, virq,
                                GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, __func__);
}

enum gunyah_error gunyah_msgqueue_unbind_receive_virq(struct gunyah_msgqueue *queue)
{
    return gunyah_internal_unbind((struct handle *)queue, HANDLE_MSGQUEUE,
                                  GUNYAH_HYPERCALL_MSGQUEUE_UNBIND_RECEIVE_VIRQ, __func__);
}

enum gunyah_error gunyah_msgqueue_set_send_threshold(struct gunyah_msgqueue *queue, uint32_t threshold)
{
    const struct handle *handle = (const struct handle *)queue;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);

    if (error != GUNYAH_OK)
        return error;
    // This value means "leave it" to the hypervisor: success without an effect.
    if (threshold == GUNYAH_MSGQUEUE_THRESHOLD_UNCHANGED)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    const int32_t code =
        gunyah_hypercall_msgqueue_configure_send(handle->g, handle->cap, threshold, GUNYAH_MSGQUEUE_DELAY_UNCHANGED);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_SEND, code);
}

enum gunyah_error gunyah_msgqueue_set_receive_threshold(struct gunyah_msgqueue *queue, uint32_t threshold)
{
    const struct handle *handle = (const struct handle *)queue;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);

    if (error != GUNYAH_OK)
        return error;
    // This value means "leave it" to the hypervisor: success without an effect.
    if (threshold == GUNYAH_MSGQUEUE_THRESHOLD_UNCHANGED)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    const int32_t code =
        gunyah_hypercall_msgqueue_configure_receive(handle->g, handle->cap, threshold, GUNYAH_MSGQUEUE_DELAY_UNCHANGED);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_RECEIVE, code);
}

// For backends whose callers have their caches off.
static inline void sync_buffer(const struct handle *handle, const void *buffer, size_t size)
{
    const struct gunyah *g = handle->g;

    if (g->ops->sync != NULL)
        g->ops->sync(g->context, buffer, size);
}

// What the hypervisor would drop in silence, or stop at.
static enum gunyah_error check_message(const struct handle *handle, const void *data, size_t size, uint32_t flags)
{
    if (data == NULL)
        return GUNYAH_ERR_NULL;
    if (handle->message_size == 0)
        return GUNYAH_ERR_OBJECT_CONFIG;
    if (size == 0)
        return GUNYAH_ERR_MESSAGE_EMPTY;
    if (size > handle->message_size)
        return GUNYAH_ERR_MESSAGE_TOO_LONG;
    if ((uintptr_t)data + (size - 1) < (uintptr_t)data)
        return GUNYAH_ERR_ADDR_OVERFLOW;
    return (flags & ~(uint32_t)GUNYAH_MSGQUEUE_PUSH) != 0 ? GUNYAH_ERR_OPTION : GUNYAH_OK;
}

enum gunyah_error gunyah_msgqueue_send(struct gunyah_msgqueue *queue, const void *data, size_t size, uint32_t flags,
                                       bool *not_full)
{
    const struct handle *handle = (const struct handle *)queue;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);
    gunyah_msgqueue_send_flags_t send_flags = {0};

    if (error != GUNYAH_OK)
        return error;
    error = check_message(handle, data, size, flags);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(handle->g, __func__, error);
    send_flags = gunyah_msgqueue_send_flags_with_push(send_flags, flags);
    sync_buffer(handle, data, size);
    const struct gunyah_msgqueue_send_result answer =
        gunyah_hypercall_msgqueue_send(handle->g, handle->cap, size, data, send_flags);
    if (not_full != NULL && (answer.error == GUNYAH_HVERR_OK || answer.error == GUNYAH_HVERR_MSGQUEUE_FULL))
        *not_full = answer.not_full;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MSGQUEUE_SEND, answer.error);
}

// A buffer that is smaller than the largest message would leave that message at the head of the queue for ever.
static enum gunyah_error check_buffer(const struct handle *handle, const void *buffer, size_t capacity,
                                      const size_t *size)
{
    if (buffer == NULL || size == NULL)
        return GUNYAH_ERR_NULL;
    if (handle->message_size == 0)
        return GUNYAH_ERR_OBJECT_CONFIG;
    if (capacity < handle->message_size)
        return GUNYAH_ERR_BUFFER_TOO_SMALL;
    if ((uintptr_t)buffer + (capacity - 1) < (uintptr_t)buffer)
        return GUNYAH_ERR_ADDR_OVERFLOW;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_msgqueue_receive(struct gunyah_msgqueue *queue, void *buffer, size_t capacity, size_t *size,
                                          bool *not_empty)
{
    const struct handle *handle = (const struct handle *)queue;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);

    if (error != GUNYAH_OK)
        return error;
    error = check_buffer(handle, buffer, capacity, size);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(handle->g, __func__, error);
    // Before, so that no line of ours is written back over the message; after, so that we read it and not such a line.
    sync_buffer(handle, buffer, handle->message_size);
    const struct gunyah_msgqueue_receive_result answer =
        gunyah_hypercall_msgqueue_receive(handle->g, handle->cap, buffer, capacity);
    sync_buffer(handle, buffer, handle->message_size);
    // No message is empty: success without a size means that the hypervisor could not write to the buffer.
    if (answer.error == GUNYAH_HVERR_OK && answer.size == 0)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_ADDR_INVALID);
    if (answer.error == GUNYAH_HVERR_OK)
        *size = (size_t)answer.size;
    if (not_empty != NULL && (answer.error == GUNYAH_HVERR_OK || answer.error == GUNYAH_HVERR_MSGQUEUE_EMPTY))
        *not_empty = answer.not_empty;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, answer.error);
}

enum gunyah_error gunyah_msgqueue_flush(struct gunyah_msgqueue *queue)
{
    const struct handle *handle = (const struct handle *)queue;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_msgqueue_flush(handle->g, handle->cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MSGQUEUE_FLUSH, code);
}

static enum gunyah_error wait_for(const struct handle *handle, gunyah_virq_t virq, uint64_t timeout_ns,
                                  const char *function)
{
    if (virq.value == 0)
        return gunyah_internal_refuse(handle->g, function, GUNYAH_ERR_NOT_BOUND);
    return gunyah_wait(handle->g, &virq, 1, timeout_ns, NULL);
}

enum gunyah_error gunyah_msgqueue_wait_not_full(struct gunyah_msgqueue *queue, uint64_t timeout_ns)
{
    const struct handle *handle = (const struct handle *)queue;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);

    return error != GUNYAH_OK ? error : wait_for(handle, handle->send_virq, timeout_ns, __func__);
}

enum gunyah_error gunyah_msgqueue_wait_not_empty(struct gunyah_msgqueue *queue, uint64_t timeout_ns)
{
    const struct handle *handle = (const struct handle *)queue;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MSGQUEUE, __func__);

    return error != GUNYAH_OK ? error : wait_for(handle, handle->receive_virq, timeout_ns, __func__);
}
