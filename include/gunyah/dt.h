// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What a VM finds in its device tree: who it is, and the capabilities, interrupts and memory that were made for it.
 *
 * A device tree is bytes from somebody else. gunyah_dt_open() looks at all of them once, and no function believes what it
 * has not checked: a tree that is cut off, damaged or made to harm is an error, never more. Each call takes time that
 * is bounded by the size of the tree.
 *
 * The functions are pure: no memory but the caller's, no state but that of struct gunyah_dt. A struct gunyah_dt belongs to
 * one thread at a time; several may read the same tree.
 *
 * The library has them where it was built with libfdt: GUNYAH_FEATURE_DEVICE_TREE of gunyah_has(). docs/device-tree.md has
 * an introduction.
 */
#ifndef GUNYAH_DT_H
#define GUNYAH_DT_H

#include "doorbell.h"
#include "memory.h"
#include "rm.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Nodes may lie this deep; a tree with deeper ones is refused. The root's children are 1 deep. */
#define GUNYAH_DT_MAX_DEPTH 32

/** Names and texts are at most this long, with the 0 at the end; a tree with a longer property name is refused. */
#define GUNYAH_DT_MAX_NAME 256

/** What is wrong with a tree, or what was not found in it. */
struct gunyah_dt_problem {
    char path[GUNYAH_DT_MAX_NAME]; /**< Of the node; its name alone, if the path is too long; "" for the whole tree. */
    const char *property;          /**< Its name, which lives for ever; null if it is not about one. */
    const char *text;              /**< What is wrong, as one clause without a full stop; null: nothing yet. Lives for
                                      ever. */
};

/** An open device tree. The fields are the library's. */
struct gunyah_dt {
    const void *blob;
    size_t size;
    struct gunyah_dt_problem problem;
};

/**
 * Open a device tree, which checks the whole of it: header, blocks, every node and every property.
 *
 * @param dtb       Its first byte, aligned to 8: as a VM finds it in x0. Lent until the last use of dt, and must not change
 *                  as long.
 * @param max_size  Bytes that may be read there; the tree itself may be shorter.
 * @param dt        Filled in, also on failure: gunyah_dt_last_problem() tells what is wrong. Needs no closing.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (dtb);
 *         GUNYAH_ERR_DEVICE_TREE (no device tree of version 16 or 17, longer than max_size, damaged, or with nodes deeper
 *           than GUNYAH_DT_MAX_DEPTH or property names longer than GUNYAH_DT_MAX_NAME).
 *
 * Does not block. Any thread. Devicetree specification, chapter 5.
 */
enum gunyah_error gunyah_dt_open(const void *dtb, size_t max_size, struct gunyah_dt *dt);

/**
 * Tell what the last function that failed on this tree complained about.
 *
 * @return Details that stay as they are until the next failure;
 *         text null if nothing failed yet;
 *         null for a null tree.
 *
 * Success does not clear it. Does not block.
 */
const struct gunyah_dt_problem *gunyah_dt_last_problem(const struct gunyah_dt *dt);

// ---- the VM ------------------------------------------------------------------------------------------------------

/** By which names the tree calls its hypervisor. */
enum gunyah_dt_hypervisor {
    GUNYAH_DT_HYPERVISOR_GUNYAH = 1 << 0, /**< "gunyah-hypervisor", as in Linux; not in a primary VM's tree. */
    GUNYAH_DT_HYPERVISOR_QCOM = 1 << 1,   /**< "qcom,gunyah-hypervisor", with and without a version. */
    GUNYAH_DT_HYPERVISOR_HAVEN = 1 << 2,  /**< "qcom,haven-hypervisor", its name before. */
};

/** Who this VM is. Texts lie in the tree; null: not told. */
struct gunyah_dt_vm_info {
    size_t size;         /**< sizeof(struct gunyah_dt_vm_info), set by the caller. */
    uint32_t hypervisor; /**< enum gunyah_dt_hypervisor; 0: none of them. */
    bool has_vmid;
    bool has_owner;
    gunyah_vmid_t vmid;
    gunyah_vmid_t owner; /**< The VM that made this one; a primary VM has none. */
    const char *vendor;
    const char *image_name; /**< The VM's name. */
    const char *uri;
    const char *guid;
    const char *peers; /**< Texts, one behind the 0 of the other. */
    size_t peer_count;
};

