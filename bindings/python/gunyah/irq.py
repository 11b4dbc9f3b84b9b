# SPDX-License-Identifier: BSD-3-Clause
"""Interrupt lending: a VM gives a hardware interrupt of its own to another VM for a while."""

import ctypes
from typing import Optional

from . import _ffi
from ._library import lib
from ._native import Handle
from .rm import ResourceManager
from .types import VIRQ, VMID, c_of, expect, unsigned


class Irq(Handle):
    """A lent interrupt, on the side of the lender or of the borrower."""

    _struct, _close, _what = _ffi.gunyah_irq, "gunyah_irq_close", "interrupt"

    @classmethod
    def lend(cls, rm: ResourceManager, borrower: VMID, virq: VIRQ, label: int = 0) -> "Irq":
        """Lend an interrupt, which does not reach the lender any more."""
        owner = expect(rm, ResourceManager, "rm")._owner
        numbers = expect(borrower, VMID, "borrower").c, expect(virq, VIRQ, "virq").c, unsigned(label, 32, "label")
        return cls._make(owner, lib.gunyah_irq_lend, rm, *numbers)

    @classmethod
    def open(cls, rm: ResourceManager, handle: int) -> "Irq":
        """Open an interrupt that another VM lends this one."""
        owner = expect(rm, ResourceManager, "rm")._owner
        return cls._make(owner, lib.gunyah_irq_open, rm, unsigned(handle, 32, "handle"))

    @property
    def handle(self) -> int:
        """The number that both VMs know the interrupt by."""
        return int(self._ask(lib.gunyah_irq_handle))

    def accept(self, wanted: Optional[VIRQ] = None) -> VIRQ:
        """Accept an interrupt; returns the number that it got in this VM."""
        found = _ffi.gunyah_virq_t()
        self._invoke(lib.gunyah_irq_accept, c_of(wanted, VIRQ, "wanted"), ctypes.byref(found))
        return VIRQ(found.value)

    def release(self) -> None:
        """Give an accepted interrupt back."""
        self._invoke(lib.gunyah_irq_release)

    def reclaim(self) -> None:
        """Take an interrupt back that is not accepted, and close the handle."""
        self._end(lib.gunyah_irq_reclaim)

    def notify(self) -> None:
        """Tell the other side how things are."""
        self._invoke(lib.gunyah_irq_notify)
