# SPDX-License-Identifier: BSD-3-Clause
"""The stubs of hypercalls.h: each call with exactly the words that the ABI has. docs/hypercalls.md lists them."""

import collections
import ctypes
from typing import TYPE_CHECKING, Any, Callable, Dict, Tuple, Type, Union

from . import _ffi
from ._abi import HypervisorError
from ._library import lib
from ._native import reraise
from .types import VIRQ, VMID, CapID, Number, expect, unsigned

if TYPE_CHECKING:
    from .session import Session

PREFIX = "gunyah_hypercall_"
NUMBERS: Dict[Any, Type[Number]] = {kind.struct: kind for kind in (CapID, VMID, VIRQ)}


def to_c(value: Any, kind: Any, name: str) -> Any:
    """A word as the stub takes it: a CapID, a VIRQ; or a number, of a bit field or an address too."""
    if kind in NUMBERS:
        return expect(value, NUMBERS[kind], name).c
    number = unsigned(value, 8 * ctypes.sizeof(kind), name)
    return kind(number) if issubclass(kind, ctypes.Structure) else number


def from_c(value: Any) -> Any:
    """A word as the stub returns it."""
    if type(value) in NUMBERS:
        return NUMBERS[type(value)](value.value)
    return value.bits if isinstance(value, ctypes.Structure) else value


def error_of(code: int) -> Union[HypervisorError, int]:
    return HypervisorError(code) if code in HypervisorError._value2member_map_ else code


def result_of(name: str, result: Any) -> Any:
    """The error alone, or a tuple with the names that the results have in C."""
    if not isinstance(result, ctypes.Structure):
        return error_of(result)
    fields = [field for field, *_ in result._fields_]
    words: Tuple[Any, ...] = tuple(from_c(getattr(result, field)) for field in fields)
    if fields[0] == "error":
        words = (error_of(words[0]), *words[1:])
    return collections.namedtuple(name, fields)(*words)


class Hypercalls:
    """
    The calls of a session by their names: session.hypercalls.doorbell_send(cap, 1).

    Nothing is refused: an error is a HypervisorError among the results. An address is taken as it is.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session

    def __dir__(self) -> Any:
        return [name.replace(PREFIX, "", 1) for name in _ffi.PROTOTYPES if name.startswith(PREFIX)]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if PREFIX + name not in _ffi.PROTOTYPES:
            raise AttributeError(f"there is no hypercall {name}")
        session, kinds = self._session, _ffi.PROTOTYPES[PREFIX + name][2:]

        def call(*arguments: Any) -> Any:
            if len(arguments) != len(kinds):
                raise TypeError(f"{name} takes {len(kinds)} arguments, not {len(arguments)}")
            words = [to_c(a, kind, f"argument {i}") for i, (a, kind) in enumerate(zip(arguments, kinds), 1)]
            with session._lock:
                result = session._ask(getattr(lib, PREFIX + name), *words)
                reraise()
            return result_of(name, result)

        return call
