// SPDX-License-Identifier: BSD-3-Clause
// The memory of a VM: that of the VMM's process, or of a file.
#include "emu_internal.h"

#include <unistd.h>

struct emu_region *gunyah_internal_emu_find_region(struct emu_vm *vm, struct emu_range range)
{
    for (struct emu_region *region = vm->regions; region != NULL; region = region->next) {
        if (region->address < range.address + range.size && range.address < region->address + region->size)
            return region;
    }
    return NULL;
}

bool gunyah_internal_emu_is_within(const struct emu_region *region, const struct emu_range *range)
{
    const uint64_t offset = range->address - region->address;

    return offset < region->size && range->size <= region->size - offset;
}

bool gunyah_internal_emu_read_region(const struct emu_region *region, uint64_t offset, void *data, size_t size)
{
    if (region->memory != NULL)
        return pread(region->memory->fd, data, size, (off_t)(region->offset + offset)) == (ssize_t)size;
    return gunyah_internal_emu_read(region->process, data, region->user + offset, size);
}

bool gunyah_internal_emu_write_region(const struct emu_region *region, uint64_t offset, const void *data, size_t size)
{
    if (region->memory != NULL)
        return pwrite(region->memory->fd, data, size, (off_t)(region->offset + offset)) == (ssize_t)size;
    return gunyah_internal_emu_write(region->process, region->user + offset, data, size);
}
