# SPDX-License-Identifier: BSD-3-Clause
"""Doorbells: 64 flags that one VM sets and another one takes."""

import ctypes
from typing import TYPE_CHECKING, Optional

from . import _ffi
from ._library import lib
from ._native import init
from .objects import Cspace, ObjectHandle, Partition, Vic
from .session import Session
from .types import VIRQ, WAIT_FOREVER, CapID, c_of, expect, unsigned

if TYPE_CHECKING:
    from .dt import DeviceTree


class Doorbell(ObjectHandle):
    """A doorbell. Which functions it may be used with, its capability's rights say."""

    _struct, _close, _what, _name = _ffi.gunyah_doorbell, "gunyah_doorbell_close", "doorbell", "doorbell"

    @classmethod
    def open(cls, session: Session, cap: CapID, virq: Optional[VIRQ] = None) -> "Doorbell":
        """Open a doorbell that this VM has a capability for. virq: the interrupt that is bound to it already."""
        options = init(_ffi.gunyah_doorbell_options, cap=expect(cap, CapID, "cap").c, virq=c_of(virq, VIRQ, "virq"))
        expect(session, Session, "session")
        return cls._make(session, lib.gunyah_doorbell_open, session, ctypes.byref(options))

    @classmethod
    def open_label(cls, session: Session, tree: "DeviceTree", label: int, sends: bool) -> "Doorbell":
        """Open the doorbell that this VM's device tree calls so."""
        return tree._open_label(cls, lib.gunyah_doorbell_open_label, session, label, sends)

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "Doorbell":
        return cls._create(partition, into)

    def send(self, flags: int) -> int:
        """Set flags; returns which were set before."""
        old = ctypes.c_uint64()
        self._invoke(lib.gunyah_doorbell_send, unsigned(flags, 64, "flags"), ctypes.byref(old))
        return old.value

    def receive(self, clear: int) -> int:
        """Clear flags; returns which were set before."""
        old = ctypes.c_uint64()
        self._invoke(lib.gunyah_doorbell_receive, unsigned(clear, 64, "clear"), ctypes.byref(old))
        return old.value

    def mask(self, enable: int, acknowledge: int) -> None:
        """Choose the flags that interrupt, and those that are cleared when they have done so."""
        self._invoke(lib.gunyah_doorbell_mask, unsigned(enable, 64, "enable"), unsigned(acknowledge, 64, "acknowledge"))

    def reset(self) -> None:
        """Clear all flags, and set the masks as they are after activation."""
        self._invoke(lib.gunyah_doorbell_reset)

    def bind_virq(self, vic: Vic, virq: VIRQ) -> None:
        self._bind(lib.gunyah_doorbell_bind_virq, vic, virq)

    def unbind_virq(self) -> None:
        self._invoke(lib.gunyah_doorbell_unbind_virq)

    def wait(self, clear: int, timeout_ns: int = WAIT_FOREVER) -> int:
        """Wait until one of these flags is set, clear them, and return those that were set."""
        flags = ctypes.c_uint64()
        arguments = (unsigned(clear, 64, "clear"), unsigned(timeout_ns, 64, "timeout_ns"))
        self._invoke(lib.gunyah_doorbell_wait, *arguments, ctypes.byref(flags))
        return flags.value
