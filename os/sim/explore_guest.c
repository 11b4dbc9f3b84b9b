// SPDX-License-Identifier: BSD-3-Clause
// Guests: a thread each, and a turn that goes from one to the other. A guest stops where it calls or waits; it goes on when
// it is its turn.

#include "explore_internal.h"

// ---- The turn ----------------------------------------------------------------------------------------------------------

static void give_turn(struct gunyah_sim_exploration *e, uint32_t to)
{
    e->turn = to;
    pthread_cond_signal(to != EXPLORE_NOBODY ? &e->guests[to].turn_comes : &e->callers_turn);
}

static void await_turn(struct gunyah_sim_exploration *e, uint32_t who)
{
    while (e->turn != who)
        pthread_cond_wait(who != EXPLORE_NOBODY ? &e->guests[who].turn_comes : &e->callers_turn, &e->lock);
}

// Give it to another one, and wait until it comes back.
static void pass_turn(struct gunyah_sim_exploration *e, uint32_t from, uint32_t to)
{
    if (from == to)
        return;
    pthread_mutex_lock(&e->lock);
    give_turn(e, to);
    await_turn(e, from);
    pthread_mutex_unlock(&e->lock);
}

// ---- Threads -----------------------------------------------------------------------------------------------------------

// Of the guest whose turn it is, when it has come to the end of a step: who is next.
static uint32_t next_turn(struct gunyah_sim_exploration *e)
{
    if (e->starting || e->ending || e->result->finding != GUNYAH_SIM_FINDING_NONE)
        return EXPLORE_NOBODY;
    return gunyah_internal_explore_next(e);
}

static void live(struct explore_guest *guest)
{
    struct gunyah_sim_exploration *e = guest->e;
    const char *complaint;

    if (setjmp(guest->way_out) != 0)
        return;
    complaint = e->scenario->guests[guest->number](e->scenario->context, guest->number);
    if (complaint != NULL && !e->ending)
        gunyah_internal_explore_find(e, GUNYAH_SIM_FINDING_GUEST, guest->number, complaint);
}

static void *run_thread(void *context)
{
    struct explore_guest *guest = context;
    struct gunyah_sim_exploration *e = guest->e;
    uint32_t next;

    pthread_mutex_lock(&e->lock);
    await_turn(e, guest->number);
    while (!e->quit) {
        pthread_mutex_unlock(&e->lock);
        live(guest);
        guest->state = EXPLORE_ENDED;
        next = next_turn(e);
        pthread_mutex_lock(&e->lock);
        give_turn(e, next);
        await_turn(e, guest->number);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

// End the threads of so many guests.
static void stop(struct gunyah_sim_exploration *e, uint32_t count)
{
    e->quit = true;
    for (uint32_t i = 0; i < count; i++) {
        pthread_mutex_lock(&e->lock);
        give_turn(e, i);
        pthread_mutex_unlock(&e->lock);
        pthread_join(e->guests[i].thread, NULL);
        pthread_cond_destroy(&e->guests[i].turn_comes);
    }
    pthread_cond_destroy(&e->callers_turn);
    pthread_mutex_destroy(&e->lock);
}

static bool start(struct gunyah_sim_exploration *e, uint32_t number)
{
    struct explore_guest *guest = &e->guests[number];

    guest->e = e;
    guest->number = number;
    if (pthread_cond_init(&guest->turn_comes, NULL) != 0)
        return false;
    if (pthread_create(&guest->thread, NULL, run_thread, guest) == 0)
        return true;
    pthread_cond_destroy(&guest->turn_comes);
    return false;
}

bool gunyah_internal_explore_start(struct gunyah_sim_exploration *e)
{
    e->turn = EXPLORE_NOBODY;
    if (pthread_mutex_init(&e->lock, NULL) != 0)
        return false;
    if (pthread_cond_init(&e->callers_turn, NULL) != 0) {
        pthread_mutex_destroy(&e->lock);
        return false;
    }
    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        if (start(e, i))
            continue;
        stop(e, i);
        return false;
    }
    return true;
}

void gunyah_internal_explore_stop(struct gunyah_sim_exploration *e)
{
    stop(e, e->scenario->guest_count);
}

// ---- A schedule --------------------------------------------------------------------------------------------------------

// Each up to its first call.
static void start_guests(struct gunyah_sim_exploration *e)
{
    e->starting = true;
    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        e->guests[i].state = EXPLORE_STARTS;
        pass_turn(e, EXPLORE_NOBODY, i);
    }
    e->starting = false;
}

