// SPDX-License-Identifier: BSD-3-Clause
// The bytes of a save: numbers, texts, and the checksum over all of them.

#include "save.h"

#include <string.h>

// CRC-64 as ECMA-182 has it, with the lowest bit first and both ends inverted: finds every change within 64 bits in a
// row, and leaves any other one in 2^64 undetected.
#define POLYNOMIAL UINT64_C(0xc96c5795d7870f42)
#define NIBBLES 16

void gunyah_internal_sim_put(struct sim_writer *writer, const void *bytes, size_t size)
{
    if (writer->bytes != NULL && size != 0)
        memcpy(writer->bytes + writer->at, bytes, size);
    writer->at += size;
}

static void put_number(struct sim_writer *writer, uint64_t value, size_t size)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    gunyah_internal_sim_put(writer, bytes, size);
}

void gunyah_internal_sim_put32(struct sim_writer *writer, uint32_t value)
{
    put_number(writer, value, 4);
}

void gunyah_internal_sim_put64(struct sim_writer *writer, uint64_t value)
{
    put_number(writer, value, 8);
}

void gunyah_internal_sim_put_text(struct sim_writer *writer, const char *text, size_t size)
{
    const size_t length = strlen(text);

    for (size_t i = 0; i < size; i++)
        put_number(writer, i < length ? (unsigned char)text[i] : 0, 1);
}

void gunyah_internal_sim_get(struct sim_reader *reader, void *bytes, size_t size)
{
    memset(bytes, 0, size);
    if (size > reader->size - reader->at) {
        reader->at = reader->size;
        reader->failed = true;
        return;
    }
    memcpy(bytes, reader->bytes + reader->at, size);
    reader->at += size;
}

static uint64_t get_number(struct sim_reader *reader, size_t size)
{
    unsigned char bytes[8];
    uint64_t value = 0;

    gunyah_internal_sim_get(reader, bytes, size);
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

uint32_t gunyah_internal_sim_get32(struct sim_reader *reader)
{
    return (uint32_t)get_number(reader, 4);
}

uint64_t gunyah_internal_sim_get64(struct sim_reader *reader)
{
    return get_number(reader, 8);
}

bool gunyah_internal_sim_get_text(struct sim_reader *reader, char *text, size_t size)
{
    gunyah_internal_sim_get(reader, text, size);
    return memchr(text, '\0', size) != NULL;
}

bool gunyah_internal_sim_get_bool(struct sim_reader *reader)
{
    const uint32_t value = gunyah_internal_sim_get32(reader);

    if (value > 1)
        reader->failed = true;
    return value == 1;
}

static void fill(uint64_t table[NIBBLES])
{
    for (uint64_t i = 0; i < NIBBLES; i++) {
        table[i] = i;
        for (int bit = 0; bit < 4; bit++)
            table[i] = table[i] >> 1 ^ ((table[i] & 1) != 0 ? POLYNOMIAL : 0);
    }
}

uint64_t gunyah_internal_sim_checksum(const void *bytes, size_t size, uint64_t before)
{
    const unsigned char *next = bytes;
    uint64_t table[NIBBLES];
    uint64_t crc = ~before;

    fill(table);
    for (size_t i = 0; i < size; i++) {
        crc ^= next[i];
        crc = crc >> 4 ^ table[crc & (NIBBLES - 1)];
        crc = crc >> 4 ^ table[crc & (NIBBLES - 1)];
    }
    return ~crc;
}
