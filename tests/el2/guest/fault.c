// SPDX-License-Identifier: BSD-3-Clause
// Accesses that may be refused, and the handler that gets over them. All others end the guest.
#include "guest.h"

#include "../semihosting.h"
#include "../sysreg.h"

SYSREG_READ(elr_el1)
SYSREG_READ(esr_el1)
SYSREG_READ(far_el1)

#define EC_SHIFT 26
#define EC_INSTRUCTION_ABORT 0x21
#define EC_DATA_ABORT 0x25

// What is tried: the address, and where to go on when it is refused.
static volatile uint64_t tried;
static volatile uint64_t way_out;
static volatile uint64_t syndrome; // 0: it was not refused

#define MAX_ACCESS 8

static void say(const char *name, uint64_t value)
{
    semihosting_write(name);
    semihosting_write_hex(value);
}

_Noreturn void guest_unexpected(void)
{
    semihosting_write("guest: unexpected exception");
    say(", ESR_EL1 ", read_esr_el1());
    say(", ELR_EL1 ", read_elr_el1());
    say(", FAR_EL1 ", read_far_el1());
    semihosting_write("\n");
    semihosting_exit(1);
}

uint64_t guest_fault(void)
{
    const uint64_t class = read_esr_el1() >> EC_SHIFT;
    const bool is_abort = class == EC_DATA_ABORT || class == EC_INSTRUCTION_ABORT;

    if (!is_abort || way_out == 0 || read_far_el1() - tried >= MAX_ACCESS)
        guest_unexpected();
    syndrome = read_esr_el1();
    return way_out;
}

// The address of the label that ends the attempt goes to the handler before the instruction is tried.
#define ATTEMPT(address, instruction, value)                                                                           \
    do {                                                                                                               \
        tried = (address);                                                                                             \
        syndrome = 0;                                                                                                  \
        __asm__ volatile("adr x9, 1f\n\t"                                                                              \
                         "str x9, [%2]\n\t" instruction "\n"                                                           \
                         "1:\n\t"                                                                                      \
                         "str xzr, [%2]"                                                                               \
                         : "+r"(value)                                                                                 \
                         : "r"(address), "r"(&way_out)                                                                 \
                         : "x9", "x30", "memory");                                                                     \
    } while (0)

uint64_t guest_load(uint64_t address, unsigned size, uint64_t *value)
{
    uint64_t loaded = 0;

    switch (size) {
    case 1:
        ATTEMPT(address, "ldrb %w0, [%1]", loaded);
        break;
    case 2:
        ATTEMPT(address, "ldrh %w0, [%1]", loaded);
        break;
    case 4:
        ATTEMPT(address, "ldr %w0, [%1]", loaded);
        break;
    default:
        ATTEMPT(address, "ldr %0, [%1]", loaded);
        break;
    }
    *value = loaded;
    return syndrome;
}

uint64_t guest_load_signed(uint64_t address, int64_t *value)
{
    uint64_t loaded = 0;

    ATTEMPT(address, "ldrsw %0, [%1]", loaded);
    *value = (int64_t)loaded;
    return syndrome;
}

uint64_t guest_store(uint64_t address, unsigned size, uint64_t value)
{
    switch (size) {
    case 1:
        ATTEMPT(address, "strb %w0, [%1]", value);
        break;
    case 2:
        ATTEMPT(address, "strh %w0, [%1]", value);
        break;
    case 4:
        ATTEMPT(address, "str %w0, [%1]", value);
        break;
    default:
        ATTEMPT(address, "str %0, [%1]", value);
        break;
    }
    return syndrome;
}

bool guest_read_faults(uint64_t address)
{
    uint64_t value;

    return guest_load(address, 8, &value) != 0;
}

bool guest_write_faults(uint64_t address)
{
    return guest_store(address, 8, address) != 0;
}

bool guest_jump_faults(uint64_t address)
{
    uint64_t unused = 0;

    ATTEMPT(address, "blr %1", unused);
    return syndrome != 0;
}
