# SPDX-License-Identifier: BSD-3-Clause
"""Sessions: a VM's connection to its hypervisor. Everything else hangs on one."""

import ctypes
import dataclasses
import threading
import weakref
from typing import Any, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

from . import _ffi
from ._exception import GunyahError
from .enums import Conduit, Convention, Feature, Variant
from ._library import lib
from ._native import Owner, callback, decode, failure, init, refuse_callback, reraise
from .errors import InUseError
from .hypercalls import Hypercalls
from .types import VIRQ, CapID, WAIT_FOREVER, expect, unsigned


class Backend:
    """The base of whatever carries calls to a hypervisor: a simulated VM, or a node of Linux."""

    def _backend(self) -> Any:
        raise NotImplementedError

    def _opened(self, session: "Session") -> None:
        """A session on it was opened."""

    def _keep(self, thing: object) -> None:
        """Let this live as long as the backend."""


@dataclasses.dataclass
class CallEvent:
    """One call, as an observer sees it."""

    sequence: int
    number: int
    """Of the hypercall; 0xffffffff for another function of SMCCC."""
    call: Tuple[int, ...]
    """x0 to x7: the function id, and the arguments from x1."""
    answer: List[int]
    """x0 to x7 of the answer, which an observer may change."""


class Observer:
    """Sees every call of a session, for traces, statistics and faults. Its functions must not use the library."""

    def before(self, event: CallEvent) -> bool:
        """Before the call. True: keep it back, with the answer in event.answer."""
        return False

    def after(self, event: CallEvent) -> None:
        """After the call, also after one that was kept back."""


@dataclasses.dataclass(frozen=True)
class Identity:
    """Who answers, and how it is called."""

    api_version: int
    variant: Variant
    big_endian: bool
    is_64bit: bool
    flags: Tuple[int, ...]
    uid: Tuple[int, ...]
    convention: Convention
    conduit: Conduit
    backend: str


class Counters(NamedTuple):
    """What a session has counted since it was opened."""

    by_number: Tuple[int, ...]
    others: int
    answered_by_observer: int


def make_observer(observer: Observer) -> Any:
    """The struct of C, which keeps the functions alive."""
    struct = _ffi.gunyah_observer()
    kinds = {name: kind for name, kind, *_ in _ffi.gunyah_observer._fields_}

    def event_of(pointer: Any) -> Tuple[CallEvent, Any]:
        event = pointer.contents
        registers = event.answer.contents.x
        return CallEvent(event.sequence, event.number, tuple(event.call.contents.x), list(registers)), registers

    def before(_: Any, pointer: Any) -> bool:
        event, registers = event_of(pointer)
        kept = bool(observer.before(event))
        if kept:
            registers[:] = event.answer
        return kept

    def after(_: Any, pointer: Any) -> None:
        event, registers = event_of(pointer)
        observer.after(event)
        registers[:] = event.answer

    struct.before = callback(kinds["before"], before, False)
    struct.after = callback(kinds["after"], after)
    return struct


def close_devices(pointers: List[Any]) -> None:
    """Virtio devices, which C does not close with a session; null: closed already."""
    for pointer in pointers:
        lib.gunyah_linux_virtio_close(ctypes.byref(pointer))
    pointers.clear()


def close_pointer(pointer: Any, lock: Any, busy: Set[object], devices: List[Any]) -> None:
    """What is left of a session that nobody has closed. A thread that is inside keeps it."""
    if pointer and not busy and lock.acquire(blocking=False):
        try:
            close_devices(devices)
            lib.gunyah_close(ctypes.byref(pointer))
        finally:
            lock.release()


