// SPDX-License-Identifier: BSD-3-Clause
// Memory extents: what they are configured with, and whose memory is whose. Where it goes is in donate.c, mappings in mapping.c.
#include "conformance.h"

#define PAGE UINT64_C(0x1000)
#define LAST_PAGE (UINT64_MAX - PAGE + 1)
#define ANY GUNYAH_MEMEXTENT_MEMTYPE_ANY
#define DEVICE GUNYAH_MEMEXTENT_MEMTYPE_DEVICE
#define BASIC GUNYAH_MEMEXTENT_TYPE_BASIC
#define SPARSE GUNYAH_MEMEXTENT_TYPE_SPARSE
#define SYNC GUNYAH_MEMEXTENT_SYNC
#define NO_SYNC GUNYAH_MEMEXTENT_NO_SYNC
#define INVALID GUNYAH_ERR_ARGUMENT_INVALID
#define UNALIGNED GUNYAH_ERR_ARGUMENT_ALIGNMENT
#define NO_SIZE GUNYAH_ERR_ARGUMENT_SIZE

static bool make(struct target *target, const struct owner *owner, uint64_t base, uint64_t size, uint32_t access,
                 enum gunyah_memextent_memtype memtype, struct gunyah_memextent **extent)
{
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, extent));
    EXPECT_OK(gunyah_memextent_configure(*extent, base, size, (enum gunyah_pgtable_access)access, memtype, BASIC));
    EXPECT_OK(gunyah_memextent_activate(*extent));
    return true;
}

// A child that is not activated yet.
static bool derive(struct target *target, const struct owner *owner, struct gunyah_memextent *parent, uint64_t offset,
                   uint64_t size, enum gunyah_memextent_type type, struct gunyah_memextent **child)
{
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, child));
    EXPECT_OK(gunyah_memextent_configure_derive(*child, parent, offset, size, GUNYAH_PGTABLE_ACCESS_RWX, ANY, type));
    return true;
}

static bool discard(struct target *target, const struct owner *owner, struct gunyah_memextent **extent)
{
    EXPECT_OK(gunyah_cspace_delete(owner->cspace, gunyah_memextent_capid(*extent)));
    EXPECT_OK(gunyah_memextent_close(extent));
    return true;
}

static enum gunyah_error translated(int32_t code)
{
    return gunyah_error_from_hypervisor(code);
}

// What the library refuses, the hypervisor refuses for the same reason.
static bool configured_as_the_hypervisor_says(struct target *target)
{
    static const struct {
        uint64_t base, size;
        uint32_t access, memtype, type;
        enum gunyah_error error;
    } rows[] = {
        {0x90000000, 0, 7, 0, 0, INVALID},         {0x90000000, PAGE, 7, 0, 0, GUNYAH_OK},
        {0x90000000, 0x1800, 7, 0, 0, UNALIGNED},  {0x90000008, PAGE, 7, 0, 0, UNALIGNED},
        {0x90000800, 0x800, 7, 0, 0, UNALIGNED},   {LAST_PAGE, PAGE, 7, 0, 0, GUNYAH_OK},
        {LAST_PAGE, 2 * PAGE, 7, 0, 0, INVALID},   {0, UINT64_MAX, 7, 0, 0, UNALIGNED},
        {0x90000000, LAST_PAGE, 7, 0, 0, INVALID}, {0x90000008, 0, 7, 0, 0, INVALID},
        {0x90000000, 0x1800, 0, 0, 0, UNALIGNED},  {0x90000000, PAGE, 0, 0, 0, INVALID},
        {0x90000000, PAGE, 1, 0, 0, GUNYAH_OK},    {0x90000000, PAGE, 2, 0, 0, GUNYAH_OK},
        {0x90000000, PAGE, 3, 0, 0, INVALID},      {0x90000000, PAGE, 4, 0, 0, GUNYAH_OK},
        {0x90000000, PAGE, 5, 0, 0, GUNYAH_OK},    {0x90000000, PAGE, 6, 0, 0, GUNYAH_OK},
        {0x90000000, PAGE, 8, 0, 0, INVALID},      {0x90000000, PAGE, 7, 1, 0, GUNYAH_OK},
        {0x90000000, PAGE, 7, 2, 0, GUNYAH_OK},    {0x90000000, PAGE, 7, 3, 0, INVALID},
        {0x90000000, PAGE, 7, 4, 0, INVALID},      {0x90000000, PAGE, 7, 0, 1, GUNYAH_OK},
        {0x90000000, PAGE, 7, 0, 2, INVALID},      {0x90000000, PAGE, 7, 0, 3, INVALID},
        {0x90000000, PAGE, 7, 0, 4, INVALID},
    };
    struct owner owner;
    struct gunyah_memextent *extent;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &extent));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const gunyah_memextent_attrs_t attrs = {rows[i].access | rows[i].memtype << 8 | rows[i].type << 16};
        EXPECT_EQ(gunyah_memextent_configure(
                      extent, rows[i].base, rows[i].size, (enum gunyah_pgtable_access)rows[i].access,
                      (enum gunyah_memextent_memtype)rows[i].memtype, (enum gunyah_memextent_type)rows[i].type),
                  rows[i].error);
        EXPECT_EQ(translated(gunyah_hypercall_memextent_configure(owner.g, gunyah_memextent_capid(extent), rows[i].base,
                                                                  rows[i].size, attrs)),
                  rows[i].error);
    }
    // Enumerators that do not exist are not cut to ones that do.
    EXPECT_EQ(gunyah_memextent_configure(extent, 0, PAGE, (enum gunyah_pgtable_access)(256 + 7), ANY, BASIC), INVALID);
    EXPECT_EQ(gunyah_memextent_size(extent), PAGE);
    EXPECT_TRUE(gunyah_last_error(owner.g)->domain == GUNYAH_DOMAIN_LIBRARY);
    return true;
}

