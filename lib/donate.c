// SPDX-License-Identifier: BSD-3-Clause
// Memory that goes from one extent to another, or between a partition and its extents.
#include "memextent.h"

static const struct reason nothing = {GUNYAH_ERR_ARGUMENT_SIZE, "the size of the range is 0",
                                      "Donate at least a page, 4096 bytes."};

// Where the range lies is for the hypervisor to say: it depends on the bases of the extents.
static const struct reason *wrong(uint64_t offset, uint64_t size, enum gunyah_memextent_sync sync)
{
    if (!is_sync(sync))
        return &gunyah_internal_unknown_sync;
    if (!is_paged(offset))
        return &gunyah_internal_unaligned_offset;
    if (!is_paged(size))
        return &gunyah_internal_unaligned_size;
    return size == 0 ? &nothing : NULL;
}

static enum gunyah_error donate(const struct handle *from, enum handle_kind from_kind, const struct handle *to,
                                enum handle_kind to_kind, enum gunyah_memextent_donate_type type, uint64_t offset,
                                uint64_t size, enum gunyah_memextent_sync sync, const char *function)
{
    gunyah_memextent_donate_options_t options = {0};
    enum gunyah_error error = gunyah_internal_check(from, from_kind, function);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(from, to, to_kind, function);
    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong(offset, size, sync);
    if (reason != NULL)
        return gunyah_internal_refuse_for(from->g, function, reason);
    options = gunyah_memextent_donate_options_with_type(options, (uint32_t)type);
    options = gunyah_memextent_donate_options_with_no_sync(options, (uint32_t)sync);
    const int32_t code = gunyah_hypercall_memextent_donate(from->g, options, from->cap, to->cap, offset, size);
    return gunyah_internal_answer(from->g, GUNYAH_HYPERCALL_MEMEXTENT_DONATE, code);
}

enum gunyah_error gunyah_memextent_donate_to_child(struct gunyah_memextent *parent, struct gunyah_memextent *child,
                                                   uint64_t offset, uint64_t size, enum gunyah_memextent_sync sync)
{
    return donate((const struct handle *)parent, HANDLE_MEMEXTENT, (const struct handle *)child, HANDLE_MEMEXTENT,
                  GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, offset, size, sync, __func__);
}

enum gunyah_error gunyah_memextent_donate_to_parent(struct gunyah_memextent *child, struct gunyah_memextent *parent,
                                                    uint64_t offset, uint64_t size, enum gunyah_memextent_sync sync)
{
    return donate((const struct handle *)child, HANDLE_MEMEXTENT, (const struct handle *)parent, HANDLE_MEMEXTENT,
                  GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PARENT, offset, size, sync, __func__);
}

enum gunyah_error gunyah_memextent_donate_to_sibling(struct gunyah_memextent *from, struct gunyah_memextent *to,
                                                     uint64_t offset, uint64_t size, enum gunyah_memextent_sync sync)
{
    return donate((const struct handle *)from, HANDLE_MEMEXTENT, (const struct handle *)to, HANDLE_MEMEXTENT,
                  GUNYAH_MEMEXTENT_DONATE_TYPE_TO_SIBLING, offset, size, sync, __func__);
}

enum gunyah_error gunyah_memextent_donate_from_partition(struct gunyah_partition *partition,
                                                         struct gunyah_memextent *extent, uint64_t offset,
                                                         uint64_t size, enum gunyah_memextent_sync sync)
{
    return donate((const struct handle *)partition, HANDLE_PARTITION, (const struct handle *)extent, HANDLE_MEMEXTENT,
                  GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, offset, size, sync, __func__);
}

enum gunyah_error gunyah_memextent_donate_to_partition(struct gunyah_memextent *extent,
                                                       struct gunyah_partition *partition, uint64_t offset,
                                                       uint64_t size, enum gunyah_memextent_sync sync)
{
    return donate((const struct handle *)extent, HANDLE_MEMEXTENT, (const struct handle *)partition, HANDLE_PARTITION,
                  GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PARENT, offset, size, sync, __func__);
}
