// SPDX-License-Identifier: BSD-3-Clause
// Where the manual says otherwise than the hypervisor does: one function for each difference, in the order of the table of
// docs/fidelity.md. Each says what it is as the manual has it, and else as it was recorded.
//
// What the manual does not speak of has no function here, and is as recorded in both modes. Bits that it reserves are a list
// in manual.c.
#ifndef GUNYAH_MODEL_MANUAL_H
#define GUNYAH_MODEL_MANUAL_H

#include "state.h"

static inline bool manual_mode(const struct gunyah_model *model)
{
    return model->options.as_manual;
}

static inline int32_t manual_or(const struct gunyah_model *model, int32_t manual, int32_t recorded)
{
    return manual_mode(model) ? manual : recorded;
}

// ---- all calls ----------------------------------------------------------------------------------------------------------

/** Of an id that is none of the capability space. */
static inline int32_t manual_no_such_cap(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_CSPACE_CAP_NULL, GUNYAH_HVERR_ARGUMENT_INVALID);
}

/** Are reserved words looked at in the form of SMCCC too? */
static inline bool manual_checks_smccc(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Are bits looked at that the manual reserves and the hypervisor does not? manual.c has the list. */
static inline bool manual_checks_bits(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Do object_reset and cspace_revoke_cap_from do what they are called? */
static inline bool manual_resets_and_revokes(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** The API flag of watchdogs, which the manual describes. */
static inline uint64_t manual_watchdogs(const struct gunyah_model *model)
{
    return manual_mode(model) ? GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK : 0;
}

/** Has a vCPU of the primary VM no watchdog? */
static inline bool manual_refuses_hlos(const struct gunyah_model *model)
{
    return manual_mode(model);
}

// ---- message queues -----------------------------------------------------------------------------------------------------

/** Of a message that is not sent or received: the error, or none, and the caller is to find out. */
static inline int32_t manual_message_error(const struct gunyah_model *model, int32_t error)
{
    return manual_or(model, error, GUNYAH_HVERR_OK);
}

/** Does flushing take the sender's interrupt back, instead of raising it? */
static inline bool manual_flush_clears(const struct gunyah_model *model)
{
    return manual_mode(model);
}

// ---- vCPUs --------------------------------------------------------------------------------------------------------------

#define MANUAL_VCPU_DEBUG 1u
#define MANUAL_VCPU_HLOS 2u

/** Options of vcpu_configure: the manual has two, at other places. */
static inline uint64_t manual_vcpu_options(const struct gunyah_model *model, uint64_t word)
{
    if (!manual_mode(model))
        return word;
    return ((word & MANUAL_VCPU_DEBUG) != 0 ? GUNYAH_VCPU_OPTION_FLAGS_DEBUG_ALLOWED_MASK : 0) |
           ((word & MANUAL_VCPU_HLOS) != 0 ? GUNYAH_VCPU_OPTION_FLAGS_HLOS_VM_MASK : 0);
}

/** Options with which a vCPU cannot be activated. */
static inline uint64_t manual_vcpu_refused(const struct gunyah_model *model)
{
    return manual_mode(model) ? 0 : GUNYAH_VCPU_OPTION_FLAGS_SVE_ALLOWED_MASK | GUNYAH_VCPU_OPTION_FLAGS_HLOS_VM_MASK;
}

/** Of the activation of a vCPU without an interrupt controller. */
static inline int32_t manual_no_vic(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_OK, GUNYAH_HVERR_ARGUMENT_INVALID);
}

/** The highest priority of a vCPU, and of what is above it. */
static inline uint32_t manual_priority_max(const struct gunyah_model *model)
{
    return manual_mode(model) ? 63 : 62;
}

static inline int32_t manual_priority_error(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_DENIED);
}

/** The shortest time slice, in nanoseconds. */
static inline uint64_t manual_timeslice_min(const struct gunyah_model *model)
{
    return manual_mode(model) ? UINT64_C(1000000) : UINT64_C(100000);
}

/** Of killing a vCPU that was killed, or has exited. */
static inline int32_t manual_killed_again(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_OBJECT_STATE, GUNYAH_HVERR_OK);
}

