// SPDX-License-Identifier: BSD-3-Clause
// The CPUs and the interrupt controller, of which the VM's own tree tells.
#include "tree.h"

#define MOST_CPUS 64
#define INDEX_BITS 6
#define LEAST_STRIDE UINT64_C(0x20000)
#define STRIDE_UNIT UINT64_C(0x10000)

// ---- CPUs

/** What is known of the CPUs. */
struct cpus {
    int node;
    uint32_t cells;
    uint32_t count;
    uint32_t idle; // how many have idle states
    bool psci;
    uint64_t regs[MOST_CPUS];
};

enum cpu_state { CPU_UNTOLD, CPU_BOOTS, CPU_OFF, CPU_FAILED, CPU_UNKNOWN };

static enum cpu_state state_of(const struct tree *tree, int node)
{
    const char *status = gunyah_tree_string(tree, node, "status");
    if (!gunyah_tree_has(tree, node, "status"))
        return CPU_UNTOLD;
    if (status == NULL)
        return CPU_UNKNOWN;
    if (gunyah_tree_same(status, "okay"))
        return CPU_BOOTS;
    if (gunyah_tree_same(status, "disabled"))
        return CPU_OFF;
    return gunyah_tree_begins(status, "fail") ? CPU_FAILED : CPU_UNKNOWN;
}

static bool is_method(const struct tree *tree, int node, bool *psci)
{
    bool is_psci = gunyah_tree_is(tree, node, "enable-method", "psci");
    *psci = *psci || is_psci;
    return is_psci || gunyah_tree_is(tree, node, "enable-method", "qcom,gunyah-hvc");
}

/** Only a later generation looks at the numbers of CPUs. */
static enum gunyah_model_rm_reason check_number(const struct tree *tree, struct cpus *cpus, int node)
{
    uint64_t reg;
    uint64_t differing = 0;
    uint32_t bits = 0;
    if (!tree->later)
        return RM_FINE;
    if (!gunyah_tree_cells(tree, node, "reg", cpus->cells, &reg))
        return RM_TREE_CPU_REG;
    for (uint32_t i = 0; i < cpus->count; i++) {
        if (cpus->regs[i] == reg)
            return RM_TREE_CPU_TWICE;
        differing |= cpus->regs[i] ^ reg;
    }
    for (; differing != 0; differing &= differing - 1)
        bits++;
    cpus->regs[cpus->count] = reg;
    return bits > INDEX_BITS ? RM_TREE_CPU_TWICE : RM_FINE;
}

static enum gunyah_model_rm_reason take_cpu(const struct tree *tree, struct cpus *cpus, int node)
{
    enum cpu_state state = state_of(tree, node);
    if (state == CPU_UNKNOWN)
        return RM_TREE_CPU_STATUS;
    if (state == CPU_FAILED)
        return RM_FINE;
    if (cpus->count == MOST_CPUS)
        return RM_CONFIG_VCPUS;
    enum gunyah_model_rm_reason reason = check_number(tree, cpus, node);
    if (reason != RM_FINE)
        return reason;
    bool boots = state == CPU_BOOTS || (state == CPU_UNTOLD && cpus->count == 0);
    bool has_method = is_method(tree, node, &cpus->psci);
    has_method = is_method(tree, cpus->node, &cpus->psci) || has_method;
    cpus->count++;
    cpus->idle += gunyah_tree_has(tree, node, "cpu-idle-states") ? 1 : 0;
    return boots || has_method ? RM_FINE : RM_TREE_ENABLE_METHOD;
}

static bool has_psci(const struct tree *tree)
{
    for (int node = 0; node >= 0; node = fdt_next_node(tree->blob, node, NULL)) {
        if (gunyah_tree_is_read(tree, node) &&
            (gunyah_tree_compatible(tree, node, "arm,psci-1.0") || gunyah_tree_compatible(tree, node, "arm,psci-0.2")))
            return true;
    }
    return false;
}

/** The node with the CPUs; only the generation of 2023 lets the configuration choose it. */
static int find_cpus(const struct tree *tree, int vcpus)
{
    const char *path = vcpus >= 0 && !tree->later ? gunyah_tree_string(tree, vcpus, "config") : NULL;
    int node = gunyah_tree_find(tree, path != NULL ? path : "/cpus");
    return node >= 0 && gunyah_tree_is_read(tree, node) ? node : -FDT_ERR_NOTFOUND;
}

