# SPDX-License-Identifier: BSD-3-Clause
"""vCPUs as objects of the hypervisor: made, run and ended by calls, as a privileged VM does it."""

import ctypes
from typing import Any, NamedTuple, Optional, Tuple

from . import _ffi
from ._abi import CPU_INDEX_INVALID
from ._library import lib
from ._native import init
from .enums import ThreadPowerOnFlag, VcpuRegisterSet, VcpuRunResumeAction, VcpuRunState, VcpuRunWakeupFrom
from .objects import Cspace, ObjectHandle, Partition, Vic
from .session import Session
from .types import VIRQ, CapID, unsigned


class ThreadExit(NamedTuple):
    """Why a thread does not run. What does not belong to the state is 0."""

    state: VcpuRunState
    """Other values are possible; then data tells what the hypervisor said."""
    address: int
    """ADDRSPACE_VMMIO_*, ADDRSPACE_PAGE_FAULT: in its address space."""
    length: int
    """ADDRSPACE_VMMIO_*: bytes."""
    value: int
    """ADDRSPACE_VMMIO_WRITE: what is stored."""
    wakeup_from: VcpuRunWakeupFrom
    """EXPECTS_WAKEUP: what it sleeps in."""
    suspend_state: int
    """EXPECTS_WAKEUP: that it gave to CPU_SUSPEND."""
    exited: bool
    """POWERED_OFF: for good."""
    is_reset2: bool
    """PSCI_SYSTEM_RESET: by SYSTEM_RESET2, which has the next two."""
    reset_type: int
    reset_cookie: int
    data: Tuple[int, ...]
    """The words of the state, as they came."""


