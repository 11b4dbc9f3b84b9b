// SPDX-License-Identifier: BSD-3-Clause
//! Virtio devices as objects of the hypervisor: a page of registers that the driver's VM sees, and whose writes the hypervisor takes
//! in and passes on to the owner, who plays the device.
//!
//! The owner is the back end, the driver the front end. The page is the memory of an extent: the driver reads it as memory, so that
//! what nothing here writes (magic number, version, ids, configuration space) is there when the owner has put it there. Under
//! Linux, a driver of the kernel does all of this.
//!
//! What would stop the hypervisor is refused ([`WouldCrash`](crate::ErrorKind::WouldCrash)), as far as it is this side that would
//! do it. A driver can: where the device has no type that the hypervisor knows, a store to its configuration space may stop it, and
//! no call takes that from the driver. Make such a device only for a VM that may stop the machine.
//!
//! ```
//! use gunyah::memextent::{Access, ExtentKind, MemExtent, MemType, PAGE_SIZE};
//! use gunyah::sim::Sim;
//! use gunyah::virtio_mmio::{VirtioInput, VirtioInputSelect, VirtioInterrupts, VirtioMmio, VirtioType};
//! use gunyah::{Cspace, Partition, Session};
//!
//! fn main() -> gunyah::Result<()> {
//!     let sim = Sim::new()?;
//!     let session = Session::open(sim.root().backend())?;
//!     let own = sim.root().info();
//!     let partition = Partition::open(&session, own.partition.unwrap())?;
//!     let cspace = Cspace::open(&session, own.cspace.unwrap())?;
//!     let page = MemExtent::create(&partition, &cspace)?;
//!     page.configure(0x8_0000_0000, PAGE_SIZE, Access::Rw, MemType::Any, ExtentKind::Basic)?;
//!     page.activate()?;
//!
//!     let keys = VirtioMmio::create(&partition, &cspace)?;
//!     // SAFETY: nobody else uses the page.
//!     unsafe { keys.configure(&page, 2, VirtioType::Input)? };
//!     keys.activate()?;
//!     keys.set_device_features(1 << 32 | 1 << 33)?;
//!     keys.set_queue_num_max(0, 64)?;
//!     keys.configure_input(&VirtioInput { event_types: 1, ..VirtioInput::default() })?;
//!     keys.set_input_data(VirtioInputSelect::Name, b"keys")?;
//!     keys.assert_virq(VirtioInterrupts::CONFIG_CHANGED)?;
//!     assert!(!keys.notification()?.driver_ok); // nobody drives it yet
//!     Ok(())
//! }
//! ```

use crate::memextent::MemExtent;
use crate::{sys, CapId, Cspace, Partition, Result, Session, Vic, Virq};
use core::mem::zeroed;

pub use crate::virtio_input::{VirtioInput, VirtioInputSelect};

/// Most queues of a device.
pub const MAX_QUEUES: u32 = sys::GUNYAH_VIRTIO_MAX_QUEUES;

/// Most descriptors of a queue.
pub const MAX_QUEUE_SIZE: u32 = sys::GUNYAH_VIRTIO_MAX_QUEUE_SIZE;

object! {
    /// A virtio device.
    VirtioMmio(gunyah_virtio_mmio), close gunyah_virtio_mmio_close, capid gunyah_virtio_mmio_capid
}

enumeration! {
    /// What the hypervisor knows of the device.
    VirtioType {
        /// Nothing.
        Untyped = GUNYAH_VIRTIO_DEVICE_TYPE_INVALID,
        /// It is an input device, whose configuration space the hypervisor keeps.
        Input = GUNYAH_VIRTIO_DEVICE_TYPE_INPUT,
    }
}

flags! {
    /// What an interrupt tells the driver.
    VirtioInterrupts(u32) {
        /// Buffers were used.
        USED_BUFFER = sys::GUNYAH_VIRTIO_MMIO_USED_BUFFER,
        /// The configuration space is another one.
        CONFIG_CHANGED = sys::GUNYAH_VIRTIO_MMIO_CONFIG_CHANGED,
    }
}

