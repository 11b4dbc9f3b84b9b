// SPDX-License-Identifier: BSD-3-Clause
//! What is wrong with a tree, and where.

use crate::{sys, text, Error, ErrorKind};
use core::fmt;

/// What is wrong with a tree, or was not found in it, and where.
#[derive(Clone, Copy)]
pub struct TreeError {
    error: Error,
    path: [sys::c_char; sys::GUNYAH_DT_MAX_NAME as usize],
    property: Option<&'static str>,
}

impl TreeError {
    pub(super) fn new(code: sys::gunyah_error, call: &'static str, problem: &sys::gunyah_dt_problem) -> TreeError {
        let bare = Error::bare(code, call);
        // SAFETY: the texts of the library live for ever.
        let (text, property) = unsafe { (text::optional(problem.text), text::optional(problem.property)) };
        let error = text.map_or(bare, |text| Error::with_text(bare.kind(), call, text));
        TreeError { error, path: problem.path, property }
    }

    /// Returns what went wrong, in general.
    pub fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// Returns what is wrong, as one clause.
    pub fn text(&self) -> &'static str {
        self.error.text()
    }

    /// Returns the path of the node; its name alone, if the path is too long; empty for the whole tree.
    pub fn path(&self) -> &str {
        // SAFETY: the library ends it with a 0.
        unsafe { text::borrowed(self.path.as_ptr()) }
    }

    /// Returns the name of the property, if it is about one.
    pub fn property(&self) -> Option<&'static str> {
        self.property
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path().is_empty() {
            write!(f, "{}: ", self.path())?;
        }
        if let Some(property) = self.property {
            write!(f, "{property}: ")?;
        }
        fmt::Display::fmt(&self.error, f)
    }
}

impl fmt::Debug for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TreeError")
            .field("error", &self.error)
            .field("path", &self.path())
            .field("property", &self.property)
            .finish()
    }
}

#[cfg(feature = "std")]
impl std::error::Error for TreeError {}

/// About nothing in the tree.
impl From<Error> for TreeError {
    fn from(error: Error) -> TreeError {
        TreeError { error, path: [0; sys::GUNYAH_DT_MAX_NAME as usize], property: None }
    }
}

/// Without the place.
impl From<TreeError> for Error {
    fn from(error: TreeError) -> Error {
        error.error
    }
}
