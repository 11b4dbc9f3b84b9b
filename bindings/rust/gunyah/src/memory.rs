// SPDX-License-Identifier: BSD-3-Clause
//! Memory parcels: pieces of a VM's memory that other VMs may use.
//!
//! The owner makes a parcel of some of its pages and names who may do what with them. Sharing keeps the pages for the owner too;
//! lending takes them away until they come back; donating gives them for good. The owner tells the others; they accept the
//! parcel, which maps it, and release it. When nobody has it any more, the owner reclaims it.
//!
//! Addresses are intermediate physical ones (IPAs) of the VM that makes the call. Addresses and sizes are multiples of 4 KiB.
//!
//! "The request errors" are those of [`crate::vm`].

use crate::rm::Rm;
use crate::vm::{Region, Vm};
use crate::{sys, Error, Kept, Vmid};
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr;

enumeration! {
    /// What is done with memory.
    Transaction {
        /// It is given for good.
        Donate = GUNYAH_MEMPARCEL_TRANSACTION_DONATE,
        /// It is given until it comes back.
        Lend = GUNYAH_MEMPARCEL_TRANSACTION_LEND,
        /// It is used together.
        Share = GUNYAH_MEMPARCEL_TRANSACTION_SHARE,
    }
}

enumeration! {
    /// What a VM may do with memory.
    Rights {
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
    /// How a VM maps memory.
    Attribute {
        /// As it likes.
        Normal = GUNYAH_MEMPARCEL_ATTRIBUTE_NORMAL,
        /// As registers of devices, for them only.
        Device = GUNYAH_MEMPARCEL_ATTRIBUTE_DEVICE,
        /// Without caches.
        Uncached = GUNYAH_MEMPARCEL_ATTRIBUTE_UNCACHED,
        /// With caches.
        Cached = GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED,
    }
}

/// What one VM of an access list may do.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Access(sys::gunyah_memparcel_access);

impl Access {
    /// This VM may do that.
    pub fn new(vmid: Vmid, rights: Rights) -> Access {
        Access(sys::gunyah_memparcel_access { vmid: vmid.raw(), rights: rights.code() as u8, reserved: 0 })
    }
}

/// How one VM of the access list maps the memory.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct VmAttribute(sys::gunyah_memparcel_vm_attribute);

impl VmAttribute {
    /// This VM maps it so.
    pub fn new(vmid: Vmid, attribute: Attribute) -> VmAttribute {
        VmAttribute(sys::gunyah_memparcel_vm_attribute { attribute: attribute.code() as u16, vmid: vmid.raw() })
    }
}

/// What a parcel is made of.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct MemparcelOptions<'o> {
    raw: sys::gunyah_memparcel_options,
    lists: core::marker::PhantomData<&'o [Region]>,
}

impl<'o> MemparcelOptions<'o> {
    /// These regions of the owner, for these VMs. Sharing names the owner too, the others do not.
    pub fn new(transaction: Transaction, access: &'o [Access], regions: &'o [Region]) -> MemparcelOptions<'o> {
        let mut raw = sys::GUNYAH_MEMPARCEL_OPTIONS_INIT;
        raw.transaction = transaction.code();
        raw.access = access.as_ptr().cast();
        raw.access_count = access.len();
        raw.regions = regions.as_ptr().cast();
        raw.region_count = regions.len();
        MemparcelOptions { raw, lists: core::marker::PhantomData }
    }

    /// What the device tree of the VM calls it; without this, it is part of the VM's main memory.
    pub fn label(mut self, label: u32) -> Self {
        self.raw.label = label;
        self
    }

    /// Registers of devices rather than memory.
    pub fn io(mut self) -> Self {
        self.raw.io = true;
        self
    }

    /// Cleared before anybody else sees it.
    pub fn sanitize(mut self) -> Self {
        self.raw.sanitize = true;
        self
    }

    /// How VMs map it. Who is not named has the default.
    pub fn attributes(mut self, attributes: &'o [VmAttribute]) -> Self {
        self.raw.attributes = attributes.as_ptr().cast();
        self.raw.attribute_count = attributes.len();
        self
    }
}

/// What a VM knows of a parcel that it is offered: from a notification or from a device tree.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Offer {
    pub(crate) raw: sys::gunyah_memparcel_offer,
}

impl Offer {
    /// A parcel, by its handle, that is shared.
    pub fn new(handle: u32) -> Offer {
        Offer { raw: sys::gunyah_memparcel_offer { memparcel: handle, ..sys::GUNYAH_MEMPARCEL_OFFER_INIT } }
    }

