// SPDX-License-Identifier: BSD-3-Clause
//! Virtio devices that a VMM plays for VMs of signed firmware, by Qualcomm's driver.

use super::Node;
use crate::virtio_mmio::{VirtioInput, VirtioInputSelect, VirtioQueue};
use crate::{sys, text, Error, Result};
use core::ffi::c_void;
use core::marker::PhantomData;
use core::mem::zeroed;
use core::ptr::{self, NonNull};
use std::os::unix::io::RawFd;

/// Which device to open.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct VirtioOptions<'a> {
    firmware: &'a str,
    raw: sys::gunyah_linux_virtio_options,
}

impl<'a> VirtioOptions<'a> {
    /// Of the VM that [`Vm::load_firmware`](crate::vm::Vm::load_firmware) made of this firmware; devices have labels, not 0.
    pub fn new(firmware: &'a str, label: u32) -> VirtioOptions<'a> {
        let raw = sys::gunyah_linux_virtio_options { label, ..sys::GUNYAH_LINUX_VIRTIO_OPTIONS_INIT };
        VirtioOptions { firmware, raw }
    }

    /// What [`VirtioCanceller::cancel`] sends to the thread that waits. The caller has installed a handler for it, without
    /// SA_RESTART. Without a signal, a thread that waits already goes on until something happens.
    pub fn signal(mut self, signal: i32) -> Self {
        self.raw.signal = signal;
        self
    }
}

/// A device that is open. As long as it is, the VM can neither be stopped by force, reset, nor destroyed. Dropping closes it, its
/// eventfds and its memory.
///
/// It stays in the thread of its node; who plays it is another thread, perhaps ([`VirtioDevice::split`]), and keeps it open:
///
/// ```compile_fail,E0505
/// # use gunyah::linux::VirtioDevice;
/// # fn early(mut device: VirtioDevice<'_>) -> gunyah::Result<()> {
/// let (player, _) = device.split();
/// let memory = player.map()?;
/// drop(device); // error: somebody may still use its memory
/// memory.as_ptr();
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct VirtioDevice<'n> {
    raw: NonNull<sys::gunyah_linux_virtio>,
    node: PhantomData<&'n Node>,
}

impl Node {
    /// Opens a device of a VM of signed firmware on this node.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), no VM of this node is made of that firmware, or it has no such device;
    /// [`Denied`](crate::ErrorKind::Denied); [`OutOfMemory`](crate::ErrorKind::OutOfMemory);
    /// [`NoResources`](crate::ErrorKind::NoResources), no file descriptor is left;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a name with a 0 in it.
    pub fn open_virtio(&self, options: VirtioOptions<'_>) -> Result<VirtioDevice<'_>> {
        // SAFETY: all zero is a value of this struct.
        let mut info: sys::gunyah_error_info = unsafe { zeroed() };
        let firmware = text::owned(Some(options.firmware))?;
        let options = sys::gunyah_linux_virtio_options { firmware: text::pointer(&firmware), error: &mut info, ..options.raw };
        let mut raw = ptr::null_mut();
        // SAFETY: the node is open, and what the options point to lives till the end of this.
        unsafe { sys::gunyah_linux_virtio_open(self.raw(), &options, &mut raw) };
        let device = NonNull::new(raw).map(|raw| VirtioDevice { raw, node: PhantomData });
        // SAFETY: the library filled it in, with its own texts.
        device.ok_or_else(|| unsafe { Error::from_info(&info) })
    }
}

impl VirtioDevice<'_> {
    /// Returns who plays it, which one thread at a time may be, any one; and who brings that thread back, which all threads may.
    pub fn split(&mut self) -> (VirtioPlayer<'_>, VirtioCanceller<'_>) {
        (VirtioPlayer { raw: self.raw, life: PhantomData }, VirtioCanceller { raw: self.raw, life: PhantomData })
    }
}

impl Drop for VirtioDevice<'_> {
    fn drop(&mut self) {
        let mut raw = self.raw.as_ptr();
        // SAFETY: the device is open, and so is its node; whatever borrowed it is gone.
        unsafe { sys::gunyah_linux_virtio_close(&mut raw) };
    }
}

/// Brings the thread back that waits; from [`VirtioDevice::split`].
#[derive(Clone, Copy, Debug)]
pub struct VirtioCanceller<'d> {
    raw: NonNull<sys::gunyah_linux_virtio>,
    life: PhantomData<&'d ()>,
}

// SAFETY: all threads may call it.
unsafe impl Send for VirtioCanceller<'_> {}
// SAFETY: as above.
unsafe impl Sync for VirtioCanceller<'_> {}

impl VirtioCanceller<'_> {
    /// Makes [`VirtioPlayer::wait`] come back with no events: for the thread that waits or, if none does, the next one. Also
    /// inside a signal handler.
    pub fn cancel(self) {
        // SAFETY: the device is open.
        unsafe { sys::gunyah_linux_virtio_cancel(self.raw.as_ptr()) };
    }
}

