# SPDX-License-Identifier: BSD-3-Clause
"""Recordings as statements of the formal model, and what must hold after each."""

import copy
import re

ALL_ONES = (1 << 64) - 1
# More than any message may have, and few enough for the model's numbers.
LONG = 2000
# Where the flags are among the arguments of a call.
FLAGS_OF = {"doorbell_send": [1], "doorbell_receive": [1], "doorbell_mask": [1, 2]}
# Calls that make and bind what the model plays; it does not answer them itself.
UNANSWERED = {
    "cspace_delete_cap_from",
    "doorbell_bind_virq",
    "doorbell_unbind_virq",
    "msgqueue_bind_receive_virq",
    "msgqueue_bind_send_virq",
    "msgqueue_configure",
    "msgqueue_unbind_receive_virq",
    "msgqueue_unbind_send_virq",
    "object_activate",
    "partition_create_doorbell",
    "partition_create_msgqueue",
}
# What an interrupt is in the model, by the call that binds it: its line, and when its source has a reason.
LINES = {
    "doorbell_bind_virq": ("ring", "RINGS"),
    "msgqueue_bind_send_virq": ("not_full", "HAS_ROOM"),
    "msgqueue_bind_receive_virq": ("not_empty", "HAS_MESSAGES"),
}


class Unknown(Exception):
    """The recording has something that the model has not."""


class Operation:
    """A line of a recording."""

    def __init__(self, number, text):
        done, _, answer = text.partition(" -> ")
        words = done.split()
        self.number = number
        self.kind = words[1] if words[0] == "call" else words[0]
        self.arguments = words[3:] if words[0] == "call" else words[1:]
        self.answers = answer.split()
        self.results = dict(re.findall(r"\b(x[0-2])=(0x[0-9a-f]+)", answer.partition(" | ")[0]))

    def result(self, register):
        return int(self.results[register], 0)

    def value(self, index):
        return int(self.arguments[index], 0) & ALL_ONES

    def word(self, index):
        return signed(self.value(index))

    def places(self):
        """Where in its answer something can be wrong: result registers, and interrupts."""
        if self.kind in ("virq", "clear", "take"):
            return list(self.arguments)
        return [] if self.kind in UNANSWERED else list(self.results)

    def wrong_at(self, place):
        """The same with another answer."""
        wrong = copy.copy(self)
        if place in self.results:
            wrong.results = {**self.results, place: hex(self.result(place) ^ 1)}
        else:
            wrong.answers = list(set(self.answers) ^ {place})
        return wrong

    def succeeds(self):
        return f"error == {signed(self.result('x0'))}"


def signed(value):
    """The low 32 bits of a register."""
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value


class Flags:
    """64 flags as few bits: one for all flags that the recording always uses together."""

    def __init__(self, operations):
        used = [operation.value(index) for operation in operations for index in FLAGS_OF.get(operation.kind, [])]
        groups = {}
        for bit in range(64):
            together = tuple(value >> bit & 1 for value in used)
            groups[together] = groups.get(together, 0) | 1 << bit
        self.groups = list(groups.values())
        if len(self.groups) > 31:
            raise Unknown(f"{len(self.groups)} groups of flags")
        self.all = (1 << len(self.groups)) - 1

    def few(self, value):
        """The bits for these flags; -1 if a group is there in part, which is no answer of the model."""
        bits = 0
        for place, group in enumerate(self.groups):
            if value & group == group:
                bits |= 1 << place
            elif value & group:
                return -1
        return bits


