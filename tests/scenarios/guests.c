// SPDX-License-Identifier: BSD-3-Clause
// Scenarios with the Resource Manager: VMs that HLOS makes, memory that it shares, and what is told.
#include "scenario.h"

#define MS UINT64_C(1000000)
#define BOARD UINT64_C(0x50000000)  // Memory of HLOS, for a parcel. Nobody touches it either.
#define WINDOW UINT64_C(0x90000000) // Where the guest maps it.
#define PAGE UINT64_C(0x1000)
#define TAG 7

// ---- the life of a VM --------------------------------------------------------------------------------------------

static void talk(struct host *host)
{
    struct gunyah_doorbell *bell = NULL;
    struct gunyah_msgqueue *queue = NULL;

    step("HLOS opens the guest's doorbell", gunyah_vm_open_doorbell(host->made, GUEST_BELL, false, &bell), GUNYAH_OK);
    step("nobody rang", gunyah_doorbell_wait(bell, 1, 0, NULL), GUNYAH_ERR_TIMEOUT);
    step("HLOS opens the guest's queue", gunyah_vm_open_msgqueue(host->made, GUEST_QUEUE, true, 0, &queue), GUNYAH_OK);
    step("HLOS sends", gunyah_msgqueue_send(queue, "to the guest", 12, 0, NULL), GUNYAH_OK);
    step("no such label", gunyah_vm_open_doorbell(host->made, 99, true, &bell), GUNYAH_ERR_RM_LOOKUP_FAILED);
}

static void end_guest(struct host *host)
{
    struct gunyah_vm_status status;
    struct gunyah_vm_exit exit;

    step("the guest exits", gunyah_guest_exit(host->guest.rm, GUNYAH_VM_EXIT_CODE_DEVICE_ERROR, true), GUNYAH_OK);
    step("HLOS waits for the end", gunyah_vm_wait(host->made, GUNYAH_VM_STATES_ENDED, GUNYAH_WAIT_FOREVER, &status),
         GUNYAH_OK);
    number("state", status.state, GUNYAH_VM_STATE_EXITED);
    step("HLOS asks how", gunyah_vm_exit_info(host->made, GUNYAH_WAIT_FOREVER, &exit), GUNYAH_OK);
    number("type", exit.type, GUNYAH_VM_EXIT_TYPE_VM_EXIT);
    number("code", exit.code, GUNYAH_VM_EXIT_CODE_DEVICE_ERROR);
    number("flags", exit.flags, GUNYAH_RM_VM_EXIT_FLAG_RESTART);
    text("text", gunyah_vm_exit_text(&exit));
    leave_guest(host);
}

void vm(void)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct gunyah_vm_status status;
    gunyah_vmid_t self = {0};
    struct host host;

    open_host(&host);
    make_guest(&host);
    step("the guest is made", gunyah_vm_get_status(host.made, &status), GUNYAH_OK);
    number("vmid", gunyah_vm_vmid(host.made).value, GUEST_VMID);
    number("state", status.state, GUNYAH_VM_STATE_READY);
    step("it does not run", gunyah_vm_stop(host.made, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_ERR_OBJECT_STATE);
    enter_guest(&host);
    step("it runs", gunyah_vm_get_status(host.made, &status), GUNYAH_OK);
    number("state", status.state, GUNYAH_VM_STATE_RUNNING);
    step("the guest asks who it is", gunyah_vm_self(host.guest.rm, &self), GUNYAH_OK);
    number("vmid", self.value, GUEST_VMID);
    step("the guest asks for its owner", gunyah_vm_owner(host.guest.rm, &self), GUNYAH_OK);
    number("vmid", self.value, HLOS_VMID);
    talk(&host);
    end_guest(&host);
    step("HLOS destroys it", gunyah_vm_destroy(&host.made, GUNYAH_WAIT_FOREVER, &remains), GUNYAH_OK);
    step("nothing remains", remains.error, GUNYAH_OK);
    number("memparcels", remains.memparcels, 0);
    close_host(&host);
}

void in_use(void)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *second = NULL;
    struct host host;

    open_host(&host);
    make_guest(&host);
    options.backend = gunyah_sim_backend(host.hlos.vm);
    step("a second session", gunyah_open(&options, &second), GUNYAH_ERR_IN_USE);
    step("a VM is open", gunyah_rm_close(&host.hlos.rm), GUNYAH_ERR_IN_USE);
    destroy_guest(&host);
    step("nothing is open", gunyah_rm_close(&host.hlos.rm), GUNYAH_OK);
    must(gunyah_close(&host.hlos.g), "close");
    must(gunyah_sim_destroy(&host.sim), "sim_destroy");
}

