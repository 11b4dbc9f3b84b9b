// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Memory parcels: pieces of a VM's memory that other VMs may use.
 *
 * The owner makes a parcel of some of its pages and names who may do what with them. Sharing keeps the pages for the
 * owner too; lending takes them away until they come back; donating gives them for good. The owner tells the others the
 * parcel's handle (gunyah_memparcel_notify(), or in a device tree); they accept it, which maps it, and release it. When
 * nobody has it any more, the owner reclaims it.
 *
 *     owner        OWNED: gunyah_memparcel_create -> notify ... -> reclaim
 *     other VM     OFFERED: gunyah_memparcel_open -> accept -> ACCEPTED: release -> OFFERED
 *                  ACCEPTED: gunyah_memparcel_open, of one that was mapped before the VM started
 *
 * A handle knows which side it is on and what was done with it; a call that cannot be right is refused here
 * (GUNYAH_ERR_OBJECT_STATE) before it reaches anybody.
 *
 * Addresses are intermediate physical ones (IPAs) of the VM that makes the call. Addresses and sizes are multiples of
 * 4 KiB. "The request errors" are those of vm.h.
 */
#ifndef GUNYAH_MEMORY_H
#define GUNYAH_MEMORY_H

#include "rm.h"
#include "vm.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_memparcel;

/** What one VM of an access list may do. Lists are sent as they lie. */
struct gunyah_memparcel_access {
    gunyah_vmid_t vmid;
    uint8_t rights;   /**< enum gunyah_pgtable_access: R, RX, RW or RWX. */
    uint8_t reserved; /**< 0. */
};

/** How one VM of the access list maps the memory. Lists are sent as they lie. */
struct gunyah_memparcel_vm_attribute {
    uint16_t attribute; /**< enum gunyah_memparcel_attribute. DEVICE is for parcels of I/O, and for them only. */
    gunyah_vmid_t vmid;
};

/** What a parcel is made of. */
struct gunyah_memparcel_options {
    size_t size; /**< sizeof(struct gunyah_memparcel_options). */
    enum gunyah_memparcel_transaction transaction;
    bool io;        /**< Registers of devices rather than memory. */
    bool sanitize;  /**< Cleared before anybody else sees it. */
    uint32_t label; /**< What the device tree of the VM calls it; 0: part of the VM's main memory. */
    const struct gunyah_memparcel_access *access; /**< Without doubles. SHARE names the owner too, others do not. */
    size_t access_count;                          /**< 1 to GUNYAH_RM_MAX_LIST; 1 for DONATE. */
    const struct gunyah_memory_region *regions;   /**< Of the owner; must not overlap. */
    size_t region_count;                          /**< At least 1, as many as you like. */
    const struct gunyah_memparcel_vm_attribute *attributes; /**< May be null. Who is not named has the default. */
    size_t attribute_count;                                 /**< At most GUNYAH_RM_MAX_LIST; 0 for DONATE. */
    struct gunyah_vm *vm; /**< The parcel goes with this VM: gunyah_vm_destroy() reclaims it. May be null. */
};

#define GUNYAH_MEMPARCEL_OPTIONS_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(struct gunyah_memparcel_options), GUNYAH_MEMPARCEL_TRANSACTION_LEND, false, false, 0, NULL, 0, NULL, 0, \
            NULL, 0, NULL                                                                                              \
    }

/**
 * Make a parcel.
 *
 * @param options  Not kept; the lists are sent from where they are.
 * @param parcel   Where the handle is stored; null on failure. But if the first message succeeded, a later one failed, and
 *                 the parcel could not be reclaimed either, it is stored for gunyah_memparcel_reclaim().
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: also, too many parcels, or a combination that the platform forbids);
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_SIZE (a count, a region of no bytes);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (a region);
 *         GUNYAH_ERR_ADDR_OVERFLOW (a region wraps around);
 *         GUNYAH_ERR_ARGUMENT_INVALID (regions that overlap, a VMID twice, rights or attributes that cannot be, the
 *           owner missing or too much, X or sanitize on I/O, less than RWX for DONATE; vm, of another connection);
 *         GUNYAH_ERR_MESSAGE_TOO_LONG (the lists of VMs do not fit into a message, which needs packets below 90 bytes);
 *         GUNYAH_ERR_RM_MEM_INVALID (not the caller's memory, or given to somebody already);
 *         GUNYAH_ERR_RM_VMID_INVALID;
 *         GUNYAH_ERR_NO_MEMORY;
 *         GUNYAH_ERR_OUT_OF_MEMORY (no handle: nothing was made).
 *
 * A list of regions that does not fit into one message is sent in several; if one of them fails, what was made is
 * reclaimed. Regions that are not in the order of their addresses take longer to be checked, with the square of their
 * number. A donated parcel is gone when the other VM has accepted it; close its handle then.
 *
 * After GUNYAH_ERR_TIMEOUT or GUNYAH_ERR_PROTOCOL the parcel may be there all the same, and no message tells its handle.
 * Count the memory as given away: to give it again answers GUNYAH_ERR_RM_MEM_INVALID, until the message MEM_RECLAIM has
 * found it by number. The Resource Manager of 2023 numbers parcels one after the other, and refuses to reclaim those of
 * others. Messages MEM_DONATE, MEM_LEND, MEM_SHARE, MEM_APPEND.
 */
