#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check.py <folder of public headers> <folder with gunyah/abi alone> <compiler, perhaps with flags>...

Every public header compiles alone, and twice, as C11 and as C++17, without a warning; those of gunyah/abi do so without the
others. The numbers of gunyah/abi can also be included from assembler.
"""

import concurrent.futures
import itertools
import os
import pathlib
import subprocess
import sys

WARNINGS = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef -Wcast-align -Werror".split()

FOR_ASSEMBLER = {"gunyah/abi/numbers.h", "gunyah/abi/rm.h"}

LANGUAGES = {
    "c": ["-std=c11", "-Wstrict-prototypes", "-Wmissing-prototypes", *WARNINGS],
    "c++": ["-std=c++17", *WARNINGS],
    "assembler-with-cpp": [],
}

def compile_alone(compiler, language, folder, header):
    """Returns what the compiler complained about, with the command, or None."""
    mode = "-c" if language == "assembler-with-cpp" else "-fsyntax-only"
    command = [*compiler.split(), "-x", language, *LANGUAGES[language], mode, "-I", folder, "-o", os.devnull, "-"]
    text = f"#include <{header}>\n" * 2
    if language != "assembler-with-cpp":
        # A header of macros alone leaves nothing to compile.
        text += "extern int something;\n"
    answer = subprocess.run(command, input=text, capture_output=True, text=True)
    return None if answer.returncode == 0 else f"{header}: {' '.join(map(str, command))}\n{answer.stderr}"

public, abi, *compilers = sys.argv[1:]
headers = [(public, path) for path in pathlib.Path(public).rglob("*.h")]
headers += [(abi, path) for path in pathlib.Path(abi).rglob("*.h")]
work = [
    (compiler, language, folder, path.relative_to(folder))
    for compiler, language, (folder, path) in itertools.product(compilers, LANGUAGES, headers)
    if language != "assembler-with-cpp" or str(path.relative_to(folder)) in FOR_ASSEMBLER
]
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    bad = [complaint for complaint in pool.map(lambda arguments: compile_alone(*arguments), work) if complaint]
print("\n".join(bad + [f"{len(work)} compilations by {', '.join(compilers)}: {len(bad)} failed"]))
sys.exit(1 if bad or not work else 0)
