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
# Each has a package "generator"; the one of this folder comes first.
sys.path[:0] = [str(ROOT / "bindings"), str(ROOT / "abi")]

import outputs  # noqa: E402
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
    texts = {name: emit(headers) for name, emit in OUTPUTS.items()}
    outputs.update(ROOT, texts, "bindings/generate.py", options.check)


main()
