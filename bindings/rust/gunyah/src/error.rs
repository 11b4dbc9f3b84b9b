// SPDX-License-Identifier: BSD-3-Clause
//! The closed list of errors, and where each one came from.

use crate::{sys, text};
use core::fmt;

/// What the functions of this crate return.
pub type Result<T> = core::result::Result<T, Error>;

macro_rules! kinds {
    ($name:ident { $($(#[$doc:meta])* $kind:ident = $code:ident,)* }) => {
        /// What went wrong, in general. [`Error`] has the whole of it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $kind,)*
        }

        impl $name {
            /// Every kind that there is.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$kind,)*];

            /// Returns the number of the C interface, `GUNYAH_ERR_*`.
            pub const fn code(self) -> i32 {
                match self {
                    $(ErrorKind::$kind => sys::$code as i32,)*
                }
            }

            fn from_code(code: i32) -> ErrorKind {
                $(
                    if code == sys::$code as i32 {
                        return ErrorKind::$kind;
                    }
                )*
                ErrorKind::Unknown
            }
        }
    };
}

kinds! {
    ErrorKind {
        /// A pointer that must not be null is null.
        Null = GUNYAH_ERR_NULL,
        /// The handle is closed or of another kind.
        Handle = GUNYAH_ERR_HANDLE,
        /// An option struct is too small or sets something unknown.
        Option = GUNYAH_ERR_OPTION,
        /// No hypervisor was found on this machine.
        NoBackend = GUNYAH_ERR_NO_BACKEND,
        /// No Gunyah hypervisor answered.
        NotGunyah = GUNYAH_ERR_NOT_GUNYAH,
        /// The hypervisor has an unknown API version.
        ApiVersion = GUNYAH_ERR_API_VERSION,
        /// The backend cannot do this.
        Unsupported = GUNYAH_ERR_UNSUPPORTED,
        /// Nothing happened in time.
        Timeout = GUNYAH_ERR_TIMEOUT,
        /// Everybody waits and nobody can end it.
        Deadlock = GUNYAH_ERR_DEADLOCK,
        /// No interrupt is known to wait for.
        NotBound = GUNYAH_ERR_NOT_BOUND,
        /// Something still uses it.
        InUse = GUNYAH_ERR_IN_USE,
        /// The caller's memory is exhausted.
        OutOfMemory = GUNYAH_ERR_OUT_OF_MEMORY,
        /// A message must have at least one byte.
        MessageEmpty = GUNYAH_ERR_MESSAGE_EMPTY,
        /// The message is longer than the queue allows.
        MessageTooLong = GUNYAH_ERR_MESSAGE_TOO_LONG,
        /// The buffer is smaller than the queue's largest message.
        BufferTooSmall = GUNYAH_ERR_BUFFER_TOO_SMALL,
        /// The hypervisor stopped.
        Crashed = GUNYAH_ERR_CRASHED,
        /// The answer is a code that nothing is documented to answer.
        Unknown = GUNYAH_ERR_UNKNOWN,
        /// What the peer sent does not follow the protocol.
        Protocol = GUNYAH_ERR_PROTOCOL,
        /// The request could stop the hypervisor or the Resource Manager.
        WouldCrash = GUNYAH_ERR_WOULD_CRASH,
        /// The device tree is malformed.
        DeviceTree = GUNYAH_ERR_DEVICE_TREE,
        /// Nothing like what was asked for is there.
        NotFound = GUNYAH_ERR_NOT_FOUND,
        /// A file is damaged or of a kind that is not known.
        Format = GUNYAH_ERR_FORMAT,
        /// What was asked for is not implemented.
        Unimplemented = GUNYAH_ERR_UNIMPLEMENTED,
        /// The hypervisor asks to try again.
        Retry = GUNYAH_ERR_RETRY,
        /// An argument is not valid.
        ArgumentInvalid = GUNYAH_ERR_ARGUMENT_INVALID,
        /// A size is not valid.
        ArgumentSize = GUNYAH_ERR_ARGUMENT_SIZE,
        /// An argument is not aligned.
        ArgumentAlignment = GUNYAH_ERR_ARGUMENT_ALIGNMENT,
        /// Whoever was asked is out of memory.
        NoMemory = GUNYAH_ERR_NO_MEMORY,
        /// What is needed does not exist, or is used up.
        NoResources = GUNYAH_ERR_NO_RESOURCES,
        /// An address range wraps around.
        AddrOverflow = GUNYAH_ERR_ADDR_OVERFLOW,
        /// An address is too low.
        AddrUnderflow = GUNYAH_ERR_ADDR_UNDERFLOW,
        /// An address is not mapped or not writable.
        AddrInvalid = GUNYAH_ERR_ADDR_INVALID,
        /// The operation is denied.
        Denied = GUNYAH_ERR_DENIED,
        /// The object or resource is busy.
        Busy = GUNYAH_ERR_BUSY,
        /// The vCPU is idle.
        Idle = GUNYAH_ERR_IDLE,
        /// The object is in the wrong state.
        ObjectState = GUNYAH_ERR_OBJECT_STATE,
        /// The object is not configured.
        ObjectConfig = GUNYAH_ERR_OBJECT_CONFIG,
        /// The object is configured already.
        ObjectConfigured = GUNYAH_ERR_OBJECT_CONFIGURED,
        /// The hypervisor failed.
        Failure = GUNYAH_ERR_FAILURE,
        /// The object is bound to an interrupt already.
        VirqBound = GUNYAH_ERR_VIRQ_BOUND,
        /// The object is not bound to an interrupt.
        VirqNotBound = GUNYAH_ERR_VIRQ_NOT_BOUND,
        /// The capability does not exist.
        CapNull = GUNYAH_ERR_CAP_NULL,
        /// The capability was revoked.
        CapRevoked = GUNYAH_ERR_CAP_REVOKED,
        /// The capability is for another kind of object.
        WrongObjectType = GUNYAH_ERR_WRONG_OBJECT_TYPE,
        /// The capability lacks a right.
        InsufficientRights = GUNYAH_ERR_INSUFFICIENT_RIGHTS,
        /// The capability space is full.
        CspaceFull = GUNYAH_ERR_CSPACE_FULL,
        /// The message queue is empty.
        Empty = GUNYAH_ERR_EMPTY,
        /// The message queue is full.
        Full = GUNYAH_ERR_FULL,
        /// The memory has another owner.
        NotOwner = GUNYAH_ERR_NOT_OWNER,
        /// The memory extent has too many mappings.
        MappingsFull = GUNYAH_ERR_MAPPINGS_FULL,
        /// The memory extent is of the wrong type.
        MemextentType = GUNYAH_ERR_MEMEXTENT_TYPE,
        /// The message has a wrong length or sets reserved bytes.
        RmMsgInvalid = GUNYAH_ERR_RM_MSG_INVALID,
        /// No parcel, interrupt or device of the caller has this handle.
        RmHandleInvalid = GUNYAH_ERR_RM_HANDLE_INVALID,
        /// What was offered is not what was expected.
        RmValidateFailed = GUNYAH_ERR_RM_VALIDATE_FAILED,
        /// The memory cannot be mapped.
        RmMapFailed = GUNYAH_ERR_RM_MAP_FAILED,
        /// The memory is not the caller's, or not what the request needs.
        RmMemInvalid = GUNYAH_ERR_RM_MEM_INVALID,
        /// The memory is still accepted by somebody.
        RmMemInuse = GUNYAH_ERR_RM_MEM_INUSE,
        /// The memory is not accepted.
        RmMemReleased = GUNYAH_ERR_RM_MEM_RELEASED,
        /// No VM that the caller may name has this VMID.
        RmVmidInvalid = GUNYAH_ERR_RM_VMID_INVALID,
        /// Nothing like it exists.
        RmLookupFailed = GUNYAH_ERR_RM_LOOKUP_FAILED,
        /// The interrupt is not one that the caller can lend or take back.
        RmIrqInvalid = GUNYAH_ERR_RM_IRQ_INVALID,
        /// The interrupt is lent already.
        RmIrqInuse = GUNYAH_ERR_RM_IRQ_INUSE,
        /// The interrupt is not accepted.
        RmIrqReleased = GUNYAH_ERR_RM_IRQ_RELEASED,
        /// The interrupt is in another state of lending.
        RmInUse = GUNYAH_ERR_RM_IN_USE,
        /// The interrupt is not mapped.
        RmIrqNotMapped = GUNYAH_ERR_RM_IRQ_NOT_MAPPED,
        /// The VM is in a state that does not allow it.
        RmVmState = GUNYAH_ERR_RM_VM_STATE,
        /// The Resource Manager has no memory left for the hypervisor.
        RmHypNomem = GUNYAH_ERR_RM_HYP_NOMEM,
        /// The Resource Manager has no memory left for itself.
        RmRmNomem = GUNYAH_ERR_RM_RM_NOMEM,
    }
}

impl ErrorKind {
    /// Returns its name in the C interface, such as `"GUNYAH_ERR_FULL"`.
    pub fn name(self) -> &'static str {
        // SAFETY: a pure function; its texts live for ever.
        unsafe { text::borrowed(sys::gunyah_error_name(self.code())) }
    }

    /// Returns what it means, as one clause.
    pub fn text(self) -> &'static str {
        // SAFETY: as above.
        unsafe { text::borrowed(sys::gunyah_error_text(self.code())) }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Who reported an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Domain {
    /// The library refused, before anything left it.
    Library,
    /// The backend or the operating system refused.
    Backend,
    /// The hypervisor refused; [`Error::code`] is its own error.
    Hypervisor,
    /// The Resource Manager refused; [`Error::code`] is its own error.
    ResourceManager,
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Domain::Library => "library",
            Domain::Backend => "backend",
            Domain::Hypervisor => "hypervisor",
            Domain::ResourceManager => "Resource Manager",
        })
    }
}

