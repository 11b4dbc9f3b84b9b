// SPDX-License-Identifier: BSD-3-Clause
// The registers of a vCPU that stay in the CPU while the stand-in runs.
#include "context.h"

    .text
    .macro each_pair_of_q instruction
    \instruction q0, q1, [x0, #0]
    \instruction q2, q3, [x0, #32]
    \instruction q4, q5, [x0, #64]
    \instruction q6, q7, [x0, #96]
    \instruction q8, q9, [x0, #128]
    \instruction q10, q11, [x0, #160]
    \instruction q12, q13, [x0, #192]
    \instruction q14, q15, [x0, #224]
    \instruction q16, q17, [x0, #256]
    \instruction q18, q19, [x0, #288]
    \instruction q20, q21, [x0, #320]
    \instruction q22, q23, [x0, #352]
    \instruction q24, q25, [x0, #384]
    \instruction q26, q27, [x0, #416]
    \instruction q28, q29, [x0, #448]
    \instruction q30, q31, [x0, #480]
    .endm

    .macro each_system_register action
    \action vttbr_el2
    \action vmpidr_el2
    \action elr_el2
    \action spsr_el2
    \action sctlr_el1
    \action cpacr_el1
    \action ttbr0_el1
    \action ttbr1_el1
    \action tcr_el1
    \action mair_el1
    \action amair_el1
    \action contextidr_el1
    \action vbar_el1
    \action sp_el0
    \action sp_el1
    \action elr_el1
    \action spsr_el1
    \action esr_el1
    \action far_el1
    \action afsr0_el1
    \action afsr1_el1
    \action par_el1
    \action tpidr_el0
    \action tpidrro_el0
    \action tpidr_el1
    \action csselr_el1
    \action cntkctl_el1
    \action mdscr_el1
    \action cntv_cval_el0
    \action cntv_ctl_el0
    \action fpcr
    \action fpsr
    .endm

    .macro save name
    mrs     x2, \name
    str     x2, [x1], #8
    .endm

    .macro load name
    ldr     x2, [x1], #8
    msr     \name, x2
    .endm

    .global standin_context_save
standin_context_save:
    add     x1, x0, #CONTEXT_SYSTEM
    each_system_register save
    add     x0, x0, #CONTEXT_Q
    each_pair_of_q stp
    ret

    .global standin_context_load
standin_context_load:
    add     x1, x0, #CONTEXT_SYSTEM
    each_system_register load
    isb
    add     x0, x0, #CONTEXT_Q
    each_pair_of_q ldp
    ret
