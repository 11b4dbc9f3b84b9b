// SPDX-License-Identifier: BSD-3-Clause
// Device trees, all the way: HLOS builds one, the Resource Manager makes a VM of it, and the VM finds in it what it has. What
// the tree leads to is used, and the other end answers.
#include "made.h"

#include <gunyah/dt.h>
#include <gunyah/dt_build.h>

#include <string.h>

#define IMAGE_PAGES 8
#define MS UINT64_C(1000000)

// Memory of HLOS: the image, which is the tree alone, and what is shared.
static _Alignas(GUNYAH_RM_PAGE_SIZE) unsigned char image[IMAGE_PAGES * GUNYAH_RM_PAGE_SIZE];
static _Alignas(GUNYAH_RM_PAGE_SIZE) unsigned char window[GUNYAH_RM_PAGE_SIZE];

static const char words[] = "by the tree";

// HLOS and a VM of it, each with its tree.
struct world {
    struct hlos hlos;
    struct gunyah_dt hlos_dt;
    struct made made;
    struct gunyah *guest;
    struct gunyah_dt guest_dt;
};

static bool add_devices(struct target *target, struct gunyah_dt_build *build)
{
    const struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
    struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_msgqueue_pair pair = GUNYAH_DT_MSGQUEUE_PAIR_INIT;
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;
    struct gunyah_dt_rtc rtc = GUNYAH_DT_RTC_INIT;

    EXPECT_OK(gunyah_dt_add_rm_rpc(build, &rm_rpc));
    bell.label = TARGET_GUEST_BELL;
    EXPECT_OK(gunyah_dt_add_doorbell(build, &bell));
    bell.label = TARGET_GUEST_BELL_BACK;
    EXPECT_OK(gunyah_dt_add_doorbell_source(build, &bell));
    pair.label = TARGET_GUEST_QUEUES;
    EXPECT_OK(gunyah_dt_add_msgqueue_pair(build, &pair));
    shm.label = TARGET_GUEST_WINDOW;
    shm.optional = true;
    EXPECT_OK(gunyah_dt_add_shm(build, &shm));
    rtc.address = TARGET_GUEST_CLOCK;
    EXPECT_OK(gunyah_dt_add_rtc(build, &rtc));
    return true;
}

static bool build_tree(struct target *target)
{
    const struct gunyah_dt_machine_options machine = GUNYAH_DT_MACHINE_OPTIONS_INIT;
    struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;
    struct gunyah_dt_build build;
    size_t size;

    config.image_name = TARGET_GUEST_NAME;
    config.base_address = TARGET_GUEST_BASE;
    config.memory_size = sizeof(image);
    EXPECT_OK(gunyah_dt_build_begin(&build, image, sizeof(image), &machine, &config));
    EXPECT_TRUE(add_devices(target, &build));
    EXPECT_OK(gunyah_dt_build_finish(&build, &size));
    EXPECT_TRUE(gunyah_dt_region_size(size) <= sizeof(image));
    return true;
}

static bool enter_hlos(struct target *target, struct world *world)
{
    const struct target_channel *channel = &world->hlos.channel;

    target->by_trees = true;
    EXPECT_TRUE(conformance_hlos(target, &world->hlos));
    EXPECT_OK(gunyah_dt_open(channel->tree, channel->tree_size, &world->hlos_dt));
    return true;
}

// A VM in LOAD, whose image is its tree.
static bool make_world(struct target *target, struct world *world)
{
    EXPECT_TRUE(enter_hlos(target, world));
    EXPECT_TRUE(build_tree(target));
    return conformance_load_vm(target, &world->hlos, (struct gunyah_memory_region){(uintptr_t)image, sizeof(image)},
                               &world->made);
}

static bool enter_world(struct target *target, struct world *world, struct target_channel *channel)
{
    EXPECT_TRUE(target->ops->enter_guest(target, world->made.vmid, channel));
    world->guest = target->vms[TARGET_GUEST].g;
    EXPECT_OK(gunyah_dt_open(channel->tree, channel->tree_size, &world->guest_dt));
    return true;
}

