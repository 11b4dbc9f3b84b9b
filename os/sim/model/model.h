// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * A model of the Gunyah hypervisor: portable freestanding C with all of its state in one piece of memory.
 *
 * It has no clock, no thread, no libc beyond memcpy, memmove, memset and memcmp, and sees only include/gunyah/abi. Two
 * runs with the same options and the same calls give the same answers. Whoever embeds it serialises the calls.
 *
 * Objects refer to each other by their place in the arena, never by address, so that a snapshot is a copy of the arena.
 */
#ifndef GUNYAH_MODEL_H
#define GUNYAH_MODEL_H

#include <gunyah/abi/types.h>

#include <stddef.h>

/** The model; lives at the start of its arena. */
struct gunyah_model;

/** The most vCPUs that a VM can have, whatever the platform. */
#define GUNYAH_MODEL_MAX_VCPUS 64

/** Registers of a vCPU that the model runs. */
struct gunyah_model_guest {
    uint64_t x[31];
    uint64_t pc;
    uint64_t sp[2]; /**< SP_EL0, SP_EL1. */
};

/** Why the code of such a vCPU does not go on by itself. */
enum gunyah_model_stop {
    GUNYAH_MODEL_STOP_NEVER = 0, /**< It would: its time is over, or it does nothing but fault. */
    GUNYAH_MODEL_STOP_CALL = 1,  /**< `hvc` or `smc`. pc is behind it. */
    GUNYAH_MODEL_STOP_WAIT = 2,  /**< `wfi`. pc is behind it. */
    GUNYAH_MODEL_STOP_LOAD = 3,  /**< An access that nothing is mapped for. pc is behind it. */
    GUNYAH_MODEL_STOP_STORE = 4,
};

struct gunyah_model_trap {
    enum gunyah_model_stop stop;
    bool smc;           /**< CALL: which instruction. */
    uint16_t immediate; /**< CALL. */
    uint64_t address;   /**< LOAD, STORE: an IPA ... */
    uint64_t value;     /**< ... STORE: what is written ... */
    uint8_t size;       /**< ... of 1, 2, 4 or 8 bytes. */
    uint8_t target;     /**< LOAD: register that gets the value; 31: none. */
};

/** x0 to x7 of the caller. */
struct gunyah_model_registers {
    uint64_t x[8];
};

/** Answers of gunyah_model_env.read and .write. */
enum gunyah_model_memory {
    GUNYAH_MODEL_MEMORY_OK = 0,
    GUNYAH_MODEL_MEMORY_FAULT = 1,  /**< Not mapped for the caller, or not with this access. */
    GUNYAH_MODEL_MEMORY_DEVICE = 2, /**< A device page: the real hypervisor stops here. */
};

/** What watchdogs do by themselves. */
enum gunyah_model_watchdog {
    GUNYAH_MODEL_WATCHDOG_BARKS = 0,
    GUNYAH_MODEL_WATCHDOG_BITES = 1,
    GUNYAH_MODEL_WATCHDOG_BITES_CRITICALLY = 2, /**< The machine is down: every later call is CRASHED. */
};

/** What the model needs from around it. Copied at init; not part of a snapshot. */
struct gunyah_model_env {
    void *context;

    /** Copy from, or to, the memory of a VM as its caller sees it. A write that faults may have been done in part. */
    enum gunyah_model_memory (*read)(void *context, uint32_t vm, uint64_t address, void *to, size_t size);
    enum gunyah_model_memory (*write)(void *context, uint32_t vm, uint64_t address, const void *from, size_t size);

    /** Write to physical memory; zeros if from is null. May be null: then nobody sees what extents hold. */
    void (*put)(void *context, uint64_t address, const void *from, uint64_t size);

    /**
     * Execute the code of a vCPU that belongs to no VM of the embedder until it stops. What it loads and stores is found
     * by gunyah_model_translate_vcpu(). May be null: then such vCPUs do nothing.
     */
    void (*run)(void *context, uint32_t vcpu, struct gunyah_model_guest *guest, struct gunyah_model_trap *trap);

