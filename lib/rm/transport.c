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

static void answered(struct rm *rm, bool broken)
{
    rm->request.progress = RM_PROGRESS_ANSWERED;
    rm->request.broken = broken;
    rm->counters.replies++;
}

// A message ends before all of it came.
static void cut_off(struct rm *rm)
{
    if (rm->assembly.missing == 0)
        return;
    rm->counters.malformed++;
    if (rm->use == RM_USE_REPLY)
        answered(rm, true);
}

// Room for a notification: as much as its packets could bring, if there are several.
static void begin_event(struct rm *rm, uint32_t id, size_t payload)
{
    if (rm->assembly.missing != 0)
        payload = (rm->assembly.missing + 1u) * (size_t)(rm->packet_size - GUNYAH_RM_HEADER_SIZE);
    else
        rm->noticed(rm, id, rm->packet + GUNYAH_RM_HEADER_SIZE, payload);
    rm->use = RM_USE_EVENT;
    rm->record = gunyah_internal_rm_events_reserve(&rm->events, (uint32_t)payload);
    if (rm->record != NULL)
        *rm->record = (struct rm_record){id, 0};
}

// A message begins: what is it for?
static void begin_message(struct rm *rm, const struct rm_header *header, size_t payload)
{
    cut_off(rm);
    gunyah_internal_rm_first(&rm->assembly, header);
    rm->use = RM_USE_NONE;
    if (rm_packet_type(header) == GUNYAH_RM_PACKET_TYPE_NOTIFICATION) {
        begin_event(rm, header->id, payload);
    } else if (rm_packet_type(header) != GUNYAH_RM_PACKET_TYPE_REPLY) {
        rm->counters.malformed++;
    } else if (answers(&rm->request, header)) {
        rm->use = RM_USE_REPLY;
        rm->request.received = 0;
    } else {
        rm->counters.stale_replies++;
    }
}

// The data goes to the caller's memory, unless it is that of a refusal.
static void add_to_reply(struct rm_request *request, const uint8_t *bytes, size_t size)
{
    const struct rm_exchange *exchange = &request->exchange;
    const struct rm_piece head = {.to = &request->received_head, .size = sizeof(request->received_head)};
    const size_t before = request->received;

    gunyah_internal_rm_scatter(&head, 1, before, bytes, size);
    request->received += size;
    if (request->received <= GUNYAH_RM_ERROR_SIZE || request->received_head.error != GUNYAH_RMERR_OK)
        return;
    const size_t skip = before < GUNYAH_RM_ERROR_SIZE ? GUNYAH_RM_ERROR_SIZE - before : 0;
    if (!gunyah_internal_rm_scatter(exchange->reply, exchange->reply_count, before + skip - GUNYAH_RM_ERROR_SIZE,
                                    bytes + skip, size - skip))
        request->too_long = true;
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
            answered(rm, rm->request.received < GUNYAH_RM_ERROR_SIZE);
    } else if (rm->use == RM_USE_EVENT) {
        add_to_event(rm, payload, size);
        if (whole)
            end_event(rm);
    }
}

static void take_packet(struct rm *rm, size_t size)
{
    struct rm_header header;
    bool sound = size <= rm->packet_size && gunyah_internal_rm_read_header(rm->packet, size, &header);

    size -= GUNYAH_RM_HEADER_SIZE;
    if (sound && rm_packet_type(&header) == GUNYAH_RM_PACKET_TYPE_CONTINUATION)
        sound = gunyah_internal_rm_continues(&rm->assembly, &header);
    else if (sound)
        begin_message(rm, &header, size);
    if (sound)
        add_to_message(rm, size);
    else
        rm->counters.malformed++;
}

enum gunyah_error gunyah_internal_rm_receive(struct rm *rm)
{
    size_t size = 0;
    const enum gunyah_error error = gunyah_msgqueue_receive(rm->from, rm->packet, rm->packet_size, &size, NULL);

    if (error == GUNYAH_OK)
        take_packet(rm, size);
    return error;
}

// ---- sending -----------------------------------------------------------------------------------------------------

static enum gunyah_error send_packet(struct rm *rm)
{
    struct rm_request *request = &rm->request;
    const size_t left = request->size - request->sent;
    const size_t part = smaller(left, rm->packet_size - GUNYAH_RM_HEADER_SIZE);
    struct rm_header header = request->header;

    if (request->sent != 0)
        header.type = rm_header_type(GUNYAH_RM_PACKET_TYPE_CONTINUATION, rm_fragments(&header));
    rm_put_header(rm->packet, &header);
    gunyah_internal_rm_gather(request->exchange.request, request->exchange.request_count, request->sent,
                              rm->packet + GUNYAH_RM_HEADER_SIZE, part);
    const enum gunyah_error error = gunyah_msgqueue_send(rm->to, rm->packet, GUNYAH_RM_HEADER_SIZE + part,
                                                         part == left ? GUNYAH_MSGQUEUE_PUSH : 0, NULL);
    if (error != GUNYAH_OK)
        return error;
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

static uint64_t now(const struct gunyah *g)
{
    return g->ops->now != NULL ? g->ops->now(g->context) : 0;
}

void gunyah_internal_rm_patience(const struct rm *rm, struct rm_patience *patience, uint64_t timeout_ns)
{
    *patience = (struct rm_patience){
        .start = now(rm->g),
        .timeout_ns = timeout_ns == GUNYAH_RM_DEFAULT_TIMEOUT ? rm->default_timeout_ns : timeout_ns,
    };
}

static uint64_t remaining(const struct gunyah *g, const struct rm_patience *patience)
{
    if (patience->timeout_ns == GUNYAH_WAIT_FOREVER)
        return GUNYAH_WAIT_FOREVER;
    const uint64_t passed = g->ops->now != NULL ? now(g) - patience->start : patience->looks * LOOK_NS;
    return passed < patience->timeout_ns ? patience->timeout_ns - passed : 0;
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
    patience->timeout_ns = 0;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_rm_look(struct rm *rm, struct rm_patience *patience)
{
    enum gunyah_error error = gunyah_internal_rm_receive(rm);

    patience->looks++;
    // What is there already is taken even when there is no time; but nobody may keep us here by sending for ever.
    if (error == GUNYAH_OK && patience->looks % RM_BURST != 0)
        return GUNYAH_OK;
    const bool idle = error == GUNYAH_ERR_EMPTY;
    if (idle)
        error = gunyah_internal_rm_send(rm);
    if (error != GUNYAH_OK)
        return error;
    const uint64_t left = remaining(rm->g, patience);
    if (left == 0)
        return GUNYAH_ERR_TIMEOUT;
    return idle ? pause(rm, patience, left) : GUNYAH_OK;
}
