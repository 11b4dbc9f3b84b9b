// SPDX-License-Identifier: BSD-3-Clause
// Questions about VMs: who they are, how they are, and whom they know.
#include "rm.h"

#include <string.h>

#define SIGN_AUTHORITY "N/A"

static uint32_t padded(uint32_t size)
{
    return (size + 3) & ~3u;
}

static uint32_t length_of(const char *text)
{
    uint32_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

/** The VM that a request is about, which begins with its id; 0 is the caller itself. */
static struct rm_vm *subject(const struct rm_call *call)
{
    uint16_t vmid = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_VMID_OFFSET);
    return vmid != 0 ? gunyah_model_rm_find(call->model, vmid) : call->from;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_vmid(struct rm_call *call)
{
    if (call->size != 0)
        return RM_WRONG_SIZE;
    gunyah_model_rm_reply32(call, call->from->vmid);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_owner(struct rm_call *call)
{
    if (call->size != 0)
        return RM_WRONG_SIZE;
    gunyah_model_rm_reply32(call, call->from->owner);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_peers(struct rm_call *call)
{
    if (call->size != 0)
        return RM_WRONG_SIZE;
    gunyah_model_rm_reply32(call, call->from->peer_count);
    for (uint32_t i = 0; i < call->from->peer_count; i++)
        gunyah_model_rm_reply32(call, call->from->peers[i]);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_type(struct rm_call *call)
{
    if (call->size != 0)
        return RM_WRONG_SIZE;
    gunyah_model_rm_reply32(call, GUNYAH_RM_HOST_TYPE);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_state(struct rm_call *call)
{
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    const struct rm_vm *vm = subject(call);
    if (vm == NULL)
        return RM_NO_SUCH_VM_TO_ASK;
    if (!gunyah_model_rm_may_ask(vm, call->from))
        return RM_NOT_A_PEER;
    gunyah_model_rm_reply32(call, vm->state | (uint32_t)vm->os_status << 8 | (uint32_t)vm->app_status << 16);
    return RM_FINE;
}

static void reply_id(struct rm_call *call, enum gunyah_vm_id_type type, const void *bytes, uint32_t size)
{
    uint8_t *entry = gunyah_model_rm_reply_room(call, GUNYAH_RM_VM_ID_ENTRY_SIZE + padded(size));
    memset(entry, 0, GUNYAH_RM_VM_ID_ENTRY_SIZE + padded(size));
    entry[GUNYAH_RM_VM_ID_ENTRY_TYPE_OFFSET] = (uint8_t)type;
    gunyah_model_rm_put16(entry + GUNYAH_RM_VM_ID_ENTRY_SIZE_OFFSET, (uint16_t)size);
    memcpy(entry + GUNYAH_RM_VM_ID_ENTRY_SIZE, bytes, size);
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_id(struct rm_call *call)
{
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    const struct rm_vm *vm = subject(call);
    if (vm == NULL)
        return RM_NO_SUCH_VM_TO_ASK;
    if (vm->state != GUNYAH_VM_STATE_READY && vm->state != GUNYAH_VM_STATE_RUNNING &&
        vm->state != GUNYAH_VM_STATE_PAUSED)
        return RM_VM_STATE;
    if (!gunyah_model_rm_may_ask(vm, call->from))
        return RM_NOT_A_PEER_ID;
    bool has_name = vm->name[0] != '\0';
    bool has_uri = vm->uri[0] != '\0';
    gunyah_model_rm_reply32(call, 2u + (has_name ? 1u : 0u) + (has_uri ? 1u : 0u));
    reply_id(call, GUNYAH_VM_ID_TYPE_GUID, vm->guid, sizeof(vm->guid));
    if (has_name)
        reply_id(call, GUNYAH_VM_ID_TYPE_NAME, vm->name, length_of(vm->name));
    if (has_uri)
        reply_id(call, GUNYAH_VM_ID_TYPE_URI, vm->uri, length_of(vm->uri));
    reply_id(call, GUNYAH_VM_ID_TYPE_SIGN_AUTH, SIGN_AUTHORITY, sizeof(SIGN_AUTHORITY) - 1);
    return RM_FINE;
}

// ---- lookups

typedef bool matcher(const struct rm_vm *vm, const uint8_t *id, uint32_t size);

static bool has_guid(const struct rm_vm *vm, const uint8_t *id, uint32_t size)
{
    return memcmp(vm->guid, id, size) == 0;
}

static bool has_name(const struct rm_vm *vm, const uint8_t *id, uint32_t size)
{
    return length_of(vm->name) == size && memcmp(vm->name, id, size) == 0;
}

static bool has_uri(const struct rm_vm *vm, const uint8_t *id, uint32_t size)
{
    return length_of(vm->uri) == size && memcmp(vm->uri, id, size) == 0;
}

/** List the VMs that match, of those that the caller may ask about. */
static void reply_matches(struct rm_call *call, matcher *matches, const uint8_t *id, uint32_t size)
{
    uint8_t *count = gunyah_model_rm_reply_room(call, GUNYAH_RM_LIST32_SIZE);
    uint32_t found = 0;
    for (model_ref ref = call->rm->vms; ref != 0;) {
        const struct rm_vm *vm = model_at(call->model, ref);
        ref = vm->next;
        if (!gunyah_model_rm_may_ask(vm, call->from) || !matches(vm, id, size))
            continue;
        gunyah_model_rm_reply32(call, vm->vmid);
        found++;
    }
    gunyah_model_rm_put32(count, found);
}

static enum gunyah_model_rm_reason look_up(struct rm_call *call, matcher *matches)
{
    // A message without a payload has no buffer, and that is what is checked first.
    if (call->size == 0)
        return RM_NOTHING_TO_LOOK_UP;
    if (call->size < GUNYAH_RM_STRING_SIZE)
        return RM_WRONG_SIZE;
    uint32_t size = gunyah_model_rm_get16(call->request + GUNYAH_RM_STRING_SIZE_OFFSET);
    const uint8_t *text = call->request + GUNYAH_RM_STRING_SIZE;
    if (size > GUNYAH_RM_MAX_NAME)
        return RM_STRING_TOO_LONG;
    if (call->size != GUNYAH_RM_STRING_SIZE + padded(size))
        return RM_WRONG_SIZE;
    for (uint32_t i = size; i < padded(size); i++) {
        if (text[i] != 0)
            return RM_STRING_NOT_PADDED;
    }
    reply_matches(call, matches, text, size);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_lookup_uri(struct rm_call *call)
{
    return look_up(call, has_uri);
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_lookup_name(struct rm_call *call)
{
    return look_up(call, has_name);
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_lookup_guid(struct rm_call *call)
{
    if (call->size == 0)
        return RM_NOTHING_TO_LOOK_UP;
    if (call->size != GUNYAH_RM_GUID_SIZE)
        return RM_WRONG_SIZE;
    reply_matches(call, has_guid, call->request, GUNYAH_RM_GUID_SIZE);
    return RM_FINE;
}
