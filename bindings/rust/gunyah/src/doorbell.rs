// SPDX-License-Identifier: BSD-3-Clause
//! Doorbells: 64 flags that one VM sets and another one reads and clears, with an interrupt.

use crate::{sys, CapId, Cspace, Partition, Result, Session, Timeout, Vic, Virq};

object! {
    /// A doorbell. Flags accumulate: ringing a flag that is set already is not an error, and nobody counts.
    Doorbell(gunyah_doorbell), close gunyah_doorbell_close, capid gunyah_doorbell_capid
}

/// Which doorbell to open.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct DoorbellOptions {
    cap: CapId,
    virq: Option<Virq>,
}

impl DoorbellOptions {
    /// The doorbell that this VM has the capability `cap` for.
    pub fn new(cap: CapId) -> DoorbellOptions {
        DoorbellOptions { cap, virq: None }
    }

    /// The interrupt that is bound to it already, for [`Doorbell::wait`].
    pub fn virq(mut self, virq: Virq) -> Self {
        self.virq = Some(virq);
        self
    }
}

impl<'s> Doorbell<'s> {
    /// Opens a doorbell that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the interrupt cannot be bound;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, options: DoorbellOptions) -> Result<Doorbell<'s>> {
        let mut raw = sys::GUNYAH_DOORBELL_OPTIONS_INIT;
        raw.cap = options.cap.raw();
        raw.virq = Virq::raw_or_none(options.virq);
        // SAFETY: the session is open.
        Doorbell::made(session, |out| unsafe { sys::gunyah_doorbell_open(session.raw(), &raw, out) })
    }

    /// Creates a doorbell.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<Doorbell<'s>> {
        // SAFETY: the handles are open.
        Doorbell::made(partition.session(), |out| unsafe { sys::gunyah_doorbell_create(partition.raw(), into.raw(), out) })
    }

    /// Activates the doorbell.
    ///
    /// # Errors
    /// The capability errors.
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_doorbell_activate(self.raw()) })
    }

    /// Sets flags, and interrupts the receiver if one of them is enabled. Returns the flags before. No flag at all repeats the
    /// interrupt of flags that are still set.
    ///
    /// # Errors
    /// The capability errors; right SEND.
    #[inline]
    pub fn send(&self, flags: u64) -> Result<u64> {
        let mut old = 0;
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_doorbell_send(self.raw(), flags, &mut old) })?;
        Ok(old)
    }

    /// Reads all flags and clears some, at least one. Returns the flags before, also those that stay.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), none to clear; the capability errors, right RECEIVE.
    #[inline]
    pub fn receive(&self, clear: u64) -> Result<u64> {
        let mut old = 0;
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_doorbell_receive(self.raw(), clear, &mut old) })?;
        Ok(old)
    }

    /// Chooses which flags interrupt, and which of them are cleared whenever the doorbell does.
    ///
    /// # Errors
    /// The capability errors; right RECEIVE.
    pub fn mask(&self, enable: u64, acknowledge: u64) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_doorbell_mask(self.raw(), enable, acknowledge) })
    }

    /// Clears all flags, withdraws a level interrupt, and returns both masks to those of a fresh doorbell.
    ///
    /// # Errors
    /// The capability errors; right RECEIVE.
    pub fn reset(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_doorbell_reset(self.raw()) })
    }

    /// Binds the doorbell to an interrupt of this VM that is free. Flags that are set already do not interrupt.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), not a shared interrupt of the controller, or handles of two
    /// sessions; the capability errors, right BIND; [`VirqBound`](crate::ErrorKind::VirqBound), the doorbell has one;
    /// [`Busy`](crate::ErrorKind::Busy), the interrupt has another source.
    pub fn bind(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_doorbell_bind_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds; success if nothing is bound. Blocks for a grace period of the hypervisor.
    ///
    /// # Errors
    /// The capability errors; right BIND.
    pub fn unbind(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_doorbell_unbind_virq(self.raw()) })
    }

    /// Waits until flags are set, and reads and clears them. Returns those of `clear` that were set.
    ///
    /// The flags must be enabled and not in the acknowledge mask ([`Doorbell::mask`]), or nothing will ever be seen.
    ///
    /// # Errors
    /// Those of [`Doorbell::receive`]; [`NotBound`](crate::ErrorKind::NotBound), no interrupt is known;
    /// [`Unsupported`](crate::ErrorKind::Unsupported); [`Timeout`](crate::ErrorKind::Timeout);
    /// [`Deadlock`](crate::ErrorKind::Deadlock), in the simulator; [`NoResources`](crate::ErrorKind::NoResources), of the
    /// operating system.
    pub fn wait(&self, clear: u64, timeout: impl Into<Timeout>) -> Result<u64> {
        let mut flags = 0;
        // SAFETY: the handle is open.
        let error = unsafe { sys::gunyah_doorbell_wait(self.raw(), clear, timeout.into().nanoseconds(), &mut flags) };
        self.session.check(error).map(|()| flags)
    }
}
