// SPDX-License-Identifier: BSD-3-Clause
//! Seeing every call of a session: traces, statistics, injected faults.

use crate::{panics, sys};
use core::cell::{Cell, UnsafeCell};
use core::ffi::c_void;

/// x0 to x7.
pub type Registers = [u64; 8];

/// One call, as an observer sees it.
#[derive(Debug)]
pub struct Call<'c> {
    event: &'c sys::gunyah_call_event,
}

impl Call<'_> {
    /// Returns the place of the call in the session; 0 for the first one.
    pub fn sequence(&self) -> u64 {
        self.event.sequence
    }

    /// Returns the number of the hypercall; none for another function of SMCCC.
    pub fn number(&self) -> Option<u32> {
        Some(self.event.number).filter(|number| *number != u32::MAX)
    }

    /// Returns the registers of the call: x0 the SMCCC function id, arguments from x1, in either convention.
    pub fn registers(&self) -> &Registers {
        // SAFETY: valid during the callback, which outlives self.
        unsafe { &(*self.event.call).x }
    }
}

/// Sees the calls of a session. It runs in the thread that makes the call, and sees nothing of calls that it makes itself.
///
/// A closure that takes a call and its answer is an observer whose [`Observer::after`] it is.
pub trait Observer {
    /// Before the call. `Some` keeps it back, and is its answer: an error code of the hypervisor in x0.
    fn before(&mut self, _call: &Call<'_>) -> Option<Registers> {
        None
    }

    /// After the call, also after one that was kept back. The answer may be changed.
    fn after(&mut self, _call: &Call<'_>, _answer: &mut Registers) {}
}

impl<F: FnMut(&Call<'_>, &mut Registers)> Observer for F {
    fn after(&mut self, call: &Call<'_>, answer: &mut Registers) {
        self(call, answer)
    }
}

/// An observer in its place, for [`SessionOptions::observer`](crate::SessionOptions::observer).
#[derive(Debug)]
pub struct Watch<O> {
    observer: UnsafeCell<O>,
    inside: Cell<bool>,
}

impl<O: Observer> Watch<O> {
    /// Gives an observer its place.
    pub const fn new(observer: O) -> Watch<O> {
        Watch { observer: UnsafeCell::new(observer), inside: Cell::new(false) }
    }

    /// Returns the observer, when the session is closed.
    pub fn into_inner(self) -> O {
        self.observer.into_inner()
    }

    pub(crate) fn raw(&mut self) -> sys::gunyah_observer {
        sys::gunyah_observer { context: self as *mut Watch<O> as *mut c_void, before: Some(before::<O>), after: Some(after::<O>) }
    }

    /// Lets the observer see something, unless it is looking already.
    fn look<R>(&self, otherwise: R, see: impl FnOnce(&mut O) -> R) -> R {
        if self.inside.replace(true) {
            return otherwise;
        }
        // SAFETY: inside keeps a second look out, and nobody else has the observer while the session is open.
        let result = panics::catch(otherwise, || see(unsafe { &mut *self.observer.get() }));
        self.inside.set(false);
        result
    }
}

unsafe extern "C" fn before<O: Observer>(context: *mut c_void, event: *const sys::gunyah_call_event) -> bool {
    let watch = &*(context as *const Watch<O>);
    let event = &*event;

    match watch.look(None, |observer| observer.before(&Call { event })) {
        Some(answer) => {
            (*event.answer).x = answer;
            true
        }
        None => false,
    }
}

unsafe extern "C" fn after<O: Observer>(context: *mut c_void, event: *const sys::gunyah_call_event) {
    let watch = &*(context as *const Watch<O>);
    let event = &*event;

    watch.look((), |observer| observer.after(&Call { event }, &mut (*event.answer).x));
}
