// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * vCPUs as objects of the hypervisor: made, run and ended by calls, as a Resource Manager or a privileged VM does it.
 *
 * The hypervisor calls such an object a thread where it is made and given rights (partition_create_thread,
 * GUNYAH_RIGHT_THREAD_*), and this library does so everywhere. struct gunyah_vcpu (vcpu.h) is something else: a vCPU of a
 * VM, which a VMM runs through whoever made the VM, and which needs no capability.
 *
 * A thread is given a capability space (gunyah_cspace_attach_thread()), an address space, a controller for its
 * interrupts (gunyah_vic_attach_vcpu()) and, if it is to have PSCI, a power group (gunyah_vpm_group_attach_vcpu()).
 * Then it is activated, and is off.
 *
 * What would stop the hypervisor is refused with GUNYAH_ERR_WOULD_CRASH, as far as it can be known here. It cannot be
 * known of threads that somebody else configured: one with the option "critical", as those of the primary VM have it,
 * takes the hypervisor with it when it ends. This library does not set that option.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_THREAD_H
#define GUNYAH_THREAD_H

#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Open a thread that this VM has a capability for. As gunyah_partition_open(). */
enum gunyah_error gunyah_thread_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_thread **thread);

/** Create a thread. As gunyah_cspace_create(). Hypercall partition_create_thread. */
enum gunyah_error gunyah_thread_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                       struct gunyah_thread **thread);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_thread_close(struct gunyah_thread **thread);

/** Returns the CapID of a thread; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_thread_capid(const struct gunyah_thread *thread);

// ---- before activation --------------------------------------------------------------------------------------------

/** Options of gunyah_thread_configure(). */
struct gunyah_thread_options {
    size_t size;                /**< sizeof(struct gunyah_thread_options). */
    bool pinned;                /**< It stays on the CPU that it is given to. Needs one when it is activated. */
    bool ras_error_handler;     /**< It handles errors of the hardware. */
    bool amu_counting_disabled; /**< Its activity is not counted. */
    bool sve_allowed;           /**< Open builds refuse it at activation. */
    bool debug_allowed;         /**< It may use the debug registers. */
    bool trace_allowed;         /**< It may use the trace unit. */
    bool vcpu_run_scheduled;    /**< Only gunyah_thread_run() runs it. */
    bool hlos_vm;               /**< Open builds refuse it at activation. */
};

#define GUNYAH_THREAD_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(struct gunyah_thread_options), false, false, false, false, false, false, false, false                   \
    }

/**
 * Set the options, before activation; those before are gone.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (options too);
 *         GUNYAH_ERR_OPTION (size);
 *         the capability errors.
 *
 * Hypercall vcpu_configure.
 */
enum gunyah_error gunyah_thread_configure(struct gunyah_thread *thread, const struct gunyah_thread_options *options);

/**
 * Set the priority, before activation. 32 without this.
 *
 * @param priority  0 to GUNYAH_VCPU_MAX_PRIORITY, the highest.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_DENIED (higher than that; refused by the library);
 *         the capability errors (right PRIORITY).
 *
 * Hypercall vcpu_set_priority.
 */
enum gunyah_error gunyah_thread_set_priority(struct gunyah_thread *thread, uint32_t priority);

/**
 * Set how long it runs before another one of its priority does, before activation. 5 ms without this.
 *
 * @param nanoseconds  GUNYAH_VCPU_MIN_TIMESLICE_NS to GUNYAH_VCPU_MAX_TIMESLICE_NS.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (refused by the library);
 *         the capability errors (right TIMESLICE).
 *
 * The manual asks for 1 ms at least. Hypercall vcpu_set_timeslice.
 */
enum gunyah_error gunyah_thread_set_timeslice(struct gunyah_thread *thread, uint64_t nanoseconds);

/**
 * Choose the physical CPU, before or after activation.
 *
 * @param cpu  Its index, or GUNYAH_CPU_INDEX_INVALID: none, which needs the right DISABLE too.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_WOULD_CRASH (no such CPU, as far as is known; refused by the library);
 *         GUNYAH_ERR_ARGUMENT_INVALID (this CPU does not exist);
 *         the capability errors (right AFFINITY);
 *         GUNYAH_ERR_DENIED (pinned);
 *         GUNYAH_ERR_RETRY (a change is under way: call again).
 *
 * An index beyond what the platform was built for stops the hypervisor. No call tells how many that are. The library lets
 * GUNYAH_VIC_MAX_VCPUS indexes pass, as many as the open platform has; and more, when the hypervisor has accepted a
 * controller with more vCPUs in this session (gunyah_vic_configure()), as its limit is the same. Of a platform that was
 * built for less it cannot know. Blocks for a grace period of the hypervisor. Hypercall vcpu_set_affinity.
 */
