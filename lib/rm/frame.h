// SPDX-License-Identifier: BSD-3-Clause
// Packets of the Resource Manager's protocol: what their headers say, and the memory that their payload is in.
#ifndef GUNYAH_RM_FRAME_H
#define GUNYAH_RM_FRAME_H

#include "messages.h"

static inline enum gunyah_rm_packet_type rm_packet_type(const struct rm_header *header)
{
    return (enum gunyah_rm_packet_type)(header->type & GUNYAH_RM_TYPE_MASK);
}

// Continuations of the message; the same in each packet of it.
static inline unsigned rm_fragments(const struct rm_header *header)
{
    return header->type >> GUNYAH_RM_FRAGMENTS_SHIFT;
}

// Continuations that a message of this size needs, with this much payload in a packet.
static inline size_t rm_fragments_for(size_t size, size_t payload)
{
    return size == 0 ? 0 : (size - 1) / payload;
}

static inline uint8_t rm_header_type(enum gunyah_rm_packet_type type, size_t fragments)
{
    return (uint8_t)((unsigned)type | (unsigned)fragments << GUNYAH_RM_FRAGMENTS_SHIFT);
}

// One of several pieces of memory that a payload is gathered from, without a copy in between; or is scattered to.
struct rm_piece {
    union {
        const void *from;
        void *to;
    };
    size_t size;
};

// What all pieces have together; SIZE_MAX if that is too much to say.
size_t gunyah_internal_rm_total(const struct rm_piece *pieces, size_t count);

// Copy size bytes from this offset of the whole on, or as many as there are.
void gunyah_internal_rm_gather(const struct rm_piece *pieces, size_t count, size_t offset, void *to, size_t size);

// Copy size bytes to this offset of the whole. False: not all of them fit.
bool gunyah_internal_rm_scatter(const struct rm_piece *pieces, size_t count, size_t offset, const void *from,
                                size_t size);

#endif
