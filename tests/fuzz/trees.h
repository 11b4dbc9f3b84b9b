// SPDX-License-Identifier: BSD-3-Clause
// Hostile trees. An input that is a device tree is one; any other input is a list of steps that builds one, of names that the
// Resource Manager looks for, so that it gets far.
#ifndef FUZZ_TREES_H
#define FUZZ_TREES_H

#include <libfdt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TREE_SIZE 8192
#define MAX_DEPTH 20

static const char *const nodes[] = {
    "chosen",         "memory",   "hypervisor", "cpus",       "cpu@0",   "cpu@1",           "psci",
    "intc",           "timer",    "serial@3f8", "firmware",   "aliases", "reserved-memory", "parcel",
    "__overlay__",    "vdevices", "vcpus",      "interrupts", "bell",    "segments",        "gunyah-vm-config",
    "qcom,vm-config",
};

static const char *const properties[] = {
    "#address-cells",
    "#size-cells",
    "#interrupt-cells",
    "#redistributor-regions",
    "redistributor-stride",
    "compatible",
    "device_type",
    "status",
    "reg",
    "ranges",
    "phandle",
    "interrupt-parent",
    "interrupt-controller",
    "interrupts",
    "enable-method",
    "cpu-idle-states",
    "method",
    "image-name",
    "os-type",
    "vm-type",
    "vm-uri",
    "vm-guid",
    "vm-attrs",
    "iomemory-ranges",
    "gic-irq-ranges",
    "vmmio-ranges",
    "base-address",
    "size-min",
    "size-max",
    "firmware-address",
    "firmware-size-max",
    "is-direct",
    "affinity",
    "affinity-map",
    "sched-timeslice",
    "sched-priority",
    "config",
    "vdevice-type",
    "generate",
    "patch",
    "push-compatible",
    "label",
    "qcom,label",
    "peer",
    "peer-default",
    "is-sender",
    "is-receiver",
    "base",
    "allocate-base",
    "optional",
    "num-cbs",
    "npmem-size",
    "config-size",
    "reusable",
    "qcom,target-vmid",
    "no-map",
    "source-can-clean",
};

static const char *const strings[] = {
    "okay",         "disabled",     "fail",         "memory",          "cpu",           "psci",
    "hvc",          "arm,psci-0.2", "arm,gic-v3",   "arm,armv8-timer", "proxy",         "static",
    "/intc",        "/cpus",        "intc",         "aliases",         "linux",         "crash-fatal",
    "no-dtb-patch", "rm-rpc",       "doorbell",     "doorbell-source", "message-queue", "message-queue-pair",
    "shm",          "shm-doorbell", "virtio-mmio",  "iomem",           "vsmmu-v2",      "vrtc-pl031",
    "virtio-pci",   "pci",          "virtio-iommu", "minidump",        "vm-name:a",     "/hypervisor/a",
};

#define PICK(table, input) ((table)[next(input) % (sizeof(table) / sizeof((table)[0]))])

struct input {
    const uint8_t *data;
    size_t size;
};

static inline uint8_t next(struct input *input)
{
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->data++;
}

static inline void add_property(void *tree, struct input *input)
{
    const char *const name = PICK(properties, input);
    const uint8_t kind = next(input);
    uint8_t bytes[64];

    if (kind < 100) {
        const char *const string = PICK(strings, input);
        // Sometimes it does not end.
        fdt_property(tree, name, string, (int)(strlen(string) + (kind < 90)));
        return;
    }
    const int length = kind < 240 ? kind % 9 * 4 : kind % 64;
    for (int i = 0; i < length; i++)
        bytes[i] = i % 4 == 3 || kind % 2 != 0 ? next(input) : 0;
    fdt_property(tree, name, bytes, length);
}

// A property may come behind a node, where none belongs.
static inline size_t build(void *tree, struct input *input)
{
    int depth = 1;

    fdt_create(tree, TREE_SIZE);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    while (input->size > 0) {
        const uint8_t step = next(input);
        if (step < 60 && depth < MAX_DEPTH) {
            fdt_begin_node(tree, PICK(nodes, input));
            depth++;
        } else if (step < 110 && depth > 1) {
            fdt_end_node(tree);
            depth--;
        } else {
            add_property(tree, input);
        }
    }
    for (; depth > 0; depth--)
        fdt_end_node(tree);
    return fdt_finish(tree) == 0 ? fdt_totalsize(tree) : 0;
}

// The tree of an input, in memory of exactly its size. Never null; to be freed.
static inline uint8_t *tree_of(const uint8_t *data, size_t *size)
{
    struct input input = {data, *size};
    const bool is_tree = *size >= 4 && memcmp(data, "\xd0\x0d\xfe\xed", 4) == 0;
    uint8_t *const tree = malloc(is_tree ? *size : TREE_SIZE);

    if (tree == NULL)
        abort();
    if (is_tree)
        memcpy(tree, data, *size);
    else
        *size = build(tree, &input);
    return tree;
}

#endif
