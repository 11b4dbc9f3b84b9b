// SPDX-License-Identifier: BSD-3-Clause
// Memory of a VM that the VMM names by a file.
#include "emu_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define CREATE_CLOEXEC 0x1
#define CREATE_HUGE_PAGES 0x2

struct create_arguments {
    uint64_t flags;
    uint64_t size;
    uint64_t reserved[6];
};

struct map_arguments {
    uint64_t address;
    uint32_t flags;
    uint32_t fd;
    uint64_t offset;
    uint64_t size;
};

enum map_flag {
    FORCE_LEND = 0x1,
    FORCE_SHARE = 0x2,
    ACCESS_MASK = 0x7,
    RIGHTS_SHIFT = 4,
    RIGHTS = 0x70,
    UNMAP = 0x100
};

void gunyah_internal_emu_release_memory(struct emu_memory *memory)
{
    if (--memory->references != 0)
        return;
    if (memory->place != NULL)
        *memory->place = NULL;
    if (memory->fd >= 0)
        close(memory->fd);
    free(memory);
}

// The program gets a file of it, which it is released with if that cannot be.
int64_t gunyah_internal_emu_give_memory(struct emu *emu, const struct emu_request *request, const char *name,
                                        struct emu_memory *memory, bool cloexec)
{
    struct emu_file *file;
    const int fd = gunyah_internal_emu_make_file(emu, name, memory->size, O_RDWR, &file);

    memory->references = 1;
    memory->fd = fd >= 0 ? fcntl(file->memory, F_DUPFD_CLOEXEC, 0) : -1;
    if (fd >= 0 && gunyah_internal_emu_give_file(emu, request, fd, cloexec ? O_CLOEXEC : 0)) {
        file->kind = EMU_MEMORY;
        file->object = memory;
        gunyah_internal_emu_trace(emu, "%s of 0x%llx bytes", name, (unsigned long long)memory->size);
        return EMU_ANSWERED;
    }
    gunyah_internal_emu_release_memory(memory);
    return fd >= 0 ? EMU_ANSWERED : fd;
}

int64_t gunyah_internal_emu_create_memory(struct emu *emu, struct emu_request *request)
{
    struct create_arguments wanted = {0};
    struct emu_memory *memory;

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if ((wanted.flags & ~(uint64_t)(CREATE_CLOEXEC | CREATE_HUGE_PAGES)) != 0 || wanted.size % EMU_PAGE != 0)
        return -EINVAL;
    memory = calloc(1, sizeof(*memory));
    if (memory == NULL)
        return -ENOMEM;
    memory->size = wanted.size;
    return gunyah_internal_emu_give_memory(emu, request, "gunyah-guest", memory, (wanted.flags & CREATE_CLOEXEC) != 0);
}

static int check_map(const struct map_arguments *wanted)
{
    const uint32_t access = wanted->flags & ACCESS_MASK;

    if ((wanted->flags & ~(uint32_t)(ACCESS_MASK | RIGHTS | UNMAP)) != 0 || access > FORCE_SHARE)
        return -EINVAL;
    if ((wanted->flags & RIGHTS) == 0 || (wanted->address | wanted->offset | wanted->size) % EMU_PAGE != 0)
        return -EINVAL;
    // Its last page would be before its first.
    return wanted->size == 0 || wanted->address + (wanted->size - 1) < wanted->address ? -EINVAL : 0;
}

static int64_t unmap(const struct emu_request *request, const struct map_arguments *wanted,
                     const struct emu_memory *memory)
{
    struct emu_vm *vm = request->file->object;
    struct emu_region **link = &vm->regions;
    struct emu_region *region;
    const uint32_t rights = (wanted->flags & RIGHTS) >> RIGHTS_SHIFT;

    for (; *link != NULL; link = &(*link)->next) {
        region = *link;
        if (region->address == wanted->address && region->size == wanted->size && region->offset == wanted->offset &&
            region->memory == memory && region->rights == rights &&
            region->lent == ((wanted->flags & ACCESS_MASK) != FORCE_SHARE))
            break;
    }
    if (*link == NULL)
        return -ENOENT;
    *link = region->next;
    gunyah_internal_emu_free_region(region);
    return 0;
}

static int64_t map(const struct emu *emu, const struct emu_request *request, const struct map_arguments *wanted,
                   struct emu_memory *memory)
{
    return gunyah_internal_emu_add_region(emu, request,
                                          &(struct emu_region){
                                              .rights = (wanted->flags & RIGHTS) >> RIGHTS_SHIFT,
                                              .lent = (wanted->flags & ACCESS_MASK) != FORCE_SHARE,
                                              .address = wanted->address,
                                              .size = wanted->size,
                                              .memory = memory,
                                              .offset = wanted->offset,
                                          });
}

int64_t gunyah_internal_emu_map_memory(struct emu *emu, struct emu_request *request)
{
    struct map_arguments wanted = {0};
    const struct emu_file *file;
    int error;

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    error = check_map(&wanted);
    if (error != 0)
        return error;
    file = gunyah_internal_emu_find_file(emu, request->thread, (int)wanted.fd);
    if (file == NULL || file->kind != EMU_MEMORY)
        return -EINVAL;
    return (wanted.flags & UNMAP) != 0 ? unmap(request, &wanted, file->object)
                                       : map(emu, request, &wanted, file->object);
}