    /// How it is offered.
    pub fn transaction(mut self, transaction: Transaction) -> Self {
        self.raw.transaction = transaction.code();
        self
    }

    /// Registers of devices rather than memory.
    pub fn io(mut self) -> Self {
        self.raw.io = true;
        self
    }

    /// What the device tree calls it.
    pub fn label(mut self, label: u32) -> Self {
        self.raw.label = label;
        self
    }

    /// It is mapped, as all parcels are that a device tree tells of.
    pub fn accepted(mut self) -> Self {
        self.raw.accepted = true;
        self
    }
}

/// How a parcel is accepted.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct AcceptOptions<'o> {
    raw: sys::gunyah_memparcel_accept_options,
    lists: core::marker::PhantomData<&'o [Region]>,
}

impl Default for AcceptOptions<'_> {
    fn default() -> Self {
        AcceptOptions { raw: sys::GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT, lists: core::marker::PhantomData }
    }
}

impl<'o> AcceptOptions<'o> {
    /// The Resource Manager chooses where, and nothing is checked.
    pub fn new() -> AcceptOptions<'o> {
        AcceptOptions::default()
    }

    /// Where to map it: one region for each of the parcel, or, with [`AcceptOptions::contiguous`], one for all.
    pub fn regions(mut self, regions: &'o [Region]) -> Self {
        self.raw.regions = regions.as_ptr().cast();
        self.raw.region_count = regions.len();
        self
    }

    /// Everything in a row.
    pub fn contiguous(mut self) -> Self {
        self.raw.contiguous = true;
        self
    }

    /// Fails unless the memory was cleared.
    pub fn check_sanitized(mut self) -> Self {
        self.raw.check_sanitized = true;
        self
    }

    /// Fails unless the label is that of the offer.
    pub fn check_label(mut self) -> Self {
        self.raw.check_label = true;
        self
    }

    /// Fails unless the owner has said this, in this order.
    pub fn check_access(mut self, access: &'o [Access], attributes: &'o [VmAttribute]) -> Self {
        self.raw.access = access.as_ptr().cast();
        self.raw.access_count = access.len();
        self.raw.attributes = attributes.as_ptr().cast();
        self.raw.attribute_count = attributes.len();
        self
    }
}

