// SPDX-License-Identifier: BSD-3-Clause
// VMs of Qualcomm's driver, which are made of signed firmware. It has less than the others: no memory, no tree, no page, no START.
//
// The first RUN starts a VM, and there is no second attempt: later ones that find it not running are EINVAL, or EPERM, whether it
// failed to start or is over. A signal hides the end, and is the only thing that makes RUN come back. So what is known of a VM is
// kept here.
#include "linux_vm.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define MAX_TRIES 500
#define PAUSE_NS 1000000

static enum gunyah_error refuse(struct gunyah_vmm_vm *record)
{
    return gunyah_internal_linux_refuse(
        record, GUNYAH_ERR_UNSUPPORTED,
        "this driver starts signed firmware alone, which brings memory, device tree and "
        "registers of its own",
        "Use gunyah_vm_load_firmware(); for other VMs, a kernel with the driver of Android or "
        "of Linux.");
}

// ---- what there is not -------------------------------------------------------------------------------------------

static enum gunyah_error configure(void *context, struct gunyah_vmm_vm *record, const struct gunyah_vm_image *image)
{
    (void)context;
    (void)image;
    return refuse(record);
}

static enum gunyah_error set(void *context, struct gunyah_vmm_vm *record, const struct gunyah_vmm_setting *setting)
{
    (void)context;
    (void)setting;
    return refuse(record);
}

static enum gunyah_error add_memory(void *context, struct gunyah_vmm_vm *record, struct gunyah_vm_memory *memory,
                                    uint32_t *handle)
{
    (void)context;
    (void)memory;
    *handle = GUNYAH_RM_HANDLE_INVALID;
    return refuse(record);
}

static enum gunyah_error reclaim_memory(void *context, struct gunyah_vmm_vm *record, struct gunyah_memory_region range)
{
    (void)context;
    (void)range;
    return refuse(record);
}

static enum gunyah_error add_irq(void *context, struct gunyah_vmm_vm *record, uint32_t label, bool level,
                                 gunyah_capid_t *cap)
{
    (void)context;
    (void)label;
    (void)level;
    (void)cap;
    return refuse(record);
}

static enum gunyah_error add_notify(void *context, struct gunyah_vmm_vm *record, const struct gunyah_vm_notify *notify,
                                    gunyah_capid_t *cap, gunyah_virq_t *virq)
{
    (void)context;
    (void)notify;
    (void)cap;
    (void)virq;
    return refuse(record);
}

// ---- a VM's life -------------------------------------------------------------------------------------------------

static enum gunyah_error failed_to_load(struct gunyah_vmm_vm *record, enum linux_call call, int result)
{
    const enum gunyah_error error = gunyah_internal_linux_failed(record, call, result);

    // Who was found was begun with.
    if (error != GUNYAH_ERR_NOT_FOUND)
        reach(record, GUNYAH_VM_STATE_INIT_FAILED);
    return error;
}

// The first drivers do not tell how many vCPUs there are.
static int count_vcpus(const struct linux_vm *vm)
{
    const int count = gunyah_internal_linux_ioctl(vm->fd, LINUX_QUALCOMM_GET_VCPU_COUNT, 0);

    return count == -EINVAL ? 1 : count;
}

static enum gunyah_error load_firmware(void *context, struct gunyah_vmm_vm *record, const char *name)
{
    struct linux_vm *vm = record->own;
    const enum gunyah_error error = vm->fd < 0 ? gunyah_internal_linux_create_again(vm) : GUNYAH_OK;

    (void)context;
    if (error != GUNYAH_OK)
        return error;
    atomic_store(&vm->is_started, false);
    atomic_store(&vm->has_run, false);
    vm->firmware = (struct kernel_firmware_exit){.reason = 0};
    memcpy(vm->firmware.name, name, strlen(name));
    const int result = gunyah_internal_linux_ioctl(vm->fd, LINUX_QUALCOMM_SET_FW_NAME, (uintptr_t)vm->firmware.name);
    if (result < 0)
        return failed_to_load(record, LINUX_QUALCOMM_SET_FW_NAME, result);
    const int count = count_vcpus(vm);
    if (count < 0)
        return failed_to_load(record, LINUX_QUALCOMM_GET_VCPU_COUNT, count);
    vm->vcpus_of_the_tree = (uint32_t)count;
    record->exited = false;
    reach(record, GUNYAH_VM_STATE_INIT);
    return GUNYAH_OK;
}

