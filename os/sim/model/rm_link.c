// SPDX-License-Identifier: BSD-3-Clause
// Doorbells and message queues between VMs, as configurations want them.
#include "rm.h"

#define FIRST_FREE_VIRQ 960

uint32_t gunyah_model_rm_free_virq(struct gunyah_model *model, uint32_t number)
{
    const struct vic *vic = gunyah_model_vm_vic(model, number);
    const struct line *lines = vic->lines != 0 ? model_at(model, vic->lines) : NULL;
    uint32_t end = GUNYAH_VIRQ_SPI_FIRST + vic->max_virqs;
    for (uint32_t virq = FIRST_FREE_VIRQ; virq < end; virq++) {
        if (lines != NULL && lines[virq - GUNYAH_VIRQ_SPI_FIRST].source == 0)
            return virq;
    }
    // A platform with more processors has more of them: those that no hardware has.
    for (uint32_t virq = end < FIRST_FREE_VIRQ ? end : FIRST_FREE_VIRQ; virq > GUNYAH_VIRQ_SPI_FIRST; virq--) {
        if (lines != NULL && lines[virq - 1 - GUNYAH_VIRQ_SPI_FIRST].source == 0)
            return virq - 1;
    }
    return 0;
}

static struct msgqueue *new_queue(struct gunyah_model *model, const struct gunyah_model_rm_vdevice *vdevice)
{
    struct msgqueue *queue = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_MSGQUEUE);
    if (queue == NULL)
        return NULL;
    queue->depth = gunyah_model_msgqueue_depth(model, vdevice->depth != 0 ? vdevice->depth : GUNYAH_RM_QUEUE_DEPTH);
    queue->max_size = vdevice->message_size != 0 ? vdevice->message_size : GUNYAH_RM_MESSAGE_SIZE;
    return queue;
}

/** A link that nobody has an end of yet. Returns NULL without memory. */
static struct rm_link *new_link(struct gunyah_model *model, struct rm_vm *vm,
                                const struct gunyah_model_rm_vdevice *vdevice, bool doorbell)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_link));
    if (ref == 0)
        return NULL;
    struct object *object =
        doorbell ? gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_DOORBELL) : (void *)new_queue(model, vdevice);
    if (object == NULL) {
        gunyah_model_heap_free(model, ref);
        return NULL;
    }
    object->references++;
    struct rm_link *link = model_at(model, ref);
    link->object = model_ref_of(model, object);
    link->doorbell = doorbell;
    link->label = vdevice->label;
    link->source_can_clear = vdevice->source_can_clear;
    link->send_cap = link->receive_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    link->next = vm->links;
    vm->links = ref;
    return gunyah_model_object_activate_now(model, object) == GUNYAH_HVERR_OK ? link : NULL;
}

int32_t gunyah_model_rm_bind(struct gunyah_model *model, uint16_t vmid, struct source *source, uint32_t wanted,
                             uint32_t *virq)
{
    *virq = wanted != 0 ? wanted : gunyah_model_rm_free_virq(model, vmid);
    int32_t error = gunyah_model_source_bind(model, source, gunyah_model_vm_vic(model, vmid), *virq);
    if (error == GUNYAH_HVERR_OK)
        gunyah_model_virq_set_trigger(model, vmid, *virq, GUNYAH_MODEL_EDGE);
    else
        *virq = 0;
    return error;
}

static int32_t wire_sender(struct gunyah_model *model, struct rm_link *link, uint32_t virq)
{
    struct object *object = model_at(model, link->object);
    uint32_t rights = link->source_can_clear ? GUNYAH_RIGHT_DOORBELL_SEND | GUNYAH_RIGHT_DOORBELL_RECEIVE
                                             : GUNYAH_RIGHT_DOORBELL_SEND;
    int32_t error = GUNYAH_HVERR_OK;
    if (!link->doorbell) {
        rights = GUNYAH_RIGHT_MSGQUEUE_SEND;
        error =
            gunyah_model_rm_bind(model, link->from, &((struct msgqueue *)(void *)object)->send, virq, &link->send_virq);
    }
    if (error != GUNYAH_HVERR_OK)
        return error;
    return gunyah_model_cap_derive(model, gunyah_model_vm_cspace(model, link->from), object, rights, &link->send_cap);
}

