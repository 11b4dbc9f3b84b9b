// SPDX-License-Identifier: BSD-3-Clause
// Memory extents as objects: the calls that configure and modify them, their life and their end.
#include "calls.h"
#include "extent.h"
#include "manual.h"

#define PHYSICAL_BITS 40
#define CONFIGURABLE                                                                                                   \
    (GUNYAH_MEMEXTENT_ATTRS_ACCESS_MASK | GUNYAH_MEMEXTENT_ATTRS_MEMTYPE_MASK | GUNYAH_MEMEXTENT_ATTRS_TYPE_MASK)
#define ACCESS_MASKS                                                                                                   \
    (GUNYAH_MEMEXTENT_MAPPING_ATTRS_USER_ACCESS_MASK | GUNYAH_MEMEXTENT_MAPPING_ATTRS_KERNEL_ACCESS_MASK)
#define NO_ACCESS 3 // writing and executing without reading

static void set_parent(struct gunyah_model *model, struct memextent *extent, struct memextent *parent)
{
    if (parent != NULL)
        parent->object.references++;
    gunyah_model_object_release(model, extent->parent);
    extent->parent = parent != NULL ? model_ref_of(model, parent) : 0;
}

static struct memextent *parent_of(struct gunyah_model *model, const struct memextent *extent)
{
    return extent->parent != 0 ? model_at(model, extent->parent) : NULL;
}

static int32_t check_attrs(uint32_t word)
{
    const gunyah_memextent_attrs_t attrs = {word};
    const uint32_t access = gunyah_memextent_attrs_get_access(attrs);
    const bool known = (word & ~(uint32_t)CONFIGURABLE) == 0 && access != GUNYAH_PGTABLE_ACCESS_NONE &&
                       access != NO_ACCESS && gunyah_memextent_attrs_get_type(attrs) <= GUNYAH_MEMEXTENT_TYPE_SPARSE &&
                       gunyah_memextent_attrs_get_memtype(attrs) < GUNYAH_MEMEXTENT_MEMTYPE_CACHED;
    return known ? GUNYAH_HVERR_OK : GUNYAH_HVERR_ARGUMENT_INVALID;
}

