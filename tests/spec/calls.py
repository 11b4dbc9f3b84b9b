# SPDX-License-Identifier: BSD-3-Clause
"""The hypercalls that are specified: arguments in their order, `res0` and `res1` for reserved words, and what they do.

Arguments are 64 bits wide, or 32 where the name ends in `:32`. A handler has the machine and the arguments that are not reserved,
and returns the results after the error.
"""

from doorbell import Doorbell
from extents import Addrspace, Memextent
from interrupts import OPTIONS, Vic
from msgqueue import Msgqueue
from objects import Capability, OBJECT_STATE, Object, RIGHTS, ACTIVATE, Refused, Space, UNIMPLEMENTED, Uncovered, require

CREATE, BIND_SOURCE, ATTACH_VCPU = 1, 1, 2
CAP_CREATE, CAP_DELETE, CAP_COPY, CAP_ATTACH, CAP_REVOKE = 1, 2, 4, 8, 16
SEND, RECEIVE, BIND, BIND_SEND, BIND_RECEIVE = 1, 2, 4, 4, 8

CLASSES = {
    "cspace": lambda machine: Space(),
    "doorbell": lambda machine: Doorbell(),
    "msgqueue": lambda machine: Msgqueue(),
    "vic": lambda machine: Vic(),
    "memextent": lambda machine: Memextent(machine.physical),
    "addrspace": lambda machine: Addrspace(machine.vmids),
}
CALLS = {}


class Call:
    def __init__(self, arguments, results, handler, failed):
        self.arguments = arguments.split()
        self.results = results
        self.handler = handler
        self.failed = failed


def call(name, arguments, results=0, failed=0):
    """`results` follow the error; each is `failed` when there is one."""

    def add(handler):
        CALLS[name] = Call(arguments, results, handler, failed)
        return handler

    return add


def creator(kind):
    @call(f"partition_create_{kind}", "partition cspace res0", 1)
    def create(machine, partition, cspace):
        machine.space.active(partition, "partition", CREATE)
        space = machine.space.active(cspace, "cspace", CAP_CREATE)
        made = CLASSES[kind](machine) if kind in CLASSES else Object(kind)
        return (machine.placed(cspace, space.insert(Capability(made, RIGHTS[kind] | ACTIVATE, master=True))),)


for made_kind in RIGHTS:
    if made_kind != "partition":
        creator(made_kind)


@call("object_reset", "cap res0")
@call("object_reset_from", "cspace cap res0")
@call("cspace_revoke_cap_from", "cspace cap res0")
@call("partition_create_partition", "partition cspace res0", 1, failed=-1)
def unimplemented(_machine, *_arguments):
    raise Refused(UNIMPLEMENTED)


@call("object_activate", "cap res0")
def object_activate(machine, cap):
    machine.space.to_activate(cap).activate()
    return ()


@call("object_activate_from", "cspace cap res0")
def object_activate_from(machine, cspace, cap):
    machine.space.active(cspace, "cspace", CAP_CREATE).to_activate(cap).activate()
    return ()


@call("cspace_configure", "cspace most:32 res0")
def cspace_configure(machine, cspace, most):
    to_configure(machine, cspace, "cspace").configure(most)
    return ()


@call("cspace_copy_cap_from", "source cap destination rights:32 res0", 1)
def cspace_copy_cap_from(machine, source, cap, destination, rights):
    space = machine.space.active(source, "cspace", CAP_COPY)
    target = machine.space.active(destination, "cspace", CAP_CREATE)
    return (machine.placed(destination, space.copy_to(cap, target, rights)),)


@call("cspace_delete_cap_from", "cspace cap res0")
def cspace_delete_cap_from(machine, cspace, cap):
    machine.space.active(cspace, "cspace", CAP_DELETE).delete(cap)
    return ()


@call("cspace_revoke_caps_from", "cspace cap res0")
def cspace_revoke_caps_from(machine, cspace, cap):
    machine.space.active(cspace, "cspace", CAP_REVOKE).revoke_copies(cap)
    return ()


@call("cspace_attach_thread", "cspace thread res0")
def cspace_attach_thread(machine, cspace, thread):
    target = machine.space.to_activate(thread, "thread")
    space = machine.space.active(cspace, "cspace", CAP_ATTACH)
    require(target.state == "init", OBJECT_STATE)
    target.hold("cspace", space)
    return ()


