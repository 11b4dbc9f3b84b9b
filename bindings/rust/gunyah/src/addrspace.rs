// SPDX-License-Identifier: BSD-3-Clause
//! Address spaces: what the vCPUs of a VM see at which intermediate physical address (IPA), and where they exit to a VMM.
//!
//! Memory extents are mapped into them ([`crate::memextent`]). A basic extent is mapped as a whole, at most four times in all
//! address spaces together; a sparse one also in parts, of which four may overlap. Mappings go with the last capability of the
//! address space, or of the extent.
//!
//! Some arguments make the real hypervisor stop, and with it all VMs. Nothing here leads there: such a request is refused
//! ([`WouldCrash`](crate::ErrorKind::WouldCrash)), or, if it is merely beyond a limit, answered with the error of what lies further
//! beyond. What the library cannot know is what another one does: sizes of extents that were opened without one, and virtual MMIO
//! ranges and devices that were added through another handle.
//!
//! Mapping is `unsafe`: it changes which memory is where, perhaps in this program's own address space, and who may write to it.
//!
//! ```
//! use gunyah::addrspace::{AddrSpace, Mapping};
//! use gunyah::memextent::{Access, ExtentKind, MemExtent, MemType, PAGE_SIZE};
//! use gunyah::sim::Sim;
//! use gunyah::{Cspace, Partition, Session, Vmid};
//!
//! fn main() -> gunyah::Result<()> {
//!     let sim = Sim::new()?;
//!     let session = Session::open(sim.root().backend())?;
//!     let own = sim.root().info();
//!     let partition = Partition::open(&session, own.partition.unwrap())?;
//!     let cspace = Cspace::open(&session, own.cspace.unwrap())?;
//!     let space = AddrSpace::create(&partition, &cspace)?;
//!     space.configure(Vmid::new(40))?;
//!     space.add_vmmio_range(0x1000_0000, 0x1000)?; // accesses to it exit to who runs the vCPU
//!     space.activate()?;
//!
//!     let ram = MemExtent::create(&partition, &cspace)?;
//!     ram.configure(0x8_0000_0000, 16 * PAGE_SIZE, Access::Rwx, MemType::Any, ExtentKind::Basic)?;
//!     ram.activate()?;
//!     // SAFETY: nobody has used this memory yet, and nobody is in this address space.
//!     unsafe { space.map(&ram, &Mapping::new(0x4000_0000).access(Access::Rwx))? };
//!     let found = space.lookup(&ram, 0x4000_1000, PAGE_SIZE)?;
//!     assert_eq!((found.offset, found.kernel_access), (PAGE_SIZE, Access::Rwx));
//!     Ok(())
//! }
//! ```

use crate::memextent::{Access, MemExtent, SyncMode};
use crate::thread::Thread;
use crate::{sys, CapId, Cspace, Partition, Result, Session, Vic, Vmid};

/// The address behind the last one of an address space.
pub const END: u64 = sys::GUNYAH_ADDRSPACE_END;

/// The address behind the last one of virtual MMIO ranges, which the hypervisor does not hold to the address space.
pub const VMMIO_END: u64 = sys::GUNYAH_ADDRSPACE_VMMIO_END;

/// Most virtual MMIO ranges of an address space.
pub const MAX_VMMIO_RANGES: usize = sys::GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES as usize;

