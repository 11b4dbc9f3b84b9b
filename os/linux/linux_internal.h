// SPDX-License-Identifier: BSD-3-Clause
// What the files about Linux share.
#ifndef GUNYAH_LINUX_INTERNAL_H
#define GUNYAH_LINUX_INTERNAL_H

#include <gunyah/linux.h>

#include "uapi.h"

// ---- call.c ------------------------------------------------------------------------------------------------------

// The system calls that can fail for a reason of their own.
enum linux_call {
    LINUX_OPEN,
    LINUX_DUP,
    LINUX_UNKNOWN_CALL,
    LINUX_CREATE_VM,
    LINUX_CREATE_GUEST_MEM,
    LINUX_SET_USER_MEM_REGION,
    LINUX_SET_BOOT_CONTEXT,
    LINUX_TENTATIVE_UAPI,
    LINUX_LEND_USER_MEM,
    LINUX_SET_FW_CONFIG,
    LINUX_RECLAIM_REGION,
    LINUX_MAP_CMA_MEM,
    LINUX_SET_AUTH_TYPE,
    LINUX_CHECK_EXTENSION,
    LINUX_QUALCOMM_CREATE_VM,
    LINUX_CALLS
};

// The one place where an ioctl leaves the library. What it returns, or -errno.
int gunyah_internal_linux_ioctl(int fd, enum linux_call call, uintptr_t argument);

// Name of a call: as the kernel's headers have it, without the prefix.
const char *gunyah_internal_linux_call_name(enum linux_call call);

// ---- cause.c -----------------------------------------------------------------------------------------------------

// What an errno of a call usually means, and what to do about it. Returns the error.
enum gunyah_error gunyah_internal_linux_explain(enum linux_call call, int number, struct gunyah_error_info *info);

// ---- probe.c -----------------------------------------------------------------------------------------------------

// What a driver answered to each question: the result of the ioctl, or -errno.
struct linux_answers {
    int unknown;
    int qualcomm_vm; // asked if unknown was EINVAL
    int vm;          // the rest if it was ENOTTY
    int guest_memory;
    int share;
    int lend;
    int boot_register;
    int firmware;
    int reclaim;
    int authentication;
    int cma;
    int timer_wakeup;
    int tentative;
};

// Who answers so, and what it can do; or the call that tells that it is not Gunyah, with its errno (0: it succeeded).
struct linux_verdict {
    enum gunyah_linux_flavour flavour;
    uint32_t capabilities;
    bool is_refused;
    enum linux_call call;
    int number;
};

struct linux_answers gunyah_internal_linux_ask(int fd);

struct linux_verdict gunyah_internal_linux_judge(const struct linux_answers *answers);

const char *gunyah_internal_linux_flavour_name(enum gunyah_linux_flavour flavour);

// ---- open.c ------------------------------------------------------------------------------------------------------

struct gunyah_linux {
    int fd;
    enum gunyah_linux_flavour flavour;
    uint32_t capabilities;
    struct gunyah_allocator allocator;
};

#endif
