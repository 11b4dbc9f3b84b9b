// SPDX-License-Identifier: BSD-3-Clause
// Beginning, growing and finishing a tree.
#include "build.h"

#include <internal.h>

#include <string.h>

#define OVERLAY_ROOM 0x2000
#define MOST_TREE 0x3fffffff

// ---- What all have in common --------------------------------------------------------------------------------------

// A closed builder with the buffer that it may get.
static enum gunyah_error take(struct gunyah_dt_build *build, void *buffer, struct writer *writer)
{
    memset(build, 0, sizeof(*build));
    build->reserved = -1;
    memset(writer, 0, sizeof(*writer));
    writer->build = build;
    if (buffer == NULL)
        gunyah_build_complain(writer, GUNYAH_ERR_NULL, NULL, "there is no buffer");
    else if ((uintptr_t)buffer % 8 != 0)
        gunyah_build_complain(writer, GUNYAH_ERR_ARGUMENT_ALIGNMENT, NULL, "the buffer is not aligned to 8 bytes");
    return writer->error;
}

static void check_options(struct writer *writer, const void *options, size_t size)
{
    if (options == NULL)
        gunyah_build_complain(writer, GUNYAH_ERR_NULL, NULL, "there are no options");
    else if (!gunyah_internal_options(NULL, size, options))
        gunyah_build_complain(writer, GUNYAH_ERR_OPTION, NULL, "the struct has another size");
}

static enum gunyah_error begun(struct writer *writer)
{
    const enum gunyah_error error = gunyah_build_leave(writer);

    if (error != GUNYAH_OK)
        writer->build->blob = NULL;
    return error;
}

// ---- A new tree --------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_dt_build_begin(struct gunyah_dt_build *build, void *buffer, size_t size,
                                        const struct gunyah_dt_machine_options *machine,
                                        const struct gunyah_dt_config_options *config)
{
    struct writer writer;

    if (build == NULL)
        return GUNYAH_ERR_NULL;
    take(build, buffer, &writer);
    check_options(&writer, machine, sizeof(*machine));
    check_options(&writer, config, sizeof(*config));
    if (writer.error != GUNYAH_OK)
        return writer.error;
    build->blob = buffer;
    gunyah_build_start(&writer, size);
    gunyah_build_machine(&writer, machine, config);
    gunyah_build_config(&writer, config, machine->vcpu_count, -1);
    return begun(&writer);
}

// ---- A tree that exists ------------------------------------------------------------------------------------------

static int find_config(const void *original)
{
    const int node = fdt_subnode_offset(original, 0, BUILD_CONFIG);

    return node >= 0 ? node : fdt_subnode_offset(original, 0, "qcom,vm-config");
}

// Negative if there is none.
static int find_gic(const void *original)
{
    int length;
    const fdt32_t *const phandle = fdt_getprop(original, 0, "interrupt-parent", &length);

    if (phandle != NULL && length == (int)sizeof(*phandle)) {
        const int node = fdt_node_offset_by_phandle(original, fdt32_ld(phandle));
        if (fdt_node_check_compatible(original, node, "arm,gic-v3") == 0)
            return node;
    }
    return fdt_node_offset_by_compatible(original, -1, "arm,gic-v3");
}

static uint32_t count_cpus(const void *original)
{
    const int cpus = fdt_subnode_offset(original, 0, "cpus");
    uint32_t count = 0;
    int length;
    int node;

    if (cpus < 0)
        return 0;
    fdt_for_each_subnode(node, original, cpus)
    {
        const char *const type = fdt_getprop(original, node, "device_type", &length);
        count += type != NULL && length == (int)sizeof("cpu") && memcmp(type, "cpu", sizeof("cpu")) == 0;
    }
    return count;
}

// Add a configuration behind all that the root has.
static void add_config(struct writer *writer, const struct gunyah_dt_config_options *config)
{
    const void *const original = writer->build->original.blob;
    const int gic = find_gic(original);

    if (gic < 0)
        gunyah_build_complain(writer, GUNYAH_ERR_NOT_FOUND, NULL, "the tree has no GICv3");
    if (find_config(original) >= 0)
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, NULL, "the tree has a configuration already");
    if (writer->error != GUNYAH_OK)
        return;
    gunyah_build_copy(writer, 0);
    gunyah_build_config(writer, config, count_cpus(original), gic);
}

