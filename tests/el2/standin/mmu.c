// SPDX-License-Identifier: BSD-3-Clause
// The stand-in's own memory: every address leads where it says. Without translation all memory would be a device's, where
// unaligned accesses fault, as libfdt makes some when it lays a tree out anew.
#include "standin.h"

#include "../sysreg.h"

SYSREG_WRITE(mair_el2)
SYSREG_WRITE(tcr_el2)
SYSREG_WRITE(ttbr0_el2)
SYSREG(sctlr_el2)

#define GIBIBYTE_SHIFT 30
#define GIBIBYTES 4

// Kinds of memory: normal, write-back; a device's.
#define MAIR 0x00ffu
// Blocks with access flag. Memory is inner shareable; nobody executes a device.
#define MEMORY 0x741u
#define DEVICES (UINT64_C(1) << 54 | 0x445u)
// 32 bits of addresses, 4 KiB pages, starting at level 1, inner shareable write-back walks.
#define TCR 0x80803520u
#define SCTLR_ON 0x1005u // translation and both caches

void standin_mmu_start(void)
{
    // RAM begins at the second gibibyte.
    static const uint64_t blocks[GIBIBYTES] __attribute__((aligned(64))) = {
        DEVICES,
        UINT64_C(1) << GIBIBYTE_SHIFT | MEMORY,
        UINT64_C(2) << GIBIBYTE_SHIFT | MEMORY,
        UINT64_C(3) << GIBIBYTE_SHIFT | MEMORY,
    };

    write_mair_el2(MAIR);
    write_tcr_el2(TCR);
    write_ttbr0_el2((uint64_t)(uintptr_t)blocks);
    __asm__ volatile("tlbi alle2\n\tdsb sy\n\tisb" : : : "memory");
    write_sctlr_el2(read_sctlr_el2() | SCTLR_ON);
}
