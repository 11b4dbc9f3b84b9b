#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write every file that is generated from the public headers, or check that none is stale.

    generate.py [--clang COMPILER]            write
    generate.py [--clang COMPILER] --check    write nothing; exit 1 and name the files that differ
"""

import argparse
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bindings"))

from generator import layout, python, rust  # noqa: E402
from generator.headers import Headers  # noqa: E402

OUTPUTS = {
    "bindings/python/gunyah/_ffi.py": python.emit,
    "bindings/python/gunyah/enums.py": python.emit_enums,
    "bindings/python/gunyah/_errors.py": python.emit_errors,
    "bindings/rust/gunyah-sys/src/ffi.rs": rust.emit,
    "bindings/layout/layout.c": layout.emit_c,
    "bindings/layout/layout.rs": layout.emit_rust,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--clang", default="clang")
    options = parser.parse_args()
    headers = Headers(options.clang, ROOT / "include")
    stale = []
    for name, emit in OUTPUTS.items():
        path, text = ROOT / name, emit(headers)
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if options.check and stale:
        sys.exit("stale, run bindings/generate.py: " + ", ".join(stale))
    print(f"{len(OUTPUTS)} files, {len(stale)} {'stale' if options.check else 'written'}")


main()
