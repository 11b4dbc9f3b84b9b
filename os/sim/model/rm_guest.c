// SPDX-License-Identifier: BSD-3-Clause
// What VMs say about themselves, and their consoles.
#include "rm.h"

#include <string.h>

static uint32_t padded(uint32_t size)
{
    return (size + 3) & ~3u;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_status(struct rm_call *call)
{
    struct rm_vm *vm = call->from;
    if (vm->vmid > GUNYAH_VMID_STATIC_LAST || vm->vmid == GUNYAH_VMID_HLOS)
        return RM_STATUS_NOT_STATIC;
    if (call->size != GUNYAH_RM_VM_SET_STATUS_SIZE)
        return RM_WRONG_SIZE;
    uint8_t status = call->request[GUNYAH_RM_VM_SET_STATUS_OS_STATUS_OFFSET];
    if (status > GUNYAH_OS_STATUS_CRASHED)
        return RM_STATUS_UNKNOWN;
    if (status != GUNYAH_OS_STATUS_NONE)
        vm->os_status = status;
    vm->app_status = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_SET_STATUS_APP_STATUS_OFFSET);
    gunyah_model_rm_tell_status(call->model, vm);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_set_crash_msg(struct rm_call *call)
{
    if (call->size < GUNYAH_RM_STRING_SIZE)
        return RM_WRONG_SIZE;
    uint32_t size = gunyah_model_rm_get16(call->request + GUNYAH_RM_STRING_SIZE_OFFSET);
    const uint8_t *text = call->request + GUNYAH_RM_STRING_SIZE;
    if (call->size != GUNYAH_RM_STRING_SIZE + padded(size))
        return RM_WRONG_SIZE;
    for (uint32_t i = size; i < padded(size); i++) {
        if (text[i] != 0)
            return RM_STRING_NOT_PADDED;
    }
    call->from->crash_size = size < GUNYAH_RM_MAX_CRASH_MSG ? size : GUNYAH_RM_MAX_CRASH_MSG;
    memcpy(call->from->crash, text, call->from->crash_size);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_get_crash_msg(struct rm_call *call)
{
    struct rm_vm *vm;
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason != RM_FINE)
        return reason == RM_NOT_OWNER ? RM_NOT_OWNER_VMID : reason;
    uint8_t *string = gunyah_model_rm_reply_room(call, GUNYAH_RM_STRING_SIZE + padded(vm->crash_size));
    memset(string, 0, GUNYAH_RM_STRING_SIZE + padded(vm->crash_size));
    gunyah_model_rm_put16(string + GUNYAH_RM_STRING_SIZE_OFFSET, (uint16_t)vm->crash_size);
    memcpy(string + GUNYAH_RM_STRING_SIZE, vm->crash, vm->crash_size);
    return RM_FINE;
}

// ---- consoles

/** The VM whose console it is, and which side the caller is on. */
static enum gunyah_model_rm_reason find_console(const struct rm_call *call, struct rm_vm **vm, bool *owner)
{
    uint16_t target = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_VMID_OFFSET);
    *vm = target != 0 ? gunyah_model_rm_find(call->model, target) : call->from;
    *owner = target != 0;
    if (*vm == NULL || !(*vm)->console)
        return RM_NO_CONSOLE;
    return target != 0 && (*vm)->owner != call->from->vmid ? RM_CONSOLE_NOT_OWNED : RM_FINE;
}

static bool *side(struct rm_vm *vm, bool owner)
{
    return owner ? &vm->console_open_owner : &vm->console_open;
}

static enum gunyah_model_rm_reason set_open(struct rm_call *call, bool open)
{
    struct rm_vm *vm;
    bool owner;
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = find_console(call, &vm, &owner);
    if (reason == RM_FINE)
        *side(vm, owner) = open;
    return reason;
}

enum gunyah_model_rm_reason gunyah_model_rm_console_open(struct rm_call *call)
{
    return set_open(call, true);
}

enum gunyah_model_rm_reason gunyah_model_rm_console_close(struct rm_call *call)
{
    return set_open(call, false);
}

enum gunyah_model_rm_reason gunyah_model_rm_console_flush(struct rm_call *call)
{
    struct rm_vm *vm;
    bool owner;
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = find_console(call, &vm, &owner);
    if (reason != RM_FINE)
        return reason;
    return *side(vm, owner) ? RM_FINE : RM_CONSOLE_CLOSED;
}

enum gunyah_model_rm_reason gunyah_model_rm_console_write(struct rm_call *call)
{
    struct gunyah_model *model = call->model;
    struct rm_vm *vm;
    bool owner;
    if (call->size == 0)
        return RM_CRASH_EMPTY;
    if (call->size < GUNYAH_RM_VM_CONSOLE_WRITE_SIZE)
        return RM_WRONG_SIZE;
    uint32_t size = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_CONSOLE_WRITE_SIZE_OFFSET);
    if (call->size != GUNYAH_RM_VM_CONSOLE_WRITE_SIZE + size)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = find_console(call, &vm, &owner);
    if (reason != RM_FINE)
        return reason;
    if (!*side(vm, owner))
        return RM_CONSOLE_CLOSED;
    struct rm_vm *to = owner ? vm : gunyah_model_rm_find(model, vm->owner);
    // Nobody listens: the text is gone.
    if (!*side(vm, !owner) || to->channel == 0)
        return RM_FINE;
    struct rm_message *message =
        gunyah_model_rm_message(model, GUNYAH_RM_PACKET_TYPE_NOTIFICATION, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS,
                                GUNYAH_RM_VM_CONSOLE_WRITE_SIZE + size);
    if (message == NULL)
        return RM_NO_MEMORY;
    memcpy(message->bytes, call->request, call->size);
    gunyah_model_rm_put16(message->bytes, owner ? 0 : vm->vmid);
    gunyah_model_rm_announce(model, to, message);
    return RM_FINE;
}
