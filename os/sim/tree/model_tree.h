// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Device trees as the Resource Manager reads and writes them, for the Resource Manager in the model.
 *
 * Pure functions of bytes, on libfdt: no memory but the caller's, no state, no recursion, and time that is bounded by the
 * size of the tree, whatever is in it. This reads what configures a VM; what a VM finds is read by the library (dt.h).
 */
#ifndef GUNYAH_MODEL_TREE_H
#define GUNYAH_MODEL_TREE_H

#include <model_rm.h>

#define GUNYAH_MODEL_TREE_VDEVICES 64
#define GUNYAH_MODEL_TREE_SIZE (64 * 1024) /**< Larger trees are refused. */
#define GUNYAH_MODEL_TREE_PRIMARY_SIZE 2048

/** Where a tree is worked on. No part of a snapshot: nothing stays in it from one message to the next. */
struct gunyah_model_tree {
    struct gunyah_model_rm_vdevice vdevices[GUNYAH_MODEL_TREE_VDEVICES];
    int32_t nodes[GUNYAH_MODEL_TREE_VDEVICES]; /**< Of each of them, in the tree. */
    _Alignas(8) uint8_t room[GUNYAH_MODEL_TREE_SIZE];
    _Alignas(8) uint8_t made[GUNYAH_MODEL_TREE_SIZE];
};

/** For struct gunyah_model_rm_env. tree: belongs to the Resource Manager from here on. */
struct gunyah_model_rm_trees gunyah_model_tree_hooks(struct gunyah_model_tree *tree);

/**
 * Make the tree that a primary VM finds: /hypervisor, and in it its channel, which has the default depth and size.
 *
 * @param bytes  Aligned to 8.
 * @param size   Of them: GUNYAH_MODEL_TREE_PRIMARY_SIZE is enough.
 * @return False: there is not enough room.
 */
bool gunyah_model_tree_primary(void *bytes, size_t size, uint16_t vmid, const struct gunyah_model_rm_channel *channel);

#endif
