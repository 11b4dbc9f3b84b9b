// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels: their making, their growth, and their end.
#include "rm_memory.h"

#include <string.h>

// ---- lists

enum gunyah_model_rm_reason gunyah_model_rm_read_list(const uint8_t **bytes, uint32_t *left, uint32_t entry_size,
                                                      struct rm_list *list)
{
    *list = (struct rm_list){.entries = *bytes};
    if (*left == 0)
        return RM_FINE;
    if (*left < GUNYAH_RM_LIST_SIZE)
        return RM_LIST_TRUNCATED;
    list->count = gunyah_model_rm_get16(*bytes + GUNYAH_RM_LIST_COUNT_OFFSET);
    list->second = gunyah_model_rm_get16(*bytes + 2);
    list->entries = *bytes + GUNYAH_RM_LIST_SIZE;
    uint32_t size = GUNYAH_RM_LIST_SIZE + list->count * entry_size;
    if (list->count > GUNYAH_RM_MAX_LIST)
        return RM_LIST_TOO_LONG;
    if (*left < size)
        return RM_LIST_TRUNCATED;
    *bytes += size;
    *left -= size;
    return RM_FINE;
}

uint16_t gunyah_model_rm_acl_vmid(const struct rm_list *acl, uint32_t i)
{
    return gunyah_model_rm_get16(acl->entries + (size_t)i * GUNYAH_RM_MEM_ACL_SIZE + GUNYAH_RM_MEM_ACL_VMID_OFFSET);
}

uint8_t gunyah_model_rm_acl_rights(const struct rm_list *acl, uint32_t i)
{
    return acl->entries[i * GUNYAH_RM_MEM_ACL_SIZE + GUNYAH_RM_MEM_ACL_RIGHTS_OFFSET];
}

struct rm_attribute gunyah_model_rm_attribute(const struct rm_list *list, uint32_t i)
{
    const uint8_t *entry = list->entries + (size_t)i * GUNYAH_RM_MEM_ATTR_SIZE;
    return (struct rm_attribute){gunyah_model_rm_get16(entry + GUNYAH_RM_MEM_ATTR_ATTRIBUTE_OFFSET),
                                 gunyah_model_rm_get16(entry + GUNYAH_RM_MEM_ATTR_VMID_OFFSET)};
}

// ---- finding

struct rm_parcel *gunyah_model_rm_parcel(struct gunyah_model *model, uint32_t handle)
{
    for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0;) {
        struct rm_parcel *parcel = model_at(model, ref);
        if (parcel->handle == handle && !parcel->dropped)
            return parcel;
        ref = parcel->next;
    }
    return NULL;
}

struct rm_participant *gunyah_model_rm_participant(struct gunyah_model *model, const struct rm_parcel *parcel,
                                                   uint16_t vmid)
{
    struct rm_participant *participants = model_at(model, parcel->participants);
    for (uint32_t i = 0; i < parcel->participant_count; i++) {
        if (participants[i].vmid == vmid)
            return &participants[i];
    }
    return NULL;
}

bool gunyah_model_rm_is_exclusive(struct gunyah_model *model, const struct rm_parcel *parcel)
{
    const struct rm_participant *participants = model_at(model, parcel->participants);
    return parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_LEND && parcel->participant_count == 1 &&
           participants[0].rights == RM_RIGHTS_RWX && parcel->attribute_count == 0;
}

static uint32_t parcels_of(struct gunyah_model *model, uint16_t owner)
{
    uint32_t count = 0;
    for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0;) {
        const struct rm_parcel *parcel = model_at(model, ref);
        count += parcel->owner == owner && !parcel->dropped ? 1 : 0;
        ref = parcel->next;
    }
    return count;
}

// ---- regions

void gunyah_model_rm_sanitize(struct gunyah_model *model, uint64_t phys, uint64_t size)
{
    static const uint8_t zeros[GUNYAH_RM_PAGE_SIZE];
    const struct gunyah_model_env *env = &model->env;
    for (uint64_t done = 0; done < size; done += sizeof(zeros)) {
        if (env->write(env->context, GUNYAH_VMID_HLOS, phys + done, zeros, sizeof(zeros)) != GUNYAH_MODEL_MEMORY_OK)
            return;
    }
}

static bool is_address(uint64_t value)
{
    return value < RM_HOST_END && value % GUNYAH_RM_PAGE_SIZE == 0;
}

