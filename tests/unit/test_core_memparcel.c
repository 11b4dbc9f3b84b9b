// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels of the owner: what is refused before it leaves, what is sent, and what is taken back when a piece fails.
#include "scripted_rm.h"

#define PAGE UINT64_C(0x1000)
#define RWX GUNYAH_PGTABLE_ACCESS_RWX
#define RW GUNYAH_PGTABLE_ACCESS_RW
#define MANY 5000

static const struct gunyah_memparcel_access for_vm[] = {{{SCRIPT_VMID}, RWX, 0}};
static const struct gunyah_memparcel_access for_both[] = {{{3}, RW, 0}, {{SCRIPT_VMID}, RWX, 0}};
static const struct gunyah_memory_region one_page[] = {{0x80001000, PAGE}};

static struct gunyah_memparcel_options lend_one_page(void)
{
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;

    options.access = for_vm;
    options.access_count = 1;
    options.regions = one_page;
    options.region_count = 1;
    return options;
}

static const struct gunyah_memory_region *regions_of(size_t count)
{
    static struct gunyah_memory_region regions[MANY];

    cr_assert(count <= MANY);
    for (size_t i = 0; i < count; i++)
        regions[i] = (struct gunyah_memory_region){0x100000000 + i * 3 * PAGE, (1 + i % 2) * PAGE};
    return regions;
}

// ---- what is sent ------------------------------------------------------------------------------------------------

Test(core_memparcel, lend)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;

    options.label = 0x04030201;
    // 0 is a handle like any other.
    script_word(0);
    cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000012, 0, 0, 0, 0, 1, 2, 3, 4,                              // normal memory, no flags, label
                1, 0, 0, 0, SCRIPT_VMID, 0, 7, 0,                                    // one VM
                1, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, //
                0, 0, 0, 0);                                                         // no attributes
    cr_expect_eq(gunyah_memparcel_handle(parcel), 0u);
    cr_expect_eq(gunyah_rm_close(&rm->rm), GUNYAH_ERR_IN_USE);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_IN_USE, "gunyah_rm_close");
    cr_expect_eq(gunyah_memparcel_reclaim(&parcel, true), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000015, 0, 0, 0, 0, 1, 0, 0, 0);
    cr_expect_null(parcel);
    script_close(rm, NULL);
}

Test(core_memparcel, share_with_attributes)
{
    static const struct gunyah_memparcel_vm_attribute attributes[] = {
        {GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED, {3}}, {GUNYAH_MEMPARCEL_ATTRIBUTE_UNCACHED, {SCRIPT_VMID}}};
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;

    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.sanitize = true;
    options.access = for_both;
    options.access_count = 2;
    options.attributes = attributes;
    options.attribute_count = 2;
    script_word(7);
    cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000013, 0, 0, 1, 0, 0, 0, 0, 0,                              //
                2, 0, 0, 0, 3, 0, 6, 0, SCRIPT_VMID, 0, 7, 0,                        //
                1, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, //
                2, 0, 0, 0, 3, 0, 3, 0, 2, 0, SCRIPT_VMID, 0);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

Test(core_memparcel, donate_registers)
{
    static const struct gunyah_memparcel_access access = {{9}, RW, 0};
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;

    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_DONATE;
    options.io = true;
    options.access = &access;
    script_word(7);
    cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000010, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 0, 6, 0, //
                1, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// ---- what cannot be right ----------------------------------------------------------------------------------------

static void refused(struct fake_rm *rm, const struct gunyah_memparcel_options *options, enum gunyah_error expected,
                    const char *why)
{
    struct gunyah_memparcel *parcel = (struct gunyah_memparcel *)rm;

    cr_expect_eq(gunyah_memparcel_create(rm->rm, options, &parcel), expected, "%s", why);
    cr_expect_null(parcel);
    cr_expect_eq(rm->fake.calls, 0u, "%s: nothing leaves", why);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, expected, "gunyah_memparcel_create");
}

Test(core_memparcel, options_refused)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;

    refused(rm, NULL, GUNYAH_ERR_NULL, "no options");
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_create(NULL, &options, &parcel), GUNYAH_ERR_NULL);
    options.size--;
    refused(rm, &options, GUNYAH_ERR_OPTION, "size");
    options = lend_one_page();
    options.transaction = (enum gunyah_memparcel_transaction)3;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "transaction");
    options = lend_one_page();
    options.vm = (struct gunyah_vm *)rm->rm;
    refused(rm, &options, GUNYAH_ERR_HANDLE, "not a VM");
    script_close(rm, NULL);
}

