# SPDX-License-Identifier: BSD-3-Clause
"""The examples of the guide run."""

import pathlib
import re

import pytest

GUIDE = pathlib.Path(__file__).resolve().parents[3] / "docs/python.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def test_there_are_examples():
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1].strip())
def test_an_example(block, pytester, run_python):
    if "def test_" not in block:
        done = run_python(block)
        assert (done.returncode, done.stderr) == (0, "")
        return
    pytester.makeconftest('pytest_plugins = ["gunyah.pytest_plugin"]')
    pytester.makepyfile(block)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
