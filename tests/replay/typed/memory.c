// SPDX-License-Identifier: BSD-3-Clause
// Memory extents and address spaces.
#include "typed.h"

static struct gunyah_memextent *open_extent(struct gunyah *g, uint64_t cap)
{
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    struct gunyah_memextent *extent = NULL;

    options.cap = typed_cap(cap);
    gunyah_memextent_open(g, &options, &extent);
    return extent;
}

static struct gunyah_addrspace *open_space(struct gunyah *g, uint64_t cap)
{
    struct gunyah_addrspace *space = NULL;

    gunyah_addrspace_open(g, typed_cap(cap), &space);
    return space;
}

static enum gunyah_memextent_sync sync_of(uint32_t no_sync)
{
    return no_sync != 0 ? GUNYAH_MEMEXTENT_NO_SYNC : GUNYAH_MEMEXTENT_SYNC;
}

// ---- extents -----------------------------------------------------------------------------------------------------

static bool are_attrs(uint64_t word)
{
    const uint64_t said =
        GUNYAH_MEMEXTENT_ATTRS_ACCESS_MASK | GUNYAH_MEMEXTENT_ATTRS_MEMTYPE_MASK | GUNYAH_MEMEXTENT_ATTRS_TYPE_MASK;

    return (word & ~said) == 0;
}

static bool is_root(const uint64_t *arguments)
{
    return are_attrs(arguments[3]) && arguments[4] == 0;
}

static void configure(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_memextent_attrs_t attrs = {(uint32_t)arguments[3]};
    struct gunyah_memextent *extent = open_extent(g, arguments[0]);

    answer->error = gunyah_memextent_configure(extent, arguments[1], arguments[2],
                                               (enum gunyah_pgtable_access)gunyah_memextent_attrs_get_access(attrs),
                                               (enum gunyah_memextent_memtype)gunyah_memextent_attrs_get_memtype(attrs),
                                               (enum gunyah_memextent_type)gunyah_memextent_attrs_get_type(attrs));
    gunyah_memextent_close(&extent);
}

static bool is_child(const uint64_t *arguments)
{
    return are_attrs(arguments[4]) && arguments[5] == 0;
}

static void derive(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_memextent_attrs_t attrs = {(uint32_t)arguments[4]};
    struct gunyah_memextent *extent = open_extent(g, arguments[0]);
    struct gunyah_memextent *parent = open_extent(g, arguments[1]);

    answer->error =
        gunyah_memextent_configure_derive(extent, parent, arguments[2], arguments[3],
                                          (enum gunyah_pgtable_access)gunyah_memextent_attrs_get_access(attrs),
                                          (enum gunyah_memextent_memtype)gunyah_memextent_attrs_get_memtype(attrs),
                                          (enum gunyah_memextent_type)gunyah_memextent_attrs_get_type(attrs));
    gunyah_memextent_close(&parent);
    gunyah_memextent_close(&extent);
}

// What is no range has none. Of ranges, the hypervisor wants that nobody waits; of everything mapped, one may choose.
static bool is_operation(const uint64_t *arguments)
{
    const uint64_t op = arguments[1] & GUNYAH_MEMEXTENT_MODIFY_FLAGS_OP_MASK;
    const uint64_t rest = arguments[1] & ~(uint64_t)GUNYAH_MEMEXTENT_MODIFY_FLAGS_OP_MASK;

    switch (op) {
    case GUNYAH_MEMEXTENT_MODIFY_OP_UNMAP_ALL:
        return (rest & ~(uint64_t)GUNYAH_MEMEXTENT_MODIFY_FLAGS_NO_SYNC_MASK) == 0 &&
               (arguments[2] | arguments[3]) == 0;
    case GUNYAH_MEMEXTENT_MODIFY_OP_SYNC_ALL:
        return rest == 0 && (arguments[2] | arguments[3]) == 0;
    default:
        return op <= GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_FLUSH_RANGE && rest == GUNYAH_MEMEXTENT_MODIFY_FLAGS_NO_SYNC_MASK;
    }
}

static void modify(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_memextent_modify_flags_t flags = {(uint32_t)arguments[1]};
    struct gunyah_memextent *extent = open_extent(g, arguments[0]);

    switch (gunyah_memextent_modify_flags_get_op(flags)) {
    case GUNYAH_MEMEXTENT_MODIFY_OP_UNMAP_ALL:
        answer->error = gunyah_memextent_unmap_all(extent, sync_of(gunyah_memextent_modify_flags_get_no_sync(flags)));
        break;
    case GUNYAH_MEMEXTENT_MODIFY_OP_ZERO_RANGE:
        answer->error = gunyah_memextent_zero_range(extent, arguments[2], arguments[3]);
        break;
    case GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_CLEAN_RANGE:
        answer->error = gunyah_memextent_cache_clean_range(extent, arguments[2], arguments[3]);
        break;
    case GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_FLUSH_RANGE:
        answer->error = gunyah_memextent_cache_flush_range(extent, arguments[2], arguments[3]);
        break;
    default:
        answer->error = gunyah_memextent_sync_all(extent);
        break;
    }
    gunyah_memextent_close(&extent);
}

