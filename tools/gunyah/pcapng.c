// SPDX-License-Identifier: BSD-3-Clause
// The blocks of draft-ietf-opsawg-pcapng, in little-endian whatever the machine is.
#include "pcapng.h"

#include <string.h>

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

#define OPTION_END 0u
#define OPTION_APPLICATION 4u // of a section
#define OPTION_NAME 2u        // of an interface
#define OPTION_RESOLUTION 9u  // likewise
#define OPTION_FLAGS 2u       // of a packet

#define BLOCK_FRAME 12u // type and size, and the size again
#define NANOSECONDS 9   // the negative power of ten

static void put16(FILE *file, uint32_t value)
{
    putc((int)(value & 0xff), file);
    putc((int)(value >> 8 & 0xff), file);
}

static void put32(FILE *file, uint32_t value)
{
    put16(file, value & 0xffff);
    put16(file, value >> 16);
}

static uint32_t padded(uint32_t size)
{
    return (size + 3) & ~3u;
}

static void put_bytes(FILE *file, const void *bytes, uint32_t size)
{
    fwrite(bytes, 1, size, file);
    for (uint32_t i = size; i < padded(size); i++)
        putc(0, file);
}

static uint32_t option_size(uint32_t size)
{
    return 4 + padded(size);
}

static void put_option(FILE *file, uint32_t code, const void *bytes, uint32_t size)
{
    put16(file, code);
    put16(file, size);
    put_bytes(file, bytes, size);
}

void pcapng_begin(FILE *file, const char *application)
{
    const uint32_t length = (uint32_t)strlen(application);
    const uint32_t size = BLOCK_FRAME + 16 + option_size(length) + option_size(0);

    put32(file, BLOCK_SECTION);
    put32(file, size);
    put32(file, BYTE_ORDER_MAGIC);
    put16(file, 1); // version 1.0
    put16(file, 0);
    put32(file, UINT32_MAX); // the size of the section is not known
    put32(file, UINT32_MAX);
    put_option(file, OPTION_APPLICATION, application, length);
    put_option(file, OPTION_END, "", 0);
    put32(file, size);
}

void pcapng_add_interface(FILE *file, uint16_t link_type, const char *name)
{
    const uint8_t resolution = NANOSECONDS;
    const uint32_t length = (uint32_t)strlen(name);
    const uint32_t size = BLOCK_FRAME + 8 + option_size(length) + option_size(1) + option_size(0);

    put32(file, BLOCK_INTERFACE);
    put32(file, size);
    put16(file, link_type);
    put16(file, 0);
    put32(file, 0); // no limit for packets
    put_option(file, OPTION_NAME, name, length);
    put_option(file, OPTION_RESOLUTION, &resolution, 1);
    put_option(file, OPTION_END, "", 0);
    put32(file, size);
}

void pcapng_add_packet(FILE *file, const struct pcapng_packet *packet)
{
    const uint8_t flags[4] = {(uint8_t)packet->direction, 0, 0, 0};
    const uint32_t size = BLOCK_FRAME + 20 + padded(packet->size) + option_size(sizeof(flags)) + option_size(0);

    put32(file, BLOCK_PACKET);
    put32(file, size);
    put32(file, packet->interface);
    put32(file, (uint32_t)(packet->time_ns >> 32));
    put32(file, (uint32_t)packet->time_ns);
    put32(file, packet->size); // captured
    put32(file, packet->size); // and on the way
    put_bytes(file, packet->bytes, packet->size);
    put_option(file, OPTION_FLAGS, flags, sizeof(flags));
    put_option(file, OPTION_END, "", 0);
    put32(file, size);
}
