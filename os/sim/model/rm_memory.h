// SPDX-License-Identifier: BSD-3-Clause
// Memory that the Resource Manager hands from VM to VM.
#ifndef GUNYAH_MODEL_RM_MEMORY_H
#define GUNYAH_MODEL_RM_MEMORY_H

#include "rm.h"

// HLOS has memory from the first page on, and devices above all of it, where no process has anything.
#define RM_HOST_MEMORY_END (UINT64_C(1) << 48)
#define RM_HOST_END (RM_HOST_MEMORY_END + (UINT64_C(1) << 30))
#define RM_TRAP_END (UINT64_C(1) << 30)  // of the addresses of other VMs whose accesses go to their owners
#define RM_GUEST_END (UINT64_C(1) << 36) // of the others
#define RM_LARGE_PAGE (UINT64_C(2) << 20)
#define RM_FIRMWARE_MAX (UINT64_C(4) << 20) // what a VM's firmware may have, unless its configuration says more

#define RM_RIGHT_X 1u
#define RM_RIGHT_W 2u
#define RM_RIGHT_R 4u
#define RM_RIGHTS_RW (RM_RIGHT_R | RM_RIGHT_W)
#define RM_RIGHTS_RWX (RM_RIGHTS_RW | RM_RIGHT_X)

enum rm_use {
    RM_USE_OWNED,    // the VM's own
    RM_USE_GIVEN,    // the VM's own, and part of a parcel
    RM_USE_RESERVED, // nothing yet, for a parcel
    RM_USE_ACCEPTED, // of a parcel
};

/** A part of a VM's address space. */
struct rm_range {
    uint64_t ipa;
    uint64_t size;
    uint64_t phys; // where it really is: an address of HLOS, whose addresses are those of the machine
    model_ref next;
    uint32_t parcel; // GUNYAH_RM_HANDLE_INVALID: none
    uint8_t use;     // enum rm_use
    uint8_t type;    // enum gunyah_memparcel_type
};

/** Addresses that a VM has reserved. */
struct rm_kept {
    model_ref next;
    uint32_t kind; // of the memory that is to be there
    uint64_t ipa;
    uint64_t size;
};

struct rm_region {
    uint64_t ipa; // the owner's
    uint64_t phys;
    uint64_t size;
    model_ref next;
};

/** Whom a parcel is for. */
struct rm_participant {
    uint16_t vmid;
    uint8_t rights;
    bool accepted;
    bool mapped;
    bool contiguous;
    uint32_t placed; // regions that have an address
    model_ref ipas;  // one for every region, or one alone
};

struct rm_attribute {
    uint16_t attribute;
    uint16_t vmid;
};

struct rm_parcel {
    model_ref next; // by age
    uint32_t handle;
    uint32_t label;
    uint32_t tag;
    uint16_t owner;
    uint8_t type;        // enum gunyah_memparcel_type
    uint8_t transaction; // enum gunyah_memparcel_transaction
    bool open;           // more regions may come
    bool dropped;        // nobody knows it any more; it ends with its VM
    uint16_t image_of;   // VM that is yet to start with it: only the Resource Manager has it till then; 0: none
    uint16_t pages_of;   // VM that has its pages on demand; 0: none
    bool tagged;
    bool sanitize_create;
    bool sanitize_reclaim;
    uint32_t accepted; // participants
    uint32_t participant_count;
    uint32_t attribute_count;
    uint32_t region_count;
    uint64_t size;
    model_ref participants; // array
    model_ref attributes;   // array
    model_ref first;        // regions
    model_ref last;
};

/** A list in a message. */
struct rm_list {
    const uint8_t *entries;
    uint32_t count;
    uint16_t second; // the other half of its header
};

// ---- rm_space.c ---------------------------------------------------------------------------------------------------------

/** What is at an address, or NULL. */
const struct rm_range *gunyah_model_rm_range_at(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa);

/** The end of something that is in a range; 0: nothing is. */
uint64_t gunyah_model_rm_used_until(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size);
bool gunyah_model_rm_is_free(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size);

/** Put something where nothing is. False: no memory. */
bool gunyah_model_rm_insert(struct gunyah_model *model, struct rm_vm *vm, const struct rm_range *wanted);

/** Change the use of what is there. False: no memory, and nothing has changed. */
bool gunyah_model_rm_set_use(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size, enum rm_use use,
                             uint32_t parcel);

/** Say what a piece of one range is from now on. False: no memory, or nothing is there, and nothing has changed. */
bool gunyah_model_rm_map(struct gunyah_model *model, struct rm_vm *vm, const struct rm_range *wanted);

/** Take away what is there; it begins and ends with ranges. */
void gunyah_model_rm_vacate(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size);

/** First address of an alignment in a window from which so many bytes are free. False: there is none. */
bool gunyah_model_rm_first_fit(struct gunyah_model *model, struct rm_vm *vm, uint64_t from, uint64_t to, uint64_t size,
                               uint64_t alignment, uint64_t *ipa);

/** Choose an address. False: there is no room. */
bool gunyah_model_rm_find_room(struct gunyah_model *model, struct rm_vm *vm, uint64_t phys, uint64_t size,
                               uint64_t *ipa);

/** HLOS begins with everything. False: no memory. */
bool gunyah_model_rm_own_all(struct gunyah_model *model, struct rm_vm *vm);
void gunyah_model_rm_free_space(struct gunyah_model *model, struct rm_vm *vm);

// ---- rm_ipa.c -----------------------------------------------------------------------------------------------------------

