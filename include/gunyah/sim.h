// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The simulator: a Gunyah hypervisor in the process, with as many VMs as you like.
 *
 * Each VM is driven through a session of its own, opened with gunyah_sim_backend(). The simulator answers as the real
 * hypervisor was recorded to answer, register by register; or, if that is asked for, as the manual says where that is
 * something else. docs/simulator.md is the guide.
 *
 * Time is virtual: it stands still but for what a call costs (a nominal figure), for gunyah_sim_advance(), and for
 * waits: when every thread waits, it jumps to the earliest time-out. No test sleeps. If all threads wait and none has a
 * time-out, all waits end with GUNYAH_ERR_DEADLOCK.
 *
 * Guest memory is the memory of the process: a VM may send from, and receive into, any address that the process may
 * read or write.
 *
 * Threads: every function may be called from any thread; the simulator has one lock. Say in the options how many
 * threads drive VMs. Calls of one session belong to one thread at a time, as always.
 *
 * Functions return GUNYAH_ERR_NULL for a null argument, or a null VM in a struct, that is not said to be optional; this
 * is not repeated.
 */
#ifndef GUNYAH_SIM_H
#define GUNYAH_SIM_H

#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A simulated machine. */
struct gunyah_sim;

/** A virtual machine of it. Lives as long as the machine. */
struct gunyah_sim_vm;

/** Options of gunyah_sim_create(). */
struct gunyah_sim_options {
    size_t size;        /**< sizeof(struct gunyah_sim_options). */
    size_t memory;      /**< Bytes for the hypervisor's state; 0: 16 MiB. */
    uint64_t seed;      /**< Of capability ids and entropy. */
    uint32_t threads;   /**< Threads that drive VMs; 0: one. */
    uint32_t call_ns;   /**< Virtual nanoseconds that a call costs; 0: 1000. */
    bool plain_capids;  /**< Capability ids count from 0, as in a debug build of the hypervisor. */
    uint64_t api_info;  /**< First word of hypervisor_identify; 0: as the open hypervisor. */
    uint64_t api_flags; /**< Second word of hypervisor_identify; 0: as the open one; as_manual, with watchdogs. */
    uint32_t uid[4];    /**< UID of the hypervisor; 0: as the open one. */
    const struct gunyah_allocator
        *allocator;     /**< Null: malloc. Copied. Asked at creation and when a VM or a fault is added. */
    uint32_t max_vcpus; /**< Processors of the platform, as many as a VM can have vCPUs, at most 64; 0: 8, as QEMU's. */
    bool as_manual;     /**< Answer as the manual says, where that is not what was recorded: docs/fidelity.md. */
    uint32_t max_queue_depth; /**< Messages that any queue of the machine holds, whatever was asked for, so that senders
                                 find it full; 0: as many as were asked for. */
};

#define GUNYAH_SIM_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_options), 0, 0, 0, 0, false, 0, 0, {0, 0, 0, 0}, NULL, 0, false, 0                    \
    }

/**
 * Make a machine. It has one VM, the root, which plays the part of the Resource Manager: it owns the partition and
 * wires VMs.
 *
 * @param options  Null for the defaults.
 * @param sim      Where it is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION (size, or max_vcpus);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator);
 *         GUNYAH_ERR_NO_MEMORY (options.memory is too little).
 */
enum gunyah_error gunyah_sim_create(const struct gunyah_sim_options *options, struct gunyah_sim **sim);

/**
 * Destroy a machine and set the caller's pointer to null.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_HANDLE (*sim is null: destroyed already);
 *         GUNYAH_ERR_IN_USE (a session is open: nothing changes).
 *
 * If two threads destroy through the same pointer, one of them is told GUNYAH_ERR_HANDLE.
 */
enum gunyah_error gunyah_sim_destroy(struct gunyah_sim **sim);

/**
 * Returns a sentence about the last failure of a gunyah_sim_* function, never null. It lives for ever; the next failure has
 * one of its own.
 */
const char *gunyah_sim_last_error(struct gunyah_sim *sim);

