// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels from the side of those whom they are for: acceptance and release.
#include "rm_memory.h"

#include <string.h>

static uint32_t mappings_of(const struct rm_parcel *parcel, const struct rm_participant *participant)
{
    return participant->contiguous ? 1 : parcel->region_count;
}

const struct rm_region *gunyah_model_rm_region(struct gunyah_model *model, const struct rm_parcel *parcel,
                                               uint32_t index)
{
    const struct rm_region *region = model_at(model, parcel->first);
    while (index-- != 0)
        region = model_at(model, region->next);
    return region;
}

static uint64_t mapping_size(struct gunyah_model *model, const struct rm_parcel *parcel,
                             const struct rm_participant *participant, uint32_t index)
{
    return participant->contiguous ? parcel->size : gunyah_model_rm_region(model, parcel, index)->size;
}

// ---- what the acceptance says

static enum gunyah_model_rm_reason validate(struct gunyah_model *model, const struct rm_parcel *parcel,
                                            const struct rm_acceptance *how, uint32_t label)
{
    if ((how->flags & GUNYAH_RM_MEM_ACCEPT_FLAG_VALIDATE_SANITIZED) != 0 && !parcel->sanitize_create)
        return RM_NOT_SANITIZED;
    if ((how->flags & GUNYAH_RM_MEM_ACCEPT_FLAG_VALIDATE_LABEL) != 0 && label != parcel->label)
        return RM_OTHER_LABEL;
    if ((how->flags & GUNYAH_RM_MEM_ACCEPT_FLAG_VALIDATE_ACL_ATTR) != 0 &&
        !gunyah_model_rm_has_acl(model, parcel, &how->acl, &how->attributes))
        return RM_OTHER_ACL;
    return RM_FINE;
}

static enum gunyah_model_rm_reason check_participant(const struct rm_parcel *parcel,
                                                     const struct rm_participant *participant, uint32_t flags)
{
    bool io = parcel->type == GUNYAH_MEMPARCEL_TYPE_IO;
    bool contiguous = (flags & GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_CONTIGUOUS) != 0;
    if (participant == NULL)
        return RM_NOT_IN_ACL;
    if (participant->vmid == parcel->owner)
        return RM_OWNER_ACCEPTS;
    if (participant->mapped)
        return RM_ACCEPTED_ALREADY;
    if (contiguous && io)
        return RM_CONTIGUOUS_IO;
    if (contiguous && participant->ipas != 0 && !participant->contiguous)
        return RM_CONTIGUOUS_LATE;
    if ((flags & GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE) == 0)
        return RM_FINE;
    if (io)
        return RM_SANITIZE_IO;
    return (participant->rights & RM_RIGHT_W) == 0 ? RM_SANITIZE_READ_ONLY : RM_FINE;
}

// ---- places

/** Choose, or check, the address of one mapping, and reserve it. */
static enum gunyah_model_rm_reason place(struct gunyah_model *model, struct rm_vm *vm, struct rm_parcel *parcel,
                                         struct rm_participant *participant, struct rm_acceptance *how, uint32_t nth)
{
    uint32_t index = participant->placed;
    uint64_t size = mapping_size(model, parcel, participant, index);
    uint64_t phys = gunyah_model_rm_region(model, parcel, participant->contiguous ? 0 : index)->phys;
    uint64_t *ipas = model_at(model, participant->ipas);
    uint64_t ipa;
    if (how->regions.count != 0) {
        const uint8_t *entry = how->regions.entries + (size_t)nth * GUNYAH_RM_MEM_REGION_SIZE;
        ipa = gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_BASE_OFFSET);
        if (ipa % GUNYAH_RM_PAGE_SIZE != 0 || ipa >= RM_HOST_END ||
            gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_SIZE_OFFSET) != size)
            return RM_ACCEPT_REGION;
        uint64_t end = vm->adopted ? RM_HOST_END : RM_GUEST_END;
        if (ipa > end || size > end - ipa || !gunyah_model_rm_is_free(model, vm, ipa, size))
            return RM_ADDRESS_TAKEN;
        enum gunyah_model_rm_reason reason = gunyah_model_rm_check_kept(model, vm, ipa, size);
        if (reason != RM_FINE)
            return reason;
    } else if (!gunyah_model_rm_find_room(model, vm, phys, size, &ipa)) {
        return RM_NO_ADDRESS;
    }
    const struct rm_range range = {
        .ipa = ipa, .size = size, .phys = phys, .parcel = parcel->handle, .use = RM_USE_RESERVED, .type = parcel->type};
    if (!gunyah_model_rm_insert(model, vm, &range))
        return RM_NO_MEMORY;
    ipas[index] = ipa;
    participant->placed++;
    if (how->chosen == NULL)
        return RM_FINE;
    gunyah_model_rm_put64(how->chosen + (size_t)nth * GUNYAH_RM_MEM_REGION_SIZE + GUNYAH_RM_MEM_REGION_BASE_OFFSET,
                          ipa);
    gunyah_model_rm_put64(how->chosen + (size_t)nth * GUNYAH_RM_MEM_REGION_SIZE + GUNYAH_RM_MEM_REGION_SIZE_OFFSET,
                          size);
    return RM_FINE;
}

