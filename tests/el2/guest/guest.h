// SPDX-License-Identifier: BSD-3-Clause
// The guest: the conformance suite at EL1. What its files share, and other guests take of it.
#ifndef GUEST_H
#define GUEST_H

#include "state.h"

#include "../wiring.h"

#include <conformance.h>
#include <gunyah/baremetal.h>

#include <stdbool.h>
#include <stdint.h>

// The entry. Where the guest is a VM of its own, it gets the wiring of it, and a device tree if the images were built with
// libfdt; else null.
_Noreturn void guest_main(const void *device_tree, const struct el2_wiring *wiring);

// ---- state.c --------------------------------------------------------------------------------------------------------

// All that no call may change, and general registers from the first one that the call in question may not change.
bool guest_state_is_kept(struct target *target, const struct guest_state *before, const struct guest_state *after,
                         unsigned first);

// ---- arguments.c ----------------------------------------------------------------------------------------------------

struct guest_arguments {
    enum gunyah_convention convention;
    enum gunyah_conduit conduit;
    const char *wanted; // a case, or an object whose cases are wanted
    bool watchdogs;     // the hypervisor has some
};

// Read the command line. What is wrong with it is told, and ends the guest.
void guest_read_arguments(struct guest_arguments *arguments);

// Is the case, by its name, among the wanted ones?
bool guest_wants(const struct guest_arguments *arguments, const char *name);

// ---- failure.c ------------------------------------------------------------------------------------------------------

// Tell that an expectation failed.
void guest_tell_failure(const char *file, int line, const char *expression, uint64_t got, uint64_t expected);

// ---- target.c -------------------------------------------------------------------------------------------------------

// Run a case on a machine of its own. What failed is told.
bool guest_run(const struct conformance_case *testcase, const struct guest_arguments *arguments);

// ---- vm.c: the VMs that a guest speaks for that is alone ------------------------------------------------------------

// A backend on which one of them calls and waits. The memory is the caller's; baremetal is the first of it.
struct guest_vm {
    struct gunyah_baremetal baremetal;
    struct gunyah_backend_ops ops;
    struct gunyah_backend backend;
    uint64_t place;
    bool changed_vectors; // by a call or a wait
};

bool guest_vm_start(struct guest_vm *vm, int place);

// From now on the guest speaks for this VM.
void guest_speak_for(uint64_t place);

// ---- interrupts.c ---------------------------------------------------------------------------------------------------

// As gunyah_baremetal_options.wait, with any context.
enum gunyah_error guest_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                             size_t *index);

// Let interrupts in, the next one alone. The handler takes it.
void guest_let_in(void);

// The interrupt that the handler took last, once; 0: none since.
uint32_t guest_taken(void);

// Registers of the distributor of the VM that speaks.
void guest_enable(uint32_t virq, bool enable);
bool guest_set_trigger(uint32_t virq, bool edge);
bool guest_is_pending(uint32_t virq);
void guest_clear(uint32_t virq);

// Registers of its CPU interface: ICC_IAR1 and ICC_EOIR1.
uint32_t guest_acknowledge(void);
void guest_end(uint32_t virq);

// From the exception vector.
void guest_interrupt(void);

// ---- fault.c --------------------------------------------------------------------------------------------------------

// One access of 1, 2, 4 or 8 bytes. Each returns the syndrome when it is refused, else 0.
uint64_t guest_load(uint64_t address, unsigned size, uint64_t *value);
uint64_t guest_store(uint64_t address, unsigned size, uint64_t value);

// A load of 4 bytes with a sign.
uint64_t guest_load_signed(uint64_t address, int64_t *value);

// Each returns whether the access is refused, and goes on after it.
bool guest_read_faults(uint64_t address);
bool guest_write_faults(uint64_t address);
bool guest_jump_faults(uint64_t address);

// From the exception vector. Returns where to go on.
uint64_t guest_fault(void);
_Noreturn void guest_unexpected(void);

// ---- Cases that there are only here, one file each ------------------------------------------------------------------

extern const struct conformance_suite guest_baremetal;
extern const struct conformance_suite guest_controller;
extern const struct conformance_suite guest_immediates;
extern const struct conformance_suite guest_isolation;
extern const struct conformance_suite guest_libc;
extern const struct conformance_suite guest_registers;
extern const struct conformance_suite guest_stops;
extern const struct conformance_suite guest_watchdogs;

#endif
