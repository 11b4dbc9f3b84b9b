# SPDX-License-Identifier: BSD-3-Clause
"""What threads wait in for a VM, while others use the session."""

import contextlib
from typing import Any, Iterator

from ._library import lib
from ._native import Handle, call_c, closed, failure, refuse_callback
from .errors import InUseError
from .session import Session


class Solo(Handle):
    """A handle that one thread at a time uses, without the session's lock."""

    _owner: Session
    _prefix = ""  # of names of functions: "gunyah_vcpu"

    def _must_live(self, call: str) -> None:
        if self.closed:
            raise closed(call, self._what)

    @contextlib.contextmanager
    def _alone(self, call: str) -> Iterator[None]:
        """While nobody else is inside, and nobody may close it."""
        refuse_callback()
        session = self._owner
        with session._gate:
            self._must_live(call)
            if self in session._busy:
                what = f"another thread uses the {self._what}"
                raise InUseError(what, call=call, advice="Let it come back: cancel().")
            session._busy.add(self)
        try:
            yield
        finally:
            with session._gate:
                session._busy.discard(self)

    def _check(self, error: int, call: str) -> None:
        if error != 0:
            raise failure(error, call, getattr(lib, f"{self._prefix}_last_error")(self._pointer).contents)

    def _use(self, function: Any, *arguments: Any) -> None:
        """Call a function that returns an error. Its first argument is the handle."""
        with self._alone(function.__name__):
            self._check(call_c(function, self._pointer, *arguments), function.__name__)

    def cancel(self) -> None:
        """Make the thread that is inside come back or, if none is, the next one that waits or runs. Any thread."""
        cancel = getattr(lib, f"{self._prefix}_cancel")
        with self._owner._gate:
            self._must_live(cancel.__name__)
            cancel(self._pointer)

    def close(self) -> None:
        """Close the handle. InUseError: a thread is inside."""
        with self._alone(self._close), self._owner._lock, self._owner._gate:
            super().close()
