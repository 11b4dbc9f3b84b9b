// SPDX-License-Identifier: BSD-3-Clause
// Properties as the Resource Manager reads them: what has another length than it expects is not there.
#include "lint.h"

#include <string.h>

static const uint8_t *bytes(const struct linter *linter, int node, const char *name, uint32_t *length)
{
    int found = 0;
    const uint8_t *const data = fdt_getprop(linter->dt.blob, node, name, &found);

    *length = data != NULL ? (uint32_t)found : 0;
    return data;
}

static uint64_t big_endian(const uint8_t *data, uint32_t length)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < length; i++)
        value = value << 8 | data[i];
    return value;
}

bool gunyah_view_has(const struct linter *linter, int node, const char *name)
{
    return fdt_getprop(linter->dt.blob, node, name, NULL) != NULL;
}

uint32_t gunyah_view_length(const struct linter *linter, int node, const char *name)
{
    uint32_t length;

    bytes(linter, node, name, &length);
    return length;
}

bool gunyah_view_cells(const struct linter *linter, int node, const char *name, uint32_t cells, uint64_t *value)
{
    uint32_t length;
    const uint8_t *const data = bytes(linter, node, name, &length);

    if (data == NULL || cells == 0 || cells > 2 || length != 4 * cells)
        return false;
    *value = big_endian(data, length);
    return true;
}

bool gunyah_view_u32(const struct linter *linter, int node, const char *name, uint32_t *value)
{
    uint64_t wide;

    if (!gunyah_view_cells(linter, node, name, 1, &wide))
        return false;
    *value = (uint32_t)wide;
    return true;
}

bool gunyah_view_u64(const struct linter *linter, int node, const char *name, uint64_t *value)
{
    return gunyah_view_cells(linter, node, name, 2, value);
}

bool gunyah_view_address(const struct linter *linter, const char *name, uint64_t *value)
{
    return gunyah_view_cells(linter, gunyah_lint_node(linter), name, gunyah_lint_parent(linter)->address_cells, value);
}

bool gunyah_view_size(const struct linter *linter, const char *name, uint64_t *value)
{
    return gunyah_view_cells(linter, gunyah_lint_node(linter), name, gunyah_lint_parent(linter)->size_cells, value);
}

struct cells gunyah_view_array(const struct linter *linter, int node, const char *name)
{
    struct cells cells = {NULL, 0};

    cells.data = bytes(linter, node, name, &cells.count);
    cells.count /= 4;
    return cells;
}

uint32_t gunyah_view_at(const struct cells *cells, uint32_t index)
{
    return (uint32_t)big_endian(cells->data + 4 * (size_t)index, 4);
}

const char *gunyah_view_string(const struct linter *linter, int node, const char *name)
{
    uint32_t length;
    const char *const string = (const char *)bytes(linter, node, name, &length);

    return length > 0 && string[length - 1] == '\0' ? string : NULL;
}

bool gunyah_view_same(const char *one, const char *other)
{
    const size_t size = strlen(one) + 1;

    return size == strlen(other) + 1 && memcmp(one, other, size) == 0;
}

bool gunyah_view_is(const struct linter *linter, int node, const char *name, const char *string)
{
    const char *const found = gunyah_view_string(linter, node, name);

    return found != NULL && gunyah_view_same(found, string);
}

bool gunyah_view_compatible_any(const struct linter *linter, int node, const char *compatible)
{
    return fdt_node_check_compatible(linter->dt.blob, node, compatible) == 0;
}

bool gunyah_view_compatible_first(const struct linter *linter, int node, const char *compatible)
{
    return gunyah_view_is(linter, node, "compatible", compatible);
}

bool gunyah_view_label(const struct linter *linter, int node, uint32_t *label)
{
    return gunyah_view_u32(linter, node, "qcom,label", label) || gunyah_view_u32(linter, node, "label", label);
}

int gunyah_view_controller(const struct linter *linter, int config)
{
    const void *const blob = linter->dt.blob;
    const int interrupts = config >= 0 ? fdt_subnode_offset(blob, config, "interrupts") : config;
    uint32_t phandle;

    if (interrupts >= 0) {
        if (gunyah_view_u32(linter, interrupts, "config", &phandle))
            return fdt_node_offset_by_phandle(blob, phandle);
        const char *const path = gunyah_view_string(linter, interrupts, "config");
        // Without a slash, libfdt would look for an alias, and aliases may go in circles.
        if (path != NULL)
            return path[0] == '/' ? fdt_path_offset(blob, path) : -FDT_ERR_BADPATH;
    }
    if (gunyah_view_u32(linter, 0, "interrupt-parent", &phandle))
        return fdt_node_offset_by_phandle(blob, phandle);
    return -FDT_ERR_NOTFOUND;
}
