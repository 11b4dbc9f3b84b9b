#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""clobber.py <objdump> <conduit.h> <publish.c> <folder> <include folder> <compiler> [<flag>...]

Compile a program that publishes memory with each of the instructions: both stores are there and the value is read again.
Then the same without "memory" in the clobbers: a store is lost, or this test would prove nothing. Some compilers take
"volatile" for a barrier of memory too, which nobody promises; for them it goes as well.
"""

import pathlib
import re
import subprocess
import sys

FLAGS = "-std=c11 -O2 -ffreestanding -mgeneral-regs-only -fno-pie -Wall -Wextra -Wpedantic -Werror -c".split()
INSTRUCTIONS = {
    "hvc": "gunyah_conduit_hvc(x)",
    "smc": "gunyah_conduit_smc(x)",
    "immediate": "gunyah_conduit_hvc_immediate(x[0], x)",
    "direct hvc": "gunyah_direct_object_activate(GUNYAH_DIRECT_HVC, gunyah_capid(x[0]))",
    "direct smc": "gunyah_direct_object_activate(GUNYAH_DIRECT_SMC, gunyah_capid(x[0]))",
    "direct immediate": "gunyah_direct_object_activate(GUNYAH_DIRECT_IMMEDIATE, gunyah_capid(x[0]))",
}


def listing(conduit, name, call):
    """What the compiler made of publish.c: [(mnemonic, operands), ...]"""
    result = folder / f"{conduit.stem}-{name.replace(' ', '-')}.o"
    # A copy of the header lies elsewhere than the ones that it includes.
    places = ["-I", include, "-iquote", f"{include}/gunyah"]
    defined = [f'-DCONDUIT="{conduit}"', f"-DINSTRUCTION(x)={call}"]
    subprocess.run([*compiler, *FLAGS, *places, *defined, program, "-o", result], check=True)
    text = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", result], capture_output=True, check=True, text=True
    ).stdout
    return re.findall(r"^\s*[0-9a-f]+:\s+(\S+)[ \t]*(.*)", text, re.MULTILINE)


def uses(code):
    """How often the mailbox is written and read: the only word of 32 bits in the program."""
    stores = [row for row in code if row[0].startswith("st") and re.match(r"w\d", row[1])]
    loads = [row for row in code if row[0].startswith("ld") and re.match(r"w\d", row[1])]
    return len(stores), len(loads)


def weaker(text):
    """The header with less and less in the way of the compiler."""
    text = text.replace(', "memory"', "")
    return {"the clobber": text, "the clobber and volatile": text.replace("__asm__ volatile", "__asm__")}


objdump, conduit, program, folder, include, *compiler = sys.argv[1:]
conduit, folder = pathlib.Path(conduit), pathlib.Path(folder)
bad = []
for name, call in INSTRUCTIONS.items():
    stores, loads = uses(listing(conduit, name, call))
    print(f"{name}: {stores} stores, {loads} load")
    if (stores, loads) != (2, 1):
        bad.append(f"{name}: not what the program says")
    for missing, text in weaker(conduit.read_text()).items():
        header = folder / "weaker.h"
        header.write_text(text)
        stores, loads = uses(listing(header, name, call))
        print(f"{name} without {missing}: {stores} stores, {loads} load")
        if stores < 2:
            break
    else:
        bad.append(f"{name}: nothing is ever lost")
print("\n".join(bad + [f"{len(bad)} complaints"]))
sys.exit(1 if bad else 0)