static bool start_world(struct target *target, struct world *world)
{
    struct target_channel channel;

    EXPECT_TRUE(conformance_start_vm(target, &world->made));
    return enter_world(target, world, &channel);
}

static bool tells_who_they_are(struct target *target)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    enum gunyah_conduit conduit;
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_OK(gunyah_dt_get_vm_info(&world.guest_dt, &info));
    EXPECT_EQ(info.hypervisor, GUNYAH_DT_HYPERVISOR_GUNYAH | GUNYAH_DT_HYPERVISOR_QCOM);
    EXPECT_TRUE(info.has_vmid && info.has_owner);
    EXPECT_EQ(info.vmid.value, world.made.vmid.value);
    EXPECT_EQ(info.owner.value, GUNYAH_VMID_HLOS);
    EXPECT_EQ(memcmp(info.image_name, TARGET_GUEST_NAME, sizeof(TARGET_GUEST_NAME)), 0);
    EXPECT_OK(gunyah_dt_psci_conduit(&world.guest_dt, &conduit));
    EXPECT_EQ(conduit, GUNYAH_CONDUIT_HVC);

    EXPECT_OK(gunyah_dt_get_vm_info(&world.hlos_dt, &info));
    EXPECT_EQ(info.hypervisor, GUNYAH_DT_HYPERVISOR_QCOM);
    EXPECT_TRUE(info.has_vmid && !info.has_owner);
    EXPECT_EQ(info.vmid.value, GUNYAH_VMID_HLOS);
    return true;
}

static bool answers(struct target *target, struct gunyah *g, struct gunyah_dt *dt, uint16_t vmid)
{
    struct gunyah_rm *rm;
    gunyah_vmid_t self;

    EXPECT_OK(gunyah_rm_open_dt(g, dt, &rm));
    EXPECT_OK(gunyah_vm_self(rm, &self));
    EXPECT_EQ(self.value, vmid);
    EXPECT_OK(gunyah_rm_close(&rm));
    return true;
}

static bool leads_to_the_resource_manager(struct target *target)
{
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_TRUE(answers(target, world.guest, &world.guest_dt, world.made.vmid.value));
    return true;
}

static bool leads_hlos_to_the_resource_manager(struct target *target)
{
    struct world world;

    EXPECT_TRUE(enter_hlos(target, &world));
    // Two connections would take each other's messages.
    EXPECT_OK(gunyah_rm_close(&world.hlos.rm));
    EXPECT_TRUE(answers(target, world.hlos.g, &world.hlos_dt, GUNYAH_VMID_HLOS));
    return true;
}

static bool carries(struct target *target, struct gunyah_msgqueue *from, struct gunyah_msgqueue *to)
{
    char got[GUNYAH_RM_MESSAGE_SIZE];
    size_t size;

    EXPECT_EQ(gunyah_msgqueue_receive(to, got, sizeof(got), &size, NULL), GUNYAH_ERR_EMPTY);
    EXPECT_OK(gunyah_msgqueue_send(from, words, sizeof(words), GUNYAH_MSGQUEUE_PUSH, NULL));
    EXPECT_OK(gunyah_msgqueue_wait_not_empty(to, MADE_PATIENCE_NS));
    EXPECT_OK(gunyah_msgqueue_receive(to, got, sizeof(got), &size, NULL));
    EXPECT_EQ(size, sizeof(words));
    EXPECT_EQ(memcmp(got, words, sizeof(words)), 0);
    return true;
}

static bool leads_to_queues(struct target *target)
{
    struct gunyah_msgqueue *mine[2];
    struct gunyah_msgqueue *its[2];
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_OK(gunyah_vm_open_msgqueue(world.made.vm, TARGET_GUEST_QUEUES, true, 0, &mine[0]));
    EXPECT_OK(gunyah_vm_open_msgqueue(world.made.vm, TARGET_GUEST_QUEUES, false, 0, &mine[1]));
    EXPECT_OK(gunyah_msgqueue_open_label(world.guest, &world.guest_dt, TARGET_GUEST_QUEUES, false, &its[0]));
    EXPECT_OK(gunyah_msgqueue_open_label(world.guest, &world.guest_dt, TARGET_GUEST_QUEUES, true, &its[1]));
    EXPECT_TRUE(carries(target, mine[0], its[0]));
    EXPECT_TRUE(carries(target, its[1], mine[1]));
    EXPECT_EQ(gunyah_msgqueue_open_label(world.guest, &world.guest_dt, TARGET_GUEST_BELL, true, &its[0]),
              GUNYAH_ERR_NOT_FOUND);
    return true;
}

