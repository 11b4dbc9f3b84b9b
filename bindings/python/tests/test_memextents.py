# SPDX-License-Identifier: BSD-3-Clause
"""Memory extents: what they own, what is given from one to another, and what they refuse."""

import pytest

import gunyah
from gunyah import Addrspace, CapID, Memextent, Partition, errors
from gunyah.abi import MemextentRight
from gunyah.enums import MemextentMemtype, MemextentSync, MemextentType, PgtableAccess
from gunyah.memextent import PAGE_SIZE
from privileged import PAGE, Maker, stranger

BASIC, SPARSE = MemextentType.BASIC, MemextentType.SPARSE
ANY, DEVICE = MemextentMemtype.ANY, MemextentMemtype.DEVICE
RW, RWX = PgtableAccess.RW, PgtableAccess.RWX


def test_a_basic_extent_owns_its_range(maker):
    assert PAGE_SIZE == PAGE
    base = maker.take(4 * PAGE)
    extent, other = maker.make(Memextent), maker.make(Memextent)
    assert extent.size == 0 and isinstance(extent.capid, CapID)
    with pytest.raises(errors.ObjectConfigError):
        maker.make(Memextent).activate()
    extent.configure(base, 2 * PAGE)
    extent.configure(base, 4 * PAGE, RW, ANY, BASIC)
    assert extent.size == 4 * PAGE
    extent.activate()
    other.configure(base + 3 * PAGE, PAGE)
    with pytest.raises(errors.NotOwnerError) as caught:
        other.activate()
    assert caught.value.domain is gunyah.Domain.HYPERVISOR
    with pytest.raises(errors.ObjectStateError):
        extent.configure(base, 4 * PAGE)
    extent.zero_range(0, 4 * PAGE)
    extent.cache_clean_range(PAGE, PAGE)
    extent.cache_flush_range(3 * PAGE, PAGE)
    extent.unmap_all()
    extent.unmap_all(MemextentSync.NO_SYNC)
    extent.sync_all()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((0, 0), errors.ArgumentInvalidError),
        ((0x800, PAGE), errors.ArgumentAlignmentError),
        ((0, 0x800), errors.ArgumentAlignmentError),
        ((2**64 - PAGE, 2 * PAGE), errors.ArgumentInvalidError),
        ((0, PAGE, PgtableAccess.NONE), errors.ArgumentInvalidError),
        ((0, PAGE, PgtableAccess(8)), errors.ArgumentInvalidError),
        ((0, PAGE, RW, MemextentMemtype.CACHED), errors.ArgumentInvalidError),
        ((0, PAGE, RW, ANY, MemextentType(2)), errors.ArgumentInvalidError),
    ],
)
def test_what_an_extent_cannot_be(maker, arguments, error):
    extent = maker.make(Memextent)
    with pytest.raises(error) as caught:
        extent.configure(*arguments)
    assert caught.value.domain is gunyah.Domain.LIBRARY and extent.size == 0
    extent.configure(maker.take(PAGE), PAGE)
    extent.activate()


@pytest.mark.parametrize("name", ["zero_range", "cache_clean_range", "cache_flush_range"])
def test_ranges_lie_inside(maker, name):
    extent = maker.extent(2 * PAGE)
    function = getattr(extent, name)
    function(PAGE, PAGE)
    for offset, size, error in (
        (0, 0, errors.ArgumentSizeError),
        (PAGE, 2 * PAGE, errors.ArgumentInvalidError),
        (0x10, PAGE, errors.ArgumentAlignmentError),
    ):
        with pytest.raises(error):
            function(offset, size)
    for_devices = maker.extent(PAGE, RW, DEVICE)
    with pytest.raises(errors.DeniedError):
        getattr(for_devices, name)(0, PAGE)


def test_what_is_done_to_which_range(maker):
    """The words of the calls, as the ABI has them: the operation in x2, the range in x3 and x4."""
    extent = maker.extent(4 * PAGE)
    maker.script.say(0x30, 0)
    extent.unmap_all()
    extent.unmap_all(MemextentSync.NO_SYNC)
    extent.zero_range(PAGE, 2 * PAGE)
    extent.cache_clean_range(PAGE, PAGE)
    extent.cache_flush_range(2 * PAGE, PAGE)
    extent.sync_all()
    no_sync = 1 << 31
    assert [call[2:5] for call in maker.script.calls] == [
        (0, 0, 0),
        (no_sync, 0, 0),
        (1 | no_sync, PAGE, 2 * PAGE),
        (2 | no_sync, PAGE, PAGE),
        (3 | no_sync, 2 * PAGE, PAGE),
        (255, 0, 0),
    ]


