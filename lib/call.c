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
    for (int i = 0; i < 7; i++)
        x[i] = x[i + 1];
    x[7] = 0;
    return (uint16_t)(GUNYAH_IMMEDIATE_BASE + (number & IMMEDIATE_NUMBER_MASK));
}

static void leave(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    uint16_t immediate = 0;

    g->counters.calls++;
    if (number < GUNYAH_COUNTED_CALLS)
        g->counters.by_number[number]++;
    if (number != GUNYAH_CALL_SMCCC)
        immediate = gunyah_call_encode(g->convention, number, registers);
    g->ops->call(g->context, g->conduit, immediate, registers);
}

static void leave_observed(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    const struct gunyah_observer *observer = &g->observer;
    struct gunyah_registers call = *registers;

    if (number != GUNYAH_CALL_SMCCC)
        call.x[0] = GUNYAH_SMCCC_BASE | (number & SMCCC_NUMBER_MASK);
    *registers = call;
    const struct gunyah_call_event event = {g->sequence++, number, &call, registers};
    if (observer->before != NULL && observer->before(observer->context, &event)) {
        g->counters.answered_by_observer++;
    } else {
        *registers = call;
        leave(g, number, registers);
    }
    if (observer->after != NULL)
        observer->after(observer->context, &event);
}

void gunyah_call(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    if (g->observed)
        leave_observed(g, number, registers);
    else
        leave(g, number, registers);
}

void gunyah_smccc(struct gunyah *g, struct gunyah_registers *registers)
{
    gunyah_call(g, GUNYAH_CALL_SMCCC, registers);
}

const struct gunyah_counters *gunyah_counters(const struct gunyah *g)
{
    return g != NULL ? &g->counters : NULL;
}