static int32_t wire_receiver(struct gunyah_model *model, struct rm_link *link, uint32_t virq)
{
    struct object *object = model_at(model, link->object);
    struct source *source = &((struct msgqueue *)(void *)object)->receive;
    uint32_t rights = GUNYAH_RIGHT_MSGQUEUE_RECEIVE;
    if (link->doorbell) {
        source = &((struct doorbell *)(void *)object)->source;
        rights = GUNYAH_RIGHT_DOORBELL_RECEIVE;
    }
    int32_t error = gunyah_model_rm_bind(model, link->to, source, virq, &link->receive_virq);
    if (error != GUNYAH_HVERR_OK)
        return error;
    return gunyah_model_cap_derive(model, gunyah_model_vm_cspace(model, link->to), object, rights, &link->receive_cap);
}

/** Give this VM its end. */
static int32_t wire(struct gunyah_model *model, struct rm_link *link, uint16_t vmid,
                    const struct gunyah_model_rm_vdevice *vdevice)
{
    if (link->from == vmid)
        return wire_sender(model, link, vdevice != NULL ? vdevice->send_virq : 0);
    return wire_receiver(model, link, vdevice != NULL ? vdevice->receive_virq : 0);
}

/** The end that a peer's configuration has left open for this VM; NULL if there is none. */
static struct rm_link *open_end(struct gunyah_model *model, const struct rm_vm *peer, uint16_t vmid, uint32_t label,
                                bool doorbell, bool sends)
{
    for (model_ref ref = peer->links; ref != 0;) {
        struct rm_link *link = model_at(model, ref);
        ref = link->next;
        if (link->doorbell != doorbell || link->label != label || (sends ? link->from : link->to) != vmid)
            continue;
        if ((sends ? link->send_cap : link->receive_cap).value == GUNYAH_CAPID_INVALID)
            return link;
    }
    return NULL;
}

/** Keep what the VM is to find in its device tree. */
static void note_end(struct gunyah_model_rm_device *device, const struct rm_link *link, bool sends)
{
    struct gunyah_model_rm_channel *ends = &device->ends;
    if (sends) {
        ends->send_cap = link->send_cap;
        ends->send_virq = link->send_virq;
    } else {
        ends->receive_cap = link->receive_cap;
        ends->receive_virq = link->receive_virq;
    }
}

/** One direction of a vdevice. */
static enum gunyah_model_rm_reason join(struct gunyah_model *model, struct rm_vm *vm, const struct rm_vm *peer,
                                        struct gunyah_model_rm_device *device, bool doorbell, bool sends)
{
    const struct gunyah_model_rm_vdevice *vdevice = &device->wanted;
    struct rm_link *link = open_end(model, peer, vm->vmid, vdevice->label, doorbell, sends);
    bool met = link != NULL;
    if (!met) {
        link = new_link(model, vm, vdevice, doorbell);
        if (link == NULL)
            return RM_VDEVICE_FAILED;
        link->from = sends ? vm->vmid : peer->vmid;
        link->to = sends ? peer->vmid : vm->vmid;
    }
    int32_t error = wire(model, link, vm->vmid, vdevice);
    note_end(device, link, sends);
    // The owner needs no configuration of its own; another VM takes its end when it is initialised.
    if (error == GUNYAH_HVERR_OK && !met && peer->vmid == vm->owner)
        error = wire(model, link, peer->vmid, NULL);
    return error == GUNYAH_HVERR_OK ? RM_FINE : RM_VDEVICE_FAILED;
}

static enum gunyah_model_rm_reason open_channel(struct gunyah_model *model, struct rm_vm *vm,
                                                struct gunyah_model_rm_device *device)
{
    const struct gunyah_model_rm_vdevice *vdevice = &device->wanted;
    if (vm->channel != 0)
        return RM_VDEVICE_FAILED;
    struct gunyah_model_rm_channel ends = {.send_virq = vdevice->send_virq, .receive_virq = vdevice->receive_virq};
    if (ends.send_virq == 0)
        ends.send_virq = gunyah_model_rm_free_virq(model, vm->vmid);
    if (ends.receive_virq == 0) {
        ends.receive_virq = gunyah_model_rm_free_virq(model, vm->vmid);
        ends.receive_virq += ends.receive_virq == ends.send_virq ? 1 : 0;
    }
    vm->console = vdevice->console;
    uint32_t depth = vdevice->depth != 0 ? vdevice->depth : GUNYAH_RM_QUEUE_DEPTH;
    uint32_t size = vdevice->message_size != 0 ? vdevice->message_size : GUNYAH_RM_MESSAGE_SIZE;
    if (gunyah_model_rm_channel_open(model, vm, depth, size, &ends) != GUNYAH_HVERR_OK)
        return RM_VDEVICE_FAILED;
    gunyah_model_rm_channel_of(model, vm->vmid, &device->ends);
    return RM_FINE;
}

