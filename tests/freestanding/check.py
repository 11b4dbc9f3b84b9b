#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check.py <subject> <nm> <objdump> <linker> <libgunyah.a> <libgunyah_libc.a> --layer <name> <object>... ...

What the objects of the freestanding library are made of:

    symbols       nothing is missing but five functions of a C library and, for device trees, libfdt; and the layer
                  gunyah_libc alone has these five, and those that libfdt needs
    sizes         code by layer; what the linker takes for firmware stays below its limits
    instructions  one object alone has hvc and smc; no object uses a vector register or x18
"""

import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

C_LIBRARY = {"memcpy", "memmove", "memset", "memcmp", "strlen"}
# To read trees, besides.
LIBFDT_NEEDS = {"memchr", "strnlen", "strrchr"}
LIBC = "gunyah_libc"

# What the linker takes for firmware: functions, and the most bytes that they may add to those before.
FIRMWARE = {
    # A guest that opens and uses what the Resource Manager made for it.
    "calls, doorbells and message queues": (
        r"gunyah_(open|close|identify|has|last_error|wait|arena_allocator)$"
        r"|gunyah_(doorbell|msgqueue)_(?!create|configure|activate|bind|unbind|open_label)",
        8 * 1024,
    ),
    # With what finds the words for its refusals.
    "the Resource Manager's client": (
        r"gunyah_rm_(open|close|call|begin|finish|cancel|next_event|get_counters)$",
        6 * 1024,
    ),
    "what a guest asks and says": (
        r"gunyah_(guest|console|irq)_|gunyah_vm_(self|owner|peers|identify|lookup|host_type|crash_message)",
        6 * 1024,
    ),
    "memory parcels": (r"gunyah_memparcel_", 6 * 1024),
    # Without what only drivers have.
    "VMs": (r"gunyah_rm_vmm$|gunyah_vm_(?!add_|load_)", 12 * 1024),
    "a guest's watchdog": (r"gunyah_own_watchdog_", 1024),
    # Libfdt, which is the embedder's, is not counted.
    "what is found in a device tree": (
        r"gunyah_dt_(open|last_problem|psci_conduit|get_vm_info|rm_options)$|gunyah_(doorbell|msgqueue)_open_label$",
        6 * 1024,
    ),
    "what builds a device tree": (r"gunyah_dt_(build_|add_|region_size)", 18 * 1024),
}

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
    for name in sorted((C_LIBRARY | LIBFDT_NEEDS) & defined):
        yield f"{name} is in the library, in the way of the embedder's"
    if ours != {(name, "T") for name in C_LIBRARY | LIBFDT_NEEDS}:
        yield f"{LIBC} is {sorted(ours)}"


def section_size(path, section):
    sizes = re.findall(rf"^\s*\d+\s+\.{section}\S*\s+([0-9a-f]+)\s", run(objdump, "-h", path), re.MULTILINE)
    return sum(int(size, 16) for size in sizes)


def link(functions):
    """Sizes of code, and of constant data, of what the linker keeps for functions that match."""
    names = {line.split()[0] for line in run(nm, "-P", "-g", "--defined-only", library).splitlines() if line}
    roots = [name for name in sorted(names) if re.match(functions, name)]
    with tempfile.TemporaryDirectory() as folder:
        firmware = pathlib.Path(folder) / "firmware.elf"
        undefined = [f"--undefined={name}" for name in roots]
        options = ["-m", "aarch64elf", "--gc-sections", "--unresolved-symbols=ignore-all", "-e", "0"]
        run(linker, *options, *undefined, "-o", firmware, library, libc)
        return section_size(firmware, "text"), section_size(firmware, "rodata")


def sizes(objects):
    rows = [(layer, source(path), section_size(path, "text")) for layer, path in objects]
    for layer, group in itertools.groupby(rows, lambda row: row[0]):
        group = list(group)
        print(f"{layer:22}{sum(size for *_, size in group):6} bytes of code")
        for _, name, size in group:
            print(f"    {name:18}{size:6}")
    linked, before = [], 0
    names = {line.split()[0] for line in run(nm, "-P", "-g", "--defined-only", library).splitlines() if line}
    for what, (functions, limit) in FIRMWARE.items():
        if not any(re.match(functions, name) for name in names):
            print(f"{what}: the library was built without it")
            continue
        linked.append(functions)
        code, constants = link("|".join(linked))
        print(f"{what}: {code - before} bytes of code, limit {limit}; with {constants} of constant data so far")
        if not 0 < code - before < limit:
            yield f"{what}: too much"
        before = code
    print("most of the constant data is names and advice for gunyah_last_error()")


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
