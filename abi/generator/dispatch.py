# SPDX-License-Identifier: BSD-3-Clause
"""os/sim/model/table.c and calls.h: how the model takes each call apart, and who answers it."""

from .table import banner

STATE = {"ANY": "0", "INIT": "0", "ACTIVE": "MODEL_CAP_ACTIVE", "INIT_OR_ACTIVE": "0"}


def reserved(call, value):
    return sum(1 << i for i, a in enumerate(call.arguments) if a.reserved == value)


def capability(table, call, index):
    word = call.arguments[index]
    rights = 0
    for right in word.rights:
        rights |= table.right(word.object, right)
    flags = STATE[word.state]
    if word.state == "INIT":
        flags = "MODEL_CAP_UNTYPED"
    return f"{{{index}, GUNYAH_OBJECT_TYPE_{word.object.upper()}, {flags}, 0x{rights:x}}}"


def looked_up(table, call):
    """Capabilities that the dispatcher looks up; those whose kind depends on more, or have none, belong to the handler."""

    def is_known(word):
        return word.object != "any" or (word.rights and set(word.rights) <= set(table.rights["generic"]))

    return [i for i in call.capabilities if is_known(call.arguments[i])]


def early(table, call):
    """Arguments whose unknown bits are refused before anything is looked up."""
    words = [(i, a) for i, a in enumerate(call.arguments) if a.name in call.early]
    zero = {a.name: ~table.mask(a.type) & ((1 << table.bits(a.type)) - 1) for _, a in words}
    masks = [f"{{{i}, GUNYAH_HVERR_{call.early[a.name]}, UINT64_C(0x{zero[a.name]:x})}}" for i, a in words]
    return f"{len(words)}, {{{', '.join(masks) or '{0}'}}}"


def api_flag(call):
    return f"GUNYAH_HYP_API_FLAGS0_{call.api_flag}_MASK" if call.api_flag else "0"


def modelled_calls(table):
    return [c for c in table.numbered if c.model]


def emit_header(table):
    out = [banner(), "#ifndef GUNYAH_MODEL_CALLS_H", "#define GUNYAH_MODEL_CALLS_H", "", '#include "dispatch.h"', ""]
    out += [f"int32_t gunyah_model_{c.name}(struct model_call *call);" for c in modelled_calls(table)]
    out += ["", "#endif", ""]
    return "\n".join(out)


def emit(table):
    modelled = modelled_calls(table)
    out = [banner(), "// clang-format off", '#include "calls.h"', ""]
    out += ["static const struct model_entry entries[] = {"]
    last = max(c.number for c in modelled)
    for c in modelled:
        caps = ", ".join(capability(table, c, i) for i in looked_up(table, c))
        out += [
            f"    [0x{c.number:02x}] = {{gunyah_model_{c.name}, {len(c.results)}, {int(c.has_error)}, "
            f"0x{reserved(c, 0):02x}, 0x{reserved(c, -1):02x}, {len(looked_up(table, c))}, {{{caps or '{0}'}}}, {early(table, c)}, "
            f"{api_flag(c)}}},"
        ]
    out += [
        "};",
        "",
        "const struct model_entry *gunyah_model_entry_of(uint32_t number)",
        "{",
        f"    return number <= 0x{last:02x} && entries[number].handler ? &entries[number] : 0;",
        "}",
        "",
    ]
    return "\n".join(out)