/** Give up the places behind this many. */
static void displace(struct gunyah_model *model, struct rm_vm *vm, const struct rm_parcel *parcel,
                     struct rm_participant *participant, uint32_t kept)
{
    while (participant->placed > kept) {
        const uint64_t *ipas = model_at(model, participant->ipas);
        participant->placed--;
        gunyah_model_rm_vacate(model, vm, ipas[participant->placed],
                               mapping_size(model, parcel, participant, participant->placed));
    }
    if (kept != 0 || participant->accepted)
        return;
    gunyah_model_rm_free(model, participant->ipas);
    participant->ipas = 0;
    participant->contiguous = false;
}

static enum gunyah_model_rm_reason prepare(struct gunyah_model *model, const struct rm_parcel *parcel,
                                           struct rm_participant *participant, uint32_t flags)
{
    if (participant->ipas != 0)
        return RM_FINE;
    participant->contiguous = (flags & GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_CONTIGUOUS) != 0;
    participant->ipas = gunyah_model_heap_take(model, mappings_of(parcel, participant) * sizeof(uint64_t));
    return participant->ipas != 0 ? RM_FINE : RM_NO_MEMORY;
}

// ---- mapping

/** Cut what is reserved at one address into its regions, so that each knows where its memory is. */
static bool map_regions(struct gunyah_model *model, struct rm_vm *vm, const struct rm_parcel *parcel,
                        const struct rm_participant *participant, enum rm_use use, uint32_t handle)
{
    const uint64_t *ipas = model_at(model, participant->ipas);
    uint64_t offset = 0;
    uint32_t i = 0;
    for (model_ref ref = parcel->first; ref != 0; i++) {
        const struct rm_region *region = model_at(model, ref);
        uint64_t ipa = participant->contiguous ? ipas[0] + offset : ipas[i];
        const struct rm_range range = {
            .ipa = ipa, .size = region->size, .phys = region->phys, .use = (uint8_t)use, .parcel = handle};
        if (!gunyah_model_rm_map(model, vm, &range))
            return false;
        offset += region->size;
        ref = region->next;
    }
    return true;
}

/** The memory changes its owner, and the parcel is no more. */
static void donate(struct gunyah_model *model, struct rm_parcel *parcel, struct rm_participant *participant)
{
    struct rm_vm *before = gunyah_model_rm_find(model, parcel->owner);
    for (model_ref ref = parcel->first; ref != 0 && before != NULL;) {
        const struct rm_region *region = model_at(model, ref);
        gunyah_model_rm_vacate(model, before, region->ipa, region->size);
        ref = region->next;
    }
    participant->accepted = true;
    parcel->accepted++;
    gunyah_model_rm_delete_parcel(model, parcel);
}

