// SPDX-License-Identifier: BSD-3-Clause
//! vCPUs that the caller runs: a thread of the process is the processor of the VM until the VM wants something.

use crate::vm::{Vm, VmExit};
use crate::{sys, Error, Result};
use core::marker::PhantomData;
use core::mem::zeroed;
use core::ptr::NonNull;
use core::slice;

handle! {
    /// A vCPU that can be run. As long as it is open, the VM can neither be stopped by force nor be destroyed.
    ///
    /// It stays in the thread of its session; who runs it is another thread, perhaps ([`Vcpu::split`]), and keeps it open:
    ///
    /// ```compile_fail,E0505
    /// # use gunyah::linux::Vcpu;
    /// # fn early(mut vcpu: Vcpu<'_>) -> gunyah::Result<()> {
    /// let (mut runner, _) = vcpu.split();
    /// vcpu.close()?; // error: somebody may still run it
    /// runner.run()?;
    /// # Ok(()) }
    /// ```
    Vcpu(gunyah_vcpu), close gunyah_vcpu_close
}

/// Which vCPU to open.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct VcpuOptions {
    raw: sys::gunyah_vcpu_options,
}

impl VcpuOptions {
    /// By its place among the nodes of /cpus; 0 boots.
    pub fn new(index: u32) -> VcpuOptions {
        VcpuOptions { raw: sys::gunyah_vcpu_options { index, ..sys::GUNYAH_VCPU_OPTIONS_INIT } }
    }

    /// What [`VcpuCanceller::cancel`] sends to the thread that is inside. The caller has installed a handler for it, without
    /// SA_RESTART.
    pub fn signal(mut self, signal: i32) -> Self {
        self.raw.signal = signal;
        self
    }
}

impl Vm<'_> {
    /// Makes it possible to run a vCPU, before the VM is started or after that.
    ///
    /// # Errors
    /// The request errors; [`Unsupported`](crate::ErrorKind::Unsupported), the provider's vCPUs run by themselves;
    /// [`ObjectState`](crate::ErrorKind::ObjectState), not INIT, READY or RUNNING; [`NotFound`](crate::ErrorKind::NotFound), this
    /// one is not in the device tree; [`InUse`](crate::ErrorKind::InUse), it is open;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); [`NoResources`](crate::ErrorKind::NoResources).
    pub fn open_vcpu(&self, options: VcpuOptions) -> Result<Vcpu<'_>> {
        // SAFETY: the handle is open.
        Vcpu::made(self.session(), |out| unsafe { sys::gunyah_vcpu_open(self.raw(), &options.raw, out) })
    }
}

impl Vcpu<'_> {
    /// Returns who runs it, which one thread at a time may be, any one; and who brings that thread back, which all threads may.
    pub fn split(&mut self) -> (VcpuRunner<'_>, VcpuCanceller<'_>) {
        (VcpuRunner { raw: self.raw, life: PhantomData }, VcpuCanceller { raw: self.raw, life: PhantomData })
    }
}

/// Runs a vCPU; from [`Vcpu::split`].
#[derive(Debug)]
pub struct VcpuRunner<'c> {
    raw: NonNull<sys::gunyah_vcpu>,
    life: PhantomData<&'c ()>,
}

// SAFETY: running does not touch the session, and belongs to one thread at a time, any one.
unsafe impl Send for VcpuRunner<'_> {}

/// Brings a vCPU back; from [`Vcpu::split`].
#[derive(Clone, Copy, Debug)]
pub struct VcpuCanceller<'c> {
    raw: NonNull<sys::gunyah_vcpu>,
    life: PhantomData<&'c ()>,
}

// SAFETY: all threads may call it.
unsafe impl Send for VcpuCanceller<'_> {}
// SAFETY: as above.
unsafe impl Sync for VcpuCanceller<'_> {}

impl VcpuCanceller<'_> {
    /// Makes [`VcpuRunner::run`] come back with [`VcpuExit::Interrupted`]: for the thread that is inside or, if none is, the next
    /// one. Also inside a signal handler.
    pub fn cancel(self) {
        // SAFETY: the vCPU is open.
        unsafe { sys::gunyah_vcpu_cancel(self.raw.as_ptr()) };
    }
}

enumeration! {
    /// How a VM is over.
    VmEnd {
        /// It could not be started.
        LoadFailed = GUNYAH_VM_END_LOAD_FAILED,
        /// It ended.
        Exited = GUNYAH_VM_END_EXITED,
        /// It crashed.
        Crashed = GUNYAH_VM_END_CRASHED,
    }
}

enumeration! {
    /// How a vCPU goes on after an exit.
    VcpuAction {
        /// What it wanted is done.
        Handled = GUNYAH_VCPU_ACTION_HANDLED,
        /// The VM gets an exception.
        Fault = GUNYAH_VCPU_ACTION_FAULT,
        /// It tries again.
        Retry = GUNYAH_VCPU_ACTION_RETRY,
    }
}

