// SPDX-License-Identifier: BSD-3-Clause
//! The simulator: a Gunyah hypervisor in the process, with as many VMs as you like.
//!
//! Each VM is driven through a session of its own. Time is virtual: it stands still but for what a call costs, for
//! [`Sim::advance`], and for waits. When every thread waits, it jumps to the earliest time-out; when none has one, all waits end
//! with [`Deadlock`](crate::ErrorKind::Deadlock). So no test sleeps.

mod fault;
mod plan;
mod rm;
mod vm;
mod wire;

pub use fault::{Fault, Hazard, HazardKind, Mischief, RmFault};
pub use plan::PlanProblem;
pub use rm::{RmQueue, RmQueueOptions, SimRmOptions, VDevice, VDeviceType, VmConfig};
pub use vm::{SimVm, Trigger, VmInfo, VmOptions};
pub use wire::{DoorbellWire, MsgQueueWire, MsgQueueWireOptions};

use crate::{panics, sys, text, Error, Result};
use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr::{self, NonNull};
use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::Mutex;

/// What a machine is like.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct SimOptions {
    raw: sys::gunyah_sim_options,
}

impl Default for SimOptions {
    fn default() -> SimOptions {
        SimOptions { raw: sys::GUNYAH_SIM_OPTIONS_INIT }
    }
}

impl SimOptions {
    /// The defaults: 16 MiB for the hypervisor's state, one thread, 1000 virtual nanoseconds a call.
    pub fn new() -> SimOptions {
        SimOptions::default()
    }

    /// Bytes for the hypervisor's state.
    pub fn memory(mut self, bytes: usize) -> Self {
        self.raw.memory = bytes;
        self
    }

    /// Seed of capability ids and entropy.
    pub fn seed(mut self, seed: u64) -> Self {
        self.raw.seed = seed;
        self
    }

    /// How many threads drive VMs.
    pub fn threads(mut self, threads: u32) -> Self {
        self.raw.threads = threads;
        self
    }

    /// Virtual nanoseconds that a call costs.
    pub fn call_ns(mut self, nanoseconds: u32) -> Self {
        self.raw.call_ns = nanoseconds;
        self
    }

    /// Capability ids count from 0, as in a debug build of the hypervisor.
    pub fn plain_capids(mut self) -> Self {
        self.raw.plain_capids = true;
        self
    }

    /// First and second word of `hypervisor_identify`; 0: as the open hypervisor.
    pub fn api(mut self, info: u64, flags: u64) -> Self {
        self.raw.api_info = info;
        self.raw.api_flags = flags;
        self
    }

    /// Processors of the platform, as many as a VM can have vCPUs, at most 64; 8 without this.
    pub fn max_vcpus(mut self, max_vcpus: u32) -> Self {
        self.raw.max_vcpus = max_vcpus;
        self
    }

    /// The answers of the manual, where these are not what was recorded.
    pub fn as_manual(mut self) -> Self {
        self.raw.as_manual = true;
        self
    }

    /// Messages that any queue of the machine holds, whatever was asked for; as many as were asked for without this.
    pub fn max_queue_depth(mut self, max_queue_depth: u32) -> Self {
        self.raw.max_queue_depth = max_queue_depth;
        self
    }

    /// UID of the hypervisor.
    pub fn uid(mut self, uid: [u32; 4]) -> Self {
        self.raw.uid = uid;
        self
    }

    /// Makes the machine.
    ///
    /// # Errors
    /// [`Option`](crate::ErrorKind::Option), too many processors; [`OutOfMemory`](crate::ErrorKind::OutOfMemory);
    /// [`NoMemory`](crate::ErrorKind::NoMemory), the bytes for the hypervisor's
    /// state are too few.
    pub fn create(self) -> Result<Sim> {
        let mut raw = ptr::null_mut();
        // SAFETY: the options are well-formed.
        let error = unsafe { sys::gunyah_sim_create(&self.raw, &mut raw) };
        match NonNull::new(raw) {
            Some(raw) => Ok(Sim { raw, trace: Mutex::new(ptr::null_mut()) }),
            None => Err(Error::bare(error, "gunyah_sim_create")),
        }
    }
}

type Trace = Box<dyn FnMut(&str) + Send>;

/// A simulated machine. All threads may use it, each with sessions of its own.
///
/// Its VMs, and the sessions as these VMs, borrow it:
///
/// ```compile_fail,E0505
/// # use gunyah::sim::Sim;
/// # use gunyah::Session;
/// # fn late(sim: Sim) -> gunyah::Result<()> {
/// let session = Session::open(sim.root().backend())?;
/// drop(sim); // error: the session is still open
/// session.close()
/// # }
/// ```
pub struct Sim {
    raw: NonNull<sys::gunyah_sim>,
    // What the simulator calls, from a box; or null.
    trace: Mutex<*mut Trace>,
}

