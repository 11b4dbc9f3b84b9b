// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels: given, accepted, released and taken back, between HLOS and a VM that it made.
#include "made.h"

#define TAG 99
#define MANY 600 // more regions than one message has

struct pair {
    struct hlos hlos;
    struct made made;
    struct gunyah_rm *guest;
};

static bool open_pair(struct target *target, struct pair *pair)
{
    EXPECT_TRUE(conformance_running_vm(target, &pair->hlos, &pair->made, &pair->guest));
    return true;
}

static enum gunyah_error give(const struct pair *pair, enum gunyah_memparcel_transaction transaction,
                              const struct gunyah_memory_region *regions, size_t count,
                              struct gunyah_memparcel **parcel)
{
    const bool shares = transaction == GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    const struct gunyah_memparcel_access access[] = {
        {pair->made.vmid, GUNYAH_PGTABLE_ACCESS_RWX, 0},
        {gunyah_vmid(GUNYAH_VMID_HLOS), GUNYAH_PGTABLE_ACCESS_RW, 0},
    };
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;

    options.transaction = transaction;
    options.label = TAG;
    options.access = access;
    options.access_count = shares ? 2 : 1;
    options.regions = regions;
    options.region_count = count;
    return gunyah_memparcel_create(pair->hlos.rm, &options, parcel);
}

// HLOS tells of the parcel, and the VM opens what it is told of.
static bool offer(struct target *target, const struct pair *pair, struct gunyah_memparcel *given,
                  enum gunyah_memparcel_transaction transaction, struct gunyah_memparcel **offered)
{
    const struct gunyah_rm_vm_entry entry = {pair->made.vmid, 0};
    struct gunyah_memparcel_offer open = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_rm_event event;

    EXPECT_OK(gunyah_memparcel_notify(given, GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, TAG, &entry, 1));
    EXPECT_TRUE(conformance_event(target, pair->guest, GUNYAH_RM_NOTIFY_MEM_SHARED, &event));
    EXPECT_EQ(event.mem_shared.parcel, gunyah_memparcel_handle(given));
    EXPECT_EQ(event.mem_shared.transaction, transaction);
    EXPECT_EQ(event.mem_shared.owner.value, GUNYAH_VMID_HLOS);
    EXPECT_EQ(event.mem_shared.label, TAG);
    EXPECT_EQ(event.mem_shared.tag, TAG);
    open.memparcel = event.mem_shared.parcel;
    open.transaction = transaction;
    open.label = event.mem_shared.label;
    EXPECT_OK(gunyah_memparcel_open(pair->guest, &open, offered));
    return true;
}

static bool tells_owner(struct target *target, const struct pair *pair, struct gunyah_memparcel *parcel, uint32_t flag,
                        uint32_t notification)
{
    struct gunyah_rm_event event;

    EXPECT_OK(gunyah_memparcel_notify(parcel, flag, TAG, NULL, 0));
    EXPECT_TRUE(conformance_event(target, pair->hlos.rm, notification, &event));
    EXPECT_EQ(event.mem.parcel, gunyah_memparcel_handle(parcel));
    EXPECT_EQ(event.mem.vmid.value, pair->made.vmid.value);
    EXPECT_EQ(event.mem.tag, TAG);
    return true;
}

