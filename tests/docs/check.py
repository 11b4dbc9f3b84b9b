#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check.py <root>: what the guides show is real.

Every block of C and C++ of README.md and docs/*.md is a piece of a program in examples/, which the tests build and run; and every
relative link leads to a file.
"""

import pathlib
import re
import sys
import textwrap


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def normal(text):
    """Lines without indentation: a guide may show a piece from inside a function."""
    return "\n".join(line.strip() for line in textwrap.dedent(text).strip().splitlines())


def main(root):
    programs = {p.name: normal(p.read_text()) for p in sorted(root.glob("examples/**/*.c*"))}
    pages = [root / "README.md", root / "abi/README.md", *sorted(root.glob("docs/*.md"))]
    wrong = []
    shown = 0
    for page in pages:
        text = page.read_text()
        for block in blocks(text, "c(?:pp)?"):
            shown += 1
            if not any(normal(block) in program for program in programs.values()):
                wrong.append(f"{page.name}: in no example:\n{block}")
        for link in re.findall(r"\]\(([^)#:\s]+)\)", text):
            if not (page.parent / link).exists():
                wrong.append(f"{page.name}: dead link {link}")
    if wrong or shown == 0:
        sys.exit("\n".join(wrong) or "no C block found")
    print(f"{shown} blocks of {len(pages)} pages stand in {len(programs)} examples")


main(pathlib.Path(sys.argv[1]))
