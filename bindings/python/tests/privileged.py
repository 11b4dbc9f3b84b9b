# SPDX-License-Identifier: BSD-3-Clause
"""A VM that may make objects: what it begins with, what it makes, and a hypervisor that says what it is told."""

import gunyah
from gunyah import VMID, Addrspace, Cspace, Memextent, Observer, Partition, Simulator, Thread, Vic

MEMORY = 0x800000000  # docs/simulator.md: where the root partition has its memory
PAGE = 0x1000


class Script(Observer):
    """Answers calls of some numbers in the place of the hypervisor, and keeps what they were."""

    def __init__(self):
        self.answers = {}
        self.calls = []

    def say(self, number, *words):
        """From now on, this call is answered with these words: x0 and on."""
        self.answers[number] = words

    def before(self, event):
        words = self.answers.get(event.number)
        if words is None:
            return False
        self.calls.append(event.call)
        event.answer[: len(words)] = words
        return True


class Maker:
    """A privileged VM of a machine of its own, and what is its own."""

    def __init__(self, **options):
        self.as_manual = options.get("as_manual", False)
        self.script = Script()
        self.machine = Simulator(**options)
        self.vm = self.machine.add_vm("maker", privileged=True)
        self.session = self.vm.open(observer=self.script)
        own = self.vm.info
        self.partition = Partition.open(self.session, own.partition)
        self.cspace = Cspace.open(self.session, own.cspace)
        self.vic = Vic.open(self.session, own.vic)
        self.place = MEMORY
        self.vmid = 0x40

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.__exit__()

    def make(self, kind):
        return kind.create(self.partition, self.cspace)

    def weaken(self, handle, rights):
        """A handle of the same object with these rights alone."""
        return type(handle).open(self.session, self.cspace.copy(handle.capid, self.cspace, rights))

    def take(self, size):
        """Memory that nobody else has."""
        self.place += size
        return self.place - size

    def extent(self, size=PAGE, *kinds):
        extent = self.make(Memextent)
        extent.configure(self.take(size), size, *kinds)
        extent.activate()
        return extent

    def child(self, parent, offset, size, *kinds):
        child = self.make(Memextent)
        child.configure_derive(parent, offset, size, *kinds)
        child.activate()
        return child

    def sparse(self, size):
        return Memextent.create_sparse(self.partition, self.cspace, self.take(size), size)

    def addrspace(self):
        space = self.make(Addrspace)
        self.vmid += 1
        space.configure(VMID(self.vmid))
        space.activate()
        return space

    def thread(self, **options):
        """A thread with all that it needs to be activated, in a controller of its own."""
        thread, vic = self.make(Thread), self.make(Vic)
        vic.configure(1, 32)
        vic.activate()
        self.cspace.attach_thread(thread)
        self.addrspace().attach_vcpu(thread)
        vic.attach_vcpu(thread, 0)
        thread.configure(**options)
        return thread


def stranger(machine, kind=gunyah.Vic):
    """A handle of another session: of a VM that is not the maker."""
    return kind.open(machine.add_vm("stranger").open(), gunyah.CapID(1))
