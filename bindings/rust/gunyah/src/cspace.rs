// SPDX-License-Identifier: BSD-3-Clause
//! Capability spaces and the capabilities in them.

use crate::thread::Thread;
use crate::{sys, CapId, Partition, Result, Session};

object! {
    /// A capability space: a table of slots that hold an object and a mask of rights each. CapIDs of one space mean nothing in
    /// another.
    Cspace(gunyah_cspace), close gunyah_cspace_close, capid gunyah_cspace_capid
}

impl<'s> Cspace<'s> {
    /// Opens a capability space that this VM has a capability for: its own, for instance. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<Cspace<'s>> {
        // SAFETY: the session is open.
        Cspace::made(session, |out| unsafe { sys::gunyah_cspace_open(session.raw(), cap.raw(), out) })
    }

    /// Creates a capability space. The master capability goes into `into`.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), handles of two sessions;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory), no handle; the capability errors;
    /// [`NoMemory`](crate::ErrorKind::NoMemory), of the hypervisor; [`CspaceFull`](crate::ErrorKind::CspaceFull).
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<Cspace<'s>> {
        // SAFETY: the handles are open.
        Cspace::made(partition.session(), |out| unsafe { sys::gunyah_cspace_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the number of slots, before activation; not 0.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid); the capability errors.
    pub fn configure(&self, max_caps: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_cspace_configure(self.raw(), max_caps) })
    }

    /// Activates the capability space.
    ///
    /// # Errors
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), no slots configured; the capability errors.
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_cspace_activate(self.raw()) })
    }

    /// Copies a capability of this space into another one, with those of its rights that are in the mask. Returns the CapID of
    /// the copy in that space. Needs the rights CAP_COPY here and CAP_CREATE there.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), also for handles of two sessions; the capability errors;
    /// [`CspaceFull`](crate::ErrorKind::CspaceFull); [`NoMemory`](crate::ErrorKind::NoMemory);
    /// [`InsufficientRights`](crate::ErrorKind::InsufficientRights), no right would be left; [`Busy`](crate::ErrorKind::Busy),
    /// try again.
    pub fn copy(&self, cap: CapId, to: &Cspace<'_>, rights_mask: u32) -> Result<CapId> {
        let mut copy = CapId::INVALID.raw();
        // SAFETY: the handles are open.
        let error = unsafe { sys::gunyah_cspace_copy(self.raw(), cap.raw(), to.raw(), rights_mask, &mut copy) };
        self.check(error).map(|()| CapId::new(copy.value))
    }

    /// Deletes a capability, valid or revoked. The last capability of an object takes the object with it, and that of an extent or
    /// an address space its mappings: whoever gets at that memory later stops.
    ///
    /// # Errors
    /// The capability errors; [`Busy`](crate::ErrorKind::Busy), try again.
    pub fn delete(&self, cap: CapId) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_cspace_delete(self.raw(), cap.raw()) })
    }

    /// Revokes one capability.
    ///
    /// # Errors
    /// [`Unimplemented`](crate::ErrorKind::Unimplemented), on every open hypervisor.
    pub fn revoke(&self, cap: CapId) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_cspace_revoke(self.raw(), cap.raw()) })
    }

    /// Revokes every other capability of an object, in all capability spaces. They keep their slots until they are deleted.
    ///
    /// # Errors
    /// The capability errors; [`InsufficientRights`](crate::ErrorKind::InsufficientRights), also: not a master;
    /// [`Busy`](crate::ErrorKind::Busy), try again.
    pub fn revoke_children(&self, master: CapId) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_cspace_revoke_children(self.raw(), master.raw()) })
    }

    /// Gives a thread that is not active yet its capability space; once more, and the last one counts.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), also for handles of two sessions; the capability errors, rights
    /// ATTACH and, of the thread, ACTIVATE, which is looked at first.
    pub fn attach_thread(&self, thread: &Thread<'_>) -> Result<()> {
        // SAFETY: the handles are open.
        self.check(unsafe { sys::gunyah_cspace_attach_thread(self.raw(), thread.raw()) })
    }

    pub(crate) fn check(&self, error: sys::gunyah_error) -> Result<()> {
        self.session.check(error)
    }
}
