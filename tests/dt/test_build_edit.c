// SPDX-License-Identifier: BSD-3-Clause
// Trees that exist get a configuration, and keep all that they had.
#include "build_kit.h"
#include "same_tree.h"

#include <dirent.h>

static struct tree original;
static struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;

static enum gunyah_error edit(const struct gunyah_dt_config_options *with)
{
    return gunyah_dt_build_edit(&build, built.bytes, sizeof(built.bytes), original.bytes, original.size, with);
}

static void expect_refused(enum gunyah_error error, const struct gunyah_dt_config_options *with, const char *text)
{
    cr_expect_eq(edit(with), error, "%s", text);
    cr_expect_str_eq(gunyah_dt_build_last_problem(&build)->text, text);
    cr_expect_eq(gunyah_dt_build_finish(&build, &built.size), GUNYAH_ERR_HANDLE);
}

// ---- Nothing is lost ---------------------------------------------------------------------------------------------

// Whatever was added is gone by now.
static void expect_same(const char *name)
{
    const char *const difference = same_tree(original.bytes, built.bytes);

    cr_expect_null(difference, "%s: %s", name, difference);
}

// Take out what was added: NOPs are in its place.
static void take_out(const char *path)
{
    cr_assert_eq(fdt_nop_node(built.bytes, kit_node(path)), 0);
}

static bool has_gic(void)
{
    return fdt_node_offset_by_compatible(original.bytes, -1, "arm,gic-v3") >= 0;
}

static bool has_node(const char *path)
{
    return fdt_path_offset(original.bytes, path) >= 0;
}

static void add_to_it(const char *name)
{
    bell.name = "of-the-test";
    bell.label = 0x12345678;
    cr_assert_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_OK, "%s: %s", name,
                 gunyah_dt_build_last_problem(&build)->text);
    kit_finish();
}

// Returns what came of it.
static enum gunyah_error edit_and_compare(const char *name)
{
    const enum gunyah_error error = edit(&config);

    if (error == GUNYAH_OK) {
        add_to_it(name);
        kit_expect_flag(VDEVICES "/of-the-test", "peer-default", true);
        take_out(CONFIG);
        expect_same(name);
    } else if (error == GUNYAH_ERR_NOT_FOUND) {
        cr_expect_not(has_gic(), "%s", name);
    } else {
        cr_expect_eq(error, GUNYAH_ERR_IN_USE, "%s", name);
        cr_expect(has_node(CONFIG) || has_node("/qcom,vm-config"), "%s", name);
    }
    return error;
}

static bool join_and_compare(const char *name)
{
    if (edit(NULL) != GUNYAH_OK) {
        cr_expect_eq(edit(NULL), GUNYAH_ERR_NOT_FOUND, "%s", name);
        cr_expect_not(has_node(CONFIG) || has_node("/qcom,vm-config"), "%s", name);
        return false;
    }
    add_to_it(name);
    const char *const vdevices = has_node(CONFIG) ? VDEVICES : "/qcom,vm-config/vdevices";
    char path[64];
    snprintf(path, sizeof(path), "%s/of-the-test", vdevices);
    kit_expect_flag(path, "peer-default", true);
    take_out(has_node(vdevices) ? path : vdevices);
    expect_same(name);
    return true;
}

struct counts {
    unsigned edited;
    unsigned joined;
    unsigned without_gic;
};

// All trees of a folder that open.
static void compare_all(const char *folder, struct counts *counts)
{
    struct gunyah_dt dt;
    char path[512];
    DIR *const stream = opendir(folder);

    cr_assert(stream != NULL, "%s", folder);
    for (struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
        const size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 4, ".dtb") != 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        tree_load(&original, path);
        if (gunyah_dt_open(original.bytes, original.size, &dt) != GUNYAH_OK)
            continue;
        const enum gunyah_error error = edit_and_compare(entry->d_name);
        counts->edited += error == GUNYAH_OK;
        counts->without_gic += error == GUNYAH_ERR_NOT_FOUND;
        counts->joined += join_and_compare(entry->d_name);
    }
    closedir(stream);
}

Test(dt_build_edit, real_trees)
{
    struct counts counts = {0, 0, 0};

    compare_all(REAL_TREES, &counts);
    // The primary VM's, and one that the Resource Manager made.
    cr_expect_eq(counts.edited, 5);
    cr_expect_eq(counts.joined, 1);
    cr_expect_eq(counts.without_gic, 0);
}

Test(dt_build_edit, made_trees)
{
    struct counts counts = {0, 0, 0};

    compare_all(MADE_TREES, &counts);
    compare_all(MADE_TREES "/lint", &counts);
    compare_all(MADE_TREES "/edit", &counts);
    cr_expect_geq(counts.edited, 3);
    cr_expect_geq(counts.joined, 90);
    cr_expect_geq(counts.without_gic, 2);
}

