// SPDX-License-Identifier: BSD-3-Clause
// Nodes and properties of the new tree. When the buffer is full, the rest of a call is only counted, so that the caller can be
// told what it takes.
#include "build.h"

#include <internal.h>

#include <string.h>

// Tags and lengths of the structure block.
#define TAG sizeof(fdt32_t)
#define PROPERTY sizeof(struct fdt_property)

// What ends the tree: of four nodes at the most, and its own.
#define ENDING (5 * TAG)

static size_t aligned(size_t size)
{
    return (size + TAG - 1) & ~(TAG - 1);
}

// ---- One call ----------------------------------------------------------------------------------------------------

// Where complaints are, before the call begins a node of its own.
static void find_path(struct gunyah_dt_build *build)
{
    struct text text = {build->path, sizeof(build->path), 0};

    build->path[0] = '\0';
    if (build->phase == PHASE_VDEVICES) {
        gunyah_text_add(&text, "/");
        gunyah_text_add(&text, fdt_get_name(build->blob, build->config, NULL));
        gunyah_text_add(&text, "/");
        gunyah_text_add(&text, fdt_get_name(build->blob, build->vdevices, NULL));
    } else if (build->phase == PHASE_RESERVED) {
        gunyah_text_add(&text, "/reserved-memory");
    }
}

// End the nodes that what comes now does not belong to.
static void advance(struct writer *writer, enum phase phase)
{
    struct gunyah_dt_build *const build = writer->build;

    build->path[0] = '\0';
    for (; build->open > 1; build->open--)
        gunyah_build_end(writer);
    if (phase == PHASE_RESERVED) {
        build->reserved = writer->is_full ? -1 : (int32_t)fdt_size_dt_struct(build->blob);
        gunyah_build_node(writer, "reserved-memory");
        gunyah_build_cell_counts(writer, 2, 2);
        gunyah_build_flag(writer, "ranges");
        build->open++;
    }
    build->phase = phase;
}

static void remember(struct writer *writer, struct gunyah_dt_build *build)
{
    memset(writer, 0, sizeof(*writer));
    writer->build = build;
    writer->open = build->open;
    writer->phase = build->phase;
    writer->reserved = build->reserved;
}

enum gunyah_error gunyah_build_enter(struct writer *writer, struct gunyah_dt_build *build, const void *options,
                                     size_t size, enum phase phase)
{
    if (build == NULL || (options == NULL && size > 0))
        return GUNYAH_ERR_NULL;
    if (build->blob == NULL)
        return GUNYAH_ERR_HANDLE;
    remember(writer, build);
    writer->structure = fdt_size_dt_struct(build->blob);
    writer->strings = fdt_size_dt_strings(build->blob);
    writer->need = fdt_off_dt_struct(build->blob) + writer->structure + writer->strings + ENDING;
    find_path(build);
    if (phase == PHASE_ANY)
        return GUNYAH_OK;
    if (!gunyah_internal_options(NULL, size, options))
        gunyah_build_complain(writer, GUNYAH_ERR_OPTION, NULL, "the struct has another size");
    else if (phase != PHASE_VDEVICES && build->original.blob != NULL)
        gunyah_build_complain(writer, GUNYAH_ERR_UNSUPPORTED, NULL, "who made the tree adds this");
    else if (phase < build->phase)
        gunyah_build_complain(writer, GUNYAH_ERR_OBJECT_STATE, NULL, "it comes before what was added last");
    else if (phase > build->phase)
        advance(writer, phase);
    return writer->error;
}

void gunyah_build_start(struct writer *writer, size_t size)
{
    struct gunyah_dt_build *const build = writer->build;
    const void *const original = build->original.blob;
    const int entries = original != NULL ? fdt_num_mem_rsv(original) : 0;
    uint64_t address;
    uint64_t bytes;

    // The entry that ends them comes with the others.
    remember(writer, build);
    writer->need = ENDING + sizeof(struct fdt_header) + sizeof(struct fdt_reserve_entry) * ((size_t)entries + 1);
    writer->is_full = fdt_create(build->blob, size < INT32_MAX ? (int)size : INT32_MAX) != 0;
    for (int i = 0; i < entries && !writer->is_full; i++) {
        fdt_get_mem_rsv(original, i, &address, &bytes);
        writer->is_full = fdt_add_reservemap_entry(build->blob, address, bytes) != 0;
    }
    writer->is_full = writer->is_full || fdt_finish_reservemap(build->blob) != 0;
    if (original != NULL && !writer->is_full)
        fdt_set_boot_cpuid_phys(build->blob, fdt_boot_cpuid_phys(original));
}

