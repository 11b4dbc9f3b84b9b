# SPDX-License-Identifier: BSD-3-Clause
"""The Resource Manager's client: requests, notifications, who is who, and what a guest says of itself."""

import ctypes
import dataclasses
from typing import TYPE_CHECKING, Any, Iterator, List, NamedTuple, Optional

from . import _ffi, events
from ._abi import RM_GUID_SIZE, RM_MAX_PAYLOAD
from .enums import OsStatus, RmGeneration, VmExitCode
from ._library import lib
from ._native import Handle, call_c, decode, init
from .errors import BufferTooSmallError, TimeoutError
from .msgqueue import readable
from .session import Session
from .types import RM_DEFAULT_TIMEOUT, VIRQ, VMID, Buffer, CapID, c_of, expect, text, unsigned

if TYPE_CHECKING:
    from .dt import DeviceTree


@dataclasses.dataclass(frozen=True)
class RmOptions:
    """How to speak with the Resource Manager, as the device tree says it."""

    send_cap: CapID
    receive_cap: CapID
    send_virq: Optional[VIRQ] = None
    receive_virq: Optional[VIRQ] = None
    message_size: int = 240
    event_bytes: int = 4096
    default_timeout_ns: int = 10_000_000_000
    generation: RmGeneration = RmGeneration.UNKNOWN

    def _c(self) -> Any:
        return init(
            _ffi.gunyah_rm_options,
            send_cap=expect(self.send_cap, CapID, "send_cap").c,
            receive_cap=expect(self.receive_cap, CapID, "receive_cap").c,
            send_virq=c_of(self.send_virq, VIRQ, "send_virq"),
            receive_virq=c_of(self.receive_virq, VIRQ, "receive_virq"),
            message_size=unsigned(self.message_size, 32, "message_size"),
            event_bytes=unsigned(self.event_bytes, 32, "event_bytes"),
            default_timeout_ns=unsigned(self.default_timeout_ns, 64, "default_timeout_ns"),
            generation=unsigned(self.generation, 32, "generation"),
        )


class VmIdentity(NamedTuple):
    """What is known of a VM. Texts are empty where there is none."""

    guid: Optional[bytes]
    name: str
    uri: str
    authentication: str


class RmCounters(NamedTuple):
    """What a connection has counted since it was opened."""

    requests: int
    replies: int
    notifications: int
    lost_events: int
    stale_replies: int
    malformed: int


