# SPDX-License-Identifier: BSD-3-Clause
"""Virtual machines: make, feed, start, watch and end them."""

import ctypes
import dataclasses
from typing import Any, Iterable, List, NamedTuple, Optional, Protocol, Sequence

from . import _ffi
from ._abi import RM_HANDLE_INVALID
from ._exception import GunyahError
from .enums import OsStatus, VmAuth, VmExitType, VmRange, VmRegisterSet, VmResourceType, VmState, VmStopReason
from ._library import lib
from ._native import Handle, Owner, call_c, decode, init, refuse_callback
from .doorbell import Doorbell
from .errors import BufferTooSmallError
from .msgqueue import Msgqueue
from .types import VIRQ, VMID, WAIT_FOREVER, CapID, MemoryRegion, c_of, expect, regions_of, unsigned

#: Every state in which a VM does not go on by itself any more.
ENDED = (VmState.EXITED, VmState.INIT_FAILED, VmState.RESET, VmState.DEFUNCT)


class Provider(Protocol):
    """Who makes VMs: a ResourceManager, or a LinuxVmm."""

    _owner: Owner

    def _vmm(self) -> Any: ...


class VmStatus(NamedTuple):
    """What a VM is doing."""

    state: VmState
    os: OsStatus
    application: int


class VmExit(NamedTuple):
    """How a VM ended."""

    type: VmExitType
    flags: int
    code: int
    reset_type: int
    reset_cookie: int
    text: str


class VmResource(NamedTuple):
    """Something that the caller and a VM share."""

    type: VmResourceType
    partner: VMID
    label: int
    cap: CapID
    virq: VIRQ
    base: int
    size: int


class VmRemains(NamedTuple):
    """What destroy() could not do."""

    step: str
    status: VmStatus
    memparcels: int
    first_memparcel: int


@dataclasses.dataclass(frozen=True)
class VmImage:
    """Where the image and the device tree of a VM lie: offsets and sizes in bytes, within a memory parcel."""

    memparcel: int = RM_HANDLE_INVALID
    image_offset: int = 0
    image_size: int = 0
    dtb_offset: int = 0
    dtb_size: int = 0
    authentication: VmAuth = VmAuth.NONE


def status_of(status: Any) -> VmStatus:
    return VmStatus(VmState(status.state), OsStatus(status.os), status.application)


def exit_of(found: Any) -> VmExit:
    words = decode(lib.gunyah_vm_exit_text(ctypes.byref(found)))
    return VmExit(VmExitType(found.type), found.flags, found.code, found.reset_type, found.reset_cookie, words)


