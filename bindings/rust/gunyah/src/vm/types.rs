// SPDX-License-Identifier: BSD-3-Clause
//! What is said of VMs.

use crate::{sys, text, CapId, Virq, Vmid};

enumeration! {
    /// Where a VM is in its life.
    VmState {
        /// There is no such VM.
        None = GUNYAH_VM_STATE_NONE,
        /// Made; memory and the image come next.
        Load = GUNYAH_VM_STATE_LOAD,
        /// The platform is to authenticate the image.
        Auth = GUNYAH_VM_STATE_AUTH,
        /// Configured; the device tree is to be read.
        Init = GUNYAH_VM_STATE_INIT,
        /// A step failed.
        InitFailed = GUNYAH_VM_STATE_INIT_FAILED,
        /// Can be started.
        Ready = GUNYAH_VM_STATE_READY,
        /// Runs.
        Running = GUNYAH_VM_STATE_RUNNING,
        /// Stands still.
        Paused = GUNYAH_VM_STATE_PAUSED,
        /// Has ended, and still has its resources.
        Exited = GUNYAH_VM_STATE_EXITED,
        /// Is being taken apart.
        Resetting = GUNYAH_VM_STATE_RESETTING,
        /// Was taken apart.
        Reset = GUNYAH_VM_STATE_RESET,
        /// Does not do anything any more.
        Defunct = GUNYAH_VM_STATE_DEFUNCT,
    }
}

impl VmState {
    /// Every state in which a VM does not go on by itself any more.
    pub const ENDED: [VmState; 4] = [VmState::Exited, VmState::InitFailed, VmState::Reset, VmState::Defunct];
}

enumeration! {
    /// How far the operating system of a guest is, as far as it says.
    OsStatus {
        /// It says nothing.
        None = GUNYAH_OS_STATUS_NONE,
        /// Booting, early.
        EarlyBoot = GUNYAH_OS_STATUS_EARLY_BOOT,
        /// Booting.
        Boot = GUNYAH_OS_STATUS_BOOT,
        /// Starting its first program.
        Init = GUNYAH_OS_STATUS_INIT,
        /// Running.
        Run = GUNYAH_OS_STATUS_RUN,
        /// Shutting down.
        Shutdown = GUNYAH_OS_STATUS_SHUTDOWN,
        /// Halted.
        Halted = GUNYAH_OS_STATUS_HALTED,
        /// Crashed.
        Crashed = GUNYAH_OS_STATUS_CRASHED,
    }
}

enumeration! {
    /// Who authenticates the image of a VM.
    Authentication {
        /// Nobody.
        None = GUNYAH_VM_AUTH_NONE,
        /// The platform, before it starts.
        Platform = GUNYAH_VM_AUTH_PLATFORM,
        /// Firmware that starts in the VM.
        Android = GUNYAH_VM_AUTH_ANDROID,
    }
}

enumeration! {
    /// Why a VM is to stop.
    StopReason {
        /// For good.
        Shutdown = GUNYAH_VM_STOP_REASON_SHUTDOWN,
        /// To be started again.
        Restart = GUNYAH_VM_STOP_REASON_RESTART,
        /// Something crashed.
        Crash = GUNYAH_VM_STOP_REASON_CRASH,
        /// By force.
        ForceStop = GUNYAH_VM_STOP_REASON_FORCE_STOP,
    }
}

enumeration! {
    /// In which way a VM ended.
    ExitType {
        /// It asked the Resource Manager.
        VmExit = GUNYAH_VM_EXIT_TYPE_VM_EXIT,
        /// PSCI SYSTEM_OFF.
        SystemOff = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF,
        /// PSCI SYSTEM_RESET.
        SystemReset = GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET,
        /// PSCI SYSTEM_RESET2.
        SystemReset2 = GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2,
        /// Its watchdog bit.
        WatchdogBite = GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE,
        /// It did what it may not.
        SoftwareError = GUNYAH_VM_EXIT_TYPE_SOFTWARE_ERROR,
        /// Hardware failed.
        AsyncHwError = GUNYAH_VM_EXIT_TYPE_ASYNC_HW_ERROR,
        /// It was stopped by force.
        VmStopForced = GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED,
    }
}

enumeration! {
    /// Registers that a VM's boot vCPU starts with.
    RegisterSet {
        /// x0 to x30.
        X = GUNYAH_VM_REGISTER_SET_X,
        /// The program counter.
        Pc = GUNYAH_VM_REGISTER_SET_PC,
        /// SP_EL0 and SP_EL1.
        Sp = GUNYAH_VM_REGISTER_SET_SP,
    }
}

enumeration! {
    /// What can be placed in a VM's address space.
    VmRange {
        /// The image.
        Image = GUNYAH_VM_RANGE_IMAGE,
        /// The firmware.
        Firmware = GUNYAH_VM_RANGE_FIRMWARE,
    }
}

enumeration! {
    /// Kinds of resources that a caller and a VM share.
    ResourceType {
        /// A doorbell that the caller rings.
        DoorbellSend = GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND,
        /// A doorbell that rings the caller.
        DoorbellReceive = GUNYAH_VM_RESOURCE_TYPE_DOORBELL_RECEIVE,
        /// A queue that the caller sends to.
        MsgQueueSend = GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_SEND,
        /// A queue that the caller receives from.
        MsgQueueReceive = GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_RECEIVE,
        /// A vCPU that the caller runs.
        Vcpu = GUNYAH_VM_RESOURCE_TYPE_VCPU,
        /// A group of vCPUs.
        VpmGroup = GUNYAH_VM_RESOURCE_TYPE_VPM_GROUP,
        /// Registers of a virtio device.
        VirtioMmio = GUNYAH_VM_RESOURCE_TYPE_VIRTIO_MMIO,
        /// A clock.
        Vrtc = GUNYAH_VM_RESOURCE_TYPE_VRTC,
        /// A watchdog.
        Watchdog = GUNYAH_VM_RESOURCE_TYPE_WATCHDOG,
        /// A memory extent.
        MemExtent = GUNYAH_VM_RESOURCE_TYPE_MEMEXTENT,
        /// An address space.
        AddrSpace = GUNYAH_VM_RESOURCE_TYPE_ADDRSPACE,
        /// Memory of the hypervisor.
        Heap = GUNYAH_VM_RESOURCE_TYPE_HEAP,
    }
}

