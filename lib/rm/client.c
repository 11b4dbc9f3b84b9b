// SPDX-License-Identifier: BSD-3-Clause
// Requests: one at a time, each ended by its reply, by an error, or by the caller.
#include "client.h"

// Keep what has come before the request: a queue that is full of notifications has no room for a reply.
static enum gunyah_error drain(struct rm *rm)
{
    for (unsigned i = 0; i < RM_BURST; i++) {
        const enum gunyah_error error = gunyah_internal_rm_receive(rm);
        if (error != GUNYAH_OK)
            return error == GUNYAH_ERR_EMPTY ? GUNYAH_OK : error;
    }
    return GUNYAH_OK;
}

static size_t packet_payload(const struct rm *rm)
{
    return rm->packet_size - GUNYAH_RM_HEADER_SIZE;
}

enum gunyah_error gunyah_internal_rm_begin(struct rm *rm, const struct rm_exchange *exchange)
{
    const size_t size = gunyah_internal_rm_total(exchange->request, exchange->request_count);
    const size_t fragments = rm_fragments_for(size, packet_payload(rm));

    if (rm->request.progress != RM_PROGRESS_NONE)
        return gunyah_internal_refuse(rm->g, exchange->function, GUNYAH_ERR_BUSY);
    if (fragments > GUNYAH_RM_MAX_FRAGMENTS)
        return gunyah_internal_refuse(rm->g, exchange->function, GUNYAH_ERR_MESSAGE_TOO_LONG);
    enum gunyah_error error = drain(rm);
    if (error != GUNYAH_OK)
        return error;
    rm->request = (struct rm_request){
        .header = {GUNYAH_RM_API, rm_header_type(GUNYAH_RM_PACKET_TYPE_REQUEST, fragments), rm->g->rm_sequence++,
                   exchange->id},
        .size = size,
    };
    rm->request.exchange = *exchange;
    gunyah_internal_rm_gather(exchange->request, exchange->request_count, 0, &rm->request.sent_head,
                              sizeof(rm->request.sent_head));
    if (!gunyah_internal_rm_survives(rm))
        return gunyah_internal_rm_would_crash(rm->g, exchange->id);
    rm->request.progress = RM_PROGRESS_SENDING;
    rm->counters.requests++;
    error = gunyah_internal_rm_send(rm);
    if (error != GUNYAH_OK)
        gunyah_internal_rm_forget(rm);
    return error;
}

// What became of the request that was answered.
static enum gunyah_error conclude(struct rm *rm, size_t *reply_size)
{
    const struct rm_request *request = &rm->request;
    const char *function = request->exchange.function;

    if (request->progress == RM_PROGRESS_BROKEN)
        return gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_PROTOCOL);
    if (request->received_head.error != GUNYAH_RMERR_OK)
        return gunyah_internal_rm_refused(rm->g, request->exchange.id, request->received_head.error);
    if (reply_size != NULL)
        *reply_size = request->received - GUNYAH_RM_ERROR_SIZE;
    return request->too_long ? gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_BUFFER_TOO_SMALL) : GUNYAH_OK;
}

enum gunyah_error gunyah_internal_rm_finish(struct rm *rm, size_t *reply_size, uint64_t timeout_ns,
                                            const char *function)
{
    enum gunyah_error error = GUNYAH_OK;
    struct rm_patience patience;

    if (rm->request.progress == RM_PROGRESS_NONE)
        return gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_OBJECT_STATE);
    gunyah_internal_rm_patience(rm, &patience, timeout_ns);
    while (error == GUNYAH_OK && rm->request.progress < RM_PROGRESS_ANSWERED)
        error = gunyah_internal_rm_look(rm, &patience);
    if (error == GUNYAH_ERR_TIMEOUT)
        return gunyah_internal_refuse(rm->g, function, error);
    if (error == GUNYAH_OK)
        error = conclude(rm, reply_size);
    gunyah_internal_rm_forget(rm);
    return error;
}

// Finish the request, or give it up.
static enum gunyah_error end(struct rm *rm, size_t *reply_size, uint64_t timeout_ns, const char *function)
{
    const enum gunyah_error error = gunyah_internal_rm_finish(rm, reply_size, timeout_ns, function);

    gunyah_internal_rm_forget(rm);
    return error;
}

enum gunyah_error gunyah_internal_rm_call(struct rm *rm, const struct rm_exchange *exchange, size_t *reply_size,
                                          uint64_t timeout_ns)
{
    const enum gunyah_error error = gunyah_internal_rm_begin(rm, exchange);

    return error == GUNYAH_OK ? end(rm, reply_size, timeout_ns, exchange->function) : error;
}

