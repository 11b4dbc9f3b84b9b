// SPDX-License-Identifier: BSD-3-Clause
// The frame of a save: what its header says, before any part of it is looked at.
#ifndef GUNYAH_SIM_FRAME_H
#define GUNYAH_SIM_FRAME_H

#include "sim_internal.h"

// The first byte is no letter, and line ends of both kinds come behind: who takes the bytes for a text changes them here.
#define SIM_SAVE_MAGIC "\211GSIM\r\n\032"
#define SIM_SAVE_MAGIC_SIZE 8
#define SIM_SAVE_FORMAT 1 // Grows when the header, or the rules of the parts, change.
#define SIM_SAVE_HEADER 48
#define SIM_SAVE_CHECKSUM 40 // Where it is; the checksum is that of all bytes with zeros there.
#define SIM_SAVE_ALIGNMENT 8 // Of the parts.

#define SIM_LITTLE_ENDIAN 1
#define SIM_BIG_ENDIAN 2

// How this machine has numbers in its memory, and the model's state with them.
static inline uint32_t gunyah_internal_sim_byte_order(void)
{
    const uint16_t one = 1;

    return *(const unsigned char *)&one == 1 ? SIM_LITTLE_ENDIAN : SIM_BIG_ENDIAN;
}

// save.c
size_t gunyah_internal_sim_save_size(const struct gunyah_sim *sim);
void gunyah_internal_sim_save(const struct gunyah_sim *sim, void *bytes, size_t size); // Of that size.

#endif