// Memory that is reserved, symbols, phandles, initrd, CPUs, and a GIC below a bus.
Test(dt_build_edit, a_tree_with_everything)
{
    static const uint32_t map[] = {0, 1};

    tree_load(&original, MADE("edit/user"));
    config.affinity = GUNYAH_DT_AFFINITY_STATIC;
    config.affinity_map = map;
    config.affinity_count = 2;
    cr_assert_eq(edit_and_compare("user"), GUNYAH_OK);
    cr_expect_eq(fdt_num_mem_rsv(built.bytes), 2);
    cr_expect_eq(fdt_boot_cpuid_phys(built.bytes), 1);
    // Once more, to look at what was added.
    cr_assert_eq(edit(&config), GUNYAH_OK);
    kit_finish();
    kit_expect_string(CONFIG "/interrupts", "config", "/soc/interrupt-controller@3fff0000");
    kit_expect_cells(CONFIG "/vcpus", "affinity-map", map, 2);
    kit_expect_u64("/chosen", "linux,initrd-start", 0x88000000);
    // It comes last.
    int last = 0;
    int node;
    fdt_for_each_subnode(node, built.bytes, 0)
    {
        last = node;
    }
    cr_expect_str_eq(fdt_get_name(built.bytes, last, NULL), "gunyah-vm-config");
}

// ---- What it is about --------------------------------------------------------------------------------------------

Test(dt_build_edit, interrupt_controllers)
{
    tree_load(&original, MADE("edit/user"));
    // interrupt-parent leads to nothing: the first GICv3 then.
    const fdt32_t nowhere = cpu_to_fdt32(0x1234);
    cr_assert_eq(fdt_setprop_inplace(original.bytes, 0, "interrupt-parent", &nowhere, 4), 0);
    cr_assert_eq(edit(&config), GUNYAH_OK);
    kit_finish();
    kit_expect_string(CONFIG "/interrupts", "config", "/soc/first@10000000");
    tree_load(&original, MADE("lint/gic-compatible"));
    expect_refused(GUNYAH_ERR_NOT_FOUND, &config, "the tree has no GICv3");
}

Test(dt_build_edit, configurations)
{
    tree_load(&original, MADE("lint/good"));
    expect_refused(GUNYAH_ERR_IN_USE, &config, "the tree has a configuration already");
    tree_load(&original, MADE("edit/user"));
    expect_refused(GUNYAH_ERR_NOT_FOUND, NULL, "the tree has no configuration");
}

// What is in the tree counts for what is added.
Test(dt_build_edit, what_is_taken_already)
{
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;
    struct gunyah_dt_rtc rtc = GUNYAH_DT_RTC_INIT;

    tree_load(&original, MADE("lint/good"));
    cr_assert_eq(edit(NULL), GUNYAH_OK);
    bell.label = 2;
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/doorbell-2", "label", "another one of this type has it");
    bell.label = 20;
    bell.name = "serial";
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/serial", NULL, "another virtual device has this name");
    bell.name = NULL;
    bell.interrupt.virq = gunyah_virq(34);
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/doorbell-20", "interrupts", "another virtual device has it");
    shm.label = 7;
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    shm.label = 9; // of reserved memory, which comes before the configuration
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/shm-9/memory", "label", "another parcel has it");
    shm.label = 30;
    shm.address = 0x90000000;
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    shm.address = 0x7fc00000; // firmware
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    shm.address = 0x8ffff000; // memory
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    shm.address = 0xa0000000; // reserved memory
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/shm-30/memory", "base", "something else is there");
    shm.address = 0;
    shm.generate = "/hypervisor/shm";
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), GUNYAH_ERR_IN_USE);
    kit_finish();
    expect_same("good");
}

// A node beside the memory of a parcel does not hide its label.
Test(dt_build_edit, a_parcel_with_another_node)
{
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;

    tree_load(&original, MADE("lint/vdevice-subnode"));
    cr_assert_eq(edit(NULL), GUNYAH_OK);
    shm.label = 6;
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/shm-6/memory", "label", "another parcel has it");
}

// Their tool adds those.
Test(dt_build_edit, nodes_that_are_the_callers)
{
    struct gunyah_dt_device_node device = GUNYAH_DT_DEVICE_NODE_INIT;
    struct gunyah_dt_reserved reserved = GUNYAH_DT_RESERVED_INIT;

    tree_load(&original, MADE("edit/user"));
    cr_assert_eq(edit(&config), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_add_device(&build, &device), GUNYAH_ERR_UNSUPPORTED);
    kit_expect_problem(VDEVICES, NULL, "who made the tree adds this");
    cr_expect_eq(gunyah_dt_add_reserved(&build, &reserved), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_OK);
}

// ---- What is refused ---------------------------------------------------------------------------------------------

