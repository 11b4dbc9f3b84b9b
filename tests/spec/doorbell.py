# SPDX-License-Identifier: BSD-3-Clause
"""Doorbells: 64 flags, which of them interrupt, and which of those an interrupt clears."""

from interrupts import Source
from objects import Object, require

ALL = (1 << 64) - 1


class Doorbell(Object):
    def __init__(self):
        super().__init__("doorbell")
        self.source = Source(lambda: bool(self.flags & self.enable))
        self.flags, self.enable, self.ack = 0, ALL, 0

    def prepare(self):
        """Nothing needs to be configured."""

    def end(self):
        self.source.unbind()

    def send(self, new):
        old = self.flags
        self.flags |= new
        if self.flags & self.enable:
            self.source.assert_()
            self.flags &= ~self.ack
        else:
            self.source.assert_(edge_only=True)
        return old

    def receive(self, clear):
        require(clear)
        old = self.flags
        self.flags &= ~clear
        return old

    def mask(self, enable, ack):
        was = self.flags & self.enable
        self.enable, self.ack = enable, ack
        now = self.flags & enable
        if was and not now:
            self.source.clear()
        if now and not was:
            self.source.assert_()
        if now:
            self.flags &= ~ack

    def reset(self):
        self.source.clear()
        self.flags, self.enable, self.ack = 0, ALL, 0
