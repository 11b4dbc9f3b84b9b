// SPDX-License-Identifier: BSD-3-Clause
// What may be set of a VM before it starts: registers, the places of its memory, paging, debugging.
#include "rm_memory.h"

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
    return size != 0 && base % GUNYAH_RM_PAGE_SIZE == 0 && size % GUNYAH_RM_PAGE_SIZE == 0 && size <= UINT64_MAX - base;
}

/** The VM of a request about its memory, which only its owner may send, and only in the state INIT. */
static enum gunyah_model_rm_reason find_for_layout(const struct rm_call *call, struct rm_vm **vm)
{
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, vm);
    if (reason == RM_NO_SUCH_VM)
        return RM_NO_SUCH_VM_TO_ASK;
    if (reason != RM_FINE)
        return reason;
    return (*vm)->state == GUNYAH_VM_STATE_INIT ? RM_FINE : RM_LAYOUT_STATE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_demand_paging(struct rm_call *call)
{
    if (call->size < GUNYAH_RM_VM_SET_DEMAND_PAGING_MIN_SIZE)
        return RM_WRONG_SIZE;
    if (gunyah_model_rm_get16(call->request + 2) != 0)
        return RM_RESERVED_NOT_ZERO;
    uint32_t count = gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_SET_DEMAND_PAGING_RANGES_OFFSET);
    const uint8_t *entry = call->request + GUNYAH_RM_VM_SET_DEMAND_PAGING_MIN_SIZE;
    // Bytes behind the list are not looked at.
    if (count > (call->size - GUNYAH_RM_VM_SET_DEMAND_PAGING_MIN_SIZE) / GUNYAH_RM_MEM_REGION_SIZE)
        return RM_LIST_TRUNCATED;
    struct rm_vm *vm;
    enum gunyah_model_rm_reason reason = find_for_layout(call, &vm);
    if (reason != RM_FINE)
        return reason;
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
    if (call->size != GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_SIZE)
        return RM_WRONG_SIZE;
    if (gunyah_model_rm_get16(call->request + 2) != 0)
        return RM_RESERVED_NOT_ZERO;
    struct rm_vm *vm;
    enum gunyah_model_rm_reason reason = find_for_layout(call, &vm);
    // What there is not yet cannot be laid out, whoever asks.
    if (reason != RM_NO_SUCH_VM_TO_ASK && !vm->configured && !vm->adopted)
        return RM_VM_NOT_CONFIGURED;
    if (reason != RM_FINE)
        return reason;
    uint64_t base = gunyah_model_rm_get64(call->request + GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_BASE_OFFSET);
    uint64_t size = gunyah_model_rm_get64(call->request + GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_SIZE_OFFSET);
    uint32_t range = gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_SET_ADDRESS_LAYOUT_RANGE_OFFSET);
    if (!is_range(base, size))
        return RM_RANGE;
    if (range > GUNYAH_VM_RANGE_FIRMWARE)
        return RM_RANGE_ID;
    if (range == GUNYAH_VM_RANGE_FIRMWARE) {
        vm->firmware_base = base;
        vm->firmware_max = size;
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
    if (call->request[2] != 0)
        return RM_RESERVED_NOT_ZERO;
    if (call->request[GUNYAH_RM_VM_SET_DEBUG_ENABLE_OFFSET] > 1)
        return RM_DEBUG_VALUE;
    const struct rm_vm *vm =
        gunyah_model_rm_find(call->model, gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_SET_DEBUG_VMID_OFFSET));
    if (vm == NULL)
        return RM_NO_SUCH_VM_TO_ASK;
    if (vm != call->from && vm->owner != call->from->vmid)
        return RM_NOT_OWNER;
    if (vm->state != GUNYAH_VM_STATE_INIT)
        return RM_VM_STATE;
    return call->rm->options.debug ? RM_FINE : RM_DEBUG_PRODUCTION;
}