Test(core_memparcel, access_refused)
{
    static const uint8_t bad_rights[] = {0, 1, 2, 3, 8, 0x47};
    static const struct gunyah_memparcel_access twice[] = {{{5}, RW, 0}, {{6}, RW, 0}, {{5}, RWX, 0}};
    static struct gunyah_memparcel_access many[513];
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel_access access = {{5}, RW, 0};

    options.access = &access;
    for (size_t i = 0; i < sizeof(bad_rights); i++) {
        access.rights = bad_rights[i];
        refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "rights");
    }
    access.rights = RWX;
    options.io = true;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "X on I/O");
    access.rights = RW;
    options.sanitize = true;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "sanitize on I/O");
    options.io = options.sanitize = false;
    access.reserved = 1;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "reserved");
    access = (struct gunyah_memparcel_access){{0}, RW, 0};
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "VMID 0");
    options.access = twice;
    options.access_count = 3;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "twice");
    options.access_count = 0;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_SIZE, "nobody");
    for (size_t i = 0; i < 513; i++)
        many[i] = (struct gunyah_memparcel_access){{(uint16_t)(i + 1)}, RW, 0};
    options.access = many;
    options.access_count = 513;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_SIZE, "too many");
    options.access = NULL;
    options.access_count = 1;
    refused(rm, &options, GUNYAH_ERR_NULL, "no list");

    options = lend_one_page();
    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_DONATE;
    options.access = for_both;
    options.access_count = 2;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_SIZE, "to two");
    options.access_count = 1;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "not with all rights");
    script_close(rm, NULL);
}

Test(core_memparcel, attributes_refused)
{
    static struct gunyah_memparcel_vm_attribute many[513];
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel_vm_attribute attribute = {GUNYAH_MEMPARCEL_ATTRIBUTE_DEVICE, {SCRIPT_VMID}};

    options.attributes = &attribute;
    options.attribute_count = 1;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "DEVICE on memory");
    attribute.attribute = 4;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "no such attribute");
    attribute = (struct gunyah_memparcel_vm_attribute){GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED, {9}};
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "for nobody");
    attribute.vmid = (gunyah_vmid_t){SCRIPT_VMID};
    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_DONATE;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_SIZE, "on a donation");
    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_LEND;
    options.attributes = many;
    options.attribute_count = 513;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_SIZE, "too many");
    options.attributes = NULL;
    options.attribute_count = 1;
    refused(rm, &options, GUNYAH_ERR_NULL, "no list");
    const struct gunyah_memparcel_access access = {{5}, RW, 0};
    attribute = (struct gunyah_memparcel_vm_attribute){GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED, {5}};
    options.access = &access;
    options.io = true;
    options.attributes = &attribute;
    refused(rm, &options, GUNYAH_ERR_ARGUMENT_INVALID, "not DEVICE on I/O");
    script_close(rm, NULL);
}

static void regions_refused(struct fake_rm *rm, const struct gunyah_memory_region *regions, size_t count,
                            enum gunyah_error expected, const char *why)
{
    struct gunyah_memparcel_options options = lend_one_page();

    options.regions = regions;
    options.region_count = count;
    refused(rm, &options, expected, why);
}

