#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""rules.py <program that prints the rules> <page> [--write]: the page has the rules of the linter as they are.

They stand between two comments of the page. --write puts them there.
"""

import pathlib
import subprocess
import sys

BEGIN = "<!-- Rules: printed by tests/dt/print_rules.c. -->\n"
END = "<!-- End of the rules. -->\n"

program, page, *options = sys.argv[1:]
page = pathlib.Path(page)
text = page.read_text()
rules = subprocess.run([program], capture_output=True, check=True, text=True).stdout
before, _, rest = text.partition(BEGIN)
_, end, after = rest.partition(END)
if not end:
    sys.exit(f"{page}: no place for the rules")
current = f"{before}{BEGIN}\n{rules}\n{END}{after}"
if options == ["--write"]:
    page.write_text(current)
elif current != text:
    sys.exit(f"{page} is stale: run tests/dt/rules.py {program} {page} --write")