void gunyah_build_wipe(void *blob)
{
    const size_t from = (size_t)fdt_off_dt_struct(blob) + fdt_size_dt_struct(blob);
    const size_t to = (size_t)fdt_totalsize(blob) - fdt_size_dt_strings(blob);

    memset((char *)blob + from, 0, to - from);
}

enum gunyah_error gunyah_build_leave(struct writer *writer)
{
    struct gunyah_dt_build *const build = writer->build;

    if (writer->error == GUNYAH_OK && writer->is_full) {
        build->room = writer->need;
        build->path[0] = '\0';
        gunyah_build_complain(writer, GUNYAH_ERR_OUT_OF_MEMORY, NULL, "the buffer is too small");
    }
    if (writer->error == GUNYAH_OK)
        return GUNYAH_OK;
    // Of a tree that was only to begin, nothing was there before.
    if (writer->structure > 0) {
        fdt_set_size_dt_struct(build->blob, writer->structure);
        fdt_set_size_dt_strings(build->blob, writer->strings);
        gunyah_build_wipe(build->blob);
    }
    build->open = writer->open;
    build->phase = writer->phase;
    build->reserved = writer->reserved;
    return writer->error;
}

void gunyah_build_complain(struct writer *writer, enum gunyah_error error, const char *property, const char *text)
{
    struct gunyah_dt_problem *const problem = &writer->build->original.problem;

    if (writer->error != GUNYAH_OK)
        return;
    writer->error = error;
    memcpy(problem->path, writer->build->path, sizeof(problem->path));
    problem->property = property;
    problem->text = text;
}

void gunyah_build_need(struct writer *writer, bool is_good, const char *property, const char *text)
{
    if (!is_good)
        gunyah_build_complain(writer, GUNYAH_ERR_ARGUMENT_INVALID, property, text);
}

void gunyah_build_align(struct writer *writer, uint64_t value, uint64_t unit, const char *property)
{
    const char *const text = unit == BUILD_PAGE ? "it is no multiple of 4 KiB"
                             : unit > 0x10000   ? "it is no multiple of 2 MiB"
                                                : "it is no multiple of 64 KiB";

    if (value % unit != 0)
        gunyah_build_complain(writer, GUNYAH_ERR_ARGUMENT_ALIGNMENT, property, text);
}

// ---- Nodes -------------------------------------------------------------------------------------------------------

static void put_node(struct writer *writer, const char *name)
{
    writer->need += TAG + aligned(strlen(name) + 1);
    if (!writer->is_full)
        writer->is_full = fdt_begin_node(writer->build->blob, name) != 0;
}

static void put_end(struct writer *writer)
{
    writer->need += TAG;
    if (!writer->is_full)
        writer->is_full = fdt_end_node(writer->build->blob) != 0;
}

void gunyah_build_node(struct writer *writer, const char *name)
{
    char *const path = writer->build->path;
    struct text text = {path, sizeof(writer->build->path), strlen(path)};

    // The root's path is empty.
    if (name[0] != '\0') {
        gunyah_text_add(&text, "/");
        gunyah_text_add(&text, name);
    }
    put_node(writer, name);
}

void gunyah_build_end(struct writer *writer)
{
    char *const path = writer->build->path;
    size_t length = strlen(path);

    while (length > 0 && path[length - 1] != '/')
        length--;
    path[length > 0 ? length - 1 : 0] = '\0';
    put_end(writer);
}

// ---- Properties --------------------------------------------------------------------------------------------------

// Room for the value of a property; null if there is none.
static void *put_property(struct writer *writer, const char *name, size_t size)
{
    void *value = NULL;

    writer->need += PROPERTY + aligned(size) + strlen(name) + 1;
    if (!writer->is_full)
        writer->is_full =
            size > INT32_MAX / 2 || fdt_property_placeholder(writer->build->blob, name, (int)size, &value) != 0;
    return writer->is_full ? NULL : value;
}

