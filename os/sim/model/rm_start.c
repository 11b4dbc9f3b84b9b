// SPDX-License-Identifier: BSD-3-Clause
// The start of a VM: what it takes of the memory that is for it.
#include "rm_memory.h"
#include "vcpu.h"

#include <string.h>

/** May the image, or other memory of the VM, be given like this? */
static enum gunyah_model_rm_reason check_private(struct gunyah_model *model, const struct rm_vm *vm,
                                                 const struct rm_parcel *parcel)
{
    const struct rm *rm = gunyah_model_rm_of(model);
    bool open =
        rm->options.debug || (rm->options.generation >= GUNYAH_RM_GENERATION_LATER && vm->auth == GUNYAH_VM_AUTH_NONE);
    if (parcel->type != GUNYAH_MEMPARCEL_TYPE_NORMAL)
        return RM_START_IO;
    if (parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE)
        return RM_START_DONATED;
    if (open)
        return RM_FINE;
    if (parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_SHARE)
        return RM_START_SHARED;
    return gunyah_model_rm_is_exclusive(model, parcel) ? RM_FINE : RM_START_RIGHTS;
}

static enum gunyah_model_rm_reason accept_image(struct gunyah_model *model, struct rm_vm *vm)
{
    struct rm_parcel *parcel = gunyah_model_rm_parcel(model, vm->image);
    uint32_t flags = vm->auth == GUNYAH_VM_AUTH_NONE ? 0 : GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE;
    if (parcel == NULL)
        return RM_START_NO_IMAGE;
    if (parcel->open)
        return RM_START_OPEN;
    enum gunyah_model_rm_reason reason = check_private(model, vm, parcel);
    if (reason != RM_FINE)
        return reason;
    if (vm->paged && !gunyah_model_rm_can_page(model, vm, parcel))
        return RM_START_PAGED;
    if (parcel->size > vm->memory_max)
        return RM_START_TOO_LARGE;
    vm->memory_size = parcel->size;
    if (gunyah_model_rm_accept_at(model, vm, parcel, vm->memory_base, flags) != RM_FINE)
        return RM_START_IMAGE_PLACE;
    if (vm->paged)
        parcel->pages_of = vm->vmid;
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_accept_labelled(struct gunyah_model *model, struct rm_vm *vm,
                                                            struct rm_parcel *parcel)
{
    const struct gunyah_model_rm_device *devices = vm->device_count != 0 ? model_at(model, vm->devices) : NULL;
    const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
    if (participant == NULL || participant->accepted || parcel->owner == vm->vmid)
        return RM_FINE;
    for (uint32_t i = 0; i < vm->device_count; i++) {
        const struct gunyah_model_rm_vdevice *wanted = &devices[i].wanted;
        if (wanted->type != GUNYAH_MODEL_RM_SHM || wanted->label != parcel->label)
            continue;
        if (wanted->allocate_base)
            return RM_FINE;
        return gunyah_model_rm_accept_at(model, vm, parcel, wanted->base, 0) == RM_FINE ? RM_FINE : RM_START_LABELLED;
    }
    return RM_FINE;
}

typedef enum gunyah_model_rm_reason visitor(struct gunyah_model *model, struct rm_vm *vm, struct rm_parcel *parcel);

/** For each parcel that is for this VM, and that it has not accepted. */
static enum gunyah_model_rm_reason visit(struct gunyah_model *model, struct rm_vm *vm, visitor *each)
{
    for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0;) {
        struct rm_parcel *parcel = model_at(model, ref);
        const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
        ref = parcel->next;
        if (participant == NULL || participant->accepted || parcel->owner == vm->vmid || parcel->open)
            continue;
        enum gunyah_model_rm_reason reason = each(model, vm, parcel);
        if (reason != RM_FINE)
            return reason;
    }
    return RM_FINE;
}

// A later generation takes what is shared for it, unless the VM is protected.
bool gunyah_model_rm_is_private(struct gunyah_model *model, const struct rm_vm *vm, const struct rm_parcel *parcel)
{
    bool later = gunyah_model_rm_of(model)->options.generation >= GUNYAH_RM_GENERATION_LATER;
    if (parcel->label != 0 || parcel->type != GUNYAH_MEMPARCEL_TYPE_NORMAL)
        return false;
    if (!later || vm->auth != GUNYAH_VM_AUTH_NONE)
        return gunyah_model_rm_is_exclusive(model, parcel);
    return parcel->transaction != GUNYAH_MEMPARCEL_TRANSACTION_DONATE && parcel->attribute_count == 0 &&
           gunyah_model_rm_participant(model, parcel, vm->vmid)->rights == RM_RIGHTS_RWX;
}

