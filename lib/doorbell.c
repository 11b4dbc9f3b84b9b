// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

enum gunyah_error gunyah_doorbell_open(struct gunyah *g, const struct gunyah_doorbell_options *given,
                                       struct gunyah_doorbell **doorbell)
{
    struct gunyah_doorbell_options options;
    enum gunyah_error error;

    if (doorbell == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *doorbell = NULL;
    if (given == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    if (!gunyah_internal_options(&options, sizeof(options), given))
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_OPTION);
    if (options.virq.value != 0 && !gunyah_virq_is_bindable(options.virq))
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    struct handle *handle = gunyah_internal_open(g, HANDLE_DOORBELL, options.cap, __func__, &error);
    if (handle != NULL)
        handle->receive_virq = options.virq;
    *doorbell = (struct gunyah_doorbell *)handle;
    return error;
}

enum gunyah_error gunyah_doorbell_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                         struct gunyah_doorbell **doorbell)
{
    enum gunyah_error error;

    if (doorbell == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *doorbell = (struct gunyah_doorbell *)gunyah_internal_create(
        partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL, HANDLE_DOORBELL, __func__, &error);
    return error;
}

enum gunyah_error gunyah_doorbell_close(struct gunyah_doorbell **doorbell)
{
    if (doorbell == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*doorbell, HANDLE_DOORBELL, __func__);
    if (error == GUNYAH_OK)
        *doorbell = NULL;
    return error;
}

gunyah_capid_t gunyah_doorbell_capid(const struct gunyah_doorbell *doorbell)
{
    return gunyah_internal_capid((const struct handle *)doorbell, HANDLE_DOORBELL);
}

enum gunyah_error gunyah_doorbell_activate(struct gunyah_doorbell *doorbell)
{
    const struct handle *handle = (const struct handle *)doorbell;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_DOORBELL, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

enum gunyah_error gunyah_doorbell_send(struct gunyah_doorbell *doorbell, uint64_t flags, uint64_t *old_flags)
{
    const struct handle *handle = (const struct handle *)doorbell;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_DOORBELL, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct gunyah_doorbell_send_result answer = gunyah_hypercall_doorbell_send(handle->g, handle->cap, flags);
    if (answer.error == GUNYAH_HVERR_OK && old_flags != NULL)
        *old_flags = answer.old_flags;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_DOORBELL_SEND, answer.error);
}

enum gunyah_error gunyah_doorbell_receive(struct gunyah_doorbell *doorbell, uint64_t clear, uint64_t *old_flags)
{
    const struct handle *handle = (const struct handle *)doorbell;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_DOORBELL, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct gunyah_doorbell_receive_result answer =
        gunyah_hypercall_doorbell_receive(handle->g, handle->cap, clear);
    if (answer.error == GUNYAH_HVERR_OK && old_flags != NULL)
        *old_flags = answer.old_flags;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_DOORBELL_RECEIVE, answer.error);
}

enum gunyah_error gunyah_doorbell_mask(struct gunyah_doorbell *doorbell, uint64_t enable, uint64_t acknowledge)
{
    const struct handle *handle = (const struct handle *)doorbell;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_DOORBELL, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_doorbell_mask(handle->g, handle->cap, enable, acknowledge);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_DOORBELL_MASK, code);
}

enum gunyah_error gunyah_doorbell_reset(struct gunyah_doorbell *doorbell)
{
    const struct handle *handle = (const struct handle *)doorbell;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_DOORBELL, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_doorbell_reset(handle->g, handle->cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_DOORBELL_RESET, code);
}

enum gunyah_error gunyah_doorbell_bind_virq(struct gunyah_doorbell *doorbell, struct gunyah_vic *vic,
                                            gunyah_virq_t virq)
{
    return gunyah_internal_bind((struct handle *)doorbell, HANDLE_DOORBELL, vic, virq,
                                GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, __func__);
}

enum gunyah_error gunyah_doorbell_unbind_virq(struct gunyah_doorbell *doorbell)
{
    return gunyah_internal_unbind((struct handle *)doorbell, HANDLE_DOORBELL, GUNYAH_HYPERCALL_DOORBELL_UNBIND_VIRQ,
                                  __func__);
}

// What is left of a time-out that began at start.
static uint64_t remaining(const struct gunyah *g, uint64_t start, uint64_t timeout_ns)
{
    if (timeout_ns == GUNYAH_WAIT_FOREVER)
        return GUNYAH_WAIT_FOREVER;
    const uint64_t passed = g->ops->now(g->context) - start;
    return passed < timeout_ns ? timeout_ns - passed : 0;
}

enum gunyah_error gunyah_doorbell_wait(struct gunyah_doorbell *doorbell, uint64_t clear, uint64_t timeout_ns,
                                       uint64_t *flags)
{
    const struct handle *handle = (const struct handle *)doorbell;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_DOORBELL, __func__);
    uint64_t old_flags = 0;

    if (error != GUNYAH_OK)
        return error;
    struct gunyah *g = handle->g;
    if (handle->receive_virq.value == 0)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NOT_BOUND);
    if (!gunyah_has(g, GUNYAH_FEATURE_WAIT))
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_UNSUPPORTED);
    const uint64_t start = g->ops->now(g->context);
    for (;;) {
        // Look first: the flags may have been set before anybody waited. The interrupt only says when to look again.
        error = gunyah_doorbell_receive(doorbell, clear, &old_flags);
        if (error != GUNYAH_OK)
            return error;
        if ((old_flags & clear) != 0)
            break;
        // A level interrupt of other flags is there again at once: only the clock ends this loop then.
        const uint64_t left = remaining(g, start, timeout_ns);
        if (left == 0)
            return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_TIMEOUT);
        error = gunyah_wait(g, &handle->receive_virq, 1, left, NULL);
        if (error != GUNYAH_OK)
            return error;
    }
    if (flags != NULL)
        *flags = old_flags & clear;
    return GUNYAH_OK;
}
