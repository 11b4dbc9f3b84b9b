# SPDX-License-Identifier: BSD-3-Clause
"""What a VM finds in its device tree, and what the Resource Manager will say of one."""

import ctypes
import threading
from typing import Any, Iterator, List, NamedTuple, Optional, Type, TypeVar, Union

from . import _ffi
from ._exception import DtProblem, GunyahError
from .enums import Conduit, DtKind, DtSeverity, MemparcelTransaction, RmGeneration
from ._library import lib
from ._native import Handle, callback, decode, failure, init, refuse_callback, reraise
from .errors import NotFoundError
from .memory import Offer
from .rm import RmOptions
from .session import Session
from .types import CAPID_INVALID, VIRQ, VMID, Buffer, CapID, MemoryRegion, expect, text, unsigned

H = TypeVar("H", bound=Handle)


class DtInterrupt(NamedTuple):
    """An interrupt of this VM."""

    virq: VIRQ
    level: bool = False


class DtVmInfo(NamedTuple):
    """Who this VM is. None: not told."""

    hypervisor: int
    vmid: Optional[VMID]
    owner: Optional[VMID]
    vendor: Optional[str]
    image_name: Optional[str]
    uri: Optional[str]
    guid: Optional[str]
    peers: List[str]


class DtQueue(NamedTuple):
    """One end of a message queue."""

    cap: CapID
    interrupt: Optional[DtInterrupt]
    message_size: int
    depth: int


class DtDoorbell(NamedTuple):
    """A doorbell."""

    cap: CapID
    interrupt: Optional[DtInterrupt]


class DtQueues(NamedTuple):
    """Queues of a device, one for each direction that there is."""

    send: Optional[DtQueue]
    receive: Optional[DtQueue]
    full_duplex: bool
    free_irq_start: Optional[int]


class DtMemory(NamedTuple):
    """Memory of several VMs."""

    memparcel: Optional[int]
    regions: List[MemoryRegion]
    dma_base: Optional[int]
    send_doorbell: Optional[DtDoorbell]
    receive_doorbell: Optional[DtDoorbell]


class DtVirtioMmio(NamedTuple):
    """A virtio device."""

    registers: MemoryRegion
    interrupt: Optional[DtInterrupt]
    dma_coherent: bool
    memory: DtMemory


class DtDevice(NamedTuple):
    """A virtual device; what it has is in the value of its kind, which is None for one that cannot be understood."""

    name: str
    kind: DtKind
    label: Optional[int]
    peer: Optional[VMID]
    peer_name: Optional[str]
    value: Union[DtInterrupt, DtQueues, DtDoorbell, DtMemory, DtVirtioMmio, None]


def maybe(value: Optional[bytes]) -> Optional[str]:
    return None if value is None else decode(value)


def interrupt_of(found: Any) -> Optional[DtInterrupt]:
    return DtInterrupt(VIRQ(found.virq.value), found.level) if found.virq.value else None


def queue_of(found: Any) -> Optional[DtQueue]:
    cap = CapID(found.cap.value)
    if cap == CAPID_INVALID:
        return None
    return DtQueue(cap, interrupt_of(found.interrupt), found.message_size, found.depth)


def doorbell_of(found: Any) -> Optional[DtDoorbell]:
    cap = CapID(found.cap.value)
    return None if cap == CAPID_INVALID else DtDoorbell(cap, interrupt_of(found.interrupt))


