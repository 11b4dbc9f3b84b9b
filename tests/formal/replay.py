#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""replay.py <spin> <recording>...: does the formal model answer as the hypervisor did?

Each recording becomes a process that does what was recorded and asserts the recorded answers; spin runs it. That must
be accepted. It must be refused at the line of an answer that is turned into another one; that is tried for each kind.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import translate

HERE = pathlib.Path(__file__).resolve().parent
REFUSED = re.compile(r"^spin: \S*recording:(\d+), Error: assertion violated", re.MULTILINE)


def read(path):
    lines = path.read_text().splitlines()
    return [translate.Operation(number, text) for number, text in enumerate(lines, 1) if text and text[0] != "#"]


def promela(operations, recording):
    """A process for operations of a recording; spin takes each of its lines for the line of the recording."""
    translation = translate.Translation(recording)
    rules = "msgqueue.pml" if translation.depth > 0 else "doorbell.pml"
    text = [
        "#define variant RIGHT",
        f"#define MAX_DEPTH {translation.depth}",
        "#define FLAGS int",
        f"#define ALL {translation.flags.all}",
        f'#include "{HERE / rules}"',
        "bool taken;",
        "init {",
    ]
    for operation in operations:
        for statement, expected in translation.steps(operation):
            text += [f'# {operation.number} "recording"', f"{statement}; assert({expected});"]
    return "\n".join([*text, "skip }", ""])


def run(spin, text, folder):
    """The line of the recording that the model refuses, or None."""
    path = folder / "recording.pml"
    path.write_text(text)
    done = subprocess.run([spin, "-T", path], cwd=folder, capture_output=True, text=True, check=False)
    refused = REFUSED.search(done.stdout)
    if refused:
        return int(refused[1])
    if done.returncode != 0 or "rror" in done.stdout + done.stderr:
        raise RuntimeError(done.stdout + done.stderr)
    return None


def find_accepted(spin, operations, seen, folder):
    """Wrong answers that are accepted. The first answer of each kind that is not in seen is turned into one."""
    accepted = []
    for index, operation in enumerate(operations):
        for place in operation.places():
            if (operation.kind, place) in seen:
                continue
            seen.add((operation.kind, place))
            wrong = operation.wrong_at(place)
            if run(spin, promela([*operations[:index], wrong], operations), folder) != operation.number:
                accepted.append(f"{operation.number}: a wrong answer is accepted, {place} of {operation.kind}")
    return accepted


def find_failures(spin, path, seen, folder):
    operations = read(path)
    try:
        line = run(spin, promela(operations, operations), folder)
    except translate.Unknown as unknown:
        return [f" the model does not have {unknown}"]
    if line is not None:
        return [f"{line}: the model answers otherwise"]
    print(f"{path.name}: {len(operations)} operations")
    return find_accepted(spin, operations, seen, folder)


def main():
    spin = sys.argv[1]
    seen = set()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for path in map(pathlib.Path, sys.argv[2:]):
            failures += [f"{path}:{what}" for what in find_failures(spin, path, seen, pathlib.Path(folder))]
    for failure in failures:
        print(failure)
    print(f"{len(seen)} kinds of answers turned wrong")
    return 1 if failures or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