enumeration! {
    /// What the processor takes mapped memory for. "Outer" and "inner" are its caches.
    MemoryAttribute {
        /// A device: no gathering, no reordering, no early acknowledgement.
        DeviceNgnrne = GUNYAH_PGTABLE_MEMTYPE_DEVICE_NGNRNE,
        /// A device: no gathering, no reordering.
        DeviceNgnre = GUNYAH_PGTABLE_MEMTYPE_DEVICE_NGNRE,
        /// A device: no gathering.
        DeviceNgre = GUNYAH_PGTABLE_MEMTYPE_DEVICE_NGRE,
        /// A device.
        DeviceGre = GUNYAH_PGTABLE_MEMTYPE_DEVICE_GRE,
        /// Memory without caches.
        NormalNc = GUNYAH_PGTABLE_MEMTYPE_NORMAL_NC,
        /// Memory: outer without caches, inner write-through.
        NormalOncIwt = GUNYAH_PGTABLE_MEMTYPE_NORMAL_ONC_IWT,
        /// Memory: outer without caches, inner write-back.
        NormalOncIwb = GUNYAH_PGTABLE_MEMTYPE_NORMAL_ONC_IWB,
        /// Memory: outer write-through, inner without caches.
        NormalOwtInc = GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWT_INC,
        /// Memory, write-through.
        NormalWt = GUNYAH_PGTABLE_MEMTYPE_NORMAL_WT,
        /// Memory: outer write-through, inner write-back.
        NormalOwtIwb = GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWT_IWB,
        /// Memory: outer write-back, inner without caches.
        NormalOwbInc = GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWB_INC,
        /// Memory: outer write-back, inner write-through.
        NormalOwbIwt = GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWB_IWT,
        /// Memory, write-back.
        NormalWb = GUNYAH_PGTABLE_MEMTYPE_NORMAL_WB,
    }
}

/// A mapping of an extent, or of a part of one. Without more: all of the extent, to be read and written by all, cached.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Mapping {
    raw: sys::gunyah_addrspace_mapping,
}

impl Mapping {
    /// It begins at this address, that of a page.
    pub fn new(ipa: u64) -> Mapping {
        Mapping { raw: sys::gunyah_addrspace_mapping { ipa, ..sys::GUNYAH_ADDRSPACE_MAPPING_INIT } }
    }

    /// A part of a sparse extent, in bytes of whole pages. The address is that of the part.
    pub fn part(mut self, offset: u64, length: u64) -> Self {
        self.raw.offset = offset;
        self.raw.length = length;
        self
    }

    /// What all may do.
    pub fn access(self, access: Access) -> Self {
        self.user_access(access).kernel_access(access)
    }

    /// What EL0 may do.
    pub fn user_access(mut self, access: Access) -> Self {
        self.raw.user_access = access.code();
        self
    }

    /// What EL1 may do: the same reading and writing as EL0, and not execution alone.
    pub fn kernel_access(mut self, access: Access) -> Self {
        self.raw.kernel_access = access.code();
        self
    }

    /// What the processor takes it for.
    pub fn attribute(mut self, attribute: MemoryAttribute) -> Self {
        self.raw.memtype = attribute.code();
        self
    }

    /// Whether calls with it wait.
    pub fn sync(mut self, mode: SyncMode) -> Self {
        self.raw.sync = mode.code();
        self
    }
}

/// What is mapped somewhere, in one piece and alike; from [`AddrSpace::lookup`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mapped {
    /// Where it begins.
    pub ipa: u64,
    /// Where in the extent that is, in bytes.
    pub offset: u64,
    /// Its bytes from there on, of those that were looked at.
    pub length: u64,
    /// What EL0 may do.
    pub user_access: Access,
    /// What EL1 may do.
    pub kernel_access: Access,
    /// What the processor takes it for.
    pub attribute: MemoryAttribute,
}

/// A part of an interrupt controller, whose registers a VM sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VicPart {
    /// The distributor.
    Distributor,
    /// The redistributor of a vCPU.
    Redistributor {
        /// Which vCPU of the controller.
        vcpu: u32,
        /// Whether its registers say that it is the last one; none: nothing is said of that.
        is_last: Option<bool>,
    },
}

impl VicPart {
    fn index(self) -> u32 {
        match self {
            VicPart::Distributor => 0,
            // There is no such vCPU at the end of the numbers.
            VicPart::Redistributor { vcpu, .. } => vcpu.saturating_add(1),
        }
    }

