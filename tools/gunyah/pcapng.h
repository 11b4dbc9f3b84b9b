// SPDX-License-Identifier: BSD-3-Clause
// Writes pcapng: a section, interfaces, and packets with times in nanoseconds.
#ifndef GUNYAH_PCAPNG_H
#define GUNYAH_PCAPNG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Link types that are free for private use.
#define PCAPNG_USER0 147
#define PCAPNG_USER1 148

enum pcapng_direction { PCAPNG_UNKNOWN = 0, PCAPNG_INBOUND = 1, PCAPNG_OUTBOUND = 2 };

struct pcapng_packet {
    uint32_t interface; // 0 for the first one
    enum pcapng_direction direction;
    uint64_t time_ns;
    const void *bytes;
    uint32_t size;
};

// Begins a file. Whether all of it arrived, ferror() tells in the end.
void pcapng_begin(FILE *file, const char *application);

// Interfaces count from 0, in the order in which they are added.
void pcapng_add_interface(FILE *file, uint16_t link_type, const char *name);

void pcapng_add_packet(FILE *file, const struct pcapng_packet *packet);

#endif
