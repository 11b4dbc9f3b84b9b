// SPDX-License-Identifier: BSD-3-Clause
//! What a VM is made of where a driver makes it: memory of the process, interrupts, and writes that are heard of.

use crate::memory::Rights;
use crate::vm::{Region, Vm};
use crate::{sys, text, Doorbell, Result};
use core::marker::PhantomData;
use core::ptr::{self, NonNull};
use core::slice;

enumeration! {
    /// How a VM has a piece of memory.
    MemoryKind {
        /// Lent where that is possible, else shared.
        Default = GUNYAH_VM_MEMORY_DEFAULT,
        /// Alone: the caller must not touch it as long as the VM runs.
        Lend = GUNYAH_VM_MEMORY_LEND,
        /// Together with the caller.
        Share = GUNYAH_VM_MEMORY_SHARE,
    }
}

/// A piece of memory for a VM.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct MemoryOptions<'a> {
    raw: sys::gunyah_vm_memory,
    area: Option<&'a str>,
}

impl<'a> MemoryOptions<'a> {
    /// Where the VM has it, in whole pages: with all rights, lent if that can be.
    pub fn new(range: Region) -> MemoryOptions<'a> {
        let raw = sys::gunyah_vm_memory { address: range.address, length: range.size, ..sys::GUNYAH_VM_MEMORY_INIT };
        MemoryOptions { raw, area: None }
    }

    /// How the VM has it.
    pub fn kind(mut self, kind: MemoryKind) -> Self {
        self.raw.kind = kind.code();
        self
    }

    /// What the VM may do with it.
    pub fn access(mut self, rights: Rights) -> Self {
        self.raw.access = rights.code();
        self
    }

    /// The contiguous area of the kernel that the driver takes it from: a node, "/dev/oemvm_cma".
    pub fn area(mut self, node: &'a str) -> Self {
        self.area = Some(node);
        self
    }

    /// What the device tree calls it, for memory that has a node there.
    pub fn label(mut self, label: u32) -> Self {
        self.raw.label = label;
        self
    }
}

/// Memory that a VM has, and where it is in this process. What the driver made is unmapped with the VM.
#[derive(Debug)]
pub struct Piece<'v> {
    number: u32,
    memory: NonNull<u8>,
    length: usize,
    vm: PhantomData<&'v Vm<'v>>,
}

impl Piece<'_> {
    /// Returns the number that [`VmImage`](crate::vm::VmImage) knows it by.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns where its first byte is in this process.
    pub fn as_ptr(&self) -> NonNull<u8> {
        self.memory
    }

    /// Returns how many bytes there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Tells whether there are no bytes, which there always are.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns its bytes, to put something into them.
    ///
    /// # Safety
    /// Nobody else uses them as long as this is used, and they are there: the VM was not started, or it is over and was not
    /// reset.
    pub unsafe fn as_mut_slice(&mut self) -> &mut [u8] {
        slice::from_raw_parts_mut(self.memory.as_ptr(), self.length)
    }
}

/// Writes of a VM that are to be heard of without an exit.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Notify {
    raw: sys::gunyah_vm_notify,
}

impl Notify {
    /// Writes of any length to an address of the VM.
    pub fn new(address: u64) -> Notify {
        Notify { raw: sys::gunyah_vm_notify { address, ..sys::GUNYAH_VM_NOTIFY_INIT } }
    }

    /// Of this many bytes alone: 1, 2, 4 or 8.
    pub fn length(mut self, bytes: u32) -> Self {
        self.raw.length = bytes;
        self
    }

    /// Of this value alone, which needs a length.
    pub fn value(mut self, value: u64) -> Self {
        self.raw.has_value = true;
        self.raw.value = value;
        self
    }
}

