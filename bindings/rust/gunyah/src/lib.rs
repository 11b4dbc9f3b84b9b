// SPDX-License-Identifier: BSD-3-Clause
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]

#[macro_use]
mod raw;

mod arena;
mod backend;
mod cspace;
mod doorbell;
mod error;
mod hwirq;
mod ids;
mod msgqueue;
mod object;
mod observer;
mod panics;
mod session;
mod system;
mod text;
mod time;
mod vic;
mod virtio_input;
mod vpm_group;

pub mod addrspace;
pub mod memextent;
pub mod thread;
pub mod virtio_mmio;
pub mod watchdog;

#[cfg(feature = "rm")]
pub mod boot;
#[cfg(feature = "dt")]
pub mod dt;
#[cfg(feature = "rm")]
pub mod irq;
#[cfg(feature = "rm")]
mod kept;
#[cfg(feature = "linux")]
pub mod linux;
#[cfg(feature = "rm")]
pub mod memory;
#[cfg(all(feature = "std", feature = "rm"))]
pub mod mmio;
#[cfg(feature = "rm")]
pub mod rm;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "rm")]
pub mod vm;

use gunyah_sys as sys;

pub use arena::Arena;
pub use backend::{Backend, Conduit, Convention};
pub use cspace::Cspace;
pub use doorbell::{Doorbell, DoorbellOptions};
pub use error::{Domain, Error, ErrorKind, Result};
pub use hwirq::HwIrq;
pub use ids::{CapId, Virq, Vmid};
#[cfg(feature = "rm")]
pub use kept::Kept;
#[cfg(feature = "std")]
pub use msgqueue::Messages;
pub use msgqueue::{MsgQueue, MsgQueueOptions, Received};
pub use object::Partition;
pub use observer::{Call, Observer, Registers, Watch};
pub use session::{Feature, Identity, Session, SessionOptions};
pub use system::{TraceFlags, MAX_ENTROPY};
pub use time::Timeout;
pub use vic::{MpidrMapping, Vic};
pub use vpm_group::{VpmGroup, VpmState};

/// The guide, whose programs are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/rust.md")]
pub struct Guide;
