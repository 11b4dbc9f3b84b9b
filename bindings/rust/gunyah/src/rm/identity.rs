// SPDX-License-Identifier: BSD-3-Clause
//! Who is who: this VM, its owner, its peers, and VMs by their names.

use super::Rm;
use crate::text::Short;
use crate::{sys, text, ErrorKind, Result, Vmid};
use core::fmt;
use core::mem::zeroed;

const NAME_SIZE: usize = sys::GUNYAH_VM_TEXT_SIZE as usize;
const CRASH_MESSAGE_SIZE: usize = sys::GUNYAH_VM_CRASH_MESSAGE_SIZE as usize;

/// A short text that a VM has: at most as many bytes as the Resource Manager knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VmText<const SIZE: usize>([sys::c_char; SIZE]);

impl<const SIZE: usize> VmText<SIZE> {
    /// Returns the text; empty if there is none. What is not UTF-8 ends before that.
    pub fn as_str(&self) -> &str {
        // SAFETY: the library ends it with a 0.
        unsafe { text::borrowed(self.0.as_ptr()) }
    }
}

impl<const SIZE: usize> fmt::Display for VmText<SIZE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const SIZE: usize> fmt::Debug for VmText<SIZE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// What is known of a VM. Texts are empty where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VmIdentity {
    /// Its GUID.
    pub guid: Option<[u8; 16]>,
    /// Its name.
    pub name: VmText<NAME_SIZE>,
    /// Its URI.
    pub uri: VmText<NAME_SIZE>,
    /// How its image was signed.
    pub authentication: VmText<NAME_SIZE>,
}

/// Who is who. The Resource Manager tells a VM of itself, of the VMs that it owns, of its owner and of its peers.
impl Rm<'_> {
    /// Returns the VMID of this VM.
    ///
    /// # Errors
    /// The request errors.
    pub fn own_vmid(&self) -> Result<Vmid> {
        let mut vmid = Vmid::new(0).raw();
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_self(self.raw(), &mut vmid) })?;
        Ok(Vmid::new(vmid.value))
    }

    /// Returns the VMID of the owner of this VM.
    ///
    /// # Errors
    /// The request errors.
    pub fn owner(&self) -> Result<Vmid> {
        let mut vmid = Vmid::new(0).raw();
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_owner(self.raw(), &mut vmid) })?;
        Ok(Vmid::new(vmid.value))
    }

    /// Tells who a VM is; none: this one.
    ///
    /// # Errors
    /// The request errors; [`NoResources`](crate::ErrorKind::NoResources), no such VM, or not for the caller to know;
    /// [`RmVmState`](crate::ErrorKind::RmVmState), it is not READY, RUNNING or PAUSED.
    pub fn identify(&self, vmid: Option<Vmid>) -> Result<VmIdentity> {
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_vm_identity = unsafe { zeroed() };
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_identify(self.raw(), Vmid::raw_or_none(vmid), &mut raw) })?;
        Ok(VmIdentity {
            guid: Some(raw.guid).filter(|_| raw.has_guid),
            name: VmText(raw.name),
            uri: VmText(raw.uri),
            authentication: VmText(raw.authentication),
        })
    }

    /// Tells the peers of this VM: fills in as many as there is room for, and returns how many there are.
    ///
    /// # Errors
    /// The request errors.
    pub fn peers(&self, vms: &mut [Vmid]) -> Result<usize> {
        // SAFETY: the handle is open.
        self.list(vms, |entries, room, count| unsafe { sys::gunyah_vm_peers(self.raw(), entries, room, count) })
    }

    /// Finds VMs by name, as [`Rm::peers`]. Those that the caller may not know of are left out.
    ///
    /// # Errors
    /// The request errors; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), a name has 1 to 79 bytes.
    pub fn lookup_name(&self, name: &str, vms: &mut [Vmid]) -> Result<usize> {
        let name = Short::<NAME_SIZE>::new(name, "gunyah_vm_lookup_name")?;
        // SAFETY: the handle is open.
        self.list(vms, |entries, room, count| unsafe {
            sys::gunyah_vm_lookup_name(self.raw(), name.as_ptr(), entries, room, count)
        })
    }

    /// Finds VMs by URI, as [`Rm::lookup_name`].
    ///
    /// # Errors
    /// Those of [`Rm::lookup_name`].
    pub fn lookup_uri(&self, uri: &str, vms: &mut [Vmid]) -> Result<usize> {
        let uri = Short::<NAME_SIZE>::new(uri, "gunyah_vm_lookup_uri")?;
        // SAFETY: the handle is open.
        self.list(vms, |entries, room, count| unsafe {
            sys::gunyah_vm_lookup_uri(self.raw(), uri.as_ptr(), entries, room, count)
        })
    }

    /// Finds VMs by GUID, as [`Rm::lookup_name`].
    ///
    /// # Errors
    /// The request errors.
    pub fn lookup_guid(&self, guid: &[u8; 16], vms: &mut [Vmid]) -> Result<usize> {
        // SAFETY: the handle is open.
        self.list(vms, |entries, room, count| unsafe {
            sys::gunyah_vm_lookup_guid(self.raw(), guid.as_ptr(), entries, room, count)
        })
    }

    /// Tells what the host is: `GUNYAH_RM_HOST_TYPE`.
    ///
    /// # Errors
    /// The request errors.
    pub fn host_type(&self) -> Result<u32> {
        let mut host = 0;
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_vm_host_type(self.raw(), &mut host) })?;
        Ok(host)
    }

    /// Tells the last words of a VM that the caller owns; empty if it said none.
    ///
    /// # Errors
    /// The request errors.
    pub fn crash_message(&self, vmid: Vmid) -> Result<VmText<CRASH_MESSAGE_SIZE>> {
        let mut message = [0; CRASH_MESSAGE_SIZE];
        // SAFETY: the handle is open; the array is as large as the function writes.
        self.check(unsafe { sys::gunyah_vm_crash_message(self.raw(), vmid.raw(), message.as_mut_ptr()) })?;
        Ok(VmText(message))
    }

    /// A list of VMs. That some do not fit is no error here.
    fn list(
        &self,
        vms: &mut [Vmid],
        ask: impl FnOnce(*mut sys::gunyah_rm_vm_entry, usize, *mut usize) -> sys::gunyah_error,
    ) -> Result<usize> {
        const MOST: usize = 256; // A VMID has eight bits.
        let mut entries = [sys::gunyah_rm_vm_entry { vmid: Vmid::new(0).raw(), reserved: 0 }; MOST];
        let mut count = 0;

        match self.check(ask(entries.as_mut_ptr(), vms.len().min(MOST), &mut count)) {
            Err(error) if error.kind() != ErrorKind::BufferTooSmall => return Err(error),
            _ => {}
        }
        for (vm, entry) in vms.iter_mut().zip(entries.iter().take(count)) {
            *vm = Vmid::new(entry.vmid.value);
        }
        Ok(count)
    }
}
