// SPDX-License-Identifier: BSD-3-Clause
// Scenarios with the Resource Manager: VMs that HLOS makes, memory that it shares, and what is told.
#include "scenario.hpp"

#include <chrono>

namespace scenario
{

using namespace std::chrono_literals;

constexpr std::uint64_t board = 0x50000000;
constexpr std::uint64_t window = 0x90000000;
constexpr std::uint64_t page = 0x1000;
constexpr std::uint32_t tag = 7;

// ---- the life of a VM --------------------------------------------------------------------------------------------

static void talk(host &h)
{
    auto bell = h.made.open_doorbell(1, false);
    step("HLOS opens the guest's doorbell", bell);
    step("nobody rang", bell->wait(1, gh::no_wait));
    auto queue = h.made.open_msgqueue(2, true);
    step("HLOS opens the guest's queue", queue);
    step("HLOS sends", queue->send(std::string_view("to the guest")));
    step("no such label", h.made.open_doorbell(99, true));
}

static void end_guest(host &h)
{
    step("the guest exits", h.guest.rm.exit(GUNYAH_VM_EXIT_CODE_DEVICE_ERROR, true));
    const auto status = h.made.wait(GUNYAH_VM_STATES_ENDED, gh::forever);
    step("HLOS waits for the end", status).number("state", status->state);
    const auto exit = h.made.exit_info(gh::forever);
    step("HLOS asks how", exit)
        .number("type", exit->type)
        .number("code", exit->code)
        .number("flags", exit->flags)
        .text("text", gh::text(*exit));
    h.leave_guest();
}

void vm()
{
    host h;
    gh::vm_remains remains;

    h.make_guest();
    const auto ready = h.made.status();
    step("the guest is made", ready).number("vmid", h.made.id().value).number("state", ready->state);
    step("it does not run", h.made.force_stop());
    h.enter_guest();
    const auto running = h.made.status();
    step("it runs", running).number("state", running->state);
    const auto self = h.guest.rm.self();
    step("the guest asks who it is", self).number("vmid", self->value);
    const auto owner = h.guest.rm.owner();
    step("the guest asks for its owner", owner).number("vmid", owner->value);
    talk(h);
    end_guest(h);
    step("HLOS destroys it", h.made.destroy(gh::forever, &remains));
    line("nothing remains", remains.error).number("memparcels", remains.memparcels);
}

void in_use()
{
    host h;

    h.make_guest();
    step("a second session", gh::session::open(h.hlos.vm.backend()));
    step("a VM is open", h.hlos.rm.close());
    h.destroy_guest();
    step("nothing is open", h.hlos.rm.close());
}

// ---- refusals ----------------------------------------------------------------------------------------------------

// A step that the library refused.
template <typename T> static void by_library(const client &c, const char *what, const gh::result<T> &answer)
{
    const gunyah_error_info *why = c.g.last_error();

    step(what, answer).number("domain", why->domain).text("call", why->call).text("text", why->text);
}

// A step that the Resource Manager refused.
template <typename T> static void by_rm(const client &c, const char *what, const gh::result<T> &answer)
{
    const gunyah_error_info *why = c.g.last_error();

    step(what, answer)
        .number("domain", why->domain)
        .number("code", static_cast<std::uint64_t>(why->code))
        .text("call", why->call)
        .text("reason", c.vm.rm_reason());
}

static void refuse_parcels(host &h)
{
    const gunyah_memory_region regions[] = {{board, 2 * page}, {board + page, page}};
    const gunyah_memparcel_access access[] = {{guest_vmid, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    gh::memparcel_options lend;

    lend.set_access(access).set_regions(regions);
    by_library(h.hlos, "regions that overlap", gh::memparcel::create(h.hlos.rm, lend));
    lend.set_regions({regions, 1});
    by_rm(h.hlos, "memory for a VM that there is not", gh::memparcel::create(h.hlos.rm, lend));
}

void refused()
{
    const std::uint8_t unknown[4] = {128, 0, 0, 0};
    gh::sim_rm_fault fault;
    host h;
    gh::resource_manager &rm = h.hlos.rm;

    by_rm(h.hlos, "a VMID that is not HLOS's", gh::vm::create(rm.vmm(), gh::vmid(1)));
    by_library(h.hlos, "a VMID that is none", gh::vm::create(rm.vmm(), gh::vmid(64)));
    by_rm(h.hlos, "a VM that there is not", gh::vm::open(rm.vmm(), guest_vmid));
    step("a request that would stop it", rm.call(GUNYAH_RM_VM_DEALLOCATE, unknown));
    refuse_parcels(h);
    fault.message = GUNYAH_RM_VM_HOST_GET_TYPE;
    fault.mischief = GUNYAH_SIM_RM_IGNORE;
    step("a request is to be lost", h.sim.add_fault(fault));
    step("HLOS asks for the host", rm.host_type());
    const auto type = rm.host_type();
    step("HLOS asks again", type).hex("type", *type);
}

void request()
{
    host h;
    gh::resource_manager &rm = h.hlos.rm;
    std::uint8_t reply[8] = {};

    step("HLOS begins to ask who it is", rm.begin(GUNYAH_RM_VM_GET_VMID, {}, reply));
    step("one at a time", rm.self());
    step("HLOS looks for the answer", rm.finish(gh::no_wait));
    const auto size = rm.finish(1ms);
    step("HLOS waits for the answer", size).bytes("reply", {reply, *size});
    step("it is over", rm.finish(1ms));
    step("HLOS begins again", rm.begin(GUNYAH_RM_VM_GET_VMID, {}, reply));
    step("HLOS gives up", rm.cancel());
    const auto self = rm.self();
    step("HLOS asks who it is", self).number("vmid", self->value);
    step("the answer nobody wanted").number("stale", rm.counters()->stale_replies);
}

// ---- memory ------------------------------------------------------------------------------------------------------

static gh::memparcel share(host &h)
{
    const gunyah_memory_region region[] = {{board, page}};
    const gunyah_memparcel_access access[] = {{guest_vmid, GUNYAH_PGTABLE_ACCESS_RW, 0},
                                              {hlos_vmid, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    const gunyah_rm_vm_entry to[] = {{guest_vmid, 0}};
    gh::memparcel_options options;

    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = tag;
    options.set_access(access).set_regions(region);
    auto given = gh::memparcel::create(h.hlos.rm, options);
    step("HLOS shares a page", given).number("handle", given->number());
    step("HLOS tells the guest", given->notify(GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, tag, to));
    return *std::move(given);
}

static gh::memparcel accept(host &h)
{
    const gunyah_memory_region place[] = {{window, page}};
    gh::memparcel_accept_options options;

    const auto event = h.guest.rm.next_event(gh::forever);
    step("the guest hears of it", event)
        .hex("id", event->id)
        .number("parcel", event->mem_shared.parcel)
        .number("owner", event->mem_shared.owner.value)
        .number("label", event->mem_shared.label)
        .number("tag", event->mem_shared.tag);
    auto offered = gh::memparcel::open(h.guest.rm, gh::memparcel_offer(event->mem_shared));
    step("the guest opens it", offered);
    step("the guest has not accepted it", offered->give_back());
    step("the guest accepts it", offered->accept(options.set_regions(place)));
    const auto memory = h.guest.vm.find_memory(window, page);
    step("it is the memory of HLOS", memory).hex("memory", reinterpret_cast<std::uintptr_t>(*memory));
    return *std::move(offered);
}

static void tell(host &h, gh::memparcel &parcel, std::uint32_t flag)
{
    step("the guest tells", parcel.notify(flag, tag));
    gunyah_rm_event event;
    do
        event = gh::throwing(h.hlos.rm.next_event(gh::forever));
    while (event.id == GUNYAH_RM_NOTIFY_VM_STATUS);
    step("HLOS hears it")
        .hex("id", event.id)
        .number("parcel", event.mem.parcel)
        .number("vmid", event.mem.vmid.value)
        .number("tag", event.mem.tag);
}

void parcel()
{
    host h;

    h.make_guest();
    h.enter_guest();
    gh::memparcel given = share(h);
    gh::memparcel offered = accept(h);
    tell(h, offered, GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED);
    step("HLOS wants it back too early", given.reclaim());
    step("HLOS releases what it shares", given.give_back());
    step("the guest releases it", offered.give_back());
    tell(h, offered, GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED);
    step("HLOS reclaims it", given.reclaim());
    step("the guest accepts it again", offered.accept());
    step("the guest closes it", offered.close());
    h.leave_guest();
    h.destroy_guest();
}

// ---- notifications -----------------------------------------------------------------------------------------------

static void expect_state(host &h, const char *what)
{
    const auto event = h.hlos.rm.next_event(gh::forever);

    step(what, event)
        .hex("id", event->id)
        .number("vmid", event->vm_status.vmid.value)
        .number("state", event->vm_status.state);
}

static void shut_down(host &h)
{
    step("HLOS asks the guest to end", h.made.ask_to_stop(GUNYAH_VM_STOP_REASON_RESTART));
    const auto asked = h.guest.rm.next_event(gh::forever);
    step("the guest is asked", asked).hex("id", asked->id).number("reason", asked->vm_shutdown.reason);
    h.leave_guest();
    step("the guest does not", h.hlos.rm.next_event(1ms));
    step("HLOS ends it", h.made.force_stop());
    expect_state(h, "it has ended");
    const auto exited = h.hlos.rm.next_event(gh::forever);
    step("HLOS hears how", exited).hex("id", exited->id).number("type", exited->vm_exited.type);
}

void events()
{
    host h;

    h.make_guest();
    h.enter_guest();
    expect_state(h, "it was configured");
    expect_state(h, "it was initialised");
    expect_state(h, "it was started");
    step("a guest says how far it is", h.guest.rm.set_status(GUNYAH_OS_STATUS_NONE, 5));
    shut_down(h);
    const gunyah_rm_counters &counters = *h.hlos.rm.counters();
    step("HLOS has counted")
        .number("requests", counters.requests)
        .number("replies", counters.replies)
        .number("notifications", counters.notifications)
        .number("lost", counters.lost_events)
        .number("malformed", counters.malformed);
    h.destroy_guest();
}

} // namespace scenario
