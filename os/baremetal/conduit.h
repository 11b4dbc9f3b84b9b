// SPDX-License-Identifier: BSD-3-Clause
// The instructions. No other file of the library has an hvc or an smc.
//
// The hypervisor reads and writes memory of the caller behind the compiler's back: without "memory" in the clobbers, the
// store that a doorbell is to publish could be dropped or moved. x8 to x17 and the flags may change, as the Gunyah API
// and SMCCC allow it; the hypervisor keeps x18 to x30, the stack pointer and the vector registers.
#ifndef GUNYAH_BAREMETAL_CONDUIT_H
#define GUNYAH_BAREMETAL_CONDUIT_H

#include <gunyah/backend.h>

// How many numbers the table of immediates has, from GUNYAH_IMMEDIATE_BASE on: all known calls, and room for new ones.
#define BAREMETAL_IMMEDIATES 0x80

// Memory is read before the first register is pinned, and written after all of them are read: a check of a sanitizer at
// such an access may be a call, which uses the same registers.
#define PIN_REGISTERS(x)                                                                                               \
    const uint64_t in0 = (x)[0];                                                                                       \
    const uint64_t in1 = (x)[1];                                                                                       \
    const uint64_t in2 = (x)[2];                                                                                       \
    const uint64_t in3 = (x)[3];                                                                                       \
    const uint64_t in4 = (x)[4];                                                                                       \
    const uint64_t in5 = (x)[5];                                                                                       \
    const uint64_t in6 = (x)[6];                                                                                       \
    const uint64_t in7 = (x)[7];                                                                                       \
    register uint64_t x0 __asm__("x0") = in0;                                                                          \
    register uint64_t x1 __asm__("x1") = in1;                                                                          \
    register uint64_t x2 __asm__("x2") = in2;                                                                          \
    register uint64_t x3 __asm__("x3") = in3;                                                                          \
    register uint64_t x4 __asm__("x4") = in4;                                                                          \
    register uint64_t x5 __asm__("x5") = in5;                                                                          \
    register uint64_t x6 __asm__("x6") = in6;                                                                          \
    register uint64_t x7 __asm__("x7") = in7

#define PINNED_REGISTERS "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6), "+r"(x7)

#define STORE_REGISTERS(x)                                                                                             \
    do {                                                                                                               \
        const uint64_t out0 = x0;                                                                                      \
        const uint64_t out1 = x1;                                                                                      \
        const uint64_t out2 = x2;                                                                                      \
        const uint64_t out3 = x3;                                                                                      \
        const uint64_t out4 = x4;                                                                                      \
        const uint64_t out5 = x5;                                                                                      \
        const uint64_t out6 = x6;                                                                                      \
        const uint64_t out7 = x7;                                                                                      \
        (x)[0] = out0;                                                                                                 \
        (x)[1] = out1;                                                                                                 \
        (x)[2] = out2;                                                                                                 \
        (x)[3] = out3;                                                                                                 \
        (x)[4] = out4;                                                                                                 \
        (x)[5] = out5;                                                                                                 \
        (x)[6] = out6;                                                                                                 \
        (x)[7] = out7;                                                                                                 \
    } while (0)

#define CLOBBERED_REGISTERS "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x17", "cc", "memory"

static inline void baremetal_hvc(uint64_t x[8])
{
    PIN_REGISTERS(x);
    __asm__ volatile("hvc #0" : PINNED_REGISTERS : : CLOBBERED_REGISTERS, "x16");
    STORE_REGISTERS(x);
}

static inline void baremetal_smc(uint64_t x[8])
{
    PIN_REGISTERS(x);
    __asm__ volatile("smc #0" : PINNED_REGISTERS : : CLOBBERED_REGISTERS, "x16");
    STORE_REGISTERS(x);
}

// hvc #(GUNYAH_IMMEDIATE_BASE + number), with number below BAREMETAL_IMMEDIATES. The instruction has no form that takes
// its immediate from a register; this jumps into a table of all of them. Hint 36 is "bti j", which every processor knows
// as a hint, and not every assembler by its name.
static inline void baremetal_hvc_immediate(uint64_t number, uint64_t x[8])
{
    PIN_REGISTERS(x);
    register uint64_t x16 __asm__("x16") = number;
    __asm__ volatile("adr x17, 1f\n"
                     "add x16, x16, x16, lsl #1\n" // an entry is three instructions
                     "add x17, x17, x16, lsl #2\n"
                     "br x17\n"
                     "1:\n"
                     ".set gunyah_immediate, %[base]\n"
                     ".rept %[count]\n"
                     "hint #36\n"
                     "hvc #gunyah_immediate\n"
                     "b 2f\n"
                     ".set gunyah_immediate, gunyah_immediate + 1\n"
                     ".endr\n"
                     "2:"
                     : PINNED_REGISTERS, "+r"(x16)
                     : [base] "i"(GUNYAH_IMMEDIATE_BASE), [count] "i"(BAREMETAL_IMMEDIATES)
                     : CLOBBERED_REGISTERS);
    STORE_REGISTERS(x);
}

#endif
