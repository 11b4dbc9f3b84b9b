# SPDX-License-Identifier: BSD-3-Clause
"""Virtio devices that a VMM plays for VMs of signed firmware, by Qualcomm's driver of Linux."""

import contextlib
import ctypes
from typing import Any, FrozenSet, Iterator, NamedTuple

from . import _ffi
from .enums import LinuxVirtioEvent, VirtioInputSelect
from ._library import lib
from ._native import call_c, failure, init, refuse_callback
from ._solo import Solo
from .linux import LinuxVmm
from .memory import Window
from .types import Buffer, expect, text, unsigned
from .virtio_input import VirtioInputIds as VirtioInputIds


class VirtioNews(NamedTuple):
    """What the VM, or its driver for the device, has done."""

    events: FrozenSet[LinuxVirtioEvent]
    """Empty: nothing, the wait was interrupted."""
    data: int
    """What they say."""


class VirtioQueue(NamedTuple):
    """A queue as the VM's driver has set it up. Addresses are the VM's."""

    entries: int
    ready: bool
    descriptors: int
    driver: int
    device: int


class VirtioMemory(Window):
    """The memory that the VM and this process share for all devices of the VM, as long as the device is open."""

    def __init__(self, device: "VirtioDevice", start: int, size: int) -> None:
        super().__init__(start, size)
        self._device = device

    @contextlib.contextmanager
    def _there(self) -> Iterator[None]:
        with self._device._owner._gate:
            self._device._must_live("memory")
            yield