/** Options of gunyah_sim_add_vm(). */
struct gunyah_sim_vm_options {
    size_t size;        /**< sizeof(struct gunyah_sim_vm_options). */
    const char *name;   /**< For traces, 1 to 15 visible ASCII characters; null: "vm" and the VMID. Copied. */
    gunyah_vmid_t vmid; /**< 1 to 254; 0: the next free one from 1 on. */
    uint32_t max_caps;  /**< Slots of its capability space, at most GUNYAH_CSPACE_MAX_CAPS; 0: 2048. */
    bool privileged; /**< Gives the VM capabilities, with all rights, of the partition, of its own capability space and
                        of its own interrupt controller, so that it can create and bind objects. Others have only what
                        they are wired with. Needs 3 slots. */
    gunyah_virq_t hwirq_first; /**< Shared interrupts that are the hardware's from here on, which the VM can lend ... */
    uint32_t hwirq_count;      /**< ... and how many of them; 0: none. */
};

#define GUNYAH_SIM_VM_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_vm_options), NULL, {0}, 0, false, {0}, 0                                              \
    }

/**
 * Add a VM with one vCPU, an empty capability space, and an interrupt controller with all shared interrupts.
 *
 * @param options  Null for the defaults.
 * @param vm       Where it is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_BUSY (the VMID is taken);
 *         GUNYAH_ERR_ARGUMENT_INVALID (VMID, max_caps, name, hardware interrupts);
 *         GUNYAH_ERR_NO_MEMORY (of the hypervisor; the VMID of a privileged VM may stay taken);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_CSPACE_FULL (of the root VM);
 *         GUNYAH_ERR_FAILURE (the root VM has deleted a capability that this needs);
 *         GUNYAH_ERR_CRASHED (the hypervisor stopped).
 */
enum gunyah_error gunyah_sim_add_vm(struct gunyah_sim *sim, const struct gunyah_sim_vm_options *options,
                                    struct gunyah_sim_vm **vm);

/** Returns the root VM. */
struct gunyah_sim_vm *gunyah_sim_root(struct gunyah_sim *sim);

/** What a VM holds of itself. */
struct gunyah_sim_vm_info {
    size_t size; /**< sizeof(struct gunyah_sim_vm_info), set by the caller. */
    const char *name;
    gunyah_vmid_t vmid;
    // Ids in this VM's own capability space; GUNYAH_CAPID_INVALID unless it is privileged or the root.
    gunyah_capid_t partition;
    gunyah_capid_t cspace;
    gunyah_capid_t vic;
};

#define GUNYAH_SIM_VM_INFO_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_vm_info), NULL, {0}, {GUNYAH_CAPID_INVALID}, {GUNYAH_CAPID_INVALID},                  \
        {                                                                                                              \
            GUNYAH_CAPID_INVALID                                                                                       \
        }                                                                                                              \
    }

/** Tell what a VM holds of itself. GUNYAH_OK; GUNYAH_ERR_OPTION (size). */
enum gunyah_error gunyah_sim_get_vm_info(struct gunyah_sim_vm *vm, struct gunyah_sim_vm_info *info);

/**
 * Returns the backend that opens a session as this VM: give it to gunyah_open(). It lives as long as the machine. A VM
 * has one session at a time (GUNYAH_ERR_IN_USE). Null for a null VM.
 */
const struct gunyah_backend *gunyah_sim_backend(struct gunyah_sim_vm *vm);

/** A message queue between two VMs. */
struct gunyah_sim_msgqueue {
    size_t size;                /**< sizeof(struct gunyah_sim_msgqueue), set by the caller. */
    struct gunyah_sim_vm *from; /**< Gets the SEND right. */
    struct gunyah_sim_vm *to;   /**< Gets the RECEIVE right. May be the same VM. */
    uint32_t depth;             /**< Messages, 1 to 255. */
    uint32_t message_size;      /**< Bytes, 1 to 1023. */
    gunyah_virq_t send_virq;    /**< Not-full interrupt of the sender; 0: none. */
    gunyah_virq_t receive_virq; /**< Not-empty interrupt of the receiver; 0: none. */
    // Results.
    gunyah_capid_t send_cap;    /**< Id in the sender's capability space. */
    gunyah_capid_t receive_cap; /**< Id in the receiver's capability space. */
};