class Thread(ObjectHandle):
    """
    A vCPU that calls make, run and end, which the hypervisor calls a thread. Vcpu, which runs under Linux, is another.

    It is given a capability space (Cspace.attach_thread), an address space (Addrspace.attach_vcpu), an interrupt
    controller (Vic.attach_vcpu) and, if it is to have PSCI, a power group (VpmGroup.attach_vcpu); then it is activated,
    and is off.

    What would stop the hypervisor is refused: WouldCrashError.
    """

    _struct, _close, _what, _name = _ffi.gunyah_thread, "gunyah_thread_close", "thread", "thread"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "Thread":
        return cls._open_cap(session, cap)

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "Thread":
        return cls._create(partition, into)

    # ---- before activation

    def configure(
        self,
        *,
        pinned: bool = False,
        ras_error_handler: bool = False,
        amu_counting_disabled: bool = False,
        sve_allowed: bool = False,
        debug_allowed: bool = False,
        trace_allowed: bool = False,
        vcpu_run_scheduled: bool = False,
        hlos_vm: bool = False,
    ) -> None:
        """
        Set the options, before activation; those before are gone. ObjectConfigError at activation: one is not allowed.

        pinned: it stays on the CPU that it is given to. vcpu_run_scheduled: only run() runs it.
        """
        options = init(
            _ffi.gunyah_thread_options,
            pinned=bool(pinned),
            ras_error_handler=bool(ras_error_handler),
            amu_counting_disabled=bool(amu_counting_disabled),
            sve_allowed=bool(sve_allowed),
            debug_allowed=bool(debug_allowed),
            trace_allowed=bool(trace_allowed),
            vcpu_run_scheduled=bool(vcpu_run_scheduled),
            hlos_vm=bool(hlos_vm),
        )
        self._invoke(lib.gunyah_thread_configure, ctypes.byref(options))

    def set_priority(self, priority: int) -> None:
        """Set the priority, before activation; higher numbers go first. DeniedError: higher than there is."""
        self._invoke(lib.gunyah_thread_set_priority, unsigned(priority, 32, "priority"))

    def set_timeslice(self, nanoseconds: int) -> None:
        """Set how long it runs before another one of its priority does, before activation. 5 ms without this."""
        self._invoke(lib.gunyah_thread_set_timeslice, unsigned(nanoseconds, 64, "nanoseconds"))

    def set_affinity(self, cpu: Optional[int]) -> None:
        """
        Choose the physical CPU by its index, before or after activation; None: no CPU.

        WouldCrashError: no such CPU, as far as is known. RetryError: a change is under way, call again.
        """
        number = CPU_INDEX_INVALID if cpu is None else unsigned(cpu, 32, "cpu")
        self._invoke(lib.gunyah_thread_set_affinity, number)

    # ---- life

    def write_register(self, set: VcpuRegisterSet, index: int, value: int) -> None:
        """
        Write a register of a thread that is off. BusyError: it is on.

        set: X (0 to 30), PC (0, a multiple of 4) or SP_EL (0 and 1, multiples of 16). power_on() clears them, but for
        what it keeps.
        """
        numbers = unsigned(set, 32, "set"), unsigned(index, 32, "index"), unsigned(value, 64, "value")
        self._invoke(lib.gunyah_thread_write_register, *numbers)

    def power_on(self, entry_point: Optional[int], context: Optional[int] = 0) -> None:
        """
        Switch a thread on. BusyError: it is on.

        entry_point: where it begins; None: at the PC that was written. context: what it finds in x0; None: the X0 that
        was.
        """
        flags = 0
        if entry_point is None:
            flags |= ThreadPowerOnFlag.ENTRY_POINT
        if context is None:
            flags |= ThreadPowerOnFlag.CONTEXT
        words = unsigned(entry_point or 0, 64, "entry_point"), unsigned(context or 0, 64, "context")
        self._invoke(lib.gunyah_thread_power_on, *words, flags)

    def power_off(self, last: bool) -> None:
        """
        Switch the calling vCPU off: this does not return. ArgumentInvalidError: it is not the calling vCPU.

        last: whether it is the only one of its power group that is on; DeniedError: that is wrong.
        """
        self._invoke(lib.gunyah_thread_power_off, bool(last))

    def kill(self) -> None:
        """
        End a thread for good, some time later. One that only run() runs has to be run until it says that it has exited.
        """
        self._invoke(lib.gunyah_thread_kill)

    def bind_halt_virq(self, vic: Vic, virq: VIRQ) -> None:
        """Bind the interrupt that comes when the thread is stopped by force. Edge triggered, or it is never seen."""
        self._bind(lib.gunyah_thread_bind_halt_virq, vic, virq)

    def unbind_halt_virq(self) -> None:
        self._invoke(lib.gunyah_thread_unbind_halt_virq)

    def bind_wakeup_virq(self, vic: Vic, virq: VIRQ) -> None:
        """Bind the interrupt that comes when it is worth running the thread; and hand the thread to run(), for good."""
        self._bind(lib.gunyah_thread_bind_wakeup_virq, vic, virq)

    def unbind_wakeup_virq(self) -> None:
        """Unbind. The thread stays with run()."""
        self._invoke(lib.gunyah_thread_unbind_wakeup_virq)

    # ---- running

    def run(self, value: int = 0, *, action: VcpuRunResumeAction = VcpuRunResumeAction.EMULATE) -> ThreadExit:
        """
        Run a thread on this CPU until it needs something. BusyError: it is not for run(), or somebody else runs it.

        value: what it loads, after ADDRSPACE_VMMIO_READ. action: after ADDRSPACE_*; open hypervisors do not look. READY
        means "call again", but not without a limit: a thread that does nothing but fault says so for ever. Other
        threads of the program that use the session wait meanwhile.
        """
        resume = init(_ffi.gunyah_thread_resume, value=unsigned(value, 64, "value"))
        resume.action = unsigned(action, 32, "action")
        found = _ffi.gunyah_thread_exit()
        self._invoke(lib.gunyah_thread_run, ctypes.byref(resume), ctypes.byref(found))
        return exit_of(found)

    def run_check(self) -> ThreadExit:
        """
        Tell why a thread does not run, any thread; it changes nothing.

        READY: it does run, or could. BLOCKED: nothing but run() keeps it from it, or it was killed and has not ended
        yet.
        """
        found = _ffi.gunyah_thread_exit()
        self._invoke(lib.gunyah_thread_run_check, ctypes.byref(found))
        return exit_of(found)

    def yield_to(self) -> None:
        """Give the rest of this vCPU's time to a thread."""
        self._invoke(lib.gunyah_thread_yield_to)


def exit_of(found: Any) -> ThreadExit:
    return ThreadExit(
        VcpuRunState(found.state),
        found.address,
        found.length,
        found.value,
        VcpuRunWakeupFrom(found.wakeup_from),
        found.suspend_state,
        found.exited,
        found.is_reset2,
        found.reset_type,
        found.reset_cookie,
        tuple(found.data),
    )
