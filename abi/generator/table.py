# SPDX-License-Identifier: BSD-3-Clause
"""Reads the ABI table, checks that it makes sense, and offers it as plain objects."""

import dataclasses
import sys
import tomllib

AVAILABILITY = {
    "open": "answered by the open hypervisor",
    "stub": "present in the open hypervisor, always UNIMPLEMENTED",
    "proprietary": "known from the manual; not in the open hypervisor",
    "downstream": "known from downstream kernels; not in the open hypervisor",
    "unnumbered": "declared by the open hypervisor without a number: nobody can call it",
}
STATES = {"ANY", "INIT", "ACTIVE", "INIT_OR_ACTIVE"}
ARGUMENT_REGISTERS = 7  # an SMCCC call has x1 to x7


def fail(message):
    sys.exit("abi table: " + message)


@dataclasses.dataclass
class Word:
    """An argument or a result."""

    name: str = ""
    type: str = ""
    reserved: int | None = None
    object: str = ""
    rights: tuple = ()
    state: str = "ANY"


@dataclasses.dataclass
class Call:
    name: str
    summary: str
    results: list
    errors: list
    arguments: list = dataclasses.field(default_factory=list)
    number: int | None = None
    availability: str = "open"
    documented: bool = True
    manual_name: str = ""
    manual_number: int | None = None
    since: str = ""
    api_flag: str = ""
    model: str = ""
    lookup_order: tuple = ()
    early: dict = dataclasses.field(default_factory=dict)
    note: str = ""
    group: str = ""

    def __post_init__(self):
        self.arguments = [Word(**a) for a in self.arguments]
        self.results = [Word(**r) for r in self.results]

    @property
    def inputs(self):
        """The arguments that a caller gives."""
        return [a for a in self.arguments if a.reserved is None]

    @property
    def capabilities(self):
        """Indexes of the capability arguments in the order in which they are looked up."""
        indexes = {a.name: i for i, a in enumerate(self.arguments) if a.type == "capid"}
        order = self.lookup_order or tuple(indexes)
        if set(order) != set(indexes):
            fail(f"{self.name}: lookup_order does not name every capability")
        return [indexes[n] for n in order]

    @property
    def has_error(self):
        return self.results[0].type == "error"


class Table:
    def __init__(self, folder):
        with open(folder / "types.toml", "rb") as file:
            types = tomllib.load(file)
        self.convention = types["convention"]
        self.smccc = types["smccc"]
        self.uid = types["uid"]
        self.scalars = types["scalar"]
        self.errors = types["error"]
        self.rights = types["rights"]
        self.constants = types["constant"]
        self.enums = types["enum"]
        self.bitfields = types["bitfield"]
        self.groups = {}
        for path in sorted((folder / "calls").glob("*.toml")):
            with open(path, "rb") as file:
                calls = [Call(group=path.stem, **c) for c in tomllib.load(file)["call"]]
            self.groups[path.stem] = calls
        everything = [c for calls in self.groups.values() for c in calls]
        self.numbered = sorted((c for c in everything if c.number is not None), key=lambda c: c.number)
        self.unnumbered = [c for c in everything if c.number is None]
        self.check()

    def right(self, kind, name):
        if name in self.rights["generic"]:
            return self.rights["generic"][name]
        return self.rights[kind][name]

    def all_rights(self, kind):
        return sum(self.rights[kind].values()) | self.rights["generic"]["ACTIVATE"]

    def c_type(self, name):
        if name in self.scalars:
            return self.scalars[name]["c"]
        if name in self.enums:
            return f"enum gunyah_{name}"
        return f"gunyah_{name}_t"

    def mask(self, name):
        """The bits of a bitfield that the open hypervisor knows."""
        field = self.bitfields[name]
        known = [ends for part, ends in field["fields"].items() if part not in field.get("refused", ())]
        return sum((1 << (high + 1)) - (1 << low) for low, high in known)

    def bits(self, name):
        if name in self.scalars:
            return self.scalars[name]["bits"]
        return self.bitfields[name]["bits"] if name in self.bitfields else 32

    def check(self):
        seen = set()
        for call in self.numbered + self.unnumbered:
            self.check_call(call)
            if call.name in seen or (call.number is not None and call.number in seen):
                fail(f"{call.name}: name or number twice")
            seen |= {call.name, call.number} - {None}
        for name, field in self.bitfields.items():
            used = 0
            for low, high in field["fields"].values():
                mask = ((1 << (high - low + 1)) - 1) << low
                if used & mask or high >= field["bits"] or low > high:
                    fail(f"bitfield {name}: fields overlap or do not fit")
                used |= mask

    def check_call(self, call):
        if call.availability not in AVAILABILITY:
            fail(f"{call.name}: availability {call.availability}")
        if len(call.arguments) > ARGUMENT_REGISTERS or len(call.results) > 8:
            fail(f"{call.name}: too many words")
        for word in call.arguments + call.results:
            if word.reserved is not None:
                if word.reserved not in (0, -1):
                    fail(f"{call.name}: reserved {word.reserved}")
                continue
            if word.type not in self.scalars and word.type not in self.enums and word.type not in self.bitfields:
                fail(f"{call.name}: unknown type {word.type}")
            if word.state not in STATES:
                fail(f"{call.name}: unknown state {word.state}")
            if word.object not in ("", "any"):
                for right in word.rights:
                    self.right(word.object, right)
        if call.api_flag and call.api_flag not in self.bitfields["hyp_api_flags0"]["fields"]:
            fail(f"{call.name}: unknown api_flag {call.api_flag}")
        for error in call.errors:
            if error not in self.errors:
                fail(f"{call.name}: unknown error {error}")
        call.capabilities  # noqa: B018  checks lookup_order
        for name, error in call.early.items():
            if not any(a.name == name and a.type in self.bitfields for a in call.arguments):
                fail(f"{call.name}: early names {name}, which is no bitfield")
            if error not in self.errors:
                fail(f"{call.name}: early names an unknown error {error}")


def banner(comment="//"):
    return (
        f"{comment} SPDX-License-Identifier: BSD-3-Clause\n"
        f"{comment} Generated by abi/generate.py from the ABI table. Do not edit.\n"
    )
