// SPDX-License-Identifier: BSD-3-Clause
// The way of a call past an observer. Apart from call.c, so that sessions without one do not pay for it.
#include "internal.h"

void gunyah_internal_call_observed(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    const struct gunyah_observer *observer = &g->observer;
    struct gunyah_registers call = *registers;

    if (number != GUNYAH_CALL_SMCCC)
        gunyah_call_encode(GUNYAH_CONVENTION_SMCCC, number, &call);
    *registers = call;
    const struct gunyah_call_event event = {g->sequence++, number, &call, registers};
    if (observer->before != NULL && observer->before(observer->context, &event)) {
        g->counters.answered_by_observer++;
    } else {
        *registers = call;
        gunyah_internal_leave(g, number, registers);
    }
    if (observer->after != NULL)
        observer->after(observer->context, &event);
}
