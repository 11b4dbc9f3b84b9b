# SPDX-License-Identifier: BSD-3-Clause
"""The device tree that a VM is made from: a whole one, or one that exists with the VM's configuration added."""

import ctypes
import threading
from typing import Any, Callable, Dict, Optional

from . import _ffi
from ._library import lib
from ._native import failure, init, refuse_callback
from .dt import DtInterrupt, aligned_copy, with_problem
from .errors import OutOfMemoryError
from .types import VIRQ, Buffer, text, unsigned

START = 16 << 10  # bytes of the first buffer


def strings_of(values: Any) -> Any:
    texts = [text(value, "text") for value in values]
    return (ctypes.c_char_p * len(texts))(*texts)


def interrupt(value: Any) -> Any:
    """An interrupt, or the number of one that is triggered by an edge."""
    if isinstance(value, VIRQ):
        value = DtInterrupt(value)
    if not isinstance(value, DtInterrupt):
        raise TypeError(f"an interrupt must be a VIRQ or a DtInterrupt, not {type(value).__name__}")
    return _ffi.gunyah_dt_interrupt(value.virq.c, value.level)


# How a value becomes one of C, by the type of the field.
CONVERTERS: Dict[Any, Callable[[Any, str], Any]] = {
    ctypes.c_char_p: text,
    ctypes.c_bool: lambda value, _: bool(value),
    ctypes.c_uint32: lambda value, name: unsigned(value, 32, name),
    ctypes.c_uint64: lambda value, name: unsigned(value, 64, name),
    ctypes.c_int32: lambda value, name: unsigned(value + (1 << 31), 32, name) - (1 << 31),
    _ffi.gunyah_dt_interrupt: lambda value, _: interrupt(value),
    ctypes.POINTER(ctypes.c_char_p): lambda value, _: strings_of(value),
    ctypes.POINTER(ctypes.c_uint32): lambda value, name: (ctypes.c_uint32 * len(value))(
        *(unsigned(v, 32, name) for v in value)
    ),
    _ffi.gunyah_virq_t * 4: lambda value, _: (_ffi.gunyah_virq_t * 4)(*(virq.c for virq in value)),
}
# The lists that C counts in a field of another name.
COUNTS = {"compatible": "compatible_count", "affinity_map": "affinity_count"}


def struct_of(kind: Any, values: Dict[str, Any]) -> Any:
    """An option struct with these fields, which have the names of C. Counts and has_... are filled in."""
    types = {name: of for name, of, *_ in kind._fields_}
    fields: Dict[str, Any] = {}
    for name, value in values.items():
        if name not in types or name in ("size", *COUNTS.values()) or name.startswith("has_"):
            raise TypeError(f"{kind.__name__} has no option {name}")
        if value is None:
            continue
        fields[name] = CONVERTERS[types[name]](value, name)
        if name in COUNTS:
            fields[COUNTS[name]] = len(value)
        marker = "has_firmware" if name == "firmware_address" else f"has_{name}"
        if marker in types:
            fields[marker] = True
    return init(kind, **fields)