    /** An interrupt line of this VM has become pending. May be null. Must not call the model. */
    void (*pending)(void *context, uint32_t vm, uint32_t virq);

    /**
     * Does an interrupt that is raised now reach its line? If not, the line stays as it is, until
     * gunyah_model_virq_raise(). May be null, which means yes. Must not call the model.
     */
    bool (*interrupt)(void *context, uint32_t vm, uint32_t virq);

    /** What a watchdog does. vm: of the vCPU that enabled it; UINT32_MAX: none of the embedder's. May be null. Must not call the model. */
    void (*watchdog)(void *context, uint32_t vm, enum gunyah_model_watchdog what);

    /** Does the heap give memory once more? May be null, which means as long as it has some. Must not call the model. */
    bool (*allocate)(void *context);
};

struct gunyah_model_options {
    uint64_t seed;         /**< Of capability ids and entropy. */
    bool plain_capids;     /**< Ids are slot numbers, as in a debug build; else scrambled, as in production. */
    bool no_trace_control; /**< trace_update_class_flags is DENIED. */
    uint64_t api_info;     /**< First word of hypervisor_identify; 0: as the open hypervisor. */
    uint64_t api_flags;    /**< Second word; 0: as the open hypervisor, and with as_manual with watchdogs. */
    uint32_t uid[4];       /**< Vendor-hypervisor UID; all 0: as the open hypervisor. */
    uint32_t max_vcpus;    /**< Processors of the platform, as many as a VM can have vCPUs; 0: GUNYAH_VIC_MAX_VCPUS. */
    uint64_t memory_base;  /**< Physical memory of the root partition, which extents are made of, in whole pages ... */
    uint64_t memory_size;  /**< ... and its size in bytes; 0: there is none. */
    bool as_manual;        /**< Answer as the manual says, where the hypervisor does not (docs/fidelity.md). */
    uint32_t max_queue_depth; /**< Messages that a queue holds, whatever was asked for; 0: as asked for. */
};

/** Make-up of a VM. */
struct gunyah_model_vm_options {
    uint16_t vmid;
    uint16_t vcpus;        /**< 1 to gunyah_model_options.max_vcpus. */
    uint32_t max_caps;     /**< Slots of its capability space. */
    uint32_t max_virqs;    /**< Shared interrupts of its controller, at most GUNYAH_VIC_MAX_VIRQS. */
    uint32_t hwirq_first;  /**< Interrupts that forwarded hardware interrupts occupy from the start ... */
    uint32_t hwirq_count;  /**< ... and how many. */
    bool runs_vcpus;       /**< The model runs its vCPUs but the first, by gunyah_model_env.run. */
    uint64_t vcpu_options; /**< gunyah_vcpu_option_flags_t: pinned, critical. */
    uint64_t ram_base;     /**< Memory that its address space maps from the start, each page to itself, and that ... */
    uint64_t ram_size;     /**< ... belongs to no extent that anybody knows of. In bytes, whole pages; 0: none. */
};

/** A VM, and master capabilities of what it is made of, as ids in the capability space of the root VM. */
struct gunyah_model_vm {
    uint32_t vm; /**< Its number: 0 for the root VM, else its VMID. */
    gunyah_capid_t partition;
    gunyah_capid_t cspace;
    gunyah_capid_t vic;
    gunyah_capid_t addrspace;
    gunyah_capid_t vpm_group;
    gunyah_capid_t vcpu[GUNYAH_MODEL_MAX_VCPUS];
};

/** What became of a call. */
enum gunyah_model_outcome {
    GUNYAH_MODEL_RETURNED = 0,  /**< Registers beyond x7 are as they were. */
    GUNYAH_MODEL_CLOBBERED = 1, /**< Returned; x9 is the address after the instruction, x10 to x17 are 0. */
    GUNYAH_MODEL_NO_RETURN = 2, /**< The caller does not go on (it was powered off). */
    GUNYAH_MODEL_CRASHED = 3,   /**< The real hypervisor stops here. Every later call has this outcome. */
};

/** Instruction of a call. */
enum gunyah_model_conduit {
    GUNYAH_MODEL_HVC = 0,
    GUNYAH_MODEL_SMC = 1,
};

