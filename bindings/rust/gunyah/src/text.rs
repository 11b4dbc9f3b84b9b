// SPDX-License-Identifier: BSD-3-Clause
//! Texts from C and to C, without an allocator.

use crate::sys::c_char;
use core::slice;
use core::str;

/// The bytes of a text before its 0.
///
/// # Safety
/// `text` is null or leads to a text that ends with 0 and stays as it is for `'a`.
pub(crate) unsafe fn bytes<'a>(text: *const c_char) -> Option<&'a [u8]> {
    if text.is_null() {
        return None;
    }
    let mut length = 0;
    while *text.add(length) != 0 {
        length += 1;
    }
    Some(slice::from_raw_parts(text.cast(), length))
}

/// A text of the library; none for null. What is not UTF-8 ends before that.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn optional<'a>(text: *const c_char) -> Option<&'a str> {
    bytes(text).map(|bytes| match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => str::from_utf8_unchecked(&bytes[..error.valid_up_to()]),
    })
}

/// A text of the library; empty for null.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn borrowed<'a>(text: *const c_char) -> &'a str {
    optional(text).unwrap_or("")
}

/// A text for C, which has no 0 in it.
#[cfg(any(feature = "sim", feature = "linux", all(feature = "std", feature = "dt")))]
pub(crate) fn owned(text: Option<&str>) -> crate::Result<Option<std::ffi::CString>> {
    let text = text.map(std::ffi::CString::new).transpose();

    text.map_err(|_| crate::Error::with_text(crate::ErrorKind::ArgumentInvalid, "text", "a text has a 0 in it"))
}

/// What C gets of it; null for none.
#[cfg(any(feature = "sim", feature = "linux", all(feature = "std", feature = "dt")))]
pub(crate) fn pointer(text: &Option<std::ffi::CString>) -> *const c_char {
    text.as_ref().map_or(core::ptr::null(), |text| text.as_ptr())
}

/// A short text for C, where there is no allocator: of fewer than `SIZE` bytes.
#[cfg(feature = "rm")]
pub(crate) struct Short<const SIZE: usize>([c_char; SIZE]);

#[cfg(feature = "rm")]
impl<const SIZE: usize> Short<SIZE> {
    pub(crate) fn new(text: &str, call: &'static str) -> crate::Result<Short<SIZE>> {
        use crate::{Error, ErrorKind};
        if text.len() >= SIZE {
            return Err(Error::refused(ErrorKind::ArgumentSize, call));
        }
        if text.as_bytes().contains(&0) {
            return Err(Error::with_text(ErrorKind::ArgumentInvalid, call, "a text has a 0 in it"));
        }
        let mut bytes = [0; SIZE];
        for (to, from) in bytes.iter_mut().zip(text.as_bytes()) {
            *to = *from as c_char;
        }
        Ok(Short(bytes))
    }

    pub(crate) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr()
    }
}
