// SPDX-License-Identifier: BSD-3-Clause
// Trees that are damaged do the simulated Resource Manager no harm: what it accepts it can write into, and what it refuses has not
// changed. tests/fuzz/sim_tree.c goes further.
#include "trees.h"

#include <libfdt.h>
#include <model_tree.h>
#include <string.h>

#define ROOM 8192
#define GUEST 0x80

static struct gunyah_model_tree room;
static struct gunyah_model_rm_device devices[GUNYAH_MODEL_TREE_VDEVICES];
static struct tree good;
static unsigned char before[ROOM];
static unsigned accepted;

static struct gunyah_model_rm_made make(const struct gunyah_model_rm_config *config)
{
    static const uint16_t vmids[] = {3, GUEST, 3};
    static const struct gunyah_model_rm_memory memory[] = {
        {.ipa = 0x80000000, .size = 0x200000, .own = true, .vmids = vmids, .vmid_count = 2},
        {.ipa = 0xa0000000, .size = 0x1000, .handle = 1, .label = 7, .vmids = vmids, .vmid_count = 3},
    };

    for (uint32_t i = 0; i < config->vdevice_count; i++)
        devices[i] = (struct gunyah_model_rm_device){.wanted = config->vdevices[i], .ends = {{i}, {i}, 960, 961}};
    return (struct gunyah_model_rm_made){
        .vmid = GUEST,
        .owner = 3,
        .name = "good",
        .uri = "",
        .devices = devices,
        .device_count = config->vdevice_count,
        .memory = memory,
        .memory_count = 2,
    };
}

// What is in the room is read, and written into if it can be.
static void run(enum gunyah_rm_generation generation, size_t size)
{
    const struct gunyah_model_rm_trees trees = gunyah_model_tree_hooks(&room);
    const struct gunyah_model_rm_tree tree = {room.room, size, size, generation, false};
    struct gunyah_model_rm_config config;

    memcpy(before, room.room, sizeof(before));
    if (trees.parse(trees.context, &tree, &config) == RM_FINE) {
        const struct gunyah_model_rm_made made = make(&config);
        accepted++;
        cr_assert_lt(strlen(config.name), 80);
        if (trees.patch(trees.context, &tree, &made) == RM_FINE) {
            cr_assert_eq(fdt_check_full(room.room, size), 0);
            return;
        }
    }
    cr_assert_eq(memcmp(before, room.room, sizeof(before)), 0);
}

static void set_up(void)
{
    tree_load(&good, MADE("sim/good"));
    cr_assert_lt(good.size, ROOM / 2);
}

static void put(size_t size)
{
    memset(room.room, 0, ROOM);
    memcpy(room.room, good.bytes, size);
}

Test(dt_sim_tree_hostile, nothing_is_wrong, .init = set_up)
{
    put(good.size);
    run(GUNYAH_RM_GENERATION_2023, ROOM);
    put(good.size);
    run(GUNYAH_RM_GENERATION_LATER, ROOM);
    cr_expect_eq(accepted, 2);
    cr_expect_gt(fdt_totalsize(room.room), good.size);
}

// HOSTILE_STEP is 1, but where a processor is emulated.
Test(dt_sim_tree_hostile, cut_off, .init = set_up)
{
    for (size_t size = 0; size < good.size; size += HOSTILE_STEP) {
        put(size);
        run(GUNYAH_RM_GENERATION_2023, size);
    }
    cr_expect_eq(accepted, 0);
}

Test(dt_sim_tree_hostile, bytes_that_flip, .init = set_up, .timeout = 60)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xff};

    for (size_t i = 0; i < good.size; i += HOSTILE_STEP) {
        put(good.size);
        room.room[i] ^= masks[i % 3];
        run(i % 2 == 0 ? GUNYAH_RM_GENERATION_2023 : GUNYAH_RM_GENERATION_LATER, ROOM);
    }
    // Many are in names and values that nobody cares about.
    cr_expect_gt(accepted, good.size / HOSTILE_STEP / 4);
}

// Some versions of libfdt follow a length that is negative.
Test(dt_sim_tree_hostile, negative_words, .init = set_up, .timeout = 60)
{
    static const uint32_t values[] = {0xffffffff, 0xfffffffc, 0xfffffff8, 0xfffffff4, 0xffffff00};

    for (size_t i = 0; i < good.size / 4; i += HOSTILE_STEP) {
        const fdt32_t value = cpu_to_fdt32(values[i % 5]);
        put(good.size);
        memcpy(room.room + 4 * i, &value, sizeof(value));
        run(i % 2 == 0 ? GUNYAH_RM_GENERATION_2023 : GUNYAH_RM_GENERATION_LATER, ROOM);
    }
    cr_expect_gt(accepted, 0);
}

// Each length of a property, as negative as one value may be.
Test(dt_sim_tree_hostile, negative_lengths, .init = set_up, .timeout = 60)
{
    int depth = 0;

    for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(good.bytes, node, &depth)) {
        int offset;
        fdt_for_each_property_offset(offset, good.bytes, node)
        {
            for (uint32_t length = 0xffffffec; length >= 0xffffffec; length += 4) {
                const fdt32_t value = cpu_to_fdt32(length);
                put(good.size);
                memcpy(room.room + fdt_off_dt_struct(good.bytes) + offset + 4, &value, sizeof(value));
                run(GUNYAH_RM_GENERATION_2023, ROOM);
            }
        }
    }
    cr_expect_eq(accepted, 0);
}

// Cells that cannot be, wherever they count.
Test(dt_sim_tree_hostile, wrong_cells, .init = set_up)
{
    static const char *const paths[] = {"/", "/cpus", "/reserved-memory", "/gunyah-vm-config"};
    static const char *const properties[] = {"#address-cells", "#size-cells"};
    static const uint32_t values[] = {0, 1, 3, 0x40000000, 0x7fffffff, 0x80000000, 0xffffffff};

    for (size_t i = 0; i < 4 * 2 * 7; i++) {
        put(good.size);
        cr_assert_eq(fdt_setprop_inplace_u32(room.room, fdt_path_offset(room.room, paths[i % 4]), properties[i / 4 % 2],
                                             values[i / 8]),
                     0);
        memcpy(before, room.room, sizeof(before));
        run(GUNYAH_RM_GENERATION_2023, ROOM);
        memcpy(room.room, before, sizeof(before));
        run(GUNYAH_RM_GENERATION_LATER, ROOM);
    }
    cr_expect_gt(accepted, 0);
}
