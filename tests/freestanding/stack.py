#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""stack.py <objdump> <object>...

How much stack the public functions of the freestanding library take at most, with all that they call: frames as the
compiler reports them (-fstack-usage), calls as the objects have them.

A call by a pointer may lead to every function whose address is taken somewhere, but for those of a seam of their own (SEAMS).
It is followed twice on a way beside the seams: from the core into a backend, and from there to the clock. What HOOKS call is
the embedder's.
Hooks, observers and the embedder's allocator are not counted, nor are the five functions of a C library, nor libfdt, which
the embedder compiled.
"""

import pathlib
import re
import subprocess
import sys

# Bytes. The first pattern that fits counts.
LIMITS = [
    (re.compile(r"gunyah_(msgqueue|doorbell)_(send|receive)$"), 384),
    (re.compile(r"gunyah_rm_"), 768),
    (re.compile(r"gunyah_(vm|vcpu|memparcel|irq|guest|console)_"), 1536),
    (re.compile(r"gunyah_(dt_(add|build)|build)_"), 1088),
    (re.compile(r"gunyah_(?!internal_)"), 640),
]
C_LIBRARY = {"memcpy", "memmove", "memset", "memcmp", "strlen"}
HOOKS = re.compile(r"(backend_(wait|now|sync)|gunyah_lint_report)$")
# Functions that are called by pointers from certain places alone, which call nothing else so. Both are sources and names.
SEAMS = [
    (r"(backend|gic)\.c \w+_wait$", r"wait\.c gunyah_wait$"),
    (r"(vmm|vm_set|vm_resources)\.c ", r"(vm(_life|_destroy|_resources|_parts)?|vcpu)\.c "),
    (r"(notice|records)\.c ", r"transport\.c "),
]
POINTERS = 2
BRANCHES = {"R_AARCH64_CALL26": "calls", "R_AARCH64_JUMP26": "jumps"}


def plain(name):
    """The name in the source: compilers append to it what they made of the function."""
    return name.split(".")[0]


def target(symbol):
    """The function that a relocation leads to, if it is one: perhaps by the name of its section."""
    return symbol.removeprefix(".text.").split("+")[0]


class Function:
    def __init__(self, path, name, frame):
        self.path, self.name, self.frame = path, name, frame
        self.place = f"{path.name[: path.name.index('.c.') + 2]} {name}"
        self.calls, self.jumps, self.pointer = set(), set(), False


def frames(path):
    """{function: bytes}"""
    found = {}
    for line in path.with_suffix(".su").read_text().splitlines():
        place, size, kind = line.split("\t")
        name = plain(place.rsplit(":", 1)[1])
        found[name] = max(int(size), found.get(name, 0))
        if not kind.startswith("static"):
            bad.append(f"{place}: the use of the stack is not bounded")
    return found


def read(path):
    """The functions of an object, and the names of all whose address it takes."""
    listing = subprocess.run(
        [objdump, "-dr", "--no-show-raw-insn", path], capture_output=True, check=True, text=True
    ).stdout
    data = subprocess.run([objdump, "-r", path], capture_output=True, check=True, text=True).stdout
    sizes, functions, function = frames(path), [], None
    for line in listing.splitlines():
        if label := re.match(r"[0-9a-f]+ <([^>.$][^>]*)>:", line):
            function = Function(path, label[1], sizes.get(plain(label[1])))
            functions.append(function)
        elif relocation := re.match(r"\s+[0-9a-f]+:\s+(R_AARCH64_\w+)\s+(\S+)", line):
            if relocation[1] in BRANCHES:
                getattr(function, BRANCHES[relocation[1]]).add(target(relocation[2]))
        elif re.match(r"\s+[0-9a-f]+:\s+(blr|br)\s", line):
            function.pointer = True
    taken = set()
    for section, records in re.findall(r"RECORDS FOR \[(.*)\]:\n((?:.+\n)*)", data):
        if section.startswith((".text", ".data", ".rodata")):
            taken |= {target(s) for kind, s in re.findall(r"(R_AARCH64_\w+)\s+(\S+)", records) if kind not in BRANCHES}
    return functions, taken


def find(name, path):
    """A function of the same object, or of any other one."""
    for function in by_name.get(name, []):
        if function.path == path:
            return function
    return by_name[name][0] if name in by_name else None


def by_pointer(function):
    """What a call by a pointer may lead to, and how many times more such a call is followed then."""
    for targets, callers in SEAMS:
        if re.match(callers, function.place):
            return [f for f in taken if re.match(targets, f.place)], 0
    return [f for f in taken if not any(re.match(targets, f.place) for targets, _ in SEAMS)], 1


def deepest(function, pointers=POINTERS, way=()):
    """(bytes, names on the way) of the worst way down from here."""
    if function in way:
        bad.append(f"{function.name} calls itself")
        return 0, []
    way = (*way, function)

    def worst(names, path, left):
        ways = [deepest(f, left, way) for n in names - C_LIBRARY if (f := find(n, path)) is not None]
        return max(ways, default=(0, []))

    below, below_names = worst(function.calls, function.path, pointers)
    if function.pointer and pointers > 0 and not HOOKS.match(function.name):
        targets, cost = by_pointer(function)
        ways = [deepest(f, pointers - cost, way) for f in targets if f not in way]
        below, below_names = max((below, below_names), max(ways, default=(0, [])))
    # What is jumped to finds the frame gone.
    instead, instead_names = worst(function.jumps, function.path, pointers)
    total, names = max((function.frame + below, below_names), (instead, instead_names))
    return total, [function.name, *names]


objdump, *objects = sys.argv[1:]
bad, by_name, addresses = [], {}, set()
for path in map(pathlib.Path, objects):
    functions, names = read(path)
    addresses |= {(name, path) for name in names}
    for function in functions:
        by_name.setdefault(function.name, []).append(function)
        if function.frame is None:
            bad.append(f"{function.name} of {path.name}: the compiler tells nothing")
everything = [function for same in by_name.values() for function in same]
for function in everything:
    for name in function.calls | function.jumps:
        if name not in C_LIBRARY and not name.startswith("fdt_") and find(name, function.path) is None:
            bad.append(f"{function.name} calls {name}, which is nowhere")
taken = list({f.name: f for name, path in addresses if (f := find(name, path)) is not None}.values())
if bad:
    sys.exit("\n".join(bad))

worst = {}
for function in everything:
    limit = next((limit for pattern, limit in LIMITS if pattern.match(function.name)), None)
    if limit is None:
        continue
    total, names = deepest(function)
    worst[limit] = max(worst.get(limit, (0, [])), (total, names))
    if total >= limit:
        bad.append(f"{function.name} needs {total} bytes, limit {limit}")
for limit, (total, names) in sorted(worst.items()):
    print(f"{total} bytes, limit {limit}: {' > '.join(names)}")
if len(worst) != len(LIMITS):
    bad.append("there are not all of the functions")
print("\n".join([*bad, f"{len(everything)} functions, {len(taken)} called by pointers, {len(bad)} complaints"]))
sys.exit(1 if bad else 0)
