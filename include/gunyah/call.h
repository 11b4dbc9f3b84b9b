// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The one place where a call leaves the library, and what can be seen of it: counters and an observer.
 *
 * Most programs use the typed APIs; hypercalls.h has a typed stub for each call on top of this.
 */
#ifndef GUNYAH_CALL_H
#define GUNYAH_CALL_H

#include "backend.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A session; see session.h. */
struct gunyah;

/** Number in an event that is an SMCCC function rather than a hypercall. */
#define GUNYAH_CALL_SMCCC UINT32_MAX

/** Calls with a number below this one are counted one by one. */
#define GUNYAH_COUNTED_CALLS 128

/** What a session has counted since it was opened. */
struct gunyah_counters {
    uint64_t by_number[GUNYAH_COUNTED_CALLS]; /**< Hypercalls that left the library, by number. */
    uint64_t others;                          /**< Hypercalls with higher numbers, and other SMCCC functions. */
    uint64_t answered_by_observer;            /**< Calls that the observer kept back; not part of the others. */
};

/** One call, as the observer sees it. Valid during the callback. */
struct gunyah_call_event {
    uint64_t sequence; /**< 0 for the first call of the session. */
    uint32_t number;   /**< GUNYAH_HYPERCALL_*, or GUNYAH_CALL_SMCCC. */
    const struct gunyah_registers
        *call; /**< The call: x0 the SMCCC function id, arguments from x1, in either convention. */
    struct gunyah_registers *answer; /**< The answer: results from x0. */
};

/**
 * Sees every call of a session, for traces, statistics and fault injection. Either function may be null. They run in
 * the calling thread and must not use the session.
 */
struct gunyah_observer {
    void *context;

    /**
     * Before the call. answer holds a copy of call. Return false to let it go out; true to keep it back, with answer
     * filled by the observer as the hypervisor would (an error code in x[0]).
     */
    bool (*before)(void *context, const struct gunyah_call_event *event);

    /** After the call, also after one that was kept back. The answer may be changed. */
    void (*after)(void *context, const struct gunyah_call_event *event);
};

/**
 * Make a hypercall.
 *
 * @param g          Session. Not checked: this is the hot path, and every typed API has checked it.
 * @param number     GUNYAH_HYPERCALL_*; a number that the hypervisor does not know is answered by it (UNIMPLEMENTED).
 * @param registers  In: arguments in x[1] to x[7], reserved words included; x[0] is not read. Out: results from x[0].
 *                   This is so in both conventions.
 *
 * Never fails by itself. A session whose hypervisor has stopped answers all ones. Blocks only as the call does. One
 * thread at a time for each session. No allocation, no lock. SMC calling convention and Gunyah's immediate convention.
 */
void gunyah_call(struct gunyah *g, uint32_t number, struct gunyah_registers *registers);

/**
 * Make a hypercall that is in the form of SMCCC already, as the stubs of hypercalls.h do.
 *
 * @param g          Session, not checked.
 * @param number     GUNYAH_HYPERCALL_*.
 * @param registers  In: the function id of this number in x[0], as gunyah_call_encode() puts it there; arguments in x[1]
 *                   to x[7]. Out: results from x[0]. This is so in both conventions.
 *
 * As gunyah_call() for everything else.
 */
void gunyah_call_encoded(struct gunyah *g, uint32_t number, struct gunyah_registers *registers);

/**
 * Make any SMCCC call through the session's conduit.
 *
 * @param g          Session, not checked.
 * @param registers  In: function id in x[0], arguments in x[1] to x[7]. Out: results from x[0]; all ones for a function
 *                   that nobody knows.
 *
 * As gunyah_call() for everything else.
 */
void gunyah_smccc(struct gunyah *g, struct gunyah_registers *registers);

/**
 * Put a hypercall into the form of a convention: the pure part of gunyah_call().
 *
 * @param convention  GUNYAH_CONVENTION_SMCCC or GUNYAH_CONVENTION_IMMEDIATE.
 * @param number      Number of the call, below 0x4000 (SMCCC) or 0x200 (immediate); higher bits are cut off.
 * @param registers   In: arguments in x[1] to x[7]. Out: the registers as the instruction needs them.
 * @return The immediate of the instruction. Any thread.
 */
uint16_t gunyah_call_encode(enum gunyah_convention convention, uint32_t number, struct gunyah_registers *registers);

/**
 * Tell what a session has counted.
 *
 * @return Counters that live as long as the session and go on counting; null for a null session. One thread at a time
 *         for each session.
 */
const struct gunyah_counters *gunyah_call_counters(const struct gunyah *g);

/**
 * Tell how many calls of a session have left the library: the sum of by_number and others.
 *
 * @return 0 for a null session. One thread at a time for each session.
 */
uint64_t gunyah_call_count(const struct gunyah *g);

#ifdef __cplusplus
}
#endif

#endif
