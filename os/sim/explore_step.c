// SPDX-License-Identifier: BSD-3-Clause
// One step of a schedule: what can be done next, which of it is chosen, and what it does.

#include "explore_internal.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_over(const struct explore_guest *guest)
{
    return guest->deadline <= gunyah_model_now(guest->e->sim->model);
}

static bool is_able(const struct explore_guest *guest)
{
    if (guest->state != EXPLORE_WAITS)
        return guest->state == EXPLORE_CALLS;
    return guest->e->sim->crashed || guest->vm->lost || is_over(guest) ||
           gunyah_internal_sim_find_pending(guest->vm, guest->virqs, guest->count, 0) < guest->count;
}

static uint32_t able_guests(const struct gunyah_sim_exploration *e)
{
    uint32_t able = 0;

    for (uint32_t i = 0; i < e->scenario->guest_count; i++)
        able |= (uint32_t)is_able(&e->guests[i]) << i;
    return able;
}

// Whether it makes a difference that an interrupt of its wait has not come yet.
static bool can_miss(const struct explore_guest *guest)
{
    size_t first;

    if (guest->state != EXPLORE_WAITS || guest->e->sim->crashed || guest->vm->lost)
        return false;
    first = gunyah_internal_sim_find_pending(guest->vm, guest->virqs, guest->count, 0);
    if (first == guest->count)
        return false;
    return is_over(guest) ||
           gunyah_internal_sim_find_pending(guest->vm, guest->virqs, guest->count, first + 1) < guest->count;
}

// Virtual time of what happens next by itself, or SIM_NEVER.
static uint64_t next_event(const struct gunyah_sim_exploration *e)
{
    uint64_t next = gunyah_internal_sim_next_event(e->sim);

    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        if (e->guests[i].state == EXPLORE_WAITS && !is_over(&e->guests[i]) && e->guests[i].deadline < next)
            next = e->guests[i].deadline;
    }
    return next;
}

uint32_t gunyah_internal_explore_oddity(const struct gunyah_sim_exploration *e)
{
    return e->preemptions + e->late + e->needless + e->jumps;
}

// ---- The menu ----------------------------------------------------------------------------------------------------------

// Whether the guest that ran last could go on, and another one does.
static bool preempts(const struct gunyah_sim_exploration *e, struct explore_step step, uint32_t first)
{
    return step.kind != EXPLORE_TIME && e->last != EXPLORE_NOBODY && step.guest != e->last &&
           (first >> e->last & 1) != 0;
}

// How often a step of this kind may still be taken in this schedule.
static uint32_t left_of(const struct gunyah_sim_exploration *e, uint8_t kind)
{
    switch ((enum explore_kind)kind) {
    case EXPLORE_LATE:
        return e->options.late_interrupts - e->late;
    case EXPLORE_NEEDLESS:
        return e->options.needless_wakeups - e->needless;
    case EXPLORE_TIME:
        return e->options.time_jumps - e->jumps;
    case EXPLORE_RUN:
        break;
    }
    return UINT32_MAX;
}

// Whether a step is within the bounds.
static bool may_do(struct gunyah_sim_exploration *e, struct explore_step step, uint32_t first)
{
    const bool systematic = e->options.mode == GUNYAH_SIM_SYSTEMATIC;
    const bool preempting = preempts(e, step, first);
    const uint32_t cost = (uint32_t)preempting + (step.kind != EXPLORE_RUN);

    if (e->options.schedule != NULL)
        return true;
    if (left_of(e, step.kind) == 0 || (systematic && preempting && e->preemptions == e->options.preemptions))
        return false;
    if (!systematic || gunyah_internal_explore_oddity(e) + cost <= e->bound)
        return true;
    e->cut = true;
    return false;
}

static void add(struct gunyah_sim_exploration *e, struct explore_menu *menu, enum explore_kind kind, uint32_t guest,
                uint32_t first)
{
    const struct explore_step step = {(uint8_t)kind, (uint8_t)guest};

    if (may_do(e, step, first))
        menu->steps[menu->count++] = step;
}

// The guests, from the one that ran last on; first: those that are not to wait for others.
static void list_plain(struct gunyah_sim_exploration *e, uint32_t first, struct explore_menu *menu)
{
    const uint32_t from = e->last != EXPLORE_NOBODY ? e->last : 0;

    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        const uint32_t guest = (from + i) % e->scenario->guest_count;
        if ((first >> guest & 1) != 0)
            add(e, menu, EXPLORE_RUN, guest, first);
    }
}

static void list_deviations(struct gunyah_sim_exploration *e, uint32_t able, uint32_t first, struct explore_menu *menu)
{
    if (able != 0 && next_event(e) != SIM_NEVER)
        add(e, menu, EXPLORE_TIME, 0, first);
    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        const struct explore_guest *guest = &e->guests[i];
        if ((first >> i & 1) != 0 && can_miss(guest))
            add(e, menu, EXPLORE_LATE, i, first);
        if ((able >> i & 1) == 0 && guest->state == EXPLORE_WAITS)
            add(e, menu, EXPLORE_NEEDLESS, i, first);
    }
}

