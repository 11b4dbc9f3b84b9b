// SPDX-License-Identifier: BSD-3-Clause
//! Interrupt lending: a VM gives a hardware interrupt of its own to another VM for a while.
//!
//! The lender lends and notifies; the borrower opens what it was told of, accepts it, and releases it; the lender reclaims it.
//!
//! "The request errors" are those of [`crate::vm`].

use crate::rm::Rm;
use crate::{sys, Kept, Virq, Vmid};
use core::mem::ManuallyDrop;

handle! {
    /// A lent interrupt, from one of its sides. A call that cannot be right there is refused
    /// ([`ObjectState`](crate::ErrorKind::ObjectState)) before it reaches anybody.
    Irq(gunyah_irq), close gunyah_irq_close
}

impl<'r> Irq<'r> {
    /// Lends an interrupt, which does not reach the lender any more from now on. The label is a number of the two sides' own.
    ///
    /// # Errors
    /// The request errors; [`RmIrqInvalid`](crate::ErrorKind::RmIrqInvalid), not a hardware interrupt of the lender's;
    /// [`RmIrqInuse`](crate::ErrorKind::RmIrqInuse), lent already; [`NoMemory`](crate::ErrorKind::NoMemory);
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory), no handle: nothing was lent.
    pub fn lend(rm: &'r Rm<'_>, borrower: Vmid, virq: Virq, label: u32) -> crate::Result<Irq<'r>> {
        // SAFETY: the handle is open.
        Irq::made(rm.session(), |out| unsafe { sys::gunyah_irq_lend(rm.raw(), borrower.raw(), virq.raw(), label, out) })
    }

    /// Opens an interrupt that another VM lends this one, as a [`Notice::IrqLent`](crate::rm::Notice::IrqLent) tells. Makes no
    /// request.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(rm: &'r Rm<'_>, handle: u32) -> crate::Result<Irq<'r>> {
        // SAFETY: the handle is open.
        Irq::made(rm.session(), |out| unsafe { sys::gunyah_irq_open(rm.raw(), handle, out) })
    }

    /// Returns the number that both VMs know the interrupt by.
    pub fn handle(&self) -> u32 {
        // SAFETY: the handle is open.
        unsafe { sys::gunyah_irq_handle(self.raw()) }
    }

    /// Accepts the interrupt. It gets this number in this VM, or (none) that of the hardware, which is all that the 2023
    /// generation can do. Returns the number that it got.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), this side lends it, or has accepted it;
    /// [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid), not lent to this VM; [`RmInUse`](crate::ErrorKind::RmInUse) and
    /// [`RmIrqInuse`](crate::ErrorKind::RmIrqInuse), accepted already; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid) and
    /// [`NoMemory`](crate::ErrorKind::NoMemory), it cannot be mapped there.
    pub fn accept(&self, wanted: Option<Virq>) -> crate::Result<Virq> {
        let mut virq = Virq::raw_or_none(None);
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_irq_accept(self.raw(), Virq::raw_or_none(wanted), &mut virq) })?;
        Ok(Virq::new(virq.value))
    }

    /// Gives an accepted interrupt back; it can be accepted again.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not accepted by this side;
    /// [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid); [`RmInUse`](crate::ErrorKind::RmInUse) and
    /// [`RmIrqReleased`](crate::ErrorKind::RmIrqReleased), it is not accepted.
    pub fn release(&self) -> crate::Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_irq_release(self.raw()) })
    }

    /// Takes an interrupt back that is not accepted, and closes the handle.
    ///
    /// # Errors
    /// With the interrupt as it was: the request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not lent by this side;
    /// [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid); [`RmInUse`](crate::ErrorKind::RmInUse) and
    /// [`RmIrqInuse`](crate::ErrorKind::RmIrqInuse), the borrower has it; [`RmIrqInvalid`](crate::ErrorKind::RmIrqInvalid).
    pub fn reclaim(self) -> Result<(), Kept<Irq<'r>>> {
        let irq = ManuallyDrop::new(self);
        let mut raw = irq.raw();
        // SAFETY: the handle is open, and nobody else has it.
        let error = unsafe { sys::gunyah_irq_reclaim(&mut raw) };
        let left = Irq::from_raw(irq.session, raw);

        match (irq.session.check(error), left) {
            (Err(error), Some(handle)) => Err(Kept { handle, error }),
            _ => Ok(()),
        }
    }

    /// Tells the other side how things are: the lender that it is lent, the borrower that it has accepted or released it.
    ///
    /// # Errors
    /// The request errors; [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid); [`RmIrqInuse`](crate::ErrorKind::RmIrqInuse)
    /// and [`RmIrqReleased`](crate::ErrorKind::RmIrqReleased), not so.
    pub fn notify(&self) -> crate::Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_irq_notify(self.raw()) })
    }
}
