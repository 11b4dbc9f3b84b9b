// SPDX-License-Identifier: BSD-3-Clause
// The program's memory, limits and file descriptors, as the kernel tells them to who may trace it.
#include "emu_internal.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_TEXT 4096

// A file of the process as the kernel writes it, at once: that takes it some microseconds. False: there is no such process.
static bool read_text(pid_t process, const char *which, char text[MAX_TEXT])
{
    char path[64];
    ssize_t size;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/%s", process, which);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size = read(fd, text, MAX_TEXT - 1);
    close(fd);
    text[size > 0 ? size : 0] = 0;
    return size > 0;
}

// What is behind the name in the line that begins with it; null: there is no such line.
static const char *find_line(const char *text, const char *name)
{
    const size_t length = strlen(name);

    while (text != NULL && strncmp(text, name, length) != 0) {
        text = strchr(text, '\n');
        text += text != NULL ? 1 : 0;
    }
    return text != NULL ? text + length : NULL;
}

pid_t gunyah_internal_emu_process_of(pid_t thread)
{
    char text[MAX_TEXT];
    const char *number = read_text(thread, "status", text) ? find_line(text, "Tgid:") : NULL;

    return number != NULL ? (pid_t)strtol(number, NULL, 10) : -1;
}

// A signal to the process is for any of its threads that does not block it, but for the first one if that can take it.
enum emu_signal gunyah_internal_emu_pending_signal(pid_t thread)
{
    static const char *const names[] = {"Tgid:", "Threads:", "SigPnd:", "ShdPnd:", "SigBlk:"};
    enum { PROCESS, THREADS, PENDING, SHARED, BLOCKED, COUNT };
    uint64_t values[COUNT];
    char text[MAX_TEXT];

    if (!read_text(thread, "status", text))
        return EMU_NO_SIGNAL;
    for (int i = 0; i < COUNT; i++) {
        const char *line = find_line(text, names[i]);
        if (line == NULL)
            return EMU_NO_SIGNAL;
        values[i] = strtoull(line, NULL, i < PENDING ? 10 : 16);
    }
    if ((values[PENDING] & ~values[BLOCKED]) != 0)
        return EMU_SIGNAL;
    if ((values[SHARED] & ~values[BLOCKED]) == 0)
        return EMU_NO_SIGNAL;
    return values[THREADS] == 1 || values[PROCESS] == (uint64_t)thread ? EMU_SIGNAL : EMU_PERHAPS_SIGNAL;
}

bool gunyah_internal_emu_read(pid_t process, void *to, uint64_t from, size_t size)
{
    const struct iovec here = {to, size};
    const struct iovec there = {(void *)(uintptr_t)from, size};

    return process_vm_readv(process, &here, 1, &there, 1, 0) == (ssize_t)size;
}

bool gunyah_internal_emu_write(pid_t process, uint64_t to, const void *from, size_t size)
{
    const struct iovec here = {(void *)(uintptr_t)from, size};
    const struct iovec there = {(void *)(uintptr_t)to, size};

    return process_vm_writev(process, &here, 1, &there, 1, 0) == (ssize_t)size;
}

void gunyah_internal_emu_read_path(pid_t process, uint64_t from, char *path, size_t size)
{
    // It may end just before memory that is not there.
    const uint64_t page = EMU_PAGE - from % EMU_PAGE;
    const size_t first = page < size ? (size_t)page : size;
    const struct iovec here = {path, size};
    const struct iovec there[] = {{(void *)(uintptr_t)from, first}, {(void *)(uintptr_t)(from + first), size - first}};
    const ssize_t got = process_vm_readv(process, &here, 1, there, 2, 0);

    if (got <= 0 || memchr(path, 0, (size_t)got) == NULL)
        path[0] = 0;
}

// A line of the list of mappings: "begin-end rights ...".
static bool parse_mapping(const char *line, uint64_t *begin, uint64_t *end, const char **rights)
{
    char *rest;

    *begin = strtoull(line, &rest, 16);
    if (*rest != '-')
        return false;
    *end = strtoull(rest + 1, &rest, 16);
    *rights = rest + 1;
    return *rest == ' ' && strlen(*rights) >= 4;
}

bool gunyah_internal_emu_is_mapped(pid_t process, uint64_t address, uint64_t size, bool writable)
{
    char line[512];
    const char *rights;
    uint64_t begin;
    uint64_t end;
    FILE *file;

    snprintf(line, sizeof(line), "/proc/%d/maps", process);
    file = fopen(line, "re");
    if (file == NULL)
        return false;
    while (size != 0 && fgets(line, sizeof(line), file) != NULL) {
        if (!parse_mapping(line, &begin, &end, &rights) || end <= address)
            continue;
        if (begin > address || rights[0] != 'r' || (writable && rights[1] != 'w'))
            break;
        size -= end - address < size ? end - address : size;
        address = end;
    }
    fclose(file);
    return size == 0;
}

bool gunyah_internal_emu_may_lock(pid_t process, uint64_t size)
{
    char text[MAX_TEXT];
    const char *line = read_text(process, "status", text) ? find_line(text, "CapEff:") : NULL;
    char *end;
    uint64_t limit;

    if (line != NULL && (strtoull(line, NULL, 16) >> CAP_IPC_LOCK & 1) != 0)
        return true;
    line = read_text(process, "limits", text) ? find_line(text, "Max locked memory") : NULL;
    if (line == NULL)
        return false;
    limit = strtoull(line, &end, 10);
    return end == line || size <= limit; // Not a number is "unlimited".
}

int gunyah_internal_emu_take_fd(pid_t process, int fd)
{
    const int handle = (int)syscall(SYS_pidfd_open, process, 0);
    int ours;

    if (handle < 0)
        return -1;
    ours = (int)syscall(SYS_pidfd_getfd, handle, fd, 0);
    close(handle);
    return ours;
}

bool gunyah_internal_emu_has_fd(pid_t thread, int fd)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/fd/%d", thread, fd);
    return access(path, F_OK) == 0;
}

bool gunyah_internal_emu_is_eventfd(int fd)
{
    static const char eventfd[] = "anon_inode:[eventfd]";
    char path[64];
    char name[sizeof(eventfd)];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return readlink(path, name, sizeof(name)) == (ssize_t)strlen(eventfd) &&
           memcmp(name, eventfd, strlen(eventfd)) == 0;
}
