# SPDX-License-Identifier: BSD-3-Clause
"""Partitions, capability spaces and interrupt controllers, for VMs that may make objects."""

import ctypes
from typing import Type, TypeVar

from . import _ffi
from ._library import lib
from ._native import Handle
from .session import Session
from .types import CapID, expect, unsigned

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
