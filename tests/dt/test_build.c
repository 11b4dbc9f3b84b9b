// SPDX-License-Identifier: BSD-3-Clause
// A tree from options: what is in it, which options are none, and how it finds its room.
#include "build_kit.h"

#include <stdlib.h>

static void expect_refused(enum gunyah_error error, const char *path, const char *property, const char *text)
{
    size_t size = 1;

    cr_expect_eq(kit_begin(), error, "%s", text);
    kit_expect_problem(path, property, text);
    // Nothing was begun.
    cr_expect_eq(gunyah_dt_build_finish(&build, &size), GUNYAH_ERR_HANDLE);
    cr_expect_eq(size, 0);
}

static void expect_invalid(const char *path, const char *property, const char *text)
{
    expect_refused(GUNYAH_ERR_ARGUMENT_INVALID, path, property, text);
}

static void expect_misaligned(const char *path, const char *property, const char *text)
{
    expect_refused(GUNYAH_ERR_ARGUMENT_ALIGNMENT, path, property, text);
}

static void expect_good(void)
{
    cr_expect_eq(kit_begin(), GUNYAH_OK, "%s", gunyah_dt_build_last_problem(&build)->text);
    kit_finish();
}

// ---- What is in it -----------------------------------------------------------------------------------------------

// As the bindings have it; nothing here comes from the builder.
Test(dt_build, the_least)
{
    static const uint32_t root[] = {2};
    static const uint32_t memory[] = {0, 0x80000000, 0, 0x10000000};
    static const uint32_t gic[] = {0, 0x3fff0000, 0, 0x10000, 0, 0x3ffd0000, 0, 0x20000};
    static const uint32_t timer[] = {1, 13, 0x108, 1, 14, 0x108, 1, 11, 0x108, 1, 10, 0x108};

    expect_good();
    kit_expect_cells("/", "#address-cells", root, 1);
    kit_expect_cells("/", "#size-cells", root, 1);
    kit_expect_u32("/", "interrupt-parent", fdt_get_phandle(built.bytes, kit_node("/intc")));
    cr_expect_not(kit_has("/chosen", "bootargs"));
    cr_expect_not(kit_has("/chosen", "linux,initrd-start"));
    kit_expect_string("/memory", "device_type", "memory");
    kit_expect_cells("/memory", "reg", memory, 4);
    kit_expect_u32("/cpus", "#address-cells", 1);
    kit_expect_u32("/cpus", "#size-cells", 0);
    kit_expect_string("/cpus/cpu@0", "device_type", "cpu");
    kit_expect_string("/cpus/cpu@0", "compatible", "arm,armv8");
    kit_expect_u32("/cpus/cpu@0", "reg", 0);
    kit_expect_string("/cpus/cpu@0", "enable-method", "psci");
    kit_expect_string("/psci", "compatible", "arm,psci-0.2");
    kit_expect_string("/psci", "method", "hvc");
    kit_expect_string("/intc", "compatible", "arm,gic-v3");
    kit_expect_u32("/intc", "#interrupt-cells", 3);
    kit_expect_flag("/intc", "interrupt-controller", true);
    kit_expect_cells("/intc", "reg", gic, 8);
    kit_expect_string("/timer", "compatible", "arm,armv8-timer");
    kit_expect_cells("/timer", "interrupts", timer, 12);
    kit_expect_u32(CONFIG, "#address-cells", 2);
    kit_expect_u32(CONFIG, "#size-cells", 2);
    kit_expect_string(CONFIG, "image-name", "vm");
    kit_expect_string(CONFIG, "os-type", "linux");
    kit_expect_u64(CONFIG "/memory", "base-address", 0x80000000);
    kit_expect_u64(CONFIG "/memory", "size-max", 0x10000000);
    cr_expect_not(kit_has(CONFIG "/memory", "firmware-address"));
    kit_expect_string(CONFIG "/vcpus", "affinity", "proxy");
    cr_expect_not(kit_has(CONFIG "/vcpus", "affinity-map"));
    kit_expect_string(CONFIG "/interrupts", "config", "/intc");
    cr_expect_eq(fdt_first_subnode(built.bytes, kit_node(VDEVICES)), -FDT_ERR_NOTFOUND);
    // Nothing that the Resource Manager would trip over, or make itself.
    cr_expect_eq(fdt_path_offset(built.bytes, "/hypervisor"), -FDT_ERR_NOTFOUND);
    cr_expect_eq(fdt_num_mem_rsv(built.bytes), 0);
    cr_expect_eq(fdt_first_property_offset(built.bytes, kit_node("/chosen")), -FDT_ERR_NOTFOUND);
}

