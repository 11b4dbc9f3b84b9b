#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""count.py <qemu-aarch64> <objdump> <program> [<limit>]

How many instructions a call is, in four manners: written in assembler, as a stub of direct.h, as a stub of hypercalls.h
over a session on bare metal, and as a function of the typed API. The hvc is executed, and is one of them; what answers it
is not counted, nor is the loop. The emulator logs every instruction. Each number comes from n and 2n calls: the
difference is n calls and nothing else, so that it is exact and the same on every run.

With a limit: fails if a stub of direct.h is longer than what is written by hand, or if a call through a session has more
instructions than the limit above that.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

N = 20
MANNERS = {"by_hand": "by hand", "direct": "direct.h", "session": "session", "typed": "typed API"}
CALLS = {
    "null": "null call (hypervisor_identify)",
    "ring": "doorbell send",
    "send": "msgqueue send, 240 bytes",
    "receive": "msgqueue receive, 240 bytes",
}

emulator, objdump, program, *limit = sys.argv[1:]
if emulator.endswith("NOTFOUND"):
    print("no qemu-aarch64 on this machine")
    sys.exit(77)


def text_of_program():
    """The addresses of .text. The hypervisor has a section of its own."""
    headers = subprocess.run([objdump, "-h", program], capture_output=True, check=True, text=True).stdout
    size, start = re.search(r"\s\.text\s+([0-9a-f]+)\s+([0-9a-f]+)", headers).groups()
    return range(int(start, 16), int(start, 16) + int(size, 16))


def executed(name, count):
    """Instructions of the program in a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        command = [emulator, "-singlestep", "-d", "exec,nochain", "-D", log, program, name, str(count)]
        subprocess.run(command, check=True)
        addresses = re.findall(r"^Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/", log.read_text(), re.MULTILINE)
    return sum(int(address, 16) in text for address in addresses)


def each(name):
    difference = executed(name, 2 * N) - executed(name, N)
    if difference <= 0 or difference % N != 0:
        sys.exit(f"{name}: {difference} instructions for {N} calls")
    return difference // N


def row(call):
    """Instructions by manner. The typed API has no null call."""
    names = {manner: f"{manner}_{call}" for manner in MANNERS if (manner, call) != ("typed", "null")}
    return {manner: each(name) - loop.get(manner, loop["by_library"]) for manner, name in names.items()}


text = text_of_program()
loop = {"by_hand": each("by_hand_nothing"), "by_library": each("by_library_nothing")}
bad = []
print(f"{'instructions of one call, SMCCC by hvc':40}" + "".join(f"{title:>11}" for title in MANNERS.values()))
for call, title in CALLS.items():
    counts = row(call)
    print(f"{title:40}" + "".join(f"{counts.get(manner, '-'):>11}" for manner in MANNERS))
    if limit and counts["direct"] > counts["by_hand"]:
        bad.append(f"{title}: direct.h has {counts['direct']}, by hand it is {counts['by_hand']}")
    if limit and counts["session"] - counts["direct"] > int(limit[0]):
        bad.append(f"{title}: a session takes {counts['session'] - counts['direct']} above direct.h, not {limit[0]}")
print("\n".join(bad + [f"{len(bad)} complaints"] if limit else []))
sys.exit(1 if bad else 0)
