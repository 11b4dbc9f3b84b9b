# SPDX-License-Identifier: BSD-3-Clause
"""libgunyah for Python: the hypervisor Gunyah, its Resource Manager, a simulator of both. docs/python.md is the guide."""

from . import errors
from ._abi import Hypercall, HypervisorError, RmErrorCode, RmNotification, RmRequest
from ._exception import GunyahError
from .enums import Conduit, Convention, Domain, Error, Feature, RmGeneration, VmState
from ._library import lib as _lib
from .doorbell import Doorbell
from .dt import DeviceTree, lint, lint_rules
from .dt_build import TreeBuilder, region_size
from .irq import Irq
from .memory import Access, Attribute, Memory, Memparcel, Offer
from .msgqueue import Message, Msgqueue
from .objects import Cspace, Partition, Vic
from .rm import ResourceManager, RmOptions
from .session import Backend, CallEvent, Identity, Observer, Session
from .sim import Simulator, SimVM
from .sim_config import Vdevice, VmConfig
from .types import CAPID_INVALID, HLOS, RM_DEFAULT_TIMEOUT, VIRQ, VMID, WAIT_FOREVER, CapID, MemoryRegion
from .vm import Vm, VmExit, VmImage, VmResource, VmStatus

__version__: str = _lib.gunyah_version_string().decode()

__all__ = [
    "Access", "Attribute", "Backend", "CAPID_INVALID", "CallEvent", "CapID", "Conduit", "Convention", "Cspace",
    "DeviceTree", "Domain", "Doorbell", "Error", "Feature", "GunyahError", "HLOS", "Hypercall", "HypervisorError",
    "Identity", "Irq", "Memory", "MemoryRegion", "Memparcel", "Message", "Msgqueue", "Observer", "Offer", "Partition",
    "RM_DEFAULT_TIMEOUT", "ResourceManager", "RmErrorCode", "RmGeneration", "RmNotification", "RmOptions", "RmRequest",
    "Session", "SimVM", "Simulator", "TreeBuilder", "VIRQ", "VMID", "Vdevice", "Vic", "Vm", "VmConfig", "VmExit",
    "VmImage", "VmResource", "VmState", "VmStatus", "WAIT_FOREVER", "errors", "lint", "lint_rules", "region_size",
]  # fmt: skip