#define GUNYAH_DT_VM_INFO_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_vm_info), 0, false, false, {0}, {0}, NULL, NULL, NULL, NULL, NULL, 0                   \
    }

/**
 * Tell who this VM is: nodes gunyah-hypervisor and qcom,gunyah-vm-id, wherever they are.
 *
 * @param info  Filled in, as much of it as its size says; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (the tree is not open);
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_NOT_FOUND (neither of the nodes: this is no VM of Gunyah, or nobody told it);
 *         GUNYAH_ERR_DEVICE_TREE (a property has another form than it must).
 *
 * Does not block.
 */
enum gunyah_error gunyah_dt_get_vm_info(struct gunyah_dt *dt, struct gunyah_dt_vm_info *info);

/**
 * Tell the instruction that reaches firmware and hypervisor: property method of node psci, for gunyah_open().
 *
 * @param conduit  Where it is stored; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_NOT_FOUND (no node of PSCI);
 *         GUNYAH_ERR_DEVICE_TREE (method is neither "hvc" nor "smc").
 *
 * Does not block.
 */
enum gunyah_error gunyah_dt_psci_conduit(struct gunyah_dt *dt, enum gunyah_conduit *conduit);

// ---- devices -----------------------------------------------------------------------------------------------------

/** Kinds of virtual devices. Each is told by its compatible property alone, whatever its node is called. */
enum gunyah_dt_kind {
    GUNYAH_DT_ANY = 0,
    GUNYAH_DT_RESOURCE_MANAGER = 1, /**< Queues to and from the Resource Manager. */
    GUNYAH_DT_MSGQUEUE = 2,         /**< A message queue, in one direction. */
    GUNYAH_DT_MSGQUEUE_PAIR = 3,    /**< Two, one in each direction. */
    GUNYAH_DT_DOORBELL = 4,         /**< A doorbell that rings here. */
    GUNYAH_DT_DOORBELL_SOURCE = 5,  /**< A doorbell that this VM rings. */
    GUNYAH_DT_SHARED_MEMORY = 6,    /**< Memory of several VMs, perhaps with a doorbell in each direction. */
    GUNYAH_DT_VIRTIO_MMIO = 7,
    GUNYAH_DT_WATCHDOG = 8,
};

/** An interrupt of this VM. */
struct gunyah_dt_interrupt {
    gunyah_virq_t virq; /**< INTID; 0: none. */
    bool level;         /**< Triggered by level, else by edge. */
};

/** One end of a message queue. */
struct gunyah_dt_queue {
    gunyah_capid_t cap; /**< GUNYAH_CAPID_INVALID: there is no queue in this direction. CapID 0 is a good one. */
    struct gunyah_dt_interrupt interrupt; /**< Sending: not full; receiving: not empty. */
    uint32_t message_size;                /**< Largest message in bytes. */
    uint32_t depth;                       /**< Most messages. */
};

/** GUNYAH_DT_RESOURCE_MANAGER, GUNYAH_DT_MSGQUEUE and GUNYAH_DT_MSGQUEUE_PAIR. */
struct gunyah_dt_queues {
    struct gunyah_dt_queue send;
    struct gunyah_dt_queue receive;
    bool full_duplex;
    bool has_free_irq_start;
    uint32_t free_irq_start; /**< Resource Manager: the first interrupt that it may hand out. */
};

/** GUNYAH_DT_DOORBELL and GUNYAH_DT_DOORBELL_SOURCE; the latter has no interrupt. */
struct gunyah_dt_doorbell {
    gunyah_capid_t cap;
    struct gunyah_dt_interrupt interrupt;
};

/** Addresses in a row, as this VM sees them. */
struct gunyah_dt_region {
    uint64_t address;
    uint64_t size; /**< Bytes. */
};

/** GUNYAH_DT_SHARED_MEMORY. */
struct gunyah_dt_memory {
    bool has_memparcel;
    uint32_t memparcel;    /**< Handle of the parcel; 0 is a good one. */
    uint32_t region_count; /**< gunyah_dt_get_region() has them. */
    bool has_dma_base;
    uint64_t dma_base;                          /**< Where devices see it. */
    struct gunyah_dt_doorbell send_doorbell;    /**< To ring the peer; GUNYAH_CAPID_INVALID: none. */
    struct gunyah_dt_doorbell receive_doorbell; /**< That the peer rings; GUNYAH_CAPID_INVALID: none. */
};

