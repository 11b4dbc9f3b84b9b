// SPDX-License-Identifier: BSD-3-Clause
// VMs, memory, interrupts, identities and guests, by the library's functions, with the simulator's Resource Manager on the
// other end. What a VM costs is given back, whatever went wrong.
#include "sim_rm.h"

#include <gunyah/gunyah.h>

#define TIMEOUT UINT64_C(5000000)
#define IMAGE_SIZE UINT64_C(0x200000)

struct side {
    struct gunyah *g;
    struct gunyah_rm *rm;
};

struct host {
    struct gunyah_sim *sim;
    struct rm_end hlos;
    struct side side;
    struct gunyah_vm *vm;
    struct gunyah_memparcel *image;
};

static void connect(struct side *side, struct gunyah_sim_vm *vm, const struct gunyah_sim_rm_queue *queue)
{
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    session.backend = gunyah_sim_backend(vm);
    cr_assert(eq(int, gunyah_open(&session, &side->g), GUNYAH_OK));
    options.send_cap = queue->send_cap;
    options.receive_cap = queue->receive_cap;
    options.send_virq = queue->send_virq;
    options.receive_virq = queue->receive_virq;
    options.default_timeout_ns = TIMEOUT;
    options.event_bytes = 16384; // an offer of 512 regions is long
    cr_assert(eq(int, gunyah_rm_open(side->g, &options, &side->rm), GUNYAH_OK));
}

static void disconnect(struct side *side)
{
    cr_expect(eq(int, gunyah_rm_close(&side->rm), GUNYAH_OK));
    cr_expect(eq(int, gunyah_close(&side->g), GUNYAH_OK));
}

static const struct gunyah_sim_vdevice vdevices[] = {
    {.type = GUNYAH_SIM_VDEVICE_RM_RPC, .console = true},
    {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = 1},
    {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = 2},
    {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .label = 3},
};

static void setup(struct host *host, enum gunyah_rm_generation generation)
{
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;

    *host = (struct host){.sim = NULL};
    host->sim = rm_machine(&host->hlos, generation);
    config.name = "guest";
    config.uri = "vm:guest";
    config.vdevices = vdevices;
    config.vdevice_count = sizeof(vdevices) / sizeof(vdevices[0]);
    cr_assert(eq(int, gunyah_sim_configure_vm(host->sim, &config), GUNYAH_OK));
    connect(&host->side, host->hlos.vm, &host->hlos.queue);
}

static void teardown(struct host *host)
{
    disconnect(&host->side);
    cr_expect(eq(int, gunyah_sim_destroy(&host->sim), GUNYAH_OK));
}

static const char *reason(const struct host *host)
{
    return gunyah_sim_rm_reason(host->hlos.vm);
}

static enum gunyah_error lend_image(struct host *host)
{
    const struct gunyah_memparcel_access access = {gunyah_vm_vmid(host->vm), GUNYAH_PGTABLE_ACCESS_RWX, 0};
    const struct gunyah_memory_region region = {RM_RAM, IMAGE_SIZE};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;

    options.access = &access;
    options.access_count = 1;
    options.regions = &region;
    options.region_count = 1;
    options.vm = host->vm;
    return gunyah_memparcel_create(host->side.rm, &options, &host->image);
}

static enum gunyah_error configure(struct host *host)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.memparcel = gunyah_memparcel_handle(host->image);
    image.dtb_offset = 0x100000;
    image.dtb_size = 0x1000;
    return gunyah_vm_configure(host->vm, &image);
}

// As far as it goes.
static enum gunyah_error bring_up(struct host *host)
{
    enum gunyah_error error = gunyah_vm_create(gunyah_rm_vmm(host->side.rm), (gunyah_vmid_t){0}, &host->vm);

    if (error == GUNYAH_OK)
        error = lend_image(host);
    if (error == GUNYAH_OK)
        error = configure(host);
    if (error == GUNYAH_OK)
        error = gunyah_vm_init(host->vm);
    if (error == GUNYAH_OK)
        error = gunyah_vm_start(host->vm);
    return error;
}

static void expect_destroyed(struct host *host)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;

    cr_expect(eq(int, gunyah_vm_destroy(&host->vm, TIMEOUT, &remains), GUNYAH_OK), "%s: %s", remains.step,
              reason(host));
    cr_expect(eq(ptr, host->vm, NULL));
}