/// A queue as the VM's driver has set it up. Nothing of it is checked: the VM writes what it likes. Addresses are the VM's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VirtioQueue {
    /// How many entries it has.
    pub entries: u32,
    /// It may be used.
    pub ready: bool,
    /// Address of the descriptor table.
    pub descriptors: u64,
    /// Address of what the driver writes, the available ring.
    pub driver: u64,
    /// Address of what the device writes, the used ring.
    pub device: u64,
}

/// What the driver has done since it was last asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VirtioNotification {
    /// Queues that it has notified, one bit each. A number beyond 63 sets the bit modulo 64, and whether there is such a queue is
    /// not looked at.
    pub queues: u64,
    /// It has notified a queue.
    pub new_buffer: bool,
    /// It wants a reset: [`VirtioMmio::acknowledge_reset`] when that is done.
    pub reset_requested: bool,
    /// It is ready.
    pub driver_ok: bool,
    /// It has given up.
    pub failed: bool,
}

/// Making devices.
impl<'s> VirtioMmio<'s> {
    /// Opens a virtio device that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<VirtioMmio<'s>> {
        // SAFETY: the session is open.
        VirtioMmio::made(session, |out| unsafe { sys::gunyah_virtio_mmio_open(session.raw(), cap.raw(), out) })
    }

    /// Creates a virtio device.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<VirtioMmio<'s>> {
        // SAFETY: the handles are open.
        VirtioMmio::made(partition.session(), |out| unsafe { sys::gunyah_virtio_mmio_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the page and the number of queues (1 to [`MAX_QUEUES`]), before activation. The extent is a basic one of a page, with
    /// the right ATTACH. It has to be readable and writable, without children, and of no other device, which shows at activation.
    ///
    /// # Errors
    /// [`WouldCrash`](crate::ErrorKind::WouldCrash), no queue; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), too many, the
    /// type, not such an extent, or handles of two sessions; the capability errors.
    ///
    /// # Safety
    /// From its activation on, hypervisor and driver write to the page: nothing of this program is there that may not change.
    pub unsafe fn configure(&self, page: &MemExtent<'_>, queues: u32, device_type: VirtioType) -> Result<()> {
        self.session.check(sys::gunyah_virtio_mmio_configure(self.raw(), page.raw(), queues, device_type.code()))
    }

    /// Activates the device.
    ///
    /// # Errors
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), not configured through this handle, so that nobody knows whether it has
    /// queues; the capability errors; [`Busy`](crate::ErrorKind::Busy), the extent has another device, or children;
    /// [`Denied`](crate::ErrorKind::Denied), it is not readable and writable, or of another partition;
    /// [`NoMemory`](crate::ErrorKind::NoMemory).
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open. Who configured it knew that the page is written to.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_activate(self.raw()) })
    }

    /// Offers features to the driver: VERSION_1 (bit 32) and ACCESS_PLATFORM (bit 33) among them, NOTIFICATION_DATA (bit 38) not.
    /// The driver sees a word when it selects it.
    ///
    /// # Errors
    /// [`Denied`](crate::ErrorKind::Denied), one of these bits; the capability errors, right CONFIG.
    pub fn set_device_features(&self, features: u64) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_set_device_features(self.raw(), features) })
    }

    /// Says how many descriptors the driver may give a queue, at most [`MAX_QUEUE_SIZE`]; 0: there is no such queue. It sees that
    /// when it selects the queue.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the queue, or the number; the capability errors, right CONFIG.
    pub fn set_queue_num_max(&self, queue: u32, max: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_set_queue_num_max(self.raw(), queue, max) })
    }

    pub(crate) fn session(&self) -> &'s Session<'s> {
        self.session
    }
}