#define GUNYAH_SIM_MSGQUEUE_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_msgqueue), NULL, NULL, 0, 0, {0}, {0}, {GUNYAH_CAPID_INVALID},                        \
        {                                                                                                              \
            GUNYAH_CAPID_INVALID                                                                                       \
        }                                                                                                              \
    }

/**
 * Join two VMs with a message queue, as a Resource Manager does: create, configure and activate it, bind the
 * interrupts, and hand out capabilities with the rights of each side. The interrupts are edge triggered, as the
 * Resource Manager describes them.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_SIZE (depth, message_size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (a VM of another machine, an interrupt that cannot be bound);
 *         GUNYAH_ERR_BUSY (interrupt taken);
 *         GUNYAH_ERR_NO_MEMORY;
 *         GUNYAH_ERR_CSPACE_FULL;
 *         GUNYAH_ERR_FAILURE (the root VM has deleted a capability that this needs);
 *         GUNYAH_ERR_CRASHED (the hypervisor stopped).
 *
 * On failure nothing remains.
 */
enum gunyah_error gunyah_sim_connect_msgqueue(struct gunyah_sim *sim, struct gunyah_sim_msgqueue *queue);

/** A doorbell between two VMs. */
struct gunyah_sim_doorbell {
    size_t size;                /**< sizeof(struct gunyah_sim_doorbell), set by the caller. */
    struct gunyah_sim_vm *from; /**< Gets the SEND right. */
    struct gunyah_sim_vm *to;   /**< Gets the RECEIVE right. May be the same VM. */
    gunyah_virq_t virq;         /**< Interrupt of the receiver; 0: none. */
    // Results.
    gunyah_capid_t send_cap;    /**< Id in the sender's capability space. */
    gunyah_capid_t receive_cap; /**< Id in the receiver's capability space. */
};

#define GUNYAH_SIM_DOORBELL_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_doorbell), NULL, NULL, {0}, {GUNYAH_CAPID_INVALID},                                   \
        {                                                                                                              \
            GUNYAH_CAPID_INVALID                                                                                       \
        }                                                                                                              \
    }

/** Join two VMs with a doorbell. As gunyah_sim_connect_msgqueue(). */
enum gunyah_error gunyah_sim_connect_doorbell(struct gunyah_sim *sim, struct gunyah_sim_doorbell *doorbell);

/** How a VM takes an interrupt. */
enum gunyah_sim_trigger {
    GUNYAH_SIM_LEVEL = 0, /**< As an interrupt controller has it after reset. */
    GUNYAH_SIM_EDGE = 1,
};

/**
 * Set an interrupt of a VM to edge or level, as its GICD_ICFGR would. GUNYAH_OK; GUNYAH_ERR_ARGUMENT_INVALID (not a
 * shared interrupt of this VM).
 */
enum gunyah_error gunyah_sim_set_trigger(struct gunyah_sim_vm *vm, gunyah_virq_t virq, enum gunyah_sim_trigger trigger);

/**
 * Load a register of a device that the hypervisor plays for a VM, as an instruction of the VM would: code that stands for a
 * VM is code of the process, whose own loads and stores never come here. Of such devices there is the real-time clock of
 * a VM that the Resource Manager made with one (docs/simulator.md). Costs as much time as a call.
 *
 * @param address  In the VM's address space.
 * @param bytes    1, 2, 4 or 8. Which of them a register takes is the device's matter: the clock takes 4, aligned.
 * @param value    What is loaded, without a sign.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (bytes);
 *         GUNYAH_ERR_ADDR_INVALID (the VM would get an abort: there is no register, or it takes no such access; or what is
 *         there is memory, as the page is that a virtio device shows its driver);
 *         GUNYAH_ERR_OBJECT_STATE (the VM has not started, or has ended);
 *         GUNYAH_ERR_CRASHED (the hypervisor stopped).
 *
 * Nothing changes on failure.
 */
