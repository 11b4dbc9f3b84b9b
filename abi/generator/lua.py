# SPDX-License-Identifier: BSD-3-Clause
"""tools/wireshark/gunyah.lua: the dissector for Wireshark, which is dissector.lua behind tables of all names."""

import pathlib

from .table import banner


def text(value):
    return f'"{value}"'


def mapping(pairs):
    return "{ " + ", ".join(f"[{key}] = {text(name)}" for key, name in pairs) + " }"


def words(found):
    return "{ " + ", ".join(f"{{ {text(w.name or 'reserved')}, {text(w.type or 'reserved')} }}" for w in found) + " }"


def calls(table):
    out = ["local calls = {"]
    for call in table.numbered:
        out += [
            f"    [0x{call.number:02x}] = {{",
            f"        name = {text(call.name)},",
            f"        arguments = {words(call.arguments)},",
            f"        results = {words(call.results)},",
            "    },",
        ]
    return [*out, "}"]


def value_types(rm):
    """What values are called: a part is a name and a value, a mask, or its first and its last bit."""
    enums = {**rm.hypercalls.enums, **rm.enums}
    found = {name: ("enum", [(n, v) for n, v in spec["values"].items()]) for name, spec in enums.items()}
    found |= {name: ("flags", list(flags.items())) for name, flags in rm.flags.items()}
    bits = {name: spec["fields"] for name, spec in rm.hypercalls.bitfields.items() if spec["fields"]}
    found |= {name: ("bits", [(n, low, high) for n, (low, high) in fields.items()]) for name, fields in bits.items()}
    out = ["local value_types = {"]
    for name in sorted(found):
        kind, parts = found[name]
        rows = ", ".join("{ " + ", ".join([text(part[0]), *map(str, part[1:])]) + " }" for part in parts)
        out += [f"    {name} = {{ kind = {text(kind)}, parts = {{ {rows} }} }},"]
    return [*out, "}"]


def run_row(run):
    parts = [f"name = {text(run.name)}", f"entries = {{ {', '.join(map(text, run.entries))} }}"]
    parts += [f"header = {text(run.header)}"] if run.header else []
    parts += [f"size = {run.size}"] if run.size else [f"count = {text(run.count)}"]
    parts += [f"{flag} = true" for flag in ("optional", "padded", "variable") if getattr(run, flag)]
    return "{ " + ", ".join(parts) + " }"


def layouts(rm):
    out = ["local layouts = {"]
    for layout in rm.layouts.values():
        fields = ", ".join(f"{{ {text(f.name)}, {text(f.type)}, {f.offset}, {f.size} }}" for f in layout.named)
        out += [
            f"    {layout.name} = {{",
            f"        size = {layout.size},",
            f"        fields = {{ {fields} }},",
            f"        lists = {{ {', '.join(run_row(r) for r in layout.runs)} }},",
            "    },",
        ]
    return [*out, "}"]


def messages(rm):
    out = ["local messages = {"]
    for message in rm.messages:
        data = ", ".join(map(text, message.request + message.data))
        reply = ", ".join(map(text, message.reply))
        out += [
            f"    [0x{message.id:08x}] = {{ name = {text(message.name)}, data = {{ {data} }}, reply = {{ {reply} }} }},"
        ]
    return [*out, "}"]


def field_sizes(rm):
    """The largest size that a field of this name has, since one filter finds it in every message."""
    sizes = {}
    for layout in rm.layouts.values():
        for field in layout.named:
            sizes[field.name] = max(field.size, sizes.get(field.name, 4))
    return ["local field_sizes = { " + ", ".join(f"{n} = {sizes[n]}" for n in sorted(sizes)) + " }"]


def emit(rm):
    table = rm.hypercalls
    body = pathlib.Path(__file__).with_name("dissector.lua").read_text()
    out = [banner("--").rstrip()]
    out += calls(table)
    out += [f"local hypervisor_errors = {mapping((v, n) for n, v in table.errors.items())}"]
    out += [f"local rm_errors = {mapping((v, n) for n, v in rm.errors.items())}"]
    out += value_types(rm) + layouts(rm) + messages(rm) + field_sizes(rm)
    return "\n".join(out) + "\n\n" + body.split("\n", 1)[1]
