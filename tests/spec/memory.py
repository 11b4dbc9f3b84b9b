# SPDX-License-Identifier: BSD-3-Clause
"""The guest's memory."""

from objects import Uncovered

RAM = 0x40000000
RAM_END = 0x80000000
END = 1 << 64


class Memory:
    """RAM, with device pages below it, at which the hypervisor would stop, and nothing above. It is 0 at first."""

    def __init__(self):
        self.bytes = {}

    def load(self, address, size):
        """@return the bytes, or None where there are none."""
        if not self.reachable(address, size):
            return None
        return bytes(self.bytes.get(at, 0) for at in range(address, address + size))

    def store(self, address, data):
        """Up to where memory ends. @return whether all was stored."""
        if address + len(data) > END:
            return False
        reachable = self.reachable(address, len(data))
        room = max(0, RAM_END - address)
        self.bytes.update(enumerate(data[:room], address))
        return reachable

    @staticmethod
    def reachable(address, size):
        if address + size > END:
            return False
        if address < RAM:
            raise Uncovered("device memory")
        return address + size <= RAM_END
