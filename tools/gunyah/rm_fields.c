// SPDX-License-Identifier: BSD-3-Clause
#include "rm_fields.h"

#include <stdio.h>
#include <string.h>

#define PREFIX_SIZE 40 // the longest name of a list, and an index

struct walk {
    const uint8_t *bytes;
    size_t size;
    size_t at;
    rm_field_fn *found; // NULL: only a look whether it fits
    void *context;
};

uint64_t rm_fields_read(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;

    while (size-- > 0)
        value = value << 8 | bytes[size];
    return value;
}

static void tell(const struct walk *walk, const char *prefix, const char *name, const char *type, size_t at,
                 size_t size)
{
    struct rm_field field = {.type = type, .bytes = walk->bytes + at, .size = size};

    if (walk->found == NULL)
        return;
    snprintf(field.name, sizeof(field.name), "%s%s", prefix, name);
    if (type != NULL)
        field.value = rm_fields_read(field.bytes, size);
    walk->found(walk->context, &field);
}

static void tell_fields(const struct walk *walk, const char *prefix, const struct gunyah_rm_layout_info *layout)
{
    for (unsigned i = 0; i < layout->field_count; i++) {
        const struct gunyah_rm_field_info *field = &layout->fields[i];
        tell(walk, prefix, field->name, field->type, walk->at + field->offset, field->size);
    }
}

// The value of a field of a layout that is there as a whole; 0 if it has none of this name.
static uint64_t value_of(const struct walk *walk, const struct gunyah_rm_layout_info *layout, size_t at,
                         const char *name)
{
    for (unsigned i = 0; i < layout->field_count; i++) {
        const struct gunyah_rm_field_info *field = &layout->fields[i];
        if (strcmp(field->name, name) == 0)
            return rm_fields_read(walk->bytes + at + field->offset, field->size);
    }
    return 0;
}

// Goes over bytes that are filled up to a multiple of 4; the last ones of a message may be cut.
static bool skip_bytes(struct walk *walk, const char *prefix, const char *name, uint64_t size, bool padded)
{
    const uint64_t left = walk->size - walk->at;
    const uint64_t padding = padded ? (4 - size % 4) % 4 : 0;

    if (size > left)
        return false;
    tell(walk, prefix, name, NULL, walk->at, (size_t)size);
    walk->at += (size_t)(size + padding < left ? size + padding : left);
    return true;
}

static bool walk_layout(struct walk *walk, const char *prefix, const struct gunyah_rm_layout_info *layout);

static bool walk_entries(struct walk *walk, const struct gunyah_rm_list_info *list,
                         const struct gunyah_rm_layout_info *entry, uint64_t count)
{
    char prefix[PREFIX_SIZE];

    for (uint64_t i = 0; i < count; i++) {
        const size_t begin = walk->at;

        snprintf(prefix, sizeof(prefix), "%s[%u].", list->name, (unsigned)i);
        if (!walk_layout(walk, prefix, entry))
            return false;
        if (list->variable && !skip_bytes(walk, prefix, "bytes", value_of(walk, entry, begin, "size"), true))
            return false;
    }
    return true;
}

static bool fits(const struct walk *walk, const struct gunyah_rm_list_info *list,
                 const struct gunyah_rm_layout_info *entry, uint64_t count)
{
    struct walk look = *walk;

    look.found = NULL;
    return walk_entries(&look, list, entry, count) && look.at == look.size;
}

// begin: where the fields are that count, if the list has no header.
static bool walk_list(struct walk *walk, const struct gunyah_rm_layout_info *layout, size_t begin,
                      const struct gunyah_rm_list_info *list)
{
    const struct gunyah_rm_layout_info *entry = list->entries[0];
    const struct gunyah_rm_layout_info *counted = list->header != NULL ? list->header : layout;
    uint64_t count = list->size;
    char prefix[PREFIX_SIZE];

    if (list->optional && walk->at == walk->size)
        return true;
    if (list->header != NULL) {
        begin = walk->at;
        snprintf(prefix, sizeof(prefix), "%s.", list->name);
        if (!walk_layout(walk, prefix, list->header))
            return false;
    }
    if (list->count != NULL)
        count = value_of(walk, counted, begin, list->count);
    if (entry == NULL)
        return skip_bytes(walk, "", list->name, count, list->padded);
    if (list->entries[1] != NULL && !fits(walk, list, entry, count) && fits(walk, list, list->entries[1], count))
        entry = list->entries[1];
    return walk_entries(walk, list, entry, count);
}

static bool walk_layout(struct walk *walk, const char *prefix, const struct gunyah_rm_layout_info *layout)
{
    const size_t begin = walk->at;

    if (walk->size - walk->at < layout->size)
        return false;
    tell_fields(walk, prefix, layout);
    walk->at += layout->size;
    for (unsigned i = 0; i < layout->list_count; i++) {
        if (!walk_list(walk, layout, begin, &layout->lists[i]))
            return false;
    }
    return true;
}

bool rm_fields_walk(const struct gunyah_rm_layout_info *const layouts[2], const uint8_t *bytes, size_t size,
                    rm_field_fn *found, void *context)
{
    const struct gunyah_rm_layout_info *chosen = layouts[0];
    struct walk walk = {.bytes = bytes, .size = size};

    if (chosen == NULL)
        return size == 0;
    if (layouts[1] != NULL && !(walk_layout(&walk, "", chosen) && walk.at == size)) {
        walk.at = 0;
        if (walk_layout(&walk, "", layouts[1]) && walk.at == size)
            chosen = layouts[1];
    }
    walk = (struct walk){.bytes = bytes, .size = size, .found = found, .context = context};
    return walk_layout(&walk, "", chosen) && walk.at == size;
}
