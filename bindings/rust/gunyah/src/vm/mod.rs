// SPDX-License-Identifier: BSD-3-Clause
//! Virtual machines: make, feed, start, watch and end them.
//!
//! | | |
//! |---|---|
//! | [`Vm::create`] | LOAD |
//! | memory parcels ([`crate::memory`]) | |
//! | [`Vm::configure`] | LOAD, RESET → INIT, or AUTH when the platform authenticates the image |
//! | [`Vm::authenticate`] | AUTH → INIT |
//! | settings | INIT; boot registers READY |
//! | [`Vm::init`] | INIT → READY |
//! | [`Vm::start`] | READY → RUNNING |
//! | [`Vm::stop`], or the guest by itself | RUNNING, PAUSED → EXITED |
//! | [`Vm::reset`] | EXITED, READY, INIT_FAILED → RESETTING → RESET |
//! | [`Vm::destroy`] | from anywhere to the end |
//!
//! A call in the wrong state is refused ([`ObjectState`](crate::ErrorKind::ObjectState)) before it reaches anybody.
//!
//! "The request errors" are [`Timeout`](crate::ErrorKind::Timeout), the Resource Manager did not answer;
//! [`Protocol`](crate::ErrorKind::Protocol), what it answered makes no sense; [`Busy`](crate::ErrorKind::Busy), another request
//! is under way; [`Unimplemented`](crate::ErrorKind::Unimplemented), this generation does not know the request;
//! [`Denied`](crate::ErrorKind::Denied), not the owner, or not allowed for this VM;
//! [`RmVmidInvalid`](crate::ErrorKind::RmVmidInvalid), the VM is gone; [`RmVmState`](crate::ErrorKind::RmVmState), its state
//! changed under way; [`NoMemory`](crate::ErrorKind::NoMemory), of the kernel, where a driver makes VMs; and the errors of the
//! queue.

mod destroy;
mod share;
mod types;

pub use destroy::DestroyError;
pub use types::{
    Authentication, ExitType, OsStatus, Region, RegisterSet, Resource, ResourceType, StopReason, VmExit, VmImage, VmRange,
    VmState, VmStatus,
};

use crate::rm::Rm;
use crate::{sys, Result, Session, Timeout, Vmid};

pub(crate) mod provider {
    use super::*;

    /// Whoever makes VMs, as C sees it. Outside of the crate it has no name.
    pub trait Sealed {
        #[doc(hidden)]
        fn session(&self) -> &Session<'_>;
        #[doc(hidden)]
        fn vmm(&self) -> *const sys::gunyah_vmm;
    }
}

/// Whoever makes VMs: a connection to the Resource Manager, or a driver.
pub trait Provider: provider::Sealed {}

impl provider::Sealed for Rm<'_> {
    fn session(&self) -> &Session<'_> {
        Rm::session(self)
    }

    fn vmm(&self) -> *const sys::gunyah_vmm {
        // SAFETY: the handle is open.
        unsafe { sys::gunyah_rm_vmm(self.raw()) }
    }
}

impl Provider for Rm<'_> {}

handle! {
    /// A virtual machine. Dropping closes the handle, and leaves the VM as it is, without what it was to be reclaimed with:
    /// [`Vm::destroy`] ends it.
    Vm(gunyah_vm), close gunyah_vm_close
}

impl<'p> Vm<'p> {
    /// Makes a VM, in the state LOAD. It gets a static VMID that this caller may use, below 64, or (none) any of the dynamic
    /// ones.
    ///
    /// # Errors
    /// The request errors; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a VMID of 64 or more;
    /// [`NoResources`](crate::ErrorKind::NoResources), the VMID is taken or not allowed, or no dynamic one is left;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory), no handle: nothing was made.
    pub fn create(provider: &'p impl Provider, vmid: Option<Vmid>) -> Result<Vm<'p>> {
        // SAFETY: the provider is there, as long as it is borrowed.
        Vm::made(provider.session(), |out| unsafe { sys::gunyah_vm_create(provider.vmm(), Vmid::raw_or_none(vmid), out) })
    }

    /// Opens a VM that exists: one that this caller owns and lost the handle of, or a peer to look at.
    ///
    /// # Errors
    /// The request errors; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), 0;
    /// [`NoResources`](crate::ErrorKind::NoResources), there is no such VM; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(provider: &'p impl Provider, vmid: Vmid) -> Result<Vm<'p>> {
        // SAFETY: as above.
        Vm::made(provider.session(), |out| unsafe { sys::gunyah_vm_open(provider.vmm(), vmid.raw(), out) })
    }

    /// Returns its VMID; none where a driver does not tell it.
    pub fn vmid(&self) -> Option<Vmid> {
        // SAFETY: the handle is open.
        Vmid::from_raw(unsafe { sys::gunyah_vm_vmid(self.raw()) })
    }

