# SPDX-License-Identifier: BSD-3-Clause
"""Reads the table of the Resource Manager's messages, checks that it makes sense, and offers it as plain objects."""

import dataclasses
import tomllib

from .table import fail

AVAILABILITY = {
    "open": "answered by an open Resource Manager",
    "stub": "has an id in the open Resource Managers; always UNIMPLEMENTED",
    "obsolete": "answered by the generation of 2021 alone",
    "downstream": "known from downstream kernels; no open Resource Manager answers it",
}
GENERATIONS = {
    "2021": "the generation of 2021",
    "2023": "the generation of 2023",
    "later": "later generations",
    "": "no open generation",
}
KINDS = {"request", "notification"}
# Name and description of a layout that a message has for itself.
OWN_LAYOUTS = {
    "request": ("{}", "Request {}."),
    "reply": ("{}_reply", "Reply to {}."),
    "data": ("notify_{}", "Notification {}."),
}
# Widths of a message's fields that the types of the hypercalls do not tell.
BITS = {"u8": 8, "u16": 16, "handle": 32}


@dataclasses.dataclass
class Field:
    """A field of a layout; a reserved one has no name."""

    bits: int
    offset: int
    name: str = ""
    type: str = "reserved"

    @property
    def size(self):
        return self.bits // 8


@dataclasses.dataclass
class Run:
    """What follows the fields of a layout: a list of entries or a string of bytes, after a header that counts them."""

    name: str
    entries: tuple = ()  # layouts that an entry may have; none for bytes
    header: str = "list"
    count: str = "count"  # field that counts, in the header or, without one, before
    size: int = 0  # of bytes, where it is always the same
    max: int = 0
    optional: bool = False  # all of it may be missing, the header too
    padded: bool = False  # to a multiple of 4 bytes
    variable: bool = False  # bytes follow each entry


@dataclasses.dataclass
class Layout:
    name: str
    doc: str
    fields: list
    runs: list

    @property
    def size(self):
        """Bytes of the fields."""
        return sum(f.size for f in self.fields)

    @property
    def named(self):
        return [f for f in self.fields if f.name]


@dataclasses.dataclass
class Message:
    name: str
    id: int
    summary: str
    kind: str = "request"
    since: str = ""
    availability: str = "open"
    sender: str = ""
    states: tuple = ()
    danger: str = ""
    note: str = ""
    request: tuple = ()  # layouts, any of which it may have
    reply: tuple = ()
    reply_optional: bool = False
    data: tuple = ()  # of a notification
    errors: tuple = ()
    group: str = ""

    @property
    def macro(self):
        return self.name if self.kind == "request" else f"NOTIFY_{self.name}"

    @property
    def layouts(self):
        return (*self.request, *self.reply, *self.data)


class RmTable:
    def __init__(self, folder, table):
        with open(folder / "rm.toml", "rb") as file:
            common = tomllib.load(file)
        self.hypercalls = table
        self.constants = common["constant"]
        self.errors = common["error"]
        self.enums = common["enum"]
        self.flags = common["flags"]
        self.layouts = {}
        self.add_layouts(common)
        self.groups = {}
        for path in sorted((folder / "rm").glob("*.toml")):
            with open(path, "rb") as file:
                group = tomllib.load(file)
            self.add_layouts(group)
            self.groups[path.stem] = [self.message(path.stem, m) for m in group["message"]]
        self.messages = sorted((m for g in self.groups.values() for m in g), key=lambda m: m.id)
        self.check()

    def add_layouts(self, file):
        for name, spec in file.get("layout", {}).items():
            self.add_layout(name, spec["doc"], spec["fields"])

    def add_layout(self, name, doc, specs):
        if name in self.layouts:
            fail(f"layout {name} twice")
        fields, runs, offset = [], [], 0
        for spec in specs:
            if "list" in spec or "bytes" in spec:
                runs.append(self.run(name, spec))
                continue
            if runs:
                fail(f"layout {name}: a field after a list")
            bits = spec.get("reserved") or spec.get("bits") or self.bits(name, spec["type"])
            fields.append(Field(bits, offset, spec.get("name", ""), spec.get("type", "reserved")))
            offset += bits // 8
        self.layouts[name] = Layout(name, doc, fields, runs)

    def run(self, layout, spec):
        spec = dict(spec)
        entries = spec.pop("list", ())
        entries = (entries,) if isinstance(entries, str) else tuple(entries)
        if "bytes" in spec:
            spec = {"name": spec.pop("bytes"), "header": ""} | spec
            spec["count"] = spec.get("count", "" if "size" in spec else "size")
        run = Run(entries=entries, **spec)
        for name in entries + ((run.header,) if run.header else ()):
            if name not in self.layouts:
                fail(f"layout {layout}: {run.name} has unknown layout {name}")
        return run

    def bits(self, layout, kind):
        if kind in BITS:
            return BITS[kind]
        if kind in self.hypercalls.scalars:
            return self.hypercalls.scalars[kind]["bits"]
        return fail(f"layout {layout}: how many bits has {kind}?")

    def min_size(self, layout):
        """Bytes of the shortest message: every list empty."""
        return layout.size + sum(self.layouts[r.header].size for r in layout.runs if r.header and not r.optional)

    def message(self, group, spec):
        spec = dict(spec)
        for key, (name, doc) in OWN_LAYOUTS.items():
            named = self.named_layouts(spec.get(key, []))
            if named is None:
                own = name.format(spec["name"].lower())
                self.add_layout(own, doc.format(spec["name"]), spec[key])
                named = (own,)
            spec[key] = named
        return Message(group=group, **spec)

    def named_layouts(self, value):
        """The names of shared layouts, or None when the value describes a layout of its own. Nothing is no layout."""
        if isinstance(value, str):
            return (value,)
        return tuple(value) if all(isinstance(v, str) for v in value) else None

    def check(self):
        seen = set()
        for message in self.messages:
            if {message.id, message.macro} & seen:
                fail(f"{message.name}: name or id twice")
            seen |= {message.id, message.macro}
            self.check_message(message)
        for layout in self.layouts.values():
            self.check_layout(layout)

    def check_message(self, message):
        if message.availability not in AVAILABILITY or message.since not in GENERATIONS or message.kind not in KINDS:
            fail(f"{message.name}: availability, since or kind")
        for name in message.layouts:
            if name not in self.layouts:
                fail(f"{message.name}: unknown layout {name}")
        for error, _ in message.errors:
            if error not in self.errors:
                fail(f"{message.name}: unknown error {error}")
        for state in message.states:
            if state not in self.enums["vm_state"]["values"]:
                fail(f"{message.name}: unknown state {state}")

    def check_layout(self, layout):
        known = {"reserved", *BITS, *self.flags, *self.enums, *self.hypercalls.scalars, *self.hypercalls.enums}
        for field in layout.fields:
            if field.type not in known:
                fail(f"layout {layout.name}: unknown type {field.type}")
        names = [f.name for f in layout.named] + [r.name for r in layout.runs]
        if len(names) != len(set(names)):
            fail(f"layout {layout.name}: a name twice")
        for run in layout.runs:
            counted = self.layouts[run.header] if run.header else layout
            if not run.size and run.count not in [f.name for f in counted.named]:
                fail(f"layout {layout.name}: nothing counts {run.name}")
