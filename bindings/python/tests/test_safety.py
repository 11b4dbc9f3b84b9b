# SPDX-License-Identifier: BSD-3-Clause
"""Whatever a program does wrong is an exception, never a crash."""

import gc
import pickle
import threading

import pytest

import gunyah
from gunyah import VIRQ, VMID, CapID, Doorbell, Msgqueue, errors


@pytest.mark.parametrize(
    "wrong",
    [
        lambda p: p.sender.queue.send("text"),
        lambda p: p.sender.queue.send(None),
        lambda p: p.sender.bell.send("1"),
        lambda p: p.sender.bell.send(1.5),
        lambda p: p.sender.bell.send(VIRQ(5)),
        lambda p: p.receiver.bell.wait(1, "forever"),
        lambda p: Doorbell.open(p.sender.session, 5),
        lambda p: Doorbell.open(p.sender.session, VIRQ(5)),
        lambda p: Doorbell.open(p.sender.vm, CapID(5)),
        lambda p: Doorbell.open(p.sender.session, CapID(5), virq=5),
        lambda p: Doorbell.create(p.sender.bell, p.sender.bell),
        lambda p: p.sender.queue.bind_send_virq(p.sender.bell, VIRQ(40)),
        lambda p: p.sender.session.wait([40]),
        lambda p: gunyah.Session("sim"),
        lambda p: Doorbell(),
        lambda p: gunyah.ResourceManager.open(p.sender.session, None),
        lambda p: gunyah.Vm.open(p.sender.session, 3),
    ],
)
def test_wrong_types(gunyah_pair, wrong):
    with pytest.raises((TypeError, AttributeError)):
        wrong(gunyah_pair)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda s, p: p.sender.bell.send(1 << 64),
        lambda s, p: p.sender.bell.send(-1),
        lambda s, p: p.receiver.bell.wait(1, -1),
        lambda s, p: s.add_vm("a\0b"),
        lambda s, p: s.advance(1 << 64),
        lambda s, p: p.sender.session.call(1 << 32),
    ],
)
def test_numbers_and_texts_that_do_not_fit(gunyah_sim, gunyah_pair, wrong):
    with pytest.raises(ValueError):
        wrong(gunyah_sim, gunyah_pair)


def test_closed_handles(gunyah_sim, gunyah_pair):
    bell, queue, session = gunyah_pair.sender.bell, gunyah_pair.sender.queue, gunyah_pair.sender.session
    bell.close()
    assert bell.closed and not queue.closed
    for call in (bell.close, lambda: bell.send(1), lambda: bell.capid):
        with pytest.raises(errors.HandleError, match="closed"):
            call()
    session.close()
    assert queue.closed
    uses = (lambda: queue.send(b"x"), queue.receive, queue.close, lambda: session.identity, lambda: session.call(0))
    for call in (session.close, *uses):
        with pytest.raises(errors.HandleError, match="closed"):
            call()
    with queue, bell:
        pass
    gunyah_sim.close_sessions()
    gunyah_sim.close()
    vm = gunyah_pair.sender.vm
    for call in (gunyah_sim.close, lambda: gunyah_sim.now, lambda: vm.info, vm.open, lambda: gunyah_sim.add_vm("late")):
        with pytest.raises(errors.HandleError, match="closed"):
            call()


def test_a_handle_that_was_used_again_is_not_the_old_one(gunyah_pair):
    session, cap = gunyah_pair.sender.session, gunyah_pair.sender.bell.capid
    old = Doorbell.open(session, cap)
    old.close()
    new = Doorbell.open(session, cap)  # in the same memory
    with pytest.raises(errors.HandleError):
        old.send(1)
    del old
    gc.collect()
    assert new.send(1) == 0


def test_handles_of_two_sessions(gunyah_sim):
    sessions = [gunyah_sim.add_vm(privileged=True) for _ in range(2)]
    infos = [vm.info for vm in sessions]
    sessions = [vm.open() for vm in sessions]
    partition = gunyah.Partition.open(sessions[0], infos[0].partition)
    with pytest.raises(errors.ArgumentInvalidError):
        Doorbell.create(partition, gunyah.Cspace.open(sessions[1], infos[1].cspace))


