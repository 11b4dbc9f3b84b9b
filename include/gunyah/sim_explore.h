// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The simulator tries the orders in which VMs can act. Test code of several VMs runs as guests, exactly one at a time.
 * Before each call and each wait of a session, the simulator decides which guest goes on; it runs the same scenario again
 * and again, each time in another order, until one of them ends badly. That order is told as a short text, from which the
 * run is repeated exactly.
 *
 * What sim.h says about time and null pointers holds here too. docs/simulator.md is the guide.
 */
#ifndef GUNYAH_SIM_EXPLORE_H
#define GUNYAH_SIM_EXPLORE_H

#include "sim.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The most guests of a scenario; their letters in a schedule are 'a' to 'p'. */
#define GUNYAH_SIM_MAX_GUESTS 16

/** The most time jumps, late interrupts or needless wake-ups of a schedule. */
#define GUNYAH_SIM_MAX_DEVIATIONS 255

/** The most steps of a schedule. */
#define GUNYAH_SIM_MAX_STEPS 1000000

/**
 * Make a machine ready: add VMs, join them, open sessions. Called for each schedule, in the caller's thread, with a
 * machine that has nothing yet. Returns null, or a sentence about what failed, which ends the exploration.
 */
typedef const char *gunyah_sim_setup_fn(void *context, struct gunyah_sim *sim);

/**
 * The test code of one guest, in a thread of its own. It drives sessions that no other guest drives. Returns null, or a
 * sentence about what is wrong, which is a finding and is copied. It must not wait for another guest in any way but through
 * its session: while it does, no other one runs.
 *
 * When the schedule has ended early, every hypercall and every wait fails with GUNYAH_ERR_OBJECT_STATE, and the waits of a
 * deadlock with GUNYAH_ERR_DEADLOCK: the guest must give back what it has, and return. What it returns then counts no
 * more. One that goes on calling nevertheless, for as many calls as a schedule may have steps, is left by longjmp from
 * inside a call, and what it had is lost.
 *
 * @param guest  Its place in the scenario, from 0 on.
 */
typedef const char *gunyah_sim_guest_fn(void *context, uint32_t guest);

/** Says what is wrong after all guests have ended well; null: nothing. May use the sessions. In the caller's thread. */
typedef const char *gunyah_sim_check_fn(void *context);

/**
 * Close what setup opened; after a setup that failed, what it came to. The machine is destroyed afterwards. In the caller's
 * thread.
 */
typedef void gunyah_sim_teardown_fn(void *context);

/** What is tried in many orders. Everything must happen in the same way each time: no clock, no random number. */
struct gunyah_sim_scenario {
    size_t size;   /**< sizeof(struct gunyah_sim_scenario). */
    void *context; /**< For the functions. */
    gunyah_sim_setup_fn *setup;
    gunyah_sim_guest_fn *guests[GUNYAH_SIM_MAX_GUESTS]; /**< The same function may be there more than once. */
    uint32_t guest_count;                               /**< 1 to GUNYAH_SIM_MAX_GUESTS. */
    gunyah_sim_check_fn *check;                         /**< May be null. */
    gunyah_sim_teardown_fn *teardown;
};

#define GUNYAH_SIM_SCENARIO_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_scenario), NULL, NULL, {NULL}, 0, NULL, NULL                                          \
    }

/** How schedules are chosen. */
enum gunyah_sim_explore_mode {
    /** Every schedule within the bounds, those with the fewest preemptions and deviations first. */
    GUNYAH_SIM_SYSTEMATIC = 0,
    /**
     * Each guest has a priority, drawn anew for each schedule; the highest of those that can go on does so. At some steps,
     * drawn too, the guest that ran falls behind all others.
     */
    GUNYAH_SIM_RANDOM = 1,
};

/** Options of gunyah_sim_explore(). */
struct gunyah_sim_explore_options {
    size_t size;                              /**< sizeof(struct gunyah_sim_explore_options). */
    const struct gunyah_sim_options *machine; /**< Each schedule's; null: the defaults, with 1 MiB of memory. Its
                                                 allocator is that of the exploration, too; threads does not count. */
    enum gunyah_sim_explore_mode mode;
    uint32_t preemptions; /**< SYSTEMATIC: how often another guest goes on although the last one could. */
    // Deviations: how often in a schedule, at most GUNYAH_SIM_MAX_DEVIATIONS:
    uint32_t time_jumps; /**< Time goes on to the next time-out, or answer of the Resource Manager, although a guest
                                  could go on. It always does when none can. */
    uint32_t late_interrupts;  /**< An interrupt comes later: a wait whose time is over ends with GUNYAH_ERR_TIMEOUT, or
                                  another interrupt of its list is first. */
    uint32_t needless_wakeups; /**< A wait ends with GUNYAH_OK, and index 0, for nothing. */
    uint32_t change_points;    /**< RANDOM: how often the guest that ran falls behind the others, at most
                                  GUNYAH_SIM_MAX_DEVIATIONS. */
    uint64_t seed;             /**< RANDOM: the same seed draws the same schedules. */
    uint64_t max_schedules;    /**< 0: 100000. */
    uint32_t max_steps;        /**< Of a schedule, at most GUNYAH_SIM_MAX_STEPS; 0: 10000. */
    const char *schedule;      /**< Repeat this one, and no other; mode and bounds do not count then. Null: explore. */
};