// ---- refusals ----------------------------------------------------------------------------------------------------

// By the library, before anything left it.
static void explain_library(const struct client *client)
{
    const struct gunyah_error_info *why = gunyah_last_error(client->g);

    number("domain", why->domain, GUNYAH_DOMAIN_LIBRARY);
    text("call", why->call);
    text("text", why->text);
}

// By the Resource Manager, with its own code.
static void explain_rm(const struct client *client, uint64_t code)
{
    const struct gunyah_error_info *why = gunyah_last_error(client->g);

    number("domain", why->domain, GUNYAH_DOMAIN_RM);
    number("code", (uint64_t)why->code, code);
    text("call", why->call);
    text("reason", gunyah_sim_rm_reason(client->vm));
}

static void refuse_parcels(struct host *host)
{
    const struct gunyah_memory_region regions[] = {{BOARD, 2 * PAGE}, {BOARD + PAGE, PAGE}};
    const struct gunyah_memparcel_access access = {gunyah_vmid(GUEST_VMID), GUNYAH_PGTABLE_ACCESS_RW, 0};
    struct gunyah_memparcel_options lend = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel = NULL;

    lend.access = &access;
    lend.access_count = 1;
    lend.regions = regions;
    lend.region_count = 2;
    step("regions that overlap", gunyah_memparcel_create(host->hlos.rm, &lend, &parcel), GUNYAH_ERR_ARGUMENT_INVALID);
    explain_library(&host->hlos);
    lend.region_count = 1;
    step("memory for a VM that there is not", gunyah_memparcel_create(host->hlos.rm, &lend, &parcel),
         GUNYAH_ERR_ARGUMENT_INVALID);
    explain_rm(&host->hlos, GUNYAH_RMERR_ARGUMENT_INVALID);
}

static void lose_a_request(struct host *host)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;
    uint32_t type = 0;

    fault.message = GUNYAH_RM_VM_HOST_GET_TYPE;
    fault.mischief = GUNYAH_SIM_RM_IGNORE;
    step("a request is to be lost", gunyah_sim_add_rm_fault(host->sim, &fault), GUNYAH_OK);
    step("HLOS asks for the host", gunyah_vm_host_type(host->hlos.rm, &type), GUNYAH_ERR_TIMEOUT);
    step("HLOS asks again", gunyah_vm_host_type(host->hlos.rm, &type), GUNYAH_OK);
    hex("type", type, GUNYAH_RM_HOST_TYPE);
}

void refused(void)
{
    static const uint8_t unknown[4] = {GUEST_VMID};
    struct host host;

    open_host(&host);
    step("a VMID that is not HLOS's", gunyah_vm_create(gunyah_rm_vmm(host.hlos.rm), gunyah_vmid(1), &host.made),
         GUNYAH_ERR_NO_RESOURCES);
    explain_rm(&host.hlos, GUNYAH_RMERR_NORESOURCE);
    step("a VMID that is none", gunyah_vm_create(gunyah_rm_vmm(host.hlos.rm), gunyah_vmid(64), &host.made),
         GUNYAH_ERR_ARGUMENT_INVALID);
    explain_library(&host.hlos);
    step("a VM that there is not", gunyah_vm_open(gunyah_rm_vmm(host.hlos.rm), gunyah_vmid(GUEST_VMID), &host.made),
         GUNYAH_ERR_NO_RESOURCES);
    explain_rm(&host.hlos, GUNYAH_RMERR_NORESOURCE);
    step("a request that would stop it",
         gunyah_rm_call(host.hlos.rm, GUNYAH_RM_VM_DEALLOCATE, unknown, sizeof(unknown), NULL, 0, NULL,
                        GUNYAH_RM_DEFAULT_TIMEOUT),
         GUNYAH_ERR_WOULD_CRASH);
    refuse_parcels(&host);
    lose_a_request(&host);
    close_host(&host);
}

