// SPDX-License-Identifier: BSD-3-Clause
// What each object has, and which others it knows.
#include "audit.h"
#include "watchdog.h"

bool gunyah_model_audit_find_source(struct audit *audit, const struct object *object, const struct source *source,
                                    enum source_kind kind)
{
    if (source->owner != model_ref_of(audit->model, object) || source->kind != (uint32_t)kind)
        return gunyah_model_audit_fail(audit, "a source of interrupts belongs to another object");
    gunyah_model_audit_put(audit, model_ref_of(audit->model, source), AUDIT_SOURCE);
    if (source->vic == 0)
        return true;
    if (!gunyah_model_audit_is_active(object))
        return gunyah_model_audit_fail(audit, "an object that is not active has an interrupt");
    return gunyah_model_audit_object(audit, source->vic, GUNYAH_OBJECT_TYPE_VIC) != NULL;
}

// ---- capability spaces

static bool find_cap(struct audit *audit, const struct cap *cap, bool used)
{
    static const struct cap none;
    if (!AUDIT_BOOLS(audit, &cap->master))
        return false;
    if (!used && (cap->state != none.state || cap->object != 0 || cap->rights != 0 || cap->master))
        return gunyah_model_audit_fail(audit, "there is a capability in a slot that is free");
    if (!used)
        return true;
    if (cap->state == GUNYAH_CAP_STATE_REVOKED)
        return true;
    if (cap->state != GUNYAH_CAP_STATE_VALID)
        return gunyah_model_audit_fail(audit, "a capability is in a state that none can be in");
    gunyah_model_audit_put(audit, model_ref_of(audit->model, cap), AUDIT_CAP);
    audit->caps++;
    return gunyah_model_audit_object(audit, cap->object, GUNYAH_OBJECT_TYPE_ANY) != NULL;
}

static bool find_table(struct audit *audit, const struct cspace *cspace, uint32_t number, uint32_t *count)
{
    const uint64_t all = (UINT64_C(1) << GUNYAH_CSPACE_TABLE_SLOTS) - 1;
    const bool is_full = (cspace->full[number / 64] >> (number % 64) & 1) != 0;
    if (cspace->tables[number] == 0)
        return !is_full || gunyah_model_audit_fail(audit, "a table of capabilities is full that is not there");
    const struct cap_table *table = gunyah_model_audit_claim(audit, cspace->tables[number], sizeof(struct cap_table));
    if (table == NULL)
        return false;
    if (table->used == 0 || (table->used & ~all) != 0 || (table->used == all) != is_full)
        return gunyah_model_audit_fail(audit, "a table of capabilities does not know its slots");
    for (uint32_t i = 0; i < GUNYAH_CSPACE_TABLE_SLOTS; i++) {
        const bool used = (table->used >> i & 1) != 0;
        *count += used ? 1 : 0;
        if (!find_cap(audit, &table->slots[i], used))
            return false;
    }
    return true;
}

static bool find_cspace(struct audit *audit, const struct cspace *cspace)
{
    uint32_t count = 0;
    if (cspace->factor == 0 || cspace->factor > UINT16_MAX ||
        cspace->inverse != (UINT64_C(1) << 32) / cspace->factor + 1 || cspace->max_caps > GUNYAH_CSPACE_MAX_CAPS)
        return gunyah_model_audit_fail(audit, "a capability space has ids that none can have");
    for (uint32_t i = GUNYAH_CSPACE_TABLES; i < sizeof(cspace->full) * 8; i++) {
        if ((cspace->full[i / 64] >> (i % 64) & 1) != 0)
            return gunyah_model_audit_fail(audit, "a table of capabilities is full that is not there");
    }
    for (uint32_t i = 0; i < GUNYAH_CSPACE_TABLES; i++) {
        if (!find_table(audit, cspace, i, &count))
            return false;
    }
    if (count != cspace->count || count > cspace->max_caps)
        return gunyah_model_audit_fail(audit, "a capability space does not know how many it has");
    return true;
}

