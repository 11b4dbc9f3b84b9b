// SPDX-License-Identifier: BSD-3-Clause
// Trees that are built: in a buffer that belongs to a test, and what is in them.
#ifndef BUILD_KIT_H
#define BUILD_KIT_H

#include "trees.h"

#include <gunyah/dt_build.h>

#include <libfdt.h>
#include <string.h>

#define CONFIG "/gunyah-vm-config"
#define VDEVICES CONFIG "/vdevices"

static struct tree built;
static struct gunyah_dt_build build;
static struct gunyah_dt_machine_options machine = GUNYAH_DT_MACHINE_OPTIONS_INIT;
static struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;

static inline enum gunyah_error kit_begin(void)
{
    return gunyah_dt_build_begin(&build, built.bytes, sizeof(built.bytes), &machine, &config);
}

// Finish the tree, which then opens.
static inline void kit_finish(void)
{
    struct gunyah_dt dt;

    cr_assert_eq(gunyah_dt_build_finish(&build, &built.size), GUNYAH_OK, "%s",
                 gunyah_dt_build_last_problem(&build)->text);
    cr_assert_eq(gunyah_dt_open(built.bytes, built.size, &dt), GUNYAH_OK, "%s", gunyah_dt_last_problem(&dt)->text);
}

// What the last failure was about.
static inline void kit_expect_problem(const char *path, const char *property, const char *text)
{
    const struct gunyah_dt_problem *const problem = gunyah_dt_build_last_problem(&build);

    cr_assert(problem->text != NULL);
    cr_expect_str_eq(problem->text, text);
    cr_expect_str_eq(problem->path, path, "%s: %s", text, problem->path);
    cr_expect_eq(property == NULL, problem->property == NULL, "%s", text);
    if (property != NULL && problem->property != NULL)
        cr_expect_str_eq(problem->property, property);
}

// ---- What is in the tree -----------------------------------------------------------------------------------------

// A node that must be there.
static inline int kit_node(const char *path)
{
    const int node = fdt_path_offset(built.bytes, path);

    cr_assert_geq(node, 0, "%s: %s", path, fdt_strerror(node));
    return node;
}

static inline bool kit_has(const char *path, const char *property)
{
    return fdt_getprop(built.bytes, kit_node(path), property, NULL) != NULL;
}

static inline void kit_expect_bytes(const char *path, const char *property, const void *bytes, size_t size)
{
    int length;
    const void *const value = fdt_getprop(built.bytes, kit_node(path), property, &length);

    cr_assert(value != NULL, "%s: %s is missing", path, property);
    cr_expect_eq((size_t)length, size, "%s: %s has %d bytes", path, property, length);
    if ((size_t)length == size)
        cr_expect_eq(memcmp(value, bytes, size), 0, "%s: %s", path, property);
}

static inline void kit_expect_string(const char *path, const char *property, const char *string)
{
    kit_expect_bytes(path, property, string, strlen(string) + 1);
}

static inline void kit_expect_cells(const char *path, const char *property, const uint32_t *cells, size_t count)
{
    fdt32_t bytes[64];

    cr_assert_leq(count, 64);
    for (size_t i = 0; i < count; i++)
        bytes[i] = cpu_to_fdt32(cells[i]);
    kit_expect_bytes(path, property, bytes, 4 * count);
}

static inline void kit_expect_u32(const char *path, const char *property, uint32_t value)
{
    kit_expect_cells(path, property, &value, 1);
}

static inline void kit_expect_u64(const char *path, const char *property, uint64_t value)
{
    const uint32_t cells[] = {(uint32_t)(value >> 32), (uint32_t)value};

    kit_expect_cells(path, property, cells, 2);
}

static inline void kit_expect_flag(const char *path, const char *property, bool is_there)
{
    if (is_there)
        kit_expect_bytes(path, property, "", 0);
    else
        cr_expect_not(kit_has(path, property), "%s: %s", path, property);
}

#endif