static bool derived_as_the_hypervisor_says(struct target *target)
{
    enum { ALL_OF, READABLE, OF_DEVICE };
    static const struct {
        int parent;
        uint64_t offset, size;
        uint32_t access, memtype, type;
        enum gunyah_error error;
    } rows[] = {
        {ALL_OF, 0, 0, 7, 0, 0, INVALID},
        {ALL_OF, 0, 0x10000, 7, 0, 0, GUNYAH_OK},
        {ALL_OF, 0x10000, PAGE, 7, 0, 0, GUNYAH_ERR_ADDR_INVALID},
        {ALL_OF, 0xf000, 2 * PAGE, 7, 0, 0, GUNYAH_ERR_ADDR_INVALID},
        {ALL_OF, 0x800, PAGE, 7, 0, 0, UNALIGNED},
        {ALL_OF, 0, 0x800, 7, 0, 0, UNALIGNED},
        {ALL_OF, 0x10800, PAGE, 7, 0, 0, GUNYAH_ERR_ADDR_INVALID},
        {ALL_OF, LAST_PAGE, PAGE, 7, 0, 0, GUNYAH_ERR_ADDR_INVALID},
        {ALL_OF, LAST_PAGE, 2 * PAGE, 7, 0, 0, INVALID},
        {ALL_OF, 0, PAGE, 0, 0, 0, INVALID},
        {ALL_OF, 0, PAGE, 8, 0, 0, INVALID},
        {ALL_OF, 0, PAGE, 7, 1, 0, GUNYAH_OK},
        {ALL_OF, 0, PAGE, 7, 3, 0, INVALID},
        {ALL_OF, 0, PAGE, 7, 0, 1, GUNYAH_OK},
        {ALL_OF, 0, PAGE, 1, 0, 1, GUNYAH_OK},
        {READABLE, 0, PAGE, 7, 0, 0, INVALID},
        {READABLE, 0, PAGE, 6, 0, 0, INVALID},
        {READABLE, 0, PAGE, 4, 0, 0, GUNYAH_OK},
        {OF_DEVICE, 0, PAGE, 7, 0, 0, INVALID},
        {OF_DEVICE, 0, PAGE, 7, 1, 0, GUNYAH_OK},
        {OF_DEVICE, 0, PAGE, 7, 2, 0, INVALID},
        {ALL_OF, 0, 2 * PAGE, 7, 0, 0, GUNYAH_OK},
    };
    struct owner owner;
    struct gunyah_memextent *parents[3];
    struct gunyah_memextent *child;

    EXPECT_TRUE(conformance_owner(target, &owner));
    const uint64_t base = target_free_memory(target, 0x40000);
    EXPECT_TRUE(make(target, &owner, base, 0x10000, 7, ANY, &parents[ALL_OF]));
    EXPECT_TRUE(make(target, &owner, base + 0x20000, 0x4000, 4, ANY, &parents[READABLE]));
    EXPECT_TRUE(make(target, &owner, base + 0x30000, 0x4000, 7, DEVICE, &parents[OF_DEVICE]));
    EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &child));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const gunyah_memextent_attrs_t attrs = {rows[i].access | rows[i].memtype << 8 | rows[i].type << 16};
        EXPECT_EQ(gunyah_memextent_configure_derive(child, parents[rows[i].parent], rows[i].offset, rows[i].size,
                                                    (enum gunyah_pgtable_access)rows[i].access,
                                                    (enum gunyah_memextent_memtype)rows[i].memtype,
                                                    (enum gunyah_memextent_type)rows[i].type),
                  rows[i].error);
        EXPECT_EQ(translated(gunyah_hypercall_memextent_configure_derive(
                      owner.g, gunyah_memextent_capid(child), gunyah_memextent_capid(parents[rows[i].parent]),
                      rows[i].offset, rows[i].size, attrs)),
                  rows[i].error);
    }
    EXPECT_EQ(gunyah_memextent_size(child), 2 * PAGE);
    // Its own parent: that is not active.
    EXPECT_EQ(gunyah_memextent_configure_derive(child, child, 0, PAGE, GUNYAH_PGTABLE_ACCESS_RWX, ANY, BASIC),
              GUNYAH_ERR_OBJECT_STATE);
    return true;
}

