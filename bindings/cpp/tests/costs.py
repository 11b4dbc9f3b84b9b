#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""costs.py <costs.cpp> <flag of the compilers>... -- <compiler>...

The headers for C++ cost nothing: of each pair of functions, c_NAME and cpp_NAME, the second is compiled to no more instructions than the
first, and calls the same.
"""

import re
import subprocess
import sys


def functions(assembly):
    """The instructions of each function."""
    found, lines = {}, None
    for line in assembly.splitlines():
        if start := re.match(r"(c(?:pp)?_\w+):", line):
            lines = found[start[1]] = []
        elif re.match(r"\s+\.cfi_endproc", line):
            lines = None
        elif lines is not None and re.match(r"\s+[a-z]", line):
            lines.append(line.strip())
    return found


def called(lines):
    return [name for line in lines for name in re.findall(r"\b(?:gunyah_|consume|_)\w*", line)]


def main(source, *arguments):
    flags, compilers = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    wrong = 0
    for compiler in compilers:
        command = [compiler, "-std=c++17", "-O2", "-g0", "-S", *flags, source, "-o", "-"]
        found = functions(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        names = sorted(name.removeprefix("c_") for name in found if name.startswith("c_"))
        if not names or len(found) != 2 * len(names):
            sys.exit(f"{compiler}: no pairs in {', '.join(found)}")
        for name in names:
            of_c, of_cpp = found[f"c_{name}"], found[f"cpp_{name}"]
            print(f"{compiler}: {name}: {len(of_c)} instructions in C, {len(of_cpp)} in C++")
            if called(of_c) != called(of_cpp) or len(of_cpp) > len(of_c):
                wrong += 1
                print("\n".join(["in C:", *of_c, "in C++:", *of_cpp]))
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
