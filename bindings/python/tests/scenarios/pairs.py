# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios of two VMs that are joined by a message queue and a doorbell."""

import gunyah
from gunyah import WAIT_FOREVER, Feature, Hypercall, HypervisorError
from kit import ALL_FLAGS, MESSAGE_SIZE, MS, Pair


def identify():
    def show(session):
        who = session.identity
        has = [f"has_{f.name.lower()}={session.has(f):d}" for f in (Feature.DOORBELL, Feature.WAIT, Feature.WATCHDOG)]
        return (
            f"api_version={who.api_version} variant={who.variant:#x} big_endian={who.big_endian:d} "
            f"is_64bit={who.is_64bit:d} convention={who.convention:d} conduit={who.conduit:d} "
            f'backend="{who.backend}" {" ".join(has)}'
        )

    pair = Pair()
    pair.step("alice identifies", lambda: pair.alice.session, show)
    pair.step("bob identifies", lambda: pair.bob.session, show)
    assert pair.bob.session.last_error is None
    pair.step("bob has failed in nothing", lambda: pair.bob.session.call_count, lambda calls: f"calls={calls}")
    pair.end()


def doorbell():
    pair = Pair()
    bell = pair.bob.bell
    pair.ring("alice rings 0x1", 0x1)
    pair.ring("alice rings 0x4", 0x4)
    pair.look("bob receives 0x1", 0x1)
    pair.step("bob receives nothing", lambda: bell.receive(0))
    pair.step("bob enables 0x4", lambda: bell.mask(0x4, 0))
    pair.look("bob receives all", ALL_FLAGS)
    pair.step("bob enables and acknowledges 0x2", lambda: bell.mask(0x2, 0x2))
    pair.ring("alice rings 0x2", 0x2)
    pair.look("bob finds it acknowledged", ALL_FLAGS)
    pair.step("bob resets", bell.reset)
    pair.ring("alice rings the last flag", 1 << 63)
    pair.look("bob receives the last flag", ALL_FLAGS)
    pair.step("bob rings", lambda: bell.send(1))
    pair.step("alice receives", lambda: pair.alice.bell.receive(1))
    pair.end()


def doorbell_wait():
    pair = Pair()
    bell = pair.bob.bell

    def flags(value):
        return f"flags={value:#x}"

    pair.ring("alice rings 0x3", 0x3)
    pair.step("bob waits for 0x1", lambda: bell.wait(0x1), flags)
    pair.step("bob looks for 0x2", lambda: bell.wait(0x2, 0), flags)
    before = pair.sim.now

    def passed(_):
        return f"passed={pair.sim.now - before}"

    pair.step("bob waits 5 ms", lambda: bell.wait(0x1, 5 * MS), explain=passed)
    pair.step("nobody will ring", lambda: bell.wait(0x1, WAIT_FOREVER))
    pair.step("alice waits", lambda: pair.alice.bell.wait(0x1, 0))
    pair.step("bob waits for nothing", lambda: bell.wait(0, 0))
    before = pair.sim.now
    pair.step("a second passes", lambda: pair.sim.advance(1000 * MS), passed)
    pair.end()


def msgqueue():
    pair = Pair()
    queue = pair.bob.queue
    pair.step("bob is first", queue.receive)
    pair.send("alice sends 1 byte", b"a")
    pair.send("alice sends 5 bytes", b"hello")
    pair.receive("bob receives")
    pair.send("alice sends 16 bytes", b"0123456789abcdef")
    pair.receive("bob receives")
    pair.receive("bob receives")
    pair.step("bob has all", queue.receive)
    pair.send("alice sends 4 bytes", b"gone")
    pair.step("bob flushes", queue.flush)
    pair.step("bob has dropped it", queue.receive)
    pair.step("the size of messages", lambda: queue.message_size, lambda size: f"bytes={size}")
    pair.end()


def msgqueue_refused():
    pair = Pair()
    alice, bob = pair.alice.queue, pair.bob.queue
    pair.step("alice sends nothing", lambda: alice.send(b""))
    pair.step("alice sends 17 bytes", lambda: alice.send(bytes(17)))
    pair.step("bob sends", lambda: bob.send(b"0"))
    for number in range(1, 5):
        pair.send(f"alice sends {number} of 4", str(number).encode())
    pair.step("alice sends too many", lambda: alice.send(b"5"))
    pair.step("bob has 15 bytes", lambda: bob.receive_into(bytearray(MESSAGE_SIZE - 1)))
    pair.step("alice receives", lambda: alice.receive())
    pair.receive("bob receives")
    open_it = gunyah.Msgqueue.open
    session = pair.bob.session
    pair.step("bob opens a queue of empty messages", lambda: open_it(session, gunyah.CAPID_INVALID, 0))
    pair.end()


