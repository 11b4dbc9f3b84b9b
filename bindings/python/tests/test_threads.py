# SPDX-License-Identifier: BSD-3-Clause
"""vCPUs as objects and power groups: what they are given, their lives, and what they say when they stop."""

import pytest

import gunyah
from gunyah import VIRQ, Hypercall, Thread, ThreadExit, Vic, VpmGroup, errors
from gunyah.abi import VCPU_MAX_PRIORITY, VCPU_MAX_TIMESLICE_NS, VCPU_MIN_TIMESLICE_NS, VIC_MAX_VCPUS
from gunyah.abi import CspaceRight, ThreadRight, VicRight, VpmGroupRight
from gunyah.enums import VcpuRegisterSet, VcpuRunResumeAction, VcpuRunState, VcpuRunWakeupFrom, VpmState
from privileged import Maker, stranger

ENTRY = 0x1000
X, PC, SP_EL = VcpuRegisterSet.X, VcpuRegisterSet.PC, VcpuRegisterSet.SP_EL
State = VcpuRunState


def active(maker, **options):
    thread = maker.thread(**options)
    thread.activate()
    return thread


def test_a_thread_lives(maker):
    thread = active(maker, vcpu_run_scheduled=True)
    assert (thread.run_check().state, thread.run().state) == (State.POWERED_OFF, State.POWERED_OFF)
    thread.write_register(PC, 0, ENTRY)
    thread.write_register(X, 30, 2**64 - 1)
    thread.write_register(SP_EL, 1, 0x10)
    thread.power_on(None, 7)
    for again in (lambda: thread.power_on(ENTRY), lambda: thread.write_register(X, 0, 1)):
        with pytest.raises(errors.BusyError):
            again()
    assert thread.run_check().state is State.BLOCKED
    assert thread.run().state is State.READY
    thread.yield_to()
    for last in (True, False):
        with pytest.raises(errors.ArgumentInvalidError):
            thread.power_off(last)
    thread.kill()
    ended = thread.run(5)
    assert (ended.state, ended.exited, ended.data) == (State.POWERED_OFF, True, (1, 0, 0))
    thread.kill()  # which is no error once more
    with pytest.raises(errors.ObjectStateError):
        thread.write_register(X, 0, 1)


def test_a_thread_is_killed_once_in_the_manual():
    with Maker(as_manual=True) as maker:
        thread = active(maker)
        thread.bind_wakeup_virq(maker.vic, VIRQ(40))
        thread.power_on(ENTRY)
        thread.kill()
        for again in (thread.kill, thread.run, thread.run_check):
            with pytest.raises(errors.ObjectStateError):
                again()


def test_who_runs_a_thread(maker):
    thread = active(maker)
    with pytest.raises(errors.BusyError):
        thread.run()
    thread.power_on(ENTRY, 1)
    assert thread.run_check().state is State.READY
    thread.bind_wakeup_virq(maker.vic, VIRQ(40))
    assert thread.run().state is State.READY
    thread.unbind_wakeup_virq()
    assert thread.run().state is State.READY
    with pytest.raises(errors.ArgumentInvalidError) as caught:
        thread.run(action=VcpuRunResumeAction(3))
    assert caught.value.domain is gunyah.Domain.LIBRARY


def test_interrupts_of_a_thread(maker):
    thread, other = active(maker), active(maker)
    thread.bind_halt_virq(maker.vic, VIRQ(40))
    with pytest.raises(errors.VirqBoundError):
        thread.bind_halt_virq(maker.vic, VIRQ(41))
    for bind in (other.bind_halt_virq, other.bind_wakeup_virq):
        with pytest.raises(errors.BusyError):
            bind(maker.vic, VIRQ(40))
    with pytest.raises(errors.ArgumentInvalidError):
        other.bind_halt_virq(maker.vic, VIRQ(31))
    thread.unbind_halt_virq()
    other.bind_wakeup_virq(maker.vic, VIRQ(40))