static bool push_region(struct gunyah_model *model, struct rm_parcel *parcel, const struct rm_region *region)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_region));
    if (ref == 0)
        return false;
    // One by one: what lies behind them is nobody's, and would be part of a snapshot.
    struct rm_region *last = model_at(model, ref);
    last->ipa = region->ipa;
    last->phys = region->phys;
    last->size = region->size;
    if (parcel->first == 0)
        parcel->first = ref;
    else
        ((struct rm_region *)model_at(model, parcel->last))->next = ref;
    parcel->last = ref;
    parcel->region_count++;
    parcel->size += region->size;
    return true;
}

/** Give one piece, as long as what its owner has there goes on. Returns its size through `given`. */
static enum gunyah_model_rm_reason give_piece(struct gunyah_model *model, struct rm_vm *owner, struct rm_parcel *parcel,
                                              uint64_t ipa, uint64_t size, uint64_t *given)
{
    const struct rm_range *range = gunyah_model_rm_range_at(model, owner, ipa);
    if (range == NULL || range->use != RM_USE_OWNED || range->type != parcel->type)
        return RM_MEMORY_NOT_OWNED;
    uint64_t offset = ipa - range->ipa;
    *given = range->size - offset < size ? range->size - offset : size;
    const struct rm_region region = {.ipa = ipa, .phys = range->phys + offset, .size = *given};
    if (!gunyah_model_rm_set_use(model, owner, ipa, *given, RM_USE_GIVEN, parcel->handle))
        return RM_NO_MEMORY;
    if (push_region(model, parcel, &region))
        return RM_FINE;
    gunyah_model_rm_set_use(model, owner, ipa, *given, RM_USE_OWNED, GUNYAH_RM_HANDLE_INVALID);
    return RM_NO_MEMORY;
}

static enum gunyah_model_rm_reason give(struct gunyah_model *model, struct rm_vm *owner, struct rm_parcel *parcel,
                                        uint64_t ipa, uint64_t size)
{
    if (!is_address(ipa) || !is_address(size))
        return RM_MEMORY_UNALIGNED;
    if (size == 0 || size > RM_HOST_END - ipa)
        return RM_MEMORY_NOT_OWNED;
    while (size != 0) {
        uint64_t given = 0;
        enum gunyah_model_rm_reason reason = give_piece(model, owner, parcel, ipa, size, &given);
        if (reason != RM_FINE)
            return reason;
        ipa += given;
        size -= given;
    }
    return RM_FINE;
}

/** The owner has the regions behind this many again. */
static void take_back(struct gunyah_model *model, struct rm_vm *owner, struct rm_parcel *parcel, uint32_t kept)
{
    model_ref *link = &parcel->first;
    parcel->last = 0;
    for (uint32_t i = 0; i < kept; i++) {
        parcel->last = *link;
        link = &((struct rm_region *)model_at(model, *link))->next;
    }
    for (model_ref ref = *link; ref != 0;) {
        const struct rm_region *region = model_at(model, ref);
        model_ref next = region->next;
        // Pieces that were given stay pieces: this needs no memory.
        if (owner != NULL)
            gunyah_model_rm_set_use(model, owner, region->ipa, region->size, RM_USE_OWNED, GUNYAH_RM_HANDLE_INVALID);
        parcel->size -= region->size;
        parcel->region_count--;
        gunyah_model_heap_free(model, ref);
        ref = next;
    }
    *link = 0;
}

/** Add regions; all of them or none. */
static enum gunyah_model_rm_reason add_regions(struct gunyah_model *model, struct rm_vm *owner,
                                               struct rm_parcel *parcel, const struct rm_list *list, bool done)
{
    uint32_t before = parcel->region_count;
    for (uint32_t i = 0; i < list->count; i++) {
        const uint8_t *entry = list->entries + (size_t)i * GUNYAH_RM_MEM_REGION_SIZE;
        enum gunyah_model_rm_reason reason =
            give(model, owner, parcel, gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_BASE_OFFSET),
                 gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_SIZE_OFFSET));
        if (reason != RM_FINE) {
            take_back(model, owner, parcel, before);
            return reason;
        }
    }
    if (done)
        parcel->open = false;
    if (!parcel->sanitize_create)
        return RM_FINE;
    uint32_t i = 0;
    for (model_ref ref = parcel->first; ref != 0; i++) {
        const struct rm_region *region = model_at(model, ref);
        if (i >= before)
            gunyah_model_rm_sanitize(model, region->phys, region->size);
        ref = region->next;
    }
    return RM_FINE;
}

