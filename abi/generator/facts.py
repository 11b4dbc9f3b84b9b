# SPDX-License-Identifier: BSD-3-Clause
"""tools/gunyah/facts.c: what the ABI table says in words, for the command."""

from .rm_table import AVAILABILITY as RM_AVAILABILITY
from .rm_table import GENERATIONS
from .table import AVAILABILITY, banner


def text(words):
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"' if words else "NULL"


def listed(words):
    return "(const char *const[]){" + ", ".join([*(text(w) for w in words), "NULL"]) + "}" if words else "NULL"


def argument(word):
    if word.reserved is not None:
        return f"reserved: {'0' if word.reserved == 0 else 'all ones'}"
    details = []
    if word.type == "capid":
        details += [word.object if word.object != "any" else "any object"]
        details += [" and ".join(word.rights)] if word.rights else []
        details += [word.state.replace("_", " ").lower()] if word.state != "ANY" else []
    kind = f": {word.type}" if word.type != word.name else ""
    return word.name + kind + (f" ({', '.join(details)})" if details else "")


def result(word):
    return word.name if word.type == word.name else f"{word.name}: {word.type}"


def call(spec):
    state = "" if spec.availability == "open" else AVAILABILITY[spec.availability]
    arguments = [f"x{i + 1} {argument(a)}" for i, a in enumerate(spec.arguments)]
    results = [f"x{i} {result(r)}" for i, r in enumerate(spec.results)]
    return (
        f"    {{{spec.number}, {text(spec.name)}, {text(spec.summary)}, {text(spec.note)}, {text(spec.since)}, {text(state)},\n"
        f"     {listed(arguments)},\n     {listed(results)},\n     {listed(spec.errors)}}},"
    )


def message(spec):
    state = "" if spec.availability == "open" else RM_AVAILABILITY[spec.availability]
    since = GENERATIONS[spec.since] if spec.since else ""
    errors = [f"{error}: {when}" for error, when in spec.errors]
    notification = "true" if spec.kind == "notification" else "false"
    return (
        f"    {{0x{spec.id:08x}, {text(spec.name)}, {notification}, {text(spec.summary)}, {text(spec.note)}, {text(spec.danger)}, "
        f"{text(since)}, {text(state)},\n     {text(spec.sender)}, {text(', '.join(spec.states))},\n     {listed(errors)}}},"
    )


def values(pairs):
    return "(const struct fact_value[]){" + ", ".join(f"{{{text(n)}, 0x{v & (1 << 64) - 1:x}}}" for n, v in pairs) + ", {NULL, 0}}"


def masks(fields):
    return [(name, ((1 << (high - low + 1)) - 1) << low) for name, (low, high) in fields.items()]


def kind(name, doc, is_enum, pairs):
    return f"    {{{text(name)}, {text(doc)}, {'true' if is_enum else 'false'},\n     {values(pairs)}}},"


def kinds(table, rm):
    rights = {n: {**v, **table.rights["generic"]} for n, v in table.rights.items() if n != "generic"}
    out = [kind(n, e["doc"], True, e["values"].items()) for n, e in {**table.enums, **rm.enums}.items()]
    out += [kind(n, f["doc"], False, masks(f["fields"])) for n, f in table.bitfields.items() if f["fields"]]
    out += [kind(n, "Flags of a message.", False, f.items()) for n, f in rm.flags.items()]
    out += [kind(f"{n}_rights", f"Rights of a capability: {n}.", False, r.items()) for n, r in rights.items()]
    return sorted(out)


def emit(rm):
    table = rm.hypercalls
    messages = sorted((m for group in rm.groups.values() for m in group), key=lambda m: m.id)
    out = [banner(), "// clang-format off", '#include "facts.h"', "", "#include <stddef.h>", ""]
    out += ["const struct fact_call fact_calls[] = {", *(call(c) for c in table.numbered)]
    out += ["    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},", "};", ""]
    out += ["const struct fact_message fact_messages[] = {", *(message(m) for m in messages)]
    out += ["    {0, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},", "};", ""]
    out += ["const struct fact_kind fact_kinds[] = {", *kinds(table, rm), "    {NULL, NULL, false, NULL},", "};", ""]
    errors = [("fact_hypervisor_errors", table.errors), ("fact_rm_errors", rm.errors)]
    for name, codes in errors:
        out += [f"const struct fact_value {name}[] = {{"]
        out += [f"    {{{text(n)}, 0x{v & 0xffffffff:x}}}," for n, v in codes.items()] + ["    {NULL, 0},", "};", ""]
    return "\n".join(out)
