// SPDX-License-Identifier: BSD-3-Clause
// The VM of a scripted Resource Manager in a state of its life, and how its end is told.
#ifndef GUNYAH_TESTS_SCRIPTED_VM_H
#define GUNYAH_TESTS_SCRIPTED_VM_H

#include "scripted_rm.h"

static inline enum gunyah_error configure(struct gunyah_vm *vm)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.memparcel = 0;
    return gunyah_vm_configure(vm, &image);
}

// The guard lets a VM that failed be reset only if it is known to have a configuration: it was seen with one.
static inline struct gunyah_vm *vm_in(struct fake_rm *rm, uint8_t state)
{
    struct gunyah_vm *vm = script_vm(rm, 1);
    struct gunyah_vm_status status;

    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    vm = script_vm(rm, state);
    cr_assert_eq(gunyah_vm_get_status(vm, &status), GUNYAH_OK);
    cr_assert_eq(status.state, state);
    return vm;
}

static inline uint8_t state_of(struct gunyah_vm *vm)
{
    struct gunyah_vm_status status = {(enum gunyah_vm_state)99, GUNYAH_OS_STATUS_NONE, 0};

    cr_expect_eq(gunyah_vm_get_status(vm, &status), GUNYAH_OK);
    return (uint8_t)status.state;
}

static inline void says_exited(struct fake_rm *rm, uint16_t type, const uint8_t *reason, uint32_t size, size_t there)
{
    uint8_t payload[64] = {SCRIPT_VMID, 0, (uint8_t)type, (uint8_t)(type >> 8), (uint8_t)size, (uint8_t)(size >> 8)};

    if (there != 0)
        memcpy(payload + 8, reason, there);
    fake_rm_notifies(rm, 0x56100001, payload, 8 + there);
}

#endif
