// SPDX-License-Identifier: BSD-3-Clause
//! Calls and requests that go wrong on purpose, and what goes wrong without anybody's call failing.

use super::{Sim, SimVm};
use crate::{sys, Result, Virq};
use core::marker::PhantomData;

/// Which calls fail, and how. Without more, the next call of any VM fails. It does not outlive its VM:
///
/// ```compile_fail,E0505
/// # use gunyah::sim::{Fault, Sim};
/// # fn late(sim: &Sim, other: Sim) -> gunyah::Result<()> {
/// let fault = Fault::new(1).vm(other.root());
/// other.destroy()?; // error: the fault has a VM of it
/// sim.add_fault(fault)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Fault<'m> {
    raw: sys::gunyah_sim_fault,
    vm: PhantomData<SimVm<'m>>,
}

impl Fault<'_> {
    /// Calls fail with an error of the hypervisor, `GUNYAH_HVERR_*`.
    pub fn new(error: i32) -> Self {
        Fault { raw: sys::gunyah_sim_fault { error, ..sys::GUNYAH_SIM_FAULT_INIT }, vm: PhantomData }
    }

    /// Calls of this number alone, `GUNYAH_HYPERCALL_*`.
    pub fn call(mut self, number: u32) -> Self {
        self.raw.call = number;
        self
    }
}

/// What goes wrong with a request to the Resource Manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mischief {
    /// Nothing is done, and the reply is this error, `GUNYAH_RMERR_*`.
    Fail(u32),
    /// Nothing is done, and no reply comes.
    Ignore,
    /// It is done, and no reply comes.
    LoseReply,
    /// The reply comes twice.
    RepeatReply,
    /// A reply to the request before comes first.
    StaleReply,
    /// A reply with the right number, but to another message, comes first.
    OtherReply,
    /// The reply takes so many nanoseconds longer.
    LateReply(u64),
    /// The reply has no more than so many bytes, its error word included.
    CutReply(u64),
    /// The reply has so many zero bytes more.
    PadReply(u64),
    /// Packets that follow no protocol come first.
    Garbage,
    /// So many VM_STATUS notifications come first.
    Flood(u64),
    /// The reply raises no interrupt.
    NoInterrupt,
    /// The Resource Manager stops for ever, and has done nothing.
    Die,
    /// The Resource Manager stops for ever behind the first packet of the reply.
    DieMidway,
}

impl Mischief {
    fn raw(self) -> (sys::gunyah_sim_rm_mischief, u64) {
        match self {
            Mischief::Fail(error) => (sys::GUNYAH_SIM_RM_FAIL, error.into()),
            Mischief::Ignore => (sys::GUNYAH_SIM_RM_IGNORE, 0),
            Mischief::LoseReply => (sys::GUNYAH_SIM_RM_LOSE_REPLY, 0),
            Mischief::RepeatReply => (sys::GUNYAH_SIM_RM_REPEAT_REPLY, 0),
            Mischief::StaleReply => (sys::GUNYAH_SIM_RM_STALE_REPLY, 0),
            Mischief::OtherReply => (sys::GUNYAH_SIM_RM_OTHER_REPLY, 0),
            Mischief::LateReply(nanoseconds) => (sys::GUNYAH_SIM_RM_LATE_REPLY, nanoseconds),
            Mischief::CutReply(bytes) => (sys::GUNYAH_SIM_RM_CUT_REPLY, bytes),
            Mischief::PadReply(bytes) => (sys::GUNYAH_SIM_RM_PAD_REPLY, bytes),
            Mischief::Garbage => (sys::GUNYAH_SIM_RM_GARBAGE, 0),
            Mischief::Flood(count) => (sys::GUNYAH_SIM_RM_FLOOD, count),
            Mischief::NoInterrupt => (sys::GUNYAH_SIM_RM_NO_INTERRUPT, 0),
            Mischief::Die => (sys::GUNYAH_SIM_RM_DIE, 0),
            Mischief::DieMidway => (sys::GUNYAH_SIM_RM_DIE_MIDWAY, 0),
        }
    }
}

/// Which requests to the Resource Manager go wrong, and how. Without more, the next one of any VM does.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct RmFault<'m> {
    raw: sys::gunyah_sim_rm_fault,
    vm: PhantomData<SimVm<'m>>,
}

impl RmFault<'_> {
    /// This goes wrong.
    pub fn new(mischief: Mischief) -> Self {
        let (mischief, value) = mischief.raw();
        RmFault { raw: sys::gunyah_sim_rm_fault { mischief, value, ..sys::GUNYAH_SIM_RM_FAULT_INIT }, vm: PhantomData }
    }

    /// Requests with this id alone, `GUNYAH_RM_*`.
    pub fn message(mut self, id: u32) -> Self {
        self.raw.message = id;
        self
    }
}