static bool is_donation(const uint64_t *arguments)
{
    const uint64_t said = GUNYAH_MEMEXTENT_DONATE_OPTIONS_TYPE_MASK | GUNYAH_MEMEXTENT_DONATE_OPTIONS_NO_SYNC_MASK;
    const uint64_t type = arguments[0] & GUNYAH_MEMEXTENT_DONATE_OPTIONS_TYPE_MASK;

    return (arguments[0] & ~said) == 0 && type <= GUNYAH_MEMEXTENT_DONATE_TYPE_TO_SIBLING && arguments[5] == 0;
}

static void donate(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_memextent_donate_options_t options = {(uint32_t)arguments[0]};
    const enum gunyah_memextent_sync sync = sync_of(gunyah_memextent_donate_options_get_no_sync(options));
    struct gunyah_memextent *from = open_extent(g, arguments[1]);
    struct gunyah_memextent *to = open_extent(g, arguments[2]);

    if (gunyah_memextent_donate_options_get_type(options) == GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD)
        answer->error = gunyah_memextent_donate_to_child(from, to, arguments[3], arguments[4], sync);
    else if (gunyah_memextent_donate_options_get_type(options) == GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PARENT)
        answer->error = gunyah_memextent_donate_to_parent(from, to, arguments[3], arguments[4], sync);
    else
        answer->error = gunyah_memextent_donate_to_sibling(from, to, arguments[3], arguments[4], sync);
    gunyah_memextent_close(&to);
    gunyah_memextent_close(&from);
}

// ---- address spaces ----------------------------------------------------------------------------------------------

static bool is_vmid(const uint64_t *arguments)
{
    return arguments[1] <= UINT16_MAX && arguments[2] == 0;
}

static void configure_space(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_addrspace *space = open_space(g, arguments[0]);

    answer->error = gunyah_addrspace_configure(space, gunyah_vmid((uint16_t)arguments[1]));
    gunyah_addrspace_close(&space);
}

static void configure_info(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_addrspace *space = open_space(g, arguments[0]);
    struct gunyah_memextent *extent = open_extent(g, arguments[1]);

    answer->error = gunyah_addrspace_configure_info_area(space, extent, arguments[2]);
    gunyah_memextent_close(&extent);
    gunyah_addrspace_close(&space);
}

static void attach_thread(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_addrspace *space = open_space(g, arguments[0]);
    struct gunyah_thread *thread = NULL;

    gunyah_thread_open(g, typed_cap(arguments[1]), &thread);
    answer->error = gunyah_addrspace_attach_vcpu(space, thread);
    gunyah_thread_close(&thread);
    gunyah_addrspace_close(&space);
}

static bool is_operation_on_range(const uint64_t *arguments)
{
    return arguments[3] <= GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_REMOVE && arguments[4] == 0;
}

static void configure_range(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_addrspace *space = open_space(g, arguments[0]);

    answer->error = arguments[3] == GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_ADD
                        ? gunyah_addrspace_add_vmmio_range(space, arguments[1], arguments[2])
                        : gunyah_addrspace_remove_vmmio_range(space, arguments[1], arguments[2]);
    gunyah_addrspace_close(&space);
}

static bool is_device(const uint64_t *arguments)
{
    return arguments[2] <= UINT32_MAX && arguments[5] <= UINT32_MAX;
}

static void attach_device(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_addrspace_attach_vdevice_flags_t flags = {arguments[5]};
    struct gunyah_addrspace *space = open_space(g, arguments[0]);
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[1]), &vic);
    answer->error =
        gunyah_addrspace_attach_vdevice(space, vic, (uint32_t)arguments[2], arguments[3], arguments[4], flags);
    gunyah_vic_close(&vic);
    gunyah_addrspace_close(&space);
}

// ---- mappings ----------------------------------------------------------------------------------------------------

// A part has a length, and what is none has neither that nor an offset.
static bool is_mapping(uint64_t flags, uint64_t offset, uint64_t size)
{
    const uint64_t said = GUNYAH_ADDRSPACE_MAP_FLAGS_PARTIAL_MASK | GUNYAH_ADDRSPACE_MAP_FLAGS_NO_SYNC_MASK;

    if ((flags & ~said) != 0)
        return false;
    return (flags & GUNYAH_ADDRSPACE_MAP_FLAGS_PARTIAL_MASK) != 0 ? size != 0 : (offset | size) == 0;
}

static struct gunyah_addrspace_mapping mapping_of(uint64_t ipa, uint64_t flags, uint64_t offset, uint64_t size)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = ipa;
    mapping.offset = offset;
    mapping.length = size;
    mapping.sync = sync_of((flags & GUNYAH_ADDRSPACE_MAP_FLAGS_NO_SYNC_MASK) != 0);
    return mapping;
}

typedef enum gunyah_error map_function(struct gunyah_addrspace *space, struct gunyah_memextent *extent,
                                       const struct gunyah_addrspace_mapping *mapping);

