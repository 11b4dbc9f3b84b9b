// SPDX-License-Identifier: BSD-3-Clause
//! The crate against the simulator: what Rust adds to the C interface. That the same calls are made as from C, the scenarios tell
//! (bindings/rust/scenarios).

mod machine;

#[cfg(feature = "dt")]
mod built;
mod callbacks;
mod errors;
mod guests;
mod lifetimes;
mod plans;
mod queues;
mod threads;
#[cfg(feature = "dt")]
mod trees;
#[cfg(feature = "linux")]
mod vmm;
