// SPDX-License-Identifier: BSD-3-Clause
// Files that the program holds, and their ends.
//
// Each is a memfd. inotify(7) tells when the last reference to the open file has gone, be it a descriptor, a copy of one in any
// process, or a mapping: the rule by which the kernel releases the files of a driver. The program gets a description that was opened
// by path, since recent kernels tell nothing about the one that memfd_create(2) makes.
#include "emu_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Returns the description for the program, to be closed when it has it; -errno.
static int open_for_program(struct emu *emu, struct emu_file *file, int flags)
{
    char path[64];
    struct stat info;
    int fd;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", file->memory);
    file->watch = inotify_add_watch(emu->notices, path, IN_CLOSE);
    if (file->watch < 0 || fstat(file->memory, &info) != 0)
        return -errno;
    file->inode = info.st_ino;
    file->device = info.st_dev;
    fd = open(path, (flags & O_ACCMODE) | O_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}

int gunyah_internal_emu_make_file(struct emu *emu, const char *name, uint64_t size, int flags, struct emu_file **file)
{
    struct emu_file *made = calloc(1, sizeof(*made));
    int fd;

    *file = NULL;
    if (made == NULL)
        return -ENOMEM;
    made->watch = -1;
    made->memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (made->memory < 0 || ftruncate(made->memory, (off_t)size) != 0 ||
        fcntl(made->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        fd = -errno;
    } else {
        fd = open_for_program(emu, made, flags);
    }
    if (fd < 0) {
        gunyah_internal_emu_drop_file(emu, made);
        return fd;
    }
    made->next = emu->files;
    emu->files = made;
    *file = made;
    return fd;
}

void gunyah_internal_emu_drop_file(struct emu *emu, struct emu_file *file)
{
    struct emu_file **link = &emu->files;

    while (*link != NULL && *link != file)
        link = &(*link)->next;
    if (*link != NULL)
        *link = file->next;
    if (file->watch >= 0)
        inotify_rm_watch(emu->notices, file->watch);
    if (file->memory >= 0)
        close(file->memory);
    free(file);
}

bool gunyah_internal_emu_give_file(struct emu *emu, const struct emu_request *request, int fd, int flags)
{
    struct seccomp_notif_addfd give = {
        .id = request->id,
        .flags = SECCOMP_ADDFD_FLAG_SEND,
        .srcfd = (uint32_t)fd,
        .newfd_flags = (uint32_t)(flags & O_CLOEXEC),
    };
    const int number = ioctl(emu->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give);
    const int error = errno;

    close(fd);
    // No descriptor is free: ENOENT, in contrast, says that nobody waits any more.
    if (number < 0 && error != ENOENT)
        gunyah_internal_emu_answer(emu, request, -error);
    return number >= 0;
}

// Gives the program a description of something that is none of the driver's files, and returns its number there; -errno.
int gunyah_internal_emu_hand_over(const struct emu *emu, const struct emu_request *request, int fd)
{
    struct seccomp_notif_addfd give = {.id = request->id, .srcfd = (uint32_t)fd, .newfd_flags = O_CLOEXEC};
    const int number = ioctl(emu->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give);

    return number >= 0 ? number : -errno;
}

struct emu_file *gunyah_internal_emu_find_file(struct emu *emu, pid_t thread, int fd)
{
    char path[64];
    struct stat info;

    snprintf(path, sizeof(path), "/proc/%d/fd/%d", thread, fd);
    if (stat(path, &info) != 0)
        return NULL;
    for (struct emu_file *file = emu->files; file != NULL; file = file->next) {
        if (file->inode == info.st_ino && file->device == info.st_dev)
            return file;
    }
    return NULL;
}

static void end_file(struct emu *emu, struct emu_file *file)
{
    const enum emu_kind kind = file->kind;
    void *object = file->object;

    gunyah_internal_emu_end_sleepers(emu, file);
    gunyah_internal_emu_drop_file(emu, file);
    if (is_vm_kind(kind)) {
        struct emu_vm *vm = object;
        if (--vm->references == 0)
            gunyah_internal_emu_forget_vm(emu, vm);
    } else if (is_vcpu_kind(kind)) {
        struct emu_vcpu *vcpu = object;
        struct emu_vm *vm = vcpu->vm;
        gunyah_internal_emu_release_vcpu(vcpu);
        if (--vm->references == 0)
            gunyah_internal_emu_forget_vm(emu, vm);
    } else if (kind == EMU_MEMORY) {
        gunyah_internal_emu_release_memory(object);
    }
}

void gunyah_internal_emu_close_ended(struct emu *emu)
{
    _Alignas(struct inotify_event) char events[4096];
    ssize_t size;

    while ((size = read(emu->notices, events, sizeof(events))) > 0) {
        for (char *at = events; at < events + size;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;
            struct emu_file *file = emu->files;
            at += sizeof(*event) + event->len;
            while (file != NULL && file->watch != event->wd)
                file = file->next;
            if (file != NULL && (event->mask & IN_CLOSE) != 0)
                end_file(emu, file);
        }
    }
}

void gunyah_internal_emu_close_all(struct emu *emu)
{
    while (emu->files != NULL)
        end_file(emu, emu->files);
}
