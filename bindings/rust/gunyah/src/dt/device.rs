// SPDX-License-Identifier: BSD-3-Clause
//! Virtual devices, as a tree tells of them.

use crate::vm::Region;
use crate::{sys, text, CapId, Virq, Vmid};
use core::fmt;
use core::marker::PhantomData;

enumeration! {
    /// Kinds of virtual devices.
    DeviceKind {
        /// Of any kind, for looking for one.
        Any = GUNYAH_DT_ANY,
        /// Queues to and from the Resource Manager.
        ResourceManager = GUNYAH_DT_RESOURCE_MANAGER,
        /// A message queue, in one direction.
        MsgQueue = GUNYAH_DT_MSGQUEUE,
        /// Two, one in each direction.
        MsgQueuePair = GUNYAH_DT_MSGQUEUE_PAIR,
        /// A doorbell that rings here.
        Doorbell = GUNYAH_DT_DOORBELL,
        /// A doorbell that this VM rings.
        DoorbellSource = GUNYAH_DT_DOORBELL_SOURCE,
        /// Memory of several VMs, perhaps with a doorbell in each direction.
        SharedMemory = GUNYAH_DT_SHARED_MEMORY,
        /// A virtio device.
        VirtioMmio = GUNYAH_DT_VIRTIO_MMIO,
        /// A watchdog.
        Watchdog = GUNYAH_DT_WATCHDOG,
    }
}

/// An interrupt of this VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupt {
    /// Its number.
    pub virq: Virq,
    /// Triggered by level, else by edge.
    pub level: bool,
}

/// One end of a message queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its capability.
    pub cap: CapId,
    /// Sending: not full; receiving: not empty.
    pub interrupt: Option<Interrupt>,
    /// Largest message in bytes.
    pub message_size: u32,
    /// Most messages.
    pub depth: u32,
}

/// The queues of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queues {
    /// To the peer.
    pub send: Option<Queue>,
    /// From the peer.
    pub receive: Option<Queue>,
    /// Both at the same time.
    pub full_duplex: bool,
    /// Resource Manager: the first interrupt that it may hand out.
    pub free_irq_start: Option<u32>,
}

/// One end of a doorbell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorbellEnd {
    /// Its capability.
    pub cap: CapId,
    /// Where it rings here.
    pub interrupt: Option<Interrupt>,
}

/// Memory of several VMs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Handle of the parcel.
    pub memparcel: Option<u32>,
    /// How many regions [`Tree::region`](crate::dt::Tree::region) has.
    pub region_count: u32,
    /// Where devices see it.
    pub dma_base: Option<u64>,
    /// To ring the peer.
    pub send_doorbell: Option<DoorbellEnd>,
    /// That the peer rings.
    pub receive_doorbell: Option<DoorbellEnd>,
}

/// A virtio device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VirtioMmio {
    /// Its registers.
    pub registers: Region,
    /// Its interrupt.
    pub interrupt: Option<Interrupt>,
    /// It sees the caches.
    pub dma_coherent: bool,
    /// For its buffers; without a region: any memory. No doorbells.
    pub memory: Memory,
}

/// What there is to a device of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Details {
    /// Of a Resource Manager, a message queue, or a pair of them.
    Queues(Queues),
    /// Of a doorbell, or the source of one.
    Doorbell(DoorbellEnd),
    /// Of shared memory.
    Memory(Memory),
    /// Of a virtio device.
    VirtioMmio(VirtioMmio),
    /// Of a watchdog: its bark.
    Watchdog(Option<Interrupt>),
    /// Of nothing that this crate knows.
    Other,
}

/// A virtual device. Its texts lie in the tree.
#[derive(Clone, Copy)]
pub struct Device<'t> {
    pub(super) raw: sys::gunyah_dt_device,
    tree: PhantomData<&'t [u8]>,
}