static enum gunyah_model_rm_reason map(struct gunyah_model *model, struct rm_vm *vm, struct rm_parcel *parcel,
                                       struct rm_participant *participant)
{
    bool donated = parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE;
    if (participant->placed != mappings_of(parcel, participant))
        return RM_NOT_ALL_PLACED;
    if (!map_regions(model, vm, parcel, participant, donated ? RM_USE_OWNED : RM_USE_ACCEPTED,
                     donated ? GUNYAH_RM_HANDLE_INVALID : parcel->handle))
        return RM_NO_MEMORY;
    participant->mapped = true;
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_accept(struct gunyah_model *model, struct rm_vm *vm,
                                                   struct rm_parcel *parcel, struct rm_acceptance *how)
{
    struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
    enum gunyah_model_rm_reason reason = check_participant(parcel, participant, how->flags);
    if (reason == RM_FINE)
        reason = prepare(model, parcel, participant, how->flags);
    if (reason != RM_FINE)
        return reason;
    uint32_t before = participant->placed;
    uint32_t left = mappings_of(parcel, participant) - before;
    uint32_t count = left < GUNYAH_RM_MAX_LIST ? left : GUNYAH_RM_MAX_LIST;
    if (how->regions.count > count)
        reason = RM_ACCEPT_TOO_MANY;
    if (how->regions.count != 0)
        count = how->regions.count;
    how->incomplete = count < left;
    how->chosen_count = count;
    for (uint32_t i = 0; i < count && reason == RM_FINE; i++)
        reason = place(model, vm, parcel, participant, how, i);
    if (reason == RM_FINE && (how->flags & GUNYAH_RM_MEM_ACCEPT_FLAG_DONE) != 0)
        reason = map(model, vm, parcel, participant);
    if (reason != RM_FINE) {
        displace(model, vm, parcel, participant, before);
        return reason;
    }
    if ((how->flags & GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE) != 0)
        parcel->sanitize_reclaim = true;
    if (participant->mapped && parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE) {
        donate(model, parcel, participant);
    } else if (!participant->accepted) {
        participant->accepted = true;
        parcel->accepted++;
    }
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_accept_at(struct gunyah_model *model, struct rm_vm *vm,
                                                      struct rm_parcel *parcel, uint64_t ipa, uint32_t flags)
{
    uint8_t entry[GUNYAH_RM_MEM_REGION_SIZE];
    struct rm_acceptance how = {.flags =
                                    flags | GUNYAH_RM_MEM_ACCEPT_FLAG_DONE | GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_CONTIGUOUS,
                                .regions = {entry, 1, 0}};
    gunyah_model_rm_put64(entry + GUNYAH_RM_MEM_REGION_BASE_OFFSET, ipa);
    gunyah_model_rm_put64(entry + GUNYAH_RM_MEM_REGION_SIZE_OFFSET, parcel->size);
    return gunyah_model_rm_accept(model, vm, parcel, &how);
}

static enum gunyah_model_rm_reason read_acceptance(struct rm_call *call, struct rm_acceptance *how)
{
    const uint8_t *bytes = call->request + GUNYAH_RM_MEM_ACCEPT_ACL_OFFSET;
    uint32_t left = call->size - GUNYAH_RM_MEM_ACCEPT_ACL_OFFSET;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_read_list(&bytes, &left, GUNYAH_RM_MEM_ACL_SIZE, &how->acl);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_read_list(&bytes, &left, GUNYAH_RM_MEM_REGION_SIZE, &how->regions);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_read_list(&bytes, &left, GUNYAH_RM_MEM_ATTR_SIZE, &how->attributes);
    if (reason != RM_FINE)
        return reason;
    return left == 0 ? RM_FINE : RM_TRAILING_BYTES;
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_accept(struct rm_call *call)
{
    if (call->size < GUNYAH_RM_MEM_ACCEPT_MIN_SIZE)
        return RM_WRONG_SIZE;
    struct rm_acceptance how = {.flags = call->request[GUNYAH_RM_MEM_ACCEPT_FLAGS_OFFSET]};
    enum gunyah_model_rm_reason reason = read_acceptance(call, &how);
    if (reason != RM_FINE)
        return reason;
    struct rm_parcel *parcel =
        gunyah_model_rm_parcel(call->model, gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_ACCEPT_HANDLE_OFFSET));
    if (parcel == NULL)
        return RM_NO_SUCH_PARCEL;
    if (parcel->type != call->request[GUNYAH_RM_MEM_ACCEPT_MEM_TYPE_OFFSET] ||
        parcel->transaction != call->request[GUNYAH_RM_MEM_ACCEPT_TRANSACTION_OFFSET])
        return RM_OTHER_TYPE;
    if (parcel->open)
        return RM_PARCEL_OPEN;
    reason =
        validate(call->model, parcel, &how, gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_ACCEPT_LABEL_OFFSET));
    if (reason != RM_FINE)
        return reason;
    if ((how.flags & GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_OTHER) != 0)
        return RM_MAP_OTHER;
    if (how.regions.second != 0)
        return RM_MAP_VMID;
    if (how.regions.count == 0)
        how.chosen = call->reply + GUNYAH_RM_MEM_ACCEPTED_REGIONS_SIZE;
    reason = gunyah_model_rm_accept(call->model, call->from, parcel, &how);
    if (reason != RM_FINE || how.chosen == NULL)
        return reason;
    uint8_t *header = gunyah_model_rm_reply_room(call, GUNYAH_RM_MEM_ACCEPTED_REGIONS_SIZE +
                                                           how.chosen_count * GUNYAH_RM_MEM_REGION_SIZE);
    memset(header, 0, GUNYAH_RM_MEM_ACCEPTED_REGIONS_SIZE);
    gunyah_model_rm_put16(header + GUNYAH_RM_MEM_ACCEPTED_REGIONS_COUNT_OFFSET, (uint16_t)how.chosen_count);
    header[GUNYAH_RM_MEM_ACCEPTED_REGIONS_FLAGS_OFFSET] =
        how.incomplete ? GUNYAH_RM_MEM_ACCEPT_REPLY_FLAG_INCOMPLETE : 0;
    return RM_FINE;
}

// ---- giving back

void gunyah_model_rm_give_back(struct gunyah_model *model, struct rm_vm *vm, struct rm_parcel *parcel)
{
    struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
    participant->accepted = false;
    participant->mapped = false;
    parcel->accepted--;
    if (parcel->pages_of == vm->vmid)
        parcel->pages_of = 0;
    displace(model, vm, parcel, participant, 0);
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_release(struct rm_call *call)
{
    struct gunyah_model *model = call->model;
    if (call->size < GUNYAH_RM_MEM_END_SIZE)
        return RM_WRONG_SIZE;
    struct rm_parcel *parcel =
        gunyah_model_rm_parcel(model, gunyah_model_rm_get32(call->request + GUNYAH_RM_MEM_END_HANDLE_OFFSET));
    if (parcel == NULL)
        return RM_NO_SUCH_PARCEL;
    if (parcel->image_of != 0)
        return RM_PARCEL_LOCKED;
    const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, call->from->vmid);
    if (participant == NULL)
        return RM_PARCEL_NOT_FOR_CALLER;
    if (participant->vmid == parcel->owner)
        return RM_OWNER_RELEASES;
    if (!participant->accepted)
        return RM_NOT_ACCEPTED;
    if ((call->request[GUNYAH_RM_MEM_END_FLAGS_OFFSET] & GUNYAH_RM_MEM_END_FLAG_SANITIZE) != 0) {
        if (parcel->type == GUNYAH_MEMPARCEL_TYPE_IO)
            return RM_SANITIZE_IO;
        if ((participant->rights & RM_RIGHT_W) == 0)
            return RM_SANITIZE_READ_ONLY;
        parcel->sanitize_reclaim = true;
    }
    gunyah_model_rm_give_back(model, call->from, parcel);
    return RM_FINE;
}

// ---- the end of a VM

bool gunyah_model_rm_release_one(struct gunyah_model *model, struct rm_vm *vm)
{
    for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0;) {
        struct rm_parcel *parcel = model_at(model, ref);
        const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
        ref = parcel->next;
        if (participant == NULL || !participant->accepted)
            continue;
        gunyah_model_rm_give_back(model, vm, parcel);
        if (parcel->dropped)
            gunyah_model_rm_delete_parcel(model, parcel);
        else
            gunyah_model_rm_tell_owner(model, parcel, vm->vmid, GUNYAH_RM_NOTIFY_MEM_RELEASED);
        return true;
    }
    return false;
}

