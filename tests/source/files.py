# SPDX-License-Identifier: BSD-3-Clause
"""The files of the project: what git knows or would add; without git, everything but build/."""

import subprocess


def of_project(root):
    git = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(git, capture_output=True, check=True).stdout.decode()
        paths = [root / name for name in answer.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in root.rglob("*") if path.relative_to(root).parts[0] not in ("build", ".git")]
    return sorted(path for path in paths if path.is_file())
