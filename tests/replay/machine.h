// SPDX-License-Identifier: BSD-3-Clause
// The machine that the recordings were made on: a root VM and a primary VM, wired up as after boot.
#ifndef REPLAY_MACHINE_H
#define REPLAY_MACHINE_H

#include "memory.h"

#include <stdbool.h>

#define MACHINE_REGISTERS 31

/** x0 to x30. */
struct machine_registers {
    uint64_t x[MACHINE_REGISTERS];
};

/** What the primary VM has in its capability space; all ones where the machine does not give it. */
struct machine_caps {
    uint64_t rmtx;
    uint64_t rmrx;
    uint64_t partition;
    uint64_t cspace;
    uint64_t vic;
    uint64_t addrspace;
    uint64_t vcpu;
    uint64_t vpm;
};

struct machine {
    struct gunyah_model *model;
    void *arena;
    struct memory *memory;
    struct gunyah_model_vm root;
    struct gunyah_model_vm primary;
    struct machine_caps caps;
};

/** Boot. The stock machine gives its primary VM the two queues only. False: it cannot be built. */
bool machine_start(struct machine *machine, bool stock);
void machine_stop(struct machine *machine);

/** The primary VM's vCPU 0 executes an instruction. */
enum gunyah_model_outcome machine_call(struct machine *machine, enum gunyah_model_conduit conduit, uint16_t immediate,
                                       struct machine_registers *registers);

/** Slot of an id of the primary VM's capability space: the ids of slots 0 and 1 give away how they are made. */
uint64_t machine_slot(const struct machine *machine, uint64_t id);

#endif
