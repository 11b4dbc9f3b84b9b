// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Power groups: threads (thread.h) that are one machine to PSCI, as the vCPUs of a VM are.
 *
 * A thread without a group has no PSCI. A group is made and activated first, and threads are attached to it before
 * they are activated themselves.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_VPM_GROUP_H
#define GUNYAH_VPM_GROUP_H

#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_vpm_group;

/** Open a power group that this VM has a capability for. As gunyah_partition_open(). */
enum gunyah_error gunyah_vpm_group_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_vpm_group **group);

/** Create a power group. As gunyah_cspace_create(). Hypercall partition_create_vpm_group. */
enum gunyah_error gunyah_vpm_group_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                          struct gunyah_vpm_group **group);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_vpm_group_close(struct gunyah_vpm_group **group);

/** Returns the CapID of a power group; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_vpm_group_capid(const struct gunyah_vpm_group *group);

/**
 * Set the options, before activation; those before are gone.
 *
 * @param no_aggregation  The states of the threads are not added up: the last one that is on may switch itself off, and
 *                        gunyah_vpm_group_get_state() sees none of them run.
 * @return GUNYAH_OK;
 *         the capability errors.
 *
 * Hypercall vpm_group_configure.
 */
enum gunyah_error gunyah_vpm_group_configure(struct gunyah_vpm_group *group, bool no_aggregation);

/** Activate. GUNYAH_OK; the capability errors. Hypercall object_activate. */
enum gunyah_error gunyah_vpm_group_activate(struct gunyah_vpm_group *group);

/**
 * Put a thread that is not active yet into the group; once more, and the last one counts.
 *
 * @param group   With the ATTACH_VCPU right.
 * @param thread  With the ACTIVATE right. Of the same session.
 * @param index   Which one of the group it is, below the number of processors that the platform was built for. Whether it
 *                is taken shows at activation (GUNYAH_ERR_DENIED).
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (index: one of more than 16 bits, which the hypervisor would cut off, is refused
 *           by the library; handles of two sessions);
 *         the capability errors.
 *
 * Hypercall vpm_group_attach_vcpu.
 */
enum gunyah_error gunyah_vpm_group_attach_vcpu(struct gunyah_vpm_group *group, struct gunyah_thread *thread,
                                               uint32_t index);

/**
 * Bind the interrupt of a group, which is about SYSTEM_SUSPENDED. No open build raises it.
 *
 * @param vic   With the BIND_SOURCE right. Of the same session.
 * @param virq  A shared interrupt of it that is free. Edge triggered, or it is never seen.
 * @return as gunyah_doorbell_bind_virq() (right BIND_VIRQ).
 *
 * Unbind before the last capability of the group goes: the hypervisor forgets to, and the interrupt stays taken. Hypercall
 * vpm_group_bind_virq.
 */
enum gunyah_error gunyah_vpm_group_bind_virq(struct gunyah_vpm_group *group, struct gunyah_vic *vic,
                                             gunyah_virq_t virq);

/** Unbind. As gunyah_doorbell_unbind_virq(), right BIND_VIRQ. Hypercall vpm_group_unbind_virq. */
enum gunyah_error gunyah_vpm_group_unbind_virq(struct gunyah_vpm_group *group);

/**
 * Tell the state of a group.
 *
 * @param state  Where it is stored; untouched on failure. Open builds say RUNNING if one of its threads is on and not
 *               suspended, else CPUS_SUSPENDED; a new group is CPUS_SUSPENDED.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (state too);
 *         the capability errors (right QUERY).
 *
 * Hypercall vpm_group_get_state.
 */
enum gunyah_error gunyah_vpm_group_get_state(struct gunyah_vpm_group *group, enum gunyah_vpm_state *state);

#ifdef __cplusplus
}
#endif

#endif
