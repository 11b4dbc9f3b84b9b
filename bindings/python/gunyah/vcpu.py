# SPDX-License-Identifier: BSD-3-Clause
"""What only drivers have: memory of the process, signed firmware, interrupts, writes that are heard of, vCPUs."""

import contextlib
import ctypes
from typing import Any, Iterator, NamedTuple, Optional, Type, Union

from . import _ffi
from .enums import PgtableAccess, VcpuAction, VcpuExitKind, VmEnd, VmMemoryKind
from ._library import lib
from ._native import init
from ._solo import Solo
from .doorbell import Doorbell
from .errors import HandleError
from .memory import Memory, Window
from .types import MemoryRegion, expect, regions_of, text, unsigned
from .vm import Vm, VmExit, exit_of


class VmMemory(Window):
    """A piece of memory that a VM has, as long as its handle is open and it was not reset."""

    def __init__(self, vm: Vm, number: int, start: int, size: int) -> None:
        super().__init__(start, size)
        self.number = number
        """By which VmImage knows it: memparcel."""
        self._vm, self._life = vm, vm._life

    @contextlib.contextmanager
    def _there(self) -> Iterator[None]:
        with self._vm._owner._lock:
            self._vm._live("memory")
            if self._vm._life != self._life:
                raise HandleError("the VM was reset", call="memory", advice="Give it memory again.")
            yield


def add_memory(
    vm: Vm,
    address: int,
    memory: Union[Memory, int],
    *,
    kind: VmMemoryKind = VmMemoryKind.DEFAULT,
    access: PgtableAccess = PgtableAccess.RWX,
    label: int = 0,
    area: Optional[str] = None,
) -> VmMemory:
    """
    Give a VM a piece of memory at an address of its own: a Memory, or so many bytes that the provider makes.

    area: the contiguous area of the kernel that the provider takes it from, a node.
    """
    own = memory if isinstance(memory, Memory) else None
    struct = init(
        _ffi.gunyah_vm_memory,
        kind=unsigned(kind, 32, "kind"),
        access=unsigned(access, 32, "access"),
        label=unsigned(label, 32, "label"),
        address=unsigned(address, 64, "address"),
        length=memory.size if isinstance(memory, Memory) else unsigned(memory, 64, "memory"),
        memory=own.address if own else None,
        area=text(area, "area"),
    )
    number = ctypes.c_uint32()
    expect(vm, Vm, "vm")._invoke(lib.gunyah_vm_add_memory, ctypes.byref(struct), ctypes.byref(number))
    if own is not None:
        vm._owner._keep(own)
    return VmMemory(vm, number.value, struct.memory or 0, struct.length)


def load_firmware(vm: Vm, name: str) -> None:
    """Make a VM of firmware that the platform has signed, in place of memory and configure(). Takes seconds."""
    expect(vm, Vm, "vm")._invoke(lib.gunyah_vm_load_firmware, text(expect(name, str, "name"), "name"))


def reclaim_memory(vm: Vm, region: MemoryRegion) -> None:
    """Take pages from a VM that runs."""
    expect(vm, Vm, "vm")._invoke(lib.gunyah_vm_reclaim_memory, regions_of([region])[0])


def add_irq(vm: Vm, label: int, *, level: bool = False) -> Doorbell:
    """Open a doorbell of the VM that the caller rings with the flag 1: an interrupt of the VM."""
    owner = expect(vm, Vm, "vm")._owner
    return Doorbell._make(owner, lib.gunyah_vm_add_irq, vm, unsigned(label, 32, "label"), level)


def add_notify(vm: Vm, address: int, *, length: int = 0, value: Optional[int] = None) -> Doorbell:
    """Open a doorbell that the VM rings by writing to an address, without an exit."""
    struct = init(_ffi.gunyah_vm_notify, address=unsigned(address, 64, "address"))
    struct.length = unsigned(length, 32, "length")
    if value is not None:
        struct.has_value, struct.value = True, unsigned(value, 64, "value")
    return Doorbell._make(expect(vm, Vm, "vm")._owner, lib.gunyah_vm_add_notify, vm, ctypes.byref(struct))


class VcpuExit(NamedTuple):
    """What a vCPU came back with. Fields that a kind does not have are 0 or None."""

    kind: VcpuExitKind
    reason: int
    address: int
    length: int
    is_write: bool
    value: int
    """MMIO: what is written."""
    is_mapped: bool
    end: Optional[VmEnd]
    cause: Optional[VmExit]


class Vcpu(Solo):
    """A vCPU, which one thread at a time runs; meanwhile, others may use the session."""

    _struct, _close, _what, _prefix = _ffi.gunyah_vcpu, "gunyah_vcpu_close", "vCPU", "gunyah_vcpu"
    _exit: Any

    @classmethod
    def open(cls: Type["Vcpu"], vm: Vm, index: int = 0) -> "Vcpu":
        options = init(_ffi.gunyah_vcpu_options, index=unsigned(index, 32, "index"))
        owner = expect(vm, Vm, "vm")._owner
        self = cls._make(owner, lib.gunyah_vcpu_open, vm, ctypes.byref(options))
        self._exit = _ffi.gunyah_vcpu_exit()
        return self

    def run(self) -> VcpuExit:
        """Be the vCPU, until the VM wants something, is over, or cancel() is called."""
        with self._alone("gunyah_vcpu_run"):
            self._check(lib.gunyah_vcpu_run(self._pointer, ctypes.byref(self._exit)), "gunyah_vcpu_run")
            return self._told()

    def _told(self) -> VcpuExit:
        found = self._exit
        kind = VcpuExitKind(found.kind)
        ended = kind == VcpuExitKind.VM_ENDED
        return VcpuExit(
            kind,
            found.reason,
            found.address,
            found.length,
            found.is_write,
            lib.gunyah_vcpu_exit_value(ctypes.byref(found)),
            found.is_mapped,
            VmEnd(found.end) if ended else None,
            exit_of(found.cause) if ended else None,
        )

    def answer(self, value: int) -> None:
        """What the VM reads by MMIO, after such an exit."""
        value = unsigned(value, 64, "value")
        with self._alone("gunyah_vcpu_exit_answer"):
            lib.gunyah_vcpu_exit_answer(ctypes.byref(self._exit), value)

    def resume(self, action: VcpuAction) -> None:
        """Say how the vCPU goes on after an exit for MMIO or a page fault."""
        self._use(lib.gunyah_vcpu_resume, unsigned(action, 32, "action"))
