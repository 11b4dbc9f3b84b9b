// SPDX-License-Identifier: BSD-3-Clause
// Memory extents: handles, configuration, and what is done to all of an extent or a range of it. Donating is in donate.c.
#include "memextent.h"

static const struct reason empty = {GUNYAH_ERR_ARGUMENT_INVALID, "the size of the extent is 0",
                                    "Give it at least a page, 4096 bytes."};
static const struct reason wraps = {GUNYAH_ERR_ARGUMENT_INVALID, "the range of the extent wraps around",
                                    "Let the base plus the size be 2^64 at most."};
static const struct reason outside_parent = {GUNYAH_ERR_ADDR_INVALID, "the range is not inside the parent",
                                             "Let the offset plus the size be at most the size of the parent."};
static const struct reason unknown_attributes = {GUNYAH_ERR_ARGUMENT_INVALID,
                                                 "no extent has this access, memory type or type",
                                                 "Allow execution, writing or reading, or a combination of enum "
                                                 "gunyah_pgtable_access; the memory type is ANY, DEVICE or "
                                                 "UNCACHED, the type BASIC or SPARSE."};
static const struct reason execution_alone = {
    GUNYAH_ERR_WOULD_CRASH, "a basic child for execution alone could stop the hypervisor",
    "Let it be read, too: where the parent is mapped for the kernel to execute, the child would be for that alone."};

const struct reason gunyah_internal_unaligned_address = {
    GUNYAH_ERR_ARGUMENT_ALIGNMENT, "the address is not a multiple of the page size", "Pass a multiple of 4096."};
const struct reason gunyah_internal_unaligned_offset = {
    GUNYAH_ERR_ARGUMENT_ALIGNMENT, "the offset is not a multiple of the page size", "Pass a multiple of 4096."};
const struct reason gunyah_internal_unaligned_size = {
    GUNYAH_ERR_ARGUMENT_ALIGNMENT, "the size is not a multiple of the page size", "Pass a multiple of 4096."};
const struct reason gunyah_internal_unknown_sync = {GUNYAH_ERR_ARGUMENT_INVALID, "sync is neither of its values",
                                                    "Pass GUNYAH_MEMEXTENT_SYNC or GUNYAH_MEMEXTENT_NO_SYNC."};

// ---- what is wrong -----------------------------------------------------------------------------------------------

static bool are_known(enum gunyah_pgtable_access access, enum gunyah_memextent_memtype memtype,
                      enum gunyah_memextent_type type)
{
    return is_access(access) && access != GUNYAH_PGTABLE_ACCESS_NONE &&
           (uint32_t)memtype < GUNYAH_MEMEXTENT_MEMTYPE_CACHED && (uint32_t)type <= GUNYAH_MEMEXTENT_TYPE_SPARSE;
}

static gunyah_memextent_attrs_t attributes(enum gunyah_pgtable_access access, enum gunyah_memextent_memtype memtype,
                                           enum gunyah_memextent_type type)
{
    gunyah_memextent_attrs_t attrs = {0};

    attrs = gunyah_memextent_attrs_with_access(attrs, (uint32_t)access);
    attrs = gunyah_memextent_attrs_with_memtype(attrs, (uint32_t)memtype);
    return gunyah_memextent_attrs_with_type(attrs, (uint32_t)type);
}

// What the hypervisor would say of a range that begins here, as far as it looks at it before the alignment.
static const struct reason *wrong_range(uint64_t begin, uint64_t size)
{
    if (size == 0)
        return &empty;
    return size - 1 > UINT64_MAX - begin ? &wraps : NULL;
}

static const struct reason *wrong_root(uint64_t base, uint64_t size, enum gunyah_pgtable_access access,
                                       enum gunyah_memextent_memtype memtype, enum gunyah_memextent_type type)
{
    const struct reason *reason = wrong_range(base, size);

    if (reason != NULL)
        return reason;
    if (!is_paged(base))
        return &gunyah_internal_unaligned_address;
    if (!is_paged(size))
        return &gunyah_internal_unaligned_size;
    return are_known(access, memtype, type) ? NULL : &unknown_attributes;
}

// ---- handles -----------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_memextent_open(struct gunyah *g, const struct gunyah_memextent_options *given,
                                        struct gunyah_memextent **extent)
{
    struct gunyah_memextent_options options;
    enum gunyah_error error;