/// What a vCPU came back with.
#[derive(Debug)]
#[non_exhaustive]
pub enum VcpuExit<'e> {
    /// The VM reads or writes where no memory is.
    Mmio(Mmio<'e>),
    /// The VM is over; it is every time from now on.
    VmEnded {
        /// How.
        end: VmEnd,
        /// Why.
        cause: VmExit,
    },
    /// The VM wants memory that it does not have.
    PageFault {
        /// In the VM.
        address: u64,
        /// There is memory, but not for this kind of access.
        is_mapped: bool,
    },
    /// [`VcpuCanceller::cancel`], or a signal. The VM asks for nothing.
    Interrupted,
    /// A reason of the driver that this crate does not know.
    Unknown(u32),
}

/// A VM reads or writes where no memory is.
#[derive(Debug)]
pub struct Mmio<'e> {
    raw: sys::gunyah_vcpu_exit,
    life: PhantomData<&'e mut u8>,
}

impl Mmio<'_> {
    /// Returns the address in the VM.
    pub fn address(&self) -> u64 {
        self.raw.address
    }

    /// Returns how many bytes: 1, 2, 4 or 8.
    pub fn length(&self) -> u32 {
        self.raw.length
    }

    /// Tells whether the VM writes.
    pub fn is_write(&self) -> bool {
        self.raw.is_write
    }

    /// Returns what the VM writes.
    pub fn value(&self) -> u64 {
        // SAFETY: the data is there until the next run.
        unsafe { sys::gunyah_vcpu_exit_value(&self.raw) }
    }

    /// Says what the VM reads, of as many bytes as it reads.
    pub fn answer(&mut self, value: u64) {
        // SAFETY: as above.
        unsafe { sys::gunyah_vcpu_exit_answer(&self.raw, value) };
    }

    /// Returns the bytes that are written, or where to put those that are read; little-endian.
    pub fn data(&mut self) -> &mut [u8] {
        // SAFETY: as above; it is the runner's alone.
        unsafe { slice::from_raw_parts_mut(self.raw.data, self.raw.length as usize) }
    }
}

impl VcpuRunner<'_> {
    /// Is the vCPU, until the VM wants something, is over, or [`VcpuCanceller::cancel`] is called.
    ///
    /// # Errors
    /// [`NoResources`](crate::ErrorKind::NoResources), the VM was not started; [`Busy`](crate::ErrorKind::Busy), the vCPU is not
    /// to be run by anybody now; [`Denied`](crate::ErrorKind::Denied), this is not the process that made the VM;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), [`NoMemory`](crate::ErrorKind::NoMemory),
    /// [`Failure`](crate::ErrorKind::Failure) and [`Unimplemented`](crate::ErrorKind::Unimplemented), the hypervisor refused.
    pub fn run(&mut self) -> Result<VcpuExit<'_>> {
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_vcpu_exit = unsafe { zeroed() };
        // SAFETY: the vCPU is open, and this thread is the one that runs it.
        self.check(unsafe { sys::gunyah_vcpu_run(self.raw.as_ptr(), &mut raw) }, "gunyah_vcpu_run")?;
        Ok(match raw.kind {
            sys::GUNYAH_VCPU_EXIT_MMIO => VcpuExit::Mmio(Mmio { raw, life: PhantomData }),
            sys::GUNYAH_VCPU_EXIT_VM_ENDED => {
                VcpuExit::VmEnded { end: VmEnd::from_code(raw.end), cause: VmExit::from_raw(raw.cause) }
            }
            sys::GUNYAH_VCPU_EXIT_PAGE_FAULT => VcpuExit::PageFault { address: raw.address, is_mapped: raw.is_mapped },
            sys::GUNYAH_VCPU_EXIT_INTERRUPTED => VcpuExit::Interrupted,
            _ => VcpuExit::Unknown(raw.reason),
        })
    }

    /// Says how the vCPU goes on after an exit for MMIO or a page fault; without this, as with [`VcpuAction::Handled`]. The next
    /// run takes it along.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the action; [`ObjectState`](crate::ErrorKind::ObjectState), the
    /// last exit was not one of these; [`Unsupported`](crate::ErrorKind::Unsupported), the driver has no choice.
    pub fn resume(&mut self, action: VcpuAction) -> Result<()> {
        // SAFETY: as above.
        let error = unsafe { sys::gunyah_vcpu_resume(self.raw.as_ptr(), action.code()) };
        self.check(error, "gunyah_vcpu_resume")
    }

    fn check(&self, error: sys::gunyah_error, call: &'static str) -> Result<()> {
        if error == sys::GUNYAH_OK {
            return Ok(());
        }
        // SAFETY: the vCPU is open; its texts live for ever.
        Err(unsafe { Error::known(error, sys::gunyah_vcpu_last_error(self.raw.as_ptr()), call) })
    }
}
