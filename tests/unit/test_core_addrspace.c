// SPDX-License-Identifier: BSD-3-Clause
// Memory extents and address spaces: handles, what reaches the hypervisor, and what is left when something fails on the way.
#include "fake_backend.h"

#include <string.h>

#define PAGE 0x1000

struct objects {
    struct fake fake;
    struct counter counter;
    struct gunyah *g;
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
    struct gunyah_memextent *extent; // of four pages
    struct gunyah_thread *thread;
    struct gunyah_addrspace *addrspace;
};

static void setup(struct objects *o)
{
    struct gunyah_memextent_options extent = GUNYAH_MEMEXTENT_OPTIONS_INIT;

    fake_init(&o->fake);
    counter_init(&o->counter);
    struct gunyah_open_options options = fake_options(&o->fake);
    options.allocator = &o->counter.allocator;
    cr_assert_eq(gunyah_open(&options, &o->g), GUNYAH_OK);
    o->fake.calls = 0;
    extent.cap = gunyah_capid(0x14);
    extent.extent_size = 4 * PAGE;
    cr_assert_eq(gunyah_partition_open(o->g, gunyah_capid(0x11), &o->partition), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(o->g, gunyah_capid(0x12), &o->cspace), GUNYAH_OK);
    cr_assert_eq(gunyah_vic_open(o->g, gunyah_capid(0x13), &o->vic), GUNYAH_OK);
    cr_assert_eq(gunyah_memextent_open(o->g, &extent, &o->extent), GUNYAH_OK);
    cr_assert_eq(gunyah_addrspace_open(o->g, gunyah_capid(0x15), &o->addrspace), GUNYAH_OK);
    cr_assert_eq(gunyah_thread_open(o->g, gunyah_capid(0x16), &o->thread), GUNYAH_OK);
    cr_assert_eq(o->fake.calls, 0u, "opening makes no call");
}

static void teardown(struct objects *o)
{
    cr_expect_eq(gunyah_close(&o->g), GUNYAH_OK);
    cr_expect_eq(o->counter.live, 0u);
}

static void expect_sent(const struct objects *o, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
                        uint64_t x5, uint64_t x6, uint64_t x7)
{
    const uint64_t expected[] = {x0, x1, x2, x3, x4, x5, x6, x7};

    for (size_t i = 0; i < 8; i++)
        cr_expect_eq(o->fake.sent.x[i], expected[i], "%#llx: x%zu is %#llx, not %#llx", (unsigned long long)x0, i,
                     (unsigned long long)o->fake.sent.x[i], (unsigned long long)expected[i]);
}

// ---- handles -----------------------------------------------------------------------------------------------------

