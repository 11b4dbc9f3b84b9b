// SPDX-License-Identifier: BSD-3-Clause
// All of a C library that the freestanding library needs, for an embedder that has none.
//
// Loops of bytes, one function a need: no libc below means that there is nothing to call, and the buffers are small.
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *target = to;
    const unsigned char *source = from;

    for (size_t i = 0; i < size; i++)
        target[i] = source[i];
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *target = to;
    const unsigned char *source = from;

    if ((uintptr_t)to <= (uintptr_t)from) {
        for (size_t i = 0; i < size; i++)
            target[i] = source[i];
    } else {
        for (size_t i = size; i > 0; i--)
            target[i - 1] = source[i - 1];
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    unsigned char *target = to;

    for (size_t i = 0; i < size; i++)
        target[i] = (unsigned char)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left;
    const unsigned char *b = right;

    for (size_t i = 0; i < size; i++) {
        if (a[i] != b[i])
            return a[i] - b[i];
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}
