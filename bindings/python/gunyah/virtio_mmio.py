# SPDX-License-Identifier: BSD-3-Clause
"""Virtio devices as objects of the hypervisor: it takes in what the driver writes, and the owner plays the device."""

import ctypes
from typing import NamedTuple, Type, TypeVar

from . import _ffi
from ._library import lib
from ._native import init
from .enums import VirtioDeviceType
from .memextent import Memextent
from .objects import Cspace, ObjectHandle, Partition, Vic
from .session import Session
from .types import VIRQ, CapID, expect, unsigned

D = TypeVar("D", bound="VirtioMmio")


class VirtioMmioQueue(NamedTuple):
    """
    A queue, as the driver has set it up. Nothing of it is checked: addresses are what the driver's VM has written.
    """

    num: int
    """Descriptors."""
    ready: bool
    desc_addr: int
    """Of the descriptors."""
    drv_addr: int
    """Of what the driver writes."""
    dev_addr: int
    """Of what the device writes."""


class VirtioMmioNotification(NamedTuple):
    """What the driver has done since it was last asked for."""

    queues: int
    """That it has notified, one bit each: the driver's numbers modulo 64, which nobody has checked."""
    new_buffer: bool
    """It has notified a queue."""
    reset_requested: bool
    """It wants a reset: acknowledge_reset() when that is done."""
    driver_ok: bool
    """It is ready."""
    failed: bool
    """It has given up."""


class VirtioMmio(ObjectHandle):
    """
    A virtio device, on the side of its owner, who is the back end. VirtioDevice, by a driver of Linux, is another.

    The page of an extent is what the driver reads as registers: what nothing here writes (magic number, version, ids,
    configuration space) is there when the owner has put it there. Make a device of no type only for a VM that may stop
    the machine: its driver can stop the hypervisor, and no call takes that from it.
    """

    _struct, _close, _what, _name = _ffi.gunyah_virtio_mmio, "gunyah_virtio_mmio_close", "virtio device", "virtio_mmio"

    @classmethod
    def open(cls: Type[D], session: Session, cap: CapID) -> D:
        return cls._open_cap(session, cap)

    @classmethod
    def create(cls: Type[D], partition: Partition, into: Cspace) -> D:
        return cls._create(partition, into)

    # ---- before activation, which needs configure() through this handle: ObjectConfigError

    def configure(self, extent: Memextent, queues: int, type: VirtioDeviceType = VirtioDeviceType.INVALID) -> None:
        """
        Set the page and the number of queues, before activation. WouldCrashError: no queue.

        extent: a basic one of one page, readable and writable, without children, and of no other device. type: INVALID
        for everything but what VirtioInput is for.
        """
        numbers = unsigned(queues, 32, "queues"), unsigned(type, 32, "type")
        self._invoke_with(lib.gunyah_virtio_mmio_configure, expect(extent, Memextent, "extent"), *numbers)

    # ---- what the driver sees

    def set_device_features(self, features: int) -> None:
        """
        Offer features: VERSION_1 (bit 32) and ACCESS_PLATFORM (bit 33) among them, NOTIFICATION_DATA (bit 38) not.
        """
        self._invoke(lib.gunyah_virtio_mmio_set_device_features, unsigned(features, 64, "features"))

    def set_queue_num_max(self, queue: int, queue_num_max: int) -> None:
        """Say how many descriptors the driver may give a queue; 0: there is no such queue."""
        numbers = unsigned(queue, 32, "queue"), unsigned(queue_num_max, 32, "queue_num_max")
        self._invoke(lib.gunyah_virtio_mmio_set_queue_num_max, *numbers)

    def assert_virq(self, status: int) -> None:
        """
        Interrupt the driver. DeniedError: it waits for a reset.

        status: bits to add to InterruptStatus, of VirtioMmioInterrupt; the driver acknowledges them.
        """
        self._invoke(lib.gunyah_virtio_mmio_assert_virq, unsigned(status, 32, "status"))

    def acknowledge_reset(self) -> None:
        """Tell the driver that the reset is done. The queues are not in use since it asked for that."""
        self._invoke(lib.gunyah_virtio_mmio_acknowledge_reset)

    def update_status(self, bits: int) -> None:
        """Add bits to Status, DEVICE_NEEDS_RESET (64) for instance; none can be taken away."""
        self._invoke(lib.gunyah_virtio_mmio_update_status, unsigned(bits, 32, "bits"))

    # ---- interrupts

    def bind_backend_virq(self, vic: Vic, virq: VIRQ) -> None:
        """Bind the interrupt of the driver, which assert_virq() raises. vic: of the driver's VM."""
        self._bind(lib.gunyah_virtio_mmio_bind_backend_virq, vic, virq)

    def unbind_backend_virq(self) -> None:
        self._invoke(lib.gunyah_virtio_mmio_unbind_backend_virq)

    def bind_frontend_virq(self, vic: Vic, virq: VIRQ) -> None:
        """
        Bind the interrupt of the owner, which comes when the driver has something to say: notification().

        Edge triggered: while it is one for levels, or none is bound, a driver that resets the device takes an abort.
        """
        self._bind(lib.gunyah_virtio_mmio_bind_frontend_virq, vic, virq)

    def unbind_frontend_virq(self) -> None:
        self._invoke(lib.gunyah_virtio_mmio_unbind_frontend_virq)

    # ---- what the driver says

    @property
    def driver_features(self) -> int:
        """The features that the driver has taken. They mean something once it has said so in the status."""
        features = ctypes.c_uint64()
        self._invoke(lib.gunyah_virtio_mmio_get_driver_features, ctypes.byref(features))
        return features.value

    def queue(self, queue: int) -> VirtioMmioQueue:
        """How the driver has set up a queue."""
        found = init(_ffi.gunyah_virtio_mmio_queue)
        self._invoke(lib.gunyah_virtio_mmio_get_queue_info, unsigned(queue, 32, "queue"), ctypes.byref(found))
        return VirtioMmioQueue(*(getattr(found, name) for name in VirtioMmioQueue._fields))

    def notification(self) -> VirtioMmioNotification:
        """Fetch what the driver has done, and forget it."""
        found = _ffi.gunyah_virtio_mmio_notification()
        self._invoke(lib.gunyah_virtio_mmio_get_notification, ctypes.byref(found))
        return VirtioMmioNotification(*(getattr(found, name) for name in VirtioMmioNotification._fields))