// It wants all vCPUs to be there when the first one is run.
static enum gunyah_error start(struct gunyah_vmm_vm *record)
{
    struct linux_vm *vm = record->own;
    enum gunyah_error error = GUNYAH_OK;

    for (uint32_t i = 0; i < vm->vcpus_of_the_tree && error == GUNYAH_OK; i++)
        gunyah_internal_linux_get_vcpu(vm, i, &error);
    if (error != GUNYAH_OK)
        return error;
    atomic_store(&vm->is_started, true);
    reach(record, GUNYAH_VM_STATE_RUNNING);
    return GUNYAH_OK;
}

static enum gunyah_error act(void *context, struct gunyah_vmm_vm *record, enum gunyah_vmm_action action)
{
    return action == GUNYAH_VMM_START ? start(record) : gunyah_internal_linux_act(context, record, action);
}

static enum gunyah_error resources(void *context, struct gunyah_vmm_vm *record, struct gunyah_vm_resource *list,
                                   size_t capacity, size_t *count)
{
    const struct linux_vm *vm = record->own;

    (void)context;
    *count = vm->vcpus_of_the_tree;
    for (uint32_t i = 0; i < *count && i < capacity; i++)
        list[i] = (struct gunyah_vm_resource){
            .type = GUNYAH_VM_RESOURCE_TYPE_VCPU, .label = i, .cap = gunyah_capid(GUNYAH_CAPID_INVALID)};
    return GUNYAH_OK;
}

// ---- running -----------------------------------------------------------------------------------------------------

static bool is_over(const struct linux_vm *vm)
{
    return atomic_load(&vm->end) == END_IS_KNOWN;
}

// What Qualcomm's driver itself takes for a crash.
static enum gunyah_vm_end end_of(uint32_t reason)
{
    const bool crashed = reason >= GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE && reason <= GUNYAH_VM_EXIT_TYPE_ASYNC_HW_ERROR;

    return crashed ? GUNYAH_VM_END_CRASHED : GUNYAH_VM_END_EXITED;
}

static enum gunyah_error deliver(struct linux_vcpu *vcpu, uint32_t reason, struct gunyah_vcpu_exit *exit)
{
    *exit = (struct gunyah_vcpu_exit){.kind = GUNYAH_VCPU_EXIT_VM_ENDED, .reason = reason, .end = end_of(reason)};
    exit->cause.type = (enum gunyah_vm_exit_type)reason;
    // Either nobody told, or the VM ended by itself and nobody told with which code.
    if (exit->cause.type == GUNYAH_VM_EXIT_TYPE_VM_EXIT)
        exit->cause.code = GUNYAH_VM_EXIT_CODE_UNKNOWN;
    vcpu->last = exit->kind;
    return GUNYAH_OK;
}

// Some drivers tell by another call what RUN did not. The VM is over, so that it does not wait.
static void deliver_news(struct linux_vcpu *vcpu, uint32_t reason, struct gunyah_vcpu_exit *exit)
{
    struct linux_vm *vm = vcpu->vm;
    struct kernel_firmware_exit asked = vm->firmware;

    if (reason == 0 && gunyah_internal_linux_ioctl(vm->node->fd, LINUX_QUALCOMM_WAIT_FOR_EXIT, (uintptr_t)&asked) >= 0)
        reason = asked.reason;
    deliver(vcpu, reason, exit);
    gunyah_internal_linux_tell_end(vm, exit);
}

static enum gunyah_error deliver_interruption(struct linux_vcpu *vcpu, struct gunyah_vcpu_exit *exit)
{
    *exit = (struct gunyah_vcpu_exit){.kind = GUNYAH_VCPU_EXIT_INTERRUPTED};
    vcpu->last = exit->kind;
    return GUNYAH_OK;
}

