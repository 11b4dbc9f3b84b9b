#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""run.py <folders of commands, as in PATH> <shell>...: each of bash, zsh and fish that is named completes what there is.

At the end of a line each shell offers what the help lists: commands, options. What stands behind them is written here.
"""

import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 30

# In a folder with the files guest.dtb and other, and the folder guests.
BY_HAND = {
    "gunyah do": {"doctor"},
    "gunyah dt lint g": {"guest.dtb", "guests/"},
    "gunyah dt lint --strict g": {"guest.dtb", "guests/"},
    "gunyah vm run o": {"other"},
    "gunyah replay o": {"other"},
    "gunyah info --root g": {"guests/"},
    "gunyah info --node o": {"other"},
    "gunyah emu --script o": {"other"},
    "gunyah emu --script=o": {"other"},
    "gunyah emu --flavour u": {"u10", "u15", "u17"},
    "gunyah emu --flavour=u": {"u10", "u15", "u17"},
    "gunyah emu --rm ": {"debug", "production"},
    "gunyah emu gunyah-e": {"gunyah-emu"},
    "gunyah emu -- gunyah-e": {"gunyah-emu"},
    "gunyah emu gunyah-emu o": {"other"},
    "gunyah emu gunyah-emu --fl": set(),
    "gunyah-emu --fl": {"--flavour"},
    "gunyah-emu --flavour a14 --scr": {"--script"},
    "gunyah dt lint --rm ": {"2023", "later", "all"},
    "gunyah dt lint -- --s": set(),
    "gunyah dt build --memory ": set(),
    "gunyah dt build --memory 1M --vc": {"--vcpus"},
    "gunyah decode --kind ": {"auto", "rm", "registers", "strace", "dmesg"},
    "gunyah bench --milliseconds ": set(),
    "gunyah bench ": set(),
    "gunyah explain ": {"call", "error", "rm", "ioctl", "type"},
    "gunyah explain call msgqueue_s": {"msgqueue_send"},
    "gunyah explain rm VM_ST": {"VM_START", "VM_STOP", "VM_STATUS"},
    "gunyah explain ioctl LEND": {"LEND_USER_MEM"},
    "gunyah explain error MSGQUEUE_F": {"MSGQUEUE_FULL"},
    "gunyah explain type vm_exit_t": {"vm_exit_type"},
    "gunyah explain 0x1b ": set(),
    "/no/such/gunyah d": set(),
}


def listed(words):
    """@return the lists of a command's help by their names, each with the first words of its lines."""
    text = subprocess.run([*words, "--help"], capture_output=True, text=True, check=True).stdout
    lists = re.findall(r"^(\w+):\n((?: .*\n?)+)", text, re.MULTILINE)
    return {name: set(re.findall(r"^  (\S+)", rows, re.MULTILINE)) for name, rows in lists}


def by_help(words):
    """@yield a line that ends where a list of the help is wanted, and the list; for a command, and those that it has."""
    lists = listed(words)
    line = " ".join(words)
    yield f"{line} --", lists["options"]
    if "commands" in lists:
        yield f"{line} ", lists["commands"]
    for name in sorted(lists.get("commands", ())):
        yield from by_help([*words, name])


def at_terminal(command, environment):
    """For who completes only there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as shell:
        os.close(theirs)
        try:
            while os.read(ours, 4096):
                pass
        except OSError:
            pass  # the end of a terminal
        shell.wait(timeout=SECONDS)
    os.close(ours)


def run(shell, lines, answers, folder):
    environment = {**os.environ, "HOME": str(folder), "QUESTIONS": str(lines), "ANSWERS": str(answers), "TERM": "dumb"}
    if shell == "zsh":
        (folder / ".zshrc").write_text(f". '{HERE}/zshrc'\n")
        at_terminal(["zsh", "-i", "-o", "no_global_rcs"], {**environment, "ZDOTDIR": str(folder)})
        return
    command = {"bash": ["bash", HERE / "bash.sh"], "fish": ["fish", "--no-config", HERE / "fish.fish"]}[shell]
    subprocess.run([*command, lines, answers], env=environment, check=True, timeout=SECONDS)


def answered(path):
    """@return {line: words that were offered}"""
    found = {}
    for line in path.read_text().splitlines():
        if line.startswith("\t"):
            found[last].add(line[1:])
        else:
            last = line
            found[last] = set()
    return found


def plain(line, word):
    """A word as it is compared: fish offers it with the option that it is joined to, and only some shells mark folders."""
    joined = re.search(r"(--\w+=)\w*$", line)
    return (word.removeprefix(joined[1]) if joined else word).rstrip("/")


def check(shell, wanted):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        work = folder / "work"
        (work / "guests").mkdir(parents=True)
        (work / "guest.dtb").touch()
        (work / "other").touch()
        (folder / "lines").write_text("".join(f"{line}\n" for line in wanted))
        os.chdir(work)
        run(shell, folder / "lines", folder / "answers", folder)
        os.chdir(HERE)
        got = answered(folder / "answers")
    for line, words in wanted.items():
        found = {plain(line, word) for word in got.get(line, {"no answer"})}
        words = {plain(line, word) for word in words}
        if found != words:
            yield f"{shell}: {line!r}: not offered {sorted(words - found)}, offered {sorted(found - words)}"


def main(folders, *shells):
    os.environ["PATH"] = folders + os.pathsep + os.environ["PATH"]
    os.environ["SOURCE"] = str(HERE.parents[2])
    wanted = {**dict(by_help(["gunyah"])), **dict(by_help(["gunyah-emu"])), **BY_HAND}
    wrong = [complaint for shell in shells for complaint in check(shell, wanted)]
    print("\n".join(wrong) or f"{', '.join(shells)}: {len(wanted)} lines are completed")
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
