// SPDX-License-Identifier: BSD-3-Clause
//! A request that is under way while its caller does something else.

use super::Rm;
use crate::{sys, Error, ErrorKind, Result, Timeout};

/// A request that is under way. Dropping gives it up: its reply will be dropped too, and the Resource Manager does it all the
/// same if all of it was sent.
#[derive(Debug)]
pub struct Request<'r> {
    rm: &'r Rm<'r>,
    // Lent to the library until it is over; who forgets the request, forgets them too.
    _payload: Vec<u8>,
    reply: Vec<u8>,
    is_over: bool,
}

impl<'s> Rm<'s> {
    /// Begins a request: sends as much as the queue takes. What is left goes out from [`Request::finish`] and [`Rm::next_event`].
    /// `capacity` is room for the data of the reply, in bytes.
    ///
    /// # Errors
    /// [`Busy`](crate::ErrorKind::Busy), another one is under way; [`MessageTooLong`](crate::ErrorKind::MessageTooLong);
    /// [`WouldCrash`](crate::ErrorKind::WouldCrash); the errors of the queue. Nothing is under way then.
    ///
    /// # Safety
    /// As [`Rm::call`].
    pub unsafe fn begin(&self, id: u32, payload: Vec<u8>, capacity: usize) -> Result<Request<'_>> {
        let mut reply = vec![0; capacity];
        let error =
            sys::gunyah_rm_begin(self.raw(), id, payload.as_ptr().cast(), payload.len(), reply.as_mut_ptr().cast(), reply.len());
        // Before the check, so that it is given up if that panics.
        let request = Request { rm: self, _payload: payload, reply, is_over: error != sys::GUNYAH_OK };
        self.check(error).map(|()| request)
    }
}

impl Request<'_> {
    /// Waits for the reply, and returns its data. Without a time-out, as long as the options of the connection say.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout), not there yet: call it again. After all others it is over: those of [`Rm::call`],
    /// and [`ObjectState`](crate::ErrorKind::ObjectState) when it was over.
    pub fn finish(&mut self, timeout: Option<Timeout>) -> Result<&[u8]> {
        if self.is_over {
            // Another one may be under way.
            return Err(Error::refused(ErrorKind::ObjectState, "gunyah_rm_finish"));
        }
        let mut size = 0;
        let timeout = timeout.unwrap_or(Timeout::DEFAULT).nanoseconds();
        // SAFETY: the handle is open, and its request is this one.
        let result = self.rm.check(unsafe { sys::gunyah_rm_finish(self.rm.raw(), &mut size, timeout) });

        self.is_over |= !matches!(&result, Err(error) if error.kind() == ErrorKind::Timeout);
        result.map(|()| &self.reply[..size])
    }

    /// Gives the request up, as dropping does.
    ///
    /// # Errors
    /// [`ObjectState`](crate::ErrorKind::ObjectState), it is over.
    pub fn cancel(mut self) -> Result<()> {
        if self.is_over {
            return Err(Error::refused(ErrorKind::ObjectState, "gunyah_rm_cancel"));
        }
        self.is_over = true;
        // SAFETY: the handle is open, and its request is this one.
        self.rm.check(unsafe { sys::gunyah_rm_cancel(self.rm.raw()) })
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            // SAFETY: the handle is open, and its request is this one.
            unsafe { sys::gunyah_rm_cancel(self.rm.raw()) };
        }
    }
}
