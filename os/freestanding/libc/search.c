// SPDX-License-Identifier: BSD-3-Clause
// What libfdt asks for besides, to read device trees. The library itself does not: they stand in no header.
#include <stdint.h>
#include <string.h>

void *memchr(const void *bytes, int value, size_t size);
char *strrchr(const char *text, int character);
size_t strnlen(const char *text, size_t size);

void *memchr(const void *bytes, int value, size_t size)
{
    const unsigned char *place = bytes;

    for (size_t i = 0; i < size; i++) {
        if (place[i] == (unsigned char)value)
            return (void *)(uintptr_t)&place[i];
    }
    return NULL;
}

char *strrchr(const char *text, int character)
{
    const char *last = NULL;

    // The 0 at the end can be looked for too.
    for (;; text++) {
        if (*text == (char)character)
            last = text;
        if (*text == '\0')
            return (char *)(uintptr_t)last;
    }
}

size_t strnlen(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);

    return end != NULL ? (size_t)(end - text) : size;
}
