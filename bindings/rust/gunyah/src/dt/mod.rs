// SPDX-License-Identifier: BSD-3-Clause
//! What a VM finds in its device tree: who it is, and the capabilities, interrupts and memory that were made for it.
//!
//! A device tree is bytes from somebody else. [`Tree::open`] looks at all of them once; a tree that is cut off, damaged or made
//! to harm is an error, never more.

#[cfg(feature = "std")]
mod blob;
mod device;
mod error;
mod tree;

#[cfg(feature = "std")]
pub use blob::Blob;
pub use device::{Details, Device, DeviceKind, DoorbellEnd, Interrupt, Memory, Queue, Queues, VirtioMmio};
pub use error::TreeError;
pub use tree::{Devices, Hypervisor, Tree, VmInfo};
