// SPDX-License-Identifier: BSD-3-Clause
// Registers of the CPU interface go by their encodings: assemblers know the names only with an option.
#include "gic.h"

#define ICC_PMR_EL1 "s3_0_c4_c6_0"
#define ICC_IAR1_EL1 "s3_0_c12_c12_0"
#define ICC_EOIR1_EL1 "s3_0_c12_c12_1"
#define ICC_SRE_EL1 "s3_0_c12_c12_5"
#define ICC_IGRPEN1_EL1 "s3_0_c12_c12_7"
#define WRITE_ICC(name, value) __asm__ volatile("msr " name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")

#define GICD_CTLR (GICD + 0x0)
#define GICD_CTLR_ARE (1u << 4)
#define GICD_CTLR_GROUP_1 (1u << 1)
#define GICD_CTLR_RWP (1u << 31)
#define GICD_IGROUPR (GICD + 0x80)
#define GICD_ISENABLER (GICD + 0x100)
#define GICD_ICENABLER (GICD + 0x180)
#define GICD_ICFGR (GICD + 0xc00)
#define GICD_IROUTER (GICD + 0x6000)
#define GICR_WAKER (GICR + 0x14)
#define GICR_WAKER_SLEEP (1u << 1)
#define GICR_WAKER_ASLEEP (1u << 2)

// A hypervisor decodes plain loads and stores alone.
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

static void set_bits(uint64_t address, uint32_t bits)
{
    write_word(address, read_word(address) | bits);
}

static void wait_for_distributor(void)
{
    while (read_word(GICD_CTLR) & GICD_CTLR_RWP)
        continue;
}

void gic_start(void)
{
    WRITE_ICC(ICC_SRE_EL1, 1);
    write_word(GICR_WAKER, read_word(GICR_WAKER) & ~GICR_WAKER_SLEEP);
    while (read_word(GICR_WAKER) & GICR_WAKER_ASLEEP)
        continue;
    write_word(GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GROUP_1);
    wait_for_distributor();
    WRITE_ICC(ICC_PMR_EL1, 0xff);
    WRITE_ICC(ICC_IGRPEN1_EL1, 1);
}

void gic_configure(uint32_t interrupt)
{
    write_word(GICD_ICENABLER + interrupt / 32 * 4, 1u << interrupt % 32);
    wait_for_distributor();
    set_bits(GICD_IGROUPR + interrupt / 32 * 4, 1u << interrupt % 32);
    set_bits(GICD_ICFGR + interrupt / 16 * 4, 2u << interrupt % 16 * 2);
    // To the CPU with affinity 0, which is the first one of a VM.
    __asm__ volatile("str xzr, [%0]" : : "r"(GICD_IROUTER + interrupt * UINT64_C(8)) : "memory");
}

void gic_enable(uint32_t interrupt)
{
    write_word(GICD_ISENABLER + interrupt / 32 * 4, 1u << interrupt % 32);
}

uint32_t gic_acknowledge(void)
{
    uint64_t interrupt;

    __asm__ volatile("mrs %0, " ICC_IAR1_EL1 "\n\tdsb sy" : "=r"(interrupt) : : "memory");
    return (uint32_t)interrupt;
}

void gic_end(uint32_t interrupt)
{
    WRITE_ICC(ICC_EOIR1_EL1, interrupt);
}
