// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The device tree that a VM is made from: a whole one from a few options, or one that exists with the VM's configuration
 * added.
 *
 * The Resource Manager reads it at vm_init, makes what its node /gunyah-vm-config asks for, and hands it to the VM with what was
 * made. A tree from gunyah_dt_build_begin() is one that both public generations of the Resource Manager accept;
 * gunyah_dt_build_edit() takes everything else as it is, for a VMM that describes its machine itself. Then
 * gunyah_dt_add_*() add to it, and gunyah_dt_build_finish() makes a device tree of it:
 *
 *   begin or edit; virtual devices; for begin alone: emulated devices; reserved memory; finish
 *
 * Kinds come in this order, since a tree is written from its front to its end. A call that fails leaves the tree as it was,
 * and gunyah_dt_build_last_problem() tells what was wrong. When the buffer is too small, that is GUNYAH_ERR_OUT_OF_MEMORY:
 * gunyah_dt_build_room() tells how large it must be, and gunyah_dt_build_grow() goes on in a larger one.
 *
 * The functions are pure: no memory but the caller's, no state but that of struct gunyah_dt_build, which belongs to one thread
 * at a time. They do not block. What options point to is copied before the call returns; only the tree that is edited stays
 * lent. Texts are printable ASCII.
 *
 * Fields that several virtual devices have:
 *
 *     size        sizeof the struct.
 *     name        Of the node in the configuration, and of the one that the VM
 *                 finds: 1 to 31 letters, digits and ",._+-". Null: the type and
 *                 the label.
 *     generate    Path of the node that the VM finds, below 200 characters; the
 *                 Resource Manager appends "@" and a number to it, but for shared
 *                 memory and for I/O memory. Null: "/hypervisor/" and the name.
 *     label       What the two sides call it; devices of one type have different
 *                 ones.
 *     peer        The VM on the other side: "vm-name:", "vm-guid:" or "vm-uri:"
 *                 and what it is called. Null: the owner, which is the VM that
 *                 makes this one.
 *     interrupt   What the VM gets: SPI 32 to 1019, PPI 16 to 31, extended 4096
 *                 to 5119 and 1056 to 1119. virq 0: the Resource Manager chooses.
 *
 * The library has them where it was built with libfdt: GUNYAH_FEATURE_DEVICE_TREE.
 */
#ifndef GUNYAH_DT_BUILD_H
#define GUNYAH_DT_BUILD_H

#include "dt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A device tree that is being written. The fields are the library's. */
struct gunyah_dt_build {
    void *blob;                    /**< Null: not begun, or finished. */
    struct gunyah_dt original;     /**< The tree that is edited, if there is one; and the problem. */
    size_t room;                   /**< What gunyah_dt_build_room() tells. */
    int32_t next;                  /**< Where the original goes on. */
    int32_t config;                /**< Node of the configuration. */
    int32_t vdevices;              /**< Node of its virtual devices. */
    int32_t reserved;              /**< Node of reserved memory; negative: there is none. */
    uint32_t open;                 /**< Nodes that are begun and not ended, beside the original's. */
    uint32_t phase;                /**< What may be added. */
    char path[GUNYAH_DT_MAX_NAME]; /**< Of the node that is written. */
};

/** How vCPUs are scheduled. */
enum gunyah_dt_affinity {
    GUNYAH_DT_AFFINITY_PROXY = 0,  /**< The VMM runs them. */
    GUNYAH_DT_AFFINITY_STATIC = 1, /**< By the hypervisor, on one CPU each. */
    GUNYAH_DT_AFFINITY_STICKY = 2, /**< By the hypervisor, on the CPU where it ran before. */
    GUNYAH_DT_AFFINITY_PINNED = 3, /**< By the hypervisor, and it stays on its CPU. */
};

/** What the Resource Manager is told of the VM as such: node /gunyah-vm-config. */
struct gunyah_dt_config_options {
    size_t size;            /**< sizeof(struct gunyah_dt_config_options). */
    const char *image_name; /**< The VM's name, 1 to 79 characters: others call it "vm-name:" and this. */
    const char *os_type;    /**< Null: not told. No other one than "linux" has an effect. */
    const char *uri;        /**< 1 to 79 characters; null: none. */
    const char *guid;       /**< Hexadecimal, 8-4-4-4-12; null: none. */
    uint64_t base_address;  /**< IPA of the VM's memory, a multiple of 2 MiB. */
    uint64_t memory_size;   /**< Bytes of it, a multiple of 4 KiB, not 0. */
    uint64_t size_max; /**< Bytes from base_address on that are memory, now or later, a multiple of 4 KiB, and not less
                               than memory_size; 0: memory_size. */
    bool has_firmware;
    uint64_t
        firmware_address; /**< IPA of firmware in a parcel of its own, a multiple of 4 KiB; base_address: it is in the image. */
    uint64_t firmware_size_max;       /**< Bytes of it, a multiple of 4 KiB; 0: 4 MiB. */
    enum gunyah_dt_affinity affinity; /**< The rest is for what is not PROXY. */
    const uint32_t *affinity_map;     /**< Physical CPU of each vCPU. */
    size_t affinity_count;            /**< As many as there are vCPUs; 0 for PROXY. */
    int32_t priority;                 /**< Offset from the owner's, -63 to -1. */
    uint32_t timeslice;               /**< Microseconds, 100 to 100000. */
};

