#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""spdx.py <folder of the project>: every source file names its licence in one of its first two lines."""

import pathlib
import sys

import files

LINE = "SPDX-License-Identifier: BSD-3-Clause"
SUFFIXES = {".c", ".h", ".S", ".cpp", ".hpp", ".py", ".rs", ".sh", ".cmake", ".in", ".map", ".toml"}
NAMES = {"CMakeLists.txt", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore"}


def is_source(path):
    if path.suffix in SUFFIXES or path.name in NAMES:
        return True
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def names_licence(path):
    with path.open(encoding="utf-8") as file:
        return any(LINE in file.readline() for _ in range(2))


root = pathlib.Path(sys.argv[1]).resolve()
sources = [path for path in files.of_project(root) if is_source(path)]
bad = [path for path in sources if not names_licence(path)]
for path in bad:
    print(f"{path.relative_to(root)}: no \"{LINE}\" in its first two lines")
print(f"{len(sources)} source files, {len(bad)} without a licence")
sys.exit(1 if bad or not sources else 0)
