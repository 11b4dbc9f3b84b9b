# SPDX-License-Identifier: BSD-3-Clause
"""bindings/rust/gunyah-sys/src/abi.rs: the numbers of numbers.h and rm.h, with the names that they have there."""

import re

from . import numbers, rm_numbers
from .table import banner

HEAD = """//! The numbers of the ABI: calls, errors, rights, bits, messages of the Resource Manager, and where their fields are.
"""


def kind(name, value):
    if name.startswith("GUNYAH_HVERR_"):
        return "i32"
    is_mask = name.endswith("_MASK") and not name.startswith("GUNYAH_HYPERCALL_")
    return "u64" if is_mask or value > 0xFFFFFFFF else "u32"


def constants(header):
    """Of the lines #define NAME VALUE // what it is."""
    for name, value, doc in re.findall(r"^#define (\w+) (\S+)(?: // (.*))?$", header, re.MULTILINE):
        text = value.strip("()")
        if doc:
            yield f"/// {doc}"
        yield f"pub const {name}: {kind(name, int(text, 0))} = {text};"


def emit(table, rm_table):
    out = [banner() + HEAD, *constants(numbers.emit(table)), *constants(rm_numbers.emit(rm_table)), ""]
    return "\n".join(out)