Test(dt_build_edit, bad_arguments)
{
    tree_load(&original, MADE("edit/user"));
    cr_expect_eq(gunyah_dt_build_edit(NULL, built.bytes, 4096, original.bytes, original.size, &config),
                 GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_edit(&build, NULL, 4096, original.bytes, original.size, &config), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_edit(&build, built.bytes, 4096, NULL, original.size, &config), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_edit(&build, built.bytes + 4, 4096, original.bytes, original.size, &config),
                 GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    cr_expect_eq(gunyah_dt_build_edit(&build, built.bytes, 4096, original.bytes + 4, original.size, &config),
                 GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    config.size--;
    expect_refused(GUNYAH_ERR_OPTION, &config, "the struct has another size");
    config.size++;
    config.image_name = NULL;
    expect_refused(GUNYAH_ERR_ARGUMENT_INVALID, &config, "it is missing");
    kit_expect_problem(CONFIG, "image-name", "it is missing");
    config.image_name = "vm";
    config.affinity = GUNYAH_DT_AFFINITY_STATIC;
    expect_refused(GUNYAH_ERR_ARGUMENT_INVALID, &config, "it must have a CPU for each vCPU");
    original.size--;
    expect_refused(GUNYAH_ERR_DEVICE_TREE, &config, "it is longer than the memory that it lies in");
    original.size = 0;
    expect_refused(GUNYAH_ERR_DEVICE_TREE, &config, "the memory is too small for any device tree");
}

Test(dt_build_edit, a_tree_in_the_buffer)
{
    static const char text[] = "the buffer has the tree in it";
    const size_t size = 4096;

    tree_load(&original, MADE("edit/user"));
    unsigned char *const tree = original.bytes + 8192;
    memcpy(tree, original.bytes, original.size);
    const size_t used = (original.size + 7) & ~(size_t)7;
    cr_expect_eq(gunyah_dt_build_edit(&build, tree, 64, tree, original.size, &config), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("", NULL, text);
    cr_expect_eq(gunyah_dt_build_edit(&build, tree - size + 8, size, tree, original.size, &config),
                 GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_dt_build_edit(&build, tree + used - 8, size, tree, original.size, &config),
                 GUNYAH_ERR_ARGUMENT_INVALID);
    // Next to it, on both sides, there is room.
    cr_expect_eq(gunyah_dt_build_edit(&build, tree - size, size, tree, original.size, &config), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_build_edit(&build, tree + used, size, tree, original.size, &config), GUNYAH_OK);
}

// With any size, it is said how much it takes; and with that, it is the same tree.
static void edit_in_small_steps(const struct gunyah_dt_config_options *with)
{
    static struct tree small;
    size_t size;

    cr_assert_eq(edit(with), GUNYAH_OK);
    add_to_it("all of it");
    cr_assert_eq(gunyah_dt_build_edit(&build, small.bytes, 0, original.bytes, original.size, with),
                 GUNYAH_ERR_OUT_OF_MEMORY);
    const size_t room = gunyah_dt_build_room(&build);
    size_t least = room;
    for (size_t less = 8; less < room; less += 8) {
        const enum gunyah_error error =
            gunyah_dt_build_edit(&build, small.bytes, less, original.bytes, original.size, with);
        if (error == GUNYAH_OK) {
            least = less;
            break;
        }
        cr_expect_eq(error, GUNYAH_ERR_OUT_OF_MEMORY);
        cr_expect_eq(gunyah_dt_build_room(&build), room);
    }
    cr_expect_leq(least, room);
    cr_assert_eq(gunyah_dt_build_edit(&build, small.bytes, least, original.bytes, original.size, with), GUNYAH_OK);
    while (gunyah_dt_add_doorbell(&build, &bell) == GUNYAH_ERR_OUT_OF_MEMORY)
        cr_assert_eq(gunyah_dt_build_grow(&build, small.bytes, gunyah_dt_build_room(&build)), GUNYAH_OK);
    while (gunyah_dt_build_finish(&build, &size) == GUNYAH_ERR_OUT_OF_MEMORY)
        cr_assert_eq(gunyah_dt_build_grow(&build, small.bytes, gunyah_dt_build_room(&build)), GUNYAH_OK);
    cr_assert_eq(size, built.size);
    cr_expect_eq(memcmp(small.bytes, built.bytes, size), 0);
}

Test(dt_build_edit, too_small_a_buffer)
{
    tree_load(&original, MADE("edit/user"));
    edit_in_small_steps(&config);
    tree_load(&original, MADE("lint/good"));
    edit_in_small_steps(NULL);
}

// Of nothing but names, the size that is told is exact.
Test(dt_build_edit, a_tree_of_names)
{
    char name[64];

    cr_assert_eq(fdt_create(original.bytes, sizeof(original.bytes)), 0);
    cr_assert_eq(fdt_finish_reservemap(original.bytes), 0);
    cr_assert_eq(fdt_begin_node(original.bytes, ""), 0);
    cr_assert_eq(fdt_begin_node(original.bytes, "gunyah-vm-config"), 0);
    cr_assert_eq(fdt_end_node(original.bytes), 0);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "a-name-as-long-as-they-may-be%02d", i);
        cr_assert_eq(fdt_begin_node(original.bytes, name), 0);
        cr_assert_eq(fdt_end_node(original.bytes), 0);
    }
    cr_assert_eq(fdt_end_node(original.bytes), 0);
    cr_assert_eq(fdt_finish(original.bytes), 0);
    original.size = fdt_totalsize(original.bytes);
    edit_in_small_steps(NULL);
}

// libfdt would follow it for ever.
Test(dt_build_edit, aliases_in_a_circle)
{
    tree_load(&original, MADE("edit/circle"));
    cr_expect_eq(edit_and_compare("circle"), GUNYAH_OK);
}
