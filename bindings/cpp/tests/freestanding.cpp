// SPDX-License-Identifier: BSD-3-Clause
// Linked by the compiler of C: the headers ask for nothing of a library of C++.
#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

namespace
{

// A duration as <chrono> has it, which is not there.
struct half {
    static constexpr int num = 1;
    static constexpr int den = 2;
};

struct half_seconds {
    using period = half;
    using rep = int;

    constexpr rep count() const
    {
        return 3;
    }
};

static_assert(gh::timeout(half_seconds()).nanoseconds() == 1500000000);

} // namespace

int main()
{
    gh::simulator sim = *gh::simulator::create();
    const gh::sim_vm vm = *sim.add_vm("alone");
    gh::sim_doorbell wire(vm, vm, gh::virq(40));
    std::uint64_t calls = 0;
    gh::observer count([&](const gunyah_call_event &) { return calls++ == ~std::uint64_t{0}; },
                       [](const gunyah_call_event &) {});
    gh::open_options options(vm.backend());

    if (!sim.connect(wire))
        return 1;
    options.observer = count.get();
    gh::session g = *gh::session::open(options);
    gh::doorbell to = *gh::doorbell::open(g, gh::doorbell_options(wire.send_cap));
    gh::doorbell from = *gh::doorbell::open(g, gh::doorbell_options(wire.receive_cap, gh::virq(40)));
    if (!to.send(0x8) || *from.wait(0x8, half_seconds()) != 0x8)
        return 1;
    return calls == 4 ? 0 : 1;
}
