// SPDX-License-Identifier: BSD-3-Clause
//! Nodes that are added to a tree. What texts and numbers may be, `dt_build.h` says.

#![allow(clippy::result_large_err)]

use super::texts::Texts;
use super::{Builder, Interrupt, TreeError};
use crate::{sys, Virq};

/// An interrupt; none: number 0.
fn interrupt(interrupt: Option<Interrupt>) -> sys::gunyah_dt_interrupt {
    let virq = Virq::raw_or_none(interrupt.map(|interrupt| interrupt.virq));
    sys::gunyah_dt_interrupt { virq, level: interrupt.map_or(false, |interrupt| interrupt.level) }
}

/// A channel to the Resource Manager for the VM, without which it has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct RmRpc<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// Bytes, 1 to 1023; 0: 240.
    pub message_size: u32,
    /// 1 to 255; 0: 8.
    pub queue_depth: u32,
    /// Both, or neither: the Resource Manager chooses.
    pub send_interrupt: Option<Interrupt>,
    /// Both, or neither: the Resource Manager chooses.
    pub receive_interrupt: Option<Interrupt>,
    /// The owner can open a console of this VM.
    pub console: bool,
}

impl RmRpc<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_rm_rpc, TreeError> {
        Ok(sys::gunyah_dt_rm_rpc {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            message_size: self.message_size,
            queue_depth: self.queue_depth,
            send_interrupt: interrupt(self.send_interrupt),
            receive_interrupt: interrupt(self.receive_interrupt),
            console: self.console,
            ..sys::GUNYAH_DT_RM_RPC_INIT
        })
    }
}

/// A doorbell that rings in the VM, or that the VM rings.
#[derive(Clone, Copy, Debug)]
pub struct Bell<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// What the two sides call it.
    pub label: u32,
    /// The VM on the other side: "vm-name:", "vm-guid:" or "vm-uri:" and what it is called; none: the owner.
    pub peer: Option<&'n str>,
    /// Of the VM; none: the Resource Manager chooses. Of a source, none.
    pub interrupt: Option<Interrupt>,
    /// Who rings may take flags back.
    pub source_can_clear: bool,
}

impl Default for Bell<'_> {
    fn default() -> Self {
        let raw = sys::GUNYAH_DT_BELL_INIT;
        Bell { name: None, generate: None, label: 0, peer: None, interrupt: None, source_can_clear: raw.source_can_clear }
    }
}

impl Bell<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_bell, TreeError> {
        Ok(sys::gunyah_dt_bell {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            label: self.label,
            peer: texts.add(self.peer)?,
            interrupt: interrupt(self.interrupt),
            source_can_clear: self.source_can_clear,
            ..sys::GUNYAH_DT_BELL_INIT
        })
    }
}

/// A message queue between the VM and its owner.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueueNode<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// What the two sides call it.
    pub label: u32,
    /// This VM sends, and the owner receives; else the other way round.
    pub sends: bool,
    /// Bytes, 1 to 1023; 0: 240.
    pub message_size: u32,
    /// 1 to 255; 0: 8.
    pub queue_depth: u32,
    /// Of the VM; none: the Resource Manager chooses.
    pub interrupt: Option<Interrupt>,
}

impl QueueNode<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_msgqueue, TreeError> {
        Ok(sys::gunyah_dt_msgqueue {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            label: self.label,
            sends: self.sends,
            message_size: self.message_size,
            queue_depth: self.queue_depth,
            interrupt: interrupt(self.interrupt),
            ..sys::GUNYAH_DT_MSGQUEUE_INIT
        })
    }
}

/// Two message queues, one in each direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueuePair<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// What the two sides call it.
    pub label: u32,
    /// The VM on the other side: "vm-name:", "vm-guid:" or "vm-uri:" and what it is called; none: the owner.
    pub peer: Option<&'n str>,
    /// Bytes, 1 to 1023; 0: 240.
    pub message_size: u32,
    /// 1 to 255; 0: 8.
    pub queue_depth: u32,
    /// Both, or neither: the Resource Manager chooses.
    pub send_interrupt: Option<Interrupt>,
    /// Both, or neither: the Resource Manager chooses.
    pub receive_interrupt: Option<Interrupt>,
}

impl QueuePair<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_msgqueue_pair, TreeError> {
        Ok(sys::gunyah_dt_msgqueue_pair {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            label: self.label,
            peer: texts.add(self.peer)?,
            message_size: self.message_size,
            queue_depth: self.queue_depth,
            send_interrupt: interrupt(self.send_interrupt),
            receive_interrupt: interrupt(self.receive_interrupt),
            ..sys::GUNYAH_DT_MSGQUEUE_PAIR_INIT
        })
    }
}

