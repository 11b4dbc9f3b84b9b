#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check.py <compiler, perhaps with flags> <nm> <include folder> <libgunyah.so> <libgunyah.a> <symbol map>...

Three lists are the same: the functions that the public headers declare, the names in the symbol maps, and what the shared
library exports. Every global symbol of the static library begins with gunyah_. What baremetal.h declares is in the
freestanding library alone; what emu.h declares, in a library of its own; what dt*.h declare, in a library with libgunyah-dt.map;
what linux*.h declare, with libgunyah-linux.map.
"""

import pathlib
import re
import subprocess
import sys


def run(*command, **options):
    return subprocess.run(command, capture_output=True, check=True, text=True, **options).stdout


def without_bodies(text):
    """Replace every {...}, from the inside out, by a semicolon: what is left are declarations."""
    while True:
        shorter = re.sub(r"\{[^{}]*\}", ";", text)
        if shorter == text:
            return text
        text = shorter


def declared(compiler, include, with_device_tree):
    """Functions with external linkage that the headers below include/ declare."""
    left_out = ["baremetal.h", "emu.h"] if with_device_tree else ["baremetal.h", "emu.h", "dt*.h"]
    headers = sorted(
        path.relative_to(include)
        for path in include.rglob("*.h")
        if not any(path.match(pattern) for pattern in left_out)
    )
    source = "".join(f"#include <{header}>\n" for header in headers)
    preprocessed = run(*compiler.split(), "-std=c11", "-E", "-I", include, "-x", "c", "-", input=source)
    ours, is_ours = [], False
    for line in preprocessed.splitlines():
        marker = re.match(r'# \d+ "(.*?)"', line)
        if marker:
            is_ours = marker[1].startswith(str(include))
        elif is_ours:
            ours.append(line)
    names = set()
    for declaration in without_bodies("\n".join(ours)).split(";"):
        function = re.search(r"(\w+)\s*\(", declaration)
        if function and not re.search(r"\b(static|typedef|_Static_assert)\b", declaration):
            names.add(function[1])
    return names


def mapped(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    return set(re.findall(r"^\s*(\w+);$", text, flags=re.MULTILINE))


def exported(nm, library):
    """Without the names of the versions themselves, which have the type A."""
    lines = [line.split() for line in run(nm, "-P", "-D", "--defined-only", library).splitlines()]
    return {name.partition("@")[0] for name, kind, *_ in lines if kind != "A"}


def global_names(nm, library):
    lines = run(nm, "-P", "-g", "--defined-only", library).splitlines()
    # A line that ends in a colon names a member of the archive.
    return {line.split()[0] for line in lines if line and not line.endswith(":")}


def complaints(headers, symbol_map, shared, static):
    for name in sorted(headers | symbol_map | shared):
        places = {"the headers": headers, "the symbol maps": symbol_map, "libgunyah.so": shared}
        missing = [place for place, names in places.items() if name not in names]
        if missing:
            yield f"{name}: not in {', nor in '.join(missing)}"
    for name in sorted(static):
        if not name.startswith("gunyah_"):
            yield f"{name}: a global name of libgunyah.a that is not ours to take"


compiler, nm, include, shared, static, *maps = sys.argv[1:]
maps = [pathlib.Path(path) for path in maps]
headers = declared(compiler, pathlib.Path(include), any(path.name == "libgunyah-dt.map" for path in maps))
named = set().union(*map(mapped, maps))
bad = list(complaints(headers, named, exported(nm, shared), global_names(nm, static)))
print("\n".join(bad + [f"{len(headers)} public functions, {len(bad)} complaints"]))
sys.exit(1 if bad or not headers else 0)
