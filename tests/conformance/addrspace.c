// SPDX-License-Identifier: BSD-3-Clause
// Address spaces: who has which, and the ranges that exit to a VMM. Mappings are in mapping.c.
#include "conformance.h"

#define PAGE UINT64_C(0x1000)
#define ANY GUNYAH_MEMEXTENT_MEMTYPE_ANY
#define BASIC GUNYAH_MEMEXTENT_TYPE_BASIC
#define INVALID GUNYAH_ERR_ARGUMENT_INVALID
#define BUSY GUNYAH_ERR_BUSY

static enum gunyah_error translated(int32_t code)
{
    return gunyah_error_from_hypervisor(code);
}

static bool make_vmid(struct target *target, const struct owner *owner, uint16_t vmid,
                      struct gunyah_addrspace **addrspace)
{
    EXPECT_OK(gunyah_addrspace_create(owner->partition, owner->cspace, addrspace));
    EXPECT_OK(gunyah_addrspace_configure(*addrspace, gunyah_vmid(vmid)));
    return true;
}

static bool each_has_a_vmid_of_its_own(struct target *target)
{
    static const struct {
        uint16_t vmid;
        enum gunyah_error error;
    } rows[] = {{0, INVALID}, {1, GUNYAH_OK}, {0xff, GUNYAH_OK}, {0x100, INVALID}, {0xffff, INVALID}};
    struct owner owner;
    struct gunyah_addrspace *first;
    struct gunyah_addrspace *second;
    const gunyah_vmid_t vmid = target_free_vmid(target);

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_addrspace_create(owner.partition, owner.cspace, &first));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        EXPECT_EQ(gunyah_addrspace_configure(first, gunyah_vmid(rows[i].vmid)), rows[i].error);
        EXPECT_EQ(translated(gunyah_hypercall_addrspace_configure(owner.g, gunyah_addrspace_capid(first),
                                                                  gunyah_vmid(rows[i].vmid))),
                  rows[i].error);
    }
    EXPECT_OK(gunyah_addrspace_configure(first, vmid));
    EXPECT_OK(gunyah_addrspace_activate(first));
    EXPECT_EQ(gunyah_addrspace_configure(first, vmid), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_addrspace_activate(first), GUNYAH_ERR_OBJECT_STATE);
    // Taken, by it and by the root VM; never configured; free again.
    EXPECT_TRUE(make_vmid(target, &owner, vmid.value, &second));
    EXPECT_EQ(gunyah_addrspace_activate(second), BUSY);
    EXPECT_TRUE(make_vmid(target, &owner, GUNYAH_VMID_ROOT, &second));
    EXPECT_EQ(gunyah_addrspace_activate(second), BUSY);
    EXPECT_OK(gunyah_addrspace_create(owner.partition, owner.cspace, &second));
    EXPECT_EQ(gunyah_addrspace_activate(second), BUSY);
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_addrspace_capid(first)));
    EXPECT_EQ(gunyah_addrspace_activate(first), GUNYAH_ERR_CAP_NULL);
    EXPECT_TRUE(make_vmid(target, &owner, vmid.value, &second));
    EXPECT_OK(gunyah_addrspace_activate(second));
    return true;
}

static bool make_extent(struct target *target, const struct owner *owner, uint64_t size, uint32_t attrs,
                        struct gunyah_memextent **extent)
{
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, extent));
    EXPECT_OK(gunyah_memextent_configure(
        *extent, target_free_memory(target, size), size, (enum gunyah_pgtable_access)(attrs & 7),
        (enum gunyah_memextent_memtype)(attrs >> 8 & 3), (enum gunyah_memextent_type)(attrs >> 16)));
    EXPECT_OK(gunyah_memextent_activate(*extent));
    return true;
}

