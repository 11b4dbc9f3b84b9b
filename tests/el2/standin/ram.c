// SPDX-License-Identifier: BSD-3-Clause
// The physical memory of the platform: the RAM of its primary VM, and what extents are made of. It lies further up in the machine,
// but for the guest's own memory, and each piece of it is cleared when it is used first.
#include "standin.h"

#include "../protocol.h"

#include <platform.h>

#include <string.h>

#define CHUNK UINT64_C(0x10000)
#define CHUNKS ((PLATFORM_FREE_LAST - PLATFORM_RAM_FIRST + 1) / CHUNK)
#define PAGE_SIZE UINT64_C(0x1000)

static bool used[CHUNKS];

void standin_ram_reset(void)
{
    memset(used, 0, sizeof(used));
}

void standin_clear(void *place, size_t size)
{
    volatile uint64_t *words = place;

    for (size_t i = 0; i < size / sizeof(*words); i++)
        words[i] = 0;
}

void *standin_ram(uint64_t address)
{
    const uint64_t chunk = (address - PLATFORM_RAM_FIRST) / CHUNK;

    if (address >= EL2_GUEST_BASE && address < EL2_GUEST_END)
        return (unsigned char *)standin_memory_of(0) + (address - EL2_GUEST_BASE);
    if (address < PLATFORM_RAM_FIRST || address > PLATFORM_FREE_LAST)
        return NULL;
    unsigned char *first = (unsigned char *)(uintptr_t)(PLATFORM_RAM_FIRST + EL2_PLATFORM_DISTANCE);
    if (!used[chunk])
        standin_clear(first + chunk * CHUNK, CHUNK);
    used[chunk] = true;
    return first + (address - PLATFORM_RAM_FIRST);
}

void standin_put(void *context, uint64_t address, const void *from, uint64_t size)
{
    const unsigned char *bytes = from;

    (void)context;
    for (uint64_t part, done = 0; done < size; done += part) {
        void *place = standin_ram(address + done);
        const uint64_t left = PAGE_SIZE - ((address + done) & (PAGE_SIZE - 1));
        part = size - done < left ? size - done : left;
        if (place == NULL)
            standin_stop("the model writes where the platform has no memory");
        if (from == NULL)
            memset(place, 0, part);
        else
            memcpy(place, bytes + done, part);
    }
}
