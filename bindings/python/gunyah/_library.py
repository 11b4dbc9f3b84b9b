# SPDX-License-Identifier: BSD-3-Clause
"""Finds libgunyah-ffi, and gives its functions their types."""

import ctypes
import os
from typing import Any

from . import _ffi
from ._errors import UnsupportedError

ENVIRONMENT = "GUNYAH_FFI_LIBRARY"
INSTALLED = "libgunyah-ffi.so.0"


class Library(ctypes.CDLL):
    """The shared library. A function that this build of it does not have raises when it is called for."""

    def __getattr__(self, name: str) -> Any:
        if name not in _ffi.PROTOTYPES:
            raise AttributeError(name)
        try:
            function = self[name]
        except AttributeError:
            raise UnsupportedError("the library was built without this", call=name) from None
        function.restype, *function.argtypes = _ffi.PROTOTYPES[name]
        setattr(self, name, function)
        return function


def load() -> Library:
    path = os.environ.get(ENVIRONMENT, INSTALLED)
    try:
        library = Library(path)
    except OSError as error:
        raise ImportError(
            f"{path} cannot be loaded: {error}. Install libgunyah with its bindings, "
            f"or set {ENVIRONMENT} to the path of libgunyah-ffi.so."
        ) from None
    check_version(library.gunyah_version(), path)
    return library


def check_version(version: int, path: str) -> None:
    # While the major version is 0, a minor version may break what the one before it promised.
    if version >> 8 != _ffi.GUNYAH_VERSION >> 8:
        raise ImportError(f"{path} has version {version >> 16}.{version >> 8 & 0xFF}, and this package is for another")


lib = load()
