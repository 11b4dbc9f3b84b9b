// SPDX-License-Identifier: BSD-3-Clause
// The steps of a VM's life: what cannot be right is refused, the rest is for the provider.
#include "vm.h"

#define IN(state) GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_##state)

static enum gunyah_error refuse(const struct vm *vm, const char *function, enum gunyah_error error)
{
    return gunyah_internal_refuse(vm->vmm->g, function, error);
}

static enum gunyah_error act(struct vm *vm, enum gunyah_vmm_action action)
{
    return gunyah_internal_vm_answer(vm, vm->vmm->ops->act(vm->vmm->context, &vm->record, action));
}

static enum gunyah_error set(struct vm *vm, const struct gunyah_vmm_setting *setting)
{
    return gunyah_internal_vm_answer(vm, vm->vmm->ops->set(vm->vmm->context, &vm->record, setting));
}

static bool wraps(uint64_t offset, uint64_t size)
{
    return size != 0 && offset > UINT64_MAX - (size - 1);
}

static enum gunyah_error check_pages(const struct gunyah_memory_region *region)
{
    if (region->size == 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if ((region->address | region->size) % GUNYAH_RM_PAGE_SIZE != 0)
        return GUNYAH_ERR_ARGUMENT_ALIGNMENT;
    return wraps(region->address, region->size) ? GUNYAH_ERR_ADDR_OVERFLOW : GUNYAH_OK;
}

// ---- the image ---------------------------------------------------------------------------------------------------

static enum gunyah_error read_image(const struct gunyah_vm_image *given, struct gunyah_vm_image *image)
{
    if (given == NULL)
        return GUNYAH_ERR_NULL;
    if (!gunyah_internal_options(image, sizeof(*image), given))
        return GUNYAH_ERR_OPTION;
    if ((unsigned)image->authentication > GUNYAH_VM_AUTH_ANDROID || image->memparcel == GUNYAH_RM_HANDLE_INVALID)
        return GUNYAH_ERR_ARGUMENT_INVALID;
    if (wraps(image->image_offset, image->image_size) || wraps(image->dtb_offset, image->dtb_size))
        return GUNYAH_ERR_ADDR_OVERFLOW;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_vm_configure(struct gunyah_vm *handle, const struct gunyah_vm_image *given)
{
    struct gunyah_vm_image image;
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    error = read_image(given, &image);
    if (error != GUNYAH_OK)
        return refuse(vm, __func__, error);
    vm = gunyah_internal_vm_in(handle, IN(LOAD) | IN(RESET), __func__, &error);
    if (vm != NULL)
        error = gunyah_internal_vm_answer(vm, vm->vmm->ops->configure(vm->vmm->context, &vm->record, &image));
    return error;
}

enum gunyah_error gunyah_vm_authenticate(struct gunyah_vm *handle, uint32_t pas_id)
{
    const struct gunyah_vmm_setting setting = {.kind = GUNYAH_VMM_AUTHENTICATE, .selector = pas_id};
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm_in(handle, IN(AUTH), __func__, &error);

