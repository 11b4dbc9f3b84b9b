// SPDX-License-Identifier: BSD-3-Clause
// The calls as one would write them in assembler, without a library. What is below "again" and above "until done" is the
// call; everything that it needs is at hand in registers that stay.
#include "calls.h"

#include <gunyah/abi/numbers.h>

#define COUNT x19
#define CAP x20
#define FLAGS x21
#define MESSAGE x22

        .macro  again name
        .global by_hand_\name
        .type   by_hand_\name, %function
by_hand_\name:
        hint    #34                             // bti c
        stp     x19, x20, [sp, #-32]!
        stp     x21, x22, [sp, #16]
        mov     COUNT, x1
        ldp     CAP, FLAGS, [x0, #SUBJECT_CAP]
        ldr     MESSAGE, [x0, #SUBJECT_MESSAGE]
1:
        .endm

        .macro  until_done name
        subs    COUNT, COUNT, #1
        b.ne    1b
2:      cmp     COUNT, #0
        cset    w0, eq
        ldp     x21, x22, [sp, #16]
        ldp     x19, x20, [sp], #32
        ret
        .size   by_hand_\name, . - by_hand_\name
        .endm

        .macro  call number
        mov     x0, #(GUNYAH_SMCCC_BASE & 0xffff) | \number
        movk    x0, #GUNYAH_SMCCC_BASE >> 16, lsl #16
        hvc     #0
        .endm

        .text

        again   nothing
        until_done nothing

        again   null
        call    GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY
        until_done null

        again   ring
        mov     x1, CAP
        mov     x2, FLAGS
        mov     x3, #0
        call    GUNYAH_HYPERCALL_DOORBELL_SEND
        cbnz    w0, 2f
        until_done ring

        again   send
        mov     x1, CAP
        mov     x2, #MESSAGE_SIZE
        mov     x3, MESSAGE
        mov     x4, #0
        mov     x5, #0
        call    GUNYAH_HYPERCALL_MSGQUEUE_SEND
        cbnz    w0, 2f
        until_done send

        again   receive
        mov     x1, CAP
        mov     x2, MESSAGE
        mov     x3, #MESSAGE_SIZE
        mov     x4, #0
        call    GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE
        cbnz    w0, 2f
        until_done receive

        .section .note.GNU-stack, "", %progbits