static void expect_state(struct host *host, enum gunyah_vm_state state)
{
    struct gunyah_vm_status status;

    cr_expect(eq(int, gunyah_vm_get_status(host->vm, &status), GUNYAH_OK));
    cr_expect(eq(int, (int)status.state, (int)state));
}

// ---- a life ------------------------------------------------------------------------------------------------------

static struct side guest_of(struct host *host, struct gunyah_sim_vm **vm)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct side guest;

    cr_assert(eq(int, gunyah_sim_find_vm(host->sim, gunyah_vm_vmid(host->vm), vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_get_rm_queue(*vm, &queue), GUNYAH_OK));
    connect(&guest, *vm, &queue);
    return guest;
}

static void live(enum gunyah_rm_generation generation)
{
    struct gunyah_vm_exit ended;
    struct gunyah_sim_vm *vm;
    struct host host;
    setup(&host, generation);

    // Twice: what the first life leaves is used again.
    for (int life = 0; life < 2; life++) {
        cr_assert(eq(int, bring_up(&host), GUNYAH_OK), "%s", reason(&host));
        cr_expect(eq(int, gunyah_vm_vmid(host.vm).value, GUNYAH_VMID_DYNAMIC_FIRST));
        expect_state(&host, GUNYAH_VM_STATE_RUNNING);
        struct side guest = guest_of(&host, &vm);
        cr_assert(eq(int, gunyah_guest_exit(guest.rm, GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR, true), GUNYAH_OK));
        cr_expect(eq(int, gunyah_vm_wait(host.vm, GUNYAH_VM_STATES_ENDED, TIMEOUT, NULL), GUNYAH_OK));
        expect_state(&host, GUNYAH_VM_STATE_EXITED);
        cr_assert(eq(int, gunyah_vm_exit_info(host.vm, TIMEOUT, &ended), GUNYAH_OK));
        cr_expect(eq(int, (int)ended.type, GUNYAH_VM_EXIT_TYPE_VM_EXIT));
        cr_expect(eq(int, ended.code, GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR));
        cr_expect(eq(int, ended.flags, GUNYAH_RM_VM_EXIT_FLAG_RESTART));
        disconnect(&guest);
        cr_expect(eq(int, gunyah_vm_reset(host.vm), GUNYAH_OK));
        cr_expect(
            eq(int, gunyah_vm_wait(host.vm, GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_RESET), TIMEOUT, NULL), GUNYAH_OK));
        // The same VM, the same memory, once more.
        cr_assert(eq(int, configure(&host), GUNYAH_OK), "%s", reason(&host));
        cr_assert(eq(int, gunyah_vm_init(host.vm), GUNYAH_OK), "%s", reason(&host));
        cr_assert(eq(int, gunyah_vm_start(host.vm), GUNYAH_OK), "%s", reason(&host));
        cr_expect(eq(int, gunyah_vm_stop(host.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK));
        cr_assert(eq(int, gunyah_vm_exit_info(host.vm, TIMEOUT, &ended), GUNYAH_OK));
        cr_expect(eq(int, (int)ended.type, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED));
        expect_destroyed(&host);
    }
    teardown(&host);
}

Test(sim_rm_vm, lives)
{
    live(GUNYAH_RM_GENERATION_2023);
    live(GUNYAH_RM_GENERATION_LATER);
}

// ---- the way down ------------------------------------------------------------------------------------------------

