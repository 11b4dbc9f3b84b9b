// SPDX-License-Identifier: BSD-3-Clause
// Memory that goes from one extent to another, or between the partition and its extents.
#include "conformance.h"

#define PAGE UINT64_C(0x1000)
#define LAST_PAGE (UINT64_MAX - PAGE + 1)
#define ANY GUNYAH_MEMEXTENT_MEMTYPE_ANY
#define BASIC GUNYAH_MEMEXTENT_TYPE_BASIC
#define SPARSE GUNYAH_MEMEXTENT_TYPE_SPARSE
#define SYNC GUNYAH_MEMEXTENT_SYNC
#define NO_SYNC GUNYAH_MEMEXTENT_NO_SYNC
#define INVALID GUNYAH_ERR_ARGUMENT_INVALID
#define UNALIGNED GUNYAH_ERR_ARGUMENT_ALIGNMENT
#define NO_SIZE GUNYAH_ERR_ARGUMENT_SIZE

static bool make(struct target *target, const struct owner *owner, uint64_t base, uint64_t size,
                 struct gunyah_memextent **extent)
{
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, extent));
    EXPECT_OK(gunyah_memextent_configure(*extent, base, size, GUNYAH_PGTABLE_ACCESS_RWX, ANY, BASIC));
    EXPECT_OK(gunyah_memextent_activate(*extent));
    return true;
}

static bool derive(struct target *target, const struct owner *owner, struct gunyah_memextent *parent, uint64_t size,
                   enum gunyah_memextent_type type, struct gunyah_memextent **child)
{
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, child));
    EXPECT_OK(gunyah_memextent_configure_derive(*child, parent, 0, size, GUNYAH_PGTABLE_ACCESS_RWX, ANY, type));
    EXPECT_OK(gunyah_memextent_activate(*child));
    return true;
}

static bool partition_donates_to_sparse_roots(struct target *target)
{
    static const struct {
        uint64_t offset, size;
        enum gunyah_error error;
    } rows[] = {{0, 0x4000, GUNYAH_OK},    {0, 0x4000, GUNYAH_ERR_NOT_OWNER}, {0x3000, 0x2000, GUNYAH_ERR_NOT_OWNER},
                {0, 0, NO_SIZE},           {0x800, PAGE, UNALIGNED},          {0, 0x1800, UNALIGNED},
                {0xf000, 0x2000, INVALID}, {0x10000, PAGE, INVALID},          {LAST_PAGE, 0x2000, INVALID}};
    struct owner owner;
    struct gunyah_memextent *sparse;
    struct gunyah_memextent *basic;
    const gunyah_memextent_donate_options_t to_child = {0};

    EXPECT_TRUE(conformance_owner(target, &owner));
    const uint64_t base = target_free_memory(target, 0x20000);
    EXPECT_OK(gunyah_memextent_create_sparse(owner.partition, owner.cspace, base, 0x10000, GUNYAH_PGTABLE_ACCESS_RWX,
                                             ANY, &sparse));
    EXPECT_EQ(gunyah_memextent_size(sparse), 0x10000);
    EXPECT_TRUE(make(target, &owner, base + 0x10000, 0x4000, &basic));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        EXPECT_EQ(gunyah_memextent_donate_from_partition(owner.partition, sparse, rows[i].offset, rows[i].size, SYNC),
                  rows[i].error);
        if (rows[i].error == GUNYAH_OK)
            continue;
        EXPECT_EQ(gunyah_error_from_hypervisor(
                      gunyah_hypercall_memextent_donate(owner.g, to_child, gunyah_partition_capid(owner.partition),
                                                        gunyah_memextent_capid(sparse), rows[i].offset, rows[i].size)),
                  rows[i].error);
    }
    EXPECT_EQ(gunyah_memextent_donate_from_partition(owner.partition, basic, 0, PAGE, SYNC), GUNYAH_ERR_MEMEXTENT_TYPE);
    EXPECT_EQ(gunyah_memextent_donate_to_child(basic, sparse, 0x8000, PAGE, SYNC), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_memextent_donate_to_child(sparse, sparse, 0, PAGE, SYNC), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(
        gunyah_memextent_donate_from_partition(owner.partition, sparse, 0x8000, PAGE, (enum gunyah_memextent_sync)2),
        INVALID);
    EXPECT_OK(gunyah_memextent_donate_from_partition(owner.partition, sparse, 0x8000, PAGE, NO_SYNC));
    EXPECT_OK(gunyah_memextent_sync_all(sparse));
    EXPECT_OK(gunyah_memextent_donate_to_partition(sparse, owner.partition, 0x8000, PAGE, SYNC));
    EXPECT_EQ(gunyah_memextent_donate_to_partition(sparse, owner.partition, 0x8000, PAGE, SYNC), GUNYAH_ERR_NOT_OWNER);
    // It owned what was donated: another one can have it when it is gone.
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_memextent_capid(sparse)));
    EXPECT_TRUE(make(target, &owner, base, 0x10000, &sparse));
    return true;
}