/** What the hypervisor would make of it. */
static bool is_queue_right(const struct gunyah_model_rm_vdevice *vdevice)
{
    return vdevice->depth <= GUNYAH_MSGQUEUE_MAX_DEPTH && vdevice->message_size <= GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE;
}

static enum gunyah_model_rm_reason make(struct gunyah_model *model, struct rm_vm *vm,
                                        struct gunyah_model_rm_device *device)
{
    const struct gunyah_model_rm_vdevice *vdevice = &device->wanted;
    if (!is_queue_right(vdevice))
        return RM_VDEVICE_FAILED;
    if (vdevice->type == GUNYAH_MODEL_RM_RPC)
        return open_channel(model, vm, device);
    struct rm_vm *peer = gunyah_model_rm_find(model, vdevice->peer != 0 ? vdevice->peer : vm->owner);
    if (peer == NULL || peer == vm)
        return RM_VDEVICE_PEER;
    device->wanted.peer = peer->vmid;
    gunyah_model_rm_make_peers(vm, peer);
    switch (vdevice->type) {
    case GUNYAH_MODEL_RM_DOORBELL:
        return join(model, vm, peer, device, true, false);
    case GUNYAH_MODEL_RM_DOORBELL_SOURCE:
        return join(model, vm, peer, device, true, true);
    case GUNYAH_MODEL_RM_MSGQUEUE_SENDER:
        return join(model, vm, peer, device, false, true);
    case GUNYAH_MODEL_RM_MSGQUEUE_RECEIVER:
        return join(model, vm, peer, device, false, false);
    case GUNYAH_MODEL_RM_MSGQUEUE_PAIR: {
        enum gunyah_model_rm_reason reason = join(model, vm, peer, device, false, true);
        return reason == RM_FINE ? join(model, vm, peer, device, false, false) : reason;
    }
    case GUNYAH_MODEL_RM_SHM:
    case GUNYAH_MODEL_RM_RPC:
        break;
    }
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_make_links(struct gunyah_model *model, struct rm_vm *vm)
{
    struct gunyah_model_rm_device *devices = vm->device_count != 0 ? model_at(model, vm->devices) : NULL;
    for (uint32_t i = 0; i < vm->device_count; i++) {
        enum gunyah_model_rm_reason reason = make(model, vm, &devices[i]);
        if (reason != RM_FINE)
            return reason;
    }
    return RM_FINE;
}

static void drop_end(struct gunyah_model *model, uint16_t vmid, gunyah_capid_t *cap, const struct object *object)
{
    if (cap->value != GUNYAH_CAPID_INVALID && gunyah_model_vm_exists(model, vmid))
        gunyah_model_cap_discard(model, gunyah_model_vm_cspace(model, vmid), *cap, object);
    *cap = gunyah_capid(GUNYAH_CAPID_INVALID);
}

/** Links of other VMs lose the end that this VM has. */
static void leave_links(struct gunyah_model *model, const struct rm_vm *vm)
{
    for (model_ref other = gunyah_model_rm_of(model)->vms; other != 0;) {
        const struct rm_vm *owner = model_at(model, other);
        other = owner->next;
        for (model_ref ref = owner != vm ? owner->links : 0; ref != 0;) {
            struct rm_link *link = model_at(model, ref);
            const struct object *object = model_at(model, link->object);
            ref = link->next;
            if (link->from == vm->vmid)
                drop_end(model, vm->vmid, &link->send_cap, object);
            if (link->to == vm->vmid)
                drop_end(model, vm->vmid, &link->receive_cap, object);
        }
    }
}

void gunyah_model_rm_cut_links(struct gunyah_model *model, struct rm_vm *vm)
{
    while (vm->links != 0) {
        model_ref ref = vm->links;
        struct rm_link *link = model_at(model, ref);
        struct object *object = model_at(model, link->object);
        vm->links = link->next;
        drop_end(model, link->from, &link->send_cap, object);
        drop_end(model, link->to, &link->receive_cap, object);
        gunyah_model_object_revoke(model, object);
        gunyah_model_object_release(model, link->object);
        gunyah_model_heap_free(model, ref);
    }
    gunyah_model_object_reap(model);
    leave_links(model, vm);
    gunyah_model_rm_channel_close(model, vm);
    vm->console = vm->console_open = vm->console_open_owner = false;
}
