# SPDX-License-Identifier: BSD-3-Clause
"""What a VM may ask of the hypervisor without any capability: to let others run, random bytes, and what is traced."""

import ctypes
from typing import FrozenSet, Iterable

from ._abi import PRNG_MAX_BYTES
from ._library import lib
from .enums import TraceClass
from .session import Session
from .types import expect, unsigned

TRACE_CLASSES = 64  # bits of the word that says it


def scheduler_yield(session: Session) -> None:
    """Let other vCPUs of the same priority run. Thread.yield_to() names one."""
    expect(session, Session, "session")._invoke(lib.gunyah_scheduler_yield)


def entropy(session: Session, size: int = PRNG_MAX_BYTES) -> bytes:
    """
    Fetch random bytes of the hardware, to start a generator with. BusyError: this vCPU has had its share for now.

    size: 1 to PRNG_MAX_BYTES.
    """
    room = ctypes.create_string_buffer(max(unsigned(size, 16, "size"), 1))
    expect(session, Session, "session")._invoke(lib.gunyah_prng_get_entropy, room, size)
    return room.raw


def trace_classes(
    session: Session, *, set: Iterable[TraceClass] = (), clear: Iterable[TraceClass] = ()
) -> FrozenSet[TraceClass]:
    """
    Choose what the hypervisor writes into its trace, for all VMs; returns what that is then.

    set, clear: what is in both is set; neither: it only looks. ERROR and LOG_BUFFER stay as they are. DeniedError:
    nobody may.
    """
    flags = ctypes.c_uint64()
    expect(session, Session, "session")._invoke(
        lib.gunyah_trace_update_class_flags, bits_of(set, "set"), bits_of(clear, "clear"), ctypes.byref(flags)
    )
    return frozenset(TraceClass(number) for number in range(TRACE_CLASSES) if flags.value >> number & 1)


def bits_of(classes: Iterable[TraceClass], name: str) -> int:
    bits = 0
    for number in classes:
        if not 0 <= expect(number, TraceClass, name) < TRACE_CLASSES:
            raise ValueError(f"{name} has a class that has no bit: {number}")
        bits |= 1 << number
    return bits
