// SPDX-License-Identifier: BSD-3-Clause
// VMs whose owner brings in their memory on demand: the extents that it does that with, and parcels that are needed only
// until the start. No vCPU runs here, so that nothing ever asks for a page.
#include "rm_memory.h"

#define ANY_MEMORY (UINT64_C(1) << 36) // of which they own nothing yet
#define SPARSE_RWX                                                                                                     \
    (GUNYAH_PGTABLE_ACCESS_RWX | (uint32_t)GUNYAH_MEMEXTENT_TYPE_SPARSE << GUNYAH_MEMEXTENT_ATTRS_TYPE_SHIFT)

static bool give_extent(struct gunyah_model *model, struct rm_vm *vm, uint32_t label)
{
    struct memextent *extent = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_MEMEXTENT);
    if (extent == NULL)
        return false;
    extent->size = ANY_MEMORY;
    extent->attrs = SPARSE_RWX;
    extent->object.references++;
    vm->extents[label] = model_ref_of(model, extent);
    return gunyah_model_object_activate_now(model, &extent->object) == GUNYAH_HVERR_OK &&
           gunyah_model_cap_derive(model, gunyah_model_vm_cspace(model, vm->owner), &extent->object,
                                   GUNYAH_RIGHT_MEMEXTENT_MAP | GUNYAH_RIGHT_MEMEXTENT_DONATE,
                                   &vm->extent_caps[label]) == GUNYAH_HVERR_OK;
}

static void *addrspace_of(struct gunyah_model *model, const struct rm_vm *vm)
{
    const struct vm *machine = model_at(model, model->vms[vm->vmid]);
    return model_at(model, ((const struct thread *)model_at(model, machine->thread[0]))->addrspace);
}

enum gunyah_model_rm_reason gunyah_model_rm_make_paging(struct gunyah_model *model, struct rm_vm *vm)
{
    vm->addrspace_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    for (uint32_t i = 0; i < RM_EXTENTS; i++)
        vm->extent_caps[i] = gunyah_capid(GUNYAH_CAPID_INVALID);
    if (!vm->paged)
        return RM_FINE;
    for (uint32_t i = 0; i < RM_EXTENTS; i++) {
        if (!give_extent(model, vm, i))
            return RM_VDEVICE_FAILED;
    }
    return gunyah_model_cap_derive(model, gunyah_model_vm_cspace(model, vm->owner), addrspace_of(model, vm),
                                   GUNYAH_RIGHT_ADDRSPACE_MAP, &vm->addrspace_cap) == GUNYAH_HVERR_OK
               ? RM_FINE
               : RM_VDEVICE_FAILED;
}

void gunyah_model_rm_unmake_paging(struct gunyah_model *model, struct rm_vm *vm)
{
    struct cspace *cspace = gunyah_model_vm_cspace(model, vm->owner);
    for (uint32_t i = 0; i < RM_EXTENTS; i++) {
        if (vm->extents[i] == 0)
            continue;
        struct object *extent = model_at(model, vm->extents[i]);
        gunyah_model_cap_discard(model, cspace, vm->extent_caps[i], extent);
        gunyah_model_object_revoke(model, extent);
        gunyah_model_object_release(model, vm->extents[i]);
        vm->extents[i] = 0;
    }
    gunyah_model_cap_discard(model, cspace, vm->addrspace_cap, addrspace_of(model, vm));
}

bool gunyah_model_rm_can_page(struct gunyah_model *model, const struct rm_vm *vm, const struct rm_parcel *parcel)
{
    if (parcel->owner != vm->owner)
        return false;
    if (parcel->transaction != GUNYAH_MEMPARCEL_TRANSACTION_SHARE)
        return gunyah_model_rm_is_exclusive(model, parcel);
    const struct rm_participant *self = gunyah_model_rm_participant(model, parcel, vm->vmid);
    const struct rm_participant *owner = gunyah_model_rm_participant(model, parcel, vm->owner);
    return vm->auth == GUNYAH_VM_AUTH_NONE && parcel->participant_count == 2 && parcel->attribute_count == 0 &&
           self->rights == RM_RIGHTS_RWX && owner->rights == RM_RIGHTS_RWX;
}

void gunyah_model_rm_drop_paged(struct gunyah_model *model, const struct rm_vm *vm)
{
    for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0;) {
        struct rm_parcel *parcel = model_at(model, ref);
        ref = parcel->next;
        if (parcel->pages_of == vm->vmid)
            parcel->dropped = true;
    }
}