class TreeBuilder:
    """
    Builds a device tree: virtual devices, then emulated devices, then reserved memory, then finish().

    All options have the names that they have in dt_build.h. A list has no count, and what is given needs no has_...
    """

    _original: Any = None  # the tree that is edited

    def __init__(self, machine: Optional[Dict[str, Any]] = None, **config: Any) -> None:
        """Begin a whole tree; machine: options of the machine, config: of the VM's configuration."""
        structs = (
            struct_of(_ffi.gunyah_dt_machine_options, machine or {}),
            struct_of(_ffi.gunyah_dt_config_options, config),
        )
        self._begin(lib.gunyah_dt_build_begin, *map(ctypes.pointer, structs))

    @classmethod
    def edit(cls, data: Buffer, config: Optional[Dict[str, Any]] = None) -> "TreeBuilder":
        """Begin with a tree that exists; config: None if the tree has one."""
        self = cls.__new__(cls)
        self._original = aligned_copy(data)
        options = None if config is None else ctypes.pointer(struct_of(_ffi.gunyah_dt_config_options, config))
        self._begin(lib.gunyah_dt_build_edit, self._original, len(data), options)
        return self

    def _begin(self, function: Any, *arguments: Any) -> None:
        refuse_callback()
        self._lock = threading.RLock()
        self._build = _ffi.gunyah_dt_build()
        size = START
        while True:
            self._buffer = (ctypes.c_uint64 * (size // 8))()
            try:
                self._judge(function(self._pointer, self._buffer, size, *arguments), function.__name__)
                return
            except OutOfMemoryError:
                size = self._larger()

    @property
    def _pointer(self) -> Any:
        return ctypes.byref(self._build)

    def _larger(self) -> int:
        room = int(lib.gunyah_dt_build_room(self._pointer))
        return max(2 * ctypes.sizeof(self._buffer), (room + 7) & ~7)

    def _judge(self, error: int, call: str) -> None:
        if error != 0:
            raise with_problem(failure(error, call), lib.gunyah_dt_build_last_problem(self._pointer).contents)

    def _invoke(self, function: Any, *arguments: Any) -> None:
        """Call a function; in a larger buffer, if it needs one."""
        refuse_callback()
        with self._lock:
            while True:
                try:
                    self._judge(function(self._pointer, *arguments), function.__name__)
                    return
                except OutOfMemoryError:
                    self._grow()

    def _grow(self) -> None:
        buffer, function = (ctypes.c_uint64 * (self._larger() // 8))(), lib.gunyah_dt_build_grow
        self._judge(function(self._pointer, buffer, ctypes.sizeof(buffer)), function.__name__)
        self._buffer = buffer

    def _add(self, function: Any, kind: Any, values: Dict[str, Any]) -> "TreeBuilder":
        self._invoke(function, ctypes.pointer(struct_of(kind, values)))
        return self

    def rm_rpc(self, **options: Any) -> "TreeBuilder":
        """A channel to the Resource Manager for the VM."""
        return self._add(lib.gunyah_dt_add_rm_rpc, _ffi.gunyah_dt_rm_rpc, options)

    def doorbell(self, **options: Any) -> "TreeBuilder":
        """A doorbell that rings in this VM."""
        return self._add(lib.gunyah_dt_add_doorbell, _ffi.gunyah_dt_bell, options)

    def doorbell_source(self, **options: Any) -> "TreeBuilder":
        """A doorbell that this VM rings."""
        return self._add(lib.gunyah_dt_add_doorbell_source, _ffi.gunyah_dt_bell, options)

    def msgqueue(self, **options: Any) -> "TreeBuilder":
        """A message queue with the owner."""
        return self._add(lib.gunyah_dt_add_msgqueue, _ffi.gunyah_dt_msgqueue, options)

    def msgqueue_pair(self, **options: Any) -> "TreeBuilder":
        """Two message queues, one in each direction."""
        return self._add(lib.gunyah_dt_add_msgqueue_pair, _ffi.gunyah_dt_msgqueue_pair, options)

    def shm(self, **options: Any) -> "TreeBuilder":
        """Memory that is shared with the owner."""
        return self._add(lib.gunyah_dt_add_shm, _ffi.gunyah_dt_shm, options)

    def shm_doorbell(self, **options: Any) -> "TreeBuilder":
        """Memory that is shared with the owner, and a doorbell in each direction."""
        return self._add(lib.gunyah_dt_add_shm_doorbell, _ffi.gunyah_dt_shm, options)

    def virtio_mmio(self, **options: Any) -> "TreeBuilder":
        """A virtio device whose registers the hypervisor keeps."""
        return self._add(lib.gunyah_dt_add_virtio_mmio, _ffi.gunyah_dt_virtio, options)

    def iomem(self, **options: Any) -> "TreeBuilder":
        """Registers of a physical device."""
        return self._add(lib.gunyah_dt_add_iomem, _ffi.gunyah_dt_iomem, options)

    def rtc(self, **options: Any) -> "TreeBuilder":
        """A real-time clock."""
        return self._add(lib.gunyah_dt_add_rtc, _ffi.gunyah_dt_rtc, options)

    def device(self, **options: Any) -> "TreeBuilder":
        """A device that the VMM emulates."""
        return self._add(lib.gunyah_dt_add_device, _ffi.gunyah_dt_device_node, options)

    def reserved(self, **options: Any) -> "TreeBuilder":
        """Memory that the VM's kernel leaves alone."""
        return self._add(lib.gunyah_dt_add_reserved, _ffi.gunyah_dt_reserved, options)

    def finish(self) -> bytes:
        """Complete the tree."""
        size = ctypes.c_size_t()
        with self._lock:
            self._invoke(lib.gunyah_dt_build_finish, ctypes.byref(size))
            return ctypes.string_at(self._buffer, size.value)


def region_size(size: int) -> int:
    """How much memory a tree of this size needs in a VM's image."""
    return int(lib.gunyah_dt_region_size(unsigned(size, 64, "size")))