Test(dt_build, all_of_it)
{
    static const uint32_t map[] = {4, 5, 6};
    static const uint32_t gic[] = {0, 0x10000, 0, 0x10000, 1, 0x20000, 0, 0x60000};
    static const uint32_t timer[] = {1, 0, 0x708, 1, 1, 0x708, 1, 2, 0x708, 1, 15, 0x708};

    machine.vcpu_count = 3;
    machine.gicd_address = 0x10000;
    machine.gicr_address = 0x100020000;
    machine.timer_virq[0] = gunyah_virq(16);
    machine.timer_virq[1] = gunyah_virq(17);
    machine.timer_virq[2] = gunyah_virq(18);
    machine.timer_virq[3] = gunyah_virq(31);
    machine.initrd_start = 0x40200000;
    machine.initrd_end = 0x40800000;
    machine.bootargs = "console=ttyS0 quiet";
    config.image_name = "a name";
    config.os_type = NULL;
    config.uri = "vmuid/x";
    config.guid = "01234567-89ab-cdef-0123-456789ABCDEF";
    config.base_address = 0x40200000;
    config.memory_size = 0x600000;
    config.size_max = 0x700000;
    config.has_firmware = true;
    config.firmware_address = 0x40000000;
    config.firmware_size_max = 0x200000;
    config.affinity = GUNYAH_DT_AFFINITY_PINNED;
    config.affinity_map = map;
    config.affinity_count = 3;
    config.priority = -63;
    config.timeslice = 100;
    expect_good();
    kit_expect_string("/chosen", "bootargs", "console=ttyS0 quiet");
    kit_expect_u64("/chosen", "linux,initrd-start", 0x40200000);
    kit_expect_u64("/chosen", "linux,initrd-end", 0x40800000);
    kit_expect_u32("/cpus/cpu@2", "reg", 2);
    kit_expect_flag("/cpus/cpu@0", "cpu-idle-states", true);
    kit_expect_flag("/cpus/cpu@2", "cpu-idle-states", true);
    kit_expect_cells("/intc", "reg", gic, 8);
    kit_expect_cells("/timer", "interrupts", timer, 12);
    kit_expect_string(CONFIG, "image-name", "a name");
    cr_expect_not(kit_has(CONFIG, "os-type"));
    kit_expect_string(CONFIG, "vm-uri", "vmuid/x");
    kit_expect_string(CONFIG, "vm-guid", "01234567-89ab-cdef-0123-456789ABCDEF");
    kit_expect_u64(CONFIG "/memory", "size-max", 0x700000);
    kit_expect_u64(CONFIG "/memory", "firmware-address", 0x40000000);
    kit_expect_u64(CONFIG "/memory", "firmware-size-max", 0x200000);
    kit_expect_string(CONFIG "/vcpus", "affinity", "pinned");
    kit_expect_cells(CONFIG "/vcpus", "affinity-map", map, 3);
    kit_expect_u32(CONFIG "/vcpus", "sched-priority", (uint32_t)-63);
    kit_expect_u32(CONFIG "/vcpus", "sched-timeslice", 100);
}