def test_limits(maker):
    thread = maker.make(Thread)
    thread.set_priority(VCPU_MAX_PRIORITY)
    thread.set_timeslice(VCPU_MIN_TIMESLICE_NS)
    for cpu in (0, VIC_MAX_VCPUS - 1, None):
        thread.set_affinity(cpu)
    for wrong, error in (
        (lambda: thread.set_priority(VCPU_MAX_PRIORITY + 1), errors.DeniedError),
        (lambda: thread.set_timeslice(VCPU_MIN_TIMESLICE_NS - 1), errors.ArgumentInvalidError),
        (lambda: thread.set_timeslice(VCPU_MAX_TIMESLICE_NS + 1), errors.ArgumentInvalidError),
        (lambda: thread.set_affinity(VIC_MAX_VCPUS), errors.WouldCrashError),
        (lambda: thread.set_affinity(2**32 - 1), errors.WouldCrashError),
        (lambda: thread.write_register(X, 31, 0), errors.ArgumentInvalidError),
        (lambda: thread.write_register(PC, 0, 2), errors.ArgumentInvalidError),
        (lambda: thread.write_register(SP_EL, 1, 8), errors.ArgumentInvalidError),
        (lambda: thread.write_register(VcpuRegisterSet(3), 0, 0), errors.ArgumentInvalidError),
    ):
        with pytest.raises(error) as caught:
            wrong()
        assert caught.value.domain is gunyah.Domain.LIBRARY and caught.value.advice
    for wrong in (-1, 1 << 32):
        with pytest.raises(ValueError):
            thread.set_affinity(wrong)


def test_the_shortest_slice_of_the_manual():
    with Maker(as_manual=True) as maker:
        thread = maker.make(Thread)
        with pytest.raises(errors.ArgumentInvalidError) as caught:
            thread.set_timeslice(999_999)
        assert caught.value.domain is gunyah.Domain.HYPERVISOR
        thread.set_timeslice(1_000_000)


def test_options(maker):
    with pytest.raises(errors.ObjectConfigError):
        active(maker, pinned=True)
    pinned = maker.thread(pinned=True, debug_allowed=True, trace_allowed=True, ras_error_handler=True)
    pinned.set_affinity(1)
    pinned.activate()
    with pytest.raises(errors.DeniedError):
        pinned.set_affinity(2)
    for option in ("sve_allowed", "hlos_vm"):
        with pytest.raises(errors.ObjectConfigError):
            active(maker, **{option: True})
    with pytest.raises(errors.ObjectStateError):
        pinned.configure()
    with pytest.raises(TypeError):
        maker.make(Thread).configure(critical=True)  # which this library does not set


def test_each_option_has_its_bit(maker):
    bits = {
        "pinned": 0,
        "ras_error_handler": 1,
        "amu_counting_disabled": 2,
        "sve_allowed": 3,
        "debug_allowed": 4,
        "trace_allowed": 5,
        "vcpu_run_scheduled": 9,
        "hlos_vm": 63,
    }
    thread = maker.make(Thread)
    maker.script.say(Hypercall.VCPU_CONFIGURE, 0)
    for option in bits:
        thread.configure(**{option: True})
    thread.configure()
    assert [call[2] for call in maker.script.calls] == [*(1 << bit for bit in bits.values()), 0]


def test_what_a_thread_needs(maker):
    with pytest.raises(errors.ObjectConfigError):
        maker.make(Thread).activate()
    one, two, vic = maker.thread(), maker.thread(), maker.make(Vic)
    vic.configure(2, 32)
    with pytest.raises(errors.ObjectStateError):
        vic.attach_vcpu(one, 0)
    vic.activate()
    with pytest.raises(errors.ArgumentInvalidError):
        vic.attach_vcpu(one, 2)
    for thread in (one, two):
        vic.attach_vcpu(thread, 0)
        vic.attach_vcpu(thread, 1)
    one.activate()
    with pytest.raises(errors.BusyError):
        two.activate()
    for late in (lambda: vic.attach_vcpu(one, 0), lambda: maker.cspace.attach_thread(one)):
        with pytest.raises(errors.ObjectStateError):
            late()


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ((0, 0, 0, 0), {"state": State.READY}),
        ((1, 0, 1, 0), {"state": State.EXPECTS_WAKEUP, "wakeup_from": VcpuRunWakeupFrom.WFI}),
        (
            (1, 0x40000003, 2, 0),
            {
                "state": State.EXPECTS_WAKEUP,
                "wakeup_from": VcpuRunWakeupFrom.PSCI_CPU_SUSPEND,
                "suspend_state": 0x40000003,
            },
        ),
        ((2, 1, 0, 0), {"state": State.POWERED_OFF, "exited": True}),
        ((3, 0, 0, 0), {"state": State.BLOCKED}),
        ((4, 0x60000001, 8, 0), {"state": State.ADDRSPACE_VMMIO_READ, "address": 0x60000001, "length": 8}),
        (
            (5, 0x60000100, 4, 0xABCD),
            {"state": State.ADDRSPACE_VMMIO_WRITE, "address": 0x60000100, "length": 4, "value": 0xABCD},
        ),
        ((6, 0, 0, 0), {"state": State.FAULT}),
        ((7, 0x90000000, 5, 6), {"state": State.ADDRSPACE_PAGE_FAULT, "address": 0x90000000}),
        ((256, 1 << 63, 0, 0), {"state": State.PSCI_SYSTEM_RESET}),
        (
            (256, 0x4000000080000005, 0x77, 0),
            {"state": State.PSCI_SYSTEM_RESET, "is_reset2": True, "reset_type": 0x80000005, "reset_cookie": 0x77},
        ),
        ((99, 1, 2, 3), {"state": State(99)}),
    ],
)
def test_what_a_thread_says(maker, words, fields):
    nothing = ThreadExit(State.READY, 0, 0, 0, VcpuRunWakeupFrom.UNSPECIFIED, 0, False, False, 0, 0, (0, 0, 0))
    expected = nothing._replace(data=words[1:], **fields)
    thread = maker.make(Thread)
    for number in (Hypercall.VCPU_RUN, Hypercall.VCPU_RUN_CHECK):
        maker.script.say(number, 0, *words)
    assert (thread.run(), thread.run_check()) == (expected, expected)
    assert "UNKNOWN" in State(99).name


