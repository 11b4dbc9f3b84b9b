// SPDX-License-Identifier: BSD-3-Clause
// What is known of VMs, from notifications and from answers, which overtake each other.
//
// Notifications come in the order in which things happened; an answer may come before or after the notifications of what
// led to it. So a state that lies before the one that is known, in the life of a VM, is old news. The life begins again
// when a VM that was reset is configured. Who has it from an answer that the VM was reset is behind: all that is told until
// the notification of the same is of the life that has ended. It is waited for before the VM is configured.
#include "client.h"
#include "messages.h"

// How far a VM is in its life. NONE is the end: what has the same VMID later is another VM.
static unsigned progress(enum gunyah_vm_state state)
{
    static const uint8_t places[] = {
        [GUNYAH_VM_STATE_NONE] = 9,      [GUNYAH_VM_STATE_LOAD] = 1,        [GUNYAH_VM_STATE_AUTH] = 2,
        [GUNYAH_VM_STATE_INIT] = 3,      [GUNYAH_VM_STATE_READY] = 4,       [GUNYAH_VM_STATE_RUNNING] = 5,
        [GUNYAH_VM_STATE_PAUSED] = 5,    [GUNYAH_VM_STATE_INIT_FAILED] = 6, [GUNYAH_VM_STATE_EXITED] = 6,
        [GUNYAH_VM_STATE_RESETTING] = 7, [GUNYAH_VM_STATE_RESET] = 8,       [GUNYAH_VM_STATE_DEFUNCT] = 8,
    };

    // 0 is a state that does not exist.
    return (unsigned)state < sizeof(places) ? places[state] : 0;
}

static bool begins_again(enum gunyah_vm_state from, enum gunyah_vm_state to)
{
    return from == GUNYAH_VM_STATE_RESET &&
           (to == GUNYAH_VM_STATE_AUTH || to == GUNYAH_VM_STATE_INIT || to == GUNYAH_VM_STATE_INIT_FAILED);
}

static bool is_newer(const struct gunyah_vmm_vm *vm, enum gunyah_vm_state state)
{
    const enum gunyah_vm_state last = vm->status.state;

    return progress(state) >= progress(last) || begins_again(last, state);
}

static void status_noticed(struct gunyah_vmm_vm *vm, const struct rm_notify_vm_status *status)
{
    const enum gunyah_vm_state state = (enum gunyah_vm_state)status->vm_state;

    if (vm->behind) {
        vm->behind = state != GUNYAH_VM_STATE_RESET;
        return;
    }
    if (progress(state) == 0 || (vm->known && !is_newer(vm, state)))
        return;
    vm->told = true;
    vm->status = (struct gunyah_vm_status){state, (enum gunyah_os_status)status->os_status, status->app_status};
}

static uint32_t reason_word(const uint8_t *reason, size_t size, size_t index)
{
    struct rm_handle word = {0};

    if (size / 4 > index)
        rm_get_handle(reason + index * 4, size - index * 4, &word);
    return word.handle;
}

// Reasons have different lengths; what is missing is 0.
static void exit_noticed(struct gunyah_vmm_vm *vm, const struct rm_notify_vm_exited *exited, const uint8_t *reason,
                         size_t size)
{
    const uint32_t first = reason_word(reason, size, 0);

    vm->exited = true;
    vm->exit = (struct gunyah_vm_exit){
        .type = (enum gunyah_vm_exit_type)exited->exit_type,
        .flags = (uint16_t)first,
        .code = (uint16_t)(first >> 16),
        .reset_type = reason_word(reason, size, 1),
        .reset_cookie = reason_word(reason, size, 2) | (uint64_t)reason_word(reason, size, 3) << 32,
    };
}

static struct gunyah_vmm_vm *next_of(struct gunyah_vmm_vm *vm, gunyah_vmid_t vmid)
{
    while (vm != NULL && vm->vmid.value != vmid.value)
        vm = vm->next;
    return vm;
}

void gunyah_internal_rm_vm_noticed(struct rm *rm, uint32_t id, const uint8_t *payload, size_t size)
{
    struct rm_notify_vm_status status;
    struct rm_notify_vm_exited exited;
    struct gunyah_vmm_vm *vm;

    if (id == GUNYAH_RM_NOTIFY_VM_STATUS && rm_get_notify_vm_status(payload, size, &status)) {
        for (vm = next_of(rm->records, status.vmid); vm != NULL; vm = next_of(vm->next, status.vmid))
            status_noticed(vm, &status);
    }
    if (id == GUNYAH_RM_NOTIFY_VM_EXITED && rm_get_notify_vm_exited(payload, size, &exited)) {
        size -= GUNYAH_RM_NOTIFY_VM_EXITED_SIZE;
        if (exited.reason_size > size)
            return;
        for (vm = next_of(rm->records, exited.vmid); vm != NULL; vm = next_of(vm->next, exited.vmid))
            exit_noticed(vm, &exited, payload + GUNYAH_RM_NOTIFY_VM_EXITED_SIZE, exited.reason_size);
    }
}

void gunyah_internal_rm_vm_asks(struct gunyah_vmm_vm *vm)
{
    vm->told = false;
}

bool gunyah_internal_rm_vm_answered(struct gunyah_vmm_vm *vm, const struct rm_vm_get_state_reply *reply)
{
    const enum gunyah_vm_state state = (enum gunyah_vm_state)reply->vm_state;

    if (progress(state) == 0)
        return false;
    if (state == GUNYAH_VM_STATE_RESET && vm->status.state != state && vm->status.state != GUNYAH_VM_STATE_NONE)
        vm->behind = true;
    if (!vm->told || is_newer(vm, state))
        vm->status = (struct gunyah_vm_status){state, (enum gunyah_os_status)reply->os_status, reply->app_status};
    vm->known = true;
    return true;
}

void gunyah_internal_rm_vm_reached(struct gunyah_vmm_vm *vm, enum gunyah_vm_state state)
{
    if (progress(vm->status.state) < progress(state))
        vm->status.state = state;
    vm->known = true;
}

void gunyah_internal_rm_vm_configured(struct gunyah_vmm_vm *vm, enum gunyah_vm_state state)
{
    if (vm->status.state == GUNYAH_VM_STATE_RESET)
        vm->status.state = GUNYAH_VM_STATE_LOAD;
    gunyah_internal_rm_vm_reached(vm, state);
}

void gunyah_internal_rm_vm_gone(struct gunyah_vmm_vm *vm)
{
    vm->status = (struct gunyah_vm_status){GUNYAH_VM_STATE_NONE, GUNYAH_OS_STATUS_NONE, 0};
    vm->known = true;
}
