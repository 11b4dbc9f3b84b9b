// SPDX-License-Identifier: BSD-3-Clause
//! Who carries hypercalls.

use crate::sys;
use core::marker::PhantomData;

/// Whoever carries hypercalls for a session: a VM of the simulator, a driver of Linux, or instructions. Lives as long as `'b`.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Backend<'b> {
    raw: *const sys::gunyah_backend,
    life: PhantomData<&'b ()>,
}

impl<'b> Backend<'b> {
    /// Takes a backend of the C interface, such as that of `gunyah_baremetal_backend()` or one of your own.
    ///
    /// # Safety
    /// `backend` is null, which every session refuses, or leads to a backend that lives as long as `'b` and follows the contract
    /// of `backend.h`; what it points to may be used from the thread that opens the session.
    pub const unsafe fn from_raw(backend: *const sys::gunyah_backend) -> Backend<'b> {
        Backend { raw: backend, life: PhantomData }
    }

    /// Returns what it is in the C interface.
    pub const fn as_raw(self) -> *const sys::gunyah_backend {
        self.raw
    }
}

/// Where the number of a call travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Convention {
    /// Function id `0xC6008000 | number` in x0, arguments from x1.
    Smccc,
    /// Number in the immediate of the `hvc`, arguments from x0.
    Immediate,
}

impl Convention {
    pub(crate) fn raw(self) -> sys::gunyah_convention {
        match self {
            Convention::Smccc => sys::GUNYAH_CONVENTION_SMCCC,
            Convention::Immediate => sys::GUNYAH_CONVENTION_IMMEDIATE,
        }
    }

    pub(crate) fn from_raw(raw: sys::gunyah_convention) -> Convention {
        match raw {
            sys::GUNYAH_CONVENTION_IMMEDIATE => Convention::Immediate,
            _ => Convention::Smccc,
        }
    }
}

/// Instruction that enters the hypervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conduit {
    /// `hvc`.
    Hvc,
    /// `smc`.
    Smc,
}

impl Conduit {
    pub(crate) fn raw(self) -> sys::gunyah_conduit {
        match self {
            Conduit::Hvc => sys::GUNYAH_CONDUIT_HVC,
            Conduit::Smc => sys::GUNYAH_CONDUIT_SMC,
        }
    }

    pub(crate) fn from_raw(raw: sys::gunyah_conduit) -> Conduit {
        match raw {
            sys::GUNYAH_CONDUIT_SMC => Conduit::Smc,
            _ => Conduit::Hvc,
        }
    }
}
