// SPDX-License-Identifier: BSD-3-Clause
// What memory a VM has, and whom it shares it with: /memory and /reserved-memory.
#include "tree.h"

/** A tree that is being written, and from what. */
struct writing {
    const struct tree *tree;
    const struct gunyah_model_tree *from;
    const struct gunyah_model_rm_made *made;
    struct tree_writer *to;
    int reserved; // /reserved-memory of tree; negative: none
    uint32_t address_cells;
    uint32_t size_cells;
};

static void append_range(struct tree_writer *to, int node, uint32_t address_cells, uint32_t size_cells,
                         const struct gunyah_model_rm_memory *memory)
{
    gunyah_tree_append(to, node, "reg", address_cells, memory->ipa);
    gunyah_tree_append(to, node, "reg", size_cells, memory->size);
}

/** Entry i and those behind it that came with the same parcel. */
static uint32_t group_size(const struct gunyah_model_rm_made *made, uint32_t i)
{
    uint32_t end = i;
    while (end < made->memory_count && made->memory[end].handle == made->memory[i].handle)
        end++;
    return end - i;
}

// ---- memory that the tree itself reserves

/** reg of a node as one range. False: it has none. */
static bool range_of(const struct writing *w, int node, struct gunyah_model_rm_memory *range)
{
    int length;
    const fdt32_t *reg = fdt_getprop(w->tree->blob, node, "reg", &length);
    uint32_t address_cells = gunyah_tree_address_cells(w->tree->blob, w->reserved);
    uint32_t size_cells = gunyah_tree_size_cells(w->tree->blob, w->reserved);
    if (reg == NULL || address_cells == 0 || size_cells == 0 || address_cells > 2 || size_cells > 2 ||
        (uint32_t)length != 4 * (address_cells + size_cells))
        return false;
    range->ipa = fdt32_ld(reg);
    if (address_cells == 2)
        range->ipa = range->ipa << 32 | fdt32_ld(reg + 1);
    range->size = fdt32_ld(reg + address_cells);
    if (size_cells == 2)
        range->size = range->size << 32 | fdt32_ld(reg + address_cells + 1);
    return true;
}

/** The parcel that a node is about: that with its label, or that with exactly its range. NULL: none. */
static const struct gunyah_model_rm_memory *parcel_of(const struct writing *w, int node)
{
    uint32_t label;
    struct gunyah_model_rm_memory range;
    bool has_label = gunyah_tree_u32(w->tree, node, "qcom,label", &label);
    if (!has_label && !range_of(w, node, &range))
        return NULL;
    for (uint32_t i = 0; i < w->made->memory_count; i += group_size(w->made, i)) {
        const struct gunyah_model_rm_memory *memory = &w->made->memory[i];
        bool is_range =
            !has_label && group_size(w->made, i) == 1 && memory->ipa == range.ipa && memory->size == range.size;
        if (!memory->own && (has_label ? memory->label == label : is_range))
            return memory;
    }
    return NULL;
}

static void annotate(const struct writing *w, int source, const struct gunyah_model_rm_memory *memory)
{
    struct tree_writer *to = w->to;
    int parent = gunyah_tree_child(to, 0, "reserved-memory");
    int node = gunyah_tree_child(to, parent, fdt_get_name(w->tree->blob, source, NULL));
    uint32_t phandle;
    if (to->error != 0)
        return;
    gunyah_tree_put_u32(to, node, "qcom,rm-mem-handle", memory->handle);
    if (fdt_get_phandle(to->blob, node) == 0 && fdt_generate_phandle(to->blob, &phandle) == 0)
        gunyah_tree_put_u32(to, node, "phandle", phandle);
    if (!gunyah_tree_has(w->tree, source, "reg"))
        append_range(to, node, gunyah_tree_address_cells(w->tree->blob, w->reserved),
                     gunyah_tree_size_cells(w->tree->blob, w->reserved), memory);
}

/** With demand paging, a range without a label and a parcel is memory that comes when it is touched. */
static enum gunyah_model_rm_reason check_node(const struct writing *w, int node)
{
    const struct gunyah_model_rm_memory *memory = parcel_of(w, node);
    bool has_label = gunyah_tree_has(w->tree, node, "qcom,label");
    if (!gunyah_tree_is_read(w->tree, node) || gunyah_tree_has(w->tree, node, "qcom,target-vmid"))
        return RM_FINE;
    if (memory == NULL && !has_label && gunyah_tree_has(w->tree, node, "reg") && !(w->tree->later && w->made->paged))
        return RM_START_TREE_RESERVED;
    if (memory != NULL && !memory->exclusive && gunyah_tree_has(w->tree, node, "reusable"))
        return RM_START_TREE_REUSABLE;
    if (memory != NULL)
        annotate(w, node, memory);
    return RM_FINE;
}

