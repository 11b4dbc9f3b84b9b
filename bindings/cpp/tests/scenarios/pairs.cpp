// SPDX-License-Identifier: BSD-3-Clause
// Scenarios of two VMs that are joined by a message queue and a doorbell.
#include "scenario.hpp"

#include <chrono>
#include <vector>

namespace scenario
{

using namespace std::chrono_literals;

static void identify_side(const char *what, const gh::session &g)
{
    const auto who = g.identify();

    step(what, who)
        .number("api_version", who->api_version)
        .hex("variant", who->variant)
        .number("big_endian", who->big_endian)
        .number("is_64bit", who->is_64bit)
        .number("convention", who->convention)
        .number("conduit", who->conduit)
        .text("backend", who->backend)
        .number("has_doorbell", g.has(GUNYAH_FEATURE_DOORBELL))
        .number("has_wait", g.has(GUNYAH_FEATURE_WAIT))
        .number("has_watchdog", g.has(GUNYAH_FEATURE_WATCHDOG));
}

void identify()
{
    pair p;

    identify_side("alice identifies", p.alice.g);
    identify_side("bob identifies", p.bob.g);
    line("bob has failed in nothing", p.bob.g.last_error()->error).number("calls", p.bob.g.call_count());
}

// ---- doorbells ---------------------------------------------------------------------------------------------------

static void ring(side &from, const char *what, std::uint64_t flags)
{
    std::uint64_t old = 0;

    step(what, from.bell.send(flags, &old)).hex("old", old);
}

static void look(side &at, const char *what, std::uint64_t clear)
{
    const auto flags = at.bell.receive(clear);

    step(what, flags).hex("flags", *flags);
}

static constexpr std::uint64_t all = ~std::uint64_t{0};

void doorbell()
{
    pair p;
    gh::doorbell &bell = p.bob.bell;

    ring(p.alice, "alice rings 0x1", 0x1);
    ring(p.alice, "alice rings 0x4", 0x4);
    look(p.bob, "bob receives 0x1", 0x1);
    step("bob receives nothing", bell.receive(0));
    step("bob enables 0x4", bell.mask(0x4, 0));
    look(p.bob, "bob receives all", all);
    step("bob enables and acknowledges 0x2", bell.mask(0x2, 0x2));
    ring(p.alice, "alice rings 0x2", 0x2);
    look(p.bob, "bob finds it acknowledged", all);
    step("bob resets", bell.reset());
    ring(p.alice, "alice rings the last flag", std::uint64_t{1} << 63);
    look(p.bob, "bob receives the last flag", all);
    step("bob rings", bell.send(1));
    step("alice receives", p.alice.bell.receive(1));
}

void doorbell_wait()
{
    pair p;
    gh::doorbell &bell = p.bob.bell;

    ring(p.alice, "alice rings 0x3", 0x3);
    const auto first = bell.wait(0x1, gh::forever);
    step("bob waits for 0x1", first).hex("flags", *first);
    const auto second = bell.wait(0x2, gh::no_wait);
    step("bob looks for 0x2", second).hex("flags", *second);
    const auto before = p.sim.now();
    step("bob waits 5 ms", bell.wait(0x1, 5ms)).number("passed", p.sim.now() - before);
    step("nobody will ring", bell.wait(0x1, gh::forever));
    step("alice waits", p.alice.bell.wait(0x1, 0s));
    step("bob waits for nothing", bell.wait(0, 0s));
    const auto later = p.sim.now();
    step("a second passes", p.sim.advance(1s)).number("passed", p.sim.now() - later);
}

// ---- message queues ----------------------------------------------------------------------------------------------

static void send(side &from, const char *what, std::string_view message)
{
    bool not_full = false;

    step(what, from.queue.send(message, 0, &not_full)).number("not_full", not_full);
}

static void receive(side &at, const char *what)
{
    char buffer[message_size];
    bool not_empty = false;
    const auto size = at.queue.receive(buffer, &not_empty);
    const line said = step(what, size);

    if (size)
        said.number("size", *size).bytes("data", {buffer, *size}).number("not_empty", not_empty);
}

void msgqueue()
{
    pair p;

    receive(p.bob, "bob is first");
    send(p.alice, "alice sends 1 byte", "a");
    send(p.alice, "alice sends 5 bytes", "hello");
    receive(p.bob, "bob receives");
    send(p.alice, "alice sends 16 bytes", "0123456789abcdef");
    receive(p.bob, "bob receives");
    receive(p.bob, "bob receives");
    receive(p.bob, "bob has all");
    send(p.alice, "alice sends 4 bytes", "gone");
    step("bob flushes", p.bob.queue.flush());
    receive(p.bob, "bob has dropped it");
    step("the size of messages").number("bytes", p.bob.queue.message_size());
}

void msgqueue_refused()
{
    pair p;
    char room[message_size - 1];
    std::vector<char> message(message_size + 1);

    step("alice sends nothing", p.alice.queue.send({message.data(), 0}));
    step("alice sends 17 bytes", p.alice.queue.send(message));
    step("bob sends", p.bob.queue.send({message.data(), 1}));
    send(p.alice, "alice sends 1 of 4", "1");
    send(p.alice, "alice sends 2 of 4", "2");
    send(p.alice, "alice sends 3 of 4", "3");
    send(p.alice, "alice sends 4 of 4", "4");
    step("alice sends too many", p.alice.queue.send(std::string_view("5")));
    step("bob has 15 bytes", p.bob.queue.receive(room));
    step("alice receives", p.alice.queue.receive({message.data(), message_size}));
    receive(p.bob, "bob receives");
    step("bob opens a queue of empty messages", gh::msgqueue::open(p.bob.g, gh::msgqueue_options()));
}

void msgqueue_wait()
{
    pair p;
    gh::msgqueue &out = p.alice.queue;
    gh::msgqueue &in = p.bob.queue;

    step("bob wants 3", in.set_receive_threshold(3));
    send(p.alice, "alice sends 1", "1");
    send(p.alice, "alice sends 2", "2");
    step("bob waits 1 ms", in.wait_not_empty(1ms));
    send(p.alice, "alice sends 3", "3");
    step("bob waits", in.wait_not_empty(gh::forever));
    receive(p.bob, "bob receives 1");
    receive(p.bob, "bob receives 2");
    receive(p.bob, "bob receives 3");
    step("alice pushes", out.send(std::string_view("now"), GUNYAH_MSGQUEUE_PUSH));
    step("bob looks", in.wait_not_empty(gh::no_wait));
    receive(p.bob, "bob receives what was pushed");
    step("bob wants 0", in.set_receive_threshold(0));
    step("bob wants 5", in.set_receive_threshold(5));
    step("alice wants 1 to be left", out.set_send_threshold(1));
    step("alice looks", out.wait_not_full(gh::no_wait));
    send(p.alice, "alice sends 1 of 3", "1");
    send(p.alice, "alice sends 2 of 3", "2");
    send(p.alice, "alice sends 3 of 3", "3");
    receive(p.bob, "bob receives 1 of 3");
    step("alice waits 2 ms", out.wait_not_full(2000us));
    receive(p.bob, "bob receives 2 of 3");
    step("alice waits", out.wait_not_full(gh::forever));
    step("alice waits for messages", out.wait_not_empty(gh::no_wait));
    step("the machine's time").number("now", p.sim.now());
}

// ---- handles -----------------------------------------------------------------------------------------------------

void closed()
{
    pair p;
    gh::doorbell &bell = p.bob.bell;

    step("bob closes", bell.close());
    step("bob closes again", bell.close());
    step("bob receives", bell.receive(1));
    ring(p.alice, "alice rings 0x1", 0x1);
    auto again = gh::doorbell::open(p.bob.g, gh::doorbell_options(p.bob.bell_cap));
    step("bob opens", again);
    bell = *std::move(again);
    look(p.bob, "bob receives 0x1", 0x1);
    step("bob waits without an interrupt", bell.wait(1, gh::no_wait));
    p.bob.queue = gh::msgqueue();
    p.bob.bell = gh::doorbell();
    step("bob's session is closed", p.bob.g.close());
    step("alice's session is open", p.sim.close());
    p.alice.queue = gh::msgqueue();
    p.alice.bell = gh::doorbell();
    step("alice's session is closed", p.alice.g.close());
    step("it is closed again", p.alice.g.close());
    step("the machine ends", p.sim.close());
    step("it ends again", p.sim.close());
}

// ---- what is seen, and what is made to fail ----------------------------------------------------------------------

void observer()
{
    pair p;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    gh::observer counting(
        [&](const gunyah_call_event &event) {
            before++;
            if (event.number != GUNYAH_HYPERCALL_DOORBELL_SEND || event.call->x[2] != 0x80)
                return false;
            event.answer->x[0] = GUNYAH_HVERR_DENIED;
            return true;
        },
        [&](const gunyah_call_event &) { after++; });
    gh::open_options options(p.alice.vm.backend());

    p.alice.queue = gh::msgqueue();
    p.alice.bell = gh::doorbell();
    step("alice closes", p.alice.g.close());
    options.observer = counting.get();
    auto opened = gh::session::open(options);
    step("alice opens, observed", opened).number("before", before).number("after", after);
    p.alice.g = *std::move(opened);
    auto bell = gh::doorbell::open(p.alice.g, gh::doorbell_options(p.alice.bell_cap));
    step("alice opens the doorbell", bell);
    p.alice.bell = *std::move(bell);
    ring(p.alice, "alice rings 0x1", 0x1);
    step("alice rings 0x80", p.alice.bell.send(0x80));
    look(p.bob, "bob receives all", all);
    step("what was seen")
        .number("before", before)
        .number("after", after)
        .number("calls", p.alice.g.call_count())
        .number("kept", p.alice.g.counters()->answered_by_observer);
    p.alice.bell = gh::doorbell();
    gh::throwing(p.alice.g.close()); // Before the observer is gone.
}

void faults()
{
    pair p;
    gh::sim_fault fault;

    fault.vm = p.alice.vm.get();
    fault.call = GUNYAH_HYPERCALL_DOORBELL_SEND;
    fault.error = GUNYAH_HVERR_DENIED;
    fault.nth = 2;
    step("the second ring is to fail", p.sim.add_fault(fault));
    step("alice rings 0x1", p.alice.bell.send(0x1));
    const auto refused = p.alice.bell.send(0x2);
    const gunyah_error_info why = *p.alice.g.last_error();
    step("alice rings 0x2", refused)
        .number("domain", why.domain)
        .number("code", static_cast<std::uint64_t>(why.code))
        .text("call", why.call);
    step("alice rings 0x4", p.alice.bell.send(0x4));
    fault.nth = 0;
    step("no ring is to fail", p.sim.add_fault(fault));
    std::vector<unsigned char> snapshot(p.sim.snapshot_size());
    step("the machine is saved", p.sim.snapshot(snapshot));
    look(p.bob, "bob receives all", all);
    look(p.bob, "bob receives none", all);
    step("the machine returns", p.sim.restore(snapshot));
    look(p.bob, "bob receives all again", all);
    step("a half is no snapshot", p.sim.restore({snapshot.data(), snapshot.size() / 2}));
}

} // namespace scenario
