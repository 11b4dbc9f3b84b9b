// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The instructions, for AArch64 alone: nothing else of the library has an hvc or an smc.
 *
 * Most programs open a session over gunyah_baremetal_backend() instead; direct.h has a typed stub for each call on top
 * of this. For any other processor this header has nothing.
 *
 * The hypervisor reads and writes memory of the caller behind the compiler's back: without "memory" in the clobbers,
 * the store that a doorbell is to publish could be dropped or moved. x0 to x17 and the flags may change, as the Gunyah
 * API and SMCCC allow it; the hypervisor keeps x18 to x30, the stack pointer and the vector registers.
 */
#ifndef GUNYAH_CONDUIT_H
#define GUNYAH_CONDUIT_H

#include "backend.h"

#if defined(__aarch64__)

#ifdef __cplusplus
extern "C" {
#endif

/** Numbers that gunyah_conduit_hvc_immediate() takes: all known calls, and room for new ones. */
#define GUNYAH_CONDUIT_IMMEDIATES 0x80

/** Instruction and convention of a call in direct.h. */
enum gunyah_direct_form {
    GUNYAH_DIRECT_HVC = 0,       /**< SMCCC by `hvc #0`. */
    GUNYAH_DIRECT_SMC = 1,       /**< SMCCC by `smc #0`. */
    GUNYAH_DIRECT_IMMEDIATE = 2, /**< `hvc #(GUNYAH_IMMEDIATE_BASE + number)`. */
};

/**
 * A function that is inlined whatever the compiler is told to save: an instruction, a function of direct.h, or one that
 * hands its form on to them. Where the form is a constant, one instruction is left.
 */
#define GUNYAH_DIRECT_INLINE static inline __attribute__((always_inline))

/** @cond pieces of what follows */

// An instruction with x0 to x7 from where x2 points, and back to there. The pointer waits on the stack: the hypervisor may
// change every register that a function need not keep, and to keep one costs more. Between the two lists, x16 and x17 are
// free.
#define GUNYAH_CONDUIT_WITH_REGISTERS_(instruction)                                                                    \
    "str x2, [sp, #-16]!\n\t"                                                                                          \
    "ldp x0, x1, [x2]\n\t"                                                                                             \
    "ldp x4, x5, [x2, #32]\n\t"                                                                                        \
    "ldp x6, x7, [x2, #48]\n\t"                                                                                        \
    "ldp x2, x3, [x2, #16]\n\t" instruction "\n\t"                                                                     \
    "ldr x8, [sp], #16\n\t"                                                                                            \
    "stp x0, x1, [x8]\n\t"                                                                                             \
    "stp x2, x3, [x8, #16]\n\t"                                                                                        \
    "stp x4, x5, [x8, #32]\n\t"                                                                                        \
    "stp x6, x7, [x8, #48]"

#define GUNYAH_CONDUIT_CLOBBERED_ "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x17", "cc", "memory"

#define GUNYAH_CONDUIT_ALL_CLOBBERED_ "x0", "x1", "x3", "x4", "x5", "x6", "x7", GUNYAH_CONDUIT_CLOBBERED_

/** @endcond */

/** `hvc #0` with x0 to x7, in and out. Results, and whatever goes wrong, are the hypervisor's. */
GUNYAH_DIRECT_INLINE void gunyah_conduit_hvc(uint64_t x[8])
{
    register uint64_t *x2 __asm__("x2") = x;
    __asm__ volatile(GUNYAH_CONDUIT_WITH_REGISTERS_("hvc #0") : "+r"(x2) : : GUNYAH_CONDUIT_ALL_CLOBBERED_, "x16");
}

/** `smc #0`, as gunyah_conduit_hvc(). */
GUNYAH_DIRECT_INLINE void gunyah_conduit_smc(uint64_t x[8])
{
    register uint64_t *x2 __asm__("x2") = x;
    __asm__ volatile(GUNYAH_CONDUIT_WITH_REGISTERS_("smc #0") : "+r"(x2) : : GUNYAH_CONDUIT_ALL_CLOBBERED_, "x16");
}

/**
 * `hvc #(GUNYAH_IMMEDIATE_BASE + number)`, with number below GUNYAH_CONDUIT_IMMEDIATES (not checked), known at run time
 * only. The instruction has no form that takes its immediate from a register; this jumps into a table of all of them.
 */
GUNYAH_DIRECT_INLINE void gunyah_conduit_hvc_immediate(uint64_t number, uint64_t x[8])
{
    register uint64_t *x2 __asm__("x2") = x;
    register uint64_t x16 __asm__("x16") = number;
    // Hint 36 is "bti j", which every processor knows as a hint, and not every assembler by its name.
    __asm__ volatile(GUNYAH_CONDUIT_WITH_REGISTERS_("adr x17, 1f\n\t"
                                                    "add x16, x16, x16, lsl #1\n\t" // an entry is three instructions
                                                    "add x17, x17, x16, lsl #2\n\t"
                                                    "br x17\n"
                                                    "1:\n\t"
                                                    ".set gunyah_immediate, %[base]\n\t"
                                                    ".rept %[count]\n\t"
                                                    "hint #36\n\t"
                                                    "hvc #gunyah_immediate\n\t"
                                                    "b 2f\n\t"
                                                    ".set gunyah_immediate, gunyah_immediate + 1\n\t"
                                                    ".endr\n"
                                                    "2:")
                     : "+r"(x2), "+r"(x16)
                     : [base] "i"(GUNYAH_IMMEDIATE_BASE), [count] "i"(GUNYAH_CONDUIT_IMMEDIATES)
                     : GUNYAH_CONDUIT_ALL_CLOBBERED_);
}

/** @cond pieces of direct.h */

// Arguments are evaluated before the first register is pinned, and results are used after all of them are read: a check of
// a sanitizer may be a call, which uses the same registers. The last register goes first: an argument most often moves to
// the right.
#define GUNYAH_DIRECT_PIN_(v0, v1, v2, v3, v4, v5, v6, v7)                                                             \
    const uint64_t in0 = (v0);                                                                                         \
    const uint64_t in1 = (v1);                                                                                         \
    const uint64_t in2 = (v2);                                                                                         \
    const uint64_t in3 = (v3);                                                                                         \
    const uint64_t in4 = (v4);                                                                                         \
    const uint64_t in5 = (v5);                                                                                         \
    const uint64_t in6 = (v6);                                                                                         \
    const uint64_t in7 = (v7);                                                                                         \
    register uint64_t x7 __asm__("x7") = in7;                                                                          \
    register uint64_t x6 __asm__("x6") = in6;                                                                          \
    register uint64_t x5 __asm__("x5") = in5;                                                                          \
    register uint64_t x4 __asm__("x4") = in4;                                                                          \
    register uint64_t x3 __asm__("x3") = in3;                                                                          \
    register uint64_t x2 __asm__("x2") = in2;                                                                          \
    register uint64_t x1 __asm__("x1") = in1;                                                                          \
    register uint64_t x0 __asm__("x0") = in0

#define GUNYAH_DIRECT_STORE_(x)                                                                                        \
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

// As many of these registers as a call has arguments go in, the last one first. The others are not set, whatever was
// pinned to them.
#define GUNYAH_DIRECT_IN_0_(a, b, c, d, e, f, g)
#define GUNYAH_DIRECT_IN_1_(a, b, c, d, e, f, g) , "r"(a)
#define GUNYAH_DIRECT_IN_2_(a, b, c, d, e, f, g) , "r"(b), "r"(a)
#define GUNYAH_DIRECT_IN_3_(a, b, c, d, e, f, g) , "r"(c), "r"(b), "r"(a)
#define GUNYAH_DIRECT_IN_4_(a, b, c, d, e, f, g) , "r"(d), "r"(c), "r"(b), "r"(a)
#define GUNYAH_DIRECT_IN_5_(a, b, c, d, e, f, g) , "r"(e), "r"(d), "r"(c), "r"(b), "r"(a)
#define GUNYAH_DIRECT_IN_6_(a, b, c, d, e, f, g) , "r"(f), "r"(e), "r"(d), "r"(c), "r"(b), "r"(a)
#define GUNYAH_DIRECT_IN_7_(a, b, c, d, e, f, g) , "r"(g), "r"(f), "r"(e), "r"(d), "r"(c), "r"(b), "r"(a)

#define GUNYAH_DIRECT_OUT_ "=r"(x0), "=r"(x1), "=r"(x2), "=r"(x3), "=r"(x4), "=r"(x5), "=r"(x6), "=r"(x7)

// clang-format off
#define GUNYAH_DIRECT_EXECUTE_(x, instructions, ...)                                                                   \
    __asm__ volatile(instructions : GUNYAH_DIRECT_OUT_ : __VA_ARGS__ : GUNYAH_CONDUIT_CLOBBERED_, "x16");              \
    GUNYAH_DIRECT_STORE_(x)

// The function id is put into x0 at the very end, where an argument may have come from.
#define GUNYAH_DIRECT_SMCCC_(x, instruction, number, count, ...)                                                       \
    GUNYAH_DIRECT_PIN_(0, __VA_ARGS__);                                                                                \
    GUNYAH_DIRECT_EXECUTE_(x, "mov x0, #%c[low]\n\tmovk x0, #%c[high], lsl #16\n\t" instruction " #0",                 \
                           [low] "i"((GUNYAH_SMCCC_BASE & 0xffff) | (number)), [high] "i"(GUNYAH_SMCCC_BASE >> 16)     \
                           GUNYAH_DIRECT_IN_##count##_(x1, x2, x3, x4, x5, x6, x7))

#define GUNYAH_DIRECT_NUMBERED_(x, number, count, ...)                                                                 \
    GUNYAH_DIRECT_PIN_(__VA_ARGS__, 0);                                                                                \
    GUNYAH_DIRECT_EXECUTE_(x, "hvc #%c[immediate]", [immediate] "i"(GUNYAH_IMMEDIATE_BASE + (number))                  \
                           GUNYAH_DIRECT_IN_##count##_(x0, x1, x2, x3, x4, x5, x6))
// clang-format on

// A call with so many arguments of the seven words that follow; results from x[0]. number and count are literals. There
// is no array of the arguments: not every compiler takes one apart again.
#define GUNYAH_DIRECT_CALL_(form, x, number, count, ...)                                                               \
    do {                                                                                                               \
        if ((form) == GUNYAH_DIRECT_IMMEDIATE) {                                                                       \
            GUNYAH_DIRECT_NUMBERED_(x, number, count, __VA_ARGS__);                                                    \
        } else if ((form) == GUNYAH_DIRECT_SMC) {                                                                      \
            GUNYAH_DIRECT_SMCCC_(x, "smc", number, count, __VA_ARGS__);                                                \
        } else {                                                                                                       \
            GUNYAH_DIRECT_SMCCC_(x, "hvc", number, count, __VA_ARGS__);                                                \
        }                                                                                                              \
    } while (0)

/** @endcond */

#ifdef __cplusplus
}
#endif

#endif

#endif
