// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What all objects have in common: handles, activation, reset, deletion; and partitions, which create objects.
 *
 * An object of the hypervisor is reached through a capability, whose id (CapID) means something only in the capability
 * space of the VM that holds it. A handle of this library pairs a CapID with a session. Closing a handle frees the
 * handle; the object and its capability stay. A session uses the memory of closed handles again; a stale handle is told
 * (GUNYAH_ERR_HANDLE) until that happens.
 *
 * Life of an object: created in INIT; configured there, any number of times; activated, once. An activation that fails
 * is final (FAILED). The last capability of an object that is deleted takes the object with it.
 *
 * Every function that takes a handle returns GUNYAH_ERR_NULL for a null pointer and GUNYAH_ERR_HANDLE for a stale
 * handle; this is not repeated below. Every function that makes a call may return the capability errors:
 * GUNYAH_ERR_ARGUMENT_INVALID (malformed CapID), GUNYAH_ERR_CAP_NULL, GUNYAH_ERR_CAP_REVOKED,
 * GUNYAH_ERR_WRONG_OBJECT_TYPE, GUNYAH_ERR_INSUFFICIENT_RIGHTS, GUNYAH_ERR_OBJECT_STATE (not active, or no longer in
 * INIT); and GUNYAH_ERR_UNIMPLEMENTED, or GUNYAH_ERR_UNKNOWN. Unless said otherwise, nothing blocks, and a session and
 * its handles belong to one thread at a time.
 */
#ifndef GUNYAH_OBJECT_H
#define GUNYAH_OBJECT_H

#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_cspace;
struct gunyah_partition;
struct gunyah_thread;

/**
 * Activate any object.
 *
 * @param cap  Capability with the ACTIVATE right, in this VM's capability space.
 * @return GUNYAH_OK;
 *         the capability errors;
 *         GUNYAH_ERR_OBJECT_CONFIG (not configured), and what the kind of object may answer.
 *
 * May block for a grace period of the hypervisor. Hypercall object_activate.
 */
enum gunyah_error gunyah_object_activate(struct gunyah *g, gunyah_capid_t cap);

/** As gunyah_object_activate(), for a capability of another capability space. Hypercall object_activate_from. */
enum gunyah_error gunyah_object_activate_from(struct gunyah_cspace *cspace, gunyah_capid_t cap);

/**
 * Return an object to INIT.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_UNIMPLEMENTED (every open hypervisor).
 *
 * Hypercall object_reset.
 */
enum gunyah_error gunyah_object_reset(struct gunyah *g, gunyah_capid_t cap);

/** As gunyah_object_reset(), for a capability of another capability space. Hypercall object_reset_from. */
enum gunyah_error gunyah_object_reset_from(struct gunyah_cspace *cspace, gunyah_capid_t cap);

/**
 * Open a partition that this VM has a capability for.
 *
 * @param cap        Capability of the partition; not looked at until it is used.
 * @param partition  Where the handle is stored; null on failure. It lives until it or its session is closed.
 * @return GUNYAH_OK, GUNYAH_ERR_NULL, GUNYAH_ERR_HANDLE, GUNYAH_ERR_OUT_OF_MEMORY. Makes no call.
 */
enum gunyah_error gunyah_partition_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_partition **partition);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_partition_close(struct gunyah_partition **partition);

/** Returns the CapID of a partition; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_partition_capid(const struct gunyah_partition *partition);

#ifdef __cplusplus
}
#endif

#endif
