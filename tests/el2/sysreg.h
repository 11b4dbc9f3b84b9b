// SPDX-License-Identifier: BSD-3-Clause
// System registers as functions: read_esr_el2(), write_hcr_el2().
#ifndef EL2_SYSREG_H
#define EL2_SYSREG_H

#include <stdint.h>

#define SYSREG_READ(name)                                                                                              \
    static inline uint64_t read_##name(void)                                                                           \
    {                                                                                                                  \
        uint64_t value;                                                                                                \
        __asm__ volatile("mrs %0, " #name : "=r"(value) : : "memory");                                                 \
        return value;                                                                                                  \
    }

#define SYSREG_WRITE(name)                                                                                             \
    static inline void write_##name(uint64_t value)                                                                    \
    {                                                                                                                  \
        __asm__ volatile("msr " #name ", %0\n\tisb" : : "r"(value) : "memory");                                        \
    }

#define SYSREG(name) SYSREG_READ(name) SYSREG_WRITE(name)

#endif
