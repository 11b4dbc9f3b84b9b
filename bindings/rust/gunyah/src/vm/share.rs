// SPDX-License-Identifier: BSD-3-Clause
//! What the caller and a VM share.

use super::{Resource, Vm};
use crate::{sys, Doorbell, ErrorKind, MsgQueue, Result};

impl<'p> Vm<'p> {
    /// Tells what the caller and the VM share: doorbells, message queues, vCPUs, and more. Fills in as many as there is room for,
    /// and returns how many there are.
    ///
    /// # Errors
    /// The request errors; [`NoResources`](crate::ErrorKind::NoResources), the VM was not initialised yet.
    pub fn read_resources(&self, resources: &mut [Resource]) -> Result<usize> {
        let mut count = 0;
        // SAFETY: the handle is open; a Resource has the layout of the C struct.
        let error = unsafe { sys::gunyah_vm_resources(self.raw(), resources.as_mut_ptr().cast(), resources.len(), &mut count) };
        match self.check(error) {
            Err(error) if error.kind() != ErrorKind::BufferTooSmall => Err(error),
            _ => Ok(count),
        }
    }

    /// Tells what the caller and the VM share, as [`Vm::read_resources`].
    ///
    /// # Errors
    /// Those of [`Vm::read_resources`].
    #[cfg(feature = "std")]
    pub fn resources(&self) -> Result<Vec<Resource>> {
        let mut resources = vec![Resource::NONE; 16];
        loop {
            let count = self.read_resources(&mut resources)?;
            let fits = count <= resources.len();
            resources.resize(count, Resource::NONE);
            if fits {
                return Ok(resources);
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
