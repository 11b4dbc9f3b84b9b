// SPDX-License-Identifier: BSD-3-Clause
// The same work twice: with the library, and as one would write it with libfdt alone.
#ifndef TREES_H
#define TREES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The tree of a VM with two vCPUs and 16 virtual devices. Returns its size; 0 on failure.
size_t build_by_library(void *buffer, size_t size);
size_t build_by_hand(void *buffer, size_t size);

// How to speak with the Resource Manager, and where the shared memory with a label is.
struct found {
    uint64_t send_cap;
    uint64_t receive_cap;
    uint32_t send_virq;
    uint32_t receive_virq;
};

// 0: not found, or the tree is damaged.
int discover_by_library(const void *tree, size_t size, struct found *found);
int discover_by_hand(const void *tree, size_t size, struct found *found);

#ifdef __cplusplus
}
#endif

#endif