/** GUNYAH_DT_VIRTIO_MMIO. A device that no Resource Manager made looks the same, but for its label. */
struct gunyah_dt_virtio_mmio {
    struct gunyah_dt_region registers;
    struct gunyah_dt_interrupt interrupt;
    bool dma_coherent;
    struct gunyah_dt_memory memory; /**< For its buffers; without a region: any memory. No doorbells. */
};

/** A virtual device. Texts lie in the tree. */
struct gunyah_dt_device {
    size_t size;      /**< sizeof(struct gunyah_dt_device), set by the caller. */
    int32_t node;     /**< The library's: where it is in the tree; 0: before the first device. */
    const char *name; /**< Of the node, with its address. */
    enum gunyah_dt_kind kind;
    bool has_label;
    bool has_peer;
    uint32_t label;        /**< What the two sides call it. */
    gunyah_vmid_t peer;    /**< The VM on the other side. */
    const char *peer_name; /**< The same by name, as in "vm-name:other"; null: not told. */
    union {
        struct gunyah_dt_interrupt watchdog; /**< GUNYAH_DT_WATCHDOG: its bark. */
        struct gunyah_dt_queues queues;
        struct gunyah_dt_doorbell doorbell;
        struct gunyah_dt_memory memory;
        struct gunyah_dt_virtio_mmio virtio_mmio;
    };
};

/** Before the first device. */
#define GUNYAH_DT_DEVICE_INIT                                                                                          \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_device), 0, NULL, GUNYAH_DT_ANY, false, false, 0, {0}, NULL,                           \
        {                                                                                                              \
            {                                                                                                          \
                {0}, false                                                                                             \
            }                                                                                                          \
        }                                                                                                              \
    }

/**
 * Find the next device, in the order of the tree.
 *
 * @param kind    GUNYAH_DT_ANY: of any kind.
 * @param device  GUNYAH_DT_DEVICE_INIT for the first; then what was filled in. A device that cannot be understood is passed
 *                too: its kind, name and node are filled in, and the next call goes on behind it.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (the tree is not open);
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (node is none of this tree);
 *         GUNYAH_ERR_NOT_FOUND (there are no more; the device is untouched);
 *         GUNYAH_ERR_UNSUPPORTED (addresses that its bus translates);
 *         GUNYAH_ERR_DEVICE_TREE (a property of the device is missing or has another form than it must).
 *
 * A node whose status is neither "okay" nor "ok" is no device. Does not block.
 */
enum gunyah_error gunyah_dt_next_device(struct gunyah_dt *dt, enum gunyah_dt_kind kind,
                                        struct gunyah_dt_device *device);

/**
 * Find the first device with a label. As gunyah_dt_next_device() from the beginning, whatever node the device says; kinds
 * have labels of their own.
 */
enum gunyah_error gunyah_dt_find_label(struct gunyah_dt *dt, enum gunyah_dt_kind kind, uint32_t label,
                                       struct gunyah_dt_device *device);

/**
 * Find a device by the path of its node, such as "/hypervisor/qcom,shm". As gunyah_dt_next_device(), whatever node the
 * device says.
 *
 * @param path  From the root; an address at the end of a name may be left out. GUNYAH_ERR_NULL (null);
 *              GUNYAH_ERR_ARGUMENT_INVALID (does not begin with "/"); GUNYAH_ERR_NOT_FOUND (no such node, or no device).
 */
enum gunyah_error gunyah_dt_find_path(struct gunyah_dt *dt, const char *path, struct gunyah_dt_device *device);

/**
 * Tell where a device's memory is.
 *
 * @param device  Of kind GUNYAH_DT_SHARED_MEMORY or GUNYAH_DT_VIRTIO_MMIO, as it was found.
 * @param index   0 to memory.region_count - 1.
 * @param region  Filled in; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_ARGUMENT_INVALID (another kind; node is none of this tree);
 *         GUNYAH_ERR_NOT_FOUND (no region of this index);
 *         GUNYAH_ERR_UNSUPPORTED (as gunyah_dt_next_device());
 *         GUNYAH_ERR_DEVICE_TREE (as gunyah_dt_next_device()).
 *
 * Does not block.
 */
