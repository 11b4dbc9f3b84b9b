# SPDX-License-Identifier: BSD-3-Clause
"""Booting a guest: what its kernel's file is, where everything goes in its memory, and putting the kernel there."""

import ctypes
from typing import Any, NamedTuple

from . import _ffi
from .enums import BootFormat
from ._library import lib
from ._native import failure, init, refuse_callback
from .errors import BufferTooSmallError
from .msgqueue import readable
from .types import Buffer, MemoryRegion, expect, regions_of, unsigned


class BootKernel(NamedTuple):
    """A kernel, before it is put anywhere."""

    format: BootFormat
    compressed: bool
    memory_size: int
    entry: int
    offset: int
    address: int

    def _c(self) -> Any:
        return init(_ffi.gunyah_boot_kernel, **self._asdict())


class BootLayout(NamedTuple):
    """Where everything goes, in the guest's addresses; initrd 0: there is none."""

    kernel: int
    entry: int
    dtb: int
    initrd: int
    end: int


def check(error: int, call: str, advice: str = "") -> None:
    if error != 0:
        raise failure(error, call, advice=advice)


def inspect(file: Buffer) -> BootKernel:
    """Find out what a kernel's file is."""
    refuse_callback()
    memory, size = readable(file)
    found = init(_ffi.gunyah_boot_kernel)
    check(lib.gunyah_boot_inspect(memory, size, None, ctypes.byref(found)), "gunyah_boot_inspect")
    numbers = found.memory_size, found.entry, found.offset, found.address
    return BootKernel(BootFormat(found.format), found.compressed, *numbers)


def place(
    kernel: BootKernel,
    memory: MemoryRegion,
    dtb_size: int,
    *,
    initrd_size: int = 0,
    first_byte_is_entry: bool = False,
) -> BootLayout:
    """Place kernel, device tree and initrd in a guest's memory. BufferTooSmallError says where it would have to end."""
    refuse_callback()
    request = init(
        _ffi.gunyah_boot_request,
        memory=regions_of([memory])[0],
        dtb_size=unsigned(dtb_size, 64, "dtb_size"),
        initrd_size=unsigned(initrd_size, 64, "initrd_size"),
        first_byte_is_entry=first_byte_is_entry,
    )
    layout = init(_ffi.gunyah_boot_layout)
    struct = expect(kernel, BootKernel, "kernel")._c()
    error = lib.gunyah_boot_place(ctypes.byref(struct), ctypes.byref(request), ctypes.byref(layout))
    advice = f"The memory would have to end at {layout.end:#x}." if error == BufferTooSmallError.error else ""
    check(error, "gunyah_boot_place", advice)
    return BootLayout(*(getattr(layout, name) for name in BootLayout._fields))


def load(kernel: BootKernel, file: Buffer, memory: Any) -> None:
    """Put a kernel into memory of this process that begins where layout.kernel is: a slice of Memory.view."""
    refuse_callback()
    source, size = readable(file)
    view = memoryview(memory).cast("B")
    target = (ctypes.c_char * view.nbytes).from_buffer(view)
    struct = expect(kernel, BootKernel, "kernel")._c()
    error = lib.gunyah_boot_load(ctypes.byref(struct), source, size, None, target, view.nbytes)
    check(error, "gunyah_boot_load")
