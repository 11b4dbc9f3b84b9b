// SPDX-License-Identifier: BSD-3-Clause
// The EL2 stand-in: the simulator's model of the hypervisor, behind a real exception vector. What its files share.
#ifndef STANDIN_H
#define STANDIN_H

#include "context.h"

#include <model_rm.h>

#include <stdbool.h>
#include <stdint.h>

// VMs. The first of them is privileged.
enum {
    STANDIN_OWNER = 0,
    STANDIN_PLAIN_VMS = 2,
    // Where there is a Resource Manager: the VM that makes others, and one of those.
    STANDIN_HLOS = 2,
    STANDIN_MADE = 3,
    STANDIN_VMS = 4,
    STANDIN_FIRST_VMID = 1,
};

// As many at most. One guest alone speaks for all VMs, two are a VM each, of the same number.
enum {
    STANDIN_GUESTS = 2,
};

// ---- boot.c, trap.c -------------------------------------------------------------------------------------------------

// From start.S: prepare everything, and let the guests run.
_Noreturn void standin_main(uint64_t exception_level);

// An exception from EL1, of the vCPU with this context, and an interrupt of the machine. Each returns the context to go on with.
struct standin_context *standin_trap(struct standin_context *context);
struct standin_context *standin_interrupt(void);

// An exception of any other kind.
_Noreturn void standin_unexpected(void);

// ---- machine.c, wire.c, guests.c ------------------------------------------------------------------------------------

// The machine. Where one guest speaks for all VMs, there is none before the first reset.
struct standin_machine {
    struct gunyah_model *model;
    struct gunyah_model_vm root;
    struct gunyah_model_vm vms[STANDIN_VMS];
    bool silent;   // Answers as a hypervisor that knows no call.
    bool platform; // The one that the recordings were made on, with the RAM and the mappings of its primary VM.
};

extern struct standin_machine standin_machine;

// A new machine: registers as in protocol.h. Returns the error.
int32_t standin_machine_reset(uint64_t x[8]);

// Answer a call of protocol.h. Returns false for one that is not among them.
bool standin_test_call(uint16_t immediate, uint64_t x[31]);

// A call of the root VM, SMCCC over hvc. Returns the error; the result beyond it is optional.
int32_t standin_root_call(uint32_t number, const uint64_t arguments[4], uint64_t *result);

// Copy a capability of the root VM into a VM, with some of its rights.
int32_t standin_grant(const struct gunyah_model_vm *vm, gunyah_capid_t master, uint32_t rights, uint64_t *cap);

// Make the machine of guests that are a VM each, wire them to each other, and add their vCPUs.
void standin_wire_guests(void);

// Objects between VMs: registers as in protocol.h.
int32_t standin_connect_doorbell(uint64_t x[8]);
int32_t standin_connect_msgqueue(uint64_t x[8]);

// ---- rm.c -----------------------------------------------------------------------------------------------------------

// The Resource Manager and the VMs that it makes: registers as in protocol.h.
int32_t standin_start_rm(uint64_t x[8]);
int32_t standin_find_guest(uint64_t x[8]);

// ---- mmu.c ------------------------------------------------------------------------------------------------------------

// From now on, the stand-in's memory is memory.
void standin_mmu_start(void);

// ---- tree.c -----------------------------------------------------------------------------------------------------------

// The device tree of a guest of two. Returns its address, 0 for none.
uint64_t standin_write_tree(unsigned guest, const struct gunyah_model_rm_channel *queues);

// What the Resource Manager needs to read and write trees.
struct gunyah_model_rm_trees standin_trees(void);

// The trees of HLOS and of a VM that it made: x5 and x6 as in protocol.h.
void standin_tell_primary_tree(const struct gunyah_model_rm_channel *channel, uint64_t x[8]);
void standin_tell_tree(uint32_t vm, uint64_t x[8]);

// ---- stage2.c -------------------------------------------------------------------------------------------------------

// Who has tables: each guest, and the vCPU that the model runs.
enum {
    STANDIN_RUN = STANDIN_GUESTS,
    STANDIN_TABLES,
};

// There is no translation before this.
void standin_stage2_start(void);

// Show a guest a piece of the machine's memory, before it runs. All three are multiples of 2 MiB, the intermediate
// addresses below 4 GiB. What is not mapped, the guest does not have.
void standin_map(unsigned guest, uint64_t intermediate, uint64_t physical, uint64_t size);

// Where an address in such a piece leads; null: it is in none.
void *standin_find(unsigned guest, uint64_t address);

// What may be done with a page.
enum {
    STANDIN_READ = 1,
    STANDIN_WRITE = 2,
};

// Show a page, until all pages are forgotten, which may be at the next call of this.
void standin_map_page(unsigned table, uint64_t intermediate, uint64_t physical, unsigned access);
void standin_forget_pages(void);

// VTTBR_EL2.
uint64_t standin_stage2(unsigned table);

// ---- memory.c -------------------------------------------------------------------------------------------------------