def test_what_is_forgotten_is_given_back(gunyah_pair):
    session, cap = gunyah_pair.sender.session, gunyah_pair.sender.bell.capid
    for _ in range(1000):
        Doorbell.open(session, cap)
    gc.collect()
    assert len(session._abandoned) == 1  # by the next call: this may have been a callback
    assert gunyah_pair.sender.bell.send(1) == 0
    assert not session._abandoned


def test_what_a_trace_raises_comes_out_of_the_call(gunyah_sim, gunyah_pair):
    def broken(line):
        raise KeyError(line)

    gunyah_sim.set_trace(broken)
    with pytest.raises(KeyError, match="vIRQ 42"):
        gunyah_pair.sender.bell.send(1)
    gunyah_sim.set_trace(None)
    assert gunyah_pair.sender.bell.send(1) == 1  # the call was made


@pytest.mark.parametrize("misuse", ["simulator", "session", "handle", "tree"])
def test_a_callback_may_not_use_the_library(gunyah_sim, gunyah_pair, misuse):
    uses = {
        "simulator": lambda: gunyah_sim.now,
        "session": lambda: gunyah_pair.sender.session.call_count,
        "handle": lambda: gunyah_pair.receiver.bell.receive(1),
        "tree": lambda: gunyah.lint(b""),
    }
    gunyah_sim.set_trace(lambda line: uses[misuse]())
    with pytest.raises(RuntimeError, match="inside"):
        gunyah_pair.sender.bell.send(1)
    gunyah_sim.set_trace(None)


class Watcher(gunyah.Observer):
    def __init__(self):
        self.calls = []
        self.keep = False
        self.broken = False

    def before(self, event):
        self.calls.append(event.number)
        if self.broken:
            raise ZeroDivisionError
        event.answer[0] = gunyah.HypervisorError.BUSY
        return self.keep

    def after(self, event):
        if not self.keep and event.number == gunyah.Hypercall.DOORBELL_SEND:
            event.answer[1] = 99


def test_observers(gunyah_sim):
    vm, watcher = gunyah_sim.add_vm(), Watcher()
    wire = gunyah_sim.connect_doorbell(vm, vm)
    session = vm.open(observer=watcher)
    bell = Doorbell.open(session, wire.send_cap)
    assert bell.send(1) == 99
    assert watcher.calls[-1] == gunyah.Hypercall.DOORBELL_SEND
    watcher.keep = True
    with pytest.raises(errors.BusyError):
        bell.send(1)
    assert session.counters.answered_by_observer == 1
    watcher.broken = True
    with pytest.raises(ZeroDivisionError):
        bell.send(1)
    with pytest.raises(ZeroDivisionError):
        session.call(0)
    session.close()
    with pytest.raises(ZeroDivisionError):
        vm.open(observer=watcher)
    watcher.broken = False
    gc.collect()
    vm.open(observer=None)


def test_two_vms_in_two_threads():
    with gunyah.Simulator(threads=2) as simulator:
        sender, receiver = simulator.add_vm("sender"), simulator.add_vm("receiver")
        wire = simulator.connect_msgqueue(sender, receiver, depth=2, send_virq=VIRQ(40), receive_virq=VIRQ(41))
        got, failed = [], []

        def receive():
            try:
                with receiver.open() as session:
                    queue = Msgqueue.open(session, wire.receive_cap, 240, receive_virq=VIRQ(41))
                    while len(got) < 200:
                        queue.wait_not_empty()
                        got.extend(queue.drain())
            except BaseException as error:
                failed.append(error)
            finally:
                simulator.thread_done()

        thread = threading.Thread(target=receive)
        thread.start()
        with sender.open() as session:
            queue = Msgqueue.open(session, wire.send_cap, 240, send_virq=VIRQ(40))
            for number in range(200):
                while True:
                    try:
                        queue.send(number.to_bytes(2, "little"))
                        break
                    except errors.FullError:
                        queue.wait_not_full()
        simulator.thread_done()
        thread.join()
        assert not failed and [int.from_bytes(data, "little") for data in got] == list(range(200))


