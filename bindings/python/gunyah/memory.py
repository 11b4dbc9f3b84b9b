# SPDX-License-Identifier: BSD-3-Clause
"""Memory parcels: pieces of a VM's memory that other VMs may use."""

import ctypes
import dataclasses
import mmap
from typing import Any, ContextManager, List, NamedTuple, Optional, Sequence

from . import _ffi
from ._abi import RM_HANDLE_INVALID, RmMemNotifyFlags
from .enums import MemparcelAttribute, MemparcelTransaction, PgtableAccess
from ._library import lib
from ._native import Handle, init
from .errors import BufferTooSmallError
from .rm import ResourceManager
from .types import VMID, MemoryRegion, expect, regions_of, unsigned
from .vm import Vm


class Piece(MemoryRegion):
    """A region of a Memory, which lives as long as any VM may have it."""

    memory: "Memory"


class Memory:
    """Pages of this process, filled with zeros, for parcels in the simulator and for VMs of Linux."""

    def __init__(self, size: int) -> None:
        self._pages = mmap.mmap(-1, size)
        self.view = memoryview(self._pages)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self._pages))
        self.size = size

    def contains(self, address: int, size: int) -> bool:
        """Whether these addresses of the process are its own."""
        return self.address <= address and address + size <= self.address + self.size

    def region(self, offset: int = 0, size: Optional[int] = None) -> Piece:
        """A piece of it, or all."""
        size = self.size - offset if size is None else size
        if offset < 0 or size < 0 or offset + size > self.size:
            raise ValueError("the region is not within the memory")
        piece = Piece(self.address + offset, size)
        piece.memory = self
        return piece


class Window:
    """Memory that is read and written as long as it is there."""

    def __init__(self, start: int, size: int) -> None:
        self._start, self.size = start, size

    def _there(self) -> ContextManager[None]:
        """While it is there, and stays; raises if it is not."""
        raise NotImplementedError

    def _at(self, offset: int, size: int) -> int:
        if offset < 0 or size < 0 or offset + size > self.size:
            raise ValueError("it is not within the memory")
        return self._start + offset

    def write(self, offset: int, data: bytes) -> None:
        with self._there():
            ctypes.memmove(self._at(offset, len(data)), data, len(data))

    def read(self, offset: int, size: int) -> bytes:
        with self._there():
            return ctypes.string_at(self._at(offset, size), size)


class Access(NamedTuple):
    """What one VM of an access list may do."""

    vmid: VMID
    rights: PgtableAccess


class Attribute(NamedTuple):
    """How one VM of the access list maps the memory."""

    vmid: VMID
    attribute: MemparcelAttribute


@dataclasses.dataclass(frozen=True)
class Offer:
    """What a VM knows of a parcel that it is offered."""

    memparcel: int = RM_HANDLE_INVALID
    transaction: MemparcelTransaction = MemparcelTransaction.SHARE
    io: bool = False
    label: int = 0
    accepted: bool = False


def access_of(access: Sequence[Access]) -> Any:
    kind = _ffi.gunyah_memparcel_access
    rows = [kind(expect(a.vmid, VMID, "vmid").c, unsigned(a.rights, 8, "rights")) for a in access]
    return (kind * len(rows))(*rows)


def attributes_of(attributes: Sequence[Attribute]) -> Any:
    kind = _ffi.gunyah_memparcel_vm_attribute
    rows = [kind(unsigned(a.attribute, 16, "attribute"), expect(a.vmid, VMID, "vmid").c) for a in attributes]
    return (kind * len(rows))(*rows)


