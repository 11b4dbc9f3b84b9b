// SPDX-License-Identifier: BSD-3-Clause
//! Sessions: a VM's connection to its hypervisor.

use crate::{panics, sys, text, Arena, Backend, Conduit, Convention, Error, Observer, Registers, Result, Timeout, Virq, Watch};
use core::marker::PhantomData;
use core::mem::{size_of, zeroed, ManuallyDrop};
use core::ptr::{self, NonNull};

/// How to open a session.
#[derive(Debug)]
#[must_use]
pub struct SessionOptions<'b> {
    raw: sys::gunyah_open_options,
    allocator: Option<sys::gunyah_allocator>,
    observer: Option<sys::gunyah_observer>,
    life: PhantomData<&'b ()>,
}

impl<'b> SessionOptions<'b> {
    /// A session over a backend.
    pub fn new(backend: Backend<'b>) -> SessionOptions<'b> {
        let mut options = SessionOptions::candidates(&[]);
        options.raw.backend = backend.as_raw();
        options
    }

    /// A session over the first of several backends that finds its hypervisor.
    pub fn candidates(candidates: &'b [Backend<'b>]) -> SessionOptions<'b> {
        let mut raw = sys::GUNYAH_OPEN_OPTIONS_INIT;
        raw.candidates = candidates.as_ptr().cast();
        raw.candidate_count = candidates.len();
        SessionOptions { raw, allocator: None, observer: None, life: PhantomData }
    }

    /// Where the number of a call travels; without this, as SMCCC says if that is answered.
    pub fn convention(mut self, convention: Convention) -> Self {
        self.raw.convention = convention.raw();
        self
    }

    /// Which instruction enters the hypervisor; without this, `hvc`.
    pub fn conduit(mut self, conduit: Conduit) -> Self {
        self.raw.conduit = conduit.raw();
        self
    }

    /// Where the session has its memory from; without this, from `malloc`, or, freestanding, from nowhere.
    pub fn arena(mut self, arena: &'b Arena<'_>) -> Self {
        self.allocator = Some(arena.raw());
        self
    }

    /// Who sees every call, those of opening too.
    pub fn observer<O: Observer>(mut self, watch: &'b mut Watch<O>) -> Self {
        self.observer = Some(watch.raw());
        self
    }

    /// Opens the session: finds out how its backend wants to be called, and identifies the hypervisor.
    ///
    /// # Errors
    /// [`NoBackend`](crate::ErrorKind::NoBackend), no candidate found its hypervisor; [`NotGunyah`](crate::ErrorKind::NotGunyah);
    /// [`ApiVersion`](crate::ErrorKind::ApiVersion); [`Unsupported`](crate::ErrorKind::Unsupported), the backend lacks the
    /// conduit; [`Option`](crate::ErrorKind::Option), the immediate convention with `smc`;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); [`Null`](crate::ErrorKind::Null), no candidate; or what the backend says,
    /// such as [`InUse`](crate::ErrorKind::InUse).
    pub fn open(mut self) -> Result<Session<'b>> {
        let mut raw = ptr::null_mut();
        // SAFETY: all zero is a value of this struct.
        let mut info: sys::gunyah_error_info = unsafe { zeroed() };

        self.raw.allocator = pointer_to(&self.allocator);
        self.raw.observer = pointer_to(&self.observer);
        self.raw.error = &mut info;
        // SAFETY: what the options point to lives as long as 'b, or, where the library copies it, till the end of this.
        let error = unsafe { sys::gunyah_open(&self.raw, &mut raw) };
        let session = NonNull::new(raw).map(|raw| Session {
            raw,
            #[cfg(feature = "linux")]
            has_arena: self.allocator.is_some(),
            life: PhantomData,
        });
        panics::resume();
        // SAFETY: the library filled it in, with its own texts.
        session.ok_or_else(|| unsafe {
            if info.error == error {
                Error::from_info(&info)
            } else {
                Error::bare(error, "gunyah_open")
            }
        })
    }
}

fn pointer_to<T>(value: &Option<T>) -> *const T {
    value.as_ref().map_or(ptr::null(), |value| value)
}

/// A VM's connection to its hypervisor. Everything else is opened from one and borrows it, so that nothing is used after it was
/// closed:
///
/// ```compile_fail,E0505
/// # use gunyah::{Doorbell, DoorbellOptions, Session};
/// # fn late(session: Session<'_>, options: DoorbellOptions) -> gunyah::Result<()> {
/// let doorbell = Doorbell::open(&session, options)?;
/// session.close()?; // error: the doorbell is still there
/// doorbell.send(1)?;
/// # Ok(()) }
/// ```
///
/// A session and what was opened from it stay in the thread that opened it. Different sessions share nothing, so that each thread
/// may have its own:
///
/// ```compile_fail,E0277
/// # use gunyah::Session;
/// # fn elsewhere(session: Session<'static>) {
/// std::thread::spawn(move || session.call_count()); // error: it cannot be sent
/// # }
/// ```
///
/// Dropping closes it. Capabilities, bindings and messages stay as they are in the hypervisor.
#[derive(Debug)]
pub struct Session<'b> {
    raw: NonNull<sys::gunyah>,
    #[cfg(feature = "linux")]
    has_arena: bool,
    life: PhantomData<&'b ()>,
}