/// What a VM is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VmStatus {
    /// Where it is in its life.
    pub state: VmState,
    /// How far the guest is.
    pub os: OsStatus,
    /// Free for the guest to use.
    pub application: u16,
}

impl VmStatus {
    pub(crate) fn from_raw(raw: &sys::gunyah_vm_status) -> VmStatus {
        VmStatus { state: VmState::from_code(raw.state), os: OsStatus::from_code(raw.os), application: raw.application }
    }
}

/// How a VM ended.
#[derive(Clone, Copy, Debug)]
pub struct VmExit {
    raw: sys::gunyah_vm_exit,
}

impl VmExit {
    pub(crate) fn from_raw(raw: sys::gunyah_vm_exit) -> VmExit {
        VmExit { raw }
    }

    /// Returns in which way.
    pub fn exit_type(&self) -> ExitType {
        ExitType::from_code(self.raw.r#type)
    }

    /// Returns flags: `GUNYAH_RM_VM_EXIT_FLAG_*`, or, if it was no VM_EXIT, `GUNYAH_RM_VM_EXIT_REASON_FLAG_*`.
    pub fn flags(&self) -> u16 {
        self.raw.flags
    }

    /// Returns the code; for VM_EXIT, that of an [`ExitCode`](crate::rm::ExitCode).
    pub fn code(&self) -> u16 {
        self.raw.code
    }

    /// Returns type and cookie of a SYSTEM_RESET2.
    pub fn reset(&self) -> Option<(u32, u64)> {
        Some((self.raw.reset_type, self.raw.reset_cookie)).filter(|_| self.exit_type() == ExitType::SystemReset2)
    }

    /// Returns how it ended in words, as a clause: "the guest switched the system off".
    pub fn text(&self) -> &'static str {
        // SAFETY: a pure function; its texts live for ever.
        unsafe { text::borrowed(sys::gunyah_vm_exit_text(&self.raw)) }
    }
}

/// Addresses in a row, or a piece of a parcel; in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Region {
    /// Of the first byte.
    pub address: u64,
    /// How many bytes.
    pub size: u64,
}

impl Region {
    /// So many bytes from an address on.
    pub const fn new(address: u64, size: u64) -> Region {
        Region { address, size }
    }

    pub(crate) fn raw(self) -> sys::gunyah_memory_region {
        sys::gunyah_memory_region { address: self.address, size: self.size }
    }
}

const _: () = assert!(core::mem::size_of::<Region>() == core::mem::size_of::<sys::gunyah_memory_region>());

/// Where the image and the device tree of a VM lie.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct VmImage {
    pub(super) raw: sys::gunyah_vm_image,
}

impl VmImage {
    /// Image and device tree in a parcel, by its handle; or, where a driver makes VMs, in a piece of memory, by its number. The
    /// image is at the beginning, nobody authenticates it, and there is no device tree.
    pub fn new(memparcel: u32) -> VmImage {
        VmImage { raw: sys::gunyah_vm_image { memparcel, ..sys::GUNYAH_VM_IMAGE_INIT } }
    }

    /// Who authenticates the image.
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.raw.authentication = authentication.code();
        self
    }

    /// Where the image is in the parcel; the VM's entry, unless a boot register says otherwise.
    pub fn image(mut self, offset: u64, size: u64) -> Self {
        self.raw.image_offset = offset;
        self.raw.image_size = size;
        self
    }

    /// Where the device tree is in the parcel, with room for what the Resource Manager adds.
    pub fn dtb(mut self, offset: u64, size: u64) -> Self {
        self.raw.dtb_offset = offset;
        self.raw.dtb_size = size;
        self
    }
}

/// A resource that the caller and a VM share.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Resource(sys::gunyah_vm_resource);

impl Resource {
    /// None, for arrays that are filled in.
    pub const NONE: Resource = Resource(sys::gunyah_vm_resource {
        r#type: 0,
        partner: sys::gunyah_vmid_t { value: 0 },
        label: 0,
        cap: CapId::INVALID.raw(),
        virq: sys::gunyah_virq_t { value: 0 },
        base: 0,
        size: 0,
    });

    /// Returns what it is.
    pub fn kind(&self) -> ResourceType {
        ResourceType::from_code(self.0.r#type)
    }

    /// Returns the VM on the other side; none for vCPUs.
    pub fn partner(&self) -> Option<Vmid> {
        Vmid::from_raw(self.0.partner)
    }

    /// Returns what the device tree of the VM calls it; of a vCPU, its index.
    pub fn label(&self) -> u32 {
        self.0.label
    }

    /// Returns its CapID in the caller's capability space.
    pub fn cap(&self) -> Option<CapId> {
        CapId::from_raw(self.0.cap)
    }

    /// Returns its interrupt at the caller.
    pub fn virq(&self) -> Option<Virq> {
        Virq::from_raw(self.0.virq)
    }

    /// Returns, for virtio-mmio, the page of the caller's side.
    pub fn page(&self) -> Region {
        Region::new(self.0.base, self.0.size)
    }
}
