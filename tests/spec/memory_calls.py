# SPDX-License-Identifier: BSD-3-Clause
"""The hypercalls of memory extents and address spaces, besides those of `calls`."""

from calls import CALLS, call, to_configure
from extents import Addrspace
from objects import Uncovered, require

__all__ = ["CALLS"]

MAP_EXTENT, DERIVE, LOOKUP_EXTENT = 1, 2, 8
MAP, LOOKUP = 2, 4
PARTIAL, NO_SYNC = 1, 1 << 31
UNMAP_ALL, ZERO, CLEAN, FLUSH, SYNC_ALL = 0, 1, 2, 3, 255


def both(machine, addrspace, memextent, rights, extent_rights):
    """The address space, and then the extent."""
    space = machine.space.active(addrspace, "addrspace", rights)
    extent = machine.space.active(memextent, "memextent", extent_rights)
    if not isinstance(space, Addrspace):
        raise Uncovered("the guest's own address space")
    return space, extent


@call("memextent_configure", "memextent base size attributes:32 res0")
def memextent_configure(machine, memextent, base, size, attributes):
    to_configure(machine, memextent, "memextent").configure(base, size, attributes)
    return ()


@call("memextent_configure_derive", "memextent parent offset size attributes:32 res0")
def memextent_configure_derive(machine, memextent, parent, offset, size, attributes):
    whole = machine.space.active(parent, "memextent", DERIVE)
    to_configure(machine, memextent, "memextent").derive(whole, offset, size, attributes)
    return ()


@call("memextent_modify", "memextent flags:32 offset size")
def memextent_modify(machine, memextent, flags, offset, size):
    require(not flags & ~(NO_SYNC | 0xFF))
    extent = machine.space.active(memextent, "memextent", MAP_EXTENT)
    operation = flags & 0xFF
    require(operation in (UNMAP_ALL, ZERO, CLEAN, FLUSH, SYNC_ALL))
    if operation == UNMAP_ALL:
        extent.unmap_all()
    elif operation == SYNC_ALL:
        require(not flags & NO_SYNC)
    else:
        require(flags & NO_SYNC)
        extent.check_range(offset, size)
    return ()


@call("addrspace_configure", "addrspace vmid res0")
def addrspace_configure(machine, addrspace, vmid):
    to_configure(machine, addrspace, "addrspace").configure(vmid & 0xFFFF)
    return ()


@call("addrspace_map", "addrspace memextent address attributes:32 flags:32 offset size")
def addrspace_map(machine, addrspace, memextent, address, attributes, flags, offset, size):
    require(not flags & ~(PARTIAL | NO_SYNC) and not attributes & ~0xFF0077)
    space, extent = both(machine, addrspace, memextent, MAP, MAP_EXTENT)
    extent.map(space, address, attributes, flags & PARTIAL, offset, size)
    return ()


@call("addrspace_unmap", "addrspace memextent address flags:32 offset size")
def addrspace_unmap(machine, addrspace, memextent, address, flags, offset, size):
    require(not flags & ~(PARTIAL | NO_SYNC))
    space, extent = both(machine, addrspace, memextent, MAP, MAP_EXTENT)
    extent.unmap(space, address, flags & PARTIAL, offset, size)
    return ()


@call("addrspace_update_access", "addrspace memextent address access:32 flags:32 offset size")
def addrspace_update_access(machine, addrspace, memextent, address, access, flags, offset, size):
    require(not flags & ~(PARTIAL | NO_SYNC) and not access & ~0x77)
    space, extent = both(machine, addrspace, memextent, MAP, MAP_EXTENT)
    extent.update_access(space, address, access, flags & PARTIAL, offset, size)
    return ()


@call("addrspace_lookup", "addrspace memextent address size res0", 3)
def addrspace_lookup(machine, addrspace, memextent, address, size):
    space, extent = both(machine, addrspace, memextent, LOOKUP, LOOKUP_EXTENT)
    return space.lookup(extent, address, size)
