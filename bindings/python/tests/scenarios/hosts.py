# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios of HLOS alone, with the Resource Manager."""

import gunyah
from gunyah import VMID, Access, DeviceTree, Memparcel, MemoryRegion, RmRequest, Vm
from gunyah.enums import DtKind, PgtableAccess, SimRmMischief
from kit import GUEST, MS, PAGE, Host


def explain_library(error):
    return f'domain={error.domain:d} call="{error.call}" text="{error.text}"'


def refused():
    host = Host()
    rm = host.hlos.rm

    def explain_rm(error):
        return f'domain={error.domain:d} code={error.code} call="{error.call}" reason="{host.hlos.vm.rm_reason}"'

    host.step("a VMID that is not HLOS's", lambda: Vm.create(rm, VMID(1)), explain=explain_rm)
    host.step("a VMID that is none", lambda: Vm.create(rm, VMID(64)), explain=explain_library)
    host.step("a VM that there is not", lambda: Vm.open(rm, GUEST), explain=explain_rm)
    request = bytes([GUEST.value, 0, 0, 0])
    host.step("a request that would stop it", lambda: rm.call(RmRequest.VM_DEALLOCATE, request, capacity=0))
    access = [Access(GUEST, PgtableAccess.RW)]
    regions = [MemoryRegion(0x50000000, 2 * PAGE), MemoryRegion(0x50001000, PAGE)]
    host.step("regions that overlap", lambda: Memparcel.create(rm, access, regions), explain=explain_library)
    host.step(
        "memory for a VM that there is not",
        lambda: Memparcel.create(rm, access, regions[:1]),
        explain=explain_rm,
    )
    lose = RmRequest.VM_HOST_GET_TYPE, SimRmMischief.IGNORE
    host.step("a request is to be lost", lambda: host.sim.add_rm_fault(*lose))
    host.step("HLOS asks for the host", lambda: rm.host_type)
    host.step("HLOS asks again", lambda: rm.host_type, lambda kind: f"type={kind:#x}")
    host.end()


def request():
    host = Host()
    rm = host.hlos.rm

    def begin():
        rm.begin(RmRequest.VM_GET_VMID, capacity=8)

    host.step("HLOS begins to ask who it is", begin)
    host.step("one at a time", lambda: rm.vmid)
    host.step("HLOS looks for the answer", lambda: rm.finish(0))
    host.step("HLOS waits for the answer", lambda: rm.finish(MS), lambda reply: f"reply={reply.hex()}")
    host.step("it is over", lambda: rm.finish(MS))
    host.step("HLOS begins again", begin)
    host.step("HLOS gives up", rm.cancel)
    host.step("HLOS asks who it is", lambda: rm.vmid, lambda vmid: f"vmid={vmid.value}")
    host.step("the answer nobody wanted", lambda: rm.counters, lambda c: f"stale={c.stale_replies}")
    host.end()


def show_device(device):
    queues = device.value
    return (
        f'name="{device.name}" kind={device.kind:d} message_size={queues.send.message_size} '
        f"depth={queues.receive.depth} virq={queues.receive.interrupt.virq.value}"
    )


def show_info(info):
    has_vmid, has_owner = info.vmid is not None, info.owner is not None
    return f"hypervisor={info.hypervisor:#x} has_vmid={has_vmid:d} vmid={info.vmid.value} has_owner={has_owner:d}"


def explain_tree(error):
    return f'text="{error.problem.text}"'


def device_tree():
    host = Host()
    blob = host.step("HLOS finds its tree", host.hlos.vm.device_tree)
    tree = host.step("HLOS opens it", lambda: DeviceTree(blob))
    host.step("HLOS finds itself", lambda: tree.vm_info, show_info)
    devices = tree.devices()
    host.step("HLOS finds a device", lambda: next(devices), show_device)
    host.step("it is the only one", lambda: next(devices))
    host.step("no doorbell is there", lambda: tree.find_label(DtKind.DOORBELL, 1), explain=explain_tree)
    host.step("HLOS closes the other", host.hlos.rm.close)
    connect = gunyah.ResourceManager.open_tree
    rm = host.step("HLOS connects as the tree says", lambda: connect(host.hlos.session, tree))
    host.step("HLOS asks who it is", lambda: rm.vmid, lambda vmid: f"vmid={vmid.value}")
    host.step("zeros are no tree", lambda: DeviceTree(bytes(64)), explain=explain_tree)
    host.end()