// From wherever the way up was left.
static void destroy_after(enum gunyah_rm_generation generation, unsigned steps)
{
    struct host host;
    setup(&host, generation);

    cr_assert(eq(int, gunyah_vm_create(gunyah_rm_vmm(host.side.rm), (gunyah_vmid_t){0}, &host.vm), GUNYAH_OK));
    if (steps > 0)
        cr_assert(eq(int, lend_image(&host), GUNYAH_OK));
    if (steps > 1)
        cr_assert(eq(int, configure(&host), GUNYAH_OK));
    if (steps > 2)
        cr_assert(eq(int, gunyah_vm_init(host.vm), GUNYAH_OK));
    if (steps > 3)
        cr_assert(eq(int, gunyah_vm_start(host.vm), GUNYAH_OK));
    if (steps > 4)
        cr_assert(eq(int, gunyah_vm_stop(host.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK));
    if (steps > 5)
        cr_assert(eq(int, gunyah_vm_reset(host.vm), GUNYAH_OK));
    expect_destroyed(&host);
    // All of it is there again.
    cr_expect(eq(int, bring_up(&host), GUNYAH_OK), "after %u: %s", steps, reason(&host));
    expect_destroyed(&host);
    teardown(&host);
}

Test(sim_rm_vm, destroy_from_every_state)
{
    for (unsigned steps = 0; steps <= 6; steps++) {
        destroy_after(GUNYAH_RM_GENERATION_2023, steps);
        destroy_after(GUNYAH_RM_GENERATION_LATER, steps);
    }
}

Test(sim_rm_vm, destroy_what_waits_for_authentication)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    struct host host;
    setup(&host, GUNYAH_RM_GENERATION_2023);

    cr_assert(eq(int, gunyah_vm_create(gunyah_rm_vmm(host.side.rm), (gunyah_vmid_t){0}, &host.vm), GUNYAH_OK));
    cr_assert(eq(int, lend_image(&host), GUNYAH_OK));
    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    image.memparcel = gunyah_memparcel_handle(host.image);
    image.dtb_size = 0x1000;
    cr_assert(eq(int, gunyah_vm_configure(host.vm, &image), GUNYAH_OK), "%s", reason(&host));
    expect_state(&host, GUNYAH_VM_STATE_AUTH);
    expect_destroyed(&host);
    teardown(&host);
}

// ---- faults ------------------------------------------------------------------------------------------------------

static const uint32_t messages[] = {
    GUNYAH_RM_VM_ALLOCATE,  GUNYAH_RM_MEM_LEND,      GUNYAH_RM_VM_CONFIG_IMAGE, GUNYAH_RM_VM_INIT,
    GUNYAH_RM_VM_START,     GUNYAH_RM_VM_STOP,       GUNYAH_RM_VM_RESET,        GUNYAH_RM_MEM_RECLAIM,
    GUNYAH_RM_VM_GET_STATE, GUNYAH_RM_VM_DEALLOCATE,
};

static const struct {
    enum gunyah_sim_rm_mischief mischief;
    uint64_t value;
    bool harmless; // for everybody who asks
} mischiefs[] = {
    {GUNYAH_SIM_RM_FAIL, GUNYAH_RMERR_BUSY, false},
    {GUNYAH_SIM_RM_FAIL, 0x99, false},
    {GUNYAH_SIM_RM_IGNORE, 0, false},
    {GUNYAH_SIM_RM_LOSE_REPLY, 0, false},
    {GUNYAH_SIM_RM_REPEAT_REPLY, 0, true},
    {GUNYAH_SIM_RM_STALE_REPLY, 0, true},
    {GUNYAH_SIM_RM_OTHER_REPLY, 0, true},
    {GUNYAH_SIM_RM_LATE_REPLY, TIMEOUT / 2, true},
    {GUNYAH_SIM_RM_PAD_REPLY, 12, true},
    {GUNYAH_SIM_RM_GARBAGE, 0, true},
    {GUNYAH_SIM_RM_FLOOD, 300, true},
    {GUNYAH_SIM_RM_NO_INTERRUPT, 0, true},
};

static void add_fault(struct host *host, uint32_t message, size_t mischief)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;

    fault.message = message;
    fault.mischief = mischiefs[mischief].mischief;
    fault.value = mischiefs[mischief].value;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(host->sim, &fault), GUNYAH_OK));
}

// What is made in the dark, because a reply with a VMID or a handle was lost, nobody can find again.
static bool is_lost_for_good(uint32_t message, size_t mischief)
{
    return mischiefs[mischief].mischief == GUNYAH_SIM_RM_LOSE_REPLY &&
           (message == GUNYAH_RM_VM_ALLOCATE || message == GUNYAH_RM_MEM_LEND);
}

