// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Watchdogs: clocks that a VM has to set back ("pet") in time. A watchdog that was not barks at one time, which is an
 * interrupt for the VM, and bites at another one, which is an interrupt for whoever keeps the VM.
 *
 * There are two sides. The owner of a VM makes a watchdog, binds its interrupts and attaches the vCPUs of the VM
 * (gunyah_watchdog_*). The VM needs no capability: it calls, and the hypervisor knows by the vCPU which watchdog is meant
 * (gunyah_own_watchdog_*).
 *
 * The open hypervisor of 2023 has none of this: every call answers GUNYAH_ERR_UNIMPLEMENTED. gunyah_has() tells before, with
 * GUNYAH_FEATURE_WATCHDOG. docs/fidelity.md says what is known of watchdogs, and from where.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_WATCHDOG_H
#define GUNYAH_WATCHDOG_H

#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- the owner's side ---------------------------------------------------------------------------------------------

struct gunyah_watchdog;

/**
 * Open a watchdog that this VM has a capability for, as the owner of a VM that it schedules itself has one from
 * gunyah_vm_resources() (GUNYAH_VM_RESOURCE_TYPE_WATCHDOG). As gunyah_partition_open().
 */
enum gunyah_error gunyah_watchdog_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_watchdog **watchdog);

/** Create a watchdog. As gunyah_cspace_create(). Hypercall partition_create_watchdog. */
enum gunyah_error gunyah_watchdog_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                         struct gunyah_watchdog **watchdog);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_watchdog_close(struct gunyah_watchdog **watchdog);

/** Returns the CapID of a watchdog; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_watchdog_capid(const struct gunyah_watchdog *watchdog);

/**
 * Set the options, before activation; those before are gone.
 *
 * @param critical_bite  A bite takes the whole machine down, with all of its VMs.
 * @return GUNYAH_OK;
 *         the capability errors.
 *
 * Hypercall watchdog_configure.
 */
enum gunyah_error gunyah_watchdog_configure(struct gunyah_watchdog *watchdog, bool critical_bite);

/** Activate. It is off until its VM enables it. GUNYAH_OK; the capability errors. Hypercall object_activate. */
enum gunyah_error gunyah_watchdog_activate(struct gunyah_watchdog *watchdog);

/**
 * Give a thread (thread.h) that is not active yet its watchdog; once more, and the last one counts. Several threads may
 * have the same one: any of them pets it for all.
 *
 * @param watchdog  Active, with the ATTACH_VCPU right.
 * @param thread    With the ACTIVATE right. Of the same session.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (the thread is none that a VM's code runs on, or, as the manual has it, has the
 *           option hlos_vm; handles of two sessions);
 *         the capability errors (GUNYAH_ERR_OBJECT_STATE: the watchdog is not active, or the thread is).
 *
 * Hypercall watchdog_attach_vcpu.
 */
enum gunyah_error gunyah_watchdog_attach_vcpu(struct gunyah_watchdog *watchdog, struct gunyah_thread *thread);

/**
 * Bind the interrupt that comes when the watchdog barks: once after each time that it was pet, and once more when it
 * goes on after a freeze, or with new times, by which it has barked already.
 *
 * @param watchdog  Active, with the BIND_VIRQ right.
 * @param vic       With the BIND_SOURCE right. Of the same session.
 * @param virq      A shared interrupt of it that is free. Edge triggered, as the Resource Manager tells VMs to have it.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (not a shared interrupt of the controller; handles of two sessions);
 *         the capability errors;
 *         GUNYAH_ERR_VIRQ_BOUND (the watchdog has an interrupt for this);
 *         GUNYAH_ERR_BUSY (the interrupt has another source);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * It is unbound when the watchdog goes. Hypercall watchdog_bind_virq.
 */
enum gunyah_error gunyah_watchdog_bind_bark_virq(struct gunyah_watchdog *watchdog, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq);

/**
 * Bind the interrupt that comes when the watchdog bites: once, and then it is off. The controller is that of whoever
 * keeps the VM. As gunyah_watchdog_bind_bark_virq(), and both may be bound; one for levels may be gone before it is
 * taken. Hypercall watchdog_bind_virq.
 */
enum gunyah_error gunyah_watchdog_bind_bite_virq(struct gunyah_watchdog *watchdog, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq);

/**
 * Unbind the interrupt of the bark. Success if nothing is bound. The capability errors (right BIND_VIRQ).
 * Hypercall watchdog_unbind_virq.
 */
enum gunyah_error gunyah_watchdog_unbind_bark_virq(struct gunyah_watchdog *watchdog);

/** Unbind the interrupt of the bite. As gunyah_watchdog_unbind_bark_virq(). Hypercall watchdog_unbind_virq. */
enum gunyah_error gunyah_watchdog_unbind_bite_virq(struct gunyah_watchdog *watchdog);

