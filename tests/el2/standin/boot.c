// SPDX-License-Identifier: BSD-3-Clause
// From the entry to the first guest, and from guest to guest.
#include "standin.h"

#include "../protocol.h"
#include "../semihosting.h"
#include "../sysreg.h"

SYSREG_READ(midr_el1)
SYSREG_WRITE(cnthctl_el2)
SYSREG_WRITE(cntvoff_el2)
SYSREG_WRITE(cptr_el2)
SYSREG_WRITE(hcr_el2)
SYSREG_WRITE(icc_sre_el2)
SYSREG_WRITE(ich_hcr_el2)
SYSREG_WRITE(vpidr_el2)

#define HCR_VM (UINT64_C(1) << 0)
#define HCR_SWIO (UINT64_C(1) << 1)
#define HCR_IMO (UINT64_C(1) << 4)
#define HCR_DC (UINT64_C(1) << 12) // memory of a guest without MMU is cacheable
#define HCR_TWI (UINT64_C(1) << 13)
#define HCR_TSC (UINT64_C(1) << 19)
#define HCR_RW (UINT64_C(1) << 31)

#define CPTR_TRAP_NOTHING 0x33ffu
#define CNTHCTL_COUNTER_ALONE 0x1u // no physical timer
#define ICC_SRE_ALL 0xfu
#define ICH_HCR_TALL1 (UINT64_C(1) << 12) // the guest's ICC_*1_EL1 lead here

// All registers of EL2 that are the same for all guests.
static void set_up(void)
{
    write_vpidr_el2(read_midr_el1());
    write_cptr_el2(CPTR_TRAP_NOTHING);
    write_cnthctl_el2(CNTHCTL_COUNTER_ALONE);
    write_cntvoff_el2(0);
    write_icc_sre_el2(ICC_SRE_ALL);
    write_ich_hcr_el2(ICH_HCR_TALL1);
    write_hcr_el2(HCR_VM | HCR_SWIO | HCR_IMO | HCR_DC | HCR_TWI | HCR_TSC | HCR_RW);
}

// No image begins with the word 0, which is no instruction.
static unsigned count_images(void)
{
    unsigned count = 0;

    while (count < STANDIN_GUESTS && *(const volatile uint32_t *)standin_memory_of(count) != 0)
        count++;
    return count;
}

static struct standin_context *start(uint64_t exception_level)
{
    const unsigned guests = count_images();

    if (exception_level != 2) {
        semihosting_write("stand-in: not started at EL2: the machine needs virtualization=on\n");
        semihosting_exit(1);
    }
    standin_mmu_start();
    set_up();
    standin_stage2_start();
    for (unsigned guest = 0; guest < guests; guest++)
        standin_map(guest, EL2_GUEST_BASE, (uint64_t)(uintptr_t)standin_memory_of(guest), EL2_GUEST_SIZE);
    standin_slice_start();
    if (guests == 0)
        standin_stop("no guest is loaded");
    // One guest makes its machines itself.
    if (guests == 1)
        standin_vcpu_add(0, EL2_GUEST_BASE, 0, 0);
    else
        standin_wire_guests();
    return standin_vcpu_run(0);
}

_Noreturn void standin_main(uint64_t exception_level)
{
    struct standin_context *context = start(exception_level);

    for (;;)
        context = standin_enter(context) == STANDIN_TRAPPED ? standin_trap(context) : standin_interrupt();
}
