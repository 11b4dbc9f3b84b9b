// SPDX-License-Identifier: BSD-3-Clause
// Mapping extents into address spaces.
#include "memextent.h"

#define READ_WRITE (GUNYAH_PGTABLE_ACCESS_R | GUNYAH_PGTABLE_ACCESS_W)

static const struct reason unknown_access = {
    GUNYAH_ERR_ARGUMENT_INVALID, "no mapping has this access",
    "Allow nothing, execution, writing or reading, or a combination of enum gunyah_pgtable_access."};
static const struct reason unknown_memtype = {GUNYAH_ERR_ARGUMENT_INVALID, "no mapping has this memory type",
                                              "Pass one of enum gunyah_pgtable_memtype."};
static const struct reason no_length = {GUNYAH_ERR_ARGUMENT_SIZE, "the part has an offset and no length",
                                        "Pass both for a part, and neither for the whole extent."};
static const struct reason part_wraps = {GUNYAH_ERR_ARGUMENT_SIZE, "the part wraps around",
                                         "Let offset plus length be at most the size of the extent."};
static const struct reason part_outside = {GUNYAH_ERR_ARGUMENT_SIZE, "the part is not inside the extent",
                                           "Let offset plus length be at most the size of the extent."};
static const struct reason access_differs = {
    GUNYAH_ERR_WOULD_CRASH, "reading or writing for the kernel alone, or for the user alone, would stop the hypervisor",
    "Let both read, or neither; and let both write, or neither."};
static const struct reason kernel_executes = {GUNYAH_ERR_WOULD_CRASH,
                                              "execution alone, for the kernel, would stop the hypervisor",
                                              "Let the kernel read, too, or let only the user execute."};
static const struct reason mapping_wraps = {GUNYAH_ERR_ADDR_OVERFLOW, "the mapping wraps around",
                                            "Map all of it below GUNYAH_ADDRSPACE_END."};
static const struct reason beyond_the_end = {GUNYAH_ERR_ADDR_INVALID,
                                             "the mapping lies beyond the end of the address space, or reaches there",
                                             "Map all of it below GUNYAH_ADDRSPACE_END."};

static bool is_memtype(enum gunyah_pgtable_memtype memtype)
{
    // Of the types of Normal memory, which have an outer and an inner part, none has 0 for one of them.
    const uint32_t number = (uint32_t)memtype;

    return number <= GUNYAH_PGTABLE_MEMTYPE_DEVICE_GRE ||
           (number <= GUNYAH_PGTABLE_MEMTYPE_NORMAL_WB && number % 4 != 0);
}

static const struct reason *wrong_access(const struct gunyah_addrspace_mapping *mapping)
{
    return is_access(mapping->user_access) && is_access(mapping->kernel_access) ? NULL : &unknown_access;
}

// Access that page tables cannot express: the hypervisor asserts that nobody asks for it.
static const struct reason *fatal_access(const struct gunyah_addrspace_mapping *mapping)
{
    const uint32_t differing = (uint32_t)mapping->user_access ^ (uint32_t)mapping->kernel_access;

    if ((differing & READ_WRITE) != 0)
        return &access_differs;
    return mapping->kernel_access == GUNYAH_PGTABLE_ACCESS_X ? &kernel_executes : NULL;
}

static const struct reason *wrong_part(const struct handle *extent, const struct gunyah_addrspace_mapping *mapping)
{
    if (!is_paged(mapping->ipa))
        return &gunyah_internal_unaligned_address;
    if (!is_paged(mapping->offset))
        return &gunyah_internal_unaligned_offset;
    if (!is_paged(mapping->length))
        return &gunyah_internal_unaligned_size;
    if (mapping->length == 0)
        return mapping->offset != 0 ? &no_length : NULL;
    if (mapping->length - 1 > UINT64_MAX - mapping->offset)
        return &part_wraps;
    if (extent->extent_size != 0 && !is_inside(mapping->offset, mapping->length, extent->extent_size))
        return &part_outside;
    return NULL;
}

// The hypervisor stops where a mapping begins exactly at the end, or a sparse one wraps around; and where memory is donated to
// what was mapped beyond the end.
static const struct reason *wrong_place(const struct handle *extent, const struct gunyah_addrspace_mapping *mapping)
{
    uint64_t size = mapping->length != 0 ? mapping->length : extent->extent_size;

    if (size == 0)
        size = GUNYAH_MEMEXTENT_PAGE_SIZE;
    if (size - 1 > UINT64_MAX - mapping->ipa)
        return &mapping_wraps;
    return is_inside(mapping->ipa, size, GUNYAH_ADDRSPACE_END) ? NULL : &beyond_the_end;
}

// Good handles of one session, and a mapping; or the error.
static enum gunyah_error check(const struct handle *handle, const struct handle *extent,
                               const struct gunyah_addrspace_mapping *mapping, const char *function)
{
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, function);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, extent, HANDLE_MEMEXTENT, function);
    if (error != GUNYAH_OK)
        return error;
    if (mapping == NULL)
        return gunyah_internal_refuse(handle->g, function, GUNYAH_ERR_NULL);
    if (!gunyah_internal_options(NULL, sizeof(*mapping), mapping))
        return gunyah_internal_refuse(handle->g, function, GUNYAH_ERR_OPTION);
    return is_sync(mapping->sync) ? GUNYAH_OK
                                  : gunyah_internal_refuse_for(handle->g, function, &gunyah_internal_unknown_sync);
}