/// Memory that is shared with the owner: a parcel with the same label.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shm<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// What the two sides call it.
    pub label: u32,
    /// IPA, a multiple of 4 KiB; 0: the Resource Manager chooses.
    pub address: u64,
    /// The VM starts without the parcel too.
    pub optional: bool,
    /// Handed to the VM: where devices see the memory.
    pub dma_base: Option<u64>,
    /// What the node in the VM is compatible with, at most 6.
    pub compatible: &'n [&'n str],
}

impl Shm<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_shm, TreeError> {
        Ok(sys::gunyah_dt_shm {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            label: self.label,
            address: self.address,
            optional: self.optional,
            has_dma_base: self.dma_base.is_some(),
            dma_base: self.dma_base.unwrap_or(0),
            compatible: texts.add_list(self.compatible)?,
            compatible_count: self.compatible.len(),
            ..sys::GUNYAH_DT_SHM_INIT
        })
    }
}

/// A virtio device whose registers the hypervisor keeps; the owner is the backend.
#[derive(Clone, Copy, Debug)]
pub struct Virtio<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// What the two sides call it.
    pub label: u32,
    /// IPA, a multiple of 4 KiB; 0: the Resource Manager chooses.
    pub address: u64,
    /// Of the VM; none: the Resource Manager chooses.
    pub interrupt: Option<Interrupt>,
    /// As virtio numbers them; 0: not told.
    pub device_type: u32,
    /// 1 to 16.
    pub queue_count: u32,
    /// It sees the caches.
    pub dma_coherent: bool,
    /// Handed to the VM: where devices see the memory.
    pub dma_base: Option<u64>,
    /// What the node in the VM is compatible with, at most 6.
    pub compatible: &'n [&'n str],
}

impl Default for Virtio<'_> {
    fn default() -> Self {
        let raw = sys::GUNYAH_DT_VIRTIO_INIT;
        Virtio {
            name: None,
            generate: None,
            label: 0,
            address: 0,
            interrupt: None,
            device_type: 0,
            queue_count: raw.queue_count,
            dma_coherent: false,
            dma_base: None,
            compatible: &[],
        }
    }
}

impl Virtio<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_virtio, TreeError> {
        Ok(sys::gunyah_dt_virtio {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            label: self.label,
            address: self.address,
            interrupt: interrupt(self.interrupt),
            device_type: self.device_type,
            queue_count: self.queue_count,
            dma_coherent: self.dma_coherent,
            has_dma_base: self.dma_base.is_some(),
            dma_base: self.dma_base.unwrap_or(0),
            compatible: texts.add_list(self.compatible)?,
            compatible_count: self.compatible.len(),
            ..sys::GUNYAH_DT_VIRTIO_INIT
        })
    }
}

/// Registers of a physical device, which the owner lends to the VM as a parcel of I/O memory with the same label.
#[derive(Clone, Copy, Debug, Default)]
pub struct IoMem<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// What the two sides call it.
    pub label: u32,
    /// What the node in the VM is compatible with, at most 6.
    pub compatible: &'n [&'n str],
}

impl IoMem<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_iomem, TreeError> {
        Ok(sys::gunyah_dt_iomem {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            label: self.label,
            compatible: texts.add_list(self.compatible)?,
            compatible_count: self.compatible.len(),
            ..sys::GUNYAH_DT_IOMEM_INIT
        })
    }
}

/// A real-time clock; a VM has at most one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rtc<'n> {
    /// Of the node in the configuration; none: the type and the label.
    pub name: Option<&'n str>,
    /// Path of the node that the VM finds; none: below /hypervisor.
    pub generate: Option<&'n str>,
    /// IPA, a multiple of 4 KiB; 0: the Resource Manager chooses.
    pub address: u64,
}

impl Rtc<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_rtc, TreeError> {
        Ok(sys::gunyah_dt_rtc {
            name: texts.add(self.name)?,
            generate: texts.add(self.generate)?,
            address: self.address,
            ..sys::GUNYAH_DT_RTC_INIT
        })
    }
}

/// A device that the VMM emulates: accesses to its registers trap to it. Its interrupt is that of a doorbell of the tree.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceNode<'n> {
    /// Of the node, without its address.
    pub name: &'n str,
    /// What the node in the VM is compatible with, at most 6.
    pub compatible: &'n [&'n str],
    /// IPA of the registers.
    pub address: u64,
    /// How many there are, not 0.
    pub bytes: u64,
    /// An SPI that a doorbell of the tree has; none: it has none.
    pub interrupt: Option<Interrupt>,
    /// It sees the caches.
    pub dma_coherent: bool,
}

