#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""page.py <root> <page>: a page of Markdown as Doxygen reads it, to standard output.

Doxygen knows a page and a heading by a label that stands behind it, and nothing of a repository: links to pages become
references, and links to other files become the name of the file. What index.md leads to is a part of it in the menu.
"""

import pathlib
import re
import sys


def label(page, heading=""):
    """What a page or a heading is called, among all pages."""
    words = re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
    return re.sub(r"\W", "-", f"page-{page.parent.name if page.stem == 'README' else page.stem}-{words}").lower().rstrip("-")


def reference(root, page, text, link):
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if target.suffix != ".md":
        name = target.relative_to(root).as_posix()
        return f"`{name}`" if name in text else f"{text} (`{name}`)"
    heading = anchor.replace("-", " ")
    command = "subpage" if page.name == "index.md" and not anchor else "ref"
    return f'@{command} {label(target, heading)} "{text.replace("`", "")}"'


def prose(root, page, line):
    """A line outside of code: a heading gets its label, and links lead to labels. What Doxygen takes for a command is text."""
    heading = re.match(r"(#+) (.*)$", line)
    if heading:
        name = label(page, heading[2] if len(heading[1]) > 1 else "")
        line = f"{line} {{#{name}}}"
    parts = re.split(r"(`[^`]*`|!?\[[^\]]*\]\([^)\s]+\))", line)
    for at, part in enumerate(parts):
        link = re.fullmatch(r"\[([^\]]*)\]\(([^)\s]+)\)", part)
        if part.startswith("!["):
            # Doxygen looks for the file by its name.
            parts[at] = re.sub(r"\([^)]*/", "(", part)
        elif link and ":" not in link[2]:
            parts[at] = reference(root, page, link[1], link[2])
        elif not part.startswith(("`", "[")):
            parts[at] = re.sub(r"([@#])(?=\w)", r"\\\1", part) if not heading else part
    return "".join(parts)


def main(root, page):
    text = re.sub(r"^(<!--.*?-->\s*)+", "", page.read_text(encoding="utf-8"))
    in_code = False
    for line in text.splitlines():
        if line.startswith("```"):
            in_code = not in_code
            line = re.sub(r"^```(cmake|meson|sh|text)$", "```", line)
        print(line if in_code or line.startswith("```") else prose(root, page, line))


main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