enum gunyah_error gunyah_dt_get_region(struct gunyah_dt *dt, const struct gunyah_dt_device *device, uint32_t index,
                                       struct gunyah_dt_region *region);

// ---- the Resource Manager ----------------------------------------------------------------------------------------

/**
 * Tell how to speak with the Resource Manager: queues, interrupts and sizes of the first device of kind
 * GUNYAH_DT_RESOURCE_MANAGER.
 *
 * @param options  Begins as GUNYAH_RM_OPTIONS_INIT. send_cap, receive_cap, send_virq, receive_virq and message_size are
 *                 filled in, others stay; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (the tree is not open);
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_NOT_FOUND (this VM may not speak with it);
 *         GUNYAH_ERR_DEVICE_TREE (a property is missing or has another form than it must; or messages of the two directions
 *           have different sizes, which no Resource Manager makes).
 *
 * Does not block.
 */
enum gunyah_error gunyah_dt_rm_options(struct gunyah_dt *dt, struct gunyah_rm_options *options);

// ---- memory parcels ----------------------------------------------------------------------------------------------

/**
 * Tell what gunyah_memparcel_open() needs for the parcel of the first device of kind GUNYAH_DT_SHARED_MEMORY with a label.
 *
 * The memory is mapped where gunyah_dt_get_region() says, and can be used without any of this. The handle is for giving it
 * back, or for accepting it elsewhere afterwards.
 *
 * @param label  What the two sides call the device.
 * @param offer  Begins as GUNYAH_MEMPARCEL_OFFER_INIT. memparcel, label (the parcel's, which may be another one) and accepted
 *               (true) are filled in; transaction stays, since the tree does not tell it, and counts when the parcel is
 *               accepted again. Untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (the tree is not open);
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_NOT_FOUND (no such label, or no parcel);
 *         GUNYAH_ERR_DEVICE_TREE (a property has another form than it must).
 *
 * Does not block.
 */
enum gunyah_error gunyah_dt_memparcel_offer(struct gunyah_dt *dt, uint32_t label, struct gunyah_memparcel_offer *offer);

// ---- handles -----------------------------------------------------------------------------------------------------

/**
 * Open the connection to the Resource Manager that the tree names, with the defaults of GUNYAH_RM_OPTIONS_INIT otherwise.
 *
 * @param g   The session.
 * @param dt  The tree of the VM.
 * @param rm  Where the handle is stored; null on failure. As from gunyah_rm_open().
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         what gunyah_dt_rm_options() returns;
 *         what gunyah_rm_open() returns.
 *
 * Makes no call. gunyah_last_error() has the error too, gunyah_dt_last_problem() where it is.
 */
enum gunyah_error gunyah_rm_open_dt(struct gunyah *g, struct gunyah_dt *dt, struct gunyah_rm **rm);

/**
 * Open a message queue by its label: a queue of its own, or one of a pair.
 *
 * @param g      The session.
 * @param dt     The tree of the VM.
 * @param label  What the two sides call it.
 * @param sends  Whether this VM sends, or receives.
 * @param queue  Where the handle is stored; null on failure. As from gunyah_msgqueue_open(), with its interrupt.
 * @return GUNYAH_OK;
 *         what gunyah_dt_next_device() returns (GUNYAH_ERR_NOT_FOUND: no such label, or not in this direction);
 *         what gunyah_msgqueue_open() returns.
 *
 * Makes no call. gunyah_last_error() has the error too, gunyah_dt_last_problem() where it is.
 */
enum gunyah_error gunyah_msgqueue_open_label(struct gunyah *g, struct gunyah_dt *dt, uint32_t label, bool sends,
                                             struct gunyah_msgqueue **queue);

/**
 * Open a doorbell by its label. As gunyah_msgqueue_open_label().
 *
 * @param sends     Whether this VM rings it, or receives.
 * @param doorbell  Where the handle is stored; null on failure. As from gunyah_doorbell_open(), with its interrupt.
 */
enum gunyah_error gunyah_doorbell_open_label(struct gunyah *g, struct gunyah_dt *dt, uint32_t label, bool sends,
                                             struct gunyah_doorbell **doorbell);

#ifdef __cplusplus
}
#endif

#endif
