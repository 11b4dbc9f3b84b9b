// SPDX-License-Identifier: BSD-3-Clause
// The tree of the primary VM, and what it has in common with the others.
#include "tree.h"

#define GIC 1 // phandle

int gunyah_tree_write_vm(struct tree_writer *to, uint16_t vmid)
{
    static const char compatible[] = "qcom,gunyah-vm-id-1.0\0qcom,gunyah-vm-id";
    int node = gunyah_tree_make(to, "/hypervisor/qcom,gunyah-vm", 0, 0);
    gunyah_tree_put_list(to, node, "compatible", compatible);
    gunyah_tree_put_u32(to, node, "qcom,vmid", vmid);
    return node;
}

/** What the board's own tree has, as far as it is needed to understand the rest. */
static void write_board(struct tree_writer *to)
{
    static const char psci[] = "arm,psci-1.0\0arm,psci-0.2";
    gunyah_tree_put_u32(to, 0, "#address-cells", 2);
    gunyah_tree_put_u32(to, 0, "#size-cells", 2);
    gunyah_tree_put_u32(to, 0, "interrupt-parent", GIC);
    int node = gunyah_tree_child(to, 0, "psci");
    gunyah_tree_put_list(to, node, "compatible", psci);
    gunyah_tree_put_string(to, node, "method", "smc");
    node = gunyah_tree_child(to, 0, "intc");
    gunyah_tree_put_string(to, node, "compatible", "arm,gic-v3");
    gunyah_tree_put_u32(to, node, "#interrupt-cells", 3);
    gunyah_tree_put_flag(to, node, "interrupt-controller");
    gunyah_tree_put_u32(to, node, "phandle", GIC);
}

bool gunyah_model_tree_primary(void *bytes, size_t size, uint16_t vmid, const struct gunyah_model_rm_channel *channel)
{
    static const char compatible[] = "qcom,gunyah-hypervisor-1.0\0qcom,gunyah-hypervisor\0simple-bus";
    struct tree_writer to = {.blob = bytes};
    to.error = fdt_create_empty_tree(bytes, (int)size);
    write_board(&to);
    gunyah_tree_write_hypervisor(&to, compatible, sizeof(compatible));
    gunyah_tree_put_string(&to, gunyah_tree_write_vm(&to, vmid), "qcom,vendor", "Qualcomm");
    gunyah_tree_write_primary_rpc(&to, channel);
    return to.error == 0 && fdt_pack(bytes) == 0;
}