// A child takes over the mappings of its parent, as far as it may. One for execution alone is never asked for.
static bool child_for_execution_alone_is_refused(struct target *target)
{
    struct owner owner;
    struct gunyah_memextent *parent;
    struct gunyah_memextent *child;
    struct gunyah_addrspace *addrspace;
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_memextent(target, &owner, 4 * PAGE, &parent));
    EXPECT_TRUE(conformance_make_addrspace(target, &owner, &addrspace));
    mapping.kernel_access = GUNYAH_PGTABLE_ACCESS_RWX;
    EXPECT_OK(gunyah_addrspace_map(addrspace, parent, &mapping));
    EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &child));
    EXPECT_EQ(gunyah_memextent_configure_derive(child, parent, 0, PAGE, GUNYAH_PGTABLE_ACCESS_X, ANY, BASIC),
              GUNYAH_ERR_WOULD_CRASH);
    EXPECT_TRUE(gunyah_last_error(owner.g)->advice[0] != '\0');
    EXPECT_OK(gunyah_memextent_configure_derive(child, parent, 0, PAGE, GUNYAH_PGTABLE_ACCESS_RX, ANY, BASIC));
    EXPECT_OK(gunyah_memextent_activate(child));
    EXPECT_OK(gunyah_addrspace_lookup(addrspace, child, 0, 4 * PAGE, &mapping));
    EXPECT_EQ(mapping.length, PAGE);
    EXPECT_EQ(mapping.user_access, GUNYAH_PGTABLE_ACCESS_R);
    EXPECT_EQ(mapping.kernel_access, GUNYAH_PGTABLE_ACCESS_RX);
    return true;
}

static bool memory_has_one_owner(struct target *target)
{
    struct owner owner;
    struct gunyah_memextent *first;
    struct gunyah_memextent *second;

    EXPECT_TRUE(conformance_owner(target, &owner));
    const uint64_t base = target_free_memory(target, 8 * PAGE);
    EXPECT_TRUE(make(target, &owner, base, 4 * PAGE, 7, ANY, &first));
    EXPECT_EQ(gunyah_memextent_configure(first, base, PAGE, GUNYAH_PGTABLE_ACCESS_RWX, ANY, BASIC),
              GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_memextent_activate(first), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_memextent_size(first), 4 * PAGE);
    // Inside of it, across its end, elsewhere, and beyond physical addresses; a failed activation is final.
    const uint64_t elsewhere[][2] = {
        {base + PAGE, PAGE}, {base + 3 * PAGE, 2 * PAGE}, {target->memory_end, PAGE}, {UINT64_C(1) << 40, PAGE}};
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
        EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &second));
        EXPECT_OK(gunyah_memextent_configure(second, elsewhere[i][0], elsewhere[i][1], GUNYAH_PGTABLE_ACCESS_RWX, ANY,
                                             BASIC));
        EXPECT_EQ(gunyah_memextent_activate(second), i < 3 ? GUNYAH_ERR_NOT_OWNER : GUNYAH_ERR_ADDR_INVALID);
        EXPECT_EQ(gunyah_memextent_activate(second), GUNYAH_ERR_OBJECT_STATE);
        EXPECT_TRUE(discard(target, &owner, &second));
    }
    EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &second));
    EXPECT_EQ(gunyah_memextent_activate(second), GUNYAH_ERR_OBJECT_CONFIG);
    // Beside it, and once more when it is gone.
    EXPECT_TRUE(make(target, &owner, base + 4 * PAGE, PAGE, 7, ANY, &second));
    EXPECT_TRUE(discard(target, &owner, &first));
    EXPECT_TRUE(make(target, &owner, base + PAGE, 3 * PAGE, 7, ANY, &first));
    return true;
}

