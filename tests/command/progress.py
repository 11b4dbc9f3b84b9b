#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""progress.py: gives "gunyah replay" a recording that goes on until it has told a terminal how far it is, and prints what it
says, and whether the terminal's line is empty again."""

import os
import pty
import re
import select
import subprocess

ours, theirs = pty.openpty()
replay = subprocess.Popen(["gunyah", "replay", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs)
os.close(theirs)
while not select.select([ours], [], [], 0)[0]:
    replay.stdin.write(b"wait 1\n" * 10000)
print(re.sub(r"\d{4,}", "N", os.read(ours, 200).decode()))
print(replay.communicate()[0].decode(), end="")
print("cleared" if re.fullmatch(r"(?s).*\r *\r", os.read(ours, 200).decode()) else "not cleared")
