// SPDX-License-Identifier: BSD-3-Clause
// The interface of the drivers: numbers of ioctls, and layouts. Ours, because no kernel's headers have all of them.
#ifndef GUNYAH_LINUX_UAPI_H
#define GUNYAH_LINUX_UAPI_H

#include <stddef.h>
#include <stdint.h>

// Numbers, as _IO() and _IOW() make them on Arm64 and x86: direction, size, type, and a number of the type. Those of 'G'
// are Gunyah's, those of 'A' are Android's, 0xb2 is Qualcomm's.
enum kernel_call_number {
    KERNEL_CREATE_VM = 0x00004700,
    KERNEL_UNKNOWN_CALL = 0x0000477f, // of no driver
    KERNEL_CREATE_GUEST_MEM = 0x40404708,
    KERNEL_SET_USER_MEM_REGION = 0x40204701,
    KERNEL_SET_BOOT_CONTEXT = 0x4010470a,
    KERNEL_TENTATIVE_UAPI = 0x00004110,
    KERNEL_LEND_USER_MEM = 0x40204111,
    KERNEL_SET_FW_CONFIG = 0x40104112,
    KERNEL_RECLAIM_REGION = 0x40104113,
    KERNEL_MAP_CMA_MEM = 0x40284115,
    KERNEL_SET_AUTH_TYPE = 0x40104116,
    KERNEL_CHECK_EXTENSION = 0x00004117,
    KERNEL_QUALCOMM_CREATE_VM = 0x0000b201,
};

// What KERNEL_CHECK_EXTENSION is asked for.
#define KERNEL_EXTENSION_TIMER_WAKEUP 0u

// A register that a VM starts with. reg: the set in bits 8 to 15, the index below.
struct kernel_boot_context {
    uint32_t reg;
    uint32_t reserved;
    uint64_t value;
};

#define KERNEL_BOOT_REGISTER_OF_NOBODY 0xffffu

_Static_assert(sizeof(struct kernel_boot_context) == 16, "gunyah_vm_boot_context");
_Static_assert(offsetof(struct kernel_boot_context, value) == 8, "gunyah_vm_boot_context");

#endif
