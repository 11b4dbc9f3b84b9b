// SPDX-License-Identifier: BSD-3-Clause
// Which memory belongs to which extent, and how mappings follow: a page table shows only what the extent of the mapping owns.
#include "extent.h"

#include "addrspace.h"

static gunyah_memextent_attrs_t attrs_of(const struct memextent *extent)
{
    const gunyah_memextent_attrs_t attrs = {extent->attrs};
    return attrs;
}

bool gunyah_model_extent_is_sparse(const struct memextent *extent)
{
    return gunyah_memextent_attrs_get_type(attrs_of(extent)) == GUNYAH_MEMEXTENT_TYPE_SPARSE;
}

bool gunyah_model_extent_allows_access(const struct memextent *extent, uint32_t mapping_attrs)
{
    const gunyah_memextent_mapping_attrs_t attrs = {mapping_attrs};
    const uint32_t wanted =
        gunyah_memextent_mapping_attrs_get_user_access(attrs) | gunyah_memextent_mapping_attrs_get_kernel_access(attrs);
    return (wanted & ~gunyah_memextent_attrs_get_access(attrs_of(extent))) == 0;
}

bool gunyah_model_extent_allows(const struct memextent *extent, uint32_t mapping_attrs)
{
    const gunyah_memextent_mapping_attrs_t attrs = {mapping_attrs};
    const uint32_t wanted = gunyah_memextent_mapping_attrs_get_memtype(attrs);
    const uint32_t allowed = gunyah_memextent_attrs_get_memtype(attrs_of(extent));
    if (!gunyah_model_extent_allows_access(extent, mapping_attrs))
        return false;
    if (wanted <= GUNYAH_PGTABLE_MEMTYPE_DEVICE_GRE)
        return true;
    if (wanted > GUNYAH_PGTABLE_MEMTYPE_NORMAL_WB || wanted % 4 == 0)
        return false;
    if (wanted == GUNYAH_PGTABLE_MEMTYPE_NORMAL_NC)
        return allowed != GUNYAH_MEMEXTENT_MEMTYPE_DEVICE;
    return allowed == GUNYAH_MEMEXTENT_MEMTYPE_ANY;
}

