// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The seam "manage this VM": what the library asks of whatever makes, runs and ends VMs.
 *
 * There are two kinds: the Resource Manager's client (gunyah_rm_vmm()), which speaks over message queues, and operating
 * systems with a driver for it. vm.h is the API on top, the same on all of them.
 */
#ifndef GUNYAH_VMM_H
#define GUNYAH_VMM_H

#include "abi/rm_types.h"
#include "abi/types.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a VM is doing. */
struct gunyah_vm_status {
    enum gunyah_vm_state state;
    enum gunyah_os_status os; /**< As far as the guest says. */
    uint16_t application;     /**< Free for the guest to use. */
};

/** How a VM ended. */
struct gunyah_vm_exit {
    enum gunyah_vm_exit_type type;
    uint16_t flags;        /**< GUNYAH_RM_VM_EXIT_FLAG_*, or, if it was no VM_EXIT, GUNYAH_RM_VM_EXIT_REASON_FLAG_*. */
    uint16_t code;         /**< For VM_EXIT, enum gunyah_vm_exit_code. */
    uint32_t reset_type;   /**< For SYSTEM_RESET2. */
    uint64_t reset_cookie; /**< For SYSTEM_RESET2. */
};

/** Addresses in a row, or a piece of a parcel; in bytes. Messages have the same layout: arrays are sent as they lie. */
struct gunyah_memory_region {
    uint64_t address;
    uint64_t size;
};

/** Where the image and the device tree of a VM lie. Offsets and sizes are in bytes. */
struct gunyah_vm_image {
    size_t size; /**< sizeof(struct gunyah_vm_image). */
    enum gunyah_vm_auth authentication;
    uint32_t memparcel; /**< Handle of the parcel that holds both; the VM is in its access list. 0 is a handle. Where a
                              driver makes VMs, what gunyah_vm_add_memory() told. */
    uint64_t image_offset; /**< In the parcel. The VM's entry, unless a boot register says otherwise. */
    uint64_t image_size;   /**< May be 0 where nobody authenticates. With PLATFORM, of the ELF metadata. */
    uint64_t dtb_offset;   /**< In the parcel; where a driver makes VMs, a multiple of the kernel's page size. */
    uint64_t dtb_size; /**< Of the region, with room for what the Resource Manager adds: twice what is there. Drivers
                                are told whole pages, up to the end of its last one. */
};

#define GUNYAH_VM_IMAGE_INIT                                                                                           \
    {                                                                                                                  \
        sizeof(struct gunyah_vm_image), GUNYAH_VM_AUTH_NONE, GUNYAH_RM_HANDLE_INVALID, 0, 0, 0, 0                      \
    }

/** A resource that the caller and a VM share. Fields that a kind does not have are 0, or invalid. */
struct gunyah_vm_resource {
    enum gunyah_vm_resource_type type;
    gunyah_vmid_t partner; /**< The VM on the other side; 0 for vCPUs. */
    uint32_t label;        /**< As in the device tree of the VM; of a vCPU, its index. */
    gunyah_capid_t cap;    /**< In the caller's capability space. */
    gunyah_virq_t virq;    /**< Of the caller; 0: none. */
    uint64_t base;         /**< For virtio-mmio, the page of the caller's side. */
    uint64_t size;         /**< Of that page. */
};

/** How a VM has a piece of memory. */
enum gunyah_vm_memory_kind {
    GUNYAH_VM_MEMORY_DEFAULT = 0, /**< Lent where that is possible, else shared. */
    GUNYAH_VM_MEMORY_LEND = 1,    /**< Alone: the caller must not touch it as long as the VM runs. */
    GUNYAH_VM_MEMORY_SHARE = 2,   /**< Together with the caller. */
};

