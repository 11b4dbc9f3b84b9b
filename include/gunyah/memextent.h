// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Memory extents: ranges of physical memory that somebody owns, which address spaces map (addrspace.h).
 *
 * A root extent covers physical memory of its partition; any other is a part of its parent. A basic extent owns all of its
 * range from its activation on, or cannot be activated. A sparse one owns nothing at first: memory is donated to it, page
 * by page, and its mappings show what it owns at the moment. Memory that a child owns is missing in its parent until the
 * child is gone.
 *
 * Base, offset and size of a range are bytes, and multiples of GUNYAH_MEMEXTENT_PAGE_SIZE. The library looks at them
 * before the hypervisor looks at the capability, the state and the kind of the extent, and gunyah_last_error() says which
 * of them is wrong; the error is the one that the hypervisor has for it. A range is compared with the size of an extent
 * when its handle knows that: it was configured through it, or named when the handle was opened.
 *
 * docs/fidelity.md has the places where the hypervisor does something else than its manual says.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_MEMEXTENT_H
#define GUNYAH_MEMEXTENT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a page, which all ranges are made of. */
#define GUNYAH_MEMEXTENT_PAGE_SIZE 4096

struct gunyah_memextent;

/** Whether a call that changes what is mapped waits until no processor uses any more what was there before. */
enum gunyah_memextent_sync {
    GUNYAH_MEMEXTENT_SYNC = 0,    /**< It does, and blocks for a grace period of the hypervisor. */
    GUNYAH_MEMEXTENT_NO_SYNC = 1, /**< It does not: gunyah_memextent_sync_all() waits for many of them at once. */
};

/** Options of gunyah_memextent_open(). */
struct gunyah_memextent_options {
    size_t size;          /**< sizeof(struct gunyah_memextent_options). */
    gunyah_capid_t cap;   /**< Capability of the extent; not looked at until it is used. */
    uint64_t extent_size; /**< Its size in bytes, whole pages; 0: not known. No call tells it. */
};

#define GUNYAH_MEMEXTENT_OPTIONS_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(struct gunyah_memextent_options), {GUNYAH_CAPID_INVALID}, 0                                             \
    }

/**
 * Open a memory extent that this VM has a capability for.
 *
 * @param extent  Where the handle is stored; null on failure. It lives until it or its session is closed.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (extent_size);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * Makes no call.
 */
enum gunyah_error gunyah_memextent_open(struct gunyah *g, const struct gunyah_memextent_options *options,
                                        struct gunyah_memextent **extent);

/** Create a memory extent. As gunyah_cspace_create(). Hypercall partition_create_memextent. */
enum gunyah_error gunyah_memextent_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                          struct gunyah_memextent **extent);

/**
 * Create a sparse root extent, configure it and activate it: memory can be donated to it.
 *
 * @param into    This VM's own capability space, also with the CAP_DELETE right: what cannot be finished is deleted again.
 *                Without that right, it stays.
 * @param base    As for gunyah_memextent_configure(), as are size, access and memtype.
 * @param extent  Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         as gunyah_memextent_create();
 *         as gunyah_memextent_configure();
 *         as gunyah_memextent_activate().
 *
 * Hypercalls partition_create_memextent, memextent_configure, object_activate; cspace_delete_cap_from if one of them
 * fails.
 */
enum gunyah_error gunyah_memextent_create_sparse(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                                 uint64_t base, uint64_t size, enum gunyah_pgtable_access access,
                                                 enum gunyah_memextent_memtype memtype,
                                                 struct gunyah_memextent **extent);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_memextent_close(struct gunyah_memextent **extent);

/** Returns the CapID of an extent; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_memextent_capid(const struct gunyah_memextent *extent);

/** Returns the size in bytes; 0 if this handle does not know it, and for a null or stale handle. Makes no call. */
uint64_t gunyah_memextent_size(const struct gunyah_memextent *extent);

