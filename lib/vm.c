// SPDX-License-Identifier: BSD-3-Clause
// Handles of VMs, and what is known of them.
#include "vm.h"

// ---- records -----------------------------------------------------------------------------------------------------

struct vm *gunyah_internal_vm(const struct gunyah_vm *handle, const char *function, enum gunyah_error *error)
{
    const struct handle *checked = (const struct handle *)handle;

    *error = gunyah_internal_check(checked, HANDLE_VM, function);
    if (*error != GUNYAH_OK)
        return NULL;
    checked->vm->record.caller = function;
    return checked->vm;
}

enum gunyah_error gunyah_internal_vm_answer(struct vm *vm, enum gunyah_error error)
{
    struct gunyah_error_info *failure = &vm->record.failure;

    if (error == GUNYAH_OK || failure->error != error)
        return error;
    gunyah_internal_told(vm->vmm->g, failure);
    failure->error = GUNYAH_OK;
    return error;
}

static enum gunyah_error query(struct vm *vm)
{
    return gunyah_internal_vm_answer(vm, vm->vmm->ops->query(vm->vmm->context, &vm->record));
}

static enum gunyah_error wait(struct vm *vm, uint32_t states, uint64_t timeout_ns)
{
    return gunyah_internal_vm_answer(vm, vm->vmm->ops->wait(vm->vmm->context, &vm->record, states, timeout_ns));
}

enum gunyah_error gunyah_internal_vm_refresh(struct vm *vm)
{
    const enum gunyah_error error = wait(vm, 0, 0);

    if (error != GUNYAH_ERR_TIMEOUT)
        return error;
    return vm->record.known ? GUNYAH_OK : query(vm);
}

struct vm *gunyah_internal_vm_in(const struct gunyah_vm *handle, uint32_t states, const char *function,
                                 enum gunyah_error *error)
{
    struct vm *vm = gunyah_internal_vm(handle, function, error);

    if (vm == NULL)
        return NULL;
    *error = gunyah_internal_vm_refresh(vm);
    if (*error == GUNYAH_OK && !vm_is_in(vm, states))
        *error = gunyah_internal_refuse(vm->vmm->g, function, GUNYAH_ERR_OBJECT_STATE);
    return *error == GUNYAH_OK ? vm : NULL;
}

// ---- handles -----------------------------------------------------------------------------------------------------

static enum gunyah_error check_provider(const struct gunyah_vmm *vmm)
{
    if (vmm == NULL || vmm->ops == NULL || vmm->g == NULL)
        return GUNYAH_ERR_NULL;
    return vmm->ops->size < sizeof(*vmm->ops) ? GUNYAH_ERR_OPTION : GUNYAH_OK;
}

// A handle with a VM that nobody knows of yet; or null, and the error.
static struct handle *make(const struct gunyah_vmm *vmm, gunyah_vmid_t vmid, const char *function,
                           enum gunyah_error *error)
{
    struct handle *handle =
        gunyah_internal_open(vmm->g, HANDLE_VM, gunyah_capid(GUNYAH_CAPID_INVALID), function, error);

    if (handle == NULL)
        return NULL;
    struct vm *vm = gunyah_internal_block(vmm->g, sizeof(*vm), function, error);
    if (vm == NULL) {
        gunyah_internal_close(handle, HANDLE_VM, function);
        return NULL;
    }
    *vm = (struct vm){.vmm = vmm, .record = {.vmid = vmid, .caller = function}};
    handle->vm = vm;
    return handle;
}

static void unmake(struct handle *handle, const char *function)
{
    const struct vm *vm = handle->vm;

    gunyah_internal_close(handle, HANDLE_VM, function);
    gunyah_internal_block_release(vm->vmm->g, vm);
}

void gunyah_internal_vm_close(struct gunyah_vm **pointer, const char *function)
{
    struct handle *handle = (struct handle *)*pointer;
    struct vm *vm = handle->vm;

    vm->vmm->ops->detach(vm->vmm->context, &vm->record);
    unmake(handle, function);
    *pointer = NULL;
}

enum gunyah_error gunyah_vm_create(const struct gunyah_vmm *vmm, gunyah_vmid_t vmid, struct gunyah_vm **out)
{
    struct gunyah *g = vmm != NULL ? vmm->g : NULL;