impl<'b> Session<'b> {
    /// Opens a session over a backend, with the defaults of [`SessionOptions`].
    ///
    /// # Errors
    /// Those of [`SessionOptions::open`].
    pub fn open(backend: Backend<'b>) -> Result<Session<'b>> {
        SessionOptions::new(backend).open()
    }

    /// Closes the session, as dropping it does.
    ///
    /// # Errors
    /// None that is known: what could be open still, borrows the session.
    pub fn close(self) -> Result<()> {
        let mut raw = ManuallyDrop::new(self).raw.as_ptr();
        // SAFETY: the session is open, and nobody else has it.
        Error::check(unsafe { sys::gunyah_close(&mut raw) }, "gunyah_close")
    }

    /// Tells who answers and how it is called: what opening found out.
    pub fn identify(&self) -> Identity<'_> {
        let mut raw = sys::GUNYAH_IDENTITY_INIT;
        // SAFETY: the session is open.
        unsafe { sys::gunyah_identify(self.raw(), &mut raw) };
        Identity {
            api_version: raw.api_version,
            variant: raw.variant,
            is_big_endian: raw.big_endian,
            is_64bit: raw.is_64bit,
            flags: raw.flags,
            uid: raw.uid,
            convention: Convention::from_raw(raw.convention),
            conduit: Conduit::from_raw(raw.conduit),
            // SAFETY: it lives as long as the session.
            backend: unsafe { text::borrowed(raw.backend) },
        }
    }

    /// Tells whether the hypervisor, the backend and the library offer a feature.
    pub fn has(&self, feature: Feature) -> bool {
        // SAFETY: the session is open.
        unsafe { sys::gunyah_has(self.raw(), feature as sys::gunyah_feature) }
    }

    /// Waits for one of several interrupts of this VM, and takes it. Returns its place in `virqs`.
    ///
    /// An interrupt says "look again", not how often: drain the object until it is empty before you wait again.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout); [`Unsupported`](crate::ErrorKind::Unsupported), the backend cannot wait;
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), no interrupt; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid),
    /// not an interrupt of this VM; [`Deadlock`](crate::ErrorKind::Deadlock), in the simulator, every thread waits;
    /// [`Crashed`](crate::ErrorKind::Crashed), the hypervisor stopped; [`NoResources`](crate::ErrorKind::NoResources), of the
    /// operating system.
    pub fn wait(&self, virqs: &[Virq], timeout: impl Into<Timeout>) -> Result<usize> {
        let mut index = 0;
        // SAFETY: a Virq has the layout of the C struct.
        let error =
            unsafe { sys::gunyah_wait(self.raw(), virqs.as_ptr().cast(), virqs.len(), timeout.into().nanoseconds(), &mut index) };
        self.check(error).map(|()| index)
    }

    /// Makes any hypercall. Registers: in, arguments in x1 to x7, reserved words included; out, results from x0.
    ///
    /// # Safety
    /// Some calls read or write memory where their arguments say.
    pub unsafe fn call(&self, number: u32, registers: &mut Registers) {
        let mut raw = sys::gunyah_registers { x: *registers };

        sys::gunyah_call(self.raw(), number, &mut raw);
        *registers = raw.x;
        panics::resume();
    }

    /// Makes any SMCCC call. Registers: in, function id in x0 and arguments from x1; out, results from x0, all ones for a
    /// function that nobody knows.
    ///
    /// # Safety
    /// As [`Session::call`].
    pub unsafe fn smccc(&self, registers: &mut Registers) {
        let mut raw = sys::gunyah_registers { x: *registers };

        sys::gunyah_smccc(self.raw(), &mut raw);
        *registers = raw.x;
        panics::resume();
    }

    /// Returns how many calls have left the library.
    pub fn call_count(&self) -> u64 {
        // SAFETY: the session is open.
        unsafe { sys::gunyah_call_count(self.raw()) }
    }

    /// Returns how many hypercalls of one number have left the library; 0 for numbers that are not counted one by one, from 128
    /// on.
    pub fn calls_of(&self, number: u32) -> u64 {
        // SAFETY: the counters live as long as the session.
        let counters = unsafe { &*sys::gunyah_call_counters(self.raw()) };
        counters.by_number.get(number as usize).copied().unwrap_or(0)
    }

    /// Returns how many calls an observer kept back.
    pub fn calls_kept_back(&self) -> u64 {
        // SAFETY: as above.
        unsafe { (*sys::gunyah_call_counters(self.raw())).answered_by_observer }
    }

    /// Tells why the last function that failed on this session, or on a handle of it, failed; none, if nothing failed yet.
    pub fn last_error(&self) -> Option<Error> {
        // SAFETY: the session is open; what it returns stays as it is until the next failure.
        unsafe {
            sys::gunyah_last_error(self.raw())
                .as_ref()
                .filter(|info| info.error != sys::GUNYAH_OK)
                .map(|info| Error::from_info(info))
        }
    }

    pub(crate) fn raw(&self) -> *mut sys::gunyah {
        self.raw.as_ptr()
    }

    #[cfg(feature = "linux")]
    pub(crate) fn has_arena(&self) -> bool {
        self.has_arena
    }

    /// What a function of this session answered; goes on with a panic of an observer.
    #[inline]
    pub(crate) fn check(&self, error: sys::gunyah_error) -> Result<()> {
        panics::resume();
        if error == sys::GUNYAH_OK {
            return Ok(());
        }
        Err(self.error(error))
    }

    #[cold]
    fn error(&self, error: sys::gunyah_error) -> Error {
        // SAFETY: the session is open; what it returns stays as it is until the next failure.
        unsafe { Error::known(error, sys::gunyah_last_error(self.raw()), "") }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let mut raw = self.raw.as_ptr();
        // SAFETY: the session is open, and whatever borrowed it is gone.
        unsafe { sys::gunyah_close(&mut raw) };
    }
}