Test(core_memparcel, regions_refused)
{
    static const struct gunyah_memory_region wraps[] = {{0xfffffffffffff000, 2 * PAGE}};
    static const struct gunyah_memory_region empty[] = {{0, PAGE}, {2 * PAGE, 0}};
    static const struct gunyah_memory_region address[] = {{0x800, PAGE}};
    static const struct gunyah_memory_region size[] = {{0, PAGE}, {2 * PAGE, 0x1001}};
    static const struct gunyah_memory_region same[] = {{0, PAGE}, {0, PAGE}};
    static const struct gunyah_memory_region end_in[] = {{5 * PAGE, 2 * PAGE}, {4 * PAGE, 2 * PAGE}};
    static const struct gunyah_memory_region begin_in[] = {{4 * PAGE, 2 * PAGE}, {5 * PAGE, 2 * PAGE}};
    static const struct gunyah_memory_region around[] = {{4 * PAGE, PAGE}, {0, PAGE}, {3 * PAGE, 3 * PAGE}};
    static const struct gunyah_memory_region inside[] = {{0, 8 * PAGE}, {9 * PAGE, PAGE}, {3 * PAGE, PAGE}};
    static const struct gunyah_memory_region all[] = {{0, 0xfffffffffffff000}, {0xfffffffffffff000, PAGE}, {0, PAGE}};
    struct fake_rm *rm = script_open();

    regions_refused(rm, one_page, 0, GUNYAH_ERR_ARGUMENT_SIZE, "none");
    regions_refused(rm, NULL, 1, GUNYAH_ERR_NULL, "no list");
    regions_refused(rm, wraps, 1, GUNYAH_ERR_ADDR_OVERFLOW, "wraps");
    regions_refused(rm, empty, 2, GUNYAH_ERR_ARGUMENT_SIZE, "empty");
    regions_refused(rm, address, 1, GUNYAH_ERR_ARGUMENT_ALIGNMENT, "address");
    regions_refused(rm, size, 2, GUNYAH_ERR_ARGUMENT_ALIGNMENT, "size");
    regions_refused(rm, same, 2, GUNYAH_ERR_ARGUMENT_INVALID, "the same");
    regions_refused(rm, end_in, 2, GUNYAH_ERR_ARGUMENT_INVALID, "ends in another");
    regions_refused(rm, begin_in, 2, GUNYAH_ERR_ARGUMENT_INVALID, "begins in another");
    regions_refused(rm, around, 3, GUNYAH_ERR_ARGUMENT_INVALID, "around another");
    regions_refused(rm, inside, 3, GUNYAH_ERR_ARGUMENT_INVALID, "inside another");
    regions_refused(rm, all, 3, GUNYAH_ERR_ARGUMENT_INVALID, "after all there is");
    script_close(rm, NULL);
}

// In any order, touching each other, up to the last byte.
Test(core_memparcel, regions_accepted)
{
    static const struct gunyah_memory_region regions[] = {
        {0xfffffffffffff000, PAGE}, {0, PAGE}, {2 * PAGE, PAGE}, {PAGE, PAGE}, {0xffffffffffffe000, PAGE}};
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;

    options.regions = regions;
    options.region_count = 5;
    script_word(1);
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// ---- what the RM refuses -----------------------------------------------------------------------------------------

Test(core_memparcel, refused_by_the_rm)
{
    static const uint32_t errors[] = {1, 3, 4, 6, 0xa, 0xd, 0x15, 0x16, 0x77};
    static const uint32_t ids[] = {0x51000010, 0x51000012, 0x51000013};
    static const char *const names[] = {"MEM_DONATE", "MEM_LEND", "MEM_SHARE"};
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel;

    for (unsigned transaction = 0; transaction < 3; transaction++) {
        for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
            struct gunyah_memparcel_options options = lend_one_page();
            options.transaction = (enum gunyah_memparcel_transaction)transaction;
            script_error(errors[i]);
            const size_t before = script_requests(rm);
            cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), gunyah_error_from_rm(errors[i]));
            cr_expect_null(parcel);
            cr_expect_eq(script_requests(rm), before + 1, "there is nothing to take back");
            cr_expect_eq(script_id(rm, before), ids[transaction]);
            script_failed(rm, GUNYAH_DOMAIN_RM, errors[i], names[transaction]);
        }
    }
    // Success without a handle, and with one that is none.
    const struct gunyah_memparcel_options options = lend_one_page();
    script_error(0);
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_ERR_PROTOCOL);
    script_word(0xffffffff);
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_ERR_PROTOCOL);
    script_error(0)->silent = true;
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_ERR_TIMEOUT);
    cr_expect_null(parcel);
    script_close(rm, NULL);
}