/** Parcels of a VM that ends end with it, whoever has accepted them. */
static void drop_parcels(struct gunyah_model *model, const struct rm_vm *vm)
{
    for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0;) {
        struct rm_parcel *parcel = model_at(model, ref);
        ref = parcel->next;
        if (parcel->owner != vm->vmid)
            continue;
        const struct rm_participant *participants = model_at(model, parcel->participants);
        for (uint32_t i = 0; i < parcel->participant_count; i++) {
            struct rm_vm *other = gunyah_model_rm_find(model, participants[i].vmid);
            if (other != NULL && participants[i].accepted)
                gunyah_model_rm_give_back(model, other, parcel);
        }
        gunyah_model_rm_delete_parcel(model, parcel);
    }
}

void gunyah_model_rm_empty(struct gunyah_model *model, struct rm_vm *vm)
{
    struct rm_vm *hlos = gunyah_model_rm_find(model, GUNYAH_VMID_HLOS);
    while (gunyah_model_rm_release_one(model, vm)) {
    }
    drop_parcels(model, vm);
    // What was donated to it goes to HLOS, clean.
    for (model_ref ref = vm->ranges; ref != 0 && hlos != NULL && hlos != vm;) {
        const struct rm_range *range = model_at(model, ref);
        struct rm_range home = *range;
        ref = range->next;
        if (range->use != RM_USE_OWNED)
            continue;
        if (range->type == GUNYAH_MEMPARCEL_TYPE_NORMAL)
            gunyah_model_rm_sanitize(model, range->phys, range->size);
        home.ipa = range->phys;
        if (gunyah_model_rm_insert(model, hlos, &home))
            gunyah_model_rm_set_use(model, hlos, home.ipa, home.size, RM_USE_OWNED, GUNYAH_RM_HANDLE_INVALID);
    }
    gunyah_model_rm_free_space(model, vm);
    gunyah_model_rm_unkeep_all(model, vm);
}