// One request goes wrong; then the VM is taken down, twice if need be, and nothing is left: all can be made again.
static void go_wrong(uint32_t message, size_t mischief)
{
    struct host host;
    setup(&host, GUNYAH_RM_GENERATION_2023);

    add_fault(&host, message, mischief);
    const enum gunyah_error error = bring_up(&host);
    if (mischiefs[mischief].harmless)
        cr_expect(eq(int, error, GUNYAH_OK), "%#x, mischief %zu", message, mischief);
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    if (host.vm != NULL && gunyah_vm_destroy(&host.vm, TIMEOUT, &remains) != GUNYAH_OK) {
        cr_expect(not(mischiefs[mischief].harmless), "%#x, mischief %zu: %s %d %s", message, mischief, remains.step,
                  remains.error, reason(&host));
        cr_expect(eq(int, gunyah_vm_destroy(&host.vm, TIMEOUT, NULL), GUNYAH_OK), "%#x, mischief %zu: %s", message,
                  mischief, reason(&host));
    }
    if (!is_lost_for_good(message, mischief)) {
        cr_assert(eq(int, bring_up(&host), GUNYAH_OK), "%#x, mischief %zu: %s", message, mischief, reason(&host));
        cr_expect(eq(int, gunyah_vm_vmid(host.vm).value, GUNYAH_VMID_DYNAMIC_FIRST));
        expect_destroyed(&host);
    }
    teardown(&host);
}

Test(sim_rm_vm, every_request_goes_wrong)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        for (size_t k = 0; k < sizeof(mischiefs) / sizeof(mischiefs[0]); k++)
            go_wrong(messages[i], k);
    }
}

// ---- what they share ---------------------------------------------------------------------------------------------

Test(sim_rm_vm, resources)
{
    struct gunyah_vm_resource resources[16];
    struct gunyah_doorbell *bell;
    struct gunyah_doorbell *heard;
    struct gunyah_msgqueue *to;
    struct gunyah_msgqueue *from;
    struct host host;
    size_t count = 0;
    setup(&host, GUNYAH_RM_GENERATION_2023);

    cr_assert(eq(int, bring_up(&host), GUNYAH_OK), "%s", reason(&host));
    cr_assert(eq(int, gunyah_vm_resources(host.vm, resources, 16, &count), GUNYAH_OK));
    // A vCPU, two doorbells, and both queues of the pair.
    cr_expect(eq(sz, count, 5));
    cr_assert(eq(int, gunyah_vm_open_doorbell(host.vm, 1, true, &bell), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_open_doorbell(host.vm, 2, false, &heard), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_open_msgqueue(host.vm, 3, true, 0, &to), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_open_msgqueue(host.vm, 3, false, 0, &from), GUNYAH_OK));
    cr_expect(eq(int, gunyah_vm_open_doorbell(host.vm, 1, false, &bell), GUNYAH_ERR_RM_LOOKUP_FAILED));
    cr_expect(eq(int, gunyah_msgqueue_send(to, "hello", 5, GUNYAH_MSGQUEUE_PUSH, NULL), GUNYAH_OK));
    cr_expect(eq(int, gunyah_doorbell_wait(heard, 1, 0, NULL), GUNYAH_ERR_TIMEOUT));
    cr_expect(eq(int, gunyah_msgqueue_wait_not_empty(from, 0), GUNYAH_ERR_TIMEOUT));
    expect_destroyed(&host);
    teardown(&host);
}

Test(sim_rm_vm, identities)
{
    struct gunyah_vm_identity identity;
    struct gunyah_rm_vm_entry found[4];
    struct gunyah_sim_vm *vm;
    gunyah_vmid_t vmid;
    uint32_t type;
    size_t count = 0;
    struct host host;
    setup(&host, GUNYAH_RM_GENERATION_2023);

    cr_assert(eq(int, bring_up(&host), GUNYAH_OK), "%s", reason(&host));
    struct side guest = guest_of(&host, &vm);
    cr_assert(eq(int, gunyah_vm_self(host.side.rm, &vmid), GUNYAH_OK));
    cr_expect(eq(int, vmid.value, RM_HLOS));
    cr_assert(eq(int, gunyah_vm_self(guest.rm, &vmid), GUNYAH_OK));
    cr_expect(eq(int, vmid.value, gunyah_vm_vmid(host.vm).value));
    cr_assert(eq(int, gunyah_vm_owner(guest.rm, &vmid), GUNYAH_OK));
    cr_expect(eq(int, vmid.value, RM_HLOS));
    cr_assert(eq(int, gunyah_vm_host_type(guest.rm, &type), GUNYAH_OK));
    cr_expect(eq(u32, type, GUNYAH_RM_HOST_TYPE));
    cr_assert(eq(int, gunyah_vm_peers(guest.rm, found, 4, &count), GUNYAH_OK));
    cr_expect(eq(sz, count, 1));
    cr_expect(eq(int, found[0].vmid.value, RM_HLOS));
    cr_assert(eq(int, gunyah_vm_lookup_name(host.side.rm, "guest", found, 4, &count), GUNYAH_OK));
    cr_expect(eq(sz, count, 1));
    cr_expect(eq(int, found[0].vmid.value, gunyah_vm_vmid(host.vm).value));
    cr_assert(eq(int, gunyah_vm_lookup_uri(host.side.rm, "vm:nobody", found, 4, &count), GUNYAH_OK));
    cr_expect(eq(sz, count, 0));
    cr_assert(eq(int, gunyah_vm_identify(host.side.rm, gunyah_vm_vmid(host.vm), &identity), GUNYAH_OK));
    cr_expect(eq(str, identity.name, "guest"));
    cr_expect(eq(str, identity.uri, "vm:guest"));
    disconnect(&guest);
    expect_destroyed(&host);
    teardown(&host);
}

