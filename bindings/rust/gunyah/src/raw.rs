// SPDX-License-Identifier: BSD-3-Clause
//! What all handles have in common, and all enumerations.

/// A handle that borrows its session: made by a function that stores it, closed by one that takes it.
macro_rules! handle {
    ($(#[$meta:meta])* $name:ident($raw:ident), close $close:ident $(, with $field:ident: $type:ty)?) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name<'s> {
            session: &'s $crate::Session<'s>,
            raw: core::ptr::NonNull<$crate::sys::$raw>,
            $($field: $type,)?
        }

        impl<'s> $name<'s> {
            /// What a function made that stores a handle.
            pub(crate) fn made(
                session: &'s $crate::Session<'s>,
                make: impl FnOnce(*mut *mut $crate::sys::$raw) -> $crate::sys::gunyah_error,
            ) -> $crate::Result<Self> {
                let mut raw = core::ptr::null_mut();
                let error = make(&mut raw);
                // Before the check, so that it is closed if that panics.
                let handle = Self::from_raw(session, raw);
                session.check(error)?;
                handle.ok_or_else(|| $crate::Error::refused($crate::ErrorKind::Handle, stringify!($name)))
            }

            /// The handle of a pointer that is a handle of the library, or null.
            pub(crate) fn from_raw(session: &'s $crate::Session<'s>, raw: *mut $crate::sys::$raw) -> Option<Self> {
                core::ptr::NonNull::new(raw).map(|raw| $name { session, raw, $($field: <$type>::default(),)? })
            }

            /// Closes the handle, as dropping it does. What it is a handle of stays as it is.
            ///
            /// # Errors
            /// [`InUse`](crate::ErrorKind::InUse), something that was opened with it is open still, because its handle was
            /// forgotten.
            pub fn close(self) -> $crate::Result<()> {
                let handle = core::mem::ManuallyDrop::new(self);
                let mut raw = handle.raw();
                // SAFETY: the handle is open, and nobody else has it.
                handle.session.check(unsafe { $crate::sys::$close(&mut raw) })
            }

            pub(crate) fn raw(&self) -> *mut $crate::sys::$raw {
                self.raw.as_ptr()
            }
        }

        impl Drop for $name<'_> {
            fn drop(&mut self) {
                let mut raw = self.raw();
                // SAFETY: as above.
                unsafe { $crate::sys::$close(&mut raw) };
            }
        }
    };
}

/// A handle of an object of the hypervisor.
macro_rules! object {
    ($(#[$meta:meta])* $name:ident($raw:ident), close $close:ident, capid $capid:ident) => {
        handle! { $(#[$meta])* $name($raw), close $close }

        impl $name<'_> {
            /// Returns the CapID of the object.
            pub fn cap(&self) -> $crate::CapId {
                // SAFETY: the handle is open.
                $crate::CapId::new(unsafe { $crate::sys::$capid(self.raw()) }.value)
            }
        }
    };
}

/// An enumeration of C, whose numbers come from others, and may be new ones.
macro_rules! enumeration {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $raw:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $value,)*
            /// A number that this crate has no name for.
            Other(u32),
        }

        impl $name {
            /// Returns the number of the C interface.
            pub const fn code(self) -> u32 {
                match self {
                    $($name::$value => $crate::sys::$raw as u32,)*
                    $name::Other(code) => code,
                }
            }

            #[allow(dead_code)]
            pub(crate) const fn from_code(code: u32) -> $name {
                match code {
                    $($crate::sys::$raw => $name::$value,)*
                    other => $name::Other(other),
                }
            }
        }
    };
}

/// Bits of C that are given together.
macro_rules! flags {
    ($(#[$meta:meta])* $name:ident($number:ty) { $($(#[$doc:meta])* $value:ident = $bits:expr,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name($number);

        impl $name {
            /// No bit.
            pub const NONE: $name = $name(0);
            $($(#[$doc])* pub const $value: $name = $name($bits);)*

            /// Takes bits for what they are, also those that this crate has no name for.
            pub const fn from_bits(bits: $number) -> $name {
                $name(bits)
            }

            /// Returns the bits of the C interface.
            pub const fn bits(self) -> $number {
                self.0
            }

            /// Tells whether all of these bits are set.
            pub const fn contains(self, bits: $name) -> bool {
                self.0 & bits.0 == bits.0
            }
        }

        impl core::ops::BitOr for $name {
            type Output = $name;

            fn bitor(self, more: $name) -> $name {
                $name(self.0 | more.0)
            }
        }
    };
}