/** A piece of memory for a VM. */
struct gunyah_vm_memory {
    size_t size; /**< sizeof(struct gunyah_vm_memory). */
    enum gunyah_vm_memory_kind kind;
    enum gunyah_pgtable_access access; /**< Of the VM. */
    uint32_t label;   /**< As in the device tree, for memory that has a node there; no two pieces have the same. */
    uint64_t address; /**< In the VM. A multiple of the page size, as length is. */
    uint64_t length;  /**< Bytes. */
    void *memory; /**< Of the process, aligned to a page; null: the provider makes it, and stores here where it is. */
    const char *area; /**< The contiguous area of the kernel that the provider takes it from, a node, "/dev/oemvm_cma";
                           null: any memory. Not kept. */
};

#define GUNYAH_VM_MEMORY_INIT                                                                                          \
    {                                                                                                                  \
        sizeof(struct gunyah_vm_memory), GUNYAH_VM_MEMORY_DEFAULT, GUNYAH_PGTABLE_ACCESS_RWX, 0, 0, 0, NULL, NULL      \
    }

/** Writes of a VM that are to be heard of without an exit. */
struct gunyah_vm_notify {
    size_t size;      /**< sizeof(struct gunyah_vm_notify). */
    uint64_t address; /**< In the VM. */
    uint32_t length;  /**< Bytes that are written: 1, 2, 4 or 8; or 0: any. */
    bool has_value;   /**< Only writes of this value; length is not 0 then. */
    uint64_t value;
};

#define GUNYAH_VM_NOTIFY_INIT                                                                                          \
    {                                                                                                                  \
        sizeof(struct gunyah_vm_notify), 0, 0, false, 0                                                                \
    }

/** Why a vCPU came back. */
enum gunyah_vcpu_exit_kind {
    GUNYAH_VCPU_EXIT_UNKNOWN = 0,     /**< For a reason that this library does not know: look at reason. */
    GUNYAH_VCPU_EXIT_MMIO = 1,        /**< The VM reads or writes where no memory is. */
    GUNYAH_VCPU_EXIT_VM_ENDED = 2,    /**< The VM is over; it is every time from now on. */
    GUNYAH_VCPU_EXIT_PAGE_FAULT = 3,  /**< The VM wants memory that it does not have. */
    GUNYAH_VCPU_EXIT_INTERRUPTED = 4, /**< gunyah_vcpu_cancel(), or a signal. The VM asks for nothing. */
};

/** How it is over. */
enum gunyah_vm_end {
    GUNYAH_VM_END_LOAD_FAILED = 1, /**< It could not be started. */
    GUNYAH_VM_END_EXITED = 2,
    GUNYAH_VM_END_CRASHED = 3,
};

/** What a vCPU came back with. Fields that a kind does not have are 0. */
struct gunyah_vcpu_exit {
    enum gunyah_vcpu_exit_kind kind;
    uint32_t reason;  /**< Raw, of the driver. */
    uint64_t address; /**< MMIO, PAGE_FAULT: in the VM. */
    uint8_t *data;    /**< MMIO: what is written; or where to put what is read. The provider's, until the next run. */
    uint32_t length;  /**< MMIO: bytes, 1, 2, 4 or 8. Little-endian. */
    bool is_write;    /**< MMIO. */
    bool is_mapped;   /**< PAGE_FAULT: there is memory, but not for this kind of access. */
    enum gunyah_vm_end end;      /**< VM_ENDED. */
    struct gunyah_vm_exit cause; /**< VM_ENDED. */
};

/** How a vCPU goes on after an exit. */
enum gunyah_vcpu_action {
    GUNYAH_VCPU_ACTION_HANDLED = 0, /**< What it wanted is done. */
    GUNYAH_VCPU_ACTION_FAULT = 1,   /**< The VM gets an exception. */
    GUNYAH_VCPU_ACTION_RETRY = 2,   /**< It tries again. */
};

/** A vCPU as the provider keeps it. The memory is lent to the provider from vcpu_open until vcpu_close. */
struct gunyah_vmm_vcpu {
    void *own;                        /**< The provider's. */
    struct gunyah_error_info failure; /**< Of the last operation that failed. */
};

