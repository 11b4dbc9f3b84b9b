// SPDX-License-Identifier: BSD-3-Clause
//! Reading a tree.

// An error says where it is, which takes room; a tree is read once.
#![allow(clippy::result_large_err)]

use super::{Device, DeviceKind, TreeError};
use crate::memory::Offer;
use crate::rm::{Rm, RmOptions};
use crate::vm::Region;
use crate::{sys, text, Conduit, Doorbell, ErrorKind, MsgQueue, Session, Vmid};
use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::zeroed;
use core::slice;

/// An open device tree, which borrows its bytes.
pub struct Tree<'t> {
    raw: UnsafeCell<sys::gunyah_dt>,
    bytes: PhantomData<&'t [u8]>,
}

/// By which names a tree calls its hypervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hypervisor(u32);

impl Hypervisor {
    /// "gunyah-hypervisor", as in Linux; not in a primary VM's tree.
    pub const GUNYAH: Hypervisor = Hypervisor(sys::GUNYAH_DT_HYPERVISOR_GUNYAH);
    /// "qcom,gunyah-hypervisor", with and without a version.
    pub const QCOM: Hypervisor = Hypervisor(sys::GUNYAH_DT_HYPERVISOR_QCOM);
    /// "qcom,haven-hypervisor", its name before.
    pub const HAVEN: Hypervisor = Hypervisor(sys::GUNYAH_DT_HYPERVISOR_HAVEN);

    /// Returns the bits of the C interface.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Tells whether all names of another one are among these.
    pub const fn contains(self, other: Hypervisor) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Who a VM is. Texts lie in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VmInfo<'t> {
    /// What the tree calls its hypervisor.
    pub hypervisor: Hypervisor,
    /// Its VMID.
    pub vmid: Option<Vmid>,
    /// The VM that made this one; a primary VM has none.
    pub owner: Option<Vmid>,
    /// Who made the hypervisor.
    pub vendor: Option<&'t str>,
    /// The VM's name.
    pub image_name: Option<&'t str>,
    /// The VM's URI.
    pub uri: Option<&'t str>,
    /// The VM's GUID.
    pub guid: Option<&'t str>,
    peers: *const sys::c_char,
    peer_count: usize,
}

impl<'t> VmInfo<'t> {
    /// Returns the names of the VM's peers.
    pub fn peers(&self) -> impl Iterator<Item = &'t str> {
        let mut next = self.peers;
        (0..self.peer_count).map(move |_| {
            // SAFETY: so many texts lie in the tree, one behind the 0 of the other.
            unsafe {
                let length = text::bytes(next).map_or(0, <[u8]>::len);
                let peer = text::borrowed(next);
                next = next.add(length + 1);
                peer
            }
        })
    }
}

