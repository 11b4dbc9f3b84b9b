// SPDX-License-Identifier: BSD-3-Clause
// Whether two trees have the same in them, one after the other: nodes, properties byte for byte, reserved memory. NOPs do not
// count, nor where the names of properties lie.
#ifndef SAME_TREE_H
#define SAME_TREE_H

#include <libfdt.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t same_next(const void *blob, int *offset, int *at)
{
    uint32_t tag;

    do {
        *at = *offset;
        tag = fdt_next_tag(blob, *at, offset);
    } while (tag == FDT_NOP);
    return tag;
}

// Returns what is not the same of two properties, or null.
static inline const char *same_property(const void *one, int at, const void *other, int other_at)
{
    const char *names[2];
    int lengths[2];
    const void *const value = fdt_getprop_by_offset(one, at, &names[0], &lengths[0]);
    const void *const copy = fdt_getprop_by_offset(other, other_at, &names[1], &lengths[1]);

    if (strcmp(names[0], names[1]) != 0)
        return "the name of a property";
    if (lengths[0] != lengths[1] || memcmp(value, copy, (size_t)lengths[0]) != 0)
        return "the value of a property";
    return NULL;
}

static inline const char *same_reserved(const void *one, const void *other)
{
    const int entries = fdt_num_mem_rsv(one);
    uint64_t ranges[2][2];

    if (fdt_num_mem_rsv(other) != entries)
        return "how much memory is reserved";
    for (int i = 0; i < entries; i++) {
        fdt_get_mem_rsv(one, i, &ranges[0][0], &ranges[0][1]);
        fdt_get_mem_rsv(other, i, &ranges[1][0], &ranges[1][1]);
        if (memcmp(ranges[0], ranges[1], sizeof(ranges[0])) != 0)
            return "reserved memory";
    }
    return NULL;
}

// Returns what is not the same of two trees, or null.
static inline const char *same_tree(const void *one, const void *other)
{
    const char *difference = same_reserved(one, other);
    int offsets[2] = {0, 0};
    int at[2];
    uint32_t tag = FDT_NOP;

    if (fdt_boot_cpuid_phys(one) != fdt_boot_cpuid_phys(other))
        return "the CPU that boots";
    while (difference == NULL && tag != FDT_END) {
        tag = same_next(one, &offsets[0], &at[0]);
        if (same_next(other, &offsets[1], &at[1]) != tag)
            return "the structure";
        if (tag == FDT_BEGIN_NODE && strcmp(fdt_get_name(one, at[0], NULL), fdt_get_name(other, at[1], NULL)) != 0)
            return "the name of a node";
        if (tag == FDT_PROP)
            difference = same_property(one, at[0], other, at[1]);
    }
    return difference;
}

#endif
