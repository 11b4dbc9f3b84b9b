// SPDX-License-Identifier: BSD-3-Clause
// Rules about the tree as such, and about any node.
#include "lint.h"

#define PATH_LIMIT 256
#define LEAST_ROOM UINT64_C(0x400)
#define OVERLAY_ROOM UINT64_C(0x2000)

static bool is_missing(const struct linter *linter, const char *name)
{
    return fdt_subnode_offset(linter->dt.blob, 0, name) < 0;
}

// What the tree needs without the space that it may have at its end.
static uint64_t used(const void *blob)
{
    const uint64_t structure = (uint64_t)fdt_off_dt_struct(blob) + fdt_size_dt_struct(blob);
    const uint64_t strings = (uint64_t)fdt_off_dt_strings(blob) + fdt_size_dt_strings(blob);

    return structure > strings ? structure : strings;
}

static void check_region(struct linter *linter)
{
    const uint64_t region = linter->options.region_size;
    const uint64_t tree = used(linter->dt.blob);

    if (region == 0)
        return;
    if (region < tree + LEAST_ROOM)
        gunyah_lint_number(linter, RULE_REGION_FULL, "", "has a region that needs 1 KiB more than the tree's ", tree,
                           " bytes");
    else if (region < 2 * (tree + OVERLAY_ROOM))
        gunyah_lint_number(linter, RULE_REGION_TIGHT, "", "has a region of less than ", 2 * (tree + OVERLAY_ROOM),
                           " bytes");
    else if (region % LINT_PAGE != 0)
        gunyah_lint_number(linter, RULE_REGION_TIGHT, "", "has a region of ", region,
                           " bytes, which is no multiple of 4096");
}

static void check_root_cells(struct linter *linter)
{
    static const char *const names[] = {"#address-cells", "#size-cells"};
    uint32_t cells = 0;

    for (int i = 0; i < 2; i++) {
        if (!gunyah_view_u32(linter, 0, names[i], &cells))
            gunyah_lint_say(linter, RULE_ROOT_CELLS, names[i], "is missing");
        else if (cells != 2)
            gunyah_lint_number(linter, RULE_ROOT_CELLS, names[i], "is ", cells, "");
    }
}

void gunyah_lint_root(struct linter *linter)
{
    check_region(linter);
    check_root_cells(linter);
    if (is_missing(linter, "chosen"))
        gunyah_lint_say(linter, RULE_CHOSEN, "", "has no node chosen");
    if (linter->config < 0)
        gunyah_lint_say(linter, RULE_CONFIG_MISSING, "", "has no node gunyah-vm-config");
    if (linter->cpu_count == 0 || linter->cpu_count > MAX_CPUS)
        gunyah_lint_number(linter, RULE_CPUS_COUNT, "", "has ", linter->cpu_count, " CPUs in /cpus");
    if (linter->gic < 0)
        gunyah_lint_say(linter, RULE_GIC_MISSING, "", "has no interrupt controller that is named as the VM's");
    if (linter->psci < 0 && linter->uses_psci && linter->cpu_count > 1)
        gunyah_lint_say(linter, RULE_PSCI_MISSING, "", "has no node for PSCI");
    if (linter->timer < 0)
        gunyah_lint_say(linter, RULE_TIMER_MISSING, "", "has no timer");
}

static bool is_called(const struct linter *linter, const char *path)
{
    return gunyah_view_same(linter->path, path);
}

static void check_path(struct linter *linter)
{
    const uint32_t length = gunyah_lint_here(linter)->path_length;

    if (linter->depth == MAX_DEPTH && fdt_first_subnode(linter->dt.blob, gunyah_lint_node(linter)) >= 0)
        gunyah_lint_number(linter, RULE_TOO_DEEP, "", "lies ", MAX_DEPTH, " levels deep and has children");
    if (length >= PATH_LIMIT && gunyah_lint_parent(linter)->path_length < PATH_LIMIT)
        gunyah_lint_number(linter, RULE_PATH_LENGTH, "", "begins a path of ", length, " characters");
}

static void check_status(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    const char *const status = gunyah_view_string(linter, node, "status");

    if (!gunyah_view_has(linter, node, "status"))
        return;
    if (node == linter->config || node == linter->vcpus || node == linter->cpus)
        gunyah_lint_string(linter, RULE_STATUS_ESSENTIAL, "status", status != NULL ? status : "", "");
    else if (gunyah_lint_is_below(linter, linter->config) || node == linter->psci || node == linter->timer ||
             gunyah_lint_is_below(linter, linter->reserved_memory))
        gunyah_lint_string(linter, RULE_STATUS, "status", status != NULL ? status : "", "");
}

void gunyah_lint_any(struct linter *linter)
{
    check_path(linter);
    check_status(linter);
    if (is_called(linter, "/hypervisor"))
        gunyah_lint_say(linter, RULE_HYPERVISOR_NODE, "", "is there already");
    if (gunyah_view_same(gunyah_lint_name(linter), "__overlay__"))
        gunyah_lint_say(linter, RULE_OVERLAY, "", "is an overlay that was not applied");
    if (gunyah_view_is(linter, gunyah_lint_node(linter), "device_type", "memory") && !is_called(linter, "/memory"))
        gunyah_lint_say(linter, RULE_MEMORY_NAME, "device_type", "is \"memory\", but the node is not /memory");
}