/** A VM as the provider keeps it. The memory is lent to the provider from attach until detach. */
struct gunyah_vmm_vm {
    struct gunyah_vmm_vm *next; /**< The provider's own, */
    bool told;                  /**< and so is this, */
    bool behind;                /**< and this, */
    void *own;                  /**< and this. */
    bool known;  /**< status is what it is doing, as far as the provider was told. Else it has to be asked. */
    bool exited; /**< exit is how it ended, since it was configured. */
    gunyah_vmid_t vmid;
    struct gunyah_vm_status status;
    struct gunyah_vm_exit exit;
    const char *caller; /**< Function of the library that asks now: whom the provider blames for its own refusals. */
    struct gunyah_error_info failure; /**< Of an operation that failed, if the provider does not record it itself. */
};

/** Requests without arguments. */
enum gunyah_vmm_action {
    GUNYAH_VMM_ALLOCATE = 0,   /**< Make it: vmid is the wanted one, or 0 for any, and then the one it has. */
    GUNYAH_VMM_INIT = 1,       /**< INIT -> READY. */
    GUNYAH_VMM_START = 2,      /**< READY -> RUNNING. */
    GUNYAH_VMM_ABANDON = 3,    /**< AUTH or INIT -> something that RESET leads on from, whatever the answer is. */
    GUNYAH_VMM_RESET = 4,      /**< EXITED, READY, INIT_FAILED -> RESETTING. */
    GUNYAH_VMM_DEALLOCATE = 5, /**< LOAD or RESET -> NONE: there is no such VM any more. */
};

/** What a setting says. */
enum gunyah_vmm_setting_kind {
    GUNYAH_VMM_AUTHENTICATE = 0,    /**< selector: PAS id. */
    GUNYAH_VMM_FIRMWARE_MEMORY = 1, /**< selector: memparcel; values: offset and size in it. */
    GUNYAH_VMM_DEMAND_PAGING = 2,   /**< regions, count. */
    GUNYAH_VMM_ADDRESS_LAYOUT = 3,  /**< selector: enum gunyah_vm_range; values: address and size. */
    GUNYAH_VMM_BOOT_REGISTER = 4,   /**< selector: enum gunyah_vm_register_set; index; values[0]. */
    GUNYAH_VMM_TIME_BASE = 5,       /**< values: the time, and the counter. */
    GUNYAH_VMM_DEBUG = 6,           /**< values[0]: 1 allows it. */
};

/** A setting of a VM that is not started yet. */
struct gunyah_vmm_setting {
    enum gunyah_vmm_setting_kind kind;
    uint32_t selector;
    uint32_t index;
    uint64_t values[2];
    const struct gunyah_memory_region *regions;
    size_t count;
};

/** In the states that wait waits for: until exited is set. */
#define GUNYAH_VMM_UNTIL_EXIT_IS_KNOWN (UINT32_C(1) << 31)

/**
 * The operations. A session calls them from one thread at a time, with arguments that vm.h has checked, in the states that
 * vm.h allows. Each of them but attach, detach and wait may block until the provider's own time-out; returns what the
 * provider was answered, recorded for gunyah_last_error() or told in vm->failure; and leaves the record right, or known
 * false. From add_memory on, an operation is null if the provider has nothing like it.
 */
struct gunyah_vmm_ops {
    /** sizeof(struct gunyah_vmm_ops) of the headers that the provider was compiled with. */
    size_t size;

    /** Short name for people: "rm". */
    const char *name;

    /** From now on keep this record up to date; vm->vmid is set. Does not block, cannot fail. */
    void (*attach)(void *context, struct gunyah_vmm_vm *vm);

    /** The record, and what memory goes with it, is not the provider's any more. Does not block, cannot fail. */
    void (*detach)(void *context, struct gunyah_vmm_vm *vm);

    /** Ask for the status, into the record. If there is no such VM any more: GUNYAH_ERR_NO_RESOURCES, and NONE. */
    enum gunyah_error (*query)(void *context, struct gunyah_vmm_vm *vm);

    enum gunyah_error (*configure)(void *context, struct gunyah_vmm_vm *vm, const struct gunyah_vm_image *image);