// ---- making

enum gunyah_model_rm_reason gunyah_model_rm_read_lists(const uint8_t *bytes, uint32_t left, struct rm_list *acl,
                                                       struct rm_list *regions, struct rm_list *attributes)
{
    enum gunyah_model_rm_reason reason = gunyah_model_rm_read_list(&bytes, &left, GUNYAH_RM_MEM_ACL_SIZE, acl);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_read_list(&bytes, &left, GUNYAH_RM_MEM_REGION_SIZE, regions);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_read_list(&bytes, &left, GUNYAH_RM_MEM_ATTR_SIZE, attributes);
    if (reason != RM_FINE)
        return reason;
    return left == 0 ? RM_FINE : RM_TRAILING_BYTES;
}

static bool is_right(uint8_t rights)
{
    return rights == RM_RIGHT_R || rights == (RM_RIGHT_R | RM_RIGHT_X) || rights == RM_RIGHTS_RW ||
           rights == RM_RIGHTS_RWX;
}

static enum gunyah_model_rm_reason check_acl_entry(struct gunyah_model *model, const struct rm_parcel *parcel,
                                                   const struct rm_list *acl, uint32_t i)
{
    bool io = parcel->type == GUNYAH_MEMPARCEL_TYPE_IO;
    for (uint32_t j = 0; j < i; j++) {
        if (gunyah_model_rm_acl_vmid(acl, j) == gunyah_model_rm_acl_vmid(acl, i))
            return RM_ACL_TWICE;
    }
    if (!gunyah_model_rm_is_vmid(model, gunyah_model_rm_acl_vmid(acl, i)))
        return RM_ACL_VMID;
    if (!is_right(gunyah_model_rm_acl_rights(acl, i)))
        return RM_ACL_RIGHTS;
    if (io && (gunyah_model_rm_acl_rights(acl, i) & RM_RIGHT_X) != 0)
        return RM_ACL_IO_EXECUTABLE;
    if (parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE &&
        gunyah_model_rm_acl_rights(acl, i) != (io ? RM_RIGHTS_RW : RM_RIGHTS_RWX))
        return RM_DONATE_RIGHTS;
    return RM_FINE;
}

static enum gunyah_model_rm_reason set_acl(struct gunyah_model *model, struct rm_parcel *parcel,
                                           const struct rm_list *acl)
{
    struct rm_participant *participants = model_at(model, parcel->participants);
    bool owner_listed = false;
    for (uint32_t i = 0; i < acl->count; i++) {
        enum gunyah_model_rm_reason reason = check_acl_entry(model, parcel, acl, i);
        if (reason != RM_FINE)
            return reason;
        participants[i].vmid = gunyah_model_rm_acl_vmid(acl, i);
        participants[i].rights = gunyah_model_rm_acl_rights(acl, i);
        owner_listed |= participants[i].vmid == parcel->owner;
    }
    bool share = parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    if (share && !owner_listed)
        return RM_SHARE_WITHOUT_OWNER;
    return !share && owner_listed ? RM_OWNER_IN_ACL : RM_FINE;
}

static enum gunyah_model_rm_reason set_attributes(struct gunyah_model *model, struct rm_parcel *parcel,
                                                  const struct rm_list *list)
{
    struct rm_attribute *attributes = model_at(model, parcel->attributes);
    bool io = parcel->type == GUNYAH_MEMPARCEL_TYPE_IO;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct rm_attribute attribute = gunyah_model_rm_attribute(list, i);
        for (uint32_t j = 0; j < i; j++) {
            if (attributes[j].vmid == attribute.vmid)
                return RM_ATTRIBUTE_TWICE;
        }
        if (attribute.attribute > GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED)
            return RM_ATTRIBUTE_UNKNOWN;
        if (io != (attribute.attribute == GUNYAH_MEMPARCEL_ATTRIBUTE_DEVICE))
            return RM_ATTRIBUTE_DEVICE;
        bool is_default = io || attribute.attribute == GUNYAH_MEMPARCEL_ATTRIBUTE_NORMAL;
        if (parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE && !is_default)
            return RM_DONATE_ATTRIBUTE;
        if (gunyah_model_rm_participant(model, parcel, attribute.vmid) == NULL)
            return RM_ATTRIBUTE_NOT_IN_ACL;
        attributes[i] = attribute;
    }
    return RM_FINE;
}

