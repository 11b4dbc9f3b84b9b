// SPDX-License-Identifier: BSD-3-Clause
// A VMM in C++ for signed firmware, in the emulated node: it is a virtio device, whose queue is rung, and rings back.
#include "check.hpp"

#include <gunyah/emu.h>
#include <gunyah/gunyah.hpp>
#include <gunyah/linux_virtio.hpp>

#include <cerrno>
#include <functional>
#include <poll.h>
#include <thread>
#include <unistd.h>

namespace
{

constexpr std::uint32_t transmit = 2;

constexpr char script[] = "read 0x1008 4 3\n"
                          "write 0x1014 4 1\nread 0x1010 4 1\nwrite 0x1024 4 1\nwrite 0x1020 4 1\n"
                          "write 0x1030 4 2\nread 0x1034 4 64\nwrite 0x1038 4 32\nwrite 0x1080 4 0x90000000\n"
                          "write 0x1044 4 1\n"
                          "read 0x1100 2 0xabcd\nwrite 0x1104 2 0x99\n"
                          "write 0x1070 4 0xf\nwait 1\n"
                          "write 0x90003000 1 0x68\nwrite 0x1050 4 2\nwait 1\n"
                          "read 0x90003001 1 0x21\nwrite 0x1064 4 1\nwait 1\n"
                          "write 0x1070 4 0\nwait 1\n"
                          "poweroff\n";

void ring(int fd)
{
    const std::uint64_t one = 1;

    CHECK(write(fd, &one, sizeof(one)) == sizeof(one));
}

void expect_ring(int fd)
{
    pollfd file = {fd, POLLIN, 0};
    std::uint64_t count = 0;

    CHECK(poll(&file, 1, -1) == 1);
    CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
}

void expect_news(gh::virtio_device &device, std::uint32_t events, std::uint32_t data)
{
    const auto news = device.wait();

    CHECK(news && news->events == events && news->data == data);
}

void describe(gh::virtio_device &device)
{
    std::uint32_t registers[0x42] = {0x74726976, 2, 3};

    registers[0x40] = 0xabcd;
    CHECK(bool(device.set_features(std::uint64_t{1} << 32)));
    CHECK(bool(device.set_queue_max(transmit, 64)));
    CHECK(bool(device.set_config(registers)));
    CHECK(device.set_config(registers).error() == GUNYAH_ERR_IN_USE);
    CHECK(device.last_error()->code == EBUSY);
    CHECK(device.set_config(gh::const_bytes(registers, 7)).error() == GUNYAH_ERR_ARGUMENT_SIZE);
    CHECK(device.set_queue_max(GUNYAH_LINUX_VIRTIO_QUEUES, 1).error() == GUNYAH_ERR_ARGUMENT_INVALID);
    CHECK(!device.set_input(gh::virtio_input())); // It is a console.
    CHECK(!device.set_input_data(GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, gh::const_bytes("pen", 3)));
    CHECK(device.set_input_data(GUNYAH_VIRTIO_INPUT_SELECT_NAME, 1, gh::const_bytes("pen", 3)).error() ==
          GUNYAH_ERR_ARGUMENT_INVALID);
}

void look_at(gh::virtio_device &device)
{
    const auto queue = device.queue(transmit);
    std::uint32_t registers[0x42] = {};

    CHECK(*device.features() == std::uint64_t{1} << 32);
    CHECK(queue && queue->ready && queue->entries == 32 && queue->descriptors == 0x90000000);
    CHECK(device.queue(0) && !device.queue(0)->ready);
    CHECK(device.queue(GUNYAH_LINUX_VIRTIO_QUEUES).error() == GUNYAH_ERR_ARGUMENT_INVALID);
    CHECK(bool(device.get_config(registers)));
    CHECK(registers[2] == 3 && registers[0x40] == 0xabcd && registers[0x41] == 0x99);
}

void serve(gh::virtio_device &device)
{
    const gh::bytes memory = *device.map();
    auto *buffer = static_cast<unsigned char *>(memory.data()) + 0x3000;
    const int kick = *device.kick(transmit);
    const int irq = *device.irq();

    CHECK(memory.size() >= 0x4000);
    CHECK(device.kick(GUNYAH_LINUX_VIRTIO_QUEUES).value_or(-2) == -2 && *device.kick(transmit) == kick);
    CHECK(bool(device.begin()));
    ring(irq);
    expect_ring(kick);
    CHECK(buffer[0] == 'h');
    buffer[1] = '!';
    ring(irq);
    expect_news(device, GUNYAH_LINUX_VIRTIO_INTERRUPT_ACK, 1);
    ring(irq);
    expect_news(device, GUNYAH_LINUX_VIRTIO_RESET, 0);
    CHECK(bool(device.end_reset()));
    ring(irq);
}

void run(gh::vcpu &vcpu)
{
    gunyah_vcpu_exit exit = {};

    while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED)
        CHECK(bool(vcpu.run(exit)));
}

void expect_none(gh::node &node)
{
    gh::virtio_device empty;

    CHECK(gh::virtio_device::open(node, gh::virtio_options("oemvm", 1)).error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(gh::virtio_device::open(node, gh::virtio_options("trustedvm", 2)).error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(empty.begin().error() == GUNYAH_ERR_NULL && empty.close().error() == GUNYAH_ERR_HANDLE);
    CHECK(*empty.irq() == -1 && empty.map()->data() == nullptr && empty.last_error() == nullptr);
    empty.cancel();
}

int be_a_vmm(void *)
{
    gh::node node = *gh::node::open();
    CHECK(node.info()->flavour == GUNYAH_LINUX_QUALCOMM);
    gh::session session = *gh::session::open(node.backend());
    gh::vm vm = *gh::vm::create(node.vmm(session));
    CHECK(vm.load_firmware("nothing").error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(bool(vm.load_firmware("trustedvm")));
    expect_none(node);
    gh::virtio_device device = *gh::virtio_device::open(node, gh::virtio_options("trustedvm", 1));
    device.cancel();
    expect_news(device, 0, 0);
    describe(device);
    CHECK(bool(vm.init()) && bool(vm.start()));
    gh::vcpu vcpu = *gh::vcpu::open(vm, gh::vcpu_options());
    std::thread thread(run, std::ref(vcpu));
    expect_news(device, GUNYAH_LINUX_VIRTIO_DRIVER_OK, 0);
    look_at(device);
    serve(device);
    thread.join();
    CHECK(bool(vcpu.close()));
    CHECK(vm.destroy(gh::no_wait).error() == GUNYAH_ERR_IN_USE);
    CHECK(bool(device.close()) && bool(vm.destroy(gh::no_wait)));
    return 0;
}

} // namespace

int main()
{
    gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    options.flavour = "q1";
    options.script = script;
    CHECK(gunyah_emu_call(&options, be_a_vmm, nullptr, &result) == GUNYAH_OK);
    CHECK(result.status == 0 && result.left == 0 && result.failures == 0);
}