/** A VM called "vm" with 256 MiB at 2 GiB, whose vCPUs the VMM runs. */
#define GUNYAH_DT_CONFIG_OPTIONS_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_config_options), "vm", "linux", NULL, NULL, 0x80000000, 0x10000000, 0, false, 0, 0,    \
            GUNYAH_DT_AFFINITY_PROXY, NULL, 0, -1, 2000                                                                \
    }

/** The rest of a tree from gunyah_dt_build_begin(): what the VM finds beside what the Resource Manager makes. */
struct gunyah_dt_machine_options {
    size_t size;                 /**< sizeof(struct gunyah_dt_machine_options). */
    uint32_t vcpu_count;         /**< 1 to 64. The first one boots, and starts the others through PSCI. */
    uint64_t gicd_address;       /**< GICv3, distributor (64 KiB), a multiple of 64 KiB. */
    uint64_t gicr_address;       /**< Redistributors (128 KiB for each vCPU), a multiple of 64 KiB; 0: right below. */
    gunyah_virq_t timer_virq[4]; /**< PPIs, 16 to 31: secure, physical, virtual, and hypervisor's timer. */
    uint64_t initrd_start;       /**< IPA; both 0: there is none. */
    uint64_t initrd_end;         /**< IPA behind its last byte. */
    const char *bootargs;        /**< The kernel's command line; null: none. */
};

/** One vCPU, and the interrupt controller where crosvm has it. */
#define GUNYAH_DT_MACHINE_OPTIONS_INIT                                                                                 \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_machine_options), 1, 0x3fff0000, 0, {{29}, {30}, {27}, {26}}, 0, 0, NULL               \
    }

/**
 * Begin a tree: root, chosen, memory, CPUs, PSCI, GICv3, timer, and the configuration without virtual devices.
 *
 * @param build    Filled in, also on failure: gunyah_dt_build_last_problem(). Needs no closing.
 * @param buffer   Where the tree is written, aligned to 8; the library's until gunyah_dt_build_finish().
 * @param size     Bytes of it.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (a size);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (buffer; an address or size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (anything else that is not as the structs say; firmware, GIC or the end of initrd not
 *           where they can be: memory, firmware and GIC overlap, or initrd does not lie in memory);
 *         GUNYAH_ERR_OUT_OF_MEMORY (buffer is too small; gunyah_dt_build_room()).
 *
 * As the bindings of the Resource Manager and of Linux have it.
 */
enum gunyah_error gunyah_dt_build_begin(struct gunyah_dt_build *build, void *buffer, size_t size,
                                        const struct gunyah_dt_machine_options *machine,
                                        const struct gunyah_dt_config_options *config);

/**
 * Begin with a tree that exists. All of it is kept, byte for byte and in its order: nodes, properties, phandles, symbols, reserved
 * memory. What is added comes behind what was there. Space that was left out at its end or between is not kept.
 *
 * @param build    As for gunyah_dt_build_begin().
 * @param buffer   As for gunyah_dt_build_begin(); apart from the tree.
 * @param dtb      As for gunyah_dt_open(). Lent until gunyah_dt_build_finish().
 * @param max_size Bytes that may be read there.
 * @param config   /gunyah-vm-config is added, whose interrupts are those of the GICv3 that interrupt-parent of the root names,
 *                 or else of the first one. Null: the tree has a configuration, to which virtual devices are added.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (config: size);
 *         GUNYAH_ERR_DEVICE_TREE (as gunyah_dt_open());
 *         GUNYAH_ERR_NOT_FOUND (the tree has no GICv3; config is null, and it has no configuration);
 *         GUNYAH_ERR_IN_USE (config is not null, and the tree has a configuration);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (dtb; buffer; an address or size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (tree and buffer overlap; anything else that is not as the struct says, as that there are
 *           as many CPUs as in affinity_map);
 *         GUNYAH_ERR_OUT_OF_MEMORY (as gunyah_dt_build_begin()).
 *
 * Time may grow with the square of the tree's size.
 */
