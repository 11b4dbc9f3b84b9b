// SPDX-License-Identifier: BSD-3-Clause
// Entry of the stand-in, its exception vectors, and the way into the guest.
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
    bl      standin_start
    ldr     x0, =EL2_GUEST_BASE
    msr     elr_el2, x0
    mov     x0, #0x3c5              // EL1 with its own stack pointer, all interrupts masked
    msr     spsr_el2, x0
    isb
    eret

    .text
from_guest:
    sub     sp, sp, #256
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    str     x30, [sp, #240]
    mov     x0, sp
    bl      standin_trap
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x30, [sp, #240]
    add     sp, sp, #256
    eret

    .macro vector target
    .balign 0x80
    b       \target
    .endm

    .balign 0x800
vectors:
    .rept   8                       // from EL2 itself
    vector  standin_unexpected
    .endr
    vector  from_guest              // synchronous, from EL1
    .rept   7
    vector  standin_unexpected
    .endr
