// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * A simulated machine that makes trouble: interrupts that are lost or late, a hypervisor without memory, caches that do
 * not agree, and plans of it all that are text. Whatever chance decides, the seed decides: the same seed gives the same
 * run, byte for byte, on every machine.
 *
 * Calls and requests that fail are in sim.h and sim_rm.h: gunyah_sim_add_fault(), gunyah_sim_add_rm_fault(). What sim.h
 * says about time, threads, null pointers and gunyah_sim_last_error() holds here too.
 */
#ifndef GUNYAH_SIM_HOSTILE_H
#define GUNYAH_SIM_HOSTILE_H

#include "sim_rm.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What goes wrong without anybody's call failing. */
enum gunyah_sim_hazard_kind {
    GUNYAH_SIM_VIRQ_LOST = 0,  /**< An interrupt never comes. */
    GUNYAH_SIM_VIRQ_LATE = 1,  /**< It comes after_ns later. Those that follow until then are one with it. */
    GUNYAH_SIM_VIRQ_TWICE = 2, /**< It comes, and after_ns later once more, without a reason. */
    GUNYAH_SIM_VIRQ_FLOOD = 3, /**< It becomes pending every after_ns, without a reason. */
    GUNYAH_SIM_HEAP_EMPTY = 4, /**< The hypervisor gets no memory from its heap, as if all were in use. */
};

/** What goes wrong, where and when. */
struct gunyah_sim_hazard {
    size_t size; /**< sizeof(struct gunyah_sim_hazard). */
    enum gunyah_sim_hazard_kind kind;
    struct gunyah_sim_vm *vm; /**< Whose interrupts; null: of every VM. A flood needs one. */
    gunyah_virq_t virq;       /**< A shared one, 32 to 1019; 0: each. A flood needs one. */
    uint64_t after_ns;        /**< LATE, TWICE: virtual nanoseconds. FLOOD: its period, at least 1. */
    uint64_t spread_ns;       /**< LATE, TWICE: up to so many more, by chance. */
    uint64_t nth;    /**< The first interrupt, beat of a flood, or allocation that counts: 1 is the next one. */
    uint64_t count;  /**< How many in a row; 0: all from then on. */
    uint32_t chance; /**< Which of them it hits: parts per million; 0: all. */
};

#define GUNYAH_SIM_HAZARD_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_hazard), GUNYAH_SIM_VIRQ_LOST, NULL, {0}, 0, 0, 1, 1, 0                               \
    }

/**
 * Let things go wrong. An interrupt is what a call or the Resource Manager raises and what would change something: one
 * that is pending already is not raised again. Of several hazards that hit an interrupt, the one that was added first
 * counts; each counts its own. gunyah_sim_clear_faults() removes hazards too; an interrupt that is late comes all the
 * same.
 *
 * 64 interrupts can be late at a time; a further one comes at once. A late one comes although its reason has gone
 * meanwhile. A flood adds nothing to what is pending already, and ends no deadlock by that.
 *
 * A snapshot has how much of each hazard and fault has happened, and which interrupts are late; which hazards and
 * faults there are, it has not. Those that were added after it begin anew when it is restored.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_INVALID (no such kind, nth is 0, chance is above 1000000, virq is no shared interrupt,
 *         spread_ns where it does not belong, a VM of another machine; a flood without a VM, a virq or a period);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 */
enum gunyah_error gunyah_sim_add_hazard(struct gunyah_sim *sim, const struct gunyah_sim_hazard *hazard);

/**
 * Set what chance goes by, in faults and hazards: gunyah_sim_options.seed at first. Each decision comes from this, from
 * the place of its fault or hazard among those that there are, and from how often that had its turn: nothing else that
 * happens changes it. GUNYAH_OK.
 */
enum gunyah_error gunyah_sim_seed_faults(struct gunyah_sim *sim, uint64_t seed);

/** Where a plan is not understood. */
struct gunyah_sim_plan_problem {
    size_t size;    /**< sizeof(struct gunyah_sim_plan_problem), set by the caller. */
    uint32_t line;  /**< From 1 on; 0: it is not about a line. */
    char text[160]; /**< What is wrong, and what was expected; "" if nothing is. */
};

#define GUNYAH_SIM_PLAN_PROBLEM_INIT                                                                                   \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_plan_problem), 0, ""                                                                  \
    }

/**
 * Add faults of calls and of requests to the Resource Manager, and hazards, as a text says, one a line.
 * docs/simulator.md describes the language.
 *
 * @param text     Need not end with a 0. Any bytes: what is no plan is told. At most 1 MiB.
 * @param size     Its bytes.
 * @param problem  Filled in. May be null.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION (problem.size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (the text is not understood, or names a VM that there is not);
 *         GUNYAH_ERR_ARGUMENT_SIZE (the text is too long);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 *
 * On failure nothing is added, and the seed stays.
 */
enum gunyah_error gunyah_sim_add_plan(struct gunyah_sim *sim, const char *text, size_t size,
                                      struct gunyah_sim_plan_problem *problem);

/**
 * Tell how much memory of its heap the hypervisor uses. What was made and is gone again leaves it as it was.
 *
 * @return Bytes; 0 for a null machine.
 */
size_t gunyah_sim_heap_used(struct gunyah_sim *sim);

/** What the hypervisor sees of memory that a VM never made visible. */
#define GUNYAH_SIM_STALE_BYTE 0xa5

/**
 * Let a VM and the hypervisor see the same memory through different eyes: the VM's caches are off, and the hypervisor's
 * hold every line as it was when the VM last cleaned and invalidated it, with gunyah_backend_ops.sync. Of what the VM
 * wrote since, the hypervisor reads nothing, and what the hypervisor writes the VM sees only after the next time.
 * Message queues of the library do that; who makes the calls does it too, or reads what was there before.
 *
 * It is about what calls of this VM read and write. A line has 64 bytes, and becomes dirty as a whole when the
 * hypervisor writes a byte of it; but nothing that sync was not asked for is ever written back, because in a process it
 * may be somebody else's. The last 2048 lines are kept. They are no part of a snapshot, as memory is not.
 *
 * @param incoherent  False: as at first. What is dirty is dropped.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_IN_USE (a session of the VM is open);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 */
enum gunyah_error gunyah_sim_set_incoherent(struct gunyah_sim_vm *vm, bool incoherent);

#ifdef __cplusplus
}
#endif

#endif
