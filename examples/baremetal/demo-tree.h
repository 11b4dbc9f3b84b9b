// SPDX-License-Identifier: BSD-3-Clause
// Where no Resource Manager makes the two VMs: what it would write into the device tree of each (vm.dts).
#ifndef DEMO_TREE_H
#define DEMO_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demo_tree {
    uint16_t vmid;
    uint64_t send_cap;
    uint64_t receive_cap;
    uint32_t send_virq; // SPIs
    uint32_t receive_virq;
};

// The tree has so many bytes. Returns false for another one than vm.dts.
bool demo_tree_write(void *tree, size_t size, const struct demo_tree *values);

#endif
