// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels of the others: accepting them in one message or several, giving them back, and telling.
#include "scripted_rm.h"

#define PAGE UINT64_C(0x1000)

static struct gunyah_memparcel *open_offer(struct fake_rm *rm, enum gunyah_memparcel_transaction transaction, bool io)
{
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_memparcel *parcel = NULL;
    const size_t before = script_requests(rm);

    offer.memparcel = 0x44332211;
    offer.transaction = transaction;
    offer.io = io;
    offer.label = 0x88776655;
    cr_assert_eq(gunyah_memparcel_open(rm->rm, &offer, &parcel), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_handle(parcel), 0x44332211u);
    cr_expect_eq(script_requests(rm), before, "nobody is asked");
    return parcel;
}

static struct gunyah_memparcel *open_lent(struct fake_rm *rm)
{
    return open_offer(rm, GUNYAH_MEMPARCEL_TRANSACTION_LEND, false);
}

// {u16 n, u8 flags, u8}, and regions.
static void says_regions(uint16_t count, uint8_t flags, uint64_t first)
{
    uint8_t data[400] = {(uint8_t)count, (uint8_t)(count >> 8), flags};

    cr_assert(count <= 24);
    for (size_t i = 0; i < count; i++) {
        const uint64_t region[2] = {first + i * PAGE, PAGE};
        memcpy(data + 4 + 16 * i, region, 16);
    }
    script_reply(0, data, 4 + 16 * (size_t)count);
}

// ---- the Resource Manager chooses --------------------------------------------------------------------------------

Test(core_memparcel_accept, anywhere)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);
    struct gunyah_memory_region mapped[3] = {{0, 0}, {0, 0}, {9, 9}};
    size_t count = 0;

    says_regions(2, 0, 0x40000000);
    says_regions(0, 0, 0);
    cr_assert_eq(gunyah_memparcel_accept(&parcel, NULL, mapped, 3, &count), GUNYAH_OK);
    cr_expect_eq(script_requests(rm), 2u);
    SCRIPT_SENT(rm, 0x51000011, 0x11, 0x22, 0x33, 0x44, 0, 1, 0x80, 0, 0x55, 0x66, 0x77, 0x88, //
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    cr_expect_eq(count, 2u);
    cr_expect_eq(mapped[0].address, 0x40000000u);
    cr_expect_eq(mapped[1].address, 0x40001000u);
    cr_expect_eq(mapped[1].size, PAGE);
    cr_expect_eq(mapped[2].address, 9u, "untouched");
    cr_expect_not_null(parcel);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// The first call does not map: there may be more.
Test(core_memparcel_accept, incomplete)
{
    static uint8_t payload[63 * 232];

    for (size_t capacity = 0; capacity <= 7; capacity++) {
        struct fake_rm *rm = script_open();
        struct gunyah_memparcel *parcel = open_lent(rm);
        struct gunyah_memory_region mapped[8];
        size_t count = 0;
        uint32_t id;

        memset(mapped, 0x5a, sizeof(mapped));
        says_regions(3, 1, 0x40000000);
        says_regions(2, 1, 0x50000000);
        says_regions(1, 0, 0x60000000);
        says_regions(0, 0, 0);
        cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, mapped, capacity, &count),
                     capacity < 6 ? GUNYAH_ERR_BUFFER_TOO_SMALL : GUNYAH_OK);
        cr_expect_eq(count, 6u);
        static const uint64_t expected[] = {0x40000000, 0x40001000, 0x40002000, 0x50000000, 0x50001000, 0x60000000};
        for (size_t i = 0; i < 8; i++)
            cr_expect_eq(mapped[i].address, i < 6 && i < capacity ? expected[i] : 0x5a5a5a5a5a5a5a5a, "%zu", i);
        cr_assert_eq(script_requests(rm), 4u);
        for (size_t i = 0; i < 4; i++) {
            script_payload(rm, i, &id, payload);
            cr_expect_eq(payload[6], i == 3 ? 0x80 : 0, "DONE in the last one");
        }
        // It is accepted either way.
        cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_OK);
        cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
        script_close(rm, NULL);
    }
}

Test(core_memparcel_accept, nobody_wants_to_know_where)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);

    says_regions(3, 0, 0);
    says_regions(0, 0, 0);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