def test_how_a_thread_goes_on(maker):
    thread = maker.make(Thread)
    for name in ("VCPU_RUN", "VCPU_POWERON", "VCPU_POWEROFF", "VCPU_SET_AFFINITY", "SCHEDULER_YIELD"):
        maker.script.say(Hypercall[name], 0)
    thread.run(0x123456789ABCDEF0, action=VcpuRunResumeAction.FAULT)
    thread.power_on(ENTRY, 7)
    thread.power_on(None, 7)
    thread.power_on(ENTRY, None)
    thread.power_on(None, None)
    thread.power_off(True)
    thread.power_off(False)
    thread.set_affinity(3)
    thread.set_affinity(None)
    thread.yield_to()
    cap, no_word = thread.capid.value, 2**64 - 1
    assert [call[1:5] for call in maker.script.calls] == [
        (cap, 0x123456789ABCDEF0, 2, 0),
        (cap, ENTRY, 7, 0),
        (cap, 0, 7, 1),
        (cap, ENTRY, 0, 2),
        (cap, 0, 0, 3),
        (cap, 1, 0, 0),
        (cap, 0, 0, 0),
        (cap, 3, no_word, 0),
        (cap, 0xFFFF, no_word, 0),
        (1, cap, 0, 0),
    ]


def test_rights_of_threads(maker):
    thread = maker.make(Thread)
    for call, right in (
        (lambda t: t.configure(), ThreadRight.ACTIVATE),
        (lambda t: t.set_priority(10), ThreadRight.PRIORITY),
        (lambda t: t.set_timeslice(VCPU_MAX_TIMESLICE_NS), ThreadRight.TIMESLICE),
        (lambda t: t.set_affinity(2), ThreadRight.AFFINITY),
        (lambda t: t.write_register(X, 0, 5), ThreadRight.WRITE_CONTEXT),
    ):
        call(maker.weaken(thread, right))
        with pytest.raises(errors.InsufficientRightsError):
            call(maker.weaken(thread, sum(ThreadRight) - right))
        with pytest.raises(errors.WrongObjectTypeError):
            call(Thread.open(maker.session, maker.cspace.capid))
    weak = maker.weaken(thread, sum(ThreadRight) - ThreadRight.ACTIVATE)
    weak_cspace = maker.weaken(maker.cspace, sum(CspaceRight) - CspaceRight.ATTACH)
    weak_vic = maker.weaken(maker.vic, sum(VicRight) - VicRight.ATTACH_VCPU)
    for attach in (
        lambda: maker.cspace.attach_thread(weak),
        lambda: maker.vic.attach_vcpu(weak, 0),
        lambda: weak_cspace.attach_thread(thread),
        lambda: weak_vic.attach_vcpu(thread, 0),
    ):
        with pytest.raises(errors.InsufficientRightsError):
            attach()


def test_wrong_handles(maker):
    thread, group = maker.make(Thread), maker.make(VpmGroup)
    far = stranger(maker.machine, Thread)
    attaching = (maker.cspace.attach_thread, lambda t: maker.vic.attach_vcpu(t, 0), lambda t: group.attach_vcpu(t, 0))
    for attach in attaching:
        with pytest.raises(errors.ArgumentInvalidError) as caught:
            attach(far)
        assert caught.value.domain is gunyah.Domain.LIBRARY
        for wrong in (maker.vic, maker.session, None, 5):
            with pytest.raises(TypeError):
                attach(wrong)
    for bind in (thread.bind_halt_virq, thread.bind_wakeup_virq, group.bind_virq):
        for vic, virq in ((group, VIRQ(40)), (maker.vic, 40), (None, VIRQ(40))):
            with pytest.raises(TypeError):
                bind(vic, virq)
    with pytest.raises(ValueError):
        maker.vic.attach_vcpu(thread, -1)
    with maker.make(Thread) as closed:
        pass
    for attach in attaching:
        with pytest.raises(errors.HandleError):
            attach(closed)
    for call in (closed.run, closed.run_check, closed.kill, closed.configure, closed.yield_to, closed.close):
        with pytest.raises(errors.HandleError):
            call()
    group.close()
    with pytest.raises(errors.HandleError):
        group.state


