# SPDX-License-Identifier: BSD-3-Clause
"""Partitions, capability spaces and interrupt controllers, for VMs that may make objects."""

import ctypes
from typing import TYPE_CHECKING, Any, Sequence, Type, TypeVar

from . import _ffi
from ._library import lib
from ._native import Handle
from .session import Session
from .types import VIRQ, CapID, expect, unsigned

if TYPE_CHECKING:
    from .thread import Thread

H = TypeVar("H", bound="ObjectHandle")


class ObjectHandle(Handle):
    """The base of handles that are a CapID."""

    _name = ""  # in the names of functions

    @property
    def capid(self) -> CapID:
        return CapID(self._ask(getattr(lib, f"gunyah_{self._name}_capid")).value)

    @classmethod
    def _open_cap(cls: Type[H], session: Session, cap: CapID) -> H:
        function = getattr(lib, f"gunyah_{cls._name}_open")
        return cls._make(session, function, expect(session, Session, "session"), expect(cap, CapID, "cap").c)

    @classmethod
    def _create(cls: Type[H], partition: "Partition", into: "Cspace") -> H:
        function = getattr(lib, f"gunyah_{cls._name}_create")
        owner = expect(partition, Partition, "partition")._owner
        return cls._make(owner, function, partition, expect(into, Cspace, "into"))

    def activate(self) -> None:
        """Activate the object, which ends its configuration."""
        self._invoke(getattr(lib, f"gunyah_{self._name}_activate"))

    def _bind(self, function: Any, vic: "Vic", virq: VIRQ) -> None:
        self._invoke_with(function, expect(vic, Vic, "vic"), expect(virq, VIRQ, "virq").c)

    def _attach(self, function: Any, thread: "Thread", *index: int) -> None:
        # That it is a Thread, ctypes sees to: its class stands above this one.
        numbers = [unsigned(number, 32, "index") for number in index]
        self._invoke_with(function, expect(thread, ObjectHandle, "thread"), *numbers)


class Partition(ObjectHandle):
    """What objects are made from."""

    _struct, _close, _what, _name = _ffi.gunyah_partition, "gunyah_partition_close", "partition", "partition"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "Partition":
        return cls._open_cap(session, cap)

    def activate(self) -> None:
        raise TypeError("a partition that can be opened is active")


class Cspace(ObjectHandle):
    """A capability space."""

    _struct, _close, _what, _name = _ffi.gunyah_cspace, "gunyah_cspace_close", "capability space", "cspace"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "Cspace":
        return cls._open_cap(session, cap)

    @classmethod
    def create(cls, partition: Partition, into: "Cspace") -> "Cspace":
        return cls._create(partition, into)

    def configure(self, max_caps: int) -> None:
        self._invoke(lib.gunyah_cspace_configure, unsigned(max_caps, 32, "max_caps"))

    def copy(self, cap: CapID, to: "Cspace", rights: int) -> CapID:
        """Copy a capability of this space into another one, with no more than these rights."""
        copied = _ffi.gunyah_capid_t()
        arguments = (expect(cap, CapID, "cap").c, expect(to, Cspace, "to"), unsigned(rights, 32, "rights"))
        self._invoke_with(lib.gunyah_cspace_copy, *arguments, ctypes.byref(copied))
        return CapID(copied.value)

    def delete(self, cap: CapID) -> None:
        self._invoke(lib.gunyah_cspace_delete, expect(cap, CapID, "cap").c)

    def revoke(self, cap: CapID) -> None:
        self._invoke(lib.gunyah_cspace_revoke, expect(cap, CapID, "cap").c)

    def revoke_children(self, master: CapID) -> None:
        """Take back every copy that was made of a capability."""
        self._invoke(lib.gunyah_cspace_revoke_children, expect(master, CapID, "master").c)

    def attach_thread(self, thread: "Thread") -> None:
        """Give a thread that is not active yet this capability space; once more, and the last one counts."""
        self._attach(lib.gunyah_cspace_attach_thread, thread)

    def activate_object(self, cap: CapID) -> None:
        """Activate an object by a capability of this space."""
        self._invoke(lib.gunyah_object_activate_from, expect(cap, CapID, "cap").c)

    def reset_object(self, cap: CapID) -> None:
        self._invoke(lib.gunyah_object_reset_from, expect(cap, CapID, "cap").c)


class Vic(ObjectHandle):
    """A virtual interrupt controller."""

    _struct, _close, _what, _name = _ffi.gunyah_vic, "gunyah_vic_close", "interrupt controller", "vic"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "Vic":
        return cls._open_cap(session, cap)

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "Vic":
        return cls._create(partition, into)

    def configure(self, max_vcpus: int, max_virqs: int) -> None:
        numbers = unsigned(max_vcpus, 32, "max_vcpus"), unsigned(max_virqs, 32, "max_virqs")
        self._invoke(lib.gunyah_vic_configure, *numbers)

    def attach_vcpu(self, thread: "Thread", index: int) -> None:
        """
        Give a thread that is not active yet this interrupt controller; once more, and the last one counts.

        index: which vCPU of the controller it is, below max_vcpus. Whether it is taken shows at activation.
        """
        self._attach(lib.gunyah_vic_attach_vcpu, thread, index)

    def set_mpidr_mapping(self, mask: int, aff_shifts: Sequence[int] = (0, 0, 0, 0), *, mt: bool = False) -> None:
        """
        Choose how the affinity of a vCPU (MPIDR) follows from its index, before activation; else, it is the platform's.

        mask: bits of MPIDR that the index fills. aff_shifts: at which bit of the index each of the four fields begins.
        mt: vCPUs with the same Aff1 share a core. The fields are pieces of the index that do not overlap, and together
        one piece from bit 0 on.
        """
        if len(aff_shifts) != 4:
            raise ValueError("aff_shifts must have 4 numbers")
        shifts = (ctypes.c_uint32 * 4)(*(unsigned(shift, 32, "aff_shifts") for shift in aff_shifts))
        mapping = _ffi.gunyah_mpidr_mapping(unsigned(mask, 64, "mask"), shifts, bool(mt))
        self._invoke(lib.gunyah_vic_set_mpidr_mapping, ctypes.byref(mapping))

    def bind_msi_source(self, source: CapID) -> None:
        """Bind a source of message-signalled interrupts. WrongObjectTypeError on open hypervisors: they know none."""
        self._invoke(lib.gunyah_vic_bind_msi_source, expect(source, CapID, "source").c)
