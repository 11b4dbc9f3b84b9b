# SPDX-License-Identifier: BSD-3-Clause
"""Sessions, message queues, doorbells and objects, in the simulator."""

import pytest

import gunyah
from gunyah import VIRQ, VMID, CapID, Hypercall, errors
from gunyah.abi import CapInfoBits, DoorbellRight, MsgqueueRight
from gunyah.enums import SimHazardKind


def test_a_message_comes_as_it_was_sent(gunyah_pair):
    assert gunyah_pair.sender.queue.send(b"hello") is True
    assert gunyah_pair.receiver.queue.receive_message() == (b"hello", False)


@pytest.mark.parametrize("data", [bytearray(b"abc"), memoryview(b"abc"), memoryview(bytearray(b"abc"))])
def test_any_bytes_can_be_sent(gunyah_pair, data):
    gunyah_pair.sender.queue.send(data)
    assert gunyah_pair.receiver.queue.receive() == b"abc"


def test_a_message_can_be_taken_into_memory_of_the_caller(gunyah_pair):
    buffer = bytearray(240)
    gunyah_pair.sender.queue.send(b"abc")
    assert gunyah_pair.receiver.queue.receive_into(buffer) == 3
    assert buffer[:4] == b"abc\0"
    gunyah_pair.sender.queue.send(b"abc")
    with pytest.raises(errors.BufferTooSmallError):
        gunyah_pair.receiver.queue.receive_into(bytearray(239))
    with pytest.raises(TypeError):
        gunyah_pair.receiver.queue.receive_into(b"readonly" * 30)
    assert list(gunyah_pair.receiver.queue.drain()) == [b"abc"]


def test_a_full_queue_says_so_and_waits(gunyah_pair):
    sender, receiver = gunyah_pair.sender.queue, gunyah_pair.receiver.queue
    assert [sender.send(bytes([i])) for i in range(1, 9)] == [True] * 7 + [False]
    with pytest.raises(errors.FullError):
        sender.send(b"x")
    assert len(list(receiver.drain())) == 8
    sender.wait_not_full()
    sender.send(b"x")
    receiver.flush()
    with pytest.raises(errors.EmptyError) as caught:
        receiver.receive()
    assert caught.value.error is gunyah.Error.EMPTY
    assert caught.value.domain is gunyah.Domain.HYPERVISOR
    assert caught.value.code == gunyah.HypervisorError.MSGQUEUE_EMPTY
    assert caught.value.call == "msgqueue_receive"
    assert "interrupt" in caught.value.advice


def test_what_the_hypervisor_would_drop_is_refused(gunyah_pair):
    with pytest.raises(errors.MessageEmptyError):
        gunyah_pair.sender.queue.send(b"")
    with pytest.raises(errors.MessageTooLongError):
        gunyah_pair.sender.queue.send(bytes(241))
    with pytest.raises(errors.InsufficientRightsError):
        gunyah_pair.receiver.queue.send(b"x")


def test_doorbells_gather_flags(gunyah_pair):
    ring, hear = gunyah_pair.sender.bell, gunyah_pair.receiver.bell
    assert ring.send(0x1) == 0
    assert ring.send(1 << 63) == 0x1
    assert hear.wait((1 << 64) - 1) == 1 << 63 | 1
    assert hear.receive(1) == 0
    hear.mask(0x2, 0)
    ring.send(0x1)
    with pytest.raises(errors.TimeoutError):
        hear.wait(0x2, 1000)
    hear.reset()
    assert hear.receive(0xFF) == 0


def test_time_is_virtual(gunyah_sim, gunyah_pair):
    before = gunyah_sim.now
    with pytest.raises(TimeoutError):  # which is Python's own too
        gunyah_pair.receiver.bell.wait(1, 3600 * 10**9)
    assert gunyah_sim.now - before >= 3600 * 10**9
    with pytest.raises(errors.DeadlockError):
        gunyah_pair.receiver.bell.wait(1)
    gunyah_sim.advance(5)


def test_one_of_several_interrupts(gunyah_pair):
    session = gunyah_pair.receiver.session
    gunyah_pair.sender.bell.send(1)
    assert session.wait([VIRQ(41), VIRQ(42)], 0) == VIRQ(42)
    with pytest.raises(errors.ArgumentSizeError):
        session.wait([])


