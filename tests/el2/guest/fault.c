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
static volatile bool refused;

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

    if (!is_abort || way_out == 0 || read_far_el1() != tried)
        guest_unexpected();
    refused = true;
    return way_out;
}

// The address of the label that ends the attempt goes to the handler before the instruction is tried.
#define ATTEMPT(address, instruction)                                                                                  \
    do {                                                                                                               \
        tried = (address);                                                                                             \
        refused = false;                                                                                               \
        __asm__ volatile("adr x9, 1f\n\t"                                                                              \
                         "str x9, [%1]\n\t" instruction "\n"                                                           \
                         "1:\n\t"                                                                                      \
                         "str xzr, [%1]"                                                                               \
                         :                                                                                             \
                         : "r"(address), "r"(&way_out)                                                                 \
                         : "x9", "x30", "memory");                                                                     \
    } while (0)

bool guest_read_faults(uint64_t address)
{
    ATTEMPT(address, "ldr x9, [%0]");
    return refused;
}

bool guest_write_faults(uint64_t address)
{
    ATTEMPT(address, "str x9, [%0]");
    return refused;
}

bool guest_jump_faults(uint64_t address)
{
    ATTEMPT(address, "blr %0");
    return refused;
}