Test(core_memparcel_accept, in_a_row)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);
    struct gunyah_memparcel_accept_options options = GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT;
    struct gunyah_memory_region mapped;
    size_t count;

    options.contiguous = true;
    options.check_sanitized = true;
    options.check_label = true;
    says_regions(1, 0, 0x40000000);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, &options, &mapped, 1, &count), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000011, 0x11, 0x22, 0x33, 0x44, 0, 1, 0x95, 0, 0x55, 0x66, 0x77, 0x88, //
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    cr_expect_eq(script_requests(rm), 1u);
    cr_expect_eq(mapped.address, 0x40000000u);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// ---- the caller chooses ------------------------------------------------------------------------------------------

Test(core_memparcel_accept, there)
{
    static const struct gunyah_memory_region where[] = {{0x7000, PAGE}};
    static const struct gunyah_memparcel_access access[] = {{{5}, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    static const struct gunyah_memparcel_vm_attribute attributes[] = {{GUNYAH_MEMPARCEL_ATTRIBUTE_DEVICE, {5}}};
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_offer(rm, GUNYAH_MEMPARCEL_TRANSACTION_SHARE, true);
    struct gunyah_memparcel_accept_options options = GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT;
    size_t count = 0;

    options.regions = where;
    options.region_count = 1;
    options.access = access;
    options.access_count = 1;
    options.attributes = attributes;
    options.attribute_count = 1;
    cr_expect_eq(gunyah_memparcel_accept(&parcel, &options, NULL, 0, &count), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000011, 0x11, 0x22, 0x33, 0x44, 1, 2, 0x82, 0, 0x55, 0x66, 0x77, 0x88, //
                1, 0, 0, 0, 5, 0, 6, 0,                                                        //
                1, 0, 0, 0, 0, 0x70, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0,              //
                1, 0, 0, 0, 1, 0, 5, 0);
    cr_expect_eq(count, 1u);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

Test(core_memparcel_accept, there_in_pieces)
{
    static const size_t counts[] = {512, 513, 5000};
    static struct gunyah_memory_region where[5000];
    static uint8_t payload[63 * 232];

    for (size_t i = 0; i < 5000; i++)
        where[i] = (struct gunyah_memory_region){(5000 - i) * PAGE, PAGE};
    for (size_t k = 0; k < 3; k++) {
        struct fake_rm *rm = script_open();
        struct gunyah_memparcel *parcel = open_lent(rm);
        struct gunyah_memparcel_accept_options options = GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT;
        const size_t requests = (counts[k] + 511) / 512;
        size_t count;
        uint32_t id;

        options.regions = where;
        options.region_count = counts[k];
        cr_expect_eq(gunyah_memparcel_accept(&parcel, &options, NULL, 0, &count), GUNYAH_OK);
        cr_expect_eq(count, counts[k]);
        cr_assert_eq(script_requests(rm), requests);
        for (size_t i = 0, done = 0; i < requests; i++) {
            const size_t part = counts[k] - done < 512 ? counts[k] - done : 512;
            cr_assert_eq(script_payload(rm, i, &id, payload), 24 + 16 * part);
            cr_expect_eq(payload[6], i + 1 == requests ? 0x80 : 0);
            cr_expect_arr_eq(payload + 20, where + done, 16 * part);
            done += part;
        }
        cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
        script_close(rm, NULL);
    }
}

// ---- what cannot be right ----------------------------------------------------------------------------------------

static void refused(struct fake_rm *rm, struct gunyah_memparcel **parcel,
                    const struct gunyah_memparcel_accept_options *options, enum gunyah_error expected)
{
    cr_expect_eq(gunyah_memparcel_accept(parcel, options, NULL, 0, NULL), expected);
    cr_expect_eq(script_requests(rm), 0u, "nothing leaves");
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, expected, "gunyah_memparcel_accept");
}

Test(core_memparcel_accept, refused)
{
    static const struct gunyah_memory_region where[] = {{0x7000, PAGE}, {0x7000, PAGE}};
    static const struct gunyah_memory_region crooked = {0x7001, PAGE};
    static const struct gunyah_memparcel_access access = {{5}, 0, 0};
    static const struct gunyah_memparcel_access good = {{5}, GUNYAH_PGTABLE_ACCESS_R, 0};
    static const struct gunyah_memparcel_vm_attribute attribute = {GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED, {6}};
    const struct gunyah_memparcel_accept_options defaults = GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT;
    struct gunyah_memparcel_accept_options options = defaults;
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);
    struct gunyah_memparcel *registers = open_offer(rm, GUNYAH_MEMPARCEL_TRANSACTION_LEND, true);
    struct gunyah_memparcel *none = NULL;

    cr_expect_eq(gunyah_memparcel_accept(NULL, NULL, NULL, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_accept(&none, NULL, NULL, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 1, NULL), GUNYAH_ERR_NULL);
    options.size--;
    refused(rm, &parcel, &options, GUNYAH_ERR_OPTION);
    options = defaults;
    options.regions = where;
    refused(rm, &parcel, &options, GUNYAH_ERR_ARGUMENT_SIZE);
    options.region_count = 2;
    refused(rm, &parcel, &options, GUNYAH_ERR_ARGUMENT_INVALID);
    options.contiguous = true;
    refused(rm, &parcel, &options, GUNYAH_ERR_ARGUMENT_SIZE);
    options.region_count = 1;
    refused(rm, &registers, &options, GUNYAH_ERR_ARGUMENT_INVALID);
    options.regions = &crooked;
    refused(rm, &parcel, &options, GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    options.regions = NULL;
    refused(rm, &parcel, &options, GUNYAH_ERR_NULL);
    options = defaults;
    options.access_count = 1;
    refused(rm, &parcel, &options, GUNYAH_ERR_NULL);
    options.access = &access;
    refused(rm, &parcel, &options, GUNYAH_ERR_ARGUMENT_INVALID);
    options.access = &good;
    options.attribute_count = 1;
    refused(rm, &parcel, &options, GUNYAH_ERR_NULL);
    options.attributes = &attribute;
    refused(rm, &parcel, &options, GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_close(&registers), GUNYAH_OK);
    script_close(rm, NULL);
}

// As a device tree tells of it: the Resource Manager has mapped it before the VM started.
Test(core_memparcel_accept, accepted_already)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_memparcel *parcel = NULL;

    offer.memparcel = 0x44332211;
    offer.accepted = true;
    cr_assert_eq(gunyah_memparcel_open(rm->rm, &offer, &parcel), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(script_requests(rm), 0u, "nobody is asked");
    script_reply(0, NULL, 0);
    cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_OK);
    SCRIPT_SENT(rm, GUNYAH_RM_MEM_RELEASE, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0);
    says_regions(1, 0, 0x40000000);
    says_regions(0, 0, 0);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_OK, "it is an offer now");
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

Test(core_memparcel_accept, offers_refused)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_memparcel *parcel = (struct gunyah_memparcel *)rm;

    cr_expect_eq(gunyah_memparcel_open(rm->rm, &offer, &parcel), GUNYAH_ERR_ARGUMENT_INVALID, "no handle");
    cr_expect_null(parcel);
    offer.memparcel = 0;
    offer.transaction = (enum gunyah_memparcel_transaction)3;
    cr_expect_eq(gunyah_memparcel_open(rm->rm, &offer, &parcel), GUNYAH_ERR_ARGUMENT_INVALID);
    offer.transaction = GUNYAH_MEMPARCEL_TRANSACTION_LEND;
    offer.size = 0;
    cr_expect_eq(gunyah_memparcel_open(rm->rm, &offer, &parcel), GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_memparcel_open(rm->rm, NULL, &parcel), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_open(rm->rm, &offer, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_open(NULL, &offer, &parcel), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_memparcel_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_handle(NULL), GUNYAH_RM_HANDLE_INVALID);
    cr_expect_eq(rm->fake.calls, 0u);
    script_close(rm, NULL);
}

// ---- what the RM says --------------------------------------------------------------------------------------------

Test(core_memparcel_accept, refused_by_the_rm)
{
    static const uint32_t errors[] = {1, 2, 3, 4, 6, 7, 8, 9, 0xa, 0xd, 0x15, 0x16};
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);
    size_t count = 77;

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        const size_t before = script_requests(rm);
        script_error(errors[i]);
        cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, &count), gunyah_error_from_rm(errors[i]));
        cr_expect_eq(script_requests(rm), before + 1, "nothing is to be released");
        script_failed(rm, GUNYAH_DOMAIN_RM, errors[i], "MEM_ACCEPT");
    }
    cr_expect_eq(count, 77u, "untouched");
    cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// A later piece fails: what is half accepted is released, and can be accepted again.
