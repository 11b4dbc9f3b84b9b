// SPDX-License-Identifier: BSD-3-Clause
#include "baremetal_internal.h"

// Size of the smallest data cache line, from CTR_EL0.
static uintptr_t line_size(void)
{
    uint64_t type;

    __asm__("mrs %0, ctr_el0" : "=r"(type));
    return (uintptr_t)4 << (type >> 16 & 0xf);
}

void gunyah_baremetal_sync_caches(void *context, const void *buffer, size_t size)
{
    const uintptr_t line = line_size();
    const uintptr_t first = (uintptr_t)buffer & ~(line - 1);

    (void)context;
    // Counted, not compared with an end: the buffer may end where the address space does.
    const size_t lines = ((uintptr_t)buffer - first + size + line - 1) / line;
    __asm__ volatile("dsb sy" : : : "memory");
    for (size_t i = 0; i < lines; i++)
        __asm__ volatile("dc civac, %0" : : "r"(first + i * line) : "memory");
    __asm__ volatile("dsb sy" : : : "memory");
}
