// SPDX-License-Identifier: BSD-3-Clause
// Requests that an RM does not survive, and what has to be known of a VM to tell them.
//
// An RM looks the VM of a VM_DEALLOCATE up without asking whether there is one, and reads the configuration of the VM of a
// VM_RESET before it asks for the state. A configuration is there from a VM_CONFIG_IMAGE that succeeded until the VM is
// reset. When the RM of 2023 can reserve the first of several ranges and not a later one, it never ends taking the first one
// back.
#include "client.h"

static uint8_t *known(struct rm *rm, gunyah_vmid_t vmid)
{
    return vmid.value < RM_VMIDS ? &rm->vms[vmid.value] : NULL;
}

static enum rm_vm_knowledge knowledge(const struct rm *rm, gunyah_vmid_t vmid)
{
    return vmid.value < RM_VMIDS ? (enum rm_vm_knowledge)rm->vms[vmid.value] : RM_VM_UNKNOWN;
}

bool gunyah_internal_rm_survives(const struct rm *rm)
{
    const struct rm_request_head *head = &rm->request.sent_head;

    switch (rm->request.exchange.id) {
    case GUNYAH_RM_VM_DEALLOCATE:
        return knowledge(rm, head->vmid) != RM_VM_UNKNOWN;
    case GUNYAH_RM_VM_RESET:
        return knowledge(rm, head->vmid) == RM_VM_CONFIGURED;
    case GUNYAH_RM_IPA_RESERVE:
        return rm->generation == GUNYAH_RM_GENERATION_LATER || head->ranges <= 1 ||
               (head->vmid.value & 0xff) != GUNYAH_IPA_RESERVE_TYPE_FIXED;
    default:
        return true;
    }
}

void gunyah_internal_rm_learn_state(struct rm *rm, gunyah_vmid_t vmid, enum gunyah_vm_state state)
{
    uint8_t *vm = known(rm, vmid);

    if (vm == NULL)
        return;
    switch (state) {
    case GUNYAH_VM_STATE_LOAD:
    case GUNYAH_VM_STATE_RESETTING:
    case GUNYAH_VM_STATE_RESET:
    case GUNYAH_VM_STATE_DEFUNCT:
        *vm = RM_VM_EXISTS;
        break;
    case GUNYAH_VM_STATE_INIT_FAILED:
        // With a configuration or without: only what was known before tells.
        if (*vm == RM_VM_UNKNOWN)
            *vm = RM_VM_EXISTS;
        break;
    case GUNYAH_VM_STATE_NONE:
        *vm = RM_VM_UNKNOWN;
        break;
    default:
        *vm = RM_VM_CONFIGURED;
        break;
    }
}

void gunyah_internal_rm_learn(struct rm *rm)
{
    const struct rm_request *request = &rm->request;
    gunyah_vmid_t vmid = request->sent_head.vmid;
    enum gunyah_vm_state state;

    switch (request->exchange.id) {
    case GUNYAH_RM_VM_ALLOCATE:
        // Only who lets the RM choose is told which one it is.
        if (vmid.value == 0)
            vmid = gunyah_vmid((uint16_t)request->received_head.first);
        state = GUNYAH_VM_STATE_LOAD;
        break;
    case GUNYAH_RM_VM_DEALLOCATE:
        state = GUNYAH_VM_STATE_NONE;
        break;
    case GUNYAH_RM_VM_CONFIG_IMAGE:
        state = GUNYAH_VM_STATE_INIT;
        break;
    case GUNYAH_RM_VM_GET_STATE:
        state = (enum gunyah_vm_state)(request->received_head.first & 0xff);
        break;
    default:
        return;
    }
    gunyah_internal_rm_learn_state(rm, vmid, state);
}

void gunyah_internal_rm_doubt(struct rm *rm)
{
    if (rm->request.exchange.id == GUNYAH_RM_VM_DEALLOCATE)
        gunyah_internal_rm_learn_state(rm, rm->request.sent_head.vmid, GUNYAH_VM_STATE_NONE);
}
