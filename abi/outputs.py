# SPDX-License-Identifier: BSD-3-Clause
"""Generated files: written, or compared with what is there. For abi/generate.py and bindings/generate.py."""

import sys


def update(root, texts, generator, check):
    """texts: {path below root: what is to stand there}. Without check, write what differs; with it, exit and name that."""
    stale = []
    for name, text in texts.items():
        path = root / name
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if check and stale:
        sys.exit(f"stale, run {generator}: " + ", ".join(stale))
    print(f"{len(texts)} files, {len(stale)} {'stale' if check else 'written'}")
