#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""run.py --gunyah <gunyah>: a second opinion on the model of the hypervisor.

First the specification in this folder answers the recordings of the real hypervisor, as far as it covers them. Then it and the model
answer the same random operations. What they answer differently is shrunk, and written as a recording with the specification's answers.
"""

import argparse
import itertools
import pathlib
import sys
import time

import different
import recorded

HERE = pathlib.Path(__file__).resolve().parent
SEEDS_AT_ONCE = 20


def compare(arguments):
    """@return whether model and specification agree."""
    commands = [[arguments.gunyah, "replay"]] + ([[arguments.typed]] if arguments.typed else [])
    model = different.Model(commands)
    end = time.monotonic() + (arguments.seconds or 0)
    lines = 0
    written = []
    for first in itertools.count(arguments.seed, SEEDS_AT_ONCE):
        seeds = range(first, first + SEEDS_AT_ONCE)
        more, files = different.try_seeds(model, seeds, arguments.found)
        lines += more
        written += files
        if time.monotonic() > end if arguments.seconds else seeds.stop >= arguments.seed + arguments.seeds:
            break
    print(f"model: {lines} lines compared, of seeds {arguments.seed} to {seeds.stop - 1}")
    for path in written:
        print(f"\n{path}:\n{path.read_text(encoding='utf-8')}")
    return not written


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gunyah", default=HERE.parents[1] / "build/release/tools/gunyah/gunyah", help="the command")
    parser.add_argument("--typed", help="replay-typed, which makes the same calls by the library's functions for objects")
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--seeds", type=int, default=100, help="how many, in twenties")
    parser.add_argument("--seconds", type=float, help="go on for so long instead")
    parser.add_argument("--covered", type=int, default=0, help="how many recordings are to be covered at least")
    parser.add_argument("--found", type=pathlib.Path, default=HERE / "found", help="where to write what differs")
    arguments = parser.parse_args()
    recordings = sorted((HERE.parent / "recordings").glob("*.rec"))
    right = recorded.check(recordings, arguments.covered)
    return 0 if compare(arguments) and right else 1


if __name__ == "__main__":
    sys.exit(main())
