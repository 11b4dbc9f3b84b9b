// SPDX-License-Identifier: BSD-3-Clause
// A VM of the driver, and what it is made of.
//
// All of it belongs to the session's thread, except for linux_vcpu between gunyah_vcpu_open() and gunyah_vcpu_close(), and
// for the end of a VM, which the first thread that is told tells the others.
#ifndef GUNYAH_LINUX_VM_H
#define GUNYAH_LINUX_VM_H

#include "linux_internal.h"

struct linux_region {
    struct linux_region *next;
    struct gunyah_vm_memory memory;
    bool is_ours; // mapped by the library
    bool is_area; // of the kernel; fd is of its memory then
    int fd;       // of memory of the driver; else -1
};

// An eventfd. It is kept for the next life of a VM that is reset, as regions are.
struct linux_bell {
    struct linux_vm *vm;
    int fd;
    bool is_irq;
    union {
        struct {
            uint32_t label;
            bool level;
        };
        struct gunyah_vm_notify notify;
    };
};

struct linux_vcpu {
    struct linux_vcpu *next;
    struct linux_vm *vm;
    struct gunyah_vmm_vcpu *record; // null: closed. The driver keeps its vCPUs, so that it may be opened again
    uint32_t index;
    int fd;
    struct kernel_run *run;
    struct kernel_run seen; // as it was at the last exit
    size_t run_size;
    struct linux_gate gate; // of signed firmware, in the place of the page
    int signal;
    atomic_int thread; // that is inside, if there is a signal for it; else 0
    enum gunyah_vcpu_exit_kind last;
    struct gunyah_vcpu_exit end; // what it was told of the VM's end; before that, of the kind UNKNOWN
};

enum { END_UNKNOWN, END_COMES, END_IS_KNOWN };

struct linux_vm {
    struct linux_vm *next;
    struct gunyah_linux *node;
    struct gunyah_vmm_vm *record; // null: its handle is closed
    int fd;                       // -1: the driver has none
    struct linux_region *regions;
    struct linux_vcpu *vcpus;
    unsigned open_parts;                // vCPUs and virtio devices
    enum gunyah_vm_auth authentication; // as configured, and so is
    const struct linux_region *image;   // what the image and the tree are in
    const uint8_t *tree; // where it is, since the VM was configured; not to be touched once that has started
    uint64_t tree_size;
    uint32_t vcpus_of_the_tree; // how many; or of the signed firmware
    struct kernel_firmware_exit firmware;
    atomic_bool is_started; // gunyah_vm_start() has been called for signed firmware
    atomic_bool has_run;    // it was seen to
    atomic_uint inside;     // threads that run its vCPUs

    atomic_int end;
    enum gunyah_vm_end how;
    struct gunyah_vm_exit cause;
    int ended; // an eventfd, from then on readable
};

// ---- vm.c --------------------------------------------------------------------------------------------------------

// Close what the driver has of a VM: it ends, wherever it was.
void gunyah_internal_linux_vm_end(struct linux_vm *vm);

// Give back all that is left of a VM.
void gunyah_internal_linux_vm_free(struct linux_vm *vm);

// A vCPU or a virtio device is closed: the last one of a VM that nobody has a handle of ends it.
void gunyah_internal_linux_close_part(struct linux_vm *vm);

extern const struct gunyah_vmm_ops gunyah_internal_linux_vmm_ops;

void gunyah_internal_linux_attach(void *context, struct gunyah_vmm_vm *record);

void gunyah_internal_linux_detach(void *context, struct gunyah_vmm_vm *record);

enum gunyah_error gunyah_internal_linux_query(void *context, struct gunyah_vmm_vm *record);

enum gunyah_error gunyah_internal_linux_wait(void *context, struct gunyah_vmm_vm *record, uint32_t states,
                                             uint64_t timeout_ns);

enum gunyah_error gunyah_internal_linux_reclaim(void *context, struct gunyah_vmm_vm *record, bool dry, uint32_t *left,
                                                uint32_t *first);

static inline void reach(struct gunyah_vmm_vm *record, enum gunyah_vm_state state)
{
    record->status.state = state;
    record->known = true;
}

// ---- life.c ------------------------------------------------------------------------------------------------------

