#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""start_up.py COMMAND: how long the command takes from its start to its end, for things that take no time themselves."""

import statistics
import subprocess
import sys
import time

RUNS = 100
WORDS = (["--version"], ["explain", "0xC600801B"], ["doctor"])


def milliseconds(command):
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return 1000 * (time.perf_counter() - began)


def main(tool):
    print("milliseconds, the start by Python included:")
    for command in (["/bin/true"], *([tool, *words] for words in WORDS)):
        times = sorted(milliseconds(command) for _ in range(RUNS))
        name = " ".join(["gunyah", *command[1:]]) if command[0] == tool else command[0]
        print(f"  {name:26} median {statistics.median(times):5.2f}   of 100 the slowest {times[-1]:5.2f}")


main(*sys.argv[1:])
