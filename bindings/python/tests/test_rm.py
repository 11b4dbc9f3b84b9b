# SPDX-License-Identifier: BSD-3-Clause
"""The Resource Manager: VMs from their making to their end, memory parcels, interrupts, notifications."""

import gc
import weakref

import pytest

import gunyah
from gunyah import VIRQ, VMID, Access, Irq, Memory, Memparcel, Vdevice, Vm, VmConfig, VmImage, VmState, errors, events
from gunyah.abi import RmMemNotifyFlags
from gunyah.enums import (
    MemparcelTransaction,
    OsStatus,
    PgtableAccess,
    SimRmMischief,
    SimVdeviceType,
    VmExitCode,
    VmExitType,
    VmResourceType,
)

SIZE = 2 << 20
DEVICES = [
    Vdevice(SimVdeviceType.RM_RPC, console=True),
    Vdevice(SimVdeviceType.DOORBELL_SOURCE, 1),
    Vdevice(SimVdeviceType.MSGQUEUE_RECEIVER, 2),
]


def connect(vm):
    session = vm.open()
    return session, gunyah.ResourceManager.open(session, gunyah.RmOptions(*vm.rm_channel()))


@pytest.fixture
def made(gunyah_sim, gunyah_hlos):
    """A VM that is initialised, and its memory."""
    gunyah_sim.configure_vm(VmConfig("guest", vdevices=DEVICES))
    vm, memory = Vm.create(gunyah_hlos.rm), Memory(SIZE)
    access = [Access(vm.vmid, PgtableAccess.RWX)]
    parcel = Memparcel.create(gunyah_hlos.rm, access, [memory.region()], vm=vm).handle
    gc.collect()  # the handle of a parcel that goes with a VM lives as long
    vm.configure(VmImage(parcel, dtb_size=SIZE))
    vm.init()
    return vm, memory


def test_who_is_who(gunyah_hlos):
    rm = gunyah_hlos.rm
    assert (rm.vmid, rm.peers, rm.host_type) == (gunyah.HLOS, [], 0x1000164)
    with pytest.raises(errors.NoResourcesError):
        rm.identify(VMID(0x80))
    assert gunyah_hlos.vm.rm_reason
    with pytest.raises(errors.ArgumentSizeError):
        rm.lookup_name("")


def test_the_life_of_a_vm(gunyah_sim, gunyah_hlos, made):
    (vm, memory), hlos = made, gunyah_hlos.rm
    assert vm.status.state is VmState.READY
    vm.start()
    kinds = {(resource.type, resource.label) for resource in vm.resources}
    assert (VmResourceType.MSGQUEUE_SEND, 2) in kinds and (VmResourceType.DOORBELL_RECEIVE, 1) in kinds
    guest = gunyah_sim.find_vm(vm.vmid)
    session, rm = connect(guest)
    assert rm.owner == gunyah.HLOS and rm.identify().name == "guest" and hlos.lookup_name("guest") == [vm.vmid]
    queue = vm.open_msgqueue(2, sends=True)
    assert queue.send(b"hello") and queue.message_size == 240
    with pytest.raises(errors.RmLookupFailedError):
        vm.open_doorbell(7, sends=False)
    guest.write_memory(0x80000000, b"seen by both")
    assert bytes(memory.view[:12]) == b"seen by both" == guest.read_memory(0x80000000, 12)
    rm.set_crash_message("last words")
    assert hlos.crash_message(vm.vmid) == "last words"
    rm.console_open()
    hlos.console_open(vm.vmid)
    rm.console_write(b"$ \xff")
    told = list(hlos.events(10**6))
    assert [e.state for e in told if isinstance(e, events.VmStatusEvent)] == [
        VmState.INIT,
        VmState.READY,
        VmState.RUNNING,
    ]
    assert [e.text for e in told if isinstance(e, events.ConsoleEvent)] == [b"$ \xff"]
    rm.exit(VmExitCode.NORMAL)
    how = vm.exit_info()
    assert how.type is VmExitType.VM_EXIT and "normally" in how.text
    session.close()
    assert any(isinstance(e, events.VmExitedEvent) and e.vmid == vm.vmid for e in hlos.events())
    vm.destroy()
    assert vm.closed
    Vm.create(hlos).destroy()


