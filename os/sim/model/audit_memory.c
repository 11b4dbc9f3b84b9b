// SPDX-License-Identifier: BSD-3-Clause
// Memory that the Resource Manager keeps: what VMs have where, and parcels of it.
#include "audit.h"
#include "rm_memory.h"

static bool is_within(uint64_t first, uint64_t size, uint64_t end)
{
    return size != 0 && first < end && size <= end - first;
}

// ---- address spaces

/** Memory of devices lies above all other, and there alone. */
static bool is_place(uint64_t phys, uint64_t size, uint8_t type)
{
    if (type == GUNYAH_MEMPARCEL_TYPE_IO)
        return phys >= RM_HOST_MEMORY_END && is_within(phys, size, RM_HOST_END);
    return type == GUNYAH_MEMPARCEL_TYPE_NORMAL && phys >= GUNYAH_RM_PAGE_SIZE &&
           is_within(phys, size, RM_HOST_MEMORY_END);
}

static bool find_ranges(struct audit *audit, const struct rm_vm *vm)
{
    uint64_t end = 0;
    for (model_ref ref = vm->ranges; ref != 0;) {
        const struct rm_range *range = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_range));
        if (range == NULL)
            return false;
        // Where reserved addresses will lead is not decided yet.
        const uint64_t size = range->use == RM_USE_RESERVED ? 1 : range->size;
        if (range->ipa < end || !is_within(range->ipa, range->size, RM_HOST_END) || range->use > RM_USE_ACCEPTED ||
            !is_place(range->phys, size, range->type))
            return gunyah_model_audit_fail(audit, "a VM has memory where none can be, or at an address twice");
        end = range->ipa + range->size;
        ref = range->next;
    }
    return true;
}

static bool find_kept(struct audit *audit, const struct rm_vm *vm)
{
    for (model_ref ref = vm->kept; ref != 0;) {
        const struct rm_kept *kept = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_kept));
        if (kept == NULL)
            return false;
        if (!is_within(kept->ipa, kept->size, RM_HOST_END))
            return gunyah_model_audit_fail(audit, "a VM keeps addresses that there are not");
        ref = kept->next;
    }
    return true;
}

// ---- parcels

static bool find_regions(struct audit *audit, const struct rm_parcel *parcel)
{
    uint64_t size = 0;
    uint32_t count = 0;
    model_ref last = 0;
    for (model_ref ref = parcel->first; ref != 0; count++) {
        const struct rm_region *region = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_region));
        if (region == NULL)
            return false;
        if (!is_within(region->ipa, region->size, RM_HOST_END) || !is_place(region->phys, region->size, parcel->type))
            return gunyah_model_audit_fail(audit, "a memory parcel has a region where none can be");
        // So that no sum of them is too large for a number.
        size += region->size;
        if (size > UINT64_MAX / 2)
            return gunyah_model_audit_fail(audit, "a memory parcel is larger than any can be");
        last = ref;
        ref = region->next;
    }
    if (count == 0 || count != parcel->region_count || size != parcel->size || last != parcel->last)
        return gunyah_model_audit_fail(audit, "a memory parcel does not know its regions");
    return true;
}

static bool find_participant(struct audit *audit, const struct rm_parcel *parcel,
                             const struct rm_participant *participant)
{
    if (!AUDIT_BOOLS(audit, &participant->accepted, &participant->mapped, &participant->contiguous))
        return false;
    const uint32_t mappings = participant->contiguous ? 1 : parcel->region_count;
    const bool is_placed = participant->ipas != 0;
    if (participant->placed > (is_placed ? mappings : 0) || (is_placed && parcel->open) ||
        (participant->mapped && participant->placed != mappings) || (participant->mapped && !participant->accepted) ||
        (participant->accepted && !is_placed))
        return gunyah_model_audit_fail(audit, "a memory parcel was accepted as none can be");
    return !is_placed || gunyah_model_audit_claim(audit, participant->ipas, mappings * sizeof(uint64_t)) != NULL;
}

