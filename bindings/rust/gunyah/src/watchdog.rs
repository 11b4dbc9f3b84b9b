// SPDX-License-Identifier: BSD-3-Clause
//! Watchdogs: clocks that a VM has to set back ("pet") in time. A watchdog that was not barks at one time, which is an interrupt for
//! the VM, and bites at another one, which is an interrupt for whoever keeps the VM.
//!
//! There are two sides. The owner of a VM makes a watchdog, binds its interrupts and attaches the vCPUs of the VM ([`Watchdog`]). The
//! VM needs no capability: it calls, and the hypervisor knows by the vCPU which watchdog is meant ([`OwnWatchdog`]).
//!
//! The open hypervisor has none of this: every call answers [`Unimplemented`](crate::ErrorKind::Unimplemented).
//! [`Session::has`] tells before, with [`Feature::Watchdog`](crate::Feature::Watchdog).
//!
//! ```
//! use gunyah::sim::SimOptions;
//! use gunyah::watchdog::{OwnWatchdog, Watchdog};
//! use gunyah::{Cspace, ErrorKind, Feature, Partition, Session, Vic, Virq};
//!
//! fn main() -> gunyah::Result<()> {
//!     let sim = SimOptions::new().as_manual().create()?;
//!     let session = Session::open(sim.root().backend())?;
//!     let own = sim.root().info();
//!     let partition = Partition::open(&session, own.partition.unwrap())?;
//!     let cspace = Cspace::open(&session, own.cspace.unwrap())?;
//!     let vic = Vic::open(&session, own.vic.unwrap())?;
//!     assert!(session.has(Feature::Watchdog));
//!
//!     let watchdog = Watchdog::create(&partition, &cspace)?;
//!     watchdog.configure(false)?; // a bite is no reason to stop the machine
//!     watchdog.activate()?;
//!     watchdog.bind_bite(&vic, Virq::new(40))?;
//!     // Now watchdog.attach_vcpu() gives it to a thread that is not active yet. This VM has none itself:
//!     assert_eq!(OwnWatchdog::of(&session).pet().unwrap_err().kind(), ErrorKind::Unimplemented);
//!     Ok(())
//! }
//! ```

use crate::thread::Thread;
use crate::{sys, CapId, Cspace, Partition, Result, Session, Vic, Virq};
use core::mem::zeroed;
use core::time::Duration;

/// The longest time of a watchdog.
pub const MAX_TIME: Duration = Duration::from_millis(sys::GUNYAH_WATCHDOG_MAX_TIME_MS as u64);

object! {
    /// A watchdog, as whoever keeps the VM has it.
    Watchdog(gunyah_watchdog), close gunyah_watchdog_close, capid gunyah_watchdog_capid
}

impl<'s> Watchdog<'s> {
    /// Opens a watchdog that this VM has a capability for, as the owner of a VM that it schedules itself has one among
    /// the VM's resources. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<Watchdog<'s>> {
        // SAFETY: the session is open.
        Watchdog::made(session, |out| unsafe { sys::gunyah_watchdog_open(session.raw(), cap.raw(), out) })
    }

    /// Creates a watchdog.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<Watchdog<'s>> {
        // SAFETY: the handles are open.
        Watchdog::made(partition.session(), |out| unsafe { sys::gunyah_watchdog_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the options, before activation. `critical_bite`: a bite takes the whole machine down, with all of its VMs.
    ///
    /// # Errors
    /// The capability errors.
    pub fn configure(&self, critical_bite: bool) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_watchdog_configure(self.raw(), critical_bite) })
    }

    /// Activates the watchdog. It is off until its VM enables it.
    ///
    /// # Errors
    /// The capability errors.
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_watchdog_activate(self.raw()) })
    }

    /// Gives a thread that is not active yet its watchdog; once more, and the last one counts. Several threads may have the same
    /// one: any of them pets it for all.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the thread is none that a VM's code runs on, or, as the manual has it,
    /// has the option [`hlos_vm`](crate::thread::ThreadOptions::hlos_vm), or handles of two sessions; the capability errors, rights
    /// ATTACH_VCPU and, of the thread, ACTIVATE; [`ObjectState`](crate::ErrorKind::ObjectState), the watchdog is not active, or the thread is.
    pub fn attach_vcpu(&self, thread: &Thread<'_>) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_watchdog_attach_vcpu(self.raw(), thread.raw()) })
    }

    /// Binds the interrupt that comes when the watchdog barks: once after each time that it was pet, and once more when it
    /// goes on after a freeze, or with new times, by which it has barked already. Edge triggered.
    ///
    /// # Errors
    /// Those of [`Doorbell::bind`](crate::Doorbell::bind), right BIND_VIRQ; [`NoMemory`](crate::ErrorKind::NoMemory).
    pub fn bind_bark(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_watchdog_bind_bark_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Binds the interrupt that comes when the watchdog bites: once, and then it is off. The controller is that of whoever
    /// keeps the VM. As [`Watchdog::bind_bark`], and both may be bound.
    ///
    /// # Errors
    /// Those of [`Watchdog::bind_bark`].
    pub fn bind_bite(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_watchdog_bind_bite_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds the interrupt of the bark; success if nothing is bound.
    ///
    /// # Errors
    /// The capability errors; right BIND_VIRQ.
    pub fn unbind_bark(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_watchdog_unbind_bark_virq(self.raw()) })
    }

    /// Unbinds the interrupt of the bite; success if nothing is bound.
    ///
    /// # Errors
    /// The capability errors; right BIND_VIRQ.
    pub fn unbind_bite(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_watchdog_unbind_bite_virq(self.raw()) })
    }

    /// Stops the watchdog from counting, so that it neither barks nor bites unless it has already: for whoever cannot run the VM for
    /// a while. Freezes are counted: it goes on when it was unfrozen as often, with the time that it had left. The
    /// hypervisor does so by itself while the whole VM is suspended.
    ///
    /// # Errors
    /// The capability errors, right MANAGE; [`Busy`](crate::ErrorKind::Busy), it is frozen as often as can be counted.
    pub fn freeze(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_watchdog_freeze(self.raw()) })
    }

    /// Freezes it, and lets it count from 0 when it goes on.
    ///
    /// # Errors
    /// Those of [`Watchdog::freeze`].
    pub fn freeze_and_reset(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_watchdog_freeze_and_reset(self.raw()) })
    }

    /// Undoes one freeze.
    ///
    /// # Errors
    /// The capability errors, right MANAGE; [`Busy`](crate::ErrorKind::Busy), it is not frozen.
    pub fn unfreeze(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_watchdog_unfreeze(self.raw()) })
    }
}

