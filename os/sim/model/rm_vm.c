// SPDX-License-Identifier: BSD-3-Clause
// The VMs that the Resource Manager knows: who there is, whose they are, and who may ask about whom.
#include "rm.h"

#include <string.h>

// Static VMIDs that HLOS may ask for.
#define STATIC_FIRST 4
#define STATIC_LAST 31

struct rm_vm *gunyah_model_rm_find(struct gunyah_model *model, uint16_t vmid)
{
    for (model_ref ref = gunyah_model_rm_of(model)->vms; ref != 0;) {
        struct rm_vm *vm = model_at(model, ref);
        if (vm->vmid == vmid)
            return vm;
        ref = vm->next;
    }
    return NULL;
}

/** The link that refers to the first VM whose id is not below this one. */
static model_ref *place_of(struct gunyah_model *model, uint16_t vmid)
{
    model_ref *link = &gunyah_model_rm_of(model)->vms;
    while (*link != 0) {
        struct rm_vm *vm = model_at(model, *link);
        if (vm->vmid >= vmid)
            break;
        link = &vm->next;
    }
    return link;
}

struct rm_vm *gunyah_model_rm_add(struct gunyah_model *model, uint16_t vmid, uint16_t owner)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_vm));
    if (ref == 0)
        return NULL;
    struct rm_vm *vm = model_at(model, ref);
    vm->vmid = vmid;
    vm->owner = owner;
    vm->state = GUNYAH_VM_STATE_LOAD;
    vm->image = vm->firmware = GUNYAH_RM_HANDLE_INVALID;
    model_ref *link = place_of(model, vmid);
    vm->next = *link;
    *link = ref;
    if (owner != GUNYAH_VMID_ROOT)
        gunyah_model_rm_make_peers(vm, gunyah_model_rm_find(model, owner));
    return vm;
}

void gunyah_model_rm_remove(struct gunyah_model *model, struct rm_vm *vm)
{
    gunyah_model_rm_part_peers(model, vm);
    *place_of(model, vm->vmid) = vm->next;
    gunyah_model_rm_empty(model, vm);
    gunyah_model_heap_free(model, model_ref_of(model, vm));
}

// ---- peers

static bool is_peer(const struct rm_vm *vm, uint16_t vmid)
{
    for (uint32_t i = 0; i < vm->peer_count; i++) {
        if (vm->peers[i] == vmid)
            return true;
    }
    return false;
}

void gunyah_model_rm_make_peers(struct rm_vm *one, struct rm_vm *other)
{
    if (is_peer(one, other->vmid))
        return;
    one->peers[one->peer_count++] = (uint8_t)other->vmid;
    other->peers[other->peer_count++] = (uint8_t)one->vmid;
}

static void forget_peer(struct rm_vm *vm, uint16_t vmid)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < vm->peer_count; i++) {
        if (vm->peers[i] != vmid)
            vm->peers[kept++] = vm->peers[i];
    }
    vm->peer_count = kept;
}

void gunyah_model_rm_part_peers(struct gunyah_model *model, struct rm_vm *vm)
{
    for (uint32_t i = 0; i < vm->peer_count; i++)
        forget_peer(gunyah_model_rm_find(model, vm->peers[i]), vm->vmid);
    vm->peer_count = 0;
}

bool gunyah_model_rm_may_ask(const struct rm_vm *vm, const struct rm_vm *from)
{
    return from->vmid == vm->vmid || from->vmid == vm->owner || is_peer(vm, from->vmid);
}

// ---- VMIDs

/** Is this id free, in the Resource Manager's eyes and the model's? */
static bool is_free(struct gunyah_model *model, uint16_t vmid)
{
    return gunyah_model_rm_find(model, vmid) == NULL && !gunyah_model_vm_exists(model, vmid);
}

bool gunyah_model_rm_is_vmid(struct gunyah_model *model, uint16_t vmid)
{
    if (vmid == GUNYAH_VMID_HLOS || vmid == GUNYAH_VMID_ROOT || (vmid >= STATIC_FIRST && vmid <= STATIC_LAST))
        return true;
    return gunyah_model_rm_find(model, vmid) != NULL;
}

static uint16_t dynamic_vmid(struct gunyah_model *model)
{
    for (uint16_t vmid = GUNYAH_VMID_DYNAMIC_FIRST; vmid <= GUNYAH_VMID_DYNAMIC_LAST; vmid++) {
        if (is_free(model, vmid))
            return vmid;
    }
    return 0;
}

enum gunyah_model_rm_reason gunyah_model_rm_owned_vm(const struct rm_call *call, struct rm_vm **vm)
{
    *vm = gunyah_model_rm_find(call->model, gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_VMID_OFFSET));
    if (*vm == NULL)
        return RM_NO_SUCH_VM;
    return (*vm)->owner == call->from->vmid ? RM_FINE : RM_NOT_OWNER;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_allocate(struct rm_call *call)
{
    if (call->from->vmid != GUNYAH_VMID_HLOS)
        return RM_NOT_HLOS;
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    uint16_t wanted = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_VMID_OFFSET);
    uint16_t vmid = wanted != 0 ? wanted : dynamic_vmid(call->model);
    if (vmid == 0)
        return RM_NO_VMID_LEFT;
    if (wanted != 0 && (wanted < STATIC_FIRST || wanted > STATIC_LAST || !is_free(call->model, wanted)))
        return RM_VMID_NOT_ALLOWED;
    if (gunyah_model_rm_add(call->model, vmid, call->from->vmid) == NULL)
        return RM_NO_MEMORY;
    if (wanted == 0)
        gunyah_model_rm_reply32(call, vmid);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_deallocate(struct rm_call *call)
{
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    struct rm_vm *vm =
        gunyah_model_rm_find(call->model, gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_VMID_OFFSET));
    if (vm == NULL)
        return RM_CRASH_UNKNOWN_VM;
    if (vm->owner != call->from->vmid)
        return RM_NOT_OWNER;
    if (vm->state != GUNYAH_VM_STATE_LOAD && vm->state != GUNYAH_VM_STATE_RESET)
        return RM_VM_STATE;
    gunyah_model_rm_remove(call->model, vm);
    return RM_FINE;
}
