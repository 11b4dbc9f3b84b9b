# SPDX-License-Identifier: BSD-3-Clause
"""Memory extents: ranges of physical memory that somebody owns, which address spaces map."""

import ctypes
from typing import Any

from . import _ffi
from ._ffi import GUNYAH_MEMEXTENT_PAGE_SIZE
from ._library import lib
from ._native import init
from .enums import MemextentMemtype, MemextentSync, MemextentType, PgtableAccess
from .objects import Cspace, ObjectHandle, Partition
from .session import Session
from .types import CapID, expect, unsigned

#: Bytes of a page, which all ranges are made of.
PAGE_SIZE = GUNYAH_MEMEXTENT_PAGE_SIZE


class Memextent(ObjectHandle):
    """
    A memory extent: the root of a range of its partition's memory, or a part of its parent.

    A basic one owns all of its range from its activation on. A sparse one owns nothing at first: memory is donated to
    it, page by page. Offsets and sizes are bytes, and whole pages: ArgumentAlignmentError. ArgumentInvalidError also:
    handles of two sessions.

    sync: whether a call that changes what is mapped waits until no processor uses any more what was there before.
    """

    _struct, _close, _what, _name = _ffi.gunyah_memextent, "gunyah_memextent_close", "memory extent", "memextent"

    @classmethod
    def open(cls, session: Session, cap: CapID, size: int = 0) -> "Memextent":
        """Open an extent that this VM has a capability for. size: its bytes; 0: not known, and no call tells it."""
        options = init(_ffi.gunyah_memextent_options, cap=expect(cap, CapID, "cap").c)
        options.extent_size = unsigned(size, 64, "size")
        expect(session, Session, "session")
        return cls._make(session, lib.gunyah_memextent_open, session, ctypes.byref(options))

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "Memextent":
        return cls._create(partition, into)

    @classmethod
    def create_sparse(
        cls,
        partition: Partition,
        into: Cspace,
        base: int,
        size: int,
        access: PgtableAccess = PgtableAccess.RWX,
        memtype: MemextentMemtype = MemextentMemtype.ANY,
    ) -> "Memextent":
        """
        Create a sparse root extent, configure it and activate it: memory can be donated to it.

        into: this VM's own space. What cannot be finished is deleted again, if that space has the right.
        """
        owner = expect(partition, Partition, "partition")._owner
        numbers = unsigned(base, 64, "base"), unsigned(size, 64, "size")
        kinds = unsigned(access, 32, "access"), unsigned(memtype, 32, "memtype")
        arguments = expect(into, Cspace, "into"), *numbers, *kinds
        return cls._make(owner, lib.gunyah_memextent_create_sparse, partition, *arguments)

    @property
    def size(self) -> int:
        """Its bytes; 0 if this handle does not know: neither configured through it, nor named when it was opened."""
        return int(self._ask(lib.gunyah_memextent_size))

    # ---- before activation

    def configure(
        self,
        base: int,
        size: int,
        access: PgtableAccess = PgtableAccess.RWX,
        memtype: MemextentMemtype = MemextentMemtype.ANY,
        type: MemextentType = MemextentType.BASIC,
    ) -> None:
        """
        Make it a root extent, before activation. The last configuration counts.

        base: a physical address. Whose it is, is looked at only at activation: NotOwnerError. access: most that a
        mapping may allow. memtype: what mappings may be; CACHED is refused.
        """
        numbers = unsigned(base, 64, "base"), unsigned(size, 64, "size")
        self._invoke(lib.gunyah_memextent_configure, *numbers, *kinds_of(access, memtype, type))

    def configure_derive(
        self,
        parent: "Memextent",
        offset: int,
        size: int,
        access: PgtableAccess = PgtableAccess.RWX,
        memtype: MemextentMemtype = MemextentMemtype.ANY,
        type: MemextentType = MemextentType.BASIC,
    ) -> None:
        """
        Make it a part of another extent, before activation. The last configuration counts.

        offset: where in the parent it begins. access: nothing that the parent's mappings may not allow;
        WouldCrashError: a basic child for execution alone. memtype: that of the parent, unless that is ANY.
        """
        numbers = unsigned(offset, 64, "offset"), unsigned(size, 64, "size")
        arguments = expect(parent, Memextent, "parent"), *numbers, *kinds_of(access, memtype, type)
        self._invoke_with(lib.gunyah_memextent_configure_derive, *arguments)

    # ---- what is in it, and what is mapped of it

    def unmap_all(self, sync: MemextentSync = MemextentSync.SYNC) -> None:
        """Take back every mapping of the extent, in all address spaces."""
        self._invoke(lib.gunyah_memextent_unmap_all, unsigned(sync, 32, "sync"))

    def zero_range(self, offset: int, size: int) -> None:
        """Fill a range with zeros, as far as the extent owns it. DeniedError: it is for devices, or not writable."""
        self._invoke(lib.gunyah_memextent_zero_range, *range_of(offset, size))

    def cache_clean_range(self, offset: int, size: int) -> None:
        """Write what caches hold of a range to memory."""
        self._invoke(lib.gunyah_memextent_cache_clean_range, *range_of(offset, size))

    def cache_flush_range(self, offset: int, size: int) -> None:
        """Write what caches hold of a range to memory, and drop it from them."""
        self._invoke(lib.gunyah_memextent_cache_flush_range, *range_of(offset, size))

    def sync_all(self) -> None:
        """Wait until no processor uses what calls with NO_SYNC have changed, of this extent and of any other."""
        self._invoke(lib.gunyah_memextent_sync_all)

    # ---- giving memory. NotOwnerError: a page of the range is somebody else's, and nothing was donated

    def donate_to_child(
        self, child: "Memextent", offset: int, size: int, sync: MemextentSync = MemextentSync.SYNC
    ) -> None:
        """Give memory of this sparse extent to a sparse child of it. offset: where in the child the range begins."""
        self._donate(lib.gunyah_memextent_donate_to_child, expect(child, Memextent, "child"), offset, size, sync)

    def donate_to_parent(
        self, parent: "Memextent", offset: int, size: int, sync: MemextentSync = MemextentSync.SYNC
    ) -> None:
        """Give memory of this sparse child back to its parent. offset: where in this extent the range begins."""
        self._donate(lib.gunyah_memextent_donate_to_parent, expect(parent, Memextent, "parent"), offset, size, sync)

    def donate_to_sibling(
        self, to: "Memextent", offset: int, size: int, sync: MemextentSync = MemextentSync.SYNC
    ) -> None:
        """Give memory of this sparse child to another one of the same parent, which covers all of the range, too."""
        self._donate(lib.gunyah_memextent_donate_to_sibling, expect(to, Memextent, "to"), offset, size, sync)

    def donate_from_partition(
        self, partition: Partition, offset: int, size: int, sync: MemextentSync = MemextentSync.SYNC
    ) -> None:
        """Give memory of the partition to this sparse root extent."""
        function = lib.gunyah_memextent_donate_from_partition
        donor = expect(partition, Partition, "partition")
        donor._invoke_with(function, self, *range_of(offset, size), unsigned(sync, 32, "sync"))

    def donate_to_partition(
        self, partition: Partition, offset: int, size: int, sync: MemextentSync = MemextentSync.SYNC
    ) -> None:
        """Give memory of this sparse root extent back to its partition."""
        to = expect(partition, Partition, "partition")
        self._donate(lib.gunyah_memextent_donate_to_partition, to, offset, size, sync)

    def _donate(self, function: Any, to: ObjectHandle, offset: int, size: int, sync: MemextentSync) -> None:
        self._invoke_with(function, to, *range_of(offset, size), unsigned(sync, 32, "sync"))


def range_of(offset: int, size: int) -> Any:
    return unsigned(offset, 64, "offset"), unsigned(size, 64, "size")


def kinds_of(access: PgtableAccess, memtype: MemextentMemtype, type: MemextentType) -> Any:
    return unsigned(access, 32, "access"), unsigned(memtype, 32, "memtype"), unsigned(type, 32, "type")
