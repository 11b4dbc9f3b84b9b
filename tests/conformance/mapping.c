// SPDX-License-Identifier: BSD-3-Clause
// Mappings: what is seen where, and which requests never reach the hypervisor because it would not survive them.
#include "conformance.h"

#define PAGE UINT64_C(0x1000)
#define LAST_PAGE (UINT64_MAX - PAGE + 1)
#define END GUNYAH_ADDRSPACE_END
#define ANY GUNYAH_MEMEXTENT_MEMTYPE_ANY
#define INVALID GUNYAH_ERR_ARGUMENT_INVALID
#define UNALIGNED GUNYAH_ERR_ARGUMENT_ALIGNMENT
#define NO_SIZE GUNYAH_ERR_ARGUMENT_SIZE
#define NOWHERE GUNYAH_ERR_ADDR_INVALID
#define WOULD_CRASH GUNYAH_ERR_WOULD_CRASH

// The privileged VM, an address space, and basic extents of four pages: of any memory for any use, to be read, for devices,
// without caches.
struct scene {
    struct owner owner;
    struct gunyah_addrspace *addrspace;
    struct gunyah_memextent *ram;
    struct gunyah_memextent *readable;
    struct gunyah_memextent *device;
    struct gunyah_memextent *uncached;
};

static bool make(struct target *target, const struct owner *owner, enum gunyah_pgtable_access access,
                 enum gunyah_memextent_memtype memtype, struct gunyah_memextent **extent)
{
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, extent));
    EXPECT_OK(gunyah_memextent_configure(*extent, target_free_memory(target, 4 * PAGE), 4 * PAGE, access, memtype,
                                         GUNYAH_MEMEXTENT_TYPE_BASIC));
    EXPECT_OK(gunyah_memextent_activate(*extent));
    return true;
}

static bool set_up(struct target *target, struct scene *scene)
{
    EXPECT_TRUE(conformance_owner(target, &scene->owner));
    EXPECT_TRUE(conformance_make_addrspace(target, &scene->owner, &scene->addrspace));
    EXPECT_TRUE(make(target, &scene->owner, GUNYAH_PGTABLE_ACCESS_RWX, ANY, &scene->ram));
    EXPECT_TRUE(make(target, &scene->owner, GUNYAH_PGTABLE_ACCESS_R, ANY, &scene->readable));
    EXPECT_TRUE(make(target, &scene->owner, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_MEMTYPE_DEVICE, &scene->device));
    EXPECT_TRUE(
        make(target, &scene->owner, GUNYAH_PGTABLE_ACCESS_RWX, GUNYAH_MEMEXTENT_MEMTYPE_UNCACHED, &scene->uncached));
    return true;
}

// An attribute word of the ABI: user access, kernel access, memory type.
static struct gunyah_addrspace_mapping mapping_at(uint64_t ipa, uint32_t attrs)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = ipa;
    mapping.user_access = (enum gunyah_pgtable_access)(attrs & 0xf);
    mapping.kernel_access = (enum gunyah_pgtable_access)(attrs >> 4 & 0xf);
    mapping.memtype = (enum gunyah_pgtable_memtype)(attrs >> 16);
    return mapping;
}

static struct gunyah_addrspace_mapping part_at(uint64_t ipa, uint32_t attrs, uint64_t offset, uint64_t length)
{
    struct gunyah_addrspace_mapping mapping = mapping_at(ipa, attrs);

    mapping.offset = offset;
    mapping.length = length;
    return mapping;
}

static enum gunyah_error map(const struct scene *scene, struct gunyah_memextent *extent,
                             struct gunyah_addrspace_mapping mapping)
{
    return gunyah_addrspace_map(scene->addrspace, extent, &mapping);
}

static enum gunyah_error unmap(const struct scene *scene, struct gunyah_memextent *extent,
                               struct gunyah_addrspace_mapping mapping)
{
    return gunyah_addrspace_unmap(scene->addrspace, extent, &mapping);
}