Test(core_memparcel_accept, undone)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);

    says_regions(2, 0, 0);
    script_error(9);
    script_error(0);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_ERR_RM_MAP_FAILED);
    script_failed(rm, GUNYAH_DOMAIN_RM, 9, "MEM_ACCEPT");
    SCRIPT_SENT(rm, 0x51000014, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0);
    says_regions(2, 0, 0);
    says_regions(0, 0, 0);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_OK);
    // It cannot be released either: this side has it then.
    says_regions(2, 0, 0);
    script_error(9);
    script_error(5);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_ERR_RM_MAP_FAILED);
    cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// Replies that make no sense, among them one that would go on for ever.
Test(core_memparcel_accept, nonsense)
{
    static const uint8_t replies[][4] = {{1, 0, 0, 0}, {0, 0, 1, 0}, {0xff, 0xff, 0, 0}};
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);
    struct gunyah_memory_region mapped[4];

    for (size_t i = 0; i < 3; i++) {
        script_reply(0, replies[i], 4);
        script_error(0);
        cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, mapped, 4, NULL), GUNYAH_ERR_PROTOCOL);
        cr_expect_eq(script_id(rm, script_requests(rm) - 1), 0x51000014u, "released");
    }
    script_reply(0, replies[0], 3);
    script_error(0);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, mapped, 4, NULL), GUNYAH_ERR_PROTOCOL);
    cr_expect_eq(script_id(rm, script_requests(rm) - 1), 0x51000014u, "released");
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

