// SPDX-License-Identifier: BSD-3-Clause
// What the caller shares with a VM. Entries are received where the results go, and read from the last one on: there they are
// smaller, so that none is overwritten before it is read.
#include "client.h"
#include "messages.h"

_Static_assert(sizeof(struct gunyah_vm_resource) >= GUNYAH_RM_VM_RESOURCE_SIZE, "entries fit where results go");

static void read_entry(const uint8_t *bytes, struct gunyah_vm_resource *resource)
{
    struct rm_vm_resource entry = {0};

    rm_get_vm_resource(bytes, GUNYAH_RM_VM_RESOURCE_SIZE, &entry);
    *resource = (struct gunyah_vm_resource){
        .type = (enum gunyah_vm_resource_type)entry.type,
        .partner = entry.partner,
        .label = entry.label,
        .cap = entry.cap,
        .virq = {entry.virq.value != GUNYAH_RM_VIRQ_ANY ? entry.virq.value : 0},
        .base = entry.base,
        .size = entry.size,
    };
}

enum gunyah_error gunyah_internal_rm_vm_resources(void *context, struct gunyah_vmm_vm *vm,
                                                  struct gunyah_vm_resource *resources, size_t capacity, size_t *count)
{
    struct rm *rm = context;
    const struct rm_vm message = {vm->vmid};
    uint8_t request[GUNYAH_RM_VM_SIZE];
    uint8_t head[GUNYAH_RM_LIST32_SIZE];
    const size_t room = capacity < GUNYAH_RM_MAX_PAYLOAD ? capacity : GUNYAH_RM_MAX_PAYLOAD;
    const struct rm_piece from = {.from = request, .size = rm_put_vm(request, &message)};
    const struct rm_piece to[2] = {
        {.to = head, .size = sizeof(head)},
        {.to = resources, .size = room * GUNYAH_RM_VM_RESOURCE_SIZE},
    };
    const struct rm_exchange exchange = {vm->caller, GUNYAH_RM_VM_GET_HYP_RESOURCES, &from, 1, to, 2};
    struct rm_list32 list = {0};
    size_t size;

    const enum gunyah_error error = gunyah_internal_rm_ask(rm, &exchange, sizeof(head), &size);
    if (error != GUNYAH_OK)
        return error;
    rm_get_list32(head, sizeof(head), &list);
    if (list.count > (size - sizeof(head)) / GUNYAH_RM_VM_RESOURCE_SIZE)
        return gunyah_internal_refuse(rm->g, vm->caller, GUNYAH_ERR_PROTOCOL);
    *count = list.count;
    for (size_t i = list.count < room ? list.count : room; i > 0; i--)
        read_entry((const uint8_t *)resources + (i - 1) * GUNYAH_RM_VM_RESOURCE_SIZE, &resources[i - 1]);
    return GUNYAH_OK;
}