/**
 * Make it a root extent, before activation. The last configuration counts.
 *
 * @param base     Physical address. Whose it is, is looked at only at activation.
 * @param size     Bytes, at least a page. The range may end at 2^64, not beyond.
 * @param access   Most that a mapping may allow; not GUNYAH_PGTABLE_ACCESS_NONE.
 * @param memtype  What mappings may be: ANY; DEVICE; UNCACHED (no cache at any level). CACHED is refused.
 * @param type     BASIC or SPARSE.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (size is 0; the range wraps around; access, memtype or type);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (base or size);
 *         the capability errors (right ACTIVATE).
 *
 * Hypercall memextent_configure.
 */
enum gunyah_error gunyah_memextent_configure(struct gunyah_memextent *extent, uint64_t base, uint64_t size,
                                             enum gunyah_pgtable_access access, enum gunyah_memextent_memtype memtype,
                                             enum gunyah_memextent_type type);

/**
 * Make it a part of another extent, before activation. The last configuration counts.
 *
 * @param parent   Active, with the DERIVE right. Of the same session.
 * @param offset   Where in the parent it begins, in bytes.
 * @param size     Bytes, at least a page.
 * @param access   As for gunyah_memextent_configure(), and nothing that the parent's mappings may not allow.
 * @param memtype  That of the parent, unless that is ANY.
 * @param type     BASIC or SPARSE. A sparse child of a basic extent owns its range from its activation on; one of a
 *                 sparse extent owns nothing.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (size is 0; the range wraps around; access, memtype or type; handles of two
 *         sessions);
 *         GUNYAH_ERR_ADDR_INVALID (not inside the parent; this outranks the next);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (offset or size);
 *         GUNYAH_ERR_WOULD_CRASH (a basic child for execution alone: it takes over the mappings of its parent, and one
 *         that was executable for the kernel would stop the hypervisor);
 *         the capability errors.
 *
 * Hypercall memextent_configure_derive.
 */
enum gunyah_error gunyah_memextent_configure_derive(struct gunyah_memextent *extent, struct gunyah_memextent *parent,
                                                    uint64_t offset, uint64_t size, enum gunyah_pgtable_access access,
                                                    enum gunyah_memextent_memtype memtype,
                                                    enum gunyah_memextent_type type);

/**
 * Activate.
 *
 * @return GUNYAH_OK;
 *         the capability errors;
 *         GUNYAH_ERR_OBJECT_CONFIG (not configured);
 *         GUNYAH_ERR_NOT_OWNER (a basic extent whose range does not belong, all of it, to the partition or the parent);
 *         GUNYAH_ERR_ADDR_INVALID (a basic extent beyond the physical addresses of the platform);
 *         GUNYAH_ERR_BUSY (something uses the parent's memory: a device, an information area);
 *         GUNYAH_ERR_DENIED (a mapping of the parent has only a piece of a basic child);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * May block for a grace period of the hypervisor. Hypercall object_activate.
 */
enum gunyah_error gunyah_memextent_activate(struct gunyah_memextent *extent);

/**
 * Take back every mapping of the extent, in all address spaces. It cannot fail once the capability is good.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (sync);
 *         the capability errors (right MAP).
 *
 * Blocks as sync says. Hypercall memextent_modify (UNMAP_ALL).
 */
enum gunyah_error gunyah_memextent_unmap_all(struct gunyah_memextent *extent, enum gunyah_memextent_sync sync);

/**
 * Fill a range with zeros. What the extent does not own of it stays as it is.
 *
 * @param offset  Where in the extent the range begins, in bytes.
 * @param size    Bytes, at least a page.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (offset or size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (the range wraps around, or is not inside the extent);
 *         GUNYAH_ERR_ARGUMENT_SIZE (size is 0);
 *         the capability errors (right MAP);
 *         GUNYAH_ERR_DENIED (the extent is for devices, or not writable).
 *
 * Hypercall memextent_modify (ZERO_RANGE).
 */
enum gunyah_error gunyah_memextent_zero_range(struct gunyah_memextent *extent, uint64_t offset, uint64_t size);

/** Write what caches hold of a range to memory. As gunyah_memextent_zero_range(). Operation CACHE_CLEAN_RANGE. */
enum gunyah_error gunyah_memextent_cache_clean_range(struct gunyah_memextent *extent, uint64_t offset, uint64_t size);

