// SPDX-License-Identifier: BSD-3-Clause
// Two VMs in C++, without exceptions: a doorbell, a message queue, waits in virtual time, and what is wrong, told by results.
#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

#include <chrono>
#include <cstdio>
#include <string_view>

using namespace std::chrono_literals;

namespace
{

// One VM. Members go in the opposite order: handles before their session.
struct side {
    gh::session session;
    gh::doorbell bell;
    gh::msgqueue queue;
};

int complain(const char *what, gh::errc error)
{
    std::fprintf(stderr, "%s: %s, %s\n", what, gh::name(error), gh::text(error));
    return 1;
}

// On a device, the device tree says all this; and the session is opened on the instructions themselves.
gh::result<void> open(side &side, gh::sim_vm vm, gh::capid bell, gh::virq bell_virq, gh::capid queue,
                      gh::virq queue_virq)
{
    auto session = gh::session::open(vm.backend());
    if (!session)
        return session.error();
    side.session = *std::move(session);

    auto opened = gh::doorbell::open(side.session, gh::doorbell_options(bell, bell_virq));
    if (!opened)
        return opened.error();
    side.bell = *std::move(opened);

    gh::msgqueue_options options(queue, 240);
    options.receive_virq = queue_virq;
    auto joined = gh::msgqueue::open(side.session, options);
    if (!joined)
        return joined.error();
    side.queue = *std::move(joined);
    return GUNYAH_OK;
}

void ring(side &alice, side &bob)
{
    std::uint64_t before = 0;

    if (!alice.bell.send(0x1) || !alice.bell.send(0x4, &before))
        return;
    std::printf("alice had rung 0x%llx before\n", static_cast<unsigned long long>(before));
    if (const auto flags = bob.bell.wait(0x5, 10ms))
        std::printf("bob hears 0x%llx\n", static_cast<unsigned long long>(*flags));
    // The simulator's time is virtual: this takes none of yours.
    const auto nothing = bob.bell.wait(0x1, 1h);
    std::printf("bob waits an hour: %s\n", gh::name(nothing.error()));
}

void talk(side &alice, side &bob)
{
    char buffer[240];

    if (const auto sent = alice.queue.send(std::string_view("hello")); !sent)
        std::printf("alice: %s\n", alice.session.last_error()->advice);
    if (const auto size = bob.queue.receive(buffer))
        std::printf("bob has \"%.*s\"\n", static_cast<int>(*size), buffer);
    const auto refused = bob.queue.send(std::string_view("I may only receive"));
    std::printf("bob: %s: %s\n", gh::name(refused.error()), bob.session.last_error()->advice);
}

} // namespace

int main()
{
    auto made = gh::simulator::create();
    if (!made)
        return complain("create", made.error());
    gh::simulator sim = *std::move(made);
    const gh::sim_vm first = sim.add_vm("alice").value_or(gh::sim_vm());
    const gh::sim_vm second = sim.add_vm("bob").value_or(gh::sim_vm());
    gh::sim_doorbell bell(first, second, gh::virq(40));
    gh::sim_msgqueue queue(first, second, 8, 240);
    queue.receive_virq = gh::virq(41);
    if (const auto joined = sim.connect(bell); !joined)
        return complain("connect", joined.error());
    if (const auto joined = sim.connect(queue); !joined)
        return complain("connect", joined.error());

    side alice;
    side bob;
    if (const auto ok = open(alice, first, bell.send_cap, gh::virq(), queue.send_cap, gh::virq()); !ok)
        return complain("alice", ok.error());
    if (const auto ok = open(bob, second, bell.receive_cap, gh::virq(40), queue.receive_cap, gh::virq(41)); !ok)
        return complain("bob", ok.error());
    ring(alice, bob);
    talk(alice, bob);
}
