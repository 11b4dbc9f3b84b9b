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

/**
 * Give a thread (thread.h) that is not active yet its interrupt controller; once more, and the last one counts.
 *
 * @param vic     With the ATTACH_VCPU right.
 * @param thread  With the ACTIVATE right. Of the same session.
 * @param index   Which vCPU of the controller it is, below its max_vcpus. Whether it is taken shows at activation.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (index; handles of two sessions);
 *         the capability errors.
 *
 * Hypercall vic_attach_vcpu.
 */
enum gunyah_error gunyah_vic_attach_vcpu(struct gunyah_vic *vic, struct gunyah_thread *thread, uint32_t index);

/** How the affinity of a vCPU (MPIDR) follows from its index, for gunyah_vic_set_mpidr_mapping(). */
struct gunyah_mpidr_mapping {
    uint64_t mask;          /**< Bits of MPIDR that the index fills: Aff0 7:0, Aff1 15:8, Aff2 23:16, Aff3 39:32. */
    uint32_t aff_shifts[4]; /**< At which bit of the index each of the four fields begins, below 32. */
    bool mt;                /**< Bit 24 of MPIDR: vCPUs with the same Aff1 share a core. */
};

/**
 * Choose how the affinity of a vCPU follows from its index, before activation. Without this, as on the platform.
 *
 * @param mapping  The fields are pieces of the index that do not overlap, and together one piece from bit 0 on, of less
 *                 than 16 bits.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (mapping too);
 *         GUNYAH_ERR_ARGUMENT_INVALID (mapping);
 *         the capability errors.
 *
 * Not in the manual. Hypercall vgic_set_mpidr_mapping.
 */
enum gunyah_error gunyah_vic_set_mpidr_mapping(struct gunyah_vic *vic, const struct gunyah_mpidr_mapping *mapping);

/**
 * Bind a source of message-signalled interrupts.
 *
 * @param vic     With the BIND_SOURCE right.
 * @param source  Of a kind that the platform knows.
 * @return GUNYAH_OK;
 *         the capability errors (every open hypervisor: GUNYAH_ERR_WRONG_OBJECT_TYPE, as it knows none).
 *
 * Hypercall vic_bind_msi_source.
 */
enum gunyah_error gunyah_vic_bind_msi_source(struct gunyah_vic *vic, gunyah_capid_t source);

#ifdef __cplusplus
}
#endif

#endif
