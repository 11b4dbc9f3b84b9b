// SPDX-License-Identifier: BSD-3-Clause
// Events, made of notifications.
#include "client.h"
#include "messages.h"

// The members of an event begin with the fields of their notification, in its order.
static const struct {
    uint32_t id;
    uint64_t shape;
} kinds[] = {
    {GUNYAH_RM_NOTIFY_VM_STATUS, RM_SHAPE_NOTIFY_VM_STATUS},
    {GUNYAH_RM_NOTIFY_VM_EXITED, RM_SHAPE_NOTIFY_VM_EXITED},
    {GUNYAH_RM_NOTIFY_VM_SHUTDOWN, RM_SHAPE_NOTIFY_VM_SHUTDOWN},
    {GUNYAH_RM_NOTIFY_MEM_SHARED, RM_SHAPE_NOTIFY_MEM_SHARED},
    {GUNYAH_RM_NOTIFY_MEM_ACCEPTED, RM_SHAPE_MEM_PARTICIPANT},
    {GUNYAH_RM_NOTIFY_MEM_RELEASED, RM_SHAPE_MEM_PARTICIPANT},
    {GUNYAH_RM_NOTIFY_MEM_RECALL, RM_SHAPE_NOTIFY_MEM_RECALL},
    {GUNYAH_RM_NOTIFY_VM_IRQ_LENT, RM_SHAPE_NOTIFY_VM_IRQ_LENT},
    {GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED, RM_SHAPE_HANDLE},
    {GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED, RM_SHAPE_HANDLE},
    {GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS, RM_SHAPE_NOTIFY_VM_CONSOLE_CHARS},
};

static bool read_fields(uint32_t id, const uint8_t *bytes, size_t size, void *member)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].id == id)
            return gunyah_rm_unpack(kinds[i].shape, member, bytes, size);
    }
    return true;
}

// False: the payload is too short for what it is.
static bool read_event(const struct rm_record *record, struct gunyah_rm_event *event)
{
    const uint8_t *bytes = (const uint8_t *)(record + 1);
    const size_t size = record->size;

    *event = (struct gunyah_rm_event){.id = record->id, .payload = bytes, .size = size};
    if (!read_fields(record->id, bytes, size, &event->vm_status))
        return false;
    if (record->id == GUNYAH_RM_NOTIFY_VM_EXITED) {
        event->vm_exited.reason = bytes + GUNYAH_RM_NOTIFY_VM_EXITED_SIZE;
        return event->vm_exited.reason_size <= size - GUNYAH_RM_NOTIFY_VM_EXITED_SIZE;
    }
    if (record->id == GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS) {
        event->console.text = (const char *)bytes + GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS_SIZE;
        return event->console.size <= size - GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS_SIZE;
    }
    return true;
}

bool gunyah_internal_rm_next_event(struct rm *rm, struct gunyah_rm_event *event)
{
    const struct rm_record *record;

    while ((record = gunyah_internal_rm_events_next(&rm->events)) != NULL) {
        if (read_event(record, event))
            return true;
        rm->counters.malformed++;
    }
    return false;
}
