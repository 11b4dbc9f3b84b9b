// SPDX-License-Identifier: BSD-3-Clause
// Notifications that came and were not asked for yet: a ring of records, each in one piece.
#ifndef GUNYAH_RM_EVENTS_H
#define GUNYAH_RM_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Begins a record; the payload follows. Records are aligned to its size.
struct rm_record {
    uint32_t id;
    uint32_t size; // of the payload
};

// Empty when all is 0 behind the capacity.
struct rm_events {
    uint8_t *memory;   // aligned to 8
    uint32_t capacity; // a multiple of 8
    uint32_t head;     // the oldest record
    uint32_t tail;     // where the next one begins
    uint32_t end;      // of the records at the end of the memory, once newer ones begin at its start; else 0
    uint32_t count;
    bool held; // the oldest record was handed out
};

// Room for a record of up to this much payload: nothing of it is there until it is committed, and there is one at a
// time. Null if there is no room.
struct rm_record *gunyah_internal_rm_events_reserve(struct rm_events *events, uint32_t size);

// The reserved record is complete; its size has been set, and is not more than what was reserved.
void gunyah_internal_rm_events_commit(struct rm_events *events);

// The oldest record, until the next call of this; null if there is none.
const struct rm_record *gunyah_internal_rm_events_next(struct rm_events *events);

#endif
