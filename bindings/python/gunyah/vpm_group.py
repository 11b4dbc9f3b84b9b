# SPDX-License-Identifier: BSD-3-Clause
"""Power groups: threads that are one machine to PSCI, as the vCPUs of a VM are."""

import ctypes

from . import _ffi
from ._library import lib
from .enums import VpmState
from .objects import Cspace, ObjectHandle, Partition, Vic
from .session import Session
from .thread import Thread
from .types import VIRQ, CapID


class VpmGroup(ObjectHandle):
    """A power group. It is activated first, and threads are attached to it before they are activated themselves."""

    _struct, _close, _what, _name = _ffi.gunyah_vpm_group, "gunyah_vpm_group_close", "power group", "vpm_group"

    @classmethod
    def open(cls, session: Session, cap: CapID) -> "VpmGroup":
        return cls._open_cap(session, cap)

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "VpmGroup":
        return cls._create(partition, into)

    def configure(self, *, no_aggregation: bool = False) -> None:
        """
        Set the options, before activation; those before are gone.

        no_aggregation: the states of the threads are not added up: the last one that is on may switch itself off, and
        state sees none of them run.
        """
        self._invoke(lib.gunyah_vpm_group_configure, bool(no_aggregation))

    def attach_vcpu(self, thread: Thread, index: int) -> None:
        """
        Put a thread that is not active yet into the group; once more, and the last one counts.

        index: which one of the group it is. Whether it is taken shows at activation: DeniedError.
        """
        self._attach(lib.gunyah_vpm_group_attach_vcpu, thread, index)

    def bind_virq(self, vic: Vic, virq: VIRQ) -> None:
        """
        Bind the interrupt of a group, which is about SYSTEM_SUSPENDED. No open hypervisor raises it.

        Unbind before the last capability of the group goes, or the interrupt stays taken.
        """
        self._bind(lib.gunyah_vpm_group_bind_virq, vic, virq)

    def unbind_virq(self) -> None:
        self._invoke(lib.gunyah_vpm_group_unbind_virq)

    @property
    def state(self) -> VpmState:
        """RUNNING if one of its threads is on and not suspended."""
        state = ctypes.c_uint32()
        self._invoke(lib.gunyah_vpm_group_get_state, ctypes.byref(state))
        return VpmState(state.value)
