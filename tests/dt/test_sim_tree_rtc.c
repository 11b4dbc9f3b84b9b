// SPDX-License-Identifier: BSD-3-Clause
// The clock of a VM, from the vdevice in its tree to what the VM reads: the node that the Resource Manager writes leads to registers.
#include "sim_tree.h"

#define RTC "/gunyah-vm-config/vdevices/rtc"
#define NODE "/vsoc/vrtc"
#define PCLK "/vsoc/vrtc-pclk"
#define AT UINT64_C(0x9010000)
#define SECOND UINT64_C(1000000000)

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

static struct gunyah_sim_vm *guest(void)
{
    struct gunyah_sim_vm *vm;

    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &vm), GUNYAH_OK);
    return vm;
}

static uint64_t word(uint64_t address)
{
    uint64_t value = 0;

    cr_assert_eq(gunyah_sim_read_register(guest(), address, 4, &value), GUNYAH_OK);
    return value;
}

static void expect_bytes(const char *path, const char *property, const void *bytes, size_t size)
{
    int length;
    const void *value = fdt_getprop(made_tree(), node_at(path), property, &length);

    cr_assert_not_null(value, "%s: %s", path, property);
    cr_assert_eq((size_t)length, size, "%s: %s", path, property);
    cr_expect_arr_eq(value, bytes, size, "%s: %s", path, property);
}

#define EXPECT_TEXT(path, property, text) expect_bytes(path, property, text, sizeof(text))

static uint32_t cell(const char *path, const char *property)
{
    int length;
    const fdt32_t *value = fdt_getprop(made_tree(), node_at(path), property, &length);

    cr_assert(value != NULL && length == sizeof(*value), "%s: %s", path, property);
    return fdt32_ld(value);
}

// The node has an address of 64 bits, and a page.
static uint64_t address_of_clock(void)
{
    int length;
    const fdt64_t *reg = fdt_getprop(made_tree(), node_at(NODE), "reg", &length);

    cr_assert(reg != NULL && length == 16);
    cr_expect_eq(fdt64_ld(reg + 1), 0x1000);
    return fdt64_ld(reg);
}

static void expect_nodes(uint64_t address)
{
    const int node = fdt_node_offset_by_compatible(made_tree(), -1, "arm,pl031");

    cr_expect_eq(node, node_at(NODE));
    EXPECT_TEXT(NODE, "compatible", "arm,pl031\0arm,primecell");
    EXPECT_TEXT(NODE, "clock-names", "apb_pclk");
    cr_expect_eq(address_of_clock(), address);
    // Linux wants a clock for the registers, too.
    EXPECT_TEXT(PCLK, "compatible", "fixed-clock");
    cr_expect_eq(cell(PCLK, "#clock-cells"), 0);
    cr_expect_eq(cell(PCLK, "clock-frequency"), 1);
    cr_expect_eq(fdt_node_offset_by_phandle(made_tree(), cell(NODE, "clocks")), node_at(PCLK));
    // Addresses on this bus are those of the VM.
    EXPECT_TEXT("/vsoc", "compatible", "simple-bus");
    cr_expect_eq(cell("/vsoc", "#address-cells"), 2);
    cr_expect_eq(cell("/vsoc", "#size-cells"), 2);
}

static void expect_clock(void)
{
    expect_running(&made);
    expect_nodes(AT);
    gunyah_sim_advance(made.sim, 77 * SECOND);
    cr_expect_eq(word(AT), 77);
    cr_expect_eq(word(AT + 0xfe0), 0x31);
}

Test(dt_sim_tree_rtc, of_2023, .init = begin_2023, .fini = tear_down)
{
    expect_clock();
}

Test(dt_sim_tree_rtc, of_a_later_one, .init = begin_later, .fini = tear_down)
{
    expect_clock();
}

Test(dt_sim_tree_rtc, is_set_by_its_owner, .init = begin_2023, .fini = tear_down)
{
    expect_init(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect_eq(made_ask(&made, GUNYAH_RM_VM_SET_TIME_BASE, "%s0000 %s %s", made_number(GUEST, 2),
                          made_number(1700000000 * SECOND, 8), made_number(0, 8)),
                 GUNYAH_RMERR_OK);
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect_eq(word(address_of_clock()), 1700000000);
}

static void choose(void)
{
    loosen(TREE_REGION);
    cr_assert_eq(fdt_delprop(made_tree(), node_at(RTC), "base"), 0);
    cr_assert_eq(fdt_setprop_empty(made_tree(), node_at(RTC), "allocate-base"), 0);
    tighten();
}

Test(dt_sim_tree_rtc, where_the_resource_manager_chooses, .init = begin_2023, .fini = tear_down)
{
    choose();
    expect_running(&made);
    // Behind the first GiB, whose accesses go to the owner.
    expect_nodes(0x40000000);
    cr_expect_eq(word(0x40000000 + 0xff0), 0x0d);
}

// The node has its place, whatever the vdevice says of one.
Test(dt_sim_tree_rtc, where_the_node_is, .init = begin_2023, .fini = tear_down)
{
    loosen(TREE_REGION);
    cr_assert_eq(fdt_setprop_string(made_tree(), node_at(RTC), "generate", "/here/clock"), 0);
    cr_assert_eq(fdt_setprop_string(made_tree(), node_at(RTC), "push-compatible", "us,clock"), 0);
    tighten();
    expect_running(&made);
    expect_nodes(AT);
    cr_expect_lt(fdt_path_offset(made_tree(), "/here"), 0);
}

Test(dt_sim_tree_rtc, none, .init = begin_2023, .fini = tear_down)
{
    uint64_t value;

    cr_assert_eq(fdt_del_node(made_tree(), node_at(RTC)), 0);
    tighten();
    expect_running(&made);
    cr_expect_lt(fdt_path_offset(made_tree(), NODE), 0);
    cr_expect_lt(fdt_path_offset(made_tree(), PCLK), 0);
    cr_expect_eq(gunyah_sim_read_register(guest(), AT, 4, &value), GUNYAH_ERR_ADDR_INVALID);
}

Test(dt_sim_tree_rtc, at_the_first_address, .init = begin_2023, .fini = tear_down)
{
    loosen(TREE_REGION);
    cr_assert_eq(fdt_setprop_u64(made_tree(), node_at(RTC), "base", 0), 0);
    tighten();
    expect_running(&made);
    expect_nodes(0);
    cr_expect_eq(word(12), 1);
}

Test(dt_sim_tree_rtc, beyond_the_addresses_of_a_vm, .init = begin_2023, .fini = tear_down)
{
    loosen(TREE_REGION);
    cr_assert_eq(fdt_setprop_u64(made_tree(), node_at(RTC), "base", UINT64_C(1) << 36), 0);
    tighten();
    expect_init(&made, GUNYAH_RMERR_NORESOURCE,
                "the clock cannot be placed: it is beyond 36 bits, or something else is there");
}

// Memory of a vdevice that is to be where the clock is: both are of the configuration, and the clock comes first.
Test(dt_sim_tree_rtc, where_shared_memory_is_to_be, .init = begin_2023, .fini = tear_down)
{
    loosen(TREE_REGION);
    cr_assert_eq(fdt_setprop_u64(made_tree(), node_at(RTC), "base", 0xa0000000), 0);
    tighten();
    expect_init(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_expect_eq(made_start(&made), GUNYAH_RMERR_NORESOURCE);
}
