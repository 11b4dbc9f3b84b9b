// SPDX-License-Identifier: BSD-3-Clause
// Scenarios of a VM that makes objects by itself.
#include "scenario.hpp"

namespace scenario
{

static gh::doorbell make_bell(maker &m)
{
    auto bell = gh::doorbell::create(m.partition, m.cspace);

    step("the VM creates a doorbell", bell);
    step("it is not active", bell->send(1));
    step("the VM activates it", bell->activate());
    return *std::move(bell);
}

void cspace()
{
    maker m;
    auto other = gh::cspace::create(m.partition, m.cspace);

    step("the VM creates a space", other);
    step("it gets 0 slots", other->configure(0));
    step("it gets 4 slots", other->configure(4));
    step("the VM activates the space", other->activate());
    gh::doorbell bell = make_bell(m);
    const gh::capid master = bell.cap();
    const auto copy = m.cspace.copy(master, m.cspace, GUNYAH_RIGHT_DOORBELL_SEND);
    step("a copy that may send", copy);
    auto sender = gh::doorbell::open(m.g, gh::doorbell_options(*copy));
    step("the VM opens the copy", sender);
    step("the copy sends", sender->send(1));
    step("the copy receives", sender->receive(1));
    step("a copy without rights", m.cspace.copy(master, m.cspace, 0));
    step("a copy that gains rights", m.cspace.copy(*copy, m.cspace, GUNYAH_RIGHT_DOORBELL_RECEIVE));
    step("a copy in the other space", m.cspace.copy(master, *other, GUNYAH_RIGHTS_DOORBELL_ALL));
    step("one is revoked", m.cspace.revoke(*copy));
    step("all copies are revoked", m.cspace.revoke_children(master));
    step("the copy sends again", sender->send(1));
    step("a copy revokes", m.cspace.revoke_children(*copy));
    step("the copy is deleted", m.cspace.remove(*copy));
    step("the deleted copy sends", sender->send(1));
    step("the master sends", bell.send(1));
    step("the master is deleted", m.cspace.remove(master));
    step("the deleted master sends", bell.send(1));
}

static void use_bell(maker &m, gh::doorbell &bell)
{
    step("once is enough", bell.activate());
    step("vIRQ 31 is no shared one", bell.bind(m.vic, gh::virq(31)));
    step("the doorbell gets vIRQ 50", bell.bind(m.vic, gh::virq(50)));
    step("and not another one", bell.bind(m.vic, gh::virq(51)));
    step("the VM rings itself", bell.send(0x6));
    const auto flags = bell.wait(0x6, gh::forever);
    step("the VM waits", flags).hex("flags", *flags);
}

static void use_queue(maker &m)
{
    auto queue = gh::msgqueue::create(m.partition, m.cspace);
    char buffer[8];

    step("the VM creates a queue", queue);
    step("it has no shape", queue->send(std::string_view("x")));
    step("it gets no depth", queue->configure(0, sizeof(buffer)));
    step("it gets 2 messages of 8 bytes", queue->configure(2, sizeof(buffer)));
    step("the VM activates the queue", queue->activate());
    step("vIRQ 50 is the doorbell's", queue->bind_receive(m.vic, gh::virq(50)));
    step("the queue gets vIRQ 51", queue->bind_receive(m.vic, gh::virq(51)));
    step("the VM sends to itself", queue->send(std::string_view("self")));
    step("the VM waits for it", queue->wait_not_empty(gh::forever));
    const auto size = queue->receive(buffer);
    step("the VM receives", size).bytes("data", {buffer, *size});
    step("the VM unbinds", queue->unbind_receive());
    step("nothing to wait for", queue->wait_not_empty(gh::no_wait));
}

void objects()
{
    maker m;
    gh::doorbell bell = make_bell(m);

    use_bell(m, bell);
    use_queue(m);
    auto vic = gh::vic::create(m.partition, m.cspace);
    step("the VM creates a controller", vic);
    step("the controller gets 1 vCPU and 8 vIRQs", vic->configure(1, 8));
    step("the VM activates the controller", vic->activate());
    step("the VM resets it", m.g.reset(vic->cap()));
}

} // namespace scenario
