# SPDX-License-Identifier: BSD-3-Clause
"""A VMM for Linux and Android: its guest greets by a serial port and rings, and it rings back. Run by test_linux.py."""

import asyncio
import sys
import threading

from gunyah import Session, TreeBuilder, Vm, VmImage, aio, boot, errors, vcpu
from gunyah.enums import LinuxCapability, VcpuAction, VcpuExitKind
from gunyah.linux import LinuxNode
from gunyah.types import MemoryRegion

RAM, SIZE, TREE = 0x80000000, 4 << 20, 2 << 20
SERIAL, RING, BELL = 0x9000000, 0x9001000, 7


def run(cpu):
    while True:
        told = cpu.run()
        if told.kind is VcpuExitKind.VM_ENDED:
            return
        if told.kind is VcpuExitKind.PAGE_FAULT:
            cpu.resume(VcpuAction.FAULT)
        elif told.is_write and told.address == SERIAL:
            print(chr(told.value), end="")
        elif not told.is_write:
            cpu.answer(0x60)


def make(node, session):
    kernel = boot.inspect(b"\1\2\3\4")
    first = LinuxCapability.BOOT_REGISTERS not in node.info.capabilities
    where = boot.place(kernel, MemoryRegion(RAM, SIZE), 0x10000, first_byte_is_entry=first)
    vm = Vm.create(node.vmm(session))
    try:
        vcpu.add_memory(vm, RAM, SIZE, area="/dev/nowhere")
    except (errors.NotFoundError, errors.UnsupportedError):
        print("no area")
    memory = vcpu.add_memory(vm, RAM, SIZE)
    memory.write(where.kernel - RAM, b"\1\2\3\4")
    tree = TreeBuilder(memory_size=SIZE).doorbell(label=BELL).finish()
    memory.write(where.dtb - RAM, tree)
    assert memory.read(where.dtb - RAM, len(tree)) == tree
    vm.configure(VmImage(memory.number, where.entry - RAM, 0, where.dtb - RAM, 0x10000))
    return vm, memory


def refuse(error, *uses):
    for use in uses:
        try:
            use()
        except error:
            continue
        sys.exit("it was not refused")


async def answer(node, rung, bell, *in_use):
    assert node.doorbell_fd(rung) >= 0 and aio.fd_of(rung) == node.doorbell_fd(rung)
    assert await aio.wait_doorbell(rung, 1) == 1
    # The guest waits for its doorbell, and so a thread is inside.
    refuse(errors.InUseError, *in_use)
    bell.send(1)


def main():
    with LinuxNode() as node, Session(node) as session:
        vm, memory = make(node, session)
        rung, bell = vcpu.add_notify(vm, RING), vcpu.add_irq(vm, BELL)
        vm.init()
        vm.start()
        cpu = vcpu.Vcpu.open(vm)
        thread = threading.Thread(target=run, args=(cpu,))
        thread.start()
        asyncio.run(answer(node, rung, bell, session.close, node.close, cpu.run, cpu.close, lambda: cpu.answer(1)))
        thread.join()
        cpu.cancel()
        cpu.close()
        refuse(errors.HandleError, cpu.run, cpu.cancel, cpu.close, lambda: cpu.answer(1))
        print(vm.exit_info().text)
        vm.destroy()
        refuse(errors.HandleError, lambda: memory.read(0, 1))
    refuse(errors.HandleError, lambda: node.info, node.close, lambda: Session(node))
    print("closed")


main()
