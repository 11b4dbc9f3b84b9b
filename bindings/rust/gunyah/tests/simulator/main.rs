// SPDX-License-Identifier: BSD-3-Clause
//! The crate against the simulator: what Rust adds to the C interface. That the same calls are made as from C, the scenarios tell
//! (bindings/rust/scenarios).

mod machine;
mod wire;

#[cfg(feature = "dt")]
mod built;
mod callbacks;
mod devices;
mod errors;
mod extents;
mod guests;
mod lifetimes;
mod plans;
mod queues;
mod threads;
#[cfg(feature = "dt")]
mod trees;
mod vcpus;
#[cfg(feature = "linux")]
mod vmm;
mod watchdogs;
