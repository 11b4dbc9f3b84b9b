// SPDX-License-Identifier: BSD-3-Clause
// What ESR_EL2 and its neighbours tell of an exception.
#ifndef STANDIN_SYNDROME_H
#define STANDIN_SYNDROME_H

#include "../sysreg.h"

#include <stdbool.h>

SYSREG_READ(esr_el2)
SYSREG_READ(far_el2)
SYSREG_READ(hpfar_el2)
SYSREG(elr_el2)
SYSREG(hcr_el2)

#define HCR_VI (UINT64_C(1) << 7)

// Classes of exceptions.
#define EC_WFI 0x01
#define EC_HVC 0x16
#define EC_SMC 0x17
#define EC_SYSTEM_REGISTER 0x18
#define EC_INSTRUCTION_ABORT 0x20
#define EC_DATA_ABORT 0x24

#define INSTRUCTION_SIZE 4

static inline uint64_t standin_class(uint64_t esr)
{
    return esr >> 26 & 0x3f;
}

static inline uint64_t standin_iss(uint64_t esr)
{
    return esr & 0x1ffffff;
}

// All of these but hvc trap before they execute.
static inline void standin_skip_instruction(void)
{
    write_elr_el2(read_elr_el2() + INSTRUCTION_SIZE);
}

// The intermediate address of an abort.
static inline uint64_t standin_fault_address(void)
{
    return (read_hpfar_el2() >> 4 << 12) | (read_far_el2() & 0xfff);
}

// The instruction of a data abort.
struct standin_access {
    bool is_described; // as those of one general register are, and no others; else only whether it writes is known
    bool is_write;
    uint8_t bytes;
    uint8_t number; // of the register; 31 is the one that reads as zero
    bool is_signed; // a load: the sign goes on above
    bool is_wide;   // ... in all of the register
};

static inline struct standin_access standin_decode(uint64_t iss)
{
    return (struct standin_access){
        .is_described = (iss >> 24 & 1) != 0,
        .is_write = (iss >> 6 & 1) != 0,
        .bytes = (uint8_t)(1u << (iss >> 22 & 3)),
        .number = (uint8_t)(iss >> 16 & 31),
        .is_signed = (iss >> 21 & 1) != 0,
        .is_wide = (iss >> 15 & 1) != 0,
    };
}

// What such an instruction stores.
static inline uint64_t standin_stored(const uint64_t *x, const struct standin_access *access)
{
    const uint64_t value = access->number == 31 ? 0 : x[access->number];

    return value & UINT64_MAX >> (64 - 8 * access->bytes);
}

// What is in the register after such an instruction has loaded a value of its size.
static inline uint64_t standin_loaded(uint64_t value, const struct standin_access *access)
{
    const uint64_t sign = UINT64_C(1) << (8 * access->bytes - 1);

    if (access->is_signed)
        value = (value ^ sign) - sign;
    return access->is_wide ? value : (uint32_t)value;
}

#endif
