// SPDX-License-Identifier: BSD-3-Clause
//! Panics in callbacks, which must not unwind through C: caught there, and resumed when the call has come back.

#[cfg(feature = "std")]
mod imp {
    use std::any::Any;
    use std::cell::{Cell, RefCell};
    use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

    thread_local! {
        // Callbacks run in the thread that made the call. The flag is what every call looks at.
        static IS_PENDING: Cell<bool> = const { Cell::new(false) };
        static PAYLOAD: RefCell<Option<Box<dyn Any + Send>>> = const { RefCell::new(None) };
    }

    /// Runs a callback. After a panic, and for all that come before it is resumed, the result is `otherwise`.
    pub(crate) fn catch<R>(otherwise: R, callback: impl FnOnce() -> R) -> R {
        if IS_PENDING.with(Cell::get) {
            return otherwise;
        }
        // What the callback leaves half-changed, the one who sees the panic resumed has to know.
        catch_unwind(AssertUnwindSafe(callback)).unwrap_or_else(|payload| {
            PAYLOAD.with(|place| *place.borrow_mut() = Some(payload));
            IS_PENDING.with(|pending| pending.set(true));
            otherwise
        })
    }

    /// Goes on with a panic, if a callback had one.
    #[inline]
    pub(crate) fn resume() {
        if IS_PENDING.with(Cell::get) {
            go_on();
        }
    }

    #[cold]
    fn go_on() {
        IS_PENDING.with(|pending| pending.set(false));
        if let Some(payload) = PAYLOAD.with(|place| place.borrow_mut().take()) {
            resume_unwind(payload);
        }
    }
}

#[cfg(not(feature = "std"))]
mod imp {
    /// A second panic during the first one ends the program.
    struct Abort;

    impl Drop for Abort {
        fn drop(&mut self) {
            panic!("a callback of the library panicked, and nobody can unwind from there");
        }
    }

    /// Runs a callback. Where nobody catches panics, one of them ends the program.
    pub(crate) fn catch<R>(_otherwise: R, callback: impl FnOnce() -> R) -> R {
        let abort = Abort;
        let result = callback();
        core::mem::forget(abort);
        result
    }

    #[inline]
    pub(crate) fn resume() {}
}

pub(crate) use imp::{catch, resume};