static void expect_extent_refused(const struct objects *o, struct gunyah_memextent *extent, enum gunyah_error error)
{
    const struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;
    const enum gunyah_memextent_sync sync = GUNYAH_MEMEXTENT_SYNC;

    cr_expect_eq(gunyah_memextent_configure(extent, 0, PAGE, 7, 0, 0), error);
    cr_expect_eq(gunyah_memextent_configure_derive(extent, o->extent, 0, PAGE, 7, 0, 0), error);
    cr_expect_eq(gunyah_memextent_configure_derive(o->extent, extent, 0, PAGE, 7, 0, 0), error);
    cr_expect_eq(gunyah_memextent_activate(extent), error);
    cr_expect_eq(gunyah_memextent_unmap_all(extent, sync), error);
    cr_expect_eq(gunyah_memextent_zero_range(extent, 0, PAGE), error);
    cr_expect_eq(gunyah_memextent_cache_clean_range(extent, 0, PAGE), error);
    cr_expect_eq(gunyah_memextent_cache_flush_range(extent, 0, PAGE), error);
    cr_expect_eq(gunyah_memextent_sync_all(extent), error);
    cr_expect_eq(gunyah_memextent_donate_to_child(extent, o->extent, 0, PAGE, sync), error);
    cr_expect_eq(gunyah_memextent_donate_to_child(o->extent, extent, 0, PAGE, sync), error);
    cr_expect_eq(gunyah_memextent_donate_to_parent(extent, o->extent, 0, PAGE, sync), error);
    cr_expect_eq(gunyah_memextent_donate_to_sibling(o->extent, extent, 0, PAGE, sync), error);
    cr_expect_eq(gunyah_memextent_donate_from_partition(o->partition, extent, 0, PAGE, sync), error);
    cr_expect_eq(gunyah_memextent_donate_to_partition(extent, o->partition, 0, PAGE, sync), error);
    cr_expect_eq(gunyah_addrspace_map(o->addrspace, extent, &mapping), error);
    cr_expect_eq(gunyah_addrspace_unmap(o->addrspace, extent, &mapping), error);
    cr_expect_eq(gunyah_addrspace_update_access(o->addrspace, extent, &mapping), error);
    cr_expect_eq(gunyah_addrspace_lookup(o->addrspace, extent, 0, PAGE, &found), error);
    cr_expect_eq(gunyah_addrspace_configure_info_area(o->addrspace, extent, 0), error);
    cr_expect_eq(gunyah_memextent_capid(extent).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(gunyah_memextent_size(extent), 0u);
}

static void expect_addrspace_refused(const struct objects *o, struct gunyah_addrspace *addrspace,
                                     enum gunyah_error error)
{
    const gunyah_addrspace_attach_vdevice_flags_t none = {0};
    const struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;

    cr_expect_eq(gunyah_addrspace_configure(addrspace, gunyah_vmid(5)), error);
    cr_expect_eq(gunyah_addrspace_configure_info_area(addrspace, o->extent, 0), error);
    cr_expect_eq(gunyah_addrspace_activate(addrspace), error);
    cr_expect_eq(gunyah_addrspace_attach_vcpu(addrspace, o->thread), error);
    cr_expect_eq(gunyah_addrspace_attach_vdma(addrspace, gunyah_capid(1), 0), error);
    cr_expect_eq(gunyah_addrspace_attach_vdevice(addrspace, o->vic, 0, 0, 1, none), error);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(addrspace, 0, 1), error);
    cr_expect_eq(gunyah_addrspace_remove_vmmio_range(addrspace, 0, 1), error);
    cr_expect_eq(gunyah_addrspace_map(addrspace, o->extent, &mapping), error);
    cr_expect_eq(gunyah_addrspace_unmap(addrspace, o->extent, &mapping), error);
    cr_expect_eq(gunyah_addrspace_update_access(addrspace, o->extent, &mapping), error);
    cr_expect_eq(gunyah_addrspace_lookup(addrspace, o->extent, 0, PAGE, &found), error);
    cr_expect_eq(gunyah_addrspace_capid(addrspace).value, GUNYAH_CAPID_INVALID);
}

