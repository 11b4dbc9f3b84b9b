// SPDX-License-Identifier: BSD-3-Clause
// What the device tree of a VM asks for. Drivers of Android 14 do not survive functions that are not in it: a doorbell that
// never appears leaves its entry in an eventfd's queue, and a vCPU that there is not is completed when the VM ends.
#include "linux_internal.h"

#if GUNYAH_HAS_DEVICE_TREE

#include <libfdt.h>
#include <limits.h>
#include <string.h>

bool gunyah_internal_linux_is_tree(const void *memory, uint64_t size)
{
    return size <= INT_MAX && size >= sizeof(struct fdt_header) && fdt_check_full(memory, (size_t)size) == 0;
}

static bool is(const void *tree, int node, const char *property, const char *value)
{
    int length;
    const char *found = fdt_getprop(tree, node, property, &length);

    return found != NULL && length == (int)strlen(value) + 1 && memcmp(found, value, (size_t)length) == 0;
}

uint32_t gunyah_internal_linux_tree_vcpus(const void *tree)
{
    uint32_t count = 0;
    int node;

    fdt_for_each_subnode(node, tree, fdt_path_offset(tree, "/cpus"))
    {
        if (is(tree, node, "device_type", "cpu"))
            count++;
    }
    return count;
}

// The vendor's name of the property counts before the other one, for the Resource Manager too.
static bool has_label(const void *tree, int node, uint32_t label)
{
    int length;
    const void *found = fdt_getprop(tree, node, "qcom,label", &length);

    if (found == NULL)
        found = fdt_getprop(tree, node, "label", &length);
    return found != NULL && length == (int)sizeof(fdt32_t) && fdt32_ld(found) == label;
}

bool gunyah_internal_linux_tree_has_doorbell(const void *tree, uint32_t label)
{
    for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
        if (is(tree, node, "vdevice-type", "doorbell") && has_label(tree, node, label))
            return true;
    }
    return false;
}

#else

bool gunyah_internal_linux_is_tree(const void *memory, uint64_t size)
{
    (void)memory;
    (void)size;
    return true;
}

uint32_t gunyah_internal_linux_tree_vcpus(const void *tree)
{
    (void)tree;
    return UINT32_MAX;
}

bool gunyah_internal_linux_tree_has_doorbell(const void *tree, uint32_t label)
{
    (void)tree;
    (void)label;
    return true;
}

#endif
