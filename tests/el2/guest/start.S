// SPDX-License-Identifier: BSD-3-Clause
// Entry of the guest and its exception vectors. x0 and x1 go on to guest_main().

    .section .text.start, "ax"
    .global guest_entry
guest_entry:
    ldr     x9, =guest_stack_top
    mov     sp, x9
    ldr     x9, =vectors
    msr     vbar_el1, x9
    mov     x9, #(3 << 20)          // vector registers are not trapped
    msr     cpacr_el1, x9
    mrs     x9, sctlr_el1
    orr     x9, x9, #(1 << 1)       // an unaligned access faults, as it may while the MMU is off
    msr     sctlr_el1, x9
    isb
    bl      guest_main

    .text
    .macro save
    sub     sp, sp, #176
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    .endm

    .macro restore
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    add     sp, sp, #176
    .endm

synchronous:
    save
    bl      guest_fault
    msr     elr_el1, x0
    restore
    eret

// Whoever lets interrupts in wants one: they are masked again afterwards.
interrupt:
    save
    bl      guest_interrupt
    mrs     x0, spsr_el1
    orr     x0, x0, #0x80
    msr     spsr_el1, x0
    restore
    eret

    .macro vector target
    .balign 0x80
    b       \target
    .endm

    .balign 0x800
vectors:
    .rept   4                       // with the stack pointer of EL0
    vector  guest_unexpected
    .endr
    vector  synchronous
    vector  interrupt
    .rept   10
    vector  guest_unexpected
    .endr