static bool rings(struct target *target, struct gunyah_doorbell *from, struct gunyah_doorbell *to)
{
    uint64_t flags;

    EXPECT_OK(gunyah_doorbell_send(from, 5, NULL));
    EXPECT_OK(gunyah_doorbell_wait(to, UINT64_MAX, MADE_PATIENCE_NS, &flags));
    EXPECT_EQ(flags, 5);
    return true;
}

static bool leads_to_doorbells(struct target *target)
{
    struct gunyah_doorbell *mine[2];
    struct gunyah_doorbell *its[2];
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_OK(gunyah_vm_open_doorbell(world.made.vm, TARGET_GUEST_BELL, true, &mine[0]));
    EXPECT_OK(gunyah_vm_open_doorbell(world.made.vm, TARGET_GUEST_BELL_BACK, false, &mine[1]));
    EXPECT_OK(gunyah_doorbell_open_label(world.guest, &world.guest_dt, TARGET_GUEST_BELL, false, &its[0]));
    EXPECT_OK(gunyah_doorbell_open_label(world.guest, &world.guest_dt, TARGET_GUEST_BELL_BACK, true, &its[1]));
    EXPECT_TRUE(rings(target, mine[0], its[0]));
    EXPECT_TRUE(rings(target, its[1], mine[1]));
    return true;
}

static bool share_window(struct target *target, const struct world *world, struct gunyah_memparcel **given)
{
    const struct gunyah_memparcel_access access[] = {
        {world->made.vmid, GUNYAH_PGTABLE_ACCESS_RW, 0},
        {gunyah_vmid(GUNYAH_VMID_HLOS), GUNYAH_PGTABLE_ACCESS_RW, 0},
    };
    const struct gunyah_memory_region region = {(uintptr_t)window, sizeof(window)};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;

    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = TARGET_GUEST_WINDOW;
    options.access = access;
    options.access_count = COUNT_OF(access);
    options.regions = &region;
    options.region_count = 1;
    EXPECT_OK(gunyah_memparcel_create(world->hlos.rm, &options, given));
    return true;
}

// The memory is mapped when the VM starts, until the VM gives it back; then it can be accepted again.
static bool leads_to_shared_memory(struct target *target)
{
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    struct gunyah_dt_region where;
    struct gunyah_memory_region mapped;
    struct gunyah_memparcel *given;
    struct gunyah_memparcel *found;
    struct gunyah_rm *rm;
    struct world world;
    size_t count;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(share_window(target, &world, &given));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_OK(gunyah_dt_find_label(&world.guest_dt, GUNYAH_DT_SHARED_MEMORY, TARGET_GUEST_WINDOW, &device));
    EXPECT_EQ(device.memory.region_count, 1);
    EXPECT_OK(gunyah_dt_get_region(&world.guest_dt, &device, 0, &where));
    EXPECT_EQ(where.size, sizeof(window));
    EXPECT_OK(gunyah_dt_memparcel_offer(&world.guest_dt, TARGET_GUEST_WINDOW, &offer));
    EXPECT_EQ(offer.memparcel, gunyah_memparcel_handle(given));
    EXPECT_EQ(offer.label, TARGET_GUEST_WINDOW);
    EXPECT_EQ(gunyah_memparcel_reclaim(&given, false), GUNYAH_ERR_RM_MEM_INUSE);

    EXPECT_OK(gunyah_rm_open_dt(world.guest, &world.guest_dt, &rm));
    EXPECT_OK(gunyah_memparcel_open(rm, &offer, &found));
    EXPECT_OK(gunyah_memparcel_release(found, false));
    EXPECT_OK(gunyah_memparcel_accept(&found, NULL, &mapped, 1, &count));
    EXPECT_EQ(count, 1);
    EXPECT_EQ(mapped.size, sizeof(window));
    EXPECT_OK(gunyah_memparcel_release(found, false));
    EXPECT_OK(gunyah_memparcel_reclaim(&given, false));
    return true;
}