int32_t gunyah_model_extent_attach(struct memextent *extent)
{
    const uint32_t both = GUNYAH_PGTABLE_ACCESS_R | GUNYAH_PGTABLE_ACCESS_W;
    if ((gunyah_memextent_attrs_get_access(attrs_of(extent)) & both) != both)
        return GUNYAH_HVERR_DENIED;
    if (extent->children != 0)
        return GUNYAH_HVERR_BUSY;
    extent->attachments++;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_extent_check(const struct memextent *extent, uint64_t offset, uint64_t size, int32_t overflow,
                                  int32_t empty, int32_t outside)
{
    if (((offset | size) & PAGE_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_ALIGNMENT;
    if (size != 0 && size - 1 > UINT64_MAX - offset)
        return overflow;
    if (size == 0)
        return empty;
    return offset < extent->size && size <= extent->size - offset ? GUNYAH_HVERR_OK : outside;
}

struct extent_part gunyah_model_extent_all(const struct memextent *extent)
{
    const struct extent_part all = {0, extent->size - 1};
    return all;
}

struct extent_part gunyah_model_extent_within(const struct memextent *extent, const struct memextent *other,
                                              struct extent_part part)
{
    const uint64_t distance = extent->base - other->base;
    const struct extent_part within = {part.first + distance, part.last + distance};
    return within;
}

int32_t gunyah_model_memory_init(struct gunyah_model *model)
{
    const uint64_t base = model->options.memory_base;
    const struct range all = {
        .first = base, .last = base + model->options.memory_size - 1, .value = base, .tag = model->root_partition};
    if (!gunyah_model_ranges_ready(model))
        return GUNYAH_HVERR_NOMEM;
    if (model->options.memory_size == 0)
        return GUNYAH_HVERR_OK;
    return gunyah_model_ranges_put(model, &model->memory, &all) ? GUNYAH_HVERR_OK : GUNYAH_HVERR_NOMEM;
}

bool gunyah_model_memory_owned(struct gunyah_model *model, uint64_t first, uint64_t last, model_ref owner)
{
    // Neighbours with one owner are one range.
    const struct range *range = gunyah_model_ranges_find(model, model->memory, first);
    return range != NULL && range->first <= first && range->last >= last && range->tag == owner;
}

int32_t gunyah_model_memory_move(struct gunyah_model *model, uint64_t first, uint64_t last, model_ref from,
                                 model_ref to)
{
    const struct range moved = {.first = first, .last = last, .value = first, .tag = to};
    if (!gunyah_model_memory_owned(model, first, last, from))
        return GUNYAH_HVERR_MEMDB_NOT_OWNER;
    return gunyah_model_ranges_put(model, &model->memory, &moved) ? GUNYAH_HVERR_OK : GUNYAH_HVERR_NOMEM;
}

/** The first piece of the part that the extent owns. False: there is none. */
static bool next_owned(struct gunyah_model *model, const struct memextent *extent, struct extent_part part,
                       struct extent_part *piece)
{
    const model_ref owner = model_ref_of(model, extent);
    const uint64_t first = extent->base + part.first;
    const uint64_t last = extent->base + part.last;
    const struct range *range = gunyah_model_ranges_find(model, model->memory, first);
    while (range != NULL && range->first <= last && range->tag != owner)
        range = range->last < last ? gunyah_model_ranges_find(model, model->memory, range->last + 1) : NULL;
    if (range == NULL || range->first > last)
        return false;
    piece->first = (range->first > first ? range->first : first) - extent->base;
    piece->last = (range->last < last ? range->last : last) - extent->base;
    return true;
}

typedef int32_t (*piece_action)(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece);

static int32_t show_piece(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece)
{
    return gunyah_model_addrspace_show(model, addrspace, piece);
}

static int32_t hide_piece(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece)
{
    gunyah_model_addrspace_hide(model, addrspace, piece);
    return GUNYAH_HVERR_OK;
}

/** Do something with all that a mapping has of a piece that the extent owns. */
static int32_t for_mapped(struct gunyah_model *model, const struct memextent *extent,
                          const struct extent_mapping *mapping, struct extent_part piece, piece_action action)
{
    uint64_t at = piece.first;
    for (;;) {
        const struct range *range = gunyah_model_ranges_find(model, mapping->ranges, at);
        if (range == NULL || range->first > piece.last)
            return GUNYAH_HVERR_OK;
        const uint64_t first = range->first > at ? range->first : at;
        const uint64_t last = range->last < piece.last ? range->last : piece.last;
        const uint64_t address = range->value + (first - range->first);
        const struct range shown = {
            .first = address, .last = address + (last - first), .value = extent->base + first, .tag = range->tag};
        const int32_t error = action(model, model_at(model, mapping->addrspace), &shown);
        if (error != GUNYAH_HVERR_OK || last == piece.last)
            return error;
        at = last + 1;
    }
}

static int32_t for_owned(struct gunyah_model *model, const struct memextent *extent,
                         const struct extent_mapping *mapping, struct extent_part part, piece_action action)
{
    struct extent_part piece;
    while (next_owned(model, extent, part, &piece)) {
        const int32_t error = for_mapped(model, extent, mapping, piece, action);
        if (error != GUNYAH_HVERR_OK || piece.last == part.last)
            return error;
        part.first = piece.last + 1;
    }
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_extent_write_in(struct gunyah_model *model, struct memextent *extent,
                                     const struct extent_mapping *mapping, struct extent_part part)
{
    return for_mapped(model, extent, mapping, part, show_piece);
}

void gunyah_model_extent_erase_in(struct gunyah_model *model, struct memextent *extent,
                                  const struct extent_mapping *mapping, struct extent_part part)
{
    (void)for_mapped(model, extent, mapping, part, hide_piece);
}

int32_t gunyah_model_extent_show_in(struct gunyah_model *model, struct memextent *extent,
                                    const struct extent_mapping *mapping, struct extent_part part)
{
    return for_owned(model, extent, mapping, part, show_piece);
}

int32_t gunyah_model_extent_show(struct gunyah_model *model, struct memextent *extent, struct extent_part part)
{
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        const int32_t error = gunyah_model_extent_show_in(model, extent, &extent->mappings[i], part);
        if (error != GUNYAH_HVERR_OK)
            return error;
    }
    return GUNYAH_HVERR_OK;
}

void gunyah_model_extent_hide_in(struct gunyah_model *model, struct memextent *extent,
                                 const struct extent_mapping *mapping, struct extent_part part)
{
    (void)for_owned(model, extent, mapping, part, hide_piece);
}

void gunyah_model_extent_hide(struct gunyah_model *model, struct memextent *extent, struct extent_part part)
{
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++)
        gunyah_model_extent_hide_in(model, extent, &extent->mappings[i], part);
}

static void leave(struct gunyah_model *model, struct memextent *extent, struct extent_mapping *mapping)
{
    gunyah_model_extent_hide_in(model, extent, mapping, gunyah_model_extent_all(extent));
    gunyah_model_ranges_clear(model, &mapping->ranges);
    mapping->addrspace = 0;
}

void gunyah_model_extent_unmap_all(struct gunyah_model *model, struct memextent *extent)
{
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++)
        leave(model, extent, &extent->mappings[i]);
}

void gunyah_model_extents_leave(struct gunyah_model *model, const struct addrspace *addrspace)
{
    const model_ref gone = model_ref_of(model, addrspace);
    for (model_ref ref = model->extents; ref != 0;) {
        struct memextent *extent = model_at(model, ref);
        for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
            if (extent->mappings[i].addrspace == gone)
                leave(model, extent, &extent->mappings[i]);
        }
        ref = extent->next;
    }
}
