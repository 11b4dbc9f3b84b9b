// SPDX-License-Identifier: BSD-3-Clause
// Lines of results, and the machines that scenarios begin with.
#include "scenario.hpp"

#include <cinttypes>
#include <cstdio>

namespace scenario
{

namespace
{

std::string collected;

constexpr gh::virq not_full{40};
constexpr gh::virq not_empty{41};
constexpr gh::virq bell_virq{42};

template <typename... Values> void add(const char *format, Values... values)
{
    char buffer[64];

    collected.append(buffer, static_cast<std::size_t>(std::snprintf(buffer, sizeof(buffer), format, values...)));
}

} // namespace

// ---- results -----------------------------------------------------------------------------------------------------

line::line(std::string_view what, gh::errc error)
{
    collected.append("\n").append(what).append(": ").append(gh::name(error));
}

const line &line::number(std::string_view key, std::uint64_t value) const
{
    collected.append(" ").append(key);
    add("=%" PRIu64, value);
    return *this;
}

const line &line::hex(std::string_view key, std::uint64_t value) const
{
    collected.append(" ").append(key);
    add("=0x%" PRIx64, value);
    return *this;
}

const line &line::bytes(std::string_view key, gh::const_bytes value) const
{
    collected.append(" ").append(key).append("=");
    for (std::size_t i = 0; i < value.size(); i++)
        add("%02x", static_cast<const unsigned char *>(value.data())[i]);
    return *this;
}

const line &line::text(std::string_view key, std::string_view value) const
{
    collected.append(" ").append(key).append("=\"").append(value).append("\"");
    return *this;
}

std::string results()
{
    return collected;
}

// ---- machines ----------------------------------------------------------------------------------------------------

void printer::operator()(const char *text) const
{
    std::puts(text);
}

machine::machine() : sim(gh::throwing(gh::simulator::create()))
{
    gh::throwing(sim.trace(print));
}

static void open_side(side &one, const gh::msgqueue_options &queue, gh::virq virq)
{
    one.g = gh::throwing(gh::session::open(one.vm.backend()));
    one.queue = gh::throwing(gh::msgqueue::open(one.g, queue));
    one.bell = gh::throwing(gh::doorbell::open(one.g, gh::doorbell_options(one.bell_cap, virq)));
}

pair::pair()
{
    alice.vm = gh::throwing(sim.add_vm("alice"));
    bob.vm = gh::throwing(sim.add_vm("bob"));
    gh::sim_msgqueue queue(alice.vm, bob.vm, 4, message_size);
    gh::sim_doorbell bell(alice.vm, bob.vm, bell_virq);
    queue.send_virq = not_full;
    queue.receive_virq = not_empty;
    gh::throwing(sim.connect(queue));
    gh::throwing(sim.connect(bell));
    alice.bell_cap = bell.send_cap;
    bob.bell_cap = bell.receive_cap;
    gh::msgqueue_options sender(queue.send_cap, message_size);
    gh::msgqueue_options receiver(queue.receive_cap, message_size);
    sender.send_virq = not_full;
    receiver.receive_virq = not_empty;
    open_side(alice, sender, gh::virq());
    open_side(bob, receiver, bell_virq);
}

maker::maker()
{
    gh::sim_vm_options options("maker");

    options.privileged = true;
    const gh::sim_vm vm = gh::throwing(sim.add_vm(options));
    const gh::sim_vm_info info = gh::throwing(vm.info());
    g = gh::throwing(gh::session::open(vm.backend()));
    partition = gh::throwing(gh::partition::open(g, info.partition));
    cspace = gh::throwing(gh::cspace::open(g, info.cspace));
    vic = gh::throwing(gh::vic::open(g, info.vic));
}

void client::connect(gh::sim_vm to)
{
    const gh::sim_rm_queue queue = gh::throwing(to.rm_queue());
    gh::rm_options options;

    vm = to;
    g = gh::throwing(gh::session::open(vm.backend()));
    options.send_cap = queue.send_cap;
    options.receive_cap = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    options.generation = GUNYAH_RM_GENERATION_2023;
    rm = gh::throwing(gh::resource_manager::open(g, options));
}

host::host()
{
    gh::sim_rm_options rm;
    gh::sim_vm_options options("hlos");

    rm.generation = GUNYAH_RM_GENERATION_2023;
    gh::throwing(sim.add_rm(rm));
    options.vmid = hlos_vmid;
    hlos.connect(gh::throwing(sim.add_vm(options)));
}

// What the device tree of the guest would say.
static void configure(gh::simulator &sim)
{
    gunyah_sim_vdevice devices[3] = {};
    gh::sim_vm_config config;

    devices[0].type = GUNYAH_SIM_VDEVICE_RM_RPC;
    devices[1].type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE;
    devices[1].label = 1;
    devices[2].type = GUNYAH_SIM_VDEVICE_MSGQUEUE_RECEIVER;
    devices[2].label = 2;
    config.name = "guest";
    config.base = 0x80000000;
    config.vdevices = devices;
    config.vdevice_count = 3;
    gh::throwing(sim.configure_vm(config));
}

void host::make_guest()
{
    const gunyah_memparcel_access access[] = {{guest_vmid, GUNYAH_PGTABLE_ACCESS_RWX, 0}};
    const gunyah_memory_region region[] = {{0x40000000, 0x200000}};
    gh::memparcel_options lend;
    gh::vm_image where;

    configure(sim);
    made = gh::throwing(gh::vm::create(hlos.rm.vmm()));
    lend.set_access(access).set_regions(region);
    where.memparcel = gh::throwing(gh::memparcel::create_for(made, hlos.rm, lend));
    where.dtb_size = region[0].size;
    gh::throwing(made.configure(where));
    gh::throwing(made.init());
}

void host::enter_guest()
{
    gh::throwing(made.start());
    guest.connect(gh::throwing(sim.find_vm(guest_vmid)));
}

void host::leave_guest()
{
    gh::throwing(guest.rm.close());
    gh::throwing(guest.g.close());
}

void host::destroy_guest()
{
    gh::throwing(made.destroy(gh::forever));
}

} // namespace scenario