impl<'t> Tree<'t> {
    /// Opens a device tree, which checks the whole of it. The bytes are aligned to 8, as a VM finds them in x0; there may be more
    /// than the tree has.
    ///
    /// # Errors
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`DeviceTree`](crate::ErrorKind::DeviceTree), no device tree
    /// of version 16 or 17, cut off, damaged, or with nodes deeper than 32.
    pub fn open(bytes: &'t [u8]) -> Result<Tree<'t>, TreeError> {
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_dt = unsafe { zeroed() };
        // SAFETY: the bytes stay as they are as long as they are borrowed.
        let error = unsafe { sys::gunyah_dt_open(bytes.as_ptr().cast(), bytes.len(), &mut raw) };

        if error != sys::GUNYAH_OK {
            return Err(TreeError::new(error, "gunyah_dt_open", &raw.problem));
        }
        Ok(Tree { raw: UnsafeCell::new(raw), bytes: PhantomData })
    }

    /// Opens a device tree where the VM was told that it is.
    ///
    /// # Safety
    /// So many bytes may be read there, and do not change, for as long as `'t`.
    ///
    /// # Errors
    /// Those of [`Tree::open`].
    pub unsafe fn from_ptr(dtb: *const u8, max_size: usize) -> Result<Tree<'t>, TreeError> {
        Tree::open(slice::from_raw_parts(dtb, max_size))
    }

    /// Tells who this VM is.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), this is no VM of Gunyah, or nobody told it;
    /// [`DeviceTree`](crate::ErrorKind::DeviceTree), a property has another form than it must.
    pub fn vm_info(&self) -> Result<VmInfo<'t>, TreeError> {
        let mut raw = sys::GUNYAH_DT_VM_INFO_INIT;
        // SAFETY: the tree is open.
        self.check(unsafe { sys::gunyah_dt_get_vm_info(self.raw(), &mut raw) }, "gunyah_dt_get_vm_info")?;
        // SAFETY: the texts lie in the tree.
        let [vendor, image_name, uri, guid] =
            unsafe { [raw.vendor, raw.image_name, raw.uri, raw.guid].map(|text| text::optional(text)) };
        Ok(VmInfo {
            hypervisor: Hypervisor(raw.hypervisor),
            vmid: Some(Vmid::new(raw.vmid.value)).filter(|_| raw.has_vmid),
            owner: Some(Vmid::new(raw.owner.value)).filter(|_| raw.has_owner),
            vendor,
            image_name,
            uri,
            guid,
            peers: raw.peers,
            peer_count: raw.peer_count,
        })
    }

    /// Tells the instruction that reaches firmware and hypervisor.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), no node of PSCI; [`DeviceTree`](crate::ErrorKind::DeviceTree), its method is
    /// neither "hvc" nor "smc".
    pub fn psci_conduit(&self) -> Result<Conduit, TreeError> {
        let mut raw = sys::GUNYAH_CONDUIT_DEFAULT;
        // SAFETY: the tree is open.
        self.check(unsafe { sys::gunyah_dt_psci_conduit(self.raw(), &mut raw) }, "gunyah_dt_psci_conduit")?;
        Ok(Conduit::from_raw(raw))
    }

    /// Goes through the devices of a kind, in the order of the tree. One that cannot be understood is an error, and the next ones
    /// come behind it.
    pub fn devices(&self, kind: DeviceKind) -> Devices<'_, 't> {
        Devices { tree: self, kind, raw: sys::GUNYAH_DT_DEVICE_INIT }
    }

    /// Finds the first device with a label. Kinds have labels of their own.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound); [`Unsupported`](crate::ErrorKind::Unsupported), addresses that its bus
    /// translates; [`DeviceTree`](crate::ErrorKind::DeviceTree), a property is missing or has another form than it must.
    pub fn find_label(&self, kind: DeviceKind, label: u32) -> Result<Device<'t>, TreeError> {
        let mut raw = sys::GUNYAH_DT_DEVICE_INIT;
        // SAFETY: the tree is open.
        let error = unsafe { sys::gunyah_dt_find_label(self.raw(), kind.code(), label, &mut raw) };
        self.check(error, "gunyah_dt_find_label")?;
        Ok(Device::from_raw(raw))
    }

    /// Finds a device by the path of its node, such as "/hypervisor/qcom,shm".
    ///
    /// # Errors
    /// Those of [`Tree::find_label`]; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), it does not begin with "/", or has
    /// a 0 in it.
    #[cfg(feature = "std")]
    pub fn find_path(&self, path: &str) -> Result<Device<'t>, TreeError> {
        let mut raw = sys::GUNYAH_DT_DEVICE_INIT;
        // A path is never empty, as what is left of one with a 0 in it.
        let path = std::ffi::CString::new(path).unwrap_or_default();
        // SAFETY: the tree is open.
        let error = unsafe { sys::gunyah_dt_find_path(self.raw(), path.as_ptr(), &mut raw) };
        self.check(error, "gunyah_dt_find_path")?;
        Ok(Device::from_raw(raw))
    }

    /// Tells where the memory of a device is: shared memory, or that of a virtio device.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), no region of this index; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid),
    /// another kind, or a device of another tree; [`Unsupported`](crate::ErrorKind::Unsupported) and
    /// [`DeviceTree`](crate::ErrorKind::DeviceTree), as [`Tree::find_label`].
    pub fn region(&self, device: &Device<'_>, index: u32) -> Result<Region, TreeError> {
        let mut raw = sys::gunyah_dt_region { address: 0, size: 0 };
        // SAFETY: the tree is open.
        let error = unsafe { sys::gunyah_dt_get_region(self.raw(), &device.raw, index, &mut raw) };
        self.check(error, "gunyah_dt_get_region")?;
        Ok(Region::new(raw.address, raw.size))
    }

    /// Tells how to speak with the Resource Manager.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), this VM may not speak with it; [`DeviceTree`](crate::ErrorKind::DeviceTree).
    pub fn rm_options(&self) -> Result<RmOptions, TreeError> {
        let mut raw = sys::GUNYAH_RM_OPTIONS_INIT;
        // SAFETY: the tree is open.
        self.check(unsafe { sys::gunyah_dt_rm_options(self.raw(), &mut raw) }, "gunyah_dt_rm_options")?;
        Ok(RmOptions { raw })
    }

    /// Tells what [`Memparcel::open`](crate::memory::Memparcel::open) needs for the parcel of the shared memory with a label.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), no such label, or no parcel; [`DeviceTree`](crate::ErrorKind::DeviceTree).
    pub fn memparcel_offer(&self, label: u32) -> Result<Offer, TreeError> {
        let mut offer = Offer::new(u32::MAX);
        // SAFETY: the tree is open.
        let error = unsafe { sys::gunyah_dt_memparcel_offer(self.raw(), label, &mut offer.raw) };
        self.check(error, "gunyah_dt_memparcel_offer")?;
        Ok(offer)
    }

    /// Tells where the last failure was, also that of a function of a session with this tree.
    pub fn last_problem(&self) -> Option<TreeError> {
        // SAFETY: the tree is open, and nobody writes to it now.
        let problem = unsafe { &(*self.raw()).problem };
        Some(TreeError::new(sys::GUNYAH_ERR_DEVICE_TREE, "", problem)).filter(|_| !problem.text.is_null())
    }

    fn raw(&self) -> *mut sys::gunyah_dt {
        self.raw.get()
    }

    fn check(&self, error: sys::gunyah_error, call: &'static str) -> Result<(), TreeError> {
        if error == sys::GUNYAH_OK {
            return Ok(());
        }
        // SAFETY: the tree is open, and nobody writes to it now.
        Err(TreeError::new(error, call, unsafe { &(*self.raw()).problem }))
    }
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("vm_info", &self.vm_info().ok()).finish_non_exhaustive()
    }
}

