// SPDX-License-Identifier: BSD-3-Clause
// The life of VMs after their start: how they end, and how they are taken apart, step by step.
#include "rm_memory.h"
#include "vcpu.h"

#include <string.h>

#define STEP_NS 20000 // of a reset

enum reset_stage {
    RESET_BEGIN = 0,
    RESET_LINKS,
    RESET_PARCELS, // one for each parcel
    RESET_IRQS,
    RESET_VM,
    RESET_DONE,
};

void gunyah_model_rm_tell_status(struct gunyah_model *model, struct rm_vm *vm)
{
    uint8_t payload[GUNYAH_RM_NOTIFY_VM_STATUS_SIZE] = {0};
    gunyah_model_rm_put16(payload + GUNYAH_RM_NOTIFY_VM_STATUS_VMID_OFFSET, vm->vmid);
    payload[GUNYAH_RM_NOTIFY_VM_STATUS_VM_STATE_OFFSET] = vm->state;
    payload[GUNYAH_RM_NOTIFY_VM_STATUS_OS_STATUS_OFFSET] = vm->os_status;
    gunyah_model_rm_put16(payload + GUNYAH_RM_NOTIFY_VM_STATUS_APP_STATUS_OFFSET, vm->app_status);
    for (uint32_t i = 0; i < vm->peer_count; i++) {
        const struct rm_vm *peer = gunyah_model_rm_find(model, vm->peers[i]);
        if (peer->state == GUNYAH_VM_STATE_RUNNING)
            gunyah_model_rm_notify(model, peer->vmid, GUNYAH_RM_NOTIFY_VM_STATUS, payload, sizeof(payload));
    }
}

void gunyah_model_rm_set_state(struct gunyah_model *model, struct rm_vm *vm, enum gunyah_vm_state state)
{
    vm->state = (uint8_t)state;
    gunyah_model_rm_tell_status(model, vm);
}

/** The vCPUs of a VM run no more. */
static void halt(struct gunyah_model *model, const struct rm_vm *vm)
{
    struct vm *machine = model_at(model, model->vms[vm->vmid]);
    machine->halted = true;
    for (uint32_t i = 0; i < machine->vcpus; i++)
        gunyah_model_thread_power_off(model, model_at(model, machine->thread[i]));
    if (model->rm_env.ended != NULL)
        model->rm_env.ended(model->rm_env.context, vm->vmid);
}

static void tell_exited(struct gunyah_model *model, const struct rm_vm *vm, enum gunyah_vm_exit_type type,
                        uint16_t flags, uint16_t code)
{
    uint8_t payload[GUNYAH_RM_NOTIFY_VM_EXITED_SIZE + 4 * sizeof(uint32_t)];
    uint8_t *reason = payload + GUNYAH_RM_NOTIFY_VM_EXITED_REASON_OFFSET;
    uint32_t size = (1 + vm->exit_word_count) * (uint32_t)sizeof(uint32_t);
    gunyah_model_rm_put16(payload + GUNYAH_RM_NOTIFY_VM_EXITED_VMID_OFFSET, vm->vmid);
    gunyah_model_rm_put16(payload + GUNYAH_RM_NOTIFY_VM_EXITED_EXIT_TYPE_OFFSET, (uint16_t)type);
    gunyah_model_rm_put32(payload + GUNYAH_RM_NOTIFY_VM_EXITED_REASON_SIZE_OFFSET, size);
    gunyah_model_rm_put32(reason, flags | (uint32_t)code << 16);
    for (uint32_t i = 0; i < vm->exit_word_count; i++)
        gunyah_model_rm_put32(reason + (1 + i) * sizeof(uint32_t), vm->exit_words[i]);
    gunyah_model_rm_notify(model, vm->owner, GUNYAH_RM_NOTIFY_VM_EXITED, payload,
                           GUNYAH_RM_NOTIFY_VM_EXITED_SIZE + size);
}

