// SPDX-License-Identifier: BSD-3-Clause
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK UINT64_C(0x10000)
#define CHUNKS ((PLATFORM_FREE_LAST - PLATFORM_RAM_FIRST + 1) / CHUNK)

struct memory {
    uint8_t *chunks[CHUNKS]; // NULL: never written, all zero
};

struct memory *memory_new(void)
{
    return calloc(1, sizeof(struct memory));
}

void memory_free(struct memory *memory)
{
    if (memory == NULL)
        return;
    for (size_t i = 0; i < CHUNKS; i++)
        free(memory->chunks[i]);
    free(memory);
}

static size_t chunk_of(uint64_t address)
{
    return (size_t)((address - PLATFORM_RAM_FIRST) / CHUNK);
}

static size_t within_chunk(uint64_t address, uint64_t size)
{
    const uint64_t left = CHUNK - address % CHUNK;
    return (size_t)(size < left ? size : left);
}

void memory_read(const struct memory *memory, uint64_t address, void *to, size_t size)
{
    uint8_t *bytes = to;
    for (size_t now; size != 0; address += now, bytes += now, size -= now) {
        const uint8_t *chunk = memory->chunks[chunk_of(address)];
        now = within_chunk(address, size);
        if (chunk != NULL)
            memcpy(bytes, chunk + address % CHUNK, now);
        else
            memset(bytes, 0, now);
    }
}

bool memory_write(struct memory *memory, uint64_t address, const void *from, size_t size)
{
    const uint8_t *bytes = from;
    for (size_t now; size != 0; address += now, bytes += now, size -= now) {
        uint8_t **chunk = &memory->chunks[chunk_of(address)];
        now = within_chunk(address, size);
        if (*chunk == NULL)
            *chunk = calloc(1, CHUNK);
        if (*chunk == NULL)
            return false;
        memcpy(*chunk + address % CHUNK, bytes, now);
    }
    return true;
}

void memory_clear(struct memory *memory, uint64_t address, uint64_t size)
{
    for (size_t now; size != 0; address += now, size -= now) {
        uint8_t **chunk = &memory->chunks[chunk_of(address)];
        now = within_chunk(address, size);
        if (*chunk != NULL)
            memset(*chunk + address % CHUNK, 0, now);
    }
}