def msgqueue_wait():
    pair = Pair()
    alice, bob = pair.alice.queue, pair.bob.queue
    pair.step("bob wants 3", lambda: bob.set_receive_threshold(3))
    pair.send("alice sends 1", b"1")
    pair.send("alice sends 2", b"2")
    pair.step("bob waits 1 ms", lambda: bob.wait_not_empty(MS))
    pair.send("alice sends 3", b"3")
    pair.step("bob waits", bob.wait_not_empty)
    for number in range(1, 4):
        pair.receive(f"bob receives {number}")
    pair.step("alice pushes", lambda: alice.send(b"now", push=True))
    pair.step("bob looks", lambda: bob.wait_not_empty(0))
    pair.receive("bob receives what was pushed")
    pair.step("bob wants 0", lambda: bob.set_receive_threshold(0))
    pair.step("bob wants 5", lambda: bob.set_receive_threshold(5))
    pair.step("alice wants 1 to be left", lambda: alice.set_send_threshold(1))
    pair.step("alice looks", lambda: alice.wait_not_full(0))
    for number in range(1, 4):
        pair.send(f"alice sends {number} of 3", str(number).encode())
    pair.receive("bob receives 1 of 3")
    pair.step("alice waits 2 ms", lambda: alice.wait_not_full(2 * MS))
    pair.receive("bob receives 2 of 3")
    pair.step("alice waits", alice.wait_not_full)
    pair.step("alice waits for messages", lambda: alice.wait_not_empty(0))
    pair.step("the machine's time", lambda: pair.sim.now, lambda now: f"now={now}")
    pair.end()


class Counting(gunyah.Observer):
    """Counts calls. Rings with the flag 0x80 do not go out."""

    def __init__(self):
        self.counts = [0, 0]

    def before(self, event):
        self.counts[0] += 1
        event.answer[0] = HypervisorError.DENIED
        return event.number == Hypercall.DOORBELL_SEND and event.call[2] == 0x80

    def after(self, event):
        self.counts[1] += 1

    def show(self, _=None):
        return "before={} after={}".format(*self.counts)


def observer():
    pair, seen = Pair(), Counting()
    alice = pair.alice
    pair.step("alice closes", alice.session.close)
    alice.session = pair.step("alice opens, observed", lambda: alice.vm.open(observer=seen), seen.show)
    alice.bell = pair.step("alice opens the doorbell", lambda: gunyah.Doorbell.open(alice.session, alice.bell_cap))
    pair.ring("alice rings 0x1", 0x1)
    pair.step("alice rings 0x80", lambda: alice.bell.send(0x80))
    pair.look("bob receives all", ALL_FLAGS)
    pair.step(
        "what was seen",
        lambda: alice.session,
        lambda s: f"{seen.show()} calls={s.call_count} kept={s.counters.answered_by_observer}",
    )
    pair.end()


def faults():
    pair = Pair()
    sim, bell = pair.sim, pair.alice.bell

    def fail(nth):
        sim.add_fault(Hypercall.DOORBELL_SEND, HypervisorError.DENIED, vm=pair.alice.vm, nth=nth)

    pair.step("the second ring is to fail", lambda: fail(2))
    pair.step("alice rings 0x1", lambda: bell.send(0x1))
    pair.step(
        "alice rings 0x2",
        lambda: bell.send(0x2),
        explain=lambda error: f'domain={error.domain:d} code={error.code} call="{error.call}"',
    )
    pair.step("alice rings 0x4", lambda: bell.send(0x4))
    pair.step("no ring is to fail", lambda: fail(0))
    saved = pair.step("the machine is saved", sim.snapshot)
    pair.look("bob receives all", ALL_FLAGS)
    pair.look("bob receives none", ALL_FLAGS)
    pair.step("the machine returns", lambda: sim.restore(saved))
    pair.look("bob receives all again", ALL_FLAGS)
    pair.step("a half is no snapshot", lambda: sim.restore(saved[: len(saved) // 2]))
    pair.end()
