// SPDX-License-Identifier: BSD-3-Clause
// What the files about VMs share. They reach a provider through struct gunyah_vmm_ops and nothing else.
#ifndef GUNYAH_LIB_VM_H
#define GUNYAH_LIB_VM_H

#include "internal.h"

// Behind a handle of the kind HANDLE_VM.
struct vm {
    const struct gunyah_vmm *vmm;
    struct gunyah_vmm_vm record;
};

#define ANY_STATE UINT32_MAX

// The VM of a good handle; null, and the error. The function is who is to blame from now on.
struct vm *gunyah_internal_vm(const struct gunyah_vm *handle, const char *function, enum gunyah_error *error);

// The same, with a record that is up to date, and in one of these states; else GUNYAH_ERR_OBJECT_STATE.
struct vm *gunyah_internal_vm_in(const struct gunyah_vm *handle, uint32_t states, const char *function,
                                 enum gunyah_error *error);

// Take in what the provider has been told, and ask if it does not know.
enum gunyah_error gunyah_internal_vm_refresh(struct vm *vm);

// What an operation of the provider answered: GUNYAH_OK, or the error, recorded by whichever of us has to.
enum gunyah_error gunyah_internal_vm_answer(struct vm *vm, enum gunyah_error error);

// Close the handle and set it to null.
void gunyah_internal_vm_close(struct gunyah_vm **pointer, const char *function);

static inline bool vm_is_in(const struct vm *vm, uint32_t states)
{
    return (states & GUNYAH_VM_STATE_BIT(vm->record.status.state)) != 0;
}

#endif
