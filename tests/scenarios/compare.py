#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""compare.py [--except=<scenario>]... <program in C> <command>...: every scenario, as C plays it and as the command does, has to
end well and to print the same, byte for byte.
"""

import difflib
import subprocess
import sys


def play(command, name):
    done = subprocess.run([*command, name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{name}: {' '.join(command)} ended with {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace").splitlines(keepends=True)


def main(arguments):
    left_out = set()
    while arguments and arguments[0].startswith("--except="):
        left_out.add(arguments.pop(0).removeprefix("--except="))
    reference, command = arguments[:1], arguments[1:]
    names = [line.strip() for line in play(reference, "--list")]
    if unknown := left_out - set(names):
        sys.exit(f"no such scenario: {', '.join(sorted(unknown))}")
    wrong = 0
    for name in names:
        if name in left_out:
            print(f"{name}: left out")
            continue
        expected, got = play(reference, name), play(command, name)
        wrong += expected != got
        sys.stdout.writelines(difflib.unified_diff(expected, got, f"{name} in C", name))
    if wrong:
        sys.exit(f"{wrong} of {len(names)} scenarios differ")
    print(f"{len(names) - len(left_out)} scenarios are the same")


main(sys.argv[1:])
