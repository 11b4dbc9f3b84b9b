// SPDX-License-Identifier: BSD-3-Clause
// VMs, memory, interrupts and consoles beyond what the scenarios do; without exceptions and RTTI.
#include "check.hpp"

#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

#include <chrono>
#include <cstring>
#include <string_view>

namespace
{

using namespace std::chrono_literals;

// HLOS with two hardware interrupts, and a second VM that was there before.
struct machine {
    machine()
    {
        sim = *gh::simulator::create();
        CHECK(bool(sim.add_rm()));
        gh::sim_vm_options options("hlos");
        options.vmid = gh::vmid(3);
        options.hwirq_first = gh::virq(100);
        options.hwirq_count = 2;
        connect(*sim.add_vm(options), g, rm);
    }

    static void connect(gh::sim_vm vm, gh::session &g, gh::resource_manager &rm)
    {
        const gh::sim_rm_queue queue = *vm.rm_queue();
        gh::rm_options options;

        g = *gh::session::open(vm.backend());
        options.send_cap = queue.send_cap;
        options.receive_cap = queue.receive_cap;
        options.send_virq = queue.send_virq;
        options.receive_virq = queue.receive_virq;
        rm = *gh::resource_manager::open(g, options);
    }

    gh::simulator sim;
    gh::session g;
    gh::resource_manager rm;
};

void asks_who_is_who()
{
    machine m;
    gunyah_rm_vm_entry entries[4] = {};
    char message[GUNYAH_VM_CRASH_MESSAGE_SIZE];
    const std::uint8_t guid[GUNYAH_RM_GUID_SIZE] = {0xff};

    CHECK(*m.rm.self() == gh::vmid(3));
    CHECK(bool(m.rm.identify()));
    CHECK(m.rm.identify(gh::vmid(99)).error() == GUNYAH_ERR_NO_RESOURCES);
    CHECK(*m.rm.peers(entries) == 0);
    CHECK(*m.rm.lookup_name("nobody", entries) == 0 && *m.rm.lookup_uri("nobody", entries) == 0);
    CHECK(m.rm.lookup_name("", entries).error() == GUNYAH_ERR_ARGUMENT_SIZE);
    CHECK(*m.rm.lookup_guid(guid, entries) == 0);
    CHECK(m.rm.crash_message(gh::vmid(99), message).error() != GUNYAH_OK);
    CHECK(*m.rm.host_type() == GUNYAH_RM_HOST_TYPE);
}

void asks_by_hand()
{
    machine m;
    std::uint16_t reply[2] = {};

    CHECK(*m.rm.call(GUNYAH_RM_VM_GET_VMID, {}, reply) == sizeof(reply));
    CHECK(reply[0] == 3);
    // The length is there although the buffer is too small.
    const auto cut = m.rm.call(GUNYAH_RM_VM_GET_VMID, {}, {reply, 2});
    CHECK(cut.error() == GUNYAH_ERR_BUFFER_TOO_SMALL && *cut == 4);
    CHECK(m.rm.next_event(1ms).error() == GUNYAH_ERR_TIMEOUT);
    CHECK(m.rm.counters()->requests == 2);
}

void lends_an_interrupt()
{
    machine m;
    gh::session other_g;
    gh::resource_manager other;

    machine::connect(*m.sim.add_vm("other"), other_g, other);
    const gh::vmid borrower = *other.self();
    gh::irq lent = *gh::irq::lend(m.rm, borrower, gh::virq(100), 5);
    CHECK(gh::irq::lend(m.rm, borrower, gh::virq(100), 5).error() == GUNYAH_ERR_RM_IRQ_INUSE);
    CHECK(gh::irq::lend(m.rm, borrower, gh::virq(200), 5).error() == GUNYAH_ERR_RM_IRQ_INVALID);
    CHECK(bool(lent.notify()));
    const auto event = other.next_event(gh::forever);
    CHECK(event->id == GUNYAH_RM_NOTIFY_VM_IRQ_LENT && event->irq_lent.label == 5);
    CHECK(event->irq_lent.handle == lent.number());
    gh::irq borrowed = *gh::irq::open(other, event->irq_lent.handle);
    CHECK(*borrowed.accept() == gh::virq(100));
    CHECK(bool(lent) && !lent.reclaim() && bool(lent));
    CHECK(bool(borrowed.give_back()));
    CHECK(bool(lent.reclaim()) && !lent);
    CHECK(bool(borrowed.close()));
}

// The guest is nothing but a declaration; its memory need not exist.
gh::vm make_guest(machine &m, std::uint32_t &image)
{
    const gunyah_memory_region region[] = {{0x40000000, 0x200000}};
    gunyah_sim_vdevice console[1] = {};
    gh::sim_vm_config config;
    gh::memparcel_options lend;
    gh::vm_image where;

    console[0].type = GUNYAH_SIM_VDEVICE_RM_RPC;
    console[0].console = true;
    config.vdevices = console;
    config.vdevice_count = 1;
    config.rtc = true;
    config.rtc_base = 0x9010000;
    CHECK(bool(m.sim.configure_vm(config)));
    gh::vm guest = *gh::vm::create(m.rm.vmm());
    const gunyah_memparcel_access access[] = {{guest.id(), GUNYAH_PGTABLE_ACCESS_RWX, 0}};
    lend.set_access(access).set_regions(region);
    image = *gh::memparcel::create_for(guest, m.rm, lend);
    where.memparcel = image;
    where.dtb_size = region[0].size;
    CHECK(bool(guest.configure(where)) && bool(guest.init()) && bool(guest.start()));
    return guest;
}

void writes_to_a_console()
{
    machine m;
    std::uint32_t image = 0;
    gh::vm guest = make_guest(m, image);
    gh::session inner_g;
    gh::resource_manager inner;

    machine::connect(*m.sim.find_vm(guest.id()), inner_g, inner);
    CHECK(bool(m.rm.open_console(guest.id())) && bool(inner.open_console()));
    CHECK(bool(inner.write_console(std::string_view("hello"))) && bool(inner.flush_console()));
    gunyah_rm_event event;
    do
        event = *m.rm.next_event(gh::forever);
    while (event.id != GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS);
    CHECK(std::string_view(event.console.text, event.console.size) == "hello");
    CHECK(bool(inner.close_console()));
    CHECK(bool(inner.set_crash_message("it is over")));
    char message[GUNYAH_VM_CRASH_MESSAGE_SIZE];
    CHECK(bool(m.rm.crash_message(guest.id(), message)) && std::strcmp(message, "it is over") == 0);
    CHECK(bool(inner.close()) && bool(inner_g.close()));
    CHECK(bool(guest.destroy(gh::forever)) && !guest);
}

void has_a_clock()
{
    constexpr std::uint64_t load = 0x9010008;
    machine m;
    std::uint32_t image = 0;
    gh::vm guest = make_guest(m, image);
    const gh::sim_vm inner = *m.sim.find_vm(guest.id());

    CHECK(*inner.read_register(0x901000c, 4) == 1);
    CHECK(bool(inner.write_register(load, 4, 1700000000)));
    CHECK(*inner.read_register(load, 4) == 1700000000);
    CHECK(inner.write_register(load, 8, 5).error() == GUNYAH_ERR_ADDR_INVALID);
    CHECK(inner.read_register(load, 3).error() == GUNYAH_ERR_ARGUMENT_SIZE);
    CHECK(bool(guest.destroy(gh::forever)));
}

// What goes with a VM is taken back with it, and can be given again.
void gives_memory_twice()
{
    machine m;
    std::uint32_t image = GUNYAH_RM_HANDLE_INVALID;
    gunyah_vm_resource resources[4] = {};

    for (int i = 0; i < 2; i++) {
        gh::vm guest = make_guest(m, image);
        CHECK(guest.id() == gh::vmid(128) && image != GUNYAH_RM_HANDLE_INVALID);
        CHECK(*guest.resources(resources) > 0);
        CHECK(guest.reset().error() == GUNYAH_ERR_OBJECT_STATE);
        CHECK(guest.set_debug(true).error() == GUNYAH_ERR_OBJECT_STATE);
        CHECK(gh::vcpu::open(guest, gh::vcpu_options(0)).error() == GUNYAH_ERR_UNSUPPORTED);
        gh::vm_memory memory;
        memory.length = 4096;
        CHECK(guest.add_memory(memory).error() != GUNYAH_OK);
        gh::vm_remains remains;
        CHECK(bool(guest.destroy(gh::forever, &remains)) && remains.memparcels == 0);
    }
}

// Closing a VM leaves it; who opens it again can end it.
void opens_a_vm_again()
{
    machine m;
    std::uint32_t image = 0;

    {
        gh::vm guest = make_guest(m, image);
    }
    gh::vm again = *gh::vm::open(m.rm.vmm(), gh::vmid(128));
    CHECK(again.status()->state == GUNYAH_VM_STATE_RUNNING);
    CHECK(again.wait(GUNYAH_VM_STATES_ENDED, 1ms).error() == GUNYAH_ERR_TIMEOUT);
    CHECK(bool(again.force_stop()));
    CHECK(again.wait(GUNYAH_VM_STATES_ENDED, gh::forever)->state == GUNYAH_VM_STATE_EXITED);
    CHECK(gh::text(*again.exit_info(gh::forever)) != nullptr);
    CHECK(bool(again.destroy(gh::forever)));
}

} // namespace

int main()
{
    asks_who_is_who();
    asks_by_hand();
    lends_an_interrupt();
    writes_to_a_console();
    has_a_clock();
    gives_memory_twice();
    opens_a_vm_again();
}
