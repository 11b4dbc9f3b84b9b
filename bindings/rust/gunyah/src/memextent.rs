// SPDX-License-Identifier: BSD-3-Clause
//! Memory extents: ranges of physical memory that somebody owns, which address spaces map ([`crate::addrspace`]).
//!
//! A root extent covers physical memory of its partition; any other is a part of its parent. A basic extent owns all of its range
//! from its activation on, or cannot be activated. A sparse one owns nothing at first: memory is donated to it, page by page, and
//! its mappings show what it owns at the moment. Memory that a child owns is missing in its parent until the child is gone.
//!
//! Base, offset and size of a range are bytes, and multiples of [`PAGE_SIZE`]. A range is compared with the size of an extent when
//! its handle knows that: it was configured through it, or named when the handle was opened.
//!
//! What takes memory from somebody, gives it to somebody, or changes what is in it, is `unsafe`: an extent may have memory of this
//! program, and the compiler cannot know.
//!
//! ```
//! use gunyah::memextent::{Access, ExtentKind, MemExtent, MemType, SyncMode, PAGE_SIZE};
//! use gunyah::sim::Sim;
//! use gunyah::{Cspace, ErrorKind, Partition, Session};
//!
//! fn main() -> gunyah::Result<()> {
//!     let sim = Sim::new()?;
//!     let session = Session::open(sim.root().backend())?;
//!     let own = sim.root().info();
//!     let partition = Partition::open(&session, own.partition.unwrap())?;
//!     let cspace = Cspace::open(&session, own.cspace.unwrap())?;
//!     let size = 4 * PAGE_SIZE;
//!     let ram = MemExtent::create_sparse(&partition, &cspace, 0x8_0000_0000, size, Access::Rwx, MemType::Any)?;
//!
//!     // SAFETY: the extent is mapped nowhere.
//!     unsafe { ram.donate_from_partition(&partition, 0, 2 * PAGE_SIZE, SyncMode::Sync)? };
//!     let page = MemExtent::create(&partition, &cspace)?;
//!     page.configure(0x8_0000_0000, PAGE_SIZE, Access::Rw, MemType::Any, ExtentKind::Basic)?;
//!     assert_eq!(page.activate().unwrap_err().kind(), ErrorKind::NotOwner); // the extent `ram` has it
//!     Ok(())
//! }
//! ```
//!
//! A handle does not outlive its session:
//!
//! ```compile_fail,E0505
//! # use gunyah::memextent::{MemExtent, MemExtentOptions};
//! # use gunyah::Session;
//! # fn late(session: Session<'_>, options: MemExtentOptions) -> gunyah::Result<()> {
//! let extent = MemExtent::open(&session, options)?;
//! session.close()?; // error: the extent is still there
//! extent.sync_all()?;
//! # Ok(()) }
//! ```

use crate::{sys, CapId, Cspace, Partition, Result, Session};

/// Bytes of a page, which all ranges are made of.
pub const PAGE_SIZE: u64 = sys::GUNYAH_MEMEXTENT_PAGE_SIZE as u64;

enumeration! {
    /// What may be done with memory.
    Access {
        /// Nothing.
        None = GUNYAH_PGTABLE_ACCESS_NONE,
        /// Execute.
        X = GUNYAH_PGTABLE_ACCESS_X,
        /// Write.
        W = GUNYAH_PGTABLE_ACCESS_W,
        /// Read.
        R = GUNYAH_PGTABLE_ACCESS_R,
        /// Read and execute.
        Rx = GUNYAH_PGTABLE_ACCESS_RX,
        /// Read and write.
        Rw = GUNYAH_PGTABLE_ACCESS_RW,
        /// All of it.
        Rwx = GUNYAH_PGTABLE_ACCESS_RWX,
    }
}

