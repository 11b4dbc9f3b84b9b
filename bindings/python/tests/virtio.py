# SPDX-License-Identifier: BSD-3-Clause
"""What virtio devices refuse, and how they end. Run by test_linux.py."""

import os
import signal
import sys
import threading

from gunyah import Session, Vm, errors, vcpu
from gunyah.linux import LinuxNode
from gunyah.enums import VirtioInputSelect
from gunyah.linux_virtio import VirtioDevice, VirtioInputIds


def refuse(error, *uses):
    for use in uses:
        try:
            use()
        except error as caught:
            assert not isinstance(caught, errors.GunyahError) or caught.advice
            continue
        sys.exit("it was not refused")


def misuse_input(device):
    """The device is of another type, which late drivers can tell, and early ones have no call for."""
    ids, name = VirtioInputIds(3, 1, 2, 3), VirtioInputSelect.NAME
    refuse((errors.ObjectConfigError, errors.UnsupportedError), lambda: device.set_input(ids))
    refuse((errors.WrongObjectTypeError, errors.UnsupportedError), lambda: device.set_input_data(name, b"pen"))
    refuse(errors.ArgumentInvalidError, lambda: device.set_input(ids, axes=65))
    refuse(errors.ArgumentInvalidError, lambda: device.set_input_data(VirtioInputSelect.EVBITS, b"!", 32))
    refuse(errors.ArgumentSizeError, lambda: device.set_input_data(name, b""))
    refuse(ValueError, lambda: device.set_input(ids._replace(vendor=1 << 16)))
    refuse(TypeError, lambda: device.set_input_data(1, b"pen"))


def misuse(device):
    refuse(errors.ArgumentInvalidError, lambda: device.set_queue_max(16, 1), lambda: device.queue(16))
    refuse(errors.ArgumentInvalidError, lambda: device.kick_fd(16))
    refuse(errors.ArgumentSizeError, lambda: device.set_config(b"1234567"), lambda: device.config(4097))
    refuse(ValueError, lambda: device.set_features(1 << 64), lambda: device.queue(-1))
    device.set_config(bytes(4096))
    refuse(errors.InUseError, lambda: device.set_config(bytes(4)))
    assert device.config(8) == bytes(8)
    misuse_input(device)
    memory = device.map()
    memory.write(memory.size - 1, b"!")
    assert memory.read(memory.size - 2, 2) == b"\0!"
    refuse(ValueError, lambda: memory.read(memory.size, 1), lambda: memory.write(-1, b"!"))
    return memory


def come_back(device, session):
    """A thread inside keeps others out, and cancel() and a signal bring it back."""
    told = []
    for _ in range(20):
        thread = threading.Thread(target=lambda: told.append(device.wait()))
        thread.start()
        while device not in session._busy:
            pass
        refuse(errors.InUseError, device.wait, device.close, session.close)
        device.cancel()
        thread.join()
    assert told == [(frozenset(), 0)] * 20
    device.cancel()
    assert device.wait() == (frozenset(), 0)


def end(device, memory, *fds):
    device.close()
    refuse(errors.HandleError, device.wait, device.cancel, device.close, lambda: memory.read(0, 1))
    for fd in fds:
        refuse(OSError, lambda: os.fstat(fd))


def load(vmm):
    vm = Vm.create(vmm)
    refuse(errors.NotFoundError, lambda: vcpu.load_firmware(vm, "nothing"))
    refuse(TypeError, lambda: vcpu.load_firmware(vm, None))
    vcpu.load_firmware(vm, "trustedvm")
    return vm


def make(node):
    """What is left at the end of a session, or when nobody has it any more."""
    session = Session(node)
    vmm = node.vmm(session)
    vm = load(vmm)
    device = VirtioDevice.open(vmm, "trustedvm", 1)
    return session, vm, device, device.irq_fd()


def main():
    signal.signal(signal.SIGUSR1, lambda *_: None)
    with LinuxNode() as node, Session(node) as session:
        vmm = node.vmm(session)
        refuse(errors.NotFoundError, lambda: VirtioDevice.open(vmm, "trustedvm", 1))
        vm = load(vmm)
        refuse(errors.NotFoundError, lambda: VirtioDevice.open(vmm, "trustedvm", 2))
        refuse(TypeError, lambda: VirtioDevice.open(node, "trustedvm", 1))
        device = VirtioDevice.open(vmm, "trustedvm", 1, signal=signal.SIGUSR1)
        come_back(device, session)
        memory = misuse(device)
        refuse(errors.InUseError, vm.destroy)
        end(device, memory, device.kick_fd(15), device.irq_fd())
        VirtioDevice.open(vmm, "trustedvm", 1)  # Forgotten, it is closed by whatever comes next.
        vm.destroy()
    with LinuxNode() as node:
        session, _, device, fd = make(node)
        session.close()
        assert device.closed
        refuse(errors.HandleError, device.wait, device.close)
        refuse(OSError, lambda: os.fstat(fd))
    with LinuxNode() as node:
        fd = make(node)[3]
        refuse(OSError, lambda: os.fstat(fd))
    print("closed")


main()