/**
 * Start a model in an arena, with a root VM (VMID 255) that holds the root partition.
 *
 * @param arena    Memory, any alignment; belongs to the model from here on.
 * @param options  Null for the defaults.
 * @param root     Filled in: the root VM.
 * @return GUNYAH_HVERR_OK;
 *         GUNYAH_HVERR_NOMEM (arena too small);
 *         GUNYAH_HVERR_ARGUMENT_INVALID (a null pointer; max_vcpus).
 */
int32_t gunyah_model_init(void *arena, size_t size, const struct gunyah_model_options *options,
                          const struct gunyah_model_env *env, struct gunyah_model **model,
                          struct gunyah_model_vm *root);

/**
 * Add a VM: a capability space (empty), an interrupt controller, vCPUs, an address space and a power group, all active.
 * Master capabilities of them go to the root VM, which wires it up with ordinary calls.
 *
 * @return GUNYAH_HVERR_OK;
 *         NOMEM;
 *         CSPACE_FULL (root's capability space);
 *         BUSY (VMID taken);
 *         ARGUMENT_INVALID (options).
 *
 * Nothing remains of a failure.
 */
int32_t gunyah_model_add_vm(struct gunyah_model *model, const struct gunyah_model_vm_options *options,
                            struct gunyah_model_vm *vm);

/** Execute `hvc #immediate` or `smc #immediate` of a vCPU. The VM and vCPU must exist. */
enum gunyah_model_outcome gunyah_model_call(struct gunyah_model *model, uint32_t vm, uint32_t vcpu,
                                            enum gunyah_model_conduit conduit, uint16_t immediate,
                                            struct gunyah_model_registers *registers);

/** Where an address of a VM leads. */
struct gunyah_model_translation {
    uint64_t address; /**< Physical. */
    uint64_t size;    /**< Bytes from there on that are mapped in the same way. */
    bool readable;
    bool writable;
};

/** What the address space of a VM maps at an address (an IPA), for its vCPUs in EL1. Returns false if nothing. */
bool gunyah_model_translate(struct gunyah_model *model, uint32_t vm, uint64_t address,
                            struct gunyah_model_translation *translation);

/** What becomes of a store that a VM's address space does not let through. */
enum gunyah_model_store {
    GUNYAH_MODEL_STORE_DONE = 0,  /**< A device has taken it. */
    GUNYAH_MODEL_STORE_FAULT = 1, /**< The vCPU gets an external abort. */
    GUNYAH_MODEL_STORE_CRASHED = 2,
};

/** A store of a VM, in EL1, where gunyah_model_translate() finds nothing that is writable. */
enum gunyah_model_store gunyah_model_store(struct gunyah_model *model, uint32_t vm, uint64_t address, uint32_t size,
                                           uint64_t value);

/**
 * A load of a VM, in EL1, where gunyah_model_translate() finds nothing that is readable. Returns false if the vCPU gets an
 * external abort; value is as it was then.
 */
bool gunyah_model_load_register(struct gunyah_model *model, uint32_t vm, uint64_t address, uint32_t size,
                                uint64_t *value);

/** As gunyah_model_translate(), for a vCPU that gunyah_model_env.run executes. */
bool gunyah_model_translate_vcpu(struct gunyah_model *model, uint32_t vcpu, uint64_t address,
                                 struct gunyah_model_translation *translation);

/** Let virtual time pass, and happen what happens by itself meanwhile. It never goes by itself. */
void gunyah_model_advance(struct gunyah_model *model, uint64_t nanoseconds);

#define GUNYAH_MODEL_NEVER UINT64_MAX

/** Virtual time of the next thing that happens by itself, or GUNYAH_MODEL_NEVER. */
uint64_t gunyah_model_next_event(struct gunyah_model *model);

/** Virtual time since init, in nanoseconds. */
uint64_t gunyah_model_now(const struct gunyah_model *model);

/** Bytes of the heap that are in use. The same objects use the same, wherever they are. */
size_t gunyah_model_heap_used(const struct gunyah_model *model);

/** How much of the arena is in use, in bytes; a snapshot needs as much. */
size_t gunyah_model_snapshot_size(const struct gunyah_model *model);

