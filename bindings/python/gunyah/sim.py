# SPDX-License-Identifier: BSD-3-Clause
"""The simulator: machines with virtual time, VMs that are joined by hand or a Resource Manager, faults, traces."""

import ctypes
import weakref
from typing import TYPE_CHECKING, Any, Callable, List, NamedTuple, Optional, Sequence

from . import _ffi
from ._abi import Hypercall, HypervisorError, RmErrorCode, RmRequest
from .enums import RmGeneration, SimHazardKind, SimRmMischief, SimTrigger
from ._library import lib
from ._native import Owner, callback, decode, failure, init, refuse_callback
from ._exception import GunyahError
from .errors import AddrInvalidError
from .session import Backend, Session
from .sim_config import VmConfig
from .types import VIRQ, VMID, CapID, c_of, expect, text, unsigned

if TYPE_CHECKING:
    from .memory import Memory

Trace = Callable[[str], object]


class SimVmInfo(NamedTuple):
    """What a VM holds of itself; CAPID_INVALID unless it is privileged."""

    name: str
    vmid: VMID
    partition: CapID
    cspace: CapID
    vic: CapID


class Wire(NamedTuple):
    """The two ends of a message queue or doorbell, each a CapID of its VM."""

    send_cap: CapID
    receive_cap: CapID


class RmChannel(NamedTuple):
    """A VM's channel to the Resource Manager."""

    send_cap: CapID
    receive_cap: CapID
    send_virq: VIRQ
    receive_virq: VIRQ


class SimVM(Backend):
    """A virtual machine of a simulated one. It is a backend: a Session is opened as this VM."""

    def __init__(self, simulator: "Simulator", pointer: Any) -> None:
        self._simulator = simulator
        self._pointer = pointer

    def _ask(self, function: Any, *arguments: Any) -> Any:
        refuse_callback()
        with self._simulator._lock:
            self._simulator._ready(function.__name__)
            return function(self._pointer, *arguments)

    def _invoke(self, function: Any, *arguments: Any) -> None:
        refuse_callback()
        with self._simulator._lock:
            self._simulator._judge(self._ask(function, *arguments), function.__name__)

    def _backend(self) -> Any:
        return self._ask(lib.gunyah_sim_backend)

    def _opened(self, session: Session) -> None:
        self._simulator._sessions.add(session)

    def _keep(self, thing: Any) -> None:
        self._simulator._kept.append(thing)

    def open(self, **options: Any) -> Session:
        """Open a session as this VM, which has one at a time; options are those of Session."""
        return Session(self, **options)

    @property
    def info(self) -> SimVmInfo:
        found = init(_ffi.gunyah_sim_vm_info)
        self._invoke(lib.gunyah_sim_get_vm_info, ctypes.byref(found))
        caps = (CapID(cap.value) for cap in (found.partition, found.cspace, found.vic))
        return SimVmInfo(decode(found.name), VMID(found.vmid.value), *caps)

    @property
    def vmid(self) -> VMID:
        return self.info.vmid

    def set_trigger(self, virq: VIRQ, trigger: SimTrigger) -> None:
        """Set an interrupt to edge or level."""
        self._invoke(lib.gunyah_sim_set_trigger, expect(virq, VIRQ, "virq").c, unsigned(trigger, 32, "trigger"))

    def read_register(self, address: int, size: int = 4) -> int:
        """Load a register of a device that the hypervisor plays for the VM, such as its clock."""
        value = ctypes.c_uint64()
        where = unsigned(address, 64, "address"), unsigned(size, 63, "size")
        self._invoke(lib.gunyah_sim_read_register, *where, ctypes.byref(value))
        return value.value

    def write_register(self, address: int, value: int, size: int = 4) -> None:
        """Store to such a register."""
        where = unsigned(address, 64, "address"), unsigned(size, 63, "size")
        self._invoke(lib.gunyah_sim_write_register, *where, unsigned(value, 64, "value"))

    def set_incoherent(self, incoherent: bool) -> None:
        """Let the VM run with its caches off, and the hypervisor with its own on. Not while a session is open."""
        self._invoke(lib.gunyah_sim_set_incoherent, bool(incoherent))

    def rm_channel(
        self, depth: int = 0, send_virq: Optional[VIRQ] = None, receive_virq: Optional[VIRQ] = None
    ) -> RmChannel:
        """Tell the VM's channel to the Resource Manager, and make it if the VM was added by hand and has none."""
        queue = init(
            _ffi.gunyah_sim_rm_queue,
            depth=unsigned(depth, 32, "depth"),
            send_virq=c_of(send_virq, VIRQ, "send_virq"),
            receive_virq=c_of(receive_virq, VIRQ, "receive_virq"),
        )
        self._invoke(lib.gunyah_sim_get_rm_queue, ctypes.byref(queue))
        virqs = VIRQ(queue.send_virq.value), VIRQ(queue.receive_virq.value)
        return RmChannel(CapID(queue.send_cap.value), CapID(queue.receive_cap.value), *virqs)

    @property
    def rm_reason(self) -> str:
        """Why the Resource Manager last refused a request of this VM, in a sentence."""
        return decode(self._ask(lib.gunyah_sim_rm_reason))

    def device_tree(self) -> bytes:
        """The VM's device tree, as the VM itself finds it by x0."""
        where, size = ctypes.c_void_p(), ctypes.c_size_t()
        with self._simulator._lock:
            self._invoke(lib.gunyah_sim_find_device_tree, ctypes.byref(where), ctypes.byref(size))
            return ctypes.string_at(where.value or 0, size.value)

    def find_memory(self, address: int, size: int) -> int:
        """Where in the process the memory is that a VM has at an address."""
        where = ctypes.c_void_p()
        arguments = unsigned(address, 64, "address"), unsigned(size, 63, "size")
        self._invoke(lib.gunyah_sim_find_memory, *arguments, ctypes.byref(where))
        return where.value or 0

    def _find(self, address: int, size: int) -> int:
        start = self.find_memory(address, size)
        if not any(memory.contains(start, size) for memory in self._simulator._kept):
            raise AddrInvalidError("it lies in no Memory that a VM was given", call="gunyah_sim_find_memory")
        return start

    def read_memory(self, address: int, size: int) -> bytes:
        """What a VM has in its memory, where that is a Memory that was given to a VM."""
        with self._simulator._lock:
            return ctypes.string_at(self._find(address, size), size)

    def write_memory(self, address: int, data: bytes) -> None:
        """Write into the memory of a VM, where that is a Memory that was given to a VM."""
        with self._simulator._lock:
            ctypes.memmove(self._find(address, len(data)), data, len(data))


