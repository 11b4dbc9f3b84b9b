// SPDX-License-Identifier: BSD-3-Clause
//! A bus of emulated devices: which one is meant by the address that a guest reads or writes.

use crate::vm::Region;
use crate::{panics, sys, Error, Result};
use core::ffi::c_void;
use core::marker::PhantomData;
use std::fmt;

/// An access of a guest, as its device sees it.
#[derive(Debug)]
pub struct Access<'a> {
    raw: &'a mut sys::gunyah_mmio_access,
}

impl Access<'_> {
    /// Returns how far from the beginning of the region it is, in bytes.
    pub fn offset(&self) -> u64 {
        self.raw.offset
    }

    /// Returns how many bytes: 1, 2, 4 or 8.
    pub fn length(&self) -> u32 {
        self.raw.length
    }

    /// Tells whether the guest writes.
    pub fn is_write(&self) -> bool {
        self.raw.is_write
    }

    /// Returns what is written.
    pub fn value(&self) -> u64 {
        self.raw.value
    }

    /// Says what is read.
    pub fn answer(&mut self, value: u64) {
        self.raw.value = value;
    }
}

/// What a device does. Threads may call it at the same time.
type Device<'d> = Box<dyn Fn(&mut Access<'_>) + Send + Sync + 'd>;

/// A bus of devices. Several threads may give it accesses at the same time.
#[derive(Default)]
pub struct Bus<'d> {
    // The context of each comes from a box of a device.
    regions: Vec<sys::gunyah_mmio_region>,
    devices: PhantomData<Device<'d>>,
}

// SAFETY: the devices may be called by all threads, and nothing changes meanwhile.
unsafe impl Send for Bus<'_> {}
// SAFETY: as above.
unsafe impl Sync for Bus<'_> {}

impl<'d> Bus<'d> {
    /// An empty bus.
    pub fn new() -> Bus<'d> {
        Bus::default()
    }

    /// Puts a device on the bus: a region, and what is done when the guest reads or writes there.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), a region of no bytes; [`AddrOverflow`](crate::ErrorKind::AddrOverflow);
    /// [`Busy`](crate::ErrorKind::Busy), another device has some of these addresses.
    pub fn add(&mut self, region: Region, device: impl Fn(&mut Access<'_>) + Send + Sync + 'd) -> Result<()> {
        let device: Box<Device<'d>> = Box::new(Box::new(device));
        let context = Box::into_raw(device).cast();
        let raw = sys::gunyah_mmio_region { address: region.address, size: region.size, function: Some(call), context };
        let count = self.regions.len();
        self.regions.push(raw);
        let mut bus = raw_bus(&mut self.regions, count);
        // SAFETY: there is room for one more.
        let error = unsafe { sys::gunyah_mmio_bus_add(&mut bus, &raw) };
        let count = bus.count;

        self.regions.truncate(count);
        if error != sys::GUNYAH_OK {
            free(context);
        }
        Error::check(error, "gunyah_mmio_bus_add")
    }

    /// Takes a device off the bus, by the address of its first byte.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), no region begins there.
    pub fn remove(&mut self, address: u64) -> Result<()> {
        let count = self.regions.len();
        let device = self.regions.iter().find(|region| region.address == address).map(|region| region.context);
        let mut bus = raw_bus(&mut self.regions, count);
        // SAFETY: the regions are those of the bus.
        let error = unsafe { sys::gunyah_mmio_bus_remove(&mut bus, address) };
        let count = bus.count;

        self.regions.truncate(count);
        Error::check(error, "gunyah_mmio_bus_remove")?;
        device.into_iter().for_each(free);
        Ok(())
    }

    /// Has an access done by its device: its bytes, in the order of the guest's memory (little-endian), are read for a write, and
    /// filled in by a read.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), not 1, 2, 4 or 8 bytes; [`NotFound`](crate::ErrorKind::NotFound), no
    /// device has all of these addresses.
    pub fn access(&self, address: u64, data: &mut [u8], is_write: bool) -> Result<()> {
        let count = self.regions.len();
        let bus = sys::gunyah_mmio_bus { regions: self.regions.as_ptr() as *mut _, capacity: count, count };
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        // SAFETY: the regions are those of a bus, and not written to.
        let error = unsafe { sys::gunyah_mmio_bus_access(&bus, address, data.as_mut_ptr(), length, is_write) };
        panics::resume();
        Error::check(error, "gunyah_mmio_bus_access")
    }
}

/// A device that is on no bus any more.
fn free(context: *mut c_void) {
    // SAFETY: it came from a box, and nobody calls it any more.
    drop(unsafe { Box::from_raw(context as *mut Device<'_>) });
}

impl Drop for Bus<'_> {
    fn drop(&mut self) {
        self.regions.iter().map(|region| region.context).for_each(free);
    }
}

/// The bus of C, whose first regions are used.
fn raw_bus(regions: &mut [sys::gunyah_mmio_region], count: usize) -> sys::gunyah_mmio_bus {
    sys::gunyah_mmio_bus { regions: regions.as_mut_ptr(), capacity: regions.len(), count }
}

unsafe extern "C" fn call(context: *mut c_void, access: *mut sys::gunyah_mmio_access) -> sys::gunyah_error {
    let device = &*(context as *const Device<'_>);

    panics::catch((), || device(&mut Access { raw: &mut *access }));
    sys::GUNYAH_OK
}

impl fmt::Debug for Bus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let regions = self.regions.iter().map(|region| Region::new(region.address, region.size));
        f.debug_list().entries(regions).finish()
    }
}