enum gunyah_error gunyah_sim_read_register(struct gunyah_sim_vm *vm, uint64_t address, size_t bytes, uint64_t *value);

/**
 * Store to a register, likewise, and so does the driver of a virtio device to its page. Of value, the lowest bytes count.
 * Returns as gunyah_sim_read_register(). GUNYAH_ERR_CRASHED: the hypervisor had stopped, or stops at this store.
 */
enum gunyah_error gunyah_sim_write_register(struct gunyah_sim_vm *vm, uint64_t address, size_t bytes, uint64_t value);

/** Let virtual time pass; waits whose time-out is reached end. */
enum gunyah_error gunyah_sim_advance(struct gunyah_sim *sim, uint64_t nanoseconds);

/** Returns the virtual time in nanoseconds; 0 for a null machine. */
uint64_t gunyah_sim_now(struct gunyah_sim *sim);

/**
 * Say that one of the threads of options.threads drives no VM any more, before it ends. Otherwise the others wait for
 * it.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (no thread is left).
 */
enum gunyah_error gunyah_sim_thread_done(struct gunyah_sim *sim);

/** Which calls fail, and how. */
struct gunyah_sim_fault {
    size_t size;              /**< sizeof(struct gunyah_sim_fault). */
    struct gunyah_sim_vm *vm; /**< Calls of this VM; null: of every VM. */
    uint32_t call;            /**< GUNYAH_HYPERCALL_*; GUNYAH_SIM_ANY_CALL: every hypercall. */
    int32_t error;            /**< GUNYAH_HVERR_*, not OK. */
    uint64_t nth;             /**< The first call that fails: 1 is the next one that matches. */
    uint64_t count;           /**< How many in a row fail; 0: all from then on. */
    uint32_t chance;          /**< Which of these fail: parts per million, as the seed decides; 0: all. */
};

#define GUNYAH_SIM_ANY_CALL UINT32_MAX

#define GUNYAH_SIM_FAULT_INIT                                                                                          \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_fault), NULL, GUNYAH_SIM_ANY_CALL, GUNYAH_HVERR_FAILURE, 1, 1, 0                      \
    }

/**
 * Make calls fail. The hypervisor does not see such a call: it answers the error, with all other results 0, in the form
 * of the caller's convention. Of several faults that match, the one that was added first counts; each counts its own
 * calls.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_INVALID (error is OK, nth is 0, chance is above 1000000, a VM of another machine);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 */
enum gunyah_error gunyah_sim_add_fault(struct gunyah_sim *sim, const struct gunyah_sim_fault *fault);

/** Remove all faults, and what gunyah_sim_add_hazard() has added. */
enum gunyah_error gunyah_sim_clear_faults(struct gunyah_sim *sim);

/**
 * Receives the trace, one line at a time, without a line end. The text is valid during the call. Runs inside the
 * simulator's lock: it must not use the simulator or any session of it.
 */
typedef void gunyah_sim_trace_fn(void *context, const char *line);

/**
 * Trace what VMs do: every call with its arguments and results by name, every interrupt that becomes pending, every
 * wait. The same run gives the same lines, byte for byte. docs/simulator.md describes them.
 *
 * @param trace  Null: stop tracing.
 */
enum gunyah_error gunyah_sim_set_trace(struct gunyah_sim *sim, gunyah_sim_trace_fn *trace, void *context);

/** Returns how many bytes a snapshot of the present state needs; 0 for a null machine. */
size_t gunyah_sim_snapshot_size(struct gunyah_sim *sim);

/**
 * Save the state of the hypervisor, all VMs and virtual time, and how far the faults that there are have come. Sessions,
 * the faults themselves and the trace are not part of it.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (size is below gunyah_sim_snapshot_size()).
 */
enum gunyah_error gunyah_sim_snapshot(struct gunyah_sim *sim, void *snapshot, size_t size);

