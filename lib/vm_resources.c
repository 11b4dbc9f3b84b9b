// SPDX-License-Identifier: BSD-3-Clause
// What the caller and a VM share, and opening it.
#include "vm.h"

static enum gunyah_error ask(struct vm *vm, struct gunyah_vm_resource *resources, size_t capacity, size_t *count,
                             const char *function)
{
    vm->record.caller = function;
    return gunyah_internal_vm_answer(
        vm, vm->vmm->ops->resources(vm->vmm->context, &vm->record, resources, capacity, count));
}

enum gunyah_error gunyah_vm_resources(struct gunyah_vm *handle, struct gunyah_vm_resource *resources, size_t capacity,
                                      size_t *count)
{
    enum gunyah_error error;
    struct vm *vm = gunyah_internal_vm(handle, __func__, &error);

    if (vm == NULL)
        return error;
    if (count == NULL || (resources == NULL && capacity != 0))
        return gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_NULL);
    error = ask(vm, resources, capacity, count, __func__);
    if (error == GUNYAH_OK && *count > capacity)
        error = gunyah_internal_refuse(vm->vmm->g, __func__, GUNYAH_ERR_BUFFER_TOO_SMALL);
    return error;
}

// The resource of this kind and label among all of them, into *found.
static enum gunyah_error find_among(struct vm *vm, struct gunyah_vm_resource *found, struct gunyah_vm_resource *all,
                                    size_t capacity, const char *function)
{
    size_t count = 0;
    const enum gunyah_error error = ask(vm, all, capacity, &count, function);

    if (error != GUNYAH_OK)
        return error;
    for (size_t i = 0; i < count && i < capacity; i++) {
        if (all[i].type == found->type && all[i].label == found->label) {
            *found = all[i];
            return GUNYAH_OK;
        }
    }
    return gunyah_internal_refuse(vm->vmm->g, function, GUNYAH_ERR_RM_LOOKUP_FAILED);
}

static enum gunyah_error find(const struct gunyah_vm *handle, struct gunyah_vm_resource *found, const char *function)
{
    enum gunyah_error error;
    size_t count = 0;
    struct vm *vm = gunyah_internal_vm(handle, function, &error);

    if (vm == NULL)
        return error;
    error = ask(vm, NULL, 0, &count, function);
    if (error != GUNYAH_OK)
        return error;
    if (count == 0)
        return gunyah_internal_refuse(vm->vmm->g, function, GUNYAH_ERR_RM_LOOKUP_FAILED);
    struct gunyah_vm_resource *all = gunyah_internal_block(vm->vmm->g, count * sizeof(*all), function, &error);
    if (all == NULL)
        return error;
    error = find_among(vm, found, all, count, function);
    gunyah_internal_block_release(vm->vmm->g, all);
    return error;
}

// Whose session a failure belongs to, if it can be told.
static struct gunyah *session_of(const struct gunyah_vm *handle)
{
    return handle != NULL ? ((const struct handle *)handle)->g : NULL;
}

enum gunyah_error gunyah_vm_open_doorbell(struct gunyah_vm *vm, uint32_t label, bool sends,
                                          struct gunyah_doorbell **doorbell)
{
    struct gunyah_vm_resource resource = {
        .type = sends ? GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND : GUNYAH_VM_RESOURCE_TYPE_DOORBELL_RECEIVE,
        .label = label,
    };
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;

    if (doorbell == NULL)
        return gunyah_internal_refuse(session_of(vm), __func__, GUNYAH_ERR_NULL);
    *doorbell = NULL;
    const enum gunyah_error error = find(vm, &resource, __func__);
    if (error != GUNYAH_OK)
        return error;
    options.cap = resource.cap;
    options.virq = resource.virq;
    return gunyah_doorbell_open(session_of(vm), &options, doorbell);
}

enum gunyah_error gunyah_vm_open_msgqueue(struct gunyah_vm *vm, uint32_t label, bool sends, uint32_t message_size,
                                          struct gunyah_msgqueue **queue)
{
    struct gunyah_vm_resource resource = {
        .type = sends ? GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_SEND : GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_RECEIVE,
        .label = label,
    };
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    if (queue == NULL)
        return gunyah_internal_refuse(session_of(vm), __func__, GUNYAH_ERR_NULL);
    *queue = NULL;
    const enum gunyah_error error = find(vm, &resource, __func__);
    if (error != GUNYAH_OK)
        return error;
    options.cap = resource.cap;
    options.message_size = message_size != 0 ? message_size : GUNYAH_RM_MESSAGE_SIZE;
    if (sends)
        options.send_virq = resource.virq;
    else
        options.receive_virq = resource.virq;
    return gunyah_msgqueue_open(session_of(vm), &options, queue);
}
