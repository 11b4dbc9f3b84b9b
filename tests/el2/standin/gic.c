// SPDX-License-Identifier: BSD-3-Clause
// A distributor and a CPU interface for each VM, in front of what the model offers of them. One priority: while an
// interrupt is active, no other is delivered.
#include "standin.h"

#include "../protocol.h"

#include <string.h>

#define WORDS 32
#define SPURIOUS 1023

// The distributor has 1024 interrupts of one group of security, and affinity routing.
#define CTLR_ENABLES 0x3u
#define CTLR_FIXED 0x50u
#define TYPER 0x48001fu
// The redistributor is the last one.
#define GICR_TYPER 0x8u
#define GICR_TYPER_LAST 0x10u

struct gic {
    uint32_t enabled[WORDS]; // one bit an interrupt
    uint32_t edge[WORDS];
    uint32_t control;
    uint32_t group_enable;
    uint32_t binary_point;
    bool active;
};

static struct gic gics[STANDIN_VMS];

static uint32_t model_vm(unsigned vm)
{
    return standin_machine.vms[vm].vm;
}

void standin_gic_reset(void)
{
    memset(gics, 0, sizeof(gics));
}

void standin_gic_reset_one(unsigned vm)
{
    memset(&gics[vm], 0, sizeof(gics[vm]));
}

static uint32_t pending_word(unsigned vm, uint32_t word)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < 32; i++) {
        if (gunyah_model_virq_pending(standin_machine.model, model_vm(vm), 32 * word + i))
            bits |= UINT32_C(1) << i;
    }
    return bits;
}

static void enable_word(unsigned vm, uint32_t word, uint32_t bits, bool enable)
{
    for (uint32_t i = 0; i < 32; i++) {
        const uint32_t bit = UINT32_C(1) << i;
        if ((bits & bit) == 0 || !gunyah_model_virq_enable(standin_machine.model, model_vm(vm), 32 * word + i, enable))
            continue;
        gics[vm].enabled[word] = enable ? gics[vm].enabled[word] | bit : gics[vm].enabled[word] & ~bit;
    }
}

static void clear_word(unsigned vm, uint32_t word, uint32_t bits)
{
    for (uint32_t i = 0; i < 32; i++) {
        if ((bits >> i & 1) != 0)
            gunyah_model_virq_clear(standin_machine.model, model_vm(vm), 32 * word + i);
    }
}

// ICFGR has two bits for each of 16 interrupts; the upper one is set for edges.
static uint32_t trigger_word(unsigned vm, uint32_t word)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < 16; i++) {
        const uint32_t virq = 16 * word + i;
        if ((gics[vm].edge[virq / 32] >> virq % 32 & 1) != 0)
            bits |= UINT32_C(2) << 2 * i;
    }
    return bits;
}

static void set_trigger_word(unsigned vm, uint32_t word, uint32_t bits)
{
    for (uint32_t i = 0; i < 16; i++) {
        const uint32_t virq = 16 * word + i;
        const uint32_t bit = UINT32_C(1) << virq % 32;
        const bool edge = (bits >> (2 * i + 1) & 1) != 0;
        uint32_t *edges = &gics[vm].edge[virq / 32];
        if (gunyah_model_virq_set_trigger(standin_machine.model, model_vm(vm), virq,
                                          edge ? GUNYAH_MODEL_EDGE : GUNYAH_MODEL_LEVEL))
            *edges = edge ? *edges | bit : *edges & ~bit;
    }
}

// Is it one of a row of registers? Then which.
static bool is_in_row(uint32_t offset, uint32_t first, uint32_t count, uint32_t *word)
{
    *word = (offset - first) / 4;
    return offset >= first && offset % 4 == 0 && *word < count;
}

