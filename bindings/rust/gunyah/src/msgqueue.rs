// SPDX-License-Identifier: BSD-3-Clause
//! Message queues: bounded messages in one direction.

#[cfg(feature = "std")]
use crate::ErrorKind;
use crate::{sys, CapId, Cspace, Partition, Result, Session, Timeout, Vic, Virq};

object! {
    /// A message queue, from a VM that may send to a VM that may receive.
    MsgQueue(gunyah_msgqueue), close gunyah_msgqueue_close, capid gunyah_msgqueue_capid
}

/// Which message queue to open.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct MsgQueueOptions {
    pub(crate) cap: CapId,
    pub(crate) message_size: u32,
    pub(crate) send_virq: Option<Virq>,
    pub(crate) receive_virq: Option<Virq>,
}

impl MsgQueueOptions {
    /// The queue that this VM has the capability `cap` for, with messages of at most `message_size` bytes (1 to 1023), as it was
    /// configured.
    pub fn new(cap: CapId, message_size: u32) -> MsgQueueOptions {
        MsgQueueOptions { cap, message_size, send_virq: None, receive_virq: None }
    }

    /// The not-full interrupt that is bound already, for [`MsgQueue::wait_not_full`].
    pub fn send_virq(mut self, virq: Virq) -> Self {
        self.send_virq = Some(virq);
        self
    }

    /// The not-empty interrupt that is bound already, for [`MsgQueue::wait_not_empty`].
    pub fn receive_virq(mut self, virq: Virq) -> Self {
        self.receive_virq = Some(virq);
        self
    }
}

/// A message that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received<'m> {
    /// The message, in the buffer that was given.
    pub message: &'m [u8],
    /// Whether there are more messages.
    pub more: bool,
}