/// What goes wrong without anybody's call failing. Times are virtual nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HazardKind {
    /// An interrupt never comes.
    VirqLost,
    /// An interrupt comes later. Those that follow until then are one with it.
    VirqLate {
        /// By so much.
        after: u64,
        /// Up to so much more, by chance.
        spread: u64,
    },
    /// An interrupt comes, and once more later, without a reason.
    VirqTwice {
        /// By so much.
        after: u64,
        /// Up to so much more, by chance.
        spread: u64,
    },
    /// An interrupt becomes pending again and again, without a reason. Needs [`Hazard::vm`] and [`Hazard::virq`].
    VirqFlood {
        /// So long after the last time, at least 1.
        period: u64,
    },
    /// The hypervisor gets no memory from its heap, as if all were in use.
    HeapEmpty,
}

/// What goes wrong, where and when. Without more, the next interrupt of any VM, or the next allocation.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Hazard<'m> {
    raw: sys::gunyah_sim_hazard,
    vm: PhantomData<SimVm<'m>>,
}

impl Hazard<'_> {
    /// This goes wrong.
    pub fn new(kind: HazardKind) -> Self {
        let (kind, after_ns, spread_ns) = match kind {
            HazardKind::VirqLost => (sys::GUNYAH_SIM_VIRQ_LOST, 0, 0),
            HazardKind::VirqLate { after, spread } => (sys::GUNYAH_SIM_VIRQ_LATE, after, spread),
            HazardKind::VirqTwice { after, spread } => (sys::GUNYAH_SIM_VIRQ_TWICE, after, spread),
            HazardKind::VirqFlood { period } => (sys::GUNYAH_SIM_VIRQ_FLOOD, period, 0),
            HazardKind::HeapEmpty => (sys::GUNYAH_SIM_HEAP_EMPTY, 0, 0),
        };
        Hazard { raw: sys::gunyah_sim_hazard { kind, after_ns, spread_ns, ..sys::GUNYAH_SIM_HAZARD_INIT }, vm: PhantomData }
    }

    /// Of this interrupt alone, a shared one.
    pub fn virq(mut self, virq: Virq) -> Self {
        self.raw.virq = virq.raw();
        self
    }
}

macro_rules! occasions {
    ($($fault:ident,)*) => {
        $(
            /// When it happens.
            impl<'m> $fault<'m> {
                /// To this VM alone.
                pub fn vm(mut self, vm: SimVm<'m>) -> Self {
                    self.raw.vm = vm.raw();
                    self
                }

                /// For the first time: 1 is the next one that matches.
                pub fn nth(mut self, nth: u64) -> Self {
                    self.raw.nth = nth;
                    self
                }

                /// How many times in a row; 0: always from then on.
                pub fn count(mut self, count: u64) -> Self {
                    self.raw.count = count;
                    self
                }

                /// Not each time, but by chance, in parts per million; 0: each time.
                pub fn chance(mut self, chance: u32) -> Self {
                    self.raw.chance = chance;
                    self
                }
            }
        )*
    };
}

occasions! {
    Fault,
    Hazard,
    RmFault,
}

impl Sim {
    /// Makes calls fail. The hypervisor does not see such a call. Of several faults that match, the one that was added first
    /// counts.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the error is 0, `nth` is 0, or a VM of another machine;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn add_fault(&self, fault: Fault<'_>) -> Result<()> {
        // SAFETY: the machine and the VM are there.
        self.check(unsafe { sys::gunyah_sim_add_fault(self.raw(), &fault.raw) })
    }

    /// Makes requests to the Resource Manager go wrong.
    ///
    /// # Errors
    /// Those of [`Sim::add_fault`].
    pub fn add_rm_fault(&self, fault: RmFault<'_>) -> Result<()> {
        // SAFETY: the machine and the VM are there.
        self.check(unsafe { sys::gunyah_sim_add_rm_fault(self.raw(), &fault.raw) })
    }

    /// Lets things go wrong. Of several hazards that hit an interrupt, the one that was added first counts.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), `nth` is 0, `chance` is too large, not a shared interrupt, a VM of
    /// another machine, or a flood that lacks something; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn add_hazard(&self, hazard: Hazard<'_>) -> Result<()> {
        // SAFETY: the machine and the VM are there.
        self.check(unsafe { sys::gunyah_sim_add_hazard(self.raw(), &hazard.raw) })
    }

    /// Removes all faults, of both kinds, hazards, and what plans have added. An interrupt that is late comes all the same.
    pub fn clear_faults(&self) {
        // SAFETY: the machine is there. It has no error for that.
        unsafe { sys::gunyah_sim_clear_faults(self.raw()) };
    }
}
