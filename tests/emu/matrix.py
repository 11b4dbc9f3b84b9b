#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""matrix.py <results.xml>: which programs ran in which flavours of the emulated node, and how that ended.

The file is CTest's, --output-junit. A row is a program, a column a flavour, and a cell how many emulations there were.
"""
import collections
import re
import sys
import xml.etree.ElementTree

ORDER = ("a14", "a14e", "u10", "a15", "a16", "u15", "u17", "q1", "q1-6.1", "q1-le")


def rows_of(path):
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        output = case.findtext("system-out") or ""
        counts = collections.Counter(re.findall(r"^flavour (\S+)$", output, re.MULTILINE))
        if counts:
            yield case.get("name"), counts, "passed" if case.get("status") == "run" else "FAILED"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rows = list(rows_of(sys.argv[1]))
    if not rows:
        sys.exit("matrix.py: no test ran in the emulated node")
    known = set().union(*(counts for _, counts, _ in rows))
    columns = [name for name in ORDER if name in known] + sorted(known - set(ORDER))
    width = max(len(name) for name in ["emulations"] + [name for name, _, _ in rows])
    print(" ".join(["emulations".ljust(width)] + [name.rjust(6) for name in columns]))
    for name, counts, end in rows:
        print(" ".join([name.ljust(width)] + [str(counts[column] or "-").rjust(6) for column in columns] + [end]))


main()
