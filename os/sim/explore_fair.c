// SPDX-License-Identifier: BSD-3-Clause
// Fairness towards guests that poll: one that has yielded goes behind those that it has kept waiting, until they have run.
// Else a schedule in which it polls for ever would be among those to try. After Musuvathi and Qadeer, "Fair stateless
// model checking"; sets of guests are bits of a word.

#include "explore_internal.h"

void gunyah_internal_explore_fair_begin(struct gunyah_sim_exploration *e)
{
    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        // Before its first yield, it has kept nobody waiting.
        e->guests[i].behind = e->guests[i].enabled = e->guests[i].ran = 0;
    }
}

uint32_t gunyah_internal_explore_fair_first(const struct gunyah_sim_exploration *e, uint32_t able)
{
    uint32_t first = 0;

    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        if ((able >> i & 1) != 0 && (e->guests[i].behind & able) == 0)
            first |= UINT32_C(1) << i;
    }
    return first;
}

static void yield(struct explore_guest *guest, uint32_t able)
{
    guest->behind |= guest->enabled & ~guest->ran;
    guest->enabled = able;
    guest->ran = 0;
}

void gunyah_internal_explore_fair_ran(struct gunyah_sim_exploration *e, uint32_t able)
{
    const uint32_t self = UINT32_C(1) << e->last;

    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        e->guests[i].behind &= ~self;
        e->guests[i].enabled &= able;
        e->guests[i].ran |= self;
    }
    if (e->yields)
        yield(&e->guests[e->last], able);
}