@call("vic_configure", "vic vcpus:32 most:32 options msis:32")
def vic_configure(machine, vic, vcpus, most, options, msis):
    target = machine.space.to_activate(vic, "vic")
    require(not options & ~OPTIONS)
    require(target.state == "init", OBJECT_STATE)
    target.configure(vcpus, most, options, msis)
    return ()


@call("vic_attach_vcpu", "vic vcpu index:32 res0")
def vic_attach_vcpu(machine, vic, vcpu, index):
    controller = machine.space.active(vic, "vic", ATTACH_VCPU)
    target = machine.space.to_activate(vcpu, "thread")
    require(target.state == "init", OBJECT_STATE)
    controller.attach(target, index)
    return ()


@call("hwirq_bind_virq", "hwirq vic virq:32 res0")
@call("hwirq_unbind_virq", "hwirq res0")
def hwirq(machine, cap, *_arguments):
    """No call makes such an object."""
    machine.space.active(cap, "hwirq", 2)
    raise Uncovered("hardware interrupts")


def binder(kind, end, right, source):
    """The two calls that bind an interrupt to one end of an object, and take it away."""

    @call(f"{kind}_bind_{end}virq", "object vic virq:32 res0")
    def bind(machine, cap, vic, virq):
        target = machine.space.active(cap, kind, right)
        getattr(target, source).bind(machine.space.active(vic, "vic", BIND_SOURCE), virq)
        return ()

    @call(f"{kind}_unbind_{end}virq", "object res0")
    def unbind(machine, cap):
        getattr(machine.space.active(cap, kind, right), source).unbind()
        return ()


binder("doorbell", "", BIND, "source")
binder("msgqueue", "send_", BIND_SEND, "sender")
binder("msgqueue", "receive_", BIND_RECEIVE, "receiver")


@call("doorbell_send", "doorbell flags res0", 1)
def doorbell_send(machine, doorbell, flags):
    return (machine.space.active(doorbell, "doorbell", SEND).send(flags),)


@call("doorbell_receive", "doorbell flags res0", 1)
def doorbell_receive(machine, doorbell, flags):
    return (machine.space.active(doorbell, "doorbell", RECEIVE).receive(flags),)


@call("doorbell_reset", "doorbell res0")
def doorbell_reset(machine, doorbell):
    machine.space.active(doorbell, "doorbell", RECEIVE).reset()
    return ()


@call("doorbell_mask", "doorbell enable ack res0")
def doorbell_mask(machine, doorbell, enable, ack):
    machine.space.active(doorbell, "doorbell", RECEIVE).mask(enable, ack)
    return ()


@call("msgqueue_configure", "msgqueue info res0")
def msgqueue_configure(machine, msgqueue, info):
    to_configure(machine, msgqueue, "msgqueue").configure(info & 0xFFFF, info >> 16 & 0xFFFF)
    return ()


@call("msgqueue_send", "msgqueue size address flags:32 res0", 1)
def msgqueue_send(machine, msgqueue, size, address, flags):
    return (machine.queue(msgqueue, SEND).send(machine.memory, size, address, flags & 1),)


@call("msgqueue_receive", "msgqueue address size res0", 2)
def msgqueue_receive(machine, msgqueue, address, size):
    return machine.queue(msgqueue, RECEIVE).receive(machine.memory, address, size)


@call("msgqueue_flush", "msgqueue res0")
def msgqueue_flush(machine, msgqueue):
    machine.queue(msgqueue, RECEIVE).flush()
    return ()


@call("msgqueue_configure_send", "msgqueue threshold:32 delay:32 res1")
def msgqueue_configure_send(machine, msgqueue, threshold, delay):
    machine.queue(msgqueue, SEND).configure_send(threshold, delay)
    return ()


@call("msgqueue_configure_receive", "msgqueue threshold:32 delay:32 res1")
def msgqueue_configure_receive(machine, msgqueue, threshold, delay):
    machine.queue(msgqueue, RECEIVE).configure_receive(threshold, delay)
    return ()


def to_configure(machine, cap, kind):
    target = machine.space.to_activate(cap, kind)
    require(target.state == "init", OBJECT_STATE)
    return target