def aligned_copy(data: Buffer) -> Any:
    """A device tree lies at a multiple of 8."""
    copy = (ctypes.c_uint64 * ((len(data) + 7) // 8 + 1))()
    ctypes.memmove(copy, bytes(data), len(data))
    return copy


class DeviceTree:
    """A device tree that was checked as a whole. The bytes are copied; any thread may use it."""

    def __init__(self, data: Buffer) -> None:
        refuse_callback()
        self.data = bytes(data)
        self._blob = aligned_copy(self.data)
        self._dt = _ffi.gunyah_dt()
        self._lock = threading.RLock()
        self._judge(lib.gunyah_dt_open(self._blob, len(self.data), ctypes.byref(self._dt)), "gunyah_dt_open")

    def _judge(self, error: int, call: str) -> None:
        if error != 0:
            raise with_problem(failure(error, call), lib.gunyah_dt_last_problem(ctypes.byref(self._dt)).contents)

    def _invoke(self, function: Any, *arguments: Any) -> None:
        refuse_callback()
        with self._lock:
            self._judge(function(ctypes.byref(self._dt), *arguments), function.__name__)

    @property
    def vm_info(self) -> DtVmInfo:
        """Who this VM is."""
        found = init(_ffi.gunyah_dt_vm_info)
        self._invoke(lib.gunyah_dt_get_vm_info, ctypes.byref(found))
        vmid = VMID(found.vmid.value) if found.has_vmid else None
        owner = VMID(found.owner.value) if found.has_owner else None
        texts = maybe(found.vendor), maybe(found.image_name), maybe(found.uri), maybe(found.guid)
        return DtVmInfo(found.hypervisor, vmid, owner, *texts, self._texts(found, found.peer_count))

    def _texts(self, info: Any, count: int) -> List[str]:
        """Texts that lie one behind the 0 of the other."""
        start = ctypes.addressof(info) + _ffi.gunyah_dt_vm_info.peers.offset
        address = ctypes.c_void_p.from_address(start).value or 0
        found: List[str] = []
        for _ in range(count):
            words = ctypes.string_at(address)
            found.append(decode(words))
            address += len(words) + 1
        return found

    @property
    def psci_conduit(self) -> Conduit:
        """The instruction that reaches firmware and hypervisor."""
        found = ctypes.c_uint32()
        self._invoke(lib.gunyah_dt_psci_conduit, ctypes.byref(found))
        return Conduit(found.value)

    def devices(self, kind: DtKind = DtKind.ANY) -> Iterator[DtDevice]:
        """The devices of a kind, in the order of the tree. One that cannot be understood raises, and ends this."""
        device = init(_ffi.gunyah_dt_device)
        while True:
            try:
                self._invoke(lib.gunyah_dt_next_device, unsigned(kind, 32, "kind"), ctypes.byref(device))
            except NotFoundError:
                return
            yield self._device(device)

    def find_label(self, kind: DtKind, label: int) -> DtDevice:
        """The first device of a kind with a label."""
        device = init(_ffi.gunyah_dt_device)
        numbers = unsigned(kind, 32, "kind"), unsigned(label, 32, "label")
        self._invoke(lib.gunyah_dt_find_label, *numbers, ctypes.byref(device))
        return self._device(device)

    def find_path(self, path: str) -> DtDevice:
        """The device whose node has this path."""
        device = init(_ffi.gunyah_dt_device)
        self._invoke(lib.gunyah_dt_find_path, text(expect(path, str, "path"), "path"), ctypes.byref(device))
        return self._device(device)

    def _device(self, found: Any) -> DtDevice:
        label = found.label if found.has_label else None
        peer = VMID(found.peer.value) if found.has_peer else None
        kind = DtKind(found.kind)
        return DtDevice(decode(found.name), kind, label, peer, maybe(found.peer_name), self._value(found, kind))

    def _value(self, found: Any, kind: DtKind) -> Any:
        if kind == DtKind.WATCHDOG:
            return interrupt_of(found.watchdog)
        if kind in (DtKind.DOORBELL, DtKind.DOORBELL_SOURCE):
            return doorbell_of(found.doorbell)
        if kind == DtKind.SHARED_MEMORY:
            return self._memory(found, found.memory)
        if kind == DtKind.VIRTIO_MMIO:
            virtio = found.virtio_mmio
            registers = MemoryRegion(virtio.registers.address, virtio.registers.size)
            memory = self._memory(found, virtio.memory)
            return DtVirtioMmio(registers, interrupt_of(virtio.interrupt), virtio.dma_coherent, memory)
        queues = found.queues
        start = queues.free_irq_start if queues.has_free_irq_start else None
        return DtQueues(queue_of(queues.send), queue_of(queues.receive), queues.full_duplex, start)

    def _memory(self, device: Any, memory: Any) -> DtMemory:
        regions = []
        for index in range(memory.region_count):
            region = _ffi.gunyah_dt_region()
            self._invoke(lib.gunyah_dt_get_region, ctypes.byref(device), index, ctypes.byref(region))
            regions.append(MemoryRegion(region.address, region.size))
        parcel = memory.memparcel if memory.has_memparcel else None
        bells = doorbell_of(memory.send_doorbell), doorbell_of(memory.receive_doorbell)
        return DtMemory(parcel, regions, memory.dma_base if memory.has_dma_base else None, *bells)

    @property
    def rm_options(self) -> RmOptions:
        """How to speak with the Resource Manager."""
        found = init(_ffi.gunyah_rm_options)
        self._invoke(lib.gunyah_dt_rm_options, ctypes.byref(found))
        return RmOptions(
            CapID(found.send_cap.value),
            CapID(found.receive_cap.value),
            VIRQ(found.send_virq.value),
            VIRQ(found.receive_virq.value),
            found.message_size,
            found.event_bytes,
            found.default_timeout_ns,
            RmGeneration(found.generation),
        )

    def offer(self, label: int) -> Offer:
        """What Memparcel.open() needs for the parcel of the shared memory with a label."""
        found = init(_ffi.gunyah_memparcel_offer)
        self._invoke(lib.gunyah_dt_memparcel_offer, unsigned(label, 32, "label"), ctypes.byref(found))
        return Offer(found.memparcel, MemparcelTransaction(found.transaction), found.io, found.label, found.accepted)

    # ---- handles

    def _open(self, kind: Type[H], function: Any, session: Session, *arguments: Any) -> H:
        expect(session, Session, "session")
        with self._lock:
            return kind._make(session, function, session, ctypes.byref(self._dt), *arguments)

    def _open_label(self, kind: Type[H], function: Any, session: Session, label: int, sends: bool) -> H:
        return self._open(kind, function, session, unsigned(label, 32, "label"), sends)


def with_problem(error: GunyahError, problem: Any) -> GunyahError:
    """The same, with what is wrong with the tree."""
    if problem.text:
        found = DtProblem(decode(problem.path), decode(problem.property), decode(problem.text))
        name = f", property {found.property}" if found.property else ""
        error.problem = found
        error.advice = f"{found.path or 'The tree'}{name}: {found.text}"
    return error


class DtRule(NamedTuple):
    """A rule of the linter."""

    name: str
    rm_2023: DtSeverity
    rm_later: DtSeverity
    rule: str
    consequence: str
    cure: str


class DtFinding(NamedTuple):
    """Something that breaks a rule; str() explains it."""

    rule: DtRule
    severity: DtSeverity
    generations: int
    path: str
    property: str
    text: str
    explanation: str

    def __str__(self) -> str:
        return self.explanation


def rule_of(rule: Any) -> DtRule:
    severities = DtSeverity(rule.rm_2023), DtSeverity(rule.rm_later)
    return DtRule(decode(rule.name), *severities, decode(rule.rule), decode(rule.consequence), decode(rule.cure))


def finding_of(pointer: Any) -> DtFinding:
    found = pointer.contents
    size = lib.gunyah_dt_finding_format(pointer, None, 0)
    words = ctypes.create_string_buffer(size + 1)
    lib.gunyah_dt_finding_format(pointer, words, size + 1)
    texts = decode(found.path), decode(found.property), decode(found.text), decode(words.value)
    return DtFinding(rule_of(found.rule.contents), DtSeverity(found.severity), found.generations, *texts)


def lint_rules() -> List[DtRule]:
    """All rules of the linter."""
    rules: List[DtRule] = []
    while pointer := lib.gunyah_dt_lint_rule(len(rules)):
        rules.append(rule_of(pointer.contents))
    return rules


def lint(
    data: Buffer,
    *,
    generations: int = _ffi.GUNYAH_DT_RM_ALL,
    ipa_bits: int = 36,
    region_size: int = 0,
    trusted: bool = False,
) -> List[DtFinding]:
    """Check a device tree as a VMM hands it over; returns what is wrong with it, in the order of the tree."""
    refuse_callback()
    findings: List[DtFinding] = []
    report = dict((name, kind) for name, kind, *_ in _ffi.gunyah_dt_lint_options._fields_)["report"]
    options = init(
        _ffi.gunyah_dt_lint_options,
        generations=unsigned(generations, 32, "generations"),
        ipa_bits=unsigned(ipa_bits, 32, "ipa_bits"),
        region_size=unsigned(region_size, 64, "region_size"),
        trusted=trusted,
        report=callback(report, lambda _, finding: findings.append(finding_of(finding))),
    )
    linter = _ffi.gunyah_dt_linter()
    error = lib.gunyah_dt_lint(aligned_copy(data), len(data), ctypes.byref(options), ctypes.byref(linter))
    reraise()
    if error != 0:
        raise failure(error, "gunyah_dt_lint")
    return findings
