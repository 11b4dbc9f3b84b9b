// SPDX-License-Identifier: BSD-3-Clause
// The way down from any state, as far as it leads.
//
//     RUNNING, PAUSED -> EXITED -> RESETTING -> RESET -> gone
//     AUTH -> INIT_FAILED or INIT -> INIT_FAILED or READY -> RESETTING ...
//     LOAD -> gone
#include "vm.h"

#define IN(state) GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_##state)

// The memory is not with the VM.
#define WITHOUT_MEMORY (IN(NONE) | IN(LOAD) | IN(INIT_FAILED) | IN(RESET) | IN(DEFUNCT))

// Longer than any way down.
#define MAX_STEPS 8

struct descent {
    struct vm *vm;
    const char *function;
    uint64_t timeout_ns;
    const char *step;       // the first that failed; null: none did
    struct failure failure; // and how
};

static void note(struct descent *descent, const char *step, enum gunyah_error error)
{
    if (error == GUNYAH_OK || descent->step != NULL)
        return;
    descent->step = step;
    descent->failure = descent->vm->vmm->g->failure;
}

static enum gunyah_error act(const struct descent *descent, enum gunyah_vmm_action action)
{
    const struct gunyah_vmm *vmm = descent->vm->vmm;

    return gunyah_internal_vm_answer(descent->vm, vmm->ops->act(vmm->context, &descent->vm->record, action));
}

static enum gunyah_error stop(const struct descent *descent)
{
    const struct gunyah_vmm *vmm = descent->vm->vmm;

    return gunyah_internal_vm_answer(
        descent->vm, vmm->ops->stop(vmm->context, &descent->vm->record, true, GUNYAH_VM_STOP_REASON_FORCE_STOP));
}

static enum gunyah_error wait_for(const struct descent *descent, uint32_t states)
{
    const struct gunyah_vmm *vmm = descent->vm->vmm;
    const enum gunyah_error error = gunyah_internal_vm_answer(
        descent->vm, vmm->ops->wait(vmm->context, &descent->vm->record, states, descent->timeout_ns));

    return error != GUNYAH_ERR_TIMEOUT ? error : gunyah_internal_refuse(vmm->g, descent->function, error);
}

// Ask the VM to leave its state. False: there is nothing to do in this one.
static bool take_step(const struct descent *descent, const char **step, enum gunyah_error *error)
{
    switch (descent->vm->record.status.state) {
    case GUNYAH_VM_STATE_RUNNING:
    case GUNYAH_VM_STATE_PAUSED:
        *step = "stop";
        *error = stop(descent);
        if (*error != GUNYAH_OK)
            return true;
        *step = "wait for the exit";
        *error = wait_for(descent, ~(IN(RUNNING) | IN(PAUSED)) & ~GUNYAH_VMM_UNTIL_EXIT_IS_KNOWN);
        return true;
    case GUNYAH_VM_STATE_AUTH:
    case GUNYAH_VM_STATE_INIT:
        *step = "initialise";
        *error = act(descent, GUNYAH_VMM_ABANDON);
        return true;
    case GUNYAH_VM_STATE_READY:
    case GUNYAH_VM_STATE_INIT_FAILED:
    case GUNYAH_VM_STATE_EXITED:
        *step = "reset";
        *error = act(descent, GUNYAH_VMM_RESET);
        return true;
    case GUNYAH_VM_STATE_RESETTING:
        *step = "wait for the reset";
        *error = wait_for(descent, ~IN(RESETTING) & ~GUNYAH_VMM_UNTIL_EXIT_IS_KNOWN);
        return true;
    default:
        return false;
    }
}

// The state after a step that failed. False: nobody tells, or it is the same. The failure stays the one of the step.
static bool moved_on(const struct descent *descent, enum gunyah_vm_state before)
{
    const struct gunyah_vmm *vmm = descent->vm->vmm;
    struct gunyah_vmm_vm *record = &descent->vm->record;
    const struct failure failure = vmm->g->failure;

    vmm->ops->query(vmm->context, record);
    vmm->g->failure = failure;
    return record->known && record->status.state != before;
}

// What a step answers does not matter when the VM went on all the same: it may have ended by itself meanwhile.
static void go_down(struct descent *descent)
{
    const char *step = "ask for the state";
    enum gunyah_error error = GUNYAH_OK;

    for (unsigned i = 0; i < MAX_STEPS; i++) {
        error = gunyah_internal_vm_refresh(descent->vm);
        // It is gone: an earlier attempt went further than anybody was told.
        if (error != GUNYAH_OK && descent->vm->record.known && vm_is_in(descent->vm, IN(NONE)))
            return;
        if (error != GUNYAH_OK)
            break;
        const enum gunyah_vm_state before = descent->vm->record.status.state;
        if (!take_step(descent, &step, &error))
            return;
        if (error != GUNYAH_OK && !moved_on(descent, before))
            break;
    }
    if (error == GUNYAH_OK)
        error = gunyah_internal_refuse(descent->vm->vmm->g, descent->function, GUNYAH_ERR_OBJECT_STATE);
    note(descent, step, error);
}

// ---- what is left ------------------------------------------------------------------------------------------------

static void reclaim(struct descent *descent, bool dry, struct gunyah_vm_remains *remains)
{
    const struct gunyah_vmm *vmm = descent->vm->vmm;
    const enum gunyah_error error =
        vmm->ops->reclaim(vmm->context, &descent->vm->record, dry, &remains->memparcels, &remains->first_memparcel);

    note(descent, "reclaim the memory", gunyah_internal_vm_answer(descent->vm, error));
}

static void deallocate(struct descent *descent)
{
    enum gunyah_error error = GUNYAH_OK;

    if (vm_is_in(descent->vm, IN(LOAD) | IN(RESET)))
        error = act(descent, GUNYAH_VMM_DEALLOCATE);
    else if (!vm_is_in(descent->vm, IN(NONE)))
        error = gunyah_internal_refuse(descent->vm->vmm->g, descent->function, GUNYAH_ERR_OBJECT_STATE);
    note(descent, "deallocate", error);
}

enum gunyah_error gunyah_vm_destroy(struct gunyah_vm **pointer, uint64_t timeout_ns, struct gunyah_vm_remains *given)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    enum gunyah_error error;

    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    if (*pointer == NULL)
        return GUNYAH_ERR_HANDLE;
    struct descent descent = {
        .vm = gunyah_internal_vm(*pointer, __func__, &error), .function = __func__, .timeout_ns = timeout_ns};
    if (descent.vm == NULL)
        return error;
    if (given != NULL && !gunyah_internal_options(&remains, sizeof(remains), given))
        return gunyah_internal_refuse(descent.vm->vmm->g, __func__, GUNYAH_ERR_OPTION);

    struct gunyah *g = descent.vm->vmm->g;
    go_down(&descent);
    const bool without_memory = descent.vm->record.known && vm_is_in(descent.vm, WITHOUT_MEMORY);
    reclaim(&descent, !without_memory, &remains);
    if (without_memory)
        deallocate(&descent);

    remains.status = descent.vm->record.status;
    remains.error = descent.step != NULL ? descent.failure.error : GUNYAH_OK;
    remains.step = descent.step != NULL ? descent.step : "";
    if (given != NULL)
        *given = remains;
    if (descent.step == NULL)
        gunyah_internal_vm_close(pointer, __func__);
    else
        g->failure = descent.failure;
    return remains.error;
}
