// SPDX-License-Identifier: BSD-3-Clause
// The registers of the interrupt controller that firmware sets up before it has an interrupt.
#include "guest.h"

#include "../protocol.h"
#include "../sysreg.h"

SYSREG(s3_0_c4_c6_0)        // ICC_PMR_EL1
SYSREG(s3_0_c12_c12_3)      // ICC_BPR1_EL1
SYSREG(s3_0_c12_c12_4)      // ICC_CTLR_EL1
SYSREG_READ(s3_0_c12_c12_5) // ICC_SRE_EL1
SYSREG(s3_0_c12_c12_7)      // ICC_IGRPEN1_EL1

#define SRE 1
#define EOIMODE 2

#define GICR_TYPER (EL2_GICR_BASE + 0x8)
#define GICR_WAKER (EL2_GICR_BASE + 0x14)
#define GICR_ISENABLER0 (EL2_GICR_BASE + 0x10100)
#define AWAKE 0
#define LAST (1u << 4)

static uint32_t read_word(uint64_t address)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static void write_word(uint64_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static bool cpu_interface_keeps_what_is_written(struct target *target)
{
    guest_speak_for(TARGET_OWNER);
    EXPECT_EQ(read_s3_0_c12_c12_5() & SRE, SRE);
    write_s3_0_c4_c6_0(0xf0);
    EXPECT_EQ(read_s3_0_c4_c6_0(), 0xf0);
    write_s3_0_c12_c12_3(3);
    EXPECT_EQ(read_s3_0_c12_c12_3(), 3);
    write_s3_0_c12_c12_7(1);
    EXPECT_EQ(read_s3_0_c12_c12_7(), 1);
    write_s3_0_c12_c12_4(0);
    EXPECT_EQ(read_s3_0_c12_c12_4() & EOIMODE, 0);
    // Each VM has its own.
    guest_speak_for(TARGET_PEER);
    EXPECT_EQ(read_s3_0_c12_c12_7(), 0);
    EXPECT_EQ(read_s3_0_c12_c12_3(), 0);
    return true;
}

static bool distributor_describes_itself(struct target *target)
{
    const uint64_t control = EL2_GICD_BASE + EL2_GICD_CTLR;
    const uint32_t affinity_routing = 0x10;

    EXPECT_EQ(read_word(EL2_GICD_BASE + EL2_GICD_TYPER) & 0x1f, 31); // 32 interrupts each and 32 more
    write_word(control, affinity_routing | 2);
    EXPECT_EQ(read_word(control) & (affinity_routing | 3), affinity_routing | 2);
    EXPECT_EQ(read_word(control) >> 31, 0); // nothing is under way
    EXPECT_FALSE(guest_write_faults(EL2_GICD_BASE + EL2_GICD_IROUTER + 40 * 8));
    // A row of words is not to be had by two at a time.
    EXPECT_TRUE(guest_read_faults(EL2_GICD_BASE + EL2_GICD_ISENABLER));
    return true;
}

static bool redistributor_is_awake_and_the_last_one(struct target *target)
{
    EXPECT_EQ(read_word(GICR_TYPER) & LAST, LAST);
    EXPECT_FALSE(guest_read_faults(GICR_TYPER));
    EXPECT_TRUE(guest_read_faults(GICR_ISENABLER0));
    write_word(GICR_WAKER, 0);
    EXPECT_EQ(read_word(GICR_WAKER), AWAKE);
    write_word(GICR_ISENABLER0, 1u << 27);
    EXPECT_EQ(read_word(GICR_ISENABLER0), 0);
    EXPECT_TRUE(guest_read_faults(EL2_GICR_END));
    return true;
}

static const struct conformance_case cases[] = {
    {"controller.cpu_interface_keeps_what_is_written", cpu_interface_keeps_what_is_written},
    {"controller.distributor_describes_itself", distributor_describes_itself},
    {"controller.redistributor_is_awake_and_the_last_one", redistributor_is_awake_and_the_last_one},
};

const struct conformance_suite guest_controller = {cases, COUNT_OF(cases)};