/**
 * Copy the whole state out. Returns GUNYAH_HVERR_OK, or ARGUMENT_SIZE if size is below gunyah_model_snapshot_size().
 */
int32_t gunyah_model_snapshot(const struct gunyah_model *model, void *to, size_t size);

/**
 * Return to the state of a snapshot, of this model or of another one; the environment and the arena's size stay.
 *
 * @return GUNYAH_HVERR_OK;
 *         ARGUMENT_INVALID (not a snapshot of this version);
 *         ARGUMENT_SIZE (truncated, or larger than the arena).
 *
 * Nothing changes on failure. A snapshot is trusted once its header is right: it is not for bytes from elsewhere.
 */
int32_t gunyah_model_restore(struct gunyah_model *model, const void *from, size_t size);

/** Forget what is in memory of the arena that is free, so that equal states have equal bytes. Changes nothing else. */
void gunyah_model_wipe(struct gunyah_model *model);

/** A number that two models share only if they have their state in the same structures with the same meaning. */
uint64_t gunyah_model_layout(void);

/**
 * Start a model in an arena from a snapshot of another one. The Resource Manager, if there is one, needs
 * gunyah_model_rm_reconnect() then.
 *
 * @return GUNYAH_HVERR_OK;
 *         ARGUMENT_INVALID (a null pointer, or not a snapshot of this version);
 *         ARGUMENT_SIZE (truncated, or too long);
 *         NOMEM (arena too small).
 */
int32_t gunyah_model_load(void *arena, size_t size, const struct gunyah_model_env *env, const void *from,
                          size_t from_size, struct gunyah_model **model);

/** Bytes that gunyah_model_audit() needs. */
size_t gunyah_model_audit_size(const struct gunyah_model *model);

/**
 * Look at everything in a loaded model that its code trusts. Only after that may calls be made, unless the snapshot comes
 * from where nobody else writes.
 *
 * @param room  gunyah_model_audit_size() bytes, aligned for any type.
 * @return Null: all is well. Else a sentence about what is wrong: nothing else may be done with the model.
 */
const char *gunyah_model_audit(struct gunyah_model *model, void *room);

// ---- The part of the interrupt controller that calls touch: shared interrupts (32 to 1019) of a VM
// ------------------------ Each returns false when the VM has no such interrupt.

enum gunyah_model_trigger {
    GUNYAH_MODEL_LEVEL = 0, /**< As after reset. */
    GUNYAH_MODEL_EDGE = 1,
};

/** GICD_ICFGR: how the VM takes the interrupt. */
bool gunyah_model_virq_set_trigger(struct gunyah_model *model, uint32_t vm, uint32_t virq,
                                   enum gunyah_model_trigger trigger);

/** GICD_ISENABLER, GICD_ICENABLER. */
bool gunyah_model_virq_enable(struct gunyah_model *model, uint32_t vm, uint32_t virq, bool enable);

/** GICD_ISPENDR as read: is it pending? False for an interrupt that does not exist. */
bool gunyah_model_virq_pending(struct gunyah_model *model, uint32_t vm, uint32_t virq);

/** GICD_ISPENDR: pending, whether there is a reason or not. */
bool gunyah_model_virq_raise(struct gunyah_model *model, uint32_t vm, uint32_t virq);

/** GICD_ICPENDR: withdraw what is pending. */
bool gunyah_model_virq_clear(struct gunyah_model *model, uint32_t vm, uint32_t virq);

/** ICC_IAR1: the lowest enabled pending interrupt becomes active and is returned; 0 if there is none. */
uint32_t gunyah_model_virq_acknowledge(struct gunyah_model *model, uint32_t vm);

/** ICC_EOIR1: the interrupt is handled; a level source is asked again. */
bool gunyah_model_virq_end(struct gunyah_model *model, uint32_t vm, uint32_t virq);

/**
 * Enable, acknowledge, end and disable one interrupt, as a VM does that waits for it. Returns whether it was pending.
 */
bool gunyah_model_virq_take(struct gunyah_model *model, uint32_t vm, uint32_t virq);

#endif
