// SPDX-License-Identifier: BSD-3-Clause
// Nothing of a VM's registers changes while the other VM runs, which has other values in all of them.
#include "pair.h"

#include "../sysreg.h"

#include <string.h>

SYSREG(sctlr_el1)
SYSREG(cpacr_el1)
SYSREG(ttbr0_el1)
SYSREG(ttbr1_el1)
SYSREG(tcr_el1)
SYSREG(mair_el1)
SYSREG(contextidr_el1)
SYSREG(vbar_el1)
SYSREG(sp_el0)
SYSREG(elr_el1)
SYSREG(spsr_el1)
SYSREG(esr_el1)
SYSREG(far_el1)
SYSREG(par_el1)
SYSREG(tpidr_el0)
SYSREG(tpidrro_el0)
SYSREG(tpidr_el1)
SYSREG(csselr_el1)
SYSREG(cntkctl_el1)
SYSREG(mdscr_el1)
SYSREG(cntv_cval_el0)
SYSREG(cntv_ctl_el0)
SYSREG(fpcr)
SYSREG(fpsr)
SYSREG_READ(cntfrq_el0)
SYSREG_READ(cntvct_el0)

#define ACCESS(name) read_##name, write_##name

// Bits that can have any value without harm to this guest, and those that stay set.
static const struct {
    uint64_t (*read)(void);
    void (*write)(uint64_t value);
    uint64_t mask;
    uint64_t fixed;
} registers[] = {
    {ACCESS(sctlr_el1), 0x0400c000, 0x30d00800},
    {ACCESS(cpacr_el1), 0x00200000, 0x00100000},
    {ACCESS(ttbr0_el1), UINT64_C(0x0000fffffffff000), 0},
    {ACCESS(ttbr1_el1), UINT64_C(0x0000fffffffff000), 0},
    {ACCESS(tcr_el1), 0x003f003f, 0},
    {ACCESS(mair_el1), UINT64_MAX, 0},
    {ACCESS(contextidr_el1), UINT32_MAX, 0},
    {ACCESS(vbar_el1), UINT64_C(0x0000fffffffff800), 0},
    {ACCESS(sp_el0), UINT64_MAX, 0},
    {ACCESS(elr_el1), UINT64_MAX, 0},
    {ACCESS(spsr_el1), UINT64_C(0xf00003c0), 0},
    {ACCESS(esr_el1), UINT32_MAX, 0},
    {ACCESS(far_el1), UINT64_MAX, 0},
    {ACCESS(par_el1), UINT64_C(0x0000fffffffff000), 0},
    {ACCESS(tpidr_el0), UINT64_MAX, 0},
    {ACCESS(tpidrro_el0), UINT64_MAX, 0},
    {ACCESS(tpidr_el1), UINT64_MAX, 0},
    {ACCESS(csselr_el1), 0x3, 0},
    {ACCESS(cntkctl_el1), 0x3, 0},
    {ACCESS(mdscr_el1), 0x1000, 0},
    {ACCESS(cntv_cval_el0), UINT64_MAX, 0},
    {ACCESS(cntv_ctl_el0), 0x2, 0},
    {ACCESS(fpcr), 0x07c00000, 0},
    {ACCESS(fpsr), 0x0800001f, 0},
};

// The VMs have opposite bits.
static uint64_t value_of(size_t i)
{
    const uint64_t pattern = UINT64_C(0x5a69a5965a69a596) * (2 * i + 1);

    return ((self.wiring.place == 0 ? pattern : ~pattern) & registers[i].mask) | registers[i].fixed;
}

static void be_busy(uint64_t nanoseconds)
{
    const uint64_t start = pair_now();

    while (pair_now() - start < nanoseconds)
        ;
}

static bool system_registers_survive(struct target *target)
{
    uint64_t before[COUNT_OF(registers)];
    uint64_t written[COUNT_OF(registers)];
    uint64_t after_slices[COUNT_OF(registers)];
    uint64_t after_yield[COUNT_OF(registers)];

    for (size_t i = 0; i < COUNT_OF(registers); i++) {
        before[i] = registers[i].read();
        registers[i].write(value_of(i));
        written[i] = registers[i].read();
    }
    be_busy(3 * PAIR_SLICE);
    for (size_t i = 0; i < COUNT_OF(registers); i++)
        after_slices[i] = registers[i].read();
    const bool yielded = pair_yield(target);
    for (size_t i = 0; i < COUNT_OF(registers); i++) {
        after_yield[i] = registers[i].read();
        registers[i].write(before[i]);
    }
    EXPECT_TRUE(yielded);
    for (size_t i = 0; i < COUNT_OF(registers); i++) {
        EXPECT_EQ(written[i], value_of(i));
        EXPECT_EQ(after_slices[i], value_of(i));
        EXPECT_EQ(after_yield[i], value_of(i));
    }
    return true;
}

static void fill(struct guest_state *before, struct guest_state *after)
{
    guest_state_fill(before, 1 + self.wiring.place, self.wiring.place == 0 ? 0x50000000 : 0xa0000000);
    memcpy(after, before, sizeof(*after));
}

// Two instructions for each count.
static bool registers_survive_slices(struct target *target)
{
    const uint64_t rounds = PAIR_SLICE * 5 / 4;
    const uint64_t start = pair_now();
    struct guest_state before;
    struct guest_state after;

    fill(&before, &after);
    after.x[0] = rounds;
    guest_spin(&after);
    EXPECT_EQ(after.x[0], 0);
    EXPECT_TRUE(guest_state_is_kept(target, &before, &after, 1));
    // The other one had slices in between.
    EXPECT_TRUE(pair_now() - start >= 2 * rounds + PAIR_SLICE);
    return true;
}

static bool registers_survive_sleep(struct target *target)
{
    const uint64_t ticks = read_cntfrq_el0() / (self.wiring.place == 0 ? 500 : 1000);
    const uint64_t deadline = read_cntvct_el0() + ticks;
    struct guest_state before;
    struct guest_state after;

    fill(&before, &after);
    write_cntv_cval_el0(deadline);
    write_cntv_ctl_el0(1);
    guest_wfi(&after);
    write_cntv_ctl_el0(0);
    EXPECT_TRUE(read_cntvct_el0() >= deadline);
    EXPECT_TRUE(guest_state_is_kept(target, &before, &after, 0));
    return true;
}

static const struct pair_case cases[] = {
    {"context.system_registers_survive", {system_registers_survive, system_registers_survive}},
    {"context.registers_survive_slices", {registers_survive_slices, registers_survive_slices}},
    {"context.registers_survive_sleep", {registers_survive_sleep, registers_survive_sleep}},
};

const struct pair_suite pair_context = {cases, COUNT_OF(cases)};