// ---- interrupt controllers

static bool find_vic(struct audit *audit, const struct vic *vic)
{
    const bool has_lines = gunyah_model_audit_is_active(&vic->object) && vic->max_virqs != 0;
    if (vic->max_vcpus > GUNYAH_MODEL_MAX_VCPUS || vic->max_virqs > GUNYAH_VIC_MAX_VIRQS ||
        (vic->vm >= GUNYAH_VMID_ROOT && vic->vm != MODEL_NO_VM) || (vic->lines != 0) != has_lines)
        return gunyah_model_audit_fail(audit, "an interrupt controller is what none can be");
    if (has_lines && gunyah_model_audit_claim(audit, vic->lines, vic->max_virqs * sizeof(struct line)) == NULL)
        return false;
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++) {
        if (vic->vcpus[i] != 0 && gunyah_model_audit_object(audit, vic->vcpus[i], GUNYAH_OBJECT_TYPE_THREAD) == NULL)
            return false;
    }
    return true;
}

// ---- doorbells and queues

static bool find_doorbell(struct audit *audit, const struct doorbell *doorbell)
{
    return gunyah_model_audit_find_source(audit, &doorbell->object, &doorbell->source, SOURCE_DOORBELL);
}

static bool find_buffer(struct audit *audit, const struct msgqueue *queue)
{
    if (queue->depth == 0 || queue->max_size == 0 ||
        queue->stride != ((uint32_t)sizeof(uint32_t) + queue->max_size + 3) / 4 * 4 || queue->count > queue->depth ||
        queue->head >= queue->depth || queue->tail != (queue->head + queue->count) % queue->depth)
        return gunyah_model_audit_fail(audit, "a message queue does not know its messages");
    const uint8_t *buffer = gunyah_model_audit_claim(audit, queue->buffer, (uint64_t)queue->stride * queue->depth);
    for (uint32_t i = 0; buffer != NULL && i < queue->depth; i++) {
        const uint32_t *size = (const void *)(buffer + (size_t)i * queue->stride);
        if (*size > queue->max_size)
            return gunyah_model_audit_fail(audit, "a message is longer than its queue allows");
    }
    return buffer != NULL;
}

static bool find_msgqueue(struct audit *audit, const struct msgqueue *queue)
{
    if (!AUDIT_BOOLS(audit, &queue->served) ||
        !gunyah_model_audit_find_source(audit, &queue->object, &queue->send, SOURCE_MSGQUEUE_SEND) ||
        !gunyah_model_audit_find_source(audit, &queue->object, &queue->receive, SOURCE_MSGQUEUE_RECEIVE))
        return false;
    if (queue->depth > GUNYAH_MSGQUEUE_MAX_DEPTH || queue->max_size > GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE)
        return gunyah_model_audit_fail(audit, "a message queue is larger than any can be");
    if (queue->served && audit->model->rm == 0)
        return gunyah_model_audit_fail(audit, "a message queue leads to a Resource Manager that is not there");
    return !gunyah_model_audit_is_active(&queue->object) || find_buffer(audit, queue);
}

// ---- memory

static bool find_addrspace(struct audit *audit, const struct addrspace *addrspace)
{
    if (addrspace->vmid >= MODEL_VMIDS)
        return gunyah_model_audit_fail(audit, "an address space has a VMID that none can have");
    return gunyah_model_audit_ranges(audit, addrspace->table, UINT64_MAX) &&
           gunyah_model_audit_ranges(audit, addrspace->vmmio, UINT64_MAX) &&
           gunyah_model_audit_ranges(audit, addrspace->vdevices, UINT64_MAX) &&
           gunyah_model_audit_may_hold(audit, addrspace->info_area, GUNYAH_OBJECT_TYPE_MEMEXTENT) &&
           gunyah_model_audit_may_hold(audit, addrspace->vrtc, GUNYAH_OBJECT_TYPE_VRTC);
}

