// SPDX-License-Identifier: BSD-3-Clause
// What "reg" and "interrupts" mean depends on other nodes: the parent, and the interrupt controller.
#include "tree.h"

// Numbers of at most two cells are understood.
#define MAX_CELLS 2

struct shape {
    int address_cells;
    int size_cells;
};

// How an entry of "reg" looks; false after a complaint.
static bool find_shape(struct dt_reader *reader, struct shape *shape)
{
    const void *blob = reader->dt->blob;
    const int parent = fdt_parent_offset(blob, reader->node);

    if (parent < 0) {
        gunyah_internal_dt_malformed(reader, "reg", "the root has no address");
        return false;
    }
    shape->address_cells = fdt_address_cells(blob, parent);
    shape->size_cells = fdt_size_cells(blob, parent);
    if (shape->address_cells >= 1 && shape->address_cells <= MAX_CELLS && shape->size_cells >= 0 &&
        shape->size_cells <= MAX_CELLS)
        return true;
    gunyah_internal_dt_malformed(reader, "reg",
                                 "the parent's #address-cells must be 1 or 2, and its #size-cells 0 to 2");
    return false;
}

// The entries of "reg", their shape and their number; null if it is not there, or after a complaint.
static const fdt32_t *find_reg(struct dt_reader *reader, struct shape *shape, uint32_t *count)
{
    int length;
    const fdt32_t *reg = fdt_getprop(reader->dt->blob, reader->node, "reg", &length);

    *count = 0;
    if (reg == NULL || !find_shape(reader, shape))
        return NULL;
    const int size = (shape->address_cells + shape->size_cells) * (int)sizeof(*reg);
    if (length == 0 || length % size != 0) {
        gunyah_internal_dt_malformed(reader, "reg",
                                     "its length does not fit the parent's #address-cells and #size-cells");
        return NULL;
    }
    *count = (uint32_t)(length / size);
    return reg;
}

uint32_t gunyah_internal_dt_reg_count(struct dt_reader *reader)
{
    struct shape shape;
    uint32_t count;

    find_reg(reader, &shape, &count);
    return count;
}

struct gunyah_dt_region gunyah_internal_dt_reg(struct dt_reader *reader, uint32_t index)
{
    struct gunyah_dt_region region = {0, 0};
    struct shape shape = {0, 0};
    uint32_t count;
    const fdt32_t *reg = find_reg(reader, &shape, &count);

    if (index >= count) {
        gunyah_internal_dt_malformed(reader, "reg", reg == NULL ? "it is missing" : "it has too few entries");
        return region;
    }
    reg += (size_t)index * (size_t)(shape.address_cells + shape.size_cells);
    region.address = gunyah_internal_dt_cells(reg, shape.address_cells);
    region.size = gunyah_internal_dt_cells(reg + shape.address_cells, shape.size_cells);
    return region;
}

void gunyah_internal_dt_need_plain_addresses(struct dt_reader *reader)
{
    const void *blob = reader->dt->blob;
    int length;

    for (int bus = fdt_parent_offset(blob, reader->node); bus > 0; bus = fdt_parent_offset(blob, bus)) {
        if (fdt_getprop(blob, bus, "ranges", &length) != NULL && length > 0)
            gunyah_internal_dt_complain(reader, GUNYAH_ERR_UNSUPPORTED, "reg", "a bus above it translates addresses");
    }
}

// Kinds of interrupts in a device tree: how many there are, and where they begin in the GIC.
static const struct {
    uint32_t count;
    uint32_t first;
} interrupt_kinds[] = {
    {988, 32},    // SPI
    {16, 16},     // PPI
    {1024, 4096}, // ESPI
    {64, 1056},   // EPPI
};

#define INTERRUPT_KINDS (sizeof(interrupt_kinds) / sizeof(interrupt_kinds[0]))

enum trigger {
    TRIGGER_MASK = 0xf,
    TRIGGER_EDGE_RISING = 1,
    TRIGGER_EDGE_FALLING = 2,
    TRIGGER_LEVEL_HIGH = 4,
    TRIGGER_LEVEL_LOW = 8,
};

// The controller is the one that the node names, or the nearest node above it.
static int find_controller(const struct dt_reader *reader)
{
    const void *blob = reader->dt->blob;
    int length;

    for (int node = reader->node; node >= 0; node = fdt_parent_offset(blob, node)) {
        const fdt32_t *phandle = fdt_getprop(blob, node, "interrupt-parent", &length);
        if (phandle != NULL)
            return length == (int)sizeof(*phandle) ? fdt_node_offset_by_phandle(blob, gunyah_internal_dt_cell(phandle))
                                                   : -1;
    }
    return -1;
}

// How many cells the controller uses for an interrupt; 0 after a complaint.
static int interrupt_cells(struct dt_reader *reader)
{
    const int controller = find_controller(reader);

    if (controller < 0) {
        gunyah_internal_dt_malformed(reader, "interrupts", "no interrupt-parent leads to a controller");
        return 0;
    }
    int length;
    const fdt32_t *cells = fdt_getprop(reader->dt->blob, controller, "#interrupt-cells", &length);
    const uint32_t count = cells != NULL && length == (int)sizeof(*cells) ? gunyah_internal_dt_cell(cells) : 0;
    if (count == 3 || count == 4)
        return (int)count;
    gunyah_internal_dt_malformed(reader, "interrupts", "the controller's #interrupt-cells must be 3 or 4, as a GIC's");
    return 0;
}

// A kind, a number and flags; what a fourth cell says is for some interrupts of one CPU.
static struct gunyah_dt_interrupt decode(struct dt_reader *reader, const fdt32_t *cells)
{
    struct gunyah_dt_interrupt interrupt = {{0}, false};
    const uint32_t kind = gunyah_internal_dt_cell(&cells[0]);
    const uint32_t number = gunyah_internal_dt_cell(&cells[1]);
    const uint32_t trigger = gunyah_internal_dt_cell(&cells[2]) & TRIGGER_MASK;
    const bool level = trigger == TRIGGER_LEVEL_HIGH || trigger == TRIGGER_LEVEL_LOW;
    const bool edge = trigger == TRIGGER_EDGE_RISING || trigger == TRIGGER_EDGE_FALLING;

    if (kind >= INTERRUPT_KINDS || number >= interrupt_kinds[kind].count)
        gunyah_internal_dt_malformed(reader, "interrupts", "a GIC has no such interrupt");
    else if (!level && !edge)
        gunyah_internal_dt_malformed(reader, "interrupts", "its trigger is neither edge nor level");
    else
        interrupt = (struct gunyah_dt_interrupt){{interrupt_kinds[kind].first + number}, level};
    return interrupt;
}

struct gunyah_dt_interrupt gunyah_internal_dt_interrupt(struct dt_reader *reader, uint32_t index)
{
    const struct gunyah_dt_interrupt none = {{0}, false};
    int length;
    const fdt32_t *interrupts = fdt_getprop(reader->dt->blob, reader->node, "interrupts", &length);

    if (interrupts == NULL)
        return none;
    const int cells = interrupt_cells(reader);
    if (cells == 0)
        return none;
    const int size = cells * (int)sizeof(*interrupts);
    if (length % size != 0 || index >= (uint32_t)(length / size)) {
        gunyah_internal_dt_malformed(reader, "interrupts", "its length does not fit the controller's #interrupt-cells");
        return none;
    }
    return decode(reader, interrupts + (size_t)index * (size_t)cells);
}
