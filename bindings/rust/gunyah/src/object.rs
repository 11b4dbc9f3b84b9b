// SPDX-License-Identifier: BSD-3-Clause
//! What all objects have in common; and partitions, which create objects.

use crate::{sys, CapId, Cspace, Result, Session};

object! {
    /// A partition, which creates objects.
    Partition(gunyah_partition), close gunyah_partition_close, capid gunyah_partition_capid
}

impl<'s> Partition<'s> {
    /// Opens a partition that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<Partition<'s>> {
        // SAFETY: the session is open.
        Partition::made(session, |out| unsafe { sys::gunyah_partition_open(session.raw(), cap.raw(), out) })
    }

    pub(crate) fn session(&self) -> &'s Session<'s> {
        self.session
    }
}

/// Objects by their CapIDs alone.
impl Session<'_> {
    /// Activates any object of this VM's capability space; needs the ACTIVATE right.
    ///
    /// # Errors
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), not configured; the capability errors, and what the kind of object
    /// answers.
    pub fn activate(&self, cap: CapId) -> Result<()> {
        // SAFETY: the session is open.
        self.check(unsafe { sys::gunyah_object_activate(self.raw(), cap.raw()) })
    }

    /// Returns an object to INIT.
    ///
    /// # Errors
    /// [`Unimplemented`](crate::ErrorKind::Unimplemented), on every open hypervisor.
    pub fn reset(&self, cap: CapId) -> Result<()> {
        // SAFETY: the session is open.
        self.check(unsafe { sys::gunyah_object_reset(self.raw(), cap.raw()) })
    }
}

/// Objects of another capability space.
impl Cspace<'_> {
    /// As [`Session::activate`], for a capability of this capability space.
    ///
    /// # Errors
    /// Those of [`Session::activate`].
    pub fn activate_object(&self, cap: CapId) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_object_activate_from(self.raw(), cap.raw()) })
    }

    /// As [`Session::reset`], for a capability of this capability space.
    ///
    /// # Errors
    /// Those of [`Session::reset`].
    pub fn reset_object(&self, cap: CapId) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_object_reset_from(self.raw(), cap.raw()) })
    }
}
