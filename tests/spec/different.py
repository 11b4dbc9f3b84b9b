# SPDX-License-Identifier: BSD-3-Clause
"""The specification against the model: random operations with the specification's answers, as recordings that the model replays."""

import pathlib
import re
import subprocess
import tempfile

from generate import Generator
from generate_memory import MemoryGenerator
from objects import Uncovered
from recording import Player

LENGTH = 150
FORMS = ("imm", "hvc")


def operations_of(seed):
    """Every fifth seed is about memory."""
    kind = MemoryGenerator if seed % 5 == 4 else Generator
    return list(kind(seed).operations(LENGTH))


def answered(operations, form):
    """@return lines with the specification's answers; operations that it does not cover are left out."""
    player = Player()
    lines = []
    for operation in operations:
        done = operation.replace("FORM", form)
        try:
            answer = player.play(done)
        except Uncovered:
            continue
        lines.append(f"{done} -> {answer}" if answer else done)
    return lines


def write(path, lines, comments=()):
    path.write_text("".join(f"{line}\n" for line in (*(f"# {comment}" for comment in comments), *lines)), encoding="utf-8")


class Model:
    """The model, by commands that replay recordings on it, each in its own way."""

    def __init__(self, commands):
        self.commands = commands

    def differing(self, folder):
        """@return the files in which the model answers something else, and what is printed of each."""
        files = {}
        for command in self.commands:
            run = subprocess.run([*command, folder], capture_output=True, text=True, check=False)
            named = re.findall(r"^(?:[\w -]+: )?(\S+?\.rec):(\d+: .*)$", run.stdout + run.stderr, re.MULTILINE)
            for path, what in named:
                files.setdefault(pathlib.Path(path), []).append(what)
            if run.returncode and not named:
                raise RuntimeError(f"{command} failed: {run.stdout}{run.stderr}")
        return files

    def differs(self, operations, form):
        lines = answered(operations, form)
        if not lines:
            return None
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "one.rec"
            write(path, lines)
            return self.differing(path).get(path)


def shrink(operations, still_differs):
    """@return operations that still differ, of which none can be left out."""
    size = len(operations) // 2
    while size:
        at = 0
        while at < len(operations):
            fewer = operations[:at] + operations[at + size :]
            if still_differs(fewer):
                operations = fewer
            else:
                at += size
        size //= 2
    return operations


def try_seeds(model, seeds, found):
    """Play seeds in every form. @return how many lines were compared, and the files of the shrunk sequences that differ."""
    lines = 0
    written = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for seed in seeds:
            operations = operations_of(seed)
            for form in FORMS:
                played = answered(operations, form)
                lines += len(played)
                write(folder / f"{seed}-{form}.rec", played)
        for path in sorted(model.differing(folder)):
            seed, form = path.stem.split("-")
            written.append(explain(model, int(seed), form, found))
    return lines, written


def explain(model, seed, form, found):
    """Shrink what differs, and write it with the specification's answers. @return the file."""
    operations = shrink(operations_of(seed), lambda fewer: model.differs(fewer, form))
    found.mkdir(parents=True, exist_ok=True)
    path = found / f"seed-{seed}-{form}.rec"
    write(path, answered(operations, form), ("The specification's answers; the model's differ:", *model.differs(operations, form)))
    return path
