# SPDX-License-Identifier: BSD-3-Clause
"""What a VM is made of where a driver makes it: memory, interrupts, writes that are heard of, and vCPUs that threads run."""

import ctypes
import threading
from typing import Any, NamedTuple, Optional, Type, Union

from . import _ffi
from ._exception import GunyahError
from .enums import PgtableAccess, VcpuAction, VcpuExitKind, VmEnd, VmMemoryKind
from ._library import lib
from ._native import Handle, failure, init, refuse_callback
from .doorbell import Doorbell
from .errors import HandleError, InUseError
from .memory import Memory
from .types import MemoryRegion, expect, regions_of, unsigned
from .vm import Vm, VmExit, exit_of


class VmMemory:
    """A piece of memory that a VM has, as long as its handle is open and it was not reset."""

    def __init__(self, vm: Vm, number: int, start: int, size: int) -> None:
        self.number = number
        """By which VmImage knows it: memparcel."""
        self.size = size
        self._vm, self._start, self._life = vm, start, vm._life

    def _at(self, offset: int, size: int) -> int:
        self._vm._live("memory")
        if self._vm._life != self._life:
            raise HandleError("the VM was reset", call="memory", advice="Give it memory again.")
        if offset < 0 or size < 0 or offset + size > self.size:
            raise ValueError("it is not within the memory")
        return self._start + offset

    def write(self, offset: int, data: bytes) -> None:
        with self._vm._owner._lock:
            ctypes.memmove(self._at(offset, len(data)), data, len(data))

    def read(self, offset: int, size: int) -> bytes:
        with self._vm._owner._lock:
            return ctypes.string_at(self._at(offset, size), size)


def add_memory(
    vm: Vm,
    address: int,
    memory: Union[Memory, int],
    *,
    kind: VmMemoryKind = VmMemoryKind.DEFAULT,
    access: PgtableAccess = PgtableAccess.RWX,
    label: int = 0,
) -> VmMemory:
    """Give a VM a piece of memory at an address of its own: a Memory, or so many bytes that the provider makes."""
    own = memory if isinstance(memory, Memory) else None
    struct = init(
        _ffi.gunyah_vm_memory,
        kind=int(kind),
        access=int(access),
        label=unsigned(label, 32, "label"),
        address=unsigned(address, 64, "address"),
        length=memory.size if isinstance(memory, Memory) else unsigned(memory, 64, "memory"),
        memory=own.address if own else None,
    )
    number = ctypes.c_uint32()
    expect(vm, Vm, "vm")._invoke(lib.gunyah_vm_add_memory, ctypes.byref(struct), ctypes.byref(number))
    if own is not None:
        vm._owner._keep(own)
    return VmMemory(vm, number.value, struct.memory or 0, struct.length)


def reclaim_memory(vm: Vm, region: MemoryRegion) -> None:
    """Take pages from a VM that runs."""
    expect(vm, Vm, "vm")._invoke(lib.gunyah_vm_reclaim_memory, regions_of([region])[0])


def add_irq(vm: Vm, label: int, *, level: bool = False) -> Doorbell:
    """Open a doorbell of the VM that the caller rings with the flag 1: an interrupt of the VM."""
    owner = expect(vm, Vm, "vm")._owner
    return Doorbell._make(owner, lib.gunyah_vm_add_irq, vm, unsigned(label, 32, "label"), level)


def add_notify(vm: Vm, address: int, *, length: int = 0, value: Optional[int] = None) -> Doorbell:
    """Open a doorbell that the VM rings by writing to an address, without an exit."""
    struct = init(_ffi.gunyah_vm_notify, address=unsigned(address, 64, "address"), length=unsigned(length, 32, "length"))
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


class Vcpu(Handle):
    """A vCPU, which one thread at a time runs; meanwhile, others may use the session."""

    _struct, _close, _what = _ffi.gunyah_vcpu, "gunyah_vcpu_close", "vCPU"

    @classmethod
    def open(cls: Type["Vcpu"], vm: Vm, index: int = 0) -> "Vcpu":
        options = init(_ffi.gunyah_vcpu_options, index=unsigned(index, 32, "index"))
        owner = expect(vm, Vm, "vm")._owner
        self = cls._make(owner, lib.gunyah_vcpu_open, vm, ctypes.byref(options))
        self._vm = vm  # which is not to be forgotten before
        self._exit = _ffi.gunyah_vcpu_exit()
        self._running = threading.Lock()
        return self

    _vm: Vm
    _exit: Any
    _running: threading.Lock

    def _own_failure(self, error: int, call: str) -> GunyahError:
        return failure(error, call, lib.gunyah_vcpu_last_error(self._pointer).contents)

    def _alone(self) -> None:
        if not self._running.acquire(blocking=False):
            raise InUseError("another thread runs it", call="gunyah_vcpu_run", advice="Let it come back: cancel().")

    def run(self) -> VcpuExit:
        """Be the vCPU, until the VM wants something, is over, or cancel() is called."""
        refuse_callback()
        self._alone()
        try:
            with self._owner._lock:
                pointer = self._live("gunyah_vcpu_run")
            error = lib.gunyah_vcpu_run(pointer, ctypes.byref(self._exit))
            if error != 0:
                raise self._own_failure(error, "gunyah_vcpu_run")
            return self._told()
        finally:
            self._running.release()

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
        self._quiet(lib.gunyah_vcpu_exit_answer, ctypes.byref(self._exit), unsigned(value, 64, "value"))

    def resume(self, action: VcpuAction) -> None:
        """Say how the vCPU goes on after an exit for MMIO or a page fault."""
        error = self._quiet(lib.gunyah_vcpu_resume, self._pointer, int(action))
        if error != 0:
            raise self._own_failure(error, "gunyah_vcpu_resume")

    def _quiet(self, function: Any, *arguments: Any) -> Any:
        """Call a function while nobody runs the vCPU."""
        refuse_callback()
        self._alone()
        try:
            with self._owner._lock:
                self._live(function.__name__)
                return function(*arguments)
        finally:
            self._running.release()

    def cancel(self) -> None:
        """Make run() come back, now or the next time. Any thread."""
        with self._owner._lock:
            lib.gunyah_vcpu_cancel(self._live("gunyah_vcpu_cancel"))

    def close(self) -> None:
        """Close the handle. InUseError: a thread runs it."""
        self._alone()
        try:
            super().close()
        finally:
            self._running.release()
