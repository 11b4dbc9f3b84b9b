// SPDX-License-Identifier: BSD-3-Clause
// Which schedules are tried. Systematic: all of them, depth first; first those in which nobody is preempted and nothing
// deviates, then those with one preemption or deviation, and so on. Random: by priorities with change points, as in Burckhardt and others, "A randomized scheduler with
// probabilistic guarantees of finding bugs".

#include "explore_internal.h"

#include <inttypes.h>

#define FIRST_HORIZON 64 // Steps that the first random schedule is taken to have.

// ---- Random ------------------------------------------------------------------------------------------------------------

static uint64_t draw(struct gunyah_sim_exploration *e)
{
    uint64_t word = e->random += UINT64_C(0x9e3779b97f4a7c15);

    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
    return word ^ word >> 31;
}

static uint32_t draw_below(struct gunyah_sim_exploration *e, uint32_t limit)
{
    return (uint32_t)((draw(e) >> 32) * limit >> 32);
}

static uint32_t horizon(const struct gunyah_sim_exploration *e)
{
    return e->result->longest != 0 ? e->result->longest : FIRST_HORIZON;
}

// Priorities of the start are above those that change points give.
static void shuffle(struct gunyah_sim_exploration *e)
{
    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        const uint32_t other = draw_below(e, i + 1);
        e->priority[i] = e->priority[other];
        e->priority[other] = e->options.change_points + 1 + i;
    }
}

static void begin_random(struct gunyah_sim_exploration *e)
{
    e->random = e->options.seed;
    e->random = draw(e) ^ e->result->schedules;
    shuffle(e);
    for (uint32_t i = 0; i < e->options.change_points; i++)
        e->points[i] = draw_below(e, horizon(e));
    e->moves = 0;
    e->deviate_from = draw_below(e, horizon(e));
}

static void change_priority(struct gunyah_sim_exploration *e)
{
    for (uint32_t i = 0; i < e->options.change_points; i++) {
        if (e->points[i] == e->count && e->last != EXPLORE_NOBODY)
            e->priority[e->last] = e->options.change_points - e->moves++;
    }
}

static uint8_t choose_random(struct gunyah_sim_exploration *e, const struct explore_menu *menu)
{
    uint8_t best = 0;

    change_priority(e);
    if (menu->count > menu->plain && e->count >= e->deviate_from && draw_below(e, 4) == 0) {
        e->deviate_from = e->count + 1 + draw_below(e, horizon(e));
        return (uint8_t)(menu->plain + draw_below(e, (uint32_t)(menu->count - menu->plain)));
    }
    for (uint8_t i = 1; i < menu->plain; i++) {
        if (e->priority[menu->steps[i].guest] > e->priority[menu->steps[best].guest])
            best = i;
    }
    return best;
}

// ---- Given decisions ---------------------------------------------------------------------------------------------------

static bool is_same(struct explore_step a, struct explore_step b)
{
    return a.kind == b.kind && a.guest == b.guest;
}

static uint8_t choose_given(struct gunyah_sim_exploration *e, const struct explore_menu *menu)
{
    const struct explore_decision *given = &e->decisions[e->count];

    // The last one is new: another place than in the schedule before.
    if (menu->count == given->places && (e->count + 1 == e->given || is_same(menu->steps[given->place], given->step)))
        return given->place;
    gunyah_internal_explore_fail(e, GUNYAH_ERR_FAILURE,
                                 "the scenario is not the same each time: at step %" PRIu32
                                 " something else can be done than in the schedule before",
                                 e->count + 1);
    return 0;
}

static void fail_to_repeat(struct gunyah_sim_exploration *e, struct explore_step step)
{
    static const char *const what[] = {
        [EXPLORE_RUN] = "cannot go on",
        [EXPLORE_LATE] = "cannot miss an interrupt",
        [EXPLORE_NEEDLESS] = "cannot wake up for nothing",
    };

    if (step.kind == EXPLORE_TIME)
        gunyah_internal_explore_fail(
            e, GUNYAH_ERR_ARGUMENT_INVALID,
            "the schedule is not of this scenario: at step %" PRIu32 " nothing would happen by itself", e->count + 1);
    else
        gunyah_internal_explore_fail(e, GUNYAH_ERR_ARGUMENT_INVALID,
                                     "the schedule is not of this scenario: at step %" PRIu32 " guest %c %s",
                                     e->count + 1, 'a' + step.guest, what[step.kind]);
}

static uint8_t choose_repeated(struct gunyah_sim_exploration *e, const struct explore_menu *menu)
{
    const struct explore_step step = e->decisions[e->count].step;

    if (e->count == e->given) {
        gunyah_internal_explore_fail(e, GUNYAH_ERR_ARGUMENT_INVALID,
                                     "the schedule is not of this scenario: it is over after step %" PRIu32
                                     ", and the guests are not",
                                     e->count);
        return 0;
    }
    for (uint8_t i = 0; i < menu->count; i++) {
        if (is_same(menu->steps[i], step))
            return i;
    }
    fail_to_repeat(e, step);
    return 0;
}

// ---- Schedules ---------------------------------------------------------------------------------------------------------

void gunyah_internal_explore_choose_begin(struct gunyah_sim_exploration *e)
{
    if (e->options.schedule == NULL && e->options.mode == GUNYAH_SIM_RANDOM)
        begin_random(e);
}

uint8_t gunyah_internal_explore_choose(struct gunyah_sim_exploration *e, const struct explore_menu *menu)
{
    if (e->options.schedule != NULL)
        return choose_repeated(e, menu);
    if (e->options.mode == GUNYAH_SIM_RANDOM)
        return choose_random(e, menu);
    return e->count < e->given ? choose_given(e, menu) : 0;
}

// The last decision that could have been another becomes that.
static bool back_up(struct gunyah_sim_exploration *e)
{
    for (uint32_t i = e->count; i-- > 0;) {
        struct explore_decision *decision = &e->decisions[i];
        if (decision->place + 1 < decision->places) {
            decision->place++;
            e->given = i + 1;
            return true;
        }
    }
    return false;
}

bool gunyah_internal_explore_choose_another(struct gunyah_sim_exploration *e)
{
    if (e->options.schedule != NULL)
        return false;
    if (e->options.mode == GUNYAH_SIM_SYSTEMATIC && !back_up(e)) {
        e->result->exhausted = !e->cut;
        if (e->result->exhausted)
            return false;
        e->bound++;
        e->cut = false;
        e->given = 0;
    }
    return e->result->schedules < e->options.max_schedules;
}