static bool find_participants(struct audit *audit, const struct rm_parcel *parcel)
{
    const struct rm_participant *participants = gunyah_model_audit_claim(
        audit, parcel->participants, parcel->participant_count * sizeof(struct rm_participant));
    uint32_t accepted = 0;
    bool has_owner = false;
    if (participants == NULL)
        return false;
    for (uint32_t i = 0; i < parcel->participant_count; i++) {
        if (!find_participant(audit, parcel, &participants[i]))
            return false;
        accepted += participants[i].accepted ? 1 : 0;
        has_owner = has_owner || participants[i].vmid == parcel->owner;
    }
    if (accepted != parcel->accepted || has_owner != (parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_SHARE))
        return gunyah_model_audit_fail(audit, "a memory parcel does not know who has accepted it");
    return true;
}

static bool find_parcel(struct audit *audit, const struct rm_parcel *parcel)
{
    if (!AUDIT_BOOLS(audit, &parcel->open, &parcel->dropped, &parcel->tagged, &parcel->sanitize_create,
                     &parcel->sanitize_reclaim))
        return false;
    if (parcel->participant_count == 0 || parcel->participant_count > GUNYAH_RM_MAX_LIST ||
        parcel->attribute_count > GUNYAH_RM_MAX_LIST || parcel->type > GUNYAH_MEMPARCEL_TYPE_IO ||
        parcel->transaction > GUNYAH_MEMPARCEL_TRANSACTION_SHARE)
        return gunyah_model_audit_fail(audit, "there is a memory parcel that none can be");
    return gunyah_model_audit_claim(audit, parcel->attributes, parcel->attribute_count * sizeof(struct rm_attribute)) !=
               NULL &&
           find_regions(audit, parcel) && find_participants(audit, parcel);
}

/** The image of a VM is a parcel for it, as long as there is that parcel. */
static bool check_image(struct audit *audit, const struct rm_vm *vm)
{
    const struct rm_parcel *image = gunyah_model_rm_parcel(audit->model, vm->image);
    return image == NULL || gunyah_model_rm_participant(audit->model, image, vm->vmid) != NULL ||
           gunyah_model_audit_fail(audit, "a VM has an image that is not for it");
}

bool gunyah_model_audit_memory(struct audit *audit)
{
    const struct rm *rm = gunyah_model_rm_of(audit->model);
    for (model_ref ref = rm->parcels; ref != 0;) {
        const struct rm_parcel *parcel = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_parcel));
        if (parcel == NULL || !find_parcel(audit, parcel))
            return false;
        ref = parcel->next;
    }
    for (model_ref ref = rm->vms; ref != 0;) {
        const struct rm_vm *vm = model_at(audit->model, ref);
        if (!find_ranges(audit, vm) || !find_kept(audit, vm) || !check_image(audit, vm))
            return false;
        ref = vm->next;
    }
    return true;
}

// ---- memory of the process

/** Memory that a VM sees where it is needs nothing but itself, and reserved addresses lead nowhere. */
static bool needs_nothing(const struct rm_vm *vm, const struct rm_range *range)
{
    return range->type != GUNYAH_MEMPARCEL_TYPE_NORMAL || range->use == RM_USE_RESERVED ||
           (vm->adopted && range->use != RM_USE_ACCEPTED && range->ipa == range->phys);
}

bool gunyah_model_rm_needs(struct gunyah_model *model, gunyah_model_rm_memory_fn *has, const void *context)
{
    const struct rm *rm = model->rm != 0 ? gunyah_model_rm_of(model) : NULL;
    for (model_ref ref = rm != NULL ? rm->parcels : 0; ref != 0;) {
        const struct rm_parcel *parcel = model_at(model, ref);
        const struct rm_region *region;
        for (model_ref at = parcel->first; at != 0; at = region->next) {
            region = model_at(model, at);
            if (parcel->type == GUNYAH_MEMPARCEL_TYPE_NORMAL && !has(context, region->phys, region->size))
                return false;
        }
        ref = parcel->next;
    }
    for (model_ref ref = rm != NULL ? rm->vms : 0; ref != 0;) {
        const struct rm_vm *vm = model_at(model, ref);
        const struct rm_range *range;
        for (model_ref at = vm->ranges; at != 0; at = range->next) {
            range = model_at(model, at);
            if (!needs_nothing(vm, range) && !has(context, range->phys, range->size))
                return false;
        }
        ref = vm->next;
    }
    return true;
}
