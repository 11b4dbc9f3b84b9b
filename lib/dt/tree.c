// SPDX-License-Identifier: BSD-3-Clause
// Opening a tree: afterwards, libfdt can be asked anything about it, in bounded time.
#include "tree.h"

#include <string.h>

#define HEADER_SIZE sizeof(struct fdt_header)
#define OLDEST_VERSION 16

enum gunyah_error gunyah_internal_dt_fail(struct gunyah_dt *dt, enum gunyah_error error, int node, const char *property,
                                          const char *text)
{
    struct gunyah_dt_problem *problem = &dt->problem;

    problem->path[0] = '\0';
    problem->property = property;
    problem->text = text;
    if (node < 0 || fdt_get_path(dt->blob, node, problem->path, sizeof(problem->path)) == 0)
        return error;
    int length;
    const char *name = fdt_get_name(dt->blob, node, &length);
    const size_t size = name != NULL && (size_t)length < sizeof(problem->path) ? (size_t)length : 0;
    if (size > 0)
        memcpy(problem->path, name, size);
    problem->path[size] = '\0';
    return error;
}

const struct gunyah_dt_problem *gunyah_dt_last_problem(const struct gunyah_dt *dt)
{
    return dt != NULL ? &dt->problem : NULL;
}

// libfdt looks for the end of a property's name at every use of it: a tree could make that as slow as it likes.
static bool names_are_short(const void *blob)
{
    const char *strings = (const char *)blob + fdt_off_dt_strings(blob);
    size_t length = 0;

    for (uint32_t i = 0; i < fdt_size_dt_strings(blob); i++) {
        length = strings[i] == '\0' ? 0 : length + 1;
        if (length == GUNYAH_DT_MAX_NAME)
            return false;
    }
    return true;
}

// The root comes first, nothing is too deep, and what libfdt looks at is good. Some versions of that take a property of a negative
// length for a good one: it may lead back, and round for ever. Returns what is wrong, or null.
static const char *structure_is_wrong(const void *blob, size_t size)
{
    int depth = -1;
    int offset = 0;
    int length;
    int next;

    if (fdt_get_name(blob, 0, NULL) == NULL)
        return "there is no root node";
    for (uint32_t tag = FDT_NOP; tag != FDT_END; offset = next) {
        tag = fdt_next_tag(blob, offset, &next);
        if (tag == FDT_BEGIN_NODE && ++depth > GUNYAH_DT_MAX_DEPTH)
            return "a node lies too deep";
        if (tag == FDT_END_NODE)
            depth--;
        if (tag == FDT_PROP && (fdt_getprop_by_offset(blob, offset, NULL, &length) == NULL || length < 0))
            return "its structure is damaged";
    }
    return fdt_check_full(blob, size) != 0 ? "its structure is damaged" : NULL;
}

// Returns what is wrong with the bytes, or null, and then how many there are.
static const char *bytes_are_wrong(const void *blob, size_t max_size, size_t *size)
{
    if (max_size < HEADER_SIZE)
        return "the memory is too small for any device tree";
    if (fdt_magic(blob) != FDT_MAGIC)
        return "this is no device tree: its magic number is wrong";
    if (fdt_version(blob) < OLDEST_VERSION)
        return "its version is older than 16";
    *size = fdt_totalsize(blob);
    if (*size > max_size)
        return "it is longer than the memory that it lies in";
    if (fdt_check_header(blob) != 0)
        return "its header contradicts itself";
    if (!names_are_short(blob))
        return "the name of a property is too long";
    return structure_is_wrong(blob, *size);
}

enum gunyah_error gunyah_dt_open(const void *dtb, size_t max_size, struct gunyah_dt *dt)
{
    if (dt == NULL)
        return GUNYAH_ERR_NULL;
    memset(dt, 0, sizeof(*dt));
    if (dtb == NULL)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_NULL, -1, NULL, "there is no device tree");
    if ((uintptr_t)dtb % 8 != 0)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_ARGUMENT_ALIGNMENT, -1, NULL, "it is not aligned to 8 bytes");
    size_t size;
    const char *wrong = bytes_are_wrong(dtb, max_size, &size);
    if (wrong != NULL)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_DEVICE_TREE, -1, NULL, wrong);
    dt->blob = dtb;
    dt->size = size;
    return GUNYAH_OK;
}
