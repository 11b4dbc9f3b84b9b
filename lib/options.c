// SPDX-License-Identifier: BSD-3-Clause
// Option structs begin with their size, so that callers compiled with older or newer headers are understood.
#include "internal.h"

#include <string.h>

bool gunyah_internal_options(void *to, size_t size, const void *from)
{
    const unsigned char *bytes = from;
    size_t given;

    memcpy(&given, from, sizeof(given));
    if (given < size)
        return false;
    memcpy(to, from, size);
    for (size_t i = size; i < given; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}
