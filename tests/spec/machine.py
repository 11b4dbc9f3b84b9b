# SPDX-License-Identifier: BSD-3-Clause
"""The guest of the recordings at its first instruction: its capabilities, memory and interrupts; and how registers carry calls."""

from memory_calls import CALLS
from extents import OWN_VMIDS, Physical
from interrupts import MOST_SHARED, Source, Vic
from memory import Memory
from msgqueue import Msgqueue
from objects import ACTIVATE, ARGUMENT_INVALID, Capability, Object, RIGHTS, Refused, Space, Uncovered

ALL_ONES = (1 << 64) - 1
UNTOUCHED = 0xA5A5A5A500000000
OWN_CAPS = 2048
HARDWARE = range(32, 256)
RESOURCE_MANAGER = (960, 961)


class Machine:
    def __init__(self, stock=False):
        self.memory = Memory()
        self.physical = Physical()
        self.vmids = set(OWN_VMIDS)
        self.space = self.made(Space())
        self.space.configure(OWN_CAPS)
        self.space.holders = 1
        self.vic = self.made(Vic())
        self.vic.configure(8, MOST_SHARED, 0, 0)
        for number in (*HARDWARE, *RESOURCE_MANAGER):
            Source(lambda: False).bind(self.vic, number)
        self.foreign = [self.made(Msgqueue()), self.made(Msgqueue())]
        self.slot = None
        self.symbols = {f"buf{i}": 0x50000000 + 0x10000 * i for i in range(16)}
        self.grant("rmtx", self.foreign[0], 1)
        self.grant("rmrx", self.foreign[1], 2)
        self.grant("rm_vcpu", self.made(Object("thread")), 2)
        if not stock:
            for name, target in self.own_objects():
                self.grant(name, target, RIGHTS[target.kind] | ACTIVATE)

    def own_objects(self):
        yield "partition", self.made(Object("partition"))
        yield "cspace", self.space
        yield "vic", self.vic
        yield "addrspace", self.made(Object("addrspace"))
        yield "vcpu", self.made(Object("thread"))
        yield "vpm", self.made(Object("vpm_group"))

    @staticmethod
    def made(target):
        """An object that somebody else has made, and keeps."""
        target.state = "active"
        target.holders = 1
        return target

    def grant(self, name, target, rights):
        self.symbols[name] = self.space.insert(Capability(target, rights, master=False))

    def placed(self, destination, cap_id):
        """A new capability; the recordings say where it is, if the guest named its own space by its first capability."""
        if destination == self.symbols.get("cspace"):
            self.slot = self.space.slot(cap_id)
        return cap_id

    def queue(self, cap, rights):
        queue = self.space.active(cap, "msgqueue", rights)
        if queue in self.foreign:
            raise Uncovered("the Resource Manager's queues")
        return queue

    def call(self, name, immediate, operands):
        """@return x0 and the registers of further results, as they are after the call."""
        call = CALLS.get(name)
        if call is None:
            raise Uncovered(name)
        self.slot = None
        first = 0 if immediate else 1
        words = [*operands, *(UNTOUCHED + first + i for i in range(len(operands), len(call.arguments)))]
        arguments = arguments_of(call, words, immediate)
        if arguments is None:
            error, results = ARGUMENT_INVALID, (0,) * call.results
        else:
            error, results = self.carry_out(call, arguments)
        return [error & (0xFFFFFFFF if immediate else ALL_ONES), *(int(result) & ALL_ONES for result in results)]

    def carry_out(self, call, arguments):
        try:
            return 0, call.handler(self, *arguments)
        except Refused as refused:
            return refused.error, (call.failed,) * call.results


def arguments_of(call, words, immediate):
    """@return the arguments without the reserved words, or None if one is wrong, which only the immediate form looks at."""
    values = []
    for name, word in zip(call.arguments, words):
        if name.startswith("res"):
            if immediate and word != (0 if name == "res0" else ALL_ONES):
                return None
        else:
            values.append(word & 0xFFFFFFFF if name.endswith(":32") else word)
    return values