static bool information_area_is_one_page(struct target *target)
{
    struct owner owner;
    struct gunyah_addrspace *addrspace;
    struct gunyah_memextent *page;
    struct gunyah_memextent *others[4];
    struct gunyah_memextent *child;
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    static const uint64_t sizes[] = {2 * PAGE, PAGE, PAGE, PAGE};
    static const uint32_t attrs[] = {6, 4, 0x10006, 0x106};
    static const uint64_t nowhere[] = {0x100800, GUNYAH_ADDRSPACE_END, UINT64_C(1) << 40, UINT64_MAX - PAGE + 1};

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(make_vmid(target, &owner, target_free_vmid(target).value, &addrspace));
    EXPECT_TRUE(make_extent(target, &owner, PAGE, 6, &page));
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        EXPECT_TRUE(make_extent(target, &owner, sizes[i], attrs[i], &others[i]));
        EXPECT_EQ(gunyah_addrspace_configure_info_area(addrspace, others[i], 0x100000), INVALID);
        EXPECT_EQ(translated(gunyah_hypercall_addrspace_configure_info_area(
                      owner.g, gunyah_addrspace_capid(addrspace), gunyah_memextent_capid(others[i]), 0x100000)),
                  INVALID);
    }
    EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &child));
    EXPECT_EQ(gunyah_addrspace_configure_info_area(addrspace, child, 0), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_memextent_capid(page), owner.cspace,
                                 GUNYAH_RIGHTS_MEMEXTENT_ALL & ~(uint32_t)GUNYAH_RIGHT_MEMEXTENT_ATTACH, &options.cap));
    EXPECT_OK(gunyah_memextent_open(owner.g, &options, &child));
    EXPECT_EQ(gunyah_addrspace_configure_info_area(addrspace, child, 0), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    for (size_t i = 0; i < COUNT_OF(nowhere); i++) {
        EXPECT_EQ(gunyah_addrspace_configure_info_area(addrspace, page, nowhere[i]), GUNYAH_ERR_ADDR_INVALID);
        EXPECT_EQ(translated(gunyah_hypercall_addrspace_configure_info_area(owner.g, gunyah_addrspace_capid(addrspace),
                                                                            gunyah_memextent_capid(page), nowhere[i])),
                  GUNYAH_ERR_ADDR_INVALID);
    }
    EXPECT_OK(gunyah_addrspace_configure_info_area(addrspace, page, 0x100000));
    EXPECT_OK(gunyah_addrspace_configure_info_area(addrspace, page, 0x200000));
    EXPECT_OK(gunyah_addrspace_activate(addrspace));
    EXPECT_EQ(gunyah_addrspace_configure_info_area(addrspace, page, 0x300000), GUNYAH_ERR_OBJECT_STATE);
    // The page is in use: no child can be made of it; and a page with a child cannot be used.
    EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &child));
    EXPECT_OK(gunyah_memextent_configure_derive(child, page, 0, PAGE, GUNYAH_PGTABLE_ACCESS_RW, ANY, BASIC));
    EXPECT_EQ(gunyah_memextent_activate(child), BUSY);
    EXPECT_TRUE(make_extent(target, &owner, PAGE, 6, &page));
    EXPECT_OK(gunyah_memextent_create(owner.partition, owner.cspace, &child));
    EXPECT_OK(gunyah_memextent_configure_derive(child, page, 0, PAGE, GUNYAH_PGTABLE_ACCESS_RW, ANY, BASIC));
    EXPECT_OK(gunyah_memextent_activate(child));
    EXPECT_TRUE(make_vmid(target, &owner, target_free_vmid(target).value, &addrspace));
    EXPECT_OK(gunyah_addrspace_configure_info_area(addrspace, page, 0));
    EXPECT_EQ(gunyah_addrspace_activate(addrspace), BUSY);
    return true;
}

// ---- virtual MMIO ------------------------------------------------------------------------------------------------