/** Further memory of the VM's own goes behind what it has. */
static enum gunyah_model_rm_reason accept_private(struct gunyah_model *model, struct rm_vm *vm,
                                                  struct rm_parcel *parcel)
{
    bool later = gunyah_model_rm_of(model)->options.generation >= GUNYAH_RM_GENERATION_LATER;
    if (!gunyah_model_rm_is_private(model, vm, parcel))
        return RM_FINE;
    if (vm->paged && !gunyah_model_rm_can_page(model, vm, parcel))
        return RM_START_PAGED;
    uint32_t flags = vm->auth == GUNYAH_VM_AUTH_NONE ? 0 : GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE;
    // An old one warns, and goes on without.
    if (parcel->size > vm->memory_max - vm->memory_size)
        return later ? RM_START_TOO_LARGE : RM_FINE;
    uint64_t ipa = vm->memory_base + vm->memory_size;
    if (gunyah_model_rm_accept_at(model, vm, parcel, ipa, flags) != RM_FINE)
        return later ? RM_START_TOO_LARGE : RM_FINE;
    vm->memory_size += parcel->size;
    if (vm->paged)
        parcel->pages_of = vm->vmid;
    return RM_FINE;
}

/** All others go anywhere. Those that do not fit are left. */
static enum gunyah_model_rm_reason accept_rest(struct gunyah_model *model, struct rm_vm *vm, struct rm_parcel *parcel)
{
    struct rm_acceptance how = {.flags = GUNYAH_RM_MEM_ACCEPT_FLAG_DONE};
    if (parcel->type == GUNYAH_MEMPARCEL_TYPE_NORMAL)
        how.flags |= GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_CONTIGUOUS;
    gunyah_model_rm_accept(model, vm, parcel, &how);
    return RM_FINE;
}

/** Memory that the configuration has a place for must be there. */
static enum gunyah_model_rm_reason check_labels(struct gunyah_model *model, struct rm_vm *vm)
{
    const struct gunyah_model_rm_device *devices = vm->device_count != 0 ? model_at(model, vm->devices) : NULL;
    for (uint32_t i = 0; i < vm->device_count; i++) {
        const struct gunyah_model_rm_vdevice *wanted = &devices[i].wanted;
        bool found = wanted->type != GUNYAH_MODEL_RM_SHM || wanted->optional;
        for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0 && !found;) {
            const struct rm_parcel *parcel = model_at(model, ref);
            const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
            ref = parcel->next;
            found = parcel->label == wanted->label && participant != NULL && participant->accepted;
        }
        if (!found)
            return RM_START_LABEL_MISSING;
    }
    return RM_FINE;
}

static enum gunyah_model_rm_reason take_memory(struct gunyah_model *model, struct rm_vm *vm)
{
    enum gunyah_model_rm_reason reason = accept_image(model, vm);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_accept_firmware(model, vm);
    if (reason == RM_FINE)
        reason = visit(model, vm, gunyah_model_rm_accept_labelled);
    if (reason == RM_FINE)
        reason = visit(model, vm, accept_private);
    if (reason == RM_FINE)
        reason = visit(model, vm, accept_rest);
    return reason == RM_FINE ? check_labels(model, vm) : reason;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_start(struct rm_call *call)
{
    struct gunyah_model *model = call->model;
    struct rm_vm *vm;
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_READY)
        return RM_VM_STATE;
    reason = take_memory(model, vm);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_copy_firmware(call, vm);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_write_tree(model, vm);
    if (reason != RM_FINE) {
        gunyah_model_rm_set_state(model, vm, GUNYAH_VM_STATE_INIT_FAILED);
        return reason;
    }
    gunyah_model_rm_unprotect(model, vm);
    gunyah_model_rm_drop_paged(model, vm);
    struct vm *machine = model_at(model, model->vms[vm->vmid]);
    machine->halted = false;
    gunyah_model_thread_power_on(model, model_at(model, machine->thread[0]));
    gunyah_model_rm_set_state(model, vm, GUNYAH_VM_STATE_RUNNING);
    return RM_FINE;
}
