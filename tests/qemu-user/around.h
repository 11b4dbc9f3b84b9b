// SPDX-License-Identifier: BSD-3-Clause
// Around an operation: registers that it has to keep.
#ifndef AROUND_H
#define AROUND_H

#include <gunyah/backend.h>

// In: patterns for the registers. Out: what they hold when the operation has returned, and by how much sp has moved.
struct around_state {
    uint64_t x18_to_x29[12];
    uint64_t sp;
    uint64_t unused;
    uint64_t q[32][2];
};

typedef void around_operation(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                              struct gunyah_registers *registers);

void around_call(struct around_state *state, around_operation *operation, void *context, enum gunyah_conduit conduit,
                 uint16_t immediate, struct gunyah_registers *registers);

typedef void around_hvc_operation(void *context, uint32_t number, struct gunyah_registers *registers);

void around_hvc(struct around_state *state, around_hvc_operation *operation, void *context, uint32_t number,
                struct gunyah_registers *registers);

#endif