static bool goes_there_and_back(struct target *target, enum gunyah_memparcel_transaction transaction)
{
    const struct gunyah_memory_region region = conformance_pages(2, 1);
    struct gunyah_memory_region mapped;
    struct gunyah_memparcel *given;
    struct gunyah_memparcel *offered;
    struct pair pair;
    size_t count;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(give(&pair, transaction, &region, 1, &given));
    EXPECT_TRUE(offer(target, &pair, given, transaction, &offered));
    EXPECT_OK(gunyah_memparcel_accept(&offered, NULL, &mapped, 1, &count));
    EXPECT_EQ(count, 1);
    EXPECT_EQ(mapped.size, GUNYAH_RM_PAGE_SIZE);
    EXPECT_EQ(mapped.address % GUNYAH_RM_PAGE_SIZE, 0);
    EXPECT_TRUE(tells_owner(target, &pair, offered, GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED, GUNYAH_RM_NOTIFY_MEM_ACCEPTED));
    EXPECT_EQ(gunyah_memparcel_reclaim(&given, false), GUNYAH_ERR_RM_MEM_INUSE);
    EXPECT_OK(gunyah_memparcel_release(offered, false));
    EXPECT_TRUE(tells_owner(target, &pair, offered, GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED, GUNYAH_RM_NOTIFY_MEM_RELEASED));
    EXPECT_OK(gunyah_memparcel_reclaim(&given, true));
    EXPECT_EQ(given, NULL);
    // The owner has it again.
    EXPECT_OK(give(&pair, transaction, &region, 1, &given));
    EXPECT_OK(gunyah_memparcel_reclaim(&given, false));
    EXPECT_OK(gunyah_memparcel_close(&offered));
    return true;
}

static bool is_lent(struct target *target)
{
    return goes_there_and_back(target, GUNYAH_MEMPARCEL_TRANSACTION_LEND);
}

static bool is_shared(struct target *target)
{
    return goes_there_and_back(target, GUNYAH_MEMPARCEL_TRANSACTION_SHARE);
}

static bool is_donated(struct target *target)
{
    const struct gunyah_memory_region region = conformance_pages(2, 1);
    struct gunyah_memparcel *given;
    struct gunyah_memparcel *offered;
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(give(&pair, GUNYAH_MEMPARCEL_TRANSACTION_DONATE, &region, 1, &given));
    EXPECT_TRUE(offer(target, &pair, given, GUNYAH_MEMPARCEL_TRANSACTION_DONATE, &offered));
    EXPECT_OK(gunyah_memparcel_accept(&offered, NULL, NULL, 0, NULL));
    EXPECT_EQ(offered, NULL);
    // It is nobody's parcel any more, and not the donor's memory.
    EXPECT_EQ(gunyah_memparcel_reclaim(&given, false), GUNYAH_ERR_RM_HANDLE_INVALID);
    EXPECT_OK(gunyah_memparcel_close(&given));
    EXPECT_EQ(give(&pair, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &region, 1, &given), GUNYAH_ERR_RM_MEM_INVALID);
    return true;
}

static bool is_accepted_at_an_address(struct target *target)
{
    const struct gunyah_memory_region region = conformance_pages(2, 1);
    const struct gunyah_memory_region place = {TARGET_GUEST_BASE + 0x10000000, GUNYAH_RM_PAGE_SIZE};
    const struct gunyah_memory_region larger = {TARGET_GUEST_BASE + 0x10000000, 2 * GUNYAH_RM_PAGE_SIZE};
    const struct gunyah_memory_region taken = {TARGET_GUEST_BASE, GUNYAH_RM_PAGE_SIZE};
    struct gunyah_memparcel_accept_options options = GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT;
    struct gunyah_memparcel *given;
    struct gunyah_memparcel *offered;
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(give(&pair, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &region, 1, &given));
    EXPECT_TRUE(offer(target, &pair, given, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &offered));
    options.region_count = 1;
    options.regions = &taken;
    EXPECT_EQ(gunyah_memparcel_accept(&offered, &options, NULL, 0, NULL), GUNYAH_ERR_NO_RESOURCES);
    options.regions = &larger;
    EXPECT_EQ(gunyah_memparcel_accept(&offered, &options, NULL, 0, NULL), GUNYAH_ERR_ARGUMENT_INVALID);
    options.regions = &place;
    EXPECT_OK(gunyah_memparcel_accept(&offered, &options, NULL, 0, NULL));
    EXPECT_OK(gunyah_memparcel_release(offered, false));
    EXPECT_OK(gunyah_memparcel_reclaim(&given, false));
    return true;
}

