# SPDX-License-Identifier: BSD-3-Clause
"""Numbers of the ABI: hypercalls, errors, rights, bits, messages of the Resource Manager."""

from ._abi import *  # noqa: F403
