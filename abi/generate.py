#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write every file that is generated from the ABI table, or check that none is stale.

    generate.py            write
    generate.py --check    write nothing; exit 1 and name the files that differ
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "abi"))

import outputs  # noqa: E402
from generator import calls, direct, dispatch, facts, ffi, names, numbers, python, reference, rust, types  # noqa: E402
from generator import lua, rm_codecs, rm_names, rm_numbers, rm_reference, rm_types  # noqa: E402
from generator.rm_table import RmTable  # noqa: E402
from generator.table import Table  # noqa: E402

OUTPUTS = {
    "include/gunyah/abi/numbers.h": numbers.emit,
    "include/gunyah/abi/types.h": types.emit,
    "include/gunyah/hypercalls.h": calls.emit,
    "include/gunyah/direct.h": direct.emit,
    "abi/names.c": names.emit,
    "abi/shapes.c": names.emit_shapes,
    "os/sim/model/calls.h": dispatch.emit_header,
    "os/sim/model/table.c": dispatch.emit,
    "bindings/ffi/libgunyah-ffi.map": ffi.emit,
    "docs/hypercalls.md": reference.emit,
}

RM_OUTPUTS = {
    "include/gunyah/abi/rm.h": rm_numbers.emit,
    "include/gunyah/abi/rm_types.h": rm_types.emit,
    "abi/rm_names.c": rm_names.emit,
    "abi/rm_shapes.c": rm_names.emit_shapes,
    "lib/rm/messages.h": rm_codecs.emit,
    "docs/rm-messages.md": rm_reference.emit,
    "tools/gunyah/facts.c": facts.emit,
    "tools/wireshark/gunyah.lua": lua.emit,
}

# For other languages, of both tables.
BINDING_OUTPUTS = {
    "bindings/python/gunyah/_abi.py": python.emit,
    "bindings/rust/gunyah-sys/src/abi.rs": rust.emit,
}


def main(arguments):
    check = arguments == ["--check"]
    if arguments and not check:
        sys.exit(__doc__)
    table = Table(ROOT / "abi")
    rm_table = RmTable(ROOT / "abi", table)
    texts = {name: emit(table) for name, emit in OUTPUTS.items()}
    texts |= {name: emit(rm_table) for name, emit in RM_OUTPUTS.items()}
    texts |= {name: emit(table, rm_table) for name, emit in BINDING_OUTPUTS.items()}
    outputs.update(ROOT, texts, "abi/generate.py", check)


main(sys.argv[1:])
