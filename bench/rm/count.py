#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""count.py host <program>
count.py arm64 <qemu-aarch64> <objdump> <program>

What the Resource Manager's client costs in instructions, exactly: of its own, and of the memory functions that it calls.
What answers it is not counted. Each number comes from a run with n and one with 2n: the difference is n and nothing else.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

N = 20
REGIONS = 512
# What is done, how often, and how many of what the row is about that is.
WORKS = {
    "VM_GET_STATE, request and reply": ("state", N, N),
    "a fragment of 240 bytes, out": ("out", N, N),
    "a fragment of 240 bytes, in": ("in", N, N),
    "MEM_LEND of 512 regions, each region": ("lend", 2, 2 * REGIONS),
}
MEMORY_FUNCTION = re.compile(r"mem(cpy|move|set|cmp)|strlen")


def of_host(program, what, count):
    """Callgrind says how many instructions each function had."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, what, str(count)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        annotate = ["callgrind_annotate", "--threshold=100", "--show-percs=no", str(out)]
        lines = subprocess.run(annotate, check=True, capture_output=True, text=True).stdout
    functions = re.findall(r"^\s*([\d,]+)\s+\S+?:(\w+)", lines, re.MULTILINE)
    counts = [(name, int(number.replace(",", ""))) for number, name in functions]
    answering = {"hvc", "call", "peer_answer", "take", "give"}
    memory = sum(number for name, number in counts if MEMORY_FUNCTION.search(name))
    return sum(number for name, number in counts if name not in answering) - memory, memory


def of_arm64(emulator, objdump, program, what, count):
    """The emulator logs every instruction. What answers is in a section of its own."""
    headers = subprocess.run([objdump, "-h", program], check=True, capture_output=True, text=True).stdout
    size, start = (int(x, 16) for x in re.search(r"\s\.text\s+([0-9a-f]+)\s+([0-9a-f]+)", headers).groups())
    symbols = subprocess.run([objdump, "-t", program], check=True, capture_output=True, text=True).stdout
    functions = re.findall(r"^([0-9a-f]+) .* F \.text\s+([0-9a-f]+) (?:\.hidden )?(\w+)$", symbols, re.MULTILINE)
    memory = set()
    for address, length, name in functions:
        if MEMORY_FUNCTION.fullmatch(name):
            memory.update(range(int(address, 16), int(address, 16) + int(length, 16)))
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        command = [emulator, "-singlestep", "-d", "exec,nochain", "-D", log, program, what, str(count)]
        subprocess.run(command, check=True)
        found = re.findall(r"^Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/", log.read_text(), re.MULTILINE)
    executed = [int(address, 16) for address in found]
    executed = [address for address in executed if start <= address < start + size]
    inside = sum(address in memory for address in executed)
    return len(executed) - inside, inside


def main(machine, *tools):
    counted = {"host": of_host, "arm64": of_arm64}[machine]
    print(f"{'instructions of the client on ' + machine:40}{'its own':>12}{'memory':>12}")
    for title, (what, n, units) in WORKS.items():
        once, twice = (counted(*tools, what, count) for count in (n, 2 * n))
        print(f"{title:40}" + "".join(f"{(b - a) / units:12.1f}" for a, b in zip(once, twice)))


main(*sys.argv[1:])
