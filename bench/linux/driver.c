// SPDX-License-Identifier: BSD-3-Clause
// A driver that costs next to nothing, in the place of ioctl(2): it takes everything that a VM is made by, and each VCPU_RUN is
// a write of the guest to its serial port.
#include "machine.h"
#include "uapi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define MAX_FILES 64

static struct kernel_run *pages[MAX_FILES];

static int fail(int error)
{
    errno = error;
    return -1;
}

static int make_vcpu(void)
{
    const int fd = memfd_create("vcpu", MFD_CLOEXEC);

    if (fd < 0 || fd >= MAX_FILES || ftruncate(fd, PAGE) != 0)
        return fail(ENOMEM);
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return -1;
    pages[fd] = page;
    return fd;
}

static int run(struct kernel_run *page)
{
    page->exit_reason = KERNEL_EXIT_MMIO;
    page->mmio.guest_address = SERIAL;
    page->mmio.data[0] = 1;
    page->mmio.length = 4;
    page->mmio.is_write = 1;
    return 0;
}

static int answer(unsigned long number, const struct kernel_function *argument)
{
    switch (number) {
    case KERNEL_CREATE_VM:
        return eventfd(0, EFD_CLOEXEC);
    case KERNEL_SET_USER_MEM_REGION:
    case KERNEL_SET_DTB_CONFIG:
        return argument != NULL ? 0 : fail(EFAULT);
    case KERNEL_VM_START:
        return 0;
    case KERNEL_ADD_FUNCTION:
        return argument->type == KERNEL_FUNCTION_VCPU ? make_vcpu() : 0;
    case KERNEL_VCPU_MMAP_SIZE:
        return PAGE;
    default:
        return fail(ENOTTY);
    }
}

int __wrap_ioctl(int fd, unsigned long number, ...);

int __wrap_ioctl(int fd, unsigned long number, ...)
{
    if (number == KERNEL_VCPU_RUN)
        return run(pages[fd]);
    va_list arguments;
    va_start(arguments, number);
    const struct kernel_function *argument = va_arg(arguments, const struct kernel_function *);
    va_end(arguments);
    return answer(number, argument);
}