class VirtioDevice(Solo):
    """
    A device, which one thread at a time uses; meanwhile, others may use the session and the device's memory.

    As long as it is open, the VM can neither be stopped by force, reset, nor destroyed.
    """

    _struct, _close, _what = _ffi.gunyah_linux_virtio, "gunyah_linux_virtio_close", "virtio device"
    _prefix = "gunyah_linux_virtio"

    @classmethod
    def open(cls, vmm: LinuxVmm, firmware: str, label: int, *, signal: int = 0) -> "VirtioDevice":
        """
        Open a device of the VM that load_firmware() has made of this firmware.

        signal: what cancel() sends to the thread that waits, which has a handler (signal.signal); 0: nothing, and that
        thread goes on until something happens.
        """
        refuse_callback()
        owner, call = expect(vmm, LinuxVmm, "vmm")._owner, "gunyah_linux_virtio_open"
        info = _ffi.gunyah_error_info()
        options = init(
            _ffi.gunyah_linux_virtio_options,
            firmware=text(firmware, "firmware"),
            label=unsigned(label, 32, "label"),
            signal=unsigned(signal, 31, "signal"),
            error=ctypes.pointer(info),
        )
        pointer = ctypes.POINTER(_ffi.gunyah_linux_virtio)()
        with owner._lock:
            owner._ready(call)
            opened = lib.gunyah_linux_virtio_open
            error = call_c(opened, vmm._node._live(call), ctypes.byref(options), ctypes.byref(pointer))
            if error != 0:
                raise failure(error, call, info)
            owner._opened_device(pointer)
        return cls._adopt(owner, pointer, vmm)

    # ---- what the device is

    def set_features(self, features: int) -> None:
        """Say which features the device has, before the VM is started."""
        self._use(lib.gunyah_linux_virtio_set_features, unsigned(features, 64, "features"))

    @property
    def features(self) -> int:
        """Which features the VM's driver has taken."""
        taken = ctypes.c_uint64()
        self._use(lib.gunyah_linux_virtio_get_features, ctypes.byref(taken))
        return taken.value

    def set_queue_max(self, queue: int, entries: int) -> None:
        """Say how many entries a queue may have, before the VM is started; 0: there is no such queue."""
        numbers = unsigned(queue, 32, "queue"), unsigned(entries, 32, "entries")
        self._use(lib.gunyah_linux_virtio_set_queue_max, *numbers)

    def queue(self, queue: int) -> VirtioQueue:
        """How the VM's driver has set up a queue."""
        found = init(_ffi.gunyah_linux_virtio_queue)
        self._use(lib.gunyah_linux_virtio_get_queue, unsigned(queue, 32, "queue"), ctypes.byref(found))
        return VirtioQueue(found.entries, found.ready, found.descriptors, found.driver, found.device)

    def set_config(self, data: Buffer) -> None:
        """
        Write what the VM reads of the device, once, in whole words of 4 bytes.

        data: registers of virtio-mmio from the magic value on, and from byte 0x100 on the configuration.
        """
        copy = bytes(data)
        self._use(lib.gunyah_linux_virtio_set_config, copy, len(copy))

    def set_input(self, ids: VirtioInputIds, properties: int = 0, event_types: int = 0, axes: int = 0) -> None:
        """
        Say what an input device is, before the VM is started. Late drivers can.

        event_types, axes: room for the codes of so many types of events, and for so many absolute axes.
        """
        names = zip(VirtioInputIds._fields, ids)
        said = init(
            _ffi.gunyah_linux_virtio_input,
            **{name: unsigned(value, 16, name) for name, value in names},
            properties=unsigned(properties, 32, "properties"),
            event_types=unsigned(event_types, 32, "event_types"),
            axes=unsigned(axes, 32, "axes"),
        )
        self._use(lib.gunyah_linux_virtio_set_input, ctypes.byref(said))

    def set_input_data(self, select: VirtioInputSelect, data: Buffer, subselect: int = 0) -> None:
        """
        Give what the VM reads when it selects something of an input device, before the VM is started. Late drivers can.

        Codes of a type of events, and what there is to say of an axis, are given once each: they take a piece of the room
        that set_input() made. Everything else is replaced.

        subselect: the type of events, or the axis; else 0.
        """
        copy, kind = bytes(data), expect(select, VirtioInputSelect, "select")
        number = unsigned(subselect, 32, "subselect")
        self._use(lib.gunyah_linux_virtio_set_input_data, int(kind), number, copy, len(copy))

    def config(self, size: int) -> bytes:
        """The same, of so many bytes, with what the VM has written to the configuration."""
        room = ctypes.create_string_buffer(unsigned(size, 32, "size"))
        self._use(lib.gunyah_linux_virtio_get_config, room, len(room))
        return room.raw

    def map(self) -> VirtioMemory:
        """The memory of the devices. Where the VM has it, the firmware says."""
        start, size = ctypes.c_void_p(), ctypes.c_size_t()
        self._use(lib.gunyah_linux_virtio_map, ctypes.byref(start), ctypes.byref(size))
        return VirtioMemory(self, start.value or 0, size.value)

    # ---- while it runs

    def kick_fd(self, queue: int) -> int:
        """
        The eventfd that becomes readable when the VM has put buffers into a queue, after begin(). It is the device's.

        Some drivers forget it with a reset: ask again after one.
        """
        return self._fd(lib.gunyah_linux_virtio_get_kick, unsigned(queue, 32, "queue"))

    def irq_fd(self) -> int:
        """The eventfd that interrupts the VM when it is written to, by any thread. It is the device's."""
        return self._fd(lib.gunyah_linux_virtio_get_irq)

    def _fd(self, function: Any, *queue: int) -> int:
        fd = ctypes.c_int()
        self._use(function, *queue, ctypes.byref(fd))
        return fd.value

    def wait(self) -> VirtioNews:
        """Wait until the VM has done something, a signal comes, or cancel() is called."""
        events, data = ctypes.c_uint32(), ctypes.c_uint32()
        self._use(lib.gunyah_linux_virtio_wait, ctypes.byref(events), ctypes.byref(data))
        return VirtioNews(frozenset(bit for bit in LinuxVirtioEvent if events.value & bit), data.value)

    def begin(self) -> None:
        """Take note that the VM's driver is ready: from now on, eventfds tell of buffers."""
        self._use(lib.gunyah_linux_virtio_begin)

    def end_reset(self) -> None:
        """Say that the device is as it was at the start, and uses no buffer any more."""
        self._use(lib.gunyah_linux_virtio_end_reset)
