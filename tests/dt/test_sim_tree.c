// SPDX-License-Identifier: BSD-3-Clause
// What the simulator's Resource Manager writes into a VM's tree, next to what the real one wrote.
#include "sim_tree.h"

static struct made made;

static void tear_down(void)
{
    made_close(&made);
}

static bool differs_by_chance(const char *property)
{
    return strcmp(property, "kaslr-seed") == 0;
}

// The properties of two nodes, in their order.
static void compare_properties(const void *one, int first, const void *other, int second, const char *path)
{
    int a = fdt_first_property_offset(one, first);
    int b = fdt_first_property_offset(other, second);

    while (a >= 0 && b >= 0) {
        const char *name;
        const char *wanted;
        int size;
        int length;
        const void *value = fdt_getprop_by_offset(one, a, &name, &size);
        const void *right = fdt_getprop_by_offset(other, b, &wanted, &length);
        cr_assert_str_eq(name, wanted, "%s: %s where %s is to be", path, name, wanted);
        cr_assert_eq(size, length, "%s: %s has %d bytes", path, name, size);
        if (!differs_by_chance(name))
            cr_assert_arr_eq(value, right, (size_t)size, "%s: %s", path, name);
        a = fdt_next_property_offset(one, a);
        b = fdt_next_property_offset(other, b);
    }
    cr_assert_eq(a, b, "%s: one has more properties", path);
}

// The next node and its path; negative behind the last one.
static int next(const void *blob, int node, int *depth, char path[256])
{
    node = fdt_next_node(blob, node, depth);
    if (node < 0 || *depth < 0)
        return -1;
    cr_assert_eq(fdt_get_path(blob, node, path, 256), 0);
    return node;
}

// All nodes of two trees, in their order.
static void compare(const void *one, const void *other)
{
    char path[256] = "/";
    char wanted[256] = "/";
    int first = 0;
    int second = 0;
    int depth = 0;
    int level = 0;

    while (first >= 0 && second >= 0) {
        cr_assert_str_eq(path, wanted);
        compare_properties(one, first, other, second, path);
        first = next(one, first, &depth, path);
        second = next(other, second, &level, wanted);
    }
    cr_assert_eq(first, second, "one has more nodes");
}

Test(dt_sim_tree, as_the_real_one_wrote_it, .fini = tear_down)
{
    struct tree real;

    made_open(&made, GUNYAH_RM_GENERATION_2023);
    made_load(&made, MADE("sim/recorded"));
    made_allocate(&made);
    made_share(&made, 5);
    cr_assert_eq(made_init(&made, 1), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(made_start(&made), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    tree_load(&real, REAL("secondary-vm-two-doorbells-shm"));
    compare(made_tree(), real.bytes);
}