static enum gunyah_model_rm_reason check_counts(struct rm_call *call, uint8_t transaction, uint32_t acl,
                                                uint32_t regions)
{
    uint32_t most = call->rm->options.generation >= GUNYAH_RM_GENERATION_LATER ? GUNYAH_RM_MAX_PARCELS_LATER
                                                                               : GUNYAH_RM_MAX_PARCELS_2023;
    if (acl == 0)
        return RM_ACL_EMPTY;
    if (regions == 0)
        return RM_NO_REGIONS;
    if (transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE && acl > 1)
        return RM_DONATE_TO_MANY;
    return parcels_of(call->model, call->from->vmid) >= most ? RM_TOO_MANY_PARCELS : RM_FINE;
}

static void free_parcel(struct gunyah_model *model, struct rm_parcel *parcel)
{
    if (parcel->participants != 0) {
        const struct rm_participant *participants = model_at(model, parcel->participants);
        for (uint32_t i = 0; i < parcel->participant_count; i++)
            gunyah_model_rm_free(model, participants[i].ipas);
    }
    gunyah_model_rm_free(model, parcel->participants);
    gunyah_model_rm_free(model, parcel->attributes);
    gunyah_model_heap_free(model, model_ref_of(model, parcel));
}

/** A parcel with room for lists of these lengths. Returns NULL without memory. */
static struct rm_parcel *new_parcel(struct gunyah_model *model, uint32_t participants, uint32_t attributes)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_parcel));
    if (ref == 0)
        return NULL;
    struct rm_parcel *parcel = model_at(model, ref);
    parcel->participants = gunyah_model_heap_take(model, participants * sizeof(struct rm_participant));
    parcel->attributes = gunyah_model_heap_take(model, attributes * sizeof(struct rm_attribute) + 1);
    if (parcel->participants == 0 || parcel->attributes == 0) {
        free_parcel(model, parcel);
        return NULL;
    }
    parcel->participant_count = participants;
    parcel->attribute_count = attributes;
    parcel->open = true;
    return parcel;
}

static void link_parcel(struct gunyah_model *model, struct rm_parcel *parcel)
{
    model_ref *link = &gunyah_model_rm_of(model)->parcels;
    while (*link != 0)
        link = &((struct rm_parcel *)model_at(model, *link))->next;
    *link = model_ref_of(model, parcel);
}

static uint32_t next_handle(struct gunyah_model *model)
{
    struct rm *rm = gunyah_model_rm_of(model);
    while (rm->next_handle == GUNYAH_RM_HANDLE_INVALID || gunyah_model_rm_parcel(model, rm->next_handle) != NULL)
        rm->next_handle++;
    return rm->next_handle++;
}

static enum gunyah_model_rm_reason construct(struct rm_call *call, uint8_t transaction)
{
    struct gunyah_model *model = call->model;
    uint8_t type = call->request[GUNYAH_RM_MEM_GIVE_MEM_TYPE_OFFSET];
    uint8_t flags = call->request[GUNYAH_RM_MEM_GIVE_FLAGS_OFFSET];
    struct rm_list acl;
    struct rm_list regions;
    struct rm_list attributes;
    enum gunyah_model_rm_reason reason =
        gunyah_model_rm_read_lists(call->request + GUNYAH_RM_MEM_GIVE_ACL_OFFSET,
                                   call->size - GUNYAH_RM_MEM_GIVE_ACL_OFFSET, &acl, &regions, &attributes);
    if (reason == RM_FINE)
        reason = check_counts(call, transaction, acl.count, regions.count);
    if (reason != RM_FINE)
        return reason;
    bool sanitize = (flags & GUNYAH_RM_MEM_GIVE_FLAG_SANITIZE) != 0;
    if (sanitize && type == GUNYAH_MEMPARCEL_TYPE_IO)
        return RM_SANITIZE_IO;
    if (type > GUNYAH_MEMPARCEL_TYPE_IO)
        return RM_MEMORY_TYPE;
    struct rm_parcel *parcel = new_parcel(model, acl.count, attributes.count);
    if (parcel == NULL)
        return RM_NO_MEMORY;
    parcel->owner = call->from->vmid;
    parcel->type = type;
    parcel->transaction = transaction;
    parcel->label = gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_GIVE_LABEL_OFFSET);
    parcel->sanitize_create = sanitize;
    parcel->handle = next_handle(model);
    reason = set_acl(model, parcel, &acl);
    if (reason == RM_FINE)
        reason = set_attributes(model, parcel, &attributes);
    if (reason == RM_FINE)
        reason = add_regions(model, call->from, parcel, &regions, (flags & GUNYAH_RM_MEM_GIVE_FLAG_APPEND) == 0);
    if (reason != RM_FINE) {
        free_parcel(model, parcel);
        return reason;
    }
    link_parcel(model, parcel);
    gunyah_model_rm_reply32(call, parcel->handle);
    return RM_FINE;
}