static enum gunyah_error update(const struct scene *scene, struct gunyah_memextent *extent,
                                struct gunyah_addrspace_mapping mapping)
{
    return gunyah_addrspace_update_access(scene->addrspace, extent, &mapping);
}

// What the stub of the call says, for the whole extent.
static enum gunyah_error map_raw(const struct scene *scene, const struct gunyah_memextent *extent, uint64_t ipa,
                                 uint32_t attrs)
{
    const gunyah_memextent_mapping_attrs_t word = {attrs};
    const gunyah_addrspace_map_flags_t none = {0};

    return gunyah_error_from_hypervisor(
        gunyah_hypercall_addrspace_map(scene->owner.g, gunyah_addrspace_capid(scene->addrspace),
                                       gunyah_memextent_capid(extent), ipa, word, none, 0, 0));
}

// So many bytes of the extent, from the offset on, are seen at ipa with these attributes; 0 bytes: none.
static bool sees(struct target *target, const struct scene *scene, struct gunyah_memextent *extent, uint64_t ipa,
                 uint64_t offset, uint64_t length, uint32_t attrs)
{
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;

    if (length == 0) {
        EXPECT_EQ(gunyah_addrspace_lookup(scene->addrspace, extent, ipa, 16 * PAGE, &found), NOWHERE);
        EXPECT_EQ(found.length, 0);
        return true;
    }
    EXPECT_OK(gunyah_addrspace_lookup(scene->addrspace, extent, ipa, 16 * PAGE, &found));
    EXPECT_EQ(found.ipa, ipa);
    EXPECT_EQ(found.offset, offset);
    EXPECT_EQ(found.length, length);
    EXPECT_EQ((uint32_t)found.user_access | (uint32_t)found.kernel_access << 4 | (uint32_t)found.memtype << 16, attrs);
    return true;
}

static bool extents_allow_some_kinds(struct target *target)
{
    struct scene scene;

    EXPECT_TRUE(set_up(target, &scene));
    const struct {
        struct gunyah_memextent *extent;
        uint32_t attrs;
        enum gunyah_error error;
    } rows[] = {
        {scene.ram, 0xf0066, GUNYAH_OK},      {scene.ram, 0xf0077, GUNYAH_OK},
        {scene.ram, 0xf0044, GUNYAH_OK},      {scene.ram, 0xf0045, GUNYAH_OK},
        {scene.ram, 0x100066, INVALID},       {scene.ram, 0x40066, INVALID},
        {scene.ram, 0x80066, INVALID},        {scene.ram, 0xc0066, INVALID},
        {scene.ram, 0xf006e, INVALID},        {scene.ram, 0xf00e6, INVALID},
        {scene.readable, 0xf0066, INVALID},   {scene.readable, 0xf0044, GUNYAH_OK},
        {scene.readable, 0xf0055, INVALID},   {scene.device, 0xf0066, INVALID},
        {scene.device, 0x66, GUNYAH_OK},      {scene.device, 0x50066, INVALID},
        {scene.uncached, 0xf0066, INVALID},   {scene.uncached, 0x50066, GUNYAH_OK},
        {scene.uncached, 0x30066, GUNYAH_OK}, {scene.ram, 0xf0022, GUNYAH_ERR_MAPPINGS_FULL},
    };
    for (uint64_t i = 0; i < COUNT_OF(rows); i++) {
        const uint64_t ipa = 0x100000 * (i + 1);
        EXPECT_EQ(map(&scene, rows[i].extent, mapping_at(ipa, rows[i].attrs)), rows[i].error);
        if (rows[i].error == GUNYAH_OK)
            EXPECT_TRUE(sees(target, &scene, rows[i].extent, ipa, 0, 4 * PAGE, rows[i].attrs));
        else
            EXPECT_EQ(map_raw(&scene, rows[i].extent, ipa, rows[i].attrs), rows[i].error);
    }
    EXPECT_EQ(map(&scene, scene.readable, mapping_at(0x800, 0xf0044)), UNALIGNED);
    EXPECT_EQ(map_raw(&scene, scene.readable, 0x800, 0xf0044), UNALIGNED);
    // The address is looked at before the memory type.
    EXPECT_EQ(map(&scene, scene.readable, mapping_at(0x800, 0x100044)), UNALIGNED);
    EXPECT_EQ(map_raw(&scene, scene.readable, 0x800, 0x100044), UNALIGNED);
    EXPECT_EQ(map(&scene, scene.ram, part_at(0, 0xf0066, 0, PAGE)), GUNYAH_ERR_MEMEXTENT_TYPE);
    return true;
}

