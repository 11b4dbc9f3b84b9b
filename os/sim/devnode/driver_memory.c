// SPDX-License-Identifier: BSD-3-Clause
// Memory of a VM that the VMM names by address.
#include "emu_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

// As the VMM says it.
struct user_region {
    uint32_t label;
    uint32_t flags;
    uint64_t address;
    uint64_t size;
    uint64_t user;
};

#define MAX_REGION_SIZE (UINT64_C(2) << 30) // A list of more pages cannot be allocated.

static int check_shape(const struct emu *emu, const struct user_region *wanted)
{
    if ((wanted->flags & ~(uint32_t)EMU_ALLOW_ALL) != 0)
        return -EINVAL;
    if (wanted->size == 0 || (wanted->size | wanted->address | wanted->user) % EMU_PAGE != 0)
        return -EINVAL;
    if (has(emu, EMU_CHECKS_WRAP) &&
        (wanted->address + wanted->size < wanted->address || wanted->user + wanted->size < wanted->user))
        return -EOVERFLOW;
    // Its last page would be before its first.
    if (has(emu, EMU_LATE_PINNING) && wanted->address + (wanted->size - 1) < wanted->address)
        return -EINVAL;
    return 0;
}

static int check_others(const struct emu *emu, const struct emu_vm *vm, const struct emu_region *wanted)
{
    for (const struct emu_region *region = vm->regions; region != NULL; region = region->next) {
        if (wanted->memory == NULL && region->label == wanted->label && !has(emu, EMU_LATE_PINNING))
            return -EEXIST;
        if (region->address < wanted->address + wanted->size && wanted->address < region->address + region->size)
            return -EEXIST;
    }
    return 0;
}

// All that this process has pinned, in all its VMs.
static uint64_t pinned(const struct emu *emu, pid_t process)
{
    uint64_t sum = 0;

    for (const struct emu_vm *vm = emu->vms; vm != NULL; vm = vm->next) {
        for (const struct emu_region *region = vm->regions; region != NULL; region = region->next) {
            if (region->memory == NULL && region->process == process)
                sum += region->size;
        }
    }
    return sum;
}

static int check_pages(const struct emu *emu, const struct emu_request *request, const struct user_region *wanted)
{
    if (has(emu, EMU_LATE_PINNING))
        return 0;
    if (wanted->size > MAX_REGION_SIZE ||
        !gunyah_internal_emu_may_lock(request->process, pinned(emu, request->process) + wanted->size))
        return -ENOMEM;
    if (!gunyah_internal_emu_is_mapped(request->process, wanted->user, wanted->size,
                                       (wanted->flags & EMU_ALLOW_WRITE) != 0))
        return -EFAULT;
    return 0;
}

int64_t gunyah_internal_emu_add_region(const struct emu *emu, const struct emu_request *request,
                                       const struct emu_region *wanted)
{
    struct emu_vm *vm = request->file->object;
    const int error = check_others(emu, vm, wanted);
    struct emu_region *region;

    if (error != 0)
        return error;
    region = calloc(1, sizeof(*region));
    if (region == NULL)
        return -ENOMEM;
    *region = *wanted;
    region->next = vm->regions;
    vm->regions = region;
    if (region->memory != NULL)
        region->memory->references++;
    gunyah_internal_emu_trace(emu, "vm %u: memory %u, 0x%llx bytes at 0x%llx, %s", vm->serial, region->label,
                              (unsigned long long)region->size, (unsigned long long)region->address,
                              region->lent ? "lent" : "shared");
    return 0;
}

static int64_t add_memory(const struct emu *emu, const struct emu_request *request, bool lent)
{
    const struct emu_vm *vm = request->file->object;
    struct user_region wanted = {0};
    struct emu_region region;
    int error;

    if (!has(emu, EMU_ANY_PROCESS) && request->process != vm->process)
        return -EPERM;
    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    region = (struct emu_region){
        .label = wanted.label,
        .rights = wanted.flags,
        .lent = lent,
        .address = wanted.address,
        .size = wanted.size,
        .process = request->process,
        .user = wanted.user,
    };
    error = check_shape(emu, &wanted);
    if (error == 0)
        error = check_others(emu, vm, &region);
    if (error == 0)
        error = check_pages(emu, request, &wanted);
    return error == 0 ? gunyah_internal_emu_add_region(emu, request, &region) : error;
}

int64_t gunyah_internal_emu_share_memory(struct emu *emu, struct emu_request *request)
{
    return add_memory(emu, request, false);
}

int64_t gunyah_internal_emu_lend_memory(struct emu *emu, struct emu_request *request)
{
    return add_memory(emu, request, true);
}

// The VM has these pages again as soon as it touches them, from where the VMM has them then. Here they are never anywhere else.
int64_t gunyah_internal_emu_reclaim_memory(struct emu *emu, struct emu_request *request)
{
    const struct emu_vm *vm = request->file->object;
    struct emu_range wanted = {0};

    if (request->process != vm->process)
        return -EPERM;
    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if ((wanted.address | wanted.size) % EMU_PAGE != 0)
        return -EINVAL;
    gunyah_internal_emu_trace(emu, "vm %u: reclaimed 0x%llx bytes at 0x%llx", vm->serial,
                              (unsigned long long)wanted.size, (unsigned long long)wanted.address);
    return 0;
}

void gunyah_internal_emu_free_region(struct emu_region *region)
{
    if (region->memory != NULL)
        gunyah_internal_emu_release_memory(region->memory);
    if (region->hlos != NULL)
        munmap(region->hlos, region->size);
    free(region);
}
