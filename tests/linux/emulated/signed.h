// SPDX-License-Identifier: BSD-3-Clause
// A VMM for signed firmware in the emulated node.
#ifndef GUNYAH_TESTS_LINUX_EMULATED_SIGNED_H
#define GUNYAH_TESTS_LINUX_EMULATED_SIGNED_H

#include "emulated.h"

static const char *const signed_flavours[] = {"q1", "q1-6.1", "q1-le"};

// In the child: where the driver is beside another one, that comes first.
static inline void open_signed(struct vmm *vmm)
{
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;

    *vmm = (struct vmm){0};
    options.path = "/dev/qgunyah";
    if (gunyah_linux_open(&options, &vmm->node) != GUNYAH_OK)
        EXPECT(gunyah_linux_open(NULL, &vmm->node) == GUNYAH_OK);
    session.backend = gunyah_linux_backend(vmm->node);
    EXPECT(gunyah_open(&session, &vmm->g) == GUNYAH_OK);
}

static inline void create_signed(struct vmm *vmm)
{
    open_signed(vmm);
    MUST(vmm, gunyah_vm_create(gunyah_linux_vmm(vmm->node, vmm->g), gunyah_vmid(0), &vmm->vm));
}

static inline void make_signed(struct vmm *vmm, const char *name)
{
    create_signed(vmm);
    MUST(vmm, gunyah_vm_load_firmware(vmm->vm, name));
}

// A thread for a vCPU.
static inline void *run_signed(void *context)
{
    struct gunyah_vcpu_exit exit;

    do {
        EXPECT(gunyah_vcpu_run(context, &exit) == GUNYAH_OK);
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    return NULL;
}

#endif
