// SPDX-License-Identifier: BSD-3-Clause
// Moving memory between extents, and between a partition and its extents.
#include "calls.h"
#include "extent.h"

static const struct model_cap extent_cap = {
    .type = GUNYAH_OBJECT_TYPE_MEMEXTENT, .flags = MODEL_CAP_ACTIVE, .rights = GUNYAH_RIGHT_MEMEXTENT_DONATE};
static const struct model_cap partition_cap = {
    .type = GUNYAH_OBJECT_TYPE_PARTITION, .flags = MODEL_CAP_ACTIVE, .rights = GUNYAH_RIGHT_PARTITION_DONATE};

/** Which memory goes where. */
struct donation {
    struct gunyah_model *model;
    struct memextent *from; // NULL: the partition
    struct memextent *to;
    uint64_t first;
    uint64_t last;
};

static struct extent_part part_of(const struct donation *donation, const struct memextent *extent)
{
    const struct extent_part part = {donation->first - extent->base, donation->last - extent->base};
    return part;
}

static model_ref owner(const struct donation *donation, const struct memextent *extent)
{
    return extent != NULL ? model_ref_of(donation->model, extent) : donation->model->root_partition;
}

static int32_t move(const struct donation *donation)
{
    const model_ref from = owner(donation, donation->from);
    if (!gunyah_model_memory_owned(donation->model, donation->first, donation->last, from))
        return GUNYAH_HVERR_MEMDB_NOT_OWNER;
    if (!gunyah_model_ranges_ready(donation->model))
        return GUNYAH_HVERR_NOMEM;
    if (donation->from != NULL)
        gunyah_model_extent_hide(donation->model, donation->from, part_of(donation, donation->from));
    int32_t error =
        gunyah_model_memory_move(donation->model, donation->first, donation->last, from, owner(donation, donation->to));
    if (error == GUNYAH_HVERR_OK && donation->to != NULL)
        error = gunyah_model_extent_show(donation->model, donation->to, part_of(donation, donation->to));
    return error;
}

static int32_t check(const struct memextent *extent, uint64_t offset, uint64_t size)
{
    if (((offset | size) & PAGE_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_ALIGNMENT;
    if (offset > UINT64_MAX - extent->base)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (size == 0 || size - 1 > UINT64_MAX - (extent->base + offset))
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    return offset < extent->size && size <= extent->size - offset ? GUNYAH_HVERR_OK : GUNYAH_HVERR_ARGUMENT_INVALID;
}

/** Between an extent and what it is a part of: its parent, or its partition. */
static int32_t donate_to_or_by_child(struct model_call *call, gunyah_capid_t child_id, gunyah_capid_t parent_id,
                                     bool to_child)
{
    void *found;
    int32_t error = gunyah_model_look_up(call, child_id, &extent_cap, &found);
    if (error != GUNYAH_HVERR_OK)
        return error;
    struct memextent *child = found;
    const bool is_root = child->parent == 0;
    error = gunyah_model_look_up(call, parent_id, is_root ? &partition_cap : &extent_cap, &found);
    if (error != GUNYAH_HVERR_OK)
        return error;
    struct memextent *parent = is_root ? NULL : found;
    if (!is_root && model_ref_of(call->model, parent) != child->parent)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    error = check(child, call->arg[3], call->arg[4]);
    if (error != GUNYAH_HVERR_OK)
        return error;
    if (!gunyah_model_extent_is_sparse(child))
        return GUNYAH_HVERR_MEMEXTENT_TYPE;
    if (parent != NULL && !gunyah_model_extent_is_sparse(parent))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    const struct donation donation = {.model = call->model,
                                      .from = to_child ? parent : child,
                                      .to = to_child ? child : parent,
                                      .first = child->base + call->arg[3],
                                      .last = child->base + call->arg[3] + call->arg[4] - 1};
    return move(&donation);
}

static int32_t donate_to_sibling(struct model_call *call)
{
    void *from_object;
    void *to_object;
    int32_t error = gunyah_model_look_up(call, gunyah_capid(call->arg[1]), &extent_cap, &from_object);
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_look_up(call, gunyah_capid(call->arg[2]), &extent_cap, &to_object);
    if (error != GUNYAH_HVERR_OK)
        return error;
    struct memextent *from = from_object;
    struct memextent *to = to_object;
    error = check(from, call->arg[3], call->arg[4]);
    if (error != GUNYAH_HVERR_OK)
        return error;
    const struct donation donation = {.model = call->model,
                                      .from = from,
                                      .to = to,
                                      .first = from->base + call->arg[3],
                                      .last = from->base + call->arg[3] + call->arg[4] - 1};
    if (check(to, donation.first - to->base, call->arg[4]) != GUNYAH_HVERR_OK)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (from == to || from->parent == 0 || from->parent != to->parent)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (!gunyah_model_extent_is_sparse(from))
        return GUNYAH_HVERR_MEMEXTENT_TYPE;
    if (!gunyah_model_extent_is_sparse(to))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    return move(&donation);
}

int32_t gunyah_model_memextent_donate(struct model_call *call)
{
    const gunyah_memextent_donate_options_t options = {(uint32_t)call->arg[0]};
    const gunyah_capid_t from = gunyah_capid(call->arg[1]);
    const gunyah_capid_t to = gunyah_capid(call->arg[2]);
    switch (gunyah_memextent_donate_options_get_type(options)) {
    case GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD:
        return donate_to_or_by_child(call, to, from, true);
    case GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PARENT:
        return donate_to_or_by_child(call, from, to, false);
    case GUNYAH_MEMEXTENT_DONATE_TYPE_TO_SIBLING:
        return donate_to_sibling(call);
    default:
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    }
}
