// SPDX-License-Identifier: BSD-3-Clause
//! Joining two VMs, as a Resource Manager does.

use super::{Sim, SimVm};
use crate::{sys, CapId, DoorbellOptions, MsgQueueOptions, Result, Virq};

/// What a message queue between two VMs is like.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct MsgQueueWireOptions {
    depth: u32,
    // Both of its ends in one.
    ends: MsgQueueOptions,
}

impl MsgQueueWireOptions {
    /// 1 to 255 messages, of 1 to 1023 bytes; no interrupts.
    pub fn new(depth: u32, message_size: u32) -> MsgQueueWireOptions {
        MsgQueueWireOptions { depth, ends: MsgQueueOptions::new(CapId::INVALID, message_size) }
    }

    /// Not-full interrupt of the sender.
    pub fn send_virq(mut self, virq: Virq) -> Self {
        self.ends = self.ends.send_virq(virq);
        self
    }

    /// Not-empty interrupt of the receiver.
    pub fn receive_virq(mut self, virq: Virq) -> Self {
        self.ends = self.ends.receive_virq(virq);
        self
    }
}

/// The ends of a message queue between two VMs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MsgQueueWire {
    /// In the sender's capability space.
    pub send_cap: CapId,
    /// In the receiver's capability space.
    pub receive_cap: CapId,
    ends: MsgQueueOptions,
}

impl MsgQueueWire {
    /// Returns how the sender opens it.
    pub fn sender(&self) -> MsgQueueOptions {
        MsgQueueOptions { cap: self.send_cap, receive_virq: None, ..self.ends }
    }

    /// Returns how the receiver opens it.
    pub fn receiver(&self) -> MsgQueueOptions {
        MsgQueueOptions { cap: self.receive_cap, send_virq: None, ..self.ends }
    }
}

/// The ends of a doorbell between two VMs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DoorbellWire {
    /// In the sender's capability space.
    pub send_cap: CapId,
    /// In the receiver's capability space.
    pub receive_cap: CapId,
    virq: Option<Virq>,
}

impl DoorbellWire {
    /// Returns how the sender opens it.
    pub fn sender(&self) -> DoorbellOptions {
        DoorbellOptions::new(self.send_cap)
    }

    /// Returns how the receiver opens it.
    pub fn receiver(&self) -> DoorbellOptions {
        let options = DoorbellOptions::new(self.receive_cap);
        self.virq.map_or(options, |virq| options.virq(virq))
    }
}

impl Sim {
    /// Joins two VMs with a message queue: creates, configures and activates it, binds the interrupts, which are edge triggered,
    /// and hands out capabilities with the rights of each side. The two may be the same VM.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), depth or message size;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a VM of another machine, or an interrupt that cannot be bound;
    /// [`Busy`](crate::ErrorKind::Busy), an interrupt is taken; [`NoMemory`](crate::ErrorKind::NoMemory);
    /// [`CspaceFull`](crate::ErrorKind::CspaceFull); [`Failure`](crate::ErrorKind::Failure), of the root VM;
    /// [`Crashed`](crate::ErrorKind::Crashed), the hypervisor stopped. Nothing remains then.
    pub fn connect_msgqueue(&self, from: SimVm<'_>, to: SimVm<'_>, options: MsgQueueWireOptions) -> Result<MsgQueueWire> {
        let mut raw = sys::GUNYAH_SIM_MSGQUEUE_INIT;
        raw.from = from.raw();
        raw.to = to.raw();
        raw.depth = options.depth;
        raw.message_size = options.ends.message_size;
        raw.send_virq = Virq::raw_or_none(options.ends.send_virq);
        raw.receive_virq = Virq::raw_or_none(options.ends.receive_virq);
        // SAFETY: the machine and the VMs are there.
        self.check(unsafe { sys::gunyah_sim_connect_msgqueue(self.raw(), &mut raw) })?;
        let (send_cap, receive_cap) = (CapId::new(raw.send_cap.value), CapId::new(raw.receive_cap.value));
        Ok(MsgQueueWire { send_cap, receive_cap, ends: options.ends })
    }

    /// Joins two VMs with a doorbell, and an interrupt of the receiver if one is given.
    ///
    /// # Errors
    /// Those of [`Sim::connect_msgqueue`].
    pub fn connect_doorbell(&self, from: SimVm<'_>, to: SimVm<'_>, virq: Option<Virq>) -> Result<DoorbellWire> {
        let mut raw = sys::GUNYAH_SIM_DOORBELL_INIT;
        raw.from = from.raw();
        raw.to = to.raw();
        raw.virq = Virq::raw_or_none(virq);
        // SAFETY: the machine and the VMs are there.
        self.check(unsafe { sys::gunyah_sim_connect_doorbell(self.raw(), &mut raw) })?;
        Ok(DoorbellWire { send_cap: CapId::new(raw.send_cap.value), receive_cap: CapId::new(raw.receive_cap.value), virq })
    }
}