// Every pair of accesses: either the hypervisor takes it, or it is not asked.
static bool access_that_would_crash_is_refused(struct target *target)
{
    static const uint32_t accesses[] = {0, 1, 2, 4, 5, 6, 7};
    struct scene scene;

    EXPECT_TRUE(set_up(target, &scene));
    for (size_t user = 0; user < COUNT_OF(accesses); user++) {
        for (size_t kernel = 0; kernel < COUNT_OF(accesses); kernel++) {
            const bool differs = ((accesses[user] ^ accesses[kernel]) & 6) != 0;
            const bool good = !differs && accesses[kernel] != GUNYAH_PGTABLE_ACCESS_X;
            const uint32_t attrs = 0xf0000 | accesses[user] | accesses[kernel] << 4;
            const struct gunyah_addrspace_mapping mapping = mapping_at(0x100000, attrs);
            EXPECT_EQ(map(&scene, scene.ram, mapping), good ? GUNYAH_OK : WOULD_CRASH);
            EXPECT_TRUE(sees(target, &scene, scene.ram, 0x100000, 0, good ? 4 * PAGE : 0, attrs));
            if (!good)
                EXPECT_OK(map(&scene, scene.ram, mapping_at(0x100000, 0xf0077)));
            EXPECT_EQ(update(&scene, scene.ram, mapping), good ? GUNYAH_OK : WOULD_CRASH);
            EXPECT_TRUE(sees(target, &scene, scene.ram, 0x100000, 0, 4 * PAGE, good ? attrs : 0xf0077));
            EXPECT_OK(unmap(&scene, scene.ram, mapping));
        }
    }
    EXPECT_EQ(map(&scene, scene.ram, mapping_at(0, 0xf0033)), INVALID);
    EXPECT_EQ(update(&scene, scene.ram, mapping_at(0, 0xf0033)), INVALID);
    EXPECT_EQ(map(&scene, scene.ram, mapping_at(0, 0xf0064)), WOULD_CRASH);
    EXPECT_EQ(gunyah_last_error(scene.owner.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    EXPECT_TRUE(gunyah_last_error(scene.owner.g)->advice[0] != '\0');
    return true;
}

// At the end of the address space: exactly there, a basic extent would be the end of the machine; further on, of itself.
static bool end_of_the_address_space_is_kept(struct target *target)
{
    struct scene scene;
    struct gunyah_memextent *sparse;
    struct gunyah_memextent *unknown;
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    static const uint64_t beyond[] = {END, END + PAGE, UINT64_C(1) << 40, UINT64_C(1) << 48, UINT64_C(0xffffffffff000)};

    EXPECT_TRUE(set_up(target, &scene));
    EXPECT_OK(gunyah_memextent_create_sparse(scene.owner.partition, scene.owner.cspace,
                                             target_free_memory(target, 4 * PAGE), 4 * PAGE, GUNYAH_PGTABLE_ACCESS_RWX,
                                             ANY, &sparse));
    options.cap = gunyah_memextent_capid(scene.ram);
    EXPECT_OK(gunyah_memextent_open(scene.owner.g, &options, &unknown));
    struct gunyah_memextent *const extents[] = {scene.ram, sparse, unknown};
    for (size_t e = 0; e < COUNT_OF(extents); e++) {
        for (size_t i = 0; i < COUNT_OF(beyond); i++)
            EXPECT_EQ(map(&scene, extents[e], mapping_at(beyond[i], 0xf0066)), NOWHERE);
        EXPECT_EQ(map(&scene, extents[e], part_at(LAST_PAGE, 0xf0066, 0, 2 * PAGE)), GUNYAH_ERR_ADDR_OVERFLOW);
        EXPECT_EQ(map(&scene, extents[e], part_at(END - PAGE, 0xf0066, 0, 2 * PAGE)), NOWHERE);
    }
    for (size_t e = 0; e < 2; e++) {
        EXPECT_EQ(map(&scene, extents[e], mapping_at(LAST_PAGE, 0xf0066)), GUNYAH_ERR_ADDR_OVERFLOW);
        EXPECT_EQ(map(&scene, extents[e], mapping_at(END - 3 * PAGE, 0xf0066)), NOWHERE);
        EXPECT_OK(map(&scene, extents[e], mapping_at(END - 4 * PAGE, 0xf0066)));
    }
    EXPECT_TRUE(sees(target, &scene, scene.ram, END - PAGE, 3 * PAGE, PAGE, 0xf0066));
    // The hypervisor says the same where it can be asked.
    EXPECT_EQ(map_raw(&scene, scene.ram, END + PAGE, 0xf0066), NOWHERE);
    EXPECT_EQ(map_raw(&scene, scene.ram, END - 3 * PAGE, 0xf0066), NOWHERE);
    EXPECT_EQ(map_raw(&scene, scene.ram, LAST_PAGE, 0xf0066), GUNYAH_ERR_ADDR_OVERFLOW);
    return true;
}

static bool mapping_over_something_replaces_it(struct target *target)
{
    struct scene scene;
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;

    EXPECT_TRUE(set_up(target, &scene));
    EXPECT_OK(map(&scene, scene.ram, mapping_at(0x100000, 0xf0066)));
    EXPECT_OK(map(&scene, scene.readable, mapping_at(0x102000, 0xf0044)));
    EXPECT_TRUE(sees(target, &scene, scene.ram, 0x100000, 0, 2 * PAGE, 0xf0066));
    EXPECT_TRUE(sees(target, &scene, scene.readable, 0x102000, 0, 4 * PAGE, 0xf0044));
    EXPECT_EQ(gunyah_addrspace_lookup(scene.addrspace, scene.ram, 0x102000, PAGE, &found), GUNYAH_ERR_NOT_OWNER);
    // What lies above stays when what lies below goes.
    EXPECT_OK(unmap(&scene, scene.ram, mapping_at(0x100000, 0)));
    EXPECT_TRUE(sees(target, &scene, scene.ram, 0x100000, 0, 0, 0));
    EXPECT_TRUE(sees(target, &scene, scene.readable, 0x102000, 0, 4 * PAGE, 0xf0044));
    // Nothing is left to be unmapped, at this address nor at others.
    EXPECT_EQ(unmap(&scene, scene.ram, mapping_at(0x100000, 0)), NOWHERE);
    EXPECT_EQ(unmap(&scene, scene.readable, mapping_at(0x103000, 0)), NOWHERE);
    EXPECT_EQ(unmap(&scene, scene.readable, mapping_at(END, 0)), NOWHERE);
    EXPECT_EQ(unmap(&scene, scene.readable, mapping_at(0x102001, 0)), UNALIGNED);
    EXPECT_EQ(unmap(&scene, scene.readable, part_at(0x102000, 0, 0, PAGE)), GUNYAH_ERR_MEMEXTENT_TYPE);
    EXPECT_OK(gunyah_memextent_unmap_all(scene.readable, GUNYAH_MEMEXTENT_SYNC));
    EXPECT_TRUE(sees(target, &scene, scene.readable, 0x102000, 0, 0, 0));
    return true;
}

static bool access_can_be_changed(struct target *target)
{
    struct scene scene;

    EXPECT_TRUE(set_up(target, &scene));
    EXPECT_OK(map(&scene, scene.ram, mapping_at(0x100000, 0xf0066)));
    EXPECT_OK(update(&scene, scene.ram, mapping_at(0x100000, 0xf0044)));
    EXPECT_TRUE(sees(target, &scene, scene.ram, 0x100000, 0, 4 * PAGE, 0xf0044));
    EXPECT_OK(update(&scene, scene.ram, mapping_at(0x100000, 0xf0077)));
    EXPECT_TRUE(sees(target, &scene, scene.ram, 0x100000, 0, 4 * PAGE, 0xf0077));
    EXPECT_EQ(update(&scene, scene.ram, mapping_at(0x100000, 0xf0088)), INVALID);
    EXPECT_EQ(update(&scene, scene.ram, mapping_at(0x101000, 0xf0044)), NOWHERE);
    EXPECT_EQ(update(&scene, scene.ram, mapping_at(0x100800, 0xf0044)), UNALIGNED);
    EXPECT_EQ(update(&scene, scene.ram, part_at(0x100000, 0xf0044, 0, PAGE)), GUNYAH_ERR_MEMEXTENT_TYPE);
    EXPECT_OK(map(&scene, scene.readable, mapping_at(0x700000, 0xf0044)));
    EXPECT_EQ(update(&scene, scene.readable, mapping_at(0x700000, 0xf0066)), INVALID);
    EXPECT_OK(update(&scene, scene.readable, mapping_at(0x700000, 0xf0000)));
    EXPECT_TRUE(sees(target, &scene, scene.ram, 0x100000, 0, 4 * PAGE, 0xf0077));
    return true;
}

static bool parts_are_checked(struct target *target)
{
    static const struct {
        uint64_t offset, length;
        enum gunyah_error error;
    } rows[] = {
        {0x800, PAGE, UNALIGNED}, {0, 0x800, UNALIGNED},        {PAGE, 0, NO_SIZE},         {0xf000, 0x2000, NO_SIZE},
        {0x10000, PAGE, NO_SIZE}, {LAST_PAGE, 0x2000, NO_SIZE}, {LAST_PAGE, PAGE, NO_SIZE}, {PAGE, LAST_PAGE, NO_SIZE},
    };
    struct scene scene;
    struct gunyah_memextent *sparse;
    struct gunyah_memextent *unknown;
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    const gunyah_memextent_mapping_attrs_t attrs = {0xf0066};
    const gunyah_addrspace_map_flags_t partial = {1};

    EXPECT_TRUE(set_up(target, &scene));
    EXPECT_OK(gunyah_memextent_create_sparse(scene.owner.partition, scene.owner.cspace,
                                             target_free_memory(target, 0x10000), 0x10000, GUNYAH_PGTABLE_ACCESS_RWX,
                                             ANY, &sparse));
    options.cap = gunyah_memextent_capid(sparse);
    EXPECT_OK(gunyah_memextent_open(scene.owner.g, &options, &unknown));
    const gunyah_capid_t space = gunyah_addrspace_capid(scene.addrspace);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct gunyah_addrspace_mapping mapping = part_at(0x800000, 0xf0066, rows[i].offset, rows[i].length);
        struct gunyah_memextent *const extents[] = {sparse, unknown};
        for (size_t e = 0; e < COUNT_OF(extents); e++) {
            // Who does not know the size sees only that it would wrap around, which a sparse extent must not.
            const bool wraps = e == 1 && rows[i].length == LAST_PAGE;
            EXPECT_EQ(map(&scene, extents[e], mapping), wraps ? GUNYAH_ERR_ADDR_OVERFLOW : rows[i].error);
            EXPECT_EQ(unmap(&scene, extents[e], mapping), rows[i].error);
        }
        EXPECT_EQ(gunyah_error_from_hypervisor(gunyah_hypercall_addrspace_map(
                      scene.owner.g, space, options.cap, 0x800000, attrs, partial, rows[i].offset, rows[i].length)),
                  rows[i].error);
        EXPECT_EQ(gunyah_error_from_hypervisor(gunyah_hypercall_addrspace_unmap(
                      scene.owner.g, space, options.cap, 0x800000, partial, rows[i].offset, rows[i].length)),
                  rows[i].error);
    }
    return true;
}

static bool sparse_extents_show_what_they_own(struct target *target)
{
    struct scene scene;
    struct gunyah_memextent *sparse;
    struct gunyah_addrspace_mapping layer = part_at(0x601000, 0xf0066, PAGE, PAGE);

    EXPECT_TRUE(set_up(target, &scene));
    struct gunyah_partition *partition = scene.owner.partition;
    EXPECT_OK(gunyah_memextent_create_sparse(partition, scene.owner.cspace, target_free_memory(target, 0x10000),
                                             0x10000, GUNYAH_PGTABLE_ACCESS_RWX, ANY, &sparse));
    EXPECT_OK(map(&scene, sparse, mapping_at(0x600000, 0xf0066)));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x600000, 0, 0, 0));
    EXPECT_OK(gunyah_memextent_donate_from_partition(partition, sparse, 0, 0x8000, GUNYAH_MEMEXTENT_SYNC));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x600000, 0, 0x8000, 0xf0066));
    EXPECT_OK(map(&scene, sparse, part_at(0x700000, 0xf0044, 0x2000, 0x2000)));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x700000, 0x2000, 0x2000, 0xf0044));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x702000, 0, 0, 0));
    // A hole, and something else in it.
    EXPECT_OK(unmap(&scene, sparse, part_at(0x602000, 0, 0x2000, PAGE)));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x600000, 0, 0x2000, 0xf0066));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x602000, 0, 0, 0));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x603000, 0x3000, 0x5000, 0xf0066));
    EXPECT_EQ(unmap(&scene, sparse, part_at(0x602000, 0, 0x2000, PAGE)), NOWHERE);
    EXPECT_EQ(update(&scene, sparse, mapping_at(0x600000, 0xf0044)), NOWHERE);
    EXPECT_EQ(update(&scene, sparse, part_at(0x600000, 0xf0044, 0, PAGE)), NOWHERE);
    EXPECT_OK(map(&scene, sparse, part_at(0x602000, 0xf0044, 0x2000, PAGE)));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x602000, 0x2000, PAGE, 0xf0044));
    // One layer is there, three more can be.
    layer.sync = GUNYAH_MEMEXTENT_NO_SYNC;
    for (int i = 0; i < 5; i++)
        EXPECT_EQ(map(&scene, sparse, layer), i < 3 ? GUNYAH_OK : GUNYAH_ERR_MAPPINGS_FULL);
    EXPECT_OK(gunyah_memextent_donate_to_partition(sparse, partition, 0, 0x4000, GUNYAH_MEMEXTENT_SYNC));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x600000, 0, 0, 0));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x604000, 0x4000, 0x4000, 0xf0066));
    EXPECT_OK(gunyah_memextent_unmap_all(sparse, GUNYAH_MEMEXTENT_SYNC));
    EXPECT_TRUE(sees(target, &scene, sparse, 0x604000, 0, 0, 0));
    return true;
}

