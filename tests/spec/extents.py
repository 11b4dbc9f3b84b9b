# SPDX-License-Identifier: BSD-3-Clause
"""Memory extents that are not sparse, what they own, and the address spaces that they are mapped in."""

from objects import ADDR_INVALID, ADDR_OVERFLOW, ALIGNMENT, BUSY, DENIED, MAPPINGS_FULL, NO_RESOURCES, NOT_OWNER
from objects import OBJECT_CONFIG, Object, SIZE, TYPE, UNIMPLEMENTED, Uncovered, require

PAGE = 4096
END = 1 << 64
# What belongs to the partition at first, and what is physical memory of no kind.
PARTITION = range(0x81000000 // PAGE, 0xB9000000 // PAGE)
NO_MEMORY = 1 << 40
# The end of what an address space translates.
END_OF_SPACE = 1 << 36
MOST_MAPPINGS = 4

ANY, DEVICE, UNCACHED, CACHED = range(4)
SPARSE = 1
WRITE = 2
DEVICE_TYPES = (0, 1, 2, 3)
NORMAL_UNCACHED = 5
NORMAL_TYPES = (6, 7, 9, 0xA, 0xB, 0xD, 0xE, 0xF)
OWN_VMIDS = (0, 3, 255)
ADD, REMOVE = 0, 1
MOST_RANGES = 128
END_OF_RANGES = 1 << 52


class Physical:
    """Who owns each page."""

    def __init__(self):
        self.owners = {}

    def owner(self, page):
        return self.owners.get(page, "partition" if page in PARTITION else None)

    def give(self, pages, giver, taker):
        require(all(self.owner(page) == giver for page in pages), NOT_OWNER)
        for page in pages:
            self.owners[page] = taker


class Addrspace(Object):
    def __init__(self, vmids):
        super().__init__("addrspace")
        self.vmids = vmids
        self.vmid = 0
        self.has_vmid = False
        self.pages = {}
        self.ranges = []

    def configure(self, vmid):
        require(1 <= vmid <= 255)
        self.vmid = vmid

    def prepare(self):
        require(self.vmid not in self.vmids, BUSY)
        self.vmids.add(self.vmid)
        self.has_vmid = True

    def end(self):
        if self.has_vmid:
            self.vmids.remove(self.vmid)

    def configure_range(self, address, size, operation):
        """Ranges in which another VM emulates devices. None can be taken away."""
        require(operation in (ADD, REMOVE), UNIMPLEMENTED)
        require(size, SIZE)
        require(address + size < END, ADDR_OVERFLOW)
        require(operation == ADD, BUSY)
        require(len(self.ranges) < MOST_RANGES, NO_RESOURCES)
        end = address + size
        require(end <= END_OF_RANGES, SIZE)
        if any(address < first < end < last for first, last in self.ranges):
            raise Uncovered("where the hypervisor stops")
        require(not any(address < last and first < end for first, last in self.ranges), BUSY)
        self.ranges.append((address, end))

    def lookup(self, extent, address, size):
        """@return offset in the extent, size and attributes of what is mapped alike from there on."""
        require(size, SIZE)
        require(address + size <= END, ADDR_OVERFLOW)
        require(address % PAGE == 0 and size % PAGE == 0, ALIGNMENT)
        first = address // PAGE
        require(first in self.pages, ADDR_INVALID)
        page, attributes = self.pages[first]
        count = 1
        while count < size // PAGE and self.pages.get(first + count) == (page + count, attributes):
            count += 1
        require(all(extent.physical.owner(page + i) is extent for i in range(count)), NOT_OWNER)
        return page * PAGE - extent.base, count * PAGE, attributes


class Mapping:
    """An extent in an address space, from an address on."""

    def __init__(self, space, address, attributes):
        self.space = space
        self.address = address
        self.attributes = attributes

    def virtual(self, extent, page):
        return self.address // PAGE + page - extent.base // PAGE

    def show(self, extent, pages):
        for page in pages:
            self.space.pages[self.virtual(extent, page)] = (page, self.attributes)

    def hide(self, extent, pages):
        """Unmap those of the pages over which nothing else was mapped."""
        for page in pages:
            at = self.virtual(extent, page)
            if at in self.space.pages and self.space.pages[at][0] == page:
                del self.space.pages[at]

    def is_at(self, extent, parent, its):
        """Whether this mapping of an extent is where its parent's is."""
        return its is not None and its.address + extent.base - parent.base == self.address

    def part(self, parent, child):
        """The same mapping of a child, which may allow less."""
        access = child.access | child.access << 4
        attributes = self.attributes & ~0x77 | self.attributes & access
        return Mapping(self.space, self.address + child.base - parent.base, attributes)


class Memextent(Object):
    def __init__(self, physical):
        super().__init__("memextent")
        self.physical = physical
        self.base = self.size = self.access = 0
        self.memtype = ANY
        self.sparse = False
        self.slots = [None] * MOST_MAPPINGS

    @property
    def parent(self):
        return self.held.get("parent")

    def pages(self):
        return range(self.base // PAGE, (self.base + self.size) // PAGE)

    def owned(self):
        return [page for page in self.pages() if self.physical.owner(page) is self]

    def configure(self, base, size, attributes):
        if self.parent:
            raise Uncovered("a child that becomes none")
        require(size and base + size <= END)
        require(base % PAGE == 0 and size % PAGE == 0, ALIGNMENT)
        self.set_attributes(attributes, self)
        self.base, self.size = base, size

    def derive(self, parent, offset, size, attributes):
        require(size and offset + size <= END)
        require(offset + size <= parent.size, ADDR_INVALID)
        require(offset % PAGE == 0 and size % PAGE == 0, ALIGNMENT)
        self.set_attributes(attributes, parent)
        self.base, self.size = parent.base + offset, size
        self.hold("parent", parent)

    def set_attributes(self, attributes, parent):
        access, memtype, kind = attributes & 7, attributes >> 8 & 3, attributes >> 16 & 3
        require(attributes & ~0x30307 == 0)
        require(kind <= SPARSE and memtype != CACHED and access not in (0, 3))
        if parent is not self:
            require(access & ~parent.access == 0)
            require(parent.memtype in (ANY, memtype))
        self.access, self.memtype, self.sparse = access, memtype, kind == SPARSE

    def prepare(self):
        require(self.size, OBJECT_CONFIG)
        if self.sparse:
            raise Uncovered("sparse extents")
        require(self.base < NO_MEMORY, ADDR_INVALID)
        if self.parent:
            self.physical.give(self.pages(), self.parent, self)
            self.inherit()
        else:
            self.physical.give(self.pages(), "partition", self)

    def inherit(self):
        """Pages are mapped anew only where the child allows less; else they stay as they are, also what was mapped over them."""
        for slot, mapping in self.parent.living():
            self.slots[slot] = mapping.part(self.parent, self)
            if self.slots[slot].attributes != mapping.attributes:
                self.slots[slot].show(self, self.pages())

    def end(self):
        mine = self.owned()
        if self.parent and mine:
            self.revert(mine)
        else:
            self.unmap_all()
        self.physical.give(mine, self, self.parent or "partition")

    def revert(self, pages):
        """The parent's mappings come back. Each is compared with the last one of the other side in its address space, and no other."""
        parent = self.parent
        for slot in range(MOST_MAPPINGS):
            mine, its = dict(self.living()).get(slot), dict(parent.living()).get(slot)
            if mine and not mine.is_at(self, parent, parent.last_in(mine.space)):
                mine.hide(self, pages)
            if its:
                last = self.last_in(its.space)
                if not (last and last.is_at(self, parent, its) and last.attributes == its.attributes):
                    its.show(parent, pages)

    def last_in(self, space):
        found = [mapping for _, mapping in self.living() if mapping.space is space]
        return found[-1] if found else None

    def unmap_all(self):
        for slot, mapping in self.living():
            mapping.hide(self, self.owned())
            self.slots[slot] = None

    def living(self):
        """The mappings in address spaces that are still there, with their slots."""
        return [(slot, mapping) for slot, mapping in enumerate(self.slots) if mapping and mapping.space.state == "active"]

    def may_be(self, memtype):
        """Whether a mapping may be of that type of memory."""
        if memtype in DEVICE_TYPES:
            return True
        if memtype == NORMAL_UNCACHED:
            return self.memtype != DEVICE
        return memtype in NORMAL_TYPES and self.memtype == ANY

    def allows(self, access):
        return (access & 7 | access >> 4 & 7) & ~self.access == 0

    def check_place(self, address, partial, offset, size):
        require(address % PAGE == 0, ALIGNMENT)
        if partial:
            require(offset % PAGE == 0 and size % PAGE == 0, ALIGNMENT)
            require(size and offset + size <= self.size, SIZE)

    def map(self, space, address, attributes, partial, offset, size):
        self.check_place(address, partial, offset, size)
        require(self.allows(attributes) and self.may_be(attributes >> 16 & 0xFF))
        require(not partial, TYPE)
        require(address + self.size <= END, ADDR_OVERFLOW)
        used = dict(self.living())
        require(len(used) < MOST_MAPPINGS, MAPPINGS_FULL)
        mine = self.owned()
        require(address <= END_OF_SPACE or not mine, ADDR_INVALID)
        if mine and address + self.size > END_OF_SPACE:
            raise Uncovered("where the hypervisor stops")
        same_for_both(attributes)
        slot = min(set(range(MOST_MAPPINGS)) - set(used))
        self.slots[slot] = Mapping(space, address, attributes)
        self.slots[slot].show(self, mine)

    def slot(self, space, address, partial):
        """The first mapping that is there."""
        require(not partial, TYPE)
        found = [slot for slot, mapping in self.living() if mapping.space is space and mapping.address == address]
        require(found, ADDR_INVALID)
        return found[0]

    def unmap(self, space, address, partial, offset, size):
        self.check_place(address, partial, offset, size)
        slot = self.slot(space, address, partial)
        self.slots[slot].hide(self, self.owned())
        self.slots[slot] = None

    def update_access(self, space, address, access, partial, offset, size):
        require(self.allows(access))
        self.check_place(address, partial, offset, size)
        mapping = self.slots[self.slot(space, address, partial)]
        same_for_both(access)
        mapping.attributes = mapping.attributes & ~0x77 | access
        mapping.show(self, self.owned())

    def check_range(self, offset, size):
        """Whether a range may be cleared, or cleaned."""
        require(self.memtype != DEVICE and self.access & WRITE, DENIED)
        require(offset % PAGE == 0 and size % PAGE == 0, ALIGNMENT)
        require(offset + size <= END)
        require(size, SIZE)
        require(offset + size <= self.size)


def same_for_both(access):
    """User and kernel; the hypervisor stops at some that differ."""
    if access & 7 != access >> 4 & 7 or access & 7 in (1, 2, 3):
        raise Uncovered("access that differs")
