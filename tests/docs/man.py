#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""man.py <folder with man3> <mandoc, or nothing> <symbol map or page>...: the manual pages are complete and well made.

Each function of the symbol maps has a page that describes it, by its own name or one that leads there. mandoc finds nothing
wrong with the pages, those that are given by name among them, and each page that one of these refers to exists.
"""

import pathlib
import re
import subprocess
import sys


def exported(symbol_map):
    return re.findall(r"^\s*(gunyah_\w+);$", symbol_map.read_text(), re.MULTILINE)


def complaints_of(name, folder):
    page = folder / f"{name}.3"
    if not page.exists():
        return [f"{name}: no page"]
    leads_to = re.match(r"\.so (man3/\w+\.3)\n$", page.read_text())
    if leads_to:
        page = folder.parent / leads_to[1]
    description = re.search(rf"^\.Ss {name}\n(?!\.S)", page.read_text(), re.MULTILINE)
    return [] if description else [f"{name}: not described in {page.name}"]


def dead_references(page, pages):
    known = {path.name for path in pages}
    for name, section in re.findall(r"^(?:\.|.* )Xr ([\w-]+) (\d)", page.read_text(), re.MULTILINE):
        if f"{name}.{section}" not in known:
            yield f"{page.name}: no page {name}({section})"


folder, mandoc, *given = sys.argv[1:]
folder = pathlib.Path(folder)
given = [pathlib.Path(path) for path in given]
functions = [name for path in given if path.suffix == ".map" for name in exported(path)]
by_hand = [path for path in given if path.suffix != ".map"]
pages = [*sorted(folder.glob("*.3")), *by_hand]
bad = [complaint for name in functions for complaint in complaints_of(name, folder)]
bad += [complaint for page in pages for complaint in dead_references(page, pages)]
if mandoc:
    whole = [page for page in pages if not page.read_text().startswith(".so")]
    bad += subprocess.run([mandoc, "-Tlint", "-Wwarning", *whole], capture_output=True, text=True).stdout.splitlines()
print("\n".join(bad + [f"{len(functions)} functions, {len(pages)} pages, {len(bad)} complaints"]))
sys.exit(1 if bad or not functions else 0)
