// SPDX-License-Identifier: BSD-3-Clause
// With libfdt alone: the same tree, byte for byte, if nothing is forgotten. Nothing is checked but that it fits.
#include "trees.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

static void put_cells(void *tree, const char *property, const uint32_t *cells, int count)
{
    fdt32_t value[16];

    for (int i = 0; i < count; i++)
        value[i] = cpu_to_fdt32(cells[i]);
    fdt_property(tree, property, value, 4 * count);
}

#define CELLS(tree, property, ...)                                                                                     \
    put_cells(tree, property, (const uint32_t[]){__VA_ARGS__}, (int)(sizeof((uint32_t[]){__VA_ARGS__}) / 4))

static void put_machine(void *tree)
{
    char name[16];

    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_property_u32(tree, "interrupt-parent", 1);
    fdt_begin_node(tree, "chosen");
    fdt_property_string(tree, "bootargs", "console=ttyS0");
    fdt_end_node(tree);
    fdt_begin_node(tree, "memory");
    fdt_property_string(tree, "device_type", "memory");
    CELLS(tree, "reg", 0, 0x80000000, 0, 0x10000000);
    fdt_end_node(tree);
    fdt_begin_node(tree, "cpus");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 0);
    for (uint32_t i = 0; i < 2; i++) {
        snprintf(name, sizeof(name), "cpu@%x", i);
        fdt_begin_node(tree, name);
        fdt_property_string(tree, "device_type", "cpu");
        fdt_property_string(tree, "compatible", "arm,armv8");
        fdt_property_u32(tree, "reg", i);
        fdt_property_string(tree, "enable-method", "psci");
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
    fdt_begin_node(tree, "psci");
    fdt_property_string(tree, "compatible", "arm,psci-0.2");
    fdt_property_string(tree, "method", "hvc");
    fdt_end_node(tree);
    fdt_begin_node(tree, "intc");
    fdt_property_string(tree, "compatible", "arm,gic-v3");
    fdt_property_u32(tree, "#interrupt-cells", 3);
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_property(tree, "interrupt-controller", NULL, 0);
    CELLS(tree, "reg", 0, 0x3fff0000, 0, 0x10000, 0, 0x3ffb0000, 0, 0x40000);
    fdt_property_u32(tree, "phandle", 1);
    fdt_end_node(tree);
    fdt_begin_node(tree, "timer");
    fdt_property_string(tree, "compatible", "arm,armv8-timer");
    CELLS(tree, "interrupts", 1, 13, 0x308, 1, 14, 0x308, 1, 11, 0x308, 1, 10, 0x308);
    fdt_end_node(tree);
}

static void put_config(void *tree)
{
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_property_string(tree, "image-name", "vm");
    fdt_property_string(tree, "os-type", "linux");
    fdt_begin_node(tree, "memory");
    fdt_property_u64(tree, "base-address", 0x80000000);
    fdt_property_u64(tree, "size-max", 0x10000000);
    fdt_end_node(tree);
    fdt_begin_node(tree, "vcpus");
    fdt_property_string(tree, "affinity", "proxy");
    fdt_end_node(tree);
    fdt_begin_node(tree, "interrupts");
    fdt_property_string(tree, "config", "/intc");
    fdt_end_node(tree);
}

static void begin_vdevice(void *tree, const char *type, const char *place, uint32_t label)
{
    char name[64];

    snprintf(name, sizeof(name), "%s%s-%u", place, type, label);
    fdt_begin_node(tree, name + strlen(place));
    fdt_property(tree, "vdevice-type", type, (int)strlen(type) + 1);
    fdt_property(tree, "generate", name, (int)strlen(name) + 1);
    fdt_property(tree, "peer-default", NULL, 0);
}

static void put_bells(void *tree)
{
    for (uint32_t i = 0; i < 6; i++) {
        begin_vdevice(tree, "doorbell", "/hypervisor/", i);
        fdt_property_u32(tree, "label", i);
        CELLS(tree, "interrupts", 0, i, 1);
        fdt_property(tree, "source-can-clear", NULL, 0);
        fdt_end_node(tree);
    }
    for (uint32_t i = 0; i < 4; i++) {
        begin_vdevice(tree, "doorbell-source", "/hypervisor/", i);
        fdt_property_u32(tree, "label", i);
        fdt_property(tree, "source-can-clear", NULL, 0);
        fdt_end_node(tree);
    }
}

static void put_queues(void *tree)
{
    fdt_begin_node(tree, "rm-rpc");
    fdt_property_string(tree, "vdevice-type", "rm-rpc");
    fdt_property_string(tree, "generate", "/hypervisor/qcom,resource-mgr");
    fdt_end_node(tree);
    for (uint32_t i = 0; i < 2; i++) {
        begin_vdevice(tree, "message-queue-pair", "/hypervisor/", i);
        fdt_property_u32(tree, "label", i);
        CELLS(tree, "interrupts", 0, 32 + 2 * i, 1, 0, 33 + 2 * i, 1);
        fdt_end_node(tree);
    }
}

static void put_memory(void *tree)
{
    for (uint32_t i = 0; i < 2; i++) {
        begin_vdevice(tree, "shm", "/hypervisor/", 1 + i);
        fdt_property_u32(tree, "#address-cells", 2);
        fdt_property_u32(tree, "#size-cells", 2);
        fdt_begin_node(tree, "memory");
        fdt_property_u32(tree, "label", 1 + i);
        fdt_property_u64(tree, "base", 0xa0000000 + i * 0x100000);
        fdt_end_node(tree);
        fdt_end_node(tree);
    }
    begin_vdevice(tree, "virtio-mmio", "/", 3);
    CELLS(tree, "interrupts", 0, 48, 1);
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_property_u32(tree, "vqs-num", 1);
    fdt_begin_node(tree, "memory");
    fdt_property_u32(tree, "label", 3);
    fdt_property(tree, "allocate-base", NULL, 0);
    fdt_end_node(tree);
    fdt_end_node(tree);
}

size_t build_by_hand(void *buffer, size_t size)
{
    fdt_create(buffer, (int)size);
    fdt_finish_reservemap(buffer);
    fdt_begin_node(buffer, "");
    put_machine(buffer);
    fdt_begin_node(buffer, "gunyah-vm-config");
    put_config(buffer);
    fdt_begin_node(buffer, "vdevices");
    put_bells(buffer);
    put_queues(buffer);
    put_memory(buffer);
    fdt_end_node(buffer);
    fdt_end_node(buffer);
    fdt_end_node(buffer);
    return fdt_finish(buffer) == 0 ? fdt_totalsize(buffer) : 0;
}

// As one writes it for the tree that one has: one compatible, three cells, and no word about what is wrong.
int discover_by_hand(const void *tree, size_t size, struct found *found)
{
    if (fdt_check_full(tree, size) != 0)
        return 0;
    const int node = fdt_node_offset_by_compatible(tree, -1, "gunyah-resource-manager");
    int length;
    const fdt64_t *const reg = node >= 0 ? fdt_getprop(tree, node, "reg", &length) : NULL;
    if (reg == NULL || length != 16)
        return 0;
    const fdt32_t *const interrupts = fdt_getprop(tree, node, "interrupts", &length);
    if (interrupts == NULL || length != 24)
        return 0;
    *found = (struct found){fdt64_ld(&reg[0]), fdt64_ld(&reg[1]), 32 + fdt32_ld(&interrupts[1]),
                            32 + fdt32_ld(&interrupts[4])};
    return 1;
}
