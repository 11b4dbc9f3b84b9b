// SPDX-License-Identifier: BSD-3-Clause
// Reading a VM's tree at VM_INIT, and writing into it at VM_START.
#include "tree.h"

#include <string.h>

#define SMALL_TREE (16 * 1024) // what the Resource Manager makes in memory of its own
#define VENDOR "Qualcomm"

static enum gunyah_model_rm_reason parse(void *context, const struct gunyah_model_rm_tree *from,
                                         struct gunyah_model_rm_config *config)
{
    struct gunyah_model_tree *room = context;
    struct tree tree;
    *config = (struct gunyah_model_rm_config){.name = NULL};
    enum gunyah_model_rm_reason reason = gunyah_tree_open(&tree, from);
    if (reason == RM_FINE)
        reason = gunyah_tree_vdevices(&tree, room, config);
    return reason == RM_FINE ? gunyah_tree_config(&tree, config) : reason;
}

// ---- VM_START

/** Look the virtual devices up again, which must be those that were made. */
static enum gunyah_model_rm_reason reopen(struct tree *tree, struct gunyah_model_tree *room,
                                          const struct gunyah_model_rm_tree *from,
                                          const struct gunyah_model_rm_made *made)
{
    struct gunyah_model_rm_config config = {.name = NULL};
    if (gunyah_tree_open(tree, from) != RM_FINE || gunyah_tree_vdevices(tree, room, &config) != RM_FINE ||
        config.vdevice_count != made->device_count)
        return RM_START_TREE_CHANGED;
    for (uint32_t i = 0; i < made->device_count; i++) {
        const struct gunyah_model_rm_vdevice *wanted = &made->devices[i].wanted;
        if (wanted->type != room->vdevices[i].type || wanted->label != room->vdevices[i].label)
            return RM_START_TREE_CHANGED;
    }
    return RM_FINE;
}

/** The generation of 2023 adds its own to nodes that must be there, or must not. */
static enum gunyah_model_rm_reason check_nodes(const struct tree *tree)
{
    if (tree->later)
        return RM_FINE;
    if (fdt_subnode_offset(tree->blob, 0, "hypervisor") >= 0)
        return RM_START_TREE_HYPERVISOR;
    return fdt_subnode_offset(tree->blob, 0, "chosen") < 0 ? RM_START_TREE_CHOSEN : RM_FINE;
}

static void write_buses(struct tree_writer *to)
{
    static const char compatible[] =
        "gunyah-hypervisor\0qcom,gunyah-hypervisor-1.0\0qcom,gunyah-hypervisor\0simple-bus";
    int node = gunyah_tree_child(to, 0, "vsoc");
    gunyah_tree_put_u32(to, node, "#address-cells", 2);
    gunyah_tree_put_u32(to, node, "#size-cells", 2);
    gunyah_tree_put_flag(to, node, "ranges");
    gunyah_tree_put_string(to, node, "compatible", "simple-bus");
    gunyah_tree_write_hypervisor(to, compatible, sizeof(compatible));
}

static void write_identity(const struct tree *tree, const struct gunyah_model_rm_made *made, struct tree_writer *to)
{
    const char *vendor = gunyah_tree_string(tree, tree->config, "vendor");
    const char *guid = gunyah_tree_string(tree, tree->config, "vm-guid");
    int node = gunyah_tree_write_vm(to, made->vmid);
    gunyah_tree_put_u32(to, node, "qcom,owner-vmid", made->owner);
    gunyah_tree_put_string(to, node, "qcom,vendor", vendor != NULL ? vendor : VENDOR);
    gunyah_tree_put_string(to, node, "qcom,image-name", made->name);
    if (made->uri[0] != '\0')
        gunyah_tree_put_string(to, node, "qcom,vm-uri", made->uri);
    if (guid != NULL)
        gunyah_tree_put_string(to, node, "qcom,vm-guid", guid);
}

static enum gunyah_model_rm_reason write_all(const struct tree *tree, const struct gunyah_model_tree *room,
                                             const struct gunyah_model_rm_made *made, struct tree_writer *to)
{
    enum gunyah_model_rm_reason reason = gunyah_tree_write_memory(tree, room, made, to);
    if (reason != RM_FINE)
        return reason;
    write_buses(to);
    write_identity(tree, made, to);
    gunyah_tree_write_devices(tree, room, made, to);
    gunyah_tree_put_u64(to, gunyah_tree_child(to, 0, "chosen"), "kaslr-seed", made->seed);
    if (to->error == 0)
        to->error = fdt_pack(to->blob);
    if (to->error == 0)
        return RM_FINE;
    return to->error == -FDT_ERR_NOSPACE ? RM_START_TREE_ROOM : RM_START_TREE_NODE;
}

/** A tree that is not small is made at its place, where it must fit twice. */
static bool fits(const struct gunyah_model_rm_tree *tree, uint32_t size)
{
    return size <= tree->size && size <= tree->region && (size <= SMALL_TREE || size <= tree->region / 2);
}

static enum gunyah_model_rm_reason patch(void *context, const struct gunyah_model_rm_tree *from,
                                         const struct gunyah_model_rm_made *made)
{
    struct gunyah_model_tree *room = context;
    struct tree_writer to = {.blob = room->made};
    struct tree tree;
    enum gunyah_model_rm_reason reason = reopen(&tree, room, from, made);
    if (reason != RM_FINE)
        return reason;
    if (tree.later && fdt_stringlist_search(tree.blob, tree.config, "vm-attrs", "no-dtb-patch") >= 0)
        return RM_FINE;
    reason = check_nodes(&tree);
    if (reason != RM_FINE)
        return reason;
    to.error = fdt_open_into(tree.blob, to.blob, sizeof(room->made));
    reason = write_all(&tree, room, made, &to);
    if (reason != RM_FINE)
        return reason;
    if (!fits(from, fdt_totalsize(to.blob)))
        return RM_START_TREE_ROOM;
    memcpy(from->bytes, to.blob, fdt_totalsize(to.blob));
    return RM_FINE;
}

struct gunyah_model_rm_trees gunyah_model_tree_hooks(struct gunyah_model_tree *tree)
{
    return (struct gunyah_model_rm_trees){
        .context = tree,
        .room = tree->room,
        .room_size = sizeof(tree->room),
        .parse = parse,
        .patch = patch,
    };
}
