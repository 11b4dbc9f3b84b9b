// SPDX-License-Identifier: BSD-3-Clause
// What the files about Linux share.
#ifndef GUNYAH_LINUX_INTERNAL_H
#define GUNYAH_LINUX_INTERNAL_H

#include <gunyah/linux.h>
#include <gunyah/vcpu.h>

#include "uapi.h"

#include <poll.h>
#include <stdatomic.h>

// How many doorbells the VMs of a node can have, of both directions.
#define LINUX_MAX_BELLS 256

// ---- call.c ------------------------------------------------------------------------------------------------------

// The system calls that can fail for a reason of their own.
enum linux_call {
    LINUX_OPEN,
    LINUX_DUP,
    LINUX_OPEN_AREA,
    LINUX_MMAP,
    LINUX_MMAP_AREA,
    LINUX_EVENTFD,
    LINUX_UNKNOWN_CALL,
    LINUX_CREATE_VM,
    LINUX_SET_USER_MEM_REGION,
    LINUX_SET_DTB_CONFIG,
    LINUX_VM_START,
    LINUX_ADD_VCPU,
    LINUX_ADD_IRQFD,
    LINUX_ADD_IOEVENTFD,
    LINUX_VCPU_RUN,
    LINUX_VCPU_MMAP_SIZE,
    LINUX_CREATE_GUEST_MEM,
    LINUX_MAP_MEM,
    LINUX_SET_BOOT_CONTEXT,
    LINUX_TENTATIVE_UAPI,
    LINUX_LEND_USER_MEM,
    LINUX_SET_FW_CONFIG,
    LINUX_RECLAIM_REGION,
    LINUX_CREATE_CMA_MEM,
    LINUX_MAP_CMA_MEM,
    LINUX_SET_AUTH_TYPE,
    LINUX_CHECK_EXTENSION,
    LINUX_QUALCOMM_CREATE_VM,
    LINUX_QUALCOMM_WAIT_FOR_EXIT,
    LINUX_QUALCOMM_CREATE_VCPU,
    LINUX_QUALCOMM_SET_FW_NAME,
    LINUX_QUALCOMM_GET_VCPU_COUNT,
    LINUX_QUALCOMM_VCPU_RUN,
    LINUX_VIRTIO_SHARED_SIZE,
    LINUX_VIRTIO_IOEVENTFD,
    LINUX_VIRTIO_IRQFD,
    LINUX_VIRTIO_WAIT,
    LINUX_VIRTIO_SET_FEATURES,
    LINUX_VIRTIO_SET_QUEUE_MAX,
    LINUX_VIRTIO_SET_CONFIG,
    LINUX_VIRTIO_GET_CONFIG,
    LINUX_VIRTIO_GET_QUEUE,
    LINUX_VIRTIO_GET_FEATURES,
    LINUX_VIRTIO_ACK_DRIVER_OK,
    LINUX_VIRTIO_ACK_RESET,
    LINUX_VIRTIO_SET_INPUT,
    LINUX_VIRTIO_SET_INPUT_DATA,
    LINUX_CALLS
};

// The one place where an ioctl leaves the library. What it returns, or -errno.
int gunyah_internal_linux_ioctl(int fd, enum linux_call call, uintptr_t argument);

// The call that makes an ioctl of this number; LINUX_UNKNOWN_CALL if none does, or if several do.
enum linux_call gunyah_internal_linux_find_call(uint32_t number);

// Name of a call: as the kernel's headers have it, without the prefix.
const char *gunyah_internal_linux_call_name(enum linux_call call);

// ---- cause.c -----------------------------------------------------------------------------------------------------

// What an errno of a call usually means, and what to do about it. Returns the error.
enum gunyah_error gunyah_internal_linux_explain(enum linux_call call, int number, struct gunyah_error_info *info);

// The same for an answer of the hypervisor, GUNYAH_HVERR_*.
enum gunyah_error gunyah_internal_linux_explain_hypervisor(enum linux_call call, int code,
                                                           struct gunyah_error_info *info);

// The same for the failures of a VM. number: what an ioctl of the library returned, -errno.
enum gunyah_error gunyah_internal_linux_failed(struct gunyah_vmm_vm *vm, enum linux_call call, int number);

// The library refuses something by itself. The texts live for ever.
enum gunyah_error gunyah_internal_linux_refuse(struct gunyah_vmm_vm *vm, enum gunyah_error error, const char *text,
                                               const char *advice);

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

// ---- translate.c -------------------------------------------------------------------------------------------------

