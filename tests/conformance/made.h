// SPDX-License-Identifier: BSD-3-Clause
// What cases share that are about VMs: HLOS, a VM that it makes, and that VM's own side.
#ifndef MADE_H
#define MADE_H

#include "conformance.h"

#define MADE_PAGES 4
#define MADE_PATIENCE_NS UINT64_C(5000000000)

struct hlos {
    struct gunyah *g;
    struct target_channel channel;
    struct gunyah_rm *rm;
    const struct gunyah_vmm *vmm;
};

// A VM of HLOS, and the parcel that its image is in: nothing but a device tree, or in the place of one.
struct made {
    struct gunyah_vm *vm;
    gunyah_vmid_t vmid;
    struct gunyah_memparcel *image;
    struct gunyah_memory_region region;
};

bool conformance_hlos(struct target *target, struct hlos *hlos);

// Memory of HLOS that goes to others, MADE_PAGES of it: nobody looks into it.
struct gunyah_memory_region conformance_pages(unsigned first, unsigned count);

// A VM in LOAD, with its image lent to it: pages, or this memory.
bool conformance_make_vm(struct target *target, const struct hlos *hlos, struct made *made);
bool conformance_load_vm(struct target *target, const struct hlos *hlos, struct gunyah_memory_region image,
                         struct made *made);

// From LOAD or RESET to INIT, and on to RUNNING.
bool conformance_configure_vm(struct target *target, const struct made *made);
bool conformance_start_vm(struct target *target, const struct made *made);

// The same, with an image that the platform authenticates.
bool conformance_start_trusted_vm(struct target *target, const struct made *made);

// A VM that runs, and its own connection to the Resource Manager.
bool conformance_running_vm(struct target *target, struct hlos *hlos, struct made *made, struct gunyah_rm **guest);

bool conformance_enter(struct target *target, const struct made *made, struct gunyah_rm **guest);

// The next event of a connection with this id; others before it are dropped.
bool conformance_event(struct target *target, struct gunyah_rm *rm, uint32_t id, struct gunyah_rm_event *event);

// The guest powers itself off, by a function of PSCI.
void conformance_psci(struct target *target, uint64_t function, uint64_t type, uint64_t cookie);

#endif
