// SPDX-License-Identifier: BSD-3-Clause
// Doorbells: eventfds that the driver turns into interrupts of a VM, and writes of a VM that it turns into eventfds.
#include "linux_vm.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

int gunyah_internal_linux_add_function(const struct linux_vm *vm, enum linux_call call, uint32_t type,
                                       const void *argument, size_t size)
{
    const struct kernel_function function = {.type = type, .size = (uint32_t)size, .argument = (uintptr_t)argument};

    return gunyah_internal_linux_ioctl(vm->fd, call, (uintptr_t)&function);
}

static enum gunyah_error give(const struct linux_bell *bell)
{
    const struct linux_vm *vm = bell->vm;
    enum linux_call call = LINUX_ADD_IRQFD;
    int result;

    if (bell->is_irq) {
        const struct kernel_irqfd irqfd = gunyah_internal_linux_irqfd(bell->label, bell->level, bell->fd);
        result = gunyah_internal_linux_add_function(vm, call, KERNEL_FUNCTION_IRQFD, &irqfd, sizeof(irqfd));
    } else {
        const struct kernel_ioeventfd ioeventfd = gunyah_internal_linux_ioeventfd(&bell->notify, bell->fd);
        call = LINUX_ADD_IOEVENTFD;
        result = gunyah_internal_linux_add_function(vm, call, KERNEL_FUNCTION_IOEVENTFD, &ioeventfd, sizeof(ioeventfd));
    }
    return result >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(vm->record, call, result);
}

enum gunyah_error gunyah_internal_linux_give_bells(struct linux_vm *vm, bool irqs)
{
    for (size_t i = 0; i < LINUX_MAX_BELLS; i++) {
        const struct linux_bell *bell = vm->node->bells[i];
        if (bell == NULL || bell->vm != vm || bell->is_irq != irqs)
            continue;
        const enum gunyah_error error = give(bell);
        if (error != GUNYAH_OK)
            return error;
    }
    return GUNYAH_OK;
}

// ---- making them -------------------------------------------------------------------------------------------------

static void unmake(struct gunyah_linux *node, size_t place)
{
    struct linux_bell *bell = node->bells[place];

    node->bells[place] = NULL;
    close(bell->fd);
    gunyah_internal_linux_release(node, bell, sizeof(*bell));
}

// A place with a bell like this one, and an eventfd; or LINUX_MAX_BELLS, and the error.
static size_t make(struct linux_vm *vm, const struct linux_bell *wanted, enum gunyah_error *error)
{
    struct gunyah_linux *node = vm->node;
    size_t place = 0;

    while (place < LINUX_MAX_BELLS && node->bells[place] != NULL)
        place++;
    if (place == LINUX_MAX_BELLS) {
        *error = gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_NO_RESOURCES,
                                              "a node has 256 doorbells, and all are taken",
                                              "Open another node for other VMs.");
        return place;
    }
    struct linux_bell *bell = gunyah_internal_linux_allocate(node, sizeof(*bell));
    if (bell == NULL) {
        *error = gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory",
                                              "Give the node an allocator with more memory.");
        return LINUX_MAX_BELLS;
    }
    *bell = *wanted;
    bell->vm = vm;
    bell->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (bell->fd < 0) {
        *error = gunyah_internal_linux_failed(vm->record, LINUX_EVENTFD, -errno);
        gunyah_internal_linux_release(node, bell, sizeof(*bell));
        return LINUX_MAX_BELLS;
    }
    node->bells[place] = bell;
    *error = GUNYAH_OK;
    return place;
}

static bool has_irq(const struct linux_vm *vm, uint32_t label)
{
    for (size_t i = 0; i < LINUX_MAX_BELLS; i++) {
        const struct linux_bell *bell = vm->node->bells[i];
        if (bell != NULL && bell->vm == vm && bell->is_irq && bell->label == label)
            return true;
    }
    return false;
}

// The driver is told when the VM has started, and not before: if it never did, some drivers would not survive it.
enum gunyah_error gunyah_internal_linux_add_irq(void *context, struct gunyah_vmm_vm *record, uint32_t label, bool level,
                                                gunyah_capid_t *cap)
{
    struct linux_vm *vm = record->own;
    const struct linux_bell wanted = {.is_irq = true, .label = label, .level = level};
    enum gunyah_error error;

    (void)context;
    // The memory is the caller's, who may have changed it since.
    if (!gunyah_internal_linux_is_tree(vm->tree, vm->tree_size) ||
        !gunyah_internal_linux_tree_has_doorbell(vm->tree, label))
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_NOT_FOUND,
                                            "the VM's device tree has no doorbell of this label",
                                            "Add a vdevice of the type \"doorbell\" to gunyah-vm-config.");
    if (has_irq(vm, label))
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_IN_USE, "the VM has this interrupt already",
                                            "Give each doorbell a label of its own.");
    const size_t place = make(vm, &wanted, &error);
    if (place != LINUX_MAX_BELLS)
        *cap = gunyah_capid(place);
    return error;
}

enum gunyah_error gunyah_internal_linux_add_notify(void *context, struct gunyah_vmm_vm *record,
                                                   const struct gunyah_vm_notify *notify, gunyah_capid_t *cap,
                                                   gunyah_virq_t *virq)
{
    struct linux_vm *vm = record->own;
    const struct linux_bell wanted = {.notify = *notify};
    enum gunyah_error error;

    (void)context;
    const size_t place = make(vm, &wanted, &error);
    if (place == LINUX_MAX_BELLS)
        return error;
    error = give(vm->node->bells[place]);
    if (error != GUNYAH_OK) {
        unmake(vm->node, place);
        return error;
    }
    *cap = gunyah_capid(place);
    virq->value = GUNYAH_VIRQ_SPI_FIRST + (uint32_t)place;
    return GUNYAH_OK;
}

void gunyah_internal_linux_free_bells(struct linux_vm *vm)
{
    for (size_t i = 0; i < LINUX_MAX_BELLS; i++) {
        if (vm->node->bells[i] != NULL && vm->node->bells[i]->vm == vm)
            unmake(vm->node, i);
    }
}

enum gunyah_error gunyah_internal_linux_resources(void *context, struct gunyah_vmm_vm *record,
                                                  struct gunyah_vm_resource *resources, size_t capacity, size_t *count)
{
    const struct gunyah_linux *node = context;

    *count = 0;
    for (size_t i = 0; i < LINUX_MAX_BELLS; i++) {
        const struct linux_bell *bell = node->bells[i];
        if (bell == NULL || bell->vm != record->own || !bell->is_irq)
            continue;
        if (*count < capacity)
            resources[*count] = (struct gunyah_vm_resource){.type = GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND,
                                                            .partner = record->vmid,
                                                            .label = bell->label,
                                                            .cap = gunyah_capid(i)};
        ++*count;
    }
    return GUNYAH_OK;
}
