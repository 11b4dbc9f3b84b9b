# SPDX-License-Identifier: BSD-3-Clause
"""main.py <scenario>: plays a scenario of tests/scenarios, and prints what the program in C prints."""

import sys

import guests
import hosts
import makers
import pairs

name = sys.argv[1].replace("-", "_")
for module in (pairs, makers, hosts, guests):
    if hasattr(module, name):
        getattr(module, name)()
        sys.exit()
sys.exit(f"no scenario {sys.argv[1]}")
