// SPDX-License-Identifier: BSD-3-Clause
#include "pack.h"

#include <string.h>

// A field has the same bytes on both sides.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "messages are little-endian, and so is this machine");

#define LARGEST_FIELD 8

static bool is_reserved(size_t digit)
{
    return digit > LARGEST_FIELD;
}

// How many bytes a digit of a shape stands for.
static size_t width_of(size_t digit)
{
    return is_reserved(digit) ? digit - LARGEST_FIELD : digit;
}

static size_t align(size_t offset, size_t width)
{
    return (offset + width - 1) & ~(width - 1);
}

size_t gunyah_rm_pack(uint64_t shape, const void *message, uint8_t *bytes)
{
    size_t field = 0;
    size_t byte = 0;

    for (; shape != 0; shape >>= 4) {
        const size_t digit = shape & 0xf;
        const size_t width = width_of(digit);

        if (is_reserved(digit)) {
            memset(bytes + byte, 0, width);
        } else {
            field = align(field, width);
            memcpy(bytes + byte, (const char *)message + field, width);
            field += width;
        }
        byte += width;
    }
    return byte;
}

static size_t size_of(uint64_t shape)
{
    size_t size = 0;

    for (; shape != 0; shape >>= 4)
        size += width_of(shape & 0xf);
    return size;
}

bool gunyah_rm_unpack(uint64_t shape, void *message, const uint8_t *bytes, size_t size)
{
    size_t field = 0;

    if (size < size_of(shape))
        return false;
    for (; shape != 0; shape >>= 4) {
        const size_t digit = shape & 0xf;
        const size_t width = width_of(digit);

        if (!is_reserved(digit)) {
            field = align(field, width);
            memcpy((char *)message + field, bytes, width);
            field += width;
        }
        bytes += width;
    }
    return true;
}
