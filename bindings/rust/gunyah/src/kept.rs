// SPDX-License-Identifier: BSD-3-Clause
//! Functions that take a handle, and could not.

use crate::Error;
use core::fmt;

/// What a function answers that takes a handle when it can, and could not: the handle is in it.
#[derive(Debug)]
pub struct Kept<H> {
    /// As it was.
    pub handle: H,
    /// Why.
    pub error: Error,
}

impl<H> fmt::Display for Kept<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

#[cfg(feature = "std")]
impl<H: fmt::Debug> std::error::Error for Kept<H> {}

/// The handle is dropped.
impl<H> From<Kept<H>> for Error {
    fn from(kept: Kept<H>) -> Error {
        kept.error
    }
}