// Those that the end of the schedule has caught in a call.
static void end_guests(struct gunyah_sim_exploration *e)
{
    e->ending = true;
    for (uint32_t i = 0; i < e->scenario->guest_count; i++) {
        e->futile = 0;
        if (e->guests[i].state != EXPLORE_ENDED)
            pass_turn(e, EXPLORE_NOBODY, i);
    }
    e->ending = false;
}

void gunyah_internal_explore_guests(struct gunyah_sim_exploration *e)
{
    e->last = EXPLORE_NOBODY;
    e->count = e->preemptions = e->jumps = e->late = e->needless = 0;
    gunyah_internal_explore_fair_begin(e);
    gunyah_internal_explore_choose_begin(e);
    start_guests(e);
    pass_turn(e, EXPLORE_NOBODY, next_turn(e));
    end_guests(e);
}

// ---- Where guests stop -------------------------------------------------------------------------------------------------

// Code that calls again and again, although every call fails, would never end.
static void leave_by_force(struct explore_guest *guest)
{
    struct gunyah_sim_exploration *e = guest->e;

    if (e->futile++ == e->options.max_steps)
        longjmp(guest->way_out, 1);
}

// Returns whether the guest goes on as the schedule says, rather than because it is over.
static bool stop_here(struct explore_guest *guest, enum explore_state state, bool yields)
{
    struct gunyah_sim_exploration *e = guest->e;

    guest->state = state;
    guest->yields = yields;
    pass_turn(e, guest->number, next_turn(e));
    return !e->ending;
}

bool gunyah_internal_sim_explore_call(struct gunyah_sim_exploration *e, const struct sim_call *call)
{
    struct explore_guest *guest = &e->guests[e->turn];

    if (!e->ending)
        return stop_here(guest, EXPLORE_CALLS,
                         call->kind == SIM_CALL_HYPERCALL && call->number == GUNYAH_HYPERCALL_SCHEDULER_YIELD);
    leave_by_force(guest);
    return false;
}

// The wait ends: the guest was chosen, and can go on.
static enum gunyah_error end_wait(const struct explore_guest *guest, size_t *index)
{
    struct gunyah_sim_vm *vm = guest->vm;
    size_t place;

    if (vm->sim->crashed)
        return GUNYAH_ERR_CRASHED;
    if (vm->lost)
        return GUNYAH_ERR_OBJECT_STATE;
    if (guest->how == EXPLORE_NEEDLESS) {
        gunyah_internal_sim_trace_needless(vm);
        return GUNYAH_OK;
    }
    place = gunyah_internal_sim_find_pending(vm, guest->virqs, guest->count, 0);
    if (guest->how == EXPLORE_LATE) {
        gunyah_internal_sim_trace_miss(vm, guest->virqs[place]);
        place = gunyah_internal_sim_find_pending(vm, guest->virqs, guest->count, place + 1);
    }
    if (place == guest->count)
        return GUNYAH_ERR_TIMEOUT;
    gunyah_internal_sim_take(vm, guest->virqs[place]);
    *index = place;
    return GUNYAH_OK;
}

// As the end of the schedule has it.
static enum gunyah_error break_off(const struct gunyah_sim_exploration *e)
{
    return e->result->finding == GUNYAH_SIM_FINDING_DEADLOCK ? GUNYAH_ERR_DEADLOCK : GUNYAH_ERR_OBJECT_STATE;
}

enum gunyah_error gunyah_internal_sim_explore_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                                   uint64_t timeout_ns, size_t *index)
{
    struct gunyah_sim *sim = vm->sim;
    struct gunyah_sim_exploration *e = sim->explore;
    struct explore_guest *guest = &e->guests[e->turn];
    enum gunyah_error error;
    size_t place = 0;
    bool goes_on;

    if (e->ending) {
        leave_by_force(guest);
        return GUNYAH_ERR_OBJECT_STATE;
    }
    pthread_mutex_lock(&sim->lock);
    error = gunyah_internal_sim_begin_wait(vm, virqs, count, timeout_ns);
    pthread_mutex_unlock(&sim->lock);
    if (error != GUNYAH_OK)
        return error;

    guest->vm = vm;
    guest->virqs = virqs;
    guest->count = count;
    guest->deadline = vm->wait.deadline;
    goes_on = stop_here(guest, EXPLORE_WAITS, false);

    pthread_mutex_lock(&sim->lock);
    sim->in_wait--;
    error = goes_on ? end_wait(guest, &place) : break_off(e);
    if (error == GUNYAH_OK && index != NULL)
        *index = place;
    if (error != GUNYAH_OK && (goes_on || error == GUNYAH_ERR_DEADLOCK))
        gunyah_internal_sim_trace_end(vm, error);
    pthread_mutex_unlock(&sim->lock);
    return error;
}