Test(core_memparcel, memory_for_handles)
{
    struct fake_rm *rm = fake_rm_new();
    struct counter counter;
    struct gunyah_open_options open_options = fake_options(&rm->fake);
    const struct gunyah_rm_options rm_options = fake_rm_options();
    const struct gunyah_memparcel_options options = lend_one_page();
    const struct gunyah_memparcel_offer offer = {sizeof(offer), 5, GUNYAH_MEMPARCEL_TRANSACTION_LEND, false, 0, false};
    struct gunyah_memparcel *parcel;

    counter_init(&counter);
    open_options.allocator = &counter.allocator;
    cr_assert_eq(gunyah_open(&open_options, &rm->g), GUNYAH_OK);
    cr_assert_eq(gunyah_rm_open(rm->g, &rm_options, &rm->rm), GUNYAH_OK);
    counter.fail_at = counter.requests + 1;
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_null(parcel);
    counter.fail_at = counter.requests + 1;
    cr_expect_eq(gunyah_memparcel_lookup(rm->rm, &options, &parcel), GUNYAH_ERR_OUT_OF_MEMORY);
    counter.fail_at = counter.requests + 1;
    cr_expect_eq(gunyah_memparcel_open(rm->rm, &offer, &parcel), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_null(parcel);
    cr_expect_eq(rm->sent_count, 0u, "nothing was made");
    fake_rm_close(rm);
    cr_expect_eq(counter.live, 0u);
}

// ---- many regions ------------------------------------------------------------------------------------------------

static uint16_t u16_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

// Requests from this one on make one parcel of these regions: each is as it lies, and the flags say what follows.
static void expect_pieces(const struct fake_rm *rm, size_t first, const struct gunyah_memory_region *regions,
                          size_t count, uint32_t handle)
{
    static uint8_t payload[63 * 232];
    size_t done = 0;
    uint32_t id;

    for (size_t i = first; done < count; i++) {
        const size_t size = script_payload(rm, i, &id, payload);
        const size_t at = i == first ? 20 : 12;
        const size_t there = u16_at(payload + at - 4);
        const size_t behind = i == first ? 4 : 0;

        cr_assert_eq(size, at + 16 * there + behind, "request %zu", i);
        cr_assert_eq(there, count - done < 512 ? count - done : 512);
        cr_expect_arr_eq(payload + at, regions + done, 16 * there);
        done += there;
        cr_expect_eq(u16_at(payload + at - 2), 0);
        if (i == first) {
            cr_expect_eq(id, 0x51000012u);
            cr_expect_eq(payload[2], done < count ? 2 : 0, "APPEND");
        } else {
            cr_expect_eq(id, 0x51000018u);
            cr_expect_arr_eq(payload, &handle, 4);
            cr_expect_eq(payload[4], done == count ? 1 : 0, "DONE");
        }
    }
}

Test(core_memparcel, many_regions)
{
    static const struct {
        size_t regions, requests;
    } lists[] = {{1, 1}, {511, 1}, {512, 1}, {513, 2}, {1024, 2}, {1025, 3}, {MANY, 10}};

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct fake_rm *rm = script_open();
        struct gunyah_memparcel_options options = lend_one_page();
        struct gunyah_memparcel *parcel;

        options.regions = regions_of(lists[i].regions);
        options.region_count = lists[i].regions;
        script_word(0x1234);
        cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
        cr_expect_eq(script_requests(rm), lists[i].requests);
        expect_pieces(rm, 0, options.regions, options.region_count, 0x1234);
        cr_expect_eq(gunyah_memparcel_handle(parcel), 0x1234u);
        cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
        script_close(rm, NULL);
    }
}

// With all that can stand beside them, they fit still.
Test(core_memparcel, longest_message)
{
    static struct gunyah_memparcel_access access[512];
    static struct gunyah_memparcel_vm_attribute attributes[512];
    static uint8_t payload[63 * 232];
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;
    uint32_t id;

    for (size_t i = 0; i < 512; i++) {
        access[i] = (struct gunyah_memparcel_access){{(uint16_t)(i + 1)}, RW, 0};
        attributes[i] = (struct gunyah_memparcel_vm_attribute){GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED, access[i].vmid};
    }
    options.access = access;
    options.access_count = 512;
    options.attributes = attributes;
    options.attribute_count = 512;
    options.regions = regions_of(512);
    options.region_count = 512;
    script_word(1);
    cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    cr_expect_eq(script_requests(rm), 1u);
    cr_assert_eq(script_payload(rm, 0, &id, payload), 20u + 2048 + 8192 + 2048);
    cr_expect_arr_eq(payload + 12, access, 2048);
    cr_expect_arr_eq(payload + 12 + 2048 + 4, options.regions, 8192);
    cr_expect_arr_eq(payload + 12 + 2048 + 4 + 8192 + 4, attributes, 2048);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// Packets of 24 bytes: a message has room for 1008.
Test(core_memparcel, small_packets)
{
    static struct gunyah_memparcel_access access[256];
    static uint8_t payload[63 * 232];
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options rm_options = fake_rm_options();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;
    uint32_t id;

    script = (struct script){.count = 0};
    rm_options.message_size = 24;
    rm->on_request = script_answers;
    fake_rm_connect(rm, &rm_options);
    options.regions = regions_of(100);
    options.region_count = 100;
    script_reply(0, "\1\0\0\0", 4);
    cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    cr_expect_eq(script_requests(rm), 2u);
    // 24 bytes stand beside the regions: (1008 - 24) / 16.
    cr_expect_eq(script_payload(rm, 0, &id, payload), 24u + 61 * 16);
    cr_expect_eq(payload[2], 2, "APPEND");
    cr_expect_eq(script_payload(rm, 1, &id, payload), 12u + 39 * 16);
    cr_expect_arr_eq(payload + 12, options.regions + 61, 39 * 16);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    for (size_t i = 0; i < 256; i++)
        access[i] = (struct gunyah_memparcel_access){{(uint16_t)(i + 1)}, RW, 0};
    options.access = access;
    options.access_count = 256;
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_ERR_MESSAGE_TOO_LONG);
    cr_expect_null(parcel);
    cr_expect_eq(script_requests(rm), 2u, "nothing leaves");
    fake_rm_close(rm);
}