static bool ranges_are_checked(struct target *target)
{
    static const struct {
        uint64_t ipa, size;
        enum gunyah_error error;
    } rows[] = {
        {0x70000000, 0, GUNYAH_ERR_ARGUMENT_SIZE},         {UINT64_MAX, 2, GUNYAH_ERR_ADDR_OVERFLOW},
        {UINT64_MAX, 1, GUNYAH_ERR_ADDR_OVERFLOW},         {0x10000000000000, PAGE, GUNYAH_ERR_ARGUMENT_SIZE},
        {0xffffffffff800, PAGE, GUNYAH_ERR_ARGUMENT_SIZE},
    };
    struct owner owner;
    struct gunyah_addrspace *addrspace;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_addrspace(target, &owner, &addrspace));
    const gunyah_capid_t cap = gunyah_addrspace_capid(addrspace);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        EXPECT_EQ(gunyah_addrspace_add_vmmio_range(addrspace, rows[i].ipa, rows[i].size), rows[i].error);
        EXPECT_EQ(translated(gunyah_hypercall_addrspace_configure_vmmio(owner.g, cap, rows[i].ipa, rows[i].size,
                                                                        GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_ADD)),
                  rows[i].error);
    }
    // Single bytes, beyond the address space, and up to the limit.
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x70000001, 1));
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x70000003, 0xd));
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x4000000000000, PAGE));
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0xffffffffff000, PAGE));
    EXPECT_EQ(gunyah_addrspace_remove_vmmio_range(addrspace, 0x70000001, 1), BUSY);
    EXPECT_EQ(gunyah_addrspace_remove_vmmio_range(addrspace, 0x60000000, PAGE), BUSY);
    EXPECT_EQ(gunyah_addrspace_remove_vmmio_range(addrspace, 0x60000000, 0), GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_EQ(gunyah_addrspace_remove_vmmio_range(addrspace, UINT64_MAX, 1), GUNYAH_ERR_ADDR_OVERFLOW);
    return true;
}

// Beginning below another range and ending inside it is the end of the hypervisor, unless it is not asked.
static bool overlapping_ranges_do_not_reach_the_hypervisor(struct target *target)
{
    static const uint64_t overlapping[][2] = {
        {0x70000000, 0x2000}, {0x70000000, 0x1001}, {0x70001000, 0x2000}, {0x70001000, PAGE}, {0x70000000, 0x8000},
        {0x70002fff, 1},      {0x70002800, 0x1000}, {0x70001800, 1},      {0, 0x70001001},    {0x70002fff, 0x10000},
    };
    struct owner owner;
    struct gunyah_addrspace *addrspace;
    struct gunyah_addrspace *again;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_addrspace(target, &owner, &addrspace));
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x70001000, 0x2000));
    for (size_t i = 0; i < COUNT_OF(overlapping); i++) {
        const uint64_t calls = gunyah_call_count(owner.g);
        EXPECT_EQ(gunyah_addrspace_add_vmmio_range(addrspace, overlapping[i][0], overlapping[i][1]), BUSY);
        EXPECT_EQ(gunyah_call_count(owner.g), calls);
    }
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x70000000, 0x1000));
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x70003000, 0x1000));
    // A handle that does not know of them asks; this is what the hypervisor survives.
    EXPECT_OK(gunyah_addrspace_open(owner.g, gunyah_addrspace_capid(addrspace), &again));
    EXPECT_EQ(gunyah_addrspace_add_vmmio_range(again, 0x70001800, PAGE), BUSY);
    EXPECT_EQ(gunyah_addrspace_add_vmmio_range(again, 0x60000000, 0x20000000), BUSY);
    return true;
}

