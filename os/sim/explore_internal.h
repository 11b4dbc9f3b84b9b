// SPDX-License-Identifier: BSD-3-Clause
// What the files of the exploration share. One thread at a time runs: the caller's, or that of the guest whose turn it is.
// Everything here belongs to the one that runs, and passes on with the turn.
#ifndef GUNYAH_EXPLORE_INTERNAL_H
#define GUNYAH_EXPLORE_INTERNAL_H

#include "sim_internal.h"

#include <gunyah/sim_explore.h>

#include <setjmp.h>

#define EXPLORE_NOBODY UINT32_MAX // In the place of a guest: the caller's thread.

enum explore_kind {
    EXPLORE_RUN = 0,      // The guest goes on.
    EXPLORE_LATE = 1,     // The guest goes on; its first pending interrupt has not come yet.
    EXPLORE_NEEDLESS = 2, // The guest goes on; it was woken for nothing.
    EXPLORE_TIME = 3,     // Time goes on to what happens next by itself.
};

struct explore_step {
    uint8_t kind;  // enum explore_kind
    uint8_t guest; // 0 with EXPLORE_TIME.
};

// A step that was taken, and which one it was of how many.
struct explore_decision {
    struct explore_step step;
    uint8_t place;
    uint8_t places;
};

// What can be done next, in a fixed order: the guest that ran last, the others behind it, then what deviates.
struct explore_menu {
    struct explore_step steps[3 * GUNYAH_SIM_MAX_GUESTS + 1];
    uint8_t count;
    uint8_t plain; // How many of them, at the beginning, deviate from nothing.
};

enum explore_state {
    EXPLORE_ENDED = 0,
    EXPLORE_STARTS, // Has not come to its first call.
    EXPLORE_CALLS,  // Is about to call.
    EXPLORE_WAITS,
};

struct explore_guest {
    struct gunyah_sim_exploration *e;
    uint32_t number;
    pthread_t thread;
    pthread_cond_t turn_comes;
    enum explore_state state;
    bool yields;           // What it is about to call is scheduler_yield.
    enum explore_kind how; // It goes on.
    jmp_buf way_out;       // Of code that does not end.
    // Of its wait.
    struct gunyah_sim_vm *vm;
    const gunyah_virq_t *virqs;
    size_t count;
    uint64_t deadline;
    // Sets of guests, for fairness (explore_fair.c).
    uint32_t behind;  // Go before this one.
    uint32_t enabled; // Could go on all the time since it yielded last.
    uint32_t ran;     // Since then.
};

struct gunyah_sim_exploration {
    // The turn.
    pthread_mutex_t lock;
    pthread_cond_t callers_turn;
    uint32_t turn;
    bool quit; // The threads are to end.
    // What is asked for.
    struct gunyah_sim_explore_options options;
    const struct gunyah_sim_scenario *scenario;
    struct gunyah_allocator allocator;
    // The schedule.
    struct gunyah_sim *sim;
    struct explore_guest guests[GUNYAH_SIM_MAX_GUESTS];
    uint32_t last;   // Who ran, or EXPLORE_NOBODY ...
    bool yields;     // ... and whether that was scheduler_yield.
    bool starting;   // Guests run up to their first call.
    bool ending;     // Guests give up: their calls fail.
    uint32_t futile; // Calls since then.
    struct explore_decision *decisions;
    uint32_t count;                                     // Of decisions.
    uint32_t preemptions, jumps, late, needless, moves; // Taken.
    // SYSTEMATIC, and a repeated schedule: so many decisions are given.
    uint32_t given;
    uint32_t bound; // Of preemptions and deviations together, at present: so many are new, and fewer were tried before.
    bool cut;       // Something was left out because of it.
    // RANDOM.
    uint64_t random;
    uint32_t priority[GUNYAH_SIM_MAX_GUESTS];
    uint32_t points[GUNYAH_SIM_MAX_DEVIATIONS];
    uint32_t deviate_from; // No deviation before this step.
    // What came of it.
    enum gunyah_error error;
    struct gunyah_sim_explore_result *result;
};

// explore.c
void gunyah_internal_explore_find(struct gunyah_sim_exploration *e, enum gunyah_sim_finding finding, uint32_t guest,
                                  const char *sentence); // The first one counts.
void gunyah_internal_explore_fail(struct gunyah_sim_exploration *e, enum gunyah_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// explore_guest.c: threads, and whose turn it is.
bool gunyah_internal_explore_start(struct gunyah_sim_exploration *e); // False: no more threads; none is left.
void gunyah_internal_explore_stop(struct gunyah_sim_exploration *e);
void gunyah_internal_explore_guests(struct gunyah_sim_exploration *e); // Run all of them, in one order, to their end.

// explore_step.c: what can be done next, and what it does. Returns whose turn it is; nobody's: the schedule is over.
uint32_t gunyah_internal_explore_next(struct gunyah_sim_exploration *e);
uint32_t gunyah_internal_explore_oddity(const struct gunyah_sim_exploration *e); // Preemptions and deviations so far.

// explore_fair.c
void gunyah_internal_explore_fair_begin(struct gunyah_sim_exploration *e);
uint32_t gunyah_internal_explore_fair_first(const struct gunyah_sim_exploration *e, uint32_t able); // Of these guests.
void gunyah_internal_explore_fair_ran(struct gunyah_sim_exploration *e, uint32_t able); // e->last; now these are able.

// explore_choose.c: which schedule, and which place in the menu.
void gunyah_internal_explore_choose_begin(struct gunyah_sim_exploration *e);
uint8_t gunyah_internal_explore_choose(struct gunyah_sim_exploration *e, const struct explore_menu *menu);
bool gunyah_internal_explore_choose_another(struct gunyah_sim_exploration *e); // False: all were run.

// explore_text.c
bool gunyah_internal_explore_read(struct gunyah_sim_exploration *e, const char *text); // False: the error is told.
bool gunyah_internal_explore_write(struct gunyah_sim_exploration *e);                  // False: no memory.

#endif