    fn flags(self) -> sys::gunyah_addrspace_attach_vdevice_flags {
        let bits = match self {
            VicPart::Redistributor { is_last: Some(true), .. } => {
                sys::GUNYAH_ADDRSPACE_ATTACH_VDEVICE_FLAGS_GICR_LAST_VALID_MASK
                    | sys::GUNYAH_ADDRSPACE_ATTACH_VDEVICE_FLAGS_GICR_LAST_MASK
            }
            VicPart::Redistributor { is_last: Some(false), .. } => {
                sys::GUNYAH_ADDRSPACE_ATTACH_VDEVICE_FLAGS_GICR_LAST_VALID_MASK
            }
            _ => 0,
        };
        sys::gunyah_addrspace_attach_vdevice_flags { bits }
    }
}

object! {
    /// An address space. Closing the handle forgets what it knew of virtual MMIO ranges and devices: add all of them through one.
    AddrSpace(gunyah_addrspace), close gunyah_addrspace_close, capid gunyah_addrspace_capid
}

/// Making address spaces.
impl<'s> AddrSpace<'s> {
    /// Opens an address space that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<AddrSpace<'s>> {
        // SAFETY: the session is open.
        AddrSpace::made(session, |out| unsafe { sys::gunyah_addrspace_open(session.raw(), cap.raw(), out) })
    }

    /// Creates an address space.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<AddrSpace<'s>> {
        // SAFETY: the handles are open.
        AddrSpace::made(partition.session(), |out| unsafe { sys::gunyah_addrspace_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the VMID, before activation. Whether another one has it is looked at only at activation.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), not 1 to 255; the capability errors, right ACTIVATE.
    pub fn configure(&self, vmid: Vmid) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_addrspace_configure(self.raw(), vmid.raw()) })
    }

    /// Chooses the page that the hypervisor tells things in, before activation: a basic extent of one page, readable and writable,
    /// of memory type [`Any`](crate::memextent::MemType::Any). The page is cleared, and the extent in use, from the activation on;
    /// it is not mapped by that. The last choice counts.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), not such an extent, or handles of two sessions;
    /// [`AddrInvalid`](crate::ErrorKind::AddrInvalid), the address, also for its alignment; the capability errors, rights ACTIVATE
    /// and, of the extent, ATTACH.
    ///
    /// # Safety
    /// Nothing of this program is in the page that may not change.
    pub unsafe fn configure_info_area(&self, page: &MemExtent<'_>, ipa: u64) -> Result<()> {
        self.session.check(sys::gunyah_addrspace_configure_info_area(self.raw(), page.raw(), ipa))
    }

    /// Activates the address space.
    ///
    /// # Errors
    /// The capability errors; [`Busy`](crate::ErrorKind::Busy), another one has the VMID, or none was configured, or the extent of
    /// the information area has children; [`Denied`](crate::ErrorKind::Denied), that extent is of another partition;
    /// [`NoMemory`](crate::ErrorKind::NoMemory).
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open. Who chose the information area knew that it is cleared.
        self.session.check(unsafe { sys::gunyah_addrspace_activate(self.raw()) })
    }
}