    enum gunyah_error (*set)(void *context, struct gunyah_vmm_vm *vm, const struct gunyah_vmm_setting *setting);

    enum gunyah_error (*act)(void *context, struct gunyah_vmm_vm *vm, enum gunyah_vmm_action action);

    enum gunyah_error (*stop)(void *context, struct gunyah_vmm_vm *vm, bool force, enum gunyah_vm_stop_reason reason);

    /**
     * Take in what has been said, and block until the VM is in one of these states, a bit each; no state: until the time is
     * over. timeout_ns: 0 only takes in what is there. GUNYAH_OK; GUNYAH_ERR_TIMEOUT, which is not recorded; other errors.
     */
    enum gunyah_error (*wait)(void *context, struct gunyah_vmm_vm *vm, uint32_t states, uint64_t timeout_ns);

    /**
     * Resources that the caller shares with a VM, as many as there is room for, and how many there are, whether or not
     * there is room.
     */
    enum gunyah_error (*resources)(void *context, struct gunyah_vmm_vm *vm, struct gunyah_vm_resource *resources,
                                   size_t capacity, size_t *count);

    /**
     * Take back the memory that goes with a VM, unless dry; tell how much is still given, and the handle of the first.
     * GUNYAH_OK if nothing was refused.
     */
    enum gunyah_error (*reclaim)(void *context, struct gunyah_vmm_vm *vm, bool dry, uint32_t *left, uint32_t *first);

    /** Give it a piece of memory, and store the number by which the image knows it (struct gunyah_vm_image, memparcel). */
    enum gunyah_error (*add_memory)(void *context, struct gunyah_vmm_vm *vm, struct gunyah_vm_memory *memory,
                                    uint32_t *handle);

    /** Take pages of it from the VM, which has them again when it touches them. */
    enum gunyah_error (*reclaim_memory)(void *context, struct gunyah_vmm_vm *vm, struct gunyah_memory_region range);

    /** Make it of firmware that the platform knows by this name, ready to be initialised. */
    enum gunyah_error (*load_firmware)(void *context, struct gunyah_vmm_vm *vm, const char *name);

    /** Make the doorbell of the VM with this label the caller's to ring; level: as a level interrupt. */
    enum gunyah_error (*add_irq)(void *context, struct gunyah_vmm_vm *vm, uint32_t label, bool level,
                                 gunyah_capid_t *cap);

    /** Make writes of the VM a doorbell that rings the caller. */
    enum gunyah_error (*add_notify)(void *context, struct gunyah_vmm_vm *vm, const struct gunyah_vm_notify *notify,
                                    gunyah_capid_t *cap, gunyah_virq_t *virq);

    /** Make it possible to run a vCPU; signal: what brings a thread back that is inside, or 0. Failures in vm->failure. */
    enum gunyah_error (*vcpu_open)(void *context, struct gunyah_vmm_vm *vm, uint32_t index, int signal,
                                   struct gunyah_vmm_vcpu *vcpu);

    /** The vCPU's memory is not the provider's any more. Cannot fail. */
    void (*vcpu_close)(struct gunyah_vmm_vcpu *vcpu);

    /** Run it, in any thread, and tell why it came back. Blocks. Failures of this and of the next one in vcpu->failure. */
    enum gunyah_error (*vcpu_run)(struct gunyah_vmm_vcpu *vcpu, struct gunyah_vcpu_exit *exit);

    /** How it goes on after the exit that it has had. */
    enum gunyah_error (*vcpu_resume)(struct gunyah_vmm_vcpu *vcpu, enum gunyah_vcpu_action action);

    /** Make vcpu_run come back, now or the next time. Any thread, also inside a signal handler. */
    void (*vcpu_cancel)(struct gunyah_vmm_vcpu *vcpu);
};

/** A provider: operations, what they work on, and the session whose errors they record. Borrowed by VMs. */
struct gunyah_vmm {
    const struct gunyah_vmm_ops *ops;
    void *context;
    struct gunyah *g;
};

#ifdef __cplusplus
}
#endif

#endif