def destroy_pointer(pointer: Any, lock: Any) -> None:
    """What is left of a machine that nobody has closed. An open session keeps it."""
    if pointer and lock.acquire(blocking=False):
        try:
            lib.gunyah_sim_set_trace(pointer, _ffi.PROTOTYPES["gunyah_sim_set_trace"][2](), None)
            lib.gunyah_sim_destroy(ctypes.byref(pointer))
        finally:
            lock.release()


def tracer(kind: Any, trace: Trace) -> Any:
    return callback(kind, lambda _, line: trace(decode(line)))


class Simulator(Owner):
    """
    A simulated machine. As a context manager, it closes its sessions at the end.

    threads: how many threads drive VMs; each of them calls thread_done() at its end. For what is 0, see sim.h.
    as_manual: answers are the manual's, where these are not what was recorded (docs/fidelity.md).
    """

    _what = "machine"

    def __init__(
        self,
        *,
        memory: int = 0,
        seed: int = 0,
        threads: int = 0,
        call_ns: int = 0,
        plain_capids: bool = False,
        api_info: int = 0,
        api_flags: int = 0,
        max_vcpus: int = 0,
        max_queue_depth: int = 0,
        uid: Sequence[int] = (0, 0, 0, 0),
        as_manual: bool = False,
    ) -> None:
        super().__init__()
        refuse_callback()
        options = init(
            _ffi.gunyah_sim_options,
            memory=unsigned(memory, 64, "memory"),
            seed=unsigned(seed, 64, "seed"),
            threads=unsigned(threads, 32, "threads"),
            call_ns=unsigned(call_ns, 32, "call_ns"),
            plain_capids=bool(plain_capids),
            api_info=unsigned(api_info, 64, "api_info"),
            api_flags=unsigned(api_flags, 64, "api_flags"),
            max_vcpus=unsigned(max_vcpus, 32, "max_vcpus"),
            max_queue_depth=unsigned(max_queue_depth, 32, "max_queue_depth"),
            uid=(ctypes.c_uint32 * 4)(*(unsigned(word, 32, "uid") for word in uid)),
            as_manual=bool(as_manual),
        )
        pointer = ctypes.POINTER(_ffi.gunyah_sim)()
        error = lib.gunyah_sim_create(ctypes.byref(options), ctypes.byref(pointer))
        if error != 0:
            raise failure(error, "gunyah_sim_create")
        self._adopt(pointer, [])

    def _adopt(self, pointer: Any, kept: "List[Memory]") -> None:
        self._trace: Any = None
        self._sessions: "weakref.WeakSet[Session]" = weakref.WeakSet()
        self._kept = kept  # memory that VMs have
        self._pointer = pointer
        self._finalizer = weakref.finalize(self, destroy_pointer, pointer, self._lock)

    def _failure(self, error: int, call: str) -> GunyahError:
        return failure(error, call, advice=decode(lib.gunyah_sim_last_error(self._pointer)))

    @property
    def closed(self) -> bool:
        return not self._pointer

    def close(self) -> None:
        """Destroy the machine. InUseError: a session of it is open."""
        refuse_callback()
        with self._lock:
            self._ready("gunyah_sim_destroy")
            self._judge(lib.gunyah_sim_destroy(ctypes.byref(self._pointer)), "gunyah_sim_destroy")

    def close_sessions(self) -> None:
        """Close every session of this machine that is open."""
        for session in list(self._sessions):
            if not session.closed:
                session.close()

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close_sessions()
        if not self.closed:
            self.close()

    def add_vm(
        self,
        name: Optional[str] = None,
        *,
        vmid: Optional[VMID] = None,
        max_caps: int = 0,
        privileged: bool = False,
        hwirq_first: Optional[VIRQ] = None,
        hwirq_count: int = 0,
    ) -> SimVM:
        """Add a VM. privileged: it may make objects. hwirq: interrupts of the hardware, which it can lend."""
        options = init(
            _ffi.gunyah_sim_vm_options,
            name=text(name, "name"),
            vmid=c_of(vmid, VMID, "vmid"),
            max_caps=unsigned(max_caps, 32, "max_caps"),
            privileged=bool(privileged),
            hwirq_first=c_of(hwirq_first, VIRQ, "hwirq_first"),
            hwirq_count=unsigned(hwirq_count, 32, "hwirq_count"),
        )
        pointer = ctypes.POINTER(_ffi.gunyah_sim_vm)()
        self._invoke(lib.gunyah_sim_add_vm, ctypes.byref(options), ctypes.byref(pointer))
        return SimVM(self, pointer)

    @property
    def root(self) -> SimVM:
        """The VM that plays the part of the Resource Manager."""
        return SimVM(self, self._ask(lib.gunyah_sim_root))

    def _connect(self, function: Any, options: Any, sender: SimVM, receiver: SimVM) -> Wire:
        setattr(options, "from", expect(sender, SimVM, "sender")._pointer)
        options.to = expect(receiver, SimVM, "receiver")._pointer
        self._invoke(function, ctypes.byref(options))
        return Wire(CapID(options.send_cap.value), CapID(options.receive_cap.value))

    def connect_msgqueue(
        self,
        sender: SimVM,
        receiver: SimVM,
        *,
        depth: int = 8,
        message_size: int = 240,
        send_virq: Optional[VIRQ] = None,
        receive_virq: Optional[VIRQ] = None,
    ) -> Wire:
        """Join two VMs with a message queue, as a Resource Manager does."""
        options = init(
            _ffi.gunyah_sim_msgqueue,
            depth=unsigned(depth, 32, "depth"),
            message_size=unsigned(message_size, 32, "message_size"),
            send_virq=c_of(send_virq, VIRQ, "send_virq"),
            receive_virq=c_of(receive_virq, VIRQ, "receive_virq"),
        )
        return self._connect(lib.gunyah_sim_connect_msgqueue, options, sender, receiver)

    def connect_doorbell(self, sender: SimVM, receiver: SimVM, *, virq: Optional[VIRQ] = None) -> Wire:
        """Join two VMs with a doorbell."""
        options = init(_ffi.gunyah_sim_doorbell, virq=c_of(virq, VIRQ, "virq"))
        return self._connect(lib.gunyah_sim_connect_doorbell, options, sender, receiver)

    @property
    def now(self) -> int:
        """Virtual time in nanoseconds."""
        return int(self._ask(lib.gunyah_sim_now))

    def advance(self, nanoseconds: int) -> None:
        """Let virtual time pass."""
        self._invoke(lib.gunyah_sim_advance, unsigned(nanoseconds, 64, "nanoseconds"))

    def thread_done(self) -> None:
        """Say that one of the threads drives no VM any more."""
        self._invoke(lib.gunyah_sim_thread_done)

    def set_trace(self, trace: Optional[Trace]) -> None:
        """Have each line of the trace handed to a function, which must not use the library; None: stop that."""
        kind = _ffi.PROTOTYPES["gunyah_sim_set_trace"][2]
        function = kind() if trace is None else tracer(kind, trace)
        self._invoke(lib.gunyah_sim_set_trace, function, None)
        self._trace = function

    def add_fault(
        self,
        call: Optional[Hypercall] = None,
        error: HypervisorError = HypervisorError.FAILURE,
        *,
        vm: Optional[SimVM] = None,
        nth: int = 1,
        count: int = 1,
        chance: int = 0,
    ) -> None:
        """Make calls fail: these, or any; from the nth on; count of them, or with 0 all; by chance, in parts per million."""
        fault = init(_ffi.gunyah_sim_fault, error=int(error), nth=unsigned(nth, 64, "nth"))
        fault.count = unsigned(count, 64, "count")
        fault.chance = unsigned(chance, 32, "chance")
        if call is not None:
            fault.call = unsigned(call, 32, "call")
        if vm is not None:
            fault.vm = expect(vm, SimVM, "vm")._pointer
        self._invoke(lib.gunyah_sim_add_fault, ctypes.byref(fault))

    def add_rm_fault(
        self,
        message: Optional[RmRequest] = None,
        mischief: SimRmMischief = SimRmMischief.FAIL,
        value: int = RmErrorCode.DENIED,
        *,
        vm: Optional[SimVM] = None,
        nth: int = 1,
        count: int = 1,
        chance: int = 0,
    ) -> None:
        """Make requests to the Resource Manager go wrong."""
        fault = init(_ffi.gunyah_sim_rm_fault, mischief=unsigned(mischief, 32, "mischief"))
        fault.value = unsigned(value, 64, "value")
        fault.nth, fault.count = unsigned(nth, 64, "nth"), unsigned(count, 64, "count")
        fault.chance = unsigned(chance, 32, "chance")
        if message is not None:
            fault.message = unsigned(message, 32, "message")
        if vm is not None:
            fault.vm = expect(vm, SimVM, "vm")._pointer
        self._invoke(lib.gunyah_sim_add_rm_fault, ctypes.byref(fault))

    def add_hazard(
        self,
        kind: SimHazardKind,
        *,
        vm: Optional[SimVM] = None,
        virq: Optional[VIRQ] = None,
        after_ns: int = 0,
        spread_ns: int = 0,
        nth: int = 1,
        count: int = 1,
        chance: int = 0,
    ) -> None:
        """Let things go wrong without a call that fails: interrupts of a VM, or of all; or the hypervisor's memory."""
        hazard = init(_ffi.gunyah_sim_hazard, kind=unsigned(kind, 32, "kind"), virq=c_of(virq, VIRQ, "virq"))
        hazard.after_ns, hazard.spread_ns = unsigned(after_ns, 64, "after_ns"), unsigned(spread_ns, 64, "spread_ns")
        hazard.nth, hazard.count = unsigned(nth, 64, "nth"), unsigned(count, 64, "count")
        hazard.chance = unsigned(chance, 32, "chance")
        if vm is not None:
            hazard.vm = expect(vm, SimVM, "vm")._pointer
        self._invoke(lib.gunyah_sim_add_hazard, ctypes.byref(hazard))

    def add_plan(self, text: str) -> None:
        """Add faults and hazards as a text says, one a line. What is wrong with it is the advice of the error."""
        data = expect(text, str, "text").encode()
        problem = init(_ffi.gunyah_sim_plan_problem)
        try:
            self._invoke(lib.gunyah_sim_add_plan, data, len(data), ctypes.byref(problem))
        except GunyahError as error:
            if problem.text:
                error.advice = f"line {problem.line}: {decode(problem.text)}"
            raise

    def seed_faults(self, seed: int) -> None:
        """Set what chance goes by."""
        self._invoke(lib.gunyah_sim_seed_faults, unsigned(seed, 64, "seed"))

    @property
    def heap_used(self) -> int:
        """Bytes of the hypervisor's heap that are in use."""
        return int(self._ask(lib.gunyah_sim_heap_used))

    def clear_faults(self) -> None:
        self._invoke(lib.gunyah_sim_clear_faults)

    def snapshot(self) -> bytes:
        """The state of the hypervisor, all VMs and virtual time."""
        with self._lock:
            size = self._ask(lib.gunyah_sim_snapshot_size)
            buffer = ctypes.create_string_buffer(size)
            self._invoke(lib.gunyah_sim_snapshot, buffer, size)
            return buffer.raw

    def restore(self, snapshot: bytes) -> None:
        """Return to a snapshot of this machine."""
        self._invoke(lib.gunyah_sim_restore, expect(snapshot, bytes, "snapshot"), len(snapshot))

    @classmethod
    def _of(cls, pointer: Any, kept: "List[Memory]") -> "Simulator":
        machine = cls.__new__(cls)
        Owner.__init__(machine)
        machine._adopt(pointer, kept)
        return machine

    def clone(self) -> "Simulator":
        """A second machine in the same state, without sessions and trace. Its VMs are found by find_vm()."""
        pointer = ctypes.POINTER(_ffi.gunyah_sim)()
        with self._lock:
            self._invoke(lib.gunyah_sim_clone, ctypes.byref(pointer))
            return self._of(pointer, list(self._kept))

    def save(self) -> bytes:
        """All that load() makes the machine anew of, here or in another process."""
        with self._lock:
            size = self._ask(lib.gunyah_sim_save_size)
            buffer = ctypes.create_string_buffer(size)
            self._invoke(lib.gunyah_sim_save, buffer, size)
            return buffer.raw

    @classmethod
    def load(cls, saved: bytes, *, memory: int = 0) -> "Simulator":
        """
        The machine that save() was asked for. FormatError: the bytes are none, or damaged; AddrInvalidError: the machine has VMs with memory
        of the process that saved it.
        """
        refuse_callback()
        options = init(_ffi.gunyah_sim_load_options, memory=unsigned(memory, 64, "memory"))
        pointer, why = ctypes.POINTER(_ffi.gunyah_sim)(), ctypes.c_char_p()
        error = lib.gunyah_sim_load(
            expect(saved, bytes, "saved"), len(saved), ctypes.byref(options), ctypes.byref(pointer), ctypes.byref(why)
        )
        if error != 0:
            raise failure(error, "gunyah_sim_load", advice=decode(why.value))
        return cls._of(pointer, [])

    def add_rm(
        self, generation: RmGeneration = RmGeneration.UNKNOWN, *, debug: bool = False, latency_ns: int = 0
    ) -> None:
        """Put a Resource Manager into the root VM."""
        options = init(_ffi.gunyah_sim_rm_options, generation=unsigned(generation, 32, "generation"), debug=bool(debug))
        options.latency_ns = unsigned(latency_ns, 32, "latency_ns")
        self._invoke(lib.gunyah_sim_add_rm, ctypes.byref(options))

    def configure_vm(self, config: VmConfig) -> None:
        """Declare the configuration of VMs that the Resource Manager is yet to make, in place of a device tree."""
        self._invoke(lib.gunyah_sim_configure_vm, ctypes.byref(expect(config, VmConfig, "config")._c()))

    def find_vm(self, vmid: VMID) -> SimVM:
        """Find a VM by its VMID, among them one that the Resource Manager has made."""
        pointer = ctypes.POINTER(_ffi.gunyah_sim_vm)()
        self._invoke(lib.gunyah_sim_find_vm, expect(vmid, VMID, "vmid").c, ctypes.byref(pointer))
        return SimVM(self, pointer)