# ---- power groups


def make_group(maker, **options):
    group = maker.make(VpmGroup)
    group.configure(**options)
    group.activate()
    return group


@pytest.mark.parametrize("no_aggregation", [False, True])
def test_the_state_of_a_group(maker, no_aggregation):
    group, thread = make_group(maker, no_aggregation=no_aggregation), maker.thread(vcpu_run_scheduled=True)
    group.attach_vcpu(thread, 0)
    thread.activate()
    thread.power_on(ENTRY)
    assert group.state is VpmState.CPUS_SUSPENDED
    thread.run()
    assert group.state is (VpmState.CPUS_SUSPENDED if no_aggregation else VpmState.RUNNING)
    again = VpmGroup.open(maker.session, group.capid)
    maker.script.say(Hypercall.VPM_GROUP_GET_STATE, 0, 3)
    assert again.state is VpmState.SYSTEM_SUSPENDED


def test_a_group_has_places(maker):
    group, one, two = make_group(maker), maker.thread(), maker.thread()
    for index, domain in ((VIC_MAX_VCPUS, gunyah.Domain.HYPERVISOR), (0x10000, gunyah.Domain.LIBRARY)):
        with pytest.raises(errors.ArgumentInvalidError) as caught:
            group.attach_vcpu(one, index)
        assert caught.value.domain is domain
    group.attach_vcpu(one, 3)
    group.attach_vcpu(two, 3)
    one.activate()
    with pytest.raises(errors.DeniedError):
        two.activate()
    with pytest.raises(errors.ObjectStateError):
        group.attach_vcpu(one, 0)
    fresh = maker.make(VpmGroup)
    with pytest.raises(errors.ObjectStateError):
        fresh.state
    fresh.activate()
    for late in (fresh.activate, fresh.configure):
        with pytest.raises(errors.ObjectStateError):
            late()


def test_the_interrupt_of_a_group(any_maker):
    maker = any_maker
    group, other = make_group(maker), make_group(maker)
    group.bind_virq(maker.vic, VIRQ(40))
    with pytest.raises(errors.VirqBoundError):
        group.bind_virq(maker.vic, VIRQ(41))
    with pytest.raises(errors.BusyError):
        other.bind_virq(maker.vic, VIRQ(40))
    maker.cspace.delete(group.capid)
    if maker.as_manual:
        other.bind_virq(maker.vic, VIRQ(40))
    else:
        with pytest.raises(errors.BusyError):
            other.bind_virq(maker.vic, VIRQ(40))
        other.bind_virq(maker.vic, VIRQ(41))
    other.unbind_virq()
    other.unbind_virq()
    weak = maker.weaken(other, VpmGroupRight.QUERY)
    assert weak.state is VpmState.CPUS_SUSPENDED
    for call in (weak.unbind_virq, weak.configure, lambda: weak.bind_virq(maker.vic, VIRQ(42))):
        with pytest.raises(errors.InsufficientRightsError):
            call()


# ---- controllers


def test_affinities(maker):
    vic = maker.make(Vic)
    vic.set_mpidr_mapping(0xFF)
    vic.set_mpidr_mapping(0x707, (0, 3, 0, 0), mt=True)
    for mask, shifts in ((0xFFFF, (0, 8, 0, 0)), (0xFF, (1, 0, 0, 0)), (0xFF, (32, 0, 0, 0))):
        with pytest.raises(errors.ArgumentInvalidError):
            vic.set_mpidr_mapping(mask, shifts)
    for shifts in ((), (0, 0, 0), (0, 0, 0, 0, 0), (-1, 0, 0, 0), (0, 0, 0, 1 << 32)):
        with pytest.raises(ValueError):
            vic.set_mpidr_mapping(0xFF, shifts)
    with pytest.raises(errors.ObjectStateError):
        maker.vic.set_mpidr_mapping(0xFF)
    maker.script.say(Hypercall.VGIC_SET_MPIDR_MAPPING, 0)
    vic.set_mpidr_mapping(0x0F00070707, [0, 3, 6, 9], mt=True)
    assert maker.script.calls[0][1:8] == (vic.capid.value, 0x0F00070707, 0, 3, 6, 9, 1)


def test_no_source_of_messages(maker):
    with pytest.raises(errors.WrongObjectTypeError):
        maker.vic.bind_msi_source(maker.cspace.capid)
    with pytest.raises(TypeError):
        maker.vic.bind_msi_source(maker.cspace)