struct kernel_region gunyah_internal_linux_region(const struct gunyah_vm_memory *memory);

struct kernel_map gunyah_internal_linux_map(const struct gunyah_vm_memory *memory, int fd);

struct kernel_area_map gunyah_internal_linux_area_map(const struct gunyah_vm_memory *memory, int fd);

struct kernel_boot_context gunyah_internal_linux_boot_register(uint32_t set, uint32_t index, uint64_t value);

struct kernel_trusted_vm gunyah_internal_linux_trusted_vm(gunyah_vmid_t vmid, uint32_t pas_id,
                                                          const struct gunyah_vm_memory *image);

struct kernel_irqfd gunyah_internal_linux_irqfd(uint32_t label, bool level, int fd);

struct kernel_ioeventfd gunyah_internal_linux_ioeventfd(const struct gunyah_vm_notify *notify, int fd);

// What is in the page, each field read once: seen is a copy of it. exit->data points into the copy, or, for an answer, into the page.
void gunyah_internal_linux_get_exit(struct kernel_run *run, struct kernel_run *seen, struct gunyah_vcpu_exit *exit);

// False: after an exit of this kind, there is nothing to choose.
bool gunyah_internal_linux_set_action(struct kernel_run *run, enum gunyah_vcpu_exit_kind kind,
                                      enum gunyah_vcpu_action action);

// ---- tree.c ------------------------------------------------------------------------------------------------------

// What a device tree asks for. Without libfdt nobody can tell: it has all that anybody looks for.

// Whether there is a tree, of at most this size.
bool gunyah_internal_linux_is_tree(const void *memory, uint64_t size);

uint32_t gunyah_internal_linux_tree_vcpus(const void *tree);

bool gunyah_internal_linux_tree_has_doorbell(const void *tree, uint32_t label);

// ---- open.c ------------------------------------------------------------------------------------------------------

// A node and all that was made with it. What the session's thread has to itself, except for what vCPUs tell.
struct gunyah_linux {
    int fd;
    enum gunyah_linux_flavour flavour;
    uint32_t capabilities;
    struct gunyah_allocator allocator;
    struct gunyah_backend backend;
    struct gunyah_vmm vmm;
    struct linux_vm *vms;
    struct linux_bell *bells[LINUX_MAX_BELLS]; // by CapID; null: free
};

static inline bool has_any(const struct gunyah_linux *node, uint32_t capabilities)
{
    return (node->capabilities & capabilities) != 0;
}

// Qualcomm's driver, whose VMs are signed firmware.
static inline bool is_signed(const struct gunyah_linux *node)
{
    return has_any(node, GUNYAH_LINUX_SIGNED_FIRMWARE);
}

// Memory of the node's allocator, or null.
void *gunyah_internal_linux_allocate(const struct gunyah_linux *node, size_t size);

void gunyah_internal_linux_release(const struct gunyah_linux *node, void *memory, size_t size);

// ---- gate.c ------------------------------------------------------------------------------------------------------

// A file whose calls wait, and can be cancelled from another thread. signal: what that sends, or 0; set by who opens it.
struct linux_gate {
    int file;
    int gate;   // -1: not open
    int closed; // what a cancellation puts in the place of it
    int signal;
    atomic_int thread; // that is inside, if there is a signal for it; else 0
};

// 0, or -errno.
int gunyah_internal_linux_open_gate(struct linux_gate *gate, int file, int closed);

void gunyah_internal_linux_free_gate(struct linux_gate *gate);

// What the call returns, or -errno; -EINTR: a signal, or a cancellation; -ECANCELED: a cancellation before it.
int gunyah_internal_linux_pass_gate(struct linux_gate *gate, enum linux_call call, uintptr_t argument);

// Cancel: the call that waits, or the next one. Any thread, also inside a signal handler.
void gunyah_internal_linux_close_gate(const struct linux_gate *gate);

// ---- clock.c -----------------------------------------------------------------------------------------------------

uint64_t gunyah_internal_linux_now(void *context);

// Wait for one of these files, or until a moment of that clock (GUNYAH_WAIT_FOREVER: none). GUNYAH_OK; GUNYAH_ERR_TIMEOUT;
// GUNYAH_ERR_NO_RESOURCES.
enum gunyah_error gunyah_internal_linux_poll(struct pollfd *files, size_t count, uint64_t deadline);

// The moment when a time-out that begins now is over.
uint64_t gunyah_internal_linux_deadline(uint64_t timeout_ns);

#endif