def test_who_answers(gunyah_pair):
    session = gunyah_pair.sender.session
    who = session.identity
    assert (who.api_version, who.backend, who.convention) == (1, "sim", gunyah.Convention.SMCCC)
    assert who.uid == (0xCD8FD5C1, 0xDB5F53A4, 0x36CE6592, 0x145F3D67)
    assert session.has(gunyah.Feature.MSGQUEUE) and not session.has(gunyah.Feature.PRNG + 1000)
    before = session.call_count
    gunyah_pair.sender.bell.send(1)
    assert session.call_count == before + 1
    assert session.counters.by_number[Hypercall.DOORBELL_SEND] == 1


def test_raw_calls(gunyah_pair):
    session, bell = gunyah_pair.sender.session, gunyah_pair.sender.bell
    assert session.call(Hypercall.DOORBELL_SEND, bell.capid.value, 4, 0)[:2] == (0, 0)
    assert session.call(0x3FFF)[0] == 2**64 - 1
    assert session.smccc(0x80000000)[0] == 0x10003  # SMCCC 1.3
    with pytest.raises(ValueError):
        session.call(1, *range(8))


def test_calls_by_their_names(gunyah_sim, gunyah_pair):
    session, cap = gunyah_pair.sender.session, gunyah_pair.sender.bell.capid
    calls = session.hypercalls
    assert calls.doorbell_send(cap, 5) == (gunyah.HypervisorError.OK, 0)
    assert calls.doorbell_send(cap, 1).old_flags == 5
    assert calls.doorbell_reset(cap) is gunyah.HypervisorError.CSPACE_INSUFFICIENT_RIGHTS
    assert calls.hypervisor_identify().hyp_api_info & 0x3FFF == 1
    assert "msgqueue_send" in dir(calls) and len(dir(calls)) > 90
    maker = gunyah_sim.add_vm(privileged=True)
    own, calls = maker.info, maker.open().hypercalls
    made = calls.partition_create_doorbell(own.partition, own.cspace)
    assert made.error == 0 and isinstance(made.new_cap, CapID)
    for wrong in ((5, 1), (cap,), (cap, "")):
        with pytest.raises(TypeError):
            calls.doorbell_send(*wrong)
    with pytest.raises(ValueError):
        calls.doorbell_send(cap, 1 << 64)
    with pytest.raises(AttributeError, match="no hypercall"):
        calls.doorbell_open


def test_a_privileged_vm_makes_objects(gunyah_sim):
    vm = gunyah_sim.add_vm("maker", privileged=True)
    info, session = vm.info, vm.open()
    partition = gunyah.Partition.open(session, info.partition)
    cspace = gunyah.Cspace.open(session, info.cspace)
    vic = gunyah.Vic.open(session, info.vic)
    with pytest.raises(errors.ObjectConfigError):
        gunyah.Msgqueue.create(partition, cspace).activate()  # which is the end of it
    queue = gunyah.Msgqueue.create(partition, cspace)
    queue.configure(2, 8)
    queue.activate()
    queue.bind_receive_virq(vic, VIRQ(50))
    queue.send(b"12345678")
    queue.wait_not_empty(0)
    queue.unbind_receive_virq()
    assert queue.receive() == b"12345678"
    copy = cspace.copy(queue.capid, cspace, MsgqueueRight.SEND)
    sender = gunyah.Msgqueue.open(session, copy, 8)
    assert sender.message_size == 8 and sender.send(b"x")
    with pytest.raises(errors.InsufficientRightsError):
        sender.receive()
    cspace.revoke_children(queue.capid)
    with pytest.raises(errors.CapRevokedError):
        sender.send(b"x")
    cspace.delete(copy)
    with pytest.raises(errors.UnimplementedError):
        cspace.revoke(queue.capid)
    bell = gunyah.Doorbell.create(partition, cspace)
    bell.activate()
    bell.bind_virq(vic, VIRQ(51))
    assert bell.send(1) == 0
    bell.unbind_virq()
    space = gunyah.Cspace.create(partition, cspace)
    space.configure(16)
    space.activate()
    cspace.copy(bell.capid, space, DoorbellRight.SEND)