// A later piece fails, at each place and in each way: what was made is taken back.
Test(core_memparcel, undone)
{
    for (unsigned failing = 1; failing <= 3; failing++) {
        for (unsigned silent = 0; silent < 2; silent++) {
            struct fake_rm *rm = script_open();
            struct gunyah_memparcel_options options = lend_one_page();
            struct gunyah_memparcel *parcel;

            options.regions = regions_of(2048);
            options.region_count = 2048;
            script_word(0x99);
            for (unsigned i = 1; i < failing; i++)
                script_error(0);
            script_error(0xa)->silent = silent;
            cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel),
                         silent ? GUNYAH_ERR_TIMEOUT : GUNYAH_ERR_RM_MEM_INVALID);
            cr_expect_null(parcel);
            cr_expect_eq(script_requests(rm), failing + 2);
            SCRIPT_SENT(rm, 0x51000015, 0x99, 0, 0, 0, 0, 0, 0, 0);
            if (silent)
                script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_TIMEOUT, "gunyah_memparcel_create");
            else
                script_failed(rm, GUNYAH_DOMAIN_RM, 0xa, "MEM_APPEND");
            script_close(rm, NULL);
        }
    }
}

// It cannot even be taken back: whoever called gets it, to try again.
Test(core_memparcel, not_even_undone)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;

    options.regions = regions_of(513);
    options.region_count = 513;
    script_word(0x99);
    script_error(0xa);
    script_error(5);
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_ERR_RM_MEM_INVALID);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0xa, "MEM_APPEND");
    cr_assert_not_null(parcel);
    cr_expect_eq(gunyah_memparcel_handle(parcel), 0x99u);
    cr_expect_eq(gunyah_memparcel_reclaim(&parcel, false), GUNYAH_OK);
    script_close(rm, NULL);
}

// ---- with a VM ---------------------------------------------------------------------------------------------------

Test(core_memparcel, of_another_connection)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_LOAD);
    const struct gunyah_rm_options rm_options = fake_rm_options();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;
    struct gunyah_rm *second;

    cr_assert_eq(gunyah_rm_open(rm->g, &rm_options, &second), GUNYAH_OK);
    options.vm = vm;
    cr_expect_eq(gunyah_memparcel_create(second, &options, &parcel), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_rm_close(&second), GUNYAH_OK);
    script_word(1);
    cr_expect_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// ---- finding -----------------------------------------------------------------------------------------------------

Test(core_memparcel, lookup)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_options options = lend_one_page();
    struct gunyah_memparcel *parcel;

    options.label = 9;
    options.sanitize = true;
    script_word(0x55);
    cr_assert_eq(gunyah_memparcel_lookup(rm->rm, &options, &parcel), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x5100001a, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, SCRIPT_VMID, 0, 7, 0, //
                1, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    cr_expect_eq(gunyah_memparcel_handle(parcel), 0x55u);
    cr_expect_eq(gunyah_memparcel_reclaim(&parcel, false), GUNYAH_OK);
    script_error(0xe);
    cr_expect_eq(gunyah_memparcel_lookup(rm->rm, &options, &parcel), GUNYAH_ERR_RM_LOOKUP_FAILED);
    cr_expect_null(parcel);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0xe, "MEM_QCOM_LOOKUP_SGL");
    const size_t before = script_requests(rm);
    options.regions = regions_of(513);
    options.region_count = 513;
    cr_expect_eq(gunyah_memparcel_lookup(rm->rm, &options, &parcel), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_eq(gunyah_memparcel_lookup(rm->rm, &options, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_lookup(rm->rm, NULL, &parcel), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_lookup(NULL, &options, &parcel), GUNYAH_ERR_NULL);
    cr_expect_eq(script_requests(rm), before, "nothing leaves");
    script_close(rm, NULL);
}
