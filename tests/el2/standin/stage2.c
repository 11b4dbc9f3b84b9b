// SPDX-License-Identifier: BSD-3-Clause
// Stage 2: the tables of guests, and of the vCPU that the model runs. Blocks of 2 MiB stay; pages are for a while.
#include "standin.h"

#include "../sysreg.h"

SYSREG_WRITE(vtcr_el2)

#define ENTRIES 512
#define GIBIBYTES 4
#define GIBIBYTE_SHIFT 30
#define BLOCK_SHIFT 21
#define BLOCK_SIZE (UINT64_C(1) << BLOCK_SHIFT)
#define PAGE_SHIFT 12
#define VMID_SHIFT 48
#define INTERMEDIATE_END (UINT64_C(1) << 36)
#define ADDRESS_MASK UINT64_C(0xfffffffff000)
#define VALID 0x1u
#define TABLE 0x3u
// A block: normal write-back memory, inner shareable, read and write, access flag. A page: the same, but no access.
#define BLOCK 0x7fdu
#define PAGE 0x73fu
#define ACCESS_SHIFT 6
// 36 bits of addresses, intermediate and physical, 4 KiB pages, starting at level 1, inner shareable write-back walks.
#define VTCR 0x8001355cu
// One page takes two at most.
#define SPARE_TABLES 32

// The first gibibytes are always there; their tables lie side by side, as one list of blocks.
struct stage2 {
    uint64_t gibibytes[ENTRIES];
    uint64_t blocks[GIBIBYTES * ENTRIES];
};

static struct stage2 tables[STANDIN_TABLES] __attribute__((aligned(4096)));

// Tables for pages, and the entries that lead to those that are in use.
static uint64_t spare[SPARE_TABLES][ENTRIES] __attribute__((aligned(4096)));
static uint64_t *leads_to[SPARE_TABLES];
static unsigned used;

static void forget_translations(void)
{
    __asm__ volatile("dsb ish\n\ttlbi alle1is\n\tdsb ish\n\tisb" : : : "memory");
}

void standin_stage2_start(void)
{
    for (unsigned table = 0; table < STANDIN_TABLES; table++) {
        for (unsigned i = 0; i < GIBIBYTES; i++)
            tables[table].gibibytes[i] = (uint64_t)(uintptr_t)&tables[table].blocks[i * ENTRIES] | TABLE;
    }
    write_vtcr_el2(VTCR);
    forget_translations();
}

void standin_map(unsigned guest, uint64_t intermediate, uint64_t physical, uint64_t size)
{
    for (uint64_t offset = 0; offset < size; offset += BLOCK_SIZE)
        tables[guest].blocks[(intermediate + offset) >> BLOCK_SHIFT] = (physical + offset) | BLOCK;
}

void *standin_find(unsigned guest, uint64_t address)
{
    const uint64_t block = address >> BLOCK_SHIFT;
    const uint64_t entry = block < GIBIBYTES * ENTRIES ? tables[guest].blocks[block] : 0;

    if ((entry & TABLE) != VALID)
        return NULL;
    return (void *)(uintptr_t)((entry & ADDRESS_MASK) | (address & (BLOCK_SIZE - 1)));
}

// The table that an entry leads to: the one it has, or a spare one.
static uint64_t *next_table(uint64_t *entry)
{
    if ((*entry & TABLE) != TABLE) {
        standin_clear(spare[used], sizeof(spare[used]));
        *entry = (uint64_t)(uintptr_t)spare[used] | TABLE;
        leads_to[used++] = entry;
    }
    return (uint64_t *)(uintptr_t)(*entry & ADDRESS_MASK);
}

void standin_map_page(unsigned table, uint64_t intermediate, uint64_t physical, unsigned access)
{
    uint64_t *entry = &tables[table].gibibytes[intermediate >> GIBIBYTE_SHIFT];

    if (intermediate >= INTERMEDIATE_END)
        standin_stop("a page beyond the end of the page tables");
    if (used + 2 > SPARE_TABLES)
        standin_forget_pages();
    entry = &next_table(entry)[intermediate >> BLOCK_SHIFT & (ENTRIES - 1)];
    entry = &next_table(entry)[intermediate >> PAGE_SHIFT & (ENTRIES - 1)];
    *entry = (physical & ADDRESS_MASK) | PAGE | access << ACCESS_SHIFT;
    // There was nothing to forget.
    __asm__ volatile("dsb ish\n\tisb" : : : "memory");
}

void standin_forget_pages(void)
{
    if (used == 0)
        return;
    // Backwards: an entry may lie in a table that was taken earlier.
    while (used > 0)
        *leads_to[--used] = 0;
    forget_translations();
}

uint64_t standin_stage2(unsigned table)
{
    return (uint64_t)(STANDIN_FIRST_VMID + table) << VMID_SHIFT | (uint64_t)(uintptr_t)&tables[table];
}