static bool ranges_have_a_limit(struct target *target)
{
    struct owner owner;
    struct gunyah_addrspace *addrspace;
    struct gunyah_addrspace *again;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(make_vmid(target, &owner, target_free_vmid(target).value, &addrspace));
    for (uint64_t i = 0; i < GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES; i++) {
        if (i == GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES / 2)
            EXPECT_OK(gunyah_addrspace_activate(addrspace));
        EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x10000000 + i * 2 * PAGE, 16));
    }
    EXPECT_OK(gunyah_addrspace_open(owner.g, gunyah_addrspace_capid(addrspace), &again));
    EXPECT_EQ(gunyah_addrspace_add_vmmio_range(addrspace, 0x20000000, 16), GUNYAH_ERR_NO_RESOURCES);
    EXPECT_EQ(gunyah_addrspace_add_vmmio_range(again, 0x20000000, 16), GUNYAH_ERR_NO_RESOURCES);
    EXPECT_EQ(gunyah_addrspace_add_vmmio_range(addrspace, 0x10000000, 16), GUNYAH_ERR_NO_RESOURCES);
    return true;
}

// ---- who uses it -------------------------------------------------------------------------------------------------

static bool controllers_are_attached_once(struct target *target)
{
    struct owner owner;
    struct gunyah_addrspace *addrspace;
    struct gunyah_vic *vic;
    struct gunyah_vic *weak;
    gunyah_capid_t cap;
    const gunyah_addrspace_attach_vdevice_flags_t none = {0};
    const gunyah_addrspace_attach_vdevice_flags_t last = {3};
    const gunyah_addrspace_attach_vdevice_flags_t unknown = {4};

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_addrspace(target, &owner, &addrspace));
    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    EXPECT_OK(gunyah_vic_configure(vic, 2, 64));
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 0, 0x50000000, 0x10000, none), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_vic_activate(vic));
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 0, 0x50000000, 0x10000, last), INVALID);
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 0, 0x50000000, 0, none), GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 0, UINT64_MAX, 2, none), GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_vic_capid(vic), owner.cspace,
                                 GUNYAH_RIGHTS_VIC_ALL & ~(uint32_t)GUNYAH_RIGHT_VIC_ATTACH_VDEVICE, &cap));
    EXPECT_OK(gunyah_vic_open(owner.g, cap, &weak));
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, weak, 0, 0x50000000, 0x10000, none),
              GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_addrspace_attach_vdevice(addrspace, vic, 0, 0x50000000, 0x10000, none));
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 0, 0x60000000, 0x10000, none), BUSY);
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 3, 0x60000000, 0x20000, none), INVALID);
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, UINT32_MAX, 0x60000000, 0x20000, none), INVALID);
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 1, 0x60000000, 0x20000, unknown), INVALID);
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 1, 0x60000000, 0x20000, last), GUNYAH_ERR_IDLE);
    // From below into the registers of the distributor: neither as a device nor as virtual MMIO.
    EXPECT_EQ(gunyah_addrspace_attach_vdevice(addrspace, vic, 1, 0x4fff0000, 0x20000, last), BUSY);
    EXPECT_EQ(gunyah_addrspace_add_vmmio_range(addrspace, 0x4fff0000, 0x20000), BUSY);
    EXPECT_OK(gunyah_addrspace_add_vmmio_range(addrspace, 0x60000000, 0x1000));
    return true;
}

