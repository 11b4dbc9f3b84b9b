# SPDX-License-Identifier: BSD-3-Clause
"""Address spaces: what the vCPUs of a VM see at which address, and where they exit to a VMM."""

import ctypes
from typing import Any, NamedTuple, Optional

from . import _ffi
from ._abi import AddrspaceAttachVdeviceFlagsBits as Last
from ._ffi import GUNYAH_ADDRSPACE_END, GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES, GUNYAH_ADDRSPACE_VMMIO_END
from ._library import lib
from ._native import init
from .enums import MemextentSync, PgtableAccess, PgtableMemtype
from .memextent import Memextent
from .objects import Cspace, ObjectHandle, Partition, Vic
from .session import Session
from .thread import Thread
from .types import VMID, CapID, MemoryRegion, expect, unsigned

#: The address behind the last one of an address space.
END = GUNYAH_ADDRSPACE_END
#: The address behind the last one of virtual MMIO ranges.
VMMIO_END = GUNYAH_ADDRSPACE_VMMIO_END
#: Most virtual MMIO ranges of an address space.
MAX_VMMIO_RANGES = GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES


class AddrspaceMapping(NamedTuple):
    """What is mapped at an address, as far as it is one piece and alike."""

    ipa: int
    offset: int
    """In the extent, in bytes."""
    length: int
    user_access: PgtableAccess
    """Of EL0."""
    kernel_access: PgtableAccess
    """Of EL1."""
    memtype: PgtableMemtype


