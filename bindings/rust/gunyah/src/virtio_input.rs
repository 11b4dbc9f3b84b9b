// SPDX-License-Identifier: BSD-3-Clause
//! Virtio input devices, whose configuration space the hypervisor answers from what it was given.

use crate::virtio_mmio::VirtioMmio;
use crate::{sys, Error, ErrorKind, Result};

/// What the VM reads of an input device. The numbers are those of Linux' input events.
#[derive(Clone, Copy, Debug, Default)]
pub struct VirtioInput {
    /// The bus that it is on.
    pub bus_type: u16,
    /// Who made it.
    pub vendor: u16,
    /// What it is.
    pub product: u16,
    /// Which one of them.
    pub version: u16,
    /// A bit for each property.
    pub properties: u32,
    /// Room for the codes of so many types of events, at most 32.
    pub event_types: u32,
    /// Room for so many absolute axes, at most 64.
    pub axes: u32,
}

/// What a driver selects of an input device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VirtioInputSelect {
    /// Its name, as text.
    Name,
    /// Its serial number, as text.
    Serial,
    /// Its ids, up to 8 bytes.
    Ids,
    /// Its properties, up to 4 bytes.
    Properties,
    /// A bit for each code of this type of events, below 32.
    Events(u32),
    /// Minimum, maximum, fuzz, flat and resolution of this axis, below 64: five little-endian words.
    Axis(u32),
}

impl VirtioInputSelect {
    pub(crate) fn numbers(self) -> (sys::gunyah_virtio_input_select, u32) {
        match self {
            VirtioInputSelect::Name => (sys::GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0),
            VirtioInputSelect::Serial => (sys::GUNYAH_VIRTIO_INPUT_SELECT_SERIAL, 0),
            VirtioInputSelect::Ids => (sys::GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS, 0),
            VirtioInputSelect::Properties => (sys::GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS, 0),
            VirtioInputSelect::Events(kind) => (sys::GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, kind),
            VirtioInputSelect::Axis(axis) => (sys::GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, axis),
        }
    }
}

/// Input devices: of [`VirtioType::Input`](crate::virtio_mmio::VirtioType::Input), and active. The driver selects something, and
/// finds it in the configuration space, or a size of 0 if nothing was given.
impl VirtioMmio<'_> {
    /// Says what an input device is. Again only as long as it has neither event types nor axes.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), too many event types or axes; the capability errors, right CONFIG;
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), not an input device; [`Busy`](crate::ErrorKind::Busy), it has event types
    /// or axes; numbers and properties are stored all the same; [`NoMemory`](crate::ErrorKind::NoMemory).
    pub fn configure_input(&self, input: &VirtioInput) -> Result<()> {
        let VirtioInput { bus_type, vendor, product, version, properties, event_types, axes } = *input;
        let size = sys::GUNYAH_VIRTIO_INPUT_OPTIONS_INIT.size;
        let raw =
            sys::gunyah_virtio_input_options { size, bus: bus_type, vendor, product, version, properties, event_types, axes };
        // SAFETY: the handle is open.
        self.session().check(unsafe { sys::gunyah_virtio_input_configure(self.raw(), &raw) })
    }

    /// Gives what the driver reads when it selects something. The hypervisor copies.
    ///
    /// It takes the address of the data for the one that it knows the memory by, as it is where the MMU is off or maps pages to
    /// themselves; elsewhere, use [`VirtioMmio::set_input_data_at`]. Caches are the caller's.
    ///
    /// The same event type or axis once more takes another place, and the driver goes on seeing the first.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), an event type or an axis that cannot be, or none were configured;
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes, more than 128, than 8 of ids, or than 4 of properties, or not the
    /// 20 of an axis; the capability errors, right CONFIG; [`WrongObjectType`](crate::ErrorKind::WrongObjectType), also: not an input
    /// device; [`NoResources`](crate::ErrorKind::NoResources), as many event types, or axes, were given as were configured;
    /// [`AddrInvalid`](crate::ErrorKind::AddrInvalid) and [`Denied`](crate::ErrorKind::Denied), the data cannot be read, and what was
    /// there is gone, but of event types and axes.
    pub fn set_input_data(&self, select: VirtioInputSelect, data: &[u8]) -> Result<()> {
        let size = u32::try_from(data.len());
        let size = size.map_err(|_| Error::refused(ErrorKind::ArgumentSize, "gunyah_virtio_input_set_data"))?;
        // SAFETY: that many bytes are there, and are read during the call.
        unsafe { self.set_input_data_at(select, data.as_ptr() as u64, size) }
    }

    /// As [`VirtioMmio::set_input_data`], of data that is at this address of the VM (IPA).
    ///
    /// # Errors
    /// Those of [`VirtioMmio::set_input_data`]; [`Null`](crate::ErrorKind::Null), it is 0;
    /// [`AddrOverflow`](crate::ErrorKind::AddrOverflow).
    ///
    /// # Safety
    /// Ordinary memory is there, and nobody changes it during the call.
    pub unsafe fn set_input_data_at(&self, select: VirtioInputSelect, address: u64, size: u32) -> Result<()> {
        let (select, subselect) = select.numbers();
        self.session().check(sys::gunyah_virtio_input_set_data(self.raw(), select, subselect, address, size))
    }
}