/**
 * Write what caches hold of a range to memory, and drop it from them. As gunyah_memextent_zero_range(). Operation
 * CACHE_FLUSH_RANGE.
 */
enum gunyah_error gunyah_memextent_cache_flush_range(struct gunyah_memextent *extent, uint64_t offset, uint64_t size);

/**
 * Wait until no processor uses what was changed by calls with GUNYAH_MEMEXTENT_NO_SYNC, of this extent and of any other.
 * The capability errors (right MAP). Blocks for a grace period of the hypervisor. Hypercall memextent_modify (SYNC_ALL).
 */
enum gunyah_error gunyah_memextent_sync_all(struct gunyah_memextent *extent);

/**
 * Give memory of a sparse extent to a sparse child of it.
 *
 * @param parent  Both with the DONATE right, active, of the same session.
 * @param offset  Where in the child the range begins, in bytes.
 * @param size    Bytes, at least a page. The parent owns all of the range.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (handles of two sessions; sync; not parent and child; not inside the child; the
 *         parent is not sparse);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (offset or size);
 *         GUNYAH_ERR_ARGUMENT_SIZE (size is 0, or the range wraps around);
 *         the capability errors; GUNYAH_ERR_WRONG_OBJECT_TYPE also for a child that has no parent: it gets memory from its
 *         partition;
 *         GUNYAH_ERR_MEMEXTENT_TYPE (the child is not sparse);
 *         GUNYAH_ERR_NOT_OWNER (a page of the range is somebody else's: nothing was donated);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * What is mapped of the one vanishes and what is mapped of the other appears. Blocks as sync says. Hypercall
 * memextent_donate.
 */
enum gunyah_error gunyah_memextent_donate_to_child(struct gunyah_memextent *parent, struct gunyah_memextent *child,
                                                   uint64_t offset, uint64_t size, enum gunyah_memextent_sync sync);

/** Give memory of a sparse child back to its parent. As gunyah_memextent_donate_to_child(). */
enum gunyah_error gunyah_memextent_donate_to_parent(struct gunyah_memextent *child, struct gunyah_memextent *parent,
                                                    uint64_t offset, uint64_t size, enum gunyah_memextent_sync sync);

/**
 * Give memory of a sparse child to another sparse child of the same parent.
 *
 * @param from    Two extents, both with the DONATE right, active, of the same session.
 * @param offset  Where in the extent `from` the range begins, in bytes. The other one covers all of it, too.
 * @return As gunyah_memextent_donate_to_child(); GUNYAH_ERR_ARGUMENT_INVALID also if they are one extent, have no parent,
 *         or have different ones.
 *
 * Blocks as sync says. Hypercall memextent_donate.
 */
enum gunyah_error gunyah_memextent_donate_to_sibling(struct gunyah_memextent *from, struct gunyah_memextent *to,
                                                     uint64_t offset, uint64_t size, enum gunyah_memextent_sync sync);

/**
 * Give memory of the partition to a sparse root extent.
 *
 * @param partition  With the DONATE right. Of the same session.
 * @param extent     Without a parent, with the DONATE right.
 * @return As gunyah_memextent_donate_to_child(); GUNYAH_ERR_WRONG_OBJECT_TYPE also for an extent that has a parent.
 *
 * Blocks as sync says. Hypercall memextent_donate.
 */
enum gunyah_error gunyah_memextent_donate_from_partition(struct gunyah_partition *partition,
                                                         struct gunyah_memextent *extent, uint64_t offset,
                                                         uint64_t size, enum gunyah_memextent_sync sync);

/** Give memory of a sparse root extent back to its partition. As gunyah_memextent_donate_from_partition(). */
enum gunyah_error gunyah_memextent_donate_to_partition(struct gunyah_memextent *extent,
                                                       struct gunyah_partition *partition, uint64_t offset,
                                                       uint64_t size, enum gunyah_memextent_sync sync);

#ifdef __cplusplus
}
#endif

#endif
