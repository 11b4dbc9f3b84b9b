# SPDX-License-Identifier: BSD-3-Clause
"""The specification against the recordings of the real hypervisor: each file, as far as it is covered."""

from objects import Uncovered
from recording import Player, agree, operations


def play(path):
    """@return the lines that agree, whether those are all, and what differs, in words, or None."""
    lines = path.read_text(encoding="utf-8").splitlines()
    player = Player(stock="# image: stock" in lines)
    agreed = 0
    for line, done, answer in operations(lines):
        try:
            answered = player.play(done)
        except Uncovered:
            return agreed, False, None
        if not agree(answer, answered):
            return agreed, False, f"{path.name}: {line}\n    the specification says: {answered}"
        agreed += 1
    return agreed, True, None


def check(paths, at_least):
    """@return whether all agree, and `at_least` as many files are covered to their ends."""
    whole = whole_lines = lines = 0
    differences = []
    for path in paths:
        agreed, complete, difference = play(path)
        lines += agreed
        whole += complete
        whole_lines += agreed * complete
        if difference:
            differences.append(difference)
    print(f"recordings: {whole} of {len(paths)} files are covered, with {whole_lines} lines; {lines} lines agree in all")
    for difference in differences[:10]:
        print(difference)
    if whole < at_least:
        print(f"fewer than the {at_least} files that were covered")
    return not differences and whole >= at_least