class Addrspace(ObjectHandle):
    """
    An address space. What would stop the hypervisor is refused: WouldCrashError.

    Addresses are those of its VM (IPA), of mappings page-aligned and below END. Add all virtual MMIO ranges and
    controllers through one handle, and keep that open: the library refuses what overlaps them only as long as it knows
    of them. It checks a mapping against the size of an extent where the extent's handle knows that.

    sync: whether a call that changes what is mapped waits until no processor uses any more what was there before.
    """

    _struct, _close, _what, _name = _ffi.gunyah_addrspace, "gunyah_addrspace_close", "address space", "addrspace"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "Addrspace":
        return cls._open_cap(session, cap)

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "Addrspace":
        return cls._create(partition, into)

    @staticmethod
    def find_info_area(session: Session) -> MemoryRegion:
        """Find the information page of this VM's own address space. UnimplementedError on every open hypervisor."""
        address, size = ctypes.c_uint64(), ctypes.c_uint64()
        function = lib.gunyah_addrspace_find_info_area
        expect(session, Session, "session")._invoke(function, ctypes.byref(address), ctypes.byref(size))
        return MemoryRegion(address.value, size.value)

    # ---- before activation

    def configure(self, vmid: VMID) -> None:
        """Set the VMID, before activation. BusyError at activation: another address space has it, or none was set."""
        self._invoke(lib.gunyah_addrspace_configure, expect(vmid, VMID, "vmid").c)

    def configure_info_area(self, extent: Memextent, ipa: int) -> None:
        """
        Choose the page that the hypervisor tells things in, before activation, which clears it. This does not map it.

        extent: a basic one of one page, readable and writable, of memory type ANY, active.
        """
        arguments = expect(extent, Memextent, "extent"), unsigned(ipa, 64, "ipa")
        self._invoke_with(lib.gunyah_addrspace_configure_info_area, *arguments)

    # ---- who uses it

    def attach_vcpu(self, thread: Thread) -> None:
        """Give a thread that is not active yet this address space, which is. Another one that it had is gone."""
        self._invoke_with(lib.gunyah_addrspace_attach_vcpu, expect(thread, Thread, "thread"))

    def attach_vdma(self, device: CapID, index: int) -> None:
        """Attach a stream of a DMA device. WrongObjectTypeError on every open hypervisor: it has no such device."""
        self._invoke(lib.gunyah_addrspace_attach_vdma, expect(device, CapID, "device").c, unsigned(index, 32, "index"))

    def attach_vdevice(self, vic: Vic, index: int, ipa: int, size: int, *, last: Optional[bool] = None) -> None:
        """
        Let accesses to a range reach the registers of an interrupt controller.

        index: 0: the distributor; 1 + n: the redistributor of the controller's n-th vCPU, which is active (IdleError).
        last: whether a redistributor says that it is the last one; None: the hypervisor chooses.
        """
        bits = 0 if last is None else int(Last.GICR_LAST_VALID) | (int(Last.GICR_LAST) if last else 0)
        flags = _ffi.gunyah_addrspace_attach_vdevice_flags(bits)
        numbers = unsigned(index, 32, "index"), unsigned(ipa, 64, "ipa"), unsigned(size, 64, "size")
        self._invoke_with(lib.gunyah_addrspace_attach_vdevice, expect(vic, Vic, "vic"), *numbers, flags)

    def add_vmmio_range(self, ipa: int, size: int) -> None:
        """
        Add a range whose accesses exit to whoever runs the vCPU. BusyError: it overlaps another one.

        It begins at any byte and ends below VMMIO_END. NoResourcesError: there are MAX_VMMIO_RANGES.
        """
        self._invoke(lib.gunyah_addrspace_add_vmmio_range, unsigned(ipa, 64, "ipa"), unsigned(size, 64, "size"))

    def remove_vmmio_range(self, ipa: int, size: int) -> None:
        """Take a range away that was added. BusyError on every open hypervisor: a portable program keeps its ranges."""
        self._invoke(lib.gunyah_addrspace_remove_vmmio_range, unsigned(ipa, 64, "ipa"), unsigned(size, 64, "size"))

    # ---- mappings

    def map(
        self,
        extent: Memextent,
        ipa: int,
        access: PgtableAccess = PgtableAccess.RW,
        *,
        kernel_access: Optional[PgtableAccess] = None,
        memtype: PgtableMemtype = PgtableMemtype.NORMAL_WB,
        offset: int = 0,
        length: int = 0,
        sync: MemextentSync = MemextentSync.SYNC,
    ) -> None:
        """
        Map an extent, or a part of a sparse one. What was mapped there is silently replaced.

        access: of the user, and of the kernel unless that has one of its own: it reads and writes as the user does, and
        does not execute alone. offset, length: the part, in bytes; 0: the whole extent.
        """
        mapping = mapping_of(ipa, offset, length, sync)
        set_access(mapping, access, kernel_access)
        mapping.memtype = unsigned(memtype, 32, "memtype")
        self._map(lib.gunyah_addrspace_map, extent, mapping)

    def unmap(
        self,
        extent: Memextent,
        ipa: int,
        *,
        offset: int = 0,
        length: int = 0,
        sync: MemextentSync = MemextentSync.SYNC,
    ) -> None:
        """Take a mapping back, or a part of a sparse extent's. AddrInvalidError: it is not mapped at this address."""
        self._map(lib.gunyah_addrspace_unmap, extent, mapping_of(ipa, offset, length, sync))

    def update_access(
        self,
        extent: Memextent,
        ipa: int,
        access: PgtableAccess,
        *,
        kernel_access: Optional[PgtableAccess] = None,
        offset: int = 0,
        length: int = 0,
        sync: MemextentSync = MemextentSync.SYNC,
    ) -> None:
        """Change the access of a mapping. AddrInvalidError on open hypervisors: a sparse extent's. Unmap and map it."""
        mapping = mapping_of(ipa, offset, length, sync)
        set_access(mapping, access, kernel_access)
        self._map(lib.gunyah_addrspace_update_access, extent, mapping)

    def _map(self, function: Any, extent: Memextent, mapping: Any) -> None:
        self._invoke_with(function, expect(extent, Memextent, "extent"), ctypes.byref(mapping))

    def lookup(self, extent: Memextent, ipa: int, size: int) -> AddrspaceMapping:
        """
        Look what is mapped from an address on, in these bytes.

        AddrInvalidError: nothing is mapped there. NotOwnerError: what is there is of another extent.
        """
        found = init(_ffi.gunyah_addrspace_mapping)
        numbers = unsigned(ipa, 64, "ipa"), unsigned(size, 64, "size")
        arguments = expect(extent, Memextent, "extent"), *numbers, ctypes.byref(found)
        self._invoke_with(lib.gunyah_addrspace_lookup, *arguments)
        access = PgtableAccess(found.user_access), PgtableAccess(found.kernel_access)
        return AddrspaceMapping(found.ipa, found.offset, found.length, *access, PgtableMemtype(found.memtype))


def mapping_of(ipa: int, offset: int, length: int, sync: MemextentSync) -> Any:
    return init(
        _ffi.gunyah_addrspace_mapping,
        ipa=unsigned(ipa, 64, "ipa"),
        offset=unsigned(offset, 64, "offset"),
        length=unsigned(length, 64, "length"),
        sync=unsigned(sync, 32, "sync"),
    )


def set_access(mapping: Any, access: PgtableAccess, kernel_access: Optional[PgtableAccess]) -> None:
    mapping.user_access = unsigned(access, 32, "access")
    mapping.kernel_access = unsigned(access if kernel_access is None else kernel_access, 32, "kernel_access")