static enum gunyah_model_rm_reason check_cells(const struct tree *tree, const struct cpus *cpus)
{
    if (!tree->later)
        return RM_FINE;
    bool are_right = gunyah_tree_size_cells(tree->blob, cpus->node) == 0 && cpus->cells != 0 &&
                     !gunyah_tree_has(tree, cpus->node, "ranges");
    return are_right ? RM_FINE : RM_TREE_CPUS_CELLS;
}

enum gunyah_model_rm_reason gunyah_tree_cpus(const struct tree *tree, int vcpus, bool proxy, uint32_t *count)
{
    struct cpus cpus = {.node = find_cpus(tree, vcpus)};
    int node;
    if (cpus.node < 0)
        return RM_TREE_CPUS;
    cpus.cells = gunyah_tree_address_cells(tree->blob, cpus.node);
    enum gunyah_model_rm_reason reason = check_cells(tree, &cpus);
    for (node = fdt_first_subnode(tree->blob, cpus.node); node >= 0 && reason == RM_FINE;
         node = fdt_next_subnode(tree->blob, node)) {
        if (gunyah_tree_is(tree, node, "device_type", "cpu"))
            reason = take_cpu(tree, &cpus, node);
    }
    if (reason != RM_FINE)
        return reason;
    *count = cpus.count;
    bool psci = cpus.psci || cpus.idle != 0 || has_psci(tree);
    return !proxy && psci && cpus.idle != cpus.count ? RM_TREE_IDLE_STATES : RM_FINE;
}

// ---- the interrupt controller

static int find_gic(const struct tree *tree)
{
    int interrupts = fdt_subnode_offset(tree->blob, tree->config, "interrupts");
    uint32_t phandle = 0;
    if (interrupts >= 0 && gunyah_tree_is_read(tree, interrupts)) {
        // Four bytes are a phandle, even if they end like a text.
        if (gunyah_tree_u32(tree, interrupts, "config", &phandle))
            return fdt_node_offset_by_phandle(tree->blob, phandle);
        const char *path = gunyah_tree_string(tree, interrupts, "config");
        if (path != NULL)
            return gunyah_tree_find(tree, path);
    }
    if (tree->later && gunyah_tree_u32(tree, 0, "interrupt-parent", &phandle))
        return fdt_node_offset_by_phandle(tree->blob, phandle);
    return -FDT_ERR_NOTFOUND;
}

static enum gunyah_model_rm_reason check_redistributors(const struct tree *tree, int gic)
{
    uint32_t regions = 1;
    uint64_t stride = LEAST_STRIDE;
    gunyah_tree_u32(tree, gic, "#redistributor-regions", &regions);
    bool is_long = !gunyah_tree_has(tree, gic, "redistributor-stride") ||
                   gunyah_tree_u64(tree, gic, "redistributor-stride", &stride);
    return regions == 1 && is_long && stride >= LEAST_STRIDE && stride % STRIDE_UNIT == 0 ? RM_FINE
                                                                                          : RM_TREE_GIC_REDISTRIBUTORS;
}

static enum gunyah_model_rm_reason check_reg(const struct tree *tree, int gic)
{
    int length;
    int parent = fdt_parent_offset(tree->blob, gic);
    uint64_t entry =
        (uint64_t)gunyah_tree_address_cells(tree->blob, parent) + gunyah_tree_size_cells(tree->blob, parent);
    if (fdt_getprop(tree->blob, gic, "reg", &length) == NULL)
        return RM_FINE;
    return (uint64_t)length >= 8 * entry ? RM_FINE : RM_TREE_GIC_REG;
}

enum gunyah_model_rm_reason gunyah_tree_gic(const struct tree *tree)
{
    int gic = find_gic(tree);
    uint32_t cells = 0;
    if (gic < 0)
        return RM_TREE_INTERRUPTS;
    gunyah_tree_u32(tree, gic, "#interrupt-cells", &cells);
    if (!gunyah_tree_compatible(tree, gic, "arm,gic-v3") || !gunyah_tree_has(tree, gic, "interrupt-controller") ||
        cells != 3)
        return RM_TREE_GIC;
    enum gunyah_model_rm_reason reason = check_redistributors(tree, gic);
    return reason == RM_FINE ? check_reg(tree, gic) : reason;
}