enum gunyah_error gunyah_memparcel_create(struct gunyah_rm *rm, const struct gunyah_memparcel_options *options,
                                          struct gunyah_memparcel **parcel);

/** What a VM knows of a parcel that it is offered: from a notification or from a device tree. */
struct gunyah_memparcel_offer {
    size_t size; /**< sizeof(struct gunyah_memparcel_offer). */
    uint32_t memparcel;
    enum gunyah_memparcel_transaction transaction;
    bool io;
    uint32_t label;
    bool accepted; /**< It is mapped: the Resource Manager does that to all parcels that a device tree tells of. */
};

#define GUNYAH_MEMPARCEL_OFFER_INIT                                                                                    \
    {                                                                                                                  \
        sizeof(struct gunyah_memparcel_offer), GUNYAH_RM_HANDLE_INVALID, GUNYAH_MEMPARCEL_TRANSACTION_SHARE, false, 0, \
            false                                                                                                      \
    }

/**
 * Open a parcel that another VM made for this one.
 *
 * @param offer   Copied. Not looked at by anybody until the parcel is accepted or released.
 * @param parcel  Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_INVALID (memparcel is GUNYAH_RM_HANDLE_INVALID);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * Makes no request.
 */
enum gunyah_error gunyah_memparcel_open(struct gunyah_rm *rm, const struct gunyah_memparcel_offer *offer,
                                        struct gunyah_memparcel **parcel);

/**
 * Close a handle, set the caller's pointer to null, and leave the parcel as it is. GUNYAH_OK; GUNYAH_ERR_NULL;
 * GUNYAH_ERR_HANDLE (closed already). Makes no request.
 */
enum gunyah_error gunyah_memparcel_close(struct gunyah_memparcel **parcel);

/** Returns the number that all VMs know the parcel by; GUNYAH_RM_HANDLE_INVALID for a null or stale handle. */
uint32_t gunyah_memparcel_handle(const struct gunyah_memparcel *parcel);

/** How a parcel is accepted. */
struct gunyah_memparcel_accept_options {
    size_t size; /**< sizeof(struct gunyah_memparcel_accept_options). */
    const struct gunyah_memory_region
        *regions;        /**< Where to map it: one for each region of the parcel; null: the Resource Manager chooses. */
    size_t region_count; /**< How many regions; 1 with contiguous. */
    bool contiguous;     /**< Map everything in a row: at regions[0], or where the Resource Manager chooses. */
    bool check_sanitized; /**< Fail unless the memory was cleared. */
    bool check_label;     /**< Fail unless the label is that of the offer. */
    // What the owner is expected to have said; checked, in this order, if access is not null.
    const struct gunyah_memparcel_access *access;
    size_t access_count;
    const struct gunyah_memparcel_vm_attribute *attributes;
    size_t attribute_count;
};

#define GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT                                                                           \
    {                                                                                                                  \
        sizeof(struct gunyah_memparcel_accept_options), NULL, 0, false, false, false, NULL, 0, NULL, 0                 \
    }

