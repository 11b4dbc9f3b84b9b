# SPDX-License-Identifier: BSD-3-Clause
"""Small values of their own types, so that a CapID is never taken for an interrupt, nor a VMID for a number."""

import dataclasses
import operator
from typing import Any, ClassVar, NamedTuple, Union

from . import _abi, _ffi
from ._ffi import GUNYAH_RM_DEFAULT_TIMEOUT, GUNYAH_WAIT_FOREVER
from ._library import lib

#: A time-out that never comes.
WAIT_FOREVER = GUNYAH_WAIT_FOREVER
#: The time-out that a connection to the Resource Manager was opened with.
RM_DEFAULT_TIMEOUT = GUNYAH_RM_DEFAULT_TIMEOUT

Buffer = Union[bytes, bytearray, memoryview]


def unsigned(value: int, bits: int, name: str) -> int:
    """A number as C may have it: ctypes would cut off what does not fit."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}") from None
    if not 0 <= number < 1 << bits:
        raise ValueError(f"{name} must have {bits} bits, and {number} does not fit")
    return number


def text(value: Union[str, None], name: str) -> Union[bytes, None]:
    """A text as C may have it."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError(f"{name} must not contain a 0")
    return value.encode()


def expect(value: object, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a {kind.__name__}, not {type(value).__name__}")
    return value


@dataclasses.dataclass(frozen=True, order=True)
class Number:
    """The base of the numbers that must not be mixed up."""

    value: int
    bits: ClassVar[int] = 32
    struct: ClassVar[type] = _ffi.gunyah_virq_t

    def __post_init__(self) -> None:
        unsigned(self.value, self.bits, type(self).__name__)

    @property
    def c(self) -> Any:
        return self.struct(self.value)


@dataclasses.dataclass(frozen=True, order=True)
class CapID(Number):
    """Capability id: opaque, and meaningful only in the capability space that it came from."""

    bits = 64
    struct = _ffi.gunyah_capid_t

    def __repr__(self) -> str:
        return f"CapID({self.value:#x})"


@dataclasses.dataclass(frozen=True, order=True)
class VMID(Number):
    """Id of a virtual machine, 1 to 255. 255 is the root VM, 3 the primary one."""

    bits = 16
    struct = _ffi.gunyah_vmid_t


@dataclasses.dataclass(frozen=True, order=True)
class VIRQ(Number):
    """Virtual interrupt: a plain number of the GIC."""

    @property
    def is_bindable(self) -> bool:
        """Whether a source can be bound to an interrupt of this number at all."""
        return bool(lib.gunyah_virq_is_bindable(self.c))


#: Never a valid capability id.
CAPID_INVALID = CapID(_abi.CAPID_INVALID)
#: The primary VM, which owns the other ones.
HLOS = VMID(_abi.VMID_HLOS)


def c_of(value: Union[Number, None], kind: type, name: str) -> Any:
    """The struct of a number; 0 where there is none."""
    if value is None:
        return kind(0).c
    return expect(value, kind, name).c


class MemoryRegion(NamedTuple):
    """Addresses in a row, in bytes."""

    address: int
    size: int


def regions_of(regions: Any) -> Any:
    """An array of C."""
    rows = [MemoryRegion(*region) for region in regions]
    checked: Any = [(unsigned(row.address, 64, "address"), unsigned(row.size, 64, "size")) for row in rows]
    return (_ffi.gunyah_memory_region * len(rows))(*checked)