static void says_that_more_comes(struct fake_rm *rm)
{
    static const uint8_t reply[4] = {0, 0, 1, 0};
    const bool accepts = fake_rm_id(rm) == 0x51000011;

    fake_rm_replies(rm, 0, reply, accepts ? sizeof(reply) : 0);
}

Test(core_memparcel_accept, more_for_ever)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_lent(rm);

    rm->on_request = says_that_more_comes;
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_ERR_PROTOCOL);
    cr_expect_eq(script_requests(rm), 2u, "it is accepted once, and released");
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

// What was donated is the VM's own, and the handle is no more.
Test(core_memparcel_accept, donated)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = open_offer(rm, GUNYAH_MEMPARCEL_TRANSACTION_DONATE, false);
    struct gunyah_memparcel *stale = parcel;

    says_regions(1, 0, 0);
    script_error(3);
    script_error(0);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_ERR_DENIED);
    cr_expect_eq(parcel, stale, "not yet");
    says_regions(1, 0, 0);
    says_regions(0, 0, 0);
    cr_expect_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_OK);
    cr_expect_null(parcel);
    cr_expect_eq(gunyah_memparcel_release(stale, false), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_memparcel_handle(stale), GUNYAH_RM_HANDLE_INVALID);
    script_close(rm, NULL);
}

// ---- sides -------------------------------------------------------------------------------------------------------

static struct gunyah_memparcel *make(struct fake_rm *rm)
{
    static const struct gunyah_memparcel_access access = {{SCRIPT_VMID}, GUNYAH_PGTABLE_ACCESS_RWX, 0};
    static const struct gunyah_memory_region region = {0, PAGE};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel = NULL;

    options.access = &access;
    options.access_count = 1;
    options.regions = &region;
    options.region_count = 1;
    script_word(0x44332211);
    cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, &parcel), GUNYAH_OK);
    return parcel;
}

static struct gunyah_memparcel *accepted(struct fake_rm *rm)
{
    struct gunyah_memparcel *parcel = open_lent(rm);

    says_regions(1, 0, 0);
    says_regions(0, 0, 0);
    cr_assert_eq(gunyah_memparcel_accept(&parcel, NULL, NULL, 0, NULL), GUNYAH_OK);
    return parcel;
}

static enum gunyah_error notify(struct gunyah_memparcel *parcel, uint32_t flag)
{
    static const struct gunyah_rm_vm_entry vm = {{SCRIPT_VMID}, 0};
    const bool to_others = flag == 1 || flag == 8;

    return gunyah_memparcel_notify(parcel, flag, 0xa0b0c0d0, to_others ? &vm : NULL, to_others);
}

// Every call on every side.
Test(core_memparcel_accept, sides)
{
    static struct gunyah_memparcel *(*const sides[])(struct fake_rm * rm) = {make, open_lent, accepted};
    static const uint32_t flags[] = {1, 2, 4, 8};
    // A bit for each side.
    static const unsigned may_tell[] = {1, 2, 4, 1};

    for (unsigned side = 0; side < 3; side++) {
        struct fake_rm *rm = script_open();
        struct gunyah_memparcel *parcel = sides[side](rm);
        struct gunyah_memparcel *mine = parcel;
        const size_t before = script_requests(rm);
        size_t sent = 0;

        for (size_t i = 0; i < 4; i++) {
            const bool allowed = (may_tell[i] & 1u << side) != 0;
            cr_expect_eq(notify(parcel, flags[i]), allowed ? GUNYAH_OK : GUNYAH_ERR_OBJECT_STATE, "%u, %u", side,
                         flags[i]);
            sent += allowed;
        }
        if (side != 1)
            cr_expect_eq(gunyah_memparcel_accept(&mine, NULL, NULL, 0, NULL), GUNYAH_ERR_OBJECT_STATE);
        if (side != 2)
            cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_ERR_OBJECT_STATE);
        if (side != 0)
            cr_expect_eq(gunyah_memparcel_reclaim(&mine, false), GUNYAH_ERR_OBJECT_STATE);
        cr_expect_eq(script_requests(rm), before + sent, "nothing else left");
        cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
        script_close(rm, NULL);
    }
}