enumeration! {
    /// What mappings of an extent may be.
    MemType {
        /// Anything.
        Any = GUNYAH_MEMEXTENT_MEMTYPE_ANY,
        /// Registers of devices.
        Device = GUNYAH_MEMEXTENT_MEMTYPE_DEVICE,
        /// Without a cache at any level.
        Uncached = GUNYAH_MEMEXTENT_MEMTYPE_UNCACHED,
        /// With caches; refused.
        Cached = GUNYAH_MEMEXTENT_MEMTYPE_CACHED,
    }
}

enumeration! {
    /// How an extent owns its range.
    ExtentKind {
        /// All of it, from its activation on.
        Basic = GUNYAH_MEMEXTENT_TYPE_BASIC,
        /// What is donated to it.
        Sparse = GUNYAH_MEMEXTENT_TYPE_SPARSE,
    }
}

enumeration! {
    /// Whether a call that changes what is mapped waits until no processor uses any more what was there before.
    SyncMode {
        /// It does, and blocks for a grace period of the hypervisor.
        Sync = GUNYAH_MEMEXTENT_SYNC,
        /// It does not: [`MemExtent::sync_all`] waits for many of them at once.
        NoSync = GUNYAH_MEMEXTENT_NO_SYNC,
    }
}

object! {
    /// A memory extent.
    MemExtent(gunyah_memextent), close gunyah_memextent_close, capid gunyah_memextent_capid
}

/// Which memory extent to open.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct MemExtentOptions {
    raw: sys::gunyah_memextent_options,
}

impl MemExtentOptions {
    /// The extent that this VM has the capability `cap` for.
    pub fn new(cap: CapId) -> MemExtentOptions {
        MemExtentOptions { raw: sys::gunyah_memextent_options { cap: cap.raw(), ..sys::GUNYAH_MEMEXTENT_OPTIONS_INIT } }
    }

    /// Its size in bytes, which no call tells.
    pub fn size(mut self, bytes: u64) -> Self {
        self.raw.extent_size = bytes;
        self
    }
}