def test_a_part_of_another_one(any_maker):
    maker = any_maker
    parent = maker.extent(4 * PAGE, RWX, ANY)
    child = maker.child(parent, PAGE, 2 * PAGE, RW, DEVICE)
    assert child.size == 2 * PAGE
    other = maker.make(Memextent)
    other.configure_derive(parent, 2 * PAGE, PAGE)
    with pytest.raises(errors.NotOwnerError):
        other.activate()
    outside = maker.make(Memextent)
    for arguments, error in (
        ((0, 0), errors.ArgumentInvalidError),
        ((0x10, PAGE), errors.ArgumentAlignmentError),
        ((3 * PAGE, 2 * PAGE), errors.AddrInvalidError),
    ):
        with pytest.raises(error):
            outside.configure_derive(parent, *arguments)
    with pytest.raises(errors.WouldCrashError) as caught:
        outside.configure_derive(parent, 0, PAGE, PgtableAccess.X)
    assert caught.value.domain is gunyah.Domain.LIBRARY and caught.value.advice


def test_memory_goes_to_sparse_extents_and_back(any_maker):
    maker = any_maker
    root = maker.sparse(4 * PAGE)
    assert root.size == 4 * PAGE
    one, two = (maker.child(root, 0, 4 * PAGE, RWX, ANY, SPARSE) for _ in range(2))
    root.donate_from_partition(maker.partition, 0, 3 * PAGE)
    with pytest.raises(errors.NotOwnerError):
        root.donate_from_partition(maker.partition, 2 * PAGE, 2 * PAGE)
    root.donate_to_child(one, PAGE, 2 * PAGE, MemextentSync.NO_SYNC)
    root.sync_all()
    with pytest.raises(errors.NotOwnerError):
        root.donate_to_partition(maker.partition, PAGE, PAGE)
    one.donate_to_sibling(two, 2 * PAGE, PAGE)
    with pytest.raises(errors.NotOwnerError):
        one.donate_to_parent(root, 2 * PAGE, PAGE)
    one.donate_to_parent(root, PAGE, PAGE)
    two.donate_to_parent(root, 2 * PAGE, PAGE)
    root.donate_to_partition(maker.partition, 0, 3 * PAGE)
    with pytest.raises(errors.NotOwnerError):
        root.donate_to_partition(maker.partition, 0, PAGE)


def test_the_words_of_a_donation(maker):
    """x1: who gives, and whether it waits; x2 and x3: from and to; x4 and x5: the range."""
    root = maker.sparse(4 * PAGE)
    one, two = (maker.child(root, 0, 4 * PAGE, RWX, ANY, SPARSE) for _ in range(2))
    maker.script.say(gunyah.Hypercall.MEMEXTENT_DONATE, 0)
    arguments = PAGE, 2 * PAGE, MemextentSync.NO_SYNC
    root.donate_from_partition(maker.partition, *arguments)
    root.donate_to_partition(maker.partition, *arguments)
    root.donate_to_child(one, *arguments)
    one.donate_to_parent(root, *arguments)
    one.donate_to_sibling(two, *arguments)
    root.donate_to_child(one, PAGE, 2 * PAGE)
    to_child, to_parent, to_sibling, no_sync = 0, 1, 2, 1 << 31
    assert [call[1:4] for call in maker.script.calls] == [
        (to_child | no_sync, maker.partition.capid.value, root.capid.value),
        (to_parent | no_sync, root.capid.value, maker.partition.capid.value),
        (to_child | no_sync, root.capid.value, one.capid.value),
        (to_parent | no_sync, one.capid.value, root.capid.value),
        (to_sibling | no_sync, one.capid.value, two.capid.value),
        (to_child, root.capid.value, one.capid.value),
    ]
    assert {call[4:6] for call in maker.script.calls} == {(PAGE, 2 * PAGE)}


def test_who_can_give_to_whom(maker):
    root, basic = maker.sparse(2 * PAGE), maker.extent(2 * PAGE)
    child = maker.child(root, 0, PAGE, RWX, ANY, SPARSE)
    for give, error in (
        (lambda: basic.donate_from_partition(maker.partition, 0, PAGE), errors.MemextentTypeError),
        (lambda: child.donate_to_partition(maker.partition, 0, PAGE), errors.WrongObjectTypeError),
        (lambda: child.donate_to_sibling(child, 0, PAGE), errors.ArgumentInvalidError),
        (lambda: root.donate_from_partition(maker.partition, 0, 0), errors.ArgumentSizeError),
        (lambda: root.donate_from_partition(maker.partition, 1, PAGE), errors.ArgumentAlignmentError),
        (lambda: root.donate_from_partition(maker.partition, 2 * PAGE, PAGE), errors.ArgumentInvalidError),
        (lambda: root.donate_from_partition(maker.partition, 0, PAGE, 2), errors.ArgumentInvalidError),
    ):
        with pytest.raises(error):
            give()


