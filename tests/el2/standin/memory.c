// SPDX-License-Identifier: BSD-3-Clause
// What a guest can reach, by itself and through a call. The guest has its MMU off, and intermediate addresses are real
// ones, so that an address in a call is one of the machine.
#include "standin.h"

#include "../protocol.h"
#include "../sysreg.h"

#include <string.h>

SYSREG_WRITE(vtcr_el2)
SYSREG_WRITE(vttbr_el2)

#define ENTRIES 512
#define GIB_SHIFT 30
#define BLOCK_SHIFT 21
#define TABLE 0x3u
// A block: normal write-back memory, inner shareable, read and write, access flag.
#define BLOCK 0x7fdu
// 32 bits of addresses, 4 KiB pages, starting at level 1, inner shareable write-back walks.
#define VTCR 0x80003560u

static uint64_t gibibytes[ENTRIES] __attribute__((aligned(4096)));
static uint64_t blocks[ENTRIES] __attribute__((aligned(4096)));

void standin_map_guest(void)
{
    gibibytes[EL2_GUEST_BASE >> GIB_SHIFT] = (uint64_t)(uintptr_t)blocks | TABLE;
    for (uint64_t address = EL2_GUEST_BASE; address < EL2_GUEST_END; address += UINT64_C(1) << BLOCK_SHIFT)
        blocks[(address >> BLOCK_SHIFT) % ENTRIES] = address | BLOCK;
    write_vtcr_el2(VTCR);
    write_vttbr_el2((uint64_t)(uintptr_t)gibibytes);
    __asm__ volatile("dsb ish\n\ttlbi vmalls12e1is\n\tdsb ish\n\tisb" : : : "memory");
}

static bool is_inside(uint64_t address, size_t size, uint64_t start, uint64_t end)
{
    return address >= start && address <= end && size <= end - address;
}

static enum gunyah_model_memory classify(uint64_t address, size_t size)
{
    if (is_inside(address, size, EL2_GUEST_BASE, EL2_GUEST_END))
        return GUNYAH_MODEL_MEMORY_OK;
    if (address >= EL2_DEVICES_BASE && address < EL2_DEVICES_END)
        return GUNYAH_MODEL_MEMORY_DEVICE;
    return GUNYAH_MODEL_MEMORY_FAULT;
}

enum gunyah_model_memory standin_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    const enum gunyah_model_memory kind = classify(address, size);

    (void)context;
    (void)vm;
    if (kind == GUNYAH_MODEL_MEMORY_OK)
        memcpy(to, (const void *)(uintptr_t)address, size);
    return kind;
}

enum gunyah_model_memory standin_write(void *context, uint32_t vm, uint64_t address, const void *from, size_t size)
{
    const enum gunyah_model_memory kind = classify(address, size);

    (void)context;
    (void)vm;
    if (kind == GUNYAH_MODEL_MEMORY_OK)
        memcpy((void *)(uintptr_t)address, from, size);
    return kind;
}
