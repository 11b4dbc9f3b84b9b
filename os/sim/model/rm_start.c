// SPDX-License-Identifier: BSD-3-Clause
// The start of a VM, and what its owner may set before.
#include "rm_memory.h"

#include <string.h>

/** Is a parcel lent to this VM alone, with all rights? Only such memory can be its own. */
static bool is_exclusive(struct gunyah_model *model, const struct rm_parcel *parcel)
{
    const struct rm_participant *participants = model_at(model, parcel->participants);
    return parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_LEND && parcel->participant_count == 1 &&
           participants[0].rights == RM_RIGHTS_RWX && parcel->attribute_count == 0;
}

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
    return is_exclusive(model, parcel) ? RM_FINE : RM_START_RIGHTS;
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
    if (parcel->size > vm->memory_max)
        return RM_START_TOO_LARGE;
    vm->memory_size = parcel->size;
    return gunyah_model_rm_accept_at(model, vm, parcel, vm->memory_base, flags) == RM_FINE ? RM_FINE
                                                                                           : RM_START_IMAGE_PLACE;
}

static enum gunyah_model_rm_reason accept_firmware(struct gunyah_model *model, struct rm_vm *vm)
{
    if (vm->firmware == GUNYAH_RM_HANDLE_INVALID || vm->firmware == vm->image)
        return RM_FINE;
    struct rm_parcel *parcel = gunyah_model_rm_parcel(model, vm->firmware);
    if (parcel == NULL || !is_exclusive(model, parcel) || vm->firmware_base == 0)
        return RM_START_FIRMWARE;
    return gunyah_model_rm_accept_at(model, vm, parcel, vm->firmware_base, GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE) ==
                   RM_FINE
               ? RM_FINE
               : RM_START_FIRMWARE;
}

