// SPDX-License-Identifier: BSD-3-Clause
// Settings of a VM that is not started yet.
#include "client.h"
#include "messages.h"

// All of them but demand paging: a message of fixed size.
static size_t put(uint8_t *request, gunyah_vmid_t vmid, const struct gunyah_vmm_setting *setting, uint32_t *id)
{
    const uint64_t *values = setting->values;

    switch (setting->kind) {
    case GUNYAH_VMM_FIRMWARE_MEMORY: {
        const struct rm_vm_set_firmware_mem message = {vmid, setting->selector, values[0], values[1]};
        *id = GUNYAH_RM_VM_SET_FIRMWARE_MEM;
        return rm_put_vm_set_firmware_mem(request, &message);
    }
    case GUNYAH_VMM_ADDRESS_LAYOUT: {
        const struct rm_vm_set_address_layout message = {vmid, setting->selector, values[0], values[1]};
        *id = GUNYAH_RM_VM_SET_ADDRESS_LAYOUT;
        return rm_put_vm_set_address_layout(request, &message);
    }
    case GUNYAH_VMM_BOOT_REGISTER: {
        const struct rm_vm_set_context message = {vmid, (uint8_t)setting->selector, (uint8_t)setting->index, values[0]};
        *id = GUNYAH_RM_VM_SET_CONTEXT;
        return rm_put_vm_set_context(request, &message);
    }
    case GUNYAH_VMM_TIME_BASE: {
        const struct rm_vm_set_time_base message = {vmid, values[0], values[1]};
        *id = GUNYAH_RM_VM_SET_TIME_BASE;
        return rm_put_vm_set_time_base(request, &message);
    }
    default: {
        const struct rm_vm_set_debug message = {vmid, values[0] != 0};
        *id = GUNYAH_RM_VM_SET_DEBUG;
        return rm_put_vm_set_debug(request, &message);
    }
    }
}

#define LARGEST GUNYAH_RM_VM_SET_FIRMWARE_MEM_SIZE
_Static_assert(LARGEST >= GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_SIZE && LARGEST >= GUNYAH_RM_VM_SET_CONTEXT_SIZE &&
                   LARGEST >= GUNYAH_RM_VM_SET_TIME_BASE_SIZE && LARGEST >= GUNYAH_RM_VM_SET_DEBUG_SIZE,
               "the largest message");

static enum gunyah_error authenticate(struct rm *rm, struct gunyah_vmm_vm *vm, uint32_t pas_id)
{
    const struct rm_vm_auth_image message = {vm->vmid, 1};
    const struct rm_vm_auth_entry entry = {GUNYAH_VM_AUTH_PARAM_PAS_ID, pas_id};
    uint8_t request[GUNYAH_RM_VM_AUTH_IMAGE_SIZE + GUNYAH_RM_VM_AUTH_ENTRY_SIZE];
    size_t size = rm_put_vm_auth_image(request, &message);

    size += rm_put_vm_auth_entry(request + size, &entry);
    gunyah_internal_rm_vm_asks(vm);
    const enum gunyah_error error =
        gunyah_internal_rm_ask_bytes(rm, vm->caller, GUNYAH_RM_VM_AUTH_IMAGE, request, size, NULL, 0);
    if (error == GUNYAH_OK)
        gunyah_internal_rm_vm_reached(vm, GUNYAH_VM_STATE_INIT);
    else
        vm->known = false;
    return error;
}

static enum gunyah_error set_demand_paging(struct rm *rm, const struct gunyah_vmm_vm *vm,
                                           const struct gunyah_vmm_setting *setting)
{
    const struct rm_vm_set_demand_paging message = {vm->vmid};
    const struct rm_list32 ranges = {(uint32_t)setting->count};
    uint8_t head[GUNYAH_RM_VM_SET_DEMAND_PAGING_MIN_SIZE];
    const size_t size = rm_put_vm_set_demand_paging(head, &message);
    const struct rm_piece pieces[2] = {
        {.from = head, .size = size + rm_put_list32(head + size, &ranges)},
        rm_list_piece(setting->regions, setting->count, GUNYAH_RM_MEM_REGION_SIZE),
    };

    return gunyah_internal_rm_ask_pieces(rm, vm->caller, GUNYAH_RM_VM_SET_DEMAND_PAGING, pieces, 2, NULL, 0);
}

enum gunyah_error gunyah_internal_rm_vm_set(void *context, struct gunyah_vmm_vm *vm,
                                            const struct gunyah_vmm_setting *setting)
{
    uint8_t request[LARGEST];
    uint32_t id;

    if (setting->kind == GUNYAH_VMM_AUTHENTICATE)
        return authenticate(context, vm, setting->selector);
    if (setting->kind == GUNYAH_VMM_DEMAND_PAGING)
        return set_demand_paging(context, vm, setting);
    const size_t size = put(request, vm->vmid, setting, &id);
    return gunyah_internal_rm_ask_bytes(context, vm->caller, id, request, size, NULL, 0);
}