static bool children_take_and_give_back(struct target *target)
{
    struct owner owner;
    struct gunyah_memextent *root;
    struct gunyah_memextent *child;
    struct gunyah_memextent *other;
    struct gunyah_memextent *grandchild;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_memextent(target, &owner, 16 * PAGE, &root));
    EXPECT_TRUE(derive(target, &owner, root, 2 * PAGE, 4 * PAGE, BASIC, &child));
    EXPECT_OK(gunyah_memextent_activate(child));
    EXPECT_TRUE(derive(target, &owner, root, 4 * PAGE, 4 * PAGE, BASIC, &other));
    EXPECT_EQ(gunyah_memextent_activate(other), GUNYAH_ERR_NOT_OWNER);
    EXPECT_TRUE(derive(target, &owner, child, PAGE, PAGE, BASIC, &grandchild));
    EXPECT_OK(gunyah_memextent_activate(grandchild));
    EXPECT_TRUE(derive(target, &owner, child, PAGE, PAGE, BASIC, &other));
    EXPECT_EQ(gunyah_memextent_activate(other), GUNYAH_ERR_NOT_OWNER);
    EXPECT_TRUE(discard(target, &owner, &grandchild));
    EXPECT_TRUE(derive(target, &owner, child, PAGE, PAGE, BASIC, &grandchild));
    EXPECT_OK(gunyah_memextent_activate(grandchild));
    // A child outlives the capability of its parent.
    EXPECT_TRUE(discard(target, &owner, &root));
    EXPECT_TRUE(derive(target, &owner, child, 0, PAGE, BASIC, &other));
    EXPECT_OK(gunyah_memextent_activate(other));
    return true;
}

static bool ranges_are_modified_as_the_hypervisor_says(struct target *target)
{
    static const struct {
        uint64_t offset, size;
        enum gunyah_error error;
    } rows[] = {{0, PAGE, GUNYAH_OK},
                {0, 0x4000, GUNYAH_OK},
                {0x3000, PAGE, GUNYAH_OK},
                {0, 0, NO_SIZE},
                {0, 0x800, UNALIGNED},
                {8, PAGE, UNALIGNED},
                {8, 0, UNALIGNED},
                {0x4000, PAGE, INVALID},
                {0x3000, 2 * PAGE, INVALID},
                {LAST_PAGE, PAGE, INVALID},
                {LAST_PAGE, 0x2000, INVALID},
                {0x3000, LAST_PAGE, INVALID},
                {UINT64_MAX, PAGE, UNALIGNED}};
    static enum gunyah_error (*const operations[])(struct gunyah_memextent *, uint64_t, uint64_t) = {
        gunyah_memextent_zero_range, gunyah_memextent_cache_clean_range, gunyah_memextent_cache_flush_range};
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    struct owner owner;
    struct gunyah_memextent *extents[4];

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_memextent(target, &owner, 0x4000, &extents[0]));
    options.cap = gunyah_memextent_capid(extents[0]);
    EXPECT_OK(gunyah_memextent_open(owner.g, &options, &extents[1]));
    const uint64_t base = target_free_memory(target, 0x8000);
    EXPECT_TRUE(make(target, &owner, base, 0x4000, GUNYAH_PGTABLE_ACCESS_RX, ANY, &extents[2]));
    EXPECT_TRUE(make(target, &owner, base + 0x4000, 0x4000, GUNYAH_PGTABLE_ACCESS_RWX, DEVICE, &extents[3]));
    for (uint32_t op = 0; op < COUNT_OF(operations); op++) {
        const gunyah_memextent_modify_flags_t flags = {UINT32_C(0x80000000) | (op + 1)};
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            // The second handle does not know the size, and asks.
            EXPECT_EQ(operations[op](extents[0], rows[i].offset, rows[i].size), rows[i].error);
            EXPECT_EQ(operations[op](extents[1], rows[i].offset, rows[i].size), rows[i].error);
            EXPECT_EQ(translated(
                          gunyah_hypercall_memextent_modify(owner.g, options.cap, flags, rows[i].offset, rows[i].size)),
                      rows[i].error);
        }
        EXPECT_EQ(operations[op](extents[2], 0, PAGE), GUNYAH_ERR_DENIED);
        EXPECT_EQ(operations[op](extents[3], 0, PAGE), GUNYAH_ERR_DENIED);
    }
    EXPECT_OK(gunyah_memextent_sync_all(extents[2]));
    EXPECT_OK(gunyah_memextent_unmap_all(extents[3], SYNC));
    EXPECT_OK(gunyah_memextent_unmap_all(extents[3], NO_SYNC));
    EXPECT_EQ(gunyah_memextent_unmap_all(extents[3], (enum gunyah_memextent_sync)2), INVALID);
    return true;
}

