// SPDX-License-Identifier: BSD-3-Clause
// Entry, and the exception vectors. x0 goes on to firmware_main().

    .section .text.start, "ax"
    .global firmware_entry
firmware_entry:
    adrp    x1, firmware_stack_top
    add     x1, x1, :lo12:firmware_stack_top
    mov     sp, x1
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    isb
    bl      firmware_main

    .text
interrupt:
    stp     x0, x1, [sp, #-160]!
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    bl      interrupt_handler
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    ldp     x0, x1, [sp], #160
    eret

    // Of the 16 vectors, the interrupt of EL1 with its own stack pointer is the only one that is expected.
    .balign 0x800
vectors:
    .rept   5
    b       firmware_unexpected
    .balign 0x80
    .endr
    b       interrupt
    .balign 0x80
    .rept   10
    b       firmware_unexpected
    .balign 0x80
    .endr
