// SPDX-License-Identifier: BSD-3-Clause
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define PAGE UINT64_C(0x1000)
#define CHUNK UINT64_C(0x10000)
#define CHUNKS ((PLATFORM_RAM_LAST - PLATFORM_RAM_FIRST + 1) / CHUNK)

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

/** The bytes from an address of RAM to the end of its chunk, there or made. */
static uint8_t *bytes_at(struct memory *memory, uint64_t address)
{
    uint8_t **chunk = &memory->chunks[(address - PLATFORM_RAM_FIRST) / CHUNK];
    if (*chunk == NULL)
        *chunk = calloc(1, CHUNK);
    if (*chunk == NULL)
        abort();
    return *chunk + (address - PLATFORM_RAM_FIRST) % CHUNK;
}

static size_t within_page(uint64_t address, size_t size)
{
    const uint64_t left = PAGE - address % PAGE;
    return size < left ? size : (size_t)left;
}

enum gunyah_model_memory memory_read(struct memory *memory, uint64_t address, void *to, size_t size)
{
    uint8_t *bytes = to;
    while (size != 0) {
        const size_t now = within_page(address, size);
        const enum gunyah_model_memory kind = platform_memory(address);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memcpy(bytes, bytes_at(memory, address), now);
        address += now;
        bytes += now;
        size -= now;
    }
    return GUNYAH_MODEL_MEMORY_OK;
}

enum gunyah_model_memory memory_write(struct memory *memory, uint64_t address, const void *from, size_t size)
{
    const uint8_t *bytes = from;
    while (size != 0) {
        const size_t now = within_page(address, size);
        const enum gunyah_model_memory kind = platform_memory(address);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memcpy(bytes_at(memory, address), bytes, now);
        address += now;
        bytes += now;
        size -= now;
    }
    return GUNYAH_MODEL_MEMORY_OK;
}
