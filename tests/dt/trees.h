// SPDX-License-Identifier: BSD-3-Clause
// Device trees in memory, for tests that read them or make them worse.
#ifndef TREES_H
#define TREES_H

#include <gunyah/dt.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>

#define REAL(name) REAL_TREES "/" name ".dtb"
#define MADE(name) MADE_TREES "/" name ".dtb"

#define TREE_CAPACITY (64 * 1024)

struct tree {
    _Alignas(8) unsigned char bytes[TREE_CAPACITY];
    size_t size;
};

// The bytes of a file.
static inline void tree_load(struct tree *tree, const char *path)
{
    FILE *file = fopen(path, "rb");

    cr_assert(file != NULL, "%s", path);
    tree->size = fread(tree->bytes, 1, sizeof(tree->bytes), file);
    cr_assert(tree->size > 0 && tree->size < sizeof(tree->bytes), "%s", path);
    fclose(file);
}

// The same, opened.
static inline void tree_open(struct tree *tree, const char *path, struct gunyah_dt *dt)
{
    tree_load(tree, path);
    cr_assert_eq(gunyah_dt_open(tree->bytes, tree->size, dt), GUNYAH_OK, "%s: %s", path,
                 gunyah_dt_last_problem(dt)->text);
}

#endif
