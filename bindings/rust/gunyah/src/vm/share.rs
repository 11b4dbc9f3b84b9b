// SPDX-License-Identifier: BSD-3-Clause
//! What the caller and a VM share.

use super::{Resource, Vm};
use crate::{sys, Doorbell, MsgQueue, Result};

#[cfg(feature = "std")]
use crate::{ErrorKind, Vmid};

impl<'p> Vm<'p> {
    /// Tells what the caller and the VM share: doorbells, message queues, vCPUs, and more.
    ///
    /// # Errors
    /// The request errors; [`NoResources`](crate::ErrorKind::NoResources), the VM was not initialised yet.
    #[cfg(feature = "std")]
    pub fn resources(&self) -> Result<Vec<Resource>> {
        let empty = sys::gunyah_vm_resource {
            r#type: 0,
            partner: Vmid::raw_or_none(None),
            label: 0,
            cap: crate::CapId::INVALID.raw(),
            virq: crate::Virq::raw_or_none(None),
            base: 0,
            size: 0,
        };
        let mut raw = vec![empty; 16];
        loop {
            let mut count = 0;
            // SAFETY: the handle is open.
            let error = unsafe { sys::gunyah_vm_resources(self.raw(), raw.as_mut_ptr(), raw.len(), &mut count) };
            match self.check(error) {
                Err(error) if error.kind() == ErrorKind::BufferTooSmall => raw.resize(count, empty),
                result => return result.map(|()| raw[..count].iter().map(Resource::from_raw).collect()),
            }
        }
    }

    /// Opens the doorbell with this label that the caller rings (`sends`), or that rings the caller.
    ///
    /// # Errors
    /// The request errors; [`NoResources`](crate::ErrorKind::NoResources), the VM was not initialised yet;
    /// [`RmLookupFailed`](crate::ErrorKind::RmLookupFailed), there is none; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open_doorbell(&self, label: u32, sends: bool) -> Result<Doorbell<'p>> {
        // SAFETY: the handle is open.
        Doorbell::made(self.session(), |out| unsafe { sys::gunyah_vm_open_doorbell(self.raw(), label, sends, out) })
    }

    /// Opens the message queue with this label that the caller sends to (`sends`), or receives from. The largest message is as in
    /// the device tree; 0: 240, what it is when that says nothing.
    ///
    /// # Errors
    /// Those of [`Vm::open_doorbell`] and [`MsgQueue::open`].
    pub fn open_msgqueue(&self, label: u32, sends: bool, message_size: u32) -> Result<MsgQueue<'p>> {
        // SAFETY: the handle is open.
        MsgQueue::made(self.session(), |out| unsafe { sys::gunyah_vm_open_msgqueue(self.raw(), label, sends, message_size, out) })
    }
}
