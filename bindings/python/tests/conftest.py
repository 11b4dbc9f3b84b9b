# SPDX-License-Identifier: BSD-3-Clause
"""The fixtures of the package, where it is not installed, and what several tests need."""

import os
import subprocess
import sys

import pytest
from privileged import Maker

pytest_plugins = ["gunyah.pytest_plugin", "pytester"]


@pytest.fixture
def run_python():
    """Runs a program in a process of its own, and returns what it did."""

    def run(program, **environment):
        command = [sys.executable, "-X", "faulthandler", "-c", program]
        variables = {**os.environ, **environment}
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)

    return run


@pytest.fixture
def maker():
    """A privileged VM, of a machine as the hypervisor was recorded."""
    with Maker() as made:
        yield made


@pytest.fixture(params=[False, True], ids=["recorded", "manual"])
def any_maker(request):
    """A privileged VM of each kind of machine."""
    with Maker(as_manual=request.param) as made:
        yield made