    if (out == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *out = NULL;
    enum gunyah_error error = check_provider(vmm);
    if (error == GUNYAH_OK && vmid.value > GUNYAH_VMID_STATIC_LAST)
        error = GUNYAH_ERR_ARGUMENT_INVALID;
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(g, __func__, error);
    struct handle *handle = make(vmm, vmid, __func__, &error);
    if (handle == NULL)
        return error;
    error = vmm->ops->act(vmm->context, &handle->vm->record, GUNYAH_VMM_ALLOCATE);
    gunyah_internal_vm_answer(handle->vm, error);
    if (error != GUNYAH_OK) {
        unmake(handle, __func__);
        return error;
    }
    vmm->ops->attach(vmm->context, &handle->vm->record);
    *out = (struct gunyah_vm *)handle;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_vm_open(const struct gunyah_vmm *vmm, gunyah_vmid_t vmid, struct gunyah_vm **out)
{
    struct gunyah *g = vmm != NULL ? vmm->g : NULL;

    if (out == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *out = NULL;
    enum gunyah_error error = check_provider(vmm);
    if (error == GUNYAH_OK && vmid.value == GUNYAH_VMID_SELF)
        error = GUNYAH_ERR_ARGUMENT_INVALID;
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(g, __func__, error);
    struct handle *handle = make(vmm, vmid, __func__, &error);
    if (handle == NULL)
        return error;
    vmm->ops->attach(vmm->context, &handle->vm->record);
    error = query(handle->vm);
    if (error != GUNYAH_OK) {
        vmm->ops->detach(vmm->context, &handle->vm->record);
        unmake(handle, __func__);
        return error;
    }
    *out = (struct gunyah_vm *)handle;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_vm_close(struct gunyah_vm **pointer)
{
    enum gunyah_error error;

    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    if (*pointer == NULL)
        return GUNYAH_ERR_HANDLE;
    if (gunyah_internal_vm(*pointer, __func__, &error) != NULL)
        gunyah_internal_vm_close(pointer, __func__);
    return error;
}

gunyah_vmid_t gunyah_vm_vmid(const struct gunyah_vm *handle)
{
    const struct handle *checked = (const struct handle *)handle;

    return checked != NULL && checked->kind == HANDLE_VM ? checked->vm->record.vmid : (gunyah_vmid_t){0};
}

// ---- watching ----------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_vm_get_status(struct gunyah_vm *handle, struct gunyah_vm_status *status)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (status == NULL)
        return gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_NULL);
    error = gunyah_internal_vm_refresh(vm);
    if (error == GUNYAH_OK)
        *status = vm->record.status;
    return error;
}

// Notifications can be lost: when the time is over, somebody is asked.
static enum gunyah_error wait_or_ask(struct vm *vm, uint32_t states, uint64_t timeout_ns, const char *function)
{
    enum gunyah_error error = vm->record.known ? GUNYAH_OK : query(vm);

    if (error == GUNYAH_OK)
        error = wait(vm, states, timeout_ns);
    if (error != GUNYAH_ERR_TIMEOUT)
        return error;
    error = query(vm);
    if (error == GUNYAH_OK && !vm_is_in(vm, states))
        error = gunyah_internal_refuse(vm->vmm->g, function, GUNYAH_ERR_TIMEOUT);
    return error;
}

enum gunyah_error gunyah_vm_wait(struct gunyah_vm *handle, uint32_t states, uint64_t timeout_ns,
                                 struct gunyah_vm_status *status)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (states == 0 || states >= GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_DEFUNCT + 1))
        return gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    error = wait_or_ask(vm, states, timeout_ns, __func__);
    if (status != NULL && vm->record.known)
        *status = vm->record.status;
    return error;
}

enum gunyah_error gunyah_vm_exit_info(struct gunyah_vm *handle, uint64_t timeout_ns, struct gunyah_vm_exit *exit)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (exit == NULL)
        return gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_NULL);
    error = wait(vm, GUNYAH_VMM_UNTIL_EXIT_IS_KNOWN, timeout_ns);
    if (error == GUNYAH_ERR_TIMEOUT)
        return gunyah_internal_refuse(vm->vmm->g, __func__, error);
    if (error == GUNYAH_OK)
        *exit = vm->record.exit;
    return error;
}
