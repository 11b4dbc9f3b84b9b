// SPDX-License-Identifier: BSD-3-Clause
// A program of somebody else, in C++: a VM that rings itself.
#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

int main()
{
    auto sim = gh::throwing(gh::simulator::create());
    const auto vm = gh::throwing(sim.add_vm("consumer"));
    gh::sim_doorbell wire(vm, vm);

    gh::throwing(sim.connect(wire));
    auto session = gh::throwing(gh::session::open(vm.backend()));
    auto sender = gh::throwing(gh::doorbell::open(session, gh::doorbell_options(wire.send_cap)));
    auto receiver = gh::throwing(gh::doorbell::open(session, gh::doorbell_options(wire.receive_cap)));
    gh::throwing(sender.send(0x5));
    return gh::throwing(receiver.receive()) == 0x5 ? 0 : 1;
}