// A device whose parcel nobody shared is not there.
// Whose interrupt comes once, each time that nobody pets it.
static bool barks(struct target *target, struct gunyah *g, gunyah_virq_t bark)
{
    struct gunyah_own_watchdog_status status;

    EXPECT_EQ(gunyah_wait(g, &bark, 1, 90 * MS, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_wait(g, &bark, 1, 30 * MS, NULL));
    EXPECT_EQ(gunyah_wait(g, &bark, 1, 50 * MS, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_own_watchdog_get_status(g, &status));
    EXPECT_TRUE(status.enabled && status.expired);
    EXPECT_OK(gunyah_own_watchdog_pet(g));
    return true;
}

static bool leads_to_the_watchdog(struct target *target)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    struct target_channel channel;
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(conformance_start_trusted_vm(target, &world.made));
    EXPECT_TRUE(enter_world(target, &world, &channel));
    if (!target->has_watchdogs) {
        EXPECT_EQ(gunyah_dt_next_device(&world.guest_dt, GUNYAH_DT_WATCHDOG, &device), GUNYAH_ERR_NOT_FOUND);
        return true;
    }
    EXPECT_OK(gunyah_dt_next_device(&world.guest_dt, GUNYAH_DT_WATCHDOG, &device));
    EXPECT_FALSE(device.watchdog.level);
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_GUEST, device.watchdog.virq, TARGET_EDGE));
    EXPECT_OK(gunyah_own_watchdog_set_times(world.guest, 100, 1000));
    EXPECT_OK(gunyah_own_watchdog_enable(world.guest));
    EXPECT_TRUE(barks(target, world.guest, device.watchdog.virq));
    EXPECT_TRUE(barks(target, world.guest, device.watchdog.virq));
    EXPECT_OK(gunyah_own_watchdog_disable(world.guest));
    EXPECT_EQ(gunyah_wait(world.guest, &device.watchdog.virq, 1, 2000 * MS, NULL), GUNYAH_ERR_TIMEOUT);
    return true;
}

static bool leaves_out_what_is_optional(struct target *target)
{
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_EQ(gunyah_dt_memparcel_offer(&world.guest_dt, TARGET_GUEST_WINDOW, &offer), GUNYAH_ERR_NOT_FOUND);
    return true;
}

// ---- the clock

// Registers of a PL031, and what it says that it is.
enum {
    CLOCK_DATA = 0x0,
    CLOCK_LOAD = 0x8,
    CLOCK_CONTROL = 0xc,
    CLOCK_IDS = 0xfe0,
    CLOCK_PAGE = 0x1000,
};

