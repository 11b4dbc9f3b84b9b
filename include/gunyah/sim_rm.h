// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The simulator's Resource Manager: VMs that are made, and memory that changes hands, by messages.
 *
 * What sim.h says about time, threads, null pointers and gunyah_sim_last_error() holds here too.
 */
#ifndef GUNYAH_SIM_RM_H
#define GUNYAH_SIM_RM_H

#include "abi/rm_types.h"
#include "sim.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Options of gunyah_sim_add_rm(). */
struct gunyah_sim_rm_options {
    size_t size;                          /**< sizeof(struct gunyah_sim_rm_options). */
    enum gunyah_rm_generation generation; /**< GUNYAH_RM_GENERATION_2023 or LATER; UNKNOWN: 2023. */
    bool debug;                           /**< A debug build: the image of a VM may be shared, and not lent alone. */
    uint32_t latency_ns;                  /**< Virtual time from a message to its answer; 0: 350000, as observed. */
};

#define GUNYAH_SIM_RM_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_rm_options), GUNYAH_RM_GENERATION_UNKNOWN, false, 0                                   \
    }

/**
 * Put a Resource Manager into the root VM. It answers the messages that VMs send it, makes VMs, and runs in virtual
 * time: a VM that sends to it and looks at once finds nothing. It has its answer after options.latency_ns, after one
 * scheduler_yield, or by waiting for the interrupt.
 *
 * A machine has none by default. docs/simulator.md says what it answers.
 *
 * @param options  Null for the defaults.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_INVALID (generation);
 *         GUNYAH_ERR_IN_USE (there is one);
 *         GUNYAH_ERR_NO_MEMORY (of the hypervisor);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator);
 *         GUNYAH_ERR_CRASHED (the hypervisor stopped).
 */
enum gunyah_error gunyah_sim_add_rm(struct gunyah_sim *sim, const struct gunyah_sim_rm_options *options);

/** A VM's channel to the Resource Manager. */
struct gunyah_sim_rm_queue {
    size_t size;                /**< sizeof(struct gunyah_sim_rm_queue), set by the caller. */
    uint32_t depth;             /**< Messages in each direction, 1 to 255; 0: 8. */
    gunyah_virq_t send_virq;    /**< Not-full interrupt; 0: 960. */
    gunyah_virq_t receive_virq; /**< Not-empty interrupt; 0: 961. */
    // Results.
    gunyah_capid_t send_cap;    /**< Requests go here; id in the VM's capability space. */
    gunyah_capid_t receive_cap; /**< Replies and notifications come from here. */
};

#define GUNYAH_SIM_RM_QUEUE_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_rm_queue), 0, {0}, {0}, {GUNYAH_CAPID_INVALID},                                       \
        {                                                                                                              \
            GUNYAH_CAPID_INVALID                                                                                       \
        }                                                                                                              \
    }

/**
 * Tell a VM's channel to the Resource Manager, and make it if the VM was added by gunyah_sim_add_vm() and has none.
 * Messages have up to 240 bytes. Such a VM counts as running. That with VMID 3 is HLOS, which alone may make VMs; give
 * it its channel first, because it owns the VMs that come later.
 *
 * A VM that the Resource Manager made has a channel when its configuration says so, as it says.
 *
 * @param queue  What is asked for; afterwards what there is.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_OBJECT_STATE (there is no Resource Manager, the VM is gone, or its configuration gives it no
 *         channel);
 *         GUNYAH_ERR_ARGUMENT_SIZE (depth);
 *         GUNYAH_ERR_ARGUMENT_INVALID (the root VM, interrupts that are not shared ones);
 *         GUNYAH_ERR_BUSY (interrupt taken);
 *         GUNYAH_ERR_NO_MEMORY;
 *         GUNYAH_ERR_CSPACE_FULL;
 *         GUNYAH_ERR_CRASHED (the hypervisor stopped).
 */
enum gunyah_error gunyah_sim_get_rm_queue(struct gunyah_sim_vm *vm, struct gunyah_sim_rm_queue *queue);

/** Kinds of virtual device. */
enum gunyah_sim_vdevice_type {
    GUNYAH_SIM_VDEVICE_RM_RPC = 0,            /**< The VM's own channel to the Resource Manager. */
    GUNYAH_SIM_VDEVICE_DOORBELL = 1,          /**< The peer rings, the VM hears. */
    GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE = 2,   /**< The VM rings, the peer hears. */
    GUNYAH_SIM_VDEVICE_MSGQUEUE_SENDER = 3,   /**< The VM sends. */
    GUNYAH_SIM_VDEVICE_MSGQUEUE_RECEIVER = 4, /**< The VM receives. */
    GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR = 5,     /**< The VM sends by one queue and receives by another. */
    GUNYAH_SIM_VDEVICE_SHM = 6,               /**< Wants the memory parcel with its label at an address. */
};

