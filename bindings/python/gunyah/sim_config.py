# SPDX-License-Identifier: BSD-3-Clause
"""What the device tree of a simulated VM would tell the Resource Manager."""

import ctypes
import dataclasses
from typing import Any, Optional, Sequence

from . import _ffi
from .enums import SimVdeviceType
from ._native import init
from .types import VIRQ, VMID, c_of, expect, text, unsigned


@dataclasses.dataclass(frozen=True)
class Vdevice:
    """A virtual device in the configuration of a VM. 0 and None: the default, or the Resource Manager chooses."""

    type: SimVdeviceType
    label: int = 0
    peer: Optional[VMID] = None
    source_can_clear: bool = False
    console: bool = False
    allocate_base: bool = False
    optional: bool = False
    depth: int = 0
    message_size: int = 0
    send_virq: Optional[VIRQ] = None
    receive_virq: Optional[VIRQ] = None
    base: int = 0

    def _c(self) -> Any:
        return _ffi.gunyah_sim_vdevice(
            type=unsigned(self.type, 32, "type"),
            label=unsigned(self.label, 32, "label"),
            peer=c_of(self.peer, VMID, "peer"),
            source_can_clear=self.source_can_clear,
            console=self.console,
            allocate_base=self.allocate_base,
            optional=self.optional,
            depth=unsigned(self.depth, 32, "depth"),
            message_size=unsigned(self.message_size, 32, "message_size"),
            send_virq=c_of(self.send_virq, VIRQ, "send_virq"),
            receive_virq=c_of(self.receive_virq, VIRQ, "receive_virq"),
            base=unsigned(self.base, 64, "base"),
        )


@dataclasses.dataclass(frozen=True)
class VmConfig:
    """A configuration. vmid: whose it is; None: of every VM that has none of its own."""

    name: Optional[str] = None
    vmid: Optional[VMID] = None
    uri: Optional[str] = None
    guid: bytes = bytes(16)
    vcpus: int = 1
    proxy: bool = True
    no_shutdown: bool = False
    no_reset: bool = False
    crash_fatal: bool = False
    rtc: bool = False
    base: int = 0x80000000
    size_max: int = 0
    firmware_base: int = 0
    firmware_size_max: int = 0
    vdevices: Sequence[Vdevice] = ()
    rtc_base: int = 0

    def _c(self) -> Any:
        if len(self.guid) != 16:
            raise ValueError("guid must have 16 bytes")
        devices = [expect(device, Vdevice, "vdevices")._c() for device in self.vdevices]
        array = (_ffi.gunyah_sim_vdevice * len(devices))(*devices)
        return init(
            _ffi.gunyah_sim_vm_config,
            vmid=c_of(self.vmid, VMID, "vmid"),
            name=text(self.name, "name"),
            uri=text(self.uri, "uri"),
            guid=(ctypes.c_uint8 * 16)(*self.guid),
            vcpus=unsigned(self.vcpus, 32, "vcpus"),
            proxy=self.proxy,
            no_shutdown=self.no_shutdown,
            no_reset=self.no_reset,
            crash_fatal=self.crash_fatal,
            rtc=self.rtc,
            base=unsigned(self.base, 64, "base"),
            size_max=unsigned(self.size_max, 64, "size_max"),
            firmware_base=unsigned(self.firmware_base, 64, "firmware_base"),
            firmware_size_max=unsigned(self.firmware_size_max, 64, "firmware_size_max"),
            vdevices=array,
            vdevice_count=len(devices),
            rtc_base=unsigned(self.rtc_base, 64, "rtc_base"),
        )