static const uint8_t clock_ids[] = {0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

#define SECOND_NS UINT64_C(1000000000)
#define TIME UINT64_C(1700000000) // seconds
#define PATIENCE 60               // seconds that a case takes at most

static bool reads(struct target *target, uint64_t offset, uint64_t expected)
{
    uint64_t value;

    EXPECT_TRUE(target->ops->load(target, TARGET_GUEST, TARGET_GUEST_CLOCK + offset, 4, &value));
    EXPECT_EQ(value, expected);
    return true;
}

// The clock says this time, or somewhat later.
static bool is_time(struct target *target, uint64_t earliest)
{
    uint64_t value;

    EXPECT_TRUE(target->ops->load(target, TARGET_GUEST, TARGET_GUEST_CLOCK + CLOCK_DATA, 4, &value));
    EXPECT_TRUE(value >= earliest && value < earliest + PATIENCE);
    return true;
}

// HLOS says what time it was when the counter was at 0. Only before the start.
static bool start_at(struct target *target, struct world *world, uint64_t seconds, struct target_channel *channel)
{
    EXPECT_TRUE(make_world(target, world));
    EXPECT_TRUE(conformance_configure_vm(target, &world->made));
    EXPECT_EQ(gunyah_vm_set_time_base(world->made.vm, seconds * SECOND_NS, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_vm_init(world->made.vm));
    EXPECT_OK(gunyah_vm_set_time_base(world->made.vm, seconds * SECOND_NS, 0));
    EXPECT_EQ(gunyah_vm_set_time_base(world->made.vm, seconds * SECOND_NS, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_vm_start(world->made.vm));
    return enter_world(target, world, channel);
}

// The name of its driver, somewhere in the tree.
static bool names_the_clock(struct target *target, const struct target_channel *channel)
{
    static const char name[] = "arm,pl031";
    const char *tree = channel->tree;
    size_t at = 0;

    while (at + sizeof(name) <= channel->tree_size && memcmp(tree + at, name, sizeof(name)) != 0)
        at++;
    EXPECT_TRUE(at + sizeof(name) <= channel->tree_size);
    return true;
}

static bool leads_to_the_clock(struct target *target)
{
    struct target_channel channel;
    struct world world;

    EXPECT_TRUE(start_at(target, &world, TIME, &channel));
    EXPECT_TRUE(names_the_clock(target, &channel));
    for (size_t i = 0; i < sizeof(clock_ids); i++)
        EXPECT_TRUE(reads(target, CLOCK_IDS + 4 * i, clock_ids[i]));
    EXPECT_TRUE(reads(target, CLOCK_CONTROL, 1));
    EXPECT_TRUE(reads(target, CLOCK_LOAD, TIME));
    return is_time(target, TIME);
}

static bool the_clock_goes(struct target *target)
{
    struct gunyah_doorbell *bell;
    struct target_channel channel;
    struct world world;
    uint64_t before;
    uint64_t after;

    EXPECT_TRUE(start_at(target, &world, TIME, &channel));
    EXPECT_OK(gunyah_doorbell_open_label(world.guest, &world.guest_dt, TARGET_GUEST_BELL, false, &bell));
    EXPECT_TRUE(target->ops->load(target, TARGET_GUEST, TARGET_GUEST_CLOCK + CLOCK_DATA, 4, &before));
    EXPECT_EQ(gunyah_doorbell_wait(bell, UINT64_MAX, 3 * SECOND_NS, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_TRUE(target->ops->load(target, TARGET_GUEST, TARGET_GUEST_CLOCK + CLOCK_DATA, 4, &after));
    EXPECT_TRUE(after >= before + 3 && after < before + 3 + PATIENCE);
    return reads(target, CLOCK_LOAD, TIME);
}

static bool the_clock_is_set_by_its_vm(struct target *target)
{
    const uint64_t load = TARGET_GUEST_CLOCK + CLOCK_LOAD;
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_TRUE(is_time(target, 0));
    EXPECT_TRUE(reads(target, CLOCK_LOAD, 0));
    EXPECT_TRUE(target->ops->store(target, TARGET_GUEST, load, 4, TIME));
    EXPECT_TRUE(reads(target, CLOCK_LOAD, TIME));
    EXPECT_TRUE(is_time(target, TIME));
    // Other registers keep what they are.
    EXPECT_TRUE(target->ops->store(target, TARGET_GUEST, TARGET_GUEST_CLOCK + CLOCK_DATA, 4, 5));
    EXPECT_TRUE(target->ops->store(target, TARGET_GUEST, TARGET_GUEST_CLOCK + CLOCK_CONTROL, 4, 0));
    EXPECT_TRUE(reads(target, CLOCK_CONTROL, 1));
    EXPECT_TRUE(is_time(target, TIME));
    // A time without a sign.
    EXPECT_TRUE(target->ops->store(target, TARGET_GUEST, load, 4, UINT32_MAX - PATIENCE));
    EXPECT_TRUE(reads(target, CLOCK_LOAD, UINT32_MAX - PATIENCE));
    return is_time(target, UINT32_MAX - PATIENCE);
}

static bool aborts(struct target *target, int vm, uint64_t address, unsigned bytes)
{
    uint64_t value;

    EXPECT_TRUE(!target->ops->load(target, vm, address, bytes, &value));
    EXPECT_TRUE(!target->ops->store(target, vm, address, bytes, TIME));
    return true;
}

// It takes words, is a page, and is one VM's.
static bool the_clock_takes_words_alone(struct target *target)
{
    const uint64_t load = TARGET_GUEST_CLOCK + CLOCK_LOAD;
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_TRUE(aborts(target, TARGET_GUEST, load, 1));
    EXPECT_TRUE(aborts(target, TARGET_GUEST, load, 2));
    EXPECT_TRUE(aborts(target, TARGET_GUEST, load, 8));
    EXPECT_TRUE(aborts(target, TARGET_GUEST, TARGET_GUEST_CLOCK - 4, 4));
    EXPECT_TRUE(aborts(target, TARGET_GUEST, TARGET_GUEST_CLOCK + CLOCK_PAGE, 4));
    EXPECT_TRUE(aborts(target, TARGET_HLOS, load, 4));
    return reads(target, CLOCK_LOAD, 0);
}

// ---- trees that are not as usual

// Numbers of the header.
enum header {
    TOTAL_SIZE = 1,
    STRUCTURE = 2,
    STRINGS = 3,
    STRINGS_SIZE = 8,
    STRUCTURE_SIZE = 9,
};

static uint32_t read_header(enum header which)
{
    const unsigned char *bytes = &image[4 * which];

    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void write_header(enum header which, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        image[4 * which + i] = (unsigned char)(value >> (24 - 8 * i));
}

// Strings in front of the structure: a tree like any other, but whoever adds to it has to lay it out anew.
static bool exchange_blocks(struct target *target)
{
    static unsigned char copy[GUNYAH_RM_PAGE_SIZE];
    const uint32_t first = read_header(STRUCTURE);
    const uint32_t size = read_header(STRUCTURE_SIZE);
    const uint32_t second = (first + read_header(STRINGS_SIZE) + 3) & ~UINT32_C(3);

    EXPECT_TRUE(size <= sizeof(copy));
    memcpy(copy, image + first, size);
    memcpy(image + first, image + read_header(STRINGS), read_header(STRINGS_SIZE));
    memcpy(image + second, copy, size);
    write_header(STRINGS, first);
    write_header(STRUCTURE, second);
    write_header(TOTAL_SIZE, second + size);
    return true;
}

static bool blocks_may_come_in_any_order(struct target *target)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(exchange_blocks(target));
    EXPECT_TRUE(start_world(target, &world));
    EXPECT_OK(gunyah_dt_get_vm_info(&world.guest_dt, &info));
    EXPECT_EQ(info.vmid.value, world.made.vmid.value);
    return true;
}

// What is not a tree configures no VM.
static bool damaged_trees_are_refused(struct target *target)
{
    struct world world;

    EXPECT_TRUE(make_world(target, &world));
    EXPECT_TRUE(conformance_configure_vm(target, &world.made));
    image[0] = 0;
    EXPECT_EQ(gunyah_vm_init(world.made.vm), GUNYAH_ERR_RM_MEM_INVALID);
    return true;
}

static const struct conformance_case cases[] = {
    {"dt.tells_who_they_are", tells_who_they_are},
    {"dt.leads_to_the_resource_manager", leads_to_the_resource_manager},
    {"dt.leads_hlos_to_the_resource_manager", leads_hlos_to_the_resource_manager},
    {"dt.leads_to_queues", leads_to_queues},
    {"dt.leads_to_doorbells", leads_to_doorbells},
    {"dt.leads_to_shared_memory", leads_to_shared_memory},
    {"dt.leads_to_the_watchdog", leads_to_the_watchdog},
    {"dt.leaves_out_what_is_optional", leaves_out_what_is_optional},
    {"dt.leads_to_the_clock", leads_to_the_clock},
    {"dt.the_clock_goes", the_clock_goes},
    {"dt.the_clock_is_set_by_its_vm", the_clock_is_set_by_its_vm},
    {"dt.the_clock_takes_words_alone", the_clock_takes_words_alone},
    {"dt.blocks_may_come_in_any_order", blocks_may_come_in_any_order},
    {"dt.damaged_trees_are_refused", damaged_trees_are_refused},
};

const struct conformance_suite conformance_dt = {cases, COUNT_OF(cases)};