enum gunyah_model_rm_reason gunyah_model_rm_accept_labelled(struct gunyah_model *model, struct rm_vm *vm,
                                                            struct rm_parcel *parcel)
{
    const struct gunyah_model_rm_vdevice *vdevices = vm->vdevice_count != 0 ? model_at(model, vm->vdevices) : NULL;
    const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
    if (participant == NULL || participant->accepted || parcel->owner == vm->vmid)
        return RM_FINE;
    for (uint32_t i = 0; i < vm->vdevice_count; i++) {
        if (vdevices[i].type != GUNYAH_MODEL_RM_SHM || vdevices[i].label != parcel->label)
            continue;
        if (vdevices[i].allocate_base)
            return RM_FINE;
        return gunyah_model_rm_accept_at(model, vm, parcel, vdevices[i].base, 0) == RM_FINE ? RM_FINE
                                                                                            : RM_START_LABELLED;
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

/** Further memory of the VM's own goes behind what it has. */
static enum gunyah_model_rm_reason accept_private(struct gunyah_model *model, struct rm_vm *vm,
                                                  struct rm_parcel *parcel)
{
    bool later = gunyah_model_rm_of(model)->options.generation >= GUNYAH_RM_GENERATION_LATER;
    if (parcel->label != 0 || parcel->type != GUNYAH_MEMPARCEL_TYPE_NORMAL || !is_exclusive(model, parcel))
        return RM_FINE;
    uint32_t flags = vm->auth == GUNYAH_VM_AUTH_NONE ? 0 : GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE;
    // An old one warns, and goes on without.
    if (parcel->size > vm->memory_max - vm->memory_size)
        return later ? RM_START_TOO_LARGE : RM_FINE;
    uint64_t ipa = vm->memory_base + vm->memory_size;
    if (gunyah_model_rm_accept_at(model, vm, parcel, ipa, flags) != RM_FINE)
        return later ? RM_START_TOO_LARGE : RM_FINE;
    vm->memory_size += parcel->size;
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
    const struct gunyah_model_rm_vdevice *vdevices = vm->vdevice_count != 0 ? model_at(model, vm->vdevices) : NULL;
    for (uint32_t i = 0; i < vm->vdevice_count; i++) {
        bool found = vdevices[i].type != GUNYAH_MODEL_RM_SHM || vdevices[i].optional;
        for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0 && !found;) {
            const struct rm_parcel *parcel = model_at(model, ref);
            const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
            ref = parcel->next;
            found = parcel->label == vdevices[i].label && participant != NULL && participant->accepted;
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
        reason = accept_firmware(model, vm);
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
    if (reason != RM_FINE) {
        gunyah_model_rm_set_state(model, vm, GUNYAH_VM_STATE_INIT_FAILED);
        return reason;
    }
    struct vm *machine = model_at(model, model->vms[vm->vmid]);
    machine->halted = false;
    ((struct thread *)model_at(model, machine->thread[0]))->on = true;
    gunyah_model_rm_set_state(model, vm, GUNYAH_VM_STATE_RUNNING);
    return RM_FINE;
}

// ---- before the start

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_context(struct rm_call *call)
{
    static const uint8_t registers[] = {
        [GUNYAH_VM_REGISTER_SET_X] = 31, [GUNYAH_VM_REGISTER_SET_PC] = 1, [GUNYAH_VM_REGISTER_SET_SP] = 2};
    struct rm_vm *vm;
    if (call->size != GUNYAH_RM_VM_SET_CONTEXT_SIZE)
        return RM_WRONG_SIZE;
    if (gunyah_model_rm_get32(call->request + 4) != 0)
        return RM_RESERVED_NOT_ZERO;
    uint8_t set = call->request[GUNYAH_RM_VM_SET_CONTEXT_SET_OFFSET];
    uint8_t index = call->request[GUNYAH_RM_VM_SET_CONTEXT_INDEX_OFFSET];
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_READY)
        return RM_VM_STATE;
    if (set >= sizeof(registers) || index >= registers[set])
        return RM_CONTEXT_REGISTER;
    bool entry = set == GUNYAH_VM_REGISTER_SET_PC || (set == GUNYAH_VM_REGISTER_SET_X && index == 0);
    bool late = set == GUNYAH_VM_REGISTER_SET_X && index >= 15;
    if ((vm->auth != GUNYAH_VM_AUTH_NONE && entry) || (vm->auth == GUNYAH_VM_AUTH_ANDROID && late))
        return RM_CONTEXT_AUTH;
    return RM_FINE;
}

static bool is_range(uint64_t base, uint64_t size)
{
    return size != 0 && base % GUNYAH_RM_PAGE_SIZE == 0 && size % GUNYAH_RM_PAGE_SIZE == 0 && base < RM_GUEST_END &&
           size <= RM_GUEST_END - base;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_demand_paging(struct rm_call *call)
{
    if (call->size < GUNYAH_RM_VM_SET_DEMAND_PAGING_MIN_SIZE)
        return RM_WRONG_SIZE;
    uint32_t count = gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_SET_DEMAND_PAGING_RANGES_OFFSET);
    const uint8_t *entry = call->request + GUNYAH_RM_VM_SET_DEMAND_PAGING_MIN_SIZE;
    if (count > GUNYAH_RM_MAX_PAYLOAD / GUNYAH_RM_MEM_REGION_SIZE ||
        call->size != GUNYAH_RM_VM_SET_DEMAND_PAGING_MIN_SIZE + count * GUNYAH_RM_MEM_REGION_SIZE)
        return RM_WRONG_SIZE;
    struct rm_vm *vm;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason == RM_NO_SUCH_VM)
        return RM_NO_SUCH_VM_TO_ASK;
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_INIT)
        return RM_VM_STATE;
    if (vm->auth == GUNYAH_VM_AUTH_PLATFORM)
        return RM_PAGING_AUTH;
    if (vm->paged)
        return RM_PAGING_TWICE;
    for (uint32_t i = 0; i < count; i++, entry += GUNYAH_RM_MEM_REGION_SIZE) {
        if (!is_range(gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_BASE_OFFSET),
                      gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_SIZE_OFFSET)))
            return RM_RANGE;
    }
    vm->paged = true;
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_address_layout(struct rm_call *call)
{
    struct rm_vm *vm;
    if (call->size != GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_INIT)
        return RM_LAYOUT_STATE;
    uint64_t base = gunyah_model_rm_get64(call->request + GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_BASE_OFFSET);
    uint64_t size = gunyah_model_rm_get64(call->request + GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_SIZE_OFFSET);
    uint32_t range = gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_RANGE_OFFSET);
    if (!is_range(base, size) || range > GUNYAH_VM_RANGE_FIRMWARE)
        return RM_RANGE;
    if (range == GUNYAH_VM_RANGE_FIRMWARE) {
        vm->firmware_base = base;
        return RM_FINE;
    }
    vm->memory_base = base;
    vm->memory_max = size;
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_debug(struct rm_call *call)
{
    if (call->size != GUNYAH_RM_VM_SET_DEBUG_SIZE)
        return RM_WRONG_SIZE;
    const struct rm_vm *vm =
        gunyah_model_rm_find(call->model, gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_SET_DEBUG_VMID_OFFSET));
    if (vm == NULL)
        return RM_NO_SUCH_VM;
    if (vm != call->from && vm->owner != call->from->vmid)
        return RM_NOT_OWNER;
    if (vm->state != GUNYAH_VM_STATE_INIT)
        return RM_VM_STATE;
    if (call->request[GUNYAH_RM_VM_SET_DEBUG_ENABLE_OFFSET] > 1)
        return RM_DEBUG_VALUE;
    return call->rm->options.debug ? RM_FINE : RM_DEBUG_PRODUCTION;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_time_base(struct rm_call *call)
{
    // The generation of 2023 says twice what is wrong.
    call->extra_word = call->rm->options.generation < GUNYAH_RM_GENERATION_LATER;
    if (call->size != GUNYAH_RM_VM_SET_TIME_BASE_SIZE)
        return RM_WRONG_SIZE;
    uint16_t vmid = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_SET_TIME_BASE_VMID_OFFSET);
    const struct rm_vm *vm = vmid != 0 ? gunyah_model_rm_find(call->model, vmid) : call->from;
    if (vm == NULL)
        return RM_NO_SUCH_VM_TO_ASK;
    if (!gunyah_model_rm_may_ask(vm, call->from))
        return RM_NOT_A_PEER;
    if (vm->state != GUNYAH_VM_STATE_INIT && vm->state != GUNYAH_VM_STATE_READY)
        return RM_VM_STATE;
    return vm->rtc ? RM_FINE : RM_NO_RTC;
}