class Vm(Handle):
    """A virtual machine of this caller, or a peer. Closing the handle leaves the VM as it is; destroy() ends it."""

    _struct, _close, _what = _ffi.gunyah_vm, "gunyah_vm_close", "VM"

    _parcels: List[Handle]  # that were made for it
    _life: int  # how often it was reset
    remains: Optional[VmRemains] = None
    """What the last destroy() that failed left."""

    @classmethod
    def _from(cls, function: Any, provider: Provider, vmid: Any) -> "Vm":
        refuse_callback()
        owner, call = provider._owner, function.__name__
        with owner._lock:
            owner._ready(call)
            pointer = ctypes.POINTER(_ffi.gunyah_vm)()
            owner._judge(call_c(function, provider._vmm(), vmid, ctypes.byref(pointer)), call)
        self = cls._adopt(owner, pointer, provider)
        self._parcels = []
        self._life = 0
        return self

    @classmethod
    def create(cls, provider: Provider, vmid: Optional[VMID] = None) -> "Vm":
        """Make a VM. vmid: a static one that this caller may use; None: any of the dynamic ones."""
        return cls._from(lib.gunyah_vm_create, provider, c_of(vmid, VMID, "vmid"))

    @classmethod
    def open(cls, provider: Provider, vmid: VMID) -> "Vm":
        """Open a VM that exists."""
        return cls._from(lib.gunyah_vm_open, provider, expect(vmid, VMID, "vmid").c)

    @property
    def vmid(self) -> VMID:
        return VMID(self._ask(lib.gunyah_vm_vmid).value)

    # ---- before it runs

    def configure(self, image: VmImage) -> None:
        """Say where the image and the device tree are."""
        expect(image, VmImage, "image")
        struct = init(
            _ffi.gunyah_vm_image,
            authentication=unsigned(image.authentication, 32, "authentication"),
            memparcel=unsigned(image.memparcel, 32, "memparcel"),
            image_offset=unsigned(image.image_offset, 64, "image_offset"),
            image_size=unsigned(image.image_size, 64, "image_size"),
            dtb_offset=unsigned(image.dtb_offset, 64, "dtb_offset"),
            dtb_size=unsigned(image.dtb_size, 64, "dtb_size"),
        )
        self._invoke(lib.gunyah_vm_configure, ctypes.byref(struct))

    def authenticate(self, pas_id: int) -> None:
        """Have the platform authenticate the image."""
        self._invoke(lib.gunyah_vm_authenticate, unsigned(pas_id, 32, "pas_id"))

    def set_firmware_memory(self, memparcel: int, region: MemoryRegion) -> None:
        """Say where the firmware goes that starts a protected VM."""
        self._invoke(lib.gunyah_vm_set_firmware_memory, unsigned(memparcel, 32, "memparcel"), regions_of([region])[0])

    def set_demand_paging(self, ranges: Sequence[MemoryRegion]) -> None:
        """Let the owner give these pieces of the address space a page at a time."""
        self._invoke(lib.gunyah_vm_set_demand_paging, regions_of(ranges), len(ranges))

    def set_address_layout(self, which: VmRange, region: MemoryRegion) -> None:
        """Place the image or the firmware, instead of where the device tree says."""
        self._invoke(lib.gunyah_vm_set_address_layout, unsigned(which, 32, "which"), regions_of([region])[0])

    def set_boot_register(self, registers: VmRegisterSet, index: int, value: int) -> None:
        """Set a register that the boot vCPU starts with."""
        numbers = unsigned(registers, 32, "registers"), unsigned(index, 32, "index"), unsigned(value, 64, "value")
        self._invoke(lib.gunyah_vm_set_boot_register, *numbers)

    def set_time_base(self, time_base: int, counter: int) -> None:
        """Set the wall clock of a VM that has a virtual one."""
        numbers = unsigned(time_base, 64, "time_base"), unsigned(counter, 64, "counter")
        self._invoke(lib.gunyah_vm_set_time_base, *numbers)

    def set_debug(self, allowed: bool) -> None:
        """Allow, or forbid, that the VM is debugged."""
        self._invoke(lib.gunyah_vm_set_debug, allowed)

    def init(self) -> None:
        """Have the device tree read, and all that it asks for made."""
        self._invoke(lib.gunyah_vm_init)

    # ---- its life

    def start(self) -> None:
        self._invoke(lib.gunyah_vm_start)

    def stop(self, *, force: bool = False, reason: VmStopReason = VmStopReason.SHUTDOWN) -> None:
        """Ask the guest to end, or end it."""
        self._invoke(lib.gunyah_vm_stop, force, unsigned(reason, 32, "reason"))

    def reset(self) -> None:
        """Begin to take a VM apart; wait([VmState.RESET]) tells when it is done."""
        self._invoke(lib.gunyah_vm_reset)
        self._life += 1

    @property
    def status(self) -> VmStatus:
        """What the VM is doing, as far as the provider has said."""
        found = _ffi.gunyah_vm_status()
        self._invoke(lib.gunyah_vm_get_status, ctypes.byref(found))
        return status_of(found)

    def wait(self, states: Iterable[VmState] = ENDED, timeout_ns: int = WAIT_FOREVER) -> VmStatus:
        """Wait until the VM is in one of several states."""
        mask = sum({1 << unsigned(state, 5, "state") for state in states})
        found = _ffi.gunyah_vm_status()
        self._invoke(lib.gunyah_vm_wait, mask, unsigned(timeout_ns, 64, "timeout_ns"), ctypes.byref(found))
        return status_of(found)

    def exit_info(self, timeout_ns: int = WAIT_FOREVER) -> VmExit:
        """Tell how the VM ended; waits until that is known."""
        found = _ffi.gunyah_vm_exit()
        self._invoke(lib.gunyah_vm_exit_info, unsigned(timeout_ns, 64, "timeout_ns"), ctypes.byref(found))
        return exit_of(found)

    def destroy(self, timeout_ns: int = WAIT_FOREVER) -> None:
        """End a VM, whatever it is doing, get everything back, and close the handle. On failure, see remains."""
        found = init(_ffi.gunyah_vm_remains)
        timeout_ns = unsigned(timeout_ns, 64, "timeout_ns")
        with self._owner._lock:
            try:
                self._end(lib.gunyah_vm_destroy, timeout_ns, ctypes.byref(found))
            except GunyahError:
                parcels = found.memparcels, found.first_memparcel
                self.remains = VmRemains(decode(found.step), status_of(found.status), *parcels)
                raise
            finally:
                self._forget_parcels()

    def _forget_parcels(self) -> None:
        """What was reclaimed has no handle any more."""
        for parcel in self._parcels:
            if parcel._pointer and lib.gunyah_memparcel_handle(parcel._pointer) == RM_HANDLE_INVALID:
                parcel._pointer = None

    # ---- what it shares with the caller

    @property
    def resources(self) -> List[VmResource]:
        count, room = ctypes.c_size_t(), 32
        while True:
            rows = (_ffi.gunyah_vm_resource * room)()
            try:
                self._invoke(lib.gunyah_vm_resources, rows, room, ctypes.byref(count))
            except BufferTooSmallError:
                room = count.value
            else:
                return [resource_of(row) for row in rows[: count.value]]

    def open_doorbell(self, label: int, sends: bool) -> Doorbell:
        """Open the doorbell that the caller rings, or the one that rings the caller."""
        return Doorbell._make(self._owner, lib.gunyah_vm_open_doorbell, self, unsigned(label, 32, "label"), sends)

    def open_msgqueue(self, label: int, sends: bool, message_size: int = 0) -> Msgqueue:
        """Open the message queue that the caller sends to, or receives from."""
        numbers = unsigned(label, 32, "label"), sends, unsigned(message_size, 32, "message_size")
        return Msgqueue._make(self._owner, lib.gunyah_vm_open_msgqueue, self, *numbers)


def resource_of(row: Any) -> VmResource:
    numbers = CapID(row.cap.value), VIRQ(row.virq.value)
    return VmResource(VmResourceType(row.type), VMID(row.partner.value), row.label, *numbers, row.base, row.size)
