#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check.py <subject> <nm> <objdump> <linker> <libgunyah.a> <libgunyah_libc.a> --layer <name> <object>... ...

What the objects of the freestanding library are made of:

    symbols       nothing is missing but five functions of a C library and, for device trees, libfdt; and the layer
                  gunyah_libc alone has these five
    sizes         code by layer; what the linker takes for a small guest stays below its limit, and so does what the
                  Resource Manager's client, and finding things in a device tree, add to it
    instructions  one object alone has hvc and smc; no object uses a vector register or x18
"""

import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

C_LIBRARY = {"memcpy", "memmove", "memset", "memcmp", "strlen"}
LIBC = "gunyah_libc"

# A guest with doorbells and message queues that the Resource Manager made for it: it opens and uses them.
SMALL_GUEST = re.compile(
    r"gunyah_(open|close|identify|has|last_error|wait|arena_allocator)$"
    r"|gunyah_(doorbell|msgqueue)_(?!create|configure|activate|bind|unbind|open_label)"
)
SMALL_GUEST_LIMIT = 8 * 1024
# And what speaking with the Resource Manager adds to it: below 6 KiB with GCC, more with Clang.
RM_CLIENT = re.compile(r"gunyah_rm_(open|close|call|begin|finish|cancel|next_event|get_counters)$")
RM_CLIENT_LIMIT = 6 * 1024 + 512

# The small guest finds them in its device tree, by their labels. Not counted is libfdt, which is the embedder's.
# Below 6 KiB with GCC, more with Clang.
DISCOVERY = re.compile(r"gunyah_(dt_(open|last_problem|psci_conduit|get_vm_info|rm_options)|(doorbell|msgqueue)_open_label)$")
DISCOVERY_LIMIT = 6 * 1024 + 256

CONDUIT = ("gunyah_baremetal", "backend.c")


def layers(arguments):
    """[(layer, object), ...]"""
    pairs, layer = [], None
    for is_option, group in itertools.groupby(arguments, lambda argument: argument == "--layer"):
        if not is_option:
            layer, *objects = group
            pairs += [(layer, pathlib.Path(path)) for path in objects]
    return pairs


def source(path):
    """The name of the source: objects are called name.c.o or name.c.obj."""
    return path.name[: path.name.index(".c.") + 2]


def run(*command):
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def symbols(objects):
    defined, missing, ours = set(), {}, set()
    for layer, path in objects:
        for line in run(nm, "-P", "-g", path).splitlines():
            name, kind, *_ = line.split()
            if layer == LIBC:
                ours.add((name, kind))
            elif kind == "U":
                missing.setdefault(name, path.name)
            else:
                defined.add(name)
    needed = {name: user for name, user in missing.items() if name not in defined}
    for name, user in sorted(needed.items()):
        print(f"{name}, first needed by {user}")
        if name not in C_LIBRARY and not name.startswith("fdt_"):
            yield f"{name} is not one of {', '.join(sorted(C_LIBRARY))}, nor libfdt's"
    for name in sorted(C_LIBRARY & defined):
        yield f"{name} is in the library, in the way of the embedder's"
    if ours != {(name, "T") for name in C_LIBRARY}:
        yield f"{LIBC} is {sorted(ours)}"


def section_size(path, section):
    sizes = re.findall(rf"^\s*\d+\s+\.{section}\S*\s+([0-9a-f]+)\s", run(objdump, "-h", path), re.MULTILINE)
    return sum(int(size, 16) for size in sizes)


def link_guest(*patterns):
    """Sizes of code, and of constant data, of what the linker keeps for the functions that match."""
    names = {line.split()[0] for line in run(nm, "-P", "-g", "--defined-only", library).splitlines() if line}
    roots = [name for name in sorted(names) if any(pattern.match(name) for pattern in patterns)]
    with tempfile.TemporaryDirectory() as folder:
        guest = pathlib.Path(folder) / "guest.elf"
        undefined = [f"--undefined={name}" for name in roots]
        options = ["-m", "aarch64elf", "--gc-sections", "--unresolved-symbols=ignore-all", "-e", "0"]
        run(linker, *options, *undefined, "-o", guest, library, libc)
        return section_size(guest, "text"), section_size(guest, "rodata")


def sizes(objects):
    rows = [(layer, source(path), section_size(path, "text")) for layer, path in objects]
    for layer, group in itertools.groupby(rows, lambda row: row[0]):
        group = list(group)
        print(f"{layer:22}{sum(size for *_, size in group):6} bytes of code")
        for _, name, size in group:
            print(f"    {name:18}{size:6}")
    code, constants = link_guest(SMALL_GUEST)
    print(f"calls, doorbells and message queues: {code} bytes of code, limit {SMALL_GUEST_LIMIT}")
    print(f"and {constants} bytes of constant data, most of it names for gunyah_last_error()")
    if not 0 < code < SMALL_GUEST_LIMIT:
        yield "too much"
    client = link_guest(SMALL_GUEST, RM_CLIENT)[0] - code
    print(f"the Resource Manager's client on top of it: {client} bytes of code, limit {RM_CLIENT_LIMIT}")
    if not 0 < client < RM_CLIENT_LIMIT:
        yield "too much for the Resource Manager's client"
    discovery = link_guest(SMALL_GUEST, DISCOVERY)[0] - code
    print(f"finding them in a device tree: {discovery} bytes of code more, limit {DISCOVERY_LIMIT}")
    if not 0 < discovery < DISCOVERY_LIMIT:
        yield "too much for device trees"


def instructions(objects):
    count = 0
    for layer, path in objects:
        conduits = 0
        for line in run(objdump, "-d", "--no-show-raw-insn", path).splitlines():
            match = re.match(r"\s*[0-9a-f]+:\s+(\S+)\s*(.*)", line)
            if not match:
                continue
            count += 1
            mnemonic, operands = match[1], re.sub(r"\S+ <[^>]*>|//.*", "", match[2])
            conduits += mnemonic in {"hvc", "smc"}
            if re.search(r"\b(x18|w18|[vqdshb]([0-9]|[12][0-9]|3[01]))\b", operands):
                yield f"{path.name}: {mnemonic} {operands}"
        if conduits and (layer, source(path)) != CONDUIT:
            yield f"{path.name} has {conduits} hvc or smc"
        if not conduits and (layer, source(path)) == CONDUIT:
            yield f"{path.name} has no hvc and no smc"
    print(f"{count} instructions in {len(objects)} objects")


subject, nm, objdump, linker, library, libc, *rest = sys.argv[1:]
checks = {"symbols": symbols, "sizes": sizes, "instructions": instructions}
bad = list(checks[subject](layers(rest)))
print("\n".join(bad + [f"{len(bad)} complaints"]))
sys.exit(1 if bad else 0)
