# SPDX-License-Identifier: BSD-3-Clause
"""Device trees: built, judged, and found by the VM that is made of one; and kernels that are put beside them."""

import pathlib
import struct

import pytest

import gunyah
from gunyah import VIRQ, DeviceTree, Memory, Memparcel, TreeBuilder, Vm, VmImage, boot, errors
from gunyah.enums import BootFormat, Conduit, DtKind, DtSeverity, PgtableAccess
from gunyah.dt import DtInterrupt

REAL = pathlib.Path(__file__).resolve().parents[3] / "tests/dt/real"
SIZE = 4 << 20


def build(**config):
    builder = TreeBuilder(image_name="guest", memory_size=SIZE, **config)
    return builder.rm_rpc().msgqueue(label=1).doorbell_source(label=2).shm(label=3, address=0x90000000)


def test_a_tree_that_is_built_is_fine():
    tree = build(machine={"vcpu_count": 2}).finish()
    assert gunyah.lint(tree) == []
    assert DeviceTree(tree).psci_conduit is Conduit.HVC
    assert gunyah.region_size(len(tree)) % 4096 == 0


def test_a_vm_finds_what_was_made_for_it(gunyah_sim, gunyah_hlos):
    vm, memory = Vm.create(gunyah_hlos.rm), Memory(SIZE)
    board = Memory(4096)
    tree = build().finish()
    memory.view[: len(tree)] = tree
    guest_may = gunyah.Access(vm.vmid, PgtableAccess.RWX)
    parcel = Memparcel.create(gunyah_hlos.rm, [guest_may], [memory.region()], vm=vm)
    both = [guest_may, gunyah.Access(gunyah.HLOS, PgtableAccess.RW)]
    share = gunyah.dt.MemparcelTransaction.SHARE
    Memparcel.create(gunyah_hlos.rm, both, [board.region()], share, label=3, vm=vm)
    vm.configure(VmImage(parcel.handle, dtb_size=gunyah.region_size(len(tree))))
    vm.init()
    vm.start()
    guest = gunyah_sim.find_vm(vm.vmid)
    found = DeviceTree(guest.device_tree())
    who = found.vm_info
    assert (who.vmid, who.owner, who.image_name) == (vm.vmid, gunyah.HLOS, "guest")
    with guest.open() as session:
        rm = gunyah.ResourceManager.open_tree(session, found)
        assert rm.vmid == vm.vmid and found.rm_options.message_size == 240
        queue = gunyah.Msgqueue.open_label(session, found, 1, sends=False)
        bell = gunyah.Doorbell.open_label(session, found, 2, sends=True)
        with pytest.raises(errors.NotFoundError):
            gunyah.Doorbell.open_label(session, found, 9, sends=True)
        vm.open_msgqueue(1, sends=True).send(b"read the board")
        queue.wait_not_empty()
        assert queue.receive() == b"read the board"
        bell.send(1)
        shared = found.find_label(DtKind.SHARED_MEMORY, 3)
        guest.write_memory(shared.value.regions[0].address, b"board")
        assert bytes(board.view[:5]) == b"board" and found.offer(3).memparcel == shared.value.memparcel
        kinds = [device.kind for device in found.devices()]
        assert set(kinds) == {DtKind.RESOURCE_MANAGER, DtKind.MSGQUEUE, DtKind.DOORBELL_SOURCE, DtKind.SHARED_MEMORY}
        queues = found.find_label(DtKind.MSGQUEUE, 1).value
        assert queues.send is None and queues.receive.cap == queue.capid
        rm.close()
    vm.destroy()


def test_a_real_tree():
    tree = DeviceTree((REAL / "stock-production.dtb").read_bytes())
    assert tree.vm_info.vmid is not None
    device = next(tree.devices(DtKind.RESOURCE_MANAGER))
    assert tree.find_path("/hypervisor/" + device.name) == device
    assert tree.rm_options.send_cap == device.value.send.cap


def test_a_tree_is_edited():
    whole = DeviceTree(build().finish())
    more = TreeBuilder.edit(whole.data).doorbell(label=8, interrupt=VIRQ(100), name="bell").finish()
    assert gunyah.lint(more) == [] and len(more) > len(whole.data)
    with pytest.raises(errors.InUseError):
        TreeBuilder.edit(whole.data, config={"image_name": "again"})


