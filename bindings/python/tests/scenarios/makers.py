# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios of a VM that makes objects by itself."""

import gunyah
from gunyah import VIRQ
from gunyah.abi import DoorbellRight
from kit import Maker

ALL_RIGHTS = sum(DoorbellRight)


def cspace():
    maker = Maker()
    own = maker.cspace
    other = maker.step("the VM creates a space", lambda: gunyah.Cspace.create(maker.partition, own))
    maker.step("it gets 0 slots", lambda: other.configure(0))
    maker.step("it gets 4 slots", lambda: other.configure(4))
    maker.step("the VM activates the space", other.activate)
    bell = maker.make_bell()
    master = bell.capid
    copy = maker.step("a copy that may send", lambda: own.copy(master, own, DoorbellRight.SEND))
    sender = maker.step("the VM opens the copy", lambda: gunyah.Doorbell.open(maker.session, copy))
    maker.step("the copy sends", lambda: sender.send(1))
    maker.step("the copy receives", lambda: sender.receive(1))
    maker.step("a copy without rights", lambda: own.copy(master, own, 0))
    maker.step("a copy that gains rights", lambda: own.copy(copy, own, DoorbellRight.RECEIVE))
    maker.step("a copy in the other space", lambda: own.copy(master, other, ALL_RIGHTS))
    maker.step("one is revoked", lambda: own.revoke(copy))
    maker.step("all copies are revoked", lambda: own.revoke_children(master))
    maker.step("the copy sends again", lambda: sender.send(1))
    maker.step("a copy revokes", lambda: own.revoke_children(copy))
    maker.step("the copy is deleted", lambda: own.delete(copy))
    maker.step("the deleted copy sends", lambda: sender.send(1))
    maker.step("the master sends", lambda: bell.send(1))
    maker.step("the master is deleted", lambda: own.delete(master))
    maker.step("the deleted master sends", lambda: bell.send(1))
    maker.end()


def use_queue(maker):
    queue = maker.step("the VM creates a queue", lambda: gunyah.Msgqueue.create(maker.partition, maker.cspace))
    maker.step("it has no shape", lambda: queue.send(b"x"))
    maker.step("it gets no depth", lambda: queue.configure(0, 8))
    maker.step("it gets 2 messages of 8 bytes", lambda: queue.configure(2, 8))
    maker.step("the VM activates the queue", queue.activate)
    maker.step("vIRQ 50 is the doorbell's", lambda: queue.bind_receive_virq(maker.vic, VIRQ(50)))
    maker.step("the queue gets vIRQ 51", lambda: queue.bind_receive_virq(maker.vic, VIRQ(51)))
    maker.step("the VM sends to itself", lambda: queue.send(b"self"))
    maker.step("the VM waits for it", queue.wait_not_empty)
    maker.step("the VM receives", queue.receive, lambda data: f"data={data.hex()}")
    maker.step("the VM unbinds", queue.unbind_receive_virq)
    maker.step("nothing to wait for", lambda: queue.wait_not_empty(0))


def objects():
    maker = Maker()
    bell = maker.make_bell()
    maker.step("once is enough", bell.activate)
    maker.step("vIRQ 31 is no shared one", lambda: bell.bind_virq(maker.vic, VIRQ(31)))
    maker.step("the doorbell gets vIRQ 50", lambda: bell.bind_virq(maker.vic, VIRQ(50)))
    maker.step("and not another one", lambda: bell.bind_virq(maker.vic, VIRQ(51)))
    maker.step("the VM rings itself", lambda: bell.send(0x6))
    maker.step("the VM waits", lambda: bell.wait(0x6), lambda flags: f"flags={flags:#x}")
    use_queue(maker)
    vic = maker.step("the VM creates a controller", lambda: gunyah.Vic.create(maker.partition, maker.cspace))
    maker.step("the controller gets 1 vCPU and 8 vIRQs", lambda: vic.configure(1, 8))
    maker.step("the VM activates the controller", vic.activate)
    maker.step("the VM resets it", lambda: maker.session.reset_object(vic.capid))
    maker.end()
