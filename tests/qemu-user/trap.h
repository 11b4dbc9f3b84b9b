// SPDX-License-Identifier: BSD-3-Clause
// A hypervisor for a Linux process. In one, hvc, smc and the registers of the interrupt controller are undefined; a
// handler of SIGILL decodes the instruction and answers it, so that what runs is the assembly that ships.
#ifndef TRAP_H
#define TRAP_H

#include <gunyah/baremetal.h>

// What answers.
struct trap_machine {
    const struct gunyah_backend *hypervisor; // a simulated VM, or null: all ones
    uint64_t pending[4];                     // interrupts of the controller, the first one foremost; 0: none
    uint64_t ended;                          // the last one

    unsigned hvc; // how many were executed
    unsigned smc;
    uint16_t immediate; // of the last one
};

// Install the handler, for one thread.
void trap_install(void);

// Let a machine answer from now on.
void trap_enter(struct trap_machine *machine);

// A backend that executes instructions, and the simulated VM that answers them. Waits and time are the simulator's.
struct trapped_vm {
    struct gunyah_backend backend;
    struct gunyah_backend_ops ops;
    struct gunyah_baremetal baremetal;
    struct trap_machine machine;
};

// Make such a backend of a simulated VM's one.
const struct gunyah_backend *trapped_vm_backend(struct trapped_vm *vm, const struct gunyah_backend *simulated);

#endif
