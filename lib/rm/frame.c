// SPDX-License-Identifier: BSD-3-Clause
#include "frame.h"

#include <string.h>

bool gunyah_internal_rm_read_header(const uint8_t *packet, size_t size, struct rm_header *header)
{
    return rm_get_header(packet, size, header) && header->api == GUNYAH_RM_API &&
           rm_fragments(header) <= GUNYAH_RM_MAX_FRAGMENTS;
}

static bool continues(const struct rm_assembly *assembly, const struct rm_header *header)
{
    return assembly->missing != 0 && rm_fragments(header) == rm_fragments(&assembly->first) &&
           header->sequence == assembly->first.sequence && header->id == assembly->first.id;
}

enum rm_step gunyah_internal_rm_assemble(struct rm_assembly *assembly, const struct rm_header *header)
{
    if (rm_packet_type(header) != GUNYAH_RM_PACKET_TYPE_CONTINUATION) {
        assembly->first = *header;
        assembly->missing = rm_fragments(header);
        return RM_STEP_FIRST;
    }
    if (!continues(assembly, header))
        return RM_STEP_STRAY;
    assembly->missing--;
    return RM_STEP_NEXT;
}

size_t gunyah_internal_rm_total(const struct rm_piece *pieces, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size = pieces[i].size <= SIZE_MAX - size ? size + pieces[i].size : SIZE_MAX;
    return size;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Either from the pieces to the bytes or from the bytes to the pieces; returns how many bytes are left.
static size_t copy(const struct rm_piece *pieces, size_t count, size_t offset, uint8_t *to, const uint8_t *from,
                   size_t size)
{
    for (; count > 0 && size > 0; pieces++, count--) {
        if (offset >= pieces->size) {
            offset -= pieces->size;
            continue;
        }
        const size_t part = smaller(size, pieces->size - offset);
        if (to != NULL) {
            memcpy(to, (const uint8_t *)pieces->from + offset, part);
            to += part;
        } else {
            memcpy((uint8_t *)pieces->to + offset, from, part);
            from += part;
        }
        size -= part;
        offset = 0;
    }
    return size;
}

void gunyah_internal_rm_gather(const struct rm_piece *pieces, size_t count, size_t offset, void *to, size_t size)
{
    copy(pieces, count, offset, to, NULL, size);
}

bool gunyah_internal_rm_scatter(const struct rm_piece *pieces, size_t count, size_t offset, const void *from,
                                size_t size)
{
    return copy(pieces, count, offset, NULL, from, size) == 0;
}
