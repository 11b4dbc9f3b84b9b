// SPDX-License-Identifier: BSD-3-Clause
// What the Resource Manager finds in a VM's device tree, as far as the simulated one makes something of it.
#include "emu_internal.h"

#include <errno.h>
#include <libfdt.h>
#include <string.h>

// What the Resource Manager's own nodes need.
#define OVERLAY_ROOM 1024

static const struct {
    const char *name;
    enum gunyah_sim_vdevice_type type;
} vdevice_types[] = {
    {"rm-rpc", GUNYAH_SIM_VDEVICE_RM_RPC},
    {"doorbell", GUNYAH_SIM_VDEVICE_DOORBELL},
    {"doorbell-source", GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE},
    {"message-queue-pair", GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR},
    {"shm", GUNYAH_SIM_VDEVICE_SHM},
};

// A number of as many cells as there are; 0 if there is none.
static uint64_t number(const void *tree, int node, const char *name)
{
    int size;
    const char *property = fdt_getprop(tree, node, name, &size);

    if (property != NULL && size == 8)
        return fdt64_ld((const fdt64_t *)(const void *)property);
    return property != NULL && size == 4 ? fdt32_ld((const fdt32_t *)(const void *)property) : 0;
}

static bool is_text(const void *tree, int node, const char *name, const char *text)
{
    int size;
    const char *property = fdt_getprop(tree, node, name, &size);

    return property != NULL && (size_t)size == strlen(text) + 1 && memcmp(property, text, (size_t)size) == 0;
}

static void read_shm(const void *tree, int node, struct gunyah_sim_vdevice *vdevice)
{
    const int memory = fdt_subnode_offset(tree, node, "memory");

    if (memory >= 0) {
        vdevice->label = (uint32_t)number(tree, memory, "label");
        vdevice->base = number(tree, memory, "base");
    }
    vdevice->allocate_base = vdevice->base == 0;
}

static void read_vdevice(const void *tree, int node, struct emu_tree *read)
{
    struct gunyah_sim_vdevice *vdevice = &read->vdevices[read->config.vdevice_count];

    for (size_t i = 0; i < sizeof(vdevice_types) / sizeof(vdevice_types[0]); i++) {
        if (!is_text(tree, node, "vdevice-type", vdevice_types[i].name))
            continue;
        vdevice->type = vdevice_types[i].type;
        vdevice->label = (uint32_t)number(tree, node, "label");
        vdevice->source_can_clear = fdt_getprop(tree, node, "source-can-clear", NULL) != NULL;
        if (vdevice->type == GUNYAH_SIM_VDEVICE_SHM)
            read_shm(tree, node, vdevice);
        read->config.vdevice_count++;
        return;
    }
}

static void read_vdevices(const void *tree, int config, struct emu_tree *read)
{
    const int vdevices = fdt_subnode_offset(tree, config, "vdevices");
    int node;

    if (vdevices < 0)
        return;
    fdt_for_each_subnode(node, tree, vdevices)
    {
        if (read->config.vdevice_count < EMU_MAX_VDEVICES)
            read_vdevice(tree, node, read);
    }
}

static uint32_t count_cpus(const void *tree)
{
    const int cpus = fdt_path_offset(tree, "/cpus");
    uint32_t count = 0;
    int node;

    if (cpus < 0)
        return 0;
    fdt_for_each_subnode(node, tree, cpus) count += is_text(tree, node, "device_type", "cpu");
    return count;
}

// A child of the root whose kind is memory has to be called just that.
static bool has_stray_memory(const void *tree)
{
    int node;

    fdt_for_each_subnode(node, tree, 0)
    {
        if (is_text(tree, node, "device_type", "memory") && strcmp(fdt_get_name(tree, node, NULL), "memory") != 0)
            return true;
    }
    return false;
}

int gunyah_internal_emu_read_tree(const void *tree, size_t size, struct emu_tree *read)
{
    const struct gunyah_sim_vm_config empty = GUNYAH_SIM_VM_CONFIG_INIT;
    int config;
    int node;

    memset(read, 0, sizeof(*read));
    read->config = empty;
    read->config.vdevices = read->vdevices;
    if (fdt_check_full(tree, size) != 0 || has_stray_memory(tree) || size < fdt_totalsize(tree) + OVERLAY_ROOM)
        return -EINVAL;
    config = fdt_path_offset(tree, "/gunyah-vm-config");
    if (config < 0)
        config = fdt_path_offset(tree, "/qcom,vm-config");
    if (config < 0)
        return -ENODEV;
    node = fdt_subnode_offset(tree, config, "memory");
    if (node >= 0 && number(tree, node, "base-address") != 0)
        read->config.base = number(tree, node, "base-address");
    node = fdt_subnode_offset(tree, config, "vcpus");
    read->config.proxy = node >= 0 && is_text(tree, node, "affinity", "proxy");
    read->config.vcpus = count_cpus(tree); // VM_INIT refuses too many.
    read_vdevices(tree, config, read);
    return 0;
}
