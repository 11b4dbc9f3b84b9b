# SPDX-License-Identifier: BSD-3-Clause
"""Virtio input devices, whose configuration space the hypervisor answers from what it was given here."""

import ctypes
from typing import NamedTuple

from . import _ffi
from ._library import lib
from ._native import init
from .enums import VirtioDeviceType, VirtioInputSelect
from .memextent import Memextent
from .msgqueue import readable
from .types import Buffer, expect, unsigned
from .virtio_mmio import VirtioMmio


class VirtioInputIds(NamedTuple):
    """Who an input device is, in numbers of Linux' input events."""

    bus_type: int
    vendor: int
    product: int
    version: int


class VirtioInput(VirtioMmio):
    """
    A virtio device that is an input device. Once it is active, it is told what it is.

    The driver selects a piece of that, and finds it in the configuration space, or a size of 0 if nothing was given.
    """

    def configure(self, extent: Memextent, queues: int, type: VirtioDeviceType = VirtioDeviceType.INPUT) -> None:
        """As VirtioMmio.configure()."""
        super().configure(extent, queues, type)

    def set_input(self, ids: VirtioInputIds, properties: int = 0, event_types: int = 0, axes: int = 0) -> None:
        """
        Say what the device is. Again only as long as it has neither event types nor axes: BusyError.

        event_types, axes: for how many types of events, and absolute axes, set_input_data() is to have room.
        """
        bus, vendor, product, version = (unsigned(number, 16, "ids") for number in VirtioInputIds(*ids))
        options = init(
            _ffi.gunyah_virtio_input_options,
            bus=bus,
            vendor=vendor,
            product=product,
            version=version,
            properties=unsigned(properties, 32, "properties"),
            event_types=unsigned(event_types, 32, "event_types"),
            axes=unsigned(axes, 32, "axes"),
        )
        self._invoke(lib.gunyah_virtio_input_configure, ctypes.byref(options))

    def set_input_data(self, select: VirtioInputSelect, data: Buffer, subselect: int = 0) -> None:
        """
        Give a piece of the configuration space. The hypervisor copies it from where it lies in this process.

        The same type of events or axis once more takes another place (NoResourcesError: there is none), and the driver
        goes on seeing the first. Everything else is replaced.

        subselect: EVBITS: the type of events; ABSINFO: the axis; else 0.
        """
        memory, size = readable(data)
        address = ctypes.cast(memory, ctypes.c_void_p).value or 0
        which = int(expect(select, VirtioInputSelect, "select")), unsigned(subselect, 32, "subselect")
        self._invoke(lib.gunyah_virtio_input_set_data, *which, address, unsigned(size, 32, "data"))
