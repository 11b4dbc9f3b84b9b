# SPDX-License-Identifier: BSD-3-Clause
"""Message queues: bounded messages in one direction."""

import ctypes
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple, Optional, Tuple

from . import _ffi
from ._library import lib
from ._native import init
from .errors import EmptyError
from .objects import Cspace, ObjectHandle, Partition, Vic
from .session import Session
from .types import VIRQ, WAIT_FOREVER, Buffer, CapID, c_of, expect, unsigned

if TYPE_CHECKING:
    from .dt import DeviceTree

LARGEST = 1023  # bytes of a message


class Message(NamedTuple):
    """A message, and whether more are there."""

    data: bytes
    not_empty: bool


def readable(data: Buffer) -> Tuple[Any, int]:
    """Something that C may read, and its bytes."""
    if isinstance(data, bytes):
        return data, len(data)
    view = memoryview(data).cast("B")
    if view.readonly:
        return view.tobytes(), view.nbytes
    return (ctypes.c_char * view.nbytes).from_buffer(view), view.nbytes


class Msgqueue(ObjectHandle):
    """A message queue: one side sends, the other one receives."""

    _struct, _close, _what, _name = _ffi.gunyah_msgqueue, "gunyah_msgqueue_close", "message queue", "msgqueue"
    _buffer: Any = None  # for messages

    @classmethod
    def open(
        cls,
        session: Session,
        cap: CapID,
        message_size: int,
        *,
        send_virq: Optional[VIRQ] = None,
        receive_virq: Optional[VIRQ] = None,
    ) -> "Msgqueue":
        """Open a queue that this VM has a capability for; the interrupts are those that are bound already."""
        options = init(
            _ffi.gunyah_msgqueue_options,
            cap=expect(cap, CapID, "cap").c,
            message_size=unsigned(message_size, 32, "message_size"),
            send_virq=c_of(send_virq, VIRQ, "send_virq"),
            receive_virq=c_of(receive_virq, VIRQ, "receive_virq"),
        )
        expect(session, Session, "session")
        return cls._make(session, lib.gunyah_msgqueue_open, session, ctypes.byref(options))

    @classmethod
    def open_label(cls, session: Session, tree: "DeviceTree", label: int, sends: bool) -> "Msgqueue":
        """Open the queue that this VM's device tree calls so."""
        return tree._open_label(cls, lib.gunyah_msgqueue_open_label, session, label, sends)

    @classmethod
    def create(cls, partition: Partition, into: Cspace) -> "Msgqueue":
        return cls._create(partition, into)

    @property
    def message_size(self) -> int:
        """Bytes of the largest message; 0 for a created queue that is not configured yet."""
        return int(self._ask(lib.gunyah_msgqueue_message_size))

    def configure(self, depth: int, message_size: int) -> None:
        arguments = (unsigned(depth, 32, "depth"), unsigned(message_size, 32, "message_size"))
        self._invoke(lib.gunyah_msgqueue_configure, *arguments)
        self._buffer = None

    def send(self, data: Buffer, *, push: bool = False) -> bool:
        """
        Append a message; returns whether there is room for another one. FullError: it was not sent.

        data: any bytes. push: interrupt the receiver now, whatever its threshold.
        """
        memory, size = readable(data)
        not_full = ctypes.c_bool()
        self._invoke(lib.gunyah_msgqueue_send, memory, size, 1 if push else 0, ctypes.byref(not_full))
        return not_full.value

    def receive_message(self) -> Message:
        """Take the oldest message. EmptyError: there is none."""
        size, not_empty = ctypes.c_size_t(), ctypes.c_bool()
        with self._owner._lock:
            room = self._room()
            self._invoke(lib.gunyah_msgqueue_receive, room, len(room), ctypes.byref(size), ctypes.byref(not_empty))
            return Message(ctypes.string_at(room, size.value), not_empty.value)

    def _room(self) -> Any:
        """Memory for the largest message."""
        if self._buffer is None:
            size = 0 if self.closed else self.message_size
            if size == 0:
                return ctypes.create_string_buffer(LARGEST)  # which the library will refuse to fill
            self._buffer = ctypes.create_string_buffer(size)
        return self._buffer

    def receive(self) -> bytes:
        """Take the oldest message. EmptyError: there is none."""
        return self.receive_message().data

    def receive_into(self, buffer: Any) -> int:
        """Take the oldest message into memory of the caller, which has room for the largest one; returns its length."""
        view = memoryview(buffer).cast("B")
        memory = (ctypes.c_char * view.nbytes).from_buffer(view)
        size = ctypes.c_size_t()
        self._invoke(lib.gunyah_msgqueue_receive, memory, view.nbytes, ctypes.byref(size), None)
        return size.value

    def drain(self) -> Iterator[bytes]:
        """Take all messages that are there."""
        while True:
            try:
                yield self.receive()
            except EmptyError:
                return

    def flush(self) -> None:
        """Drop all messages."""
        self._invoke(lib.gunyah_msgqueue_flush)

    def set_send_threshold(self, threshold: int) -> None:
        """Choose when the not-full interrupt comes: when the number of messages falls to this."""
        self._invoke(lib.gunyah_msgqueue_set_send_threshold, unsigned(threshold, 32, "threshold"))

    def set_receive_threshold(self, threshold: int) -> None:
        """Choose when the not-empty interrupt comes: when the number of messages rises to this."""
        self._invoke(lib.gunyah_msgqueue_set_receive_threshold, unsigned(threshold, 32, "threshold"))

    def bind_send_virq(self, vic: Vic, virq: VIRQ) -> None:
        self._bind(lib.gunyah_msgqueue_bind_send_virq, vic, virq)

    def bind_receive_virq(self, vic: Vic, virq: VIRQ) -> None:
        self._bind(lib.gunyah_msgqueue_bind_receive_virq, vic, virq)

    def unbind_send_virq(self) -> None:
        self._invoke(lib.gunyah_msgqueue_unbind_send_virq)

    def unbind_receive_virq(self) -> None:
        self._invoke(lib.gunyah_msgqueue_unbind_receive_virq)

    def wait_not_full(self, timeout_ns: int = WAIT_FOREVER) -> None:
        """Wait for the not-full interrupt, after FullError."""
        self._invoke(lib.gunyah_msgqueue_wait_not_full, unsigned(timeout_ns, 64, "timeout_ns"))

    def wait_not_empty(self, timeout_ns: int = WAIT_FOREVER) -> None:
        """Wait for the not-empty interrupt, after EmptyError."""
        self._invoke(lib.gunyah_msgqueue_wait_not_empty, unsigned(timeout_ns, 64, "timeout_ns"))
