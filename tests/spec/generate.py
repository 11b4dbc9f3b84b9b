# SPDX-License-Identifier: BSD-3-Clause
"""Random operations, of which most do something: objects are made, used, copied and deleted, with a bad argument now and then."""

import random

LINES = (970, 971, 972, 973, 974, 975)
# For objects of which only whether they still have their interrupt matters.
OTHER_LINES = (980, 981, 982)
INITIAL = {
    "partition": ["$partition"], "cspace": ["$cspace"], "vic": ["$vic"], "thread": ["$vcpu"],
    "other": ["$addrspace", "$vpm", "$rmtx", "$rmrx"], "doorbell": [], "msgqueue": [], "elsewhere": [],
    "memextent": [], "addrspace": [],
}
BAD_CAPS = ("-1", "0", "$cspace^0x10000000000", "$never")
ADDRESSES = ("$buf0", "$buf1+0xff8", "$buf2+0x3", "$buf15+0xfff0", "0x7ffffff0", "0x80000000", "-8")
FLAGS = ("0", "1", "2", "3", "0x10", "0xf0", "0x8000000000000000", "-1")
THRESHOLDS = ("0", "1", "2", "3", "4", "0x100000002", "0xfffffffe", "0xffffffff", "-1")
SIZES = ("0", "1", "8", "9", "16", "17", "0x400", "-1")
RIGHTS = ("-1", "-1", "-1", "0", "1", "2", "3", "4", "8", "0x80000000", "0x80000007", "0x100000001", "0x1f")
NUMBERS = (*LINES, *LINES, *LINES, 31, 32, 95, 255, 256, 960, 1019, 1020, 0x1000003CA, -1)
INFOS = ("0x80001", "0x100002", "0x100004", "0x100004", "0x90003", "0x90005", "0x3ff00ff", "0x1000800006")
BAD_INFOS = ("0", "0x4", "0x40000004", "0x100100", "0x100000")
SELDOM_CREATED = ("thread", "addrspace", "memextent", "virtio_mmio", "vpm_group")
CREATED = ("doorbell",) * 5 + ("msgqueue",) * 5 + ("cspace",) * 3 + ("vic",) * 2 + SELDOM_CREATED

# Of each call, its operands by what to choose them from; a name of INITIAL is a capability.
DOORBELL = (
    ("doorbell_send", "doorbell", FLAGS), ("doorbell_send", "doorbell", FLAGS), ("doorbell_receive", "doorbell", FLAGS),
    ("doorbell_receive", "doorbell", ("-1",)),
    ("doorbell_mask", "doorbell", FLAGS, FLAGS), ("doorbell_reset", "doorbell"), ("doorbell_bind_virq", "doorbell", "vic", NUMBERS),
    ("doorbell_unbind_virq", "doorbell"),
)
MSGQUEUE = (
    ("msgqueue_send", "msgqueue", SIZES, ADDRESSES, FLAGS), ("msgqueue_send", "msgqueue", ("1", "8"), ("$buf0",), FLAGS),
    ("msgqueue_send", "msgqueue", ("1", "8"), ("$buf0",), ("0", "0", "1")), ("msgqueue_receive", "msgqueue", ADDRESSES, SIZES),
    ("msgqueue_receive", "msgqueue", ("$buf3",), ("0x400",)), ("msgqueue_flush", "msgqueue"),
    ("msgqueue_configure_send", "msgqueue", THRESHOLDS, ("0xffffffff",) * 6 + ("-1", "0")),
    ("msgqueue_configure_receive", "msgqueue", THRESHOLDS, ("0xffffffff",) * 6 + ("-1", "0")),
    ("msgqueue_bind_send_virq", "msgqueue", "vic", NUMBERS), ("msgqueue_bind_receive_virq", "msgqueue", "vic", NUMBERS),
    ("msgqueue_unbind_send_virq", "msgqueue"), ("msgqueue_unbind_receive_virq", "msgqueue"),
    ("msgqueue_configure", "msgqueue", BAD_INFOS + INFOS),
)
CAPABILITIES = (
    *(("cspace_delete_cap_from", "cspace", kind) for kind in ("any", "doorbell", "msgqueue", "cspace", "vic", "thread", "elsewhere")),
    *(("cspace_revoke_caps_from", "cspace", kind) for kind in ("any", "doorbell", "msgqueue", "cspace", "vic", "elsewhere")),
    ("object_activate", "any"), ("object_activate", "thread"), ("object_activate_from", "cspace", "elsewhere"),
    ("cspace_attach_thread", "cspace", "thread"), ("cspace_attach_thread", "cspace", "thread"),
    ("cspace_configure", "cspace", ("0", "1", "3", "64", "14384", "14385", "0x100000002")),
    ("vic_configure", "vic", ("0", "1", "8", "9"), ("0", "64", "988", "989"), ("0", "1", "2", "4"), ("0", "1")),
    ("vic_attach_vcpu", "vic", "thread", ("0", "1", "8")),
    ("object_reset", "any"), ("cspace_revoke_cap_from", "cspace", "any"), ("hwirq_unbind_virq", "any"),
)
RES1 = {"msgqueue_configure_send", "msgqueue_configure_receive"}
NO_RESERVED = {"vic_configure", "memextent_modify", "addrspace_map", "addrspace_unmap", "addrspace_update_access"}
PROFILES = (
    (CAPABILITIES, DOORBELL, MSGQUEUE),
    (CAPABILITIES,),
    (DOORBELL,) * 5 + (CAPABILITIES,),
    (MSGQUEUE,) * 5 + (CAPABILITIES,),
)


