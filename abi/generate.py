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

from generator import calls, direct, dispatch, names, numbers, reference, types  # noqa: E402
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
    "docs/hypercalls.md": reference.emit,
}


def main(arguments):
    check = arguments == ["--check"]
    if arguments and not check:
        sys.exit(__doc__)
    table = Table(ROOT / "abi")
    stale = []
    for name, emit in OUTPUTS.items():
        path = ROOT / name
        text = emit(table)
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if check and stale:
        sys.exit("stale, run abi/generate.py: " + ", ".join(stale))
    print(f"{len(OUTPUTS)} files, {len(stale)} {'stale' if check else 'written'}")


main(sys.argv[1:])
