// SPDX-License-Identifier: BSD-3-Clause
//! Virtual interrupt controllers.

use crate::thread::Thread;
use crate::{sys, CapId, Cspace, Partition, Result, Session};

object! {
    /// A virtual interrupt controller, whose shared interrupts message queues and doorbells are bound to.
    Vic(gunyah_vic), close gunyah_vic_close, capid gunyah_vic_capid
}

/// How the affinity of a vCPU (MPIDR) follows from its index: pieces of the index that do not overlap, and together are one piece
/// from bit 0 on, of less than 16 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MpidrMapping {
    /// Bits of MPIDR that the index fills: Aff0 7:0, Aff1 15:8, Aff2 23:16, Aff3 39:32.
    pub mask: u64,
    /// At which bit of the index each of the four fields begins, below 32.
    pub aff_shifts: [u32; 4],
    /// Bit 24 of MPIDR: vCPUs with the same Aff1 share a core.
    pub mt: bool,
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
    /// Gives a thread that is not active yet its interrupt controller, in which it is the vCPU with this index; once more, and the
    /// last one counts. Whether the index is taken shows at activation.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the index, or handles of two sessions; the capability errors, rights
    /// ATTACH_VCPU and, of the thread, ACTIVATE.
    pub fn attach_vcpu(&self, thread: &Thread<'_>, index: u32) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_vic_attach_vcpu(self.raw(), thread.raw(), index) })
    }

    /// Chooses how the affinity of a vCPU follows from its index, before activation. Without this, as on the platform.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the mapping; the capability errors.
    pub fn set_mpidr_mapping(&self, mapping: &MpidrMapping) -> Result<()> {
        let MpidrMapping { mask, aff_shifts, mt } = *mapping;
        let raw = sys::gunyah_mpidr_mapping { mask, aff_shifts, mt };
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vic_set_mpidr_mapping(self.raw(), &raw) })
    }

    /// Binds a source of message-signalled interrupts, by its capability.
    ///
    /// # Errors
    /// The capability errors, right BIND_SOURCE; [`WrongObjectType`](crate::ErrorKind::WrongObjectType) on every open hypervisor,
    /// which knows none.
    pub fn bind_msi_source(&self, source: CapId) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vic_bind_msi_source(self.raw(), source.raw()) })
    }
}
