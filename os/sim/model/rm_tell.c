// SPDX-License-Identifier: BSD-3-Clause
// What owners and participants of memory parcels tell each other through the Resource Manager.
#include "rm_memory.h"

void gunyah_model_rm_tell_owner(struct gunyah_model *model, const struct rm_parcel *parcel, uint16_t vmid, uint32_t id)
{
    uint8_t payload[GUNYAH_RM_MEM_PARTICIPANT_SIZE] = {0};
    gunyah_model_rm_put32(payload + GUNYAH_RM_MEM_PARTICIPANT_HANDLE_OFFSET, parcel->handle);
    gunyah_model_rm_put16(payload + GUNYAH_RM_MEM_PARTICIPANT_VMID_OFFSET, vmid);
    gunyah_model_rm_put32(payload + GUNYAH_RM_MEM_PARTICIPANT_TAG_OFFSET, parcel->tag);
    gunyah_model_rm_notify(model, parcel->owner, id, payload, sizeof(payload));
}

static enum gunyah_model_rm_reason tell_owner(struct rm_call *call, const struct rm_parcel *parcel, uint16_t vmid,
                                              bool accepted)
{
    const struct rm_participant *participant = gunyah_model_rm_participant(call->model, parcel, vmid);
    if (participant == NULL)
        return RM_PARCEL_NOT_FOR_CALLER;
    if (participant->accepted != accepted)
        return participant->accepted ? RM_PARCEL_ACCEPTED : RM_NOT_ACCEPTED;
    gunyah_model_rm_tell_owner(call->model, parcel, vmid,
                               accepted ? GUNYAH_RM_NOTIFY_MEM_ACCEPTED : GUNYAH_RM_NOTIFY_MEM_RELEASED);
    return RM_FINE;
}

/** Whom a notification is for. Bytes behind the list are not looked at. */
static enum gunyah_model_rm_reason read_targets(struct rm_call *call, const struct rm_parcel *parcel,
                                                struct rm_list *targets)
{
    const uint8_t *bytes = call->request + GUNYAH_RM_MEM_NOTIFY_SIZE;
    uint32_t left = call->size - GUNYAH_RM_MEM_NOTIFY_SIZE;
    if (left < GUNYAH_RM_LIST_SIZE)
        return RM_WRONG_SIZE;
    targets->count = gunyah_model_rm_get16(bytes);
    targets->entries = bytes + GUNYAH_RM_LIST_SIZE;
    if (targets->count == 0)
        return RM_NOBODY_TO_TELL;
    if (left < GUNYAH_RM_LIST_SIZE + targets->count * GUNYAH_RM_VM_SIZE)
        return RM_LIST_TRUNCATED;
    if (targets->count > parcel->participant_count)
        return RM_TOO_MANY_TO_TELL;
    for (uint32_t i = 0; i < targets->count; i++) {
        uint16_t vmid = gunyah_model_rm_get16(targets->entries + (size_t)i * GUNYAH_RM_VM_SIZE);
        if (gunyah_model_rm_find(call->model, vmid) == NULL)
            return RM_NO_SUCH_VM;
        if (gunyah_model_rm_participant(call->model, parcel, vmid) == NULL)
            return RM_TARGET_NOT_IN_ACL;
    }
    return RM_FINE;
}

static void put_shared(struct gunyah_model *model, const struct rm_parcel *parcel, uint32_t regions, uint8_t *to)
{
    const struct rm_participant *participants = model_at(model, parcel->participants);
    const struct rm_attribute *attributes = model_at(model, parcel->attributes);
    gunyah_model_rm_put32(to + GUNYAH_RM_NOTIFY_MEM_SHARED_HANDLE_OFFSET, parcel->handle);
    to[GUNYAH_RM_NOTIFY_MEM_SHARED_MEM_TYPE_OFFSET] = parcel->type;
    to[GUNYAH_RM_NOTIFY_MEM_SHARED_TRANSACTION_OFFSET] = parcel->transaction;
    to[GUNYAH_RM_NOTIFY_MEM_SHARED_FLAGS_OFFSET] = parcel->sanitize_create ? GUNYAH_RM_MEM_SHARED_FLAG_SANITIZED : 0;
    gunyah_model_rm_put16(to + GUNYAH_RM_NOTIFY_MEM_SHARED_OWNER_OFFSET, parcel->owner);
    gunyah_model_rm_put32(to + GUNYAH_RM_NOTIFY_MEM_SHARED_LABEL_OFFSET, parcel->label);
    gunyah_model_rm_put32(to + GUNYAH_RM_NOTIFY_MEM_SHARED_TAG_OFFSET, parcel->tag);
    to += GUNYAH_RM_NOTIFY_MEM_SHARED_ACL_OFFSET;
    gunyah_model_rm_put16(to, (uint16_t)parcel->participant_count);
    to += GUNYAH_RM_LIST_SIZE;
    for (uint32_t i = 0; i < parcel->participant_count; i++, to += GUNYAH_RM_MEM_ACL_SIZE) {
        gunyah_model_rm_put16(to + GUNYAH_RM_MEM_ACL_VMID_OFFSET, participants[i].vmid);
        to[GUNYAH_RM_MEM_ACL_RIGHTS_OFFSET] = participants[i].rights;
    }
    gunyah_model_rm_put16(to, (uint16_t)regions);
    to += GUNYAH_RM_LIST_SIZE;
    for (uint32_t i = 0; i < regions; i++, to += sizeof(uint64_t))
        gunyah_model_rm_put64(to, gunyah_model_rm_region(model, parcel, i)->size);
    gunyah_model_rm_put16(to, (uint16_t)parcel->attribute_count);
    to += GUNYAH_RM_LIST_SIZE;
    for (uint32_t i = 0; i < parcel->attribute_count; i++, to += GUNYAH_RM_MEM_ATTR_SIZE) {
        gunyah_model_rm_put16(to + GUNYAH_RM_MEM_ATTR_ATTRIBUTE_OFFSET, attributes[i].attribute);
        gunyah_model_rm_put16(to + GUNYAH_RM_MEM_ATTR_VMID_OFFSET, attributes[i].vmid);
    }
}

