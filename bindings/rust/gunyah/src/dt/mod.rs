// SPDX-License-Identifier: BSD-3-Clause
//! What a VM finds in its device tree: who it is, and the capabilities, interrupts and memory that were made for it. The tree
//! that a VM is made from ([`Builder`]), and what the Resource Manager will say of it ([`lint()`]).
//!
//! A device tree is bytes from somebody else. [`Tree::open`] looks at all of them once; a tree that is cut off, damaged or made
//! to harm is an error, never more.

#[cfg(feature = "std")]
mod blob;
#[cfg(feature = "std")]
mod build;
mod device;
mod error;
mod lint;
#[cfg(feature = "std")]
mod nodes;
#[cfg(feature = "std")]
mod texts;
mod tree;

#[cfg(feature = "std")]
pub use blob::Blob;
#[cfg(feature = "std")]
pub use build::{region_size, Affinity, Builder, Config, Machine};
pub use device::{Details, Device, DeviceKind, DoorbellEnd, Interrupt, Memory, Queue, Queues, VirtioMmio};
pub use error::TreeError;
pub use lint::{lint, rules, Finding, LintOptions, LintSum, Rule, Severity, RM_2023, RM_LATER};
#[cfg(feature = "std")]
pub use nodes::{Bell, DeviceNode, IoMem, QueueNode, QueuePair, Reserved, RmRpc, Rtc, Shm, Virtio};
pub use tree::{Devices, Hypervisor, Tree, VmInfo};
