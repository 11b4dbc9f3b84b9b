// SPDX-License-Identifier: BSD-3-Clause
// Entry of the stand-in, the way into a vCPU, and the exception vectors, which are the way back. TPIDR_EL2 has the context of the
// vCPU that runs.
#include "context.h"

#include "../protocol.h"

    .section .text.start, "ax"
    .global standin_entry
standin_entry:
    ldr     x0, =standin_stack_top
    mov     sp, x0
    ldr     x0, =vectors
    msr     vbar_el2, x0
    mrs     x0, CurrentEL
    ubfx    x0, x0, #2, #2
    bl      standin_main

    .text
    .macro from_x2 instruction
    \instruction x2, x3, [x0, #16]
    \instruction x4, x5, [x0, #32]
    \instruction x6, x7, [x0, #48]
    \instruction x8, x9, [x0, #64]
    \instruction x10, x11, [x0, #80]
    \instruction x12, x13, [x0, #96]
    \instruction x14, x15, [x0, #112]
    \instruction x16, x17, [x0, #128]
    \instruction x18, x19, [x0, #144]
    \instruction x20, x21, [x0, #160]
    \instruction x22, x23, [x0, #176]
    \instruction x24, x25, [x0, #192]
    \instruction x26, x27, [x0, #208]
    \instruction x28, x29, [x0, #224]
    .endm

    .macro each_pair_of_q instruction
    \instruction q0, q1, [x0, #(CONTEXT_Q + 0)]
    \instruction q2, q3, [x0, #(CONTEXT_Q + 32)]
    \instruction q4, q5, [x0, #(CONTEXT_Q + 64)]
    \instruction q6, q7, [x0, #(CONTEXT_Q + 96)]
    \instruction q8, q9, [x0, #(CONTEXT_Q + 128)]
    \instruction q10, q11, [x0, #(CONTEXT_Q + 160)]
    \instruction q12, q13, [x0, #(CONTEXT_Q + 192)]
    \instruction q14, q15, [x0, #(CONTEXT_Q + 224)]
    \instruction q16, q17, [x0, #(CONTEXT_Q + 256)]
    \instruction q18, q19, [x0, #(CONTEXT_Q + 288)]
    \instruction q20, q21, [x0, #(CONTEXT_Q + 320)]
    \instruction q22, q23, [x0, #(CONTEXT_Q + 352)]
    \instruction q24, q25, [x0, #(CONTEXT_Q + 384)]
    \instruction q26, q27, [x0, #(CONTEXT_Q + 416)]
    \instruction q28, q29, [x0, #(CONTEXT_Q + 448)]
    \instruction q30, q31, [x0, #(CONTEXT_Q + 480)]
    .endm

    // What a function keeps for its caller.
    .macro each_kept_pair instruction
    \instruction x19, x20, [sp, #0]
    \instruction x21, x22, [sp, #16]
    \instruction x23, x24, [sp, #32]
    \instruction x25, x26, [sp, #48]
    \instruction x27, x28, [sp, #64]
    \instruction x29, x30, [sp, #80]
    \instruction d8, d9, [sp, #96]
    \instruction d10, d11, [sp, #112]
    \instruction d12, d13, [sp, #128]
    \instruction d14, d15, [sp, #144]
    .endm

    .global standin_enter
standin_enter:
    sub     sp, sp, #160
    each_kept_pair stp
    msr     tpidr_el2, x0
    each_pair_of_q ldp
    from_x2 ldp
    ldr     x30, [x0, #240]
    ldp     x0, x1, [x0, #0]
    eret

    // standin_enter() returns.
    .macro leave how
    stp     x0, x1, [sp, #-16]!
    mrs     x0, tpidr_el2
    from_x2 stp
    str     x30, [x0, #240]
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x0, #0]
    each_pair_of_q stp
    each_kept_pair ldp
    add     sp, sp, #160
    mov     x0, #\how
    ret
    .endm

trap:
    leave   STANDIN_TRAPPED

interrupt:
    leave   STANDIN_INTERRUPTED

    .macro vector target
    .balign 0x80
    b       \target
    .endm

    .balign 0x800
vectors:
    .rept   8                       // from EL2 itself
    vector  standin_unexpected
    .endr
    vector  trap                    // synchronous, from EL1
    vector  interrupt
    .rept   6
    vector  standin_unexpected
    .endr