static bool lookups_as_the_hypervisor_says(struct target *target)
{
    static const struct {
        uint64_t ipa, size;
        enum gunyah_error error;
    } rows[] = {
        {0x100000, 0, NO_SIZE},      {0x100000, 0x800, UNALIGNED}, {0x100800, PAGE, UNALIGNED},
        {0x104000, PAGE, NOWHERE},   {LAST_PAGE, PAGE, NOWHERE},   {LAST_PAGE, 0x2000, GUNYAH_ERR_ADDR_OVERFLOW},
        {UINT64_MAX, 1, UNALIGNED},  {UINT64_MAX, 0, NO_SIZE},     {0x103000, 0x2000, GUNYAH_OK},
        {0x101000, PAGE, GUNYAH_OK},
    };
    struct scene scene;
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;

    EXPECT_TRUE(set_up(target, &scene));
    EXPECT_OK(map(&scene, scene.ram, mapping_at(0x100000, 0xf0066)));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        EXPECT_EQ(gunyah_addrspace_lookup(scene.addrspace, scene.ram, rows[i].ipa, rows[i].size, &found),
                  rows[i].error);
        EXPECT_EQ(gunyah_error_from_hypervisor(
                      gunyah_hypercall_addrspace_lookup(scene.owner.g, gunyah_addrspace_capid(scene.addrspace),
                                                        gunyah_memextent_capid(scene.ram), rows[i].ipa, rows[i].size)
                          .error),
                  rows[i].error);
    }
    EXPECT_EQ(found.offset, PAGE);
    EXPECT_EQ(found.length, PAGE);
    EXPECT_EQ(gunyah_addrspace_lookup(scene.addrspace, scene.readable, 0x100000, PAGE, &found), GUNYAH_ERR_NOT_OWNER);
    return true;
}

