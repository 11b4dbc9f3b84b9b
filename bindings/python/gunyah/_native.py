# SPDX-License-Identifier: BSD-3-Clause
"""How Python calls C: one thread at a time inside a session, no closed handle, no exception lost in a callback."""

import collections
import ctypes
import threading
from typing import Any, Callable, Deque, Optional, Type, TypeVar

from . import _ffi
from ._errors import BY_ERROR, HandleError, UnknownError
from ._exception import GunyahError
from .enums import Domain, Error
from ._library import lib

T = TypeVar("T", bound="Handle")


class Inside(threading.local):
    """What this thread is doing."""

    callback = False  # runs a function that the library called
    failed: Optional[BaseException] = None  # what such a function raised


inside = Inside()


def refuse_callback() -> None:
    if inside.callback:
        raise RuntimeError("the library must not be used inside of a function that it called")


def reraise() -> None:
    """Raise what a callback has raised, now that C is left."""
    failed, inside.failed = inside.failed, None
    if failed is not None:
        raise failed


def callback(kind: Any, function: Callable[..., Any], default: Any = None) -> Any:
    """A function for C to call. Its exception is kept until C is left; meanwhile it has returned the default."""

    def guarded(*arguments: Any) -> Any:
        inside.callback = True
        try:
            return function(*arguments)
        except BaseException as error:  # noqa: B036  nothing may cross C
            inside.failed = inside.failed or error
            return default
        finally:
            inside.callback = False

    return kind(guarded)


def init(struct: Any, /, **fields: Any) -> Any:
    """A struct as its macro GUNYAH_..._INIT makes it, and with these fields."""
    return struct(**{**_ffi.INIT.get(struct, {}), **fields})


def decode(value: Optional[bytes]) -> str:
    return (value or b"").decode(errors="replace")


def failure(error: int, call: str, info: Any = None, advice: str = "") -> GunyahError:
    """The exception for an error; info is what the library recorded, if that is about this error."""
    known = Error(error)
    kind: Type[GunyahError] = BY_ERROR.get(known, UnknownError)
    if info is None or info.error != error:
        return kind(decode(lib.gunyah_error_text(error)), Domain.LIBRARY, error, call, advice)
    return kind(decode(info.text), Domain(info.domain), info.code, decode(info.call), decode(info.advice))


def closed(call: str, what: str) -> HandleError:
    return HandleError(f"the {what} is closed", call=call, advice="Open it again, and use the new one.")


class Owner:
    """Something that C makes and whose functions one thread at a time may call: a session, a machine, a node."""

    _what = "session"

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._pointer: Any = None
        self._abandoned: Deque[Callable[[], object]] = collections.deque()

    def _keep(self, thing: object) -> None:
        """Let this live as long as what C knows of it may be used."""

    def _failure(self, error: int, call: str) -> GunyahError:
        """The exception for an error that a function has just returned."""
        return failure(error, call)

    def _ready(self, call: str) -> None:
        """Before each call, with the lock held."""
        if not self._pointer:
            raise closed(call, self._what)
        while self._abandoned:
            self._abandoned.popleft()()  # what was used goes behind what used it

    def _judge(self, error: int, call: str) -> None:
        """Behind each call, with the lock held."""
        if inside.failed is not None:
            reraise()
        if error != 0:
            raise self._failure(error, call)

    def _invoke(self, function: Any, *arguments: Any) -> None:
        """Call a function that returns an error. Its first argument is the pointer of this object."""
        refuse_callback()
        with self._lock:
            self._ready(function.__name__)
            self._judge(call_c(function, self._pointer, *arguments), function.__name__)

    def _ask(self, function: Any, *arguments: Any) -> Any:
        """Call a function that cannot fail."""
        refuse_callback()
        with self._lock:
            self._ready(function.__name__)
            return call_c(function, self._pointer, *arguments)


def call_c(function: Any, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except ctypes.ArgumentError as error:
        raise TypeError(f"{function.__name__}: {error}") from None


class Handle:
    """A handle of a session. Leave it by close(), or as a context manager; what is forgotten ends with its session."""

    _struct: Any = None
    _close: str = ""  # name of the function
    _what = "handle"

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} is made by its class methods, or by a method of something else")

    @classmethod
    def _adopt(cls: Type[T], owner: Owner, pointer: Any, parent: object) -> T:
        self = cls.__new__(cls)
        self._owner = owner
        self._pointer = pointer
        self._parent = parent
        return self

    @classmethod
    def _make(cls: Type[T], owner: Owner, function: Any, first: Any, *arguments: Any) -> T:
        """Call a function that stores a handle through its last argument. first: the owner, or a handle of it."""
        pointer = ctypes.POINTER(cls._struct)()
        invoke = first._invoke_with if isinstance(first, Handle) else first._invoke
        try:
            invoke(function, *arguments, ctypes.byref(pointer))
        except GunyahError as error:
            if pointer:
                error.left = cls._adopt(owner, pointer, first)
            raise
        return cls._adopt(owner, pointer, first)

    _owner: Owner
    _pointer: Any
    _parent: object  # what C goes on using as long as there is this one

    @property
    def closed(self) -> bool:
        return not self._pointer or not self._owner._pointer

    def _live(self, call: str) -> Any:
        """The pointer, with the lock held."""
        self._owner._ready(call)
        if not self._pointer:
            raise closed(call, self._what)
        return self._pointer

    def _same_owner(self, argument: Any, call: str) -> Any:
        if not isinstance(argument, Handle):
            return argument
        if argument._owner is not self._owner:
            raise failure(Error.ARGUMENT_INVALID, call)
        return argument._live(call)

    def _invoke(self, function: Any, *arguments: Any) -> None:
        """Call a function that returns an error. Its first argument is the handle."""
        refuse_callback()
        owner, call = self._owner, function.__name__
        with owner._lock:
            owner._judge(call_c(function, self._live(call), *arguments), call)

    def _invoke_with(self, function: Any, *arguments: Any) -> None:
        """The same, with other handles of the session among the arguments."""
        with self._owner._lock:
            self._invoke(function, *[self._same_owner(argument, function.__name__) for argument in arguments])

    def _ask(self, function: Any, *arguments: Any) -> Any:
        refuse_callback()
        with self._owner._lock:
            return call_c(function, self._live(function.__name__), *arguments)

    def _end(self, function: Any, *arguments: Any) -> None:
        """Call a function that takes a pointer to the handle, and may end it."""
        refuse_callback()
        owner, call = self._owner, function.__name__
        with owner._lock:
            pointer = self._live(call)
            result = call_c(function, ctypes.byref(pointer), *arguments)
            owner._judge(result, call)

    def close(self) -> None:
        """Close the handle. HandleError: it is closed."""
        self._end(getattr(lib, self._close))

    def __enter__(self: T) -> T:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.closed:
            self.close()

    def __del__(self) -> None:
        pointer: Any = self.__dict__.get("_pointer")
        if pointer and self._owner._pointer:
            # Any thread may run this, also inside of a callback: the next call does it.
            function = getattr(lib, self._close)
            self._owner._abandoned.append(lambda: function(ctypes.byref(pointer)))
