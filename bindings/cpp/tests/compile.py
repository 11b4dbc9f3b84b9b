#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""compile.py <headers for C++> <headers of C> <compiler of C++>...

Every header compiles alone, and twice, without a warning and without exceptions, RTTI and an operating system; all of them together
with every compiler, as C++20 too. What is wrong is refused: each piece of code below, and for the reason that stands behind it.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

WARNINGS = """-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef -Wcast-align -Wold-style-cast
    -Wnon-virtual-dtor -Werror""".split()

BARE = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-ffreestanding"]

# What the pieces below have.
THINGS = """gh::doorbell &bell, gh::msgqueue &queue, gh::simulator &sim, gh::vic &vic, gh::session &session,
            gh::virtio_device &device"""

# A piece of a function, and words of which the compiler says one.
REFUSED = {
    "bell.send(1);": ["nodiscard", "ignoring"],
    "bell.receive();": ["nodiscard", "ignoring"],
    "gh::session::open(gh::open_options());": ["nodiscard", "ignoring"],
    "bell.close();": ["nodiscard", "ignoring"],
    "gh::doorbell copy = bell;": ["deleted"],
    "bool sent = bell.send(1);": ["convert", "conversion"],
    "bell.wait(1, 5);": ["convert", "conversion"],
    'queue.send("literal");': ["deleted"],
    "sim.trace([](const char *) {});": ["deleted"],
    "bell.bind(vic, gh::vmid(50));": ["convert", "conversion"],
    "vic.open(session, 5);": ["convert", "conversion"],
    "device.begin();": ["nodiscard", "ignoring"],
    "gh::virtio_device copy = device;": ["deleted"],
    'device.set_config("literal");': ["deleted"],
    "int fd = device.irq();": ["convert", "conversion"],
    "gh::virtio_options options;": ["no matching", "no default"],
}


def program(piece):
    return f"""
        #include <gunyah/gunyah.hpp>
        #include <gunyah/linux_virtio.hpp>
        #include <gunyah/sim.hpp>
        void f({THINGS});
        void f({THINGS})
        {{
            (void)bell, (void)queue, (void)sim, (void)vic, (void)session, (void)device;
            {piece}
        }}
    """


def compiled(compiler, flags, folders, text):
    command = [compiler, "-x", "c++", *flags, *WARNINGS, "-I", folders[0], "-isystem", folders[1], "-fsyntax-only", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def taken(compiler, flags, folders, text):
    """Returns what the compiler complained about, or None."""
    answer = compiled(compiler, flags, folders, text)
    return None if answer.returncode == 0 else f"{compiler} {' '.join(flags)}: {text}\n{answer.stderr}"


def refused(compiler, folders, piece, reasons):
    answer = compiled(compiler, ["-std=c++17"], folders, program(piece))
    if answer.returncode == 0:
        return f"{compiler} takes {piece}"
    if not any(reason in answer.stderr for reason in reasons):
        return f"{compiler} refuses {piece}, but for another reason\n{answer.stderr}"
    return None


def main(own, of_c, *compilers):
    folders = (own, of_c)
    headers = sorted(path.name for path in pathlib.Path(own, "gunyah").glob("*.hpp"))
    lines = [f"#include <gunyah/{header}>\n" for header in headers]
    # Who has no exceptions has no use for that one.
    bare = [line for line in lines if "throwing" not in line]
    work = [(taken, compilers[0], BARE, folders, line * 2) for line in bare]
    work += [(refused, compilers[0], folders, *item) for item in REFUSED.items()]
    for compiler in compilers:
        work.append((taken, compiler, BARE, folders, "".join(bare)))
        work.append((taken, compiler, ["-std=c++20"], folders, "".join(lines)))
        work.append((taken, compiler, ["-std=c++17"], folders, program("")))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        bad = [complaint for complaint in pool.map(lambda task: task[0](*task[1:]), work) if complaint]
    print("\n".join(bad + [f"{len(work)} compilations by {', '.join(compilers)}: {len(bad)} failed"]))
    return 1 if bad or not headers else 0


sys.exit(main(*sys.argv[1:]))
