// SPDX-License-Identifier: BSD-3-Clause
//! vCPUs as objects of the hypervisor: made, run and ended by calls, as a Resource Manager or a privileged VM does it.
//!
//! The hypervisor calls such an object a thread where it is made and given rights, and this library does so everywhere. A vCPU that
//! a VMM runs through a driver of Linux is something else, and needs no capability.
//!
//! A thread is given a capability space ([`Cspace::attach_thread`]), an address space
//! ([`AddrSpace::attach_vcpu`](crate::addrspace::AddrSpace::attach_vcpu)), a controller for its interrupts
//! ([`Vic::attach_vcpu`]) and, if it is to have PSCI, a power group
//! ([`VpmGroup::attach_vcpu`](crate::VpmGroup::attach_vcpu)). Then it is activated, and is off.
//!
//! What would stop the hypervisor is refused ([`WouldCrash`](crate::ErrorKind::WouldCrash)), as far as it can be known here. It
//! cannot be known of threads that somebody else configured: one that is "critical", as those of the primary VM are, takes the
//! hypervisor with it when it ends. This library does not configure that.
//!
//! ```
//! use gunyah::addrspace::AddrSpace;
//! use gunyah::sim::Sim;
//! use gunyah::thread::{Exit, PowerOnFlags, Resume, Thread, ThreadOptions};
//! use gunyah::{Cspace, Partition, Session, Vic, Vmid};
//!
//! fn main() -> gunyah::Result<()> {
//!     let sim = Sim::new()?;
//!     let session = Session::open(sim.root().backend())?;
//!     let own = sim.root().info();
//!     let partition = Partition::open(&session, own.partition.unwrap())?;
//!     let cspace = Cspace::open(&session, own.cspace.unwrap())?;
//!     let space = AddrSpace::create(&partition, &cspace)?;
//!     space.configure(Vmid::new(40))?;
//!     space.activate()?;
//!     let vic = Vic::create(&partition, &cspace)?;
//!     vic.configure(1, 32)?;
//!     vic.activate()?;
//!
//!     let thread = Thread::create(&partition, &cspace)?;
//!     thread.configure(ThreadOptions::new().vcpu_run_scheduled())?;
//!     cspace.attach_thread(&thread)?;
//!     space.attach_vcpu(&thread)?;
//!     vic.attach_vcpu(&thread, 0)?;
//!     thread.activate()?;
//!     assert_eq!(thread.run_check()?, Exit::PoweredOff { exited: false });
//!     // SAFETY: its address space is empty.
//!     unsafe { thread.power_on(0x4000_0000, 0, PowerOnFlags::NONE)? };
//!     match thread.run(Resume::new())? {
//!         Exit::MmioRead { address, length } => println!("it loads {length} bytes from {address:#x}"),
//!         other => println!("{other:?}"),
//!     }
//!     Ok(())
//! }
//! ```

use crate::{sys, CapId, Cspace, Partition, Result, Session, Timeout, Vic, Virq};
use core::mem::zeroed;
use core::time::Duration;

/// The highest priority of a thread.
pub const MAX_PRIORITY: u32 = sys::GUNYAH_VCPU_MAX_PRIORITY;

object! {
    /// A thread, which is a vCPU.
    ///
    /// A handle is used in the thread of the program that opened its session:
    ///
    /// ```compile_fail,E0277
    /// # use gunyah::thread::Thread;
    /// # fn elsewhere(thread: Thread<'static>) {
    /// std::thread::spawn(move || thread.kill()); // error: it cannot be sent
    /// # }
    /// ```
    Thread(gunyah_thread), close gunyah_thread_close, capid gunyah_thread_capid
}

/// What a thread is and may do. Without more, nothing of this.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct ThreadOptions {
    raw: sys::gunyah_thread_options,
}

impl Default for ThreadOptions {
    fn default() -> Self {
        ThreadOptions { raw: sys::GUNYAH_THREAD_OPTIONS_INIT }
    }
}

