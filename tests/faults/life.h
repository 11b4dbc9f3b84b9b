// SPDX-License-Identifier: BSD-3-Clause
// The life of a VM from its allocation to its end, with two parcels and one reset.
#ifndef LIFE_H
#define LIFE_H

#include "machine.h"

#define LIFE_VMID 0x80 // the first of the dynamic ones

struct life {
    struct machine *machine;
    struct gunyah_vm *vm;
    const char *step;        // that failed; null: none did
    enum gunyah_error error; // of that step
};

// Live as far as it goes. Then gunyah_vm_destroy() is the caller's: life->vm is null if there is no VM.
bool life_run(struct life *life, struct machine *machine);

#endif