// Begun and finished by hand, with other things in between.
void request(void)
{
    struct host host;
    uint8_t reply[8] = {0};
    size_t size = 0;
    gunyah_vmid_t self = {0};

    open_host(&host);
    step("HLOS begins to ask who it is", gunyah_rm_begin(host.hlos.rm, GUNYAH_RM_VM_GET_VMID, NULL, 0, reply, 8),
         GUNYAH_OK);
    step("one at a time", gunyah_vm_self(host.hlos.rm, &self), GUNYAH_ERR_BUSY);
    step("HLOS looks for the answer", gunyah_rm_finish(host.hlos.rm, NULL, 0), GUNYAH_ERR_TIMEOUT);
    step("HLOS waits for the answer", gunyah_rm_finish(host.hlos.rm, &size, MS), GUNYAH_OK);
    bytes("reply", reply, size);
    step("it is over", gunyah_rm_finish(host.hlos.rm, &size, MS), GUNYAH_ERR_OBJECT_STATE);
    step("HLOS begins again", gunyah_rm_begin(host.hlos.rm, GUNYAH_RM_VM_GET_VMID, NULL, 0, reply, 8), GUNYAH_OK);
    step("HLOS gives up", gunyah_rm_cancel(host.hlos.rm), GUNYAH_OK);
    step("HLOS asks who it is", gunyah_vm_self(host.hlos.rm, &self), GUNYAH_OK);
    number("vmid", self.value, HLOS_VMID);
    step("the answer nobody wanted", GUNYAH_OK, GUNYAH_OK);
    number("stale", gunyah_rm_get_counters(host.hlos.rm)->stale_replies, 1);
    close_host(&host);
}

// ---- memory ------------------------------------------------------------------------------------------------------

// Shared by HLOS with the guest: one page, which both may read and write.
static struct gunyah_memparcel *share(struct host *host)
{
    const struct gunyah_memory_region region = {BOARD, PAGE};
    const struct gunyah_memparcel_access access[] = {{gunyah_vmid(GUEST_VMID), GUNYAH_PGTABLE_ACCESS_RW, 0},
                                                     {gunyah_vmid(HLOS_VMID), GUNYAH_PGTABLE_ACCESS_RW, 0}};
    const struct gunyah_rm_vm_entry guest = {gunyah_vmid(GUEST_VMID), 0};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *given = NULL;

    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = TAG;
    options.access = access;
    options.access_count = 2;
    options.regions = &region;
    options.region_count = 1;
    step("HLOS shares a page", gunyah_memparcel_create(host->hlos.rm, &options, &given), GUNYAH_OK);
    number("handle", gunyah_memparcel_handle(given), 1);
    step("HLOS tells the guest", gunyah_memparcel_notify(given, GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, TAG, &guest, 1),
         GUNYAH_OK);
    return given;
}

static struct gunyah_memparcel *accept(struct host *host)
{
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_memparcel *offered = NULL;
    const struct gunyah_memory_region place = {WINDOW, PAGE};
    struct gunyah_memparcel_accept_options options = GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT;
    struct gunyah_rm_event event;
    void *memory = NULL;

