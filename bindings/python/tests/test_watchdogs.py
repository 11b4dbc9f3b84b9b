# SPDX-License-Identifier: BSD-3-Clause
"""Watchdogs: what their owner gives them, and what a VM does with its own."""

import pytest
from privileged import Maker, stranger
from test_rm import DEVICES, SIZE, connect

import gunyah
from gunyah import VIRQ, Access, Feature, Hypercall, Memory, Memparcel, OwnWatchdog, Vm, VmConfig, VmImage, VmState
from gunyah import Thread, Watchdog, WatchdogStatus, errors
from gunyah.abi import WATCHDOG_MAX_TIME_MS, WatchdogRight
from gunyah.enums import PgtableAccess, VmAuth, VmExitType, VmResourceType

MS = 10**6
SMCCC = 0xFFFFFFFF  # what an observer has in the place of a hypercall's number
PAS_ID = 28


@pytest.fixture
def keeper():
    """A privileged VM of a hypervisor that has watchdogs."""
    with Maker(as_manual=True) as maker:
        assert maker.session.has(Feature.WATCHDOG)
        yield maker


def active(maker):
    watchdog = maker.make(Watchdog)
    watchdog.configure()
    watchdog.activate()
    return watchdog


def test_there_are_none(maker):
    assert not maker.session.has(Feature.WATCHDOG)
    with pytest.raises(errors.UnimplementedError) as caught:
        maker.make(Watchdog)
    assert caught.value.call == "partition_create_watchdog"
    own = OwnWatchdog(maker.session)
    for call in (own.enable, own.disable, own.pet, lambda: own.set_times(1, 2), lambda: own.status):
        with pytest.raises(errors.UnimplementedError):
            call()


def test_an_owner_keeps_a_watchdog(keeper):
    watchdog, thread = keeper.make(Watchdog), keeper.thread()
    watchdog.configure(critical_bite=True)
    watchdog.configure()
    with pytest.raises(errors.ObjectStateError):
        watchdog.attach_vcpu(thread)
    watchdog.activate()
    for late in (watchdog.activate, watchdog.configure):
        with pytest.raises(errors.ObjectStateError):
            late()
    watchdog.attach_vcpu(thread)
    watchdog.attach_vcpu(thread)
    thread.activate()
    with pytest.raises(errors.ObjectStateError):
        watchdog.attach_vcpu(thread)
    watchdog.freeze()
    watchdog.freeze_and_reset()
    watchdog.unfreeze()
    watchdog.unfreeze()
    with pytest.raises(errors.BusyError):
        watchdog.unfreeze()


def test_interrupts_of_a_watchdog(keeper):
    watchdog, other = active(keeper), active(keeper)
    watchdog.bind_bark_virq(keeper.vic, VIRQ(40))
    watchdog.bind_bite_virq(keeper.vic, VIRQ(41))
    for bind in (watchdog.bind_bark_virq, watchdog.bind_bite_virq):
        with pytest.raises(errors.VirqBoundError):
            bind(keeper.vic, VIRQ(42))
    with pytest.raises(errors.BusyError):
        other.bind_bite_virq(keeper.vic, VIRQ(40))
    with pytest.raises(errors.ArgumentInvalidError):
        other.bind_bark_virq(keeper.vic, VIRQ(31))
    watchdog.unbind_bark_virq()
    watchdog.unbind_bark_virq()
    other.bind_bite_virq(keeper.vic, VIRQ(40))
    watchdog.unbind_bite_virq()
    other.bind_bark_virq(keeper.vic, VIRQ(41))


def test_the_words_of_an_owner(keeper):
    watchdog = Watchdog.open(keeper.session, gunyah.CapID(0x24))
    vic = keeper.vic.capid.value
    for name in ("CONFIGURE", "BIND_VIRQ", "UNBIND_VIRQ", "MANAGE"):
        keeper.script.say(Hypercall[f"WATCHDOG_{name}"], 0)
    watchdog.configure(critical_bite=True)
    watchdog.configure()
    watchdog.bind_bark_virq(keeper.vic, VIRQ(40))
    watchdog.bind_bite_virq(keeper.vic, VIRQ(40))
    watchdog.unbind_bark_virq()
    watchdog.unbind_bite_virq()
    watchdog.freeze()
    watchdog.freeze_and_reset()
    watchdog.unfreeze()
    assert [call[1:5] for call in keeper.script.calls] == [
        (0x24, 1, 0, 0),
        (0x24, 0, 0, 0),
        (0x24, vic, 40, 0),
        (0x24, vic, 40, 1),
        (0x24, 0, 0, 0),
        (0x24, 1, 0, 0),
        (0x24, 0, 0, 0),
        (0x24, 1, 0, 0),
        (0x24, 2, 0, 0),
    ]


