// SPDX-License-Identifier: BSD-3-Clause
// The one place where an ioctl leaves the library.
#include "linux_internal.h"

#include <errno.h>
#include <sys/ioctl.h>

static const struct {
    const char *name;
    unsigned long number; // of the ioctl, if it is one
} calls[LINUX_CALLS] = {
    [LINUX_OPEN] = {"open", 0},
    [LINUX_DUP] = {"fcntl", 0},
    [LINUX_OPEN_AREA] = {"open (area)", 0},
    [LINUX_MMAP] = {"mmap", 0},
    [LINUX_MMAP_AREA] = {"mmap (area)", 0},
    [LINUX_EVENTFD] = {"eventfd", 0},
    [LINUX_UNKNOWN_CALL] = {"ioctl", KERNEL_UNKNOWN_CALL},
    [LINUX_CREATE_VM] = {"CREATE_VM", KERNEL_CREATE_VM},
    [LINUX_SET_USER_MEM_REGION] = {"VM_SET_USER_MEM_REGION", KERNEL_SET_USER_MEM_REGION},
    [LINUX_SET_DTB_CONFIG] = {"VM_SET_DTB_CONFIG", KERNEL_SET_DTB_CONFIG},
    [LINUX_VM_START] = {"VM_START", KERNEL_VM_START},
    [LINUX_ADD_VCPU] = {"VM_ADD_FUNCTION (vCPU)", KERNEL_ADD_FUNCTION},
    [LINUX_ADD_IRQFD] = {"VM_ADD_FUNCTION (irqfd)", KERNEL_ADD_FUNCTION},
    [LINUX_ADD_IOEVENTFD] = {"VM_ADD_FUNCTION (ioeventfd)", KERNEL_ADD_FUNCTION},
    [LINUX_VCPU_RUN] = {"VCPU_RUN", KERNEL_VCPU_RUN},
    [LINUX_VCPU_MMAP_SIZE] = {"VCPU_MMAP_SIZE", KERNEL_VCPU_MMAP_SIZE},
    [LINUX_CREATE_GUEST_MEM] = {"CREATE_GUEST_MEM", KERNEL_CREATE_GUEST_MEM},
    [LINUX_MAP_MEM] = {"VM_MAP_MEM", KERNEL_MAP_MEM},
    [LINUX_SET_BOOT_CONTEXT] = {"VM_SET_BOOT_CONTEXT", KERNEL_SET_BOOT_CONTEXT},
    [LINUX_TENTATIVE_UAPI] = {"TENTATIVE_UAPI", KERNEL_TENTATIVE_UAPI},
    [LINUX_LEND_USER_MEM] = {"VM_ANDROID_LEND_USER_MEM", KERNEL_LEND_USER_MEM},
    [LINUX_SET_FW_CONFIG] = {"VM_ANDROID_SET_FW_CONFIG", KERNEL_SET_FW_CONFIG},
    [LINUX_RECLAIM_REGION] = {"VM_RECLAIM_REGION", KERNEL_RECLAIM_REGION},
    [LINUX_CREATE_CMA_MEM] = {"CREATE_CMA_MEM_FD", KERNEL_CREATE_CMA_MEM},
    [LINUX_MAP_CMA_MEM] = {"VM_MAP_CMA_MEM", KERNEL_MAP_CMA_MEM},
    [LINUX_SET_AUTH_TYPE] = {"VM_SET_AUTH_TYPE", KERNEL_SET_AUTH_TYPE},
    [LINUX_CHECK_EXTENSION] = {"CHECK_EXTENSION", KERNEL_CHECK_EXTENSION},
    [LINUX_QUALCOMM_CREATE_VM] = {"CREATE_VM (Qualcomm)", KERNEL_QUALCOMM_CREATE_VM},
    [LINUX_QUALCOMM_WAIT_FOR_EXIT] = {"VM_WAIT_FOR_EXIT", KERNEL_QUALCOMM_WAIT_FOR_EXIT},
    [LINUX_QUALCOMM_CREATE_VCPU] = {"CREATE_VCPU", KERNEL_QUALCOMM_CREATE_VCPU},
    [LINUX_QUALCOMM_SET_FW_NAME] = {"VM_SET_FW_NAME", KERNEL_QUALCOMM_SET_FW_NAME},
    [LINUX_QUALCOMM_GET_VCPU_COUNT] = {"VM_GET_VCPU_COUNT", KERNEL_QUALCOMM_GET_VCPU_COUNT},
    [LINUX_QUALCOMM_VCPU_RUN] = {"VCPU_RUN (Qualcomm)", KERNEL_QUALCOMM_VCPU_RUN},
};

int gunyah_internal_linux_ioctl(int fd, enum linux_call call, uintptr_t argument)
{
    const int result = ioctl(fd, calls[call].number, argument);

    return result >= 0 ? result : -errno;
}

enum linux_call gunyah_internal_linux_find_call(uint32_t number)
{
    if (number == KERNEL_ADD_FUNCTION)
        return LINUX_UNKNOWN_CALL;
    for (int call = LINUX_CREATE_VM; call < LINUX_CALLS; call++) {
        if (calls[call].number == number)
            return (enum linux_call)call;
    }
    return LINUX_UNKNOWN_CALL;
}

const char *gunyah_internal_linux_call_name(enum linux_call call)
{
    return calls[call].name;
}