Test(sim_rm_vm, last_words_and_a_console)
{
    char message[GUNYAH_VM_CRASH_MESSAGE_SIZE];
    struct gunyah_rm_event event;
    struct gunyah_sim_vm *vm;
    struct host host;
    setup(&host, GUNYAH_RM_GENERATION_2023);

    cr_assert(eq(int, bring_up(&host), GUNYAH_OK), "%s", reason(&host));
    const gunyah_vmid_t vmid = gunyah_vm_vmid(host.vm);
    struct side guest = guest_of(&host, &vm);
    cr_expect(eq(int, gunyah_guest_set_status(guest.rm, GUNYAH_OS_STATUS_RUN, 1), GUNYAH_ERR_DENIED));
    cr_assert(eq(int, gunyah_guest_set_crash_message(guest.rm, "out of biscuits"), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_crash_message(host.side.rm, vmid, message), GUNYAH_OK));
    cr_expect(eq(str, message, "out of biscuits"));
    cr_expect(eq(int, gunyah_console_write(guest.rm, (gunyah_vmid_t){0}, "?", 1), GUNYAH_ERR_DENIED));
    cr_assert(eq(int, gunyah_console_open(host.side.rm, vmid), GUNYAH_OK));
    cr_assert(eq(int, gunyah_console_open(guest.rm, (gunyah_vmid_t){0}), GUNYAH_OK));
    cr_assert(eq(int, gunyah_console_write(guest.rm, (gunyah_vmid_t){0}, "hello", 5), GUNYAH_OK));
    do {
        cr_assert(eq(int, gunyah_rm_next_event(host.side.rm, &event, TIMEOUT), GUNYAH_OK));
    } while (event.id != GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS);
    cr_expect(eq(int, event.console.vmid.value, vmid.value));
    cr_assert(eq(int, event.console.size, 5));
    cr_expect(eq(int, memcmp(event.console.text, "hello", 5), 0));
    cr_expect(eq(int, gunyah_console_flush(guest.rm, (gunyah_vmid_t){0}), GUNYAH_OK));
    cr_expect(eq(int, gunyah_console_close(host.side.rm, vmid), GUNYAH_OK));
    disconnect(&guest);
    expect_destroyed(&host);
    teardown(&host);
}

// ---- memory ------------------------------------------------------------------------------------------------------

