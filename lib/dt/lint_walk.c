// SPDX-License-Identifier: BSD-3-Clause
// Goes through the nodes in the order of the tree, and keeps what the nodes on the way say for those below them.
#include "lint.h"

#define DEFAULT_ADDRESS_CELLS 2
#define DEFAULT_SIZE_CELLS 1

const char *gunyah_lint_name(const struct linter *linter)
{
    return fdt_get_name(linter->dt.blob, gunyah_lint_node(linter), NULL);
}

bool gunyah_lint_is_below(const struct linter *linter, int node)
{
    for (int32_t i = 0; i <= linter->depth; i++) {
        if (linter->levels[i].node == node)
            return true;
    }
    return false;
}

// The path of the root is empty here, so that a name always follows a slash. One that is too long is cut off.
static void append_name(struct linter *linter)
{
    struct level *const here = &linter->levels[linter->depth];
    struct text text = {linter->path, sizeof(linter->path), 0};

    here->path_length = 0;
    if (linter->depth > 0) {
        text.length = here[-1].path_length;
        gunyah_text_add(&text, "/");
        gunyah_text_add(&text, gunyah_lint_name(linter));
        here->path_length = (uint32_t)text.length;
    } else {
        gunyah_text_add(&text, "/");
    }
}

// The later generation looks at what lies below the root, the configuration, /firmware, and nodes with ranges.
static bool is_walked(const struct linter *linter)
{
    if (linter->depth == 0)
        return true;
    if (!gunyah_lint_parent(linter)->is_walked)
        return false;
    return gunyah_lint_is_below(linter, linter->config) ||
           gunyah_view_has(linter, gunyah_lint_node(linter), "ranges") || gunyah_view_same(linter->path, "/firmware");
}

static void enter(struct linter *linter, int node, int32_t depth)
{
    struct level *const here = &linter->levels[depth];

    linter->depth = depth;
    here->node = node;
    append_name(linter);
    here->address_cells = DEFAULT_ADDRESS_CELLS;
    here->size_cells = DEFAULT_SIZE_CELLS;
    here->interrupt_parent = depth > 0 ? here[-1].interrupt_parent : 0;
    gunyah_view_u32(linter, node, "#address-cells", &here->address_cells);
    gunyah_view_u32(linter, node, "#size-cells", &here->size_cells);
    gunyah_view_u32(linter, node, "interrupt-parent", &here->interrupt_parent);
    here->vdevice = gunyah_lint_kind_of(linter, node);
    here->is_walked = is_walked(linter);
}

void gunyah_lint_rewind(struct linter *linter)
{
    enter(linter, 0, 0);
}

bool gunyah_lint_next(struct linter *linter)
{
    int depth = linter->depth;
    int node = gunyah_lint_node(linter);

    do {
        node = fdt_next_node(linter->dt.blob, node, &depth);
        if (node < 0 || depth < 0)
            return false;
    } while (depth > MAX_DEPTH);
    enter(linter, node, depth);
    return true;
}

// ---- The first walk ----------------------------------------------------------------------------------------------

static int child(const struct linter *linter, int node, const char *name)
{
    return node >= 0 ? fdt_subnode_offset(linter->dt.blob, node, name) : node;
}

static void learn_doorbell(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    const struct cells cells = gunyah_view_array(linter, node, "interrupts");

    if (gunyah_lint_here(linter)->vdevice != VDEVICE_DOORBELL || cells.count < 2)
        return;
    const uint32_t number = gunyah_view_at(&cells, 1);
    if (gunyah_view_at(&cells, 0) == 0 && number < MAX_SPIS)
        linter->lines[number / 32] |= UINT32_C(1) << number % 32;
}

static void learn_node(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);

    learn_doorbell(linter);
    if (linter->psci < 0 && (gunyah_view_compatible_any(linter, node, "arm,psci-1.0") ||
                             gunyah_view_compatible_any(linter, node, "arm,psci-0.2") ||
                             gunyah_view_same(gunyah_lint_name(linter), "psci")))
        linter->psci = node;
    if (linter->timer < 0 && gunyah_view_compatible_any(linter, node, "arm,armv8-timer"))
        linter->timer = node;
}

static void learn_cpus(struct linter *linter)
{
    int node;

    if (linter->cpus < 0)
        return;
    linter->uses_psci = gunyah_view_is(linter, linter->cpus, "enable-method", "psci");
    fdt_for_each_subnode(node, linter->dt.blob, linter->cpus)
    {
        if (!gunyah_view_is(linter, node, "device_type", "cpu"))
            continue;
        linter->cpu_count++;
        linter->uses_psci |=
            gunyah_view_is(linter, node, "enable-method", "psci") || gunyah_view_has(linter, node, "cpu-idle-states");
    }
}

void gunyah_lint_survey(struct linter *linter)
{
    linter->config = child(linter, 0, "gunyah-vm-config");
    if (linter->config < 0)
        linter->config = child(linter, 0, "qcom,vm-config");
    linter->vcpus = child(linter, linter->config, "vcpus");
    linter->is_proxy = linter->vcpus >= 0 && gunyah_view_is(linter, linter->vcpus, "affinity", "proxy");
    if (linter->config >= 0)
        linter->has_hardware_interrupts = gunyah_view_has(linter, linter->config, "gic-irq-ranges");
    linter->cpus = child(linter, 0, "cpus");
    linter->reserved_memory = child(linter, 0, "reserved-memory");
    linter->gic = gunyah_view_controller(linter, linter->config);
    if (linter->gic >= 0)
        linter->gic_phandle = fdt_get_phandle(linter->dt.blob, linter->gic);
    linter->psci = -FDT_ERR_NOTFOUND;
    linter->timer = -FDT_ERR_NOTFOUND;
    learn_cpus(linter);
    for (gunyah_lint_rewind(linter); gunyah_lint_next(linter);)
        learn_node(linter);
    linter->uses_psci |= linter->psci >= 0;
}
