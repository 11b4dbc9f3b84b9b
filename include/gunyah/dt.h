// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What a VM finds in its device tree: who it is, and the capabilities, interrupts and memory that were made for it.
 *
 * A device tree is bytes from somebody else. gunyah_dt_open() looks at all of them once, and no function believes what it
 * has not checked: a tree that is cut off, damaged or made to harm is an error, never more. Each call takes time that
 * is bounded by the size of the tree.
 *
 * The functions are pure: no memory but the caller's, no state but that of struct gunyah_dt. A struct gunyah_dt belongs to
 * one thread at a time; several may read the same tree.
 *
 * The library has them where it was built with libfdt: GUNYAH_FEATURE_DEVICE_TREE of gunyah_has(). docs/device-tree.md has
 * an introduction.
 */
#ifndef GUNYAH_DT_H
#define GUNYAH_DT_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Nodes may lie this deep; a tree with deeper ones is refused. The root's children are 1 deep. */
#define GUNYAH_DT_MAX_DEPTH 32

/** Names and texts are at most this long, with the 0 at the end; a tree with a longer property name is refused. */
#define GUNYAH_DT_MAX_NAME 256

/** What is wrong with a tree, or what was not found in it. */
struct gunyah_dt_problem {
    char path[GUNYAH_DT_MAX_NAME]; /**< Of the node; its name alone, if the path is too long; "" for the whole tree. */
    const char *property;          /**< Its name, which lives for ever; null if it is not about one. */
    const char *text;              /**< What is wrong, as one clause without a full stop; null: nothing yet. Lives for
                                      ever. */
};

/** An open device tree. The fields are the library's. */
struct gunyah_dt {
    const void *blob;
    size_t size;
    struct gunyah_dt_problem problem;
};

/**
 * Open a device tree, which checks the whole of it: header, blocks, every node and every property.
 *
 * @param dtb       Its first byte, aligned to 8: as a VM finds it in x0. Lent until the last use of dt, and must not change
 *                  as long.
 * @param max_size  Bytes that may be read there; the tree itself may be shorter.
 * @param dt        Filled in, also on failure: gunyah_dt_last_problem() tells what is wrong. Needs no closing.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (dtb);
 *         GUNYAH_ERR_DEVICE_TREE (no device tree of version 16 or 17, longer than max_size, damaged, or with nodes deeper
 *           than GUNYAH_DT_MAX_DEPTH or property names longer than GUNYAH_DT_MAX_NAME).
 *
 * Does not block. Any thread. Devicetree specification, chapter 5.
 */
enum gunyah_error gunyah_dt_open(const void *dtb, size_t max_size, struct gunyah_dt *dt);

/**
 * Tell what the last function that failed on this tree complained about.
 *
 * @return Details that stay as they are until the next failure;
 *         text null if nothing failed yet;
 *         null for a null tree.
 *
 * Success does not clear it. Does not block.
 */
const struct gunyah_dt_problem *gunyah_dt_last_problem(const struct gunyah_dt *dt);

#ifdef __cplusplus
}
#endif

#endif