/**
 * Return to a snapshot of this machine. The same VMs must exist as when it was taken.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (not a snapshot of this version, or of other VMs);
 *         GUNYAH_ERR_ARGUMENT_SIZE (truncated or too large);
 *         GUNYAH_ERR_IN_USE (a thread waits).
 *
 * Nothing changes on failure.
 */
enum gunyah_error gunyah_sim_restore(struct gunyah_sim *sim, const void *snapshot, size_t size);

/**
 * Make a second machine that is as this one is: VMs, capability ids, messages, pending interrupts, entropy, virtual time,
 * the Resource Manager with its VMs and parcels, configurations, and faults with what they have counted. From here on the
 * two know nothing of each other, and the same calls give the same lines of a trace.
 *
 * The copy has no session, no trace, and no thread waits in it, whatever does in the original; it expects as many threads
 * (options.threads, less those that are done) and has the same allocator. Its VMs are found by gunyah_sim_root() and
 * gunyah_sim_find_vm(). Guest memory is the memory of the process: both machines have the same.
 *
 * @param copy  Where it is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator; it needs gunyah_sim_save_size() bytes for a while).
 */
enum gunyah_error gunyah_sim_clone(struct gunyah_sim *sim, struct gunyah_sim **copy);

/** Returns how many bytes gunyah_sim_save() writes in the present state; 0 for a null machine. */
size_t gunyah_sim_save_size(struct gunyah_sim *sim);

/**
 * Save a machine with all that gunyah_sim_load() needs to make it anew, here or in another process: what a clone has.
 * Equal machines give equal bytes. docs/simulator.md describes them. What is in guest memory is not part of it.
 *
 * @param size  Of the buffer. The first gunyah_sim_save_size() bytes are written.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (size is too small; nothing is written).
 */
enum gunyah_error gunyah_sim_save(struct gunyah_sim *sim, void *bytes, size_t size);

/** Memory of this process. */
struct gunyah_sim_memory {
    void *address;
    size_t size; /**< Bytes. */
};

/** Options of gunyah_sim_load(). */
struct gunyah_sim_load_options {
    size_t size;                              /**< sizeof(struct gunyah_sim_load_options). */
    const struct gunyah_allocator *allocator; /**< Null: malloc. Copied. */
    size_t memory; /**< Bytes for the hypervisor's state; 0: as many as the saved machine had. */
    const struct gunyah_sim_memory *regions; /**< Guest memory that is where it was when the machine was saved. */
    size_t region_count;
};

#define GUNYAH_SIM_LOAD_OPTIONS_INIT                                                                                   \
    {                                                                                                                  \
        sizeof(struct gunyah_sim_load_options), NULL, 0, NULL, 0                                                       \
    }

/**
 * Make a machine of what gunyah_sim_save() has written, in this process or in another one. The machine is as a clone is.
 *
 * Bytes from elsewhere are fine, whatever they are. The header guards against other formats, other versions of the model
 * and other kinds of machine; a checksum against accidents; and because anybody can make a checksum right, all of the
 * state is checked as well: every reference, list, count and number that the simulator goes by. What passes may be a
 * state that no VM could have brought about, but none that makes the simulator reach beyond its own memory.
 *
 * VMs that the Resource Manager has made, and parcels of memory, are at addresses of the process that was saved. If the
 * state has any of them, the program puts that memory back, at the same addresses and with what was in it, and names it
 * in options.regions: the simulator uses no address that a save names and the program does not.
 *
 * @param options  Null for the defaults.
 * @param sim      Where it is stored; null on failure.
 * @param why      Where a sentence about a failure is stored, which lives for ever. May be null.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_FORMAT (no save, another format or version, damaged, cut off, or a state that cannot be);
 *         GUNYAH_ERR_ADDR_INVALID (the state needs memory that options.regions does not name);
 *         GUNYAH_ERR_NO_MEMORY (options.memory is too little);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 */
enum gunyah_error gunyah_sim_load(const void *bytes, size_t size, const struct gunyah_sim_load_options *options,
                                  struct gunyah_sim **sim, const char **why);

#ifdef __cplusplus
}
#endif

#endif