enum gunyah_error gunyah_internal_rm_ask(struct rm *rm, const struct rm_exchange *exchange, size_t least,
                                         size_t *reply_size)
{
    size_t size = 0;
    const enum gunyah_error error = gunyah_internal_rm_call(rm, exchange, &size, rm->default_timeout_ns);

    if (error != GUNYAH_OK && error != GUNYAH_ERR_BUFFER_TOO_SMALL)
        return error;
    if (size < least)
        return gunyah_internal_refuse(rm->g, exchange->function, GUNYAH_ERR_PROTOCOL);
    if (reply_size != NULL)
        *reply_size = size;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_rm_ask_pieces(struct rm *rm, const char *function, uint32_t id,
                                                const struct rm_piece *pieces, size_t count, void *reply,
                                                size_t reply_size)
{
    const struct rm_piece to = {.to = reply, .size = reply_size};
    const struct rm_exchange exchange = {function, id, pieces, count, &to, 1};

    return gunyah_internal_rm_ask(rm, &exchange, reply_size, NULL);
}

enum gunyah_error gunyah_internal_rm_ask_bytes(struct rm *rm, const char *function, uint32_t id, const void *request,
                                               size_t size, void *reply, size_t reply_size)
{
    const struct rm_piece from = {.from = request, .size = size};

    return gunyah_internal_rm_ask_pieces(rm, function, id, &from, 1, reply, reply_size);
}

// ---- the public functions ----------------------------------------------------------------------------------------

// The connection with the request under way; null, and the error.
static struct rm *begin(struct gunyah_rm *handle, uint32_t id, const void *request, size_t size, void *reply,
                        size_t capacity, const char *function, enum gunyah_error *error)
{
    struct rm *rm = gunyah_internal_rm(handle, function, error);

    if (rm == NULL)
        return NULL;
    if ((request == NULL && size != 0) || (reply == NULL && capacity != 0)) {
        *error = gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_NULL);
        return NULL;
    }
    if (rm->request.progress == RM_PROGRESS_NONE) {
        rm->pieces[0] = (struct rm_piece){.from = request, .size = size};
        rm->pieces[1] = (struct rm_piece){.to = reply, .size = capacity};
    }
    const struct rm_exchange exchange = {function, id, &rm->pieces[0], 1, &rm->pieces[1], 1};
    *error = gunyah_internal_rm_begin(rm, &exchange);
    return *error == GUNYAH_OK ? rm : NULL;
}

enum gunyah_error gunyah_rm_begin(struct gunyah_rm *handle, uint32_t id, const void *request, size_t size, void *reply,
                                  size_t capacity)
{
    enum gunyah_error error;

    begin(handle, id, request, size, reply, capacity, __func__, &error);
    return error;
}

enum gunyah_error gunyah_rm_call(struct gunyah_rm *handle, uint32_t id, const void *request, size_t size, void *reply,
                                 size_t capacity, size_t *reply_size, uint64_t timeout_ns)
{
    enum gunyah_error error;
    struct rm *rm = begin(handle, id, request, size, reply, capacity, __func__, &error);

    return rm != NULL ? end(rm, reply_size, timeout_ns, __func__) : error;
}

enum gunyah_error gunyah_rm_finish(struct gunyah_rm *handle, size_t *reply_size, uint64_t timeout_ns)
{
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(handle, __func__, &error);

    return rm != NULL ? gunyah_internal_rm_finish(rm, reply_size, timeout_ns, __func__) : error;
}

enum gunyah_error gunyah_rm_cancel(struct gunyah_rm *handle)
{
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(handle, __func__, &error);

    if (rm == NULL)
        return error;
    if (rm->request.progress == RM_PROGRESS_NONE)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_OBJECT_STATE);
    gunyah_internal_rm_forget(rm);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_rm_next_event(struct gunyah_rm *handle, struct gunyah_rm_event *event, uint64_t timeout_ns)
{
    enum gunyah_error error;
    struct rm_patience patience;
    struct gunyah_rm_event found;
    struct rm *rm = gunyah_internal_rm(handle, __func__, &error);

    if (rm == NULL)
        return error;
    if (event == NULL)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    gunyah_internal_rm_patience(rm, &patience, timeout_ns);
    while (!gunyah_internal_rm_next_event(rm, &found)) {
        error = gunyah_internal_rm_look(rm, &patience);
        if (error == GUNYAH_ERR_TIMEOUT)
            return gunyah_internal_refuse(rm->g, __func__, error);
        if (error != GUNYAH_OK)
            return error;
    }
    *event = found;
    return GUNYAH_OK;
}