enum gunyah_error gunyah_dt_build_edit(struct gunyah_dt_build *build, void *buffer, size_t size, const void *dtb,
                                       size_t max_size, const struct gunyah_dt_config_options *config);

/**
 * Go on in another buffer, after GUNYAH_ERR_OUT_OF_MEMORY or at any time.
 *
 * @param buffer  Aligned to 8; may be or overlap the one before, as after a reallocation in place. The one before is the
 *                caller's again.
 * @param size    Bytes of it.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (not begun, or finished);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (buffer);
 *         GUNYAH_ERR_OUT_OF_MEMORY (what was written so far does not fit; nothing has changed).
 */
enum gunyah_error gunyah_dt_build_grow(struct gunyah_dt_build *build, void *buffer, size_t size);

/**
 * Tell how many bytes the buffer must have so that the last call that failed with GUNYAH_ERR_OUT_OF_MEMORY succeeds. May be more
 * than it takes in the end, by names of properties that are in the tree already.
 *
 * @return 0 if no call failed so; for a null build too.
 */
size_t gunyah_dt_build_room(const struct gunyah_dt_build *build);

/**
 * Complete the tree: it lies at the beginning of the buffer, and can be handed over, or changed with libfdt.
 *
 * @param size  Bytes of it; 0 on failure.
 * @return GUNYAH_OK (build has to be begun again);
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (not begun, or finished);
 *         GUNYAH_ERR_OUT_OF_MEMORY (call it again after gunyah_dt_build_grow()).
 */
enum gunyah_error gunyah_dt_build_finish(struct gunyah_dt_build *build, size_t *size);

/**
 * Returns how much memory a tree of this size needs in a VM's image: dtb_size of struct gunyah_vm_image. The Resource Manager
 * adds to the tree, and takes twice of the tree and 8 KiB for it, in whole pages. 0: the tree has 1 GiB or more.
 */
size_t gunyah_dt_region_size(size_t size);

/**
 * Tell what the last function that failed on this tree complained about. path is that of the node in the new tree, property what it
 * would have there; for the tree that is edited, they are its own.
 *
 * @return Details that stay as they are until the next failure;
 *         text null if nothing failed yet;
 *         null for a null build.
 */
const struct gunyah_dt_problem *gunyah_dt_build_last_problem(const struct gunyah_dt_build *build);

// ---- virtual devices ---------------------------------------------------------------------------------------------
//
// The Resource Manager makes them for the VM, and tells both sides.

/** A channel to the Resource Manager for the VM, without which it has none. */
struct gunyah_dt_rm_rpc {
    size_t size;
    const char *name;                          /**< Null: "rm-rpc". */
    const char *generate;                      /**< Null: "/hypervisor/qcom,resource-mgr". */
    uint32_t message_size;                     /**< Bytes, 1 to 1023; 0: 240. */
    uint32_t queue_depth;                      /**< 1 to 255; 0: 8. */
    struct gunyah_dt_interrupt send_interrupt; /**< Both, or neither. */
    struct gunyah_dt_interrupt receive_interrupt;
    bool console; /**< The owner can open a console of this VM. */
};

#define GUNYAH_DT_RM_RPC_INIT                                                                                          \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_rm_rpc), NULL, NULL, 0, 0, {{0}, false}, {{0}, false}, false                           \
    }

/**
 * Add a channel to the Resource Manager.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (not begun, or finished);
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_OBJECT_STATE (something was added that comes behind all virtual devices);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (an address);
 *         GUNYAH_ERR_ARGUMENT_INVALID (anything else that is not as the struct says; an interrupt that is none of the GIC's);
 *         GUNYAH_ERR_IN_USE (another one has the name, the label, the interrupt, or a part of the memory);
 *         GUNYAH_ERR_OUT_OF_MEMORY (as gunyah_dt_build_begin()).
 */
enum gunyah_error gunyah_dt_add_rm_rpc(struct gunyah_dt_build *build, const struct gunyah_dt_rm_rpc *rm_rpc);

/** A doorbell that rings in this VM, or (gunyah_dt_add_doorbell_source()) that this VM rings. */
struct gunyah_dt_bell {
    size_t size;
    const char *name;
    const char *generate;
    uint32_t label;
    const char *peer;
    struct gunyah_dt_interrupt interrupt; /**< Of a source, none. */
    bool source_can_clear;                /**< Who rings may take flags back. */
};