static bool open_both(struct target *target, const struct owner *owner, gunyah_capid_t cap,
                      struct gunyah_addrspace **addrspace, struct gunyah_memextent **extent)
{
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;

    options.cap = cap;
    EXPECT_OK(gunyah_memextent_open(owner->g, &options, extent));
    EXPECT_OK(gunyah_addrspace_open(owner->g, cap, addrspace));
    return true;
}

// A capability that is malformed, one that is gone, and one of something else, for either side.
static bool mappings_need_good_capabilities(struct target *target)
{
    struct scene scene;
    struct gunyah_memextent *gone;
    struct gunyah_addrspace *addrspace;
    struct gunyah_memextent *extent;
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    EXPECT_TRUE(set_up(target, &scene));
    const struct owner *owner = &scene.owner;
    EXPECT_TRUE(conformance_make_memextent(target, owner, PAGE, &gone));
    EXPECT_OK(gunyah_cspace_delete(owner->cspace, gunyah_memextent_capid(gone)));
    const struct {
        gunyah_capid_t cap;
        enum gunyah_error error;
    } rows[] = {
        {gunyah_capid(GUNYAH_CAPID_INVALID), INVALID},
        {gunyah_memextent_capid(gone), GUNYAH_ERR_CAP_NULL},
        {gunyah_vic_capid(owner->vic), GUNYAH_ERR_WRONG_OBJECT_TYPE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        EXPECT_TRUE(open_both(target, owner, rows[i].cap, &addrspace, &extent));
        for (int side = 0; side < 2; side++) {
            struct gunyah_addrspace *space = side == 0 ? addrspace : scene.addrspace;
            struct gunyah_memextent *what = side == 0 ? scene.ram : extent;
            EXPECT_EQ(gunyah_addrspace_map(space, what, &mapping), rows[i].error);
            EXPECT_EQ(gunyah_addrspace_unmap(space, what, &mapping), rows[i].error);
            EXPECT_EQ(gunyah_addrspace_update_access(space, what, &mapping), rows[i].error);
            EXPECT_EQ(gunyah_addrspace_lookup(space, what, 0, PAGE, &mapping), rows[i].error);
        }
    }
    return true;
}

static bool mappings_need_rights_for_both(struct target *target)
{
    struct scene scene;
    struct gunyah_addrspace *weak_space;
    struct gunyah_addrspace *fresh_space;
    struct gunyah_memextent *weak_extent;
    struct gunyah_memextent *fresh_extent;
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;
    gunyah_capid_t cap;

    EXPECT_TRUE(set_up(target, &scene));
    const struct owner *owner = &scene.owner;
    EXPECT_OK(gunyah_addrspace_create(owner->partition, owner->cspace, &fresh_space));
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, &fresh_extent));
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_addrspace_capid(scene.addrspace), owner->cspace,
                                 GUNYAH_RIGHT_ADDRSPACE_ATTACH, &cap));
    EXPECT_OK(gunyah_addrspace_open(owner->g, cap, &weak_space));
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_memextent_capid(scene.ram), owner->cspace,
                                 GUNYAH_RIGHT_MEMEXTENT_ATTACH, &options.cap));
    EXPECT_OK(gunyah_memextent_open(owner->g, &options, &weak_extent));
    const struct {
        struct gunyah_addrspace *addrspace;
        struct gunyah_memextent *extent;
        enum gunyah_error error;
    } rows[] = {
        {weak_space, scene.ram, GUNYAH_ERR_INSUFFICIENT_RIGHTS},
        {scene.addrspace, weak_extent, GUNYAH_ERR_INSUFFICIENT_RIGHTS},
        {fresh_space, scene.ram, GUNYAH_ERR_OBJECT_STATE},
        {scene.addrspace, fresh_extent, GUNYAH_ERR_OBJECT_STATE},
        {scene.addrspace, NULL, GUNYAH_ERR_NULL},
        {NULL, scene.ram, GUNYAH_ERR_NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        EXPECT_EQ(gunyah_addrspace_map(rows[i].addrspace, rows[i].extent, &mapping), rows[i].error);
        EXPECT_EQ(gunyah_addrspace_unmap(rows[i].addrspace, rows[i].extent, &mapping), rows[i].error);
        EXPECT_EQ(gunyah_addrspace_update_access(rows[i].addrspace, rows[i].extent, &mapping), rows[i].error);
        EXPECT_EQ(gunyah_addrspace_lookup(rows[i].addrspace, rows[i].extent, 0, PAGE, &mapping), rows[i].error);
    }
    EXPECT_EQ(gunyah_addrspace_map(scene.addrspace, scene.ram, NULL), GUNYAH_ERR_NULL);
    mapping.sync = (enum gunyah_memextent_sync)2;
    EXPECT_EQ(gunyah_addrspace_map(scene.addrspace, scene.ram, &mapping), INVALID);
    mapping.size--;
    EXPECT_EQ(gunyah_addrspace_map(scene.addrspace, scene.ram, &mapping), GUNYAH_ERR_OPTION);
    EXPECT_EQ(gunyah_addrspace_unmap(scene.addrspace, scene.ram, &mapping), GUNYAH_ERR_OPTION);
    EXPECT_EQ(gunyah_addrspace_lookup(scene.addrspace, scene.ram, 0, PAGE, &mapping), GUNYAH_ERR_OPTION);
    return true;
}

static const struct conformance_case cases[] = {
    {"mapping.extents_allow_some_kinds", extents_allow_some_kinds},
    {"mapping.access_that_would_crash_is_refused", access_that_would_crash_is_refused},
    {"mapping.end_of_the_address_space_is_kept", end_of_the_address_space_is_kept},
    {"mapping.mapping_over_something_replaces_it", mapping_over_something_replaces_it},
    {"mapping.access_can_be_changed", access_can_be_changed},
    {"mapping.parts_are_checked", parts_are_checked},
    {"mapping.sparse_extents_show_what_they_own", sparse_extents_show_what_they_own},
    {"mapping.lookups_as_the_hypervisor_says", lookups_as_the_hypervisor_says},
    {"mapping.mappings_need_good_capabilities", mappings_need_good_capabilities},
    {"mapping.mappings_need_rights_for_both", mappings_need_rights_for_both},
};

const struct conformance_suite conformance_mapping = {cases, COUNT_OF(cases)};
