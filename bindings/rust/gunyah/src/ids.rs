// SPDX-License-Identifier: BSD-3-Clause
//! Numbers that are easily taken for each other, as types that are not.

use crate::sys;
use core::fmt;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident($number:ty), $raw:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name($number);

        impl $name {
            /// Takes a number for what it is.
            pub const fn new(value: $number) -> Self {
                Self(value)
            }

            /// Returns the number.
            pub const fn get(self) -> $number {
                self.0
            }

            pub(crate) const fn raw(self) -> sys::$raw {
                sys::$raw { value: self.0 }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::LowerHex for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::LowerHex::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// A capability id: opaque, and meaningful only in the capability space that it came from. 0 can be valid.
    CapId(u64), gunyah_capid_t
}

id! {
    /// A virtual interrupt: a plain GIC interrupt number. Sources bind to shared ones, 32 to 1019.
    Virq(u32), gunyah_virq_t
}

id! {
    /// The id of a virtual machine, 1 to 255. 255 is the root VM.
    Vmid(u16), gunyah_vmid_t
}

impl CapId {
    /// The id of no capability.
    pub const INVALID: CapId = CapId(u64::MAX);

    #[cfg(feature = "rm")]
    pub(crate) fn from_raw(raw: sys::gunyah_capid_t) -> Option<CapId> {
        Some(CapId(raw.value)).filter(|cap| *cap != Self::INVALID)
    }
}

impl Virq {
    /// Tells whether a source can be bound to an interrupt of this number at all (32 to 1019).
    pub fn is_bindable(self) -> bool {
        // SAFETY: a pure function of its argument.
        unsafe { sys::gunyah_virq_is_bindable(self.raw()) }
    }

    #[cfg(feature = "rm")]
    pub(crate) fn from_raw(raw: sys::gunyah_virq_t) -> Option<Virq> {
        Some(Virq(raw.value)).filter(|virq| virq.0 != 0)
    }

    pub(crate) fn raw_or_none(virq: Option<Virq>) -> sys::gunyah_virq_t {
        virq.unwrap_or(Virq(0)).raw()
    }
}

#[cfg(feature = "rm")]
impl Vmid {
    pub(crate) fn from_raw(raw: sys::gunyah_vmid_t) -> Option<Vmid> {
        Some(Vmid(raw.value)).filter(|vmid| vmid.0 != 0)
    }

    pub(crate) fn raw_or_none(vmid: Option<Vmid>) -> sys::gunyah_vmid_t {
        vmid.unwrap_or(Vmid(0)).raw()
    }
}