@pytest.mark.parametrize(
    ("as_manual", "expected"),
    [
        (False, gunyah.HypervisorError.ARGUMENT_INVALID),
        (True, gunyah.HypervisorError.CSPACE_CAP_NULL),
    ],
)
def test_as_recorded_and_as_the_manual_says(as_manual, expected):
    with gunyah.Simulator(as_manual=as_manual) as machine:
        calls = machine.add_vm().open().hypercalls
        assert calls.doorbell_reset(CapID(2**64 - 1)) is expected


def test_faults(gunyah_sim, gunyah_pair):
    gunyah_sim.add_fault(Hypercall.DOORBELL_SEND, gunyah.HypervisorError.BUSY, vm=gunyah_pair.sender.vm, nth=2)
    gunyah_pair.sender.bell.send(1)
    with pytest.raises(errors.BusyError):
        gunyah_pair.sender.bell.send(1)
    gunyah_pair.sender.bell.send(1)
    gunyah_sim.add_fault(count=0)
    with pytest.raises(errors.FailureError):
        gunyah_pair.sender.bell.send(1)
    gunyah_sim.clear_faults()
    gunyah_pair.sender.bell.send(1)
    with pytest.raises(errors.ArgumentInvalidError) as caught:
        gunyah_sim.add_fault(nth=0)
    assert caught.value.advice


def test_plans(gunyah_sim, gunyah_pair):
    gunyah_sim.add_plan("# Once.\nfault doorbell_send error=BUSY nth=1\n")
    with pytest.raises(errors.BusyError):
        gunyah_pair.sender.bell.send(1)
    gunyah_pair.sender.bell.send(1)
    with pytest.raises(errors.ArgumentInvalidError) as caught:
        gunyah_sim.add_plan("seed 1\nlost 41 often\n")
    assert caught.value.advice.startswith("line 2: ") and '"often"' in caught.value.advice
    gunyah_sim.seed_faults(1)
    gunyah_sim.add_fault(count=0, chance=500000)
    with pytest.raises(errors.FailureError):
        for _ in range(64):
            gunyah_pair.sender.bell.send(1)
    gunyah_sim.clear_faults()


def test_hazards(gunyah_sim, gunyah_pair):
    receiver, ring = gunyah_pair.receiver, gunyah_pair.sender.bell
    virq = VIRQ(42)

    def comes(within_ns=0):
        before = gunyah_sim.now
        try:
            receiver.session.wait([virq], within_ns)
        except errors.TimeoutError:
            return None
        return gunyah_sim.now - before

    def send():
        receiver.bell.receive(1)
        ring.send(1)

    gunyah_sim.add_hazard(SimHazardKind.VIRQ_LOST, vm=receiver.vm, virq=virq, nth=2)
    send()
    assert comes() is not None
    send()
    assert comes(10**9) is None
    gunyah_sim.add_hazard(SimHazardKind.VIRQ_LATE, virq=virq, after_ns=5000, spread_ns=1000)
    send()
    assert comes() is None and comes(10**9) >= 3000
    gunyah_sim.add_hazard(SimHazardKind.VIRQ_TWICE, vm=receiver.vm, after_ns=5000)
    send()
    assert comes() is not None and comes(10**9) is not None and comes(10**9) is None
    gunyah_sim.add_hazard(SimHazardKind.VIRQ_FLOOD, vm=receiver.vm, virq=virq, after_ns=100, count=2)
    assert comes(10**9) is not None and comes(10**9) is not None and comes(10**9) is None
    gunyah_sim.add_hazard(SimHazardKind.VIRQ_LOST, vm=gunyah_pair.sender.vm, count=0, chance=1_000_000)
    send()
    assert comes() is not None
    for wrong in ({"nth": 0}, {"chance": 1_000_001}, {"virq": VIRQ(31)}, {"spread_ns": 1}):
        with pytest.raises(errors.ArgumentInvalidError):
            gunyah_sim.add_hazard(SimHazardKind.VIRQ_LOST, **wrong)
    with pytest.raises(errors.ArgumentInvalidError):
        gunyah_sim.add_hazard(SimHazardKind.VIRQ_FLOOD)
    with pytest.raises(TypeError):
        gunyah_sim.add_hazard(SimHazardKind.VIRQ_LOST, virq=42)


def test_a_hypervisor_without_memory(maker):
    maker.machine.add_hazard(SimHazardKind.HEAP_EMPTY)
    with pytest.raises(errors.NoMemoryError):
        maker.make(gunyah.Doorbell)
    maker.make(gunyah.Doorbell)


