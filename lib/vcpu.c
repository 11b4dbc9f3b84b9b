// SPDX-License-Identifier: BSD-3-Clause
// vCPUs that the caller runs. What runs in other threads touches the handle and the provider, never the session.
#include "vm.h"

#define IN(state) GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_##state)

// Behind a handle of the kind HANDLE_VCPU.
struct vcpu {
    const struct gunyah_vmm_ops *ops;
    struct gunyah_vmm_vcpu record;
};

// The vCPU of a good handle; null, and the error, which is nowhere recorded.
static struct vcpu *vcpu_of(const struct gunyah_vcpu *handle, enum gunyah_error *error)
{
    const struct handle *checked = (const struct handle *)handle;

    *error = GUNYAH_ERR_NULL;
    if (checked == NULL)
        return NULL;
    *error = checked->kind == HANDLE_VCPU ? GUNYAH_OK : GUNYAH_ERR_HANDLE;
    return *error == GUNYAH_OK ? checked->vcpu : NULL;
}

static enum gunyah_error check(const struct vm *vm, const struct gunyah_vcpu_options *given,
                               struct gunyah_vcpu_options *options)
{
    *options = (struct gunyah_vcpu_options)GUNYAH_VCPU_OPTIONS_INIT;
    if (given != NULL && !gunyah_internal_options(options, sizeof(*options), given))
        return GUNYAH_ERR_OPTION;
    return vm->vmm->ops->vcpu_open != NULL ? GUNYAH_OK : GUNYAH_ERR_UNSUPPORTED;
}

static enum gunyah_error make(struct vm *vm, const struct gunyah_vcpu_options *options, const char *function,
                              struct handle **out)
{
    struct gunyah *g = vm->vmm->g;
    enum gunyah_error error;
    struct handle *handle = gunyah_internal_open(g, HANDLE_VCPU, gunyah_capid(GUNYAH_CAPID_INVALID), function, &error);

    if (handle == NULL)
        return error;
    struct vcpu *vcpu = gunyah_internal_block(g, sizeof(*vcpu), function, &error);
    if (vcpu != NULL) {
        *vcpu = (struct vcpu){.ops = vm->vmm->ops};
        error = gunyah_internal_vm_answer(
            vm, vm->vmm->ops->vcpu_open(vm->vmm->context, &vm->record, options->index, options->signal, &vcpu->record));
        if (error == GUNYAH_OK) {
            handle->vcpu = vcpu;
            *out = handle;
            return GUNYAH_OK;
        }
        gunyah_internal_block_release(g, vcpu);
    }
    gunyah_internal_close(handle, HANDLE_VCPU, function);
    return error;
}

enum gunyah_error gunyah_vcpu_open(struct gunyah_vm *handle, const struct gunyah_vcpu_options *given,
                                   struct gunyah_vcpu **out)
{
    struct gunyah_vcpu_options options;
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (out == NULL)
        return gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_NULL);
    *out = NULL;
    error = check(vm, given, &options);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(vm->vmm->g, __func__, error);
    vm = gunyah_internal_vm_in(handle, IN(INIT) | IN(READY) | IN(RUNNING), __func__, &error);
    if (vm == NULL)
        return error;
    struct handle *made = NULL;
    error = make(vm, &options, __func__, &made);
    *out = (struct gunyah_vcpu *)made;
    return error;
}

enum gunyah_error gunyah_vcpu_close(struct gunyah_vcpu **pointer)
{
    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    struct handle *handle = (struct handle *)*pointer;
    if (handle == NULL)
        return GUNYAH_ERR_HANDLE;
    struct vcpu *vcpu = handle->vcpu;
    const enum gunyah_error error = gunyah_internal_close(handle, HANDLE_VCPU, __func__);
    if (error != GUNYAH_OK)
        return error;
    vcpu->ops->vcpu_close(&vcpu->record);
    gunyah_internal_block_release(handle->g, vcpu);
    *pointer = NULL;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_vcpu_run(struct gunyah_vcpu *handle, struct gunyah_vcpu_exit *exit)
{
    enum gunyah_error error;
    struct vcpu *vcpu = vcpu_of(handle, &error);

    if (vcpu == NULL)
        return error;
    return exit != NULL ? vcpu->ops->vcpu_run(&vcpu->record, exit) : GUNYAH_ERR_NULL;
}

enum gunyah_error gunyah_vcpu_resume(struct gunyah_vcpu *handle, enum gunyah_vcpu_action action)
{
    enum gunyah_error error;
    struct vcpu *vcpu = vcpu_of(handle, &error);

    if (vcpu == NULL)
        return error;
    if ((unsigned)action > GUNYAH_VCPU_ACTION_RETRY)
        return GUNYAH_ERR_ARGUMENT_INVALID;
    return vcpu->ops->vcpu_resume(&vcpu->record, action);
}

void gunyah_vcpu_cancel(struct gunyah_vcpu *handle)
{
    enum gunyah_error error;
    struct vcpu *vcpu = vcpu_of(handle, &error);

    if (vcpu != NULL)
        vcpu->ops->vcpu_cancel(&vcpu->record);
}

const struct gunyah_error_info *gunyah_vcpu_last_error(const struct gunyah_vcpu *handle)
{
    enum gunyah_error error;
    const struct vcpu *vcpu = vcpu_of(handle, &error);

    return vcpu != NULL ? &vcpu->record.failure : NULL;
}

// ---- exits -------------------------------------------------------------------------------------------------------

// How many bytes there are to be exchanged.
static uint32_t bytes_of(const struct gunyah_vcpu_exit *exit, bool is_write)
{
    const bool fits = exit != NULL && exit->kind == GUNYAH_VCPU_EXIT_MMIO && exit->is_write == is_write;

    return fits && exit->data != NULL && exit->length <= sizeof(uint64_t) ? exit->length : 0;
}

uint64_t gunyah_vcpu_exit_value(const struct gunyah_vcpu_exit *exit)
{
    uint64_t value = 0;

    for (uint32_t i = bytes_of(exit, true); i > 0; i--)
        value = value << 8 | exit->data[i - 1];
    return value;
}

void gunyah_vcpu_exit_answer(const struct gunyah_vcpu_exit *exit, uint64_t value)
{
    const uint32_t bytes = bytes_of(exit, false);

    for (uint32_t i = 0; i < bytes; i++)
        exit->data[i] = (uint8_t)(value >> 8 * i);
}
