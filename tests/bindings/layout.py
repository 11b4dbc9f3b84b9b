#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""layout.py <program of C> <program of Rust, or folder of the Python package>

The structs that another language has, with their sizes and the places of their fields, are those of C.
"""

import ctypes
import importlib
import pathlib
import subprocess
import sys


def printed(program):
    text = subprocess.run([program], capture_output=True, check=True, text=True).stdout
    return {name: int(number) for name, number in map(str.split, text.splitlines())}


def of_record(record):
    """(name, place) of each field; of an unnamed union, those of its own fields."""
    for name, *_ in record._fields_:
        if name in getattr(record, "_anonymous_", ()):
            yield from ((part, getattr(record, part).offset) for part, *_ in dict(record._fields_)[name]._fields_)
        else:
            yield name, getattr(record, name).offset


def of_python(folder):
    # The module alone: the package would look for the library.
    sys.path.insert(0, str(folder / "gunyah"))
    module = importlib.import_module("_ffi")
    found = {}
    for name, record in vars(module).items():
        if isinstance(record, type) and issubclass(record, ctypes.Structure) and hasattr(record, "_fields_"):
            found[name] = ctypes.sizeof(record)
            found |= {f"{name}.{field}": place for field, place in of_record(record)}
    return found


c, other = map(pathlib.Path, sys.argv[1:])
expected = printed(c)
found = of_python(other) if other.is_dir() else printed(other)
bad = [f"{n}: {expected.get(n)} in C, {found.get(n)} in {other.name}" for n in sorted(expected | found)
       if expected.get(n) != found.get(n)]
print("\n".join([*bad, f"{len(expected)} sizes and places, {len(bad)} differ"]))
sys.exit(1 if bad or not expected else 0)