#define GUNYAH_DT_BELL_INIT                                                                                            \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_bell), NULL, NULL, 0, NULL, {{0}, false}, true                                         \
    }

/** Add a doorbell that rings in this VM. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_doorbell(struct gunyah_dt_build *build, const struct gunyah_dt_bell *bell);
/** Add a doorbell that this VM rings. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_doorbell_source(struct gunyah_dt_build *build, const struct gunyah_dt_bell *bell);

/** A message queue. */
struct gunyah_dt_msgqueue {
    size_t size;
    const char *name;
    const char *generate;
    uint32_t label;                       /**< The peer is the owner. */
    bool sends;                           /**< This VM sends, and the owner receives; else the other way round. */
    uint32_t message_size;                /**< Bytes, 1 to 1023; 0: 240. */
    uint32_t queue_depth;                 /**< 1 to 255; 0: 8. */
    struct gunyah_dt_interrupt interrupt; /**< Sending: not full; receiving: not empty. */
};

#define GUNYAH_DT_MSGQUEUE_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_msgqueue), NULL, NULL, 0, false, 0, 0,                                                 \
        {                                                                                                              \
            {0}, false                                                                                                 \
        }                                                                                                              \
    }

/** Add a message queue. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_msgqueue(struct gunyah_dt_build *build, const struct gunyah_dt_msgqueue *queue);

/** Two message queues, one in each direction. */
struct gunyah_dt_msgqueue_pair {
    size_t size;
    const char *name;
    const char *generate;
    uint32_t label;
    const char *peer;
    uint32_t message_size;                     /**< Bytes, 1 to 1023; 0: 240. */
    uint32_t queue_depth;                      /**< 1 to 255; 0: 8. */
    struct gunyah_dt_interrupt send_interrupt; /**< Both, or neither. */
    struct gunyah_dt_interrupt receive_interrupt;
};

#define GUNYAH_DT_MSGQUEUE_PAIR_INIT                                                                                   \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_msgqueue_pair), NULL, NULL, 0, NULL, 0, 0, {{0}, false},                               \
        {                                                                                                              \
            {0}, false                                                                                                 \
        }                                                                                                              \
    }

/** Add two message queues. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_msgqueue_pair(struct gunyah_dt_build *build,
                                              const struct gunyah_dt_msgqueue_pair *pair);

/**
 * Memory that is shared with the owner: a parcel that the owner shares or lends with the same label. With
 * gunyah_dt_add_shm_doorbell(), a doorbell in each direction goes with it.
 */
struct gunyah_dt_shm {
    size_t size;
    const char *name;
    const char *generate;
    uint32_t label;   /**< Of the parcel, not 0, which is the VM's own memory. All parcels have different ones. */
    uint64_t address; /**< IPA, a multiple of 4 KiB, outside of the VM's memory; 0: the Resource Manager
                                    chooses. */
    bool optional;    /**< The VM starts without the parcel too. */
    bool has_dma_base;
    uint64_t dma_base;             /**< Handed to the VM: where devices see the memory. */
    const char *const *compatible; /**< What the node in the VM is compatible with, beside what it always is. */
    size_t compatible_count;       /**< At most 6. */
};

#define GUNYAH_DT_SHM_INIT                                                                                             \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_shm), NULL, NULL, 0, 0, false, false, 0, NULL, 0                                       \
    }

/** Add shared memory. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_shm(struct gunyah_dt_build *build, const struct gunyah_dt_shm *shm);
/** Add shared memory with a doorbell in each direction. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_shm_doorbell(struct gunyah_dt_build *build, const struct gunyah_dt_shm *shm);

/** A virtio device whose registers the hypervisor keeps, with memory for its buffers; the owner is the backend. */
struct gunyah_dt_virtio {
    size_t size;
    const char *name;
    const char *generate;                 /**< Null: "/" and the name. Not below /hypervisor. */
    uint32_t label;                       /**< As struct gunyah_dt_shm. */
    uint64_t address;                     /**< Of the memory, as struct gunyah_dt_shm. */
    struct gunyah_dt_interrupt interrupt; /**< Of the device. */
    uint32_t device_type;                 /**< As virtio numbers them; 0: not told. */
    uint32_t queue_count;                 /**< 1 to 16. */
    bool dma_coherent;
    bool has_dma_base;
    uint64_t dma_base;             /**< As struct gunyah_dt_shm. */
    const char *const *compatible; /**< As struct gunyah_dt_shm. */
    size_t compatible_count;
};

#define GUNYAH_DT_VIRTIO_INIT                                                                                          \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_virtio), NULL, NULL, 0, 0, {{0}, false}, 0, 1, false, false, 0, NULL, 0                \
    }

