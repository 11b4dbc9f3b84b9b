# SPDX-License-Identifier: BSD-3-Clause
"""Gunyah under Linux and Android: the driver behind /dev/gunyah."""

import ctypes
import threading
import weakref
from typing import Any, FrozenSet, List, NamedTuple, Optional

from . import _ffi
from .enums import LinuxCapability, LinuxFlavour
from ._library import lib
from ._native import Owner, decode, failure, init, refuse_callback
from .doorbell import Doorbell
from .errors import InUseError, NotFoundError, UnsupportedError
from .session import Backend, Session
from .types import expect, text, unsigned


class LinuxInfo(NamedTuple):
    """What is behind a node."""

    flavour: LinuxFlavour
    name: str
    capabilities: FrozenSet[LinuxCapability]


def close_pointer(pointer: Any, lock: Any) -> None:
    if pointer and lock.acquire(blocking=False):
        try:
            lib.gunyah_linux_close(ctypes.byref(pointer))
        finally:
            lock.release()


class LinuxNode(Backend):
    """A device node that is open: a backend for Session, and with vmm() a provider for Vm."""

    def __init__(self, path: Optional[str] = None, *, fd: int = -1) -> None:
        """path: the node; None: /dev/gunyah, or fd, which is open already and stays so."""
        refuse_callback()
        fd = unsigned(fd + 1, 31, "fd") - 1
        info = _ffi.gunyah_error_info()
        options = init(_ffi.gunyah_linux_options, path=text(path, "path"), fd=fd, error=ctypes.pointer(info))
        pointer = ctypes.POINTER(_ffi.gunyah_linux)()
        error = lib.gunyah_linux_open(ctypes.byref(options), ctypes.byref(pointer))
        if error != 0:
            raise failure(error, "gunyah_linux_open", info)
        self._pointer = pointer
        self._lock = threading.RLock()
        self._sessions: "weakref.WeakSet[Session]" = weakref.WeakSet()
        self._kept: List[object] = []
        self._finalizer = weakref.finalize(self, close_pointer, pointer, self._lock)

    def _live(self, call: str) -> Any:
        if not self._pointer:
            raise failure(-2, call, advice="The node is closed.")
        return self._pointer

    def _backend(self) -> Any:
        return lib.gunyah_linux_backend(self._live("gunyah_linux_backend"))

    def _opened(self, session: Session) -> None:
        self._sessions.add(session)

    def _keep(self, thing: object) -> None:
        self._kept.append(thing)

    @property
    def info(self) -> LinuxInfo:
        found = init(_ffi.gunyah_linux_info)
        with self._lock:
            lib.gunyah_linux_get_info(self._live("gunyah_linux_get_info"), ctypes.byref(found))
        has = frozenset(bit for bit in LinuxCapability if found.capabilities & bit)
        return LinuxInfo(LinuxFlavour(found.flavour), decode(found.name), has)

    def vmm(self, session: Session) -> "LinuxVmm":
        """The provider that this node is. session: on this node, which records the errors."""
        return LinuxVmm(self, session)

    def doorbell_fd(self, doorbell: Doorbell) -> int:
        """The eventfd behind a doorbell of a VM, which is the node's. NotFoundError: there is none."""
        cap = expect(doorbell, Doorbell, "doorbell").capid
        with self._lock:
            fd = int(lib.gunyah_linux_doorbell_fd(self._live("gunyah_linux_doorbell_fd"), cap.c))
        if fd < 0:
            raise NotFoundError("the doorbell has no file descriptor", call="gunyah_linux_doorbell_fd")
        return fd

    def close(self) -> None:
        """Close the node. InUseError: a session on it is open."""
        refuse_callback()
        with self._lock:
            pointer = self._live("gunyah_linux_close")
            if any(not session.closed for session in self._sessions):
                raise InUseError("a session on it is open", call="gunyah_linux_close", advice="Close that first.")
            lib.gunyah_linux_close(ctypes.byref(pointer))

    def __enter__(self) -> "LinuxNode":
        return self

    def __exit__(self, *_: object) -> None:
        for session in list(self._sessions):
            if not session.closed:
                session.close()
        if self._pointer:
            self.close()


class LinuxVmm:
    """The provider of VMs that a node is."""

    def __init__(self, node: LinuxNode, session: Session) -> None:
        if node not in expect(session, Session, "session").backends:
            raise ValueError("the session is not on this node")
        self._owner: Owner = session
        self._node = node

    def _vmm(self) -> Any:
        found = lib.gunyah_linux_vmm(self._node._live("gunyah_linux_vmm"), self._owner._pointer)
        if not found:
            raise UnsupportedError("there are VMs of another session", call="gunyah_linux_vmm")
        return found
