// SPDX-License-Identifier: BSD-3-Clause
// Looking at a tree, with the rules of the Resource Manager for lengths and cells.
#include "tree.h"

#include <string.h>

#define OLDEST_VERSION 16
#define LEAST_ROOM 1024 // for what is added
#define DEFAULT_ADDRESS_CELLS 2
#define DEFAULT_SIZE_CELLS 1

// ---- opening

/** libfdt looks for the end of a property's name at each use of it: a tree could make that as slow as it likes. */
static bool names_are_short(const void *blob)
{
    const char *strings = (const char *)blob + fdt_off_dt_strings(blob);
    uint32_t length = 0;
    for (uint32_t i = 0; i < fdt_size_dt_strings(blob); i++) {
        length = strings[i] == '\0' ? 0 : length + 1;
        if (length == TREE_MAX_PATH)
            return false;
    }
    return true;
}

/** Lengths are checked before anything is asked that adds them up: one that is negative may lead back, for ever. */
static bool lengths_are_right(const void *blob)
{
    int offset = 0;
    int next;
    for (uint32_t tag = fdt_next_tag(blob, 0, &next); tag != FDT_END; tag = fdt_next_tag(blob, offset, &next)) {
        int length = 0;
        if (tag == FDT_PROP && (fdt_get_property_by_offset(blob, offset, &length) == NULL || length < 0))
            return false;
        offset = next;
    }
    return true;
}

static enum gunyah_model_rm_reason check_bytes(const struct gunyah_model_rm_tree *from)
{
    const void *blob = from->bytes;
    if (from->size < sizeof(struct fdt_header) || fdt_magic(blob) != FDT_MAGIC || fdt_version(blob) < OLDEST_VERSION)
        return RM_TREE_BYTES;
    if (fdt_totalsize(blob) > from->size)
        return from->region > from->size ? RM_TREE_LARGE : RM_TREE_BYTES;
    if (fdt_check_header(blob) != 0 || !names_are_short(blob) || !lengths_are_right(blob) ||
        fdt_check_full(blob, fdt_totalsize(blob)) != 0 || fdt_get_name(blob, 0, NULL) == NULL)
        return RM_TREE_BYTES;
    return from->region - fdt_totalsize(blob) < LEAST_ROOM ? RM_TREE_ROOM : RM_FINE;
}

/** Depth and paths of all nodes, and which of them say that they are memory. */
static enum gunyah_model_rm_reason check_nodes(const struct tree *tree)
{
    uint32_t lengths[TREE_MAX_DEPTH + 1] = {0};
    int depth = 0;
    for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(tree->blob, node, &depth)) {
        if (depth > TREE_MAX_DEPTH)
            return RM_TREE_DEEP;
        int length;
        const char *name = fdt_get_name(tree->blob, node, &length);
        if (name == NULL)
            return RM_TREE_BYTES;
        lengths[depth] = depth == 0 ? 0 : lengths[depth - 1] + 1 + (uint32_t)length;
        if (lengths[depth] >= TREE_MAX_PATH)
            return RM_TREE_DEEP;
        bool is_memory = depth == 1 && gunyah_tree_same(name, "memory");
        if (!is_memory && gunyah_tree_is_read(tree, node) && gunyah_tree_is(tree, node, "device_type", "memory"))
            return RM_TREE_MEMORY_NODE;
    }
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_tree_open(struct tree *tree, const struct gunyah_model_rm_tree *from)
{
    *tree = (struct tree){
        .blob = from->bytes,
        .later = from->generation >= GUNYAH_RM_GENERATION_LATER,
        .trusted = from->trusted,
    };
    enum gunyah_model_rm_reason reason = check_bytes(from);
    if (reason == RM_FINE)
        reason = check_nodes(tree);
    if (reason != RM_FINE)
        return reason;
    tree->config = fdt_subnode_offset(tree->blob, 0, "gunyah-vm-config");
    if (tree->config < 0)
        tree->config = fdt_subnode_offset(tree->blob, 0, "qcom,vm-config");
    return tree->config < 0 || !gunyah_tree_is_read(tree, tree->config) ? RM_TREE_CONFIG : RM_FINE;
}

// ---- texts

bool gunyah_tree_has(const struct tree *tree, int node, const char *property)
{
    return fdt_getprop(tree->blob, node, property, NULL) != NULL;
}

bool gunyah_tree_is_read(const struct tree *tree, int node)
{
    return !tree->later || !gunyah_tree_has(tree, node, "status");
}

const char *gunyah_tree_string(const struct tree *tree, int node, const char *property)
{
    int length;
    const char *text = fdt_getprop(tree->blob, node, property, &length);
    return text != NULL && length > 0 && text[length - 1] == '\0' ? text : NULL;
}