#define GUNYAH_SIM_EXPLORE_OPTIONS_INIT                                                                                \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_explore_options), NULL, GUNYAH_SIM_SYSTEMATIC, 2, 0, 0, 0, 2, 0, 0, 0, NULL           \
    }

/** What is wrong with a schedule. */
enum gunyah_sim_finding {
    GUNYAH_SIM_FINDING_NONE = 0,
    GUNYAH_SIM_FINDING_GUEST = 1,    /**< A guest has returned a sentence. */
    GUNYAH_SIM_FINDING_CHECK = 2,    /**< The check has. */
    GUNYAH_SIM_FINDING_DEADLOCK = 3, /**< All guests that have not ended wait, and nothing can wake them. */
    GUNYAH_SIM_FINDING_ENDLESS = 4,  /**< The guests have not ended after max_steps. */
};

/** Result of gunyah_sim_explore(). */
struct gunyah_sim_explore_result {
    size_t size; /**< sizeof(struct gunyah_sim_explore_result), set by the caller. */
    enum gunyah_sim_finding finding;
    uint32_t guest; /**< Who has returned a sentence, waits (the first of them) or ran last; without a finding, 0. */
    uint64_t schedules;   /**< How many different ones were run, the bad one included; RANDOM: how many. */
    uint64_t steps;       /**< Of all of them. */
    uint32_t longest;     /**< Steps of the longest one. */
    bool exhausted;       /**< SYSTEMATIC: none within the bounds is left. */
    char sentence[256];   /**< What was found, or why the function failed. Cut if it is longer. */
    const char *schedule; /**< Of the finding, for gunyah_sim_explore_options.schedule; null: there is none. */
};

#define GUNYAH_SIM_EXPLORE_RESULT_INIT                                                                                 \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_explore_result), GUNYAH_SIM_FINDING_NONE, 0, 0, 0, 0, false, {0}, NULL                \
    }

/**
 * Run a scenario in one order after the other, until one ends badly, all within the bounds were tried, or as many as
 * asked for. The same options try the same orders on every machine.
 *
 * For each schedule there is a new machine: setup, the guests, check, teardown. What a guest does before its first call
 * runs first, in the order of the guests; then each step is one call or wait and what the guest does up to its next one.
 * gunyah_sim_* functions are not steps. A guest that polls must say so with scheduler_yield: after it, others go first.
 *
 * @param options   Null for the defaults.
 * @param scenario  All its functions but check.
 * @param result    Filled in, unless its size is wrong; give it to gunyah_sim_explore_release() afterwards.
 * @return GUNYAH_OK (result->finding says what was found);
 *         GUNYAH_ERR_NULL (scenario, result, setup, teardown, one of the guests, a function of the allocator);
 *         GUNYAH_ERR_OPTION (size of a struct, mode, or a bound that is too large);
 *         GUNYAH_ERR_ARGUMENT_SIZE (guest_count);
 *         GUNYAH_ERR_ARGUMENT_INVALID (options.schedule is damaged, or is not of this scenario);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator);
 *         GUNYAH_ERR_NO_RESOURCES (no more threads);
 *         GUNYAH_ERR_FAILURE (setup failed, or it was noticed that the scenario is not the same each time);
 *         GUNYAH_ERR_IN_USE (a session is open after teardown; that machine is not destroyed. What was found is told
 *           all the same);
 *         what gunyah_sim_create() returns.
 *
 * result->sentence says what was wrong.
 *
 * Blocks until then. It starts a thread for each guest, and ends them before it returns: this is the one function of the
 * library that starts threads. Meanwhile only the guests, and of them the one whose turn it is, may use the machine.
 * Memory: 4 bytes a step of max_steps, and one machine.
 */
enum gunyah_error gunyah_sim_explore(const struct gunyah_sim_explore_options *options,
                                     const struct gunyah_sim_scenario *scenario,
                                     struct gunyah_sim_explore_result *result);

/** Give back the schedule of a result, and set it to null. Does nothing if there is none. Any thread. */
void gunyah_sim_explore_release(struct gunyah_sim_explore_result *result);

#ifdef __cplusplus
}
#endif

#endif