    step("the guest hears of it", gunyah_rm_next_event(host->guest.rm, &event, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    hex("id", event.id, GUNYAH_RM_NOTIFY_MEM_SHARED);
    number("parcel", event.mem_shared.parcel, 1);
    number("owner", event.mem_shared.owner.value, HLOS_VMID);
    number("label", event.mem_shared.label, TAG);
    number("tag", event.mem_shared.tag, TAG);
    offer.memparcel = event.mem_shared.parcel;
    offer.label = event.mem_shared.label;
    step("the guest opens it", gunyah_memparcel_open(host->guest.rm, &offer, &offered), GUNYAH_OK);
    step("the guest has not accepted it", gunyah_memparcel_release(offered, false), GUNYAH_ERR_OBJECT_STATE);
    options.regions = &place;
    options.region_count = 1;
    step("the guest accepts it", gunyah_memparcel_accept(&offered, &options, NULL, 0, NULL), GUNYAH_OK);
    step("it is the memory of HLOS", gunyah_sim_find_memory(host->guest.vm, WINDOW, PAGE, &memory), GUNYAH_OK);
    hex("memory", (uintptr_t)memory, BOARD);
    return offered;
}

// The guest tells HLOS what it did with the parcel, and HLOS hears it.
static void tell(struct host *host, struct gunyah_memparcel *parcel, uint32_t flag, uint32_t notification)
{
    struct gunyah_rm_event event;

    step("the guest tells", gunyah_memparcel_notify(parcel, flag, TAG, NULL, 0), GUNYAH_OK);
    do {
        must(gunyah_rm_next_event(host->hlos.rm, &event, GUNYAH_WAIT_FOREVER), "rm_next_event");
    } while (event.id == GUNYAH_RM_NOTIFY_VM_STATUS);
    step("HLOS hears it", GUNYAH_OK, GUNYAH_OK);
    hex("id", event.id, notification);
    number("parcel", event.mem.parcel, 1);
    number("vmid", event.mem.vmid.value, GUEST_VMID);
    number("tag", event.mem.tag, TAG);
}

void parcel(void)
{
    struct host host;

    open_host(&host);
    make_guest(&host);
    enter_guest(&host);
    struct gunyah_memparcel *given = share(&host);
    struct gunyah_memparcel *offered = accept(&host);
    tell(&host, offered, GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED, GUNYAH_RM_NOTIFY_MEM_ACCEPTED);
    step("HLOS wants it back too early", gunyah_memparcel_reclaim(&given, false), GUNYAH_ERR_RM_MEM_INUSE);
    step("HLOS releases what it shares", gunyah_memparcel_release(given, false), GUNYAH_ERR_OBJECT_STATE);
    step("the guest releases it", gunyah_memparcel_release(offered, false), GUNYAH_OK);
    tell(&host, offered, GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED, GUNYAH_RM_NOTIFY_MEM_RELEASED);
    step("HLOS reclaims it", gunyah_memparcel_reclaim(&given, false), GUNYAH_OK);
    step("the guest accepts it again", gunyah_memparcel_accept(&offered, NULL, NULL, 0, NULL),
         GUNYAH_ERR_RM_HANDLE_INVALID);
    step("the guest closes it", gunyah_memparcel_close(&offered), GUNYAH_OK);
    leave_guest(&host);
    destroy_guest(&host);
    close_host(&host);
}

// ---- notifications -----------------------------------------------------------------------------------------------

static void expect_state(struct host *host, const char *what, enum gunyah_vm_state state)
{
    struct gunyah_rm_event event;

    step(what, gunyah_rm_next_event(host->hlos.rm, &event, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    hex("id", event.id, GUNYAH_RM_NOTIFY_VM_STATUS);
    number("vmid", event.vm_status.vmid.value, GUEST_VMID);
    number("state", event.vm_status.state, state);
}

static void shut_down(struct host *host)
{
    struct gunyah_rm_event event;

    step("HLOS asks the guest to end", gunyah_vm_stop(host->made, false, GUNYAH_VM_STOP_REASON_RESTART), GUNYAH_OK);
    step("the guest is asked", gunyah_rm_next_event(host->guest.rm, &event, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    hex("id", event.id, GUNYAH_RM_NOTIFY_VM_SHUTDOWN);
    number("reason", event.vm_shutdown.reason, GUNYAH_VM_STOP_REASON_RESTART);
    leave_guest(host);
    step("the guest does not", gunyah_rm_next_event(host->hlos.rm, &event, MS), GUNYAH_ERR_TIMEOUT);
    step("HLOS ends it", gunyah_vm_stop(host->made, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK);
    expect_state(host, "it has ended", GUNYAH_VM_STATE_EXITED);
    step("HLOS hears how", gunyah_rm_next_event(host->hlos.rm, &event, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    hex("id", event.id, GUNYAH_RM_NOTIFY_VM_EXITED);
    number("type", event.vm_exited.type, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED);
}

void events(void)
{
    struct host host;

    open_host(&host);
    make_guest(&host);
    enter_guest(&host);
    expect_state(&host, "it was configured", GUNYAH_VM_STATE_INIT);
    expect_state(&host, "it was initialised", GUNYAH_VM_STATE_READY);
    expect_state(&host, "it was started", GUNYAH_VM_STATE_RUNNING);
    step("a guest says how far it is", gunyah_guest_set_status(host.guest.rm, GUNYAH_OS_STATUS_NONE, 5),
         GUNYAH_ERR_DENIED);
    shut_down(&host);
    const struct gunyah_rm_counters *counters = gunyah_rm_get_counters(host.hlos.rm);
    step("HLOS has counted", GUNYAH_OK, GUNYAH_OK);
    number("requests", counters->requests, 7);
    number("replies", counters->replies, 7);
    number("notifications", counters->notifications, 5);
    number("lost", counters->lost_events, 0);
    number("malformed", counters->malformed, 0);
    destroy_guest(&host);
    close_host(&host);
}