/// What one side tells the other. They see a [`Notice`](crate::rm::Notice).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemNotice<'n> {
    /// "Here it is", to VMs of the access list, from the owner.
    Shared(&'n [Vmid]),
    /// "Give it back", to VMs of the access list, from the owner.
    Recall(&'n [Vmid]),
    /// "I have it", to the owner.
    Accepted,
    /// "I do not have it any more", to the owner.
    Released,
}

handle! {
    /// A memory parcel, from one of its sides. A call that cannot be right there is refused
    /// ([`ObjectState`](crate::ErrorKind::ObjectState)) before it reaches anybody.
    Memparcel(gunyah_memparcel), close gunyah_memparcel_close
}

impl<'r> Memparcel<'r> {
    /// Makes a parcel.
    ///
    /// # Errors
    /// The request errors; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), a count, or a region of no bytes;
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`AddrOverflow`](crate::ErrorKind::AddrOverflow);
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), regions that overlap, a VMID twice, rights or attributes that
    /// cannot be, the owner missing or too much; [`MessageTooLong`](crate::ErrorKind::MessageTooLong);
    /// [`RmMemInvalid`](crate::ErrorKind::RmMemInvalid), not the caller's memory, or given to somebody already;
    /// [`RmVmidInvalid`](crate::ErrorKind::RmVmidInvalid); [`OutOfMemory`](crate::ErrorKind::OutOfMemory), no handle: nothing was
    /// made. With the parcel, to be reclaimed, if it was made in part and could not be taken back.
    ///
    /// # Safety
    /// The regions are memory that may be given away so: nothing of this program is in it that the others may change, or that has
    /// to be there while they have it.
    pub unsafe fn create(rm: &'r Rm<'_>, options: MemparcelOptions<'_>) -> Result<Memparcel<'r>, Kept<Option<Memparcel<'r>>>> {
        let mut raw = ptr::null_mut();
        let error = sys::gunyah_memparcel_create(rm.raw(), &options.raw, &mut raw);
        let made = Memparcel::from_raw(rm.session(), raw);

        match (rm.check(error), made) {
            (Ok(()), Some(parcel)) => Ok(parcel),
            (Err(error), handle) => Err(Kept { handle, error }),
            (Ok(()), None) => unreachable!("a parcel that was made has a handle"),
        }
    }

    /// Opens a parcel that another VM made for this one. Makes no request.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), no handle; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(rm: &'r Rm<'_>, offer: Offer) -> crate::Result<Memparcel<'r>> {
        // SAFETY: the handle is open.
        Memparcel::made(rm.session(), |out| unsafe { sys::gunyah_memparcel_open(rm.raw(), &offer.raw, out) })
    }

    /// Finds a parcel that firmware made for this VM, by exactly what it is made of, and gives it a label.
    ///
    /// # Errors
    /// Those of [`Memparcel::create`]; [`RmLookupFailed`](crate::ErrorKind::RmLookupFailed).
    pub fn lookup(rm: &'r Rm<'_>, options: MemparcelOptions<'_>) -> crate::Result<Memparcel<'r>> {
        // SAFETY: the handle is open.
        Memparcel::made(rm.session(), |out| unsafe { sys::gunyah_memparcel_lookup(rm.raw(), &options.raw, out) })
    }

    /// Returns the number that all VMs know the parcel by.
    pub fn handle(&self) -> u32 {
        // SAFETY: the handle is open.
        unsafe { sys::gunyah_memparcel_handle(self.raw()) }
    }

    /// Accepts the parcel: maps it into this VM. If the options name no regions, `mapped` is filled in with where it is, as many
    /// as there is room for. Returns how many there are, and the parcel, unless it was donated: then the memory is the VM's own.
    ///
    /// # Errors
    /// The request errors; [`ArgumentSize`](crate::ErrorKind::ArgumentSize),
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment), [`AddrOverflow`](crate::ErrorKind::AddrOverflow) and
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), as for creating, or not as the parcel is;
    /// [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid), no such parcel;
    /// [`RmVmidInvalid`](crate::ErrorKind::RmVmidInvalid), not for this VM;
    /// [`RmValidateFailed`](crate::ErrorKind::RmValidateFailed), a check failed; [`RmMapFailed`](crate::ErrorKind::RmMapFailed);
    /// [`NoResources`](crate::ErrorKind::NoResources), the addresses are not free; [`NoMemory`](crate::ErrorKind::NoMemory). With
    /// the parcel as it was.
    pub fn accept(
        self,
        options: AcceptOptions<'_>,
        mapped: &mut [Region],
    ) -> Result<(usize, Option<Memparcel<'r>>), Kept<Memparcel<'r>>> {
        let parcel = ManuallyDrop::new(self);
        let mut raw = parcel.raw();
        let mut count = 0;
        // Without room, nobody looks where it is, which is no error.
        let room = if mapped.is_empty() { ptr::null_mut() } else { mapped.as_mut_ptr().cast() };
        // SAFETY: the handle is open, and nobody else has it; a Region has the layout of the C struct.
        let error = unsafe { sys::gunyah_memparcel_accept(&mut raw, &options.raw, room, mapped.len(), &mut count) };
        let left = Memparcel::from_raw(parcel.session, raw);

        match (parcel.session.check(error), left) {
            (Err(error), Some(handle)) if error.kind() != crate::ErrorKind::BufferTooSmall => Err(Kept { handle, error }),
            (_, left) => Ok((count, left)),
        }
    }

    /// Gives an accepted parcel back; it can be accepted again. Does not tell the owner. `sanitize`: it is cleared before.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not accepted by this side;
    /// [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid); [`RmMemReleased`](crate::ErrorKind::RmMemReleased), it is not
    /// accepted; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), sanitize without the right to write.
    pub fn release(&self, sanitize: bool) -> crate::Result<()> {
        // SAFETY: the handle is open. Whoever has made references to the memory is told by what made them unsafe.
        self.session.check(unsafe { sys::gunyah_memparcel_release(self.raw(), sanitize) })
    }

    /// Takes a parcel back that nobody has accepted, and closes the handle. `sanitize`: it is cleared before the owner sees it.
    ///
    /// # Errors
    /// With the parcel as it was: the request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not made by this side;
    /// [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid); [`RmMemInuse`](crate::ErrorKind::RmMemInuse), somebody has
    /// accepted it.
    pub fn reclaim(self, sanitize: bool) -> Result<(), Kept<Memparcel<'r>>> {
        let parcel = ManuallyDrop::new(self);
        let mut raw = parcel.raw();
        // SAFETY: the handle is open, and nobody else has it.
        let error = unsafe { sys::gunyah_memparcel_reclaim(&mut raw, sanitize) };
        let left = Memparcel::from_raw(parcel.session, raw);

        match (parcel.session.check(error), left) {
            (Err(error), Some(handle)) => Err(Kept { handle, error }),
            _ => Ok(()),
        }
    }

    /// Tells the other side. The tag is a number of the two sides' own, the same in all notices of one parcel.
    ///
    /// # Errors
    /// The request errors; [`ObjectState`](crate::ErrorKind::ObjectState), not what this side can say now;
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no VM, or too many;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a VM that is not in the access list, or another tag than before;
    /// [`RmHandleInvalid`](crate::ErrorKind::RmHandleInvalid); [`RmVmidInvalid`](crate::ErrorKind::RmVmidInvalid);
    /// [`RmMemInuse`](crate::ErrorKind::RmMemInuse) and [`RmMemReleased`](crate::ErrorKind::RmMemReleased), not so.
    pub fn notify(&self, notice: MemNotice<'_>, tag: u32) -> crate::Result<()> {
        const MOST: usize = 256; // A VMID has eight bits.
        let (flag, vms) = match notice {
            MemNotice::Shared(vms) => (sys::GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, vms),
            MemNotice::Recall(vms) => (sys::GUNYAH_RM_MEM_NOTIFY_FLAG_RECALL, vms),
            MemNotice::Accepted => (sys::GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED, &[] as &[Vmid]),
            MemNotice::Released => (sys::GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED, &[] as &[Vmid]),
        };
        let mut entries = [sys::gunyah_rm_vm_entry { vmid: Vmid::new(0).raw(), reserved: 0 }; MOST];
        if vms.len() > MOST {
            return Err(Error::refused(crate::ErrorKind::ArgumentSize, "gunyah_memparcel_notify"));
        }
        for (entry, vm) in entries.iter_mut().zip(vms) {
            entry.vmid = vm.raw();
        }
        let list = if vms.is_empty() { ptr::null() } else { entries.as_ptr() };
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_memparcel_notify(self.raw(), flag, tag, list, vms.len()) })
    }
}

