# SPDX-License-Identifier: BSD-3-Clause
"""Message queues: a ring of messages, and a threshold and an interrupt at either end."""

from interrupts import Source
from objects import MSGQUEUE_EMPTY, MSGQUEUE_FULL, OBJECT_CONFIG, Object, UNIMPLEMENTED, require

UNCHANGED = 0xFFFFFFFF
MAXIMUM = 0xFFFFFFFE
MOST_MESSAGES = 255
LONGEST = 1023


class Msgqueue(Object):
    def __init__(self):
        super().__init__("msgqueue")
        self.sender = Source(lambda: len(self.messages) <= self.not_full)
        self.receiver = Source(lambda: len(self.messages) >= self.not_empty)
        self.messages = []
        self.depth = self.size = 0
        self.not_full = self.not_empty = 0

    def configure(self, depth, size):
        require(1 <= depth <= MOST_MESSAGES and 1 <= size <= LONGEST)
        self.depth, self.size = depth, size

    def prepare(self):
        require(self.depth, OBJECT_CONFIG)
        self.not_full = self.depth - 1
        self.not_empty = 1

    def end(self):
        self.sender.unbind()
        self.receiver.unbind()

    def send(self, memory, size, address, push):
        """@return whether there is room for another. What cannot be copied is lost, and that is no error."""
        require(len(self.messages) < self.depth, MSGQUEUE_FULL)
        data = memory.load(address, size) if 0 < size <= self.size else None
        if data is None:
            return True
        self.messages.append(data)
        if push or len(self.messages) == self.not_empty:
            self.receiver.assert_()
        return len(self.messages) < self.depth

    def receive(self, memory, address, room):
        """@return the size, and whether there is another. What cannot be copied stays, with size 0."""
        require(self.messages, MSGQUEUE_EMPTY)
        message = self.messages[0]
        if len(message) > room or not memory.store(address, message):
            return 0, True
        self.messages.pop(0)
        if len(self.messages) == self.not_full:
            self.sender.assert_()
        return len(message), bool(self.messages)

    def flush(self):
        if self.messages:
            self.messages.clear()
            self.sender.assert_()
            self.receiver.clear()

    def configure_send(self, threshold, delay):
        require(delay == UNCHANGED, UNIMPLEMENTED)
        if threshold == UNCHANGED:
            return
        require(threshold < self.depth)
        self.not_full = threshold
        self.look_again(self.sender)

    def configure_receive(self, threshold, delay):
        require(delay == UNCHANGED, UNIMPLEMENTED)
        if threshold == UNCHANGED:
            return
        if threshold == MAXIMUM:
            self.not_empty = self.depth
            return
        require(1 <= threshold <= self.depth)
        self.not_empty = threshold
        self.look_again(self.receiver)

    @staticmethod
    def look_again(source):
        if source.condition():
            source.assert_()
        else:
            source.clear()
