# SPDX-License-Identifier: BSD-3-Clause
"""All exceptions: GunyahError, and a subclass of it for each error of the C API."""

from ._errors import *  # noqa: F403
from ._exception import GunyahError as GunyahError