def test_a_vm_has_a_clock(gunyah_sim, gunyah_hlos):
    gunyah_sim.configure_vm(VmConfig("guest", rtc=True, rtc_base=0x9010000, vdevices=DEVICES))
    vm = Vm.create(gunyah_hlos.rm)
    access = [Access(vm.vmid, PgtableAccess.RWX)]
    vm.configure(VmImage(Memparcel.create(gunyah_hlos.rm, access, [Memory(SIZE).region()], vm=vm).handle, dtb_size=SIZE))
    vm.init()
    vm.set_time_base(1700000000 * 10**9, 0)
    guest = gunyah_sim.find_vm(vm.vmid)
    with pytest.raises(errors.ObjectStateError):
        guest.read_register(0x9010000)
    vm.start()
    assert 0 <= guest.read_register(0x9010000) - 1700000000 < 2
    guest.write_register(0x9010008, 77)
    assert guest.read_register(0x9010008, 4) == 77
    with pytest.raises(errors.AddrInvalidError):
        guest.write_register(0x9010008, 78, size=8)
    assert guest.read_register(0x9010008) == 77


@pytest.mark.parametrize(("most", "fits"), [(0, False), (64, True)])
def test_how_many_vcpus_a_vm_can_have(most, fits):
    with gunyah.Simulator(max_vcpus=most) as machine:
        machine.add_rm()
        hlos = machine.add_vm(vmid=gunyah.HLOS)
        _, rm = connect(hlos)
        machine.configure_vm(VmConfig("guest", vcpus=33, vdevices=DEVICES))
        vm = Vm.create(rm)
        parcel = Memparcel.create(rm, [Access(vm.vmid, PgtableAccess.RWX)], [Memory(SIZE).region()], vm=vm)
        vm.configure(VmImage(parcel.handle, dtb_size=SIZE))
        if not fits:
            with pytest.raises(gunyah.GunyahError):
                vm.init()
            assert "vCPU" in hlos.rm_reason
            return
        vm.init()
        assert len([r for r in vm.resources if r.type is VmResourceType.VCPU]) == 33


def test_a_vm_is_stopped_and_reset(gunyah_hlos, made):
    vm, _ = made
    with pytest.raises(errors.ObjectStateError):
        vm.stop()
    vm.start()
    vm.stop(force=True)
    assert vm.wait().state is VmState.EXITED
    with pytest.raises(errors.InUseError):
        gunyah_hlos.rm.close()
    vm.reset()
    assert vm.wait([VmState.RESET]).state is VmState.RESET
    with pytest.raises(errors.TimeoutError):
        vm.wait([VmState.RUNNING], 1000)
    vm.destroy()
    gunyah_hlos.rm.close()


def test_what_remains(gunyah_sim, gunyah_hlos, made):
    vm, _ = made
    vm.start()
    gunyah_sim.add_rm_fault(gunyah.RmRequest.VM_STOP)
    with pytest.raises(errors.DeniedError) as caught:
        vm.destroy(10**9)
    assert vm.remains.step == "stop" and vm.remains.status.state is VmState.RUNNING and not vm.closed
    assert caught.value.domain is gunyah.Domain.RM and caught.value.call == "VM_STOP"
    vm.destroy()


def test_parcels_of_a_vm_end_with_it(gunyah_hlos):
    rm, memory = gunyah_hlos.rm, Memory(4096)
    vm = Vm.create(rm)
    access = [Access(vm.vmid, PgtableAccess.RWX)]
    parcel = Memparcel.create(rm, access, [memory.region()], label=1, vm=vm)
    vm.destroy()
    assert parcel.closed
    with pytest.raises(errors.HandleError):
        parcel.reclaim()
    other = Memparcel.create(rm, [Access(VMID(4), PgtableAccess.R)], [memory.region()])
    del parcel, vm
    gc.collect()
    other.reclaim()


def test_memory_that_two_vms_share(gunyah_sim, gunyah_hlos):
    session, other = connect(gunyah_sim.add_vm("other", vmid=VMID(4)))
    memory = Memory(2 * 4096)
    access = [Access(gunyah.HLOS, PgtableAccess.RW), Access(VMID(4), PgtableAccess.RW)]
    share = MemparcelTransaction.SHARE
    mine = Memparcel.create(gunyah_hlos.rm, access, [memory.region(4096), memory.region(0, 4096)], share, label=7)
    mine.notify(RmMemNotifyFlags.SHARED, 1, [VMID(4)])
    event = next(e for e in other.events(10**6) if isinstance(e, events.MemSharedEvent))
    assert (event.parcel, event.label, event.owner, event.tag) == (mine.handle, 7, gunyah.HLOS, 1)
    theirs = Memparcel.open(other, gunyah.Offer(event.parcel, event.transaction, label=event.label))
    assert [region.size for region in theirs.accept(access=access)] == [4096, 4096]
    with pytest.raises(errors.RmMemInuseError):
        mine.reclaim()
    theirs.release()
    with pytest.raises(errors.ObjectStateError):
        theirs.release()
    theirs.close()
    mine.reclaim()
    assert mine.closed
    with pytest.raises(errors.ArgumentAlignmentError):
        Memparcel.create(gunyah_hlos.rm, access, [gunyah.MemoryRegion(1, 4096)], share)
    with pytest.raises(ValueError):
        memory.region(4096, 4097)


