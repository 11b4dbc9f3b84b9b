# SPDX-License-Identifier: BSD-3-Clause
"""A VMM for signed firmware: a vCPU, and a virtio console that the VM writes to. Run by test_linux.py."""

import os
import select
import signal
import struct
import threading

from gunyah import Session, Vm, vcpu
from gunyah.enums import LinuxVirtioEvent, VcpuExitKind
from gunyah.linux import LinuxNode
from gunyah.linux_virtio import VirtioDevice

SHARED = 0x90000000  # where the firmware has the memory that it shares
ENTRIES = 16
TRANSMIT = 1  # queue
VERSION_1 = 1 << 32
ONE = (1).to_bytes(8, "little")


class Console:
    def __init__(self, vmm, firmware):
        self.device = VirtioDevice.open(vmm, firmware, label=1, signal=signal.SIGUSR1)
        self.device.set_features(VERSION_1)
        self.device.set_queue_max(TRANSMIT, ENTRIES)
        # Magic value, version, and what it is; the rest of the registers is the hypervisor's.
        self.device.set_config(struct.pack("<3I", 0x74726976, 2, 3))
        self.memory = self.device.map()
        self.kick, self.irq = self.device.kick_fd(TRANSMIT), self.device.irq_fd()
        self.done = 0
        self.over = False

    def get(self, address, form):
        return struct.unpack(form, self.memory.read(address - SHARED, struct.calcsize(form)))

    def put(self, address, value):
        self.memory.write(address - SHARED, struct.pack("<H", value))

    def serve(self):
        queue = self.queue
        while self.done != self.get(queue.driver + 2, "<H")[0]:
            place = self.done % ENTRIES
            (index,) = self.get(queue.driver + 4 + 2 * place, "<H")
            address, length = self.get(queue.descriptors + 16 * index, "<QI")
            print(self.memory.read(address - SHARED, length).decode(), end="")
            self.put(queue.device + 4 + 8 * place, index)
            self.done += 1
            self.put(queue.device + 2, self.done)
        os.write(self.irq, ONE)

    def run(self):
        """A thread for the buffers."""
        while select.select([self.kick], [], []) and not self.over:
            os.read(self.kick, 8)
            self.serve()

    def watch(self):
        """Another one for all else."""
        while not self.over:
            events = self.device.wait().events
            if LinuxVirtioEvent.DRIVER_OK in events:
                self.queue = self.device.queue(TRANSMIT)
                assert self.queue.ready and self.device.features == VERSION_1
                self.device.begin()
            if LinuxVirtioEvent.RESET in events:
                self.done = 0
                self.device.end_reset()
        os.write(self.kick, ONE)


def run(cpu, console):
    while cpu.run().kind is not VcpuExitKind.VM_ENDED:
        pass
    console.over = True
    console.device.cancel()


def main(firmware):
    signal.signal(signal.SIGUSR1, lambda *_: None)
    with LinuxNode() as node, Session(node) as session:
        vmm = node.vmm(session)
        vm = Vm.create(vmm)
        vcpu.load_firmware(vm, firmware)
        console = Console(vmm, firmware)
        vm.init()
        vm.start()
        cpu = vcpu.Vcpu.open(vm)
        threads = [threading.Thread(target=run, args=(cpu, console)), threading.Thread(target=console.run)]
        for thread in threads:
            thread.start()
        console.watch()
        for thread in threads:
            thread.join()
        cpu.close()
        console.device.close()
        print("the VM is over:", vm.exit_info().text)
        vm.destroy()


main("trustedvm")