static gunyah_addrspace_map_flags_t flags_of(const struct gunyah_addrspace_mapping *mapping)
{
    gunyah_addrspace_map_flags_t flags = {0};

    flags = gunyah_addrspace_map_flags_with_partial(flags, mapping->length != 0);
    return gunyah_addrspace_map_flags_with_no_sync(flags, (uint32_t)mapping->sync);
}

enum gunyah_error gunyah_addrspace_map(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                       const struct gunyah_addrspace_mapping *mapping)
{
    const struct handle *handle = (const struct handle *)addrspace;
    const struct handle *what = (const struct handle *)extent;
    const enum gunyah_error error = check(handle, what, mapping, __func__);
    gunyah_memextent_mapping_attrs_t attrs = {0};

    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong_access(mapping);
    if (reason == NULL)
        reason = wrong_part(what, mapping);
    if (reason == NULL && !is_memtype(mapping->memtype))
        reason = &unknown_memtype;
    if (reason == NULL)
        reason = fatal_access(mapping);
    if (reason == NULL)
        reason = wrong_place(what, mapping);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    attrs = gunyah_memextent_mapping_attrs_with_user_access(attrs, (uint32_t)mapping->user_access);
    attrs = gunyah_memextent_mapping_attrs_with_kernel_access(attrs, (uint32_t)mapping->kernel_access);
    attrs = gunyah_memextent_mapping_attrs_with_memtype(attrs, (uint32_t)mapping->memtype);
    const int32_t code = gunyah_hypercall_addrspace_map(handle->g, handle->cap, what->cap, mapping->ipa, attrs,
                                                        flags_of(mapping), mapping->offset, mapping->length);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_MAP, code);
}

enum gunyah_error gunyah_addrspace_unmap(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                         const struct gunyah_addrspace_mapping *mapping)
{
    const struct handle *handle = (const struct handle *)addrspace;
    const struct handle *what = (const struct handle *)extent;
    const enum gunyah_error error = check(handle, what, mapping, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong_part(what, mapping);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    const int32_t code = gunyah_hypercall_addrspace_unmap(handle->g, handle->cap, what->cap, mapping->ipa,
                                                          flags_of(mapping), mapping->offset, mapping->length);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_UNMAP, code);
}

enum gunyah_error gunyah_addrspace_update_access(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                                 const struct gunyah_addrspace_mapping *mapping)
{
    const struct handle *handle = (const struct handle *)addrspace;
    const struct handle *what = (const struct handle *)extent;
    const enum gunyah_error error = check(handle, what, mapping, __func__);
    gunyah_memextent_access_attrs_t attrs = {0};

    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong_access(mapping);
    if (reason == NULL)
        reason = wrong_part(what, mapping);
    if (reason == NULL)
        reason = fatal_access(mapping);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    attrs = gunyah_memextent_access_attrs_with_user_access(attrs, (uint32_t)mapping->user_access);
    attrs = gunyah_memextent_access_attrs_with_kernel_access(attrs, (uint32_t)mapping->kernel_access);
    const int32_t code = gunyah_hypercall_addrspace_update_access(
        handle->g, handle->cap, what->cap, mapping->ipa, attrs, flags_of(mapping), mapping->offset, mapping->length);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_UPDATE_ACCESS, code);
}

// ---- looking up --------------------------------------------------------------------------------------------------

static const struct reason *wrong_lookup(uint64_t ipa, uint64_t size)
{
    static const struct reason empty = {GUNYAH_ERR_ARGUMENT_SIZE, "the size of the range is 0",
                                        "Look at a page at least, 4096 bytes."};
    static const struct reason wraps = {GUNYAH_ERR_ADDR_OVERFLOW, "the range wraps around",
                                        "Let the address plus the size be at most 2^64."};

    if (size == 0)
        return &empty;
    if (size - 1 > UINT64_MAX - ipa)
        return &wraps;
    if (!is_paged(ipa))
        return &gunyah_internal_unaligned_address;
    return is_paged(size) ? NULL : &gunyah_internal_unaligned_size;
}

static void fill_in(struct gunyah_addrspace_mapping *found, uint64_t ipa,
                    const struct gunyah_addrspace_lookup_result *answer)
{
    const gunyah_memextent_mapping_attrs_t attrs = answer->map_attrs;

    found->ipa = ipa;
    found->offset = answer->offset;
    found->length = answer->size;
    found->user_access = (enum gunyah_pgtable_access)gunyah_memextent_mapping_attrs_get_user_access(attrs);
    found->kernel_access = (enum gunyah_pgtable_access)gunyah_memextent_mapping_attrs_get_kernel_access(attrs);
    found->memtype = (enum gunyah_pgtable_memtype)gunyah_memextent_mapping_attrs_get_memtype(attrs);
}

enum gunyah_error gunyah_addrspace_lookup(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                          uint64_t ipa, uint64_t size, struct gunyah_addrspace_mapping *found)
{
    const struct handle *handle = (const struct handle *)addrspace;
    const struct handle *what = (const struct handle *)extent;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, what, HANDLE_MEMEXTENT, __func__);
    if (error != GUNYAH_OK)
        return error;
    if (found == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    if (found->size < sizeof(*found))
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_OPTION);
    const struct reason *reason = wrong_lookup(ipa, size);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    const struct gunyah_addrspace_lookup_result answer =
        gunyah_hypercall_addrspace_lookup(handle->g, handle->cap, what->cap, ipa, size);
    if (answer.error == GUNYAH_HVERR_OK)
        fill_in(found, ipa, &answer);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_LOOKUP, answer.error);
}
