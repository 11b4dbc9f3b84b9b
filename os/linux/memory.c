// SPDX-License-Identifier: BSD-3-Clause
// Memory for VMs, whichever way the driver takes it: by address, shared or lent; or as memory of its own.
#include "linux_vm.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

// The image's memory has to be lent where anybody looks, so that all is lent that can be.
static enum gunyah_vm_memory_kind kind_for(const struct gunyah_linux *node, enum gunyah_vm_memory_kind wanted)
{
    if (wanted != GUNYAH_VM_MEMORY_DEFAULT || has_any(node, GUNYAH_LINUX_GUEST_MEMORY))
        return wanted;
    return has_any(node, GUNYAH_LINUX_LEND) ? GUNYAH_VM_MEMORY_LEND : GUNYAH_VM_MEMORY_SHARE;
}

static enum gunyah_error check_kind(struct linux_vm *vm, const struct gunyah_vm_memory *memory)
{
    const bool is_shared = memory->kind == GUNYAH_VM_MEMORY_SHARE;

    if (memory->area != NULL)
        return has_any(vm->node, GUNYAH_LINUX_CMA)
                   ? GUNYAH_OK
                   : gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                                  "this driver gives VMs no memory of contiguous areas",
                                                  "Take any memory, or a kernel with MAP_CMA_MEM: those of Android 16 "
                                                  "have it.");
    if (has_any(vm->node, GUNYAH_LINUX_GUEST_MEMORY) && memory->memory != NULL)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver takes no memory of the process",
                                            "Leave the pointer null: the driver makes the memory.");
    if (!has_any(vm->node, GUNYAH_LINUX_GUEST_MEMORY | (is_shared ? GUNYAH_LINUX_SHARE : GUNYAH_LINUX_LEND)))
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver cannot give memory in this way",
                                            "Use GUNYAH_VM_MEMORY_DEFAULT, or another kind.");
    return GUNYAH_OK;
}

static bool overlap(const struct gunyah_vm_memory *a, const struct gunyah_vm_memory *b)
{
    return a->address <= b->address + (b->length - 1) && b->address <= a->address + (a->length - 1);
}

static bool has_range(const struct gunyah_vm_memory *memory, const struct gunyah_memory_region *range)
{
    const uint64_t offset = range->address - memory->address;

    return offset < memory->length && range->size <= memory->length - offset;
}

static enum gunyah_error check_free(struct linux_vm *vm, const struct gunyah_vm_memory *memory)
{
    for (const struct linux_region *region = vm->regions; region != NULL; region = region->next) {
        if (region->memory.label == memory->label)
            return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_IN_USE,
                                                "another piece of the VM's memory has this label",
                                                "Give each piece a label of its own.");
        if (overlap(&region->memory, memory))
            return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_IN_USE,
                                                "the VM has another piece of memory there",
                                                "Look at the addresses and lengths of both.");
    }
    return GUNYAH_OK;
}

// ---- making it ---------------------------------------------------------------------------------------------------

static enum gunyah_error make_driver_memory(struct linux_vm *vm, struct linux_region *region)
{
    const struct kernel_guest_memory wanted = {.flags = KERNEL_GUEST_MEMORY_CLOEXEC, .size = region->memory.length};
    const int fd = gunyah_internal_linux_ioctl(vm->node->fd, LINUX_CREATE_GUEST_MEM, (uintptr_t)&wanted);

    if (fd < 0)
        return gunyah_internal_linux_failed(vm->record, LINUX_CREATE_GUEST_MEM, fd);
    region->fd = fd;
    return GUNYAH_OK;
}

static enum gunyah_error map(struct linux_vm *vm, struct linux_region *region)
{
    const int flags = region->fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
    void *memory = mmap(NULL, region->memory.length, PROT_READ | PROT_WRITE, flags, region->fd, 0);

    if (memory == MAP_FAILED)
        return gunyah_internal_linux_failed(vm->record, LINUX_MMAP, -errno);
    region->memory.memory = memory;
    region->is_ours = true;
    return GUNYAH_OK;
}

static enum gunyah_error make(struct linux_vm *vm, struct linux_region *region)
{
    enum gunyah_error error = GUNYAH_OK;

    if (region->is_area)
        error = gunyah_internal_linux_take_area(vm, region);
    else if (has_any(vm->node, GUNYAH_LINUX_GUEST_MEMORY))
        error = make_driver_memory(vm, region);
    if (error == GUNYAH_OK && region->memory.memory == NULL)
        error = map(vm, region);
    return error == GUNYAH_OK ? gunyah_internal_linux_give(vm, region) : error;
}