void gunyah_model_rm_exit(struct gunyah_model *model, struct rm_vm *vm, enum gunyah_vm_exit_type type, uint16_t flags,
                          uint16_t code)
{
    vm->exiting = false;
    halt(model, vm);
    gunyah_model_rm_set_state(model, vm, GUNYAH_VM_STATE_EXITED);
    tell_exited(model, vm, type, flags, code);
    vm->exit_word_count = 0;
}

void gunyah_model_rm_powered_off(struct gunyah_model *model, uint32_t number, enum gunyah_vm_exit_type type,
                                 const uint32_t words[4])
{
    struct rm_vm *vm = model->rm != 0 ? gunyah_model_rm_find(model, (uint16_t)number) : NULL;
    if (vm == NULL || vm->adopted || vm->state != GUNYAH_VM_STATE_RUNNING || vm->exiting)
        return;
    vm->exiting = true;
    vm->exit_type = (uint16_t)type;
    vm->exit_flags = words != NULL ? (uint16_t)words[0] : 0;
    vm->exit_word_count = words != NULL ? 3 : 0;
    if (words != NULL)
        memcpy(vm->exit_words, words + 1, sizeof(vm->exit_words));
    halt(model, vm);
    gunyah_model_rm_poke(model);
}

/** A VM that has powered itself off is gone now. */
static void finish_exit(struct gunyah_model *model, struct rm_vm *vm)
{
    uint16_t code = vm->crash_size != 0 ? GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR : GUNYAH_VM_EXIT_CODE_NORMAL;
    if (vm->crash_fatal) {
        gunyah_model_rm_die(model, RM_CRASH_FATAL_EXIT, vm->vmid);
        return;
    }
    gunyah_model_rm_exit(model, vm, (enum gunyah_vm_exit_type)vm->exit_type, vm->exit_flags, code);
}

/** Forget who the VM was. */
static void clean(struct rm_vm *vm)
{
    vm->name[0] = vm->uri[0] = '\0';
    memset(vm->guid, 0, sizeof(vm->guid));
    vm->os_status = 0;
    vm->app_status = 0;
    vm->crash_size = 0;
    vm->image = vm->firmware = GUNYAH_RM_HANDLE_INVALID;
    vm->firmware_offset = vm->firmware_size = 0;
    vm->configured = vm->paged = false;
    vm->no_shutdown = vm->no_reset = vm->crash_fatal = false;
    vm->reset_stage = RESET_BEGIN;
}

/** Refusing an unknown authentication, the generation of 2023 deletes the capability space and keeps the configuration. */
static bool is_half_configured(struct gunyah_model *model, const struct rm_vm *vm)
{
    return vm->auth > GUNYAH_VM_AUTH_ANDROID &&
           gunyah_model_rm_of(model)->options.generation < GUNYAH_RM_GENERATION_LATER;
}

/** One step of a reset. */
static void reset_step(struct gunyah_model *model, struct rm_vm *vm)
{
    switch ((enum reset_stage)vm->reset_stage) {
    case RESET_LINKS:
        gunyah_model_rm_cut_links(model, vm);
        gunyah_model_rm_drop_rtc(model, vm);
        break;
    case RESET_PARCELS:
        if (gunyah_model_rm_release_one(model, vm))
            return;
        break;
    case RESET_IRQS:
        gunyah_model_rm_release_irqs(model, vm);
        break;
    case RESET_VM:
        if (is_half_configured(model, vm)) {
            gunyah_model_rm_die(model, RM_CRASH_RESET_HALF_CONFIGURED, vm->vmid);
            return;
        }
        gunyah_model_rm_unmake(model, vm);
        gunyah_model_rm_empty(model, vm);
        break;
    case RESET_DONE:
        gunyah_model_rm_unprotect(model, vm);
        clean(vm);
        gunyah_model_rm_set_state(model, vm, GUNYAH_VM_STATE_RESET);
        // Its owner is none of its peers from here on, until VM_INIT makes new ones.
        gunyah_model_rm_part_peers(model, vm);
        return;
    case RESET_BEGIN:
        break;
    }
    vm->reset_stage++;
}

