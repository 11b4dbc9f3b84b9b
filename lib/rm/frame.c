// SPDX-License-Identifier: BSD-3-Clause
#include "frame.h"

#include <string.h>

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
