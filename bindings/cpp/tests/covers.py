#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""covers.py <headers for C++> <symbol map>...

Every function that the library exports has its place in the headers for C++, but the stubs of hypercalls, which are used as they are, and
what is a function of numbers alone, which C++ could not do better.
"""

import pathlib
import re
import sys

# Names and descriptions of numbers, encodings, versions; hypercalls.
AS_IT_IS = re.compile(
    r"gunyah_(hypercall_\w+|call_encoded?|error_from_\w+|version(_string)?|dt_lint_rule|dt_finding_format"
    r"|(call|hverr|rm_error|rm_message|dt_severity)_(name|info)|\w+_explain(_call)?)"
)


def names(paths):
    return {name for path in paths for name in re.findall(r"\bgunyah_\w+", path.read_text(encoding="utf-8"))}


def main(headers, *maps):
    exported = names(map(pathlib.Path, maps))
    left = exported - names(pathlib.Path(headers).rglob("*.hpp"))
    wrong = [f"not in the headers for C++: {name}" for name in sorted(left) if not AS_IT_IS.fullmatch(name)]
    print("\n".join(wrong + [f"{len(exported)} functions: {len(wrong)} are wrong"]))
    return 1 if wrong or not exported else 0


sys.exit(main(*sys.argv[1:]))