enumeration! {
    /// What the VM, or its driver for the device, has done.
    VirtioEvent {
        /// Buffers in queues, a bit of the data each; only together with others.
        Buffers = GUNYAH_LINUX_VIRTIO_BUFFERS,
        /// It wants a reset: [`VirtioPlayer::end_reset`].
        Reset = GUNYAH_LINUX_VIRTIO_RESET,
        /// It has taken interrupts; the data is what it wrote.
        InterruptAck = GUNYAH_LINUX_VIRTIO_INTERRUPT_ACK,
        /// It is ready: [`VirtioPlayer::begin`].
        DriverOk = GUNYAH_LINUX_VIRTIO_DRIVER_OK,
        /// It has given up; only together with others.
        DriverFailed = GUNYAH_LINUX_VIRTIO_DRIVER_FAILED,
        /// There is nothing more to wait for. Some drivers tell.
        VmEnded = GUNYAH_LINUX_VIRTIO_VM_ENDED,
    }
}

/// What a wait came back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VirtioNews {
    /// Bits of [`VirtioEvent::code`]; 0: nothing, a signal or [`VirtioCanceller::cancel`].
    pub events: u32,
    /// What they say.
    pub data: u32,
}

impl VirtioNews {
    /// Tells whether something has happened.
    pub fn has(&self, event: VirtioEvent) -> bool {
        self.events & event.code() != 0
    }
}

/// The memory that the VM and this process share for all devices of the VM. From [`VirtioPlayer::map`].
#[derive(Clone, Copy, Debug)]
pub struct VirtioMemory<'d> {
    memory: NonNull<u8>,
    size: usize,
    life: PhantomData<&'d ()>,
}

// SAFETY: it is nothing but an address and a size.
unsafe impl Send for VirtioMemory<'_> {}
// SAFETY: as above.
unsafe impl Sync for VirtioMemory<'_> {}

impl VirtioMemory<'_> {
    /// Returns where its first byte is in this process, as long as the device is open. The VM may change any of it at any time.
    pub fn as_ptr(&self) -> NonNull<u8> {
        self.memory
    }

    /// Returns how many bytes there are.
    pub fn len(&self) -> usize {
        self.size
    }

    /// Tells whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }
}

/// Plays a device; from [`VirtioDevice::split`]. Each function may also answer [`Denied`](crate::ErrorKind::Denied), a policy
/// forbids the call, or [`Unknown`](crate::ErrorKind::Unknown), another errno.
#[derive(Debug)]
pub struct VirtioPlayer<'d> {
    raw: NonNull<sys::gunyah_linux_virtio>,
    life: PhantomData<&'d ()>,
}

// SAFETY: it does not touch the session, and belongs to one thread at a time, any one.
unsafe impl Send for VirtioPlayer<'_> {}

/// What the device is.
impl<'d> VirtioPlayer<'d> {
    /// Says which features the device has, before the VM is started.
    ///
    /// # Errors
    /// None of its own.
    pub fn set_features(&self, features: u64) -> Result<()> {
        // SAFETY: the device is open, and this thread is the one that plays it.
        self.check(unsafe { sys::gunyah_linux_virtio_set_features(self.raw(), features) })
    }

