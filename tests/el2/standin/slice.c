// SPDX-License-Identifier: BSD-3-Clause
// Time slices: the EL2 physical timer, as an interrupt of the machine's own interrupt controller.
#include "standin.h"

#include "../protocol.h"
#include "../sysreg.h"

SYSREG_READ(cntfrq_el0)
SYSREG_READ(cntpct_el0)
SYSREG_WRITE(cnthp_ctl_el2)
SYSREG_WRITE(cnthp_cval_el2)
SYSREG_WRITE(s3_0_c4_c6_0)   // ICC_PMR_EL1
SYSREG_READ(s3_0_c12_c12_0)  // ICC_IAR1_EL1
SYSREG_WRITE(s3_0_c12_c12_1) // ICC_EOIR1_EL1
SYSREG_WRITE(s3_0_c12_c12_7) // ICC_IGRPEN1_EL1

#define MICROSECONDS 1000000u // in a second
#define TIMER_ENABLED 1
#define TIMER_INTERRUPT 26
#define ALL_PRIORITIES 0xff

// The distributor, and the redistributor of the CPU.
#define GICD_CTLR EL2_GICD_BASE
#define GICD_CTLR_ENABLE 0x12u // affinity routing, group 1
#define GICR_BASE 0x080a0000u
#define GICR_WAKER (GICR_BASE + 0x14u)
#define GICR_IGROUPR0 (GICR_BASE + 0x10080u)
#define GICR_ISENABLER0 (GICR_BASE + 0x10100u)

static void write_device(uint64_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]\n\tdsb sy" : : "r"(value), "r"(address) : "memory");
}

void standin_slice_start(void)
{
    write_device(GICD_CTLR, GICD_CTLR_ENABLE);
    write_device(GICR_WAKER, 0);
    write_device(GICR_IGROUPR0, UINT32_MAX);
    write_device(GICR_ISENABLER0, UINT32_C(1) << TIMER_INTERRUPT);
    write_s3_0_c4_c6_0(ALL_PRIORITIES);
    write_s3_0_c12_c12_7(1);
    write_cnthp_ctl_el2(TIMER_ENABLED);
}

void standin_slice_begin(unsigned microseconds)
{
    write_cnthp_cval_el2(read_cntpct_el0() + read_cntfrq_el0() * microseconds / MICROSECONDS);
}

void standin_slice_end(void)
{
    const uint64_t interrupt = read_s3_0_c12_c12_0();

    if (interrupt != TIMER_INTERRUPT)
        standin_stop("an interrupt of the machine that nobody asked for");
    // The line of the timer has to be down before its interrupt is over.
    standin_slice_begin(STANDIN_SLICE_GUEST);
    write_s3_0_c12_c12_1(interrupt);
}