static enum gunyah_model_rm_reason create(struct rm_call *call, uint8_t transaction)
{
    if (call->size < GUNYAH_RM_MEM_GIVE_MIN_SIZE)
        return RM_WRONG_SIZE;
    return construct(call, transaction);
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_donate(struct rm_call *call)
{
    return create(call, GUNYAH_MEMPARCEL_TRANSACTION_DONATE);
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_lend(struct rm_call *call)
{
    return create(call, GUNYAH_MEMPARCEL_TRANSACTION_LEND);
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_share(struct rm_call *call)
{
    return create(call, GUNYAH_MEMPARCEL_TRANSACTION_SHARE);
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_append(struct rm_call *call)
{
    if (call->size < GUNYAH_RM_MEM_APPEND_MIN_SIZE)
        return RM_WRONG_SIZE;
    const uint8_t *bytes = call->request + GUNYAH_RM_MEM_APPEND_SIZE;
    uint32_t left = call->size - GUNYAH_RM_MEM_APPEND_SIZE;
    struct rm_list regions;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_read_list(&bytes, &left, GUNYAH_RM_MEM_REGION_SIZE, &regions);
    if (reason != RM_FINE)
        return reason;
    if (left != 0)
        return RM_TRAILING_BYTES;
    if (regions.count == 0)
        return RM_NO_REGIONS;
    struct rm_parcel *parcel =
        gunyah_model_rm_parcel(call->model, gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_APPEND_HANDLE_OFFSET));
    if (parcel == NULL)
        return RM_NO_SUCH_PARCEL;
    if (parcel->owner != call->from->vmid)
        return RM_PARCEL_NOT_OWNED;
    if (!parcel->open)
        return RM_PARCEL_COMPLETE;
    uint8_t flags = call->request[GUNYAH_RM_MEM_APPEND_FLAGS_OFFSET];
    return add_regions(call->model, call->from, parcel, &regions, (flags & GUNYAH_RM_MEM_APPEND_FLAG_DONE) != 0);
}

// ---- ending

void gunyah_model_rm_delete_parcel(struct gunyah_model *model, struct rm_parcel *parcel)
{
    model_ref *link = &gunyah_model_rm_of(model)->parcels;
    while (*link != model_ref_of(model, parcel))
        link = &((struct rm_parcel *)model_at(model, *link))->next;
    *link = parcel->next;
    // The owner has its memory again, unless it gave it away for good.
    struct rm_vm *owner = parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE && parcel->accepted != 0
                              ? NULL
                              : gunyah_model_rm_find(model, parcel->owner);
    take_back(model, owner, parcel, 0);
    free_parcel(model, parcel);
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_reclaim(struct rm_call *call)
{
    struct gunyah_model *model = call->model;
    if (call->size < GUNYAH_RM_MEM_END_SIZE)
        return RM_WRONG_SIZE;
    struct rm_parcel *parcel =
        gunyah_model_rm_parcel(model, gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_END_HANDLE_OFFSET));
    if (parcel == NULL)
        return RM_NO_SUCH_PARCEL;
    if (parcel->owner != call->from->vmid)
        return RM_PARCEL_NOT_OWNED;
    if (parcel->accepted != 0)
        return RM_PARCEL_ACCEPTED;
    if (parcel->image_of != 0)
        return RM_PARCEL_LOCKED;
    if ((call->request[GUNYAH_RM_MEM_END_FLAGS_OFFSET] & GUNYAH_RM_MEM_END_FLAG_SANITIZE) != 0) {
        if (parcel->type == GUNYAH_MEMPARCEL_TYPE_IO)
            return RM_SANITIZE_IO;
        parcel->sanitize_reclaim = true;
    }
    for (model_ref ref = parcel->sanitize_reclaim ? parcel->first : 0; ref != 0;) {
        const struct rm_region *region = model_at(model, ref);
        gunyah_model_rm_sanitize(model, region->phys, region->size);
        ref = region->next;
    }
    gunyah_model_rm_delete_parcel(model, parcel);
    return RM_FINE;
}
