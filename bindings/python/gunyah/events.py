# SPDX-License-Identifier: BSD-3-Clause
"""Notifications of the Resource Manager."""

import ctypes
import dataclasses
from typing import Any, Callable, Dict, Tuple

from ._abi import RmNotification as N
from .enums import MemparcelTransaction, MemparcelType, OsStatus, VmExitType, VmState, VmStopReason
from .types import VMID

Base = Tuple[int, bytes]  # id and payload


@dataclasses.dataclass(frozen=True)
class Event:
    """A notification; of a kind that has no class of its own, there is the payload."""

    id: int
    payload: bytes


@dataclasses.dataclass(frozen=True)
class VmStatusEvent(Event):
    """A VM of ours, or a peer, changed its state."""

    vmid: VMID
    state: VmState
    os: OsStatus
    application: int


@dataclasses.dataclass(frozen=True)
class VmExitedEvent(Event):
    """A VM of ours ended."""

    vmid: VMID
    type: VmExitType
    reason: bytes


@dataclasses.dataclass(frozen=True)
class VmShutdownEvent(Event):
    """The owner of this VM asks it to end."""

    reason: VmStopReason


@dataclasses.dataclass(frozen=True)
class MemSharedEvent(Event):
    """Somebody offers memory."""

    parcel: int
    type: MemparcelType
    transaction: MemparcelTransaction
    flags: int
    owner: VMID
    label: int
    tag: int


@dataclasses.dataclass(frozen=True)
class MemEvent(Event):
    """Somebody accepted or released a parcel of ours."""

    parcel: int
    vmid: VMID
    tag: int


@dataclasses.dataclass(frozen=True)
class MemRecallEvent(Event):
    """The owner wants its memory back."""

    parcel: int
    tag: int


@dataclasses.dataclass(frozen=True)
class IrqLentEvent(Event):
    """Somebody offers an interrupt."""

    owner: VMID
    handle: int
    label: int


@dataclasses.dataclass(frozen=True)
class IrqEvent(Event):
    """The borrower accepted or released one of our interrupts."""

    handle: int


@dataclasses.dataclass(frozen=True)
class ConsoleEvent(Event):
    """Somebody wrote to a console; VMID 0: to our own."""

    vmid: VMID
    text: bytes


def of_mem_shared(event: Any, base: Base) -> Event:
    e = event.mem_shared
    kinds = MemparcelType(e.type), MemparcelTransaction(e.transaction)
    return MemSharedEvent(*base, e.parcel, *kinds, e.flags, VMID(e.owner.value), e.label, e.tag)


def of_status(event: Any, base: Base) -> Event:
    e = event.vm_status
    return VmStatusEvent(*base, VMID(e.vmid.value), VmState(e.state), OsStatus(e.os), e.application)


def of_exited(event: Any, base: Base) -> Event:
    e = event.vm_exited
    reason = ctypes.string_at(e.reason, e.reason_size) if e.reason_size else b""
    return VmExitedEvent(*base, VMID(e.vmid.value), VmExitType(e.type), reason)


def of_console(event: Any, base: Base) -> Event:
    e = event.console
    return ConsoleEvent(*base, VMID(e.vmid.value), ctypes.string_at(text_address(e), e.size) if e.size else b"")


def text_address(console: Any) -> int:
    """The text is not terminated, which ctypes would take for granted."""
    start = ctypes.addressof(console) + type(console).text.offset
    return ctypes.c_void_p.from_address(start).value or 0


def of_mem(event: Any, base: Base) -> Event:
    e = event.mem
    return MemEvent(*base, e.parcel, VMID(e.vmid.value), e.tag)


MAKERS: Dict[int, Callable[[Any, Base], Event]] = {
    N.VM_STATUS: of_status,
    N.VM_EXITED: of_exited,
    N.VM_SHUTDOWN: lambda e, base: VmShutdownEvent(*base, VmStopReason(e.vm_shutdown.reason)),
    N.MEM_SHARED: of_mem_shared,
    N.MEM_ACCEPTED: of_mem,
    N.MEM_RELEASED: of_mem,
    N.MEM_RECALL: lambda e, base: MemRecallEvent(*base, e.mem_recall.parcel, e.mem_recall.tag),
    N.VM_IRQ_LENT: lambda e, base: IrqLentEvent(
        *base, VMID(e.irq_lent.owner.value), e.irq_lent.handle, e.irq_lent.label
    ),
    N.VM_IRQ_ACCEPTED: lambda e, base: IrqEvent(*base, e.irq.handle),
    N.VM_IRQ_RELEASED: lambda e, base: IrqEvent(*base, e.irq.handle),
    N.VM_CONSOLE_CHARS: of_console,
}


def of_c(event: Any) -> Event:
    """A copy of what lives until the next one."""
    payload = ctypes.string_at(event.payload, event.size) if event.size else b""
    return MAKERS.get(event.id, lambda _, base: Event(*base))(event, (event.id, payload))
