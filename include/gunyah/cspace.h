// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Capability spaces and the capabilities in them.
 *
 * A capability space is a table of slots; each slot holds a capability: an object and a mask of rights
 * (GUNYAH_RIGHT_*). The first capability of an object is its master. Copies have at most the rights of what they were
 * copied from. CapIDs of one space mean nothing in another: what is done to a foreign space goes through a capability
 * for that space.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_CSPACE_H
#define GUNYAH_CSPACE_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Open a capability space that this VM has a capability for (its own, for instance). As gunyah_partition_open(). */
enum gunyah_error gunyah_cspace_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_cspace **cspace);

/**
 * Create a capability space.
 *
 * @param partition  With the OBJECT_CREATE right.
 * @param into       Capability space that gets the master capability; with the CAP_CREATE right. Of the same session.
 * @param cspace     Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (handles of two sessions);
 *         GUNYAH_ERR_OUT_OF_MEMORY (no handle: nothing was created);
 *         the capability errors;
 *         GUNYAH_ERR_NO_MEMORY (of the hypervisor);
 *         GUNYAH_ERR_CSPACE_FULL.
 *
 * Hypercall partition_create_cspace.
 */
enum gunyah_error gunyah_cspace_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                       struct gunyah_cspace **cspace);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_cspace_close(struct gunyah_cspace **cspace);

/** Returns the CapID of a capability space; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_cspace_capid(const struct gunyah_cspace *cspace);

/**
 * Set the number of slots, before activation.
 *
 * @param max_caps  1 to GUNYAH_CSPACE_MAX_CAPS. The library refuses 0, which the hypervisor would accept here and then
 *                  fail to activate.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID;
 *         the capability errors.
 *
 * Hypercall cspace_configure.
 */
enum gunyah_error gunyah_cspace_configure(struct gunyah_cspace *cspace, uint32_t max_caps);

/**
 * Activate. GUNYAH_OK; the capability errors; GUNYAH_ERR_OBJECT_CONFIG (no slots configured). Hypercall
 * object_activate.
 */
enum gunyah_error gunyah_cspace_activate(struct gunyah_cspace *cspace);

/**
 * Copy a capability.
 *
 * @param from         Space of the source; with the CAP_COPY right.
 * @param cap          Source, an id of that space.
 * @param to           Space of the copy; with the CAP_CREATE right. Of the same session.
 * @param rights_mask  Rights that the copy keeps, of those that the source has.
 * @param copy         Where the CapID of the copy, an id of the space "to", is stored; GUNYAH_CAPID_INVALID on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (also: handles of two sessions);
 *         the capability errors;
 *         GUNYAH_ERR_CSPACE_FULL (tested before the source);
 *         GUNYAH_ERR_NO_MEMORY;
 *         GUNYAH_ERR_INSUFFICIENT_RIGHTS (no right would be left);
 *         GUNYAH_ERR_BUSY (somebody changed the source at the same time: try again).
 *
 * Hypercall cspace_copy_cap_from.
 */
enum gunyah_error gunyah_cspace_copy(struct gunyah_cspace *from, gunyah_capid_t cap, struct gunyah_cspace *to,
                                     uint32_t rights_mask, gunyah_capid_t *copy);

/**
 * Delete a capability, valid or revoked. The last capability of an object takes the object with it. When a master is
 * deleted, its copies go on, and nobody can revoke them any more.
 *
 * @param cspace  With the CAP_DELETE right.
 * @return GUNYAH_OK;
 *         the capability errors;
 *         GUNYAH_ERR_BUSY (try again).
 *
 * Hypercall cspace_delete_cap_from.
 */
enum gunyah_error gunyah_cspace_delete(struct gunyah_cspace *cspace, gunyah_capid_t cap);

/** Revoke one capability. GUNYAH_ERR_UNIMPLEMENTED on every open hypervisor. Hypercall cspace_revoke_cap_from. */
enum gunyah_error gunyah_cspace_revoke(struct gunyah_cspace *cspace, gunyah_capid_t cap);

/**
 * Revoke every other capability of an object, in all capability spaces. They keep their slots until they are deleted.
 *
 * @param cspace  Space of the master; with the CAP_REVOKE right.
 * @param master  Master capability of the object.
 * @return GUNYAH_OK;
 *         the capability errors;
 *         GUNYAH_ERR_INSUFFICIENT_RIGHTS (also: not a master);
 *         GUNYAH_ERR_BUSY (try again).
 *
 * Hypercall cspace_revoke_caps_from.
 */
enum gunyah_error gunyah_cspace_revoke_children(struct gunyah_cspace *cspace, gunyah_capid_t master);

/**
 * Give a thread (thread.h) that is not active yet its capability space; once more, and the last one counts.
 *
 * @param cspace  With the ATTACH right.
 * @param thread  With the ACTIVATE right; looked at first. Of the same session.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (also: handles of two sessions);
 *         the capability errors.
 *
 * Hypercall cspace_attach_thread.
 */
enum gunyah_error gunyah_cspace_attach_thread(struct gunyah_cspace *cspace, struct gunyah_thread *thread);

#ifdef __cplusplus
}
#endif

#endif
