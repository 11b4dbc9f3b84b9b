// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * vCPUs that the caller runs: a thread of the process is the processor of the VM until the VM wants something.
 *
 * This is how VMs run whose vCPUs are scheduled by proxy, under an operating system with a driver for them. Where vCPUs
 * run by themselves, as those of the Resource Manager's client, nobody opens one.
 *
 * Threads: gunyah_vcpu_open() and gunyah_vcpu_close() belong to the thread that the session belongs to. Between them, the
 * other functions of one vCPU belong to one thread at a time, any one, except for gunyah_vcpu_cancel(): all threads may
 * call that. They do not touch the session, so that each vCPU may have a thread of its own.
 *
 * Signals: where the driver loses what a VM did when a signal comes in between, the library does not, unless the system call
 * is restarted behind its back. In a thread that runs a vCPU, block signals whose handlers are installed with SA_RESTART.
 */
#ifndef GUNYAH_VCPU_H
#define GUNYAH_VCPU_H

#include "vm.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_vcpu;

/** Options of gunyah_vcpu_open(). */
struct gunyah_vcpu_options {
    size_t size;    /**< sizeof(struct gunyah_vcpu_options). */
    uint32_t index; /**< Of the vCPU, as its place among the nodes of /cpus. 0 boots. */
    int signal;     /**< What gunyah_vcpu_cancel() sends to the thread that is inside; 0: nothing. */
};

#define GUNYAH_VCPU_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_vcpu_options), 0, 0                                                                       \
    }

/**
 * Make it possible to run a vCPU. Before the VM is started or after that.
 *
 * @param options  Null for the defaults. With a signal, the caller has installed a handler for it (without SA_RESTART),
 *                 which may do nothing.
 * @param vcpu     Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         the request errors (vm.h);
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_UNSUPPORTED (the provider's vCPUs run by themselves);
 *         GUNYAH_ERR_OBJECT_STATE (not INIT, READY or RUNNING: the device tree says which vCPUs there are);
 *         GUNYAH_ERR_NOT_FOUND (this one is not in the device tree);
 *         GUNYAH_ERR_IN_USE (it is open);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_NO_RESOURCES.
 *
 * As long as it is open, the VM can neither be stopped by force nor be destroyed.
 */
enum gunyah_error gunyah_vcpu_open(struct gunyah_vm *vm, const struct gunyah_vcpu_options *options,
                                   struct gunyah_vcpu **vcpu);

/**
 * Close a vCPU that no thread is inside, and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL;
 * GUNYAH_ERR_HANDLE (closed already). Makes no request.
 */
enum gunyah_error gunyah_vcpu_close(struct gunyah_vcpu **vcpu);

/**
 * Be the vCPU, until the VM wants something, is over, or gunyah_vcpu_cancel() is called.
 *
 * What the VM reads by MMIO has to be in exit->data before this is called again. After VM_ENDED, it says so again.
 *
 * @param exit  Filled in. What it points to is good until the next call.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (closed);
 *         GUNYAH_ERR_NO_RESOURCES (the VM was not started);
 *         GUNYAH_ERR_BUSY (the vCPU is not to be run by anybody now, and it stayed so);
 *         GUNYAH_ERR_DENIED (this is not the process that made the VM);
 *         GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_ERR_NO_MEMORY, GUNYAH_ERR_FAILURE, GUNYAH_ERR_UNIMPLEMENTED (the
 *           hypervisor refused).
 *
 * gunyah_vcpu_last_error() tells more. Blocks. No allocation, no lock. Hypercall vcpu_run.
 */
enum gunyah_error gunyah_vcpu_run(struct gunyah_vcpu *vcpu, struct gunyah_vcpu_exit *exit);

/**
 * Say how the vCPU goes on after an exit for MMIO or a page fault; without this, as with HANDLED.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_ARGUMENT_INVALID (action);
 *         GUNYAH_ERR_OBJECT_STATE (the last exit was not one of these, or there was none);
 *         GUNYAH_ERR_UNSUPPORTED (the driver has HANDLED alone).
 *
 * Makes no request: the next gunyah_vcpu_run() takes it along. Not every driver takes RETRY for MMIO; then that run is told
 * GUNYAH_ERR_ARGUMENT_INVALID.
 */
enum gunyah_error gunyah_vcpu_resume(struct gunyah_vcpu *vcpu, enum gunyah_vcpu_action action);

/**
 * Make gunyah_vcpu_run() come back with INTERRUPTED: the thread that is inside or, if none is, the next one.
 *
 * Without a signal in the options, a thread inside comes back as soon as the VM does something by itself; a VM that sleeps
 * does nothing. With one, it is sent to that thread.
 *
 * Any thread, and inside a signal handler. Nothing happens for a null or stale handle. The handle must not be closed
 * meanwhile.
 */
void gunyah_vcpu_cancel(struct gunyah_vcpu *vcpu);

/**
 * Tell why the last function that failed on this vCPU failed, except for what was wrong with its arguments.
 *
 * @return Details that stay as they are until the next failure; domain GUNYAH_DOMAIN_NONE if nothing failed yet; null for a
 *         null or stale handle.
 */
const struct gunyah_error_info *gunyah_vcpu_last_error(const struct gunyah_vcpu *vcpu);

/** Returns what a VM writes by MMIO; 0 for another exit. */
uint64_t gunyah_vcpu_exit_value(const struct gunyah_vcpu_exit *exit);

/** Store what a VM reads by MMIO, as many bytes as it reads. Nothing happens for another exit. */
void gunyah_vcpu_exit_answer(const struct gunyah_vcpu_exit *exit, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