Test(dt_build, cpus)
{
    machine.vcpu_count = 64;
    expect_good();
    kit_expect_u32("/cpus/cpu@3f", "reg", 63);
    machine.vcpu_count = 65;
    expect_invalid("/cpus", NULL, "a VM has 1 to 64 vCPUs");
    machine.vcpu_count = 0;
    expect_invalid("/cpus", NULL, "a VM has 1 to 64 vCPUs");
    machine.vcpu_count = UINT32_MAX;
    expect_invalid("/cpus", NULL, "a VM has 1 to 64 vCPUs");
}

// ---- What it must not be -----------------------------------------------------------------------------------------

Test(dt_build, bad_pointers)
{
    unsigned char *const bytes = built.bytes;

    cr_expect_eq(gunyah_dt_build_begin(NULL, bytes, 4096, &machine, &config), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_begin(&build, NULL, 4096, &machine, &config), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_begin(&build, bytes, 4096, NULL, &config), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_begin(&build, bytes, 4096, &machine, NULL), GUNYAH_ERR_NULL);
    kit_expect_problem("", NULL, "there are no options");
    cr_expect_eq(gunyah_dt_build_begin(&build, bytes + 4, 4096, &machine, &config), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    machine.size--;
    expect_refused(GUNYAH_ERR_OPTION, "", NULL, "the struct has another size");
    machine.size++;
    config.size--;
    expect_refused(GUNYAH_ERR_OPTION, "", NULL, "the struct has another size");
    config.size++;
    cr_assert_eq(kit_begin(), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_build_finish(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_finish(NULL, &built.size), GUNYAH_ERR_NULL);
    cr_expect_null(gunyah_dt_build_last_problem(NULL));
    cr_expect_eq(gunyah_dt_build_room(NULL), 0);
    cr_expect_null(gunyah_dt_build_last_problem(&build)->text);
}

Test(dt_build, names)
{
    static const char too_long[] = "01234567890123456789012345678901234567890123456789012345678901234567890123456789";
    static const char text[] = "it is empty, has more than 79 characters, or is not printable ASCII";

    config.image_name = too_long + 1;
    expect_good();
    kit_expect_string(CONFIG, "image-name", too_long + 1);
    config.image_name = too_long;
    expect_invalid(CONFIG, "image-name", text);
    config.image_name = "";
    expect_invalid(CONFIG, "image-name", text);
    config.image_name = "a\nb";
    expect_invalid(CONFIG, "image-name", text);
    config.image_name = "\xc3\xa4";
    expect_invalid(CONFIG, "image-name", text);
    config.image_name = NULL;
    expect_invalid(CONFIG, "image-name", "it is missing");
    config.image_name = "vm";
    config.os_type = "";
    expect_invalid(CONFIG, "os-type", text);
    config.os_type = NULL;
    config.uri = too_long;
    expect_invalid(CONFIG, "vm-uri", text);
}

Test(dt_build, guids)
{
    static const char *const bad[] = {
        "",
        "01234567-89ab-cdef-0123-456789abcde",
        "01234567-89ab-cdef-0123-456789abcdef0",
        "0123456789ab-cdef-0123-4567-89abcdef",
        "0123456g-89ab-cdef-0123-456789abcdef",
        "{1234567-89ab-cdef-0123-456789abcde}",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        config.guid = bad[i];
        expect_invalid(CONFIG, "vm-guid", "it is not hexadecimal, 8-4-4-4-12");
    }
}

Test(dt_build, memory)
{
    static const char path[] = CONFIG "/memory";

    config.base_address = 0x80001000;
    expect_misaligned(path, "base-address", "it is no multiple of 2 MiB");
    config.base_address = 0x80000000;
    config.memory_size = 0x10000800;
    expect_misaligned(path, "size-max", "it is no multiple of 4 KiB");
    config.memory_size = 0;
    expect_invalid(path, "size-max", "the VM has no memory");
    config.memory_size = 0x200000;
    config.size_max = 0x1ff000;
    expect_invalid(path, "size-max", "it is less than the VM's memory");
    config.size_max = 0x200800;
    expect_misaligned(path, "size-max", "it is no multiple of 4 KiB");
    config.size_max = 0x200000;
    expect_good();
    // The last bytes that there are.
    config.base_address = 0xfffffffe00000;
    expect_good();
    config.size_max = 0x201000;
    expect_invalid(path, "size-max", "memory does not end below 2^52");
    config.base_address = UINT64_C(0xffffffffffe00000);
    expect_invalid(path, "size-max", "memory does not end below 2^52");
}

Test(dt_build, firmware)
{
    static const char path[] = CONFIG "/memory";

    config.has_firmware = true;
    config.firmware_address = 0x7fc00000;
    expect_good();
    kit_expect_u64(path, "firmware-address", 0x7fc00000);
    cr_expect_not(kit_has(path, "firmware-size-max"));
    config.firmware_address = 0x7fc01000;
    expect_invalid(path, "firmware-address", "firmware and memory overlap");
    config.firmware_address = 0x8ffff000;
    expect_invalid(path, "firmware-address", "firmware and memory overlap");
    config.firmware_address = 0x80000000;
    expect_good();
    config.firmware_address = 0x80001000;
    expect_invalid(path, "firmware-address", "firmware and memory overlap");
    config.firmware_address = 0x90000000;
    expect_good();
    // What is memory later is none for firmware.
    config.size_max = 0x10001000;
    expect_invalid(path, "firmware-address", "firmware and memory overlap");
    config.size_max = 0;
    config.firmware_address = 0x90000800;
    expect_misaligned(path, "firmware-address", "it is no multiple of 4 KiB");
    config.firmware_address = 0x90000000;
    config.firmware_size_max = 0x800;
    expect_misaligned(path, "firmware-size-max", "it is no multiple of 4 KiB");
    config.firmware_size_max = UINT64_C(0xfffffffffffff000);
    expect_invalid(path, "firmware-address", "it does not end below 2^52");
}

Test(dt_build, schedules)
{
    static const char path[] = CONFIG "/vcpus";
    static const uint32_t map[] = {0, 0};

    config.affinity_map = map;
    config.affinity_count = 1;
    expect_invalid(path, "affinity-map", "the VMM says where they run");
    config.affinity = (enum gunyah_dt_affinity)4;
    expect_invalid(path, "affinity", "there is no such one");
    config.affinity = GUNYAH_DT_AFFINITY_STICKY;
    expect_good();
    kit_expect_string(path, "affinity", "sticky");
    config.affinity = GUNYAH_DT_AFFINITY_STATIC;
    expect_good();
    kit_expect_string(path, "affinity", "static");
    config.affinity_count = 2;
    expect_invalid(path, "affinity-map", "it must have a CPU for each vCPU");
    config.affinity_count = SIZE_MAX / 4 + 2;
    expect_invalid(path, "affinity-map", "it must have a CPU for each vCPU");
    config.affinity_count = 1;
    config.affinity_map = NULL;
    expect_invalid(path, "affinity-map", "it must have a CPU for each vCPU");
    config.affinity_map = map;
    config.priority = 0;
    expect_invalid(path, "sched-priority", "it is not -63 to -1");
    config.priority = -64;
    expect_invalid(path, "sched-priority", "it is not -63 to -1");
    config.priority = -1;
    config.timeslice = 99;
    expect_invalid(path, "sched-timeslice", "it is not 100 to 100000 us");
    config.timeslice = 100001;
    expect_invalid(path, "sched-timeslice", "it is not 100 to 100000 us");
    config.timeslice = 100000;
    expect_good();
}

Test(dt_build, initrd)
{
    static const char text[] = "initrd does not lie in the VM's memory";

    machine.initrd_start = 0x80000000;
    machine.initrd_end = 0x90000000;
    expect_good();
    machine.initrd_end++;
    expect_invalid("/chosen", "linux,initrd-start", text);
    machine.initrd_start--;
    machine.initrd_end--;
    expect_invalid("/chosen", "linux,initrd-start", text);
    machine.initrd_start = 0x80000001;
    machine.initrd_end = 0x80000001;
    expect_invalid("/chosen", "linux,initrd-start", text);
    machine.initrd_end = 0;
    expect_invalid("/chosen", "linux,initrd-start", text);
}

Test(dt_build, interrupt_controllers)
{
    machine.gicd_address = 0x3fff1000;
    expect_misaligned("/intc", "reg", "it is no multiple of 64 KiB");
    machine.gicd_address = 0x3fff0000;
    machine.gicr_address = 0x3fef8000;
    expect_misaligned("/intc", "reg", "it is no multiple of 64 KiB");
    machine.gicr_address = 0x3ffe0000;
    expect_invalid("/intc", "reg", "distributor and redistributors overlap");
    machine.gicr_address = 0x3ffd0000;
    expect_good();
    machine.vcpu_count = 2;
    expect_invalid("/intc", "reg", "distributor and redistributors overlap");
    machine.gicr_address = 0x8fff0000;
    expect_invalid("/intc", "reg", "the VM's memory is there");
    machine.gicr_address = 0x90000000;
    expect_good();
    config.size_max = 0x10001000;
    expect_invalid("/intc", "reg", "the VM's memory is there");
    config.size_max = 0;
    config.has_firmware = true;
    config.firmware_address = 0x9003f000;
    expect_invalid("/intc", "reg", "the VM's firmware is there");
    config.has_firmware = false;
    machine.gicr_address = UINT64_C(0xfffffffffffd0000);
    expect_invalid("/intc", "reg", "it wraps around");
    machine.gicd_address = 0;
    machine.gicr_address = 0;
    expect_invalid("/intc", "reg", "it wraps around");
}

Test(dt_build, timers)
{
    machine.timer_virq[3] = gunyah_virq(15);
    expect_invalid("/timer", "interrupts", "a timer's is a PPI, 16 to 31");
    machine.timer_virq[3] = gunyah_virq(32);
    expect_invalid("/timer", "interrupts", "a timer's is a PPI, 16 to 31");
    machine.timer_virq[3] = gunyah_virq(29);
    expect_invalid("/timer", "interrupts", "two timers have the same one");
}

// ---- Room --------------------------------------------------------------------------------------------------------

// With any size, it is said how much it takes; and with that, it is the same tree.
Test(dt_build, too_small_a_buffer)
{
    static struct tree small;
    size_t size = 0;

    machine.bootargs = "a=b";
    expect_good();
    cr_assert_eq(gunyah_dt_build_begin(&build, small.bytes, 0, &machine, &config), GUNYAH_ERR_OUT_OF_MEMORY);
    const size_t room = gunyah_dt_build_room(&build);
    cr_expect_geq(room, built.size);
    cr_expect_lt(room, 2 * built.size);
    // But for its end: of three nodes, and of itself.
    for (size_t less = 1; less < built.size - 16; less += 4) {
        cr_expect_eq(gunyah_dt_build_begin(&build, small.bytes, less, &machine, &config), GUNYAH_ERR_OUT_OF_MEMORY);
        cr_expect_eq(gunyah_dt_build_room(&build), room, "%zu", less);
    }
    kit_expect_problem("", NULL, "the buffer is too small");
    cr_assert_eq(gunyah_dt_build_begin(&build, small.bytes, room, &machine, &config), GUNYAH_OK);
    cr_assert_eq(gunyah_dt_build_finish(&build, &size), GUNYAH_OK);
    cr_assert_eq(size, built.size);
    cr_expect_eq(memcmp(small.bytes, built.bytes, size), 0);
}

// Bad options are told before there is no room.
Test(dt_build, too_small_and_wrong)
{
    machine.vcpu_count = 0;
    cr_expect_eq(gunyah_dt_build_begin(&build, built.bytes, 64, &machine, &config), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_dt_build_room(&build), 0);
}

static void add_rtc(enum gunyah_error expected)
{
    static const struct gunyah_dt_rtc rtc = GUNYAH_DT_RTC_INIT;

    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), expected);
}

