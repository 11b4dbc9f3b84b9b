# SPDX-License-Identifier: BSD-3-Clause
"""Random operations about memory extents and address spaces: few places, so that mappings meet."""

from generate import Generator

BASES = tuple(hex(0x90000000 + 0x4000 * i) for i in range(12))
ODD_BASES = ("0x90001000", "0x80fff000", "0xb8fff000", "0x90000800", "0xfffffffffffff000")
LENGTHS = ("0x1000", "0x2000", "0x3000", "0x4000", "0x4000")
ODD_LENGTHS = (*LENGTHS, *LENGTHS, "0", "0x800", "0x10000", "-4096")
OFFSETS = ("0", "0", "0x1000", "0x2000")
ODD_OFFSETS = (*OFFSETS, *OFFSETS, "0x3000", "0x800", "-4096")
ALL_ACCESS = ("7",) * 8 + ("6", "4", "5", "0x107", "0x207")
ODD_ATTRIBUTES = ALL_ACCESS + ("0x307", "0", "3", "8", "0x20007", "0x80000007", "0x100000007")
PLACES = ("0x100000", "0x102000", "0x104000")
ODD_PLACES = (*PLACES * 8, "0x101000", "0x105000", "0x100800", "0xffffff000", "0x2000000000", "-4096", "-8192")
MAPPED = ("0xf0066",) * 6 + ("0xf0077", "0xf0044", "0xf0055", "0x50066", "0x66")
ODD_MAPPED = (*MAPPED, *MAPPED, "0x40066", "0x100066", "0xf006e", "0x10f0066")
ACCESS = ("0x44", "0x55", "0x66", "0x77", "0x88", "0x100")
FLAGS = ("0",) * 12 + ("0x80000000", "1", "2")
OPERATIONS = ("0", "0x80000001", "0x80000003", "1", "255", "0x800000ff", "4", "0x100")
CALLS = (
    *(("addrspace_map", "addrspace", "memextent", ODD_PLACES, ODD_MAPPED, FLAGS, ODD_OFFSETS, LENGTHS),) * 6,
    *(("addrspace_lookup", "addrspace", "memextent", ODD_PLACES, ODD_LENGTHS),) * 9,
    *(("addrspace_unmap", "addrspace", "memextent", ODD_PLACES, FLAGS, ODD_OFFSETS, LENGTHS),) * 3,
    *(("addrspace_update_access", "addrspace", "memextent", ODD_PLACES, ACCESS, FLAGS, ODD_OFFSETS, LENGTHS),) * 3,
    *(("memextent_modify", "memextent", OPERATIONS, ODD_OFFSETS, ODD_LENGTHS),) * 2,
    ("memextent_configure", "memextent", BASES + ODD_BASES, ODD_LENGTHS, ODD_ATTRIBUTES),
    ("memextent_configure_derive", "memextent", "memextent", ODD_OFFSETS, ODD_LENGTHS, ODD_ATTRIBUTES),
    ("addrspace_configure_vmmio", "addrspace", ODD_PLACES, ODD_LENGTHS, ("0",) * 6 + ("1", "2")),
    ("addrspace_attach_thread", "addrspace", "thread"),
    ("addrspace_configure", "addrspace", ("0", "3", "5", "6", "255", "256", "0x10007")),
    ("cspace_delete_cap_from", "cspace", "memextent"), ("cspace_delete_cap_from", "cspace", "any"),
    ("object_activate", "memextent"), ("object_activate", "addrspace"),
)


class MemoryGenerator(Generator):
    def __init__(self, seed):
        super().__init__(seed)
        self.likely = {"memextent": [], "addrspace": []}

    def start(self):
        yield from self.addrspace()
        yield from self.extent()

    def step(self):
        choice = self.random.random()
        if choice < 0.01:
            yield from self.addrspace()
        elif choice < 0.05:
            yield from self.extent()
        elif choice < 0.09:
            yield from self.child()
        elif choice < 0.11:
            yield self.copy()
        elif choice < 0.12:
            yield self.create("thread", "$partition", "$cspace")
        else:
            yield self.call(*self.random.choice(CALLS))

    def addrspace(self):
        name = yield from self.created("addrspace")
        yield f"call addrspace_configure FORM {name} {self.random.randint(1, 30)} 0"
        yield f"call object_activate FORM {name} 0"

    def extent(self):
        name = yield from self.created("memextent")
        base = BASES[self.count % len(BASES)]
        words = (self.random.choice(choices) for choices in (LENGTHS, ALL_ACCESS))
        yield f"call memextent_configure FORM {name} {base} {' '.join(words)} 0"
        yield f"call object_activate FORM {name} 0"

    def child(self):
        """A part of an extent that is mapped before, and looked up after."""
        parent, space = self.capability("memextent"), self.capability("addrspace")
        place, offset = self.random.choice(PLACES), self.random.choice(OFFSETS)
        yield f"call addrspace_map FORM {space} {parent} {place} {self.random.choice(MAPPED)} 0 0 0"
        name = yield from self.created("memextent")
        words = (self.random.choice(choices) for choices in (LENGTHS, ALL_ACCESS))
        yield f"call memextent_configure_derive FORM {name} {parent} {offset} {' '.join(words)} 0"
        yield f"call object_activate FORM {name} 0"
        for extent in (parent, name):
            yield f"call addrspace_lookup FORM {space} {extent} {hex(int(place, 0) + int(offset, 0))} 0x4000 0"

    def created(self, kind):
        yield self.create(kind, "$partition", "$cspace")
        self.likely[kind].append(self.names[kind][-1])
        return self.names[kind][-1]

    def capability(self, kind):
        """Mostly a recent one that was made to be used."""
        if self.likely.get(kind) and self.random.random() < 0.95:
            return self.random.choice(self.likely[kind][-3 if kind == "memextent" else -1 :])
        return super().capability(kind)