def test_a_donated_parcel_has_no_handle(gunyah_sim, gunyah_hlos):
    _, other = connect(gunyah_sim.add_vm("other", vmid=VMID(4)))
    access, donate = [Access(VMID(4), PgtableAccess.RWX)], MemparcelTransaction.DONATE
    mine = Memparcel.create(gunyah_hlos.rm, access, [Memory(4096).region()], donate)
    theirs = Memparcel.open(other, gunyah.Offer(mine.handle, donate))
    theirs.accept()
    assert theirs.closed
    mine.close()


def test_a_parcel_that_can_be_neither_made_nor_unmade_is_handed_out(gunyah_sim, gunyah_hlos):
    gunyah_sim.add_rm_fault(gunyah.RmRequest.MEM_APPEND)
    gunyah_sim.add_rm_fault(gunyah.RmRequest.MEM_RECLAIM)
    memory = Memory(1200 * 4096)
    regions = [memory.region(8192 * i, 4096) for i in range(600)]
    with pytest.raises(errors.DeniedError) as caught:
        Memparcel.create(gunyah_hlos.rm, [Access(VMID(4), PgtableAccess.R)], regions)
    assert caught.value.call == "MEM_APPEND"
    caught.value.left.reclaim()


def test_a_parcel_keeps_its_connection(gunyah_sim, gunyah_hlos):
    session, rm = connect(gunyah_sim.add_vm("other", vmid=VMID(4)))
    parcel = Memparcel.open(rm, gunyah.Offer(77))
    rm.begin(gunyah.RmRequest.VM_GET_VMID)  # whose buffers are the connection's
    alive = weakref.ref(rm)
    del rm
    gc.collect()
    assert alive() is not None
    with pytest.raises(errors.BusyError):
        parcel.accept()
    del parcel
    gc.collect()
    assert alive() is None
    assert [close() for close in session._abandoned] == [0, 0]
    session._abandoned.clear()


def test_an_interrupt_is_lent(gunyah_sim):
    gunyah_sim.add_rm()
    lender = gunyah_sim.add_vm("hlos", vmid=gunyah.HLOS, hwirq_first=VIRQ(33), hwirq_count=1)
    _, mine = connect(lender)
    _, other = connect(gunyah_sim.add_vm("other", vmid=VMID(4)))
    lent = Irq.lend(mine, VMID(4), VIRQ(33), 5)
    lent.notify()
    event = next(e for e in other.events(10**6) if isinstance(e, events.IrqLentEvent))
    assert (event.owner, event.handle, event.label) == (gunyah.HLOS, lent.handle, 5)
    borrowed = Irq.open(other, event.handle)
    assert borrowed.accept() == VIRQ(33)
    with pytest.raises(errors.RmInUseError):
        lent.reclaim()
    borrowed.release()
    borrowed.close()
    lent.reclaim()
    with pytest.raises(errors.RmIrqInvalidError):
        Irq.lend(mine, VMID(4), VIRQ(34))


def test_any_message(gunyah_hlos):
    rm = gunyah_hlos.rm
    assert rm.call(gunyah.RmRequest.VM_GET_VMID) == b"\x03\0\0\0"
    rm.begin(gunyah.RmRequest.VM_GET_VMID)
    with pytest.raises(errors.BusyError):
        rm.begin(gunyah.RmRequest.VM_GET_VMID)
    with pytest.raises(errors.TimeoutError):
        rm.finish(0)
    gc.collect()
    assert rm.finish() == b"\x03\0\0\0"
    rm.begin(gunyah.RmRequest.VM_GET_VMID)
    rm.cancel()
    with pytest.raises(errors.ObjectStateError):
        rm.finish()
    with pytest.raises(errors.WouldCrashError):
        rm.call(gunyah.RmRequest.VM_DEALLOCATE, b"\x80\0\0\0")
    with pytest.raises(errors.UnimplementedError):
        rm.call(0x12345678)
    with pytest.raises(errors.BufferTooSmallError):
        rm.call(gunyah.RmRequest.VM_GET_VMID, capacity=2)
    assert (rm.counters.requests, rm.counters.replies, rm.counters.malformed) == (5, 4, 0)


def test_mischief(gunyah_sim, gunyah_hlos):
    gunyah_sim.add_rm_fault(gunyah.RmRequest.VM_ALLOCATE, value=gunyah.RmErrorCode.NOMEM)
    with pytest.raises(errors.NoMemoryError):
        Vm.create(gunyah_hlos.rm)
    gunyah_sim.add_rm_fault(mischief=SimRmMischief.DIE)
    with pytest.raises(errors.TimeoutError):
        gunyah_hlos.rm.vmid
    with pytest.raises(errors.TimeoutError):
        gunyah_hlos.rm.set_status(OsStatus.BOOT)
