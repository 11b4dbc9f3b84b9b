// SPDX-License-Identifier: BSD-3-Clause
// gunyah_dt_open(): what is a device tree, and what only looks like one.
#include "trees.h"

#include <libfdt.h>
#include <string.h>

static struct tree tree;
static struct gunyah_dt dt;

static enum gunyah_error open_tree(void)
{
    return gunyah_dt_open(tree.bytes, tree.size, &dt);
}

static void expect_refused(const char *text)
{
    cr_expect_eq(open_tree(), GUNYAH_ERR_DEVICE_TREE, "%s", text);
    cr_assert(gunyah_dt_last_problem(&dt)->text != NULL, "%s", text);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->text, text);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, "");
    cr_expect_null(gunyah_dt_last_problem(&dt)->property);
}

Test(dt_open, real_trees)
{
    static const char *const paths[] = {
        REAL("stock-production"), REAL("stock-debug"), REAL("priv-production"),
        REAL("priv-debug"),       REAL("input-virt"),  REAL("secondary-vm-two-doorbells-shm"),
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        tree_open(&tree, paths[i], &dt);
        cr_expect_null(gunyah_dt_last_problem(&dt)->text);
    }
}

Test(dt_open, bad_pointers)
{
    tree_load(&tree, REAL("stock-debug"));
    cr_expect_eq(gunyah_dt_open(tree.bytes, tree.size, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_open(NULL, tree.size, &dt), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_open(tree.bytes + 4, tree.size, &dt), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    cr_expect_null(gunyah_dt_last_problem(NULL));
}

Test(dt_open, more_memory_than_the_tree_takes)
{
    tree_load(&tree, REAL("stock-debug"));
    cr_expect_eq(gunyah_dt_open(tree.bytes, sizeof(tree.bytes), &dt), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_open(tree.bytes, SIZE_MAX, &dt), GUNYAH_OK);
}

Test(dt_open, cut_off_anywhere)
{
    struct tree part;

    tree_load(&tree, REAL("secondary-vm-two-doorbells-shm"));
    for (size_t size = 0; size < tree.size; size++) {
        memset(part.bytes, 0xff, sizeof(part.bytes));
        memcpy(part.bytes, tree.bytes, size);
        cr_expect_eq(gunyah_dt_open(part.bytes, size, &dt), GUNYAH_ERR_DEVICE_TREE, "%zu bytes", size);
    }
    tree.size = 39;
    expect_refused("the memory is too small for any device tree");
    tree.size = 40;
    expect_refused("it is longer than the memory that it lies in");
}

Test(dt_open, another_magic_number)
{
    tree_load(&tree, REAL("stock-debug"));
    tree.bytes[0] ^= 1;
    expect_refused("this is no device tree: its magic number is wrong");
    // A tree that is being written has one of its own.
    fdt_set_magic(tree.bytes, ~FDT_MAGIC);
    expect_refused("this is no device tree: its magic number is wrong");
}

Test(dt_open, versions)
{
    tree_load(&tree, REAL("stock-debug"));
    fdt_set_version(tree.bytes, 16);
    fdt_set_last_comp_version(tree.bytes, 16);
    cr_expect_eq(open_tree(), GUNYAH_OK);
    fdt_set_version(tree.bytes, 15);
    fdt_set_last_comp_version(tree.bytes, 15);
    expect_refused("its version is older than 16");
    fdt_set_version(tree.bytes, 18);
    fdt_set_last_comp_version(tree.bytes, 18);
    expect_refused("its header contradicts itself");
    // A newer version that says that it can be read as this one.
    fdt_set_last_comp_version(tree.bytes, 16);
    cr_expect_eq(open_tree(), GUNYAH_OK);
}

Test(dt_open, blocks_outside_of_the_tree)
{
    tree_load(&tree, REAL("stock-debug"));
    fdt_set_off_dt_strings(tree.bytes, (uint32_t)tree.size);
    expect_refused("its header contradicts itself");
    tree_load(&tree, REAL("stock-debug"));
    fdt_set_size_dt_strings(tree.bytes, UINT32_MAX);
    expect_refused("its header contradicts itself");
    tree_load(&tree, REAL("stock-debug"));
    fdt_set_off_dt_struct(tree.bytes, UINT32_MAX - 3);
    expect_refused("its header contradicts itself");
}

// Where the structure block has this tag first: before any data that looks like it.
static uint32_t *find_tag(uint32_t wanted)
{
    uint32_t *tags = (uint32_t *)(void *)(tree.bytes + fdt_off_dt_struct(tree.bytes));

    while (fdt32_to_cpu(*tags) != wanted)
        tags++;
    return tags;
}

// An empty tree whose root is written by hand.
static void begin(void)
{
    cr_assert_eq(fdt_create(tree.bytes, sizeof(tree.bytes)), 0);
    cr_assert_eq(fdt_finish_reservemap(tree.bytes), 0);
    cr_assert_eq(fdt_begin_node(tree.bytes, ""), 0);
}

static void finish(void)
{
    cr_assert_eq(fdt_end_node(tree.bytes), 0);
    cr_assert_eq(fdt_finish(tree.bytes), 0);
    tree.size = fdt_totalsize(tree.bytes);
}

Test(dt_open, damaged_structure)
{
    begin();
    finish();
    *find_tag(FDT_END_NODE) = cpu_to_fdt32(FDT_NOP);
    expect_refused("its structure is damaged");
    tree_load(&tree, REAL("stock-debug"));
    // The length of a property.
    find_tag(FDT_PROP)[1] = cpu_to_fdt32(0x7fffffff);
    expect_refused("its structure is damaged");
    // Negative: on, back to itself, and to what comes before it.
    for (uint32_t length = UINT32_MAX; length >= 0xffffff00; length--) {
        find_tag(FDT_PROP)[1] = cpu_to_fdt32(length);
        expect_refused("its structure is damaged");
    }
    tree_load(&tree, REAL("stock-debug"));
    // Its name, outside of the strings.
    find_tag(FDT_PROP)[2] = cpu_to_fdt32(0x7fffffff);
    expect_refused("its structure is damaged");
}

static void nest(int depth)
{
    begin();
    for (int i = 0; i < depth; i++)
        cr_assert_eq(fdt_begin_node(tree.bytes, "n"), 0);
    for (int i = 0; i < depth; i++)
        cr_assert_eq(fdt_end_node(tree.bytes), 0);
    finish();
}

Test(dt_open, depth)
{
    nest(0);
    cr_expect_eq(open_tree(), GUNYAH_OK);
    nest(GUNYAH_DT_MAX_DEPTH);
    cr_expect_eq(open_tree(), GUNYAH_OK);
    nest(GUNYAH_DT_MAX_DEPTH + 1);
    expect_refused("a node lies too deep");
    nest(2000);
    expect_refused("a node lies too deep");
}

Test(dt_open, names_of_properties)
{
    char name[GUNYAH_DT_MAX_NAME + 1];

    memset(name, 'x', sizeof(name));
    name[GUNYAH_DT_MAX_NAME - 1] = '\0';
    begin();
    cr_assert_eq(fdt_property_u32(tree.bytes, name, 1), 0);
    finish();
    cr_expect_eq(open_tree(), GUNYAH_OK);
    name[GUNYAH_DT_MAX_NAME - 1] = 'x';
    name[GUNYAH_DT_MAX_NAME] = '\0';
    begin();
    cr_assert_eq(fdt_property_u32(tree.bytes, name, 1), 0);
    finish();
    expect_refused("the name of a property is too long");
}

Test(dt_open, no_root)
{
    begin();
    finish();
    *find_tag(FDT_BEGIN_NODE) = cpu_to_fdt32(FDT_END);
    expect_refused("there is no root node");
}

// No byte can be changed so that anything worse than an error happens, whatever is asked afterwards.
Test(dt_open, flipped_bits)
{
    tree_load(&tree, REAL("secondary-vm-two-doorbells-shm"));
    unsigned refused = 0;
    for (size_t bit = 0; bit < 8 * tree.size; bit++) {
        tree.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        const enum gunyah_error error = open_tree();
        cr_expect(error == GUNYAH_OK || error == GUNYAH_ERR_DEVICE_TREE, "bit %zu", bit);
        refused += error != GUNYAH_OK;
        tree.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    cr_expect(refused > 0);
    cr_expect_eq(open_tree(), GUNYAH_OK);
}