static void unmake(struct linux_vm *vm, struct linux_region *region)
{
    if (region->is_ours)
        munmap(region->memory.memory, region->memory.length);
    if (region->fd >= 0)
        close(region->fd);
    gunyah_internal_linux_release(vm->node, region, sizeof(*region));
}

enum gunyah_error gunyah_internal_linux_give(struct linux_vm *vm, struct linux_region *region)
{
    const struct kernel_map mapping = gunyah_internal_linux_map(&region->memory, region->fd);
    const struct kernel_area_map area = gunyah_internal_linux_area_map(&region->memory, region->fd);
    const struct kernel_region memory = gunyah_internal_linux_region(&region->memory);
    const bool lends = region->memory.kind == GUNYAH_VM_MEMORY_LEND;
    enum linux_call call = lends ? LINUX_LEND_USER_MEM : LINUX_SET_USER_MEM_REGION;
    uintptr_t argument = (uintptr_t)&memory;

    if (region->is_area) {
        call = LINUX_MAP_CMA_MEM;
        argument = (uintptr_t)&area;
    } else if (region->fd >= 0) {
        call = LINUX_MAP_MEM;
        argument = (uintptr_t)&mapping;
    }
    const int result = gunyah_internal_linux_ioctl(vm->fd, call, argument);
    return result >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(vm->record, call, result);
}

enum gunyah_error gunyah_internal_linux_add_memory(void *context, struct gunyah_vmm_vm *record,
                                                   struct gunyah_vm_memory *memory, uint32_t *handle)
{
    struct linux_vm *vm = record->own;

    (void)context;
    memory->kind = kind_for(vm->node, memory->kind);
    enum gunyah_error error = check_kind(vm, memory);
    if (error == GUNYAH_OK)
        error = check_free(vm, memory);
    if (error != GUNYAH_OK)
        return error;
    struct linux_region *region = gunyah_internal_linux_allocate(vm->node, sizeof(*region));
    if (region == NULL)
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory",
                                            "Give the node an allocator with more memory.");
    *region = (struct linux_region){.next = vm->regions, .memory = *memory, .is_area = memory->area != NULL, .fd = -1};
    error = make(vm, region);
    if (error != GUNYAH_OK) {
        unmake(vm, region);
        return error;
    }
    vm->regions = region;
    region->memory.area = NULL; // The caller's text.
    memory->memory = region->memory.memory;
    *handle = memory->label;
    return GUNYAH_OK;
}

// ---- taking it back ----------------------------------------------------------------------------------------------

// The driver takes any range, and one that is empty for everything.
enum gunyah_error gunyah_internal_linux_reclaim_memory(void *context, struct gunyah_vmm_vm *record,
                                                       struct gunyah_memory_region range)
{
    const struct kernel_range wanted = {range.address, range.size};
    const struct linux_vm *vm = record->own;
    const struct linux_region *region = vm->regions;

    (void)context;
    if (!has_any(vm->node, GUNYAH_LINUX_RECLAIM))
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver takes no memory from a VM that runs",
                                            "Destroy or reset the VM, or use a kernel with RECLAIM_REGION: those of "
                                            "Android 16 have it.");
    while (region != NULL && !has_range(&region->memory, &range))
        region = region->next;
    if (region == NULL)
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_ADDR_INVALID, "the VM has no such memory",
                                            "Name a range within one piece that gunyah_vm_add_memory() gave.");
    if (region->is_area)
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED,
                                            "the driver takes no page of a contiguous area from a VM that runs",
                                            "Use other memory for what the guest may do without.");
    const int result = gunyah_internal_linux_ioctl(vm->fd, LINUX_RECLAIM_REGION, (uintptr_t)&wanted);
    return result >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(record, LINUX_RECLAIM_REGION, result);
}

void gunyah_internal_linux_free_regions(struct linux_vm *vm)
{
    while (vm->regions != NULL) {
        struct linux_region *region = vm->regions;
        vm->regions = region->next;
        unmake(vm, region);
    }
}

struct linux_region *gunyah_internal_linux_find_region(const struct linux_vm *vm, uint32_t label)
{
    struct linux_region *region = vm->regions;

    while (region != NULL && region->memory.label != label)
        region = region->next;
    return region;
}