    return vm != NULL ? set(vm, &setting) : error;
}

// ---- settings ----------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_vm_set_firmware_memory(struct gunyah_vm *handle, uint32_t memparcel,
                                                struct gunyah_memory_region range)
{
    const struct gunyah_vmm_setting setting = {
        .kind = GUNYAH_VMM_FIRMWARE_MEMORY, .selector = memparcel, .values = {range.address, range.size}};
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (memparcel == GUNYAH_RM_HANDLE_INVALID)
        return refuse(vm, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    if (wraps(range.address, range.size))
        return refuse(vm, __func__, GUNYAH_ERR_ADDR_OVERFLOW);
    vm = gunyah_internal_vm_in(handle, IN(INIT), __func__, &error);
    return vm != NULL ? set(vm, &setting) : error;
}

enum gunyah_error gunyah_vm_set_demand_paging(struct gunyah_vm *handle, const struct gunyah_memory_region *ranges,
                                              size_t count)
{
    const struct gunyah_vmm_setting setting = {.kind = GUNYAH_VMM_DEMAND_PAGING, .regions = ranges, .count = count};
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (ranges == NULL)
        return refuse(vm, __func__, GUNYAH_ERR_NULL);
    if (count == 0)
        return refuse(vm, __func__, GUNYAH_ERR_ARGUMENT_SIZE);
    for (size_t i = 0; i < count; i++) {
        error = check_pages(&ranges[i]);
        if (error != GUNYAH_OK)
            return refuse(vm, __func__, error);
    }
    vm = gunyah_internal_vm_in(handle, IN(INIT), __func__, &error);
    return vm != NULL ? set(vm, &setting) : error;
}

enum gunyah_error gunyah_vm_set_address_layout(struct gunyah_vm *handle, enum gunyah_vm_range which,
                                               struct gunyah_memory_region range)
{
    const struct gunyah_vmm_setting setting = {
        .kind = GUNYAH_VMM_ADDRESS_LAYOUT, .selector = which, .values = {range.address, range.size}};
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    error = (unsigned)which > GUNYAH_VM_RANGE_FIRMWARE ? GUNYAH_ERR_ARGUMENT_INVALID : check_pages(&range);
    if (error != GUNYAH_OK)
        return refuse(vm, __func__, error);
    vm = gunyah_internal_vm_in(handle, IN(INIT), __func__, &error);
    return vm != NULL ? set(vm, &setting) : error;
}

static bool register_exists(enum gunyah_vm_register_set set, uint32_t index)
{
    switch (set) {
    case GUNYAH_VM_REGISTER_SET_X:
        return index <= 30;
    case GUNYAH_VM_REGISTER_SET_PC:
        return index == 0;
    case GUNYAH_VM_REGISTER_SET_SP:
        return index <= 1;
    default:
        return false;
    }
}

enum gunyah_error gunyah_vm_set_boot_register(struct gunyah_vm *handle, enum gunyah_vm_register_set which,
                                              uint32_t index, uint64_t value)
{
    const struct gunyah_vmm_setting setting = {
        .kind = GUNYAH_VMM_BOOT_REGISTER, .selector = which, .index = index, .values = {value}};
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (!register_exists(which, index))
        return refuse(vm, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    vm = gunyah_internal_vm_in(handle, IN(READY), __func__, &error);
    return vm != NULL ? set(vm, &setting) : error;
}

enum gunyah_error gunyah_vm_set_time_base(struct gunyah_vm *handle, uint64_t time_base, uint64_t counter)
{
    const struct gunyah_vmm_setting setting = {.kind = GUNYAH_VMM_TIME_BASE, .values = {time_base, counter}};
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm_in(handle, IN(INIT) | IN(READY), __func__, &error);

    return vm != NULL ? set(vm, &setting) : error;
}

enum gunyah_error gunyah_vm_set_debug(struct gunyah_vm *handle, bool allowed)
{
    const struct gunyah_vmm_setting setting = {.kind = GUNYAH_VMM_DEBUG, .values = {allowed}};
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm_in(handle, IN(INIT), __func__, &error);

    return vm != NULL ? set(vm, &setting) : error;
}

// ---- running -----------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_vm_init(struct gunyah_vm *handle)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm_in(handle, IN(INIT), __func__, &error);

    return vm != NULL ? act(vm, GUNYAH_VMM_INIT) : error;
}

enum gunyah_error gunyah_vm_start(struct gunyah_vm *handle)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm_in(handle, IN(READY), __func__, &error);

    return vm != NULL ? act(vm, GUNYAH_VMM_START) : error;
}

enum gunyah_error gunyah_vm_stop(struct gunyah_vm *handle, bool force, enum gunyah_vm_stop_reason reason)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if ((unsigned)reason > GUNYAH_VM_STOP_REASON_FORCE_STOP)
        return refuse(vm, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    vm = gunyah_internal_vm_in(handle, IN(RUNNING) | IN(PAUSED), __func__, &error);
    if (vm != NULL)
        error = gunyah_internal_vm_answer(vm, vm->vmm->ops->stop(vm->vmm->context, &vm->record, force, reason));
    return error;
}

enum gunyah_error gunyah_vm_reset(struct gunyah_vm *handle)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm_in(handle, IN(EXITED) | IN(READY) | IN(INIT_FAILED), __func__, &error);

    return vm != NULL ? act(vm, GUNYAH_VMM_RESET) : error;
}
