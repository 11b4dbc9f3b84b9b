// SPDX-License-Identifier: BSD-3-Clause
// All registers that a call may or may not change, and instructions with all of them. Usable from assembly.
#ifndef EL2_GUEST_STATE_H
#define EL2_GUEST_STATE_H

#define STATE_X 0
#define STATE_NEXT 248
#define STATE_SP_BEFORE 256
#define STATE_SP_AFTER 264
#define STATE_NZCV 272
#define STATE_Q 288

#ifndef __ASSEMBLER__

#include <stdint.h>

struct guest_state {
    uint64_t x[31];
    uint64_t next; // address of what follows the instruction
    uint64_t sp_before;
    uint64_t sp_after;
    uint64_t nzcv;
    uint64_t reserved;
    uint64_t q[32][2];
};

// Give x0 to x30, q0 to q31 and NZCV values that occur once. States of other marks, of 8 bits, have other ones.
void guest_state_fill(struct guest_state *state, uint64_t mark, uint64_t nzcv);

// Load x0 to x30, NZCV and q0 to q31, execute the instruction, and store them again.
void guest_hvc_0(struct guest_state *state);
void guest_smc_0(struct guest_state *state);
void guest_hvc_identify(struct guest_state *state);
void guest_hvc_hole(struct guest_state *state);
void guest_hvc_below(struct guest_state *state);
void guest_hvc_last(struct guest_state *state);
void guest_smc_1(struct guest_state *state);
void guest_smc_identify(struct guest_state *state);

// The vector registers alone, out of memory and into it.
void guest_load_vectors(uint64_t q[32][2]);
void guest_store_vectors(uint64_t q[32][2]);

// Sleep once; count x0 down to 0.
void guest_wfi(struct guest_state *state);
void guest_spin(struct guest_state *state);

// The calls of protocol.h.
void guest_reset(struct guest_state *state);
void guest_connect_doorbell(struct guest_state *state);
void guest_connect_msgqueue(struct guest_state *state);
void guest_start_rm(struct guest_state *state);
void guest_find_guest(struct guest_state *state);
void guest_pass(struct guest_state *state);
void guest_boot(struct guest_state *state);

// The instruction is the one that has been written there before.
void guest_execute(struct guest_state *state);
extern uint32_t guest_instruction;

#endif
#endif