Test(core_addrspace, null_and_other_kinds)
{
    struct objects o;
    setup(&o);
    void *const partition = o.partition;
    const gunyah_addrspace_attach_vdevice_flags_t none = {0};

    expect_extent_refused(&o, NULL, GUNYAH_ERR_NULL);
    expect_addrspace_refused(&o, NULL, GUNYAH_ERR_NULL);
    expect_extent_refused(&o, partition, GUNYAH_ERR_HANDLE);
    expect_addrspace_refused(&o, partition, GUNYAH_ERR_HANDLE);
    expect_addrspace_refused(&o, (void *)o.extent, GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_addrspace_attach_vdevice(o.addrspace, NULL, 0, 0, 1, none), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_addrspace_attach_vdevice(o.addrspace, partition, 0, 0, 1, none), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_memextent_donate_from_partition((void *)o.vic, o.extent, 0, PAGE, 0), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_memextent_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_addrspace_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(o.fake.calls, 0u);
    teardown(&o);
}

Test(core_addrspace, stale)
{
    struct objects o;
    setup(&o);
    struct gunyah_addrspace *addrspace = NULL;
    struct gunyah_memextent *extent = NULL;
    const struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;

    cr_assert_eq(gunyah_memextent_open(o.g, &options, &extent), GUNYAH_OK);
    cr_assert_eq(gunyah_addrspace_open(o.g, gunyah_capid(1), &addrspace), GUNYAH_OK);
    struct gunyah_memextent *stale_extent = extent;
    struct gunyah_addrspace *stale_addrspace = addrspace;
    cr_expect_eq(gunyah_memextent_close(&extent), GUNYAH_OK);
    cr_expect_eq(gunyah_addrspace_close(&addrspace), GUNYAH_OK);
    cr_expect(extent == NULL && addrspace == NULL);
    expect_extent_refused(&o, stale_extent, GUNYAH_ERR_HANDLE);
    expect_addrspace_refused(&o, stale_addrspace, GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_memextent_close(&stale_extent), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_addrspace_close(&stale_addrspace), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_memextent_close(&extent), GUNYAH_ERR_HANDLE, "closed already");
    cr_expect_eq(o.fake.calls, 0u);
    teardown(&o);
}

Test(core_addrspace, of_another_session)
{
    struct objects a, b;
    setup(&a);
    setup(&b);

    struct gunyah_memextent *own = a.extent;
    a.extent = b.extent;
    const struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;
    const gunyah_addrspace_attach_vdevice_flags_t none = {0};
    const enum gunyah_error refused = GUNYAH_ERR_ARGUMENT_INVALID;
    cr_expect_eq(gunyah_addrspace_map(a.addrspace, b.extent, &mapping), refused);
    cr_expect_eq(gunyah_addrspace_configure_info_area(a.addrspace, b.extent, 0), refused);
    cr_expect_eq(gunyah_addrspace_attach_vdevice(a.addrspace, b.vic, 0, 0, 1, none), refused);
    cr_expect_eq(gunyah_memextent_configure_derive(own, b.extent, 0, PAGE, 7, 0, 0), refused);
    cr_expect_eq(gunyah_memextent_donate_to_child(own, b.extent, 0, PAGE, 0), refused);
    cr_expect_eq(gunyah_memextent_donate_from_partition(b.partition, own, 0, PAGE, 0), refused);
    cr_expect_eq(a.fake.calls + b.fake.calls, 0u);
    teardown(&a);
    teardown(&b);
}

Test(core_addrspace, opening_an_extent_refuses)
{
    struct objects o;
    setup(&o);
    struct {
        struct gunyah_memextent_options known;
        uint64_t unknown;
    } options = {GUNYAH_MEMEXTENT_OPTIONS_INIT, 0};
    struct gunyah_memextent *extent = o.extent;

    cr_expect_eq(gunyah_memextent_open(o.g, NULL, &extent), GUNYAH_ERR_NULL);
    cr_expect(extent == NULL);
    cr_expect_eq(gunyah_memextent_open(o.g, &options.known, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memextent_open(NULL, &options.known, &extent), GUNYAH_ERR_NULL);
    options.known.size--;
    cr_expect_eq(gunyah_memextent_open(o.g, &options.known, &extent), GUNYAH_ERR_OPTION);
    options.known.size = sizeof(options);
    options.unknown = 1;
    cr_expect_eq(gunyah_memextent_open(o.g, &options.known, &extent), GUNYAH_ERR_OPTION);
    options.unknown = 0;
    options.known.extent_size = PAGE + 1;
    cr_expect_eq(gunyah_memextent_open(o.g, &options.known, &extent), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    cr_expect(strstr(gunyah_last_error(o.g)->text, "size") != NULL, "it says what was wrong");
    options.known.extent_size = PAGE;
    cr_expect_eq(gunyah_memextent_open(o.g, &options.known, &extent), GUNYAH_OK);
    cr_expect_eq(gunyah_memextent_size(extent), PAGE);
    teardown(&o);
}

// ---- what reaches the hypervisor ---------------------------------------------------------------------------------

Test(core_addrspace, donations_name_both_sides_in_their_order)
{
    struct objects o;
    setup(&o);
    const struct gunyah_memextent_options options = {sizeof(options), {0x24}, 4 * PAGE};
    struct gunyah_memextent *other = NULL;
    const enum gunyah_memextent_sync no_sync = GUNYAH_MEMEXTENT_NO_SYNC;

    cr_assert_eq(gunyah_memextent_open(o.g, &options, &other), GUNYAH_OK);
    cr_expect_eq(gunyah_memextent_donate_to_child(o.extent, other, PAGE, 2 * PAGE, 0), GUNYAH_OK);
    expect_sent(&o, 0xc6008061, 0, 0x14, 0x24, PAGE, 2 * PAGE, 0, 0);
    cr_expect_eq(gunyah_memextent_donate_to_parent(o.extent, other, PAGE, 2 * PAGE, 0), GUNYAH_OK);
    expect_sent(&o, 0xc6008061, 1, 0x14, 0x24, PAGE, 2 * PAGE, 0, 0);
    cr_expect_eq(gunyah_memextent_donate_to_sibling(o.extent, other, PAGE, 2 * PAGE, no_sync), GUNYAH_OK);
    expect_sent(&o, 0xc6008061, 0x80000002, 0x14, 0x24, PAGE, 2 * PAGE, 0, 0);
    cr_expect_eq(gunyah_memextent_donate_from_partition(o.partition, other, 0, PAGE, no_sync), GUNYAH_OK);
    expect_sent(&o, 0xc6008061, 0x80000000, 0x11, 0x24, 0, PAGE, 0, 0);
    cr_expect_eq(gunyah_memextent_donate_to_partition(other, o.partition, 0, PAGE, no_sync), GUNYAH_OK);
    expect_sent(&o, 0xc6008061, 0x80000001, 0x24, 0x11, 0, PAGE, 0, 0);
    teardown(&o);
}

Test(core_addrspace, operations_have_their_flags)
{
    struct objects o;
    setup(&o);

    cr_expect_eq(gunyah_memextent_unmap_all(o.extent, GUNYAH_MEMEXTENT_SYNC), GUNYAH_OK);
    expect_sent(&o, 0xc6008030, 0x14, 0, 0, 0, 0, 0, 0);
    cr_expect_eq(gunyah_memextent_unmap_all(o.extent, GUNYAH_MEMEXTENT_NO_SYNC), GUNYAH_OK);
    expect_sent(&o, 0xc6008030, 0x14, 0x80000000, 0, 0, 0, 0, 0);
    cr_expect_eq(gunyah_memextent_zero_range(o.extent, PAGE, 3 * PAGE), GUNYAH_OK);
    expect_sent(&o, 0xc6008030, 0x14, 0x80000001, PAGE, 3 * PAGE, 0, 0, 0);
    cr_expect_eq(gunyah_memextent_cache_clean_range(o.extent, PAGE, PAGE), GUNYAH_OK);
    expect_sent(&o, 0xc6008030, 0x14, 0x80000002, PAGE, PAGE, 0, 0, 0);
    cr_expect_eq(gunyah_memextent_cache_flush_range(o.extent, PAGE, PAGE), GUNYAH_OK);
    expect_sent(&o, 0xc6008030, 0x14, 0x80000003, PAGE, PAGE, 0, 0, 0);
    cr_expect_eq(gunyah_memextent_sync_all(o.extent), GUNYAH_OK);
    expect_sent(&o, 0xc6008030, 0x14, 0xff, 0, 0, 0, 0, 0);
    teardown(&o);
}

Test(core_addrspace, mappings_are_put_into_registers)
{
    struct objects o;
    setup(&o);
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = 0x100000;
    cr_expect_eq(gunyah_addrspace_map(o.addrspace, o.extent, &mapping), GUNYAH_OK);
    expect_sent(&o, 0xc600802b, 0x15, 0x14, 0x100000, 0xf0066, 0, 0, 0);
    mapping.offset = PAGE;
    mapping.length = 2 * PAGE;
    mapping.user_access = GUNYAH_PGTABLE_ACCESS_RX;
    mapping.kernel_access = GUNYAH_PGTABLE_ACCESS_R;
    mapping.memtype = GUNYAH_PGTABLE_MEMTYPE_NORMAL_NC;
    mapping.sync = GUNYAH_MEMEXTENT_NO_SYNC;
    cr_expect_eq(gunyah_addrspace_map(o.addrspace, o.extent, &mapping), GUNYAH_OK);
    expect_sent(&o, 0xc600802b, 0x15, 0x14, 0x100000, 0x50045, 0x80000001, PAGE, 2 * PAGE);
    cr_expect_eq(gunyah_addrspace_unmap(o.addrspace, o.extent, &mapping), GUNYAH_OK);
    expect_sent(&o, 0xc600802c, 0x15, 0x14, 0x100000, 0x80000001, PAGE, 2 * PAGE, 0);
    cr_expect_eq(gunyah_addrspace_update_access(o.addrspace, o.extent, &mapping), GUNYAH_OK);
    expect_sent(&o, 0xc600802d, 0x15, 0x14, 0x100000, 0x45, 0x80000001, PAGE, 2 * PAGE);

    o.fake.answers[0] = (struct gunyah_registers){{0, 0x3000, 0x1000, 0x50045}};
    o.fake.answer_count = 1;
    cr_expect_eq(gunyah_addrspace_lookup(o.addrspace, o.extent, 0x103000, 2 * PAGE, &found), GUNYAH_OK);
    expect_sent(&o, 0xc600805a, 0x15, 0x14, 0x103000, 2 * PAGE, 0, 0, 0);
    cr_expect(found.ipa == 0x103000 && found.offset == 0x3000 && found.length == 0x1000);
    cr_expect(found.user_access == GUNYAH_PGTABLE_ACCESS_RX && found.kernel_access == GUNYAH_PGTABLE_ACCESS_R);
    cr_expect(found.memtype == GUNYAH_PGTABLE_MEMTYPE_NORMAL_NC && found.sync == GUNYAH_MEMEXTENT_SYNC);
    teardown(&o);
}

// ---- when something fails on the way -----------------------------------------------------------------------------

// Whichever step fails, what was made is deleted again, and the caller is told of the step.
Test(core_addrspace, sparse_extent_that_cannot_be_finished)
{
    static const struct {
        uint64_t configure, activate, undo;
        enum gunyah_error error;
        const char *call;
    } rows[] = {
        {33, 0, 0, GUNYAH_ERR_OBJECT_STATE, "memextent_configure"},
        {0, 10, 0, GUNYAH_ERR_NO_MEMORY, "object_activate"},
        {0, 10, 53, GUNYAH_ERR_NO_MEMORY, "object_activate"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct objects o;
        struct gunyah_memextent *extent = NULL;
        setup(&o);
        fake_answers(&o.fake, 0, 0x77, 0);
        fake_then_answers(&o.fake, rows[i].configure, 0, 0);
        if (rows[i].configure == 0)
            fake_then_answers(&o.fake, rows[i].activate, 0, 0);
        fake_then_answers(&o.fake, rows[i].undo, 0, 0);
        cr_expect_eq(gunyah_memextent_create_sparse(o.partition, o.cspace, 0x80000000, PAGE, 7, 0, &extent),
                     rows[i].error);
        cr_expect(extent == NULL);
        expect_sent(&o, 0xc6008022, 0x12, 0x77, 0, 0, 0, 0, 0);
        cr_expect_str_eq(gunyah_last_error(o.g)->call, rows[i].call);
        teardown(&o);
    }
}

Test(core_addrspace, sparse_extent_with_wrong_arguments_is_not_made)
{
    struct objects o;
    setup(&o);
    struct gunyah_memextent *extent = o.extent;

    cr_expect_eq(gunyah_memextent_create_sparse(o.partition, o.cspace, 0, PAGE, 7, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memextent_create_sparse(o.partition, o.cspace, 8, PAGE, 7, 0, &extent),
                 GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    cr_expect(extent == NULL);
    cr_expect_eq(gunyah_memextent_create_sparse(o.partition, o.cspace, 0, PAGE, 0, 0, &extent),
                 GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_str_eq(gunyah_last_error(o.g)->call, "gunyah_memextent_create_sparse");
    cr_expect_eq(gunyah_memextent_create_sparse(NULL, o.cspace, 8, PAGE, 7, 0, &extent), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memextent_create_sparse(o.partition, NULL, 0, PAGE, 7, 0, &extent), GUNYAH_ERR_NULL);
    cr_expect_eq(o.fake.calls, 0u);
    teardown(&o);
}

// What a handle knows of ranges takes memory with the first of them, once, and gives it back.
Test(core_addrspace, ranges_take_memory_once)
{
    struct objects o;
    setup(&o);
    const unsigned requests = o.counter.requests;

    o.counter.fail_at = requests + 1;
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x1000, 1), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_eq(o.fake.calls, 0u, "it is not known to anybody");
    o.counter.fail_at = 0;
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x1000, 1), GUNYAH_OK);
    expect_sent(&o, 0xc6008060, 0x15, 0x1000, 1, 0, 0, 0, 0);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x2000, 1), GUNYAH_OK);
    cr_expect_eq(gunyah_addrspace_close(&o.addrspace), GUNYAH_OK);
    cr_expect_eq(gunyah_addrspace_open(o.g, gunyah_capid(0x15), &o.addrspace), GUNYAH_OK);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x1000, 1), GUNYAH_OK, "a new handle knows nothing");
    cr_expect_eq(o.counter.requests, requests + 2);
    teardown(&o);
}

