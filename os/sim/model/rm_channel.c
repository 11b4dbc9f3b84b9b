// SPDX-License-Identifier: BSD-3-Clause
// Channels: packets that come and go through a VM's two queues, and messages cut into packets.
//
// A message that has begun goes out before anything else. Behind it there is room for one reply, and a list of
// notifications that forgets its oldest when it is full.
#include "rm.h"

#include <string.h>

struct header {
    uint8_t type;
    uint8_t fragments;
    uint16_t sequence;
    uint32_t id;
};

static struct rm_channel *channel_of(struct gunyah_model *model, const struct rm_vm *vm)
{
    return model_at(model, vm->channel);
}

void gunyah_model_rm_free(struct gunyah_model *model, model_ref ref)
{
    if (ref != 0)
        gunyah_model_heap_free(model, ref);
}

// ---- opening and closing

static struct msgqueue *make_queue(struct gunyah_model *model, uint32_t depth, uint32_t size)
{
    struct msgqueue *queue = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_MSGQUEUE);
    if (queue == NULL)
        return NULL;
    queue->depth = gunyah_model_msgqueue_depth(model, depth);
    queue->max_size = size;
    queue->served = true;
    queue->object.references++;
    if (gunyah_model_object_activate_now(model, &queue->object) == GUNYAH_HVERR_OK)
        return queue;
    gunyah_model_object_release(model, model_ref_of(model, queue));
    gunyah_model_object_reap(model);
    return NULL;
}

/** Bind one end's interrupt, edge triggered, if there is to be one. */
static int32_t bind(struct gunyah_model *model, const struct rm_vm *vm, struct source *source, uint32_t virq)
{
    if (virq == 0)
        return GUNYAH_HVERR_OK;
    int32_t error = gunyah_model_source_bind(model, source, gunyah_model_vm_vic(model, vm->vmid), virq);
    if (error == GUNYAH_HVERR_OK)
        gunyah_model_virq_set_trigger(model, vm->vmid, virq, GUNYAH_MODEL_EDGE);
    return error;
}

/** Give the VM its ends of the two queues. */
static int32_t wire(struct gunyah_model *model, const struct rm_vm *vm, struct rm_channel *channel)
{
    struct msgqueue *to_rm = model_at(model, channel->to_rm);
    struct msgqueue *from_rm = model_at(model, channel->from_rm);
    struct cspace *cspace = gunyah_model_vm_cspace(model, vm->vmid);
    int32_t error = bind(model, vm, &to_rm->send, channel->ends.send_virq);
    if (error == GUNYAH_HVERR_OK)
        error = bind(model, vm, &from_rm->receive, channel->ends.receive_virq);
    if (error == GUNYAH_HVERR_OK)
        error =
            gunyah_model_cap_derive(model, cspace, &to_rm->object, GUNYAH_RIGHT_MSGQUEUE_SEND, &channel->ends.send_cap);
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_cap_derive(model, cspace, &from_rm->object, GUNYAH_RIGHT_MSGQUEUE_RECEIVE,
                                        &channel->ends.receive_cap);
    return error;
}

int32_t gunyah_model_rm_channel_open(struct gunyah_model *model, struct rm_vm *vm, uint32_t depth, uint32_t size,
                                     const struct gunyah_model_rm_channel *ends)
{
    vm->channel = gunyah_model_heap_take(model, sizeof(struct rm_channel));
    if (vm->channel == 0)
        return GUNYAH_HVERR_NOMEM;
    struct rm_channel *channel = channel_of(model, vm);
    channel->ends = *ends;
    channel->ends.send_cap = channel->ends.receive_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    struct msgqueue *to_rm = make_queue(model, depth, size);
    struct msgqueue *from_rm = make_queue(model, depth, size);
    channel->to_rm = to_rm != NULL ? model_ref_of(model, to_rm) : 0;
    channel->from_rm = from_rm != NULL ? model_ref_of(model, from_rm) : 0;
    int32_t error = to_rm != NULL && from_rm != NULL ? wire(model, vm, channel) : GUNYAH_HVERR_NOMEM;
    if (error != GUNYAH_HVERR_OK)
        gunyah_model_rm_channel_close(model, vm);
    return error;
}