Test(core_memparcel_accept, release)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = accepted(rm);

    script_error(6);
    cr_expect_eq(gunyah_memparcel_release(parcel, true), GUNYAH_ERR_ARGUMENT_INVALID);
    SCRIPT_SENT(rm, 0x51000014, 0x11, 0x22, 0x33, 0x44, 1, 0, 0, 0);
    script_failed(rm, GUNYAH_DOMAIN_RM, 6, "MEM_RELEASE");
    // Whatever this side believed, it is released.
    script_error(0xc);
    cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_ERR_RM_MEM_RELEASED);
    cr_expect_eq(gunyah_memparcel_release(parcel, false), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_memparcel_release(NULL, false), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    script_close(rm, NULL);
}

Test(core_memparcel_accept, reclaim)
{
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = make(rm);
    struct gunyah_memparcel *none = NULL;

    script_error(0xb);
    cr_expect_eq(gunyah_memparcel_reclaim(&parcel, false), GUNYAH_ERR_RM_MEM_INUSE);
    SCRIPT_SENT(rm, 0x51000015, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0xb, "MEM_RECLAIM");
    cr_expect_not_null(parcel);
    cr_expect_eq(gunyah_memparcel_reclaim(NULL, false), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_reclaim(&none, false), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_memparcel_reclaim(&parcel, false), GUNYAH_OK);
    cr_expect_null(parcel);
    script_close(rm, NULL);
}

// ---- telling -----------------------------------------------------------------------------------------------------

Test(core_memparcel_accept, notify)
{
    static const struct gunyah_rm_vm_entry vms[] = {{{0x81}, 0}, {{0x82}, 0}};
    static const struct gunyah_rm_vm_entry crooked = {{0x81}, 1};
    static struct gunyah_rm_vm_entry many[513];
    struct fake_rm *rm = script_open();
    struct gunyah_memparcel *parcel = make(rm);
    struct gunyah_memparcel *theirs = accepted(rm);
    const size_t before = script_requests(rm);

    cr_expect_eq(gunyah_memparcel_notify(parcel, 0, 0, vms, 2), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_memparcel_notify(parcel, 3, 0, vms, 2), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_memparcel_notify(parcel, 16, 0, vms, 2), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_memparcel_notify(parcel, 1, 0, vms, 0), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_eq(gunyah_memparcel_notify(parcel, 1, 0, many, 513), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_eq(gunyah_memparcel_notify(parcel, 1, 0, NULL, 2), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_memparcel_notify(parcel, 1, 0, &crooked, 1), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_memparcel_notify(theirs, 4, 0, vms, 1), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_eq(gunyah_memparcel_notify(NULL, 4, 0, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_eq(script_requests(rm), before, "nothing leaves");
    cr_expect_eq(gunyah_memparcel_notify(parcel, 1, 0xa0b0c0d0, vms, 2), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000017, 0x11, 0x22, 0x33, 0x44, 1, 0, 0, 0, 0xd0, 0xc0, 0xb0, 0xa0, //
                2, 0, 0, 0, 0x81, 0, 0, 0, 0x82, 0, 0, 0);
    cr_expect_eq(gunyah_memparcel_notify(theirs, 4, 0xa0b0c0d0, NULL, 0), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x51000017, 0x11, 0x22, 0x33, 0x44, 4, 0, 0, 0, 0xd0, 0xc0, 0xb0, 0xa0);
    script_error(6);
    cr_expect_eq(gunyah_memparcel_notify(parcel, 8, 1, vms, 1), GUNYAH_ERR_ARGUMENT_INVALID);
    script_failed(rm, GUNYAH_DOMAIN_RM, 6, "MEM_NOTIFY");
    cr_expect_eq(gunyah_memparcel_close(&parcel), GUNYAH_OK);
    cr_expect_eq(gunyah_memparcel_close(&theirs), GUNYAH_OK);
    script_close(rm, NULL);
}
