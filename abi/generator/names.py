# SPDX-License-Identifier: BSD-3-Clause
"""abi/names.c: names for traces and decoders."""

from .table import banner


def quoted(words):
    return ", ".join(f'{{"{w.name or "reserved"}", "{w.type or "reserved"}"}}' for w in words)


def emit(table):
    out = [banner(), "// clang-format off", "#include <gunyah/abi/names.h>", "", "#include <stddef.h>", ""]
    out += ["static const struct gunyah_call_shape calls[] = {"]
    for c in table.numbered:
        out += [
            f"    {{\"{c.name}\", {c.number}, {len(c.arguments)}, {len(c.results)},",
            f"     {{{quoted(c.arguments)}}}," if c.arguments else "     {{NULL, NULL}},",
            f"     {{{quoted(c.results)}}}}},",
        ]
    out += ["};", "", "static const uint8_t index_of[] = {"]
    numbers = {c.number: i + 1 for i, c in enumerate(table.numbered)}
    last = max(numbers)
    row = [str(numbers.get(n, 0)) for n in range(last + 1)]
    out += ["    " + ", ".join(row[i : i + 16]) + "," for i in range(0, len(row), 16)]
    out += [
        "};",
        "",
        "const struct gunyah_call_shape *gunyah_call_info(uint32_t number)",
        "{",
        "    if (number >= sizeof(index_of) || index_of[number] == 0)",
        "        return NULL;",
        "    return &calls[index_of[number] - 1];",
        "}",
        "",
        "const char *gunyah_call_name(uint32_t number)",
        "{",
        "    const struct gunyah_call_shape *info = gunyah_call_info(number);",
        '    return info != NULL ? info->name : "unknown";',
        "}",
        "",
        "const char *gunyah_hverr_name(int32_t error)",
        "{",
        "    switch (error) {",
    ]
    out += [f"    case GUNYAH_HVERR_{n}: return \"{n}\";" for n in table.errors]
    out += ["    default: return NULL;", "    }", "}", ""]
    return "\n".join(out)