// A VM that was reset: another one for the driver, with the same memory and notifications.
enum gunyah_error gunyah_internal_linux_create_again(struct linux_vm *vm);

enum gunyah_error gunyah_internal_linux_configure(void *context, struct gunyah_vmm_vm *record,
                                                  const struct gunyah_vm_image *image);

enum gunyah_error gunyah_internal_linux_set(void *context, struct gunyah_vmm_vm *record,
                                            const struct gunyah_vmm_setting *setting);

enum gunyah_error gunyah_internal_linux_act(void *context, struct gunyah_vmm_vm *record, enum gunyah_vmm_action action);

enum gunyah_error gunyah_internal_linux_stop(void *context, struct gunyah_vmm_vm *record, bool force,
                                             enum gunyah_vm_stop_reason reason);

// ---- memory.c ----------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_internal_linux_add_memory(void *context, struct gunyah_vmm_vm *record,
                                                   struct gunyah_vm_memory *memory, uint32_t *handle);

enum gunyah_error gunyah_internal_linux_reclaim_memory(void *context, struct gunyah_vmm_vm *record,
                                                       struct gunyah_memory_region range);

// Tell the driver of a region.
enum gunyah_error gunyah_internal_linux_give(struct linux_vm *vm, struct linux_region *region);

void gunyah_internal_linux_free_regions(struct linux_vm *vm);

// area.c: take memory of an area of the kernel for it, and map it.
enum gunyah_error gunyah_internal_linux_take_area(struct linux_vm *vm, struct linux_region *region);

// The region of this number, or null.
struct linux_region *gunyah_internal_linux_find_region(const struct linux_vm *vm, uint32_t label);

// ---- bell.c ------------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_internal_linux_add_irq(void *context, struct gunyah_vmm_vm *record, uint32_t label, bool level,
                                                gunyah_capid_t *cap);

enum gunyah_error gunyah_internal_linux_add_notify(void *context, struct gunyah_vmm_vm *record,
                                                   const struct gunyah_vm_notify *notify, gunyah_capid_t *cap,
                                                   gunyah_virq_t *virq);

// Tell the driver of the bells of one direction.
enum gunyah_error gunyah_internal_linux_give_bells(struct linux_vm *vm, bool irqs);

enum gunyah_error gunyah_internal_linux_resources(void *context, struct gunyah_vmm_vm *record,
                                                  struct gunyah_vm_resource *resources, size_t capacity, size_t *count);

void gunyah_internal_linux_free_bells(struct linux_vm *vm);

// Add a function of a VM. What it returns, or -errno.
int gunyah_internal_linux_add_function(const struct linux_vm *vm, enum linux_call call, uint32_t type,
                                       const void *argument, size_t size);

// ---- signed.c ----------------------------------------------------------------------------------------------------

// VMs of Qualcomm's driver, by the same seam.
extern const struct gunyah_vmm_ops gunyah_internal_linux_signed_ops;

// ---- vcpu.c ------------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_internal_linux_vcpu_open(void *context, struct gunyah_vmm_vm *record, uint32_t index,
                                                  int signal, struct gunyah_vmm_vcpu *vcpu);

void gunyah_internal_linux_vcpu_close(struct gunyah_vmm_vcpu *vcpu);

// The vCPU of this index that the driver has, made if it was not there. Null, and the error.
struct linux_vcpu *gunyah_internal_linux_get_vcpu(struct linux_vm *vm, uint32_t index, enum gunyah_error *error);

void gunyah_internal_linux_free_vcpus(struct linux_vm *vm);

// ---- run.c -------------------------------------------------------------------------------------------------------

// The first vCPU that hears of the end tells the others, and who waits for it.
void gunyah_internal_linux_tell_end(struct linux_vm *vm, const struct gunyah_vcpu_exit *exit);

enum gunyah_error gunyah_internal_linux_vcpu_run(struct gunyah_vmm_vcpu *vcpu, struct gunyah_vcpu_exit *exit);

enum gunyah_error gunyah_internal_linux_vcpu_resume(struct gunyah_vmm_vcpu *vcpu, enum gunyah_vcpu_action action);

void gunyah_internal_linux_vcpu_cancel(struct gunyah_vmm_vcpu *vcpu);

#endif
