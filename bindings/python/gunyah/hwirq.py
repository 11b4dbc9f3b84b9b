# SPDX-License-Identifier: BSD-3-Clause
"""Hardware interrupts as objects of the hypervisor: what a device raises, bound to an interrupt of a VM."""

from . import _ffi
from ._library import lib
from .objects import ObjectHandle, Vic
from .session import Session
from .types import VIRQ, CapID


class Hwirq(ObjectHandle):
    """
    A hardware interrupt. No call creates one: the hypervisor makes them, for its first VM.

    Interrupts that one VM lends to another one are Irq, where the Resource Manager does this.
    """

    _struct, _close, _what, _name = _ffi.gunyah_hwirq, "gunyah_hwirq_close", "hardware interrupt", "hwirq"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "Hwirq":
        return cls._open_cap(session, cap)

    def activate(self) -> None:
        raise TypeError("a hardware interrupt that can be opened is active")

    def bind_virq(self, vic: Vic, virq: VIRQ) -> None:
        """
        Bind it to an interrupt of a VM: a shared one that is free; for an interrupt of a processor, 16 to 31.

        VirqBoundError: it is bound. BusyError: the other one has another source. RetryError: what was bound there
        before is not gone yet, call again.
        """
        self._bind(lib.gunyah_hwirq_bind_virq, vic, virq)

    def unbind_virq(self) -> None:
        """Unbind, and wait until nothing handles it any more. VirqNotBoundError: it is not bound."""
        self._invoke(lib.gunyah_hwirq_unbind_virq)