class Generator:
    """The operations of a seed. Calls have `FORM` where their form is to be."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.profile = PROFILES[seed % len(PROFILES)]
        self.lives, self.copies = (0.28, 0.40) if CAPABILITIES in self.profile[:2] else (0.25, 0.33)
        self.names = {kind: list(names) for kind, names in INITIAL.items()}
        self.count = 0

    def operations(self, count):
        yield from self.start()
        while count > 0:
            made = list(self.step())
            count -= len(made)
            yield from made

    def start(self):
        for number in LINES:
            yield f"irqcfg {number} {self.random.choice(('edge', 'level'))}"
        yield "fill $buf0 64 17 3"
        for kind in ("doorbell", "msgqueue", "msgqueue", "doorbell", "cspace"):
            yield from self.usable(kind)

    def step(self):
        choice = self.random.random()
        if choice < 0.23:
            yield self.interrupts()
        elif choice < 0.25:
            yield from self.usable(self.random.choice(("doorbell", "msgqueue", "cspace", "vic")))
        elif choice < self.lives:
            yield from self.lifetimes()
        elif choice < 0.29:
            space = self.random.choice(("$cspace", self.capability("cspace")))
            yield self.create(self.random.choice(CREATED), self.capability("partition"), space)
        elif choice < self.copies:
            yield self.copy()
        elif choice < self.copies + 0.03:
            yield f"dump {self.random.choice(ADDRESSES[:4])} 16"
        else:
            yield self.call(*self.random.choice(self.random.choice(self.profile)))

    def interrupts(self):
        lines = LINES if self.random.random() < 0.5 else sorted(self.random.sample(LINES, self.random.randint(1, len(LINES))))
        operation = self.random.choice(("virq", "virq", "take", "take", "clear", "clear", "irqcfg"))
        if operation == "irqcfg":
            return f"irqcfg {lines[0]} {self.random.choice(('edge', 'level'))}"
        return " ".join((operation, *map(str, lines)))

    def usable(self, kind):
        """A new object that is configured and active, and often bound."""
        if kind == "doorbell":
            yield from self.active_doorbell(self.random.choice(LINES))
            return
        yield self.create(kind, "$partition", "$cspace")
        name = self.names[kind][-1]
        if kind == "msgqueue":
            yield f"call msgqueue_configure FORM {name} {self.random.choice(INFOS)} 0"
        if kind == "cspace":
            yield f"call cspace_configure FORM {name} {self.random.choice((1, 2, 5, 200))} 0"
        if kind == "vic":
            yield f"call vic_configure FORM {name} 1 {self.random.choice((0, 32, 988))} 0 0"
        yield f"call object_activate FORM {name} 0"
        if kind == "msgqueue":
            yield f"call msgqueue_bind_send_virq FORM {name} $vic {self.random.choice(LINES)} 0"
            yield f"call msgqueue_bind_receive_virq FORM {name} $vic {self.random.choice(LINES)} 0"

    def lifetimes(self):
        """Capabilities to a doorbell and to what may keep it go; whether its interrupt is free then tells whether it lives."""
        line = self.random.choice(OTHER_LINES)
        yield from self.active_doorbell(line)
        doorbell = self.names["doorbell"][-1]
        yield from self.usable("cspace")
        space = self.names["cspace"][-1]
        yield self.create("thread", "$partition", "$cspace")
        thread = self.names["thread"][-1]
        steps = [
            f"call cspace_copy_cap_from FORM $cspace {doorbell} {space} -1 0 {self.new('doorbell', space)}",
            f"call cspace_copy_cap_from FORM $cspace {doorbell} $cspace -1 0 {self.new('doorbell', '$cspace')}",
            f"call cspace_attach_thread FORM {space} {thread} 0",
            f"call cspace_revoke_caps_from FORM $cspace {doorbell} 0",
        ]
        yield from (step for step in steps if self.random.random() < 0.6)
        going = [doorbell, space, self.names["doorbell"][-1], *([thread] if self.random.random() < 0.5 else [])]
        self.random.shuffle(going)
        yield from (f"call cspace_delete_cap_from FORM $cspace {name} 0" for name in going if self.random.random() < 0.9)
        yield from self.active_doorbell(line)

    def active_doorbell(self, line):
        yield self.create("doorbell", "$partition", "$cspace")
        yield f"call object_activate FORM {self.names['doorbell'][-1]} 0"
        yield f"call doorbell_bind_virq FORM {self.names['doorbell'][-1]} $vic {line} 0"

    def create(self, kind, partition, space):
        return f"call partition_create_{kind} FORM {partition} {space} 0 {self.new(kind, space)}"

    def copy(self):
        kind = self.random.choice(list(self.names))
        source, cap, destination = self.capability("cspace"), self.capability(kind), self.capability("cspace")
        if kind != "elsewhere" and self.random.random() < 0.9:
            source, destination = "$cspace", self.random.choice(("$cspace", "$cspace", destination))
        return f"call cspace_copy_cap_from FORM {source} {cap} {destination} {self.random.choice(RIGHTS)} 0 {self.new(kind, destination)}"

    def new(self, kind, space):
        """A symbol for a result, from now on among those of its kind, if the guest can use it without copying it first."""
        self.count += 1
        kind = "elsewhere" if space != "$cspace" else kind if kind in self.names else "other"
        self.names[kind].append(f"$c{self.count}")
        return f"=$c{self.count}"

    def capability(self, kind):
        choice = self.random.random()
        if choice < 0.02:
            return self.random.choice(BAD_CAPS)
        if kind == "any" or choice < 0.06 or not self.names[kind]:
            return self.random.choice([name for names in self.names.values() for name in names])
        return self.random.choice(self.names[kind][-3:] + self.names[kind][:1])

    def call(self, name, *kinds):
        words = [self.capability(kind) if isinstance(kind, str) else str(self.random.choice(kind)) for kind in kinds]
        if name == "cspace_delete_cap_from" and words[1] in ("$cspace", "$partition", "$vic"):
            words[1] = "$never"
        if name not in NO_RESERVED:
            words.append("-1" if (name in RES1) != (self.random.random() < 0.02) else "0")
        return " ".join(("call", name, "FORM", *words))
