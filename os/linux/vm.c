// SPDX-License-Identifier: BSD-3-Clause
// The driver as a provider of VMs: the seam of vmm.h. What is here takes in and gives back; life.c has the steps.
#include "linux_vm.h"

#include <unistd.h>

void gunyah_internal_linux_attach(void *context, struct gunyah_vmm_vm *record)
{
    (void)context;
    (void)record;
}

void gunyah_internal_linux_vm_end(struct linux_vm *vm)
{
    gunyah_internal_linux_free_vcpus(vm);
    if (vm->fd >= 0)
        close(vm->fd);
    vm->fd = -1;
}

void gunyah_internal_linux_vm_free(struct linux_vm *vm)
{
    struct gunyah_linux *node = vm->node;
    struct linux_vm **place = &node->vms;

    while (*place != vm)
        place = &(*place)->next;
    *place = vm->next;
    gunyah_internal_linux_vm_end(vm);
    // Not before: the driver has entries in the queues of the eventfds.
    gunyah_internal_linux_free_bells(vm);
    gunyah_internal_linux_free_regions(vm);
    if (vm->ended >= 0)
        close(vm->ended);
    gunyah_internal_linux_release(node, vm, sizeof(*vm));
}

void gunyah_internal_linux_close_part(struct linux_vm *vm)
{
    vm->open_parts--;
    if (vm->record == NULL && vm->open_parts == 0)
        gunyah_internal_linux_vm_free(vm);
}

// A VM that nobody has a handle of ends with its last vCPU.
void gunyah_internal_linux_detach(void *context, struct gunyah_vmm_vm *record)
{
    struct linux_vm *vm = record->own;

    (void)context;
    record->own = NULL;
    if (vm == NULL)
        return;
    vm->record = NULL;
    if (vm->open_parts == 0)
        gunyah_internal_linux_vm_free(vm);
}

enum gunyah_error gunyah_internal_linux_query(void *context, struct gunyah_vmm_vm *record)
{
    (void)context;
    if (record->own != NULL)
        return GUNYAH_OK;
    return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED,
                                        "the driver has no VMs but those that it made here",
                                        "Make the VM in this process, with gunyah_vm_create().");
}

// What the thread of a vCPU has been told.
static void take_in(const struct linux_vm *vm, struct gunyah_vmm_vm *record)
{
    if (record->status.state != GUNYAH_VM_STATE_RUNNING || atomic_load(&vm->end) != END_IS_KNOWN)
        return;
    record->exit = vm->cause;
    record->exited = true;
    record->status.state = vm->how == GUNYAH_VM_END_LOAD_FAILED ? GUNYAH_VM_STATE_INIT_FAILED : GUNYAH_VM_STATE_EXITED;
}

static bool is_over(const struct gunyah_vmm_vm *record, uint32_t states)
{
    if ((states & GUNYAH_VMM_UNTIL_EXIT_IS_KNOWN) != 0 && record->exited)
        return true;
    return (states & GUNYAH_VM_STATE_BIT(record->status.state)) != 0;
}

// Only vCPUs tell something, and only once.
enum gunyah_error gunyah_internal_linux_wait(void *context, struct gunyah_vmm_vm *record, uint32_t states,
                                             uint64_t timeout_ns)
{
    const struct linux_vm *vm = record->own;
    const uint64_t deadline = gunyah_internal_linux_deadline(timeout_ns);

    (void)context;
    if (vm == NULL)
        return GUNYAH_ERR_TIMEOUT;
    for (;;) {
        take_in(vm, record);
        if (is_over(record, states))
            return GUNYAH_OK;
        struct pollfd ended = {.fd = vm->ended, .events = POLLIN};
        const size_t count = record->status.state == GUNYAH_VM_STATE_RUNNING ? 1 : 0;
        const enum gunyah_error error = gunyah_internal_linux_poll(&ended, count, deadline);
        if (error == GUNYAH_ERR_NO_RESOURCES)
            return gunyah_internal_linux_refuse(record, error, "the process may not wait for a file any more",
                                                "Raise RLIMIT_NOFILE to what it was.");
        if (error != GUNYAH_OK)
            return error;
    }
}

// Memory comes back when the driver has taken the VM apart. It does that by itself.
enum gunyah_error gunyah_internal_linux_reclaim(void *context, struct gunyah_vmm_vm *record, bool dry, uint32_t *left,
                                                uint32_t *first)
{
    (void)context;
    (void)record;
    (void)dry;
    *left = 0;
    *first = GUNYAH_RM_HANDLE_INVALID;
    return GUNYAH_OK;
}

const struct gunyah_vmm_ops gunyah_internal_linux_vmm_ops = {
    .size = sizeof(struct gunyah_vmm_ops),
    .name = "linux",
    .attach = gunyah_internal_linux_attach,
    .detach = gunyah_internal_linux_detach,
    .query = gunyah_internal_linux_query,
    .configure = gunyah_internal_linux_configure,
    .set = gunyah_internal_linux_set,
    .act = gunyah_internal_linux_act,
    .stop = gunyah_internal_linux_stop,
    .wait = gunyah_internal_linux_wait,
    .resources = gunyah_internal_linux_resources,
    .reclaim = gunyah_internal_linux_reclaim,
    .add_memory = gunyah_internal_linux_add_memory,
    .reclaim_memory = gunyah_internal_linux_reclaim_memory,
    .add_irq = gunyah_internal_linux_add_irq,
    .add_notify = gunyah_internal_linux_add_notify,
    .vcpu_open = gunyah_internal_linux_vcpu_open,
    .vcpu_close = gunyah_internal_linux_vcpu_close,
    .vcpu_run = gunyah_internal_linux_vcpu_run,
    .vcpu_resume = gunyah_internal_linux_vcpu_resume,
    .vcpu_cancel = gunyah_internal_linux_vcpu_cancel,
};

const struct gunyah_vmm *gunyah_linux_vmm(struct gunyah_linux *node, struct gunyah *g)
{
    if (node == NULL || g == NULL || (node->vms != NULL && node->vmm.g != g))
        return NULL;
    node->vmm = (struct gunyah_vmm){
        is_signed(node) ? &gunyah_internal_linux_signed_ops : &gunyah_internal_linux_vmm_ops, node, g};
    return &node->vmm;
}
