// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Doorbells: 64 flags that one VM sets and another one reads and clears, with an interrupt.
 *
 * Flags accumulate: ringing a flag that is set already is not an error, and nobody counts. What was written to shared
 * memory before gunyah_doorbell_send() is visible to whoever receives the flag.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_DOORBELL_H
#define GUNYAH_DOORBELL_H

#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_doorbell;

/** Options of gunyah_doorbell_open(). */
struct gunyah_doorbell_options {
    size_t size;        /**< sizeof(struct gunyah_doorbell_options). */
    gunyah_capid_t cap; /**< Capability of the doorbell; not looked at until it is used. */
    gunyah_virq_t virq; /**< Interrupt that is bound to it already, for gunyah_doorbell_wait(); 0: none. */
};

#define GUNYAH_DOORBELL_OPTIONS_INIT                                                                                   \
    {                                                                                                                  \
        sizeof(struct gunyah_doorbell_options), {GUNYAH_CAPID_INVALID},                                                \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

/**
 * Open a doorbell that this VM has a capability for.
 *
 * @param doorbell  Where the handle is stored; null on failure. It lives until it or its session is closed.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (virq cannot be bound);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * Makes no call.
 */
enum gunyah_error gunyah_doorbell_open(struct gunyah *g, const struct gunyah_doorbell_options *options,
                                       struct gunyah_doorbell **doorbell);

/** Create a doorbell. As gunyah_cspace_create(). Hypercall partition_create_doorbell. */
enum gunyah_error gunyah_doorbell_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                         struct gunyah_doorbell **doorbell);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_doorbell_close(struct gunyah_doorbell **doorbell);

/** Returns the CapID of a doorbell; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_doorbell_capid(const struct gunyah_doorbell *doorbell);

/** Activate. GUNYAH_OK; the capability errors. Hypercall object_activate. */
enum gunyah_error gunyah_doorbell_activate(struct gunyah_doorbell *doorbell);

/**
 * Set flags, and interrupt the receiver if one of them is enabled. No allocation, no lock.
 *
 * @param flags      Flags to set. 0 sets none and repeats the interrupt of flags that are still set.
 * @param old_flags  Where the flags before the call are stored; may be null; untouched on failure.
 * @return GUNYAH_OK;
 *         the capability errors (right SEND).
 *
 * Hypercall doorbell_send.
 */
enum gunyah_error gunyah_doorbell_send(struct gunyah_doorbell *doorbell, uint64_t flags, uint64_t *old_flags);

/**
 * Read all flags and clear some. No allocation, no lock.
 *
 * @param clear      Flags to clear, at least one.
 * @param old_flags  Where the flags before the call are stored, also those that stay; may be null; untouched on
 *                   failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (clear is 0);
 *         the capability errors (right RECEIVE).
 *
 * Hypercall doorbell_receive.
 */
enum gunyah_error gunyah_doorbell_receive(struct gunyah_doorbell *doorbell, uint64_t clear, uint64_t *old_flags);

/**
 * Choose which flags interrupt. Both masks replace the former ones; a fresh doorbell has all ones and 0.
 *
 * @param enable       Flags that interrupt when they are set. Enabling a flag that is set interrupts at once.
 * @param acknowledge  Flags that are cleared whenever the doorbell interrupts.
 * @return GUNYAH_OK;
 *         the capability errors (right RECEIVE).
 *
 * Hypercall doorbell_mask.
 */
enum gunyah_error gunyah_doorbell_mask(struct gunyah_doorbell *doorbell, uint64_t enable, uint64_t acknowledge);

/**
 * Clear all flags, withdraw a level interrupt, return both masks to those of a fresh doorbell. As
 * gunyah_doorbell_mask(). Hypercall doorbell_reset.
 */
enum gunyah_error gunyah_doorbell_reset(struct gunyah_doorbell *doorbell);

/**
 * Bind the doorbell to an interrupt of this VM. Flags that are set already do not interrupt.
 *
 * @param vic   With the BIND_SOURCE right. Of the same session.
 * @param virq  A shared interrupt of it that is free.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (not a shared interrupt of the controller; handles of two sessions);
 *         the capability errors (right BIND);
 *         GUNYAH_ERR_VIRQ_BOUND (the doorbell has one);
 *         GUNYAH_ERR_BUSY (the interrupt has another source).
 *
 * Hypercall doorbell_bind_virq.
 */
enum gunyah_error gunyah_doorbell_bind_virq(struct gunyah_doorbell *doorbell, struct gunyah_vic *vic,
                                            gunyah_virq_t virq);

/**
 * Unbind. Success if nothing is bound. Blocks for a grace period of the hypervisor. The capability errors (right BIND).
 * Hypercall doorbell_unbind_virq.
 */
enum gunyah_error gunyah_doorbell_unbind_virq(struct gunyah_doorbell *doorbell);

/**
 * Wait until flags are set, and read and clear them.
 *
 * @param clear       Flags to wait for and to clear, at least one.
 * @param timeout_ns  Nanoseconds for all of it; 0 only looks; GUNYAH_WAIT_FOREVER.
 * @param flags       Where those of the flags that were set are stored; may be null; untouched on failure.
 * @return GUNYAH_OK (at least one was set);
 *         as gunyah_doorbell_receive();
 *         GUNYAH_ERR_NOT_BOUND (no interrupt was bound through this handle or named when it was opened);
 *         GUNYAH_ERR_UNSUPPORTED;
 *         GUNYAH_ERR_TIMEOUT;
 *         GUNYAH_ERR_DEADLOCK (simulator);
 *         GUNYAH_ERR_NO_RESOURCES (the operating system has none left for this).
 *
 * Blocks without using the CPU. The flags must be enabled (gunyah_doorbell_mask()) and not in the acknowledge mask, or
 * nothing will ever be seen. On a level interrupt, mask the flags that you do not wait for: while another enabled one
 * is set, the interrupt comes again and again, and this waits by looking.
 */
enum gunyah_error gunyah_doorbell_wait(struct gunyah_doorbell *doorbell, uint64_t clear, uint64_t timeout_ns,
                                       uint64_t *flags);

#ifdef __cplusplus
}
#endif

#endif