impl ThreadOptions {
    /// The defaults.
    pub fn new() -> ThreadOptions {
        ThreadOptions::default()
    }

    /// It stays on the CPU that it is given to. Needs one when it is activated.
    pub fn pinned(mut self) -> Self {
        self.raw.pinned = true;
        self
    }

    /// It handles errors of the hardware.
    pub fn ras_error_handler(mut self) -> Self {
        self.raw.ras_error_handler = true;
        self
    }

    /// Its activity is not counted.
    pub fn amu_counting_disabled(mut self) -> Self {
        self.raw.amu_counting_disabled = true;
        self
    }

    /// It may use SVE. Open builds refuse it at activation.
    pub fn sve_allowed(mut self) -> Self {
        self.raw.sve_allowed = true;
        self
    }

    /// It may use the debug registers.
    pub fn debug_allowed(mut self) -> Self {
        self.raw.debug_allowed = true;
        self
    }

    /// It may use the trace unit.
    pub fn trace_allowed(mut self) -> Self {
        self.raw.trace_allowed = true;
        self
    }

    /// Only [`Thread::run`] runs it.
    pub fn vcpu_run_scheduled(mut self) -> Self {
        self.raw.vcpu_run_scheduled = true;
        self
    }

    /// It is of the primary VM. Open builds refuse it at activation.
    pub fn hlos_vm(mut self) -> Self {
        self.raw.hlos_vm = true;
        self
    }
}

/// A register of a thread that is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// x0 to x30.
    X(u32),
    /// Where it goes on; a multiple of 4.
    Pc,
    /// The stack pointer of EL0 or EL1; a multiple of 16.
    SpEl(u32),
}

impl Register {
    fn numbers(self) -> (sys::gunyah_vcpu_register_set, u32) {
        match self {
            Register::X(index) => (sys::GUNYAH_VCPU_REGISTER_SET_X, index),
            Register::Pc => (sys::GUNYAH_VCPU_REGISTER_SET_PC, 0),
            Register::SpEl(index) => (sys::GUNYAH_VCPU_REGISTER_SET_SP_EL, index),
        }
    }
}

flags! {
    /// What is kept of what was written to a thread's registers.
    PowerOnFlags(u32) {
        /// It begins at the PC that was written; the entry point does not count.
        KEEP_ENTRY_POINT = sys::GUNYAH_THREAD_KEEP_ENTRY_POINT,
        /// It keeps the X0 that was written; the context does not count.
        KEEP_CONTEXT = sys::GUNYAH_THREAD_KEEP_CONTEXT,
    }
}

enumeration! {
    /// How a thread goes on that came back with an access to memory. The open hypervisor knows [`ResumeAction::Emulate`] alone, and
    /// does not look.
    ResumeAction {
        /// The access is done.
        Emulate = GUNYAH_VCPU_RUN_RESUME_ACTION_EMULATE,
        /// It tries again.
        Retry = GUNYAH_VCPU_RUN_RESUME_ACTION_RETRY,
        /// It gets an exception.
        Fault = GUNYAH_VCPU_RUN_RESUME_ACTION_FAULT,
    }
}

/// How a thread goes on. Without more, a load gets 0.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Resume {
    raw: sys::gunyah_thread_resume,
}

impl Default for Resume {
    fn default() -> Self {
        Resume { raw: sys::GUNYAH_THREAD_RESUME_INIT }
    }
}

impl Resume {
    /// The defaults.
    pub fn new() -> Resume {
        Resume::default()
    }

    /// What it loads, after [`Exit::MmioRead`].
    pub fn value(mut self, value: u64) -> Self {
        self.raw.value = value;
        self
    }

    /// What becomes of the access, after [`Exit::MmioRead`], [`Exit::MmioWrite`] and [`Exit::PageFault`].
    pub fn action(mut self, action: ResumeAction) -> Self {
        self.raw.action = action.code();
        self
    }
}