/// A parcel that goes with a VM: [`Vm::destroy`] reclaims it. Dropping this leaves it to the VM; it can be used as a
/// [`Memparcel`] meanwhile.
///
/// ```compile_fail,E0505
/// # use gunyah::vm::Vm;
/// # use gunyah::Timeout;
/// # use gunyah::memory::MemparcelOptions;
/// # use gunyah::rm::Rm;
/// # fn late(rm: &Rm<'_>, vm: Vm<'_>, options: MemparcelOptions<'_>) -> gunyah::Result<()> {
/// // SAFETY: nobody else uses the memory.
/// let parcel = unsafe { vm.add_memparcel(rm, options)? };
/// vm.destroy(Timeout::FOREVER)?;
/// println!("{}", parcel.handle()); // error: the parcel went with the VM
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct VmMemparcel<'v>(ManuallyDrop<Memparcel<'v>>);

impl<'v> Deref for VmMemparcel<'v> {
    type Target = Memparcel<'v>;

    fn deref(&self) -> &Memparcel<'v> {
        &self.0
    }
}

impl<'v> VmMemparcel<'v> {
    /// Takes the parcel from the VM: it is not reclaimed with it any more.
    pub fn into_memparcel(self) -> Memparcel<'v> {
        ManuallyDrop::into_inner(self.0)
    }
}

impl Vm<'_> {
    /// Makes a parcel that goes with this VM, which the Resource Manager's client has made.
    ///
    /// # Errors
    /// Those of [`Memparcel::create`].
    ///
    /// # Safety
    /// That of [`Memparcel::create`].
    pub unsafe fn add_memparcel<'v>(&'v self, rm: &'v Rm<'_>, options: MemparcelOptions<'_>) -> crate::Result<VmMemparcel<'v>> {
        let options = MemparcelOptions { raw: sys::gunyah_memparcel_options { vm: self.raw(), ..options.raw }, ..options };
        match Memparcel::create(rm, options) {
            Ok(parcel) => Ok(VmMemparcel(ManuallyDrop::new(parcel))),
            Err(kept) => {
                // What is left of it goes with the VM, too.
                core::mem::forget(kept.handle);
                Err(kept.error)
            }
        }
    }
}
