// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

#include <options.h>

#include <string.h>

bool gunyah_internal_options(void *to, size_t size, const void *from)
{
    size_t given;

    memcpy(&given, from, sizeof(given));
    if (given < size)
        return false;
    if (to != NULL)
        memcpy(to, from, size);
    return options_known(from, given, size);
}
