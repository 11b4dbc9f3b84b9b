# SPDX-License-Identifier: BSD-3-Clause
"""The hypercalls of memory extents and address spaces, besides those of `calls`."""

from calls import CALLS, call, to_configure
from extents import Addrspace
from objects import NOMEM, OBJECT_STATE, Uncovered, require

__all__ = ["CALLS"]

MAP_EXTENT, DERIVE, LOOKUP_EXTENT = 1, 2, 8
ATTACH, MAP, LOOKUP, ADD_RANGE = 1, 2, 4, 8
MOST_THREADS = 8
PARTIAL, NO_SYNC = 1, 1 << 31
UNMAP_ALL, ZERO, CLEAN, FLUSH, SYNC_ALL = 0, 1, 2, 3, 255


def both(machine, addrspace, memextent, rights, extent_rights):
    """The address space, and then the extent."""
    space = machine.space.active(addrspace, "addrspace", rights)
    extent = machine.space.active(memextent, "memextent", extent_rights)
    return made_by_guest(space), extent


def made_by_guest(space):
    """An address space that the guest has made; its first one is not described."""
    if not isinstance(space, Addrspace):
        raise Uncovered("the address space of the guest")
    return space


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


@call("addrspace_configure_vmmio", "addrspace address size operation:32 res0")
def addrspace_configure_vmmio(machine, addrspace, address, size, operation):
    space = machine.space.active(addrspace, "addrspace", ADD_RANGE, states=("init", "active"))
    made_by_guest(space).configure_range(address, size, operation)
    return ()


@call("addrspace_attach_thread", "addrspace thread res0")
def addrspace_attach_thread(machine, addrspace, thread):
    target = machine.space.to_activate(thread, "thread")
    space = machine.space.active(addrspace, "addrspace", ATTACH)
    require(target.state == "init", OBJECT_STATE)
    # The guest's first space has as many already. In those that it has made, nothing else holds one.
    require(isinstance(space, Addrspace) and space.holders < MOST_THREADS, NOMEM)
    target.hold("addrspace", space)
    return ()