void gunyah_model_rm_attend(struct gunyah_model *model, struct rm_vm *vm)
{
    struct rm *rm = gunyah_model_rm_of(model);
    if (vm->exiting)
        finish_exit(model, vm);
    if (!rm->dead)
        gunyah_model_rm_attend_bite(model, vm);
    if (vm->state != GUNYAH_VM_STATE_RESETTING || rm->dead)
        return;
    if (model->now >= vm->reset_due)
        reset_step(model, vm);
    if (vm->state != GUNYAH_VM_STATE_RESETTING)
        return;
    if (model->now >= vm->reset_due)
        vm->reset_due = model->now + STEP_NS;
    gunyah_model_rm_schedule(rm, vm->reset_due);
}

/** The VM of a request whose caller must be its owner, else there is none as far as the caller is told. */
static enum gunyah_model_rm_reason own_or_none(const struct rm_call *call, struct rm_vm **vm)
{
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, vm);
    return reason == RM_NOT_OWNER ? RM_NOT_OWNER_VMID : reason;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_stop(struct rm_call *call)
{
    struct rm_vm *vm;
    if (call->size != GUNYAH_RM_VM_STOP_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = own_or_none(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_RUNNING && vm->state != GUNYAH_VM_STATE_PAUSED)
        return RM_VM_STATE;
    if (vm->no_shutdown || vm->crash_fatal)
        return RM_VM_MAY_NOT_STOP;
    gunyah_model_rm_freeze_watchdog(call->model, vm);
    if ((call->request[GUNYAH_RM_VM_STOP_FLAGS_OFFSET] & GUNYAH_RM_VM_STOP_FLAG_FORCE) != 0)
        gunyah_model_rm_exit(call->model, vm, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED, 0, GUNYAH_VM_EXIT_CODE_NORMAL);
    else
        gunyah_model_rm_notify(call->model, vm->vmid, GUNYAH_RM_NOTIFY_VM_SHUTDOWN,
                               call->request + GUNYAH_RM_VM_STOP_REASON_OFFSET, sizeof(uint32_t));
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_reset(struct rm_call *call)
{
    struct rm_vm *vm;
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = own_or_none(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->no_reset)
        return RM_VM_MAY_NOT_RESET;
    if (!vm->configured)
        return RM_CRASH_RESET_WITHOUT_CONFIG;
    if (vm->state != GUNYAH_VM_STATE_EXITED && vm->state != GUNYAH_VM_STATE_READY &&
        vm->state != GUNYAH_VM_STATE_INIT_FAILED)
        return RM_VM_STATE;
    vm->reset_stage = RESET_BEGIN;
    vm->reset_due = call->model->now + STEP_NS;
    gunyah_model_rm_set_state(call->model, vm, GUNYAH_VM_STATE_RESETTING);
    gunyah_model_rm_schedule(call->rm, vm->reset_due);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_exit(struct rm_call *call)
{
    struct rm_vm *vm = call->from;
    if (call->size != GUNYAH_RM_VM_EXIT_SIZE)
        return RM_WRONG_SIZE;
    if (vm->crash_fatal)
        return RM_EXIT_FATAL;
    uint16_t flags = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_EXIT_FLAGS_OFFSET);
    uint8_t code = call->request[GUNYAH_RM_VM_EXIT_CODE_OFFSET];
    if (code > GUNYAH_VM_EXIT_CODE_DEVICE_ERROR || code == GUNYAH_VM_EXIT_CODE_UNKNOWN || call->request[3] != 0)
        return RM_EXIT_CODE;
    // Only those that somebody owns can end.
    if (vm->state != GUNYAH_VM_STATE_RUNNING || vm->owner == GUNYAH_VMID_ROOT)
        return RM_CRASH_EXIT_STATE;
    vm->no_shutdown = false;
    gunyah_model_rm_exit(call->model, vm, GUNYAH_VM_EXIT_TYPE_VM_EXIT, flags, code);
    return RM_FINE;
}
