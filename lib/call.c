// SPDX-License-Identifier: BSD-3-Clause
// The one place where a call leaves the library.
#include "internal.h"

#define SMCCC_NUMBER_MASK 0x3fffu
#define IMMEDIATE_NUMBER_MASK 0x1ffu

uint16_t gunyah_call_encode(enum gunyah_convention convention, uint32_t number, struct gunyah_registers *registers)
{
    uint64_t *x = registers->x;

    if (convention == GUNYAH_CONVENTION_SMCCC) {
        x[0] = GUNYAH_SMCCC_BASE | (number & SMCCC_NUMBER_MASK);
        return 0;
    }
    // Written out, because compilers turn the loop into a call of memmove().
    x[0] = x[1];
    x[1] = x[2];
    x[2] = x[3];
    x[3] = x[4];
    x[4] = x[5];
    x[5] = x[6];
    x[6] = x[7];
    x[7] = 0;
    return (uint16_t)(GUNYAH_IMMEDIATE_BASE + (number & IMMEDIATE_NUMBER_MASK));
}

void gunyah_call_encoded(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    if (number < GUNYAH_COUNTED_CALLS)
        g->counters.by_number[number]++;
    else
        g->counters.others++;
    g->leave(g->leave_context, number, registers);
}

void gunyah_call(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    gunyah_call_encode(GUNYAH_CONVENTION_SMCCC, number, registers);
    gunyah_call_encoded(g, number, registers);
}

void gunyah_smccc(struct gunyah *g, struct gunyah_registers *registers)
{
    gunyah_call_encoded(g, GUNYAH_CALL_SMCCC, registers);
}

const struct gunyah_counters *gunyah_call_counters(const struct gunyah *g)
{
    return g != NULL ? &g->counters : NULL;
}

uint64_t gunyah_call_count(const struct gunyah *g)
{
    if (g == NULL)
        return 0;
    uint64_t count = g->counters.others;
    for (size_t i = 0; i < GUNYAH_COUNTED_CALLS; i++)
        count += g->counters.by_number[i];
    return count;
}
