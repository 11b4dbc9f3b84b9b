// SPDX-License-Identifier: BSD-3-Clause
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int file, const char *bytes, size_t size)
{
    while (size != 0) {
        const ssize_t part = write(file, bytes, size);
        if (part < 0 && errno == EINTR)
            continue;
        if (part == 0)
            errno = ENOSPC;
        if (part <= 0)
            return false;
        bytes += part;
        size -= (size_t)part;
    }
    return true;
}

static bool write_into(const char *path, const void *bytes, size_t size)
{
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    bool is_written;

    if (file < 0)
        return false;
    is_written = write_all(file, bytes, size);
    return close(file) == 0 && is_written;
}

// What a new file may be used for.
static mode_t usual_mode(void)
{
    const mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

static bool write_beside(const char *path, mode_t mode, const void *bytes, size_t size)
{
    char *beside;
    bool is_done;
    int file;

    if (asprintf(&beside, "%s.XXXXXX", path) < 0)
        return false;
    file = mkostemp(beside, O_CLOEXEC);
    if (file < 0) {
        free(beside);
        return false;
    }
    is_done = write_all(file, bytes, size) && fchmod(file, mode) == 0 && fsync(file) == 0;
    is_done = close(file) == 0 && is_done;
    is_done = is_done && rename(beside, path) == 0;
    if (!is_done) {
        const int error = errno;
        unlink(beside);
        errno = error;
    }
    free(beside);
    return is_done;
}

static bool replace(const char *path, const void *bytes, size_t size)
{
    struct stat before;
    char *real;
    bool is_done;

    if (stat(path, &before) != 0)
        return errno == ENOENT && write_beside(path, usual_mode(), bytes, size);
    if (!S_ISREG(before.st_mode))
        return write_into(path, bytes, size);
    // Nor is one replaced that may not be written to, nor a link to one.
    if (access(path, W_OK) != 0)
        return false;
    real = realpath(path, NULL);
    if (real == NULL)
        return false;
    is_done = write_beside(real, before.st_mode & 0777, bytes, size);
    free(real);
    return is_done;
}

const char *replace_file(const char *path, const void *bytes, size_t size)
{
    errno = 0;
    return replace(path, bytes, size) ? NULL : strerror(errno);
}
