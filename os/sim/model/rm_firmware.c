// SPDX-License-Identifier: BSD-3-Clause
// The firmware of protected VMs: the boot loader hands it over once, and each of these VMs gets a copy.
#include "rm_memory.h"

#include <string.h>

/** Only HLOS, and only until its boot loader is done. */
static enum gunyah_model_rm_reason check_boot(const struct rm_call *call)
{
    if (call->rm->milestone)
        return RM_MILESTONE_PAST;
    return call->from->vmid == GUNYAH_VMID_HLOS ? RM_FINE : RM_NOT_HLOS;
}

enum gunyah_model_rm_reason gunyah_model_rm_fw_milestone(struct rm_call *call)
{
    enum gunyah_model_rm_reason reason = check_boot(call);
    if (reason != RM_FINE)
        return reason;
    if (call->size != 0)
        return RM_WRONG_SIZE;
    call->rm->milestone = true;
    return RM_FINE;
}

// ---- FW_SET_VM_FIRMWARE

/** What both layouts of the message say. */
struct firmware {
    bool known; // this kind of firmware
    uint32_t handle;
    uint64_t offset;
    uint64_t size;
    uint64_t config_offset;
    uint64_t config_size;
};

static enum gunyah_model_rm_reason read_2023(const struct rm_call *call, struct firmware *firmware)
{
    const uint8_t *request = call->request;
    if (call->size != GUNYAH_RM_FW_SET_VM_FIRMWARE_2023_SIZE)
        return RM_WRONG_SIZE;
    if (gunyah_model_rm_get16(request + 2) != 0)
        return RM_FIRMWARE_RESERVED;
    *firmware = (struct firmware){
        .known =
            gunyah_model_rm_get16(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_2023_AUTH_OFFSET) == GUNYAH_VM_AUTH_ANDROID,
        .handle = gunyah_model_rm_get32(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_2023_HANDLE_OFFSET),
        .offset = gunyah_model_rm_get64(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_2023_IMAGE_OFFSET_OFFSET),
        .size = gunyah_model_rm_get64(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_2023_IMAGE_SIZE_OFFSET),
    };
    return RM_FINE;
}

static enum gunyah_model_rm_reason read_later(const struct rm_call *call, struct firmware *firmware)
{
    uint8_t request[GUNYAH_RM_FW_SET_VM_FIRMWARE_SIZE] = {0};
    if (call->size > sizeof(request))
        return RM_WRONG_SIZE;
    memcpy(request, call->request, call->size);
    uint16_t flags = gunyah_model_rm_get16(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_FLAGS_OFFSET);
    if ((flags & ~GUNYAH_RM_FW_FLAG_CONFIG_RANGE) != 0)
        return RM_FIRMWARE_RESERVED;
    *firmware = (struct firmware){
        .known = gunyah_model_rm_get16(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_FIRMWARE_OFFSET) ==
                 GUNYAH_VM_FIRMWARE_TYPE_PVMFW,
        .handle = gunyah_model_rm_get32(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_HANDLE_OFFSET),
        .offset = gunyah_model_rm_get64(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_IMAGE_OFFSET_OFFSET),
        .size = gunyah_model_rm_get64(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_IMAGE_SIZE_OFFSET),
    };
    if (flags == 0)
        return RM_FINE;
    firmware->config_offset = gunyah_model_rm_get64(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_CONFIG_OFFSET_OFFSET);
    firmware->config_size = gunyah_model_rm_get64(request + GUNYAH_RM_FW_SET_VM_FIRMWARE_CONFIG_SIZE_OFFSET);
    return RM_FINE;
}

/** The Resource Manager takes the parcel, which must have been donated to it. */
static enum gunyah_model_rm_reason take_donation(struct gunyah_model *model, struct rm_parcel *parcel, uint64_t *ipa)
{
    uint8_t chosen[GUNYAH_RM_MEM_REGION_SIZE];
    struct rm_acceptance how = {.flags = GUNYAH_RM_MEM_ACCEPT_FLAG_DONE | GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_CONTIGUOUS,
                                .chosen = chosen};
    if (parcel->transaction != GUNYAH_MEMPARCEL_TRANSACTION_DONATE || parcel->type != GUNYAH_MEMPARCEL_TYPE_NORMAL)
        return RM_OTHER_TYPE;
    if (parcel->open)
        return RM_PARCEL_OPEN;
    enum gunyah_model_rm_reason reason =
        gunyah_model_rm_accept(model, gunyah_model_rm_find(model, GUNYAH_VMID_ROOT), parcel, &how);
    *ipa = gunyah_model_rm_get64(chosen + GUNYAH_RM_MEM_REGION_BASE_OFFSET);
    return reason;
}

