// SPDX-License-Identifier: BSD-3-Clause
//! The end of a VM.

use super::{Vm, VmStatus};
use crate::{sys, text, Error, Timeout};
use core::fmt;
use core::mem::ManuallyDrop;

/// What [`Vm::destroy`] could not do. The VM is in it, for another attempt; without one, its handle is closed, and the VM stays.
#[derive(Debug)]
#[non_exhaustive]
pub struct DestroyError<'p> {
    /// What is left of the VM.
    pub vm: Vm<'p>,
    /// Of the first step that failed.
    pub error: Error,
    /// That step: "stop", "wait for the exit", ...
    pub step: &'static str,
    /// What the VM was last known to do.
    pub status: VmStatus,
    /// How many parcels could not be reclaimed: their memory must not be used.
    pub memparcels: u32,
    /// Handle of one of them.
    pub first_memparcel: Option<u32>,
}

impl fmt::Display for DestroyError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.error)
    }
}

#[cfg(feature = "std")]
impl std::error::Error for DestroyError<'_> {}

impl From<DestroyError<'_>> for Error {
    fn from(error: DestroyError<'_>) -> Error {
        error.error
    }
}

impl<'p> Vm<'p> {
    /// Ends the VM, whatever it is doing, and gets everything back: stops it, waits for its end, resets it, waits for that,
    /// reclaims the memory parcels that were made for it, and gives its VMID back. Waits so long for each of the two.
    ///
    /// # Errors
    /// That of the first step that failed, with the VM for another attempt, which goes on from there.
    // The end of a VM may cost some bytes.
    #[allow(clippy::result_large_err)]
    pub fn destroy(self, timeout: impl Into<Timeout>) -> Result<(), DestroyError<'p>> {
        let vm = ManuallyDrop::new(self);
        let mut raw = vm.raw();
        let mut remains = sys::GUNYAH_VM_REMAINS_INIT;
        // SAFETY: the handle is open, and nobody else has it.
        let error = unsafe { sys::gunyah_vm_destroy(&mut raw, timeout.into().nanoseconds(), &mut remains) };
        let left = Vm::from_raw(vm.session, raw);

        match (vm.session.check(error), left) {
            (Err(error), Some(vm)) => Err(DestroyError {
                vm,
                error,
                // SAFETY: its texts live for ever.
                step: unsafe { text::borrowed(remains.step) },
                status: VmStatus::from_raw(&remains.status),
                memparcels: remains.memparcels,
                first_memparcel: Some(remains.first_memparcel).filter(|handle| *handle != sys::GUNYAH_RM_HANDLE_INVALID),
            }),
            _ => Ok(()),
        }
    }
}