bool gunyah_tree_same(const char *one, const char *other)
{
    size_t length = strlen(one);
    return length == strlen(other) && memcmp(one, other, length) == 0;
}

bool gunyah_tree_begins(const char *text, const char *beginning)
{
    size_t length = strlen(beginning);
    return strlen(text) >= length && memcmp(text, beginning, length) == 0;
}

bool gunyah_tree_is(const struct tree *tree, int node, const char *property, const char *value)
{
    const char *text = gunyah_tree_string(tree, node, property);
    return text != NULL && gunyah_tree_same(text, value);
}

int gunyah_tree_find(const struct tree *tree, const char *path)
{
    return path[0] == '/' ? fdt_path_offset(tree->blob, path) : -FDT_ERR_BADPATH;
}

bool gunyah_tree_compatible(const struct tree *tree, int node, const char *value)
{
    if (tree->later)
        return gunyah_tree_is(tree, node, "compatible", value);
    return fdt_stringlist_search(tree->blob, node, "compatible", value) >= 0;
}

// ---- numbers

bool gunyah_tree_cells(const struct tree *tree, int node, const char *property, uint32_t cells, uint64_t *value)
{
    int length;
    const fdt32_t *data = fdt_getprop(tree->blob, node, property, &length);
    if (data == NULL || cells == 0 || cells > 2 || (uint32_t)length != 4 * cells)
        return false;
    *value = fdt32_ld(data);
    if (cells == 2)
        *value = *value << 32 | fdt32_ld(data + 1);
    return true;
}

bool gunyah_tree_u32(const struct tree *tree, int node, const char *property, uint32_t *value)
{
    uint64_t number;
    if (!gunyah_tree_cells(tree, node, property, 1, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

bool gunyah_tree_u64(const struct tree *tree, int node, const char *property, uint64_t *value)
{
    return gunyah_tree_cells(tree, node, property, 2, value);
}

static uint32_t cells_of(const void *blob, int node, const char *property, uint32_t otherwise)
{
    int length;
    const fdt32_t *data = node >= 0 ? fdt_getprop(blob, node, property, &length) : NULL;
    return data != NULL && length == 4 ? fdt32_ld(data) : otherwise;
}

uint32_t gunyah_tree_address_cells(const void *blob, int node)
{
    return cells_of(blob, node, "#address-cells", DEFAULT_ADDRESS_CELLS);
}

uint32_t gunyah_tree_size_cells(const void *blob, int node)
{
    return cells_of(blob, node, "#size-cells", DEFAULT_SIZE_CELLS);
}

bool gunyah_tree_address(const struct tree *tree, int node, const char *property, uint64_t *value)
{
    uint32_t cells = gunyah_tree_address_cells(tree->blob, fdt_parent_offset(tree->blob, node));
    return gunyah_tree_cells(tree, node, property, cells, value);
}

bool gunyah_tree_size(const struct tree *tree, int node, const char *property, uint64_t *value)
{
    uint32_t cells = gunyah_tree_size_cells(tree->blob, fdt_parent_offset(tree->blob, node));
    return gunyah_tree_cells(tree, node, property, cells, value);
}

bool gunyah_tree_label(const struct tree *tree, int node, uint32_t *label)
{
    return gunyah_tree_u32(tree, node, "qcom,label", label) || gunyah_tree_u32(tree, node, "label", label);
}

// ---- interrupts

static bool is_trigger(const struct tree *tree, uint32_t flags)
{
    return flags == 1 || flags == 4 || (tree->later && flags == 8);
}

bool gunyah_tree_interrupt(const struct tree *tree, int node, size_t i, uint32_t *virq, uint32_t *flags)
{
    // Shared, private, and the two kinds of the extended range: how many there are, and where they begin.
    static const uint32_t counts[] = {988, 16, 1024, 64};
    static const uint32_t firsts[] = {32, 16, 4096, 1056};
    int length;
    const fdt32_t *data = fdt_getprop(tree->blob, node, "interrupts", &length);
    if (data == NULL || length % TREE_SPECIFIER != 0 || (size_t)length / TREE_SPECIFIER <= i)
        return false;
    uint32_t class = fdt32_ld(data + 3 * i);
    uint32_t number = fdt32_ld(data + 3 * i + 1);
    uint32_t trigger = fdt32_ld(data + 3 * i + 2) & 0xf;
    if (class >= 4 || number >= counts[class] || !is_trigger(tree, trigger))
        return false;
    *virq = firsts[class] + number;
    *flags = trigger;
    return true;
}
