# SPDX-License-Identifier: BSD-3-Clause
"""The base of all exceptions of the package; _errors.py, which is generated, has one for each error."""

from typing import NamedTuple, Optional

from .enums import Domain, Error


class DtProblem(NamedTuple):
    """What is wrong with a device tree, and where; an empty path stands for the whole tree."""

    path: str
    property: str
    text: str


class GunyahError(Exception):
    """An error of the library, with its origin. Each error of the C API has a subclass of its own."""

    error = Error.UNKNOWN
    problem: Optional[DtProblem] = None
    """Of a device tree."""
    left: Optional[object] = None
    """A handle of what was made, and could not be unmade when the rest failed: a memory parcel to be reclaimed."""

    def __init__(
        self,
        text: str,
        domain: Domain = Domain.LIBRARY,
        code: Optional[int] = None,
        call: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(text, domain, code, call, advice)
        self.text = text
        """What went wrong, as one clause."""
        self.domain = domain
        """Who reported it."""
        self.code = int(self.error) if code is None else code
        """Raw code of the domain: what the hypervisor, the Resource Manager or the system answered."""
        self.call = call
        """Hypercall, message or function that failed."""
        self.advice = advice
        """What to do about it, as one sentence."""

    def __str__(self) -> str:
        where = f"{self.call}: " if self.call else ""
        advice = f". {self.advice}" if self.advice else ""
        return f"{where}{self.text}{advice}"
