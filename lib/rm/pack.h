// SPDX-License-Identifier: BSD-3-Clause
// The fields of a message as bytes: packed, little-endian, at any address.
#ifndef GUNYAH_RM_PACK_H
#define GUNYAH_RM_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A shape has one hexadecimal digit for each field, the first one in the lowest bits: 1, 2, 4 and 8 are the bytes of a
// field; 9 to c are 1 to 4 reserved bytes, which the struct of the message does not have. The fields of a struct have its
// order and these sizes, and are aligned as C aligns them.

/** Write the fields of a struct; reserved bytes become 0. @return how many bytes were written. */
size_t gunyah_rm_pack(uint64_t shape, const void *message, uint8_t *bytes);

/** Read the fields of a struct; reserved bytes are not looked at. @return false, and the struct is as it was, when there are
    fewer bytes than the shape has. */
bool gunyah_rm_unpack(uint64_t shape, void *message, const uint8_t *bytes, size_t size);

#endif
