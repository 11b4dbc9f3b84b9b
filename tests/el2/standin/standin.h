// SPDX-License-Identifier: BSD-3-Clause
// The EL2 stand-in: the simulator's model of the hypervisor, behind a real exception vector. What its files share.
#ifndef STANDIN_H
#define STANDIN_H

#include <model.h>

#include <stdbool.h>
#include <stdint.h>

// VMs of the suite; the guest speaks for one at a time.
enum {
    STANDIN_OWNER = 0, // Privileged.
    STANDIN_PEER = 1,
    STANDIN_VMS = 2,
    STANDIN_FIRST_VMID = 1,
};

enum {
    STANDIN_FIRST_GUEST = 0,
    STANDIN_GUESTS = 1,
};

// x0 to x30 of the guest, saved by start.S. All other registers of the guest stay in the CPU: the stand-in is compiled
// for general registers only.
struct standin_frame {
    uint64_t x[32];
};

// ---- start.S calls these --------------------------------------------------------------------------------------------

// Prepare EL1 and stage 2. The guest starts when this returns.
void standin_start(uint64_t exception_level);

// An exception from EL1.
void standin_trap(struct standin_frame *frame);

// An exception of any other kind.
_Noreturn void standin_unexpected(void);

// ---- machine.c, wire.c ----------------------------------------------------------------------------------------------

// The machine of the suite. There is none before the first reset.
struct standin_machine {
    struct gunyah_model *model;
    struct gunyah_model_vm root;
    struct gunyah_model_vm vms[STANDIN_VMS];
    bool silent; // Answers as a hypervisor that knows no call.
};

extern struct standin_machine standin_machine;

// Answer a call of protocol.h. Returns false for one that is not among them.
bool standin_test_call(uint16_t immediate, uint64_t x[8]);

// A call of the root VM, SMCCC over hvc. Returns the error; the result beyond it is optional.
int32_t standin_root_call(uint32_t number, const uint64_t arguments[4], uint64_t *result);

// Copy a capability of the root VM into a VM, with some of its rights.
int32_t standin_grant(const struct gunyah_model_vm *vm, gunyah_capid_t master, uint32_t rights, uint64_t *cap);

// Objects between VMs: registers as in protocol.h.
int32_t standin_connect_doorbell(uint64_t x[8]);
int32_t standin_connect_msgqueue(uint64_t x[8]);

// ---- memory.c -------------------------------------------------------------------------------------------------------

// Stage 2 of all guests. There is no translation before this.
void standin_memory_start(void);

// Show a guest a piece of the machine's memory, before it runs. All three are multiples of 2 MiB, the intermediate
// addresses below 4 GiB. What is not mapped, the guest does not have.
void standin_map(unsigned guest, uint64_t intermediate, uint64_t physical, uint64_t size);

// VTTBR_EL2 of a guest.
uint64_t standin_stage2(unsigned guest, uint16_t vmid);

// Of gunyah_model_env: through stage 2 of the caller.

enum gunyah_model_memory standin_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size);
enum gunyah_model_memory standin_write(void *context, uint32_t vm, uint64_t address, const void *from, size_t size);

// ---- gic.c: the interrupt controllers of the VMs ----------------------------------------------------------------------

// As after reset.
void standin_gic_reset(void);

// A register of the distributor, 32 bits wide. What there is not reads as zero and ignores writes.
uint32_t standin_gicd_read(unsigned vm, uint32_t offset);
void standin_gicd_write(unsigned vm, uint32_t offset, uint32_t value);

// ICC_HPPIR1, ICC_IAR1 and ICC_EOIR1.
uint32_t standin_gic_highest(unsigned vm);
uint32_t standin_gic_acknowledge(unsigned vm);
void standin_gic_end(unsigned vm, uint32_t virq);

// Has the VM an interrupt to take?
bool standin_gic_ready(unsigned vm);

// ---- time.c ---------------------------------------------------------------------------------------------------------

// The time of the model starts.
void standin_time_reset(void);

// Bring the model's time up to the guest's.
void standin_time_pass(void);

// The guest waits: go to where its timer ends the wait, as nothing else can happen before. False if it has set none.
bool standin_time_skip(void);

// ---- trap.c ---------------------------------------------------------------------------------------------------------

// Say why, and end the emulator with a failure.
_Noreturn void standin_stop(const char *why);

#endif
