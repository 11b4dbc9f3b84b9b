// SPDX-License-Identifier: BSD-3-Clause
#include "demo-tree.h"

#include <libfdt.h>

#define FIRST_SPI 32

// Nothing in the tree moves: all that is written has its place.
static bool write_property(void *tree, const char *path, const char *property, const void *value, int size)
{
    const int node = fdt_path_offset(tree, path);

    return node >= 0 && fdt_setprop_inplace(tree, node, property, value, size) == 0;
}

bool demo_tree_write(void *tree, size_t size, const struct demo_tree *values)
{
    static const char pair[] = "/hypervisor/qcom,message-queue-pair";
    const fdt32_t vmid = cpu_to_fdt32(values->vmid);
    const fdt64_t reg[2] = {cpu_to_fdt64(values->send_cap), cpu_to_fdt64(values->receive_cap)};
    const fdt32_t spi = cpu_to_fdt32(0);
    const fdt32_t edge = cpu_to_fdt32(1);
    const fdt32_t interrupts[2][3] = {
        {spi, cpu_to_fdt32(values->send_virq - FIRST_SPI), edge},
        {spi, cpu_to_fdt32(values->receive_virq - FIRST_SPI), edge},
    };

    return fdt_check_full(tree, size) == 0 &&
           write_property(tree, "/hypervisor/qcom,gunyah-vm", "qcom,vmid", &vmid, sizeof(vmid)) &&
           write_property(tree, pair, "reg", reg, sizeof(reg)) &&
           write_property(tree, pair, "interrupts", interrupts, sizeof(interrupts));
}