impl<'s> MsgQueue<'s> {
    /// Opens a message queue that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), of messages; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), an
    /// interrupt that cannot be bound; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, options: MsgQueueOptions) -> Result<MsgQueue<'s>> {
        let mut raw = sys::GUNYAH_MSGQUEUE_OPTIONS_INIT;
        raw.cap = options.cap.raw();
        raw.message_size = options.message_size;
        raw.send_virq = Virq::raw_or_none(options.send_virq);
        raw.receive_virq = Virq::raw_or_none(options.receive_virq);
        // SAFETY: the session is open.
        MsgQueue::made(session, |out| unsafe { sys::gunyah_msgqueue_open(session.raw(), &raw, out) })
    }

    /// Creates a message queue.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<MsgQueue<'s>> {
        // SAFETY: the handles are open.
        MsgQueue::made(partition.session(), |out| unsafe { sys::gunyah_msgqueue_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the shape, before activation: most messages (1 to 255), and most bytes of one (1 to 1023).
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize); the capability errors.
    pub fn configure(&self, depth: u32, message_size: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_configure(self.raw(), depth, message_size) })
    }

    /// Activates the queue.
    ///
    /// # Errors
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), not configured; [`NoMemory`](crate::ErrorKind::NoMemory); the capability
    /// errors.
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_activate(self.raw()) })
    }

    /// Returns the largest message in bytes; 0 for a created queue that is not configured yet.
    pub fn message_size(&self) -> usize {
        // SAFETY: the handle is open.
        unsafe { sys::gunyah_msgqueue_message_size(self.raw()) as usize }
    }

    /// Appends a message. Returns whether there is room for another one.
    ///
    /// # Errors
    /// [`Full`](crate::ErrorKind::Full), nothing was sent: wait and try again; [`MessageEmpty`](crate::ErrorKind::MessageEmpty);
    /// [`MessageTooLong`](crate::ErrorKind::MessageTooLong); [`ObjectConfig`](crate::ErrorKind::ObjectConfig), a created queue
    /// that was not configured; the capability errors, right SEND.
    #[inline]
    pub fn send(&self, message: &[u8]) -> Result<bool> {
        self.append(message, 0)
    }

    /// As [`MsgQueue::send`], and interrupts the receiver now, whatever its threshold.
    ///
    /// # Errors
    /// Those of [`MsgQueue::send`].
    #[inline]
    pub fn push(&self, message: &[u8]) -> Result<bool> {
        self.append(message, sys::GUNYAH_MSGQUEUE_PUSH)
    }

    #[inline]
    fn append(&self, message: &[u8], flags: u32) -> Result<bool> {
        let mut not_full = false;
        // SAFETY: the handle is open; the message is read during the call.
        let error =
            unsafe { sys::gunyah_msgqueue_send(self.raw(), message.as_ptr().cast(), message.len(), flags, &mut not_full) };
        self.session.check(error).map(|()| not_full)
    }

    /// Takes the oldest message into a buffer of at least [`MsgQueue::message_size`] bytes, so that no message can get stuck.
    ///
    /// # Errors
    /// [`Empty`](crate::ErrorKind::Empty); [`BufferTooSmall`](crate::ErrorKind::BufferTooSmall);
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), as for sending; the capability errors, right RECEIVE.
    #[inline]
    pub fn receive<'m>(&self, buffer: &'m mut [u8]) -> Result<Received<'m>> {
        let mut size = 0;
        let mut more = false;
        // SAFETY: the handle is open; the buffer is written during the call, and no byte of it is behind its end.
        let error =
            unsafe { sys::gunyah_msgqueue_receive(self.raw(), buffer.as_mut_ptr().cast(), buffer.len(), &mut size, &mut more) };
        self.session.check(error)?;
        Ok(Received { message: &buffer[..size], more })
    }

    /// Takes the messages that are there, one after the other. The iterator ends when the queue is empty, or behind an error.
    #[cfg(feature = "std")]
    pub fn messages(&self) -> Messages<'_, 's> {
        Messages { queue: self, buffer: vec![0; self.message_size()], is_over: false }
    }

    /// Drops all messages; if there were any, the sender is interrupted.
    ///
    /// # Errors
    /// The capability errors; right RECEIVE.
    pub fn flush(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_flush(self.raw()) })
    }

    /// Binds the not-full interrupt. A queue that has room already does not interrupt.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), not a shared interrupt of the controller, or handles of two
    /// sessions; the capability errors, right BIND_SEND; [`VirqBound`](crate::ErrorKind::VirqBound), the queue has one;
    /// [`Busy`](crate::ErrorKind::Busy), the interrupt has another source.
    pub fn bind_send(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_msgqueue_bind_send_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Binds the not-empty interrupt.
    ///
    /// # Errors
    /// Those of [`MsgQueue::bind_send`]; right BIND_RECEIVE.
    pub fn bind_receive(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_msgqueue_bind_receive_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds the not-full interrupt; success if nothing is bound. Blocks for a grace period of the hypervisor.
    ///
    /// # Errors
    /// The capability errors; right BIND_SEND.
    pub fn unbind_send(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_unbind_send_virq(self.raw()) })
    }

    /// Unbinds the not-empty interrupt, as [`MsgQueue::unbind_send`].
    ///
    /// # Errors
    /// The capability errors; right BIND_RECEIVE.
    pub fn unbind_receive(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_unbind_receive_virq(self.raw()) })
    }

    /// Chooses when the not-full interrupt comes: when the number of messages falls to this, 0 to the depth - 1.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid); the capability errors, right SEND.
    pub fn set_send_threshold(&self, threshold: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_set_send_threshold(self.raw(), threshold) })
    }

    /// Chooses when the not-empty interrupt comes: when the number of messages rises to this, 1 to the depth.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid); the capability errors, right RECEIVE.
    pub fn set_receive_threshold(&self, threshold: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_set_receive_threshold(self.raw(), threshold) })
    }

    /// Waits for the not-full interrupt, after [`Full`](crate::ErrorKind::Full). Try again then; it may still be full.
    ///
    /// # Errors
    /// [`NotBound`](crate::ErrorKind::NotBound), no interrupt is known; [`Unsupported`](crate::ErrorKind::Unsupported);
    /// [`Timeout`](crate::ErrorKind::Timeout); [`Deadlock`](crate::ErrorKind::Deadlock), in the simulator;
    /// [`Crashed`](crate::ErrorKind::Crashed).
    pub fn wait_not_full(&self, timeout: impl Into<Timeout>) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_wait_not_full(self.raw(), timeout.into().nanoseconds()) })
    }

    /// Waits for the not-empty interrupt, after [`Empty`](crate::ErrorKind::Empty).
    ///
    /// # Errors
    /// Those of [`MsgQueue::wait_not_full`].
    pub fn wait_not_empty(&self, timeout: impl Into<Timeout>) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_msgqueue_wait_not_empty(self.raw(), timeout.into().nanoseconds()) })
    }
}

/// The messages that are in a queue; from [`MsgQueue::messages`].
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct Messages<'q, 's> {
    queue: &'q MsgQueue<'s>,
    buffer: Vec<u8>,
    is_over: bool,
}

#[cfg(feature = "std")]
impl Iterator for Messages<'_, '_> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.queue.receive(&mut self.buffer) {
            Ok(received) => Some(Ok(received.message.to_vec())),
            Err(error) => {
                self.is_over = true;
                Some(Err(error)).filter(|_| error.kind() != ErrorKind::Empty)
            }
        }
    }
}

#[cfg(feature = "std")]
impl std::iter::FusedIterator for Messages<'_, '_> {}
