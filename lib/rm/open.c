// SPDX-License-Identifier: BSD-3-Clause
// Opening and closing a connection.
#include "client.h"

// A packet that can hold the error word of a reply.
#define MIN_MESSAGE_SIZE 16

// Where a packet lies: in whole cache lines, which nothing else shares.
#define CACHE_LINE 64

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

static bool virq_is_valid(gunyah_virq_t virq)
{
    return virq.value == 0 || gunyah_virq_is_bindable(virq);
}

static enum gunyah_error read_options(const struct gunyah_rm_options *given, struct gunyah_rm_options *options)
{
    if (given == NULL)
        return GUNYAH_ERR_NULL;
    if (!gunyah_internal_options(options, sizeof(*options), given))
        return GUNYAH_ERR_OPTION;
    if ((unsigned)options->generation > GUNYAH_RM_GENERATION_LATER)
        return GUNYAH_ERR_OPTION;
    if (options->message_size < MIN_MESSAGE_SIZE || options->message_size > GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (options->event_bytes < round_up(options->message_size, sizeof(struct rm_record)))
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (!virq_is_valid(options->send_virq) || !virq_is_valid(options->receive_virq))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    return GUNYAH_OK;
}

static struct handle queue(struct gunyah *g, const struct gunyah_rm_options *options, gunyah_capid_t cap)
{
    return (struct handle){.kind = HANDLE_MSGQUEUE, .message_size = options->message_size, .cap = cap, .g = g};
}

// The object: itself, a packet, and the ring of events.
static struct rm *make(struct gunyah *g, const struct gunyah_rm_options *options, const char *function,
                       enum gunyah_error *error)
{
    const size_t packet = round_up(sizeof(struct rm), CACHE_LINE);
    const size_t ring = packet + round_up(options->message_size, CACHE_LINE);
    const uint32_t capacity = options->event_bytes & ~(uint32_t)(sizeof(struct rm_record) - 1);
    struct rm *rm = gunyah_internal_block(g, ring + capacity, function, error);

    if (rm == NULL)
        return NULL;
    *rm = (struct rm){
        .g = g,
        .to = queue(g, options, options->send_cap),
        .from = queue(g, options, options->receive_cap),
        .packet = (uint8_t *)rm + packet,
        .packet_size = options->message_size,
        .generation = options->generation,
        .default_timeout_ns = options->default_timeout_ns,
        .events = {.memory = (uint8_t *)rm + ring, .capacity = capacity},
    };
    if (gunyah_has(g, GUNYAH_FEATURE_WAIT)) {
        rm->virqs[0] = options->receive_virq;
        rm->virqs[1] = options->send_virq;
    }
    return rm;
}

enum gunyah_error gunyah_rm_open(struct gunyah *g, const struct gunyah_rm_options *given, struct gunyah_rm **out)
{
    struct gunyah_rm_options options;

    if (out == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *out = NULL;
    enum gunyah_error error = read_options(given, &options);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(g, __func__, error);
    struct handle *handle = gunyah_internal_open(g, HANDLE_RM, gunyah_capid(GUNYAH_CAPID_INVALID), __func__, &error);
    if (handle == NULL)
        return error;
    handle->rm = make(g, &options, __func__, &error);
    if (handle->rm == NULL) {
        gunyah_internal_close(handle, HANDLE_RM, __func__);
        return error;
    }
    *out = (struct gunyah_rm *)handle;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_rm_close(struct gunyah_rm **pointer)
{
    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    struct handle *handle = (struct handle *)*pointer;
    if (handle == NULL)
        return GUNYAH_ERR_HANDLE;
    if (handle->kind == HANDLE_RM && handle->rm->users != 0)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_IN_USE);
    const enum gunyah_error error = gunyah_internal_close(handle, HANDLE_RM, __func__);
    if (error != GUNYAH_OK)
        return error;
    gunyah_internal_block_release(handle->g, handle->rm);
    *pointer = NULL;
    return GUNYAH_OK;
}

struct rm *gunyah_internal_rm(const struct gunyah_rm *handle, const char *function, enum gunyah_error *error)
{
    const struct handle *checked = (const struct handle *)handle;

    *error = gunyah_internal_check(checked, HANDLE_RM, function);
    return *error == GUNYAH_OK ? checked->rm : NULL;
}

const struct gunyah_rm_counters *gunyah_rm_get_counters(const struct gunyah_rm *handle)
{
    const struct handle *checked = (const struct handle *)handle;

    return checked != NULL && checked->kind == HANDLE_RM ? &checked->rm->counters : NULL;
}
