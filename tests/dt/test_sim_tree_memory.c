// SPDX-License-Identifier: BSD-3-Clause
// Memory that a tree itself reserves, and firmware.
#include "sim_tree.h"

#define MEM_INVALID GUNYAH_RMERR_MEM_INVALID

static struct made made;

static void begin_2023(void)
{
    made_good(&made, GUNYAH_RM_GENERATION_2023);
}

static void begin_later(void)
{
    made_good(&made, GUNYAH_RM_GENERATION_LATER);
}

static void tear_down(void)
{
    made_close(&made);
}

static uint32_t number_at(const char *path, const char *property)
{
    int size;
    const fdt32_t *data = fdt_getprop(made_tree(), node_at(path), property, &size);

    cr_assert(ne(ptr, (void *)(uintptr_t)data, NULL), "%s %s", path, property);
    cr_assert_eq(size, 4);
    return fdt32_ld(data);
}

// Reserved memory with the label of a parcel, and without reg or with one.
static void reserve(const uint32_t *reg, int cells, const char *flag)
{
    fdt32_t data[8];

    loosen(TREE_REGION);
    const int node = new_node("/reserved-memory", "board");
    for (int i = 0; i < cells; i++)
        data[i] = cpu_to_fdt32(reg[i]);
    if (cells != 0)
        cr_assert_eq(fdt_setprop(made_tree(), node, "reg", data, cells * 4), 0);
    if (flag != NULL)
        cr_assert_eq(fdt_setprop_empty(made_tree(), node, flag), 0);
    cr_assert_eq(fdt_setprop_u32(made_tree(), node, "qcom,label", 9), 0);
    tighten();
    made_share(&made, 9, tree_pages[1]);
}

static uint32_t init_reserved(void)
{
    return made_init(&made, 2);
}

Test(dt_sim_tree_memory, reserved_memory_is_a_place, .init = begin_2023, .fini = tear_down)
{
    static const uint32_t reg[] = {0, 0xb0000000, 0, 0x1000};
    struct gunyah_sim_vm *vm;
    void *memory;

    reserve(reg, 4, NULL);
    cr_assert_eq(init_reserved(), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect_eq(number_at("/reserved-memory/board", "qcom,rm-mem-handle"), 1);
    cr_expect_neq(fdt_get_phandle(made_tree(), node_at("/reserved-memory/board")), 0);
    // It has no other node.
    cr_expect_lt(fdt_path_offset(made_tree(), "/reserved-memory/buffer@b0000000"), 0);
    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &vm), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_find_memory(vm, 0xb0000000, 0x1000, &memory), GUNYAH_OK);
    cr_expect_eq(memory, (void *)tree_pages[1]);
}

