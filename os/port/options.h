// SPDX-License-Identifier: BSD-3-Clause
// Option structs that begin with their size, so that callers compiled with older or newer headers are understood.
#ifndef GUNYAH_OPTIONS_H
#define GUNYAH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

// Whether a struct that says it has given bytes can be read as one of known bytes: not smaller, and what this version
// does not know of it is zero.
static inline bool options_known(const void *options, size_t given, size_t known)
{
    const unsigned char *bytes = options;

    if (given < known)
        return false;
    for (size_t i = known; i < given; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

#endif
