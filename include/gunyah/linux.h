// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Gunyah under Linux and Android: the driver behind /dev/gunyah.
 *
 * There are several drivers with this name, whose calls differ and which do not say who they are. gunyah_linux_open()
 * finds out what the one of this machine has, by calls that change nothing. docs/linux.md is the guide.
 *
 * A node is a backend and a provider at the same time. With gunyah_linux_backend(), a session is opened; calls do not reach
 * the hypervisor (GUNYAH_FEATURE_HYPERCALLS is false), but doorbells of VMs work, and waiting for them. With
 * gunyah_linux_vmm(), VMs are made: vm.h, vm_parts.h and vcpu.h say how.
 *
 * It is in the library for Linux alone.
 */
#ifndef GUNYAH_LINUX_H
#define GUNYAH_LINUX_H

#include "vcpu.h"
#include "vm_parts.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A device node that is open. */
struct gunyah_linux;

/** Drivers, by the kernel that they came with first. A name for people: what one can do, the capabilities say. */
enum gunyah_linux_flavour {
    GUNYAH_LINUX_UNKNOWN = 0,          /**< The interface is Gunyah's; this set of calls is nobody's. */
    GUNYAH_LINUX_ANDROID_14_EARLY = 1, /**< android14-6.1 before the middle of 2023. */
    GUNYAH_LINUX_ANDROID_14 = 2,       /**< android14-6.1. */
    GUNYAH_LINUX_ANDROID_15 = 3,       /**< android15-6.6. */
    GUNYAH_LINUX_ANDROID_16 = 4,       /**< android16-6.12, and android15-6.6 as vendors ship it since. */
    GUNYAH_LINUX_UPSTREAM_10 = 5,      /**< Patches for Linux, versions 10 to 14. */
    GUNYAH_LINUX_UPSTREAM_15 = 6,      /**< Patches for Linux, versions 15 to 17. */
    GUNYAH_LINUX_QUALCOMM = 7,         /**< Qualcomm's own, on /dev/gunyah or beside another one on /dev/qgunyah. */
};

/** What a driver has. */
enum gunyah_linux_capability {
    GUNYAH_LINUX_SHARE = 1 << 0,          /**< Memory of the process, shared with a VM. */
    GUNYAH_LINUX_LEND = 1 << 1,           /**< Memory of the process, lent to a VM. */
    GUNYAH_LINUX_GUEST_MEMORY = 1 << 2,   /**< Memory that the driver makes, behind a file descriptor. */
    GUNYAH_LINUX_BOOT_REGISTERS = 1 << 3, /**< Registers of the boot vCPU; without, the image is the first byte. */
    GUNYAH_LINUX_RESUME = 1 << 4,         /**< Exits for page faults, and a choice how a vCPU goes on. */
    GUNYAH_LINUX_FIRMWARE = 1 << 5,       /**< Firmware that starts a protected VM. */
    GUNYAH_LINUX_RECLAIM = 1 << 6,        /**< Memory taken back while a VM runs. */
    GUNYAH_LINUX_CMA = 1 << 7,            /**< Memory of the kernel's contiguous areas. */
    GUNYAH_LINUX_AUTHENTICATION = 1 << 8, /**< A choice who authenticates a VM. */
    GUNYAH_LINUX_TIMER_WAKEUP = 1 << 9,   /**< The device tree may say no-timer-wakeups. */
    GUNYAH_LINUX_SIGNED_FIRMWARE =
        1 << 10, /**< VMs are made of signed firmware, gunyah_vm_load_firmware(), and of nothing
                                                 else: no memory, no device tree, no exits. */
};

/** Options of gunyah_linux_open(). */
struct gunyah_linux_options {
    size_t size;      /**< sizeof(struct gunyah_linux_options). */
    const char *path; /**< The node; null: "/dev/gunyah" or, if that is absent, "/dev/qgunyah". */
    int fd; /**< The node, open already: inherited, or sent by somebody who may open it. -1: path. Stays open. */
    const struct gunyah_allocator *allocator; /**< Null: malloc. Copied. */
    struct gunyah_error_info *error;          /**< Where gunyah_linux_open() tells why it failed; may be null. */
};

#define GUNYAH_LINUX_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(struct gunyah_linux_options), NULL, -1, NULL, NULL                                                      \
    }

