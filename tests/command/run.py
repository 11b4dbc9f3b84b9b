#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""run.py <folders of commands, as in PATH> <file>...: a session at a terminal, done again.

In a file, a line that begins with "$ " is for the shell, "> " continues it, and what follows is what it says: standard
output and standard error as they come, and "[2]" for an exit status that is not 0. A line "..." stands for any lines,
and in a line for anything. Of
a guide (*.md), the blocks that are marked as console are read. Each file has a folder of its own to work in, and
SOURCE is the folder of the project.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SECONDS = 30


def sessions(path):
    text = path.read_text()
    if path.suffix == ".md":
        return re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [text]


def steps(session):
    """Commands with what they are to say; what stands before the first one is a comment."""
    step = None
    for line in session.splitlines():
        if line.startswith("$ "):
            step = [line[2:], []]
            yield step
        elif step is not None and line.startswith("> ") and not step[1]:
            step[0] += "\n" + line[2:]
        elif step is not None and not line.startswith("#"):
            step[1].append(line)


def run(command, folder):
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    lines = done.stdout.decode(errors="backslashreplace").splitlines()
    return lines + ([f"[{done.returncode}]"] if done.returncode != 0 else [])


def fits(wanted, got):
    anything = re.escape("...")
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else re.escape(line).replace(anything, ".*") + "\n" for line in wanted
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in got)) is not None


def check(path, folder):
    wrong = []
    count = 0
    for session in sessions(path):
        for command, wanted in list(steps(session)):
            while wanted and wanted[-1] == "":
                wanted.pop()
            count += 1
            got = run(command, folder)
            if not fits(wanted, got):
                wrong += [f"{path.name}: $ {command}", *difflib.unified_diff(wanted, got, "wanted", "got", lineterm="")]
    if count == 0:
        wrong.append(f"{path.name}: no command in it")
    return wrong, count


def main(tool, *files):
    os.environ["PATH"] = tool + os.pathsep + os.environ["PATH"]
    os.environ["SOURCE"] = str(pathlib.Path(__file__).resolve().parents[2])
    for name in ("NO_COLOR", "COLUMNS", "POSIXLY_CORRECT"):
        os.environ.pop(name, None)
    wrong = []
    total = 0
    for file in map(pathlib.Path, files):
        with tempfile.TemporaryDirectory() as folder:
            found, count = check(file.resolve(), folder)
        wrong += found
        total += count
    print("\n".join(wrong) or f"{total} commands say what they are to say")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