/// Who answers, and how it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity<'s> {
    /// Of the hypervisor's interface.
    pub api_version: u32,
    /// Who built the hypervisor: `GUNYAH_VARIANT_*`; other values are possible.
    pub variant: u32,
    /// The hypervisor's byte order.
    pub is_big_endian: bool,
    /// The hypervisor's word size.
    pub is_64bit: bool,
    /// Feature words; [`Session::has`] understands them.
    pub flags: [u64; 3],
    /// UID of the hypervisor, words x0 to x3; 0 if it was not answered.
    pub uid: [u32; 4],
    /// In use.
    pub convention: Convention,
    /// In use.
    pub conduit: Conduit,
    /// Name of the backend.
    pub backend: &'s str,
}

macro_rules! features {
    ($all:ident { $($(#[$doc:meta])* $name:ident = $raw:ident,)* }) => {
        /// Things that may or may not be there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $all {
            $($(#[$doc])* $name = sys::$raw as isize,)*
        }
    };
}

features! {
    Feature {
        /// The hypervisor creates partitions and capability spaces.
        PartitionCspace = GUNYAH_FEATURE_PARTITION_CSPACE,
        /// The hypervisor has doorbells.
        Doorbell = GUNYAH_FEATURE_DOORBELL,
        /// The hypervisor has message queues.
        MsgQueue = GUNYAH_FEATURE_MSGQUEUE,
        /// The hypervisor has virtual interrupt controllers.
        Vic = GUNYAH_FEATURE_VIC,
        /// The hypervisor has groups of vCPUs for power management.
        Vpm = GUNYAH_FEATURE_VPM,
        /// The hypervisor has vCPUs.
        Vcpu = GUNYAH_FEATURE_VCPU,
        /// The hypervisor has memory extents.
        MemExtent = GUNYAH_FEATURE_MEMEXTENT,
        /// The hypervisor's tracing can be controlled.
        TraceCtrl = GUNYAH_FEATURE_TRACE_CTRL,
        /// The hypervisor has watchdogs.
        Watchdog = GUNYAH_FEATURE_WATCHDOG,
        /// The hypervisor has registers of virtio devices.
        VirtioMmio = GUNYAH_FEATURE_VIRTIO_MMIO,
        /// The hypervisor has a source of random numbers.
        Prng = GUNYAH_FEATURE_PRNG,
        /// The hypervisor runs vCPUs that are scheduled by proxy.
        VcpuRun = GUNYAH_FEATURE_VCPU_RUN,
        /// Hypercalls reach the hypervisor.
        Hypercalls = GUNYAH_FEATURE_HYPERCALLS,
        /// [`Session::wait`] and the waits of objects work.
        Wait = GUNYAH_FEATURE_WAIT,
        /// The library was built with libfdt.
        DeviceTree = GUNYAH_FEATURE_DEVICE_TREE,
        /// The library was built with zlib.
        Gzip = GUNYAH_FEATURE_GZIP,
    }
}

const _: () = assert!(size_of::<Virq>() == size_of::<sys::gunyah_virq_t>());
