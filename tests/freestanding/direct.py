#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""direct.py <objdump> <folder of the ABI table> <include folder> <work folder> <compiler> [<flag>...]

A stub of direct.h, inlined, is as many instructions as what a person writes in assembler for the same call: for every
call in the table, in every form, at -O2 and -Os.

Both sides are a function that is called as AAPCS64 says, with the arguments in the registers in which the call takes
them: x0, x1 ... for the immediate form, x1, x2 ... for SMCCC (a parameter before them is not used). What is above the
bits of an argument's type is not defined. Both sides end with the results where they may be used, in the registers in
which the hypervisor left them, and "ret": how a function would hand several results to its own caller, in x0 and x1 or
through x8, is no part of a stub that is inlined. By hand, an instruction is needed

    for each argument that is narrower than its register, where it has to be extended;
    for each reserved word;
    two for the function id of SMCCC, which has bits in both its halves;
    for the call;
    two for each result that is a truth value: a byte of the register decides, and 0 or 1 is used.

The sequences by hand are really assembled, so that they cannot be too short to exist.
"""

import pathlib
import re
import subprocess
import sys

FLAGS = (
    "-std=c11 -ffreestanding -mgeneral-regs-only -fomit-frame-pointer -fno-stack-protector -mbranch-protection=none "
    "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wstrict-prototypes -Wmissing-prototypes "
    "-Wno-unused-parameter -Werror -c"
)
FORMS = ("hvc", "smc", "immediate")
IMMEDIATE_BASE = 0x6000
SMCCC_BASE = 0xC6008000

objdump, abi, include, folder, *compiler = sys.argv[1:]
folder = pathlib.Path(folder)
sys.path.insert(0, abi)
from generator.table import Table  # noqa: E402

table = Table(pathlib.Path(abi))


def bits(word):
    return 8 if word.type == "bool" else table.bits(word.type)


def argument(word, register):
    """What puts an argument or a reserved word into its register."""
    if word.reserved is not None:
        return [f"mov x{register}, #{word.reserved}"]
    if bits(word) == 64:
        return []
    if bits(word) == 32:
        return [f"mov w{register}, w{register}"]
    return [f"and w{register}, w{register}, #{(1 << bits(word)) - 1:#x}"]


def first_argument(form):
    return 0 if form == "immediate" else 1


def by_hand(call, form):
    """What a person writes."""
    code = []
    for register, word in enumerate(call.arguments, first_argument(form)):
        code += argument(word, register)
    if form == "immediate":
        code += [f"hvc #{IMMEDIATE_BASE + call.number:#x}"]
    else:
        number = SMCCC_BASE | call.number
        code += [f"mov x0, #{number & 0xFFFF:#x}", f"movk x0, #{number >> 16:#x}, lsl #16", f"{form} #0"]
    for register, word in enumerate(call.results):
        if word.type == "bool":
            code += [f"tst w{register}, #0xff", f"cset w{register}, ne"]
    return code + ["ret"]


def c_parameter(register, word):
    if word is None or word.reserved is not None:
        return f"uint64_t unused{register}"
    if table.scalars.get(word.type, {}).get("pointer"):
        return f"void *{word.name}"
    return f"{table.c_type(word.type)} {word.name}"


def c_result(word):
    if table.scalars.get(word.type, {}).get("distinct"):
        return f"result.{word.name}.value"
    return f"result.{word.name}" + (".bits" if word.type in table.bitfields else "")


def by_stub(call, form):
    words = [None] * first_argument(form) + call.arguments
    parameters = ", ".join(c_parameter(i, word) for i, word in enumerate(words)) or "void"
    arguments = ", ".join([f"GUNYAH_DIRECT_{form.upper()}", *(a.name for a in call.inputs)])
    lone = len(call.results) == 1 and call.has_error
    kind = "int32_t" if lone else f"struct gunyah_{call.name}_result"
    used = ", ".join('"r"(result)' if lone else f'"r"({c_result(w)})' for w in call.results)
    name = f"{call.name}_{form}"
    return [
        f"void {name}({parameters});",
        f"void {name}({parameters})",
        "{",
        f"    const {kind} result = gunyah_direct_{call.name}({arguments});",
        f'    __asm__ volatile("" : : {used});',
        "}",
    ]


def write_sources():
    stubs, hand = ["#include <gunyah/direct.h>"], [".text"]
    for call in table.numbered:
        for form in FORMS:
            stubs += by_stub(call, form)
            hand += [f".global {call.name}_{form}", f"{call.name}_{form}:", *by_hand(call, form)]
    (folder / "direct.c").write_text("\n".join([*stubs, ""]))
    (folder / "by_hand.s").write_text("\n".join([*hand, ""]))


def functions(source, *flags):
    """{name: [instruction, ...]} of what the compiler makes of a source."""
    result = folder / "direct.o"
    flags = FLAGS.split() + list(flags) if source.endswith(".c") else ["-c"]
    subprocess.run([*compiler, *flags, "-I", include, folder / source, "-o", result], check=True)
    listing = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", result], capture_output=True, check=True, text=True
    ).stdout
    found, code = {}, []
    for line in listing.splitlines():
        if label := re.match(r"[0-9a-f]+ <(\w+)>:", line):
            code = found[label[1]] = []
        elif instruction := re.match(r"\s*[0-9a-f]+:\s+(\S.*)", line):
            code.append(" ".join(instruction[1].split()))
    # What follows is there to align the next function.
    return {name: code[: code.index("ret") + 1] if "ret" in code else code for name, code in found.items()}


def call_in(code, form):
    """The call itself, with the function id that goes before it."""
    places = [i for i, instruction in enumerate(code) if instruction.startswith(("hvc", "smc"))]
    return code[places[0] - 2 * first_argument(form) : places[0] + 1] if len(places) == 1 else None


write_sources()
hand = functions("by_hand.s")
bad = []
for level in ("-O2", "-Os"):
    ours = functions("direct.c", level)
    print(f"{level:45}{'form':12}{'ours':>5}{'by hand':>9}")
    for call in table.numbered:
        for form in FORMS:
            name = f"{call.name}_{form}"
            print(f"{call.name:45}{form:12}{len(ours[name]):5}{len(hand[name]):9}")
            if len(ours[name]) != len(hand[name]) or call_in(ours[name], form) != call_in(hand[name], form):
                bad.append(f"{name} at {level}: {'; '.join(ours[name])}\n    by hand: {'; '.join(hand[name])}")
print("\n".join(bad + [f"{len(hand)} sequences at two levels, {len(bad)} complaints"]))
sys.exit(1 if bad or not hand else 0)
