# SPDX-License-Identifier: BSD-3-Clause
"""
What codes in a log mean, without a session: as the exceptions that functions would have raised; None: no error.

Any thread, also inside of an observer.
"""

import ctypes
import operator
from typing import Any, Optional

from . import _ffi
from ._exception import GunyahError
from ._ffi import GUNYAH_ANY_HYPERCALL
from ._library import lib
from ._native import call_c, failure
from .types import unsigned


def signed(value: int, name: str) -> int:
    number = operator.index(value)
    if not -(1 << 31) <= number < 1 << 31:
        raise ValueError(f"{name} must have 32 bits with its sign, and {number} does not fit")
    return number


def explained(function: Any, *words: int) -> Optional[GunyahError]:
    info = _ffi.gunyah_error_info()
    call_c(function, *words, ctypes.byref(info))
    return failure(info.error, "", info) if info.error != 0 else None


def error(code: int) -> Optional[GunyahError]:
    """An error of this library: an Error, as a function of C returns it."""
    return explained(lib.gunyah_error_explain, signed(code, "code"))


def hypervisor(code: int, call: Optional[int] = None) -> Optional[GunyahError]:
    """A code of the hypervisor, a HypervisorError. call: the Hypercall that answered it, if that is known."""
    number = GUNYAH_ANY_HYPERCALL if call is None else unsigned(call, 32, "call")
    return explained(lib.gunyah_error_explain_call, number, signed(code, "code"))


def rm(code: int, message: Optional[int] = None) -> Optional[GunyahError]:
    """A code of the Resource Manager, an RmErrorCode. message: the RmRequest that it answers, if that is known."""
    number = 0 if message is None else unsigned(message, 32, "message")
    return explained(lib.gunyah_rm_explain, number, unsigned(code, 32, "code"))


def linux(code: int, ioctl: int) -> Optional[GunyahError]:
    """An errno, and the number of the ioctl of a driver for Gunyah that failed with it."""
    return explained(lib.gunyah_linux_explain, unsigned(ioctl, 32, "ioctl"), unsigned(code, 31, "code"))