/// The devices of a tree; from [`Tree::devices`].
pub struct Devices<'d, 't> {
    tree: &'d Tree<'t>,
    kind: DeviceKind,
    raw: sys::gunyah_dt_device,
}

impl<'t> Iterator for Devices<'_, 't> {
    type Item = Result<Device<'t>, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        // It goes on behind a device that it did not understand, and says again that there is no more.
        // SAFETY: the tree is open, and the device is one of it.
        let error = unsafe { sys::gunyah_dt_next_device(self.tree.raw(), self.kind.code(), &mut self.raw) };
        match self.tree.check(error, "gunyah_dt_next_device") {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            result => Some(result.map(|()| Device::from_raw(self.raw))),
        }
    }
}

impl fmt::Debug for Devices<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Devices").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl<'s> Rm<'s> {
    /// Opens the connection that the tree names, with the defaults of [`RmOptions`] otherwise. [`Tree::last_problem`] tells where
    /// a failure is.
    ///
    /// # Errors
    /// Those of [`Tree::rm_options`] and [`Rm::open`].
    pub fn open_dt(session: &'s Session<'_>, tree: &Tree<'_>) -> crate::Result<Rm<'s>> {
        // SAFETY: session and tree are open.
        Rm::made(session, |out| unsafe { sys::gunyah_rm_open_dt(session.raw(), tree.raw(), out) })
    }
}

impl<'s> MsgQueue<'s> {
    /// Opens the message queue with this label that this VM sends to (`sends`), or receives from: a queue of its own, or one of a
    /// pair.
    ///
    /// # Errors
    /// Those of [`Tree::find_label`] and [`MsgQueue::open`].
    pub fn open_label(session: &'s Session<'_>, tree: &Tree<'_>, label: u32, sends: bool) -> crate::Result<MsgQueue<'s>> {
        // SAFETY: session and tree are open.
        MsgQueue::made(session, |out| unsafe { sys::gunyah_msgqueue_open_label(session.raw(), tree.raw(), label, sends, out) })
    }
}

impl<'s> Doorbell<'s> {
    /// Opens the doorbell with this label that this VM rings (`sends`), or that rings this VM.
    ///
    /// # Errors
    /// Those of [`Tree::find_label`] and [`Doorbell::open`].
    pub fn open_label(session: &'s Session<'_>, tree: &Tree<'_>, label: u32, sends: bool) -> crate::Result<Doorbell<'s>> {
        // SAFETY: session and tree are open.
        Doorbell::made(session, |out| unsafe { sys::gunyah_doorbell_open_label(session.raw(), tree.raw(), label, sends, out) })
    }
}
