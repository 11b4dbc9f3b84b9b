# SPDX-License-Identifier: BSD-3-Clause
"""
Fixtures for pytest: a simulated machine for each test.

gunyah_sim is a Simulator, gunyah_pair two VMs of it that are joined, gunyah_hlos a primary VM with a Resource Manager.
When a test fails, its report has the machine's trace.
"""

from typing import Any, Iterator, List, NamedTuple

import pytest

from .doorbell import Doorbell
from .msgqueue import Msgqueue
from .rm import ResourceManager, RmOptions
from .session import Session
from .sim import Simulator, SimVM
from .types import HLOS, VIRQ

TRACE = pytest.StashKey[List[str]]()


class Side(NamedTuple):
    """A VM of a pair. The sender sends and rings; the receiver is at the other ends."""

    vm: SimVM
    session: Session
    queue: Msgqueue
    bell: Doorbell


class Pair(NamedTuple):
    """Two VMs, joined by a queue of 8 messages of 240 bytes and a doorbell, from the sender to the receiver."""

    sender: Side
    receiver: Side


class Hlos(NamedTuple):
    """The primary VM, which may make others."""

    vm: SimVM
    session: Session
    rm: ResourceManager


@pytest.fixture
def gunyah_sim(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """A machine without VMs. Its sessions are closed at the end of the test."""
    lines: List[str] = []
    request.node.stash[TRACE] = lines
    with Simulator() as simulator:
        simulator.set_trace(lines.append)
        yield simulator


@pytest.fixture
def gunyah_pair(gunyah_sim: Simulator) -> Pair:
    """Two VMs, "sender" and "receiver"."""
    vms = gunyah_sim.add_vm("sender"), gunyah_sim.add_vm("receiver")
    full, empty, ring = VIRQ(40), VIRQ(41), VIRQ(42)
    queue = gunyah_sim.connect_msgqueue(*vms, send_virq=full, receive_virq=empty)
    bell = gunyah_sim.connect_doorbell(*vms, virq=ring)
    sessions = vms[0].open(), vms[1].open()
    sender = Msgqueue.open(sessions[0], queue.send_cap, 240, send_virq=full)
    receiver = Msgqueue.open(sessions[1], queue.receive_cap, 240, receive_virq=empty)
    bells = Doorbell.open(sessions[0], bell.send_cap), Doorbell.open(sessions[1], bell.receive_cap, ring)
    return Pair(Side(vms[0], sessions[0], sender, bells[0]), Side(vms[1], sessions[1], receiver, bells[1]))


@pytest.fixture
def gunyah_hlos(gunyah_sim: Simulator) -> Hlos:
    """A machine with a Resource Manager, and the primary VM with a connection to it."""
    gunyah_sim.add_rm()
    vm = gunyah_sim.add_vm("hlos", vmid=HLOS)
    channel = vm.rm_channel()
    session = vm.open()
    return Hlos(vm, session, ResourceManager.open(session, RmOptions(*channel)))


@pytest.hookimpl(hookwrapper=True)  # type: ignore[misc]
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    lines: List[str] = item.stash.get(TRACE, [])
    if report.failed and lines:
        report.sections.append(("gunyah trace", "\n".join(lines)))