/// Who uses it.
impl AddrSpace<'_> {
    /// Gives a vCPU that is not active yet its address space. Another one that it had is no longer its own.
    ///
    /// # Errors
    /// The capability errors, rights ATTACH and, of the thread, ACTIVATE, which is looked at first;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), also handles of two sessions; [`NoMemory`](crate::ErrorKind::NoMemory),
    /// it has as many as it can.
    pub fn attach_vcpu(&self, thread: &Thread<'_>) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_addrspace_attach_vcpu(self.raw(), thread.raw()) })
    }

    /// Attaches a stream of a DMA device.
    ///
    /// # Errors
    /// The capability errors, right ATTACH; [`WrongObjectType`](crate::ErrorKind::WrongObjectType), always on open hypervisors,
    /// which have no such device.
    ///
    /// # Safety
    /// The device uses the memory of this address space as it likes from now on.
    pub unsafe fn attach_vdma(&self, device: CapId, stream: u32) -> Result<()> {
        self.session.check(sys::gunyah_addrspace_attach_vdma(self.raw(), device.raw(), stream))
    }

    /// Lets accesses to a range reach the registers of an interrupt controller.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes, or a range that wraps around; [`Busy`](crate::ErrorKind::Busy),
    /// it overlaps one that was added through this handle, or another device, or this part is attached;
    /// [`NoResources`](crate::ErrorKind::NoResources), of ranges that a handle keeps in mind;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the part, or handles
    /// of two sessions; [`Idle`](crate::ErrorKind::Idle), there is no such vCPU, or it is not active; the capability errors, rights
    /// MAP and, of the controller, ATTACH_VDEVICE.
    pub fn attach_vdevice(&self, vic: &Vic<'_>, part: VicPart, ipa: u64, size: u64) -> Result<()> {
        let (raw, index, flags) = (self.raw(), part.index(), part.flags());
        // SAFETY: the handles are open. Where memory is mapped, nothing changes.
        self.session.check(unsafe { sys::gunyah_addrspace_attach_vdevice(raw, vic.raw(), index, ipa, size, flags) })
    }

    /// Adds a range whose accesses exit to whoever runs the vCPU, before activation or later. It ends below [`VMMIO_END`], and may
    /// lie beyond the address space.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes, or it ends too far;
    /// [`AddrOverflow`](crate::ErrorKind::AddrOverflow), it wraps around; [`NoResources`](crate::ErrorKind::NoResources), there are
    /// [`MAX_VMMIO_RANGES`]; [`Busy`](crate::ErrorKind::Busy), it overlaps another one;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); the capability errors, right ADD_VMMIO_RANGE;
    /// [`NoMemory`](crate::ErrorKind::NoMemory).
    pub fn add_vmmio_range(&self, ipa: u64, size: u64) -> Result<()> {
        // SAFETY: the handle is open. Where memory is mapped, nothing changes.
        self.session.check(unsafe { sys::gunyah_addrspace_add_vmmio_range(self.raw(), ipa, size) })
    }

    /// Takes a range away that was added.
    ///
    /// # Errors
    /// Those of [`AddrSpace::add_vmmio_range`]; [`Busy`](crate::ErrorKind::Busy), always on open hypervisors: a portable program
    /// keeps its ranges.
    pub fn remove_vmmio_range(&self, ipa: u64, size: u64) -> Result<()> {
        // SAFETY: as above.
        self.session.check(unsafe { sys::gunyah_addrspace_remove_vmmio_range(self.raw(), ipa, size) })
    }
}

