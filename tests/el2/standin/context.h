// SPDX-License-Identifier: BSD-3-Clause
// All registers of a vCPU. Usable from assembly.
#ifndef STANDIN_CONTEXT_H
#define STANDIN_CONTEXT_H

#define CONTEXT_Q 256
#define CONTEXT_SYSTEM 768

// What led back from a vCPU: an exception from EL1, or an interrupt of the machine.
#define STANDIN_TRAPPED 0
#define STANDIN_INTERRUPTED 1

#ifndef __ASSEMBLER__

#include <stdint.h>

struct standin_context {
    // x0 to x30 and q0 to q31; saved whenever the stand-in runs (start.S), which is linked to code that was compiled for
    // Linux. The others stay in the CPU until another vCPU gets it.
    uint64_t x[32];
    uint64_t q[32][2];
    // In the order of the list in context.S.
    uint64_t vttbr_el2;
    uint64_t vmpidr_el2;
    uint64_t elr_el2;
    uint64_t spsr_el2;
    uint64_t sctlr_el1;
    uint64_t cpacr_el1;
    uint64_t ttbr0_el1;
    uint64_t ttbr1_el1;
    uint64_t tcr_el1;
    uint64_t mair_el1;
    uint64_t amair_el1;
    uint64_t contextidr_el1;
    uint64_t vbar_el1;
    uint64_t sp_el0;
    uint64_t sp_el1;
    uint64_t elr_el1;
    uint64_t spsr_el1;
    uint64_t esr_el1;
    uint64_t far_el1;
    uint64_t afsr0_el1;
    uint64_t afsr1_el1;
    uint64_t par_el1;
    uint64_t tpidr_el0;
    uint64_t tpidrro_el0;
    uint64_t tpidr_el1;
    uint64_t csselr_el1;
    uint64_t cntkctl_el1;
    uint64_t mdscr_el1;
    uint64_t cntv_cval_el0;
    uint64_t cntv_ctl_el0;
    uint64_t fpcr;
    uint64_t fpsr;
};

// The others: out of the CPU, and into it.
void standin_context_save(struct standin_context *context);
void standin_context_load(const struct standin_context *context);

// Let the vCPU with this context run, whose other registers are in the CPU. Returns what led back.
int standin_enter(struct standin_context *context);

#endif
#endif