/**
 * Stop the watchdog from counting, so that it neither barks nor bites unless it has already: for whoever cannot run the
 * VM for a while. Freezes are counted: it goes on when it was unfrozen as often, with the time that it had left.
 * Meanwhile its VM finds it off.
 *
 * @param watchdog  Active, with the MANAGE right. It need not be this VM's own.
 * @return GUNYAH_OK;
 *         the capability errors;
 *         GUNYAH_ERR_BUSY (it is frozen as often as can be counted).
 *
 * The hypervisor does so by itself while the whole VM is suspended. Hypercall watchdog_manage.
 */
enum gunyah_error gunyah_watchdog_freeze(struct gunyah_watchdog *watchdog);

/** Freeze, and let it count from 0 when it goes on. As gunyah_watchdog_freeze(). Hypercall watchdog_manage. */
enum gunyah_error gunyah_watchdog_freeze_and_reset(struct gunyah_watchdog *watchdog);

/**
 * Undo one freeze. As gunyah_watchdog_freeze(), but for GUNYAH_ERR_BUSY, which says that it is not frozen. Hypercall
 * watchdog_manage.
 */
enum gunyah_error gunyah_watchdog_unfreeze(struct gunyah_watchdog *watchdog);

// ---- the VM's own side --------------------------------------------------------------------------------------------
//
// Fast calls of the SMC calling convention, which go by the session's conduit and are the same in either convention of
// hypercalls. The manual has none of them: they are what drivers do. Each function returns GUNYAH_ERR_NULL for a null
// session, and what the hypervisor answers; besides what is listed below:
//   GUNYAH_ERR_UNIMPLEMENTED  This vCPU has no watchdog, or this hypervisor has none: it answers both alike.
//   GUNYAH_ERR_UNSUPPORTED    The session's calls reach no hypervisor (GUNYAH_BACKEND_LOCAL, such as a driver of Linux):
//                             there the operating system minds the watchdog.
//   GUNYAH_ERR_UNKNOWN
// Nothing blocks. Which vCPU of the VM calls does not matter if all were given the same watchdog.

/**
 * Let this vCPU's watchdog count: from 0, or, if it has counted before and was neither pet since nor given new times,
 * from where it was. Pet it first to begin anew. Set its times before.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (on some hypervisors: it is on already).
 *
 * Whether a watchdog that is on already is refused differs between hypervisors, and where it is, nothing changes: a
 * program for all of them takes GUNYAH_ERR_ARGUMENT_INVALID for success. Call WATCHDOG_CONTROL.
 */
enum gunyah_error gunyah_own_watchdog_enable(struct gunyah *g);

/**
 * Let this vCPU's watchdog count no more: it neither barks nor bites.
 *
 * @return as gunyah_own_watchdog_enable(), for a watchdog that is off already.
 *
 * Call WATCHDOG_CONTROL.
 */
enum gunyah_error gunyah_own_watchdog_disable(struct gunyah *g);

/**
 * Pet this vCPU's watchdog: it counts from 0 again. One that is off will, when it is enabled. What it has barked stays
 * pending if the interrupt is edge triggered.
 *
 * @return GUNYAH_OK.
 *
 * Call WATCHDOG_PET.
 */
enum gunyah_error gunyah_own_watchdog_pet(struct gunyah *g);

/**
 * Set how long after it was pet this vCPU's watchdog barks, and how long after that same moment it bites. It does not
 * bark if it would not do so before it bites.
 *
 * @param bark_ms  Milliseconds, up to GUNYAH_WATCHDOG_MAX_TIME_MS; or GUNYAH_WATCHDOG_TIME_UNCHANGED to keep the time.
 * @param bite_ms  As bark_ms.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (bark_ms or bite_ms; refused by the library).
 *
 * Set both before it is enabled for the first time: they are as long as the platform lets them be, and it would not
 * bark. New times hold at once, counted from the last pet. Call WATCHDOG_SET_TIME.
 */
enum gunyah_error gunyah_own_watchdog_set_times(struct gunyah *g, uint32_t bark_ms, uint32_t bite_ms);

/** What a watchdog does. */
struct gunyah_own_watchdog_status {
    /** It counts: it is neither off nor frozen, and has not bitten. */
    bool enabled;

    /** It counts, and bites next: it has barked since it was pet, or will not. */
    bool expired;

    /** Milliseconds since the last pet, or since it began to count; those in which it stood still too, until it goes on. */
    uint32_t since_pet_ms;
};

/**
 * Tell what this vCPU's watchdog does.
 *
 * @param status  Filled in; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (status too).
 *
 * Call WATCHDOG_STATUS.
 */
enum gunyah_error gunyah_own_watchdog_get_status(struct gunyah *g, struct gunyah_own_watchdog_status *status);

#ifdef __cplusplus
}
#endif

#endif
