# SPDX-License-Identifier: BSD-3-Clause
"""Address spaces: what is seen where, who uses them, and which requests never reach the hypervisor."""

import pytest

import gunyah
from gunyah import Addrspace, Hypercall, Memextent, Thread, Vic, addrspace, errors
from gunyah.abi import VIC_MAX_VCPUS, AddrspaceRight, VicRight
from gunyah.enums import MemextentMemtype, MemextentSync, MemextentType, PgtableAccess, PgtableMemtype
from privileged import PAGE, stranger

R, RX, RW, RWX, X = (PgtableAccess[name] for name in ("R", "RX", "RW", "RWX", "X"))
WB = PgtableMemtype.NORMAL_WB
BASE = 0x100000


def seen(space, extent, ipa):
    found = space.lookup(extent, ipa, 16 * PAGE)
    assert found.ipa == ipa
    return found[1:]


def test_an_extent_is_mapped(any_maker):
    maker = any_maker
    space, extent = maker.addrspace(), maker.extent(4 * PAGE)
    space.map(extent, BASE)
    assert seen(space, extent, BASE) == (0, 4 * PAGE, RW, RW, WB)
    assert seen(space, extent, BASE + PAGE) == (PAGE, 3 * PAGE, RW, RW, WB)
    assert space.lookup(extent, BASE, PAGE).length == PAGE
    space.update_access(extent, BASE, RX, kernel_access=R, sync=MemextentSync.NO_SYNC)
    assert seen(space, extent, BASE) == (0, 4 * PAGE, RX, R, WB)
    space.update_access(extent, BASE, R)
    assert seen(space, extent, BASE)[2:4] == (R, R)
    space.unmap(extent, BASE)
    with pytest.raises(errors.AddrInvalidError):
        space.lookup(extent, BASE, PAGE)
    not_there = errors.ArgumentInvalidError if maker.as_manual else errors.AddrInvalidError
    with pytest.raises(not_there):
        space.unmap(extent, BASE)
    with pytest.raises(not_there):
        space.update_access(extent, BASE, R)


def test_what_an_extent_owns_shows(any_maker):
    maker = any_maker
    space, extent = maker.addrspace(), maker.sparse(4 * PAGE)
    space.map(extent, BASE, RWX, memtype=WB, offset=PAGE, length=3 * PAGE)
    with pytest.raises(errors.AddrInvalidError):
        space.lookup(extent, BASE, PAGE)
    extent.donate_from_partition(maker.partition, 2 * PAGE, PAGE)
    assert seen(space, extent, BASE + PAGE) == (2 * PAGE, PAGE, RWX, RWX, WB)
    part = {"offset": 2 * PAGE, "length": PAGE}
    if maker.as_manual:
        space.update_access(extent, BASE + PAGE, R, **part)
        assert seen(space, extent, BASE + PAGE)[2] is R
    else:
        with pytest.raises(errors.AddrInvalidError):
            space.update_access(extent, BASE + PAGE, R, **part)
    space.unmap(extent, BASE + PAGE, **part)
    with pytest.raises(errors.AddrInvalidError):
        space.lookup(extent, BASE + PAGE, PAGE)


