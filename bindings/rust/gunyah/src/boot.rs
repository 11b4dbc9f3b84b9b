// SPDX-License-Identifier: BSD-3-Clause
//! Booting a guest: what kind of file its kernel is, where kernel, device tree and initrd go in the guest's memory, and putting
//! the kernel there.
//!
//! Files are bytes from somebody else: everything in them is checked.

use crate::vm::Region;
use crate::{sys, Error, Result};
use core::ptr;

/// Where a kernel of Linux begins is a multiple of this, and so is where a Resource Manager lets memory begin: 2 MiB.
pub const ALIGNMENT: u64 = sys::GUNYAH_BOOT_ALIGNMENT;

enumeration! {
    /// What a file is.
    Format {
        /// Nothing that is known: instructions from its first byte on.
        Raw = GUNYAH_BOOT_RAW,
        /// What arm64 Linux calls an Image.
        Image = GUNYAH_BOOT_IMAGE,
        /// An executable for AArch64.
        Elf = GUNYAH_BOOT_ELF,
    }
}

/// A kernel's file, before the kernel is put anywhere.
#[derive(Clone, Copy, Debug)]
pub struct Kernel<'f> {
    raw: sys::gunyah_boot_kernel,
    file: &'f [u8],
}

/// What is to be placed, and where there is room.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Request {
    raw: sys::gunyah_boot_request,
}

impl Request {
    /// The guest's memory, in its own addresses, and bytes for the device tree, with room for what is added to it.
    pub fn new(memory: Region, dtb_size: u64) -> Request {
        Request { raw: sys::gunyah_boot_request { memory: memory.raw(), dtb_size, ..sys::GUNYAH_BOOT_REQUEST_INIT } }
    }

    /// There is an initrd of so many bytes.
    pub fn initrd(mut self, bytes: u64) -> Self {
        self.raw.initrd_size = bytes;
        self
    }

    /// Nobody can set the register PC: the guest begins at the first byte of its memory.
    pub fn first_byte_is_entry(mut self, is_entry: bool) -> Self {
        self.raw.first_byte_is_entry = is_entry;
        self
    }
}

/// Where everything goes, in the guest's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layout {
    /// The kernel.
    pub kernel: u64,
    /// Its first instruction.
    pub entry: u64,
    /// The device tree.
    pub dtb: u64,
    /// The initrd, if there is one.
    pub initrd: Option<u64>,
    /// Behind the last byte of them all.
    pub end: u64,
}

impl<'f> Kernel<'f> {
    /// Finds out what a kernel's file is.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes; [`Format`](crate::ErrorKind::Format), cut off, damaged, or for
    /// another processor; [`Unsupported`](crate::ErrorKind::Unsupported), compressed, and the library was built without zlib; or
    /// a big-endian kernel; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn inspect(file: &'f [u8]) -> Result<Kernel<'f>> {
        let mut raw = sys::GUNYAH_BOOT_KERNEL_INIT;
        // SAFETY: the file is read within its bounds.
        let error = unsafe { sys::gunyah_boot_inspect(file.as_ptr().cast(), file.len(), ptr::null(), &mut raw) };
        Error::check(error, "gunyah_boot_inspect")?;
        Ok(Kernel { raw, file })
    }

    /// Returns what the file is.
    pub fn format(&self) -> Format {
        Format::from_code(self.raw.format)
    }

    /// Tells whether it is compressed.
    pub fn is_compressed(&self) -> bool {
        self.raw.compressed
    }

    /// Returns how many bytes the kernel needs, with those that it clears when it begins.
    pub fn memory_size(&self) -> u64 {
        self.raw.memory_size
    }

    /// Places kernel, device tree and initrd in a guest's memory, in this order.
    ///
    /// # Errors
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment), the memory begins at no multiple of [`ALIGNMENT`];
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no memory, no device tree, or one above 2 MiB;
    /// [`AddrOverflow`](crate::ErrorKind::AddrOverflow); [`AddrInvalid`](crate::ErrorKind::AddrInvalid), linked for addresses
    /// below the memory; [`Unsupported`](crate::ErrorKind::Unsupported), this kernel does not begin at its first byte;
    /// [`BufferTooSmall`](crate::ErrorKind::BufferTooSmall), the memory is.
    pub fn place(&self, request: Request) -> Result<Layout> {
        let mut raw = sys::GUNYAH_BOOT_LAYOUT_INIT;
        // SAFETY: the structs are well-formed.
        Error::check(unsafe { sys::gunyah_boot_place(&self.raw, &request.raw, &mut raw) }, "gunyah_boot_place")?;
        let initrd = Some(raw.initrd).filter(|address| *address != 0);
        Ok(Layout { kernel: raw.kernel, entry: raw.entry, dtb: raw.dtb, initrd, end: raw.end })
    }

    /// Puts the kernel into the guest's memory: its bytes from [`Layout::kernel`] on, at least [`Kernel::memory_size`].
    ///
    /// # Errors
    /// [`BufferTooSmall`](crate::ErrorKind::BufferTooSmall), the memory is; [`Format`](crate::ErrorKind::Format), the file is
    /// damaged: the memory may be filled in part; [`Unsupported`](crate::ErrorKind::Unsupported), as [`Kernel::inspect`];
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn load(&self, memory: &mut [u8]) -> Result<()> {
        let (file, to) = (self.file, memory.as_mut_ptr().cast());
        // SAFETY: file and memory are used within their bounds.
        let error = unsafe { sys::gunyah_boot_load(&self.raw, file.as_ptr().cast(), file.len(), ptr::null(), to, memory.len()) };
        Error::check(error, "gunyah_boot_load")
    }
}