    /// Returns which features the VM's driver has taken.
    ///
    /// # Errors
    /// None of its own.
    pub fn features(&self) -> Result<u64> {
        let mut features = 0;
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_get_features(self.raw(), &mut features) })?;
        Ok(features)
    }

    /// Says how many entries a queue, 0 to 15, may have, before the VM is started; 0: there is no such queue.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the queue.
    pub fn set_queue_max(&self, queue: u32, max: u32) -> Result<()> {
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_set_queue_max(self.raw(), queue, max) })
    }

    /// Returns how the VM's driver has set up a queue.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the queue.
    pub fn queue(&self, queue: u32) -> Result<VirtioQueue> {
        let mut raw = sys::GUNYAH_LINUX_VIRTIO_QUEUE_INIT;
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_get_queue(self.raw(), queue, &mut raw) })?;
        let sys::gunyah_linux_virtio_queue { entries, ready, descriptors, driver, device, .. } = raw;
        Ok(VirtioQueue { entries, ready, descriptors, driver, device })
    }

    /// Writes what the VM reads of the device, once, in whole words of 4 bytes: registers of virtio-mmio from the magic value on,
    /// and from byte 0x100 on the configuration.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), none, more than 4096 bytes, or not whole words;
    /// [`InUse`](crate::ErrorKind::InUse), it was written already.
    pub fn set_config(&self, data: &[u8]) -> Result<()> {
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_set_config(self.raw(), data.as_ptr().cast::<c_void>(), data.len()) })
    }

    /// Says what an input device is, before the VM is started. Late drivers can.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), too many types of events, or axes;
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), it is no input device; [`Busy`](crate::ErrorKind::Busy), it was said
    /// already, and ids and properties are those of this call; [`NoMemory`](crate::ErrorKind::NoMemory), of the hypervisor;
    /// [`Unsupported`](crate::ErrorKind::Unsupported), the driver has no such call.
    pub fn set_input(&self, input: &VirtioInput) -> Result<()> {
        let VirtioInput { bus_type, vendor, product, version, properties, event_types, axes } = *input;
        let init = sys::GUNYAH_LINUX_VIRTIO_INPUT_INIT;
        let raw = sys::gunyah_linux_virtio_input { bus_type, vendor, product, version, properties, event_types, axes, ..init };
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_set_input(self.raw(), &raw) })
    }

    /// Gives what the VM reads when it selects something of an input device, before the VM is started. Late drivers can.
    ///
    /// Codes of a type of events, and what there is to say of an axis, are given once each: they take a piece of the room that
    /// [`VirtioPlayer::set_input`] made. Everything else is replaced.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a type or an axis that cannot be, or there is no room for any;
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), none, or more than 128 bytes, or not the 20 of an axis;
    /// [`NoResources`](crate::ErrorKind::NoResources), all room is taken;
    /// [`WrongObjectType`](crate::ErrorKind::WrongObjectType), it is no input device;
    /// [`Unsupported`](crate::ErrorKind::Unsupported), the driver has no such call.
    pub fn set_input_data(&self, select: VirtioInputSelect, data: &[u8]) -> Result<()> {
        let (select, subselect) = select.numbers();
        let bytes = data.as_ptr().cast::<c_void>();
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_set_input_data(self.raw(), select, subselect, bytes, data.len()) })
    }

    /// Reads the same, with what the VM has written to the configuration.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), none, or more than 4096 bytes.
    pub fn config(&self, data: &mut [u8]) -> Result<()> {
        let room = data.as_mut_ptr().cast::<c_void>();
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_get_config(self.raw(), room, data.len()) })
    }

    /// Maps the memory of the devices. Where the VM has it, the firmware says.
    ///
    /// # Errors
    /// [`NoMemory`](crate::ErrorKind::NoMemory), the process cannot map that much.
    pub fn map(&self) -> Result<VirtioMemory<'d>> {
        let (mut memory, mut size) = (ptr::null_mut(), 0);
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_map(self.raw(), &mut memory, &mut size) })?;
        let memory = NonNull::new(memory.cast()).unwrap_or_else(NonNull::dangling);
        Ok(VirtioMemory { memory, size, life: PhantomData })
    }
}

/// While it runs.
impl VirtioPlayer<'_> {
    /// Returns the eventfd that becomes readable when the VM has put buffers into a queue, after [`VirtioPlayer::begin`]. It is the
    /// device's, and non-blocking. Some drivers forget it with a reset: call this again after one.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the queue; [`InUse`](crate::ErrorKind::InUse), somebody else has set
    /// one; [`NoResources`](crate::ErrorKind::NoResources), no file descriptor is left.
    pub fn kick_fd(&self, queue: u32) -> Result<RawFd> {
        let mut fd = -1;
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_get_kick(self.raw(), queue, &mut fd) })?;
        Ok(fd)
    }

    /// Returns the eventfd that interrupts the VM when any thread writes to it. It is the device's.
    ///
    /// # Errors
    /// [`InUse`](crate::ErrorKind::InUse), somebody else has set one; [`NoResources`](crate::ErrorKind::NoResources), no file
    /// descriptor is left.
    pub fn irq_fd(&self) -> Result<RawFd> {
        let mut fd = -1;
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_get_irq(self.raw(), &mut fd) })?;
        Ok(fd)
    }

    /// Waits until the VM has done something, a signal comes, or [`VirtioCanceller::cancel`] is called.
    ///
    /// # Errors
    /// None of its own.
    pub fn wait(&self) -> Result<VirtioNews> {
        let mut news = VirtioNews { events: 0, data: 0 };
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_wait(self.raw(), &mut news.events, &mut news.data) })?;
        Ok(news)
    }

    /// Takes note that the VM's driver is ready: from now on, eventfds tell of buffers.
    ///
    /// # Errors
    /// None of its own.
    pub fn begin(&self) -> Result<()> {
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_begin(self.raw()) })
    }

    /// Says that the device is as it was at the start, and uses no buffer any more.
    ///
    /// # Errors
    /// None of its own.
    pub fn end_reset(&self) -> Result<()> {
        // SAFETY: as above.
        self.check(unsafe { sys::gunyah_linux_virtio_end_reset(self.raw()) })
    }

    fn raw(&self) -> *mut sys::gunyah_linux_virtio {
        self.raw.as_ptr()
    }

    fn check(&self, error: sys::gunyah_error) -> Result<()> {
        if error == sys::GUNYAH_OK {
            return Ok(());
        }
        // SAFETY: the device is open; its texts live for ever.
        Err(unsafe { Error::known(error, sys::gunyah_linux_virtio_last_error(self.raw()), "virtio") })
    }
}
