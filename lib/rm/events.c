// SPDX-License-Identifier: BSD-3-Clause
#include "events.h"

// With its payload, up to where the next record may begin.
static uint32_t record_size(uint32_t payload)
{
    const uint32_t unit = sizeof(struct rm_record);

    return unit + (payload + unit - 1) / unit * unit;
}

static struct rm_record *record_at(const struct rm_events *events, uint32_t offset)
{
    return (struct rm_record *)(void *)(events->memory + offset);
}

struct rm_record *gunyah_internal_rm_events_reserve(struct rm_events *events, uint32_t size)
{
    const uint32_t needed = record_size(size);

    if (events->count == 0)
        events->head = events->tail = events->end = 0;
    const uint32_t limit = events->end != 0 ? events->head : events->capacity;
    if (needed <= limit - events->tail)
        return record_at(events, events->tail);
    if (events->end != 0 || needed > events->head)
        return NULL;
    events->end = events->tail;
    events->tail = 0;
    return record_at(events, 0);
}

void gunyah_internal_rm_events_commit(struct rm_events *events)
{
    events->tail += record_size(record_at(events, events->tail)->size);
    events->count++;
}

static void release_oldest(struct rm_events *events)
{
    events->head += record_size(record_at(events, events->head)->size);
    if (events->head == events->end)
        events->head = events->end = 0;
    events->count--;
    events->held = false;
}

const struct rm_record *gunyah_internal_rm_events_next(struct rm_events *events)
{
    if (events->held)
        release_oldest(events);
    if (events->count == 0)
        return NULL;
    events->held = true;
    return record_at(events, events->head);
}
