// SPDX-License-Identifier: BSD-3-Clause
// A contiguous area of the kernel: a device of its own, whose memory a VM is given by file.
#include "emu_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct area_arguments {
    uint32_t label;
    uint32_t padding;
    uint64_t address;
    uint32_t flags;
    uint32_t fd;
    uint64_t offset;
    uint64_t size;
};

#define FORCE_LEND UINT32_C(0x10)

_Static_assert(sizeof(struct area_arguments) == 40, "the structure is the kernel's");

bool gunyah_internal_emu_is_area(const struct emu *emu, const struct emu_memory *memory)
{
    return memory != NULL && memory == emu->area;
}

// One file at a time, and its memory counts as long as a VM has it, or somebody maps it.
int64_t gunyah_internal_emu_create_area_memory(struct emu *emu, struct emu_request *request)
{
    struct emu_memory *memory;

    if (emu->area != NULL)
        return -EBUSY;
    memory = calloc(1, sizeof(*memory));
    if (memory == NULL)
        return -ENOMEM;
    memory->size = emu->options->cma_size;
    memory->place = &emu->area;
    emu->area = memory;
    return gunyah_internal_emu_give_memory(emu, request, "gunyah-cma", memory, true);
}

static int check_area(const struct emu *emu, const struct emu_request *request, const struct area_arguments *wanted,
                      const struct emu_file *file)
{
    const struct emu_memory *memory;

    if (wanted->size == 0 || (wanted->size | wanted->address) % EMU_PAGE != 0)
        return -EINVAL;
    if (file == NULL && !gunyah_internal_emu_has_fd(request->thread, (int)wanted->fd))
        return -EBADF;
    if (file == NULL || file->kind != EMU_MEMORY || !gunyah_internal_emu_is_area(emu, file->object))
        return -EINVAL;
    memory = file->object;
    if (wanted->offset > memory->size || wanted->size > memory->size - wanted->offset)
        return -EOVERFLOW;
    // Its last page would be before its first.
    return wanted->address + (wanted->size - 1) < wanted->address ? -EINVAL : 0;
}

int64_t gunyah_internal_emu_map_area(struct emu *emu, struct emu_request *request)
{
    const struct emu_vm *vm = request->file->object;
    struct area_arguments wanted = {0};
    const struct emu_file *file;
    int error;

    if (request->process != vm->process)
        return -EPERM;
    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    file = gunyah_internal_emu_find_file(emu, request->thread, (int)wanted.fd);
    error = check_area(emu, request, &wanted, file);
    if (error != 0)
        return error;
    return gunyah_internal_emu_add_region(emu, request,
                                          &(struct emu_region){
                                              .label = wanted.label,
                                              .rights = wanted.flags & EMU_ALLOW_ALL,
                                              .lent = (wanted.flags & FORCE_LEND) != 0,
                                              .address = wanted.address,
                                              .size = wanted.size,
                                              .memory = file->object,
                                              .offset = wanted.offset - wanted.offset % EMU_PAGE,
                                          });
}

static bool is_given(const struct emu *emu)
{
    for (const struct emu_vm *vm = emu->vms; vm != NULL; vm = vm->next) {
        for (const struct emu_region *region = vm->regions; region != NULL; region = region->next) {
            if (gunyah_internal_emu_is_area(emu, region->memory) && region->hlos != NULL)
                return true;
        }
    }
    return false;
}

int gunyah_internal_emu_check_area_read(const struct emu *emu)
{
    if (emu->area->mapped == 0)
        return -EINVAL;
    return is_given(emu) ? -EACCES : 0;
}

// The pages are allocated by the one mapping that there may be.
int gunyah_internal_emu_check_area_mapping(struct emu *emu, uint64_t size)
{
    if (emu->area->mapped != 0 || size > emu->area->size)
        return -EINVAL;
    emu->area->mapped = size + -size % EMU_PAGE;
    return 0;
}
