// SPDX-License-Identifier: BSD-3-Clause
// Criterion starts the program anew for each test: fork(), then execve() of itself. The kernel of this machine runs a
// program for AArch64 only where an emulator is registered with binfmt_misc; elsewhere execve() fails with ENOEXEC, and
// Criterion with "Could not spawn test instance: Protocol error". This one stands before the C library's, and starts the
// emulator by itself then.
#define _DEFAULT_SOURCE // syscall()
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// An emulator that the kernel starts finds the loader and the libraries by this alone. Both ways hand it on.
__attribute__((constructor)) static void name_root(void)
{
    setenv("QEMU_LD_PREFIX", EMULATED_ROOT, 1);
}

static int kernel_execve(const char *path, char *const argv[], char *const envp[])
{
    return (int)syscall(SYS_execve, path, argv, envp);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    char *const emulated[] = {EMULATOR, "-0", argv[0], (char *)path, NULL};

    kernel_execve(path, argv, envp);
    // Criterion hands over a name and nothing else.
    if (errno != ENOEXEC || argv[1])
        return -1;
    return kernel_execve(EMULATOR, emulated, envp);
}
