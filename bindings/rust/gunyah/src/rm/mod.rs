// SPDX-License-Identifier: BSD-3-Clause
//! The Resource Manager's client: requests, replies and notifications over a pair of message queues.
//!
//! One request at a time: a Resource Manager keeps one reply for each VM. Notifications come whenever it likes; whichever
//! function looks at the queue keeps them until [`Rm::next_event`] asks. Some requests make a Resource Manager stop for ever, and
//! all VMs with it; they are refused with [`WouldCrash`](crate::ErrorKind::WouldCrash).
//!
//! "The request errors" are those of [`crate::vm`].

mod event;
mod guest;
mod identity;
#[cfg(feature = "std")]
mod request;

pub use event::{Event, Notice};
pub use guest::ExitCode;
pub use identity::{VmIdentity, VmText};
#[cfg(feature = "std")]
pub use request::Request;

use crate::{sys, CapId, Error, ErrorKind, Result, Session, Timeout, Virq};
use core::cell::Cell;

enumeration! {
    /// Generations of the Resource Manager.
    Generation {
        /// Nobody knows, which is the cautious choice.
        Unknown = GUNYAH_RM_GENERATION_UNKNOWN,
        /// That of 2021.
        Of2021 = GUNYAH_RM_GENERATION_2021,
        /// That of 2023.
        Of2023 = GUNYAH_RM_GENERATION_2023,
        /// Later ones.
        Later = GUNYAH_RM_GENERATION_LATER,
    }
}

/// What the device tree says of the connection to the Resource Manager.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct RmOptions {
    pub(crate) raw: sys::gunyah_rm_options,
}

impl RmOptions {
    /// The queue to it, the first of "reg" in the device tree, and the queue from it, the second.
    pub fn new(send: CapId, receive: CapId) -> RmOptions {
        let raw = sys::gunyah_rm_options { send_cap: send.raw(), receive_cap: receive.raw(), ..sys::GUNYAH_RM_OPTIONS_INIT };
        RmOptions { raw }
    }

    /// Not-full interrupt, bound by the Resource Manager: the first of "interrupts".
    pub fn send_virq(mut self, virq: Virq) -> Self {
        self.raw.send_virq = virq.raw();
        self
    }

    /// Not-empty interrupt, bound by the Resource Manager: the second of "interrupts". Without it, a function that waits yields
    /// and looks.
    pub fn receive_virq(mut self, virq: Virq) -> Self {
        self.raw.receive_virq = virq.raw();
        self
    }

    /// Largest packet in bytes, 16 to 1023; 240 without this.
    pub fn message_size(mut self, bytes: u32) -> Self {
        self.raw.message_size = bytes;
        self
    }

    /// Bytes for notifications until they are asked for; 4096 without this.
    pub fn event_bytes(mut self, bytes: u32) -> Self {
        self.raw.event_bytes = bytes;
        self
    }

    /// How long functions wait that are not told; ten seconds without this.
    pub fn default_timeout(mut self, timeout: impl Into<Timeout>) -> Self {
        self.raw.default_timeout_ns = timeout.into().nanoseconds();
        self
    }

    /// Which Resource Manager it is, if that is known: it cannot be asked.
    pub fn generation(mut self, generation: Generation) -> Self {
        self.raw.generation = generation.code();
        self
    }
}

handle! {
    /// A connection to the Resource Manager. VMs, memory parcels and lent interrupts borrow it.
    Rm(gunyah_rm), close gunyah_rm_close, with is_reading: Cell<bool>
}

/// What a connection has counted since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RmCounters {
    /// Begun.
    pub requests: u64,
    /// To the request that was under way.
    pub replies: u64,
    /// That came whole.
    pub notifications: u64,
    /// Notifications that there was no room for: ask for what they would have told.
    pub lost_events: u64,
    /// To requests that were over, or never made.
    pub stale_replies: u64,
    /// Packets and notifications that do not follow the protocol.
    pub malformed: u64,
}

impl<'s> Rm<'s> {
    /// Opens the connection. Makes no call.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), of packets or events;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), an interrupt that cannot be bound;
    /// [`Option`](crate::ErrorKind::Option), the generation; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, options: RmOptions) -> Result<Rm<'s>> {
        // SAFETY: the session is open.
        Rm::made(session, |out| unsafe { sys::gunyah_rm_open(session.raw(), &options.raw, out) })
    }

    /// Makes a request and waits for its reply, whose data behind the error word goes into `reply`. Returns the length of that
    /// data. Without a time-out, that of the options.
    ///
    /// # Errors
    /// [`Busy`](crate::ErrorKind::Busy), another one is under way, or as the Resource Manager says;
    /// [`MessageTooLong`](crate::ErrorKind::MessageTooLong); [`WouldCrash`](crate::ErrorKind::WouldCrash);
    /// [`Timeout`](crate::ErrorKind::Timeout), after which it may still be done;
    /// [`BufferTooSmall`](crate::ErrorKind::BufferTooSmall), it was done; [`Protocol`](crate::ErrorKind::Protocol), the reply
    /// makes no sense; what the Resource Manager answers.
    ///
    /// # Safety
    /// Some requests give memory away, clear it, or start what writes to it.
    pub unsafe fn call(&self, id: u32, request: &[u8], reply: &mut [u8], timeout: Option<Timeout>) -> Result<usize> {
        let mut size = 0;
        let timeout = timeout.unwrap_or(Timeout::DEFAULT).nanoseconds();
        let error = sys::gunyah_rm_call(
            self.raw(),
            id,
            request.as_ptr().cast(),
            request.len(),
            reply.as_mut_ptr().cast(),
            reply.len(),
            &mut size,
            timeout,
        );
        self.check(error).map(|()| size)
    }

    /// Takes the oldest notification, or waits for one. Without a time-out, as long as the options say.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout), there is none; [`InUse`](crate::ErrorKind::InUse), the last one is still there;
    /// the errors of the queue and of [`Session::wait`].
    pub fn next_event(&self, timeout: Option<Timeout>) -> Result<Event<'_>> {
        let timeout = timeout.unwrap_or(Timeout::DEFAULT);
        if self.is_reading.get() {
            return Err(Error::with_text(ErrorKind::InUse, "gunyah_rm_next_event", "the last event is still there"));
        }
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_rm_event = unsafe { core::mem::zeroed() };
        // SAFETY: the handle is open.
        self.check(unsafe { sys::gunyah_rm_next_event(self.raw(), &mut raw, timeout.nanoseconds()) })?;
        self.is_reading.set(true);
        Ok(Event::new(raw, &self.is_reading))
    }

    /// Tells what the connection has counted.
    pub fn counters(&self) -> RmCounters {
        // SAFETY: the counters live as long as the handle.
        let raw = unsafe { *sys::gunyah_rm_get_counters(self.raw()) };
        RmCounters {
            requests: raw.requests,
            replies: raw.replies,
            notifications: raw.notifications,
            lost_events: raw.lost_events,
            stale_replies: raw.stale_replies,
            malformed: raw.malformed,
        }
    }

    /// Returns the session that it was opened from.
    pub fn session(&self) -> &'s Session<'s> {
        self.session
    }

    pub(crate) fn check(&self, error: sys::gunyah_error) -> Result<()> {
        self.session.check(error)
    }
}