static bool find_mapping(struct audit *audit, const struct memextent *extent, const struct extent_mapping *mapping)
{
    if ((mapping->addrspace == 0) != (mapping->ranges == 0))
        return gunyah_model_audit_fail(audit, "a mapping of memory has no ranges, or no address space");
    if (mapping->addrspace == 0)
        return true;
    const struct object *addrspace = gunyah_model_audit_object(audit, mapping->addrspace, GUNYAH_OBJECT_TYPE_ADDRSPACE);
    if (addrspace == NULL || !gunyah_model_audit_ranges(audit, mapping->ranges, extent->size - 1))
        return false;
    if (!gunyah_model_audit_is_active(addrspace) || !gunyah_model_audit_is_active(&extent->object))
        return gunyah_model_audit_fail(audit, "memory is mapped that is not active, or where nothing can be mapped");
    return true;
}

static bool find_memextent(struct audit *audit, const struct memextent *extent)
{
    const bool is_active = gunyah_model_audit_is_active(&extent->object);
    if (!gunyah_model_audit_may_hold(audit, extent->parent, GUNYAH_OBJECT_TYPE_MEMEXTENT))
        return false;
    if ((is_active && extent->size == 0) || (extent->size != 0 && extent->size - 1 > UINT64_MAX - extent->base))
        return gunyah_model_audit_fail(audit, "memory has a size that none can have");
    if (!is_active && (extent->next != 0 || extent->previous != 0 || extent->device != 0))
        return gunyah_model_audit_fail(audit, "memory that is not active is used");
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        if (!find_mapping(audit, extent, &extent->mappings[i]))
            return false;
    }
    return extent->device == 0 ||
           gunyah_model_audit_object(audit, extent->device, GUNYAH_OBJECT_TYPE_VIRTIO_MMIO) != NULL;
}

// ---- virtio devices

static bool are_entries(struct audit *audit, const struct virtio_input_entry *entries, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (entries[i].size > VIRTIO_INPUT_DATA)
            return gunyah_model_audit_fail(audit, "an input device answers more than it has room for");
    }
    return true;
}

static bool find_virtio(struct audit *audit, const struct virtio_mmio *device)
{
    const uint32_t count = device->event_types + device->axes;
    if (!AUDIT_BOOLS(audit, &device->is_input) ||
        !gunyah_model_audit_find_source(audit, &device->object, &device->backend, SOURCE_VIRTIO_BACKEND) ||
        !gunyah_model_audit_find_source(audit, &device->object, &device->frontend, SOURCE_VIRTIO_FRONTEND) ||
        !gunyah_model_audit_may_hold(audit, device->extent, GUNYAH_OBJECT_TYPE_MEMEXTENT) ||
        !are_entries(audit, device->fixed, sizeof(device->fixed) / sizeof(device->fixed[0])))
        return false;
    if (device->queue_count > GUNYAH_VIRTIO_MAX_QUEUES || device->driver_word >= 2 ||
        device->queue >= GUNYAH_VIRTIO_MAX_QUEUES || device->event_types > VIRTIO_INPUT_EVENT_TYPES ||
        device->axes > VIRTIO_INPUT_ABS_AXES || (device->entries != 0) != (count != 0) ||
        (gunyah_model_audit_is_active(&device->object) && device->extent == 0))
        return gunyah_model_audit_fail(audit, "a virtio device is what none can be");
    if (count == 0)
        return true;
    const struct virtio_input_entry *entries =
        gunyah_model_audit_claim(audit, device->entries, count * sizeof(struct virtio_input_entry));
    return entries != NULL && are_entries(audit, entries, count);
}

// ---- watchdogs

