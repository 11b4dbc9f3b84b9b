# SPDX-License-Identifier: BSD-3-Clause
"""VMs as coroutines of one thread."""

import asyncio
import os

import pytest

import gunyah
from gunyah import aio, errors


def test_two_vms_talk(gunyah_pair):
    async def send():
        for number in range(30):
            await aio.send(gunyah_pair.sender.queue, bytes([number]))
        gunyah_pair.sender.bell.send(2)

    async def receive():
        got = [await aio.receive(gunyah_pair.receiver.queue) for _ in range(30)]
        return got, await aio.wait_doorbell(gunyah_pair.receiver.bell, 3)

    async def both():
        return (await asyncio.gather(receive(), send()))[0]

    assert asyncio.run(both()) == ([bytes([n]) for n in range(30)], 2)


def test_a_wait_can_be_cancelled(gunyah_pair):
    async def wait():
        await asyncio.wait_for(aio.receive(gunyah_pair.receiver.queue), 0.02)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(wait())
    gunyah_pair.sender.queue.send(b"x")
    assert gunyah_pair.receiver.queue.receive() == b"x"


def test_other_errors_come_out(gunyah_pair):
    with pytest.raises(errors.InsufficientRightsError):
        asyncio.run(aio.receive(gunyah_pair.sender.queue))


def test_the_state_of_a_vm(gunyah_hlos):
    async def wait(vm):
        status = await aio.wait_vm(vm, [gunyah.VmState.LOAD])
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(aio.next_event(gunyah_hlos.rm), 0.02)
        return status.state

    assert asyncio.run(wait(gunyah.Vm.create(gunyah_hlos.rm))) is gunyah.VmState.LOAD


def test_a_file_descriptor():
    async def wait(read, write):
        waiting = asyncio.ensure_future(aio.readable(read))
        await asyncio.sleep(0)
        assert not waiting.done()
        os.write(write, b"x")
        await waiting

    ends = os.pipe()
    asyncio.run(wait(*ends))
    for end in ends:
        os.close(end)
