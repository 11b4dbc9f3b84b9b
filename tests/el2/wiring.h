// SPDX-License-Identifier: BSD-3-Clause
// What a guest finds at the address in its x1 when it starts as a VM of its own: what leads to the other VM, and back.
// Interrupts are bound, and disabled. The queues are in its device tree too, at the address in x0, where there is one.
#ifndef EL2_WIRING_H
#define EL2_WIRING_H

#include <stdint.h>

// The queues and doorbells of both directions are alike.
enum {
    EL2_WIRING_DEPTH = 4,
    EL2_WIRING_MESSAGE_SIZE = 240,
};

struct el2_wiring {
    uint64_t place; // of the VM: 0 or 1
    uint64_t queue_out;
    uint64_t queue_in;
    uint64_t bell_out;
    uint64_t bell_in;
    uint64_t not_full_virq;
    uint64_t not_empty_virq;
    uint64_t bell_virq;
};

#endif