def test_trouble_of_a_machine():
    with gunyah.Simulator(max_queue_depth=1) as sim:
        used = sim.heap_used
        vm = sim.add_vm()
        assert sim.heap_used > used
        vm.set_incoherent(True)
        with vm.open() as session:
            with pytest.raises(errors.InUseError):
                vm.set_incoherent(False)
            assert session
        vm.set_incoherent(False)


def test_snapshots(gunyah_sim, gunyah_pair):
    gunyah_pair.sender.bell.send(4)
    saved = gunyah_sim.snapshot()
    assert gunyah_pair.receiver.bell.receive(4) == 4
    gunyah_sim.restore(saved)
    assert gunyah_pair.receiver.bell.receive(4) == 4
    with pytest.raises(errors.ArgumentInvalidError):
        gunyah_sim.restore(bytes(len(saved)))
    with pytest.raises(errors.ArgumentSizeError):
        gunyah_sim.restore(saved[:-1])


def test_copies(gunyah_sim, gunyah_pair):
    gunyah_pair.sender.bell.send(4)
    saved = gunyah_sim.save()
    for other in (gunyah_sim.clone(), gunyah.Simulator.load(saved)):
        with other, gunyah.Session(other.find_vm(gunyah_pair.receiver.vm.info.vmid)) as session:
            with gunyah.Doorbell.open(session, gunyah_pair.receiver.bell.capid) as bell:
                assert bell.receive(4) == 4
            assert other.save() != saved
    assert gunyah_pair.receiver.bell.receive(4) == 4
    with pytest.raises(errors.FormatError) as caught:
        gunyah.Simulator.load(saved[:-1])
    assert caught.value.advice == "the save is cut off"
    with pytest.raises(errors.NoMemoryError):
        gunyah.Simulator.load(saved, memory=1000)


def test_the_same_seed_gives_the_same_trace():
    def run():
        lines = []
        with gunyah.Simulator(seed=7) as simulator:
            simulator.set_trace(lines.append)
            vm = simulator.add_vm("a")
            wire = simulator.connect_doorbell(vm, vm, virq=VIRQ(32))
            session = vm.open()
            gunyah.Doorbell.open(session, wire.send_cap).send(3)
        return lines

    assert run() == run() and any("doorbell_send" in line for line in run())


def test_candidates_and_machines_of_another_kind(gunyah_sim):
    vm = gunyah_sim.add_vm()
    with gunyah.Session([vm], convention=gunyah.Convention.IMMEDIATE) as session:
        assert session.identity.convention is gunyah.Convention.IMMEDIATE
        with pytest.raises(errors.InUseError):
            vm.open()
        with pytest.raises(errors.InUseError):
            gunyah_sim.close()
    with pytest.raises(errors.OptionError):
        gunyah.Session(vm, convention=gunyah.Convention.IMMEDIATE, conduit=gunyah.Conduit.SMC)
    with pytest.raises(errors.NoMemoryError):
        gunyah.Simulator(memory=1)
    with gunyah.Simulator(uid=[1, 2, 3, 4]) as stranger, pytest.raises(errors.NotGunyahError):
        stranger.add_vm().open()


def test_numbers_are_not_mixed_up():
    assert CapID(5) != VIRQ(5) != VMID(5)
    assert repr(CapID(16)) == "CapID(0x10)"
    for kind, bits in ((CapID, 64), (VMID, 16), (VIRQ, 32)):
        assert kind((1 << bits) - 1)
        for bad in (-1, 1 << bits):
            with pytest.raises(ValueError):
                kind(bad)
        with pytest.raises(TypeError):
            kind("1")
    assert VIRQ(32).is_bindable and not VIRQ(31).is_bindable and not VIRQ(1020).is_bindable


def test_every_error_has_an_exception():
    for error in gunyah.Error:
        if error != gunyah.Error.OK:
            kind = errors.BY_ERROR[error]
            assert kind.error is error and issubclass(kind, gunyah.GunyahError)
            assert getattr(errors, kind.__name__) is kind
    unknown = gunyah.Error(-999)
    assert unknown == -999 and "UNKNOWN" in unknown.name
    assert CapInfoBits.MASTER