/** The time that it has counted lies between the start of time and now. */
static bool is_time_left(const struct gunyah_model *model, const struct watchdog *watchdog)
{
    const uint64_t time = (watchdog->bites_next ? watchdog->bite_ms : watchdog->bark_ms) * WATCHDOG_NS_PER_MS;
    return watchdog->left == GUNYAH_MODEL_NEVER || time - watchdog->left <= model->now;
}

static bool find_watchdog(struct audit *audit, const struct watchdog *watchdog)
{
    if (!AUDIT_BOOLS(audit, &watchdog->critical, &watchdog->enabled, &watchdog->resumes, &watchdog->bites_next) ||
        !gunyah_model_audit_find_source(audit, &watchdog->object, &watchdog->bark, SOURCE_WATCHDOG_BARK) ||
        !gunyah_model_audit_find_source(audit, &watchdog->object, &watchdog->bite, SOURCE_WATCHDOG_BITE))
        return false;
    if (watchdog->bark_ms > WATCHDOG_LONGEST_MS || watchdog->bite_ms > WATCHDOG_LONGEST_MS ||
        watchdog->freezes > WATCHDOG_MAX_FREEZES || (watchdog->vm >= GUNYAH_VMID_ROOT && watchdog->vm != MODEL_NO_VM) ||
        watchdog->pet > audit->model->now || !is_time_left(audit->model, watchdog))
        return gunyah_model_audit_fail(audit, "a watchdog is what none can be");
    if ((watchdog->enabled || watchdog->freezes != 0) && !gunyah_model_audit_is_active(&watchdog->object))
        return gunyah_model_audit_fail(audit, "a watchdog is used that is not active");
    if (watchdog->freezes != 0 ? watchdog->enabled : watchdog->resumes)
        return gunyah_model_audit_fail(audit, "a watchdog counts that is frozen, or is to go on and is not");
    return true;
}

// ---- clocks

static bool find_vrtc(struct audit *audit, const struct vrtc *vrtc)
{
    const bool is_placed = vrtc->ipa != VRTC_NOWHERE;
    if ((is_placed && (vrtc->ipa % VRTC_SIZE != 0 || vrtc->ipa > UINT64_MAX - VRTC_SIZE)) ||
        (!is_placed && gunyah_model_audit_is_active(&vrtc->object)))
        return gunyah_model_audit_fail(audit, "a clock is where none can be");
    return true;
}

bool gunyah_model_audit_find(struct audit *audit, struct object *object)
{
    void *self = object;
    switch ((enum gunyah_object_type)object->type) {
    case GUNYAH_OBJECT_TYPE_ADDRSPACE:
        return find_addrspace(audit, self);
    case GUNYAH_OBJECT_TYPE_CSPACE:
        return find_cspace(audit, self);
    case GUNYAH_OBJECT_TYPE_DOORBELL:
        return find_doorbell(audit, self);
    case GUNYAH_OBJECT_TYPE_MEMEXTENT:
        return find_memextent(audit, self);
    case GUNYAH_OBJECT_TYPE_MSGQUEUE:
        return find_msgqueue(audit, self);
    case GUNYAH_OBJECT_TYPE_PARTITION:
        return true;
    case GUNYAH_OBJECT_TYPE_THREAD:
        return gunyah_model_audit_find_thread(audit, self);
    case GUNYAH_OBJECT_TYPE_VIC:
        return find_vic(audit, self);
    case GUNYAH_OBJECT_TYPE_VIRTIO_MMIO:
        return find_virtio(audit, self);
    case GUNYAH_OBJECT_TYPE_VPM_GROUP:
        return gunyah_model_audit_find_group(audit, self);
    case GUNYAH_OBJECT_TYPE_WATCHDOG:
        return find_watchdog(audit, self);
    case GUNYAH_OBJECT_TYPE_VRTC:
        return find_vrtc(audit, self);
    case GUNYAH_OBJECT_TYPE_HWIRQ:
    case GUNYAH_OBJECT_TYPE_ANY:
        break;
    }
    return gunyah_model_audit_fail(audit, "there is an object of no type that there is");
}