// ---- capabilities ------------------------------------------------------------------------------------------------

// Something to do with an extent, and good handles for what else it needs.
struct side {
    struct owner owner;
    struct gunyah_memextent *active; // sparse
    struct gunyah_memextent *fresh;
    struct gunyah_memextent *child; // sparse, of the active one
};

static enum gunyah_error do_configure(const struct side *side, struct gunyah_memextent *extent)
{
    (void)side;
    return gunyah_memextent_configure(extent, 0, PAGE, GUNYAH_PGTABLE_ACCESS_RWX, ANY, SPARSE);
}

static enum gunyah_error do_derive(const struct side *side, struct gunyah_memextent *extent)
{
    return gunyah_memextent_configure_derive(extent, side->active, 0, PAGE, GUNYAH_PGTABLE_ACCESS_RWX, ANY, SPARSE);
}

static enum gunyah_error do_derive_from(const struct side *side, struct gunyah_memextent *extent)
{
    return gunyah_memextent_configure_derive(side->fresh, extent, 0, PAGE, GUNYAH_PGTABLE_ACCESS_RWX, ANY, SPARSE);
}

static enum gunyah_error do_unmap_all(const struct side *side, struct gunyah_memextent *extent)
{
    (void)side;
    return gunyah_memextent_unmap_all(extent, SYNC);
}

static enum gunyah_error do_zero(const struct side *side, struct gunyah_memextent *extent)
{
    (void)side;
    return gunyah_memextent_zero_range(extent, 0, PAGE);
}

static enum gunyah_error do_sync_all(const struct side *side, struct gunyah_memextent *extent)
{
    (void)side;
    return gunyah_memextent_sync_all(extent);
}

static enum gunyah_error do_donate(const struct side *side, struct gunyah_memextent *extent)
{
    return gunyah_memextent_donate_to_partition(extent, side->owner.partition, 0, PAGE, SYNC);
}

static enum gunyah_error do_donate_to_child(const struct side *side, struct gunyah_memextent *extent)
{
    return gunyah_memextent_donate_to_child(extent, side->child, 0, PAGE, SYNC);
}

static bool open_cap(struct target *target, const struct owner *owner, gunyah_capid_t cap,
                     struct gunyah_memextent **extent)
{
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;

    options.cap = cap;
    EXPECT_OK(gunyah_memextent_open(owner->g, &options, extent));
    return true;
}