/// Making extents.
impl<'s> MemExtent<'s> {
    /// Opens a memory extent that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment), of its size; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, options: MemExtentOptions) -> Result<MemExtent<'s>> {
        // SAFETY: the session is open.
        MemExtent::made(session, |out| unsafe { sys::gunyah_memextent_open(session.raw(), &options.raw, out) })
    }

    /// Creates a memory extent.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<MemExtent<'s>> {
        // SAFETY: the handles are open.
        MemExtent::made(partition.session(), |out| unsafe { sys::gunyah_memextent_create(partition.raw(), into.raw(), out) })
    }

    /// Creates a sparse root extent, configures it and activates it: memory can be donated to it. What cannot be finished is
    /// deleted again, if `into` has the right CAP_DELETE too.
    ///
    /// # Errors
    /// Those of [`MemExtent::create`], [`MemExtent::configure`] and [`MemExtent::activate`].
    pub fn create_sparse(
        partition: &Partition<'s>,
        into: &Cspace<'_>,
        base: u64,
        size: u64,
        access: Access,
        memtype: MemType,
    ) -> Result<MemExtent<'s>> {
        let (access, memtype) = (access.code(), memtype.code());
        // SAFETY: the handles are open. The extent has nothing, and takes nothing from anybody.
        MemExtent::made(partition.session(), |out| unsafe {
            sys::gunyah_memextent_create_sparse(partition.raw(), into.raw(), base, size, access, memtype, out)
        })
    }

    /// Returns the size in bytes; none if this handle does not know it.
    pub fn size(&self) -> Option<u64> {
        // SAFETY: the handle is open.
        Some(unsafe { sys::gunyah_memextent_size(self.raw()) }).filter(|size| *size != 0)
    }

    /// Makes it a root extent, before activation: memory of its partition, which nobody else has then. The last configuration
    /// counts. Access is the most that a mapping may allow.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), no bytes, a range that wraps around, access, type or kind;
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); the capability errors, right ACTIVATE.
    pub fn configure(&self, base: u64, size: u64, access: Access, memtype: MemType, kind: ExtentKind) -> Result<()> {
        let (access, memtype, kind) = (access.code(), memtype.code(), kind.code());
        // SAFETY: the handle is open. Memory that somebody has is refused at activation.
        self.session.check(unsafe { sys::gunyah_memextent_configure(self.raw(), base, size, access, memtype, kind) })
    }

    /// Makes it a part of another extent, before activation. The last configuration counts. A sparse child of a basic extent owns
    /// its range from its activation on; one of a sparse extent owns nothing.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), as for [`MemExtent::configure`], or handles of two sessions;
    /// [`AddrInvalid`](crate::ErrorKind::AddrInvalid), not inside the parent;
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`WouldCrash`](crate::ErrorKind::WouldCrash), a basic child for
    /// execution alone; the capability errors, rights ACTIVATE and, of the parent, DERIVE.
    ///
    /// # Safety
    /// From its activation on, the parent does not have this memory, and a basic child's mappings allow no more than `access`:
    /// nothing of this program is in it that has to be there.
    pub unsafe fn configure_derive(
        &self,
        parent: &MemExtent<'_>,
        offset: u64,
        size: u64,
        access: Access,
        memtype: MemType,
        kind: ExtentKind,
    ) -> Result<()> {
        let (access, memtype, kind) = (access.code(), memtype.code(), kind.code());
        let error = sys::gunyah_memextent_configure_derive(self.raw(), parent.raw(), offset, size, access, memtype, kind);
        self.session.check(error)
    }

    /// Activates the extent.
    ///
    /// # Errors
    /// The capability errors; [`ObjectConfig`](crate::ErrorKind::ObjectConfig), not configured;
    /// [`NotOwner`](crate::ErrorKind::NotOwner), a basic extent whose range does not belong, all of it, to the partition or the
    /// parent; [`AddrInvalid`](crate::ErrorKind::AddrInvalid), beyond the physical addresses of the platform;
    /// [`Busy`](crate::ErrorKind::Busy), something uses the parent's memory; [`Denied`](crate::ErrorKind::Denied), a mapping of
    /// the parent has only a piece of a basic child; [`NoMemory`](crate::ErrorKind::NoMemory).
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open. Who configured it knew what that takes from whom.
        self.session.check(unsafe { sys::gunyah_memextent_activate(self.raw()) })
    }
}

/// What is in an extent.
impl MemExtent<'_> {
    /// Takes back every mapping of the extent, in all address spaces.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), `mode`; the capability errors, right MAP.
    ///
    /// # Safety
    /// Nothing of this program is in it that has to be there.
    pub unsafe fn unmap_all(&self, mode: SyncMode) -> Result<()> {
        self.session.check(sys::gunyah_memextent_unmap_all(self.raw(), mode.code()))
    }

    /// Fills a range with zeros. What the extent does not own of it stays as it is.
    ///
    /// # Errors
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the
    /// range wraps around, or is not inside the extent; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes; the capability
    /// errors, right MAP; [`Denied`](crate::ErrorKind::Denied), the extent is for devices, or not writable.
    ///
    /// # Safety
    /// Nothing of this program is in the range that may not change.
    pub unsafe fn zero_range(&self, offset: u64, size: u64) -> Result<()> {
        self.session.check(sys::gunyah_memextent_zero_range(self.raw(), offset, size))
    }

    /// Writes what caches hold of a range to memory.
    ///
    /// # Errors
    /// Those of [`MemExtent::zero_range`].
    pub fn cache_clean_range(&self, offset: u64, size: u64) -> Result<()> {
        // SAFETY: the handle is open. Nobody sees anything else than before.
        self.session.check(unsafe { sys::gunyah_memextent_cache_clean_range(self.raw(), offset, size) })
    }

    /// Writes what caches hold of a range to memory, and drops it from them.
    ///
    /// # Errors
    /// Those of [`MemExtent::zero_range`].
    pub fn cache_flush_range(&self, offset: u64, size: u64) -> Result<()> {
        // SAFETY: as above.
        self.session.check(unsafe { sys::gunyah_memextent_cache_flush_range(self.raw(), offset, size) })
    }

    /// Waits until no processor uses what was changed by calls with [`SyncMode::NoSync`], of this extent and of any other.
    ///
    /// # Errors
    /// The capability errors; right MAP.
    pub fn sync_all(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_memextent_sync_all(self.raw()) })
    }
}