enumeration! {
    /// What a thread sleeps in.
    WakeupFrom {
        /// Nobody says.
        Unspecified = GUNYAH_VCPU_RUN_WAKEUP_FROM_UNSPECIFIED,
        /// The instruction WFI.
        Wfi = GUNYAH_VCPU_RUN_WAKEUP_FROM_WFI,
        /// CPU_SUSPEND of PSCI.
        CpuSuspend = GUNYAH_VCPU_RUN_WAKEUP_FROM_PSCI_CPU_SUSPEND,
        /// SYSTEM_SUSPEND of PSCI.
        SystemSuspend = GUNYAH_VCPU_RUN_WAKEUP_FROM_PSCI_SYSTEM_SUSPEND,
    }
}

/// What a thread gave to SYSTEM_RESET2 of PSCI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reset2 {
    /// Which reset it wants.
    pub reset_type: u32,
    /// What it means by it.
    pub cookie: u64,
}

/// Why a thread does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// It does, or could: run it again, but not without a limit.
    Ready,
    /// It sleeps until an interrupt comes.
    ExpectsWakeup {
        /// What it sleeps in.
        from: WakeupFrom,
        /// What it gave to CPU_SUSPEND; may be 0.
        suspend_state: u64,
    },
    /// It is off.
    PoweredOff {
        /// For good.
        exited: bool,
    },
    /// Something else keeps it from running: of [`Thread::run_check`], perhaps nothing but [`Thread::run`].
    Blocked,
    /// It loads from a virtual MMIO range.
    MmioRead {
        /// In its address space.
        address: u64,
        /// Bytes: 1, 2, 4 or 8.
        length: u32,
    },
    /// It stores to a virtual MMIO range.
    MmioWrite {
        /// In its address space.
        address: u64,
        /// Bytes: 1, 2, 4 or 8.
        length: u32,
        /// What.
        value: u64,
    },
    /// It did something that nobody handles.
    Fault,
    /// It wants memory that it does not have.
    PageFault {
        /// In its address space.
        address: u64,
    },
    /// Its system is to be reset.
    SystemReset {
        /// By SYSTEM_RESET2; none: by SYSTEM_RESET.
        reset2: Option<Reset2>,
    },
    /// A state that this crate does not know.
    Unknown {
        /// Its number.
        state: u32,
        /// Its words, as they came.
        data: [u64; 3],
    },
}

impl Exit {
    fn from_raw(raw: &sys::gunyah_thread_exit) -> Exit {
        let (address, length) = (raw.address, raw.length);
        match raw.state {
            sys::GUNYAH_VCPU_RUN_STATE_READY => Exit::Ready,
            sys::GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP => {
                Exit::ExpectsWakeup { from: WakeupFrom::from_code(raw.wakeup_from), suspend_state: raw.suspend_state }
            }
            sys::GUNYAH_VCPU_RUN_STATE_POWERED_OFF => Exit::PoweredOff { exited: raw.exited },
            sys::GUNYAH_VCPU_RUN_STATE_BLOCKED => Exit::Blocked,
            sys::GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ => Exit::MmioRead { address, length },
            sys::GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_WRITE => Exit::MmioWrite { address, length, value: raw.value },
            sys::GUNYAH_VCPU_RUN_STATE_FAULT => Exit::Fault,
            sys::GUNYAH_VCPU_RUN_STATE_ADDRSPACE_PAGE_FAULT => Exit::PageFault { address },
            sys::GUNYAH_VCPU_RUN_STATE_PSCI_SYSTEM_RESET => {
                let reset2 = Reset2 { reset_type: raw.reset_type, cookie: raw.reset_cookie };
                Exit::SystemReset { reset2: Some(reset2).filter(|_| raw.is_reset2) }
            }
            state => Exit::Unknown { state, data: raw.data },
        }
    }
}