enum gunyah_error gunyah_thread_set_affinity(struct gunyah_thread *thread, uint32_t cpu);

/**
 * Activate. It is off then.
 *
 * @return GUNYAH_OK;
 *         the capability errors (GUNYAH_ERR_ARGUMENT_INVALID: it has no interrupt controller);
 *         GUNYAH_ERR_OBJECT_CONFIG (no capability space, no address space, pinned to no CPU, or an option that is not
 *           allowed);
 *         GUNYAH_ERR_BUSY (its index in the controller is taken);
 *         GUNYAH_ERR_DENIED (its index in the power group is taken).
 *
 * Hypercall object_activate.
 */
enum gunyah_error gunyah_thread_activate(struct gunyah_thread *thread);

// ---- life -----------------------------------------------------------------------------------------------------------

/**
 * Write a register of a thread that is off, before or after activation.
 *
 * @param set    X (index 0 to 30), PC (index 0, a multiple of 4), or SP_EL (index 0 and 1, a multiple of 16).
 * @param index  In the set.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (set, index or alignment; refused by the library);
 *         the capability errors (right WRITE_CONTEXT; GUNYAH_ERR_OBJECT_STATE: it was killed);
 *         GUNYAH_ERR_BUSY (it is on).
 *
 * gunyah_thread_power_on() clears them, but for what its flags keep. Hypercall vcpu_register_write.
 */
enum gunyah_error gunyah_thread_write_register(struct gunyah_thread *thread, enum gunyah_vcpu_register_set set,
                                               uint32_t index, uint64_t value);

/** Flags of gunyah_thread_power_on(). */
enum gunyah_thread_power_on_flag {
    GUNYAH_THREAD_KEEP_ENTRY_POINT = 1 << 0, /**< Begin at the PC that was written; the entry point does not count. */
    GUNYAH_THREAD_KEEP_CONTEXT = 1 << 1,     /**< Keep the X0 that was written; the context does not count. */
};

/**
 * Switch a thread on.
 *
 * @param entry_point  Where it begins, an address of its address space.
 * @param context      What it finds in x0.
 * @param flags        Of enum gunyah_thread_power_on_flag, or 0.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION (unknown flag);
 *         the capability errors (right POWER);
 *         GUNYAH_ERR_BUSY (it is on, or was so when it was killed);
 *         GUNYAH_ERR_FAILURE (it was killed while it was off).
 *
 * Hypercall vcpu_poweron.
 */
enum gunyah_error gunyah_thread_power_on(struct gunyah_thread *thread, uint64_t entry_point, uint64_t context,
                                         uint32_t flags);

/**
 * Switch the calling vCPU off.
 *
 * @param last  Whether it is the only one of its power group that is on. Without a group it is.
 * @return does not, on success;
 *         the capability errors (right POWER; GUNYAH_ERR_ARGUMENT_INVALID: not the calling vCPU);
 *         GUNYAH_ERR_DENIED (last is wrong; not for groups with no_aggregation).
 *
 * Hypercall vcpu_poweroff.
 */
enum gunyah_error gunyah_thread_power_off(struct gunyah_thread *thread, bool last);

/**
 * End a thread for good. Once more is no error.
 *
 * @return GUNYAH_OK; does not return if it is the calling vCPU;
 *         the capability errors (right LIFECYCLE).
 *
 * Another thread ends some time later; one that only gunyah_thread_run() runs has to be run until it says that it has
 * exited. One that was configured as "critical" by somebody else stops the hypervisor. Hypercall vcpu_kill.
 */
enum gunyah_error gunyah_thread_kill(struct gunyah_thread *thread);

/**
 * Bind the interrupt that comes when the thread is stopped by force: its system was switched off or reset, or it faulted.
 *
 * @param vic   With the BIND_SOURCE right. Of the same session.
 * @param virq  A shared interrupt of it that is free. Edge triggered, or it is never seen.
 * @return as gunyah_doorbell_bind_virq() (right BIND_VIRQ).
 *
 * Not in the manual. Hypercall vcpu_bind_virq.
 */
enum gunyah_error gunyah_thread_bind_halt_virq(struct gunyah_thread *thread, struct gunyah_vic *vic,
                                               gunyah_virq_t virq);

/** Unbind. As gunyah_doorbell_unbind_virq(), right BIND_VIRQ. Hypercall vcpu_unbind_virq. */
enum gunyah_error gunyah_thread_unbind_halt_virq(struct gunyah_thread *thread);

