// SPDX-License-Identifier: BSD-3-Clause
#include "baremetal_internal.h"

#define NANOSECONDS UINT64_C(1000000000)

uint64_t gunyah_internal_baremetal_now(void *context)
{
    uint64_t ticks;
    uint64_t frequency;

    (void)context;
    // Without the barrier the counter may be read before what stands before it has happened.
    __asm__ volatile("isb\n"
                     "mrs %0, cntvct_el0\n"
                     "mrs %1, cntfrq_el0"
                     : "=r"(ticks), "=r"(frequency)
                     :
                     : "memory");
    // Firmware that forgot to set the frequency: Armv8.6 fixes it at 1 GHz.
    if (frequency == 0)
        return ticks;
    return ticks / frequency * NANOSECONDS + ticks % frequency * NANOSECONDS / frequency;
}