/// Before activation.
impl<'s> Thread<'s> {
    /// Opens a thread that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<Thread<'s>> {
        // SAFETY: the session is open.
        Thread::made(session, |out| unsafe { sys::gunyah_thread_open(session.raw(), cap.raw(), out) })
    }

    /// Creates a thread.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<Thread<'s>> {
        // SAFETY: the handles are open.
        Thread::made(partition.session(), |out| unsafe { sys::gunyah_thread_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the options, before activation; those before are gone.
    ///
    /// # Errors
    /// The capability errors.
    pub fn configure(&self, options: ThreadOptions) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_configure(self.raw(), &options.raw) })
    }

    /// Sets the priority, 0 to [`MAX_PRIORITY`], before activation. 32 without this.
    ///
    /// # Errors
    /// [`Denied`](crate::ErrorKind::Denied), higher than that; the capability errors, right PRIORITY.
    pub fn set_priority(&self, priority: u32) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_set_priority(self.raw(), priority) })
    }

    /// Sets how long it runs before another one of its priority does, before activation: 100 µs to 100 ms. 5 ms without this.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid); the capability errors, right TIMESLICE.
    pub fn set_timeslice(&self, slice: Duration) -> Result<()> {
        let nanoseconds = Timeout::from(slice).nanoseconds();
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_set_timeslice(self.raw(), nanoseconds) })
    }

    /// Chooses the physical CPU, before or after activation; none needs the right DISABLE too. Blocks for a grace period of the
    /// hypervisor.
    ///
    /// # Errors
    /// [`WouldCrash`](crate::ErrorKind::WouldCrash), no such CPU, as far as is known;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), this CPU does not exist; the capability errors, right AFFINITY;
    /// [`Denied`](crate::ErrorKind::Denied), pinned; [`Retry`](crate::ErrorKind::Retry), a change is under way.
    pub fn set_affinity(&self, cpu: Option<u32>) -> Result<()> {
        let cpu = cpu.unwrap_or(sys::GUNYAH_CPU_INDEX_INVALID);
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_set_affinity(self.raw(), cpu) })
    }

    /// Activates the thread. It is off then.
    ///
    /// # Errors
    /// The capability errors; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), also: it has no interrupt controller;
    /// [`ObjectConfig`](crate::ErrorKind::ObjectConfig), no capability space, no address space, pinned to no CPU, or an option that
    /// is not allowed; [`Busy`](crate::ErrorKind::Busy), its index in the controller is taken; [`Denied`](crate::ErrorKind::Denied),
    /// that in the power group.
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_activate(self.raw()) })
    }
}

