// SPDX-License-Identifier: BSD-3-Clause
//! Hardware interrupts as objects of the hypervisor.

use crate::{sys, CapId, Result, Session, Vic, Virq};

object! {
    /// A hardware interrupt: what a device raises, bound to an interrupt of a VM.
    ///
    /// No call creates one: the hypervisor makes them when it starts, and gives the capabilities to its first VM. Interrupts that
    /// one VM lends to another one are something else: there, the Resource Manager does this.
    HwIrq(gunyah_hwirq), close gunyah_hwirq_close, capid gunyah_hwirq_capid
}

impl<'s> HwIrq<'s> {
    /// Opens a hardware interrupt that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<HwIrq<'s>> {
        // SAFETY: the session is open.
        HwIrq::made(session, |out| unsafe { sys::gunyah_hwirq_open(session.raw(), cap.raw(), out) })
    }

    /// Binds it to an interrupt of a VM: a shared one that is free or, for an interrupt of a processor, 16 to 31.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), not an interrupt of this kind of the controller, a kind that cannot
    /// be bound, or handles of two sessions; the capability errors, rights BIND_VIC and, of the controller, BIND_SOURCE;
    /// [`VirqBound`](crate::ErrorKind::VirqBound), it is bound; [`Busy`](crate::ErrorKind::Busy), the interrupt has another source;
    /// [`Retry`](crate::ErrorKind::Retry), what was bound there before is not gone yet; [`Denied`](crate::ErrorKind::Denied), of a
    /// processor: it is bound, or a vCPU of the controller is not pinned; [`NoMemory`](crate::ErrorKind::NoMemory).
    pub fn bind(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_hwirq_bind_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds. Blocks until nothing handles it any more, and for a grace period of the hypervisor.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a kind that cannot be bound; the capability errors, right BIND_VIC;
    /// [`VirqNotBound`](crate::ErrorKind::VirqNotBound), but not for those of processors.
    pub fn unbind(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_hwirq_unbind_virq(self.raw()) })
    }
}