// Where the image of a guest lies.
void *standin_memory_of(unsigned guest);

// On the platform: show the guest, or the vCPU that the model runs, the page with this address as the model maps it. Returns false
// if it does not, or not for such an access.
bool standin_show(uint64_t address, unsigned access);
bool standin_show_vcpu(uint32_t vcpu, uint64_t address, unsigned access);

// Of gunyah_model_env: through stage 2 of the caller.
enum gunyah_model_memory standin_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size);
enum gunyah_model_memory standin_write(void *context, uint32_t vm, uint64_t address, const void *from, size_t size);

// ---- ram.c: the physical memory of the platform ----------------------------------------------------------------------

// From now on it is all zero.
void standin_ram_reset(void);

// Where a physical address lies in the machine, with the rest of its page; null: there is no memory.
void *standin_ram(uint64_t address);

// Make words zero. memset() goes by bytes.
void standin_clear(void *place, size_t size);

// Of gunyah_model_env.
void standin_put(void *context, uint64_t address, const void *from, uint64_t size);

// ---- run.c ------------------------------------------------------------------------------------------------------------

// Of gunyah_model_env: vCPUs that calls made or switched on. Of their registers those last that the model keeps; the others are as
// after reset each time.
void standin_run(void *context, uint32_t vcpu, struct gunyah_model_guest *guest, struct gunyah_model_trap *trap);

// ---- gic.c: the interrupt controllers of the VMs ----------------------------------------------------------------------

// As after reset: those of all VMs, or of one.
void standin_gic_reset(void);
void standin_gic_reset_one(unsigned vm);

// Whether there is a register of the distributor or redistributor that is so many bytes wide.
bool standin_gic_has(uint64_t address, unsigned bytes);

// Such a register.
uint64_t standin_gic_read(unsigned vm, uint64_t address);
void standin_gic_write(unsigned vm, uint64_t address, uint64_t value);

// ICC_IGRPEN1 and ICC_BPR1: registers that keep what was written, and change nothing.
uint32_t *standin_gic_group_enable(unsigned vm);
uint32_t *standin_gic_binary_point(unsigned vm);

// ICC_HPPIR1, ICC_IAR1 and ICC_EOIR1.
uint32_t standin_gic_highest(unsigned vm);
uint32_t standin_gic_acknowledge(unsigned vm);
void standin_gic_end(unsigned vm, uint32_t virq);

// Has the VM an interrupt to take?
bool standin_gic_ready(unsigned vm);

// ---- time.c ---------------------------------------------------------------------------------------------------------

// The time of the model starts.
void standin_time_reset(void);

// Bring the model's time up to the guests'.
void standin_time_pass(void);

// The virtual counter, when something happens in the model by itself, and where the virtual timer of a vCPU that does not
// run will fire; UINT64_MAX: never.
uint64_t standin_time_now(void);
uint64_t standin_time_of_event(void);
uint64_t standin_time_of_timer(const struct standin_context *context);

// Nothing can happen before this time: go there.
void standin_time_go_to(uint64_t time);

// ---- slice.c --------------------------------------------------------------------------------------------------------

// Prepare the machine's timer and its interrupt controller.
void standin_slice_start(void);

// As long as a guest runs at most, and one of the vCPUs that the model runs, in microseconds. A guest's is the hypervisor's default.
enum {
    STANDIN_SLICE_GUEST = 5000,
    STANDIN_SLICE_RUN = 500,
};

// The vCPU that goes on has a slice as long as this.
void standin_slice_begin(unsigned microseconds);

// The interrupt has come.
void standin_slice_end(void);

// ---- vcpu.c ---------------------------------------------------------------------------------------------------------

// The registers of a vCPU that is to start at this address.
void standin_vcpu_reset(struct standin_context *context, unsigned table, uint64_t entry);

// A guest, which will start at this address with these in x0 and x1.
void standin_vcpu_add(unsigned guest, uint64_t entry, uint64_t x0, uint64_t x1);

// The VM that speaks, and the guest whose memory a VM of the model has.
unsigned standin_speaker(void);
unsigned standin_guest_of(uint32_t vm);

// The context of the guest that runs, or ran last.
struct standin_context *standin_vcpu_current(void);

// What becomes of the vCPU that runs, when the stand-in is done with what led to it.
void standin_vcpu_wait(void);
void standin_vcpu_end_turn(void);
void standin_vcpu_power_off(void);
void standin_vcpu_pass(void);

// Put the registers of a vCPU into the CPU, and return them: of this one, or of the one whose turn it is. When none can
// go on, the emulator ends.
struct standin_context *standin_vcpu_run(unsigned vcpu);
struct standin_context *standin_vcpu_next(void);

// ---- trap.c ---------------------------------------------------------------------------------------------------------

// Say why, and end the emulator with a status of protocol.h, or with a failure. The registers that it names are of the guest
// that ran last.
_Noreturn void standin_end(int status, const char *why);
_Noreturn void standin_stop(const char *why);

#endif
