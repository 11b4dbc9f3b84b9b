# SPDX-License-Identifier: BSD-3-Clause
"""lib/rm/messages.h: a struct for the fields of each layout, written to bytes and read from them by lib/rm/pack.c."""

from .table import banner, fail

HEAD = """// clang-format off
// The layouts of the Resource Manager's messages as structs. rm_put_X() writes the fields of one, GUNYAH_RM_X_SIZE bytes,
// and returns how many; rm_get_X() reads them, or returns false and changes nothing when there are fewer bytes. RM_SHAPE_X
// is the shape of the fields (pack.h). Lists follow the fields: a header that counts (struct rm_list, where the comment says
// nothing else), and the entries. A struct that looks like the bytes is copied; the others go through pack.c.
#ifndef GUNYAH_RM_MESSAGES_H
#define GUNYAH_RM_MESSAGES_H

#include "pack.h"

#include <gunyah/abi/rm_types.h>

#include <string.h>
"""


def shape(layout):
    digits = [f.size if f.name else 8 + f.size for f in layout.fields]
    if len(digits) > 16 or any(d > 12 for d in digits):
        fail(f"layout {layout.name} has no shape")
    return f"0x{''.join(f'{d:x}' for d in reversed(digits))}"


def struct_size(layout):
    """As C lays it out, and as lib/rm/pack.c walks through it."""
    offset = 0
    for field in layout.named:
        offset = -(-offset // field.size) * field.size + field.size
    widest = max(f.size for f in layout.named)
    return -(-offset // widest) * widest


def c_type(table, field):
    scalar = table.hypercalls.scalars.get(field.type, {})
    return scalar["c"] if scalar.get("distinct") and scalar["bits"] == field.bits else f"uint{field.bits}_t"


def looks_like_bytes(layout):
    return len(layout.named) == len(layout.fields) and struct_size(layout) == sum(f.size for f in layout.fields)


def followed_by(table, run):
    what = " or ".join(f"struct rm_{e}" for e in run.entries) or "bytes"
    text = run.name if run.name == what else f"{run.name}: {what}"
    if run.header and run.header != "list":
        text += f" after struct rm_{run.header}"
    if run.variable:
        text += ", each with bytes behind it"
    return text + (", or nothing" if run.optional else "")


def describe(table, layout):
    return layout.doc + "".join(f" Then {followed_by(table, r)}." for r in layout.runs)


def codec(table, layout):
    name = f"rm_{layout.name}"
    members = []
    for field in layout.named:
        values = field.type in table.enums or field.type in table.flags or field.type in table.hypercalls.enums
        members += [f"    {c_type(table, field)} {field.name};" + (f" // {field.type}" if values else "")]
    shape_name = f"RM_SHAPE_{layout.name.upper()}"
    if looks_like_bytes(layout):
        write = ["    memcpy(bytes, message, sizeof(*message));", "    return sizeof(*message);"]
        read = [
            "    if (size < sizeof(*message))",
            "        return false;",
            "    memcpy(message, bytes, sizeof(*message));",
            "    return true;",
        ]
    else:
        write = [f"    return gunyah_rm_pack({shape_name}, message, bytes);"]
        read = [f"    return gunyah_rm_unpack({shape_name}, message, bytes, size);"]
    return [
        "",
        f"// {describe(table, layout)}",
        f"struct {name} {{",
        *members,
        "};",
        f'GUNYAH_STATIC_ASSERT(sizeof(struct {name}) == {struct_size(layout)}, "{layout.name} has no other padding");',
        f"#define {shape_name} {shape(layout)}",
        "",
        f"static inline size_t rm_put_{layout.name}(uint8_t *bytes, const struct {name} *message)",
        "{",
        *write,
        "}",
        "",
        f"static inline bool rm_get_{layout.name}(const uint8_t *bytes, size_t size, struct {name} *message)",
        "{",
        *read,
        "}",
    ]


def emit(table):
    out = [banner(), HEAD.rstrip()]
    for layout in table.layouts.values():
        if layout.fields:
            out += codec(table, layout)
    return "\n".join([*out, "", "#endif", ""])