    if (extent == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *extent = NULL;
    if (given == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    if (!gunyah_internal_options(&options, sizeof(options), given))
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_OPTION);
    if (!is_paged(options.extent_size))
        return gunyah_internal_refuse_for(g, __func__, &gunyah_internal_unaligned_size);
    struct handle *handle = gunyah_internal_open(g, HANDLE_MEMEXTENT, options.cap, __func__, &error);
    if (handle != NULL)
        handle->extent_size = options.extent_size;
    *extent = (struct gunyah_memextent *)handle;
    return error;
}

enum gunyah_error gunyah_memextent_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                          struct gunyah_memextent **extent)
{
    enum gunyah_error error;

    if (extent == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *extent = (struct gunyah_memextent *)gunyah_internal_create(
        partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_MEMEXTENT, HANDLE_MEMEXTENT, __func__, &error);
    return error;
}

enum gunyah_error gunyah_memextent_create_sparse(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                                 uint64_t base, uint64_t size, enum gunyah_pgtable_access access,
                                                 enum gunyah_memextent_memtype memtype,
                                                 struct gunyah_memextent **extent)
{
    struct gunyah *g = gunyah_internal_session(partition);
    const struct reason *reason = wrong_root(base, size, access, memtype, GUNYAH_MEMEXTENT_TYPE_SPARSE);

    if (extent == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *extent = NULL;
    enum gunyah_error error = gunyah_internal_check((const struct handle *)partition, HANDLE_PARTITION, __func__);
    if (error == GUNYAH_OK && reason != NULL)
        error = gunyah_internal_refuse_for(g, __func__, reason);
    if (error == GUNYAH_OK)
        error = gunyah_memextent_create(partition, into, extent);
    if (error != GUNYAH_OK)
        return error;
    error = gunyah_memextent_configure(*extent, base, size, access, memtype, GUNYAH_MEMEXTENT_TYPE_SPARSE);
    if (error == GUNYAH_OK)
        error = gunyah_memextent_activate(*extent);
    if (error == GUNYAH_OK)
        return GUNYAH_OK;
    // What failed is what the caller is told, whatever becomes of this.
    (void)gunyah_hypercall_cspace_delete_cap_from(g, gunyah_cspace_capid(into), gunyah_memextent_capid(*extent));
    gunyah_memextent_close(extent);
    return error;
}

enum gunyah_error gunyah_memextent_close(struct gunyah_memextent **extent)
{
    if (extent == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*extent, HANDLE_MEMEXTENT, __func__);
    if (error == GUNYAH_OK)
        *extent = NULL;
    return error;
}

gunyah_capid_t gunyah_memextent_capid(const struct gunyah_memextent *extent)
{
    return gunyah_internal_capid((const struct handle *)extent, HANDLE_MEMEXTENT);
}

uint64_t gunyah_memextent_size(const struct gunyah_memextent *extent)
{
    const struct handle *handle = (const struct handle *)extent;

    return handle != NULL && handle->kind == HANDLE_MEMEXTENT ? handle->extent_size : 0;
}

// ---- before activation -------------------------------------------------------------------------------------------

enum gunyah_error gunyah_memextent_configure(struct gunyah_memextent *extent, uint64_t base, uint64_t size,
                                             enum gunyah_pgtable_access access, enum gunyah_memextent_memtype memtype,
                                             enum gunyah_memextent_type type)
{
    struct handle *handle = (struct handle *)extent;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MEMEXTENT, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong_root(base, size, access, memtype, type);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    const int32_t code =
        gunyah_hypercall_memextent_configure(handle->g, handle->cap, base, size, attributes(access, memtype, type));
    error = gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE, code);
    if (error == GUNYAH_OK)
        handle->extent_size = size;
    return error;
}

static const struct reason *wrong_part(const struct handle *parent, uint64_t offset, uint64_t size)
{
    const struct reason *reason = wrong_range(offset, size);

    if (reason != NULL)
        return reason;
    if (parent->extent_size != 0 && !is_inside(offset, size, parent->extent_size))
        return &outside_parent;
    if (!is_paged(offset))
        return &gunyah_internal_unaligned_offset;
    return is_paged(size) ? NULL : &gunyah_internal_unaligned_size;
}

enum gunyah_error gunyah_memextent_configure_derive(struct gunyah_memextent *extent, struct gunyah_memextent *parent,
                                                    uint64_t offset, uint64_t size, enum gunyah_pgtable_access access,
                                                    enum gunyah_memextent_memtype memtype,
                                                    enum gunyah_memextent_type type)
{
    struct handle *handle = (struct handle *)extent;
    const struct handle *of = (const struct handle *)parent;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MEMEXTENT, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, of, HANDLE_MEMEXTENT, __func__);
    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong_part(of, offset, size);
    if (reason == NULL && !are_known(access, memtype, type))
        reason = &unknown_attributes;
    if (reason == NULL && access == GUNYAH_PGTABLE_ACCESS_X && type == GUNYAH_MEMEXTENT_TYPE_BASIC)
        reason = &execution_alone;
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    const int32_t code = gunyah_hypercall_memextent_configure_derive(handle->g, handle->cap, of->cap, offset, size,
                                                                     attributes(access, memtype, type));
    error = gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE_DERIVE, code);
    if (error == GUNYAH_OK)
        handle->extent_size = size;
    return error;
}

