// SPDX-License-Identifier: BSD-3-Clause
// Rules about interrupts: the controller, what vdevices ask for, and who can raise the lines of devices.
#include "lint.h"

#define SPECIFIER 3
#define LEAST_STRIDE UINT64_C(0x20000)
#define STRIDE_UNIT UINT64_C(0x10000)

enum interrupt_class { SPI, PPI, ESPI, EPPI, CLASSES };

enum interrupt_flags { EDGE = 1, LEVEL_HIGH = 4, LEVEL_LOW = 8, TRIGGER = 0xf };

static const uint32_t numbers[CLASSES] = {[SPI] = MAX_SPIS, [PPI] = 16, [ESPI] = 1024, [EPPI] = 64};

// Later generations do without if the root says it.
static void config_is_missing(struct linter *linter, const char *property, const char *clause)
{
    uint32_t generations = GUNYAH_DT_RM_ALL;
    struct text text = gunyah_lint_text(linter);

    if (linter->levels[0].interrupt_parent != 0)
        generations = GUNYAH_DT_RM_2023;
    gunyah_text_add(&text, clause);
    gunyah_lint_report(linter, RULE_INTERRUPTS_CONFIG, generations, property);
}

void gunyah_lint_no_interrupts(struct linter *linter)
{
    config_is_missing(linter, "", "has no node interrupts");
}

void gunyah_lint_interrupts(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    uint32_t phandle = 0;

    if (gunyah_view_u32(linter, node, "config", &phandle))
        gunyah_lint_number(linter, RULE_INTERRUPTS_PHANDLE, "config", "is the phandle ", phandle, "");
    else if (gunyah_view_string(linter, node, "config") == NULL)
        config_is_missing(linter, "config", "is neither a path nor a phandle");
}

// ---- The controller ----------------------------------------------------------------------------------------------

static void check_redistributors(struct linter *linter)
{
    uint32_t regions = 1;
    uint64_t stride = LEAST_STRIDE;

    gunyah_view_u32(linter, linter->gic, "#redistributor-regions", &regions);
    if (regions != 1)
        gunyah_lint_number(linter, RULE_GIC_REDISTRIBUTORS, "#redistributor-regions", "is ", regions, "");
    if (gunyah_view_has(linter, linter->gic, "redistributor-stride") &&
        !gunyah_view_u64(linter, linter->gic, "redistributor-stride", &stride))
        gunyah_lint_say(linter, RULE_GIC_REDISTRIBUTORS, "redistributor-stride", "has not 8 bytes");
    if (stride < LEAST_STRIDE || stride % STRIDE_UNIT != 0)
        gunyah_lint_number(linter, RULE_GIC_REDISTRIBUTORS, "redistributor-stride", "is ", stride, "");
}

static void check_reg(struct linter *linter)
{
    const struct level *const parent = gunyah_lint_parent(linter);
    const uint64_t entry = (uint64_t)parent->address_cells + parent->size_cells;
    const struct cells reg = gunyah_view_array(linter, linter->gic, "reg");

    if (reg.data != NULL && reg.count < 2 * entry)
        gunyah_lint_number(linter, RULE_GIC_REG, "reg", "has ", reg.count, " cells");
}

void gunyah_lint_gic(struct linter *linter)
{
    const char *const compatible = gunyah_view_string(linter, linter->gic, "compatible");
    uint32_t cells = 0;

    if (!gunyah_view_compatible_any(linter, linter->gic, "arm,gic-v3"))
        gunyah_lint_string(linter, RULE_GIC_COMPATIBLE, "compatible", compatible != NULL ? compatible : "", "");
    if (!gunyah_view_has(linter, linter->gic, "interrupt-controller"))
        gunyah_lint_say(linter, RULE_GIC_COMPATIBLE, "interrupt-controller", "is missing");
    if (!gunyah_view_u32(linter, linter->gic, "#interrupt-cells", &cells))
        gunyah_lint_say(linter, RULE_GIC_CELLS, "#interrupt-cells", "is missing");
    else if (cells != SPECIFIER)
        gunyah_lint_number(linter, RULE_GIC_CELLS, "#interrupt-cells", "is ", cells, "");
    check_redistributors(linter);
    check_reg(linter);
}

// ---- What asks for interrupts ------------------------------------------------------------------------------------

// The generations that do not take this interrupt.
static uint32_t refused_by(uint32_t class, uint32_t number, uint32_t flags)
{
    if (class >= CLASSES || number >= numbers[class])
        return GUNYAH_DT_RM_ALL;
    switch (flags & TRIGGER) {
    case EDGE:
    case LEVEL_HIGH:
        return 0;
    case LEVEL_LOW:
        return GUNYAH_DT_RM_2023;
    default:
        return GUNYAH_DT_RM_ALL;
    }
}

static void check_specifier(struct linter *linter, const struct cells *cells, uint32_t first)
{
    const uint32_t class = gunyah_view_at(cells, first);
    const uint32_t number = gunyah_view_at(cells, first + 1);
    const uint32_t flags = gunyah_view_at(cells, first + 2);
    const uint32_t generations = refused_by(class, number, flags);
    struct text text = gunyah_lint_text(linter);

    gunyah_text_add(&text, "has <");
    gunyah_text_number(&text, class);
    gunyah_text_add(&text, " ");
    gunyah_text_number(&text, number);
    gunyah_text_add(&text, " ");
    gunyah_text_number(&text, flags);
    gunyah_text_add(&text, ">");
    gunyah_lint_report(linter, RULE_INTERRUPT_SPECIFIER, generations, "interrupts");
}

void gunyah_lint_specifiers(struct linter *linter, uint32_t most)
{
    const struct cells cells = gunyah_view_array(linter, gunyah_lint_node(linter), "interrupts");

    if (cells.count % SPECIFIER != 0 || cells.count / SPECIFIER > most) {
        gunyah_lint_number(linter, RULE_INTERRUPT_SPECIFIER, "interrupts", "has ", cells.count, " cells");
        return;
    }
    for (uint32_t i = 0; i < cells.count; i += SPECIFIER)
        check_specifier(linter, &cells, i);
}

static bool has_doorbell(const struct linter *linter, uint32_t spi)
{
    return spi < MAX_SPIS && (linter->lines[spi / 32] >> spi % 32 & 1) != 0;
}

// A device of the VM's tree: what the VMM emulates has no other way to interrupt.
void gunyah_lint_line(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    const struct cells cells = gunyah_view_array(linter, node, "interrupts");

    if (linter->config < 0 || linter->has_hardware_interrupts)
        return; // Nobody knows who can.
    if (linter->gic_phandle == 0 || gunyah_lint_here(linter)->interrupt_parent != linter->gic_phandle)
        return;
    if (gunyah_view_is(linter, node, "status", "disabled"))
        return;
    for (uint32_t i = 0; i + SPECIFIER <= cells.count; i += SPECIFIER) {
        const uint32_t number = gunyah_view_at(&cells, i + 1);
        if (gunyah_view_at(&cells, i) == SPI && !has_doorbell(linter, number))
            gunyah_lint_number(linter, RULE_LINE_WITHOUT_DOORBELL, "interrupts", "has SPI ", number,
                               ", which no doorbell has");
    }
}
