// SPDX-License-Identifier: BSD-3-Clause
//! What a guest says of itself: how far it is, why it ends, and its console.

use super::Rm;
use crate::text::Short;
use crate::vm::OsStatus;
use crate::{sys, Result, Vmid};

enumeration! {
    /// Why a guest ends itself.
    ExitCode {
        /// Nothing is wrong.
        Normal = GUNYAH_VM_EXIT_CODE_NORMAL,
        /// Software failed.
        SoftwareError = GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR,
        /// Nobody knows, which a Resource Manager refuses.
        Unknown = GUNYAH_VM_EXIT_CODE_UNKNOWN,
        /// A bus failed.
        BusError = GUNYAH_VM_EXIT_CODE_BUS_ERROR,
        /// A device failed.
        DeviceError = GUNYAH_VM_EXIT_CODE_DEVICE_ERROR,
    }
}

/// What a guest says of itself.
impl Rm<'_> {
    /// Tells the peers how far this VM is. They see a [`Notice::VmStatus`](crate::rm::Notice::VmStatus).
    ///
    /// # Errors
    /// The request errors ([`Denied`](crate::ErrorKind::Denied), a VM with a dynamic VMID may not);
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the status.
    pub fn set_status(&self, os: OsStatus, application: u16) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_guest_set_status(self.raw(), os.code(), application) })
    }

    /// Leaves last words for the owner, [`Rm::crash_message`]: at most 192 bytes.
    ///
    /// # Errors
    /// The request errors; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), too many bytes.
    pub fn set_crash_message(&self, message: &str) -> Result<()> {
        let message = Short::<{ sys::GUNYAH_VM_CRASH_MESSAGE_SIZE as usize }>::new(message, "gunyah_guest_set_crash_message")?;
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_guest_set_crash_message(self.raw(), message.as_ptr()) })
    }

    /// Ends this VM. Returns only where the program outlives it, as in the simulator.
    ///
    /// # Errors
    /// The request errors; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the code, or the VM may not end by itself.
    pub fn exit(&self, code: ExitCode, restart: bool) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_guest_exit(self.raw(), code.code(), restart) })
    }

    /// Opens a console: this VM's own (none), or that of a VM which this one owns. What the other side writes comes as a
    /// [`Notice::Console`](crate::rm::Notice::Console).
    ///
    /// # Errors
    /// The request errors ([`Denied`](crate::ErrorKind::Denied), not the owner);
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the VM has no console.
    pub fn open_console(&self, vmid: Option<Vmid>) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_console_open(self.raw(), Vmid::raw_or_none(vmid)) })
    }

    /// Closes a console.
    ///
    /// # Errors
    /// Those of [`Rm::open_console`].
    pub fn close_console(&self, vmid: Option<Vmid>) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_console_close(self.raw(), Vmid::raw_or_none(vmid)) })
    }

    /// Writes to a console, in as many messages as it takes. If the other side has not opened it, the bytes are dropped in
    /// silence.
    ///
    /// # Errors
    /// Those of [`Rm::open_console`] ([`Denied`](crate::ErrorKind::Denied), also: not opened by this side).
    pub fn write_console(&self, vmid: Option<Vmid>, bytes: &[u8]) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_console_write(self.raw(), Vmid::raw_or_none(vmid), bytes.as_ptr().cast(), bytes.len()) })
    }

    /// Flushes a console, without an effect in any known generation.
    ///
    /// # Errors
    /// Those of [`Rm::open_console`].
    pub fn flush_console(&self, vmid: Option<Vmid>) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_console_flush(self.raw(), Vmid::raw_or_none(vmid)) })
    }
}