/** Give up a queue, and with it the VM's end, however many copies the VM made of it. */
static void drop_queue(struct gunyah_model *model, const struct rm_vm *vm, model_ref ref, gunyah_capid_t cap)
{
    if (ref == 0)
        return;
    struct object *queue = model_at(model, ref);
    if (cap.value != GUNYAH_CAPID_INVALID)
        gunyah_model_cap_discard(model, gunyah_model_vm_cspace(model, vm->vmid), cap, queue);
    gunyah_model_object_revoke(model, queue);
    gunyah_model_object_release(model, ref);
}

void gunyah_model_rm_channel_close(struct gunyah_model *model, struct rm_vm *vm)
{
    if (vm->channel == 0)
        return;
    struct rm_channel *channel = channel_of(model, vm);
    drop_queue(model, vm, channel->to_rm, channel->ends.send_cap);
    drop_queue(model, vm, channel->from_rm, channel->ends.receive_cap);
    gunyah_model_object_reap(model);
    gunyah_model_rm_free(model, channel->partial);
    gunyah_model_rm_free(model, channel->sending);
    gunyah_model_rm_free(model, channel->reply);
    while (channel->first != 0) {
        model_ref next = ((const struct rm_message *)model_at(model, channel->first))->next;
        gunyah_model_heap_free(model, channel->first);
        channel->first = next;
    }
    gunyah_model_heap_free(model, vm->channel);
    vm->channel = 0;
}

// ---- receiving

static bool read_header(const uint8_t *packet, uint32_t size, struct header *header)
{
    if (size < GUNYAH_RM_HEADER_SIZE || size > GUNYAH_RM_MESSAGE_SIZE ||
        packet[GUNYAH_RM_HEADER_API_OFFSET] != GUNYAH_RM_API)
        return false;
    header->type = packet[GUNYAH_RM_HEADER_TYPE_OFFSET] & GUNYAH_RM_TYPE_MASK;
    header->fragments = (uint8_t)(packet[GUNYAH_RM_HEADER_TYPE_OFFSET] >> GUNYAH_RM_FRAGMENTS_SHIFT);
    header->sequence = gunyah_model_rm_get16(packet + GUNYAH_RM_HEADER_SEQUENCE_OFFSET);
    header->id = gunyah_model_rm_get32(packet + GUNYAH_RM_HEADER_ID_OFFSET);
    return header->fragments <= GUNYAH_RM_MAX_FRAGMENTS;
}

/** A new message pushes out one that has come in part. */
static bool begin(struct gunyah_model *model, struct rm_channel *channel, const struct header *header)
{
    uint32_t room = (header->fragments + 1u) * GUNYAH_RM_PAYLOAD_SIZE;
    gunyah_model_rm_free(model, channel->partial);
    channel->partial = gunyah_model_heap_take(model, sizeof(struct rm_partial) + room);
    if (channel->partial == 0)
        return false;
    struct rm_partial *partial = model_at(model, channel->partial);
    partial->id = header->id;
    partial->sequence = header->sequence;
    partial->type = header->type;
    partial->fragments = header->fragments;
    partial->missing = header->fragments;
    return true;
}

static bool resume(struct gunyah_model *model, const struct rm_channel *channel, const struct header *header)
{
    if (channel->partial == 0)
        return false;
    struct rm_partial *partial = model_at(model, channel->partial);
    if (partial->id != header->id || partial->sequence != header->sequence || partial->fragments != header->fragments)
        return false;
    partial->missing--;
    return true;
}

