// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtual interrupt controllers, and the interrupts (vIRQs) that message queues and doorbells are bound to.
 *
 * A vIRQ is a plain GIC interrupt number. Sources bind to shared interrupts, 32 to 31 + max_virqs. Whether a line is
 * edge or level triggered is the guest's choice in its own interrupt controller, not part of a binding.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_VIC_H
#define GUNYAH_VIC_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_vic;

/** Returns whether a source can be bound to an interrupt of this number at all (32 to 1019). Any thread. */
bool gunyah_virq_is_bindable(gunyah_virq_t virq);

/** Open a virtual interrupt controller that this VM has a capability for. As gunyah_partition_open(). */
enum gunyah_error gunyah_vic_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_vic **vic);

/** Create a virtual interrupt controller. As gunyah_cspace_create(). Hypercall partition_create_vic. */
enum gunyah_error gunyah_vic_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                    struct gunyah_vic **vic);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_vic_close(struct gunyah_vic **vic);

/** Returns the CapID of a controller; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_vic_capid(const struct gunyah_vic *vic);

/**
 * Set the size, before activation.
 *
 * @param max_vcpus  vCPUs, at least 1; the platform sets the upper limit.
 * @param max_virqs  Shared interrupts, 0 to GUNYAH_VIC_MAX_VIRQS: they get the numbers 32 to 31 + max_virqs.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID;
 *         the capability errors.
 *
 * After a refusal the controller may hold a part of the new values: configure it again. Hypercall vic_configure.
 */
enum gunyah_error gunyah_vic_configure(struct gunyah_vic *vic, uint32_t max_vcpus, uint32_t max_virqs);

/**
 * Activate. GUNYAH_OK; the capability errors; GUNYAH_ERR_OBJECT_CONFIG; GUNYAH_ERR_NO_MEMORY. Hypercall
 * object_activate.
 */
enum gunyah_error gunyah_vic_activate(struct gunyah_vic *vic);

#ifdef __cplusplus
}
#endif

#endif
