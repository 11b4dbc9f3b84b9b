// SPDX-License-Identifier: BSD-3-Clause
// Instructions with all registers. TPIDR_EL0 keeps the address of the state, TPIDRRO_EL0 what x30 was afterwards.
#include "../protocol.h"
#include "state.h"

    .text
    .macro each_pair_of_q instruction
    \instruction q0, q1, [x1, #0]
    \instruction q2, q3, [x1, #32]
    \instruction q4, q5, [x1, #64]
    \instruction q6, q7, [x1, #96]
    \instruction q8, q9, [x1, #128]
    \instruction q10, q11, [x1, #160]
    \instruction q12, q13, [x1, #192]
    \instruction q14, q15, [x1, #224]
    \instruction q16, q17, [x1, #256]
    \instruction q18, q19, [x1, #288]
    \instruction q20, q21, [x1, #320]
    \instruction q22, q23, [x1, #352]
    \instruction q24, q25, [x1, #384]
    \instruction q26, q27, [x1, #416]
    \instruction q28, q29, [x1, #448]
    \instruction q30, q31, [x1, #480]
    .endm

    .global guest_load_vectors
guest_load_vectors:
    mov     x1, x0
    each_pair_of_q ldp
    ret

    .global guest_store_vectors
guest_store_vectors:
    mov     x1, x0
    each_pair_of_q stp
    ret

    .macro from_x2 instruction, base
    \instruction x2, x3, [\base, #16]
    \instruction x4, x5, [\base, #32]
    \instruction x6, x7, [\base, #48]
    \instruction x8, x9, [\base, #64]
    \instruction x10, x11, [\base, #80]
    \instruction x12, x13, [\base, #96]
    \instruction x14, x15, [\base, #112]
    \instruction x16, x17, [\base, #128]
    \instruction x18, x19, [\base, #144]
    \instruction x20, x21, [\base, #160]
    \instruction x22, x23, [\base, #176]
    \instruction x24, x25, [\base, #192]
    \instruction x26, x27, [\base, #208]
    \instruction x28, x29, [\base, #224]
    .endm

    .macro execute name, instruction:vararg
    .global \name
\name:
    stp     x29, x30, [sp, #-96]!
    stp     x27, x28, [sp, #16]
    stp     x25, x26, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x21, x22, [sp, #64]
    stp     x19, x20, [sp, #80]
    msr     tpidr_el0, x0
    adr     x1, 1f
    str     x1, [x0, #STATE_NEXT]
    mov     x1, sp
    str     x1, [x0, #STATE_SP_BEFORE]
    add     x1, x0, #STATE_Q
    each_pair_of_q ldp
    ldr     x1, [x0, #STATE_NZCV]
    msr     nzcv, x1
    from_x2 ldp, x0
    ldr     x30, [x0, #(STATE_X + 240)]
    ldp     x0, x1, [x0, #STATE_X]
    \instruction
1:  msr     tpidrro_el0, x30
    mrs     x30, tpidr_el0
    stp     x0, x1, [x30, #STATE_X]
    from_x2 stp, x30
    mrs     x0, tpidrro_el0
    str     x0, [x30, #(STATE_X + 240)]
    mov     x0, sp
    str     x0, [x30, #STATE_SP_AFTER]
    mrs     x0, nzcv
    str     x0, [x30, #STATE_NZCV]
    add     x1, x30, #STATE_Q
    each_pair_of_q stp
    ldp     x19, x20, [sp, #80]
    ldp     x21, x22, [sp, #64]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #32]
    ldp     x27, x28, [sp, #16]
    ldp     x29, x30, [sp], #96
    ret
    .endm

    execute guest_hvc_0, hvc #0
    execute guest_smc_0, smc #0
    execute guest_hvc_identify, hvc #0x6000
    execute guest_hvc_hole, hvc #0x6008
    execute guest_hvc_below, hvc #0x5fff
    execute guest_hvc_last, hvc #0xffff
    execute guest_smc_1, smc #1
    execute guest_smc_identify, smc #0x6000

    .macro spin
2:  sub     x0, x0, #1
    cbnz    x0, 2b
    .endm

    execute guest_wfi, wfi
    execute guest_spin, spin

    execute guest_reset, hvc #EL2_CALL_RESET
    execute guest_connect_doorbell, hvc #EL2_CALL_CONNECT_DOORBELL
    execute guest_connect_msgqueue, hvc #EL2_CALL_CONNECT_MSGQUEUE
    execute guest_pass, hvc #EL2_CALL_PASSED
    execute guest_boot, hvc #EL2_CALL_BOOT
    execute guest_start_rm, hvc #EL2_CALL_START_RM
    execute guest_find_guest, hvc #EL2_CALL_FIND_GUEST

    .global guest_instruction
    execute guest_execute, guest_instruction: hvc #0
