// SPDX-License-Identifier: BSD-3-Clause
// The guest: the conformance suite at EL1. What its files share.
#ifndef GUEST_H
#define GUEST_H

#include "state.h"

#include <conformance.h>
#include <gunyah/baremetal.h>

#include <stdbool.h>
#include <stdint.h>

// ---- target.c -------------------------------------------------------------------------------------------------------

// Run a case on a machine of its own. What failed is told.
bool guest_run(const struct conformance_case *testcase, enum gunyah_convention convention, enum gunyah_conduit conduit);

// ---- vm.c: the VMs that the guest speaks for ------------------------------------------------------------------------

// A backend on which one of them calls and waits. The memory is the caller's; baremetal is the first of it.
struct guest_vm {
    struct gunyah_baremetal baremetal;
    struct gunyah_backend_ops ops;
    struct gunyah_backend backend;
    uint64_t place;
};

bool guest_vm_start(struct guest_vm *vm, int place);

// From now on the guest speaks for this VM.
void guest_speak_for(uint64_t place);

// ---- interrupts.c ---------------------------------------------------------------------------------------------------

// As gunyah_baremetal_options.wait. The context is a struct guest_vm.
enum gunyah_error guest_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                             size_t *index);

// Registers of the distributor of the VM that speaks.
void guest_enable(uint32_t virq, bool enable);
bool guest_set_trigger(uint32_t virq, bool edge);

// From the exception vector.
void guest_interrupt(void);

// ---- fault.c --------------------------------------------------------------------------------------------------------

// Each returns whether the access is refused, and goes on after it.
bool guest_read_faults(uint64_t address);
bool guest_write_faults(uint64_t address);
bool guest_jump_faults(uint64_t address);

// From the exception vector. Returns where to go on.
uint64_t guest_fault(void);
_Noreturn void guest_unexpected(void);

// ---- Cases that there are only here, one file each ------------------------------------------------------------------

extern const struct conformance_suite guest_baremetal;
extern const struct conformance_suite guest_immediates;
extern const struct conformance_suite guest_isolation;
extern const struct conformance_suite guest_registers;
extern const struct conformance_suite guest_stops;

#endif