impl DeviceNode<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_device_node, TreeError> {
        Ok(sys::gunyah_dt_device_node {
            name: texts.add(Some(self.name))?,
            compatible: texts.add_list(self.compatible)?,
            compatible_count: self.compatible.len(),
            address: self.address,
            bytes: self.bytes,
            interrupt: interrupt(self.interrupt),
            dma_coherent: self.dma_coherent,
            ..sys::GUNYAH_DT_DEVICE_NODE_INIT
        })
    }
}

/// Memory that the VM's kernel leaves alone: a pool for its devices, or the place of a parcel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reserved<'n> {
    /// Of the node, without its address.
    pub name: &'n str,
    /// "restricted-dma-pool", "shared-dma-pool".
    pub compatible: Option<&'n str>,
    /// A multiple of 4 KiB, not 0.
    pub bytes: u64,
    /// Without label, a power of two; 0: any.
    pub alignment: u64,
    /// This is where the parcel with this label goes; none: the VM takes it from its memory, wherever it likes.
    pub label: Option<u32>,
    /// IPA of the parcel, a multiple of 4 KiB.
    pub address: u64,
    /// The kernel must not map it.
    pub no_map: bool,
}

impl Reserved<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_reserved, TreeError> {
        Ok(sys::gunyah_dt_reserved {
            name: texts.add(Some(self.name))?,
            compatible: texts.add(self.compatible)?,
            bytes: self.bytes,
            alignment: self.alignment,
            has_label: self.label.is_some(),
            label: self.label.unwrap_or(0),
            address: self.address,
            no_map: self.no_map,
            ..sys::GUNYAH_DT_RESERVED_INIT
        })
    }
}

macro_rules! adding {
    ($($(#[$meta:meta])* $function:ident($node:ident) = $raw:ident,)*) => {
        /// Adding nodes. Each function returns [`ObjectState`](crate::ErrorKind::ObjectState), something was added that comes
        /// behind it; [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment);
        /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), anything else that is not as the struct says;
        /// [`InUse`](crate::ErrorKind::InUse), another one has the name, the label, the interrupt, or a part of the memory.
        /// Emulated devices and reserved memory, also: [`Unsupported`](crate::ErrorKind::Unsupported), the tree existed before;
        /// [`NotFound`](crate::ErrorKind::NotFound), no doorbell has the interrupt.
        impl Builder<'_> {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// Those of all nodes.
                pub fn $function(&mut self, node: &$node<'_>) -> Result<(), TreeError> {
                    let mut texts = Texts::default();
                    let raw = node.raw(&mut texts)?;
                    // SAFETY: the tree was begun; what the struct points to lives till the end of this.
                    self.attempt(stringify!($raw), |build| unsafe { sys::$raw(build, &raw) })
                }
            )*
        }
    };
}

adding! {
    /// Adds a channel to the Resource Manager.
    add_rm_rpc(RmRpc) = gunyah_dt_add_rm_rpc,
    /// Adds a doorbell that rings in the VM.
    add_doorbell(Bell) = gunyah_dt_add_doorbell,
    /// Adds a doorbell that the VM rings, without an interrupt.
    add_doorbell_source(Bell) = gunyah_dt_add_doorbell_source,
    /// Adds a message queue.
    add_msgqueue(QueueNode) = gunyah_dt_add_msgqueue,
    /// Adds two message queues.
    add_msgqueue_pair(QueuePair) = gunyah_dt_add_msgqueue_pair,
    /// Adds shared memory.
    add_shm(Shm) = gunyah_dt_add_shm,
    /// Adds shared memory with a doorbell in each direction.
    add_shm_doorbell(Shm) = gunyah_dt_add_shm_doorbell,
    /// Adds a virtio device.
    add_virtio_mmio(Virtio) = gunyah_dt_add_virtio_mmio,
    /// Adds registers of a physical device.
    add_iomem(IoMem) = gunyah_dt_add_iomem,
    /// Adds a real-time clock.
    add_rtc(Rtc) = gunyah_dt_add_rtc,
    /// Adds a device that the VMM emulates, behind all virtual devices.
    add_device(DeviceNode) = gunyah_dt_add_device,
    /// Adds reserved memory, behind all devices.
    add_reserved(Reserved) = gunyah_dt_add_reserved,
}