/** Returns whether the packet belongs to a message, which may be whole now. */
static bool assemble(struct gunyah_model *model, struct rm_channel *channel, const uint8_t *packet, uint32_t size)
{
    struct header header;
    if (!read_header(packet, size, &header))
        return false;
    bool is_new = header.type != GUNYAH_RM_PACKET_TYPE_CONTINUATION;
    if (is_new ? !begin(model, channel, &header) : !resume(model, channel, &header))
        return false;
    struct rm_partial *partial = model_at(model, channel->partial);
    memcpy(partial->bytes + partial->size, packet + GUNYAH_RM_HEADER_SIZE, size - GUNYAH_RM_HEADER_SIZE);
    partial->size += size - GUNYAH_RM_HEADER_SIZE;
    return true;
}

static void tell_dropped(struct gunyah_model *model, const struct rm_vm *vm, const uint8_t *packet, uint32_t size)
{
    const struct gunyah_model_rm_event event = {
        .kind = GUNYAH_MODEL_RM_DROPPED, .vmid = vm->vmid, .payload = packet, .size = size};
    gunyah_model_rm_observe(model, &event);
}

struct rm_partial *gunyah_model_rm_receive(struct gunyah_model *model, struct rm_vm *vm)
{
    struct rm_channel *channel = channel_of(model, vm);
    uint8_t packet[GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE];
    for (;;) {
        uint32_t size = gunyah_model_msgqueue_take(model, model_at(model, channel->to_rm), packet);
        if (size == 0)
            return NULL;
        if (!assemble(model, channel, packet, size)) {
            tell_dropped(model, vm, packet, size);
            continue;
        }
        struct rm_partial *message = model_at(model, channel->partial);
        if (message->missing != 0)
            continue;
        channel->partial = 0;
        if (message->type == GUNYAH_RM_PACKET_TYPE_REQUEST)
            return message;
        tell_dropped(model, vm, packet, size);
        gunyah_model_heap_free(model, model_ref_of(model, message));
    }
}

// ---- sending

struct rm_message *gunyah_model_rm_message(struct gunyah_model *model, uint8_t type, uint32_t id, uint32_t size)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_message) + size);
    if (ref == 0)
        return NULL;
    struct rm_message *message = model_at(model, ref);
    message->type = type;
    message->id = id;
    message->size = size;
    if (type == GUNYAH_RM_PACKET_TYPE_NOTIFICATION)
        message->sequence = gunyah_model_rm_of(model)->sequence++;
    return message;
}

static uint32_t fragments_of(const struct rm_message *message)
{
    return message->size == 0 ? 0 : (message->size - 1) / GUNYAH_RM_PAYLOAD_SIZE;
}

/** Put the next packet of a message into the queue. False: there is no room. */
static bool send_packet(struct gunyah_model *model, struct rm_channel *channel, const struct rm_message *message)
{
    struct msgqueue *queue = model_at(model, channel->from_rm);
    uint8_t packet[GUNYAH_RM_MESSAGE_SIZE];
    uint32_t begin = channel->sent * GUNYAH_RM_PAYLOAD_SIZE;
    uint32_t left = message->size - begin;
    uint32_t size = left < GUNYAH_RM_PAYLOAD_SIZE ? left : GUNYAH_RM_PAYLOAD_SIZE;
    uint32_t type = channel->sent == 0 ? message->type : (uint32_t)GUNYAH_RM_PACKET_TYPE_CONTINUATION;
    packet[GUNYAH_RM_HEADER_API_OFFSET] = message->garbled ? 0 : GUNYAH_RM_API;
    packet[GUNYAH_RM_HEADER_TYPE_OFFSET] = (uint8_t)(type | fragments_of(message) << GUNYAH_RM_FRAGMENTS_SHIFT);
    gunyah_model_rm_put16(packet + GUNYAH_RM_HEADER_SEQUENCE_OFFSET, message->sequence);
    gunyah_model_rm_put32(packet + GUNYAH_RM_HEADER_ID_OFFSET, message->id);
    memcpy(packet + GUNYAH_RM_HEADER_SIZE, message->bytes + begin, size);
    if (!gunyah_model_msgqueue_put(model, queue, packet, GUNYAH_RM_HEADER_SIZE + size))
        return false;
    channel->sent++;
    return true;
}

