// SPDX-License-Identifier: BSD-3-Clause
// Takes the payload of a message of the Resource Manager apart, by the table of messages. A function of bytes.
#ifndef GUNYAH_RM_FIELDS_H
#define GUNYAH_RM_FIELDS_H

#include <gunyah/abi/rm_names.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RM_FIELD_NAME_SIZE 64

struct rm_field {
    char name[RM_FIELD_NAME_SIZE]; // "vmid", or in a list "regions[2].base"
    const char *type;              // NULL: bytes
    uint64_t value;
    const uint8_t *bytes;
    size_t size;
};

typedef void rm_field_fn(void *context, const struct rm_field *field);

// Calls found for every field, in their order. Of several layouts, takes the one that fits to the last byte, or else the
// first one. Returns false if the bytes end too early, or go on behind it: what was there is found all the same.
bool rm_fields_walk(const struct gunyah_rm_layout_info *const layouts[2], const uint8_t *bytes, size_t size,
                    rm_field_fn *found, void *context);

uint64_t rm_fields_read(const uint8_t *bytes, size_t size); // little-endian, at most 8 bytes

#endif
