// SPDX-License-Identifier: BSD-3-Clause
//! The C interface of libgunyah, the SDK for the Gunyah hypervisor, as it is: its numbers, structs and functions, all generated
//! from the headers, whose comments are their contracts. The crate `gunyah` is what programs use; this one is for what that has
//! not.
//!
//! The library behind it is libgunyah-ffi. It is looked for in the folder that `GUNYAH_LIB_DIR` names, else by `pkg-config`; with
//! the feature `static`, it is `libgunyah-ffi.a`.
//!
//! ```
//! // SAFETY: it has no conditions.
//! let version = unsafe { gunyah_sys::gunyah_version() };
//! assert_eq!(version >> 16, gunyah_sys::GUNYAH_VERSION_MAJOR as u32);
//! ```
#![no_std]

mod abi;
mod ffi;

pub use abi::*;
pub use ffi::*;