/// What a VM is made of where a driver makes it. Other providers answer [`Unsupported`](crate::ErrorKind::Unsupported).
impl<'p> Vm<'p> {
    /// Gives the VM a piece of memory, which the driver makes. The VM has it from its start until it is destroyed or reset.
    ///
    /// # Errors
    /// The request errors; [`Unsupported`](crate::ErrorKind::Unsupported), also: not this kind;
    /// [`ObjectState`](crate::ErrorKind::ObjectState), not LOAD; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), kind or
    /// access; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes;
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`AddrOverflow`](crate::ErrorKind::AddrOverflow);
    /// [`InUse`](crate::ErrorKind::InUse), the VM has another piece there, or with this label;
    /// [`NoMemory`](crate::ErrorKind::NoMemory), of the kernel, or more than the process may lock;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn add_memory(&self, options: MemoryOptions<'_>) -> Result<Piece<'_>> {
        // SAFETY: nobody else has what the driver makes.
        unsafe { self.add(options, None) }
    }

    /// Gives the VM a piece of memory of the caller, aligned to a page.
    ///
    /// # Errors
    /// Those of [`Vm::add_memory`]; [`AddrInvalid`](crate::ErrorKind::AddrInvalid), the process has no such memory, or must not
    /// write it.
    ///
    /// # Safety
    /// So much memory stays mapped there until the VM is gone, and nothing of this program is in it that the VM may change, or,
    /// where it is lent, that has to be there meanwhile.
    pub unsafe fn add_own_memory(&self, options: MemoryOptions<'_>, memory: NonNull<u8>) -> Result<Piece<'_>> {
        self.add(options, Some(memory))
    }

    unsafe fn add(&self, options: MemoryOptions<'_>, memory: Option<NonNull<u8>>) -> Result<Piece<'_>> {
        let area = text::owned(options.area)?;
        let memory = memory.map_or(ptr::null_mut(), NonNull::as_ptr);
        let mut raw = sys::gunyah_vm_memory { memory: memory.cast(), area: text::pointer(&area), ..options.raw };
        let mut number = 0;
        self.check(sys::gunyah_vm_add_memory(self.raw(), &mut raw, &mut number))?;
        let memory = NonNull::new_unchecked(raw.memory.cast());
        Ok(Piece { number, memory, length: raw.length as usize, vm: PhantomData })
    }

    /// Makes the VM of firmware that the platform has signed, in place of memory and [`Vm::configure`]: it is loaded, authenticated
    /// and given its memory, which takes seconds. The VM is in INIT then.
    ///
    /// # Errors
    /// The request errors; [`Unsupported`](crate::ErrorKind::Unsupported); [`ObjectState`](crate::ErrorKind::ObjectState), not LOAD
    /// or RESET; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), not 1 to 15 characters;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a name with a 0 in it;
    /// [`NotFound`](crate::ErrorKind::NotFound), the device has no such firmware; [`NoResources`](crate::ErrorKind::NoResources),
    /// another VM is made of it, or no memory is set aside for it; [`Denied`](crate::ErrorKind::Denied), it is not authentic.
    pub fn load_firmware(&self, name: &str) -> Result<()> {
        let name = text::owned(Some(name))?;
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_load_firmware(self.raw(), text::pointer(&name)) })
    }

    /// Takes pages from a VM that runs: those that the guest has said it does without.
    ///
    /// # Errors
    /// The request errors ([`Busy`](crate::ErrorKind::Busy): also, a page is under way to the VM);
    /// [`Unsupported`](crate::ErrorKind::Unsupported); [`ObjectState`](crate::ErrorKind::ObjectState), not RUNNING;
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize); [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment);
    /// [`AddrOverflow`](crate::ErrorKind::AddrOverflow); [`AddrInvalid`](crate::ErrorKind::AddrInvalid), not within a piece.
    pub fn reclaim_memory(&self, range: Region) -> Result<()> {
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_reclaim_memory(self.raw(), range.raw()) })
    }

    /// Opens a doorbell that the caller rings, with the flag 1: an interrupt of the VM, by the label of its node in the device
    /// tree.
    ///
    /// # Errors
    /// The request errors; [`Unsupported`](crate::ErrorKind::Unsupported); [`ObjectState`](crate::ErrorKind::ObjectState), not
    /// INIT or READY; [`NotFound`](crate::ErrorKind::NotFound), the device tree has no such node;
    /// [`InUse`](crate::ErrorKind::InUse), it is open; [`OutOfMemory`](crate::ErrorKind::OutOfMemory);
    /// [`NoResources`](crate::ErrorKind::NoResources).
    pub fn add_irq(&self, label: u32, level: bool) -> Result<Doorbell<'p>> {
        // SAFETY: the handle is open.
        Doorbell::made(self.session(), |out| unsafe { sys::gunyah_vm_add_irq(self.raw(), label, level, out) })
    }

    /// Opens a doorbell that the VM rings, with the flag 1, by writing to an address.
    ///
    /// # Errors
    /// The request errors; [`Unsupported`](crate::ErrorKind::Unsupported); [`ObjectState`](crate::ErrorKind::ObjectState), not
    /// LOAD, INIT, READY or RUNNING; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), the length;
    /// [`Option`](crate::ErrorKind::Option), a value without one; [`AddrOverflow`](crate::ErrorKind::AddrOverflow);
    /// [`InUse`](crate::ErrorKind::InUse), another one hears these writes; [`OutOfMemory`](crate::ErrorKind::OutOfMemory);
    /// [`NoResources`](crate::ErrorKind::NoResources).
    pub fn add_notify(&self, notify: Notify) -> Result<Doorbell<'p>> {
        // SAFETY: the handle is open.
        Doorbell::made(self.session(), |out| unsafe { sys::gunyah_vm_add_notify(self.raw(), &notify.raw, out) })
    }
}