/// Memory that goes from one to the other: what is mapped of the one vanishes, and what is mapped of the other appears. The offset
/// is that in the child; between siblings, in the one that gives.
impl MemExtent<'_> {
    /// Gives memory of a sparse extent to a sparse child of it.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), handles of two sessions, `mode`, not parent and child, not inside
    /// the child, or the parent is not sparse; [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment);
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes, or a range that wraps around; the capability errors, right
    /// DONATE of both; [`WrongObjectType`](crate::ErrorKind::WrongObjectType), also a child without a parent;
    /// [`MemextentType`](crate::ErrorKind::MemextentType), the child is not sparse; [`NotOwner`](crate::ErrorKind::NotOwner), a
    /// page is somebody else's: nothing was donated; [`NoMemory`](crate::ErrorKind::NoMemory).
    ///
    /// # Safety
    /// Nothing of this program is in the range that has to be there, nor in what is to appear elsewhere anything that others may
    /// not see or change.
    pub unsafe fn donate_to_child(&self, child: &MemExtent<'_>, offset: u64, size: u64, mode: SyncMode) -> Result<()> {
        self.session.check(sys::gunyah_memextent_donate_to_child(self.raw(), child.raw(), offset, size, mode.code()))
    }

    /// Gives memory of a sparse child back to its parent.
    ///
    /// # Errors
    /// Those of [`MemExtent::donate_to_child`].
    ///
    /// # Safety
    /// That of [`MemExtent::donate_to_child`].
    pub unsafe fn donate_to_parent(&self, parent: &MemExtent<'_>, offset: u64, size: u64, mode: SyncMode) -> Result<()> {
        self.session.check(sys::gunyah_memextent_donate_to_parent(self.raw(), parent.raw(), offset, size, mode.code()))
    }

    /// Gives memory of a sparse child to another sparse child of the same parent.
    ///
    /// # Errors
    /// Those of [`MemExtent::donate_to_child`]; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), also: they are one extent,
    /// have no parent, or have different ones.
    ///
    /// # Safety
    /// That of [`MemExtent::donate_to_child`].
    pub unsafe fn donate_to_sibling(&self, to: &MemExtent<'_>, offset: u64, size: u64, mode: SyncMode) -> Result<()> {
        self.session.check(sys::gunyah_memextent_donate_to_sibling(self.raw(), to.raw(), offset, size, mode.code()))
    }

    /// Gives memory of the partition to this sparse root extent.
    ///
    /// # Errors
    /// Those of [`MemExtent::donate_to_child`]; [`WrongObjectType`](crate::ErrorKind::WrongObjectType), also an extent that has a
    /// parent.
    ///
    /// # Safety
    /// That of [`MemExtent::donate_to_child`].
    pub unsafe fn donate_from_partition(&self, from: &Partition<'_>, offset: u64, size: u64, mode: SyncMode) -> Result<()> {
        let (raw, mode) = (self.raw(), mode.code());
        self.session.check(sys::gunyah_memextent_donate_from_partition(from.raw(), raw, offset, size, mode))
    }

    /// Gives memory of this sparse root extent back to its partition.
    ///
    /// # Errors
    /// Those of [`MemExtent::donate_from_partition`].
    ///
    /// # Safety
    /// That of [`MemExtent::donate_to_child`].
    pub unsafe fn donate_to_partition(&self, to: &Partition<'_>, offset: u64, size: u64, mode: SyncMode) -> Result<()> {
        self.session.check(sys::gunyah_memextent_donate_to_partition(self.raw(), to.raw(), offset, size, mode.code()))
    }
}