int32_t gunyah_model_memextent_configure(struct model_call *call)
{
    struct memextent *extent = call->object[0];
    const uint64_t base = call->arg[1];
    const uint64_t size = call->arg[2];
    const uint32_t attrs = (uint32_t)call->arg[3];
    if (extent->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (size == 0 || size - 1 > UINT64_MAX - base)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (((base | size) & PAGE_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_ALIGNMENT;
    const int32_t error = check_attrs(attrs);
    if (error != GUNYAH_HVERR_OK)
        return error;
    set_parent(call->model, extent, NULL);
    extent->base = base;
    extent->size = size;
    extent->attrs = attrs;
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

/** Does the parent have all that the child is to have? */
static bool may_have(const struct memextent *parent, uint32_t word)
{
    const gunyah_memextent_attrs_t own = {parent->attrs};
    const gunyah_memextent_attrs_t wanted = {word};
    const uint32_t memtype = gunyah_memextent_attrs_get_memtype(own);
    if ((gunyah_memextent_attrs_get_access(wanted) & ~gunyah_memextent_attrs_get_access(own)) != 0)
        return false;
    return memtype == GUNYAH_MEMEXTENT_MEMTYPE_ANY || memtype == gunyah_memextent_attrs_get_memtype(wanted);
}

int32_t gunyah_model_memextent_configure_derive(struct model_call *call)
{
    struct memextent *parent = call->object[0];
    struct memextent *extent = call->object[1];
    const uint64_t offset = call->arg[2];
    const uint64_t size = call->arg[3];
    const uint32_t attrs = (uint32_t)call->arg[4];
    if (extent->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (size == 0 || size - 1 > UINT64_MAX - offset)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (offset >= parent->size || size > parent->size - offset)
        return manual_outside_parent(call->model);
    if (((offset | size) & PAGE_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_ALIGNMENT;
    if (check_attrs(attrs) != GUNYAH_HVERR_OK || !may_have(parent, attrs))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    set_parent(call->model, extent, parent);
    extent->base = parent->base + offset;
    extent->size = size;
    extent->attrs = attrs;
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

static int32_t activate_root(struct gunyah_model *model, struct memextent *extent)
{
    const uint64_t last = extent->base + extent->size - 1;
    if (gunyah_model_extent_is_sparse(extent))
        return GUNYAH_HVERR_OK;
    if (last >> PHYSICAL_BITS != 0)
        return GUNYAH_HVERR_ADDR_INVALID;
    if (!gunyah_model_ranges_ready(model))
        return GUNYAH_HVERR_NOMEM;
    return gunyah_model_memory_move(model, extent->base, last, model->root_partition, model_ref_of(model, extent));
}

/** The child is mapped wherever the parent maps all of it, with no more access than it may have. */
static int32_t inherit(struct gunyah_model *model, struct memextent *child, const struct memextent *parent)
{
    const gunyah_memextent_attrs_t attrs = {child->attrs};
    const uint32_t access = gunyah_memextent_attrs_get_access(attrs);
    const uint32_t kept =
        ~(uint32_t)ACCESS_MASKS | access | access << GUNYAH_MEMEXTENT_MAPPING_ATTRS_KERNEL_ACCESS_SHIFT;
    const struct extent_part part = gunyah_model_extent_within(child, parent, gunyah_model_extent_all(child));
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        const struct range *range = gunyah_model_ranges_find(model, parent->mappings[i].ranges, part.first);
        if (range == NULL || range->first > part.last)
            continue;
        if (range->first > part.first || range->last < part.last)
            return GUNYAH_HVERR_DENIED;
        const struct range mapped = {.first = 0,
                                     .last = child->size - 1,
                                     .value = range->value + (part.first - range->first),
                                     .tag = range->tag & kept};
        if (!gunyah_model_ranges_put(model, &child->mappings[i].ranges, &mapped))
            return GUNYAH_HVERR_NOMEM;
        child->mappings[i].addrspace = parent->mappings[i].addrspace;
    }
    return GUNYAH_HVERR_OK;
}

/** The last mapping of the extent in the same address space as another one's, or NULL. */
static const struct range *last_beside(struct gunyah_model *model, const struct memextent *extent,
                                       const struct extent_mapping *other)
{
    const struct range *last = NULL;
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        if (extent->mappings[i].addrspace == other->addrspace)
            last = model_at(model, extent->mappings[i].ranges);
    }
    return last;
}

static const struct range *range_of(struct gunyah_model *model, const struct extent_mapping *mapping)
{
    return model_at(model, mapping->ranges);
}

/**
 * The mappings of a parent come back, where its child was. Each mapping of the one is compared with the last one of the other in
 * that address space, and with no other, so that of several some stay away, or what is there is mapped once more.
 */
static void revert(struct gunyah_model *model, struct memextent *extent, struct memextent *parent)
{
    const uint64_t offset = extent->base - parent->base;
    const struct extent_part all = gunyah_model_extent_all(extent);
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        const struct extent_mapping *mine = &extent->mappings[i];
        const struct extent_mapping *its = &parent->mappings[i];
        if (mine->addrspace != 0) {
            const struct range *last = last_beside(model, parent, mine);
            if (last == NULL || last->value + offset != range_of(model, mine)->value)
                gunyah_model_extent_erase_in(model, extent, mine, all);
        }
        if (its->addrspace != 0) {
            const struct range *last = last_beside(model, extent, its);
            if (last == NULL || range_of(model, its)->value + offset != last->value ||
                range_of(model, its)->tag != last->tag)
                (void)gunyah_model_extent_write_in(model, parent, its, gunyah_model_extent_within(extent, parent, all));
        }
    }
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        gunyah_model_ranges_clear(model, &extent->mappings[i].ranges);
        extent->mappings[i].addrspace = 0;
    }
}

/** Give back what the extent owns, and let the parent's mappings show it again. */
static void give_back(struct gunyah_model *model, struct memextent *extent)
{
    struct memextent *parent = parent_of(model, extent);
    const model_ref owner = parent != NULL ? extent->parent : model->root_partition;
    const bool are_basic =
        parent != NULL && !gunyah_model_extent_is_sparse(extent) && !gunyah_model_extent_is_sparse(parent);
    if (are_basic)
        revert(model, extent, parent);
    else
        gunyah_model_extent_unmap_all(model, extent);
    const struct range owned = {
        .first = extent->base, .last = extent->base + extent->size - 1, .tag = model_ref_of(model, extent)};
    gunyah_model_ranges_retag(model, &model->memory, &owned, owner);
    if (parent != NULL && !are_basic)
        (void)gunyah_model_extent_show(model, parent,
                                       gunyah_model_extent_within(extent, parent, gunyah_model_extent_all(extent)));
}

/** Pages are mapped anew only where the child allows less: else they stay as they are, also what was mapped over them. */
static int32_t show_less(struct gunyah_model *model, struct memextent *extent, const struct memextent *parent)
{
    const struct extent_part all = gunyah_model_extent_all(extent);
    const uint64_t offset = extent->base - parent->base;
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        const struct extent_mapping *mapping = &extent->mappings[i];
        if (mapping->addrspace == 0)
            continue;
        const struct range *its = gunyah_model_ranges_find(model, parent->mappings[i].ranges, offset);
        if (its->tag == range_of(model, mapping)->tag)
            continue;
        const int32_t error = gunyah_model_extent_show_in(model, extent, mapping, all);
        if (error != GUNYAH_HVERR_OK)
            return error;
    }
    return GUNYAH_HVERR_OK;
}

static int32_t take_from_parent(struct gunyah_model *model, struct memextent *extent, struct memextent *parent)
{
    const uint64_t last = extent->base + extent->size - 1;
    const bool is_sparse = gunyah_model_extent_is_sparse(extent);
    int32_t error = is_sparse ? GUNYAH_HVERR_OK : inherit(model, extent, parent);
    if (error == GUNYAH_HVERR_OK && is_sparse)
        gunyah_model_extent_hide(model, parent,
                                 gunyah_model_extent_within(extent, parent, gunyah_model_extent_all(extent)));
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_memory_move(model, extent->base, last, extent->parent, model_ref_of(model, extent));
    return error == GUNYAH_HVERR_OK ? show_less(model, extent, parent) : error;
}

static int32_t activate_child(struct gunyah_model *model, struct memextent *extent, struct memextent *parent)
{
    const uint64_t last = extent->base + extent->size - 1;
    if (gunyah_model_extent_is_sparse(extent) && gunyah_model_extent_is_sparse(parent))
        return GUNYAH_HVERR_OK;
    if (parent->attachments != 0)
        return GUNYAH_HVERR_BUSY;
    if (!gunyah_model_memory_owned(model, extent->base, last, extent->parent))
        return GUNYAH_HVERR_MEMDB_NOT_OWNER;
    if (!gunyah_model_ranges_ready(model))
        return GUNYAH_HVERR_NOMEM;
    const int32_t error = take_from_parent(model, extent, parent);
    if (error != GUNYAH_HVERR_OK)
        give_back(model, extent);
    return error;
}

int32_t gunyah_model_memextent_activate(struct gunyah_model *model, void *object)
{
    struct memextent *extent = object;
    struct memextent *parent = parent_of(model, extent);
    if (extent->size == 0)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    const int32_t error = parent != NULL ? activate_child(model, extent, parent) : activate_root(model, extent);
    if (error != GUNYAH_HVERR_OK)
        return error;
    if (parent != NULL)
        parent->children++;
    extent->next = model->extents;
    if (extent->next != 0)
        ((struct memextent *)model_at(model, extent->next))->previous = model_ref_of(model, extent);
    model->extents = model_ref_of(model, extent);
    return GUNYAH_HVERR_OK;
}

void gunyah_model_memextent_destroy(struct gunyah_model *model, void *object)
{
    struct memextent *extent = object;
    struct memextent *parent = parent_of(model, extent);
    give_back(model, extent);
    if (parent != NULL)
        parent->children--;
    if (extent->next != 0)
        ((struct memextent *)model_at(model, extent->next))->previous = extent->previous;
    if (extent->previous != 0)
        ((struct memextent *)model_at(model, extent->previous))->next = extent->next;
    else
        model->extents = extent->next;
}

void gunyah_model_memextent_forget(struct gunyah_model *model, void *object)
{
    set_parent(model, object, NULL);
}

static void clear_owned(struct gunyah_model *model, const struct memextent *extent, uint64_t offset, uint64_t size)
{
    const uint64_t first = extent->base + offset;
    const uint64_t last = first + size - 1;
    const struct range *range = gunyah_model_ranges_find(model, model->memory, first);
    if (model->env.put == NULL)
        return;
    for (; range != NULL && range->first <= last;
         range = range->last < last ? gunyah_model_ranges_find(model, model->memory, range->last + 1) : NULL) {
        const uint64_t from = range->first > first ? range->first : first;
        const uint64_t to = range->last < last ? range->last : last;
        if (range->tag == model_ref_of(model, extent))
            model->env.put(model->env.context, from, NULL, to - from + 1);
    }
}

static int32_t modify_range(struct gunyah_model *model, const struct memextent *extent,
                            enum gunyah_memextent_modify_op op, uint64_t offset, uint64_t size)
{
    const gunyah_memextent_attrs_t attrs = {extent->attrs};
    if (gunyah_memextent_attrs_get_memtype(attrs) == GUNYAH_MEMEXTENT_MEMTYPE_DEVICE ||
        (gunyah_memextent_attrs_get_access(attrs) & GUNYAH_PGTABLE_ACCESS_W) == 0)
        return GUNYAH_HVERR_DENIED;
    const int32_t error = gunyah_model_extent_check(extent, offset, size, GUNYAH_HVERR_ARGUMENT_INVALID,
                                                    GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_ARGUMENT_INVALID);
    if (error == GUNYAH_HVERR_OK && op == GUNYAH_MEMEXTENT_MODIFY_OP_ZERO_RANGE)
        clear_owned(model, extent, offset, size);
    return error;
}

int32_t gunyah_model_memextent_modify(struct model_call *call)
{
    struct memextent *extent = call->object[0];
    const gunyah_memextent_modify_flags_t flags = {(uint32_t)call->arg[1]};
    const bool no_sync = gunyah_memextent_modify_flags_get_no_sync(flags) != 0;
    const enum gunyah_memextent_modify_op op =
        (enum gunyah_memextent_modify_op)gunyah_memextent_modify_flags_get_op(flags);
    switch (op) {
    case GUNYAH_MEMEXTENT_MODIFY_OP_UNMAP_ALL:
        gunyah_model_extent_unmap_all(call->model, extent);
        return GUNYAH_HVERR_OK;
    case GUNYAH_MEMEXTENT_MODIFY_OP_SYNC_ALL:
        return no_sync ? GUNYAH_HVERR_ARGUMENT_INVALID : GUNYAH_HVERR_OK;
    case GUNYAH_MEMEXTENT_MODIFY_OP_ZERO_RANGE:
    case GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_CLEAN_RANGE:
    case GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_FLUSH_RANGE:
        if (no_sync)
            return modify_range(call->model, extent, op, call->arg[2], call->arg[3]);
        break;
    }
    return GUNYAH_HVERR_ARGUMENT_INVALID;
}
