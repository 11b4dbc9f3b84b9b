// SPDX-License-Identifier: BSD-3-Clause
// The memory of guests: stage 2, and the same way through it for the addresses in calls. A guest has its MMU off, so
// that what it takes for an address is an intermediate one.
#include "standin.h"

#include "../protocol.h"
#include "../sysreg.h"

#include <platform.h>

#include <string.h>

SYSREG_WRITE(vtcr_el2)

#define ENTRIES 512
#define GIBIBYTES 4
#define BLOCK_SHIFT 21
#define BLOCK_SIZE (UINT64_C(1) << BLOCK_SHIFT)
#define VMID_SHIFT 48
#define TABLE 0x3u
// A block: normal write-back memory, inner shareable, read and write, access flag.
#define BLOCK 0x7fdu
#define VALID 0x1u
// 32 bits of addresses, 4 KiB pages, starting at level 1, inner shareable write-back walks.
#define VTCR 0x80003560u

// Tables of one guest; those of all gibibytes lie side by side, as one list of blocks.
struct stage2 {
    uint64_t gibibytes[ENTRIES];
    uint64_t blocks[GIBIBYTES * ENTRIES];
};

static struct stage2 tables[STANDIN_GUESTS] __attribute__((aligned(4096)));

static bool has_platform;

static void forget_translations(void)
{
    __asm__ volatile("dsb ish\n\ttlbi alle1is\n\tdsb ish\n\tisb" : : : "memory");
}

void standin_memory_start(void)
{
    write_vtcr_el2(VTCR);
    forget_translations();
}

void standin_map(unsigned guest, uint64_t intermediate, uint64_t physical, uint64_t size)
{
    struct stage2 *stage2 = &tables[guest];

    for (unsigned i = 0; i < GIBIBYTES; i++)
        stage2->gibibytes[i] = (uint64_t)(uintptr_t)&stage2->blocks[i * ENTRIES] | TABLE;
    for (uint64_t offset = 0; offset < size; offset += BLOCK_SIZE)
        stage2->blocks[(intermediate + offset) >> BLOCK_SHIFT] = (physical + offset) | BLOCK;
}

void standin_have_platform(bool platform)
{
    has_platform = platform;
    for (uint64_t address = PLATFORM_RAM_FIRST; address < PLATFORM_RAM_LAST; address += BLOCK_SIZE) {
        if (address < EL2_GUEST_BASE || address >= EL2_GUEST_END)
            tables[0].blocks[address >> BLOCK_SHIFT] = 0;
    }
    forget_translations();
}

// Word by word: memset() goes by bytes.
static void clear_block(uint64_t address)
{
    volatile uint64_t *words = (volatile uint64_t *)(uintptr_t)address;

    for (size_t i = 0; i < BLOCK_SIZE / sizeof(*words); i++)
        words[i] = 0;
}

bool standin_map_ram(uint64_t address)
{
    const uint64_t physical = (address & ~(BLOCK_SIZE - 1)) + EL2_PLATFORM_DISTANCE;

    if (!has_platform || platform_memory(address) != GUNYAH_MODEL_MEMORY_OK ||
        tables[0].blocks[address >> BLOCK_SHIFT] != 0)
        return false;
    clear_block(physical);
    standin_map(0, address & ~(BLOCK_SIZE - 1), physical, BLOCK_SIZE);
    __asm__ volatile("dsb ish\n\tisb" : : : "memory");
    return true;
}

void *standin_memory_of(unsigned guest)
{
    return (void *)(uintptr_t)(EL2_MEMORY_BASE + (uint64_t)guest * EL2_GUEST_SIZE);
}

uint64_t standin_stage2(unsigned guest)
{
    return (uint64_t)(STANDIN_FIRST_VMID + guest) << VMID_SHIFT | (uint64_t)(uintptr_t)&tables[guest];
}

// What is at an address where no memory is mapped.
static enum gunyah_model_memory classify(uint64_t address)
{
    if (has_platform)
        return platform_memory(address);
    if (address >= EL2_DEVICES_BASE && address < EL2_DEVICES_END)
        return GUNYAH_MODEL_MEMORY_DEVICE;
    return GUNYAH_MODEL_MEMORY_FAULT;
}

// Where an address of a guest leads.
static enum gunyah_model_memory find(unsigned guest, uint64_t address, void **place)
{
    const uint64_t block = address >> BLOCK_SHIFT;

    standin_map_ram(address);
    const uint64_t entry = block < GIBIBYTES * ENTRIES ? tables[guest].blocks[block] : 0;
    if ((entry & VALID) != 0) {
        *place = (void *)(uintptr_t)((entry & ~(BLOCK_SIZE - 1)) | (address & (BLOCK_SIZE - 1)));
        return GUNYAH_MODEL_MEMORY_OK;
    }
    return classify(address);
}

// How much of a buffer lies in its first block; neighbours may be anywhere.
static size_t first_part(uint64_t address, size_t size)
{
    const uint64_t left = BLOCK_SIZE - (address & (BLOCK_SIZE - 1));

    return size < left ? size : left;
}

enum gunyah_model_memory standin_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    unsigned char *bytes = to;
    void *place;

    (void)context;
    while (size > 0) {
        const enum gunyah_model_memory kind = find(standin_guest_of(vm), address, &place);
        const size_t part = first_part(address, size);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memcpy(bytes, place, part);
        address += part;
        bytes += part;
        size -= part;
    }
    return GUNYAH_MODEL_MEMORY_OK;
}

enum gunyah_model_memory standin_write(void *context, uint32_t vm, uint64_t address, const void *from, size_t size)
{
    const unsigned char *bytes = from;
    void *place;

    (void)context;
    while (size > 0) {
        const enum gunyah_model_memory kind = find(standin_guest_of(vm), address, &place);
        const size_t part = first_part(address, size);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memcpy(place, bytes, part);
        address += part;
        bytes += part;
        size -= part;
    }
    return GUNYAH_MODEL_MEMORY_OK;
}