    /// Says where the image and the device tree are.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not LOAD or RESET;
    /// [`AddrOverflow`](crate::ErrorKind::AddrOverflow); [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), no parcel, or a
    /// range that is not in it; [`RmMemInvalid`](crate::ErrorKind::RmMemInvalid), not a parcel for this VM;
    /// [`RmMapFailed`](crate::ErrorKind::RmMapFailed); of a driver, [`DeviceTree`](crate::ErrorKind::DeviceTree), there is none,
    /// and [`Unsupported`](crate::ErrorKind::Unsupported).
    pub fn configure(&self, image: VmImage) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_configure(self.raw(), &image.raw) })
    }

    /// Has the platform authenticate the image, by its number for the peripheral authentication service.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not AUTH;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid); [`Unsupported`](crate::ErrorKind::Unsupported), of a driver. On
    /// other failures than these the VM is in INIT_FAILED.
    pub fn authenticate(&self, pas_id: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_authenticate(self.raw(), pas_id) })
    }

    /// Says where in a parcel the Resource Manager puts the firmware that starts a protected VM.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not INIT;
    /// [`AddrOverflow`](crate::ErrorKind::AddrOverflow); [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid);
    /// [`RmMemInvalid`](crate::ErrorKind::RmMemInvalid).
    pub fn set_firmware_memory(&self, memparcel: u32, range: Region) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_set_firmware_memory(self.raw(), memparcel, range.raw()) })
    }

    /// Lets the owner give these pieces of the VM's address space a page at a time, when the VM touches them.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not INIT;
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize); [`MessageTooLong`](crate::ErrorKind::MessageTooLong), too many;
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment), to 4 KiB; [`AddrOverflow`](crate::ErrorKind::AddrOverflow);
    /// [`Busy`](crate::ErrorKind::Busy), said before.
    pub fn set_demand_paging(&self, ranges: &[Region]) -> Result<()> {
        // SAFETY: the handle is open; a Region has the layout of the C struct.
        self.check(unsafe { sys::gunyah_vm_set_demand_paging(self.raw(), ranges.as_ptr().cast(), ranges.len()) })
    }

    /// Places the image or the firmware in the VM's address space, instead of where its device tree says.
    ///
    /// # Errors
    /// Those of [`Vm::set_demand_paging`], for one range.
    pub fn set_address_layout(&self, which: VmRange, range: Region) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_set_address_layout(self.raw(), which.code(), range.raw()) })
    }

    /// Sets a register that the VM's boot vCPU starts with: its place in the set, 0 to 30 for X.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not READY;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), set or index.
    pub fn set_boot_register(&self, set: RegisterSet, index: u32, value: u64) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_set_boot_register(self.raw(), set.code(), index, value) })
    }

    /// Sets the wall clock of a VM that has a virtual one: nanoseconds of the guest's epoch when the system counter had so many
    /// ticks.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not INIT or READY.
    pub fn set_time_base(&self, time_base: u64, counter: u64) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_set_time_base(self.raw(), time_base, counter) })
    }

    /// Allows, or forbids, that the VM is debugged.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not INIT.
    pub fn set_debug(&self, allowed: bool) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_set_debug(self.raw(), allowed) })
    }

    /// Has the device tree read, and all that it asks for made.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not INIT; and, after which the VM is in INIT_FAILED,
    /// [`RmMemInvalid`](crate::ErrorKind::RmMemInvalid), the device tree cannot be read;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), what it asks for is refused;
    /// [`NoResources`](crate::ErrorKind::NoResources), it asks for no VM at all, or for more than there is.
    pub fn init(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_init(self.raw()) })
    }

    /// Starts the VM.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not READY; and, after which the VM is in INIT_FAILED,
    /// [`NoResources`](crate::ErrorKind::NoResources), a parcel does not fit the device tree;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the device tree has no room.
    pub fn start(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_start(self.raw()) })
    }

    /// Asks the guest to end, or, by force, ends it at once.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not RUNNING or PAUSED;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the reason; [`InUse`](crate::ErrorKind::InUse), vCPUs are open;
    /// [`Unsupported`](crate::ErrorKind::Unsupported), a driver that cannot ask a guest.
    pub fn stop(&self, force: bool, reason: StopReason) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_stop(self.raw(), force, reason.code()) })
    }

    /// Begins to take the VM apart. [`Vm::wait`] for [`VmState::Reset`] tells when it is done; it can be configured again then.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not EXITED, READY or INIT_FAILED;
    /// [`InUse`](crate::ErrorKind::InUse), vCPUs are open.
    pub fn reset(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_reset(self.raw()) })
    }

    /// Tells what the VM is doing, as far as the provider has said.
    ///
    /// # Errors
    /// The request errors.
    pub fn status(&self) -> Result<VmStatus> {
        let mut raw = NO_STATUS;
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_get_status(self.raw(), &mut raw) })?;
        Ok(VmStatus::from_raw(&raw))
    }

    /// Waits until the VM is in one of several states. Returns what it is in.
    ///
    /// # Errors
    /// The request errors; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), no state, or one that there is not;
    /// [`Timeout`](crate::ErrorKind::Timeout); [`Deadlock`](crate::ErrorKind::Deadlock), in the simulator;
    /// [`NoResources`](crate::ErrorKind::NoResources), of the operating system.
    pub fn wait(&self, states: &[VmState], timeout: impl Into<Timeout>) -> Result<VmStatus> {
        let mut raw = NO_STATUS;
        let mask = states.iter().fold(0, |mask, state| mask | 1u32.checked_shl(state.code()).unwrap_or(1 << 31));
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_wait(self.raw(), mask, timeout.into().nanoseconds(), &mut raw) })?;
        Ok(VmStatus::from_raw(&raw))
    }

    /// Tells how the VM ended. The state says that it did a moment earlier, so that this waits.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout), as far as is known it has not ended since it was configured;
    /// [`Deadlock`](crate::ErrorKind::Deadlock), in the simulator; the errors of the queue.
    pub fn exit_info(&self, timeout: impl Into<Timeout>) -> Result<VmExit> {
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_vm_exit = unsafe { core::mem::zeroed() };
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_exit_info(self.raw(), timeout.into().nanoseconds(), &mut raw) })?;
        Ok(VmExit::from_raw(raw))
    }

    pub(crate) fn session(&self) -> &'p Session<'p> {
        self.session
    }

    pub(crate) fn check(&self, error: sys::gunyah_error) -> Result<()> {
        self.session.check(error)
    }
}

const NO_STATUS: sys::gunyah_vm_status =
    sys::gunyah_vm_status { state: sys::GUNYAH_VM_STATE_NONE, os: sys::GUNYAH_OS_STATUS_NONE, application: 0 };
