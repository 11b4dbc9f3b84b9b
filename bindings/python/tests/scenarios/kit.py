# SPDX-License-Identifier: BSD-3-Clause
"""The machines that scenarios are about, and what is printed of them. tests/scenarios/README.md describes both."""

import gunyah
from gunyah import VIRQ, VMID, Access, Memparcel, MemoryRegion, Vdevice, Vm, VmConfig, VmImage
from gunyah.enums import PgtableAccess, RmGeneration, SimVdeviceType

MS = 1_000_000
ALL_FLAGS = (1 << 64) - 1
GUEST = VMID(128)
PAGE = 0x1000
MESSAGE_SIZE = 16
FULL, EMPTY, RING = VIRQ(40), VIRQ(41), VIRQ(42)
IMAGE = MemoryRegion(0x40000000, 0x200000)
DEVICES = [
    Vdevice(SimVdeviceType.RM_RPC),
    Vdevice(SimVdeviceType.DOORBELL_SOURCE, 1),
    Vdevice(SimVdeviceType.MSGQUEUE_RECEIVER, 2),
]


class Machine:
    """A machine that is traced, and the lines of results."""

    def __init__(self):
        self.trace, self.results = [], []
        self.sim = gunyah.Simulator()
        self.sim.set_trace(self.trace.append)

    def step(self, what, function=lambda: None, show=lambda value: "", explain=lambda error: ""):
        """
        Do something and write down how it ended, and what show says of the result, or explain of the error. Returns
        the result.
        """
        value, name = None, "GUNYAH_OK"
        try:
            value = function()
            seen = show(value)
        except StopIteration:
            name, seen = "GUNYAH_ERR_NOT_FOUND", ""
        except gunyah.GunyahError as error:
            name, seen = f"GUNYAH_ERR_{error.error.name}", explain(error)
        self.results.append(f"{what}: {name} {seen}".rstrip())
        return value

    def end(self):
        self.sim.close_sessions()
        self.sim.close()
        print(*self.trace, "results:", *self.results, sep="\n")


class Side:
    """One VM of a pair."""

    def __init__(self, vm, queue_cap, bell_cap, bell_virq=None, **virqs):
        self.vm, self.bell_cap = vm, bell_cap
        self.session = vm.open()
        self.queue = gunyah.Msgqueue.open(self.session, queue_cap, MESSAGE_SIZE, **virqs)
        self.bell = gunyah.Doorbell.open(self.session, bell_cap, bell_virq)


class Pair(Machine):
    def __init__(self):
        super().__init__()
        vms = self.sim.add_vm("alice"), self.sim.add_vm("bob")
        queue = self.sim.connect_msgqueue(
            *vms, depth=4, message_size=MESSAGE_SIZE, send_virq=FULL, receive_virq=EMPTY
        )
        bell = self.sim.connect_doorbell(*vms, virq=RING)
        self.alice = Side(vms[0], queue.send_cap, bell.send_cap, send_virq=FULL)
        self.bob = Side(vms[1], queue.receive_cap, bell.receive_cap, RING, receive_virq=EMPTY)

    def ring(self, what, flags):
        self.step(what, lambda: self.alice.bell.send(flags), lambda old: f"old={old:#x}")

    def look(self, what, clear):
        self.step(what, lambda: self.bob.bell.receive(clear), lambda flags: f"flags={flags:#x}")

    def send(self, what, message):
        self.step(what, lambda: self.alice.queue.send(message), lambda not_full: f"not_full={not_full:d}")

    def receive(self, what):
        self.step(
            what,
            self.bob.queue.receive_message,
            lambda m: f"size={len(m.data)} data={m.data.hex()} not_empty={m.not_empty:d}",
        )


class Maker(Machine):
    def __init__(self):
        super().__init__()
        vm = self.sim.add_vm("maker", privileged=True)
        info = vm.info
        self.session = vm.open()
        self.partition = gunyah.Partition.open(self.session, info.partition)
        self.cspace = gunyah.Cspace.open(self.session, info.cspace)
        self.vic = gunyah.Vic.open(self.session, info.vic)

    def make_bell(self):
        create = self.step("the VM creates a doorbell", lambda: gunyah.Doorbell.create(self.partition, self.cspace))
        self.step("it is not active", lambda: create.send(1))
        self.step("the VM activates it", create.activate)
        return create


class Client:
    """A VM with a connection to the Resource Manager."""

    def __init__(self, vm):
        self.vm = vm
        options = gunyah.RmOptions(*vm.rm_channel(), generation=RmGeneration.N2023)
        self.session = vm.open()
        self.rm = gunyah.ResourceManager.open(self.session, options)

    def leave(self):
        self.rm.close()
        self.session.close()


class Host(Machine):
    def __init__(self):
        super().__init__()
        self.sim.add_rm(RmGeneration.N2023)
        self.hlos = Client(self.sim.add_vm("hlos", vmid=gunyah.HLOS))

    def make_guest(self):
        self.sim.configure_vm(VmConfig("guest", vdevices=DEVICES))
        self.made = Vm.create(self.hlos.rm)
        access = [Access(GUEST, PgtableAccess.RWX)]
        image = Memparcel.create(self.hlos.rm, access, [IMAGE], vm=self.made)
        self.made.configure(VmImage(image.handle, dtb_size=IMAGE.size))
        self.made.init()

    def enter_guest(self):
        self.made.start()
        self.guest = Client(self.sim.find_vm(GUEST))