/// What a watchdog does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchdogStatus {
    /// It counts: it is neither off nor frozen, and has not bitten.
    pub enabled: bool,
    /// It counts, and bites next: it has barked since it was pet, or will not.
    pub expired: bool,
    /// The time since the last pet, or since it began to count, in whole milliseconds. What it stood still is part of that until it
    /// goes on.
    pub since_pet: Duration,
}

/// The watchdog of the vCPU that calls. Which vCPU of the VM that is does not matter if all were given the same one.
///
/// Each function may answer [`Unimplemented`](crate::ErrorKind::Unimplemented), this vCPU has no watchdog, or this hypervisor has
/// none; [`Unsupported`](crate::ErrorKind::Unsupported), the session's calls reach no hypervisor: there the operating system minds
/// the watchdog; or [`Unknown`](crate::ErrorKind::Unknown).
#[derive(Clone, Copy, Debug)]
pub struct OwnWatchdog<'s> {
    session: &'s Session<'s>,
}

impl<'s> OwnWatchdog<'s> {
    /// That of this VM, if it has one. Makes no call.
    pub fn of(session: &'s Session<'_>) -> OwnWatchdog<'s> {
        OwnWatchdog { session }
    }

    /// Lets the watchdog count: from 0, or, if it has counted before and was neither pet since nor given new times, from where it
    /// was. Set its times before.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), on some hypervisors: it is on already, and nothing changes. A program
    /// for all of them takes that for success.
    pub fn enable(self) -> Result<()> {
        // SAFETY: the session is open.
        self.session.check(unsafe { sys::gunyah_own_watchdog_enable(self.session.raw()) })
    }

    /// Lets the watchdog count no more: it neither barks nor bites.
    ///
    /// # Errors
    /// That of [`OwnWatchdog::enable`], for one that is off already.
    pub fn disable(self) -> Result<()> {
        // SAFETY: the session is open.
        self.session.check(unsafe { sys::gunyah_own_watchdog_disable(self.session.raw()) })
    }

    /// Pets the watchdog: it counts from 0 again. One that is off will, when it is enabled.
    ///
    /// # Errors
    /// None of its own.
    #[inline]
    pub fn pet(self) -> Result<()> {
        // SAFETY: the session is open.
        self.session.check(unsafe { sys::gunyah_own_watchdog_pet(self.session.raw()) })
    }

    /// Sets how long after it was pet the watchdog barks, and how long after that same moment it bites: at most [`MAX_TIME`] each, in
    /// milliseconds that are not rounded down; none: as before. It does not bark if it would not do so before it bites.
    /// Set both before it is enabled for the first time.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), too long.
    pub fn set_times(self, bark: Option<Duration>, bite: Option<Duration>) -> Result<()> {
        let (bark, bite) = (milliseconds(bark), milliseconds(bite));
        // SAFETY: the session is open.
        self.session.check(unsafe { sys::gunyah_own_watchdog_set_times(self.session.raw(), bark, bite) })
    }

    /// Tells what the watchdog does.
    ///
    /// # Errors
    /// None of its own.
    pub fn status(self) -> Result<WatchdogStatus> {
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_own_watchdog_status = unsafe { zeroed() };
        // SAFETY: the session is open.
        self.session.check(unsafe { sys::gunyah_own_watchdog_get_status(self.session.raw(), &mut raw) })?;
        let since_pet = Duration::from_millis(raw.since_pet_ms.into());
        Ok(WatchdogStatus { enabled: raw.enabled, expired: raw.expired, since_pet })
    }
}

/// The library refuses what is too long, but for the number that leaves a time as it is.
fn milliseconds(time: Option<Duration>) -> u32 {
    match time {
        None => sys::GUNYAH_WATCHDOG_TIME_UNCHANGED,
        Some(time) if time > MAX_TIME => u32::MAX,
        Some(time) => ((time.as_nanos() + 999_999) / 1_000_000) as u32,
    }
}
