# SPDX-License-Identifier: BSD-3-Clause
"""Watchdogs: clocks that a VM has to set back ("pet") in time, or they bark and bite. Whoever keeps a VM makes them."""

import ctypes
from typing import Any, NamedTuple, Optional

from . import _ffi
from ._abi import WATCHDOG_TIME_UNCHANGED
from ._library import lib
from .objects import Cspace, ObjectHandle, Partition, Vic
from .session import Session
from .thread import Thread
from .types import VIRQ, CapID, expect, unsigned


class Watchdog(ObjectHandle):
    """
    A watchdog, on the side of whoever keeps the VM. It is off until its VM enables it: OwnWatchdog.

    UnimplementedError on every open hypervisor; Feature.WATCHDOG tells before.
    """

    _struct, _close, _what, _name = _ffi.gunyah_watchdog, "gunyah_watchdog_close", "watchdog", "watchdog"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "Watchdog":
        return cls._open_cap(session, cap)

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "Watchdog":
        return cls._create(partition, into)

    def configure(self, *, critical_bite: bool = False) -> None:
        """
        Set the options, before activation; those before are gone.

        critical_bite: a bite takes the whole machine down, with all of its VMs.
        """
        self._invoke(lib.gunyah_watchdog_configure, bool(critical_bite))

    def attach_vcpu(self, thread: Thread) -> None:
        """
        Give a thread that is not active yet this watchdog, which is; once more, and the last one counts.

        Several threads may have the same one: any of them pets it for all.
        """
        self._attach(lib.gunyah_watchdog_attach_vcpu, thread)

    def bind_bark_virq(self, vic: Vic, virq: VIRQ) -> None:
        """Bind the interrupt that comes when the watchdog barks. Edge triggered."""
        self._bind(lib.gunyah_watchdog_bind_bark_virq, vic, virq)

    def unbind_bark_virq(self) -> None:
        self._invoke(lib.gunyah_watchdog_unbind_bark_virq)

    def bind_bite_virq(self, vic: Vic, virq: VIRQ) -> None:
        """Bind the interrupt that comes when the watchdog bites, after which it is off. vic: of the keeper."""
        self._bind(lib.gunyah_watchdog_bind_bite_virq, vic, virq)

    def unbind_bite_virq(self) -> None:
        self._invoke(lib.gunyah_watchdog_unbind_bite_virq)

    def freeze(self) -> None:
        """
        Stop the watchdog from counting, while nobody can run the VM.

        It goes on where it was when it was unfrozen as often.

        BusyError: it is frozen as often as can be counted.
        """
        self._invoke(lib.gunyah_watchdog_freeze)

    def freeze_and_reset(self) -> None:
        """Freeze, and let it count from 0 when it goes on."""
        self._invoke(lib.gunyah_watchdog_freeze_and_reset)

    def unfreeze(self) -> None:
        """Undo one freeze. BusyError: it is not frozen."""
        self._invoke(lib.gunyah_watchdog_unfreeze)


class WatchdogStatus(NamedTuple):
    """What a watchdog does."""

    enabled: bool
    """It counts: it is neither off nor frozen, and has not bitten."""
    expired: bool
    """It counts, and bites next: it has barked since it was pet, or will not."""
    since_pet_ms: int
    """Milliseconds since the last pet, or since it began to count; those in which it stood still too, until it goes on."""


class OwnWatchdog:
    """
    The watchdog of the vCPU that calls, which needs no capability.

    UnimplementedError: this vCPU has none, or the hypervisor has none. UnsupportedError: the session reaches no
    hypervisor.
    """

    def __init__(self, session: Session) -> None:
        self.session: Session = expect(session, Session, "session")

    def _call(self, function: Any, *arguments: Any) -> None:
        self.session._invoke(function, *arguments)

    def enable(self) -> None:
        """
        Let it count: from 0, or, without a pet or new times since it last counted, from where it was.

        ArgumentInvalidError, on some hypervisors: it is on already, which a program for all of them takes for success.
        """
        self._call(lib.gunyah_own_watchdog_enable)

    def disable(self) -> None:
        """Let it count no more. ArgumentInvalidError, on some hypervisors: it is off already."""
        self._call(lib.gunyah_own_watchdog_disable)

    def pet(self) -> None:
        """Let it count from 0 again; one that is off will, when it is enabled."""
        self._call(lib.gunyah_own_watchdog_pet)

    def set_times(self, bark_ms: Optional[int] = None, bite_ms: Optional[int] = None) -> None:
        """Set how long after it was pet it barks, and after that same moment bites; None keeps a time."""
        times = bark_ms, bite_ms
        words = [WATCHDOG_TIME_UNCHANGED if time is None else unsigned(time, 32, "time") for time in times]
        self._call(lib.gunyah_own_watchdog_set_times, *words)

    @property
    def status(self) -> WatchdogStatus:
        found = _ffi.gunyah_own_watchdog_status()
        self._call(lib.gunyah_own_watchdog_get_status, ctypes.byref(found))
        return WatchdogStatus(found.enabled, found.expired, found.since_pet_ms)