static bool families_donate_among_themselves(struct target *target)
{
    struct owner owner;
    struct gunyah_memextent *root;
    struct gunyah_memextent *a;
    struct gunyah_memextent *b;
    struct gunyah_memextent *basic;
    struct gunyah_memextent *basic_child;

    EXPECT_TRUE(conformance_owner(target, &owner));
    const uint64_t base = target_free_memory(target, 0x10000);
    EXPECT_OK(gunyah_memextent_create_sparse(owner.partition, owner.cspace, base, 0x10000, GUNYAH_PGTABLE_ACCESS_RWX,
                                             ANY, &root));
    EXPECT_OK(gunyah_memextent_donate_from_partition(owner.partition, root, 0, 0x4000, SYNC));
    EXPECT_TRUE(derive(target, &owner, root, 0x8000, SPARSE, &a));
    EXPECT_TRUE(derive(target, &owner, root, 0x10000, SPARSE, &b));
    EXPECT_TRUE(conformance_make_memextent(target, &owner, 4 * PAGE, &basic));
    EXPECT_TRUE(derive(target, &owner, basic, PAGE, BASIC, &basic_child));

    EXPECT_OK(gunyah_memextent_donate_to_child(root, a, 0, 2 * PAGE, SYNC));
    EXPECT_OK(gunyah_memextent_donate_to_sibling(a, b, 0, PAGE, SYNC));
    EXPECT_EQ(gunyah_memextent_donate_to_sibling(a, b, 0, PAGE, SYNC), GUNYAH_ERR_NOT_OWNER);
    EXPECT_EQ(gunyah_memextent_donate_to_sibling(a, a, PAGE, PAGE, SYNC), INVALID);
    EXPECT_OK(gunyah_memextent_donate_to_parent(b, root, 0, PAGE, SYNC));
    EXPECT_OK(gunyah_memextent_donate_to_partition(root, owner.partition, 3 * PAGE, PAGE, SYNC));
    EXPECT_EQ(gunyah_memextent_donate_to_sibling(root, b, 0, PAGE, SYNC), INVALID);
    EXPECT_EQ(gunyah_memextent_donate_to_sibling(a, basic_child, 0, PAGE, SYNC), INVALID);
    EXPECT_EQ(gunyah_memextent_donate_to_child(basic, basic_child, 0, PAGE, SYNC), GUNYAH_ERR_MEMEXTENT_TYPE);
    EXPECT_EQ(gunyah_memextent_donate_to_sibling(b, a, 0x9000, PAGE, SYNC), INVALID);
    EXPECT_EQ(gunyah_memextent_donate_to_child(a, root, 0, PAGE, SYNC), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_memextent_donate_to_child(b, a, 0, PAGE, SYNC), INVALID);
    EXPECT_EQ(gunyah_memextent_donate_from_partition(owner.partition, a, 2 * PAGE, PAGE, SYNC),
              GUNYAH_ERR_WRONG_OBJECT_TYPE);
    // All or nothing: the root owns the first of these pages, the child the second.
    EXPECT_EQ(gunyah_memextent_donate_to_child(root, a, 0, 2 * PAGE, SYNC), GUNYAH_ERR_NOT_OWNER);
    EXPECT_OK(gunyah_memextent_donate_to_child(root, b, 0, PAGE, SYNC));
    return true;
}

static const struct conformance_case cases[] = {
    {"donate.partition_donates_to_sparse_roots", partition_donates_to_sparse_roots},
    {"donate.families_donate_among_themselves", families_donate_among_themselves},
};

const struct conformance_suite conformance_donate = {cases, COUNT_OF(cases)};
