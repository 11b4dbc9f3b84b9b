// SPDX-License-Identifier: BSD-3-Clause
// Memory, interrupts and notifications of VMs that a driver makes.
#include "vm.h"

#define IN(state) GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_##state)
#define PAGE GUNYAH_RM_PAGE_SIZE

// The VM of a good handle, in one of these states, whose provider has this operation; or null, and the error.
static struct vm *vm_that_can(const struct gunyah_vm *handle, uint32_t states, bool can, const char *function,
                              enum gunyah_error *error)
{
    struct vm *vm = gunyah_internal_vm(handle, function, error);

    if (vm == NULL)
        return NULL;
    if (!can) {
        *error = gunyah_internal_refuse(vm->vmm->g, function, GUNYAH_ERR_UNSUPPORTED);
        return NULL;
    }
    return gunyah_internal_vm_in(handle, states, function, error);
}

static bool wraps(uint64_t address, uint64_t length)
{
    return length != 0 && address > UINT64_MAX - (length - 1);
}

static enum gunyah_error check_memory(const struct gunyah_vm_memory *memory)
{
    if ((unsigned)memory->kind > GUNYAH_VM_MEMORY_SHARE || memory->access == GUNYAH_PGTABLE_ACCESS_NONE ||
        (unsigned)memory->access > GUNYAH_PGTABLE_ACCESS_RWX || (memory->memory != NULL && memory->area != NULL))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    if (memory->length == 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if ((memory->address | memory->length | (uintptr_t)memory->memory) % PAGE != 0)
        return GUNYAH_ERR_ARGUMENT_ALIGNMENT;
    return wraps(memory->address, memory->length) ? GUNYAH_ERR_ADDR_OVERFLOW : GUNYAH_OK;
}

enum gunyah_error gunyah_vm_add_memory(struct gunyah_vm *handle, struct gunyah_vm_memory *given, uint32_t *number)
{
    struct gunyah_vm_memory memory;
    enum gunyah_error error;
    uint32_t made;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    error = given == NULL ? GUNYAH_ERR_NULL : GUNYAH_OK;
    if (error == GUNYAH_OK && !gunyah_internal_options(&memory, sizeof(memory), given))
        error = GUNYAH_ERR_OPTION;
    if (error == GUNYAH_OK)
        error = check_memory(&memory);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(vm->vmm->g, __func__, error);
    vm = vm_that_can(handle, IN(LOAD), vm->vmm->ops->add_memory != NULL, __func__, &error);
    if (vm == NULL)
        return error;
    error = gunyah_internal_vm_answer(vm, vm->vmm->ops->add_memory(vm->vmm->context, &vm->record, &memory, &made));
    if (error != GUNYAH_OK)
        return error;
    given->memory = memory.memory;
    if (number != NULL)
        *number = made;
    return GUNYAH_OK;
}

static enum gunyah_error check_range(const struct gunyah_memory_region *range)
{
    if (range->size == 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if ((range->address | range->size) % PAGE != 0)
        return GUNYAH_ERR_ARGUMENT_ALIGNMENT;
    return wraps(range->address, range->size) ? GUNYAH_ERR_ADDR_OVERFLOW : GUNYAH_OK;
}

enum gunyah_error gunyah_vm_reclaim_memory(struct gunyah_vm *handle, struct gunyah_memory_region range)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    error = check_range(&range);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(vm->vmm->g, __func__, error);
    vm = vm_that_can(handle, IN(RUNNING), vm->vmm->ops->reclaim_memory != NULL, __func__, &error);
    if (vm == NULL)
        return error;
    return gunyah_internal_vm_answer(vm, vm->vmm->ops->reclaim_memory(vm->vmm->context, &vm->record, range));
}

// 0: there is none. Long names are not read to their end.
static size_t name_length(const char *name)
{
    size_t length = 0;

    while (length <= GUNYAH_VM_FIRMWARE_NAME_MAX && name[length] != '\0')
        length++;
    return length <= GUNYAH_VM_FIRMWARE_NAME_MAX ? length : 0;
}

enum gunyah_error gunyah_vm_load_firmware(struct gunyah_vm *handle, const char *name)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (name == NULL || name_length(name) == 0)
        return gunyah_internal_refuse(vm->vmm->g, __func__, name == NULL ? GUNYAH_ERR_NULL : GUNYAH_ERR_ARGUMENT_SIZE);
    vm = vm_that_can(handle, IN(LOAD) | IN(RESET), vm->vmm->ops->load_firmware != NULL, __func__, &error);
    if (vm == NULL)
        return error;
    return gunyah_internal_vm_answer(vm, vm->vmm->ops->load_firmware(vm->vmm->context, &vm->record, name));
}

