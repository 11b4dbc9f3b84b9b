// SPDX-License-Identifier: BSD-3-Clause
#include "kernel.h"

#include <gunyah/linux.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_FILES 256

enum { ANDROID_14 = GUNYAH_LINUX_SHARE | GUNYAH_LINUX_LEND };
enum { ANDROID_15 = ANDROID_14 | GUNYAH_LINUX_FIRMWARE | GUNYAH_LINUX_BOOT_REGISTERS | GUNYAH_LINUX_RESUME };

// CREATE_VM, memory by 'G' 1, by 'A' 0x11, firmware by 'A' 0x12, boot registers by 'G' 0xa.
const struct flavour kernel_flavours[KERNEL_FLAVOURS] = {
    {"a14e", ENOTTY, 0, {0x4700, 0x40204701, 0x40204111, 0x4110}, false, "Android 14, early (6.1)", ANDROID_14},
    {"a14e with firmware",
     ENOTTY,
     0,
     {0x4700, 0x40204701, 0x40204111, 0x40104112, 0x4110},
     false,
     "Android 14, early (6.1)",
     ANDROID_14 | GUNYAH_LINUX_FIRMWARE},
    {"a14",
     ENOTTY,
     0,
     {0x4700, 0x40204701, 0x40204111, 0x40104112},
     false,
     "Android 14 (6.1)",
     ANDROID_14 | GUNYAH_LINUX_FIRMWARE},
    {"a14 of Oppo",
     ENOTTY,
     ENODEV,
     {0x4700, 0x40204701, 0x40204111, 0x40104112},
     false,
     "Android 14 (6.1)",
     ANDROID_14 | GUNYAH_LINUX_FIRMWARE},
    {"u10", ENOTTY, 0, {0x4700, 0x40204701}, false, "upstream, v10 to v14", GUNYAH_LINUX_SHARE},
    {"a15", ENOTTY, 0, {0x4700, 0x40204701, 0x40204111, 0x40104112, 0x4010470a}, false, "Android 15 (6.6)", ANDROID_15},
    {"a16",
     ENOTTY,
     0,
     {0x4700, 0x40204701, 0x40204111, 0x40104112, 0x4010470a, 0x40104113, 0x40284115, 0x40104116},
     false,
     "Android 16 (6.12)",
     ANDROID_15 | GUNYAH_LINUX_RECLAIM | GUNYAH_LINUX_CMA | GUNYAH_LINUX_AUTHENTICATION},
    {"a16 of 2026",
     ENOTTY,
     0,
     {0x4700, 0x40204701, 0x40204111, 0x40104112, 0x4010470a, 0x40104113, 0x40284115, 0x40104116, 0x4117},
     true,
     "Android 16 (6.12)",
     ANDROID_15 | GUNYAH_LINUX_RECLAIM | GUNYAH_LINUX_CMA | GUNYAH_LINUX_AUTHENTICATION | GUNYAH_LINUX_TIMER_WAKEUP},
    {"u15",
     ENOTTY,
     0,
     {0x4700, 0x40404708, 0x40204709, 0x4010470a},
     false,
     "upstream, v15 to v17",
     GUNYAH_LINUX_GUEST_MEMORY | GUNYAH_LINUX_BOOT_REGISTERS | GUNYAH_LINUX_RESUME},
    {"q1", EINVAL, 0, {0xb201}, false, "Qualcomm", 0},
};

static const struct flavour *current;
static unsigned long refused;
static int refusal;
static bool is_vm[MAX_FILES];

void kernel_is(const struct flavour *flavour)
{
    current = flavour;
    refused = 0;
}

void kernel_refuses(unsigned long number, int error)
{
    refused = number;
    refusal = error;
}

unsigned open_files(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < MAX_FILES; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static int make_vm(uintptr_t argument)
{
    const int fd = argument == 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : -EINVAL;

    if (fd >= 0)
        is_vm[fd] = true;
    return fd;
}

static bool has(unsigned long number)
{
    for (size_t i = 0; i < KERNEL_MAX_CALLS; i++) {
        if (current->calls[i] == number)
            return number != 0;
    }
    return false;
}

static int answer_on_vm(unsigned long number, uintptr_t argument)
{
    if (!has(number))
        return -(current->on_vm != 0 ? current->on_vm : current->unknown);
    switch (number) {
    case 0x4110:
        return 0;
    case 0x4117:
        return argument == 0 && current->timer_wakeup;
    case 0x4010470a:
        return argument == 0 ? -EFAULT : -EINVAL; // register 0xffff
    default:
        return argument == 0 ? -EFAULT : -EINVAL;
    }
}

static int answer(int fd, unsigned long number, uintptr_t argument)
{
    if (number == refused) {
        refused = 0;
        return -refusal;
    }
    if (fd < 0 || fd >= MAX_FILES || fcntl(fd, F_GETFD) < 0)
        return -EBADF;
    const bool makes_vm = number == 0x4700 || number == 0xb201;
    if (is_vm[fd])
        return makes_vm ? -ENOTTY : answer_on_vm(number, argument);
    if (!has(number) || (!makes_vm && number != 0x40404708))
        return -current->unknown;
    return makes_vm ? make_vm(argument) : -EFAULT;
}

int __real_ioctl(int fd, unsigned long number, ...);
int __wrap_ioctl(int fd, unsigned long number, ...);

int __wrap_ioctl(int fd, unsigned long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    const uintptr_t argument = va_arg(arguments, uintptr_t);
    va_end(arguments);

    if (current == NULL)
        return __real_ioctl(fd, number, argument);
    const int result = answer(fd, number, argument);
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}