def test_the_words_of_a_vm(maker):
    own = OwnWatchdog(maker.session)
    maker.script.say(SMCCC, 0, 1 << 31 | 1, 77)
    own.set_times(WATCHDOG_MAX_TIME_MS, 1000)
    own.set_times(bite_ms=7)
    own.set_times(7)
    own.enable()
    own.pet()
    own.disable()
    assert own.status == WatchdogStatus(True, True, 77)
    assert [call[:3] for call in maker.script.calls] == [
        (0x86000008, 32767, 1000),
        (0x86000008, 0xFFFF, 7),
        (0x86000008, 7, 0xFFFF),
        (0x86000005, 3, 0),
        (0x86000007, 0, 0),
        (0x86000005, 2, 0),
        (0x86000006, 0, 0),
    ]
    for wrong in (WATCHDOG_MAX_TIME_MS + 1, 1 << 31):
        with pytest.raises(errors.ArgumentInvalidError) as caught:
            own.set_times(wrong)
        assert caught.value.domain is gunyah.Domain.LIBRARY
    for wrong in (-1, 1 << 32):
        with pytest.raises(ValueError):
            own.set_times(bite_ms=wrong)
    with pytest.raises(TypeError):
        OwnWatchdog(maker.vm)
    maker.session.close()
    with pytest.raises(errors.HandleError):
        own.pet()


@pytest.fixture
def kept():
    """A VM that its platform authenticates runs, and has a watchdog; and the machine."""
    with gunyah.Simulator(as_manual=True) as machine:
        machine.add_rm()
        hlos = machine.add_vm("hlos", vmid=gunyah.HLOS)
        _, rm = connect(hlos)
        machine.configure_vm(VmConfig("guest", vdevices=DEVICES))
        vm = Vm.create(rm)
        parcel = Memparcel.create(rm, [Access(vm.vmid, PgtableAccess.RWX)], [Memory(SIZE).region()], vm=vm)
        vm.configure(VmImage(parcel.handle, dtb_size=SIZE, authentication=VmAuth.PLATFORM))
        vm.authenticate(PAS_ID)
        vm.init()
        vm.start()
        yield machine, vm, OwnWatchdog(machine.find_vm(vm.vmid).open())


def test_a_vm_pets_its_watchdog_and_forgets_it(kept):
    machine, vm, own = kept
    assert not own.status.enabled and not own.status.expired
    own.set_times(1000, 2000)
    own.enable()
    machine.advance(900 * MS)
    status = own.status
    assert (status.enabled, status.expired) == (True, False) and 900 <= status.since_pet_ms < 930
    own.pet()
    machine.advance(1500 * MS)
    assert own.status.expired
    own.pet()
    assert not own.status.expired
    machine.advance(2100 * MS)
    assert vm.wait().state is VmState.EXITED
    assert vm.exit_info().type is VmExitType.WATCHDOG_BITE


def test_a_vm_that_is_not_run_is_not_bitten(kept):
    machine, vm, own = kept
    (cap,) = [resource.cap for resource in vm.resources if resource.type is VmResourceType.WATCHDOG]
    watchdog = Watchdog.open(vm._owner, cap)
    own.set_times(1000, 2000)
    own.enable()
    watchdog.freeze_and_reset()
    machine.advance(10_000 * MS)
    assert not own.status.expired
    watchdog.unfreeze()
    machine.advance(500 * MS)
    own.disable()
    machine.advance(10_000 * MS)
    assert vm.status.state is VmState.RUNNING and not own.status.enabled


def test_rights_and_wrong_handles(keeper):
    watchdog, thread = active(keeper), keeper.make(Thread)
    for right, call in (
        (WatchdogRight.ATTACH_VCPU, lambda w: w.attach_vcpu(thread)),
        (WatchdogRight.BIND_VIRQ, lambda w: w.bind_bark_virq(keeper.vic, VIRQ(40))),
        (WatchdogRight.BIND_VIRQ, lambda w: w.unbind_bark_virq()),
        (WatchdogRight.BIND_VIRQ, lambda w: w.unbind_bite_virq()),
    ):
        call(keeper.weaken(watchdog, right))
        with pytest.raises(errors.InsufficientRightsError):
            call(keeper.weaken(watchdog, sum(WatchdogRight) - right))
    with pytest.raises(errors.WrongObjectTypeError):
        Watchdog.open(keeper.session, keeper.vic.capid).freeze()
    with pytest.raises(errors.ArgumentInvalidError) as caught:
        watchdog.attach_vcpu(stranger(keeper.machine, Thread))
    assert caught.value.domain is gunyah.Domain.LIBRARY
    for wrong in (keeper.vic, None):
        with pytest.raises(TypeError):
            watchdog.attach_vcpu(wrong)
    for bind in (watchdog.bind_bark_virq, watchdog.bind_bite_virq):
        with pytest.raises(TypeError):
            bind(watchdog, VIRQ(40))
    watchdog.close()
    for call in (watchdog.freeze, watchdog.unbind_bite_virq, watchdog.close):
        with pytest.raises(errors.HandleError):
            call()
