// SPDX-License-Identifier: BSD-3-Clause
// Mapping extents into address spaces. A basic extent is mapped as a whole, at most four times; a sparse one remembers where
// its parts are mapped also while it does not own them.
#include "addrspace.h"
#include "calls.h"
#include "extent.h"
#include "manual.h"

#define SPARSE_END (UINT64_C(1) << 48)
#define ACCESS                                                                                                         \
    ((uint32_t)(GUNYAH_MEMEXTENT_MAPPING_ATTRS_USER_ACCESS_MASK | GUNYAH_MEMEXTENT_MAPPING_ATTRS_KERNEL_ACCESS_MASK))

/** What a call says that maps, unmaps or changes access. */
struct request {
    struct gunyah_model *model;
    struct addrspace *addrspace;
    struct memextent *extent;
    uint64_t vbase;
    bool partial;
    struct extent_part part;
};

/** The flags and what comes behind them, which counts for a part only. */
static int32_t read_request(struct model_call *call, uint32_t flags_at, struct request *request)
{
    const gunyah_addrspace_map_flags_t flags = {(uint32_t)call->arg[flags_at]};
    request->model = call->model;
    request->addrspace = call->object[0];
    request->extent = call->object[1];
    request->vbase = call->arg[2];
    request->partial = gunyah_addrspace_map_flags_get_partial(flags) != 0;
    request->part = gunyah_model_extent_all(request->extent);
    if ((request->vbase & PAGE_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_ALIGNMENT;
    if (!request->partial)
        return GUNYAH_HVERR_OK;
    const uint64_t offset = call->arg[flags_at + 1];
    const uint64_t size = call->arg[flags_at + 2];
    request->part.first = offset;
    request->part.last = offset + size - 1;
    return gunyah_model_extent_check(request->extent, offset, size, GUNYAH_HVERR_ARGUMENT_SIZE,
                                     GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_ARGUMENT_SIZE);
}

static uint64_t size_of(const struct request *request)
{
    return request->part.last - request->part.first + 1;
}

static bool is_free(const struct request *request, const struct extent_mapping *mapping)
{
    if (mapping->addrspace == 0)
        return true;
    if (!gunyah_model_extent_is_sparse(request->extent) ||
        mapping->addrspace != model_ref_of(request->model, request->addrspace))
        return false;
    const struct range *range = gunyah_model_ranges_find(request->model, mapping->ranges, request->part.first);
    return range == NULL || range->first > request->part.last;
}

static struct extent_mapping *find_free(const struct request *request)
{
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        if (is_free(request, &request->extent->mappings[i]))
            return &request->extent->mappings[i];
    }
    return NULL;
}

static int32_t check_place(const struct request *request)
{
    const uint64_t size = size_of(request);
    const bool wraps = size - 1 > UINT64_MAX - request->vbase;
    if (!gunyah_model_extent_is_sparse(request->extent)) {
        if (request->partial)
            return GUNYAH_HVERR_MEMEXTENT_TYPE;
        return wraps ? GUNYAH_HVERR_ADDR_OVERFLOW : GUNYAH_HVERR_OK;
    }
    if (wraps)
        return manual_or_stop(request->model, GUNYAH_HVERR_ADDR_OVERFLOW);
    const bool fits = size <= SPARSE_END && request->vbase <= SPARSE_END - size;
    return fits ? GUNYAH_HVERR_OK : GUNYAH_HVERR_ADDR_INVALID;
}

/** Forget a part of a mapping, and the mapping if nothing of it is left. */
static void remove_part(const struct request *request, struct extent_mapping *mapping)
{
    gunyah_model_extent_hide_in(request->model, request->extent, mapping, request->part);
    gunyah_model_ranges_cut(request->model, &mapping->ranges, request->part.first, request->part.last);
    if (mapping->ranges == 0)
        mapping->addrspace = 0;
}

/** Is anything mapped where the part is to be? */
static bool is_taken(const struct request *request)
{
    const struct range *range = gunyah_model_ranges_find(request->model, request->addrspace->table, request->vbase);
    return range != NULL && range->first <= request->vbase + (size_of(request) - 1);
}

/** Attributes that the hypervisor would stop at, if the extent owns what is mapped. */
static bool are_refused(const struct gunyah_model *model, uint32_t attrs)
{
    return manual_checks_attrs(model) && !gunyah_model_addrspace_expresses(attrs);
}

int32_t gunyah_model_addrspace_map(struct model_call *call)
{
    struct request request;
    const uint32_t attrs = (uint32_t)call->arg[3];
    int32_t error = read_request(call, 4, &request);
    if (error != GUNYAH_HVERR_OK)
        return error;
    if (!gunyah_model_extent_allows(request.extent, attrs) || are_refused(request.model, attrs))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    error = check_place(&request);
    if (error == GUNYAH_HVERR_OK && manual_refuses_over(request.model) && is_taken(&request))
        error = GUNYAH_HVERR_EXISTING_MAPPING;
    if (error != GUNYAH_HVERR_OK)
        return error;
    struct extent_mapping *mapping = find_free(&request);
    if (mapping == NULL)
        return GUNYAH_HVERR_MEMEXTENT_MAPPINGS_FULL;
    const struct range mapped = {
        .first = request.part.first, .last = request.part.last, .value = request.vbase, .tag = attrs};
    if (!gunyah_model_ranges_ready(request.model) || !gunyah_model_ranges_put(request.model, &mapping->ranges, &mapped))
        return GUNYAH_HVERR_NOMEM;
    mapping->addrspace = model_ref_of(request.model, request.addrspace);
    error = gunyah_model_extent_show_in(request.model, request.extent, mapping, request.part);
    if (error != GUNYAH_HVERR_OK)
        remove_part(&request, mapping);
    return error;
}

/** The mapping that has the part at exactly this address. */
static struct extent_mapping *find_mapped(const struct request *request)
{
    for (uint32_t i = 0; i < EXTENT_MAPPINGS; i++) {
        struct extent_mapping *mapping = &request->extent->mappings[i];
        if (mapping->addrspace != model_ref_of(request->model, request->addrspace))
            continue;
        const struct range *range = gunyah_model_ranges_find(request->model, mapping->ranges, request->part.first);
        uint64_t next = request->part.first;
        while (range != NULL && range->first <= next &&
               range->value + (next - range->first) == request->vbase + (next - request->part.first)) {
            if (range->last >= request->part.last)
                return mapping;
            next = range->last + 1;
            range = gunyah_model_ranges_find(request->model, mapping->ranges, next);
        }
    }
    return NULL;
}

int32_t gunyah_model_addrspace_unmap(struct model_call *call)
{
    struct request request;
    const int32_t error = read_request(call, 3, &request);
    if (error != GUNYAH_HVERR_OK)
        return error;
    if (request.partial && !gunyah_model_extent_is_sparse(request.extent))
        return GUNYAH_HVERR_MEMEXTENT_TYPE;
    struct extent_mapping *mapping = find_mapped(&request);
    if (mapping == NULL)
        return manual_not_mapped(request.model);
    if (!gunyah_model_ranges_ready(request.model))
        return GUNYAH_HVERR_NOMEM;
    remove_part(&request, mapping);
    return GUNYAH_HVERR_OK;
}

/** Change the access of what is mapped of the part. Each piece keeps its place and its kind of memory. */
static int32_t set_access(const struct request *request, struct extent_mapping *mapping, uint32_t access)
{
    const struct extent_part part = request->part;
    struct range changed = {.last = part.first - 1};
    do {
        const uint64_t first = changed.last + 1;
        const struct range *range = gunyah_model_ranges_find(request->model, mapping->ranges, first);
        changed.first = first;
        changed.last = range->last < part.last ? range->last : part.last;
        changed.value = range->value + (first - range->first);
        changed.tag = (range->tag & ~ACCESS) | access;
        if (!gunyah_model_ranges_put(request->model, &mapping->ranges, &changed))
            return GUNYAH_HVERR_NOMEM;
    } while (changed.last != part.last);
    return gunyah_model_extent_show_in(request->model, request->extent, mapping, part);
}

int32_t gunyah_model_addrspace_update_access(struct model_call *call)
{
    struct request request;
    const uint32_t access = (uint32_t)call->arg[3];
    const struct memextent *extent = call->object[1];
    const bool is_sparse = gunyah_model_extent_is_sparse(extent);
    if (!gunyah_model_extent_allows_access(extent, access) || are_refused(call->model, access))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    const int32_t error = read_request(call, 4, &request);
    if (error != GUNYAH_HVERR_OK)
        return error;
    // The hypervisor finds the mapping of a sparse extent, and then forgets what it has found.
    if (is_sparse && !manual_updates_sparse(request.model))
        return GUNYAH_HVERR_ADDR_INVALID;
    if (request.partial && !is_sparse)
        return GUNYAH_HVERR_MEMEXTENT_TYPE;
    struct extent_mapping *mapping = find_mapped(&request);
    if (mapping == NULL)
        return manual_not_mapped(request.model);
    if (!gunyah_model_ranges_ready(request.model))
        return GUNYAH_HVERR_NOMEM;
    return set_access(&request, mapping, access);
}