// Stop within the configuration that is there: in its vdevices, if there are any.
static void join_config(struct writer *writer)
{
    struct gunyah_dt_build *const build = writer->build;
    const int config = find_config(build->original.blob);
    const int vdevices = config >= 0 ? fdt_subnode_offset(build->original.blob, config, "vdevices") : config;

    if (config < 0) {
        gunyah_build_complain(writer, GUNYAH_ERR_NOT_FOUND, NULL, "the tree has no configuration");
        return;
    }
    const int32_t copy = gunyah_build_copy(writer, vdevices >= 0 ? vdevices : config);
    build->config = writer->is_full ? 0 : find_config(build->blob);
    build->vdevices = copy;
    if (vdevices < 0)
        gunyah_build_vdevices(writer);
}

static bool is_apart(const void *one, size_t one_size, const void *other, size_t other_size)
{
    return !gunyah_build_overlaps((uintptr_t)one, one_size, (uintptr_t)other, other_size);
}

enum gunyah_error gunyah_dt_build_edit(struct gunyah_dt_build *build, void *buffer, size_t size, const void *dtb,
                                       size_t max_size, const struct gunyah_dt_config_options *config)
{
    struct writer writer;

    if (build == NULL)
        return GUNYAH_ERR_NULL;
    take(build, buffer, &writer);
    if (config != NULL)
        check_options(&writer, config, sizeof(*config));
    if (writer.error != GUNYAH_OK)
        return writer.error;
    const enum gunyah_error error = gunyah_dt_open(dtb, max_size, &build->original);
    if (error != GUNYAH_OK)
        return error;
    gunyah_build_need(&writer, is_apart(dtb, build->original.size, buffer, size), NULL,
                      "the buffer has the tree in it");
    if (writer.error != GUNYAH_OK)
        return writer.error;
    build->blob = buffer;
    gunyah_build_start(&writer, size);
    if (config != NULL)
        add_config(&writer, config);
    else
        join_config(&writer);
    if (writer.error == GUNYAH_OK && !writer.is_full)
        build->reserved = fdt_subnode_offset(buffer, 0, "reserved-memory");
    return begun(&writer);
}

// ---- Room, and the end -------------------------------------------------------------------------------------------

enum gunyah_error gunyah_dt_build_grow(struct gunyah_dt_build *build, void *buffer, size_t size)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, NULL, 0, PHASE_ANY);

    if (error != GUNYAH_OK)
        return error;
    if (buffer == NULL)
        return GUNYAH_ERR_NULL;
    if ((uintptr_t)buffer % 8 != 0)
        gunyah_build_complain(&writer, GUNYAH_ERR_ARGUMENT_ALIGNMENT, NULL, "the buffer is not aligned to 8 bytes");
    else
        writer.is_full = fdt_resize(build->blob, buffer, size < INT32_MAX ? (int)size : INT32_MAX) != 0;
    if (writer.error == GUNYAH_OK && !writer.is_full) {
        build->blob = buffer;
        gunyah_build_wipe(buffer);
    }
    return gunyah_build_leave(&writer);
}

size_t gunyah_dt_build_room(const struct gunyah_dt_build *build)
{
    return build != NULL ? build->room : 0;
}

enum gunyah_error gunyah_dt_build_finish(struct gunyah_dt_build *build, size_t *size)
{
    struct writer writer;

    if (size == NULL)
        return GUNYAH_ERR_NULL;
    *size = 0;
    enum gunyah_error error = gunyah_build_enter(&writer, build, NULL, 0, PHASE_ANY);
    if (error != GUNYAH_OK)
        return error;
    const int32_t next = build->next;
    for (; build->open > 0; build->open--)
        gunyah_build_end(&writer);
    if (build->original.blob != NULL)
        gunyah_build_copy(&writer, -1);
    writer.is_full = writer.is_full || fdt_finish(build->blob) != 0;
    error = gunyah_build_leave(&writer);
    build->next = next;
    if (error != GUNYAH_OK)
        return error;
    *size = fdt_totalsize(build->blob);
    build->blob = NULL;
    return GUNYAH_OK;
}

size_t gunyah_dt_region_size(size_t size)
{
    const size_t page = BUILD_PAGE;

    return size <= MOST_TREE ? (2 * (size + OVERLAY_ROOM) + page - 1) & ~(page - 1) : 0;
}

const struct gunyah_dt_problem *gunyah_dt_build_last_problem(const struct gunyah_dt_build *build)
{
    return build != NULL ? &build->original.problem : NULL;
}