/**
 * Bind the interrupt that comes when something happened that the thread waits for, so that it is worth running; and hand
 * the thread to gunyah_thread_run(), for good.
 *
 * @return as gunyah_thread_bind_halt_virq();
 *         GUNYAH_ERR_BUSY (also: it runs right now).
 *
 * Hypercall vcpu_bind_virq.
 */
enum gunyah_error gunyah_thread_bind_wakeup_virq(struct gunyah_thread *thread, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq);

/** As gunyah_thread_unbind_halt_virq(). The thread stays with gunyah_thread_run(). Hypercall vcpu_unbind_virq. */
enum gunyah_error gunyah_thread_unbind_wakeup_virq(struct gunyah_thread *thread);

// ---- running ------------------------------------------------------------------------------------------------------

/** Why a thread does not run. What does not belong to the state is 0. */
struct gunyah_thread_exit {
    enum gunyah_vcpu_run_state state; /**< Other values are possible; then data tells what the hypervisor said. */
    uint64_t address;                 /**< ADDRSPACE_VMMIO_*, ADDRSPACE_PAGE_FAULT: in its address space. */
    uint32_t length;                  /**< ADDRSPACE_VMMIO_*: bytes, 1, 2, 4 or 8. */
    uint64_t value;                   /**< ADDRSPACE_VMMIO_WRITE: what is stored. */
    enum gunyah_vcpu_run_wakeup_from wakeup_from; /**< EXPECTS_WAKEUP: what it sleeps in. */
    uint64_t suspend_state;                       /**< EXPECTS_WAKEUP: that it gave to CPU_SUSPEND; may be 0. */
    bool exited;                                  /**< POWERED_OFF: for good. */
    bool is_reset2;                               /**< PSCI_SYSTEM_RESET: by SYSTEM_RESET2, which has the next two. */
    uint32_t reset_type;                          /**< PSCI_SYSTEM_RESET. */
    uint64_t reset_cookie;                        /**< PSCI_SYSTEM_RESET. */
    uint64_t data[3];                             /**< The words of the state, as they came. */
};

/** Options of gunyah_thread_run(): how the thread goes on. */
struct gunyah_thread_resume {
    size_t size;    /**< sizeof(struct gunyah_thread_resume). */
    uint64_t value; /**< After ADDRSPACE_VMMIO_READ: what it loads. */
    /** After ADDRSPACE_VMMIO_* and ADDRSPACE_PAGE_FAULT. The open hypervisor knows EMULATE alone, and does not look. */
    enum gunyah_vcpu_run_resume_action action;
};

#define GUNYAH_THREAD_RESUME_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(struct gunyah_thread_resume), 0, GUNYAH_VCPU_RUN_RESUME_ACTION_EMULATE                                  \
    }

/**
 * Run a thread on this CPU until it needs something. Only one with the option vcpu_run_scheduled or a wake-up interrupt.
 *
 * @param resume  Null: a load gets 0.
 * @param exit    Filled in; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (exit too);
 *         GUNYAH_ERR_OPTION (size of resume);
 *         GUNYAH_ERR_ARGUMENT_INVALID (action; refused by the library);
 *         the capability errors (rights AFFINITY and YIELD_TO);
 *         GUNYAH_ERR_BUSY (not one of these, or somebody else runs it);
 *         GUNYAH_ERR_RETRY, GUNYAH_ERR_DENIED (it cannot come to this CPU).
 *
 * READY means "call again", but not without a limit: a thread that does nothing but fault says so for ever. Blocks while
 * the thread runs. No allocation, no lock. Hypercall vcpu_run.
 */
enum gunyah_error gunyah_thread_run(struct gunyah_thread *thread, const struct gunyah_thread_resume *resume,
                                    struct gunyah_thread_exit *exit);

/**
 * Tell why a thread does not run, any thread. Never runs or changes anything.
 *
 * @param exit  Filled in; untouched on failure. READY if it does run or could; BLOCKED if nothing but
 *              gunyah_thread_run() keeps it from it, or it was killed and has not ended yet.
 * @return GUNYAH_OK (also where the hypervisor answers BUSY: READY and BLOCKED);
 *         GUNYAH_ERR_NULL (exit too);
 *         the capability errors (rights BIND_VIRQ and STATE).
 *
 * Hypercall vcpu_run_check.
 */
enum gunyah_error gunyah_thread_run_check(struct gunyah_thread *thread, struct gunyah_thread_exit *exit);

/**
 * Give the rest of this vCPU's time to a thread.
 *
 * @return GUNYAH_OK (it may be the calling one);
 *         the capability errors (right YIELD_TO).
 *
 * Blocks until this vCPU is scheduled again. Hypercall scheduler_yield.
 */
enum gunyah_error gunyah_thread_yield_to(struct gunyah_thread *thread);

#ifdef __cplusplus
}
#endif

#endif
