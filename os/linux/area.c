// SPDX-License-Identifier: BSD-3-Clause
// Contiguous areas of the kernel: each is a node of its own, of whose memory one file lives at a time.
#include "linux_vm.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static enum gunyah_error open_memory(const struct linux_vm *vm, struct linux_region *region)
{
    const int area = open(region->memory.area, O_RDWR | O_CLOEXEC);

    if (area < 0)
        return gunyah_internal_linux_failed(vm->record, LINUX_OPEN_AREA, -errno);
    region->fd = gunyah_internal_linux_ioctl(area, LINUX_CREATE_CMA_MEM, 0);
    close(area);
    return region->fd >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(vm->record, LINUX_CREATE_CMA_MEM, region->fd);
}

// The kernel would not say what is wrong.
static enum gunyah_error check_size(const struct linux_vm *vm, const struct linux_region *region)
{
    struct stat info;

    if (fstat(region->fd, &info) == 0 && region->memory.length <= (uint64_t)info.st_size)
        return GUNYAH_OK;
    return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_ARGUMENT_SIZE,
                                        "the contiguous area is smaller than that",
                                        "Its size is in the machine's device tree, and fixed: ask for less.");
}

// The pages are there from the one mapping on that there may be.
static enum gunyah_error map(const struct linux_vm *vm, struct linux_region *region)
{
    void *memory = mmap(NULL, region->memory.length, PROT_READ | PROT_WRITE, MAP_SHARED, region->fd, 0);

    if (memory == MAP_FAILED)
        return gunyah_internal_linux_failed(vm->record, LINUX_MMAP_AREA, -errno);
    region->memory.memory = memory;
    region->is_ours = true;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_linux_take_area(struct linux_vm *vm, struct linux_region *region)
{
    enum gunyah_error error = open_memory(vm, region);

    if (error == GUNYAH_OK)
        error = check_size(vm, region);
    return error == GUNYAH_OK ? map(vm, region) : error;
}
