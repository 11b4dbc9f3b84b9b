#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check that everything flows down: which symbols the objects of each layer refer to.

    check.py <nm> --layer <name> <object>... [--layer <name> <object>...]...

Include paths keep a layer from seeing the headers of another one; they do not keep it from declaring a function
by itself. The names of the layers are those of the CMake targets.
"""

import fnmatch
import itertools
import subprocess
import sys

MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
# The linker makes this one.
ALWAYS = {"_GLOBAL_OFFSET_TABLE_"}
# Kinds of symbols that are not defined: plain and weak.
REFERENCE = {"U", "w", "v"}

# What a layer may refer to beside itself: other layers, and names of the C library and of libfdt (None: all of them).
RULES = {
    "gunyah_abi": (set(), set()),
    "gunyah_model": ({"gunyah_abi"}, MEMORY),
    "gunyah_tree": ({"gunyah_model"}, MEMORY | {"strlen", "fdt_*"}),
    "gunyah_sim": ({"gunyah_abi", "gunyah_model", "gunyah_tree", "gunyah_hosted"}, None),
    "gunyah_hosted": (set(), None),
    "gunyah_linux": ({"gunyah_abi", "gunyah_hosted"}, None),
    "gunyah_freestanding": (set(), MEMORY | {"strlen"}),
    "gunyah_baremetal": (set(), MEMORY | {"strlen"}),
    # One of the two environments is there.
    "gunyah_core": ({"gunyah_abi", "gunyah_hosted", "gunyah_freestanding"}, MEMORY | {"strlen"}),
    "gunyah_rm": ({"gunyah_abi", "gunyah_core", "gunyah_hosted", "gunyah_freestanding"}, MEMORY | {"strlen"}),
    "gunyah_boot": (
        {"gunyah_core", "gunyah_hosted", "gunyah_freestanding"},
        MEMORY | {"inflate", "inflateEnd", "inflateInit2_"},
    ),
    "gunyah_dt": (
        {"gunyah_abi", "gunyah_core", "gunyah_rm", "gunyah_hosted", "gunyah_freestanding"},
        MEMORY | {"strlen", "fdt_*"},
    ),
    # A part of the command, beside the simulator.
    "gunyah_replay": ({"gunyah_abi", "gunyah_model"}, None),
    # A library of its own, above all of the others.
    "gunyah_emu": ({"gunyah_abi", "gunyah_core", "gunyah_rm", "gunyah_sim", "gunyah_dt"}, None),
}


def layers(arguments):
    """{name: [object, ...]} of "--layer name object... --layer ...". A name may come twice."""
    found = {}
    for is_option, group in itertools.groupby(arguments, lambda argument: argument == "--layer"):
        if not is_option:
            name, *objects = group
            found.setdefault(name, []).extend(objects)
    return found


def symbols(nm, objects):
    """(object, name, kind) of every symbol that objects define for others, or refer to."""
    lines = subprocess.run([nm, "-A", "-P", "-g", *objects], capture_output=True, check=True, text=True).stdout
    for line in lines.splitlines():
        path, symbol = line.rsplit(": ", 1)
        name, kind, *_ = symbol.split()
        yield path, name, kind


def violations(nm, found):
    table = {layer: list(symbols(nm, objects)) for layer, objects in found.items()}
    owner = {name: layer for layer, rows in table.items() for _, name, kind in rows if kind not in REFERENCE}
    for layer, rows in table.items():
        below, outside = RULES[layer]
        for path, name, kind in rows:
            if kind not in REFERENCE or name in ALWAYS or owner.get(name) in below | {layer}:
                continue
            is_ours = name in owner or name.startswith("gunyah_")
            if is_ours or not (outside is None or any(fnmatch.fnmatchcase(name, known) for known in outside)):
                yield f"{layer} refers to {name} of {owner.get(name, 'elsewhere')} in {path}"


found = layers(sys.argv[2:])
bad = list(violations(sys.argv[1], found))
print("\n".join(bad + [f"{len(found)} layers, {len(bad)} violations"]))
sys.exit(1 if bad else 0)