def test_buffers_grow():
    builder = TreeBuilder()
    for label in range(1, 150):
        builder.shm(label=label, optional=True, compatible=["one", "two"])
    assert gunyah.lint(builder.finish()) == []


def test_the_rest_of_a_machine():
    builder = TreeBuilder(firmware_address=0x80000000, guid="12345678-1234-1234-1234-123456789abc")
    builder.doorbell(label=1, interrupt=DtInterrupt(VIRQ(64), level=True), peer="vm-name:other")
    builder.msgqueue_pair(label=2).shm_doorbell(label=3, dma_base=0x1000).rtc()
    builder.virtio_mmio(label=4, device_type=1).iomem(label=5, compatible=["acme,uart"])
    serial = {"name": "serial", "compatible": ["ns16550a"], "address": 0x3F8000, "bytes": 8}
    builder.device(interrupt=DtInterrupt(VIRQ(64), level=True), **serial)
    builder.reserved(name="pool", compatible="restricted-dma-pool", bytes=0x100000)
    assert [f for f in gunyah.lint(builder.finish()) if f.severity == DtSeverity.ERROR] == []


def test_mistakes_are_named():
    with pytest.raises(errors.ArgumentInvalidError, match="label|name"):
        build().msgqueue(label=5, name="not/a/name")
    with pytest.raises(errors.InUseError):
        build().msgqueue(label=1)
    with pytest.raises(errors.ObjectStateError):
        build().reserved(name="pool", bytes=4096).rtc()
    with pytest.raises(TypeError, match="colour"):
        build().shm(label=7, colour=1)
    with pytest.raises(TypeError):
        build().doorbell(label=7, interrupt=100)
    with pytest.raises(ValueError):
        build().shm(label=1 << 32)
    finished = build()
    finished.finish()
    with pytest.raises(errors.HandleError):
        finished.finish()


@pytest.mark.parametrize("data", [b"", b"hello", bytes(1000), b"\xd0\x0d\xfe\xed" * 40])
def test_what_is_no_tree(data):
    with pytest.raises(errors.DeviceTreeError) as caught:
        DeviceTree(data)
    assert caught.value.advice
    finding, *_ = gunyah.lint(data)
    assert finding.rule.name == "malformed" and finding.severity is DtSeverity.ERROR and "Cure" in str(finding)


def test_a_tree_that_is_cut_off_anywhere():
    whole = build().finish()
    for size in range(0, len(whole), 7):
        with pytest.raises(errors.DeviceTreeError):
            DeviceTree(whole[:size])


def test_rules():
    rules = gunyah.lint_rules()
    assert len({rule.name for rule in rules}) == len(rules) > 50 and all(rule.cure for rule in rules)
    with pytest.raises(errors.OptionError):
        gunyah.lint(b"", ipa_bits=7)


def image(size):
    """An arm64 Image of so many bytes."""
    return struct.pack("<IIQQQ3QII", 0x14000010, 0, 0, size, 0xA, 0, 0, 0, 0x644D5241, 0) + bytes(64)


def test_a_kernel_is_placed():
    kernel = boot.inspect(image(0x1000))
    assert (kernel.format, kernel.memory_size) == (BootFormat.IMAGE, 0x1000)
    where = boot.place(kernel, gunyah.MemoryRegion(0x80000000, 16 << 20), 4096, initrd_size=5000)
    assert where.kernel == where.entry == 0x80000000 and where.dtb % (2 << 20) == 0 and where.initrd % 4096 == 0
    memory = Memory(0x2000)
    boot.load(kernel, image(0x1000), memory.view[:0x1000])
    assert bytes(memory.view[:4]) == image(0)[:4]
    with pytest.raises(errors.BufferTooSmallError, match="0x8"):
        boot.place(kernel, gunyah.MemoryRegion(0x80000000, 4096), 4096)
    with pytest.raises(errors.BufferTooSmallError):
        boot.load(kernel, image(0x1000), memory.view[:16])
    with pytest.raises(errors.FormatError):
        boot.inspect(b"\x7fELF")
    assert boot.inspect(b"\1\2\3\4").format is BootFormat.RAW