static bool capabilities_are_checked(struct target *target)
{
    static const struct {
        enum gunyah_error (*run)(const struct side *side, struct gunyah_memextent *extent);
        uint32_t right;
        bool wants_fresh;
    } operations[] = {
        {do_configure, GUNYAH_RIGHT_ACTIVATE, true},
        {do_derive, GUNYAH_RIGHT_ACTIVATE, true},
        {do_derive_from, GUNYAH_RIGHT_MEMEXTENT_DERIVE, false},
        {do_unmap_all, GUNYAH_RIGHT_MEMEXTENT_MAP, false},
        {do_zero, GUNYAH_RIGHT_MEMEXTENT_MAP, false},
        {do_sync_all, GUNYAH_RIGHT_MEMEXTENT_MAP, false},
        {do_donate, GUNYAH_RIGHT_MEMEXTENT_DONATE, false},
        {do_donate_to_child, GUNYAH_RIGHT_MEMEXTENT_DONATE, false},
    };
    struct side side;
    struct gunyah_memextent *bad;
    gunyah_capid_t cap;

    EXPECT_TRUE(conformance_owner(target, &side.owner));
    const struct owner *owner = &side.owner;
    EXPECT_OK(gunyah_memextent_create_sparse(owner->partition, owner->cspace, target_free_memory(target, 4 * PAGE),
                                             4 * PAGE, GUNYAH_PGTABLE_ACCESS_RWX, ANY, &side.active));
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, &side.fresh));
    EXPECT_TRUE(derive(target, owner, side.active, 0, PAGE, SPARSE, &side.child));
    EXPECT_OK(gunyah_memextent_activate(side.child));
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        struct gunyah_memextent *good = operations[i].wants_fresh ? side.fresh : side.active;
        struct gunyah_memextent *other = operations[i].wants_fresh ? side.active : side.fresh;
        EXPECT_EQ(operations[i].run(&side, other), GUNYAH_ERR_OBJECT_STATE);
        EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_memextent_capid(good), owner->cspace,
                                     GUNYAH_RIGHTS_MEMEXTENT_ALL & ~operations[i].right, &cap));
        EXPECT_TRUE(open_cap(target, owner, cap, &bad));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
        EXPECT_OK(gunyah_cspace_revoke_children(owner->cspace, gunyah_memextent_capid(good)));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_CAP_REVOKED);
        EXPECT_OK(gunyah_cspace_delete(owner->cspace, cap));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_CAP_NULL);
        EXPECT_OK(gunyah_memextent_close(&bad));
        EXPECT_TRUE(open_cap(target, owner, gunyah_partition_capid(owner->partition), &bad));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_WRONG_OBJECT_TYPE);
        EXPECT_OK(gunyah_memextent_close(&bad));
        EXPECT_TRUE(open_cap(target, owner, gunyah_capid(GUNYAH_CAPID_INVALID), &bad));
        EXPECT_EQ(operations[i].run(&side, bad), INVALID);
        EXPECT_OK(gunyah_memextent_close(&bad));
    }
    return true;
}

static bool creating_needs_a_slot(struct target *target)
{
    struct owner owner;
    struct gunyah_cspace *small;
    struct gunyah_memextent *extent;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 1, &small));
    const uint64_t base = target_free_memory(target, PAGE);
    // It is looked at before anything is made: the slot stays free.
    EXPECT_EQ(gunyah_memextent_create_sparse(owner.partition, small, base, 0, GUNYAH_PGTABLE_ACCESS_RWX, ANY, &extent),
              INVALID);
    EXPECT_TRUE(extent == NULL);
    // An id of another space cannot be configured from here: what was made is deleted again.
    if (target->scrambled_capids) {
        EXPECT_EQ(
            gunyah_memextent_create_sparse(owner.partition, small, base, PAGE, GUNYAH_PGTABLE_ACCESS_RWX, ANY, &extent),
            INVALID);
        EXPECT_TRUE(extent == NULL);
    }
    EXPECT_OK(gunyah_memextent_create(owner.partition, small, &extent));
    EXPECT_OK(gunyah_memextent_close(&extent));
    EXPECT_EQ(gunyah_memextent_create(owner.partition, small, &extent), GUNYAH_ERR_CSPACE_FULL);
    EXPECT_TRUE(extent == NULL);
    return true;
}

static const struct conformance_case cases[] = {
    {"memextent.configured_as_the_hypervisor_says", configured_as_the_hypervisor_says},
    {"memextent.derived_as_the_hypervisor_says", derived_as_the_hypervisor_says},
    {"memextent.child_for_execution_alone_is_refused", child_for_execution_alone_is_refused},
    {"memextent.memory_has_one_owner", memory_has_one_owner},
    {"memextent.children_take_and_give_back", children_take_and_give_back},
    {"memextent.ranges_are_modified_as_the_hypervisor_says", ranges_are_modified_as_the_hypervisor_says},
    {"memextent.capabilities_are_checked", capabilities_are_checked},
    {"memextent.creating_needs_a_slot", creating_needs_a_slot},
};

const struct conformance_suite conformance_memextent = {cases, COUNT_OF(cases)};