def test_the_words_of_a_mapping(maker):
    """x3: the address; x4: accesses and memory type; x5: flags; x6 and x7: the part."""
    space, extent = maker.addrspace(), maker.sparse(4 * PAGE)
    for number in (Hypercall.ADDRSPACE_MAP, Hypercall.ADDRSPACE_UNMAP, Hypercall.ADDRSPACE_UPDATE_ACCESS):
        maker.script.say(number, 0)
    nc = PgtableMemtype.NORMAL_NC
    part = {"offset": PAGE, "length": 2 * PAGE, "sync": MemextentSync.NO_SYNC}
    space.map(extent, BASE, RX, kernel_access=R, memtype=nc, **part)
    space.update_access(extent, BASE, RWX, kernel_access=RW, **part)
    space.unmap(extent, BASE, **part)
    space.unmap(extent, BASE)
    flags = 1 << 31 | 1
    assert [call[3:8] for call in maker.script.calls] == [
        (BASE, int(nc) << 16 | 4 << 4 | 5, flags, PAGE, 2 * PAGE),
        (BASE, 6 << 4 | 7, flags, PAGE, 2 * PAGE),
        (BASE, flags, PAGE, 2 * PAGE, 0),
        (BASE, 0, 0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("ipa", "options", "error"),
    [
        (BASE, {"access": X}, errors.WouldCrashError),
        (BASE, {"access": RW, "kernel_access": R}, errors.WouldCrashError),
        (addrspace.END, {}, errors.AddrInvalidError),
        (addrspace.END - 3 * PAGE, {}, errors.AddrInvalidError),
        (2**64 - PAGE, {}, errors.AddrOverflowError),
        (BASE + 1, {}, errors.ArgumentAlignmentError),
        (BASE, {"offset": PAGE}, errors.ArgumentSizeError),
        (BASE, {"offset": PAGE, "length": 4 * PAGE}, errors.ArgumentSizeError),
        (BASE, {"length": 1}, errors.ArgumentAlignmentError),
        (BASE, {"access": PgtableAccess(8)}, errors.ArgumentInvalidError),
        (BASE, {"memtype": PgtableMemtype(4)}, errors.ArgumentInvalidError),
        (BASE, {"sync": MemextentSync(2)}, errors.ArgumentInvalidError),
    ],
)
def test_what_is_not_asked_for(maker, ipa, options, error):
    space, extent = maker.addrspace(), maker.extent(4 * PAGE)
    before = maker.session.call_count
    with pytest.raises(error) as caught:
        space.map(extent, ipa, **options)
    assert caught.value.domain is gunyah.Domain.LIBRARY and caught.value.advice
    assert maker.session.call_count == before
    space.map(extent, BASE)


def test_what_the_hypervisor_refuses_to_map(maker):
    space, readable = maker.addrspace(), maker.extent(PAGE, R)
    with pytest.raises(errors.ArgumentInvalidError):
        space.map(readable, BASE)
    with pytest.raises(errors.ObjectStateError):
        maker.make(Addrspace).map(readable, BASE, R)
    with pytest.raises(errors.MemextentTypeError):
        space.map(readable, BASE, R, length=PAGE)
    for place in range(4):
        space.map(readable, BASE + place * PAGE, R)
    with pytest.raises(errors.MappingsFullError):
        space.map(readable, BASE + 4 * PAGE, R)
    other = maker.extent()
    with pytest.raises(errors.NotOwnerError):
        space.lookup(other, BASE, PAGE)
    for ipa, size, error in (
        (BASE, 0, errors.ArgumentSizeError),
        (BASE, 1, errors.ArgumentAlignmentError),
        (2**64 - PAGE, 2 * PAGE, errors.AddrOverflowError),
    ):
        with pytest.raises(error):
            space.lookup(readable, ipa, size)
    readable.unmap_all()
    space.map(readable, BASE, R)


def test_each_has_a_vmid_of_its_own(maker):
    space = maker.make(Addrspace)
    for vmid in (0, 256, 0xFFFF):
        with pytest.raises(errors.ArgumentInvalidError):
            space.configure(gunyah.VMID(vmid))
    space.configure(gunyah.VMID(9))
    space.activate()
    again = maker.make(Addrspace)
    again.configure(gunyah.VMID(9))
    with pytest.raises(errors.BusyError):
        again.activate()
    with pytest.raises(TypeError):
        maker.make(Addrspace).configure(9)


def test_the_information_area(maker):
    space, page = maker.make(Addrspace), maker.extent()
    space.configure(gunyah.VMID(9))
    for wrong in (maker.extent(2 * PAGE), maker.extent(PAGE, R), maker.sparse(PAGE)):
        with pytest.raises(errors.ArgumentInvalidError):
            space.configure_info_area(wrong, BASE)
    for nowhere in (BASE + 1, addrspace.END):
        with pytest.raises(errors.AddrInvalidError):
            space.configure_info_area(page, nowhere)
    space.configure_info_area(page, BASE)
    space.activate()
    child = maker.make(Memextent)
    child.configure_derive(page, 0, PAGE)
    with pytest.raises(errors.BusyError):
        child.activate()
    with pytest.raises(errors.UnimplementedError):
        Addrspace.find_info_area(maker.session)
    maker.script.say(Hypercall.ADDRSPACE_FIND_INFO_AREA, 0, BASE, PAGE)
    assert Addrspace.find_info_area(maker.session) == (BASE, PAGE)


def test_ranges_that_exit(any_maker):
    maker = any_maker
    space = maker.make(Addrspace)
    space.add_vmmio_range(0x70000001, 1)
    if not maker.as_manual:  # whose ranges lie in the address space
        space.add_vmmio_range(addrspace.VMMIO_END - PAGE, PAGE)
    for ipa, size, error in (
        (0x70000000, 0, errors.ArgumentSizeError),
        (2**64 - 1, 1, errors.AddrOverflowError),
        (addrspace.VMMIO_END, 1, errors.ArgumentSizeError),
        (0x70000000, 2, errors.BusyError),
    ):
        with pytest.raises(error):
            space.add_vmmio_range(ipa, size)
    if maker.as_manual:
        space.remove_vmmio_range(0x70000001, 1)
        space.add_vmmio_range(0x70000000, 2)
    else:
        with pytest.raises(errors.BusyError):
            space.remove_vmmio_range(0x70000001, 1)


def test_ranges_that_overlap_never_reach_the_hypervisor(maker):
    space = maker.addrspace()
    space.add_vmmio_range(0x70001000, 2 * PAGE)
    before = maker.session.call_count
    with pytest.raises(errors.BusyError):
        space.add_vmmio_range(0x70000000, 2 * PAGE)
    assert maker.session.call_count == before
    for number in range(1, addrspace.MAX_VMMIO_RANGES):
        space.add_vmmio_range(BASE + number * PAGE, 16)
    with pytest.raises(errors.NoResourcesError):
        space.add_vmmio_range(BASE, 16)


def test_threads_and_devices(maker):
    space, fresh = maker.addrspace(), maker.make(Addrspace)
    for _ in range(VIC_MAX_VCPUS):
        space.attach_vcpu(maker.make(Thread))
    with pytest.raises(errors.NoMemoryError):
        space.attach_vcpu(maker.make(Thread))
    with pytest.raises(errors.ObjectStateError):
        fresh.attach_vcpu(maker.make(Thread))
    with pytest.raises(errors.WrongObjectTypeError):
        space.attach_vcpu(Thread.open(maker.session, maker.vic.capid))
    with pytest.raises(errors.WrongObjectTypeError):
        space.attach_vdma(maker.vic.capid, 0)


def test_registers_of_a_controller(maker):
    space, vic = maker.addrspace(), maker.make(Vic)
    vic.configure(2, 64)
    size = 16 * PAGE
    with pytest.raises(errors.ObjectStateError):
        space.attach_vdevice(vic, 0, 0x50000000, size)
    vic.activate()
    with pytest.raises(errors.ArgumentInvalidError):
        space.attach_vdevice(vic, 0, 0x50000000, size, last=True)
    weak = maker.weaken(vic, VicRight.BIND_SOURCE)
    with pytest.raises(errors.InsufficientRightsError):
        space.attach_vdevice(weak, 0, 0x50000000, size)
    space.attach_vdevice(vic, 0, 0x50000000, size)
    with pytest.raises(errors.BusyError):
        space.attach_vdevice(vic, 0, 0x60000000, size)
    for index, ipa, length, error in (
        (3, 0x60000000, size, errors.ArgumentInvalidError),
        (1, 0x60000000, size, errors.IdleError),
        (1, 0x60000000, 0, errors.ArgumentSizeError),
        (1, 0x50000000, size, errors.BusyError),
    ):
        with pytest.raises(error):
            space.attach_vdevice(vic, index, ipa, length, last=True)
    maker.script.say(Hypercall.ADDRSPACE_ATTACH_VDEVICE, 0)
    for number, last in enumerate((None, False, True)):
        space.attach_vdevice(vic, 1, 0x60000000 + number * size, size, last=last)
    assert [call[3:7] for call in maker.script.calls] == [
        (1, 0x60000000, size, 0),
        (1, 0x60000000 + size, size, 1),
        (1, 0x60000000 + 2 * size, size, 3),
    ]


def test_wrong_handles_and_rights(maker):
    space, extent = maker.addrspace(), maker.extent()
    weak = maker.weaken(space, AddrspaceRight.MAP)
    weak.map(extent, BASE)
    with pytest.raises(errors.InsufficientRightsError):
        weak.lookup(extent, BASE, PAGE)
    with pytest.raises(errors.WrongObjectTypeError):
        space.map(Memextent.open(maker.session, maker.vic.capid), BASE)
    far = stranger(maker.machine, Memextent)
    for call in (space.map, space.unmap, lambda e, ipa: space.lookup(e, ipa, PAGE), space.configure_info_area):
        with pytest.raises(errors.ArgumentInvalidError) as caught:
            call(far, BASE)
        assert caught.value.domain is gunyah.Domain.LIBRARY
        for wrong in (space, None, 5):
            with pytest.raises(TypeError):
                call(wrong, BASE)
    for call in (space.attach_vcpu, lambda t: space.attach_vdevice(t, 0, BASE, PAGE)):
        with pytest.raises(TypeError):
            call(extent)
    extent.close()
    with pytest.raises(errors.HandleError):
        space.unmap(extent, BASE)
    space.close()
    with pytest.raises(errors.HandleError):
        space.add_vmmio_range(BASE, PAGE)
    for wrong in (-1, 1 << 64):
        with pytest.raises(ValueError):
            weak.add_vmmio_range(wrong, PAGE)


def test_a_device_is_mapped_as_one(maker):
    space = maker.addrspace()
    extent = maker.extent(PAGE, RW, MemextentMemtype.DEVICE, MemextentType.BASIC)
    with pytest.raises(errors.ArgumentInvalidError):
        space.map(extent, BASE)
    space.map(extent, BASE, memtype=PgtableMemtype.DEVICE_NGNRE)
    assert space.lookup(extent, BASE, PAGE).memtype is PgtableMemtype.DEVICE_NGNRE
