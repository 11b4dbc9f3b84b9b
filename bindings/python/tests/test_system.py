# SPDX-License-Identifier: BSD-3-Clause
"""What a VM may ask of the hypervisor without any capability."""

import pytest

from gunyah import Hypercall, HypervisorError, errors, system
from gunyah.abi import PRNG_CALLS_PER_WINDOW, PRNG_MAX_BYTES, PRNG_WINDOW_NS
from gunyah.enums import TraceClass


def test_entropy(gunyah_sim):
    session = gunyah_sim.add_vm().open()
    drawn = [system.entropy(session) for _ in range(PRNG_CALLS_PER_WINDOW)]
    assert len(set(drawn)) == PRNG_CALLS_PER_WINDOW and {len(piece) for piece in drawn} == {PRNG_MAX_BYTES}
    with pytest.raises(errors.BusyError):
        system.entropy(session)
    gunyah_sim.advance(PRNG_WINDOW_NS)
    for size in (1, 5, PRNG_MAX_BYTES):
        assert len(system.entropy(session, size)) == size
    for size in (0, PRNG_MAX_BYTES + 1):
        with pytest.raises(errors.ArgumentSizeError):
            system.entropy(session, size)
    for size in (-1, 1 << 64):
        with pytest.raises(ValueError):
            system.entropy(session, size)
    with pytest.raises(TypeError):
        system.entropy(session, "16")


def test_zeros_are_random_too(maker):
    maker.script.say(Hypercall.PRNG_GET_ENTROPY, 0, 0, 0x33000022, 0)
    assert system.entropy(maker.session, 9) == b"\0\0\0\0\x22\0\0\x33\0"


def test_what_is_traced(gunyah_sim):
    one, two = gunyah_sim.add_vm().open(), gunyah_sim.add_vm().open()
    before = system.trace_classes(one)
    fixed = {TraceClass.ERROR, TraceClass.LOG_BUFFER}
    assert system.trace_classes(one, clear=TraceClass) == before & fixed
    far = TraceClass(40)  # which has no name
    assert system.trace_classes(one, set=[TraceClass.PSCI, far]) == before & fixed | {TraceClass.PSCI, far}
    assert system.trace_classes(two, set=[far], clear=[far, TraceClass.PSCI]) == before & fixed | {far}
    assert system.trace_classes(one) == before & fixed | {far}
    for wrong in ([1], [None], 1):
        with pytest.raises(TypeError):
            system.trace_classes(one, set=wrong)
    for wrong in (-1, 64):
        with pytest.raises(ValueError):
            system.trace_classes(one, clear=[TraceClass(wrong)])
    gunyah_sim.add_fault(Hypercall.TRACE_UPDATE_CLASS_FLAGS, HypervisorError.DENIED)
    with pytest.raises(errors.DeniedError):
        system.trace_classes(one)


def test_yielding(gunyah_sim):
    session = gunyah_sim.add_vm().open()
    system.scheduler_yield(session)
    assert session.counters.by_number[Hypercall.SCHEDULER_YIELD] == 1
    gunyah_sim.add_fault(Hypercall.SCHEDULER_YIELD, HypervisorError.UNIMPLEMENTED)
    with pytest.raises(errors.UnimplementedError):
        system.scheduler_yield(session)


@pytest.mark.parametrize("call", [system.scheduler_yield, system.entropy, system.trace_classes])
def test_sessions(gunyah_sim, call):
    vm = gunyah_sim.add_vm()
    session = vm.open()
    for wrong in (vm, None):
        with pytest.raises(TypeError):
            call(wrong)
    session.close()
    with pytest.raises(errors.HandleError):
        call(session)
