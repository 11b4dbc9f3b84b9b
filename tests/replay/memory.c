// SPDX-License-Identifier: BSD-3-Clause
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define RAM_FIRST UINT64_C(0x40000000)
#define RAM_LAST UINT64_C(0x7fffffff)
#define CHUNK UINT64_C(0x10000)
#define CHUNKS ((RAM_LAST - RAM_FIRST + 1) / CHUNK)
#define PAGE UINT64_C(0x1000)

struct memory {
    uint8_t *chunks[CHUNKS]; // NULL: never written, all zero
};

/** Device pages that the guest has: the hypervisor stops when it is told to copy from or to them. */
static const struct {
    uint64_t first;
    uint64_t last;
} devices[] = {
    {0x00000000, 0x07ffffff}, // flash
    {0x08080000, 0x0809ffff}, // the interrupt translation service
    {0x09000000, 0x09000fff}, // UART
    {0x09010000, 0x09010fff}, // clock
    {0x09020000, 0x09020fff}, // firmware configuration
    {0x09030000, 0x09030fff}, // GPIO
    {0x0a000000, 0x0a003fff}, // virtio
    {0x10000000, 0x3fffffff}, // PCIe windows
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

static enum gunyah_model_memory kind_of(uint64_t address)
{
    if (address >= RAM_FIRST && address <= RAM_LAST)
        return GUNYAH_MODEL_MEMORY_OK;
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (address >= devices[i].first && address <= devices[i].last)
            return GUNYAH_MODEL_MEMORY_DEVICE;
    }
    return GUNYAH_MODEL_MEMORY_FAULT;
}

/** The bytes from an address of RAM to the end of its chunk, there or made. */
static uint8_t *bytes_at(struct memory *memory, uint64_t address)
{
    uint8_t **chunk = &memory->chunks[(address - RAM_FIRST) / CHUNK];
    if (*chunk == NULL)
        *chunk = calloc(1, CHUNK);
    if (*chunk == NULL)
        abort();
    return *chunk + (address - RAM_FIRST) % CHUNK;
}

static size_t within_page(uint64_t address, size_t size)
{
    uint64_t left = PAGE - address % PAGE;
    return size < left ? size : (size_t)left;
}

enum gunyah_model_memory memory_read(struct memory *memory, uint64_t address, void *to, size_t size)
{
    uint8_t *bytes = to;
    while (size != 0) {
        size_t now = within_page(address, size);
        enum gunyah_model_memory kind = kind_of(address);
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
        size_t now = within_page(address, size);
        enum gunyah_model_memory kind = kind_of(address);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memcpy(bytes_at(memory, address), bytes, now);
        address += now;
        bytes += now;
        size -= now;
    }
    return GUNYAH_MODEL_MEMORY_OK;
}
