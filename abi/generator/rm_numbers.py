# SPDX-License-Identifier: BSD-3-Clause
"""include/gunyah/abi/rm.h: the messages of the Resource Manager as plain numbers."""

from .numbers import hexadecimal
from .table import banner, fail

HEAD = """// The messages of the Resource Manager as plain numbers, usable from C, C++ and the assembler.
//
// Everything on the wire is little-endian and packed. An offset counts from the beginning of its layout; the layout of a
// request or of a notification begins behind the header of the packet, that of a reply behind the error word. SIZE is that
// of the fields; lists follow them, each behind a header that counts it, and MIN_SIZE counts the headers too.
#ifndef GUNYAH_ABI_RM_H
#define GUNYAH_ABI_RM_H
"""


def constant(spec):
    return hexadecimal(spec["value"]) if spec.get("hex") else str(spec["value"])


def check(lines):
    names = [line.split()[1] for line in lines if line.startswith("#define")]
    for name in names:
        if names.count(name) > 1:
            fail(f"two layouts or messages make {name}")


def layout_numbers(table, layout):
    prefix = f"GUNYAH_RM_{layout.name.upper()}"
    out = ["", f"// {layout.doc}"]
    out += [f"#define {prefix}_{f.name.upper()}_OFFSET {f.offset}" for f in layout.named]
    if layout.runs and not layout.runs[0].optional:
        out += [f"#define {prefix}_{layout.runs[0].name.upper()}_OFFSET {layout.size}"]
    out += [f"#define {prefix}_{r.name.upper()}_MAX {r.max}" for r in layout.runs if r.max]
    out += [f"#define {prefix}_SIZE {layout.size}"]
    if table.min_size(layout) != layout.size:
        out += [f"#define {prefix}_MIN_SIZE {table.min_size(layout)}"]
    return out


def emit(table):
    out = [banner(), HEAD.rstrip()]
    out += ["", "// Limits and special values."]
    out += [f"#define GUNYAH_{n} {constant(c)} // {c['doc']}" for n, c in table.constants.items()]
    out += ["", "// Errors, the first word of a reply."]
    out += [f"#define GUNYAH_RMERR_{n} {hexadecimal(v)}" for n, v in table.errors.items()]
    out += ["", "// Requests and notifications."]
    out += [f"#define GUNYAH_RM_{m.macro} 0x{m.id:08x}" for m in table.messages]
    out += ["", "// Flags."]
    for name, flags in table.flags.items():
        prefix = name.upper().removesuffix("S")
        out += [f"#define GUNYAH_RM_{prefix}_{n} {hexadecimal(v)}" for n, v in flags.items()]
    for layout in table.layouts.values():
        out += layout_numbers(table, layout)
    check(out)
    return "\n".join([*out, "", "#endif", ""])