/** Add a virtio device. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_virtio_mmio(struct gunyah_dt_build *build, const struct gunyah_dt_virtio *device);

/** Registers of a physical device, which the owner lends to the VM as a parcel of I/O memory with the same label. */
struct gunyah_dt_iomem {
    size_t size;
    const char *name;
    const char *generate;          /**< Null: "/" and the name. */
    uint32_t label;                /**< As struct gunyah_dt_shm. */
    const char *const *compatible; /**< What the node in the VM is compatible with: nothing else. */
    size_t compatible_count;       /**< 1 to 6. */
};

#define GUNYAH_DT_IOMEM_INIT                                                                                           \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_iomem), NULL, NULL, 0, NULL, 0                                                         \
    }

/** Add registers of a physical device. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_iomem(struct gunyah_dt_build *build, const struct gunyah_dt_iomem *iomem);

/** A PL031, the real-time clock that the hypervisor emulates. A VM has at most one: another is GUNYAH_ERR_IN_USE. */
struct gunyah_dt_rtc {
    size_t size;
    const char *name;     /**< Null: "rtc". */
    const char *generate; /**< Null: the Resource Manager's own choice. */
    uint64_t address;     /**< IPA of its page, a multiple of 4 KiB; 0: the Resource Manager chooses. */
};

#define GUNYAH_DT_RTC_INIT                                                                                             \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_rtc), NULL, NULL, 0                                                                    \
    }

/** Add a real-time clock. As gunyah_dt_add_rm_rpc(). */
enum gunyah_error gunyah_dt_add_rtc(struct gunyah_dt_build *build, const struct gunyah_dt_rtc *rtc);

// ---- the rest of the machine -------------------------------------------------------------------------------------
//
// Nodes that the Resource Manager does not make.

/** A device that the VMM emulates: accesses to its registers trap to it. */
struct gunyah_dt_device_node {
    size_t size;
    const char *name;              /**< Of the node, without its address: "serial". */
    const char *const *compatible; /**< "ns16550a". */
    size_t compatible_count;       /**< 1 to 6. */
    uint64_t address;              /**< IPA of the registers. */
    uint64_t bytes;                /**< How many there are, not 0. */
    struct gunyah_dt_interrupt
        interrupt; /**< An SPI that a doorbell of the tree has: ringing it is how the VMM raises it.
                                             virq 0: it has none. */
    bool dma_coherent;
};

#define GUNYAH_DT_DEVICE_NODE_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_device_node), NULL, NULL, 0, 0, 0, {{0}, false}, false                                 \
    }

/**
 * Add a device to the root.
 *
 * @return as gunyah_dt_add_rm_rpc(), but for
 *         GUNYAH_ERR_OBJECT_STATE (after reserved memory);
 *         GUNYAH_ERR_UNSUPPORTED (the tree comes from gunyah_dt_build_edit(): who made it adds them); and
 *         GUNYAH_ERR_NOT_FOUND (no doorbell has the interrupt).
 */
enum gunyah_error gunyah_dt_add_device(struct gunyah_dt_build *build, const struct gunyah_dt_device_node *device);

/** Memory that the VM's kernel leaves alone: a pool for its devices, or the place of a parcel. */
struct gunyah_dt_reserved {
    size_t size;
    const char *name;       /**< Of the node, without its address. */
    const char *compatible; /**< "restricted-dma-pool", "shared-dma-pool"; null: none. */
    uint64_t bytes;         /**< A multiple of 4 KiB, not 0. */
    uint64_t alignment;     /**< Without label, a power of two; 0: any. */
    bool
        has_label; /**< This is where the parcel with this label goes; else the VM takes it from its memory, wherever it
                               likes. */
    uint32_t label;   /**< As struct gunyah_dt_shm. */
    uint64_t address; /**< IPA of the parcel, a multiple of 4 KiB, outside of the VM's memory. */
    bool no_map;      /**< The kernel must not map it. */
};

#define GUNYAH_DT_RESERVED_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_reserved), NULL, NULL, 0, 0, false, 0, 0, false                                        \
    }

/**
 * Add a node of /reserved-memory.
 *
 * @return as gunyah_dt_add_rm_rpc(); and
 *         GUNYAH_ERR_UNSUPPORTED (the tree comes from gunyah_dt_build_edit(): who made it adds them).
 */
enum gunyah_error gunyah_dt_add_reserved(struct gunyah_dt_build *build, const struct gunyah_dt_reserved *reserved);

#ifdef __cplusplus
}
#endif

#endif
