// SPDX-License-Identifier: BSD-3-Clause
// Devices that VMs reach by loads and stores: virtio devices by what is mapped read-only, clocks where nothing is mapped.
#include "device.h"

#include "addrspace.h"
#include "virtio.h"
#include "vrtc.h"

/** Where something is mapped that is not to be written: a virtio device, by its page. It reads that page as memory. */
static enum device_answer access_physical(struct gunyah_model *model, uint64_t address,
                                          const struct device_access *access)
{
    const struct range *range = gunyah_model_ranges_find(model, model->memory, address);
    if (!access->is_store || range == NULL || range->first > address || range->tag == model->root_partition)
        return DEVICE_NONE;
    const struct memextent *extent = model_at(model, range->tag);
    if (extent->device == 0)
        return DEVICE_NONE;
    const uint32_t offset = (uint32_t)(address - extent->base);
    struct virtio_mmio *device = model_at(model, extent->device);
    return gunyah_model_virtio_write(model, device, offset, access->size, access->value) ? DEVICE_DONE : DEVICE_FAULTS;
}

/** Registers of an interrupt controller, which answers for itself. */
static bool is_attached(struct gunyah_model *model, const struct addrspace *addrspace,
                        const struct device_access *access)
{
    const struct range *range = gunyah_model_ranges_find(model, addrspace->vdevices, access->address);
    return range != NULL && range->first <= access->address + (access->size - 1);
}

enum device_answer gunyah_model_device_access(struct gunyah_model *model, const struct addrspace *addrspace,
                                              struct device_access *access)
{
    struct gunyah_model_translation found;
    if (gunyah_model_addrspace_translate(model, addrspace, access->address, &found))
        return access_physical(model, found.address, access);
    if (addrspace->vrtc == 0 || is_attached(model, addrspace, access))
        return DEVICE_NONE;
    return gunyah_model_vrtc_access(model, model_at(model, addrspace->vrtc), access);
}

/** The address space of a VM: all of its vCPUs have one. */
static const struct addrspace *addrspace_of(struct gunyah_model *model, uint32_t vm)
{
    const struct vm *machine = model_at(model, model->vms[vm]);
    const struct thread *thread = model_at(model, machine->thread[0]);
    return model_at(model, thread->addrspace);
}

enum gunyah_model_store gunyah_model_store(struct gunyah_model *model, uint32_t vm, uint64_t address, uint32_t size,
                                           uint64_t value)
{
    struct device_access access = {.address = address, .value = value, .size = size, .is_store = true};
    const enum device_answer answer = gunyah_model_device_access(model, addrspace_of(model, vm), &access);
    if (model->crashed)
        return GUNYAH_MODEL_STORE_CRASHED;
    return answer == DEVICE_DONE ? GUNYAH_MODEL_STORE_DONE : GUNYAH_MODEL_STORE_FAULT;
}

bool gunyah_model_load_register(struct gunyah_model *model, uint32_t vm, uint64_t address, uint32_t size,
                                uint64_t *value)
{
    struct device_access access = {.address = address, .size = size};
    if (gunyah_model_device_access(model, addrspace_of(model, vm), &access) != DEVICE_DONE)
        return false;
    *value = access.value;
    return true;
}