class ResourceManager(Handle):
    """A connection to the Resource Manager. It cannot be closed while VMs, parcels or interrupts of it are open."""

    _struct, _close, _what = _ffi.gunyah_rm, "gunyah_rm_close", "connection"

    @classmethod
    def open(cls, session: Session, options: RmOptions) -> "ResourceManager":
        struct = expect(options, RmOptions, "options")._c()
        return cls._make(session, lib.gunyah_rm_open, expect(session, Session, "session"), ctypes.byref(struct))

    @classmethod
    def open_tree(cls, session: Session, tree: "DeviceTree") -> "ResourceManager":
        """Open the connection that this VM's device tree names."""
        return tree._open(cls, lib.gunyah_rm_open_dt, session)

    # ---- requests

    def call(
        self,
        id: int,
        request: Buffer = b"",
        *,
        capacity: int = RM_MAX_PAYLOAD,
        timeout_ns: int = RM_DEFAULT_TIMEOUT,
    ) -> bytes:
        """Make a request, by its id and in the layout of its message; returns the data of the reply."""
        memory, size = readable(request)
        reply, got = ctypes.create_string_buffer(max(capacity, 1)), ctypes.c_size_t()
        arguments = (unsigned(id, 32, "id"), memory if size else None, size, reply, unsigned(capacity, 32, "capacity"))
        self._invoke(lib.gunyah_rm_call, *arguments, ctypes.byref(got), unsigned(timeout_ns, 64, "timeout_ns"))
        return ctypes.string_at(reply, got.value)

    def begin(self, id: int, request: Buffer = b"", *, capacity: int = RM_MAX_PAYLOAD) -> None:
        """Begin a request; finish() waits for its reply, and cancel() gives it up."""
        memory, size = readable(bytes(request))
        reply = ctypes.create_string_buffer(max(capacity, 1))
        arguments = (unsigned(id, 32, "id"), memory if size else None, size, reply, unsigned(capacity, 32, "capacity"))
        with self._owner._lock:
            self._invoke(lib.gunyah_rm_begin, *arguments)
            self._lent = (memory, reply)  # until the request is over

    def finish(self, timeout_ns: int = RM_DEFAULT_TIMEOUT) -> bytes:
        """Wait for the reply to the request that is under way. TimeoutError: it is still under way."""
        got = ctypes.c_size_t()
        with self._owner._lock:
            self._invoke(lib.gunyah_rm_finish, ctypes.byref(got), unsigned(timeout_ns, 64, "timeout_ns"))
            return ctypes.string_at(self._lent[1], got.value)

    def cancel(self) -> None:
        self._invoke(lib.gunyah_rm_cancel)

    # ---- notifications

    def next_event(self, timeout_ns: int = RM_DEFAULT_TIMEOUT) -> events.Event:
        """Take the oldest notification, or wait for one."""
        event = _ffi.gunyah_rm_event()
        with self._owner._lock:
            self._invoke(lib.gunyah_rm_next_event, ctypes.byref(event), unsigned(timeout_ns, 64, "timeout_ns"))
            return events.of_c(event)

    def events(self, timeout_ns: int = 0) -> Iterator[events.Event]:
        """The notifications that are there, or come within the time after the one before."""
        while True:
            try:
                event = self.next_event(timeout_ns)
            except TimeoutError:
                return
            yield event

    @property
    def counters(self) -> RmCounters:
        found = self._ask(lib.gunyah_rm_get_counters).contents
        return RmCounters(*(getattr(found, name) for name in RmCounters._fields))

    # ---- who is who

    def _vmid(self, function: Any) -> VMID:
        found = _ffi.gunyah_vmid_t()
        self._invoke(function, ctypes.byref(found))
        return VMID(found.value)

    def _list(self, function: Any, *arguments: Any) -> List[VMID]:
        count, room = ctypes.c_size_t(), 16
        while True:
            rows = (_ffi.gunyah_rm_vm_entry * room)()
            try:
                self._invoke(function, *arguments, rows, room, ctypes.byref(count))
            except BufferTooSmallError:
                room = count.value
            else:
                return [VMID(row.vmid.value) for row in rows[: count.value]]

    @property
    def vmid(self) -> VMID:
        """This VM's own."""
        return self._vmid(lib.gunyah_vm_self)

    @property
    def owner(self) -> VMID:
        """Of this VM."""
        return self._vmid(lib.gunyah_vm_owner)

    @property
    def peers(self) -> List[VMID]:
        return self._list(lib.gunyah_vm_peers)

    def identify(self, vmid: Optional[VMID] = None) -> VmIdentity:
        """Tell who a VM is; None: this one."""
        found = _ffi.gunyah_vm_identity()
        self._invoke(lib.gunyah_vm_identify, c_of(vmid, VMID, "vmid"), ctypes.byref(found))
        guid = bytes(found.guid) if found.has_guid else None
        return VmIdentity(guid, decode(found.name), decode(found.uri), decode(found.authentication))

    def lookup_name(self, name: str) -> List[VMID]:
        return self._list(lib.gunyah_vm_lookup_name, text(expect(name, str, "name"), "name"))

    def lookup_uri(self, uri: str) -> List[VMID]:
        return self._list(lib.gunyah_vm_lookup_uri, text(expect(uri, str, "uri"), "uri"))

    def lookup_guid(self, guid: bytes) -> List[VMID]:
        if len(guid) != RM_GUID_SIZE:
            raise ValueError(f"guid must have {RM_GUID_SIZE} bytes")
        return self._list(lib.gunyah_vm_lookup_guid, (ctypes.c_uint8 * RM_GUID_SIZE)(*guid))

    @property
    def host_type(self) -> int:
        found = ctypes.c_uint32()
        self._invoke(lib.gunyah_vm_host_type, ctypes.byref(found))
        return found.value

    def crash_message(self, vmid: VMID) -> str:
        """The last words of a VM."""
        words = ctypes.create_string_buffer(_ffi.GUNYAH_VM_CRASH_MESSAGE_SIZE)
        self._invoke(lib.gunyah_vm_crash_message, expect(vmid, VMID, "vmid").c, words)
        return decode(words.value)

    # ---- what a guest says of itself

    def set_status(self, os: OsStatus, application: int = 0) -> None:
        """Tell the peers how far this VM is."""
        self._invoke(lib.gunyah_guest_set_status, unsigned(os, 32, "os"), unsigned(application, 16, "application"))

    def set_crash_message(self, message: str) -> None:
        """Leave last words for the owner."""
        self._invoke(lib.gunyah_guest_set_crash_message, text(expect(message, str, "message"), "message"))

    def exit(self, code: VmExitCode = VmExitCode.NORMAL, *, restart: bool = False) -> None:
        """End this VM. It does not return, but in the simulator."""
        self._invoke(lib.gunyah_guest_exit, unsigned(code, 32, "code"), restart)

    def console_open(self, vmid: Optional[VMID] = None) -> None:
        """Open a console: this VM's own, or that of a VM which this one owns. What is written there comes as events."""
        self._invoke(lib.gunyah_console_open, c_of(vmid, VMID, "vmid"))

    def console_close(self, vmid: Optional[VMID] = None) -> None:
        self._invoke(lib.gunyah_console_close, c_of(vmid, VMID, "vmid"))

    def console_write(self, data: Buffer, vmid: Optional[VMID] = None) -> None:
        memory, size = readable(data)
        self._invoke(lib.gunyah_console_write, c_of(vmid, VMID, "vmid"), memory, size)

    def console_flush(self, vmid: Optional[VMID] = None) -> None:
        self._invoke(lib.gunyah_console_flush, c_of(vmid, VMID, "vmid"))

    # ---- as a provider of VMs

    def _vmm(self) -> Any:
        return call_c(lib.gunyah_rm_vmm, self._live("gunyah_rm_vmm"))
