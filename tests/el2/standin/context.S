// SPDX-License-Identifier: BSD-3-Clause
// The registers of a vCPU that stay in the CPU while the stand-in runs.
#include "context.h"

    .text
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
    ret

    .global standin_context_load
standin_context_load:
    add     x1, x0, #CONTEXT_SYSTEM
    each_system_register load
    isb
    ret
