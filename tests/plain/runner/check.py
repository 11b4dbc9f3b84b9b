#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check that the runner reports every way in which a test may end, by its name, and never calls a failure a success.

    check.py <folder of the programs> [<emulator> <argument>...]
"""

import pathlib
import subprocess
import sys

# What the runner prints, and what the assertions do.
WAYS = """\
FAILED ways/expects_and_goes_on: ended with 1
FAILED ways/asserts: ended with 1
FAILED ways/crashes: killed by signal 6
FAILED ways/hangs: not done after 1 s
FAILED ways/exits_early: ended with 0
FAILED ways/fails_in_fini: ended with 1
passed ways/has_an_init
passed ways/shares_nothing
8 tests, 6 failed
"""
MESSAGES = ["1) == (2): one is not two\nwent on\n", "ways.c:28: setup_done > 1: \n", "setup_done > 1: in the end\n"]


def complaints(folder, emulator):
    ways = subprocess.run([*emulator, folder / "plain-ways"], capture_output=True, text=True)
    if ways.stdout != WAYS:
        yield f"expected:\n{WAYS}got:\n{ways.stdout}"
    if ways.returncode != 1:
        yield f"ended with {ways.returncode}"
    yield from (f"not said: {message}" for message in MESSAGES if message not in ways.stderr)
    if "went on after" in ways.stderr:
        yield "an assertion did not end its test"

    nothing = subprocess.run([*emulator, folder / "plain-nothing"], capture_output=True, text=True)
    if (nothing.stdout, nothing.returncode) != ("0 tests, 0 failed\n", 1):
        yield f"without tests: {nothing.stdout}, ended with {nothing.returncode}"


folder, *emulator = sys.argv[1:]
bad = list(complaints(pathlib.Path(folder), emulator))
print("\n".join(bad + [f"{len(bad)} complaints"]))
sys.exit(bool(bad))