static enum gunyah_model_rm_reason write_reserved(const struct writing *w)
{
    enum gunyah_model_rm_reason reason = RM_FINE;
    if (w->reserved < 0)
        return RM_FINE;
    for (int node = fdt_first_subnode(w->tree->blob, w->reserved); node >= 0 && reason == RM_FINE && w->to->error == 0;
         node = fdt_next_subnode(w->tree->blob, node))
        reason = check_node(w, node);
    return reason;
}

// ---- parcels that the tree does not know

uint32_t gunyah_tree_parcel_phandle(const void *blob, uint32_t handle)
{
    const struct tree tree = {.blob = blob};
    int parent = fdt_subnode_offset(blob, 0, "reserved-memory");
    uint32_t found;
    if (parent < 0)
        return 0;
    for (int node = fdt_first_subnode(blob, parent); node >= 0; node = fdt_next_subnode(blob, node)) {
        if (gunyah_tree_u32(&tree, node, "qcom,rm-mem-handle", &found) && found == handle)
            return fdt_get_phandle(blob, node);
    }
    return 0;
}

/** What the virtual device pushes that wants the memory. */
static void push_compatible(const struct writing *w, int node, uint32_t label)
{
    for (uint32_t i = 0; i < w->made->device_count; i++) {
        const struct gunyah_model_rm_vdevice *wanted = &w->made->devices[i].wanted;
        int length;
        const void *pushed = fdt_getprop(w->tree->blob, w->from->nodes[i], "push-compatible", &length);
        if (wanted->type != GUNYAH_MODEL_RM_SHM || wanted->label != label || pushed == NULL)
            continue;
        gunyah_tree_put_bytes(w->to, node, "compatible", pushed, (size_t)length);
        return;
    }
}

static void write_buffer(const struct writing *w, const struct gunyah_model_rm_memory *memory, uint32_t count)
{
    struct tree_writer *to = w->to;
    uint32_t phandle = 0;
    int node = gunyah_tree_make(to, "/reserved-memory/buffer", 1, memory->ipa);
    int parent = fdt_subnode_offset(to->blob, 0, "reserved-memory");
    for (uint32_t i = 0; i < count && to->error == 0; i++)
        append_range(to, node, gunyah_tree_address_cells(to->blob, parent), gunyah_tree_size_cells(to->blob, parent),
                     &memory[i]);
    gunyah_tree_put_flag(to, node, "qcom,shared-memory");
    gunyah_tree_put_flag(to, node, "no-map");
    for (uint32_t i = 0; i < memory->vmid_count && to->error == 0; i++)
        gunyah_tree_append(to, node, "peers", 1, memory->vmids[i]);
    gunyah_tree_put_u32(to, node, "qcom,rm-mem-handle", memory->handle);
    if (to->error == 0)
        to->error = fdt_generate_phandle(to->blob, &phandle);
    gunyah_tree_put_u32(to, node, "phandle", phandle);
    gunyah_tree_put_u32(to, node, "qcom,label", memory->label);
    push_compatible(w, node, memory->label);
}

static void write_firmware(const struct writing *w, const struct gunyah_model_rm_memory *memory)
{
    struct tree_writer *to = w->to;
    int node = gunyah_tree_make(to, "/reserved-memory/firmware", 1, memory->ipa);
    int parent = fdt_subnode_offset(to->blob, 0, "reserved-memory");
    append_range(to, node, gunyah_tree_address_cells(to->blob, parent), gunyah_tree_size_cells(to->blob, parent),
                 memory);
    gunyah_tree_put_flag(to, node, "no-map");
    gunyah_tree_put_string(to, node, "compatible", "qcom,vm-firmware");
}

/** The node that the tree may have already, with the cells of the root. */
static void write_reserved_memory(const struct writing *w)
{
    if (w->reserved >= 0)
        return;
    int node = gunyah_tree_child(w->to, 0, "reserved-memory");
    gunyah_tree_put_u32(w->to, node, "#address-cells", w->address_cells);
    gunyah_tree_put_u32(w->to, node, "#size-cells", w->size_cells);
    gunyah_tree_put_flag(w->to, node, "ranges");
}

