// SPDX-License-Identifier: BSD-3-Clause
//! What a VM may ask of the hypervisor without any capability.

use crate::{sys, Result, Session};

/// Most bytes of [`Session::entropy`].
pub const MAX_ENTROPY: usize = sys::GUNYAH_PRNG_MAX_BYTES as usize;

flags! {
    /// Kinds of what the hypervisor writes into its trace.
    TraceFlags(u64) {
        /// Errors.
        ERROR = 1 << sys::GUNYAH_TRACE_CLASS_ERROR,
        /// What the hypervisor's makers look for.
        DEBUG = 1 << sys::GUNYAH_TRACE_CLASS_DEBUG,
        /// What users look for.
        USER = 1 << sys::GUNYAH_TRACE_CLASS_USER,
        /// The trace goes into the log, too.
        TRACE_LOG_BUFFER = 1 << sys::GUNYAH_TRACE_CLASS_TRACE_LOG_BUFFER,
        /// There is a log.
        LOG_BUFFER = 1 << sys::GUNYAH_TRACE_CLASS_LOG_BUFFER,
        /// What happens.
        INFO = 1 << sys::GUNYAH_TRACE_CLASS_INFO,
        /// Whose memory is whose.
        MEMDB = 1 << sys::GUNYAH_TRACE_CLASS_MEMDB,
        /// Calls of PSCI.
        PSCI = 1 << sys::GUNYAH_TRACE_CLASS_PSCI,
        /// Interrupt controllers.
        VGIC = 1 << sys::GUNYAH_TRACE_CLASS_VGIC,
        /// The same, closely.
        VGIC_DEBUG = 1 << sys::GUNYAH_TRACE_CLASS_VGIC_DEBUG,
    }
}

/// Calls that need no capability. Each may also answer [`Unimplemented`](crate::ErrorKind::Unimplemented) or
/// [`Unknown`](crate::ErrorKind::Unknown), where the hypervisor does not have it.
///
/// ```
/// use gunyah::sim::Sim;
/// use gunyah::{Session, TraceFlags};
///
/// fn main() -> gunyah::Result<()> {
///     let sim = Sim::new()?;
///     let session = Session::open(sim.root().backend())?;
///     let mut seed = [0; 16];
///
///     session.entropy(&mut seed)?;
///     session.yield_now()?;
///     let flags = session.trace(TraceFlags::USER | TraceFlags::PSCI, TraceFlags::NONE)?;
///     assert!(flags.contains(TraceFlags::PSCI));
///     Ok(())
/// }
/// ```
impl Session<'_> {
    /// Lets other vCPUs of the same priority run. [`Thread::yield_to`](crate::thread::Thread::yield_to) names one. Blocks until this
    /// vCPU is scheduled again.
    ///
    /// # Errors
    /// None of its own.
    pub fn yield_now(&self) -> Result<()> {
        // SAFETY: the session is open.
        self.check(unsafe { sys::gunyah_scheduler_yield(self.raw()) })
    }

    /// Fetches random bytes of the hardware, 1 to [`MAX_ENTROPY`], to start a generator with. The buffer is untouched on failure.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize); [`Busy`](crate::ErrorKind::Busy), this vCPU gets no more for now: 4 calls
    /// in the 33 ms since the first of them.
    pub fn entropy(&self, buffer: &mut [u8]) -> Result<()> {
        // SAFETY: the session is open; the buffer is written within its bounds.
        self.check(unsafe { sys::gunyah_prng_get_entropy(self.raw(), buffer.as_mut_ptr().cast(), buffer.len()) })
    }

    /// Chooses what the hypervisor writes into its trace, for all VMs; what is in both is set. Returns what is written from now on.
    /// [`TraceFlags::ERROR`] and [`TraceFlags::LOG_BUFFER`] stay as they are.
    ///
    /// # Errors
    /// [`Denied`](crate::ErrorKind::Denied), this hypervisor does not let anybody.
    pub fn trace(&self, set: TraceFlags, clear: TraceFlags) -> Result<TraceFlags> {
        let mut flags = 0;
        // SAFETY: the session is open.
        self.check(unsafe { sys::gunyah_trace_update_class_flags(self.raw(), set.bits(), clear.bits(), &mut flags) })?;
        Ok(TraceFlags::from_bits(flags))
    }
}