def test_many_threads_in_one_session(gunyah_sim, gunyah_pair):
    gunyah_sim.set_trace(None)
    bell, cap, session = gunyah_pair.sender.bell, gunyah_pair.sender.bell.capid, gunyah_pair.sender.session
    failed = []

    def work():
        try:
            for _ in range(300):
                bell.send(1)
                with Doorbell.open(session, cap) as other:
                    other.send(2)
                Doorbell.open(session, cap)
        except BaseException as error:
            failed.append(error)

    before = session.call_count
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert session.call_count == before + 2400


BEGIN = """
import threading, gunyah
sim = gunyah.Simulator()
vm = sim.add_vm("a")
wire = sim.connect_doorbell(vm, vm, virq=gunyah.VIRQ(40))
session = vm.open()
bell = gunyah.Doorbell.open(session, wire.receive_cap, gunyah.VIRQ(40))
"""


@pytest.mark.parametrize(
    "end",
    [
        "",
        "sim.set_trace(print)",
        "circle = [session]; circle.append(circle); bell.other = circle; del sim, vm, session, bell, circle",
        "del sim, vm\nimport gc; gc.collect()\nprint(session.identity.backend)",
        "import os; os._exit(0)",
        "session.close(); del session",
    ],
)
def test_the_interpreter_ends_with_open_handles(run_python, end):
    done = run_python(BEGIN + end)
    assert done.returncode == 0 and done.stderr == "", done.stderr


def test_the_interpreter_ends_while_a_thread_waits(run_python):
    wait = """
sim = gunyah.Simulator(threads=2)
vm = sim.add_vm("a")
wire = sim.connect_doorbell(vm, vm, virq=gunyah.VIRQ(40))
session = vm.open()
bell = gunyah.Doorbell.open(session, wire.receive_cap, gunyah.VIRQ(40))
thread = threading.Thread(target=lambda: bell.wait(1), daemon=True)
thread.start()
while session._lock.acquire(blocking=False):
    session._lock.release()
try:
    session.close()
except gunyah.errors.InUseError:
    print("in use")
"""
    done = run_python(BEGIN + wait)
    assert (done.returncode, done.stdout, done.stderr) == (0, "in use\n", "")


def test_no_library(run_python):
    done = run_python("import gunyah", GUNYAH_FFI_LIBRARY="/nowhere/libgunyah-ffi.so")
    assert done.returncode == 1
    assert "GUNYAH_FFI_LIBRARY" in done.stderr and "ImportError" in done.stderr


def test_a_library_without_some_functions():
    from gunyah._library import Library

    with pytest.raises(errors.UnsupportedError, match="gunyah_dt_open: the library was built without this"):
        Library(None).gunyah_dt_open  # the process itself, which has none of them
    with pytest.raises(AttributeError):
        Library(None).gunyah_there_is_no_such_function


def test_another_version_of_the_library():
    from gunyah._library import check_version

    check_version(gunyah._ffi.GUNYAH_VERSION + 1, "x.so")
    with pytest.raises(ImportError, match="x.so has version 0.2"):
        check_version(0x200, "x.so")


def test_an_exception_can_be_pickled(gunyah_pair):
    with pytest.raises(errors.EmptyError) as caught:
        gunyah_pair.receiver.queue.receive()
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is errors.EmptyError and str(again) == str(caught.value)


def test_memory_that_is_not_there(gunyah_sim):
    vm = gunyah_sim.add_vm()
    for found in (vm, gunyah_sim.find_vm(vm.vmid)):
        with pytest.raises(errors.AddrInvalidError):
            found.read_memory(0x1000, 16)
        with pytest.raises(errors.AddrInvalidError):
            found.write_memory(0x1000, b"x")
    with pytest.raises(errors.ArgumentInvalidError):
        gunyah_sim.find_vm(VMID(77))