// On another hypervisor than the open one, ranges can go.
Test(core_addrspace, ranges_that_are_gone_are_forgotten)
{
    struct objects o;
    setup(&o);

    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x1000, 0x1000), GUNYAH_OK);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x4000, 0x1000), GUNYAH_OK);
    fake_answers(&o.fake, 31, 0, 0);
    cr_expect_eq(gunyah_addrspace_remove_vmmio_range(o.addrspace, 0x1000, 0x1000), GUNYAH_ERR_BUSY);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x8000, 0x1000), GUNYAH_ERR_BUSY);
    fake_answers(&o.fake, 0, 0, 0);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x800, 0x1000), GUNYAH_ERR_BUSY, "it is still there");
    cr_expect_eq(gunyah_addrspace_remove_vmmio_range(o.addrspace, 0x1000, 0x1000), GUNYAH_OK);
    expect_sent(&o, 0xc6008060, 0x15, 0x1000, 0x1000, 1, 0, 0, 0);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x800, 0x1000), GUNYAH_OK);
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x4800, 0x1000), GUNYAH_ERR_BUSY, "the other one stays");
    cr_expect_eq(gunyah_addrspace_add_vmmio_range(o.addrspace, 0x8800, 0x1000), GUNYAH_OK, "this one never was");
    teardown(&o);
}
