// SPDX-License-Identifier: BSD-3-Clause
// A process without a C library.
#define SYS_EXIT 93

        .text
        .global _start
_start:
        ldr     x0, [sp]                        // argc
        add     x1, sp, #8                      // argv
        bl      calls_main
        mov     x8, #SYS_EXIT
        svc     #0

        .global system_call
        .type   system_call, %function
system_call:
        hint    #34                             // bti c
        mov     x8, x0
        mov     x0, x1
        mov     x1, x2
        mov     x2, x3
        mov     x3, x4
        svc     #0
        ret
        .size   system_call, . - system_call

        .section .note.GNU-stack, "", %progbits
