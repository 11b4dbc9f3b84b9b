// SPDX-License-Identifier: BSD-3-Clause
//! Gunyah under Linux and Android: the driver behind /dev/gunyah.
//!
//! A [`Node`] is a backend, over which a session is opened, and a provider of VMs ([`Node::vmm`]). Calls do not reach the
//! hypervisor there, but doorbells of VMs work, and waiting for them. Its vCPUs are run by threads of the program ([`Vcpu`]).
//! Where the driver makes VMs of signed firmware, the program plays their virtio devices ([`VirtioDevice`]).

mod node;
mod parts;
mod vcpu;
mod virtio;

pub use node::{Flavour, Info, Node, NodeOptions, Vmm};
pub use parts::{MemoryKind, MemoryOptions, Notify, Piece};
pub use vcpu::{Mmio, Vcpu, VcpuAction, VcpuCanceller, VcpuExit, VcpuOptions, VcpuRunner, VmEnd};
pub use virtio::{VirtioCanceller, VirtioDevice, VirtioEvent, VirtioMemory, VirtioNews, VirtioOptions, VirtioPlayer};

pub use crate::virtio_mmio::{VirtioInput, VirtioInputSelect, VirtioQueue};
