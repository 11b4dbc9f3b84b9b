// SPDX-License-Identifier: BSD-3-Clause
// Calls an operation with patterns in the registers that it has to keep, and stores what they hold when it has returned.
//
// void around_call(struct around_state *state, operation, context, conduit, immediate, registers);
// void around_hvc(struct around_state *state, operation, context, number, registers);
//
// struct around_state, see around.h: in, the patterns; out, what is there afterwards.
#define STATE_X18 0
#define STATE_SP 96
#define STATE_Q 112

        .text
        .global around_call
        .type around_call, %function
        .global around_hvc
        .type around_hvc, %function
around_call:
around_hvc:
        hint    #34                             // bti c
        stp     x29, x30, [sp, #-176]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        stp     x0, x18, [sp, #160]

        mov     x16, x0
        mov     x17, x1
        mov     x0, x2
        mov     x1, x3
        mov     x2, x4
        mov     x3, x5
        mov     x9, sp
        str     x9, [x16, #STATE_SP]
        ldp     x18, x19, [x16, #STATE_X18]
        ldp     x20, x21, [x16, #(STATE_X18 + 16)]
        ldp     x22, x23, [x16, #(STATE_X18 + 32)]
        ldp     x24, x25, [x16, #(STATE_X18 + 48)]
        ldp     x26, x27, [x16, #(STATE_X18 + 64)]
        ldp     x28, x29, [x16, #(STATE_X18 + 80)]
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ldr     q\n, [x16, #(STATE_Q + 16 * \n)]
        .endr
        blr     x17

        ldr     x16, [sp, #160]
        mov     x9, sp
        ldr     x10, [x16, #STATE_SP]
        sub     x9, x9, x10
        str     x9, [x16, #STATE_SP]
        stp     x18, x19, [x16, #STATE_X18]
        stp     x20, x21, [x16, #(STATE_X18 + 16)]
        stp     x22, x23, [x16, #(STATE_X18 + 32)]
        stp     x24, x25, [x16, #(STATE_X18 + 48)]
        stp     x26, x27, [x16, #(STATE_X18 + 64)]
        stp     x28, x29, [x16, #(STATE_X18 + 80)]
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        str     q\n, [x16, #(STATE_Q + 16 * \n)]
        .endr

        ldr     x18, [sp, #168]
        ldp     d14, d15, [sp, #144]
        ldp     d12, d13, [sp, #128]
        ldp     d10, d11, [sp, #112]
        ldp     d8, d9, [sp, #96]
        ldp     x27, x28, [sp, #80]
        ldp     x25, x26, [sp, #64]
        ldp     x23, x24, [sp, #48]
        ldp     x21, x22, [sp, #32]
        ldp     x19, x20, [sp, #16]
        ldp     x29, x30, [sp], #176
        ret
        .size around_call, . - around_call
        .size around_hvc, . - around_hvc

        .section .note.GNU-stack, "", %progbits