/** Whether the message has gone out whole. */
static bool send(struct gunyah_model *model, struct rm_vm *vm, struct rm_channel *channel)
{
    const struct rm_message *message = model_at(model, channel->sending);
    struct msgqueue *queue = model_at(model, channel->from_rm);
    if (message->due > model->now) {
        gunyah_model_rm_schedule(gunyah_model_rm_of(model), message->due);
        return false;
    }
    uint32_t threshold = queue->not_empty_threshold;
    if (message->quiet)
        queue->not_empty_threshold = UINT32_MAX;
    while (channel->sent <= fragments_of(message) && send_packet(model, channel, message)) {
        if (!message->fatal)
            continue;
        gunyah_model_rm_die(model, RM_CRASH_INJECTED, vm->vmid);
        break;
    }
    queue->not_empty_threshold = threshold;
    return channel->sent > fragments_of(message);
}

/** What waits goes next: the reply first. False: nothing does. */
static bool load(struct gunyah_model *model, struct rm_channel *channel)
{
    channel->sent = 0;
    channel->sending = channel->reply;
    channel->reply = 0;
    if (channel->sending != 0)
        return true;
    if (channel->first == 0)
        return false;
    channel->sending = channel->first;
    channel->first = ((const struct rm_message *)model_at(model, channel->first))->next;
    channel->pending--;
    return true;
}

void gunyah_model_rm_transmit(struct gunyah_model *model, struct rm_vm *vm)
{
    struct rm_channel *channel = channel_of(model, vm);
    const struct rm *rm = gunyah_model_rm_of(model);
    while (channel->sending != 0 || load(model, channel)) {
        if (rm->dead || !send(model, vm, channel))
            return;
        gunyah_model_heap_free(model, channel->sending);
        channel->sending = 0;
    }
}

static void drop_oldest(struct gunyah_model *model, struct rm_channel *channel)
{
    model_ref oldest = channel->first;
    channel->first = ((const struct rm_message *)model_at(model, oldest))->next;
    channel->pending--;
    gunyah_model_heap_free(model, oldest);
}

static void append(struct gunyah_model *model, struct rm_channel *channel, struct rm_message *message)
{
    if (channel->pending == GUNYAH_RM_MAX_NOTIFICATIONS)
        drop_oldest(model, channel);
    message->next = 0;
    if (channel->first == 0)
        channel->first = model_ref_of(model, message);
    else
        ((struct rm_message *)model_at(model, channel->last))->next = model_ref_of(model, message);
    channel->last = model_ref_of(model, message);
    channel->pending++;
}

void gunyah_model_rm_queue(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *message)
{
    gunyah_model_rm_transmit(model, vm);
    append(model, channel_of(model, vm), message);
    gunyah_model_rm_transmit(model, vm);
}

void gunyah_model_rm_post(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *reply)
{
    struct rm_channel *channel = channel_of(model, vm);
    // A reply that waits goes now or never.
    gunyah_model_rm_transmit(model, vm);
    gunyah_model_rm_free(model, channel->reply);
    channel->reply = model_ref_of(model, reply);
    gunyah_model_rm_transmit(model, vm);
}

void gunyah_model_rm_notify(struct gunyah_model *model, uint16_t vmid, uint32_t id, const uint8_t *payload,
                            uint32_t size)
{
    struct rm_vm *vm = gunyah_model_rm_find(model, vmid);
    if (vm == NULL || vm->channel == 0)
        return;
    struct rm_message *message = gunyah_model_rm_message(model, GUNYAH_RM_PACKET_TYPE_NOTIFICATION, id, size);
    if (message == NULL) {
        gunyah_model_rm_die(model, RM_CRASH_OUT_OF_MEMORY, vmid);
        return;
    }
    memcpy(message->bytes, payload, size);
    gunyah_model_rm_announce(model, vm, message);
}