/** Tell one VM that there is a parcel for it. One that is about to start takes it at once, if it has a place for it. */
static enum gunyah_model_rm_reason tell_shared(struct rm_call *call, struct rm_parcel *parcel, uint16_t vmid)
{
    struct gunyah_model *model = call->model;
    struct rm_vm *target = gunyah_model_rm_find(model, vmid);
    if (target->state == GUNYAH_VM_STATE_READY) {
        bool accepted = gunyah_model_rm_accept_labelled(model, target, parcel) == RM_FINE;
        return tell_owner(call, parcel, vmid, accepted);
    }
    if (target->channel == 0)
        return RM_FINE;
    uint32_t regions = parcel->region_count < GUNYAH_RM_MAX_LIST ? parcel->region_count : GUNYAH_RM_MAX_LIST;
    uint32_t size = GUNYAH_RM_NOTIFY_MEM_SHARED_MIN_SIZE + parcel->participant_count * GUNYAH_RM_MEM_ACL_SIZE +
                    regions * (uint32_t)sizeof(uint64_t) + parcel->attribute_count * GUNYAH_RM_MEM_ATTR_SIZE;
    struct rm_message *message =
        gunyah_model_rm_message(model, GUNYAH_RM_PACKET_TYPE_NOTIFICATION, GUNYAH_RM_NOTIFY_MEM_SHARED, size);
    if (message == NULL)
        return RM_NO_MEMORY;
    put_shared(model, parcel, regions, message->bytes);
    gunyah_model_rm_announce(model, target, message);
    return RM_FINE;
}

static enum gunyah_model_rm_reason tell_all(struct rm_call *call, struct rm_parcel *parcel, bool recall)
{
    struct rm_list targets;
    if (parcel->owner != call->from->vmid)
        return RM_PARCEL_NOT_OWNED;
    enum gunyah_model_rm_reason reason = read_targets(call, parcel, &targets);
    if (reason != RM_FINE)
        return reason;
    if (!recall && !parcel->tagged) {
        parcel->tagged = true;
        parcel->tag = gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_NOTIFY_TAG_OFFSET);
    }
    uint8_t payload[GUNYAH_RM_NOTIFY_MEM_RECALL_SIZE];
    gunyah_model_rm_put32(payload + GUNYAH_RM_NOTIFY_MEM_RECALL_HANDLE_OFFSET, parcel->handle);
    gunyah_model_rm_put32(payload + GUNYAH_RM_NOTIFY_MEM_RECALL_TAG_OFFSET, parcel->tag);
    for (uint32_t i = 0; i < targets.count; i++) {
        uint16_t vmid = gunyah_model_rm_get16(targets.entries + (size_t)i * GUNYAH_RM_VM_SIZE);
        if (recall)
            gunyah_model_rm_notify(call->model, vmid, GUNYAH_RM_NOTIFY_MEM_RECALL, payload, sizeof(payload));
        else
            reason = tell_shared(call, parcel, vmid);
    }
    return reason;
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_notify(struct rm_call *call)
{
    if (call->size < GUNYAH_RM_MEM_NOTIFY_SIZE)
        return RM_WRONG_SIZE;
    struct rm_parcel *parcel =
        gunyah_model_rm_parcel(call->model, gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_NOTIFY_HANDLE_OFFSET));
    if (parcel == NULL)
        return RM_NO_SUCH_PARCEL;
    if (parcel->tagged && parcel->tag != gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_NOTIFY_TAG_OFFSET))
        return RM_OTHER_TAG;
    switch (call->request[GUNYAH_RM_MEM_NOTIFY_FLAGS_OFFSET]) {
    case GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED:
        return tell_all(call, parcel, false);
    case GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED:
        return tell_owner(call, parcel, call->from->vmid, false);
    case GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED:
        return tell_owner(call, parcel, call->from->vmid, true);
    case GUNYAH_RM_MEM_NOTIFY_FLAG_RECALL:
        return tell_all(call, parcel, true);
    default:
        return RM_NOTIFY_FLAGS;
    }
}