class Memparcel(Handle):
    """A parcel, on the side of its owner or of another VM."""

    _struct, _close, _what = _ffi.gunyah_memparcel, "gunyah_memparcel_close", "memory parcel"

    @staticmethod
    def _options(
        access: Sequence[Access],
        regions: Sequence[MemoryRegion],
        transaction: MemparcelTransaction,
        label: int,
        io: bool,
        sanitize: bool,
        attributes: Sequence[Attribute],
    ) -> Any:
        lists = access_of(access), regions_of(regions), attributes_of(attributes)
        return init(
            _ffi.gunyah_memparcel_options,
            transaction=unsigned(transaction, 32, "transaction"),
            io=bool(io),
            sanitize=bool(sanitize),
            label=unsigned(label, 32, "label"),
            access=lists[0],
            access_count=len(lists[0]),
            regions=lists[1],
            region_count=len(lists[1]),
            attributes=lists[2] if attributes else None,
            attribute_count=len(lists[2]),
        )

    @classmethod
    def create(
        cls,
        rm: ResourceManager,
        access: Sequence[Access],
        regions: Sequence[MemoryRegion],
        transaction: MemparcelTransaction = MemparcelTransaction.LEND,
        *,
        label: int = 0,
        io: bool = False,
        sanitize: bool = False,
        attributes: Sequence[Attribute] = (),
        vm: Optional[Vm] = None,
    ) -> "Memparcel":
        """
        Make a parcel of memory of this VM. vm: it goes with this VM, and is reclaimed with it.

        The memory must stay where it is as long as any VM has it, as a piece of a Memory does by itself.
        """
        options = cls._options(access, regions, transaction, label, io, sanitize, attributes)
        owner = expect(rm, ResourceManager, "rm")._owner
        with owner._lock:
            if vm is not None:
                options.vm = rm._same_owner(expect(vm, Vm, "vm"), "gunyah_memparcel_create")
            parcel = cls._make(owner, lib.gunyah_memparcel_create, rm, ctypes.byref(options))
            if vm is not None:
                vm._parcels.append(parcel)  # destroying the VM ends it
        for region in regions:
            if isinstance(region, Piece):
                owner._keep(region.memory)
        return parcel

    @classmethod
    def lookup(
        cls,
        rm: ResourceManager,
        access: Sequence[Access],
        regions: Sequence[MemoryRegion],
        *,
        label: int = 0,
        io: bool = False,
        attributes: Sequence[Attribute] = (),
    ) -> "Memparcel":
        """Find a parcel that firmware made for this VM, by exactly what it is made of, and give it a label."""
        options = cls._options(access, regions, MemparcelTransaction.LEND, label, io, False, attributes)
        owner = expect(rm, ResourceManager, "rm")._owner
        return cls._make(owner, lib.gunyah_memparcel_lookup, rm, ctypes.byref(options))

    @classmethod
    def open(cls, rm: ResourceManager, offer: Offer) -> "Memparcel":
        """Open a parcel that another VM made for this one."""
        expect(offer, Offer, "offer")
        struct = init(
            _ffi.gunyah_memparcel_offer,
            memparcel=unsigned(offer.memparcel, 32, "memparcel"),
            transaction=unsigned(offer.transaction, 32, "transaction"),
            io=offer.io,
            label=unsigned(offer.label, 32, "label"),
            accepted=offer.accepted,
        )
        owner = expect(rm, ResourceManager, "rm")._owner
        return cls._make(owner, lib.gunyah_memparcel_open, rm, ctypes.byref(struct))

    @property
    def handle(self) -> int:
        """The number that all VMs know the parcel by."""
        return int(self._ask(lib.gunyah_memparcel_handle))

    def accept(
        self,
        regions: Sequence[MemoryRegion] = (),
        *,
        contiguous: bool = False,
        check_sanitized: bool = False,
        check_label: bool = False,
        access: Sequence[Access] = (),
        attributes: Sequence[Attribute] = (),
    ) -> List[MemoryRegion]:
        """
        Accept a parcel; returns where it is then, if no regions are named. A donated parcel's handle is closed.

        regions: where to map it, one for each region of the parcel. access, attributes: what the owner is expected
        to have said.
        """
        lists = regions_of(regions), access_of(access), attributes_of(attributes)
        options = init(
            _ffi.gunyah_memparcel_accept_options,
            regions=lists[0] if regions else None,
            region_count=len(lists[0]),
            contiguous=contiguous,
            check_sanitized=check_sanitized,
            check_label=check_label,
            access=lists[1] if access else None,
            access_count=len(lists[1]),
            attributes=lists[2] if attributes else None,
            attribute_count=len(lists[2]),
        )
        room, count = 512, ctypes.c_size_t()
        mapped = (_ffi.gunyah_memory_region * room)()
        try:
            self._end(lib.gunyah_memparcel_accept, ctypes.byref(options), mapped, room, ctypes.byref(count))
        except BufferTooSmallError:
            pass  # it is mapped, and the first ones are told
        return [MemoryRegion(row.address, row.size) for row in mapped[: min(count.value, room)]]

    def release(self, *, sanitize: bool = False) -> None:
        """Give an accepted parcel back."""
        self._invoke(lib.gunyah_memparcel_release, sanitize)

    def reclaim(self, *, sanitize: bool = False) -> None:
        """Take a parcel back that nobody has accepted, and close the handle."""
        self._end(lib.gunyah_memparcel_reclaim, sanitize)

    def notify(self, flag: RmMemNotifyFlags, tag: int = 0, vms: Sequence[VMID] = ()) -> None:
        """Tell the other side: SHARED and RECALL to these VMs, ACCEPTED and RELEASED to the owner."""
        rows = [_ffi.gunyah_rm_vm_entry(expect(vmid, VMID, "vms").c, 0) for vmid in vms]
        array = (_ffi.gunyah_rm_vm_entry * len(rows))(*rows) if rows else None
        numbers = unsigned(flag, 32, "flag"), unsigned(tag, 32, "tag")
        self._invoke(lib.gunyah_memparcel_notify, *numbers, array, len(rows))