/// An error with its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    domain: Domain,
    code: i64,
    call: &'static str,
    text: &'static str,
    advice: &'static str,
}

impl Error {
    /// Returns what went wrong, in general.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns who reported it.
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// Returns the raw code of the domain; of the library, [`ErrorKind::code`].
    pub fn code(&self) -> i64 {
        self.code
    }

    /// Returns the hypercall, message or function that failed: `"msgqueue_send"`, `"VM_INIT"`.
    pub fn call(&self) -> &'static str {
        self.call
    }

    /// Returns what went wrong, as one clause.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// Returns what to do about it, as one sentence; empty if nobody knows.
    pub fn advice(&self) -> &'static str {
        self.advice
    }

    /// An error that only its number is known of.
    pub(crate) fn bare(code: sys::gunyah_error, call: &'static str) -> Error {
        Error::refused(ErrorKind::from_code(code), call)
    }

    /// What a function answered that has nobody who knows more.
    pub(crate) fn check(code: sys::gunyah_error, call: &'static str) -> Result<()> {
        match code {
            sys::GUNYAH_OK => Ok(()),
            _ => Err(Error::bare(code, call)),
        }
    }

    /// An error of this crate's own.
    pub(crate) fn refused(kind: ErrorKind, call: &'static str) -> Error {
        Error::with_text(kind, call, kind.text())
    }

    /// The same, with words of its own.
    pub(crate) fn with_text(kind: ErrorKind, call: &'static str, text: &'static str) -> Error {
        let code = i64::from(kind.code());
        Error { kind, domain: Domain::Library, code, call, text, advice: "" }
    }

    /// An error with what its handle recorded, if that is about this one.
    ///
    /// # Safety
    /// `info` is null, or as for [`Error::from_info`].
    pub(crate) unsafe fn known(code: sys::gunyah_error, info: *const sys::gunyah_error_info, call: &'static str) -> Error {
        match info.as_ref() {
            Some(info) if info.error == code => Error::from_info(info),
            _ => Error::bare(code, call),
        }
    }

    /// # Safety
    /// The texts of `info` live for ever, as those of the library do.
    pub(crate) unsafe fn from_info(info: &sys::gunyah_error_info) -> Error {
        Error {
            kind: ErrorKind::from_code(info.error),
            domain: match info.domain {
                sys::GUNYAH_DOMAIN_BACKEND => Domain::Backend,
                sys::GUNYAH_DOMAIN_HYPERVISOR => Domain::Hypervisor,
                sys::GUNYAH_DOMAIN_RM => Domain::ResourceManager,
                _ => Domain::Library,
            },
            code: info.code,
            call: text::borrowed(info.call),
            text: text::borrowed(info.text),
            advice: text::borrowed(info.advice),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.call.is_empty() {
            write!(f, "{}: ", self.call)?;
        }
        write!(f, "{} ({}, from the {}, code {})", self.text, self.kind.name(), self.domain, self.code)?;
        if !self.advice.is_empty() {
            write!(f, ". {}", self.advice)?;
        }
        Ok(())
    }
}

#[cfg(feature = "std")]
impl std::error::Error for Error {}
