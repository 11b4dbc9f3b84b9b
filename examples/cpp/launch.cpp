// SPDX-License-Identifier: BSD-3-Clause
// A VM from nothing to its end, in C++ with exceptions; and an observer that counts what it took.
#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>

using namespace std::chrono_literals;

namespace
{

constexpr gunyah_memory_region image[] = {{0x40000000, 0x200000}}; // Nobody looks at it here.

gh::resource_manager connect(gh::session &session, const gh::sim_rm_queue &queue)
{
    gh::rm_options options;

    options.send_cap = queue.send_cap;
    options.receive_cap = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    return gh::throwing(gh::resource_manager::open(session, options));
}

gh::vm launch(gh::resource_manager &rm)
{
    gh::vm vm = gh::throwing(gh::vm::create(rm.vmm()));
    const gunyah_memparcel_access access[] = {{vm.id(), GUNYAH_PGTABLE_ACCESS_RWX, 0}};
    gh::memparcel_options lend;
    gh::vm_image where;

    lend.set_access(access).set_regions(image);
    where.memparcel = gh::throwing(gh::memparcel::create_for(vm, rm, lend));
    where.dtb_size = image[0].size;
    gh::throwing(vm.configure(where));
    gh::throwing(vm.init());
    gh::throwing(vm.start());
    return vm;
}

// What the guest does, in a session of its own.
void be_the_guest(gh::simulator &sim, gh::vmid id)
{
    const gh::sim_vm vm = gh::throwing(sim.find_vm(id));
    const gh::sim_rm_queue queue = gh::throwing(vm.rm_queue());
    gh::session session = gh::throwing(gh::session::open(vm.backend()));
    gh::resource_manager rm = connect(session, queue);

    std::printf("guest: I am VM %u\n", unsigned{gh::throwing(rm.self()).value});
    gh::throwing(rm.exit(GUNYAH_VM_EXIT_CODE_NORMAL));
}

void run()
{
    gh::simulator sim = gh::throwing(gh::simulator::create());
    gunyah_sim_vdevice channel[1] = {};
    gh::sim_vm_config config;
    gh::sim_vm_options hlos("hlos");

    channel[0].type = GUNYAH_SIM_VDEVICE_RM_RPC;
    config.vdevices = channel;
    config.vdevice_count = 1;
    gh::throwing(sim.configure_vm(config));
    gh::throwing(sim.add_rm());
    hlos.vmid = gh::vmid(3);
    const gh::sim_vm vm = gh::throwing(sim.add_vm(hlos));
    const gh::sim_rm_queue queue = gh::throwing(vm.rm_queue());

    std::map<std::string, int> calls;
    gh::observer count([](const gunyah_call_event &) { return false; },
                       [&](const gunyah_call_event &event) {
                           if (event.number != GUNYAH_CALL_SMCCC)
                               calls[gunyah_call_name(event.number)]++;
                       });
    gh::open_options options(vm.backend());
    options.observer = count.get();
    gh::session session = gh::throwing(gh::session::open(options));
    gh::resource_manager rm = connect(session, queue);

    gh::vm guest = launch(rm);
    std::printf("hlos: VM %u runs\n", unsigned{guest.id().value});
    be_the_guest(sim, guest.id());
    gh::throwing(guest.wait(GUNYAH_VM_STATES_ENDED, 1s));
    std::printf("hlos: %s\n", gh::text(gh::throwing(guest.exit_info(1s))));
    gh::throwing(guest.destroy(10s));
    std::printf("hlos: all is back, after %d messages\n", calls["msgqueue_send"]);
    try {
        gh::throwing(gh::vm::create(rm.vmm(), gh::vmid(1)));
    } catch (const gh::failure &failure) {
        std::printf("hlos: %s, because %s\n", gh::name(failure.error()), vm.rm_reason());
    }
}

} // namespace

int main()
{
    try {
        run();
    } catch (const gh::failure &failure) {
        std::fprintf(stderr, "%s: %s\n", gh::name(failure.error()), failure.what());
        return 1;
    }
}
