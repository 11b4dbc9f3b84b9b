# SPDX-License-Identifier: BSD-3-Clause
"""abi/rm_names.c and abi/rm_shapes.c: names of messages and errors of the Resource Manager, and the layouts of messages.

Two files for the reason that names.py has two.
"""

from .table import banner


def head():
    return [banner(), "// clang-format off", "#include <gunyah/abi/rm_names.h>", "", "#include <stddef.h>", ""]


def emit(table):
    out = [
        *head(),
        "static const struct {",
        "    uint32_t id;",
        "    const char *name;",
        "} names[] = {",
        *(f'    {{0x{m.id:08x}, "{m.name}"}},' for m in table.messages),
        "};",
        "",
        "const char *gunyah_rm_message_name(uint32_t id)",
        "{",
        "    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {",
        "        if (names[i].id == id)",
        "            return names[i].name;",
        "    }",
        '    return "unknown";',
        "}",
        "",
        "const char *gunyah_rm_error_name(uint32_t error)",
        "{",
        "    switch (error) {",
        *(f'    case GUNYAH_RMERR_{n}: return "{n}";' for n in table.errors),
        "    default: return NULL;",
        "    }",
        "}",
        "",
    ]
    return "\n".join(out)


def pair(names):
    """A pointer to each layout, or NULL."""
    pointers = [f"&{name}" for name in names] + ["NULL", "NULL"]
    return "{" + ", ".join(pointers[:2]) + "}"


def boolean(value):
    return "true" if value else "false"


def list_row(run):
    header = f"&{run.header}" if run.header else "NULL"
    count = "NULL" if run.size else f'"{run.count}"'
    flags = ", ".join(boolean(f) for f in (run.optional, run.padded, run.variable))
    return f'    {{"{run.name}", {header}, {pair(run.entries)}, {count}, {run.size}, {run.max}, {flags}}},'


def layout_rows(table, layout):
    name = layout.name
    out = [""]
    if layout.named:
        out += [f"static const struct gunyah_rm_field_info {name}_fields[] = {{"]
        out += [f'    {{"{f.name}", "{f.type}", {f.offset}, {f.size}}},' for f in layout.named] + ["};"]
    if layout.runs:
        out += [f"static const struct gunyah_rm_list_info {name}_lists[] = {{"]
        out += [list_row(r) for r in layout.runs] + ["};"]
    fields = f"{name}_fields" if layout.named else "NULL"
    lists = f"{name}_lists" if layout.runs else "NULL"
    return out + [
        f"static const struct gunyah_rm_layout_info {name} = {{",
        f'    "{name}", {fields}, {lists}, {len(layout.named)}, {len(layout.runs)}, {layout.size}, {table.min_size(layout)},',
        "};",
    ]


def error_row(message):
    errors = dict.fromkeys(error for error, _ in message.errors)
    codes = ", ".join(f"GUNYAH_RMERR_{e}" for e in [*errors, "OK"])
    return f"static const uint32_t {message.name}_errors[] = {{{codes}}};"


def message_row(message):
    since = f"GUNYAH_RM_GENERATION_{message.since.upper()}" if message.since else "GUNYAH_RM_GENERATION_UNKNOWN"
    notification = boolean(message.kind == "notification")
    data = pair(message.request + message.data)
    errors = f"{message.name}_errors" if message.errors else "NULL"
    return f'    {{"{message.name}", 0x{message.id:08x}, {since}, {notification}, {data}, {pair(message.reply)}, {errors}}},'


def used(table):
    """The layouts that a message leads to."""
    names = {n for m in table.messages for n in m.layouts}
    for name in [n for n in table.layouts if n in names]:
        for run in table.layouts[name].runs:
            names |= {*run.entries, run.header} - {""}
    return [layout for layout in table.layouts.values() if layout.name in names]


def emit_shapes(table):
    out = head()[:-1]
    for layout in used(table):
        out += layout_rows(table, layout)
    out += ["", *(error_row(m) for m in table.messages if m.errors)]
    out += ["", "static const struct gunyah_rm_message_shape messages[] = {"]
    out += [message_row(m) for m in table.messages]
    out += [
        "};",
        "",
        "const struct gunyah_rm_message_shape *gunyah_rm_message_info(uint32_t id)",
        "{",
        "    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {",
        "        if (messages[i].id == id)",
        "            return &messages[i];",
        "    }",
        "    return NULL;",
        "}",
        "",
    ]
    return "\n".join(out)