/**
 * Accept a parcel: map it into this VM.
 *
 * @param options   Null for the defaults.
 * @param mapped    Where it is then, if options name no regions: as many as there is room for. May be null.
 * @param capacity  Room in mapped.
 * @param count     How many regions there are; may be null.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_OBJECT_STATE (this side made it, or has accepted it);
 *         GUNYAH_ERR_ARGUMENT_SIZE, GUNYAH_ERR_ARGUMENT_ALIGNMENT, GUNYAH_ERR_ADDR_OVERFLOW, GUNYAH_ERR_ARGUMENT_INVALID
 *         (as for creating; also, sizes differ from the parcel's, or its kind is not that of the offer);
 *         GUNYAH_ERR_BUFFER_TOO_SMALL (mapped is not null, and count is more than capacity: it is mapped, and those that fit
 *           are there);
 *         GUNYAH_ERR_RM_HANDLE_INVALID (no such parcel);
 *         GUNYAH_ERR_RM_VMID_INVALID (not for this VM);
 *         GUNYAH_ERR_RM_VALIDATE_FAILED (a check failed);
 *         GUNYAH_ERR_RM_MAP_FAILED;
 *         GUNYAH_ERR_NO_RESOURCES (the addresses are not free);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * A parcel of more regions than one message holds is accepted in several; if one of them fails, it is released. A donated
 * parcel is the VM's own then: the handle is closed and *parcel is null. Message MEM_ACCEPT.
 */
enum gunyah_error gunyah_memparcel_accept(struct gunyah_memparcel **parcel,
                                          const struct gunyah_memparcel_accept_options *options,
                                          struct gunyah_memory_region *mapped, size_t capacity, size_t *count);

/**
 * Give an accepted parcel back; it can be accepted again.
 *
 * @param sanitize  Clear it before.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not accepted by this side);
 *         GUNYAH_ERR_RM_HANDLE_INVALID;
 *         GUNYAH_ERR_RM_MEM_RELEASED (it is not accepted, whatever this side believes);
 *         GUNYAH_ERR_ARGUMENT_INVALID (sanitize without the right to write).
 *
 * Does not tell the owner: gunyah_memparcel_notify() does. Message MEM_RELEASE.
 */
enum gunyah_error gunyah_memparcel_release(struct gunyah_memparcel *parcel, bool sanitize);

/**
 * Take a parcel back that nobody has accepted, close the handle, and set the caller's pointer to null.
 *
 * @param sanitize  Clear it before the owner sees it.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not made by this side);
 *         GUNYAH_ERR_RM_HANDLE_INVALID;
 *         GUNYAH_ERR_RM_MEM_INUSE (somebody has accepted it: *parcel stays).
 *
 * Message MEM_RECLAIM.
 */
enum gunyah_error gunyah_memparcel_reclaim(struct gunyah_memparcel **parcel, bool sanitize);

/**
 * Tell the other side. They see an event (rm.h).
 *
 * @param flag   GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, "here it is", or _RECALL, "give it back", from the owner;
 *               _ACCEPTED, "I have it", or _RELEASED, "I do not have it any more", from the others to the owner.
 * @param tag    A number of the two sides' own, the same in all notices of one parcel.
 * @param vms    To whom, for SHARED and RECALL: VMs of the access list. Null otherwise.
 * @param count  How many; 0 otherwise.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not what this side can say now);
 *         GUNYAH_ERR_ARGUMENT_SIZE (count);
 *         GUNYAH_ERR_ARGUMENT_INVALID (flag, a VM that is not in the access list, another tag than before);
 *         GUNYAH_ERR_RM_HANDLE_INVALID;
 *         GUNYAH_ERR_RM_VMID_INVALID;
 *         GUNYAH_ERR_RM_MEM_INUSE, GUNYAH_ERR_RM_MEM_RELEASED (not so).
 *
 * Message MEM_NOTIFY.
 */
enum gunyah_error gunyah_memparcel_notify(struct gunyah_memparcel *parcel, uint32_t flag, uint32_t tag,
                                          const struct gunyah_rm_vm_entry *vms, size_t count);

/**
 * Find a parcel that firmware made for this VM, by exactly what it is made of, and give it a label.
 *
 * @param options  transaction and sanitize do not count.
 * @param parcel   Where the handle is stored, on the owner's side; null on failure.
 * @return GUNYAH_OK;
 *         as gunyah_memparcel_create() for what is not right about options;
 *         GUNYAH_ERR_ARGUMENT_SIZE (also: more than GUNYAH_RM_MAX_LIST regions);
 *         GUNYAH_ERR_RM_LOOKUP_FAILED.
 *
 * Message MEM_QCOM_LOOKUP_SGL.
 */
enum gunyah_error gunyah_memparcel_lookup(struct gunyah_rm *rm, const struct gunyah_memparcel_options *options,
                                          struct gunyah_memparcel **parcel);

#ifdef __cplusplus
}
#endif

#endif
