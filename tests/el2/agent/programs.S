// SPDX-License-Identifier: BSD-3-Clause
// The little programs that vCPUs of the recordings run, in the order of enum program. They are entered with x0 = context, and work
// at any address.
#define RESULT 0x500f0000
#define CPU_OFF 0x84000002
#define SYSTEM_OFF 0x84000008
#define CPU_SUSPEND 0xc4000001
#define SUSPEND_CONTEXT 0x5a5a

    .section .rodata
    .macro load_word register, value
    mov     \register, #((\value) & 0xffff)
    movk    \register, #((\value) >> 16), lsl #16
    .endm

    .macro store_result register, offset
    load_word x9, RESULT
    str     \register, [x9, #\offset]
    .endm

    .macro off
    load_word x0, CPU_OFF
    hvc     #0
    store_result x0, 16
    load_word x0, SYSTEM_OFF
    hvc     #0
    b       .
    .endm

    .macro begin program
    .balign 8
agent_\program:
    .endm

    .macro end program
    .balign 8
agent_\program\()_end:
    .endm

    begin   off
    off
    end     off

    begin   store
    store_result x0, 0
    off
    end     store

    begin   wfi
    mov     x20, #0
1:  wfi
    add     x20, x20, #1
    store_result x20, 0
    b       1b
    end     wfi

    begin   load
    ldr     w1, [x0]
    store_result w1, 0
    off
    end     load

    begin   mmio
    ldr     w1, [x0]
    store_result x1, 0
    add     w1, w1, #1
    str     w1, [x0, #8]
    mov     w1, #0x77
    strb    w1, [x0, #13]
    ldrh    w1, [x0, #2]
    store_result x1, 8
    off
    end     mmio

    begin   spin
    mov     x20, #0
2:  add     x20, x20, #1
    store_result x20, 0
    b       2b
    end     spin

    begin   suspend
    mov     x1, x0
    load_word x0, CPU_SUSPEND
    adr     x2, 3f
    mov     x3, #SUSPEND_CONTEXT
    hvc     #0
3:  store_result x0, 0
    off
    end     suspend

    // Each program's first instruction, and where it ends.
    .balign 8
    .global agent_programs
agent_programs:
    .irp    program, off, store, wfi, load, mmio, spin, suspend
    .quad   agent_\program, agent_\program\()_end
    .endr
