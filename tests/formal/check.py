#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check.py <spin> <compiler> queue|doorbell: explore a model wholly.

As it is, nothing may be found. With each mistake of mistakes.pml that matters to it, what is expected must be.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NO_ERROR = "errors: 0"
# Something that is never so was so.
ASSERTION = "assertion violated"
# Somebody sleeps for ever.
SLEEPS = "acceptance cycle"
EXPECTED = {
    "queue": {
        "RIGHT": NO_ERROR,
        "FLUSHES_SILENTLY": SLEEPS,
        "SETS_WITHOUT_LOOKING": SLEEPS,
        "SETS_AFTER_DRAINING": SLEEPS,
        "TAKES_ONE": SLEEPS,
        "TAKES_ONE_BY_LEVEL": NO_ERROR,
        "WAITS_UNASKED": SLEEPS,
    },
    "doorbell": {
        "RIGHT": NO_ERROR,
        "END_FORGETS": SLEEPS,
        "MASKS_WITHOUT_LOOKING": SLEEPS,
        "TAKES_ONE": SLEEPS,
        "TAKES_ONE_BY_LEVEL": NO_ERROR,
        "ACKS_BEFORE_RECEIVING": ASSERTION,
    },
}


def run(command, folder, variant=0):
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "VARIANT": str(variant)}, check=True, capture_output=True, text=True
    )
    return done.stdout


def verdict(output):
    """What was found in all states; a search that ended early for another reason is no verdict."""
    if "max search depth too small" in output or "out of memory" in output:
        return "search broken off"
    if NO_ERROR in output:
        return NO_ERROR
    return next((error for error in (ASSERTION, SLEEPS) if f"pan:1: {error}" in output), output)


def main():
    spin, compiler, model = sys.argv[1:]
    mistakes = dict(re.findall(r"^#define (\w+) (\d+)", (HERE / "mistakes.pml").read_text(), re.MULTILINE))
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        run([spin, "-a", HERE / f"{model}_model.pml"], folder)
        run([compiler, "-w", "-O1", "-DNOREDUCE", "-o", "pan", "pan.c"], folder)
        for variant, expected in EXPECTED[model].items():
            found = verdict(run(["./pan", "-a", "-f", "-m500000", "-w20"], folder, mistakes[variant]))
            print(f"{variant}: {found}" + ("" if found == expected else f", but expected {expected}"))
            failures += found != expected
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