class Session(Owner):
    """
    A session. It may be used by several threads, one at a time: a thread that waits keeps the others out.

    backend: what to use, or several candidates, of which the first that finds its hypervisor is used.
    """

    def __init__(
        self,
        backend: Union[Backend, Sequence[Backend]],
        *,
        convention: Convention = Convention.DEFAULT,
        conduit: Conduit = Conduit.DEFAULT,
        observer: Optional[Observer] = None,
    ) -> None:
        super().__init__()
        refuse_callback()
        # vCPUs run without the session's lock. Who begins or ends that, or ends the session, holds the gate for a moment.
        self._gate = threading.Lock()
        self._busy: Set[object] = set()
        self._devices: List[Any] = []
        self.backends = [backend] if isinstance(backend, Backend) else list(backend)
        pointers = [expect(b, Backend, "backend")._backend() for b in self.backends]
        options = init(
            _ffi.gunyah_open_options,
            convention=unsigned(convention, 32, "convention"),
            conduit=unsigned(conduit, 32, "conduit"),
        )
        if isinstance(backend, Backend):
            options.backend = pointers[0]
        else:
            candidates = (ctypes.POINTER(_ffi.gunyah_backend) * len(pointers))(*pointers)
            options.candidates, options.candidate_count = candidates, len(pointers)
        if observer is not None:
            self._observer = make_observer(expect(observer, Observer, "observer"))
            options.observer = ctypes.pointer(self._observer)
        info = _ffi.gunyah_error_info()
        options.error = ctypes.pointer(info)
        pointer = ctypes.POINTER(_ffi.gunyah)()
        error = lib.gunyah_open(ctypes.byref(options), ctypes.byref(pointer))
        self._pointer = pointer
        left = pointer, self._lock, self._busy, self._devices
        self._finalizer = weakref.finalize(self, close_pointer, *left)
        reraise()
        if error != 0:
            raise failure(error, "gunyah_open", info)
        for used in self.backends:
            used._opened(self)

    def _keep(self, thing: object) -> None:
        for used in self.backends:
            used._keep(thing)

    def _opened_device(self, pointer: Any) -> None:
        """With the lock held. The pointer is null when the device was closed."""
        self._devices[:] = [*filter(None, self._devices), pointer]

    def _failure(self, error: int, call: str) -> GunyahError:
        return failure(error, call, lib.gunyah_last_error(self._pointer).contents)

    @property
    def last_error(self) -> Optional[GunyahError]:
        """The last failure of this session, or of a handle of it; None: nothing failed yet."""
        info = self._ask(lib.gunyah_last_error).contents
        return failure(info.error, "", info) if info.error != 0 else None

    @property
    def closed(self) -> bool:
        return not self._pointer

    def close(self) -> None:
        """Close the session, and with it every handle that was opened from it."""
        refuse_callback()
        inside = InUseError("another thread is inside a call", call="gunyah_close", advice="Let it come back first.")
        if not self._lock.acquire(blocking=False):
            raise inside
        try:
            self._ready("gunyah_close")
            with self._gate:
                if self._busy:
                    raise inside
                close_devices(self._devices)
                self._judge(lib.gunyah_close(ctypes.byref(self._pointer)), "gunyah_close")
        finally:
            self._lock.release()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        if not self.closed:
            self.close()

    @property
    def identity(self) -> Identity:
        found = init(_ffi.gunyah_identity)
        self._invoke(lib.gunyah_identify, ctypes.byref(found))
        return Identity(
            found.api_version,
            Variant(found.variant),
            found.big_endian,
            found.is_64bit,
            tuple(found.flags),
            tuple(found.uid),
            Convention(found.convention),
            Conduit(found.conduit),
            decode(found.backend),
        )

    def has(self, feature: Feature) -> bool:
        """Whether the hypervisor, the backend and the library offer a feature."""
        return bool(self._ask(lib.gunyah_has, unsigned(feature, 32, "feature")))

    def wait(self, virqs: Sequence[VIRQ], timeout_ns: int = WAIT_FOREVER) -> VIRQ:
        """Wait for one of several interrupts of this VM, and take it."""
        numbers = [expect(virq, VIRQ, "virq").c for virq in virqs]
        index = ctypes.c_size_t()
        array = (_ffi.gunyah_virq_t * max(len(numbers), 1))(*numbers)
        timeout_ns = unsigned(timeout_ns, 64, "timeout_ns")
        self._invoke(lib.gunyah_wait, array, len(numbers), timeout_ns, ctypes.byref(index))
        return virqs[index.value]

    @property
    def call_count(self) -> int:
        """How many calls have left the library."""
        return int(self._ask(lib.gunyah_call_count))

    @property
    def counters(self) -> Counters:
        found = self._ask(lib.gunyah_call_counters).contents
        return Counters(tuple(found.by_number), found.others, found.answered_by_observer)

    @property
    def hypercalls(self) -> Hypercalls:
        """Every hypercall by its name, as the ABI has it."""
        return Hypercalls(self)

    def call(self, number: int, *arguments: int) -> Tuple[int, ...]:
        """
        Make a hypercall: arguments as x1 to x7, reserved words included; the answer is x0 to x7.

        An address among them is taken as it is: of the process, in the simulator.
        """
        return self._registers(lib.gunyah_call, unsigned(number, 32, "number"), registers=(0, *arguments))

    def smccc(self, function: int, *arguments: int) -> Tuple[int, ...]:
        """Make any SMCCC call through the session's conduit: x0 and on, to x0 to x7 of the answer."""
        return self._registers(lib.gunyah_smccc, registers=(function, *arguments))

    def _registers(self, function: Any, *before: int, registers: Tuple[int, ...]) -> Tuple[int, ...]:
        if len(registers) > 8:
            raise ValueError("a call has seven arguments at most")
        words = _ffi.gunyah_registers()
        words.x[: len(registers)] = [unsigned(word, 64, "argument") for word in registers]
        with self._lock:
            self._ask(function, *before, ctypes.byref(words))
            reraise()
        return tuple(words.x)

    def activate(self, cap: CapID) -> None:
        """Activate an object by its CapID."""
        self._invoke(lib.gunyah_object_activate, expect(cap, CapID, "cap").c)

    def reset_object(self, cap: CapID) -> None:
        """Reset an object by its CapID, which no open hypervisor does."""
        self._invoke(lib.gunyah_object_reset, expect(cap, CapID, "cap").c)
