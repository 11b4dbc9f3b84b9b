# SPDX-License-Identifier: BSD-3-Clause
"""libgunyah for Python: the hypervisor Gunyah, its Resource Manager, a simulator of both. docs/python.md is the guide."""

from . import errors
from ._abi import Hypercall, HypervisorError, RmErrorCode, RmNotification, RmRequest
from ._exception import GunyahError
from .enums import Conduit, Convention, Domain, Error, Feature, RmGeneration, VmState
from ._library import lib as _lib
from .addrspace import Addrspace, AddrspaceMapping
from .doorbell import Doorbell
from .dt import DeviceTree, lint, lint_rules
from .dt_build import TreeBuilder, region_size
from .hwirq import Hwirq
from .irq import Irq
from .memextent import Memextent
from .memory import Access, Attribute, Memory, Memparcel, Offer
from .msgqueue import Message, Msgqueue
from .objects import Cspace, Partition, Vic
from .rm import ResourceManager, RmOptions
from .session import Backend, CallEvent, Identity, Observer, Session
from .sim import Simulator, SimVM
from .sim_config import Vdevice, VmConfig
from .thread import Thread, ThreadExit
from .types import CAPID_INVALID, HLOS, RM_DEFAULT_TIMEOUT, VIRQ, VMID, WAIT_FOREVER, CapID, MemoryRegion
from .virtio_input import VirtioInput, VirtioInputIds
from .virtio_mmio import VirtioMmio, VirtioMmioNotification, VirtioMmioQueue
from .vm import Vm, VmExit, VmImage, VmResource, VmStatus
from .vpm_group import VpmGroup
from .watchdog import OwnWatchdog, Watchdog, WatchdogStatus

__version__: str = _lib.gunyah_version_string().decode()

__all__ = [
    "Access", "Addrspace", "AddrspaceMapping", "Attribute", "Backend", "CAPID_INVALID", "CallEvent", "CapID", "Conduit",
    "Convention", "Cspace", "DeviceTree", "Domain", "Doorbell", "Error", "Feature", "GunyahError", "HLOS", "Hwirq",
    "Hypercall", "HypervisorError", "Identity", "Irq", "Memextent", "Memory", "MemoryRegion", "Memparcel", "Message",
    "Msgqueue", "Observer", "Offer", "OwnWatchdog", "Partition", "RM_DEFAULT_TIMEOUT", "ResourceManager", "RmErrorCode",
    "RmGeneration", "RmNotification", "RmOptions", "RmRequest", "Session", "SimVM", "Simulator", "Thread", "ThreadExit",
    "TreeBuilder", "VIRQ", "VMID", "Vdevice", "Vic", "VirtioInput", "VirtioInputIds", "VirtioMmio",
    "VirtioMmioNotification", "VirtioMmioQueue", "Vm", "VmConfig", "VmExit", "VmImage", "VmResource", "VmState",
    "VmStatus", "VpmGroup", "WAIT_FOREVER", "Watchdog", "WatchdogStatus", "errors", "lint", "lint_rules", "region_size",
]  # fmt: skip