/** Do vcpu_run and vcpu_run_check refuse a vCPU that was killed, with OBJECT_STATE? */
static inline bool manual_refuses_killed(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Does a vCPU run by itself again when its wake-up interrupt is unbound? */
static inline bool manual_unbind_ends_proxy(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Is a vCPU that does nothing but fault told as such? */
static inline bool manual_tells_faults(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Does vcpu_run_check say BUSY without the state? */
static inline bool manual_busy_is_bare(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Does a power group give its interrupt back when it goes? */
static inline bool manual_group_unbinds(const struct gunyah_model *model)
{
    return manual_mode(model);
}

// ---- interrupts ---------------------------------------------------------------------------------------------------------

/** Of unbinding a hardware interrupt that is not bound. */
static inline int32_t manual_hwirq_unbound(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_OK, GUNYAH_HVERR_VIRQ_NOT_BOUND);
}

/** Is vic_configure done as a whole or not at all? */
static inline bool manual_vic_is_whole(const struct gunyah_model *model)
{
    return manual_mode(model);
}

// ---- memory -------------------------------------------------------------------------------------------------------------

/** Of unmapping, or changing, what is not mapped. */
static inline int32_t manual_not_mapped(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ADDR_INVALID);
}

/** Can the access of a sparse extent's mapping be changed? */
static inline bool manual_updates_sparse(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Is mapping over something refused, with EXISTING_MAPPING? */
static inline bool manual_refuses_over(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Of a virtual MMIO range that overlaps another one. */
static inline int32_t manual_vmmio_overlaps(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_BUSY);
}

/** Can such a range be taken away? */
static inline bool manual_removes_vmmio(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Must it be inside the address space? */
static inline bool manual_bounds_vmmio(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Of a derived extent that is not inside its parent. */
static inline int32_t manual_outside_parent(const struct gunyah_model *model)
{
    return manual_or(model, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ADDR_INVALID);
}

/** The number of memextent_donate in the manual; the other one is not said to be none. */
#define MANUAL_MEMEXTENT_DONATE 0x33u

// ---- virtio devices -----------------------------------------------------------------------------------------------------

/** Does acknowledging a reset clear QueueReady? */
static inline bool manual_acknowledge_clears_ready(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Does virtio_input_configure look at its numbers first, and find them too large by size? */
static inline bool manual_input_checks_first(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Is virtio_input_set_data as in the manual's table of selectors and sizes? */
static inline bool manual_input_sizes(const struct gunyah_model *model)
{
    return manual_mode(model);
}

// ---- mistakes that a guest sees ----------------------------------------------------------------------------------------

/** Does a driver's reset go well, whatever the owner's interrupt is? */
static inline bool manual_reset_succeeds(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Is a notification for a queue that is not there refused? */
static inline bool manual_checks_notified(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Does a store to the configuration space store what it says? */
static inline bool manual_stores_config(const struct gunyah_model *model)
{
    return manual_mode(model);
}

// ---- where the real hypervisor stops -----------------------------------------------------------------------------------

/** An assertion: the real hypervisor stops. As the manual has it, this is an error like others. */
static inline int32_t manual_or_stop(struct gunyah_model *model, int32_t error)
{
    if (!manual_mode(model))
        model->crashed = true;
    return error;
}

/** Does a reset of the primary VM by PSCI end its vCPUs, as that of another VM? */
static inline bool manual_resets_primary(const struct gunyah_model *model)
{
    return manual_mode(model);
}

/** Are attributes that page tables cannot express found when a mapping is asked for, and not when it is made? */
static inline bool manual_checks_attrs(const struct gunyah_model *model)
{
    return manual_mode(model);
}

#endif