/// Life.
impl Thread<'_> {
    /// Writes a register of a thread that is off, before or after activation. [`Thread::power_on`] clears them, but for what its
    /// flags keep.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the register, or the alignment; the capability errors, right
    /// WRITE_CONTEXT; [`ObjectState`](crate::ErrorKind::ObjectState), also: it was killed; [`Busy`](crate::ErrorKind::Busy), it is
    /// on.
    pub fn write_register(&self, register: Register, value: u64) -> Result<()> {
        let (set, index) = register.numbers();
        // SAFETY: the handle is open. Nobody runs with it before it is switched on, which is unsafe.
        self.session.check(unsafe { sys::gunyah_thread_write_register(self.raw(), set, index, value) })
    }

    /// Switches the thread on. It begins at an address of its address space, with the context in x0.
    ///
    /// # Errors
    /// [`Option`](crate::ErrorKind::Option), an unknown flag; the capability errors, right POWER; [`Busy`](crate::ErrorKind::Busy),
    /// it is on, or was so when it was killed; [`Failure`](crate::ErrorKind::Failure), it was killed while it was off.
    ///
    /// # Safety
    /// What begins there does nothing with memory of this program that it may not do. Mappings of its address space are what it
    /// gets at: all that this program has, if it is that of this VM.
    pub unsafe fn power_on(&self, entry_point: u64, context: u64, flags: PowerOnFlags) -> Result<()> {
        self.session.check(sys::gunyah_thread_power_on(self.raw(), entry_point, context, flags.bits()))
    }

    /// Switches the calling vCPU off, and does not return when it does. `last`: it is the only one of its power group that is on;
    /// without a group it is.
    ///
    /// # Errors
    /// The capability errors, right POWER; [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), also: not the calling vCPU;
    /// [`Denied`](crate::ErrorKind::Denied), `last` is wrong.
    pub fn power_off(&self, last: bool) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_power_off(self.raw(), last) })
    }

    /// Ends the thread for good; once more is no error. Does not return if it is the calling vCPU. Another one ends some time
    /// later; one that only [`Thread::run`] runs has to be run until it says that it has exited.
    ///
    /// # Errors
    /// The capability errors; right LIFECYCLE.
    pub fn kill(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_kill(self.raw()) })
    }

    /// Binds the interrupt that comes when the thread is stopped by force: its system was switched off or reset, or it faulted.
    /// Edge triggered, or it is never seen.
    ///
    /// # Errors
    /// Those of [`Doorbell::bind`](crate::Doorbell::bind), right BIND_VIRQ.
    pub fn bind_halt(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_thread_bind_halt_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds; success if nothing is bound. Blocks for a grace period of the hypervisor.
    ///
    /// # Errors
    /// The capability errors; right BIND_VIRQ.
    pub fn unbind_halt(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_unbind_halt_virq(self.raw()) })
    }

    /// Binds the interrupt that comes when something happened that the thread waits for, so that it is worth running; and hands the
    /// thread to [`Thread::run`], for good.
    ///
    /// # Errors
    /// Those of [`Thread::bind_halt`]; [`Busy`](crate::ErrorKind::Busy), also: it runs right now.
    pub fn bind_wakeup(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_thread_bind_wakeup_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds, as [`Thread::unbind_halt`]. The thread stays with [`Thread::run`].
    ///
    /// # Errors
    /// The capability errors; right BIND_VIRQ.
    pub fn unbind_wakeup(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_unbind_wakeup_virq(self.raw()) })
    }
}

/// Running.
impl Thread<'_> {
    /// Runs the thread on this CPU until it needs something: only one with the option
    /// [`vcpu_run_scheduled`](ThreadOptions::vcpu_run_scheduled), or a wake-up interrupt. Blocks while it runs.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the action; the capability errors, rights AFFINITY and YIELD_TO;
    /// [`Busy`](crate::ErrorKind::Busy), not one of these, or somebody else runs it; [`Retry`](crate::ErrorKind::Retry) and
    /// [`Denied`](crate::ErrorKind::Denied), it cannot come to this CPU.
    #[inline]
    pub fn run(&self, resume: Resume) -> Result<Exit> {
        // SAFETY: all zero is a value of this struct.
        let mut exit: sys::gunyah_thread_exit = unsafe { zeroed() };
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_run(self.raw(), &resume.raw, &mut exit) })?;
        Ok(Exit::from_raw(&exit))
    }

    /// Tells why the thread does not run, any thread. Never runs or changes anything.
    ///
    /// # Errors
    /// The capability errors; rights BIND_VIRQ and STATE.
    pub fn run_check(&self) -> Result<Exit> {
        // SAFETY: all zero is a value of this struct.
        let mut exit: sys::gunyah_thread_exit = unsafe { zeroed() };
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_run_check(self.raw(), &mut exit) })?;
        Ok(Exit::from_raw(&exit))
    }

    /// Gives the rest of this vCPU's time to the thread. Blocks until this vCPU is scheduled again.
    ///
    /// # Errors
    /// The capability errors; right YIELD_TO.
    pub fn yield_to(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_thread_yield_to(self.raw()) })
    }
}
