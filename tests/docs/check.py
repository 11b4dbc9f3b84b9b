#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check.py <root>: what the guides show is real.

Every block of C and C++ of the pages is a piece of a program in examples/, which the tests build and run; every block of
text is a piece of what they print, which the tests compare with examples/expected/; every relative link leads to a file
and, if it names one, to a heading of it; and docs/index.md leads to every page of docs/.
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


def anchors(text):
    """What a heading is called in a link: its words in small letters, joined by hyphens."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def dead_links(page, text):
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists():
            yield link
        elif anchor and anchor not in anchors(target.read_text()):
            yield link


def main(root):
    programs = {p.name: normal(p.read_text()) for p in sorted(root.glob("examples/**/*.c*"))}
    outputs = [normal(path.read_text()) for path in root.glob("examples/expected/*.txt")]
    pages = [*sorted(root.glob("*.md")), root / "abi/README.md", *sorted(root.glob("docs/**/*.md"))]
    wrong = []
    shown = 0
    for page in pages:
        text = page.read_text()
        for block in blocks(text, "c(?:pp)?"):
            shown += 1
            if not any(normal(block) in program for program in programs.values()):
                wrong.append(f"{page.name}: in no example:\n{block}")
        for block in blocks(text, "text"):
            shown += 1
            if not any(normal(block) in output for output in outputs):
                wrong.append(f"{page.name}: printed by no example:\n{block}")
        wrong += [f"{page.name}: dead link {link}" for link in dead_links(page, text)]
    index = root / "docs/index.md"
    wrong += [
        f"{page.name}: index.md does not lead there"
        for page in root.glob("docs/*.md")
        if page != index and f"]({page.name})" not in index.read_text()
    ]
    if wrong or shown == 0:
        sys.exit("\n".join(wrong) or "no C block found")
    print(f"{shown} blocks of {len(pages)} pages stand in {len(programs)} examples")


main(pathlib.Path(sys.argv[1]))