static void change(struct gunyah *g, const uint64_t *arguments, map_function *function,
                   const struct gunyah_addrspace_mapping *mapping, struct typed_answer *answer)
{
    struct gunyah_addrspace *space = open_space(g, arguments[0]);
    struct gunyah_memextent *extent = open_extent(g, arguments[1]);

    answer->error = function(space, extent, mapping);
    gunyah_memextent_close(&extent);
    gunyah_addrspace_close(&space);
}

static bool can_map(const uint64_t *arguments)
{
    const uint64_t said = GUNYAH_MEMEXTENT_MAPPING_ATTRS_USER_ACCESS_MASK |
                          GUNYAH_MEMEXTENT_MAPPING_ATTRS_KERNEL_ACCESS_MASK |
                          GUNYAH_MEMEXTENT_MAPPING_ATTRS_MEMTYPE_MASK;

    return (arguments[3] & ~said) == 0 && is_mapping(arguments[4], arguments[5], arguments[6]);
}

static void map(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_memextent_mapping_attrs_t attrs = {(uint32_t)arguments[3]};
    struct gunyah_addrspace_mapping mapping = mapping_of(arguments[2], arguments[4], arguments[5], arguments[6]);

    mapping.user_access = (enum gunyah_pgtable_access)gunyah_memextent_mapping_attrs_get_user_access(attrs);
    mapping.kernel_access = (enum gunyah_pgtable_access)gunyah_memextent_mapping_attrs_get_kernel_access(attrs);
    mapping.memtype = (enum gunyah_pgtable_memtype)gunyah_memextent_mapping_attrs_get_memtype(attrs);
    change(g, arguments, gunyah_addrspace_map, &mapping, answer);
}

static bool can_unmap(const uint64_t *arguments)
{
    return is_mapping(arguments[3], arguments[4], arguments[5]);
}

static void unmap(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const struct gunyah_addrspace_mapping mapping = mapping_of(arguments[2], arguments[3], arguments[4], arguments[5]);

    change(g, arguments, gunyah_addrspace_unmap, &mapping, answer);
}

static bool can_update(const uint64_t *arguments)
{
    const uint64_t said =
        GUNYAH_MEMEXTENT_ACCESS_ATTRS_USER_ACCESS_MASK | GUNYAH_MEMEXTENT_ACCESS_ATTRS_KERNEL_ACCESS_MASK;

    return (arguments[3] & ~said) == 0 && is_mapping(arguments[4], arguments[5], arguments[6]);
}

static void update(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_memextent_access_attrs_t attrs = {(uint32_t)arguments[3]};
    struct gunyah_addrspace_mapping mapping = mapping_of(arguments[2], arguments[4], arguments[5], arguments[6]);

    mapping.user_access = (enum gunyah_pgtable_access)gunyah_memextent_access_attrs_get_user_access(attrs);
    mapping.kernel_access = (enum gunyah_pgtable_access)gunyah_memextent_access_attrs_get_kernel_access(attrs);
    change(g, arguments, gunyah_addrspace_update_access, &mapping, answer);
}

static void look_up(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;
    gunyah_memextent_mapping_attrs_t attrs = {0};
    struct gunyah_addrspace *space = open_space(g, arguments[0]);
    struct gunyah_memextent *extent = open_extent(g, arguments[1]);

    answer->error = gunyah_addrspace_lookup(space, extent, arguments[2], arguments[3], &found);
    if (answer->error == GUNYAH_OK) {
        attrs = gunyah_memextent_mapping_attrs_with_user_access(attrs, found.user_access);
        attrs = gunyah_memextent_mapping_attrs_with_kernel_access(attrs, found.kernel_access);
        attrs = gunyah_memextent_mapping_attrs_with_memtype(attrs, found.memtype);
        answer->results[answer->count++] = found.offset;
        answer->results[answer->count++] = found.length;
        answer->results[answer->count++] = attrs.bits;
    }
    gunyah_memextent_close(&extent);
    gunyah_addrspace_close(&space);
}

const struct typed_call typed_memory[] = {
    {GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE, configure, is_root, false},
    {GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE_DERIVE, derive, is_child, false},
    {GUNYAH_HYPERCALL_MEMEXTENT_MODIFY, modify, is_operation, false},
    {GUNYAH_HYPERCALL_MEMEXTENT_DONATE, donate, is_donation, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE, configure_space, is_vmid, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE_INFO_AREA, configure_info, NULL, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_THREAD, attach_thread, NULL, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE_VMMIO, configure_range, is_operation_on_range, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_VDEVICE, attach_device, is_device, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_MAP, map, can_map, true},
    {GUNYAH_HYPERCALL_ADDRSPACE_UNMAP, unmap, can_unmap, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_UPDATE_ACCESS, update, can_update, false},
    {GUNYAH_HYPERCALL_ADDRSPACE_LOOKUP, look_up, NULL, false},
    {0, NULL, NULL, false},
};
