// SPDX-License-Identifier: BSD-3-Clause
//! The device node, and who makes VMs there.

use crate::vm::{provider, Provider};
use crate::{sys, text, Backend, CapId, Error, ErrorKind, Result, Session};
use core::ptr::{self, NonNull};
use std::mem::zeroed;
use std::os::unix::io::RawFd;

enumeration! {
    /// Drivers, by the kernel that they came with first. A name for people: what one can do, [`Info::can`] says.
    Flavour {
        /// The interface is Gunyah's; this set of calls is nobody's.
        Unknown = GUNYAH_LINUX_UNKNOWN,
        /// android14-6.1 before the middle of 2023.
        Android14Early = GUNYAH_LINUX_ANDROID_14_EARLY,
        /// android14-6.1.
        Android14 = GUNYAH_LINUX_ANDROID_14,
        /// android15-6.6.
        Android15 = GUNYAH_LINUX_ANDROID_15,
        /// android16-6.12.
        Android16 = GUNYAH_LINUX_ANDROID_16,
        /// Patches for Linux, versions 10 to 14.
        Upstream10 = GUNYAH_LINUX_UPSTREAM_10,
        /// Patches for Linux, versions 15 to 17.
        Upstream15 = GUNYAH_LINUX_UPSTREAM_15,
        /// Qualcomm's own, which starts signed firmware alone.
        Qualcomm = GUNYAH_LINUX_QUALCOMM,
    }
}

/// Which node to open.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct NodeOptions<'n> {
    path: Option<&'n str>,
    fd: Option<RawFd>,
}

impl<'n> NodeOptions<'n> {
    /// "/dev/gunyah" or, if that is absent, "/dev/qgunyah".
    pub fn new() -> NodeOptions<'n> {
        NodeOptions::default()
    }

    /// The node with this path.
    pub fn path(mut self, path: &'n str) -> Self {
        self.path = Some(path);
        self
    }

    /// The node that is open already: inherited, or sent by somebody who may open it. It stays open.
    pub fn fd(mut self, fd: RawFd) -> Self {
        self.fd = Some(fd);
        self
    }

    /// Opens the node, and finds out what is behind it, by calls that change nothing.
    ///
    /// # Errors
    /// [`NoBackend`](crate::ErrorKind::NoBackend), there is no such node, or no driver behind it;
    /// [`Denied`](crate::ErrorKind::Denied), this process may not open or use it; [`NotGunyah`](crate::ErrorKind::NotGunyah),
    /// something else is behind it; [`Option`](crate::ErrorKind::Option), both a path and a descriptor;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); [`NoResources`](crate::ErrorKind::NoResources), no file descriptor is
    /// left; [`NoMemory`](crate::ErrorKind::NoMemory), of the kernel.
    pub fn open(self) -> Result<Node> {
        // SAFETY: all zero is a value of this struct.
        let mut info: sys::gunyah_error_info = unsafe { zeroed() };
        let path = text::owned(self.path)?;
        let options = sys::gunyah_linux_options {
            path: text::pointer(&path),
            fd: self.fd.unwrap_or(-1),
            error: &mut info,
            ..sys::GUNYAH_LINUX_OPTIONS_INIT
        };
        let mut raw = ptr::null_mut();
        // SAFETY: what the options point to lives till the end of this.
        unsafe { sys::gunyah_linux_open(&options, &mut raw) };
        // SAFETY: the library filled it in, with its own texts.
        NonNull::new(raw).map(|raw| Node { raw }).ok_or_else(|| unsafe { Error::from_info(&info) })
    }
}

/// A device node that is open. Dropping closes it.
#[derive(Debug)]
pub struct Node {
    raw: NonNull<sys::gunyah_linux>,
}

/// What is behind a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Which driver it is.
    pub flavour: Flavour,
    /// Its name, for people: "Android 14 (6.1)".
    pub name: &'static str,
    /// Bits of `GUNYAH_LINUX_*`.
    pub capabilities: u32,
}

impl Info {
    /// Tells whether the driver has a capability, `GUNYAH_LINUX_*`.
    pub fn can(&self, capability: u32) -> bool {
        self.capabilities & capability == capability
    }
}

impl Node {
    /// Opens "/dev/gunyah" or, if that is absent, "/dev/qgunyah".
    ///
    /// # Errors
    /// Those of [`NodeOptions::open`].
    pub fn open() -> Result<Node> {
        NodeOptions::new().open()
    }

    /// Tells what opening found out.
    pub fn info(&self) -> Info {
        let mut raw = sys::GUNYAH_LINUX_INFO_INIT;
        // SAFETY: the node is open; the name lives for ever.
        unsafe {
            sys::gunyah_linux_get_info(self.raw(), &mut raw);
            Info { flavour: Flavour::from_code(raw.flavour), name: text::borrowed(raw.name), capabilities: raw.capabilities }
        }
    }

    /// Returns the backend that the node is.
    pub fn backend(&self) -> Backend<'_> {
        // SAFETY: it lives as long as the node is open, and stays in this thread with it.
        unsafe { Backend::from_raw(sys::gunyah_linux_backend(self.raw())) }
    }

    /// Returns the provider of VMs that the node is, for a session on it. One session at a time has VMs.
    ///
    /// # Errors
    /// [`InUse`](crate::ErrorKind::InUse), there are VMs of another session; [`Unsupported`](crate::ErrorKind::Unsupported), the
    /// session has an arena.
    pub fn vmm<'s>(&'s self, session: &'s Session<'_>) -> Result<Vmm<'s>> {
        let call = "gunyah_linux_vmm";
        // The node keeps what it knows of a VM in the memory of the session, which an arena may use again when that was forgotten.
        if session.has_arena() {
            return Err(Error::with_text(ErrorKind::Unsupported, call, "a session with an arena has no VMs of a driver"));
        }
        let vmm = Vmm { node: self, session };
        if provider::Sealed::vmm(&vmm).is_null() {
            return Err(Error::with_text(ErrorKind::InUse, call, "another session has VMs"));
        }
        Ok(vmm)
    }

    /// Returns the eventfd behind a doorbell of a VM, for an event loop or a device that rings by itself. It is the node's, and
    /// closed with the VM.
    pub fn doorbell_fd(&self, cap: CapId) -> Option<RawFd> {
        // SAFETY: the node is open.
        Some(unsafe { sys::gunyah_linux_doorbell_fd(self.raw(), cap.raw()) }).filter(|fd| *fd >= 0)
    }

    pub(super) fn raw(&self) -> *mut sys::gunyah_linux {
        self.raw.as_ptr()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let mut raw = self.raw();
        // SAFETY: the node is open, and whatever borrowed it is gone.
        unsafe { sys::gunyah_linux_close(&mut raw) };
    }
}

/// A provider of VMs: a node, for one session. From [`Node::vmm`].
#[derive(Clone, Copy, Debug)]
pub struct Vmm<'s> {
    node: &'s Node,
    session: &'s Session<'s>,
}

impl provider::Sealed for Vmm<'_> {
    fn session(&self) -> &Session<'_> {
        self.session
    }

    // Asked for each time: the node has one, and says in it whose VMs it makes.
    fn vmm(&self) -> *const sys::gunyah_vmm {
        // SAFETY: node and session are open.
        unsafe { sys::gunyah_linux_vmm(self.node.raw(), self.session.raw()) }
    }
}

impl Provider for Vmm<'_> {}