static bool vcpus_and_devices_are_attached(struct target *target)
{
    struct owner owner;
    struct gunyah_addrspace *addrspace;
    struct gunyah_addrspace *fresh;
    struct gunyah_thread *vcpu = NULL;
    struct gunyah_thread *none;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_addrspace(target, &owner, &addrspace));
    EXPECT_OK(gunyah_addrspace_create(owner.partition, owner.cspace, &fresh));
    for (int i = 0; i <= GUNYAH_VIC_MAX_VCPUS; i++) {
        EXPECT_OK(gunyah_thread_create(owner.partition, owner.cspace, &vcpu));
        EXPECT_EQ(gunyah_addrspace_attach_vcpu(fresh, vcpu), GUNYAH_ERR_OBJECT_STATE);
        EXPECT_EQ(gunyah_addrspace_attach_vcpu(addrspace, vcpu),
                  i < GUNYAH_VIC_MAX_VCPUS ? GUNYAH_OK : GUNYAH_ERR_NO_MEMORY);
    }
    EXPECT_OK(gunyah_thread_open(owner.g, gunyah_vic_capid(owner.vic), &none));
    EXPECT_EQ(gunyah_addrspace_attach_vcpu(addrspace, none), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_OK(gunyah_thread_close(&none));
    EXPECT_OK(gunyah_thread_open(owner.g, gunyah_capid(GUNYAH_CAPID_INVALID), &none));
    EXPECT_EQ(gunyah_addrspace_attach_vcpu(addrspace, none), INVALID);
    EXPECT_EQ(gunyah_addrspace_attach_vcpu(addrspace, NULL), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_addrspace_attach_vdma(addrspace, gunyah_thread_capid(vcpu), 0), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_addrspace_attach_vdma(fresh, gunyah_thread_capid(vcpu), 0), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static bool own_information_area_is_not_told(struct target *target)
{
    uint64_t ipa = 7;
    uint64_t size = 8;

    EXPECT_EQ(gunyah_addrspace_find_info_area(target->vms[TARGET_PEER].g, &ipa, &size), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(ipa, 7);
    EXPECT_EQ(size, 8);
    EXPECT_EQ(gunyah_addrspace_find_info_area(target->vms[TARGET_PEER].g, NULL, &size), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_addrspace_find_info_area(target->vms[TARGET_PEER].g, &ipa, NULL), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_addrspace_find_info_area(NULL, &ipa, &size), GUNYAH_ERR_NULL);
    return true;
}

// ---- capabilities ------------------------------------------------------------------------------------------------

// Good objects, for what an operation needs beside the address space.
struct side {
    struct owner owner;
    struct gunyah_memextent *page;
    struct gunyah_thread *vcpu;
};

static enum gunyah_error do_configure(const struct side *side, struct gunyah_addrspace *addrspace)
{
    (void)side;
    return gunyah_addrspace_configure(addrspace, gunyah_vmid(9));
}

static enum gunyah_error do_configure_info_area(const struct side *side, struct gunyah_addrspace *addrspace)
{
    return gunyah_addrspace_configure_info_area(addrspace, side->page, 0);
}

static enum gunyah_error do_attach_vcpu(const struct side *side, struct gunyah_addrspace *addrspace)
{
    return gunyah_addrspace_attach_vcpu(addrspace, side->vcpu);
}

static enum gunyah_error do_attach_vdma(const struct side *side, struct gunyah_addrspace *addrspace)
{
    return gunyah_addrspace_attach_vdma(addrspace, gunyah_thread_capid(side->vcpu), 0);
}

static enum gunyah_error do_attach_vdevice(const struct side *side, struct gunyah_addrspace *addrspace)
{
    const gunyah_addrspace_attach_vdevice_flags_t none = {0};

    return gunyah_addrspace_attach_vdevice(addrspace, side->owner.vic, 0, 0, PAGE, none);
}

static enum gunyah_error do_add_vmmio(const struct side *side, struct gunyah_addrspace *addrspace)
{
    (void)side;
    return gunyah_addrspace_add_vmmio_range(addrspace, 0x1000, 1);
}

static enum gunyah_error do_map(const struct side *side, struct gunyah_addrspace *addrspace)
{
    const struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    return gunyah_addrspace_map(addrspace, side->page, &mapping);
}

static enum gunyah_error do_lookup(const struct side *side, struct gunyah_addrspace *addrspace)
{
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;

    return gunyah_addrspace_lookup(addrspace, side->page, 0, PAGE, &found);
}

static bool capabilities_are_checked(struct target *target)
{
    static const struct {
        enum gunyah_error (*run)(const struct side *side, struct gunyah_addrspace *addrspace);
        uint32_t right;
        enum { FRESH, ACTIVE, EITHER } wanted;
    } operations[] = {
        {do_configure, GUNYAH_RIGHT_ACTIVATE, FRESH},
        {do_configure_info_area, GUNYAH_RIGHT_ACTIVATE, FRESH},
        {do_attach_vcpu, GUNYAH_RIGHT_ADDRSPACE_ATTACH, ACTIVE},
        {do_attach_vdma, GUNYAH_RIGHT_ADDRSPACE_ATTACH, ACTIVE},
        {do_attach_vdevice, GUNYAH_RIGHT_ADDRSPACE_MAP, ACTIVE},
        {do_add_vmmio, GUNYAH_RIGHT_ADDRSPACE_ADD_VMMIO_RANGE, EITHER},
        {do_map, GUNYAH_RIGHT_ADDRSPACE_MAP, ACTIVE},
        {do_lookup, GUNYAH_RIGHT_ADDRSPACE_LOOKUP, ACTIVE},
    };
    struct side side;
    struct gunyah_addrspace *active;
    struct gunyah_addrspace *fresh;
    struct gunyah_addrspace *bad;
    gunyah_capid_t cap;

    EXPECT_TRUE(conformance_owner(target, &side.owner));
    const struct owner *owner = &side.owner;
    EXPECT_TRUE(make_extent(target, owner, PAGE, 6, &side.page));
    EXPECT_OK(gunyah_thread_create(owner->partition, owner->cspace, &side.vcpu));
    EXPECT_TRUE(conformance_make_addrspace(target, owner, &active));
    EXPECT_OK(gunyah_addrspace_create(owner->partition, owner->cspace, &fresh));
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        struct gunyah_addrspace *good = operations[i].wanted == FRESH ? fresh : active;
        if (operations[i].wanted != EITHER)
            EXPECT_EQ(operations[i].run(&side, good == fresh ? active : fresh), GUNYAH_ERR_OBJECT_STATE);
        EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_addrspace_capid(good), owner->cspace,
                                     GUNYAH_RIGHTS_ADDRSPACE_ALL & ~operations[i].right, &cap));
        EXPECT_OK(gunyah_addrspace_open(owner->g, cap, &bad));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
        EXPECT_OK(gunyah_cspace_revoke_children(owner->cspace, gunyah_addrspace_capid(good)));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_CAP_REVOKED);
        EXPECT_OK(gunyah_cspace_delete(owner->cspace, cap));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_CAP_NULL);
        EXPECT_OK(gunyah_addrspace_close(&bad));
        EXPECT_OK(gunyah_addrspace_open(owner->g, gunyah_vic_capid(owner->vic), &bad));
        EXPECT_EQ(operations[i].run(&side, bad), GUNYAH_ERR_WRONG_OBJECT_TYPE);
        EXPECT_OK(gunyah_addrspace_close(&bad));
        EXPECT_OK(gunyah_addrspace_open(owner->g, gunyah_capid(GUNYAH_CAPID_INVALID), &bad));
        EXPECT_EQ(operations[i].run(&side, bad), INVALID);
        EXPECT_OK(gunyah_addrspace_close(&bad));
    }
    return true;
}

static const struct conformance_case cases[] = {
    {"addrspace.each_has_a_vmid_of_its_own", each_has_a_vmid_of_its_own},
    {"addrspace.information_area_is_one_page", information_area_is_one_page},
    {"addrspace.ranges_are_checked", ranges_are_checked},
    {"addrspace.overlapping_ranges_do_not_reach_the_hypervisor", overlapping_ranges_do_not_reach_the_hypervisor},
    {"addrspace.ranges_have_a_limit", ranges_have_a_limit},
    {"addrspace.controllers_are_attached_once", controllers_are_attached_once},
    {"addrspace.vcpus_and_devices_are_attached", vcpus_and_devices_are_attached},
    {"addrspace.own_information_area_is_not_told", own_information_area_is_not_told},
    {"addrspace.capabilities_are_checked", capabilities_are_checked},
};

const struct conformance_suite conformance_addrspace = {cases, COUNT_OF(cases)};