/// Interrupts.
impl VirtioMmio<'_> {
    /// Binds the interrupt that the back end raises: [`VirtioMmio::assert_virq`] interrupts the driver with it. The controller is
    /// that of the driver's VM.
    ///
    /// # Errors
    /// Those of [`Doorbell::bind`](crate::Doorbell::bind), right BIND_BACKEND_VIRQ.
    pub fn bind_backend(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_bind_backend_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds; success if nothing is bound. Blocks for a grace period of the hypervisor.
    ///
    /// # Errors
    /// The capability errors; right BIND_BACKEND_VIRQ.
    pub fn unbind_backend(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_unbind_backend_virq(self.raw()) })
    }

    /// Binds the interrupt that the front end raises: it interrupts the owner when the driver has something to say
    /// ([`VirtioMmio::notification`]). Edge triggered: while it is one for levels, or none is bound, a driver that resets the device
    /// takes an external abort.
    ///
    /// # Errors
    /// Those of [`Doorbell::bind`](crate::Doorbell::bind), right BIND_FRONTEND_VIRQ.
    pub fn bind_frontend(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_bind_frontend_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds, as [`VirtioMmio::unbind_backend`].
    ///
    /// # Errors
    /// The capability errors; right BIND_FRONTEND_VIRQ.
    pub fn unbind_frontend(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_unbind_frontend_virq(self.raw()) })
    }

    /// Interrupts the driver, which acknowledges what it is told. No error if no interrupt is bound.
    ///
    /// # Errors
    /// [`Option`](crate::ErrorKind::Option), another bit; the capability errors, right ASSERT_VIRQ;
    /// [`Denied`](crate::ErrorKind::Denied), the driver waits for a reset: [`VirtioMmio::acknowledge_reset`].
    #[inline]
    pub fn assert_virq(&self, interrupts: VirtioInterrupts) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_assert_virq(self.raw(), interrupts.bits()) })
    }
}

/// What the driver says.
impl VirtioMmio<'_> {
    /// Returns which features the driver has taken. They mean something once it has said so in the status.
    ///
    /// # Errors
    /// The capability errors; right CONFIG.
    pub fn driver_features(&self) -> Result<u64> {
        let mut features = 0;
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_get_driver_features(self.raw(), &mut features) })?;
        Ok(features)
    }

    /// Returns how the driver has set up a queue.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the queue; the capability errors, right CONFIG.
    pub fn queue(&self, queue: u32) -> Result<VirtioQueue> {
        let mut raw = sys::GUNYAH_VIRTIO_MMIO_QUEUE_INIT;
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_get_queue_info(self.raw(), queue, &mut raw) })?;
        let sys::gunyah_virtio_mmio_queue { num, ready, desc_addr, drv_addr, dev_addr, .. } = raw;
        Ok(VirtioQueue { entries: num, ready, descriptors: desc_addr, driver: drv_addr, device: dev_addr })
    }

    /// Fetches what the driver has done, and forgets it. No error if that is nothing.
    ///
    /// # Errors
    /// The capability errors; right CONFIG.
    #[inline]
    pub fn notification(&self) -> Result<VirtioNotification> {
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_virtio_mmio_notification = unsafe { zeroed() };
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_get_notification(self.raw(), &mut raw) })?;
        let sys::gunyah_virtio_mmio_notification { queues, new_buffer, reset_requested, driver_ok, failed } = raw;
        Ok(VirtioNotification { queues, new_buffer, reset_requested, driver_ok, failed })
    }

    /// Tells the driver that the reset is done. The queues are not in use since it asked for that.
    ///
    /// # Errors
    /// The capability errors; right CONFIG.
    pub fn acknowledge_reset(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_acknowledge_reset(self.raw()) })
    }

    /// Adds bits to the status of the device, such as DEVICE_NEEDS_RESET (64); none can be taken away.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a bit above the eight that there are; the capability errors, right
    /// CONFIG.
    pub fn update_status(&self, bits: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_virtio_mmio_update_status(self.raw(), bits) })
    }
}