// The handle first: without one, nobody could reach the doorbell.
static enum gunyah_error open_bell(const struct vm *vm, struct gunyah_doorbell **doorbell)
{
    const struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;

    return gunyah_doorbell_open(vm->vmm->g, &options, doorbell);
}

static enum gunyah_error finish_bell(struct vm *vm, enum gunyah_error error, gunyah_capid_t cap, gunyah_virq_t virq,
                                     struct gunyah_doorbell **doorbell)
{
    struct handle *bell = (struct handle *)*doorbell;

    if (gunyah_internal_vm_answer(vm, error) != GUNYAH_OK) {
        gunyah_doorbell_close(doorbell);
        return error;
    }
    bell->cap = cap;
    bell->receive_virq = virq;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_vm_add_irq(struct gunyah_vm *handle, uint32_t label, bool level,
                                    struct gunyah_doorbell **doorbell)
{
    gunyah_capid_t cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (doorbell == NULL)
        return gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_NULL);
    *doorbell = NULL;
    vm = vm_that_can(handle, IN(INIT) | IN(READY), vm->vmm->ops->add_irq != NULL, __func__, &error);
    if (vm == NULL)
        return error;
    error = open_bell(vm, doorbell);
    if (error != GUNYAH_OK)
        return error;
    error = vm->vmm->ops->add_irq(vm->vmm->context, &vm->record, label, level, &cap);
    return finish_bell(vm, error, cap, (gunyah_virq_t){0}, doorbell);
}

static enum gunyah_error read_notify(const struct gunyah_vm_notify *given, struct gunyah_vm_notify *notify)
{
    if (given == NULL)
        return GUNYAH_ERR_NULL;
    if (!gunyah_internal_options(notify, sizeof(*notify), given))
        return GUNYAH_ERR_OPTION;
    const uint32_t length = notify->length;
    if (length > 8 || (length & (length - 1)) != 0 || (length == 0 && notify->has_value))
        return GUNYAH_ERR_ARGUMENT_SIZE;
    return wraps(notify->address, length) ? GUNYAH_ERR_ADDR_OVERFLOW : GUNYAH_OK;
}

enum gunyah_error gunyah_vm_add_notify(struct gunyah_vm *handle, const struct gunyah_vm_notify *given,
                                       struct gunyah_doorbell **doorbell)
{
    gunyah_capid_t cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    gunyah_virq_t virq = {0};
    struct gunyah_vm_notify notify;
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (doorbell == NULL)
        return gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_NULL);
    *doorbell = NULL;
    error = read_notify(given, &notify);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(vm->vmm->g, __func__, error);
    vm = vm_that_can(handle, IN(LOAD) | IN(INIT) | IN(READY) | IN(RUNNING), vm->vmm->ops->add_notify != NULL, __func__,
                     &error);
    if (vm == NULL)
        return error;
    error = open_bell(vm, doorbell);
    if (error != GUNYAH_OK)
        return error;
    error = vm->vmm->ops->add_notify(vm->vmm->context, &vm->record, &notify, &cap, &virq);
    return finish_bell(vm, error, cap, virq, doorbell);
}
