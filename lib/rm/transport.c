// SPDX-License-Identifier: BSD-3-Clause
// Packets to and from the queues, and waiting for them.
#include "client.h"

#include <string.h>

// What a look costs where there is no clock.
#define LOOK_NS 1000

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

// ---- receiving ---------------------------------------------------------------------------------------------------

static bool answers(const struct rm_request *request, const struct rm_header *header)
{
    return (request->progress == RM_PROGRESS_SENDING || request->progress == RM_PROGRESS_SENT) &&
           header->sequence == request->header.sequence && header->id == request->header.id;
}

static void answered(struct rm *rm, enum rm_progress progress)
{
    rm->request.progress = progress;
    rm->counters.replies++;
}

// A message ends before all of it came.
static void cut_off(struct rm *rm)
{
    if (rm->assembly.missing == 0)
        return;
    rm->counters.malformed++;
    if (rm->use == RM_USE_REPLY)
        answered(rm, RM_PROGRESS_BROKEN);
}

// Room for a notification: as much as its packets could bring, if there are several.
static void begin_event(struct rm *rm, uint32_t id, size_t payload)
{
    if (rm->assembly.missing != 0)
        payload = (rm->assembly.missing + 1u) * (size_t)(rm->packet_size - GUNYAH_RM_HEADER_SIZE);
    else if (rm->noticed != NULL)
        rm->noticed(rm, id, rm->packet + GUNYAH_RM_HEADER_SIZE, payload);
    rm->use = RM_USE_EVENT;
    rm->record = gunyah_internal_rm_events_reserve(&rm->events, (uint32_t)payload);
    if (rm->record != NULL)
        *rm->record = (struct rm_record){id, 0};
}

static void expect_continuations(struct rm_assembly *assembly, const struct rm_header *header)
{
    assembly->missing = rm_fragments(header);
    assembly->continuation = *header;
    assembly->continuation.type = rm_header_type(GUNYAH_RM_PACKET_TYPE_CONTINUATION, assembly->missing);
}

// A message begins: what is it for?
static void begin_message(struct rm *rm, const struct rm_header *header, size_t payload)
{
    cut_off(rm);
    expect_continuations(&rm->assembly, header);
    rm->use = RM_USE_NONE;
    if (rm_packet_type(header) == GUNYAH_RM_PACKET_TYPE_NOTIFICATION) {
        begin_event(rm, header->id, payload);
    } else if (rm_packet_type(header) != GUNYAH_RM_PACKET_TYPE_REPLY) {
        rm->counters.malformed++;
    } else if (!answers(&rm->request, header)) {
        rm->counters.stale_replies++;
    } else if (payload < GUNYAH_RM_ERROR_SIZE) {
        answered(rm, RM_PROGRESS_BROKEN);
    } else {
        rm->use = RM_USE_REPLY;
        rm->request.received = 0;
    }
}

// The error word is in the first packet. The data goes to the caller's memory, unless it is that of a refusal.
static void add_to_reply(struct rm_request *request, const uint8_t *bytes, size_t size)
{
    const struct rm_exchange *exchange = &request->exchange;

    if (request->received == 0) {
        memcpy(&request->received_head, bytes, smaller(size, sizeof(request->received_head)));
        request->received = GUNYAH_RM_ERROR_SIZE;
        bytes += GUNYAH_RM_ERROR_SIZE;
        size -= GUNYAH_RM_ERROR_SIZE;
    }
    if (request->received_head.error == GUNYAH_RMERR_OK &&
        !gunyah_internal_rm_scatter(exchange->reply, exchange->reply_count, request->received - GUNYAH_RM_ERROR_SIZE,
                                    bytes, size))
        request->too_long = true;
    request->received += size;
}

static void add_to_event(struct rm *rm, const uint8_t *bytes, size_t size)
{
    if (rm->record == NULL)
        return;
    memcpy((uint8_t *)(rm->record + 1) + rm->record->size, bytes, size);
    rm->record->size += (uint32_t)size;
}

static void end_event(struct rm *rm)
{
    rm->counters.notifications++;
    if (rm->record != NULL)
        gunyah_internal_rm_events_commit(&rm->events);
    else
        rm->counters.lost_events++;
}

static void add_to_message(struct rm *rm, size_t size)
{
    const uint8_t *payload = rm->packet + GUNYAH_RM_HEADER_SIZE;
    const bool whole = rm->assembly.missing == 0;

    if (rm->use == RM_USE_REPLY) {
        add_to_reply(&rm->request, payload, size);
        if (whole)
            answered(rm, RM_PROGRESS_ANSWERED);
    } else if (rm->use == RM_USE_EVENT) {
        add_to_event(rm, payload, size);
        if (whole)
            end_event(rm);
    }
}

static bool is_expected(const struct rm_assembly *assembly, const struct rm_header *continuation)
{
    return assembly->missing != 0 && memcmp(continuation, &assembly->continuation, sizeof(*continuation)) == 0;
}