impl<'t> Device<'t> {
    pub(super) fn from_raw(raw: sys::gunyah_dt_device) -> Device<'t> {
        Device { raw, tree: PhantomData }
    }

    /// Returns the name of its node, with its address.
    pub fn name(&self) -> &'t str {
        // SAFETY: it lies in the tree.
        unsafe { text::borrowed(self.raw.name) }
    }

    /// Returns what it is.
    pub fn kind(&self) -> DeviceKind {
        DeviceKind::from_code(self.raw.kind)
    }

    /// Returns what the two sides call it.
    pub fn label(&self) -> Option<u32> {
        Some(self.raw.label).filter(|_| self.raw.has_label)
    }

    /// Returns the VM on the other side.
    pub fn peer(&self) -> Option<Vmid> {
        Some(Vmid::new(self.raw.peer.value)).filter(|_| self.raw.has_peer)
    }

    /// Returns the same by name, as in "vm-name:other".
    pub fn peer_name(&self) -> Option<&'t str> {
        // SAFETY: it lies in the tree.
        unsafe { text::optional(self.raw.peer_name) }
    }

    /// Returns what there is to it.
    pub fn details(&self) -> Details {
        let of = &self.raw.of_kind;
        // SAFETY: the kind says which field the library filled in.
        unsafe {
            match self.kind() {
                DeviceKind::ResourceManager | DeviceKind::MsgQueue | DeviceKind::MsgQueuePair => {
                    Details::Queues(queues(&of.queues))
                }
                DeviceKind::Doorbell | DeviceKind::DoorbellSource => {
                    let (cap, interrupt) = (CapId::new(of.doorbell.cap.value), interrupt(of.doorbell.interrupt));
                    Details::Doorbell(DoorbellEnd { cap, interrupt })
                }
                DeviceKind::SharedMemory => Details::Memory(memory(&of.memory)),
                DeviceKind::VirtioMmio => Details::VirtioMmio(virtio_mmio(&of.virtio_mmio)),
                DeviceKind::Watchdog => Details::Watchdog(interrupt(of.watchdog)),
                _ => Details::Other,
            }
        }
    }
}

impl fmt::Debug for Device<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("name", &self.name())
            .field("kind", &self.kind())
            .field("label", &self.label())
            .field("details", &self.details())
            .finish_non_exhaustive()
    }
}

fn interrupt(raw: sys::gunyah_dt_interrupt) -> Option<Interrupt> {
    Virq::from_raw(raw.virq).map(|virq| Interrupt { virq, level: raw.level })
}

fn queue(raw: &sys::gunyah_dt_queue) -> Option<Queue> {
    let (message_size, depth) = (raw.message_size, raw.depth);
    CapId::from_raw(raw.cap).map(|cap| Queue { cap, interrupt: interrupt(raw.interrupt), message_size, depth })
}

fn queues(raw: &sys::gunyah_dt_queues) -> Queues {
    Queues {
        send: queue(&raw.send),
        receive: queue(&raw.receive),
        full_duplex: raw.full_duplex,
        free_irq_start: Some(raw.free_irq_start).filter(|_| raw.has_free_irq_start),
    }
}

fn doorbell(raw: &sys::gunyah_dt_doorbell) -> Option<DoorbellEnd> {
    CapId::from_raw(raw.cap).map(|cap| DoorbellEnd { cap, interrupt: interrupt(raw.interrupt) })
}

fn memory(raw: &sys::gunyah_dt_memory) -> Memory {
    Memory {
        memparcel: Some(raw.memparcel).filter(|_| raw.has_memparcel),
        region_count: raw.region_count,
        dma_base: Some(raw.dma_base).filter(|_| raw.has_dma_base),
        send_doorbell: doorbell(&raw.send_doorbell),
        receive_doorbell: doorbell(&raw.receive_doorbell),
    }
}

fn virtio_mmio(raw: &sys::gunyah_dt_virtio_mmio) -> VirtioMmio {
    VirtioMmio {
        registers: Region::new(raw.registers.address, raw.registers.size),
        interrupt: interrupt(raw.interrupt),
        dma_coherent: raw.dma_coherent,
        memory: memory(&raw.memory),
    }
}
