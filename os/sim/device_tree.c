// SPDX-License-Identifier: BSD-3-Clause
// Device trees of VMs: how the Resource Manager comes to them, and how a VM does. A build without libfdt has none.

#include "sim_internal.h"

#if GUNYAH_HAS_DEVICE_TREE

#include <model_tree.h>

#define PRIMARY_SIZE GUNYAH_MODEL_TREE_PRIMARY_SIZE

bool gunyah_internal_sim_add_trees(struct gunyah_sim *sim, struct gunyah_model_rm_trees *trees)
{
    if (sim->tree == NULL)
        sim->tree = sim->allocator.allocate(sim->allocator.context, sizeof(*sim->tree));
    if (sim->tree == NULL)
        return false;
    *trees = gunyah_model_tree_hooks(sim->tree);
    return true;
}

void gunyah_internal_sim_drop_trees(struct gunyah_sim *sim)
{
    if (sim->tree != NULL)
        sim->allocator.release(sim->allocator.context, sim->tree, sizeof(*sim->tree));
}

void gunyah_internal_sim_drop_tree(struct gunyah_sim_vm *vm)
{
    const struct gunyah_allocator *allocator = &vm->sim->allocator;

    if (vm->tree != NULL)
        allocator->release(allocator->context, vm->tree, PRIMARY_SIZE);
}

// A VM that was not made by the Resource Manager: its tree would be the board's, with what the Resource Manager adds.
static enum gunyah_error find_primary(struct gunyah_sim_vm *vm, const void **dtb, size_t *size)
{
    struct gunyah_sim *sim = vm->sim;
    struct gunyah_model_rm_channel channel;

    if (!gunyah_model_rm_channel_of(sim->model, vm->parts.vm, &channel))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_NOT_FOUND,
                                        "the VM has no channel to a Resource Manager: call gunyah_sim_get_rm_queue()");
    if (vm->tree == NULL)
        vm->tree = sim->allocator.allocate(sim->allocator.context, PRIMARY_SIZE);
    if (vm->tree == NULL || !gunyah_model_tree_primary(vm->tree, PRIMARY_SIZE, vm->vmid.value, &channel))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for a device tree");
    *dtb = vm->tree;
    *size = PRIMARY_SIZE;
    return GUNYAH_OK;
}

static enum gunyah_error find_made(struct gunyah_sim_vm *vm, const void **dtb, size_t *size)
{
    struct gunyah_sim *sim = vm->sim;
    uint64_t address;
    uint64_t length;
    uint64_t phys;

    if (!gunyah_model_rm_find_tree(sim->model, vm->parts.vm, &address, &length))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_NOT_FOUND,
                                        "the VM does not run, or gunyah_sim_configure_vm() configured it");
    if (!gunyah_model_rm_find_memory(sim->model, vm->parts.vm, address, length, &phys))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ADDR_INVALID, "the device tree does not lie in one piece");
    *dtb = (const void *)(uintptr_t)phys;
    *size = (size_t)length;
    return GUNYAH_OK;
}

static enum gunyah_error find_tree(struct gunyah_sim_vm *vm, const void **dtb, size_t *size)
{
    return vm->made ? find_made(vm, dtb, size) : find_primary(vm, dtb, size);
}

#else

bool gunyah_internal_sim_add_trees(struct gunyah_sim *sim, struct gunyah_model_rm_trees *trees)
{
    (void)sim;
    (void)trees;
    return true;
}

void gunyah_internal_sim_drop_trees(struct gunyah_sim *sim)
{
    (void)sim;
}

void gunyah_internal_sim_drop_tree(struct gunyah_sim_vm *vm)
{
    (void)vm;
}

static enum gunyah_error find_tree(struct gunyah_sim_vm *vm, const void **dtb, size_t *size)
{
    (void)dtb;
    (void)size;
    return gunyah_internal_sim_fail(vm->sim, GUNYAH_ERR_UNSUPPORTED, "the library was built without libfdt");
}

#endif

enum gunyah_error gunyah_sim_find_device_tree(struct gunyah_sim_vm *vm, const void **dtb, size_t *size)
{
    enum gunyah_error error;

    if (dtb == NULL || size == NULL)
        return GUNYAH_ERR_NULL;
    *dtb = NULL;
    *size = 0;
    if (vm == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&vm->sim->lock);
    error = find_tree(vm, dtb, size);
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}
