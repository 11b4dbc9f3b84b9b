// SPDX-License-Identifier: BSD-3-Clause
#include "pack.h"

// A field has the same bytes on both sides.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "messages are little-endian, and so is this machine");

#define LARGEST_FIELD 8

// How many reserved bytes a digit of a shape stands for.
static size_t reserved(size_t digit)
{
    return digit > LARGEST_FIELD ? digit - LARGEST_FIELD : 0;
}

static size_t align(size_t offset, size_t width)
{
    return (offset + width - 1) & ~(width - 1);
}

size_t gunyah_rm_pack(uint64_t shape, const void *message, uint8_t *bytes)
{
    const uint8_t *const fields = message;
    uint8_t *next = bytes;
    size_t field = 0;

    for (; shape != 0; shape >>= 4) {
        size_t left = shape & 0xf;

        if (reserved(left) != 0) {
            for (left = reserved(left); left > 0; left--)
                *next++ = 0;
            continue;
        }
        for (field = align(field, left); left > 0; left--)
            *next++ = fields[field++];
    }
    return (size_t)(next - bytes);
}

static size_t size_of(uint64_t shape)
{
    size_t size = 0;

    for (; shape != 0; shape >>= 4) {
        const size_t digit = shape & 0xf;

        size += reserved(digit) != 0 ? reserved(digit) : digit;
    }
    return size;
}

bool gunyah_rm_unpack(uint64_t shape, void *message, const uint8_t *bytes, size_t size)
{
    uint8_t *const fields = message;
    size_t field = 0;

    if (size < size_of(shape))
        return false;
    for (; shape != 0; shape >>= 4) {
        size_t left = shape & 0xf;

        if (reserved(left) != 0) {
            bytes += reserved(left);
            continue;
        }
        for (field = align(field, left); left > 0; left--)
            fields[field++] = *bytes++;
    }
    return true;
}
