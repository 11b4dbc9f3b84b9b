# SPDX-License-Identifier: BSD-3-Clause
"""Interrupt lines, what asserts them, and the controllers that they belong to."""

from objects import ARGUMENT_INVALID, BUSY, Object, Uncovered, VIRQ_BOUND, require

FIRST_SHARED = 32
MOST_SHARED = 988
MOST_VCPUS = 8
OPTION_MSIS_VALID = 1
OPTIONS = 3


class Line:
    """One shared interrupt, as the guest's interrupt controller shows it."""

    def __init__(self):
        self.edge = False
        self.latch = False
        self.level = False
        self.source = None

    def pending(self):
        return self.latch if self.edge else self.level

    def condition(self):
        return self.source is not None and self.source.condition()

    def raise_(self, edge_only):
        self.latch = True
        self.level = self.level or not edge_only

    def withdraw(self):
        """The guest withdraws a pending interrupt; a level that still has its reason comes back."""
        if self.level and not self.edge:
            self.level = self.latch or self.condition()
        self.latch = False

    def configure(self, edge):
        """Set the trigger and withdraw what is pending."""
        self.edge = edge
        self.withdraw()

    def take(self):
        """Acknowledge, end, disable. @return whether there was one."""
        if not self.pending():
            return False
        self.latch = False
        if not self.edge:
            self.level = self.condition()
            self.latch = self.level
        return True


class Source:
    """Something of an object that asserts an interrupt: `condition` says whether there is still a reason for one."""

    def __init__(self, condition):
        self.condition = condition
        self.line = None

    def bind(self, vic, number):
        require(self.line is None, VIRQ_BOUND)
        line = vic.line(number)
        require(line.source is None, BUSY)
        line.source = self
        self.line = line

    def unbind(self):
        if self.line is not None:
            self.clear()
            self.line.source = None
            self.line = None

    def assert_(self, edge_only=False):
        if self.line is not None:
            self.line.raise_(edge_only)

    def clear(self):
        if self.line is not None:
            self.line.level = False


class Vic(Object):
    """An interrupt controller. The lines of those that the guest makes go to vCPUs that it has not, and are never seen."""

    def __init__(self):
        super().__init__("vic")
        self.lines = {}
        self.vcpus = None
        self.most = 0

    def configure(self, vcpus, most, options, msis):
        """Each word is stored before the next is looked at."""
        require(1 <= vcpus <= MOST_VCPUS)
        self.vcpus = vcpus
        require(most <= MOST_SHARED)
        self.most = most
        require(not (options & OPTION_MSIS_VALID and msis))

    def prepare(self):
        """One that was never configured has no interrupts, but can be activated."""

    def attach(self, thread, index):
        if self.vcpus is None:
            raise Uncovered("vCPUs of a controller that was never configured")
        require(index < self.vcpus)
        thread.hold("vic", self)

    def line(self, number):
        require(FIRST_SHARED <= number < FIRST_SHARED + self.most, ARGUMENT_INVALID)
        return self.lines.setdefault(number, Line())