Test(dt_build, growing)
{
    static struct tree small;

    // All of it, then with as little room as each call allows.
    cr_assert_eq(kit_begin(), GUNYAH_OK);
    add_rtc(GUNYAH_OK);
    kit_finish();
    cr_assert_eq(gunyah_dt_build_begin(&build, small.bytes, 0, &machine, &config), GUNYAH_ERR_OUT_OF_MEMORY);
    const size_t least = gunyah_dt_build_room(&build);
    size_t room = least;
    while (gunyah_dt_build_begin(&build, small.bytes, room - 4, &machine, &config) == GUNYAH_OK)
        room -= 4;
    cr_assert_eq(gunyah_dt_build_begin(&build, small.bytes, room, &machine, &config), GUNYAH_OK);
    add_rtc(GUNYAH_ERR_OUT_OF_MEMORY);
    const size_t with_rtc = gunyah_dt_build_room(&build);
    cr_expect_gt(with_rtc, room);
    cr_expect_eq(gunyah_dt_build_grow(&build, small.bytes, 64), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_lt(gunyah_dt_build_room(&build), with_rtc);
    // Into another buffer, and then in place.
    memset(small.bytes + room, 0xff, sizeof(small.bytes) - room);
    cr_expect_eq(gunyah_dt_build_grow(&build, small.bytes + 512, with_rtc), GUNYAH_OK);
    memset(small.bytes, 0xff, 512);
    cr_expect_eq(gunyah_dt_build_grow(&build, small.bytes + 512, with_rtc + 8), GUNYAH_OK);
    add_rtc(GUNYAH_OK);
    size_t size;
    cr_assert_eq(gunyah_dt_build_finish(&build, &size), GUNYAH_OK);
    cr_assert_eq(size, built.size);
    cr_expect_eq(memcmp(small.bytes + 512, built.bytes, size), 0);
}

// The end of the tree takes room as well.
Test(dt_build, no_room_to_finish)
{
    static struct tree small;
    size_t room = 4096;
    size_t size = 1;

    while (gunyah_dt_build_begin(&build, small.bytes, room - 4, &machine, &config) == GUNYAH_OK)
        room -= 4;
    cr_assert_eq(gunyah_dt_build_begin(&build, small.bytes, room, &machine, &config), GUNYAH_OK);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(gunyah_dt_build_finish(&build, &size), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_eq(size, 0);
    cr_assert_eq(gunyah_dt_build_grow(&build, small.bytes, gunyah_dt_build_room(&build)), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_build_finish(&build, &size), GUNYAH_OK);
    expect_good();
    cr_assert_eq(size, built.size);
    cr_expect_eq(memcmp(small.bytes, built.bytes, size), 0);
}

Test(dt_build, growing_into_nothing)
{
    cr_expect_eq(gunyah_dt_build_grow(NULL, built.bytes, 4096), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_grow(&build, built.bytes, 4096), GUNYAH_ERR_HANDLE);
    cr_assert_eq(kit_begin(), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_build_grow(&build, NULL, 4096), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_build_grow(&build, built.bytes + 4, 4096), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    kit_finish();
    cr_expect_eq(gunyah_dt_build_grow(&build, built.bytes, 4096), GUNYAH_ERR_HANDLE);
}

// Twice of the tree and 8 KiB, in whole pages.
Test(dt_build, regions)
{
    cr_expect_eq(gunyah_dt_region_size(0), 16384);
    cr_expect_eq(gunyah_dt_region_size(1), 20480);
    cr_expect_eq(gunyah_dt_region_size(2048), 20480);
    cr_expect_eq(gunyah_dt_region_size(2049), 24576);
    cr_expect_eq(gunyah_dt_region_size(0x3fffffff), 0x80004000);
    cr_expect_eq(gunyah_dt_region_size(0x40000000), 0);
    cr_expect_eq(gunyah_dt_region_size(SIZE_MAX), 0);
}
