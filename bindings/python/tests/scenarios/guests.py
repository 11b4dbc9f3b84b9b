# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios of a VM that HLOS makes."""

from gunyah import Access, Memparcel, MemoryRegion, Offer, events as told
from gunyah import HLOS, WAIT_FOREVER
from gunyah.abi import RmMemNotifyFlags
from gunyah.enums import MemparcelTransaction, OsStatus, PgtableAccess, VmExitCode, VmStopReason
from kit import GUEST, MS, PAGE, Host

BOARD = MemoryRegion(0x50000000, PAGE)
WINDOW = MemoryRegion(0x90000000, PAGE)


def state(status):
    return f"state={status.state:d}"


def vmid(number):
    return f"vmid={number.value}"


def vm():
    host = Host()
    host.make_guest()
    made = host.made
    host.step("the guest is made", lambda: made.status, lambda s: f"{vmid(made.vmid)} {state(s)}")
    host.step("it does not run", lambda: made.stop(force=True, reason=VmStopReason.FORCE_STOP))
    host.enter_guest()
    host.step("it runs", lambda: made.status, state)
    host.step("the guest asks who it is", lambda: host.guest.rm.vmid, vmid)
    host.step("the guest asks for its owner", lambda: host.guest.rm.owner, vmid)
    bell = host.step("HLOS opens the guest's doorbell", lambda: made.open_doorbell(1, sends=False))
    host.step("nobody rang", lambda: bell.wait(1, 0))
    queue = host.step("HLOS opens the guest's queue", lambda: made.open_msgqueue(2, sends=True))
    host.step("HLOS sends", lambda: queue.send(b"to the guest"))
    host.step("no such label", lambda: made.open_doorbell(99, sends=True))
    host.step("the guest exits", lambda: host.guest.rm.exit(VmExitCode.DEVICE_ERROR, restart=True))
    host.step("HLOS waits for the end", made.wait, state)
    host.step(
        "HLOS asks how",
        made.exit_info,
        lambda how: f'type={how.type:d} code={how.code} flags={how.flags} text="{how.text}"',
    )
    host.guest.leave()
    host.step("HLOS destroys it", made.destroy)
    host.step("nothing remains", lambda: made.remains, lambda remains: "memparcels=0" if remains is None else str(remains))
    host.end()


def in_use():
    host = Host()
    host.make_guest()
    host.step("a second session", host.hlos.vm.open)
    host.step("a VM is open", host.hlos.rm.close)
    host.made.destroy()
    host.step("nothing is open", host.hlos.rm.close)
    host.end()


def tell(host, parcel, flag):
    host.step("the guest tells", lambda: parcel.notify(flag, 7))

    def hear():
        event = host.hlos.rm.next_event(WAIT_FOREVER)
        while isinstance(event, told.VmStatusEvent):
            event = host.hlos.rm.next_event(WAIT_FOREVER)
        return event

    host.step("HLOS hears it", hear, lambda e: f"id={e.id:#x} parcel={e.parcel} vmid={e.vmid.value} tag={e.tag}")


def parcel():
    host = Host()
    host.make_guest()
    host.enter_guest()
    guest, share = host.guest, MemparcelTransaction.SHARE
    access = [Access(GUEST, PgtableAccess.RW), Access(HLOS, PgtableAccess.RW)]
    given = host.step(
        "HLOS shares a page",
        lambda: Memparcel.create(host.hlos.rm, access, [BOARD], share, label=7),
        lambda parcel: f"handle={parcel.handle}",
    )
    host.step("HLOS tells the guest", lambda: given.notify(RmMemNotifyFlags.SHARED, 7, [GUEST]))
    event = host.step(
        "the guest hears of it",
        lambda: guest.rm.next_event(WAIT_FOREVER),
        lambda e: f"id={e.id:#x} parcel={e.parcel} owner={e.owner.value} label={e.label} tag={e.tag}",
    )
    offer = Offer(event.parcel, share, label=event.label)
    offered = host.step("the guest opens it", lambda: Memparcel.open(guest.rm, offer))
    host.step("the guest has not accepted it", offered.release)
    host.step("the guest accepts it", lambda: offered.accept([WINDOW]))
    find = guest.vm.find_memory
    host.step("it is the memory of HLOS", lambda: find(*WINDOW), lambda memory: f"memory={memory:#x}")
    tell(host, offered, RmMemNotifyFlags.ACCEPTED)
    host.step("HLOS wants it back too early", given.reclaim)
    host.step("HLOS releases what it shares", given.release)
    host.step("the guest releases it", offered.release)
    tell(host, offered, RmMemNotifyFlags.RELEASED)
    host.step("HLOS reclaims it", given.reclaim)
    host.step("the guest accepts it again", offered.accept)
    host.step("the guest closes it", offered.close)
    guest.leave()
    host.made.destroy()
    host.end()


def events():
    host = Host()
    host.make_guest()
    host.enter_guest()
    rm, made = host.hlos.rm, host.made

    def hear(what):
        host.step(
            what,
            lambda: rm.next_event(WAIT_FOREVER),
            lambda e: f"id={e.id:#x} vmid={e.vmid.value} state={e.state:d}",
        )

    hear("it was configured")
    hear("it was initialised")
    hear("it was started")
    host.step("a guest says how far it is", lambda: host.guest.rm.set_status(OsStatus.NONE, 5))
    host.step("HLOS asks the guest to end", lambda: made.stop(reason=VmStopReason.RESTART))
    host.step(
        "the guest is asked",
        lambda: host.guest.rm.next_event(WAIT_FOREVER),
        lambda e: f"id={e.id:#x} reason={e.reason:d}",
    )
    host.guest.leave()
    host.step("the guest does not", lambda: rm.next_event(MS))
    host.step("HLOS ends it", lambda: made.stop(force=True, reason=VmStopReason.FORCE_STOP))
    hear("it has ended")
    host.step("HLOS hears how", lambda: rm.next_event(WAIT_FOREVER), lambda e: f"id={e.id:#x} type={e.type:d}")
    host.step(
        "HLOS has counted",
        lambda: rm.counters,
        lambda c: f"requests={c.requests} replies={c.replies} notifications={c.notifications} "
        f"lost={c.lost_events} malformed={c.malformed}",
    )
    made.destroy()
    host.end()
