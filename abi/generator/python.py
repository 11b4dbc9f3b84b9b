# SPDX-License-Identifier: BSD-3-Clause
"""bindings/python/gunyah/_abi.py: the numbers of the ABI as enumerations."""

from .numbers import hexadecimal
from .table import banner

HEAD = '''"""The numbers of the ABI: calls, errors, rights, bits, and messages of the Resource Manager."""

# fmt: off
# ruff: noqa
import enum
'''


def class_name(name):
    return "".join(word.capitalize() for word in name.split("_"))


def enumeration(name, doc, values, base="IntEnum"):
    out = ["", "", f"class {name}(enum.{base}):", f'    """{doc}"""', ""]
    return out + [f"    {member} = {value}" for member, value in values.items()]


def rights(table):
    generic = table.rights["generic"]
    for kind, values in table.rights.items():
        if kind != "generic":
            members = {n: hexadecimal(v) for n, v in {**generic, **values}.items()}
            yield from enumeration(f"{class_name(kind)}Right", f"Rights of a {kind}.", members, "IntFlag")


def constants(table):
    for name, constant in table.constants.items():
        yield f"{name} = {hexadecimal(constant['value'])}  # {constant['doc']}"


def bits(table):
    """The place of each part of a word of bits."""
    for name, field in table.bitfields.items():
        parts = {part: f"{((1 << (high - low + 1)) - 1) << low:#x}" for part, (low, high) in field["fields"].items()}
        yield from enumeration(f"{class_name(name)}Bits", field["doc"], parts, "IntFlag")


def emit(table, rm_table):
    out = [banner("#") + HEAD.rstrip(), "", *constants(table), *constants(rm_table)]
    calls = {c.name.upper(): f"0x{c.number:02x}" for c in table.numbered}
    out += enumeration("Hypercall", "Numbers of the hypercalls.", calls)
    out += enumeration("HypervisorError", "Errors of the hypervisor, the first result of a call.", table.errors)
    out += rights(table)
    out += bits(table)
    errors = {name: hexadecimal(value) for name, value in rm_table.errors.items()}
    out += enumeration("RmErrorCode", "Errors of the Resource Manager, the first word of a reply.", errors)
    for name, kind in (("RmRequest", "request"), ("RmNotification", "notification")):
        ids = {m.name: f"0x{m.id:08x}" for m in rm_table.messages if m.kind == kind}
        out += enumeration(name, f"Ids of the Resource Manager's {kind}s.", ids)
    for name, flags in rm_table.flags.items():
        members = {flag: hexadecimal(value) for flag, value in flags.items()}
        out += enumeration("Rm" + class_name(name), "Flags of a message.", members, "IntFlag")
    return "\n".join([*out, ""])
