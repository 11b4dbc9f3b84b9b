# SPDX-License-Identifier: BSD-3-Clause
"""
Waiting in an event loop of asyncio.

A doorbell of a VM under Linux has a file descriptor, which the loop watches. Whatever else is waited for is looked at
again and again, with pauses that grow; in the simulator, where VMs are coroutines of one thread, that is all it takes.
"""

import asyncio
from typing import Callable, Iterable, Type, TypeVar

from ._exception import GunyahError
from .enums import VmState
from .doorbell import Doorbell
from .errors import EmptyError, FullError, NotFoundError, TimeoutError
from .events import Event
from .linux import LinuxNode
from .msgqueue import Msgqueue
from .rm import ResourceManager
from .session import Session
from .types import Buffer
from .vm import ENDED, Vm, VmStatus

T = TypeVar("T")

LONGEST_PAUSE = 0.01  # seconds


async def poll(look: Callable[[], T], *not_yet: Type[GunyahError]) -> T:
    """Call a function until it raises none of these errors any more, and return what it returns then."""
    pause = 0.0
    while True:
        try:
            return look()
        except not_yet:
            await asyncio.sleep(pause)
            pause = min(pause * 2 or 0.0001, LONGEST_PAUSE)


def fd_of(doorbell: Doorbell) -> int:
    """The file descriptor of a doorbell; -1: there is none."""
    session = doorbell._owner
    for backend in session.backends if isinstance(session, Session) else ():
        if isinstance(backend, LinuxNode):
            try:
                return backend.doorbell_fd(doorbell)
            except NotFoundError:
                continue
    return -1


async def readable(fd: int) -> None:
    """Wait until a file descriptor can be read."""
    loop = asyncio.get_running_loop()
    future: "asyncio.Future[None]" = loop.create_future()

    def told() -> None:
        if not future.done():
            future.set_result(None)

    loop.add_reader(fd, told)
    try:
        await future
    finally:
        loop.remove_reader(fd)


async def wait_doorbell(doorbell: Doorbell, clear: int) -> int:
    """Wait until one of these flags is set, clear them, and return those that were set."""

    def look() -> int:
        flags = doorbell.receive(clear) & clear
        if not flags:
            raise EmptyError("no flag is set")
        return flags

    fd = fd_of(doorbell)
    while fd >= 0:
        await readable(fd)
        try:
            return look()
        except EmptyError:
            continue
    return await poll(look, EmptyError)


async def receive(queue: Msgqueue) -> bytes:
    """Wait for a message, and take it."""
    return await poll(queue.receive, EmptyError)


async def send(queue: Msgqueue, data: Buffer, *, push: bool = False) -> bool:
    """Wait until there is room for a message, and send it; returns whether there is room for another one."""
    return await poll(lambda: queue.send(data, push=push), FullError)


async def next_event(rm: ResourceManager) -> Event:
    """Wait for a notification of the Resource Manager."""
    return await poll(lambda: rm.next_event(0), TimeoutError)


async def wait_vm(vm: Vm, states: Iterable[VmState] = ENDED) -> VmStatus:
    """Wait until a VM is in one of several states."""
    wanted = tuple(states)
    return await poll(lambda: vm.wait(wanted, 0), TimeoutError)
