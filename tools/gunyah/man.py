#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write docs/man/gunyah.1, of gunyah.1.in and of what each command says with --help; or check that it is not stale.

    man.py COMMAND            write
    man.py --check COMMAND    write nothing; exit 1 if the page differs
"""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs" / "man" / "gunyah.1"
# A row of a list: a name with its argument, and the text, perhaps on the line behind.
ROW = re.compile(r"^  (\S.*?)(?:  +|\n +)(\S.*)$", re.MULTILINE)


class Command:
    """One command, by its words, with what its help says."""

    def __init__(self, tool, words):
        text = subprocess.run([tool, *words, "--help"], capture_output=True, text=True, check=True).stdout
        usage, self.summary, rest = text.split("\n", 2)
        self.words = words
        self.arguments = usage.partition(" [options]")[2].strip()
        self.lists = {name: ROW.findall(rows) for name, rows in re.findall(r"^(\w+):\n((?: .*\n?)+)", rest, re.MULTILINE)}
        self.details = re.split(r"^\w+:\n  ", rest, maxsplit=1, flags=re.MULTILINE)[0].strip("\n")
        self.parts = [Command(tool, [*words, name]) for name, _ in self.lists.get("commands", [])]

    def leaves(self):
        return [leaf for part in self.parts for leaf in part.leaves()] if self.parts else [self]


def escaped(text):
    """Text of a line, which must not begin as a request, with dashes that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def sentences(text):
    """Each sentence begins a line of its own, as mdoc wants it."""
    return [escaped(s) for s in re.split(r"(?<=[.:?]) (?=[A-Z])", text)]


def details(text):
    """Lines that are indented are a list; the others are a paragraph."""
    out = []
    for indented, lines in re.findall(r"((?:^  .*\n?)+)|((?:^\S.*\n?)+)", text, re.MULTILINE):
        if indented:
            out += [".Bl -tag -width Ds"]
            for name, what in ROW.findall(indented):
                out += [f".It {escaped(name)}", *sentences(what)]
            out += [".El"]
        else:
            out += [".Pp", *sentences(" ".join(lines.split("\n")).strip())]
    return out


def options(rows):
    out = [".Bl -tag -width Ds"]
    for name, what in rows:
        option, _, argument = name.partition(" ")
        out += [f".It Fl {option[1:]}" + (f" Ar {argument}" if argument else ""), *sentences(what)]
    return [*out, ".El"]


def section(command):
    summary = command.summary
    out = [f".Ss gunyah {' '.join(command.words)}", *sentences(summary), *details(command.details)]
    out += [".Pp", "Options:", *options(command.lists["options"])]
    for name, rows in command.lists.items():
        if name not in ("options", "commands"):
            out += [".Pp", f"{name.capitalize()}:", ".Bl -tag -width Ds"]
            out += [line for row in rows for line in (f".It {escaped(row[0])}", escaped(row[1]))] + [".El"]
    return out


def synopsis(command):
    arguments = f" Ar {escaped(command.arguments)}" if command.arguments else ""
    return f".Nm\n.Cm {' '.join(command.words)}\n.Op Ar options" + (f"\n.{arguments.strip()}" if arguments else "")


def page(tool):
    root = Command(tool, [])
    leaves = root.leaves()
    text = (HERE / "gunyah.1.in").read_text()
    summary = root.summary.rstrip(".")
    commands = [".Sh COMMANDS", *(line for leaf in leaves for line in section(leaf))]
    text = text.replace("@SUMMARY@", summary[0].lower() + summary[1:])
    text = text.replace("@SYNOPSIS@", "\n".join([synopsis(leaf) for leaf in leaves] + [".Nm", ".Fl -version"]))
    return text.replace("@COMMANDS@", "\n".join(commands))


def main(arguments):
    check = arguments[:1] == ["--check"]
    text = page(arguments[-1])
    if check and (not PAGE.exists() or PAGE.read_text() != text):
        sys.exit(f"{PAGE.name} is stale: run tools/gunyah/man.py {arguments[-1]}")
    if not check:
        PAGE.write_text(text)


main(sys.argv[1:])