/// Mappings.
impl AddrSpace<'_> {
    /// Maps an extent, or a part of a sparse one. All of it lies below [`END`]. What was mapped there is silently replaced.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), an access, attribute or mode that does not exist or that the extent
    /// does not allow, or handles of two sessions; [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment);
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), a part that wraps around, is not inside the extent, or has an offset
    /// without a length; [`WouldCrash`](crate::ErrorKind::WouldCrash), access that differs in reading or writing, or execution for
    /// the kernel alone; [`AddrOverflow`](crate::ErrorKind::AddrOverflow), it wraps around;
    /// [`AddrInvalid`](crate::ErrorKind::AddrInvalid), beyond the address space; the capability errors, right MAP of both;
    /// [`Denied`](crate::ErrorKind::Denied), the address space is read-only; [`MemextentType`](crate::ErrorKind::MemextentType), a
    /// part of a basic extent; [`MappingsFull`](crate::ErrorKind::MappingsFull); [`NoMemory`](crate::ErrorKind::NoMemory).
    ///
    /// # Safety
    /// Nothing of this program is at that place that has to be there, nor in the memory anything that who is in this address space
    /// may not change.
    pub unsafe fn map(&self, extent: &MemExtent<'_>, mapping: &Mapping) -> Result<()> {
        self.session.check(sys::gunyah_addrspace_map(self.raw(), extent.raw(), &mapping.raw))
    }

    /// Takes a mapping back, or a part of a sparse extent's; access and attribute are not looked at. Pages that something else was
    /// mapped over stay as they are.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the mode, or handles of two sessions;
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`ArgumentSize`](crate::ErrorKind::ArgumentSize), as for
    /// [`AddrSpace::map`]; the capability errors, right MAP of both; [`Denied`](crate::ErrorKind::Denied), the address space is
    /// read-only; [`AddrInvalid`](crate::ErrorKind::AddrInvalid), the extent is not mapped at exactly this address;
    /// [`MemextentType`](crate::ErrorKind::MemextentType), a part of a basic extent.
    ///
    /// # Safety
    /// Nothing of this program is in it that has to be there.
    pub unsafe fn unmap(&self, extent: &MemExtent<'_>, mapping: &Mapping) -> Result<()> {
        self.session.check(sys::gunyah_addrspace_unmap(self.raw(), extent.raw(), &mapping.raw))
    }

    /// Changes the access of a mapping of a basic extent; the attribute is not looked at. Of a sparse one it cannot be changed:
    /// unmap and map it.
    ///
    /// # Errors
    /// Those of [`AddrSpace::unmap`]; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), also the access;
    /// [`WouldCrash`](crate::ErrorKind::WouldCrash), as for [`AddrSpace::map`]; [`AddrInvalid`](crate::ErrorKind::AddrInvalid), also
    /// a sparse extent.
    ///
    /// # Safety
    /// This program needs no access to it that it has no more, and nothing of it is there that who is in this address space may not
    /// change.
    pub unsafe fn update_access(&self, extent: &MemExtent<'_>, mapping: &Mapping) -> Result<()> {
        self.session.check(sys::gunyah_addrspace_update_access(self.raw(), extent.raw(), &mapping.raw))
    }

    /// Looks what is mapped of an extent at an address, in so many bytes of whole pages.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no bytes; [`AddrOverflow`](crate::ErrorKind::AddrOverflow);
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), handles
    /// of two sessions; the capability errors, right LOOKUP of both; [`AddrInvalid`](crate::ErrorKind::AddrInvalid), nothing is
    /// mapped there; [`NotOwner`](crate::ErrorKind::NotOwner), what is mapped there is, or a page of it, of something else.
    pub fn lookup(&self, extent: &MemExtent<'_>, ipa: u64, size: u64) -> Result<Mapped> {
        let mut found = sys::GUNYAH_ADDRSPACE_MAPPING_INIT;
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_addrspace_lookup(self.raw(), extent.raw(), ipa, size, &mut found) })?;
        Ok(Mapped {
            ipa: found.ipa,
            offset: found.offset,
            length: found.length,
            user_access: Access::from_code(found.user_access),
            kernel_access: Access::from_code(found.kernel_access),
            attribute: MemoryAttribute::from_code(found.memtype),
        })
    }
}

/// A page that the hypervisor tells things in; from [`Session::find_info_area`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InfoArea {
    /// Where it is.
    pub ipa: u64,
    /// Its bytes.
    pub size: u64,
}

/// This VM's own address space.
impl Session<'_> {
    /// Finds the information page of this VM.
    ///
    /// # Errors
    /// [`Unimplemented`](crate::ErrorKind::Unimplemented), every open hypervisor; what the hypervisor that has it answers.
    pub fn find_info_area(&self) -> Result<InfoArea> {
        let (mut ipa, mut size) = (0, 0);
        // SAFETY: the session is open.
        self.check(unsafe { sys::gunyah_addrspace_find_info_area(self.raw(), &mut ipa, &mut size) })?;
        Ok(InfoArea { ipa, size })
    }
}
