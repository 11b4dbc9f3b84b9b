// SPDX-License-Identifier: BSD-3-Clause
// The one place where a call leaves the library.
#include "internal.h"

#define SMCCC_NUMBER_MASK 0x3fffu
#define IMMEDIATE_NUMBER_MASK 0x1ffu

static inline uint16_t encode(enum gunyah_convention convention, uint32_t number, struct gunyah_registers *registers)
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

uint16_t gunyah_call_encode(enum gunyah_convention convention, uint32_t number, struct gunyah_registers *registers)
{
    return encode(convention, number, registers);
}

static inline void leave(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    uint16_t immediate = 0;

    g->counters.calls++;
    if (number < GUNYAH_COUNTED_CALLS)
        g->counters.by_number[number]++;
    if (number != GUNYAH_CALL_SMCCC)
        immediate = encode(g->convention, number, registers);
    g->ops->call(g->context, g->conduit, immediate, registers);
}

void gunyah_call(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    if (g->observed)
        gunyah_internal_call_observed(g, number, registers);
    else
        leave(g, number, registers);
}

void gunyah_internal_leave(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    leave(g, number, registers);
}

void gunyah_smccc(struct gunyah *g, struct gunyah_registers *registers)
{
    gunyah_call(g, GUNYAH_CALL_SMCCC, registers);
}

const struct gunyah_counters *gunyah_call_counters(const struct gunyah *g)
{
    return g != NULL ? &g->counters : NULL;
}
