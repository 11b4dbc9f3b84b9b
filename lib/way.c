// SPDX-License-Identifier: BSD-3-Clause
// The ways out of a session: straight to the backend's hvc, or the long way, past an observer, in any convention and by
// any conduit. Which one is decided once, so that calls that go straight ask nothing.
#include "internal.h"

static void hand_over(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    uint16_t immediate = 0;

    if (g->convention == GUNYAH_CONVENTION_IMMEDIATE && number != GUNYAH_CALL_SMCCC)
        immediate = gunyah_call_encode(g->convention, number, registers);
    g->ops->call(g->context, g->conduit, immediate, registers);
}

// It was counted when it was made, and did not leave.
static void count_as_kept_back(struct gunyah *g, uint32_t number)
{
    if (number < GUNYAH_COUNTED_CALLS)
        g->counters.by_number[number]--;
    else
        g->counters.others--;
    g->counters.answered_by_observer++;
}

static void hand_over_observed(struct gunyah *g, uint32_t number, struct gunyah_registers *registers)
{
    const struct gunyah_observer *observer = &g->observer;
    const struct gunyah_registers call = *registers;
    const struct gunyah_call_event event = {g->sequence++, number, &call, registers};

    if (observer->before != NULL && observer->before(observer->context, &event)) {
        count_as_kept_back(g, number);
    } else {
        *registers = call;
        hand_over(g, number, registers);
    }
    if (observer->after != NULL)
        observer->after(observer->context, &event);
}

static void long_way(void *context, uint32_t number, struct gunyah_registers *registers)
{
    struct gunyah *g = context;

    if (g->observed)
        hand_over_observed(g, number, registers);
    else
        hand_over(g, number, registers);
}

void gunyah_internal_leave_by_long_way(struct gunyah *g)
{
    g->leave = long_way;
    g->leave_context = g;
}

void gunyah_internal_leave_by_shortest_way(struct gunyah *g)
{
    const bool straight = !g->observed && g->convention == GUNYAH_CONVENTION_SMCCC &&
                          g->conduit == GUNYAH_CONDUIT_HVC && g->ops->hvc != NULL;

    if (straight) {
        g->leave = g->ops->hvc;
        g->leave_context = g->context;
    }
}