class Translation:
    """A method for each kind of operation, which gives statements and what must hold after each."""

    def __init__(self, operations):
        self.flags = Flags(operations)
        self.lines = {
            operation.value(2): LINES[operation.kind]
            for operation in operations
            if operation.kind in LINES and operation.result("x0") == 0
        }
        self.depth = max((o.value(1) & 0xFFFF for o in operations if o.kind == "msgqueue_configure"), default=0)
        self.object = None

    def steps(self, operation):
        method = getattr(self, operation.kind, None)
        if method is None:
            raise Unknown(operation.kind)
        if operation.kind.startswith(("doorbell", "msgqueue")) and operation.arguments[0] != self.object:
            raise Unknown(f"{operation.arguments[0]} beside {self.object}")
        return method(operation)

    # The life of an object: there is one at a time.

    def create(self, operation):
        self.object = operation.arguments[-1].removeprefix("=")
        return [("error = 0", operation.succeeds())]

    def partition_create_doorbell(self, operation):
        return self.create(operation) + [("bell_make()", "true")]

    partition_create_msgqueue = create

    def object_activate(self, operation):
        return [("error = 0", operation.succeeds())]

    def cspace_delete_cap_from(self, operation):
        if operation.arguments[1] != self.object:
            raise Unknown(f"{operation.arguments[1]} beside {self.object}")
        return [("error = 0", operation.succeeds())] + [(f"unbind({line})", "true") for line, _ in self.lines.values()]

    # Calls.

    def doorbell_send(self, operation):
        return [(f"bell_send({self.flags.few(operation.value(1))})", self.old_flags(operation))]

    def doorbell_receive(self, operation):
        return [(f"bell_receive({self.flags.few(operation.value(1))})", self.old_flags(operation))]

    def old_flags(self, operation):
        return f"{operation.succeeds()} && old == {self.flags.few(operation.result('x1'))}"

    def doorbell_mask(self, operation):
        enable, ack = (self.flags.few(operation.value(index)) for index in (1, 2))
        return [(f"bell_mask({enable}, {ack})", operation.succeeds())]

    def doorbell_reset(self, operation):
        return [("bell_reset()", operation.succeeds())]

    def msgqueue_configure(self, operation):
        info = operation.value(1)
        return [("error = 0", operation.succeeds()), (f"queue_make({info & 0xFFFF}, {info >> 16})", "true")]

    def msgqueue_send(self, operation):
        size = min(operation.value(1), LONG)
        answer = f"{operation.succeeds()} && ready == {operation.result('x1')}"
        return [(f"queue_send({size}, {operation.value(3) & 1})", answer)]

    def msgqueue_receive(self, operation):
        answer = f"received == {operation.result('x1')} && ready == {operation.result('x2')}"
        return [(f"queue_receive({min(operation.value(2), LONG)})", f"{operation.succeeds()} && {answer}")]

    def msgqueue_flush(self, operation):
        return [("queue_flush()", operation.succeeds())]

    def msgqueue_configure_send(self, operation):
        return [(f"queue_configure_send({operation.word(1)}, {operation.word(2)})", operation.succeeds())]

    def msgqueue_configure_receive(self, operation):
        return [(f"queue_configure_receive({operation.word(1)}, {operation.word(2)})", operation.succeeds())]

    # Interrupts.

    def line_of(self, number):
        if number not in self.lines:
            raise Unknown(f"interrupt {number}, which nothing is bound to")
        return self.lines[number]

    def bind(self, operation):
        line, _ = self.line_of(operation.value(2))
        return [("error = 0", operation.succeeds()), (f"bind({line})", "true")]

    doorbell_bind_virq = msgqueue_bind_send_virq = msgqueue_bind_receive_virq = bind

    def unbind(self, operation):
        line, _ = LINES[operation.kind.replace("unbind", "bind")]
        return [("error = 0", operation.succeeds()), (f"unbind({line})", "true")]

    doorbell_unbind_virq = msgqueue_unbind_send_virq = msgqueue_unbind_receive_virq = unbind

    def irqcfg(self, operation):
        line, reason = self.line_of(operation.value(0))
        return [(f"set_trigger({line}, {int(operation.arguments[1] == 'edge')}, {reason})", "true")]

    def each_line(self, operation, statement, answer):
        for word in operation.arguments:
            line, reason = self.line_of(int(word))
            expected = "true" if word in operation.answers else "false"
            yield statement.format(line=line, reason=reason), f"({answer.format(line=line)}) == {expected}"

    def virq(self, operation):
        return self.each_line(operation, "skip", "PENDING({line})")

    def clear(self, operation):
        return self.each_line(operation, "withdraw({line}, {reason})", "PENDING({line})")

    def take(self, operation):
        return self.each_line(operation, "take({line}, {reason})", "taken")

    # What is in messages is not in the model.

    def fill(self, operation):
        return []

    dump = sum = fill
