// SPDX-License-Identifier: BSD-3-Clause
// A simulated machine with a Resource Manager, a connection of HLOS to it, and a record of what was said.
#ifndef MACHINE_H
#define MACHINE_H

#include <gunyah/gunyah.h>
#include <gunyah/sim_hostile.h>

#define MAX_CALLS 512
#define NO_MESSAGE 0

// A hypercall that HLOS made.
struct spoken {
    uint32_t number;
    uint32_t request; // sent by this call, or NO_MESSAGE
    uint32_t awaited; // sent by an earlier call, and not answered before this one; or NO_MESSAGE
};

struct record {
    struct spoken calls[MAX_CALLS];
    size_t count;
    uint32_t awaited;
};

// What can be left over: counted by looking into the model.
struct holdings {
    size_t vms;
    size_t parcels;
    size_t caps;    // of HLOS
    size_t objects; // capabilities of the root VM, which keep what the Resource Manager makes
    size_t heap;    // bytes of the hypervisor's
};

struct machine {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *hlos;
    struct gunyah *g;
    struct gunyah_rm *rm;
    struct record record; // from machine_listen() on
    bool listening;
    size_t allocated; // bytes that the session has
};

// False: it cannot be set up.
bool machine_open(struct machine *machine);

// The same with queues that hold no more messages than this; 0: as many as they should.
bool machine_open_with(struct machine *machine, uint32_t max_queue_depth);

// Close the session and the machine. False: one of them does not close, or the session has kept memory.
bool machine_close(struct machine *machine);

void machine_listen(struct machine *machine);

// Whether an allocation of the hypervisor has failed, by the only fault that there is.
bool machine_has_starved(const struct machine *machine);

bool machine_rm_is_dead(const struct machine *machine);

struct holdings machine_holdings(const struct machine *machine);

#endif
