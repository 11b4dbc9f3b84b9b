// SPDX-License-Identifier: BSD-3-Clause
// A VMM in C++, in the emulated node: it builds the guest's device tree, gives it memory, is its vCPU and its serial port, rings and is rung.
#include "check.hpp"

#include <gunyah/dt_build.hpp>
#include <gunyah/emu.h>
#include <gunyah/gunyah.hpp>
#include <gunyah/linux.hpp>

#include <string>

namespace
{

constexpr std::uint64_t ram = 0x80000000;
constexpr std::uint64_t ram_size = 0x200000;
constexpr std::uint64_t tree_offset = 0x100000;
constexpr std::uint64_t tree_size = 0x10000;
constexpr std::uint64_t serial = 0x9000000;
constexpr std::uint64_t ring = 0x9001000;
constexpr std::uint32_t bell = 7;

constexpr char script[] = "text 0x9000000 hello\\n\n"
                          "read 0x9000005 1 0x60\n"
                          "write 0x9001000 4 1\n"
                          "wait 7\n"
                          "poweroff\n";

// The tree goes where it is to be found.
void write_tree(unsigned char *at)
{
    gh::dt_builder builder;
    gh::dt_config_options config;
    gh::dt_bell interrupt;

    config.memory_size = ram_size;
    interrupt.label = bell;
    CHECK(bool(builder.begin({at, tree_size}, gh::dt_machine_options(), config)));
    CHECK(bool(builder.add(interrupt)));
    CHECK(gh::dt_region_size(*builder.finish()) <= tree_size);
}

gh::vm make(gh::node &node, gh::session &session)
{
    gh::vm vm = *gh::vm::create(node.vmm(session));
    gh::vm_memory memory;
    gh::vm_image image;

    memory.address = ram;
    memory.length = ram_size;
    image.memparcel = *vm.add_memory(memory);
    write_tree(static_cast<unsigned char *>(memory.memory) + tree_offset);
    image.dtb_offset = tree_offset;
    image.dtb_size = tree_size;
    CHECK(bool(vm.configure(image)));
    return vm;
}

// Until the guest is over; what it writes to its serial port.
std::string run(gh::vcpu &vcpu)
{
    gunyah_mmio_region room[1];
    gh::mmio_bus bus(room);
    std::string printed;
    auto port = [&](gunyah_mmio_access &access) {
        if (access.is_write)
            printed += static_cast<char>(access.value);
        else
            access.value = 0x60;
        return GUNYAH_OK;
    };
    gunyah_vcpu_exit exit = {};

    CHECK(bool(bus.add(serial, 8, port)));
    while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED) {
        CHECK(bool(vcpu.run(exit)));
        if (exit.kind != GUNYAH_VCPU_EXIT_MMIO)
            continue;
        if (exit.is_write)
            CHECK(gh::value(exit) != 0 && bool(bus.write(exit.address, exit.data, exit.length)));
        else
            CHECK(bool(bus.read(exit.address, exit.data, exit.length)));
    }
    return printed;
}

int be_a_vmm(void *)
{
    gh::node node = *gh::node::open();
    CHECK(node.info()->flavour == GUNYAH_LINUX_ANDROID_14);
    gh::session session = *gh::session::open(node.backend());
    gh::vm vm = make(node, session);
    gh::vm_notify rings;
    rings.address = ring;
    gh::doorbell rung = *vm.add_notify(rings);
    gh::doorbell interrupt = *vm.add_irq(bell, false);
    CHECK(node.doorbell_fd(interrupt.cap()) >= 0 && node.doorbell_fd(gh::no_cap) == -1);
    CHECK(bool(vm.init()) && bool(vm.start()));
    gh::vcpu vcpu = *gh::vcpu::open(vm, gh::vcpu_options(0));
    CHECK(gh::vcpu::open(vm, gh::vcpu_options(1)).error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(vm.destroy(gh::no_wait).error() == GUNYAH_ERR_IN_USE);
    CHECK(bool(interrupt.send(1)));
    CHECK(run(vcpu) == "hello\n");
    CHECK(vcpu.resume(GUNYAH_VCPU_ACTION_HANDLED).error() == GUNYAH_ERR_OBJECT_STATE);
    CHECK(*rung.wait(1, gh::no_wait) == 1);
    CHECK(vm.exit_info(gh::no_wait)->type == GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    CHECK(bool(vcpu.close()) && bool(vm.destroy(gh::no_wait)));
    return 0;
}

} // namespace

int main()
{
    gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    CHECK(gh::node::open(gh::linux_options("/nowhere")).error() == GUNYAH_ERR_NO_BACKEND);
    options.flavour = "a14";
    options.script = script;
    CHECK(gunyah_emu_call(&options, be_a_vmm, nullptr, &result) == GUNYAH_OK);
    CHECK(result.status == 0 && result.left == 0 && result.failures == 0);
}