/** A virtual device in the configuration of a VM: a child of vdevices in its device tree. */
struct gunyah_sim_vdevice {
    enum gunyah_sim_vdevice_type type;
    uint32_t label;
    gunyah_vmid_t peer;         /**< Doorbells and queues; 0: the VM's owner. */
    bool source_can_clear;      /**< Doorbells: who rings may also receive. */
    bool console;               /**< RM_RPC: the VM has a console. */
    bool allocate_base;         /**< SHM: the Resource Manager chooses the address. */
    bool optional;              /**< SHM: the VM starts without the parcel too. */
    uint32_t depth;             /**< Queues and RM_RPC; 0: 8. */
    uint32_t message_size;      /**< Queues and RM_RPC, bytes; 0: 240. */
    gunyah_virq_t send_virq;    /**< Of the VM; 0: the Resource Manager chooses. */
    gunyah_virq_t receive_virq; /**< Of the VM, and of a doorbell that it hears; 0: the Resource Manager chooses. */
    uint64_t base;              /**< SHM without allocate_base. */
};

/** What the device tree of a VM would tell the Resource Manager. */
struct gunyah_sim_vm_config {
    size_t size;                /**< sizeof(struct gunyah_sim_vm_config). */
    gunyah_vmid_t vmid;         /**< Whose it is; 0: of every VM that has none of its own. */
    const char *name;           /**< Up to 79 bytes; null: none. Copied. */
    const char *uri;            /**< Up to 79 bytes; null: none. Copied. */
    unsigned char guid[16];     /**< As VM_GET_ID tells it. */
    uint32_t vcpus;             /**< 1 to gunyah_sim_options.max_vcpus. */
    bool proxy;                 /**< The owner runs the vCPUs. */
    bool no_shutdown;           /**< VM_STOP is refused. */
    bool no_reset;              /**< VM_RESET is refused. */
    bool crash_fatal;           /**< VM_EXIT is refused. Implies the two above. */
    bool rtc;                   /**< The VM has a clock: VM_SET_TIME_BASE works. */
    uint64_t base;              /**< Where its memory begins: a multiple of 4 KiB; rounded up to 2 MiB. */
    uint64_t size_max;          /**< Bytes that its memory may have; 0: up to the end of 36-bit addresses. */
    uint64_t firmware_base;     /**< Where a firmware parcel goes; 0: there is no place for one. */
    uint64_t firmware_size_max; /**< Bytes that the firmware may have; 0: 4 MiB. */
    const struct gunyah_sim_vdevice *vdevices; /**< Copied. May be null if there are none. */
    size_t vdevice_count;                      /**< At most 64. */
    uint64_t rtc_base; /**< Where its clock is, a multiple of 4 KiB; 0: the Resource Manager chooses. */
};

#define GUNYAH_SIM_VM_CONFIG_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_vm_config), {0}, NULL, NULL, {0}, 1, true, false, false, false, false, 0x80000000, 0, \
            0, 0, NULL, 0, 0                                                                                           \
    }

/**
 * Declare the configuration of VMs that the Resource Manager is yet to make. VM_INIT takes it in place of the device
 * tree in the VM's image, which is not looked at, and not written. VMs without a declaration are configured by their
 * trees if the library was built with libfdt (GUNYAH_FEATURE_DEVICE_TREE), else not at all. A later declaration for the
 * same VMID replaces an earlier one. It is not part of a snapshot.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_SIZE (too many vdevices, a name that is too long);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 *
 * What is in it is judged by VM_INIT, as a Resource Manager does.
 */
enum gunyah_error gunyah_sim_configure_vm(struct gunyah_sim *sim, const struct gunyah_sim_vm_config *config);

/**
 * Find a VM by its VMID, among them one that the Resource Manager has made. It exists from VM_INIT to VM_RESET,
 * and may come again; the handle stays valid all the while. It runs from VM_START until it exits or is stopped: at
 * other times its backend opens no session (GUNYAH_ERR_OBJECT_STATE). When it ends under an open session, waits of that
 * session and every hypercall from then on fail with GUNYAH_ERR_OBJECT_STATE, even if the VM is started anew: close the
 * session, and open another one.
 *
 * @param vm  Where it is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (there is no such VM);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 */
enum gunyah_error gunyah_sim_find_vm(struct gunyah_sim *sim, gunyah_vmid_t vmid, struct gunyah_sim_vm **vm);

/**
 * Tell where in the process the memory is that a VM has at an address: a VM that the Resource Manager made has what its
 * parcels brought; every other VM has the memory of the process as it is, at 4096 and above.
 *
 * @param address  Of the VM, an IPA.
 * @param size     Bytes, at least 1.
 * @param memory   Where it is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ADDR_INVALID (the range is not mapped as a whole, or not in one piece).
 */
