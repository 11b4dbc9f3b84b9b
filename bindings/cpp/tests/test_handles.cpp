// SPDX-License-Identifier: BSD-3-Clause
// Handles: moved, closed, empty, used in the wrong way; and callables that C calls. Without exceptions and RTTI.
#include "check.hpp"

#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace
{

static_assert(sizeof(gh::doorbell) == sizeof(void *) && sizeof(gh::session) == sizeof(void *));
static_assert(!std::is_copy_constructible_v<gh::doorbell> && !std::is_copy_assignable_v<gh::session>);
static_assert(std::is_nothrow_move_constructible_v<gh::doorbell> && std::is_nothrow_move_assignable_v<gh::vm>);
static_assert(!std::is_convertible_v<gunyah_doorbell *, gh::doorbell>, "taking over is said");

// A VM that talks to itself.
struct machine {
    machine()
    {
        sim = *gh::simulator::create();
        vm = *sim.add_vm("self");
        gh::sim_doorbell wire(vm, vm, gh::virq(42));
        CHECK(bool(sim.connect(wire)));
        to = gh::doorbell_options(wire.send_cap);
        from = gh::doorbell_options(wire.receive_cap, gh::virq(42));
        g = *gh::session::open(vm.backend());
    }

    gh::simulator sim;
    gh::sim_vm vm;
    gh::session g;
    gh::doorbell_options to;
    gh::doorbell_options from;
};

// A copy of a machine, and one made of its bytes: both go on from where it was.
void copies()
{
    machine m;
    gh::doorbell ring = *gh::doorbell::open(m.g, m.to);
    CHECK(bool(ring.send(5)));
    std::vector<unsigned char> saved(m.sim.save_size());
    CHECK(bool(m.sim.save(saved)));
    gh::simulator others[] = {*m.sim.clone(), *gh::simulator::load(saved)};

    for (gh::simulator &other : others) {
        gh::sim_vm vm = *other.find_vm(gh::vmid(1));
        gh::session g = *gh::session::open(vm.backend());
        gh::doorbell hear = *gh::doorbell::open(g, m.from);
        CHECK(*hear.receive(7) == 5 && *hear.receive(7) == 0);
    }
    const char *why = nullptr;
    saved[100] ^= 1;
    CHECK(gh::simulator::load(saved, gh::sim_load_options(), &why).error() == GUNYAH_ERR_FORMAT);
    CHECK(std::string_view(why) == "the save is damaged: its checksum is another one");
}

// Looked at through a reference, so that the compiler does not see it.
template <typename Handle> void assign(Handle &left, Handle &right)
{
    left = std::move(right);
}

void moves()
{
    machine m;
    gh::doorbell first = *gh::doorbell::open(m.g, m.to);
    gunyah_doorbell *raw = first.get();

    gh::doorbell second = std::move(first);
    CHECK(!first && second.get() == raw);
    CHECK(bool(second.send(1)));
    assign(second, second);
    CHECK(second.get() == raw && bool(second.send(1)));

    // What was there goes to the other one, and ends with that.
    {
        gh::doorbell third = *gh::doorbell::open(m.g, m.from);
        assign(second, third);
        CHECK(third.get() == raw && second.get() != raw);
        CHECK(*second.receive() == 1);
    }
    CHECK(gunyah_doorbell_send(raw, 1, nullptr) == GUNYAH_ERR_HANDLE);
    second = gh::doorbell();
    CHECK(!second && *gh::doorbell::open(m.g, m.from)->receive() == 0);
}

// A session and what hangs on it, assigned to as one. The simulator would not have a second session of the VM.
void moves_together()
{
    struct side {
        gh::session g;
        gh::doorbell bell;
    };
    machine m;
    gh::sim_vm other = *m.sim.add_vm("other");

    side mine{std::move(m.g), gh::doorbell()};
    mine.bell = *gh::doorbell::open(mine.g, m.to);
    {
        side theirs{*gh::session::open(other.backend()), gh::doorbell()};
        theirs.bell = *gh::doorbell::open(theirs.g, m.to);
        mine = std::move(theirs);
    }
    CHECK(bool(gh::session::open(m.vm.backend())));
    CHECK(mine.bell.send(1).error() != GUNYAH_ERR_HANDLE);
}

void the_end_closes()
{
    machine m;
    gunyah_doorbell *raw = nullptr;

    {
        gh::doorbell bell = *gh::doorbell::open(m.g, m.to);
        raw = bell.get();
    }
    CHECK(gunyah_doorbell_send(raw, 1, nullptr) == GUNYAH_ERR_HANDLE);
    gh::doorbell handed_over = *gh::doorbell::open(m.g, m.to);
    raw = handed_over.release();
    CHECK(!handed_over && gunyah_doorbell_send(raw, 1, nullptr) == GUNYAH_OK);
    CHECK(bool(gh::doorbell(raw)));
    CHECK(gunyah_doorbell_send(raw, 1, nullptr) == GUNYAH_ERR_HANDLE);
}

void empty_ones()
{
    gh::session g;
    gh::doorbell bell;
    gh::vm vm;
    gh::memparcel parcel;
    gh::resource_manager rm;

    CHECK(bell.send(1).error() == GUNYAH_ERR_NULL);
    CHECK(bell.receive().error() == GUNYAH_ERR_NULL);
    CHECK(bell.close().error() == GUNYAH_ERR_HANDLE);
    CHECK(bell.cap() == gh::no_cap);
    CHECK(g.last_error() == nullptr && g.counters() == nullptr && !g.has(GUNYAH_FEATURE_DOORBELL));
    CHECK(gh::doorbell::open(g, gh::doorbell_options()).error() == GUNYAH_ERR_NULL);
    CHECK(gh::session::open(static_cast<gunyah_backend *>(nullptr)).error() == GUNYAH_ERR_NULL);
    CHECK(vm.start().error() == GUNYAH_ERR_NULL && vm.id() == gh::vmid(0));
    CHECK(vm.destroy(gh::no_wait).error() == GUNYAH_ERR_HANDLE);
    CHECK(parcel.reclaim().error() == GUNYAH_ERR_HANDLE && parcel.number() == GUNYAH_RM_HANDLE_INVALID);
    CHECK(rm.self().error() == GUNYAH_ERR_NULL && rm.vmm() == nullptr);
}

// What cannot be closed stays.
void closes_too_early()
{
    machine m;

    CHECK(m.sim.close().error() == GUNYAH_ERR_IN_USE);
    CHECK(bool(m.sim) && m.sim.now() > 0);
    CHECK(bool(m.g.close()) && !m.g);
    CHECK(bool(m.sim.close()) && !m.sim);
}

void waits()
{
    machine m;
    gh::doorbell to = *gh::doorbell::open(m.g, m.to);

    CHECK(m.g.wait(gh::virq(42), gh::no_wait).error() == GUNYAH_ERR_TIMEOUT);
    CHECK(bool(to.send(1)));
    const gunyah_virq_t both[] = {gh::virq(41), gh::virq(42)};
    CHECK(*m.g.wait(both, gh::forever) == 1);
    CHECK(m.g.wait(gh::virq(5000), gh::no_wait).error() == GUNYAH_ERR_ARGUMENT_INVALID);
}

// ---- what C calls ------------------------------------------------------------------------------------------------

void observes_with_what_it_captures()
{
    machine m;
    std::string seen;
    // Callables that can only be moved are good enough.
    gh::observer watch(
        [&seen, own = std::make_unique<int>(7)](const gunyah_call_event &event) {
            seen += event.number == GUNYAH_HYPERCALL_DOORBELL_SEND ? "s" : "?";
            return *own != 7;
        },
        [&](const gunyah_call_event &) { seen += "."; });
    gh::open_options options(m.vm.backend());

    options.observer = watch.get();
    CHECK(bool(m.g.close()));
    m.g = *gh::session::open(options);
    gh::doorbell to = *gh::doorbell::open(m.g, m.to);
    seen.clear();
    CHECK(bool(to.send(1)) && bool(to.send(2)));
    CHECK(seen == "s.s.");
    CHECK(bool(to.close()) && bool(m.g.close()));
}

void traces()
{
    machine m;
    std::string all;
    auto sink = [&](const char *line) { all += line; };
    gh::doorbell to = *gh::doorbell::open(m.g, m.to);

    CHECK(bool(m.sim.trace(sink)));
    CHECK(bool(to.send(0x123)));
    CHECK(all.find("new_flags=0x123") != std::string::npos);
    all.clear();
    CHECK(bool(m.sim.stop_trace()));
    CHECK(bool(to.send(0x123)) && all.empty());
}

// A device that counts, and one that refuses.
void finds_devices_on_a_bus()
{
    gunyah_mmio_region room[2];
    gh::mmio_bus bus(room);
    std::uint64_t sum = 0;
    auto counter = [&](gunyah_mmio_access &access) {
        if (access.is_write)
            sum += access.value;
        else
            access.value = sum + access.offset;
        return GUNYAH_OK;
    };
    auto refuser = [](gunyah_mmio_access &) { return GUNYAH_ERR_DENIED; };
    std::uint8_t data[4] = {5, 0, 0, 0};

    CHECK(bool(bus.add(0x1000, 0x100, counter)) && bool(bus.add(0x2000, 0x100, refuser)));
    CHECK(bus.add(0x3000, 0x100, refuser).error() == GUNYAH_ERR_FULL);
    CHECK(bus.add(0x1080, 0x100, refuser).error() == GUNYAH_ERR_BUSY);
    CHECK(bool(bus.write(0x1000, data, 4)) && bool(bus.write(0x1000, data, 4)));
    CHECK(bool(bus.read(0x1004, data, 4)) && data[0] == 14);
    CHECK(bus.read(0x2000, data, 4).error() == GUNYAH_ERR_DENIED);
    CHECK(bool(bus.remove(0x1000)) && bus.read(0x1000, data, 4).error() == GUNYAH_ERR_NOT_FOUND);
}

// ---- memory ------------------------------------------------------------------------------------------------------

void opens_in_an_arena()
{
    machine m;
    alignas(16) unsigned char memory[4096];
    gh::arena arena(memory);
    gh::open_options options(m.vm.backend());

    CHECK(bool(m.g.close()));
    options.allocator = arena.get();
    {
        gh::session g = *gh::session::open(options);
        CHECK(arena.used() > 0);
        CHECK(bool(gh::doorbell::open(g, m.to)));
    }
    CHECK(arena.used() == 0);
    gh::arena none{gh::bytes()};
    options.allocator = none.get();
    CHECK(gh::session::open(options).error() == GUNYAH_ERR_OUT_OF_MEMORY);
}

void places_a_kernel()
{
    static const unsigned char raw[] = {0x1f, 0x20, 0x03, 0xd5};
    unsigned char memory[8] = {};
    gh::boot_request request;

    const gh::boot_kernel kernel = *gh::boot_kernel::inspect(raw);
    CHECK(kernel.format == GUNYAH_BOOT_RAW && kernel.memory_size == sizeof(raw));
    request.memory = {0x80000000, 0x100000};
    request.dtb_size = 0x1000;
    const auto cramped = gh::boot_layout::place(kernel, request);
    CHECK(cramped.error() == GUNYAH_ERR_BUFFER_TOO_SMALL && cramped->end > 0x80100000);
    request.memory.size = cramped->end - request.memory.address;
    CHECK(gh::boot_layout::place(kernel, request)->entry == 0x80000000);
    CHECK(bool(kernel.load(raw, memory)) && memory[3] == 0xd5 && memory[4] == 0);
    CHECK(gh::boot_kernel::inspect(gh::const_bytes()).error() != GUNYAH_OK);
}

// ---- trouble -----------------------------------------------------------------------------------------------------

void makes_trouble()
{
    const gh::const_bytes wrong("lost x", 6);
    machine m;
    gh::sim_hazard hazard;
    gh::sim_plan_problem problem;

    CHECK(m.sim.heap_used() > 0 && bool(m.sim.seed_faults(1)));
    CHECK(bool(m.sim.add_hazard(hazard)));
    hazard.nth = 0;
    CHECK(m.sim.add_hazard(hazard).error() == GUNYAH_ERR_ARGUMENT_INVALID);
    CHECK(m.sim.add_plan(wrong, &problem).error() == GUNYAH_ERR_ARGUMENT_INVALID && problem.line == 1);
    CHECK(m.vm.set_incoherent(true).error() == GUNYAH_ERR_IN_USE);
    CHECK(bool(m.g.close()) && bool(m.vm.set_incoherent(true)));
}

} // namespace

int main()
{
    moves();
    moves_together();
    the_end_closes();
    empty_ones();
    closes_too_early();
    waits();
    observes_with_what_it_captures();
    traces();
    finds_devices_on_a_bus();
    opens_in_an_arena();
    places_a_kernel();
    copies();
    makes_trouble();
}