static bool is_within(uint64_t offset, uint64_t size, uint64_t whole)
{
    return offset <= whole && size <= whole - offset;
}

/** The later generation looks at the ranges when the parcel is its own already: with a bad one, the memory is lost. */
static enum gunyah_model_rm_reason set_firmware(struct rm_call *call, const struct firmware *firmware)
{
    struct rm *rm = call->rm;
    bool later = rm->options.generation >= GUNYAH_RM_GENERATION_LATER;
    struct rm_parcel *parcel = gunyah_model_rm_parcel(call->model, firmware->handle);
    if (parcel == NULL || gunyah_model_rm_participant(call->model, parcel, GUNYAH_VMID_ROOT) == NULL)
        return RM_FIRMWARE_NOT_FOR_RM;
    uint64_t whole = parcel->size;
    bool fits = firmware->size != 0 && firmware->offset == 0 && firmware->size <= whole &&
                is_within(firmware->config_offset, firmware->config_size, whole);
    if (!later && !fits)
        return RM_FIRMWARE_RANGE;
    uint64_t ipa = 0;
    enum gunyah_model_rm_reason reason = take_donation(call->model, parcel, &ipa);
    if (reason != RM_FINE)
        return reason;
    if (!fits)
        return RM_FIRMWARE_RANGE;
    uint64_t config_end = firmware->config_offset + firmware->config_size;
    rm->firmware = ipa;
    rm->firmware_size = firmware->size > config_end ? firmware->size : config_end;
    if (!later)
        rm->firmware_size = whole;
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_fw_set_vm_firmware(struct rm_call *call)
{
    struct firmware firmware;
    enum gunyah_model_rm_reason reason = check_boot(call);
    if (reason != RM_FINE)
        return reason;
    bool later = call->rm->options.generation >= GUNYAH_RM_GENERATION_LATER;
    reason = later ? read_later(call, &firmware) : read_2023(call, &firmware);
    if (reason != RM_FINE)
        return reason;
    if (firmware.size > UINT64_MAX - firmware.offset || firmware.config_size > UINT64_MAX - firmware.config_offset)
        return RM_FIRMWARE_RANGE;
    if (!firmware.known)
        return RM_FIRMWARE_KIND;
    if (call->rm->firmware_size != 0)
        return RM_FIRMWARE_TWICE;
    return set_firmware(call, &firmware);
}

// ---- VM_SET_FIRMWARE_MEM

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_firmware_mem(struct rm_call *call)
{
    struct gunyah_model *model = call->model;
    const uint8_t *request = call->request;
    bool later = call->rm->options.generation >= GUNYAH_RM_GENERATION_LATER;
    // The generation of 2023 says twice what is wrong.
    call->extra_word = !later;
    if (call->size != GUNYAH_RM_VM_SET_FIRMWARE_MEM_SIZE)
        return RM_WRONG_SIZE;
    if (gunyah_model_rm_get16(request + 2) != 0)
        return RM_RESERVED_NOT_ZERO;
    struct rm_vm *vm =
        gunyah_model_rm_find(model, gunyah_model_rm_get16(request + GUNYAH_RM_VM_SET_FIRMWARE_MEM_VMID_OFFSET));
    if (vm == NULL)
        return RM_NO_SUCH_VM_TO_ASK;
    if (!gunyah_model_rm_may_ask(vm, call->from))
        return RM_NOT_A_PEER;
    if (vm->state != GUNYAH_VM_STATE_INIT)
        return RM_VM_STATE;
    if (vm->auth != GUNYAH_VM_AUTH_ANDROID)
        return RM_FIRMWARE_NOT_WANTED;
    if (call->rm->firmware_size == 0)
        return RM_FIRMWARE_NONE;
    uint32_t handle = gunyah_model_rm_get32(request + GUNYAH_RM_VM_SET_FIRMWARE_MEM_HANDLE_OFFSET);
    const struct rm_parcel *parcel = gunyah_model_rm_parcel(model, handle);
    if (parcel == NULL || gunyah_model_rm_participant(model, parcel, vm->vmid) == NULL)
        return RM_FIRMWARE_NOT_FOR_VM;
    uint64_t offset = gunyah_model_rm_get64(request + GUNYAH_RM_VM_SET_FIRMWARE_MEM_OFFSET_OFFSET);
    uint64_t size = gunyah_model_rm_get64(request + GUNYAH_RM_VM_SET_FIRMWARE_MEM_SIZE_OFFSET);
    if (!is_within(offset, size, parcel->size))
        return RM_FIRMWARE_PLACE;
    vm->firmware = handle;
    vm->firmware_offset = offset;
    vm->firmware_size = size;
    return RM_FINE;
}

// ---- VM_INIT and VM_START

enum gunyah_model_rm_reason gunyah_model_rm_place_firmware(struct rm_vm *vm, uint64_t base, uint64_t size)
{
    bool inside = vm->firmware == vm->image;
    // An address layout that was set before wins.
    if (vm->firmware_max == 0) {
        vm->firmware_base = base;
        vm->firmware_max = size != 0 ? size : RM_FIRMWARE_MAX;
    }
    if (vm->firmware_size == 0)
        return RM_FINE;
    if (inside && vm->firmware_base == 0)
        vm->firmware_base = vm->memory_base;
    if (vm->firmware_base == 0 || vm->firmware_base >= RM_GUEST_END)
        return RM_FIRMWARE_ADDRESS;
    if (vm->firmware_max > RM_GUEST_END - vm->firmware_base)
        vm->firmware_max = RM_GUEST_END - vm->firmware_base;
    if (inside)
        return vm->firmware_base == vm->memory_base ? RM_FINE : RM_FIRMWARE_ADDRESS;
    bool apart = vm->firmware_base + vm->firmware_max <= vm->memory_base ||
                 vm->memory_base + vm->memory_max <= vm->firmware_base;
    return apart ? RM_FINE : RM_FIRMWARE_ADDRESS;
}

enum gunyah_model_rm_reason gunyah_model_rm_accept_firmware(struct gunyah_model *model, struct rm_vm *vm)
{
    if (vm->firmware_size == 0)
        return RM_FINE;
    if (!is_within(vm->firmware_offset, vm->firmware_size, vm->firmware_max))
        return RM_START_FIRMWARE_SIZE;
    if (vm->firmware == vm->image)
        return vm->firmware_max <= vm->memory_size ? RM_FINE : RM_START_FIRMWARE_SIZE;
    struct rm_parcel *parcel = gunyah_model_rm_parcel(model, vm->firmware);
    if (parcel == NULL || parcel->open || !gunyah_model_rm_is_exclusive(model, parcel))
        return RM_START_FIRMWARE;
    if (parcel->size != vm->firmware_size)
        return RM_START_FIRMWARE_SIZE;
    return gunyah_model_rm_accept_at(model, vm, parcel, vm->firmware_base, GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE) ==
                   RM_FINE
               ? RM_FINE
               : RM_START_FIRMWARE;
}

/** Write a page of the firmware into the VM, or of zeros behind its end. */
static void copy_page(struct rm_call *call, struct rm_vm *vm, uint64_t offset)
{
    static const uint8_t zeros[GUNYAH_RM_PAGE_SIZE];
    const struct gunyah_model_env *env = &call->model->env;
    uint64_t left = call->rm->firmware_size > offset ? call->rm->firmware_size - offset : 0;
    size_t size = left < sizeof(zeros) ? (size_t)left : sizeof(zeros);
    uint64_t from;
    uint64_t to;
    uint64_t ipa = vm->firmware_base + vm->firmware_offset + offset;
    if (!gunyah_model_rm_find_memory(call->model, vm->vmid, ipa, sizeof(zeros), &to))
        return;
    memcpy(call->reply, zeros, sizeof(zeros));
    if (size == 0 ||
        (gunyah_model_rm_find_memory(call->model, GUNYAH_VMID_ROOT, call->rm->firmware + offset, size, &from) &&
         env->read(env->context, GUNYAH_VMID_HLOS, from, call->reply, size) == GUNYAH_MODEL_MEMORY_OK))
        (void)env->write(env->context, GUNYAH_VMID_HLOS, to, call->reply, sizeof(zeros));
}

enum gunyah_model_rm_reason gunyah_model_rm_copy_firmware(struct rm_call *call, struct rm_vm *vm)
{
    const struct rm *rm = call->rm;
    if (vm->auth != GUNYAH_VM_AUTH_ANDROID)
        return RM_FINE;
    if (!rm->milestone)
        return RM_START_BEFORE_MILESTONE;
    if (rm->firmware_size == 0)
        return RM_START_FIRMWARE_NONE;
    if (rm->firmware_size > vm->firmware_size)
        return RM_START_FIRMWARE_SMALL;
    if (vm->firmware_size % GUNYAH_RM_PAGE_SIZE != 0)
        return RM_START_FIRMWARE_UNEVEN;
    if (vm->firmware_offset % GUNYAH_RM_PAGE_SIZE != 0)
        return RM_START_FIRMWARE_UNALIGNED;
    for (uint64_t offset = 0; offset < vm->firmware_size; offset += GUNYAH_RM_PAGE_SIZE)
        copy_page(call, vm, offset);
    return RM_FINE;
}