enum gunyah_error gunyah_sim_find_memory(struct gunyah_sim_vm *vm, uint64_t address, uint64_t size, void **memory);

/**
 * Find a VM's device tree, as the VM itself does by x0.
 *
 * That of a VM which the Resource Manager made lies in the VM's memory, and VM_START has written into it what the VM
 * has; it is there from then on till the VM is reset. That of every other VM is made when it is asked for, and tells of
 * the channel to the Resource Manager: gunyah_sim_get_rm_queue() comes first.
 *
 * @param dtb   Where its address is stored; null on failure. Valid as long as the VM has the memory, or the machine is.
 * @param size  Where the bytes are stored that may be read there; 0 on failure. For gunyah_dt_open().
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_NOT_FOUND (no channel; the VM does not run, or is configured by gunyah_sim_configure_vm());
 *         GUNYAH_ERR_ADDR_INVALID (it does not lie in one piece);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator);
 *         GUNYAH_ERR_UNSUPPORTED (the library was built without libfdt).
 */
enum gunyah_error gunyah_sim_find_device_tree(struct gunyah_sim_vm *vm, const void **dtb, size_t *size);

/**
 * Returns a sentence about why the Resource Manager last refused a request of this VM, such as "the parcel is shared,
 * and this generation wants it lent"; never null. It lives for ever. The error code says less.
 */
const char *gunyah_sim_rm_reason(struct gunyah_sim_vm *vm);

/** What goes wrong with a request to the Resource Manager. */
enum gunyah_sim_rm_mischief {
    GUNYAH_SIM_RM_FAIL = 0,          /**< Nothing is done, and the reply is the error `value`, a GUNYAH_RMERR_*. */
    GUNYAH_SIM_RM_IGNORE = 1,        /**< Nothing is done, and no reply comes. */
    GUNYAH_SIM_RM_LOSE_REPLY = 2,    /**< It is done, and no reply comes. */
    GUNYAH_SIM_RM_REPEAT_REPLY = 3,  /**< The reply comes twice. */
    GUNYAH_SIM_RM_STALE_REPLY = 4,   /**< A reply to the request before comes first. */
    GUNYAH_SIM_RM_OTHER_REPLY = 5,   /**< A reply with the right number, but to another message, comes first. */
    GUNYAH_SIM_RM_LATE_REPLY = 6,    /**< The reply takes `value` nanoseconds longer. */
    GUNYAH_SIM_RM_CUT_REPLY = 7,     /**< The reply has no more than `value` bytes, its error word included. */
    GUNYAH_SIM_RM_PAD_REPLY = 8,     /**< The reply has `value` zero bytes more. */
    GUNYAH_SIM_RM_GARBAGE = 9,       /**< Packets that follow no protocol come first. */
    GUNYAH_SIM_RM_FLOOD = 10,        /**< `value` VM_STATUS notifications come first. */
    GUNYAH_SIM_RM_NO_INTERRUPT = 11, /**< The reply raises no interrupt. */
    GUNYAH_SIM_RM_DIE = 12,          /**< The Resource Manager stops for ever, and has done nothing. */
    GUNYAH_SIM_RM_DIE_MIDWAY = 13,   /**< The Resource Manager stops for ever behind the first packet of the reply. */
};

/** Which requests to the Resource Manager go wrong, and how. */
struct gunyah_sim_rm_fault {
    size_t size;              /**< sizeof(struct gunyah_sim_rm_fault). */
    struct gunyah_sim_vm *vm; /**< Requests of this VM; null: of every VM. */
    uint32_t message;         /**< GUNYAH_RM_*; GUNYAH_SIM_RM_ANY_MESSAGE: every request. */
    enum gunyah_sim_rm_mischief mischief;
    uint64_t value;  /**< See enum gunyah_sim_rm_mischief. */
    uint64_t nth;    /**< The first request that goes wrong: 1 is the next one that matches. */
    uint64_t count;  /**< How many in a row; 0: all from then on. */
    uint32_t chance; /**< Which of these go wrong: parts per million, as the seed decides; 0: all. */
};

#define GUNYAH_SIM_RM_ANY_MESSAGE UINT32_MAX

#define GUNYAH_SIM_RM_FAULT_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_rm_fault), NULL, GUNYAH_SIM_RM_ANY_MESSAGE, GUNYAH_SIM_RM_FAIL, GUNYAH_RMERR_DENIED,  \
            1, 1, 0                                                                                                    \
    }

/**
 * Make requests to the Resource Manager go wrong. Of several faults that match, the one that was added first counts;
 * each counts its own requests. gunyah_sim_clear_faults() removes these too.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_INVALID (no such mischief, FAIL with OK, nth is 0, chance is above 1000000, a VM of another
 *         machine);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 */
enum gunyah_error gunyah_sim_add_rm_fault(struct gunyah_sim *sim, const struct gunyah_sim_rm_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