static void list(struct gunyah_sim_exploration *e, uint32_t able, uint32_t first, struct explore_menu *menu)
{
    menu->count = 0;
    list_plain(e, first, menu);
    // When nobody can go on, time does, at no cost.
    if (able == 0 && next_event(e) != SIM_NEVER)
        menu->steps[menu->count++] = (struct explore_step){EXPLORE_TIME, 0};
    menu->plain = menu->count;
    list_deviations(e, able, first, menu);
}

// ---- Findings ----------------------------------------------------------------------------------------------------------

static void find_deadlock(struct gunyah_sim_exploration *e)
{
    char sentence[sizeof(e->result->sentence)];
    size_t room = sizeof(sentence);
    uint32_t first = EXPLORE_NOBODY;
    int used = snprintf(sentence, room, "nothing can wake the guests that wait:");

    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        const struct explore_guest *guest = &e->guests[i];
        if (guest->state != EXPLORE_WAITS)
            continue;
        used += snprintf(sentence + used, room - (size_t)used, "%s %c for", first != EXPLORE_NOBODY ? "," : "",
                         'a' + (char)i);
        for (size_t k = 0; k < guest->count && (size_t)used < room; k++)
            used += snprintf(sentence + used, room - (size_t)used, " %" PRIu32, guest->virqs[k].value);
        if (first == EXPLORE_NOBODY)
            first = i;
        if ((size_t)used >= room)
            break;
    }
    gunyah_internal_explore_find(e, GUNYAH_SIM_FINDING_DEADLOCK, first, sentence);
}

static void find_endless(struct gunyah_sim_exploration *e)
{
    char sentence[sizeof(e->result->sentence)];

    snprintf(sentence, sizeof(sentence), "after %" PRIu32 " steps the guests have not ended", e->count);
    gunyah_internal_explore_find(e, GUNYAH_SIM_FINDING_ENDLESS, e->last != EXPLORE_NOBODY ? e->last : 0, sentence);
}

// ---- Steps -------------------------------------------------------------------------------------------------------------

static void jump(struct gunyah_sim_exploration *e, bool deviates)
{
    const uint64_t now = gunyah_model_now(e->sim->model);
    const uint64_t next = next_event(e);

    e->jumps += deviates;
    gunyah_internal_sim_pass(e->sim, next > now ? next - now : 0);
}

static void go_on(struct gunyah_sim_exploration *e, struct explore_step step, uint32_t first)
{
    struct explore_guest *guest = &e->guests[step.guest];

    e->preemptions += preempts(e, step, first);
    e->late += step.kind == EXPLORE_LATE;
    e->needless += step.kind == EXPLORE_NEEDLESS;
    e->last = step.guest;
    e->yields = guest->yields;
    guest->how = (enum explore_kind)step.kind;
}

// Choose one of what can be done. False: the schedule is over.
static bool choose(struct gunyah_sim_exploration *e, uint32_t able, uint32_t first, struct explore_step *chosen)
{
    struct explore_menu menu;
    uint8_t place;

    list(e, able, first, &menu);
    if (menu.plain == 0) {
        find_deadlock(e);
        return false;
    }
    if (e->count == e->options.max_steps) {
        find_endless(e);
        return false;
    }
    place = gunyah_internal_explore_choose(e, &menu);
    if (e->error != GUNYAH_OK)
        return false;
    *chosen = menu.steps[place];
    e->decisions[e->count++] = (struct explore_decision){*chosen, place, menu.count};
    return true;
}

// Whether a guest goes on. Time may go on before.
static bool step(struct gunyah_sim_exploration *e)
{
    for (;;) {
        const uint32_t able = able_guests(e);
        const uint32_t first = gunyah_internal_explore_fair_first(e, able);
        struct explore_step chosen;

        if (!choose(e, able, first, &chosen))
            return false;
        if (chosen.kind != EXPLORE_TIME) {
            go_on(e, chosen, first);
            return true;
        }
        jump(e, able != 0);
    }
}

static bool all_ended(const struct gunyah_sim_exploration *e)
{
    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        if (e->guests[i].state != EXPLORE_ENDED)
            return false;
    }
    return true;
}

uint32_t gunyah_internal_explore_next(struct gunyah_sim_exploration *e)
{
    bool goes_on;

    if (all_ended(e))
        return EXPLORE_NOBODY;
    pthread_mutex_lock(&e->sim->lock);
    if (e->last != EXPLORE_NOBODY)
        gunyah_internal_explore_fair_ran(e, able_guests(e));
    goes_on = step(e);
    pthread_mutex_unlock(&e->sim->lock);
    return goes_on ? e->last : EXPLORE_NOBODY;
}
