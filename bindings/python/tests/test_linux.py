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


EXAMPLES = HERE.parents[2] / "examples"
emulated = pytest.mark.skipif(not EMULATOR, reason="GUNYAH_EMU does not name the emulated node")


def emulate(flavour, program, script):
    """Runs a VMM in the emulated node, and returns what it printed."""
    command = [EMULATOR, "--flavour", flavour, "--script", script, "--", sys.executable, HERE / program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@emulated
@pytest.mark.parametrize("flavour", ["a14", "a15", "u17"])
def test_a_vmm(flavour):
    assert emulate(flavour, "vmm.py", HERE / "vmm.script") == TOLD


@emulated
@pytest.mark.parametrize("flavour, told", [("q1", "signed-vmm-untold.txt"), ("q1-le", "signed-vmm.txt")])
def test_a_vmm_for_signed_firmware(flavour, told):
    """With the guest of the VMM in C, which has to see the same."""
    script = EXAMPLES / "signed-vmm/guest.script"
    assert emulate(flavour, "signed_vmm.py", script) == (EXAMPLES / "expected" / told).read_text()


@emulated
@pytest.mark.parametrize("flavour", ["q1", "q1-le"])
def test_mistakes_with_virtio_devices(flavour):
    assert emulate(flavour, "virtio.py", os.devnull) == "closed\n"


def test_there_is_no_node():
    with pytest.raises(errors.NoBackendError) as caught:
        LinuxNode("/nowhere")
    assert caught.value.call == "open" and caught.value.code == 2 and caught.value.advice


def test_something_else_is_there():
    with pytest.raises(errors.NotGunyahError):
        LinuxNode("/dev/null")