static void write_parcels(const struct writing *w)
{
    const struct gunyah_model_rm_made *made = w->made;
    write_reserved_memory(w);
    for (uint32_t i = 0; i < made->memory_count && w->to->error == 0; i += group_size(made, i)) {
        const struct gunyah_model_rm_memory *memory = &made->memory[i];
        if (memory->firmware)
            write_firmware(w, memory);
        else if (!memory->own && !memory->devices && gunyah_tree_parcel_phandle(w->to->blob, memory->handle) == 0)
            write_buffer(w, memory, group_size(made, i));
    }
}

// ---- /memory

/** Does a later generation leave it out of /memory? Firmware, and what the tree says nobody may map. */
static bool is_left_out(const struct writing *w, const struct gunyah_model_rm_memory *memory)
{
    if (memory->devices || memory->firmware)
        return true;
    for (int node = w->reserved >= 0 ? fdt_first_subnode(w->tree->blob, w->reserved) : w->reserved; node >= 0;
         node = fdt_next_subnode(w->tree->blob, node)) {
        const struct gunyah_model_rm_memory *parcel =
            gunyah_tree_has(w->tree, node, "no-map") ? parcel_of(w, node) : NULL;
        if (parcel != NULL && parcel->handle == memory->handle)
            return true;
    }
    return false;
}

/** The next range of the later generation: sorted, and with its neighbours. False: there are no more. */
static bool next_merged(const struct writing *w, struct gunyah_model_rm_memory *range)
{
    const struct gunyah_model_rm_made *made = w->made;
    uint64_t from = range->ipa + range->size;
    bool found = false;
    for (uint32_t i = 0; i < made->memory_count; i++) {
        const struct gunyah_model_rm_memory *memory = &made->memory[i];
        if (memory->ipa >= from && (!found || memory->ipa < range->ipa) && !is_left_out(w, memory)) {
            range->ipa = memory->ipa;
            range->size = memory->size;
            found = true;
        }
    }
    return found;
}

static void write_merged(const struct writing *w, int node)
{
    struct gunyah_model_rm_memory next = {.ipa = 0};
    struct gunyah_model_rm_memory range = {.size = 0};
    while (w->to->error == 0 && next_merged(w, &next)) {
        if (range.size != 0 && range.ipa + range.size == next.ipa) {
            range.size += next.size;
            continue;
        }
        if (range.size != 0)
            append_range(w->to, node, w->address_cells, w->size_cells, &range);
        range = next;
    }
    if (range.size != 0)
        append_range(w->to, node, w->address_cells, w->size_cells, &range);
}

static void append_memory(const struct writing *w, int node, bool own)
{
    for (uint32_t i = 0; i < w->made->memory_count && w->to->error == 0; i++) {
        const struct gunyah_model_rm_memory *memory = &w->made->memory[i];
        if (memory->own == own && !memory->devices)
            append_range(w->to, node, w->address_cells, w->size_cells, memory);
    }
}

static void write_memory(const struct writing *w)
{
    int node = gunyah_tree_child(w->to, 0, "memory");
    gunyah_tree_put_flag(w->to, node, "reg");
    gunyah_tree_put_string(w->to, node, "device_type", "memory");
    if (w->tree->later) {
        write_merged(w, node);
        return;
    }
    // In the order of acceptance: what is the VM's own comes first.
    append_memory(w, node, true);
    append_memory(w, node, false);
}

enum gunyah_model_rm_reason gunyah_tree_write_memory(const struct tree *tree, const struct gunyah_model_tree *from,
                                                     const struct gunyah_model_rm_made *made, struct tree_writer *to)
{
    const struct writing w = {
        .tree = tree,
        .from = from,
        .made = made,
        .to = to,
        .reserved = fdt_subnode_offset(tree->blob, 0, "reserved-memory"),
        .address_cells = gunyah_tree_address_cells(tree->blob, 0),
        .size_cells = gunyah_tree_size_cells(tree->blob, 0),
    };
    write_memory(&w);
    enum gunyah_model_rm_reason reason = write_reserved(&w);
    if (reason == RM_FINE)
        write_parcels(&w);
    return reason;
}
