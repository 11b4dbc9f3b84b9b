// SPDX-License-Identifier: BSD-3-Clause
// The watchdog of a VM that is authenticated by the platform, where the hypervisor has watchdogs.
#include "rm_memory.h"
#include "vcpu.h"
#include "watchdog.h"

static struct watchdog *watchdog_of(struct gunyah_model *model, const struct rm_vm *vm)
{
    return vm->watchdog != 0 ? model_at(model, vm->watchdog) : NULL;
}

static bool needs_one(const struct gunyah_model *model, const struct rm_vm *vm)
{
    return vm->auth == GUNYAH_VM_AUTH_PLATFORM &&
           (gunyah_model_api_flags(model) & GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK) != 0;
}

/** An owner that runs the vCPUs itself may freeze the watchdog. */
static int32_t give_to_owner(struct gunyah_model *model, struct rm_vm *vm, struct watchdog *watchdog)
{
    if (!vm->proxy)
        return GUNYAH_HVERR_OK;
    return gunyah_model_cap_derive(model, gunyah_model_vm_cspace(model, vm->owner), &watchdog->object,
                                   GUNYAH_RIGHT_WATCHDOG_MANAGE, &vm->watchdog_cap);
}

enum gunyah_model_rm_reason gunyah_model_rm_make_watchdog(struct gunyah_model *model, struct rm_vm *vm)
{
    const struct vm *machine = model_at(model, model->vms[vm->vmid]);
    uint32_t virq;
    if (!needs_one(model, vm))
        return RM_FINE;
    struct watchdog *watchdog = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_WATCHDOG);
    if (watchdog == NULL)
        return RM_VDEVICE_FAILED;
    watchdog->object.references++;
    vm->watchdog = model_ref_of(model, watchdog);
    vm->watchdog_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    watchdog->critical = vm->crash_fatal;
    int32_t error = gunyah_model_object_activate_now(model, &watchdog->object);
    for (uint32_t i = 0; i < machine->vcpus; i++)
        gunyah_model_thread_attach_watchdog(model, model_at(model, machine->thread[i]), watchdog);
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_rm_bind(model, vm->vmid, &watchdog->bark, 0, &virq);
    if (error == GUNYAH_HVERR_OK)
        error = give_to_owner(model, vm, watchdog);
    return error == GUNYAH_HVERR_OK ? RM_FINE : RM_VDEVICE_FAILED;
}

void gunyah_model_rm_unmake_watchdog(struct gunyah_model *model, struct rm_vm *vm)
{
    struct watchdog *watchdog = watchdog_of(model, vm);
    vm->bitten = false;
    if (watchdog == NULL)
        return;
    gunyah_model_cap_discard(model, gunyah_model_vm_cspace(model, vm->owner), vm->watchdog_cap, &watchdog->object);
    gunyah_model_object_revoke(model, &watchdog->object);
    gunyah_model_object_release(model, vm->watchdog);
    vm->watchdog = 0;
}

uint32_t gunyah_model_rm_bark_virq(struct gunyah_model *model, const struct rm_vm *vm)
{
    const struct watchdog *watchdog = watchdog_of(model, vm);
    return watchdog != NULL && watchdog->bark.vic != 0 ? GUNYAH_VIRQ_SPI_FIRST + watchdog->bark.line : 0;
}

void gunyah_model_rm_freeze_watchdog(struct gunyah_model *model, const struct rm_vm *vm)
{
    struct watchdog *watchdog = watchdog_of(model, vm);
    // One that was frozen so often that it cannot be any more is frozen.
    if (watchdog != NULL)
        (void)gunyah_model_watchdog_freeze(model, watchdog, false);
}

void gunyah_model_rm_bitten(struct gunyah_model *model, const struct watchdog *watchdog)
{
    const model_ref self = model_ref_of(model, watchdog);
    for (model_ref ref = model->rm != 0 ? gunyah_model_rm_of(model)->vms : 0; ref != 0;) {
        struct rm_vm *vm = model_at(model, ref);
        ref = vm->next;
        if (vm->watchdog != self)
            continue;
        vm->bitten = true;
        gunyah_model_rm_poke(model);
    }
}

void gunyah_model_rm_attend_bite(struct gunyah_model *model, struct rm_vm *vm)
{
    const uint16_t code = vm->crash_size != 0 ? GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR : GUNYAH_VM_EXIT_CODE_NORMAL;
    const bool was_bitten = vm->bitten;
    vm->bitten = false;
    // One that has ended meanwhile does not end again.
    if (was_bitten && vm->state == GUNYAH_VM_STATE_RUNNING)
        gunyah_model_rm_exit(model, vm, GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE, 0, code);
}
