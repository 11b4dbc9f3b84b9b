# SPDX-License-Identifier: BSD-3-Clause
"""abi/names.c and abi/shapes.c: names of calls and errors, and the words of each call.

Two files, because firmware needs the names for its errors, and the shapes, ten times as large, for nothing.
"""

from .table import banner


def head():
    return [banner(), "// clang-format off", "#include <gunyah/abi/names.h>", "", "#include <stddef.h>", ""]


def emit(table):
    out = [*head(), "static const char *const names[] = {"]
    out += [f'    [{c.number}] = "{c.name}",' for c in table.numbered]
    out += [
        "};",
        "",
        "const char *gunyah_call_name(uint32_t number)",
        "{",
        "    const bool known = number < sizeof(names) / sizeof(names[0]) && names[number] != NULL;",
        '    return known ? names[number] : "unknown";',
        "}",
        "",
        "const char *gunyah_hverr_name(int32_t error)",
        "{",
        "    switch (error) {",
    ]
    out += [f'    case GUNYAH_HVERR_{n}: return "{n}";' for n in table.errors]
    out += ["    default: return NULL;", "    }", "}", ""]
    return "\n".join(out).replace("#include <stddef.h>", "#include <stdbool.h>\n#include <stddef.h>")


def quoted(words):
    return ", ".join(f'{{"{w.name or "reserved"}", "{w.type or "reserved"}"}}' for w in words)


def emit_shapes(table):
    out = [*head(), "static const struct gunyah_call_shape shapes[] = {"]
    for c in table.numbered:
        out += [
            f'    {{"{c.name}", {c.number}, {len(c.arguments)}, {len(c.results)},',
            f"     {{{quoted(c.arguments)}}}," if c.arguments else "     {{NULL, NULL}},",
            f"     {{{quoted(c.results)}}}}},",
        ]
    out += ["};", "", "static const uint8_t place_of[] = {"]
    places = {c.number: i + 1 for i, c in enumerate(table.numbered)}
    row = [str(places.get(n, 0)) for n in range(max(places) + 1)]
    out += ["    " + ", ".join(row[i : i + 16]) + "," for i in range(0, len(row), 16)]
    out += [
        "};",
        "",
        "const struct gunyah_call_shape *gunyah_call_info(uint32_t number)",
        "{",
        "    if (number >= sizeof(place_of) || place_of[number] == 0)",
        "        return NULL;",
        "    return &shapes[place_of[number] - 1];",
        "}",
        "",
    ]
    return "\n".join(out)