/**
 * Open the node, and find out what is behind it.
 *
 * The driver is asked by numbers that it refuses and by null pointers, and makes one VM without anything, which is closed
 * again: a VM costs nothing before it is started (with the early driver of Android 14, a VMID for as long as that takes).
 *
 * What options->error points to is filled in whatever the result is, as by gunyah_open(): the domain
 * GUNYAH_DOMAIN_BACKEND, code errno, call the system call or ioctl, text and advice what is usually behind it.
 *
 * @param options  Null for the defaults.
 * @param node      Where it is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (node);
 *         GUNYAH_ERR_OPTION (size, or path and fd);
 *         GUNYAH_ERR_NO_BACKEND (there is no such node, or no driver behind it);
 *         GUNYAH_ERR_DENIED (this process may not open or use it);
 *         GUNYAH_ERR_NOT_GUNYAH (something else is behind it);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_NO_RESOURCES (no file descriptor is left);
 *         GUNYAH_ERR_NO_MEMORY (of the kernel);
 *         GUNYAH_ERR_UNKNOWN (another errno).
 *
 * Does not block. Any thread. open(2), ioctl(2).
 */
enum gunyah_error gunyah_linux_open(const struct gunyah_linux_options *options, struct gunyah_linux **node);

/**
 * Close the node and set the caller's pointer to null. Its sessions are to be closed before; VMs that they left end.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (node is null);
 *         GUNYAH_ERR_HANDLE (*node is null: closed already).
 *
 * Does not block. close(2).
 */
enum gunyah_error gunyah_linux_close(struct gunyah_linux **node);

/** What is behind a node. */
struct gunyah_linux_info {
    size_t size; /**< sizeof(struct gunyah_linux_info), set by the caller. */
    enum gunyah_linux_flavour flavour;
    const char *name;      /**< Of the flavour, for people: "Android 14 (6.1)". It lives for ever. */
    uint32_t capabilities; /**< Bits of enum gunyah_linux_capability. */
};

#define GUNYAH_LINUX_INFO_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(struct gunyah_linux_info), GUNYAH_LINUX_UNKNOWN, NULL, 0                                                \
    }

/**
 * Tell what gunyah_linux_open() found out; makes no call.
 *
 * @param info  Filled in.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (size too small).
 *
 * Any thread.
 */
enum gunyah_error gunyah_linux_get_info(const struct gunyah_linux *node, struct gunyah_linux_info *info);

/**
 * Returns the backend that a node is, for gunyah_open(); null for a null node. It lives as long as the node is open. Of the
 * hypercalls it answers doorbell_send and doorbell_receive, for doorbells that gunyah_vm_add_irq() and
 * gunyah_vm_add_notify() made, with one flag, bit 0.
 */
const struct gunyah_backend *gunyah_linux_backend(struct gunyah_linux *node);

/**
 * Returns the provider that a node is, for gunyah_vm_create(). It lives as long as the node is open.
 *
 * @param g  Whose errors are recorded: the session on this node. One at a time has VMs.
 * @return The provider; null: node or g is null, or there are VMs of another session.
 *
 * With the capability SIGNED_FIRMWARE, a VM is made by gunyah_vm_load_firmware() alone. The driver starts it when the first of its
 * vCPUs is run after gunyah_vm_start(); gunyah_vcpu_run() comes back when it is over, interrupted or cancelled, and with nothing
 * else. Drivers of Linux 5 let no signal interrupt it if the hypervisor schedules the vCPUs. Where the driver does not tell why
 * the VM ended, the exit is of the type VM_EXIT with the code GUNYAH_VM_EXIT_CODE_UNKNOWN.
 *
 * A VM of the driver has the states and calls of vm.h, with less behind them: all is done by gunyah_vm_start(), and undone
 * when the last file of the VM is closed. gunyah_vm_vmid() is 0, unless the platform authenticates the image: then the VM is
 * made with the VMID of that, its memory begins with the image's metadata, and what gunyah_vm_authenticate() says is told to
 * the driver, which acts on it in gunyah_vm_start() (capability AUTHENTICATION). gunyah_vm_stop() has to be by force, and that, reset and
 * destroy answer GUNYAH_ERR_IN_USE as long as vCPUs are open. gunyah_vm_open() answers GUNYAH_ERR_UNSUPPORTED.
 */
const struct gunyah_vmm *gunyah_linux_vmm(struct gunyah_linux *node, struct gunyah *g);

/**
 * Returns the eventfd behind a doorbell of a VM, for the caller's own event loop or for a device that rings by itself; -1
 * for a CapID that is none. It is the node's, and closed with the VM. Any write to it interrupts the VM, or it becomes
 * readable when the VM has written; reading it is what gunyah_doorbell_receive() does.
 */
int gunyah_linux_doorbell_fd(const struct gunyah_linux *node, gunyah_capid_t cap);

/**
 * Explain what an errno of an ioctl usually means, without a node: for logs of other programs.
 *
 * @param number  The ioctl's, such as 0x40204701; one that this library does not make is explained as any other.
 * @param code    errno, positive.
 * @param info    Filled in: domain BACKEND, and the call's name, "ioctl" for one that this library does not make.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (info).
 *
 * Any thread.
 */
enum gunyah_error gunyah_linux_explain(uint32_t number, int code, struct gunyah_error_info *info);

#ifdef __cplusplus
}
#endif

#endif
