// SPDX-License-Identifier: BSD-3-Clause
// Clocks of VMs: made as configurations want them, and set once before the start.
#include "rm_memory.h"
#include "vrtc.h"

/** Where the clock is to be. False: there is no room. */
static bool place(struct gunyah_model *model, struct rm_vm *vm, uint64_t wanted, uint64_t *ipa)
{
    *ipa = wanted;
    if (wanted == GUNYAH_MODEL_RM_ANYWHERE)
        return gunyah_model_rm_find_room(model, vm, 0, VRTC_SIZE, ipa);
    return wanted < RM_GUEST_END && gunyah_model_rm_is_free(model, vm, wanted, VRTC_SIZE);
}

/** The Resource Manager holds it, and so does the address space of the VM. */
static int32_t make(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa)
{
    const struct vm *machine = model_at(model, model->vms[vm->vmid]);
    const struct thread *thread = model_at(model, machine->thread[0]);
    struct vrtc *vrtc = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_VRTC);
    if (vrtc == NULL)
        return GUNYAH_HVERR_NOMEM;
    vrtc->object.references++;
    vm->rtc = model_ref_of(model, vrtc);
    int32_t error = gunyah_model_vrtc_configure(vrtc, ipa);
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_object_activate_now(model, &vrtc->object);
    return error == GUNYAH_HVERR_OK ? gunyah_model_vrtc_attach(model, vrtc, model_at(model, thread->addrspace)) : error;
}

enum gunyah_model_rm_reason gunyah_model_rm_make_rtc(struct gunyah_model *model, struct rm_vm *vm,
                                                     const struct gunyah_model_rm_config *config)
{
    uint64_t ipa;
    if (!config->rtc)
        return RM_FINE;
    if (!place(model, vm, config->rtc_base, &ipa))
        return RM_RTC_PLACE;
    return make(model, vm, ipa) == GUNYAH_HVERR_OK ? RM_FINE : RM_VDEVICE_FAILED;
}

void gunyah_model_rm_drop_rtc(struct gunyah_model *model, struct rm_vm *vm)
{
    gunyah_model_object_release(model, vm->rtc);
    vm->rtc = 0;
    gunyah_model_object_reap(model);
}

// ---- VM_SET_TIME_BASE

static enum gunyah_model_rm_reason reason_of(int32_t error)
{
    if (error == GUNYAH_HVERR_OK)
        return RM_FINE;
    return error == GUNYAH_HVERR_BUSY ? RM_RTC_SET : RM_RTC_FUTURE;
}

static enum gunyah_model_rm_reason set(struct rm_call *call, const struct rm_vm *vm)
{
    const uint8_t *request = call->request;
    if (vm->rtc == 0) {
        call->hverr = GUNYAH_HVERR_DENIED;
        return RM_NO_RTC;
    }
    call->hverr =
        gunyah_model_vrtc_set_time_base(call->model, model_at(call->model, vm->rtc),
                                        gunyah_model_rm_get64(request + GUNYAH_RM_VM_SET_TIME_BASE_TIME_BASE_OFFSET),
                                        gunyah_model_rm_get64(request + GUNYAH_RM_VM_SET_TIME_BASE_TIMER_OFFSET));
    return reason_of(call->hverr);
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_time_base(struct rm_call *call)
{
    // The generation of 2023 says twice what is wrong.
    call->extra_word = call->rm->options.generation < GUNYAH_RM_GENERATION_LATER;
    if (call->size != GUNYAH_RM_VM_SET_TIME_BASE_SIZE)
        return RM_WRONG_SIZE;
    uint16_t vmid = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_SET_TIME_BASE_VMID_OFFSET);
    const struct rm_vm *vm = vmid != 0 ? gunyah_model_rm_find(call->model, vmid) : call->from;
    if (vm == NULL)
        return RM_NO_SUCH_VM_TO_ASK;
    if (!gunyah_model_rm_may_ask(vm, call->from))
        return RM_NOT_A_PEER;
    if (vm->state != GUNYAH_VM_STATE_INIT && vm->state != GUNYAH_VM_STATE_READY)
        return RM_VM_STATE;
    return set(call, vm);
}