// Regions in pieces, both ways: the owner appends, and the other VM is told where they are a piece at a time.
static void share(size_t regions_count)
{
    static struct gunyah_memory_region regions[1100];
    static struct gunyah_memory_region mapped[1100];
    struct gunyah_memparcel_access access[] = {{{RM_HLOS}, GUNYAH_PGTABLE_ACCESS_RW, 0},
                                               {{0}, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_memparcel *parcel;
    struct gunyah_memparcel *theirs;
    struct gunyah_rm_event event;
    struct gunyah_sim_vm *vm;
    struct host host;
    size_t count = 0;
    setup(&host, GUNYAH_RM_GENERATION_2023);

    cr_assert(eq(int, bring_up(&host), GUNYAH_OK), "%s", reason(&host));
    struct side guest = guest_of(&host, &vm);
    access[1].vmid = gunyah_vm_vmid(host.vm);
    for (size_t i = 0; i < regions_count; i++)
        regions[i] = (struct gunyah_memory_region){RM_RAM + IMAGE_SIZE + i * 0x2000, 0x1000};
    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = 77;
    options.access = access;
    options.access_count = 2;
    options.regions = regions;
    options.region_count = regions_count;
    options.vm = host.vm;
    cr_assert(eq(int, gunyah_memparcel_create(host.side.rm, &options, &parcel), GUNYAH_OK), "%s", reason(&host));
    const struct gunyah_rm_vm_entry to = {access[1].vmid, 0};
    cr_assert(eq(int, gunyah_memparcel_notify(parcel, GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, 5, &to, 1), GUNYAH_OK));
    do {
        cr_assert(eq(int, gunyah_rm_next_event(guest.rm, &event, TIMEOUT), GUNYAH_OK));
    } while (event.id != GUNYAH_RM_NOTIFY_MEM_SHARED);
    offer.memparcel = event.mem_shared.parcel;
    offer.transaction = (enum gunyah_memparcel_transaction)event.mem_shared.transaction;
    offer.label = event.mem_shared.label;
    cr_assert(eq(int, gunyah_memparcel_open(guest.rm, &offer, &theirs), GUNYAH_OK));
    cr_assert(eq(int, gunyah_memparcel_accept(&theirs, NULL, mapped, 1100, &count), GUNYAH_OK), "%s",
              gunyah_sim_rm_reason(vm));
    cr_expect(eq(sz, count, regions_count));
    void *first;
    cr_expect(eq(int, gunyah_sim_find_memory(vm, mapped[0].address, 0x1000, &first), GUNYAH_OK));
    cr_expect(eq(u64, (uintptr_t)first, regions[0].address));
    void *last;
    cr_expect(eq(int, gunyah_sim_find_memory(vm, mapped[count - 1].address, 0x1000, &last), GUNYAH_OK));
    cr_expect(eq(u64, (uintptr_t)last, regions[count - 1].address));
    cr_expect(eq(int, gunyah_memparcel_notify(theirs, GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED, 5, NULL, 0), GUNYAH_OK));
    cr_expect(eq(int, gunyah_memparcel_reclaim(&parcel, false), GUNYAH_ERR_RM_MEM_INUSE));
    cr_expect(eq(int, gunyah_memparcel_release(theirs, false), GUNYAH_OK), "%s", gunyah_sim_rm_reason(vm));
    cr_expect(eq(int, gunyah_memparcel_notify(theirs, GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED, 5, NULL, 0), GUNYAH_OK));
    cr_expect(eq(int, gunyah_memparcel_close(&theirs), GUNYAH_OK));
    disconnect(&guest);
    expect_destroyed(&host);
    teardown(&host);
}

Test(sim_rm_vm, share_memory)
{
    share(1);
    share(512);
    share(513);
    share(1100);
}

// A piece fails on the way: nothing of the parcel is left, and the memory can be lent again.
Test(sim_rm_vm, parcel_undone)
{
    static struct gunyah_memory_region regions[1100];
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel;
    struct host host;
    setup(&host, GUNYAH_RM_GENERATION_2023);

    cr_assert(eq(int, gunyah_vm_create(gunyah_rm_vmm(host.side.rm), (gunyah_vmid_t){0}, &host.vm), GUNYAH_OK));
    const struct gunyah_memparcel_access access = {gunyah_vm_vmid(host.vm), GUNYAH_PGTABLE_ACCESS_RWX, 0};
    for (size_t i = 0; i < 1100; i++)
        regions[i] = (struct gunyah_memory_region){RM_RAM + i * 0x2000, 0x1000};
    options.access = &access;
    options.access_count = 1;
    options.regions = regions;
    options.region_count = 1100;
    fault.message = GUNYAH_RM_MEM_APPEND;
    fault.nth = 2;
    fault.value = GUNYAH_RMERR_NOMEM;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(host.sim, &fault), GUNYAH_OK));
    cr_expect(eq(int, gunyah_memparcel_create(host.side.rm, &options, &parcel), GUNYAH_ERR_NO_MEMORY));
    cr_expect(eq(ptr, parcel, NULL));
    cr_assert(eq(int, gunyah_memparcel_create(host.side.rm, &options, &parcel), GUNYAH_OK), "%s", reason(&host));
    cr_expect(eq(int, gunyah_memparcel_reclaim(&parcel, false), GUNYAH_OK));
    expect_destroyed(&host);
    teardown(&host);
}