Test(dt_sim_tree_memory, reserved_memory_without_a_place_gets_one, .init = begin_later, .fini = tear_down)
{
    int size;

    reserve(NULL, 0, NULL);
    cr_assert_eq(init_reserved(), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect(fdt_getprop(made_tree(), node_at("/reserved-memory/board"), "reg", &size) != NULL);
    cr_expect_eq(size, 16);
}

Test(dt_sim_tree_memory, reserved_memory_in_two_ranges, .init = begin_2023, .fini = tear_down)
{
    static const uint32_t reg[] = {0, 0xb0000000, 0, 0x1000, 0, 0xb0002000, 0, 0x1000};

    reserve(reg, 8, NULL);
    cr_expect_eq(init_reserved(), MEM_INVALID);
    cr_expect_str_eq(made_reason(&made), "reg of reserved memory is not one range");
}

Test(dt_sim_tree_memory, reserved_memory_that_is_shared_is_not_reusable, .init = begin_2023, .fini = tear_down)
{
    static const uint32_t reg[] = {0, 0xb0000000, 0, 0x1000};

    reserve(reg, 4, "reusable");
    cr_assert_eq(init_reserved(), GUNYAH_RMERR_OK);
    expect_start(&made, GUNYAH_RMERR_DENIED, "reserved memory is reusable, and not the VM's alone");
}

// Bytes that /memory tells.
static uint64_t ram(void)
{
    int size;
    const fdt64_t *reg = fdt_getprop(made_tree(), node_at("/memory"), "reg", &size);
    uint64_t sum = 0;

    for (int i = 1; i < size / 8; i += 2)
        sum += fdt64_ld(reg + i);
    return sum;
}

Test(dt_sim_tree_memory, what_nobody_may_map_is_no_memory)
{
    static const uint32_t reg[] = {0, 0xb0000000, 0, 0x1000};

    begin_2023();
    reserve(reg, 4, "no-map");
    cr_assert_eq(init_reserved(), GUNYAH_RMERR_OK);
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect_eq(ram(), IMAGE_SIZE + 0x2000);
    made_close(&made);

    begin_later();
    reserve(reg, 4, "no-map");
    cr_assert_eq(init_reserved(), GUNYAH_RMERR_OK);
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect_eq(ram(), IMAGE_SIZE + 0x1000);
    made_close(&made);
}

// A node that has exactly the range of a parcel is that parcel's, without a label.
Test(dt_sim_tree_memory, reserved_memory_is_known_by_its_range, .init = begin_2023, .fini = tear_down)
{
    static const fdt32_t zero;
    const fdt32_t reg[] = {zero, cpu_to_fdt32(0xa0000000), zero, cpu_to_fdt32(0x1000)};

    loosen(TREE_REGION);
    cr_assert_eq(fdt_setprop(made_tree(), new_node("/reserved-memory", "here"), "reg", reg, sizeof(reg)), 0);
    tighten();
    expect_running(&made);
    cr_expect_eq(number_at("/reserved-memory/here", "qcom,rm-mem-handle"), 0);
    cr_expect_eq(number_at("/hypervisor/shm", "memory-region"),
                 fdt_get_phandle(made_tree(), node_at("/reserved-memory/here")));
}

// ---- firmware

// HLOS gives its boot loader's firmware away, and a page where a copy of it goes.
static void give_firmware(void)
{
    static _Alignas(4096) unsigned char firmware[4096];
    static _Alignas(4096) unsigned char place[4096];

    cr_assert_eq(made_ask(&made, GUNYAH_RM_MEM_DONATE, "00000000 00000000 01000000 ff000700 01000000 %s %s",
                          made_number((uintptr_t)firmware, 8), made_number(sizeof(firmware), 8)),
                 GUNYAH_RMERR_OK);
    cr_assert_eq(made_ask(&made, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 01000000 %s %s", made_number(0, 8),
                          made_number(sizeof(firmware), 8)),
                 GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(made_ask(&made, GUNYAH_RM_FW_MILESTONE, "%s", ""), GUNYAH_RMERR_OK);
    cr_assert_eq(made_ask(&made, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 %s0700 01000000 %s %s",
                          made_number(GUEST, 2), made_number((uintptr_t)place, 8), made_number(sizeof(place), 8)),
                 GUNYAH_RMERR_OK);
    cr_assert_eq(made_ask(&made, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 %s0700 01000000 %s %s",
                          made_number(GUEST, 2), made_number((uintptr_t)tree_image, 8), made_number(IMAGE_SIZE, 8)),
                 GUNYAH_RMERR_OK);
    made.auth = GUNYAH_VM_AUTH_ANDROID;
    cr_assert_eq(made_configure(&made, 3), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(made_ask(&made, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "%s0000 %s %s %s", made_number(GUEST, 2),
                          made_number(2, 4), made_number(0, 8), made_number(sizeof(place), 8)),
                 GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(made_ask(&made, GUNYAH_RM_VM_INIT, "%s0000", made_number(GUEST, 2)), GUNYAH_RMERR_OK, "%s",
                 made_reason(&made));
}

// It has a node of its own; for the generation of 2023, it is memory as well.
Test(dt_sim_tree_memory, firmware, .init = begin_2023, .fini = tear_down)
{
    give_firmware();
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect_eq(
        fdt_node_check_compatible(made_tree(), node_at("/reserved-memory/firmware@7fc00000"), "qcom,vm-firmware"), 0);
    cr_expect_eq(ram(), IMAGE_SIZE + 0x2000);
}

Test(dt_sim_tree_memory, firmware_of_a_later_generation, .init = begin_later, .fini = tear_down)
{
    give_firmware();
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    node_at("/reserved-memory/firmware@7fc00000");
    cr_expect_eq(ram(), IMAGE_SIZE + 0x1000);
}
