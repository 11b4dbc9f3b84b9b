// SPDX-License-Identifier: BSD-3-Clause
// Requests that an RM does not survive, and what has to be known of a VM to tell them.
//
// An RM looks the VM of a VM_DEALLOCATE up without asking whether there is one, and reads the configuration of the VM of a
// VM_RESET before it asks for the state. A configuration is there from a VM_CONFIG_IMAGE that succeeded until the VM is
// reset; of one that was refused, the RM of 2023 may keep half, and stop on the way of the reset. When that RM can reserve
// the first of several ranges and not a later one, it never ends taking the first one back.
//
// Only replies teach. They come in the order of the requests, and nobody but the owner, who is here, ends a VM; but a
// notification may be older than the last reply, and tell of a configuration that is gone.
#include "client.h"

// What a request about a VM needs to be known of it, and what is known when it was done.
static const struct rm_rule {
    uint32_t id;
    uint8_t needs; // without it, an RM stops; with it, the request is one that ends something
    uint8_t leaves;
} rules[] = {
    {GUNYAH_RM_VM_ALLOCATE, 0, RM_VM_EXISTS},
    {GUNYAH_RM_VM_DEALLOCATE, RM_VM_EXISTS, 0},
    {GUNYAH_RM_VM_CONFIG_IMAGE, 0, RM_VM_EXISTS | RM_VM_CONFIGURED},
    {GUNYAH_RM_VM_RESET, RM_VM_CONFIGURED, RM_VM_EXISTS},
    {GUNYAH_RM_VM_GET_STATE, 0, 0}, // what the state tells
};

// Null: there can be no such VM. To most requests VMID 0 means the caller, and to these it means nobody.
static uint8_t *known(struct rm *rm, gunyah_vmid_t vmid)
{
    return vmid.value != GUNYAH_VMID_SELF && vmid.value < RM_VMIDS ? &rm->vms[vmid.value] : NULL;
}

bool gunyah_internal_rm_survives(struct rm *rm)
{
    struct rm_request *request = &rm->request;
    const struct rm_request_head *head = &request->sent_head;
    const uint32_t id = request->exchange.id;

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i].id == id)
            request->rule = &rules[i];
    }
    if (id == GUNYAH_RM_IPA_RESERVE)
        return rm->generation == GUNYAH_RM_GENERATION_LATER || head->ranges <= 1 ||
               (head->vmid.value & 0xff) != GUNYAH_IPA_RESERVE_TYPE_FIXED;
    if (request->rule == NULL || request->rule->needs == 0)
        return true;
    const uint8_t *vm = known(rm, head->vmid);
    return vm != NULL && (*vm & (request->rule->needs | RM_VM_IN_DOUBT)) == request->rule->needs;
}

#define IN(state) (1u << GUNYAH_VM_STATE_##state)

#define WITH_CONFIGURATION (IN(AUTH) | IN(INIT) | IN(READY) | IN(RUNNING) | IN(PAUSED) | IN(EXITED))

static uint8_t known_in(uint32_t state, uint8_t before)
{
    if (state == GUNYAH_VM_STATE_NONE)
        return 0;
    // With a configuration or without: only what was known before tells.
    if (state == GUNYAH_VM_STATE_INIT_FAILED)
        return RM_VM_EXISTS | (before & RM_VM_CONFIGURED);
    return state < 32 && (WITH_CONFIGURATION >> state & 1) != 0 ? RM_VM_EXISTS | RM_VM_CONFIGURED : RM_VM_EXISTS;
}

void gunyah_internal_rm_learn(struct rm *rm)
{
    const struct rm_request *request = &rm->request;
    const struct rm_rule *rule = request->rule;
    gunyah_vmid_t vmid = request->sent_head.vmid;

    if (rule == NULL)
        return;
    // Only who lets the RM choose is told which one it is.
    if (rule->id == GUNYAH_RM_VM_ALLOCATE && vmid.value == GUNYAH_VMID_SELF)
        vmid = gunyah_vmid((uint16_t)request->received_head.first);
    uint8_t *vm = known(rm, vmid);
    if (vm == NULL)
        return;
    if (request->progress == RM_PROGRESS_ANSWERED && request->received_head.error == GUNYAH_RMERR_OK) {
        *vm = rule->id == GUNYAH_RM_VM_GET_STATE ? known_in(request->received_head.first & 0xff, *vm) : rule->leaves;
    } else if (rule->id == GUNYAH_RM_VM_CONFIG_IMAGE && (*vm & RM_VM_IN_DOUBT) != 0) {
        // If the VM was reset, it has no configuration, and INIT_FAILED will not mean that it has.
        *vm &= (uint8_t)~RM_VM_CONFIGURED;
    } else if (rule->needs != 0 && (request->progress == RM_PROGRESS_SENT || request->progress == RM_PROGRESS_BROKEN)) {
        *vm |= RM_VM_IN_DOUBT;
    }
}