// SAFETY: every function of the simulator may be called from any thread; it has a lock of its own.
unsafe impl Send for Sim {}
// SAFETY: as above.
unsafe impl Sync for Sim {}

impl Sim {
    /// Makes a machine with the defaults of [`SimOptions`]. It has one VM, the root, which owns the partition and wires VMs.
    ///
    /// # Errors
    /// Those of [`SimOptions::create`].
    pub fn new() -> Result<Sim> {
        SimOptions::new().create()
    }

    /// Destroys the machine, as dropping it does.
    ///
    /// # Errors
    /// [`InUse`](crate::ErrorKind::InUse), a session was forgotten ([`std::mem::forget`]) while it was open: the machine is
    /// leaked.
    pub fn destroy(self) -> Result<()> {
        let sim = ManuallyDrop::new(self);
        let mut raw = sim.raw();
        // SAFETY: the machine is there, and nobody else has it. One that is leaked calls no function that is gone.
        unsafe {
            sim.replace_trace(ptr::null_mut());
            let error = sys::gunyah_sim_destroy(&mut raw);
            if raw.is_null() {
                return Ok(());
            }
            Err(sim.error(error))
        }
    }

    /// Returns the root VM, which plays the part of the Resource Manager.
    pub fn root(&self) -> SimVm<'_> {
        // SAFETY: the machine is there, and has a root.
        SimVm::from_raw(self, unsafe { NonNull::new_unchecked(sys::gunyah_sim_root(self.raw())) })
    }

    /// Adds a VM with one vCPU, an empty capability space, and an interrupt controller with all shared interrupts.
    ///
    /// # Errors
    /// [`Busy`](crate::ErrorKind::Busy), the VMID is taken; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), an option;
    /// [`NoMemory`](crate::ErrorKind::NoMemory); [`OutOfMemory`](crate::ErrorKind::OutOfMemory);
    /// [`CspaceFull`](crate::ErrorKind::CspaceFull) and [`Failure`](crate::ErrorKind::Failure), of the root VM;
    /// [`Crashed`](crate::ErrorKind::Crashed), the hypervisor stopped.
    pub fn add_vm(&self, options: VmOptions<'_>) -> Result<SimVm<'_>> {
        vm::add(self, options)
    }

    /// Lets virtual time pass; waits whose time-out is reached end.
    pub fn advance(&self, nanoseconds: u64) {
        // SAFETY: the machine is there. It has no error for that.
        unsafe { sys::gunyah_sim_advance(self.raw(), nanoseconds) };
        panics::resume();
    }

    /// Returns the virtual time in nanoseconds.
    pub fn now(&self) -> u64 {
        // SAFETY: the machine is there.
        unsafe { sys::gunyah_sim_now(self.raw()) }
    }

    /// Says that the calling thread is one of those that drive VMs ([`SimOptions::threads`]), until what is returned is dropped.
    /// From then on, the others do not wait for it any more.
    pub fn thread(&self) -> SimThread<'_> {
        SimThread { sim: self, stays: PhantomData }
    }

    /// Traces what VMs do: every call with its arguments and results by name, every interrupt that becomes pending, every wait. A
    /// line has no line end. The same run gives the same lines.
    ///
    /// The function runs inside the simulator's lock: it must use neither the simulator nor any session of it, or it waits for
    /// ever. When it panics, the call that is traced does.
    pub fn set_trace(&self, trace: impl FnMut(&str) + Send + 'static) {
        self.replace_trace(Box::into_raw(Box::new(Box::new(trace))));
    }

    /// Ends the trace.
    pub fn clear_trace(&self) {
        self.replace_trace(ptr::null_mut());
    }

    // The old one is dropped when the simulator has forgotten it.
    fn replace_trace(&self, trace: *mut Trace) {
        let function = if trace.is_null() { None } else { Some(print as unsafe extern "C" fn(_, _)) };
        let mut place = self.trace.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // SAFETY: the function takes this context, which lives till it is replaced.
        unsafe { sys::gunyah_sim_set_trace(self.raw(), function, trace.cast()) };
        let old = std::mem::replace(&mut *place, trace);
        if !old.is_null() {
            // SAFETY: it came from a box, and nobody calls it any more.
            drop(unsafe { Box::from_raw(old) });
        }
    }

    /// Saves the state of the hypervisor, all VMs and virtual time. Sessions, faults and the trace are not part of it.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), another thread made it larger meanwhile.
    pub fn snapshot(&self) -> Result<Vec<u8>> {
        // SAFETY: the machine is there.
        let mut snapshot = vec![0; unsafe { sys::gunyah_sim_snapshot_size(self.raw()) } as usize];
        // SAFETY: it is written within its bounds.
        self.check(unsafe { sys::gunyah_sim_snapshot(self.raw(), snapshot.as_mut_ptr().cast(), snapshot.len()) })?;
        Ok(snapshot)
    }

    /// Returns to a snapshot of this machine. The same VMs must exist as when it was taken.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), not a snapshot of this version, or of other VMs;
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), truncated or too large; [`InUse`](crate::ErrorKind::InUse), a thread
    /// waits. Nothing changes then.
    pub fn restore(&self, snapshot: &[u8]) -> Result<()> {
        // SAFETY: the machine is there; the snapshot is read within its bounds.
        self.check(unsafe { sys::gunyah_sim_restore(self.raw(), snapshot.as_ptr().cast(), snapshot.len()) })
    }

    /// Saves the machine with all that [`load`](Self::load) needs to make it anew, here or in another process: its VMs, the
    /// hypervisor, virtual time, faults and configurations. Sessions and the trace are not part of it.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), another thread made it larger meanwhile.
    pub fn save(&self) -> Result<Vec<u8>> {
        // SAFETY: the machine is there.
        let mut saved = vec![0; unsafe { sys::gunyah_sim_save_size(self.raw()) } as usize];
        // SAFETY: it is written within its bounds.
        self.check(unsafe { sys::gunyah_sim_save(self.raw(), saved.as_mut_ptr().cast(), saved.len()) })?;
        Ok(saved)
    }

    /// Makes the machine of what [`save`](Self::save) gave. Bytes from elsewhere are fine, whatever they are.
    ///
    /// # Errors
    /// [`Format`](crate::ErrorKind::Format), no save, one of another version, or a damaged one; its text says which;
    /// [`AddrInvalid`](crate::ErrorKind::AddrInvalid), the machine has VMs with memory of the process that saved it;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn load(saved: &[u8]) -> Result<Sim> {
        let mut raw = ptr::null_mut();
        let mut why = ptr::null();
        // SAFETY: the bytes are read within their bounds. No memory is named that the machine could use.
        let error = unsafe { sys::gunyah_sim_load(saved.as_ptr().cast(), saved.len(), ptr::null(), &mut raw, &mut why) };
        match NonNull::new(raw) {
            Some(raw) => Ok(Sim { raw, trace: Mutex::new(ptr::null_mut()) }),
            // SAFETY: the sentence lives for ever.
            None => Err(Error::with_text(Error::bare(error, "").kind(), "simulator", unsafe { text::borrowed(why) })),
        }
    }

    /// Makes a second machine in the same state, which goes on as this one would. It has no session and no trace.
    ///
    /// # Errors
    /// Those of [`load`](Self::load): VMs with memory of the process have it in this machine alone.
    pub fn try_clone(&self) -> Result<Sim> {
        Sim::load(&self.save()?)
    }

    /// Bytes of the hypervisor's heap that are in use. What was made and is gone again leaves it as it was.
    pub fn heap_used(&self) -> usize {
        // SAFETY: the machine is there.
        unsafe { sys::gunyah_sim_heap_used(self.raw()) as usize }
    }

    pub(crate) fn raw(&self) -> *mut sys::gunyah_sim {
        self.raw.as_ptr()
    }

    /// What a function of this machine answered, and its sentence about it.
    pub(crate) fn check(&self, error: sys::gunyah_error) -> Result<()> {
        panics::resume();
        if error == sys::GUNYAH_OK {
            return Ok(());
        }
        Err(self.error(error))
    }

    fn error(&self, error: sys::gunyah_error) -> Error {
        // SAFETY: the machine is there; its sentences live for ever.
        let sentence = unsafe { text::borrowed(sys::gunyah_sim_last_error(self.raw())) };
        Error::with_text(Error::bare(error, "").kind(), "simulator", sentence)
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim").field("now", &self.now()).finish_non_exhaustive()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        let mut raw = self.raw();

        self.replace_trace(ptr::null_mut());
        // SAFETY: the machine is there. It stays when a session was forgotten.
        unsafe { sys::gunyah_sim_destroy(&mut raw) };
    }
}

unsafe extern "C" fn print(context: *mut c_void, line: *const sys::c_char) {
    let trace = &mut *(context as *mut Trace);

    panics::catch((), || trace(text::borrowed(line)));
}

/// A thread that drives VMs; from [`Sim::thread`].
#[derive(Debug)]
pub struct SimThread<'m> {
    sim: &'m Sim,
    // Of one thread.
    stays: PhantomData<*const ()>,
}

impl Drop for SimThread<'_> {
    fn drop(&mut self) {
        // SAFETY: the machine is there. That there is no such thread is no harm.
        unsafe { sys::gunyah_sim_thread_done(self.sim.raw()) };
    }
}