enum gunyah_error gunyah_memextent_activate(struct gunyah_memextent *extent)
{
    const struct handle *handle = (const struct handle *)extent;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MEMEXTENT, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

// ---- modifying ---------------------------------------------------------------------------------------------------

static enum gunyah_error modify(const struct handle *handle, enum gunyah_memextent_modify_op op,
                                enum gunyah_memextent_sync sync, uint64_t offset, uint64_t size)
{
    gunyah_memextent_modify_flags_t flags = {0};

    flags = gunyah_memextent_modify_flags_with_op(flags, (uint32_t)op);
    flags = gunyah_memextent_modify_flags_with_no_sync(flags, (uint32_t)sync);
    const int32_t code = gunyah_hypercall_memextent_modify(handle->g, handle->cap, flags, offset, size);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_MEMEXTENT_MODIFY, code);
}

enum gunyah_error gunyah_memextent_unmap_all(struct gunyah_memextent *extent, enum gunyah_memextent_sync sync)
{
    const struct handle *handle = (const struct handle *)extent;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MEMEXTENT, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (!is_sync(sync))
        return gunyah_internal_refuse_for(handle->g, __func__, &gunyah_internal_unknown_sync);
    return modify(handle, GUNYAH_MEMEXTENT_MODIFY_OP_UNMAP_ALL, sync, 0, 0);
}

enum gunyah_error gunyah_memextent_sync_all(struct gunyah_memextent *extent)
{
    const struct handle *handle = (const struct handle *)extent;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MEMEXTENT, __func__);

    if (error != GUNYAH_OK)
        return error;
    return modify(handle, GUNYAH_MEMEXTENT_MODIFY_OP_SYNC_ALL, GUNYAH_MEMEXTENT_SYNC, 0, 0);
}

static enum gunyah_error modify_range(const struct gunyah_memextent *extent, enum gunyah_memextent_modify_op op,
                                      uint64_t offset, uint64_t size, const char *function)
{
    static const struct reason range_wraps = {GUNYAH_ERR_ARGUMENT_INVALID, "the range wraps around",
                                              "Let the offset plus the size be at most the size of the extent."};
    static const struct reason no_range = {GUNYAH_ERR_ARGUMENT_SIZE, "the size of the range is 0",
                                           "Name at least a page, 4096 bytes."};
    static const struct reason outside = {GUNYAH_ERR_ARGUMENT_INVALID, "the range is not inside the extent",
                                          "Let the offset plus the size be at most the size of the extent."};
    const struct handle *handle = (const struct handle *)extent;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_MEMEXTENT, function);
    const struct reason *reason = NULL;

    if (error != GUNYAH_OK)
        return error;
    if (!is_paged(offset))
        reason = &gunyah_internal_unaligned_offset;
    else if (!is_paged(size))
        reason = &gunyah_internal_unaligned_size;
    else if (size == 0)
        reason = &no_range;
    else if (size - 1 > UINT64_MAX - offset)
        reason = &range_wraps;
    else if (handle->extent_size != 0 && !is_inside(offset, size, handle->extent_size))
        reason = &outside;
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, function, reason);
    return modify(handle, op, GUNYAH_MEMEXTENT_NO_SYNC, offset, size);
}

enum gunyah_error gunyah_memextent_zero_range(struct gunyah_memextent *extent, uint64_t offset, uint64_t size)
{
    return modify_range(extent, GUNYAH_MEMEXTENT_MODIFY_OP_ZERO_RANGE, offset, size, __func__);
}

enum gunyah_error gunyah_memextent_cache_clean_range(struct gunyah_memextent *extent, uint64_t offset, uint64_t size)
{
    return modify_range(extent, GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_CLEAN_RANGE, offset, size, __func__);
}

enum gunyah_error gunyah_memextent_cache_flush_range(struct gunyah_memextent *extent, uint64_t offset, uint64_t size)
{
    return modify_range(extent, GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_FLUSH_RANGE, offset, size, __func__);
}
