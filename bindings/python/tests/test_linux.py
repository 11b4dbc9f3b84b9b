# SPDX-License-Identifier: BSD-3-Clause
"""The driver of Linux, as the emulated node plays it."""

import os
import pathlib
import subprocess
import sys

import pytest

from gunyah import errors
from gunyah.linux import LinuxNode

EMULATOR = os.environ.get("GUNYAH_EMU", "")
HERE = pathlib.Path(__file__).parent
TOLD = "no area\nhello\nsomebody rang\nthe guest switched the system off\nclosed\n"


@pytest.mark.skipif(not EMULATOR, reason="GUNYAH_EMU does not name the emulated node")
@pytest.mark.parametrize("flavour", ["a14", "a15", "u17"])
def test_a_vmm(flavour):
    command = [EMULATOR, "--flavour", flavour, "--script", HERE / "vmm.script", "--", sys.executable, HERE / "vmm.py"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, TOLD, "")


def test_there_is_no_node():
    with pytest.raises(errors.NoBackendError) as caught:
        LinuxNode("/nowhere")
    assert caught.value.call == "open" and caught.value.code == 2 and caught.value.advice


def test_something_else_is_there():
    with pytest.raises(errors.NotGunyahError):
        LinuxNode("/dev/null")