/** The end of something that a VM has reserved in a range; 0: there is none. */
uint64_t gunyah_model_rm_kept_until(struct gunyah_model *model, const struct rm_vm *vm, uint64_t ipa, uint64_t size);

/** May memory be placed here, which is where the VM wants it? */
enum gunyah_model_rm_reason gunyah_model_rm_check_kept(struct gunyah_model *model, const struct rm_vm *vm, uint64_t ipa,
                                                       uint64_t size);

/** A VM ends, and keeps nothing. */
void gunyah_model_rm_unkeep_all(struct gunyah_model *model, struct rm_vm *vm);

// ---- rm_parcel.c --------------------------------------------------------------------------------------------------------

struct rm_parcel *gunyah_model_rm_parcel(struct gunyah_model *model, uint32_t handle);

/** A VM's part in a parcel, or NULL. */
struct rm_participant *gunyah_model_rm_participant(struct gunyah_model *model, const struct rm_parcel *parcel,
                                                   uint16_t vmid);

/** Is a parcel lent to one VM alone, with all rights? Only such memory can be a VM's own. */
bool gunyah_model_rm_is_exclusive(struct gunyah_model *model, const struct rm_parcel *parcel);
void gunyah_model_rm_delete_parcel(struct gunyah_model *model, struct rm_parcel *parcel);

/** Fill memory with zeros. */
void gunyah_model_rm_sanitize(struct gunyah_model *model, uint64_t phys, uint64_t size);

/** Take the next list out of what is left of a message. Nothing left is an empty list. */
enum gunyah_model_rm_reason gunyah_model_rm_read_list(const uint8_t **bytes, uint32_t *left, uint32_t entry_size,
                                                      struct rm_list *list);

/** The three lists of a message, and nothing behind them. */
enum gunyah_model_rm_reason gunyah_model_rm_read_lists(const uint8_t *bytes, uint32_t left, struct rm_list *acl,
                                                       struct rm_list *regions, struct rm_list *attributes);

/** Entry i of an access list, or of a list of attributes. */
uint16_t gunyah_model_rm_acl_vmid(const struct rm_list *acl, uint32_t i);
uint8_t gunyah_model_rm_acl_rights(const struct rm_list *acl, uint32_t i);
struct rm_attribute gunyah_model_rm_attribute(const struct rm_list *list, uint32_t i);

// ---- rm_accept.c --------------------------------------------------------------------------------------------------------

/** How a parcel is to be accepted. */
struct rm_acceptance {
    uint32_t flags;     // GUNYAH_RM_MEM_ACCEPT_FLAG_*
    struct rm_list acl; // checked if the flags say so
    struct rm_list attributes;
    struct rm_list regions; // addresses; count 0: the Resource Manager chooses
    uint8_t *chosen;        // room for what it chooses, or NULL
    uint32_t chosen_count;
    bool incomplete;
};

enum gunyah_model_rm_reason gunyah_model_rm_accept(struct gunyah_model *model, struct rm_vm *vm,
                                                   struct rm_parcel *parcel, struct rm_acceptance *how);

/** Accept a parcel whole at one address. */
enum gunyah_model_rm_reason gunyah_model_rm_accept_at(struct gunyah_model *model, struct rm_vm *vm,
                                                      struct rm_parcel *parcel, uint64_t ipa, uint32_t flags);

/** A VM gives a parcel back that it has accepted. */
void gunyah_model_rm_give_back(struct gunyah_model *model, struct rm_vm *vm, struct rm_parcel *parcel);

/** Accept a parcel where the VM's configuration has a place for its label. Fine too if it has none. */
enum gunyah_model_rm_reason gunyah_model_rm_accept_labelled(struct gunyah_model *model, struct rm_vm *vm,
                                                            struct rm_parcel *parcel);

/** Is a parcel further memory of the VM's own? */
bool gunyah_model_rm_is_private(struct gunyah_model *model, const struct rm_vm *vm, const struct rm_parcel *parcel);

/** Region i of a parcel. */
const struct rm_region *gunyah_model_rm_region(struct gunyah_model *model, const struct rm_parcel *parcel, uint32_t i);

// ---- rm_tell.c ----------------------------------------------------------------------------------------------------------

/** Tell the owner that a participant has accepted or released. */
void gunyah_model_rm_tell_owner(struct gunyah_model *model, const struct rm_parcel *parcel, uint16_t vmid, uint32_t id);

// ---- rm_paging.c --------------------------------------------------------------------------------------------------------

/** Make what the owner of a VM pages it with, if it is to be paged. A failure leaves something to be unmade. */
enum gunyah_model_rm_reason gunyah_model_rm_make_paging(struct gunyah_model *model, struct rm_vm *vm);
void gunyah_model_rm_unmake_paging(struct gunyah_model *model, struct rm_vm *vm);

/** Can memory that is given like this be paged? */
bool gunyah_model_rm_can_page(struct gunyah_model *model, const struct rm_vm *vm, const struct rm_parcel *parcel);

/** A VM has started, and its owner pages its memory: the parcels that brought it are no more. */
void gunyah_model_rm_drop_paged(struct gunyah_model *model, const struct rm_vm *vm);

// ---- rm_lookup.c --------------------------------------------------------------------------------------------------------

/** Are these exactly its lists, in their order? */
bool gunyah_model_rm_has_acl(struct gunyah_model *model, const struct rm_parcel *parcel, const struct rm_list *acl,
                             const struct rm_list *attributes);

#endif