static uint32_t distributor_read(unsigned vm, uint32_t offset)
{
    uint32_t word;

    if (offset == EL2_GICD_CTLR)
        return gics[vm].control | CTLR_FIXED;
    if (offset == EL2_GICD_TYPER)
        return TYPER;
    if (is_in_row(offset, EL2_GICD_ISENABLER, WORDS, &word) || is_in_row(offset, EL2_GICD_ICENABLER, WORDS, &word))
        return gics[vm].enabled[word];
    if (is_in_row(offset, EL2_GICD_ISPENDR, WORDS, &word) || is_in_row(offset, EL2_GICD_ICPENDR, WORDS, &word))
        return pending_word(vm, word);
    if (is_in_row(offset, EL2_GICD_ICFGR, 2 * WORDS, &word))
        return trigger_word(vm, word);
    return 0;
}

static void distributor_write(unsigned vm, uint32_t offset, uint32_t value)
{
    uint32_t word;

    if (offset == EL2_GICD_CTLR)
        gics[vm].control = value & CTLR_ENABLES;
    else if (is_in_row(offset, EL2_GICD_ISENABLER, WORDS, &word))
        enable_word(vm, word, value, true);
    else if (is_in_row(offset, EL2_GICD_ICENABLER, WORDS, &word))
        enable_word(vm, word, value, false);
    else if (is_in_row(offset, EL2_GICD_ICPENDR, WORDS, &word))
        clear_word(vm, word, value);
    else if (is_in_row(offset, EL2_GICD_ICFGR, 2 * WORDS, &word))
        set_trigger_word(vm, word, value);
}

static bool is_in(uint64_t address, uint64_t first, uint64_t end)
{
    return address >= first && address < end;
}

bool standin_gic_has(uint64_t address, unsigned bytes)
{
    if (bytes == 8)
        return is_in(address, EL2_GICD_BASE + EL2_GICD_IROUTER, EL2_GICD_BASE + EL2_GICD_IROUTER_END) ||
               address == EL2_GICR_BASE + GICR_TYPER;
    return bytes == 4 && (is_in(address, EL2_GICD_BASE, EL2_GICD_END) || is_in(address, EL2_GICR_BASE, EL2_GICR_END));
}

// The redistributor is awake (GICR_WAKER is 0), and its own interrupts are left out.
uint64_t standin_gic_read(unsigned vm, uint64_t address)
{
    if (is_in(address, EL2_GICD_BASE, EL2_GICD_END))
        return distributor_read(vm, (uint32_t)(address - EL2_GICD_BASE));
    return address == EL2_GICR_BASE + GICR_TYPER ? GICR_TYPER_LAST : 0;
}

void standin_gic_write(unsigned vm, uint64_t address, uint64_t value)
{
    if (is_in(address, EL2_GICD_BASE, EL2_GICD_END))
        distributor_write(vm, (uint32_t)(address - EL2_GICD_BASE), (uint32_t)value);
}

uint32_t *standin_gic_group_enable(unsigned vm)
{
    return &gics[vm].group_enable;
}

uint32_t *standin_gic_binary_point(unsigned vm)
{
    return &gics[vm].binary_point;
}

uint32_t standin_gic_highest(unsigned vm)
{
    if (gics[vm].active)
        return SPURIOUS;
    for (uint32_t word = 0; word < WORDS; word++) {
        const uint32_t enabled = gics[vm].enabled[word];
        const uint32_t ready = enabled != 0 ? enabled & pending_word(vm, word) : 0;
        if (ready != 0)
            return 32 * word + (uint32_t)__builtin_ctz(ready);
    }
    return SPURIOUS;
}

bool standin_gic_ready(unsigned vm)
{
    return standin_gic_highest(vm) != SPURIOUS;
}

uint32_t standin_gic_acknowledge(unsigned vm)
{
    if (!standin_gic_ready(vm))
        return SPURIOUS;
    gics[vm].active = true;
    return gunyah_model_virq_acknowledge(standin_machine.model, model_vm(vm));
}

void standin_gic_end(unsigned vm, uint32_t virq)
{
    gics[vm].active = false;
    gunyah_model_virq_end(standin_machine.model, model_vm(vm), virq);
}
