// SPDX-License-Identifier: BSD-3-Clause
//! Texts of a struct of C, as long as it is used.

#![allow(clippy::result_large_err)]

use super::TreeError;
use crate::sys::c_char;
use crate::text;
use core::ptr;
use std::ffi::CString;

#[derive(Default)]
pub(super) struct Texts {
    texts: Vec<CString>,
    lists: Vec<Vec<*const c_char>>,
}

impl Texts {
    /// Keeps a text, and returns what C gets of it.
    pub(super) fn add(&mut self, text: Option<&str>) -> Result<*const c_char, TreeError> {
        let text = text::owned(text).map_err(TreeError::from)?;
        let pointer = text::pointer(&text);

        self.texts.extend(text);
        Ok(pointer)
    }

    /// The same for a list of texts.
    pub(super) fn add_list(&mut self, list: &[&str]) -> Result<*const *const c_char, TreeError> {
        if list.is_empty() {
            return Ok(ptr::null());
        }
        let list = list.iter().map(|text| self.add(Some(text))).collect::<Result<Vec<_>, _>>()?;
        let pointer = list.as_ptr();

        self.lists.push(list);
        Ok(pointer)
    }
}
