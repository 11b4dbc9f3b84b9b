// SPDX-License-Identifier: BSD-3-Clause
// What a VM has in common with another one, as VM_GET_HYP_RESOURCES lists it.
#include "rm.h"

#include <string.h>

static void reply_resource(struct rm_call *call, enum gunyah_vm_resource_type type, uint16_t partner, uint32_t label,
                           gunyah_capid_t cap, uint32_t virq)
{
    uint8_t *entry = gunyah_model_rm_reply_room(call, GUNYAH_RM_VM_RESOURCE_SIZE);
    memset(entry, 0, GUNYAH_RM_VM_RESOURCE_SIZE);
    entry[GUNYAH_RM_VM_RESOURCE_TYPE_OFFSET] = (uint8_t)type;
    gunyah_model_rm_put16(entry + GUNYAH_RM_VM_RESOURCE_PARTNER_OFFSET, partner);
    gunyah_model_rm_put32(entry + GUNYAH_RM_VM_RESOURCE_LABEL_OFFSET, label);
    gunyah_model_rm_put64(entry + GUNYAH_RM_VM_RESOURCE_CAP_OFFSET, cap.value);
    gunyah_model_rm_put32(entry + GUNYAH_RM_VM_RESOURCE_VIRQ_OFFSET, virq);
}

/** The interrupt that tells the owner of a vCPU when to run it again. */
static uint32_t wakeup_virq(struct gunyah_model *model, const struct vm *machine, uint32_t index)
{
    const struct source *wakeup = &((const struct thread *)model_at(model, machine->thread[index]))->wakeup;
    return wakeup->vic != 0 ? GUNYAH_VIRQ_SPI_FIRST + wakeup->line : GUNYAH_RM_VIRQ_ANY;
}

/** The vCPUs of a VM that belongs to the caller. */
static void reply_vcpus(struct rm_call *call, const struct rm_vm *vm)
{
    if (vm->vmid == GUNYAH_VMID_ROOT && call->from->vmid == GUNYAH_VMID_HLOS)
        reply_resource(call, GUNYAH_VM_RESOURCE_TYPE_VCPU, 0, 0, call->rm->own_vcpu, 0);
    if (!vm->machine || vm->adopted || vm->owner != call->from->vmid)
        return;
    const struct vm *machine = model_at(call->model, call->model->vms[vm->vmid]);
    for (uint32_t i = 0; i < machine->vcpus; i++)
        reply_resource(call, GUNYAH_VM_RESOURCE_TYPE_VCPU, 0, i, vm->vcpu_caps[i],
                       wakeup_virq(call->model, machine, i));
}

/** What the caller pages its VM with. */
static void reply_paging(struct rm_call *call, const struct rm_vm *vm)
{
    if (!vm->machine || !vm->paged || vm->owner != call->from->vmid)
        return;
    for (uint32_t i = 0; i < RM_EXTENTS; i++)
        reply_resource(call, GUNYAH_VM_RESOURCE_TYPE_MEMEXTENT, 0, i, vm->extent_caps[i], GUNYAH_RM_VIRQ_ANY);
    reply_resource(call, GUNYAH_VM_RESOURCE_TYPE_ADDRSPACE, 0, 0, vm->addrspace_cap, GUNYAH_RM_VIRQ_ANY);
}

/** The watchdog of a VM whose vCPUs the caller runs. */
static void reply_watchdog(struct rm_call *call, const struct rm_vm *vm)
{
    if (vm->machine && vm->watchdog != 0 && vm->watchdog_cap.value != GUNYAH_CAPID_INVALID &&
        vm->owner == call->from->vmid)
        reply_resource(call, GUNYAH_VM_RESOURCE_TYPE_WATCHDOG, vm->vmid, 0, vm->watchdog_cap, 0);
}

static uint32_t virq_or_none(uint32_t virq)
{
    return virq != 0 ? virq : GUNYAH_RM_VIRQ_ANY;
}

/** Links in the configuration of `keeper` that join the caller and the partner, as far as the caller has its end. */
static void reply_links(struct rm_call *call, const struct rm_vm *keeper, uint16_t partner)
{
    uint16_t self = call->from->vmid;
    for (model_ref ref = keeper->links; ref != 0;) {
        const struct rm_link *link = model_at(call->model, ref);
        ref = link->next;
        if (link->from == self && link->to == partner && link->send_cap.value != GUNYAH_CAPID_INVALID)
            reply_resource(
                call, link->doorbell ? GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND : GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_SEND,
                partner, link->label, link->send_cap, virq_or_none(link->send_virq));
        else if (link->from == partner && link->to == self && link->receive_cap.value != GUNYAH_CAPID_INVALID)
            reply_resource(call,
                           link->doorbell ? GUNYAH_VM_RESOURCE_TYPE_DOORBELL_RECEIVE
                                          : GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_RECEIVE,
                           partner, link->label, link->receive_cap, virq_or_none(link->receive_virq));
    }
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_hyp_resources(struct rm_call *call)
{
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    uint16_t vmid = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_VMID_OFFSET);
    const struct rm_vm *vm = gunyah_model_rm_find(call->model, vmid);
    if (vm == NULL)
        return RM_NO_SUCH_VM_WITH_RESOURCES;
    if (!vm->adopted && !vm->machine && !vm->configured)
        return RM_VM_NOT_CONFIGURED;
    uint8_t *count = gunyah_model_rm_reply_room(call, GUNYAH_RM_LIST32_SIZE);
    reply_vcpus(call, vm);
    reply_paging(call, vm);
    reply_watchdog(call, vm);
    reply_links(call, call->from, vmid);
    if (vm != call->from)
        reply_links(call, vm, vmid);
    gunyah_model_rm_put32(count, (call->reply_size - GUNYAH_RM_LIST32_SIZE) / GUNYAH_RM_VM_RESOURCE_SIZE);
    return RM_FINE;
}
