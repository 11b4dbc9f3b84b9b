// SPDX-License-Identifier: BSD-3-Clause
// The ioctls of every driver behind a /dev/gunyah, and the numbers in what they share with a program.
#ifndef GUNYAH_IOCTLS_H
#define GUNYAH_IOCTLS_H

#include "facts.h"

struct ioctl_row {
    uint32_t number;
    const char *name;
    const char *on; // which file takes it
    const char *drivers;
    const char *argument; // layout, offset and type of each field; NULL: a plain number, or nothing
    const char *text;
};

// The last rows have the name NULL.
extern const struct ioctl_row ioctl_rows[];
extern const struct fact_kind ioctl_kinds[];

#endif