static bool has_more_regions_than_a_message(struct target *target)
{
    static struct gunyah_memory_region regions[MANY];
    const uint64_t far_away = UINT64_C(0x100000000); // nobody looks at it
    struct gunyah_memparcel *given;
    struct gunyah_memparcel *offered;
    struct pair pair;
    size_t count = 0;

    for (size_t i = 0; i < MANY; i++)
        regions[i] = (struct gunyah_memory_region){far_away + 2 * i * GUNYAH_RM_PAGE_SIZE, GUNYAH_RM_PAGE_SIZE};
    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(give(&pair, GUNYAH_MEMPARCEL_TRANSACTION_LEND, regions, MANY, &given));
    EXPECT_TRUE(offer(target, &pair, given, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &offered));
    EXPECT_OK(gunyah_memparcel_accept(&offered, NULL, regions, MANY, &count));
    EXPECT_EQ(count, MANY);
    for (size_t i = 0; i < MANY; i++)
        EXPECT_EQ(regions[i].size, GUNYAH_RM_PAGE_SIZE);
    EXPECT_OK(gunyah_memparcel_release(offered, false));
    EXPECT_OK(gunyah_memparcel_reclaim(&given, false));
    return true;
}

static bool sides_are_not_confused(struct target *target)
{
    const struct gunyah_memory_region region = conformance_pages(2, 1);
    const struct gunyah_memory_region both = conformance_pages(2, 2);
    struct gunyah_memparcel *given;
    struct gunyah_memparcel *twice;
    struct gunyah_memparcel *offered;
    struct gunyah_memparcel_offer nowhere = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(give(&pair, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &region, 1, &given));
    EXPECT_EQ(give(&pair, GUNYAH_MEMPARCEL_TRANSACTION_SHARE, &both, 1, &twice), GUNYAH_ERR_RM_MEM_INVALID);
    EXPECT_EQ(gunyah_memparcel_accept(&given, NULL, NULL, 0, NULL), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_memparcel_release(given, false), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_TRUE(offer(target, &pair, given, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &offered));
    EXPECT_EQ(gunyah_memparcel_release(offered, false), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_memparcel_reclaim(&offered, false), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_memparcel_accept(&offered, NULL, NULL, 0, NULL));
    EXPECT_EQ(gunyah_memparcel_accept(&offered, NULL, NULL, 0, NULL), GUNYAH_ERR_OBJECT_STATE);
    nowhere.memparcel = 12345;
    EXPECT_OK(gunyah_memparcel_open(pair.guest, &nowhere, &twice));
    EXPECT_EQ(gunyah_memparcel_accept(&twice, NULL, NULL, 0, NULL), GUNYAH_ERR_RM_HANDLE_INVALID);
    return true;
}

static bool comes_back_with_the_vm(struct target *target)
{
    const struct gunyah_memory_region region = conformance_pages(2, 1);
    struct gunyah_memparcel *given;
    struct gunyah_memparcel *offered;
    struct gunyah_rm_event event;
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(give(&pair, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &region, 1, &given));
    EXPECT_TRUE(offer(target, &pair, given, GUNYAH_MEMPARCEL_TRANSACTION_LEND, &offered));
    EXPECT_OK(gunyah_memparcel_accept(&offered, NULL, NULL, 0, NULL));
    EXPECT_OK(gunyah_vm_destroy(&pair.made.vm, MADE_PATIENCE_NS, NULL));
    do {
        EXPECT_TRUE(conformance_event(target, pair.hlos.rm, GUNYAH_RM_NOTIFY_MEM_RELEASED, &event));
    } while (event.mem.parcel != gunyah_memparcel_handle(given));
    EXPECT_OK(gunyah_memparcel_reclaim(&given, false));
    return true;
}

static const struct conformance_case cases[] = {
    {"memory.is_lent", is_lent},
    {"memory.is_shared", is_shared},
    {"memory.is_donated", is_donated},
    {"memory.is_accepted_at_an_address", is_accepted_at_an_address},
    {"memory.has_more_regions_than_a_message", has_more_regions_than_a_message},
    {"memory.sides_are_not_confused", sides_are_not_confused},
    {"memory.comes_back_with_the_vm", comes_back_with_the_vm},
};

const struct conformance_suite conformance_memory = {cases, COUNT_OF(cases)};
