// SPDX-License-Identifier: BSD-3-Clause
//! Virtual interrupt controllers.

use crate::{sys, CapId, Cspace, Partition, Result, Session};

object! {
    /// A virtual interrupt controller, whose shared interrupts message queues and doorbells are bound to.
    Vic(gunyah_vic), close gunyah_vic_close, capid gunyah_vic_capid
}

impl<'s> Vic<'s> {
    /// Opens a virtual interrupt controller that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<Vic<'s>> {
        // SAFETY: the session is open.
        Vic::made(session, |out| unsafe { sys::gunyah_vic_open(session.raw(), cap.raw(), out) })
    }

    /// Creates a virtual interrupt controller.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<Vic<'s>> {
        // SAFETY: the handles are open.
        Vic::made(partition.session(), |out| unsafe { sys::gunyah_vic_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the size, before activation: vCPUs, at least 1, and shared interrupts, which get the numbers 32 to 31 + `max_virqs`.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), after which it may hold a part of the new values: configure it
    /// again; the capability errors.
    pub fn configure(&self, max_vcpus: u32, max_virqs: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vic_configure(self.raw(), max_vcpus, max_virqs) })
    }

    /// Activates the controller.
    ///
    /// # Errors
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig); [`NoMemory`](crate::ErrorKind::NoMemory); the capability errors.
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vic_activate(self.raw()) })
    }
}