static void put_bytes(struct writer *writer, const char *name, const void *bytes, size_t size)
{
    void *const value = put_property(writer, name, size);

    if (value != NULL && size > 0)
        memcpy(value, bytes, size);
}

void gunyah_build_flag(struct writer *writer, const char *property)
{
    put_property(writer, property, 0);
}

void gunyah_build_u32(struct writer *writer, const char *property, uint32_t value)
{
    gunyah_build_cells(writer, property, &value, 1);
}

void gunyah_build_u64(struct writer *writer, const char *property, uint64_t value)
{
    const uint32_t cells[] = {(uint32_t)(value >> 32), (uint32_t)value};

    gunyah_build_cells(writer, property, cells, 2);
}

void gunyah_build_range(struct writer *writer, const char *property, uint64_t address, uint64_t size)
{
    const uint32_t cells[] = {(uint32_t)(address >> 32), (uint32_t)address, (uint32_t)(size >> 32), (uint32_t)size};

    gunyah_build_cells(writer, property, cells, 4);
}

void gunyah_build_cells(struct writer *writer, const char *property, const uint32_t *cells, size_t count)
{
    fdt32_t *const value = put_property(writer, property, count * sizeof(*cells));

    for (size_t i = 0; value != NULL && i < count; i++)
        fdt32_st(&value[i], cells[i]);
}

void gunyah_build_string(struct writer *writer, const char *property, const char *string)
{
    put_bytes(writer, property, string, strlen(string) + 1);
}

void gunyah_build_strings(struct writer *writer, const char *property, const char *const *strings, size_t count,
                          size_t most)
{
    size_t size = 0;

    gunyah_build_need(writer, count <= most && (count == 0 || strings != NULL), property, "there are too many");
    for (size_t i = 0; writer->error == GUNYAH_OK && i < count; i++) {
        gunyah_build_need(writer, gunyah_build_is_text(strings[i], GUNYAH_DT_MAX_NAME - 1), property,
                          "one is empty, too long, or not printable ASCII");
        if (writer->error == GUNYAH_OK)
            size += strlen(strings[i]) + 1;
    }
    if (writer->error != GUNYAH_OK || count == 0)
        return;
    char *value = put_property(writer, property, size);
    for (size_t i = 0; value != NULL && i < count; i++) {
        memcpy(value, strings[i], strlen(strings[i]) + 1);
        value += strlen(strings[i]) + 1;
    }
}

void gunyah_build_cell_counts(struct writer *writer, uint32_t address, uint32_t size)
{
    gunyah_build_u32(writer, "#address-cells", address);
    gunyah_build_u32(writer, "#size-cells", size);
}

// ---- The original ------------------------------------------------------------------------------------------------

static void copy_property(struct writer *writer, int offset)
{
    const char *name;
    int length;
    const void *const value = fdt_getprop_by_offset(writer->build->original.blob, offset, &name, &length);

    put_bytes(writer, name, value, (size_t)length);
}

int32_t gunyah_build_copy(struct writer *writer, int node)
{
    struct gunyah_dt_build *const build = writer->build;
    int32_t copy = 0;
    int depth = 0; // below the parent of the node; 0: not there yet
    int next = build->next;
    uint32_t tag;

    do {
        build->next = next;
        tag = fdt_next_tag(build->original.blob, build->next, &next);
        if (tag == FDT_BEGIN_NODE) {
            if (build->next == node)
                copy = writer->is_full ? 0 : (int32_t)fdt_size_dt_struct(build->blob);
            if (build->next == node || depth > 0)
                depth++;
            put_node(writer, fdt_get_name(build->original.blob, build->next, NULL));
        } else if (tag == FDT_PROP) {
            copy_property(writer, build->next);
        } else if (tag == FDT_END_NODE) {
            if (depth == 1)
                break; // There is more to come in this node.
            depth -= depth > 0;
            put_end(writer);
        }
    } while (tag != FDT_END);
    return copy;
}