// It is over, or did not start. A thread that is inside another vCPU is about to say which.
static void wait_for_news(const struct linux_vm *vm)
{
    static const struct timespec pause = {0, PAUSE_NS};

    for (unsigned tries = 0; tries < MAX_TRIES && !is_over(vm) && atomic_load(&vm->inside) != 0; tries++)
        nanosleep(&pause, NULL);
}

static enum gunyah_error deliver_refusal(struct linux_vcpu *vcpu, int result, struct gunyah_vmm_vcpu *record,
                                         struct gunyah_vcpu_exit *exit)
{
    const struct linux_vm *vm = vcpu->vm;

    if (result == -EINVAL || result == -EPERM) {
        wait_for_news(vm);
        if (is_over(vm))
            return deliver(vcpu, vm->cause.type, exit);
        if (atomic_load(&vm->has_run)) {
            deliver_news(vcpu, 0, exit);
            return GUNYAH_OK;
        }
    }
    vcpu->last = GUNYAH_VCPU_EXIT_UNKNOWN;
    return gunyah_internal_linux_explain(LINUX_QUALCOMM_VCPU_RUN, -result, &record->failure);
}

static enum gunyah_error refuse_run(struct gunyah_vmm_vcpu *record)
{
    record->failure =
        (struct gunyah_error_info){GUNYAH_ERR_NO_RESOURCES, GUNYAH_DOMAIN_LIBRARY,    GUNYAH_ERR_NO_RESOURCES,
                                   "gunyah_vcpu_run",       "the VM was not started", "Call gunyah_vm_start() before."};
    return GUNYAH_ERR_NO_RESOURCES;
}

static enum gunyah_error vcpu_run(struct gunyah_vmm_vcpu *record, struct gunyah_vcpu_exit *exit)
{
    struct linux_vcpu *vcpu = record->own;
    struct linux_vm *vm = vcpu->vm;

    if (!atomic_load(&vm->is_started))
        return refuse_run(record);
    if (is_over(vm))
        return deliver(vcpu, vm->cause.type, exit);
    atomic_fetch_add(&vm->inside, 1);
    const int result = gunyah_internal_linux_pass_gate(&vcpu->gate, LINUX_QUALCOMM_VCPU_RUN, 0);
    if (result >= 0)
        deliver_news(vcpu, (uint32_t)result, exit);
    if (result == -EINTR)
        atomic_store(&vm->has_run, true);
    // Not before: who was refused waits for what this thread has been told.
    atomic_fetch_sub(&vm->inside, 1);
    if (result >= 0)
        return GUNYAH_OK;
    if (result == -EINTR || result == -ECANCELED)
        return deliver_interruption(vcpu, exit);
    return deliver_refusal(vcpu, result, record, exit);
}

static void vcpu_cancel(struct gunyah_vmm_vcpu *record)
{
    const struct linux_vcpu *vcpu = record->own;

    gunyah_internal_linux_close_gate(&vcpu->gate);
}

const struct gunyah_vmm_ops gunyah_internal_linux_signed_ops = {
    .size = sizeof(struct gunyah_vmm_ops),
    .name = "linux",
    .attach = gunyah_internal_linux_attach,
    .detach = gunyah_internal_linux_detach,
    .query = gunyah_internal_linux_query,
    .configure = configure,
    .set = set,
    .act = act,
    .stop = gunyah_internal_linux_stop,
    .wait = gunyah_internal_linux_wait,
    .resources = resources,
    .reclaim = gunyah_internal_linux_reclaim,
    .add_memory = add_memory,
    .reclaim_memory = reclaim_memory,
    .load_firmware = load_firmware,
    .add_irq = add_irq,
    .add_notify = add_notify,
    .vcpu_open = gunyah_internal_linux_vcpu_open,
    .vcpu_close = gunyah_internal_linux_vcpu_close,
    .vcpu_run = vcpu_run,
    .vcpu_resume = gunyah_internal_linux_vcpu_resume,
    .vcpu_cancel = vcpu_cancel,
};