def test_what_is_not_finished_is_deleted_again(maker):
    def create():
        return Memextent.create_sparse(maker.partition, maker.cspace, maker.take(PAGE), PAGE)

    create()
    used = maker.machine.heap_used
    maker.machine.add_fault(gunyah.Hypercall.OBJECT_ACTIVATE, gunyah.HypervisorError.NOMEM)
    with pytest.raises(errors.NoMemoryError) as caught:
        create()
    assert caught.value.left is None and maker.machine.heap_used == used
    with pytest.raises(errors.ArgumentAlignmentError):
        Memextent.create_sparse(maker.partition, maker.cspace, 1, PAGE, RW, DEVICE)


def test_an_extent_that_somebody_else_made(maker):
    made = maker.extent(2 * PAGE)
    known, unknown = (Memextent.open(maker.session, made.capid, size) for size in (2 * PAGE, 0))
    assert (known.capid, known.size, unknown.size) == (made.capid, 2 * PAGE, 0)
    known.zero_range(PAGE, PAGE)
    with pytest.raises(errors.ArgumentInvalidError):
        known.zero_range(PAGE, 2 * PAGE)
    with pytest.raises(errors.ArgumentAlignmentError):
        Memextent.open(maker.session, made.capid, PAGE + 1)
    weak = maker.weaken(made, MemextentRight.ATTACH)
    with pytest.raises(errors.InsufficientRightsError):
        weak.zero_range(0, PAGE)
    with pytest.raises(errors.WrongObjectTypeError):
        Memextent.open(maker.session, maker.vic.capid).unmap_all()
    with pytest.raises(errors.ArgumentInvalidError):
        Memextent.open(maker.session, gunyah.CAPID_INVALID).activate()


def test_wrong_handles(maker):
    extent = maker.extent()
    far = stranger(maker.machine, Partition)
    for wrong in (maker.vic, None, 5, maker.session):
        with pytest.raises(TypeError):
            extent.configure_derive(wrong, 0, PAGE)
        with pytest.raises(TypeError):
            extent.donate_to_child(wrong, 0, PAGE)
        with pytest.raises(TypeError):
            extent.donate_from_partition(wrong, 0, PAGE)
        with pytest.raises(TypeError):
            Memextent.create(wrong, maker.cspace)
        with pytest.raises(TypeError):
            Memextent.create_sparse(maker.partition, wrong, 0, PAGE)
    for call in (extent.donate_from_partition, extent.donate_to_partition):
        with pytest.raises(errors.ArgumentInvalidError) as caught:
            call(far, 0, PAGE)
        assert caught.value.domain is gunyah.Domain.LIBRARY
    with pytest.raises(TypeError):
        extent.zero_range("0", PAGE)
    with pytest.raises(ValueError):
        extent.zero_range(-PAGE, PAGE)
    with pytest.raises(ValueError):
        Memextent.open(maker.session, extent.capid, 1 << 64)


def test_closed_handles(maker):
    parent = maker.extent(2 * PAGE)
    with maker.make(Memextent) as child:
        child.configure_derive(parent, 0, PAGE)
    assert child.closed and not parent.closed
    parent.close()
    for call in (
        child.activate,
        child.sync_all,
        child.close,
        lambda: child.size,
        lambda: child.capid,
        lambda: child.zero_range(0, PAGE),
        lambda: child.donate_from_partition(maker.partition, 0, PAGE),
        lambda: maker.make(Memextent).configure_derive(parent, 0, PAGE),
    ):
        with pytest.raises(errors.HandleError):
            call()


@pytest.mark.parametrize("kind", [Memextent, Addrspace, gunyah.Thread, gunyah.VpmGroup, gunyah.VirtioMmio])
def test_nothing_outlives_its_session(kind):
    with Maker() as maker:
        handle, left = maker.make(kind), maker.make(kind)
        maker.session.close()
        assert handle.closed
        for call in (handle.activate, handle.close, lambda: handle.capid, lambda: maker.make(kind)):
            with pytest.raises(errors.HandleError):
                call()
        del left  # which is nobody's business any more
        with pytest.raises(TypeError):
            kind()
    with pytest.raises(errors.HandleError):
        kind.open(maker.session, CapID(1))


@pytest.mark.parametrize("kind", [Memextent, Addrspace, gunyah.Thread, gunyah.VpmGroup, gunyah.VirtioMmio])
def test_objects_are_made_by_who_may(kind):
    with Maker() as maker:
        weak = maker.weaken(maker.cspace, int(gunyah.abi.CspaceRight.CAP_COPY))
        with pytest.raises(errors.InsufficientRightsError):
            kind.create(maker.partition, weak)
        with pytest.raises(errors.ArgumentInvalidError):
            kind.create(maker.partition, stranger(maker.machine, gunyah.Cspace))
        with pytest.raises(errors.WrongObjectTypeError):
            kind.create(Partition.open(maker.session, maker.vic.capid), maker.cspace)
        maker.machine.add_fault(error=gunyah.HypervisorError.NOMEM)
        with pytest.raises(errors.NoMemoryError):
            maker.make(kind)
        assert isinstance(maker.make(kind), kind)
