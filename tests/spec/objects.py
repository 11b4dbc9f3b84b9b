# SPDX-License-Identifier: BSD-3-Clause
"""Objects, capabilities and the spaces that these are in."""

OK = 0
UNIMPLEMENTED = -1
ARGUMENT_INVALID = 1
SIZE = 2
ALIGNMENT = 3
NOMEM = 10
NO_RESOURCES = 11
ADDR_OVERFLOW = 20
ADDR_INVALID = 22
DENIED = 30
BUSY = 31
OBJECT_STATE = 33
OBJECT_CONFIG = 34
VIRQ_BOUND = 40
CAP_NULL = 50
CAP_REVOKED = 51
WRONG_OBJECT_TYPE = 52
INSUFFICIENT_RIGHTS = 53
CSPACE_FULL = 54
MSGQUEUE_EMPTY = 60
MSGQUEUE_FULL = 61
NOT_OWNER = 111
MAPPINGS_FULL = 120
TYPE = 121

ACTIVATE = 0x80000000
SLOTS_IN_A_TABLE = 62
TABLES = 232
MOST_CAPS = SLOTS_IN_A_TABLE * TABLES

# All rights of each type, besides ACTIVATE.
RIGHTS = {
    "partition": 0x3, "cspace": 0x1F, "addrspace": 0xF, "memextent": 0x1F, "thread": 0x3FF, "doorbell": 0x7,
    "msgqueue": 0xF, "vic": 0x7, "vpm_group": 0x7, "virtio_mmio": 0xF,
}


class Refused(Exception):
    """A call ends with an error; nothing is changed."""

    def __init__(self, error):
        super().__init__(error)
        self.error = error


class Uncovered(Exception):
    """What this specification does not describe. It is raised before anything is changed."""


def require(condition, error=ARGUMENT_INVALID):
    if not condition:
        raise Refused(error)


class Object:
    """What capabilities are to. It lives while one that is not revoked is to it, or another object holds it."""

    def __init__(self, kind):
        self.kind = kind
        self.state = "init"
        self.capabilities = []
        self.holders = 0
        self.held = {}

    def hold(self, role, other):
        """Keep `other` alive, in place of what was held in that role."""
        other.holders += 1
        self.let_go(role)
        self.held[role] = other

    def let_go(self, role):
        if role in self.held:
            other = self.held.pop(role)
            other.holders -= 1
            other.end_unless_used()

    def end_unless_used(self):
        if self.state == "gone" or self.holders or self.capabilities:
            return
        self.state = "gone"
        self.end()
        for role in list(self.held):
            self.let_go(role)

    def prepare(self):
        """What activation does beyond the change of state; Refused leaves the object failed."""
        raise Uncovered(f"activation of a {self.kind}")

    def activate(self):
        require(self.state == "init", OBJECT_STATE)
        try:
            self.prepare()
        except Refused:
            self.state = "failed"
            raise
        self.state = "active"

    def end(self):
        """What happens when nothing needs the object any more."""


class Capability:
    def __init__(self, target, rights, master):
        self.target = target
        self.rights = rights
        self.master = master
        self.revoked = False
        target.capabilities.append(self)

    def revoke(self):
        self.revoked = True
        self.target.capabilities.remove(self)

    def delete(self):
        if not self.revoked:
            self.target.capabilities.remove(self)
            self.target.end_unless_used()


class Space(Object):
    """A capability space. Its ids mean nothing in another: each has a base of its own."""

    spaces = 0

    def __init__(self):
        super().__init__("cspace")
        Space.spaces += 1
        self.base = 0x5EED000000000000 + (Space.spaces << 32)
        self.most = 0
        self.slots = {}

    def configure(self, most):
        require(most <= MOST_CAPS)
        self.most = most

    def prepare(self):
        require(self.most, OBJECT_CONFIG)

    def end(self):
        slots, self.slots = self.slots, {}
        for capability in slots.values():
            capability.delete()

    def slot(self, cap_id):
        """The slot that an id is of, whatever is there."""
        slot = cap_id - self.base
        require(0 <= slot < 1 << 16)
        require(slot % 256 < SLOTS_IN_A_TABLE and slot // 256 < TABLES)
        return slot

    def any(self, cap_id):
        """A capability that is there, of whatever type and state."""
        capability = self.slots.get(self.slot(cap_id))
        require(capability, CAP_NULL)
        require(not capability.revoked, CAP_REVOKED)
        return capability

    def active(self, cap_id, kind, rights, states=("active",)):
        """The active object of a capability: type, then rights, then state."""
        capability = self.any(cap_id)
        require(capability.target.kind == kind, WRONG_OBJECT_TYPE)
        require(capability.rights & rights == rights, INSUFFICIENT_RIGHTS)
        require(capability.target.state in states, OBJECT_STATE)
        return capability.target

    def to_activate(self, cap_id, kind=None):
        """The object of a capability to be configured, attached or activated: rights, then type; the state is looked at later."""
        capability = self.any(cap_id)
        require(capability.rights & ACTIVATE, INSUFFICIENT_RIGHTS)
        require(kind in (None, capability.target.kind), WRONG_OBJECT_TYPE)
        return capability.target

    def free_slot(self):
        require(len(self.slots) < self.most, CSPACE_FULL)
        index = 0
        while index // SLOTS_IN_A_TABLE * 256 + index % SLOTS_IN_A_TABLE in self.slots:
            index += 1
        return index // SLOTS_IN_A_TABLE * 256 + index % SLOTS_IN_A_TABLE

    def insert(self, capability):
        slot = self.free_slot()
        self.slots[slot] = capability
        return self.base + slot

    def copy_to(self, cap_id, destination, mask):
        destination.free_slot()
        source = self.any(cap_id)
        rights = source.rights & mask
        require(rights, INSUFFICIENT_RIGHTS)
        return destination.insert(Capability(source.target, rights, master=False))

    def delete(self, cap_id):
        slot = self.slot(cap_id)
        require(slot in self.slots, CAP_NULL)
        self.slots.pop(slot).delete()

    def revoke_copies(self, cap_id):
        master = self.any(cap_id)
        require(master.master, INSUFFICIENT_RIGHTS)
        for capability in list(master.target.capabilities):
            if capability is not master:
                capability.revoke()
