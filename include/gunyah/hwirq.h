// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Hardware interrupts as objects of the hypervisor: what a device raises, bound to an interrupt of a VM.
 *
 * No call creates one: the hypervisor makes them when it starts, and gives the capabilities to its first VM. Interrupts
 * that one VM lends to another one are something else (irq.h): there, the Resource Manager does this.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_HWIRQ_H
#define GUNYAH_HWIRQ_H

#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_hwirq;

/** Open a hardware interrupt that this VM has a capability for. As gunyah_partition_open(). */
enum gunyah_error gunyah_hwirq_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_hwirq **hwirq);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_hwirq_close(struct gunyah_hwirq **hwirq);

/** Returns the CapID of a hardware interrupt; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_hwirq_capid(const struct gunyah_hwirq *hwirq);

/**
 * Bind a hardware interrupt to an interrupt of a VM.
 *
 * @param vic   With the BIND_SOURCE right. Of the same session.
 * @param virq  A shared interrupt of it that is free; for an interrupt of a processor, 16 to 31.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (not an interrupt of this kind of the controller; a kind that cannot be bound;
 *           handles of two sessions);
 *         the capability errors (right BIND_VIC);
 *         GUNYAH_ERR_VIRQ_BOUND (it is bound);
 *         GUNYAH_ERR_BUSY (the interrupt has another source);
 *         GUNYAH_ERR_RETRY (what was bound there before is not gone yet: call again);
 *         GUNYAH_ERR_DENIED (of a processor: it is bound, or a vCPU of the controller is not pinned);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * Hypercall hwirq_bind_virq.
 */
enum gunyah_error gunyah_hwirq_bind_virq(struct gunyah_hwirq *hwirq, struct gunyah_vic *vic, gunyah_virq_t virq);

/**
 * Unbind.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (a kind that cannot be bound);
 *         the capability errors (right BIND_VIC);
 *         GUNYAH_ERR_VIRQ_NOT_BOUND (it is not; the manual promises success, which those of processors answer).
 *
 * Blocks until nothing handles it any more, and for a grace period of the hypervisor. Hypercall hwirq_unbind_virq.
 */
enum gunyah_error gunyah_hwirq_unbind_virq(struct gunyah_hwirq *hwirq);

#ifdef __cplusplus
}
#endif

#endif
