// SPDX-License-Identifier: BSD-3-Clause
// What a privileged VM makes: vCPUs, power groups, watchdogs, virtio devices. Each function hands its arguments over in their places.
#include "check.hpp"

#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

namespace
{

// A duration as <chrono> has it.
struct milli {
    static constexpr int num = 1;
    static constexpr int den = 1000;
};

struct milliseconds {
    using period = milli;
    using rep = int;

    constexpr rep count() const
    {
        return ticks;
    }

    int ticks;
};

struct owner {
    explicit owner(const gh::sim_options &machine = gh::sim_options())
    {
        gh::sim_vm_options options;

        options.privileged = true;
        sim = *gh::simulator::create(machine);
        vm = *sim.add_vm(options);
        const gh::sim_vm_info info = *vm.info();
        g = *gh::session::open(vm.backend());
        partition = *gh::partition::open(g, info.partition);
        cspace = *gh::cspace::open(g, info.cspace);
        vic = *gh::vic::open(g, info.vic);
    }

    gh::simulator sim;
    gh::sim_vm vm;
    gh::session g;
    gh::partition partition;
    gh::cspace cspace;
    gh::vic vic;
};

void calls_without_a_capability()
{
    owner o;
    unsigned char random[16] = {};

    CHECK(bool(o.g.yield()));
    CHECK(bool(o.g.entropy(random)));
    CHECK(*o.g.trace(4, 0) == (*o.g.trace(0, 0) | 4));
}

void a_thread_lives()
{
    owner o;
    gh::thread_options options;
    gh::vic vic = *gh::vic::create(o.partition, o.cspace);
    gh::vpm_group group = *gh::vpm_group::create(o.partition, o.cspace);
    gh::thread thread = *gh::thread::create(o.partition, o.cspace);
    const auto space = gunyah_hypercall_partition_create_addrspace(o.g.get(), o.partition.cap(), o.cspace.cap());

    CHECK(gunyah_hypercall_addrspace_configure(o.g.get(), space.new_cap, gh::vmid(0x40)) == GUNYAH_HVERR_OK);
    CHECK(bool(o.g.activate(space.new_cap)));
    CHECK(gunyah_hypercall_addrspace_attach_thread(o.g.get(), space.new_cap, thread.cap()) == GUNYAH_HVERR_OK);
    CHECK(bool(vic.configure(1, 32)) && bool(vic.set_mpidr_mapping({7, {}, false})) && bool(vic.activate()));
    CHECK(bool(group.configure(false)) && bool(group.activate()) && bool(group.attach(thread, 0)));
    CHECK(bool(thread.attach(o.cspace)) && bool(thread.attach(vic, 0)));
    options.vcpu_run_scheduled = true;
    CHECK(bool(thread.configure(options)) && bool(thread.set_priority(40)));
    CHECK(bool(thread.set_timeslice(milliseconds{5})));
    CHECK(thread.set_timeslice(milliseconds{101}).error() == GUNYAH_ERR_ARGUMENT_INVALID);
    CHECK(bool(thread.set_affinity(1)) && thread.set_affinity(8).error() == GUNYAH_ERR_WOULD_CRASH);
    CHECK(bool(thread.activate()));

    CHECK(bool(thread.bind_wakeup(o.vic, gh::virq(40))) && bool(thread.bind_halt(o.vic, gh::virq(41))));
    CHECK(group.bind(o.vic, gh::virq(41)).error() == GUNYAH_ERR_BUSY && bool(group.unbind()));
    CHECK(bool(thread.unbind_wakeup()) && bool(thread.unbind_halt()));
    CHECK(thread.run_check()->state == GUNYAH_VCPU_RUN_STATE_POWERED_OFF);
    CHECK(bool(thread.write_register(GUNYAH_VCPU_REGISTER_SET_PC, 0, 0x1000)));
    CHECK(bool(thread.power_on(0, 7, GUNYAH_THREAD_KEEP_ENTRY_POINT)));
    CHECK(thread.run()->state == GUNYAH_VCPU_RUN_STATE_READY && *group.state() == GUNYAH_VPM_STATE_RUNNING);
    CHECK(bool(thread.yield_to()) && thread.power_off(true).error() == GUNYAH_ERR_ARGUMENT_INVALID);
    CHECK(bool(thread.kill()));
    const gh::thread_exit exit = *thread.run(gh::thread_resume(5));
    CHECK(exit.state == GUNYAH_VCPU_RUN_STATE_POWERED_OFF && exit.exited);
    CHECK(bool(gh::thread::open(o.g, thread.cap())) && bool(gh::vpm_group::open(o.g, group.cap())));
}

// On a hypervisor that has none: each function makes its call, and is told.
void watchdogs_are_missing()
{
    owner o;
    gh::thread thread = *gh::thread::create(o.partition, o.cspace);
    gh::watchdog watchdog = *gh::watchdog::open(o.g, gh::capid(0x24));
    gh::own_watchdog own(o.g);
    const auto missing = GUNYAH_ERR_UNIMPLEMENTED;

    CHECK(!o.g.has(GUNYAH_FEATURE_WATCHDOG));
    CHECK(gh::watchdog::create(o.partition, o.cspace).error() == missing && watchdog.cap() == gh::capid(0x24));
    CHECK(watchdog.configure(true).error() == missing && watchdog.attach(thread).error() == missing);
    CHECK(watchdog.bind_bark(o.vic, gh::virq(40)).error() == missing && watchdog.unbind_bark().error() == missing);
    CHECK(watchdog.bind_bite(o.vic, gh::virq(40)).error() == missing && watchdog.unbind_bite().error() == missing);
    CHECK(watchdog.freeze().error() == missing && watchdog.freeze_and_reset().error() == missing);
    CHECK(watchdog.unfreeze().error() == missing && own.set_times(1000, 2000).error() == missing);
    CHECK(own.set_times(0x8000, 1).error() == GUNYAH_ERR_ARGUMENT_INVALID && own.enable().error() == missing);
    CHECK(own.pet().error() == missing && own.disable().error() == missing && own.status().error() == missing);
}

gh::sim_options of_the_manual()
{
    gh::sim_options options;

    options.as_manual = true;
    return options;
}

void a_watchdog_is_made()
{
    owner o(of_the_manual());
    gh::thread thread = *gh::thread::create(o.partition, o.cspace);
    gh::watchdog watchdog = *gh::watchdog::create(o.partition, o.cspace);

    CHECK(o.g.has(GUNYAH_FEATURE_WATCHDOG));
    CHECK(bool(watchdog.configure(true)) && watchdog.attach(thread).error() == GUNYAH_ERR_OBJECT_STATE);
    CHECK(bool(watchdog.activate()) && bool(watchdog.attach(thread)));
    CHECK(bool(watchdog.bind_bark(o.vic, gh::virq(40))) && bool(watchdog.bind_bite(o.vic, gh::virq(41))));
    CHECK(watchdog.bind_bark(o.vic, gh::virq(42)).error() == GUNYAH_ERR_VIRQ_BOUND);
    CHECK(bool(watchdog.unbind_bark()) && bool(watchdog.bind_bark(o.vic, gh::virq(42))));
    CHECK(watchdog.bind_bite(o.vic, gh::virq(43)).error() == GUNYAH_ERR_VIRQ_BOUND && bool(watchdog.unbind_bite()));
    CHECK(bool(watchdog.freeze()) && bool(watchdog.freeze_and_reset()) && bool(watchdog.unfreeze()));
    CHECK(bool(watchdog.unfreeze()) && watchdog.unfreeze().error() == GUNYAH_ERR_BUSY);
    CHECK(bool(gh::watchdog::open(o.g, watchdog.cap())));
}

void hardware_is_somebody_elses()
{
    owner o;
    gh::hwirq wrong = *gh::hwirq::open(o.g, o.vic.cap());

    CHECK(wrong.cap() == o.vic.cap());
    CHECK(wrong.bind(o.vic, gh::virq(40)).error() == GUNYAH_ERR_WRONG_OBJECT_TYPE);
    CHECK(wrong.unbind().error() == GUNYAH_ERR_WRONG_OBJECT_TYPE);
    CHECK(o.vic.bind_msi_source(o.cspace.cap()).error() == GUNYAH_ERR_WRONG_OBJECT_TYPE);
}

// A page of the memory that docs/simulator.md names.
gh::memextent new_page(owner &o)
{
    gh::memextent page = *gh::memextent::create(o.partition, o.cspace);

    CHECK(bool(page.configure(0x800000000, 0x1000, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_MEMTYPE_ANY,
                              GUNYAH_MEMEXTENT_TYPE_BASIC)) &&
          bool(page.activate()));
    return page;
}

void a_device_is_played()
{
    owner o;
    gh::virtio_input_options options;
    gh::virtio_mmio device = *gh::virtio_mmio::create(o.partition, o.cspace);
    const char name[] = {'k', 'e', 'y', 's'};
    const gh::memextent page = new_page(o);

    CHECK(device.configure(page, 0).error() == GUNYAH_ERR_WOULD_CRASH);
    CHECK(bool(device.configure(page, 2, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT)) && bool(device.activate()));
    CHECK(bool(device.set_device_features(0x300000000)) && *device.driver_features() == 0);
    CHECK(bool(device.set_queue_num_max(1, 64)) && device.queue(2).error() == GUNYAH_ERR_ARGUMENT_INVALID);
    CHECK(!device.queue(1)->ready && !device.notification()->driver_ok);
    CHECK(bool(device.bind_backend(o.vic, gh::virq(40))) && bool(device.bind_frontend(o.vic, gh::virq(41))));
    CHECK(bool(device.assert_virq(GUNYAH_VIRTIO_MMIO_USED_BUFFER)));
    CHECK(bool(device.unbind_backend()) && bool(device.unbind_frontend()));
    CHECK(bool(device.update_status(64)) && device.assert_virq(1).error() == GUNYAH_ERR_DENIED);
    CHECK(bool(device.acknowledge_reset()) && bool(device.assert_virq(1)));
    options.axes = 1;
    CHECK(bool(device.configure_input(options)) && device.configure_input(options).error() == GUNYAH_ERR_BUSY);
    CHECK(bool(device.set_input_data(GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, reinterpret_cast<std::uintptr_t>(name), 4)));
    CHECK(bool(gh::virtio_mmio::open(o.g, device.cap())));
}

} // namespace

int main()
{
    calls_without_a_capability();
    a_thread_lives();
    watchdogs_are_missing();
    a_watchdog_is_made();
    hardware_is_somebody_elses();
    a_device_is_played();
    return 0;
}