// False: it does not follow the protocol.
static bool take_packet(struct rm *rm, size_t size)
{
    struct rm_header header;

    if (size > rm->packet_size || !rm_get_header(rm->packet, size, &header))
        return false;
    if (header.api != GUNYAH_RM_API || rm_fragments(&header) > GUNYAH_RM_MAX_FRAGMENTS)
        return false;
    size -= GUNYAH_RM_HEADER_SIZE;
    if (rm_packet_type(&header) != GUNYAH_RM_PACKET_TYPE_CONTINUATION)
        begin_message(rm, &header, size);
    else if (is_expected(&rm->assembly, &header))
        rm->assembly.missing--;
    else
        return false;
    add_to_message(rm, size);
    return true;
}

enum gunyah_error gunyah_internal_rm_receive(struct rm *rm)
{
    size_t size = 0;
    const enum gunyah_error error =
        gunyah_msgqueue_receive((struct gunyah_msgqueue *)&rm->from, rm->packet, rm->packet_size, &size, NULL);

    if (error == GUNYAH_OK && !take_packet(rm, size))
        rm->counters.malformed++;
    return error;
}

void gunyah_internal_rm_forget(struct rm *rm)
{
    if (rm->request.progress != RM_PROGRESS_NONE)
        gunyah_internal_rm_learn(rm);
    rm->request.progress = RM_PROGRESS_NONE;
    if (rm->use == RM_USE_REPLY)
        rm->use = RM_USE_NONE;
}

// ---- sending -----------------------------------------------------------------------------------------------------

static enum gunyah_error send_packet(struct rm *rm)
{
    struct rm_request *request = &rm->request;
    const size_t left = request->size - request->sent;
    const size_t part = smaller(left, rm->packet_size - GUNYAH_RM_HEADER_SIZE);

    rm_put_header(rm->packet, &request->header);
    gunyah_internal_rm_gather(request->exchange.request, request->exchange.request_count, request->sent,
                              rm->packet + GUNYAH_RM_HEADER_SIZE, part);
    const enum gunyah_error error =
        gunyah_msgqueue_send((struct gunyah_msgqueue *)&rm->to, rm->packet, GUNYAH_RM_HEADER_SIZE + part,
                             part == left ? GUNYAH_MSGQUEUE_PUSH : 0, NULL);
    if (error != GUNYAH_OK)
        return error;
    request->header.type = rm_header_type(GUNYAH_RM_PACKET_TYPE_CONTINUATION, rm_fragments(&request->header));
    request->sent += part;
    if (part == left)
        request->progress = RM_PROGRESS_SENT;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_rm_send(struct rm *rm)
{
    while (rm->request.progress == RM_PROGRESS_SENDING) {
        const enum gunyah_error error = send_packet(rm);
        if (error != GUNYAH_OK)
            return error == GUNYAH_ERR_FULL ? GUNYAH_OK : error;
    }
    return GUNYAH_OK;
}

// ---- waiting -----------------------------------------------------------------------------------------------------

static uint64_t now(const struct rm *rm)
{
    const struct gunyah *g = rm->g;

    return g->ops->now != NULL ? g->ops->now(g->context) : rm->looks * LOOK_NS;
}

void gunyah_internal_rm_patience(const struct rm *rm, struct rm_patience *patience, uint64_t timeout_ns)
{
    if (timeout_ns == GUNYAH_RM_DEFAULT_TIMEOUT)
        timeout_ns = rm->default_timeout_ns;
    const uint64_t start = now(rm);
    patience->until = timeout_ns <= GUNYAH_WAIT_FOREVER - start ? start + timeout_ns : GUNYAH_WAIT_FOREVER;
    patience->taken = 0;
}

static uint64_t remaining(const struct rm *rm, const struct rm_patience *patience)
{
    if (patience->until == GUNYAH_WAIT_FOREVER)
        return GUNYAH_WAIT_FOREVER;
    const uint64_t time = now(rm);
    return time < patience->until ? patience->until - time : 0;
}

// Until a queue changes, or for a moment: without interrupts, an RM that needs this CPU is given it.
static enum gunyah_error pause(const struct rm *rm, struct rm_patience *patience, uint64_t left)
{
    const bool sending = rm->request.progress == RM_PROGRESS_SENDING;

    if (rm->virqs[0].value == 0 || (sending && rm->virqs[1].value == 0)) {
        gunyah_hypercall_scheduler_yield(rm->g, (gunyah_scheduler_yield_control_t){0}, 0);
        return GUNYAH_OK;
    }
    const enum gunyah_error error = gunyah_wait(rm->g, rm->virqs, sending ? 2 : 1, left, NULL);
    if (error != GUNYAH_ERR_TIMEOUT)
        return error;
    // One look more, for the case that an interrupt was lost.
    patience->until = 0;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_rm_look(struct rm *rm, struct rm_patience *patience)
{
    enum gunyah_error error = gunyah_internal_rm_receive(rm);

    rm->looks++;
    // What is there already is taken even when there is no time; but nobody may keep us here by sending for ever.
    if (error == GUNYAH_OK && ++patience->taken < RM_BURST)
        return GUNYAH_OK;
    const bool idle = error == GUNYAH_ERR_EMPTY;
    if (idle)
        error = gunyah_internal_rm_send(rm);
    if (error != GUNYAH_OK)
        return error;
    const uint64_t left = remaining(rm, patience);
    if (left == 0)
        return GUNYAH_ERR_TIMEOUT;
    return idle ? pause(rm, patience, left) : GUNYAH_OK;
}
