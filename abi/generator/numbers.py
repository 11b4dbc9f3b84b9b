# SPDX-License-Identifier: BSD-3-Clause
"""include/gunyah/abi/numbers.h: plain numbers, usable from C, C++ and the assembler."""

from .table import banner


def signed(value):
    return f"({value})" if value < 0 else str(value)


def hexadecimal(value):
    return f"0x{value:x}"


def emit(table):
    out = [banner(), "#ifndef GUNYAH_ABI_NUMBERS_H", "#define GUNYAH_ABI_NUMBERS_H", ""]
    out += ["// Conventions.", f"#define GUNYAH_IMMEDIATE_BASE {hexadecimal(table.convention['immediate_base'])}"]
    out += [f"#define GUNYAH_SMCCC_BASE {hexadecimal(table.convention['smccc_base'])}"]
    out += [f"#define GUNYAH_HYPERCALL_TABLE_SIZE {hexadecimal(table.convention['table_size'])}"]
    out += [f"#define GUNYAH_SMCCC_{n} {hexadecimal(v)}" for n, v in table.smccc.items()]
    for name, uid in table.uid.items():
        out += ["", f"// UID {uid['uuid']}, words x0 to x3."]
        out += [f"#define GUNYAH_UID_{name.upper()}_{i} {hexadecimal(w)}" for i, w in enumerate(uid["words"])]
    out += ["", "// Hypercall numbers; the SMCCC function id is GUNYAH_SMCCC_BASE | number."]
    out += [f"#define GUNYAH_HYPERCALL_{c.name.upper()} 0x{c.number:02x}" for c in table.numbered]
    out += ["", "// Errors of the hypervisor, in the low 32 bits of x0."]
    out += [f"#define GUNYAH_HVERR_{n} {signed(v)}" for n, v in table.errors.items()]
    out += ["", "// Rights."]
    for kind, rights in table.rights.items():
        prefix = "GUNYAH_RIGHT_" + ("" if kind == "generic" else kind.upper() + "_")
        out += [f"#define {prefix}{n} {hexadecimal(v)}" for n, v in rights.items()]
        if kind != "generic":
            out += [f"#define GUNYAH_RIGHTS_{kind.upper()}_ALL {hexadecimal(table.all_rights(kind))}"]
    out += ["", "// Limits and special values."]
    for name, constant in table.constants.items():
        value = constant["value"]
        text = hexadecimal(value) if value > 0xFFFF or value == 0xFFFF else str(value)
        out += [f"#define GUNYAH_{name} {text} // {constant['doc']}"]
    out += ["", "// Bitfields: position of each field."]
    for name, field in table.bitfields.items():
        for part, (low, high) in field["fields"].items():
            mask = ((1 << (high - low + 1)) - 1) << low
            prefix = f"GUNYAH_{name.upper()}_{part}"
            out += [f"#define {prefix}_SHIFT {low}", f"#define {prefix}_MASK {hexadecimal(mask)}"]
    out += ["", "#endif", ""]
    return "\n".join(out)
