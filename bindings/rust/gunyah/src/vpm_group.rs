// SPDX-License-Identifier: BSD-3-Clause
//! Power groups: threads that are one machine to PSCI.

use crate::thread::Thread;
use crate::{sys, CapId, Cspace, Partition, Result, Session, Vic, Virq};

object! {
    /// A power group: threads that are one machine to PSCI, as the vCPUs of a VM are. A thread without a group has no PSCI. A group
    /// is made and activated first, and threads are attached to it before they are activated themselves.
    VpmGroup(gunyah_vpm_group), close gunyah_vpm_group_close, capid gunyah_vpm_group_capid
}

enumeration! {
    /// The state of a power group.
    VpmState {
        /// There is none.
        NoState = GUNYAH_VPM_STATE_NO_STATE,
        /// One of its threads is on and not suspended.
        Running = GUNYAH_VPM_STATE_RUNNING,
        /// None is.
        CpusSuspended = GUNYAH_VPM_STATE_CPUS_SUSPENDED,
        /// The system is suspended. No open build says so.
        SystemSuspended = GUNYAH_VPM_STATE_SYSTEM_SUSPENDED,
    }
}

impl<'s> VpmGroup<'s> {
    /// Opens a power group that this VM has a capability for. Makes no call.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn open(session: &'s Session<'_>, cap: CapId) -> Result<VpmGroup<'s>> {
        // SAFETY: the session is open.
        VpmGroup::made(session, |out| unsafe { sys::gunyah_vpm_group_open(session.raw(), cap.raw(), out) })
    }

    /// Creates a power group.
    ///
    /// # Errors
    /// Those of [`Cspace::create`].
    pub fn create(partition: &Partition<'s>, into: &Cspace<'_>) -> Result<VpmGroup<'s>> {
        // SAFETY: the handles are open.
        VpmGroup::made(partition.session(), |out| unsafe { sys::gunyah_vpm_group_create(partition.raw(), into.raw(), out) })
    }

    /// Sets the options, before activation. `no_aggregation`: the states of the threads are not added up, so that the last one that
    /// is on may switch itself off, and [`VpmGroup::state`] sees none of them run.
    ///
    /// # Errors
    /// The capability errors.
    pub fn configure(&self, no_aggregation: bool) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vpm_group_configure(self.raw(), no_aggregation) })
    }

    /// Activates the group.
    ///
    /// # Errors
    /// The capability errors.
    pub fn activate(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vpm_group_activate(self.raw()) })
    }

    /// Puts a thread that is not active yet into the group, as the one with this index; once more, and the last one counts. Whether
    /// the index is taken shows at activation.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the index, or handles of two sessions; the capability errors, rights
    /// ATTACH_VCPU and, of the thread, ACTIVATE.
    pub fn attach_vcpu(&self, thread: &Thread<'_>, index: u32) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_vpm_group_attach_vcpu(self.raw(), thread.raw(), index) })
    }

    /// Binds the interrupt of the group, which is about [`VpmState::SystemSuspended`]. No open build raises it. Unbind before the
    /// last capability of the group goes: the hypervisor forgets to, and the interrupt stays taken.
    ///
    /// # Errors
    /// Those of [`Doorbell::bind`](crate::Doorbell::bind), right BIND_VIRQ.
    pub fn bind(&self, vic: &Vic<'_>, virq: Virq) -> Result<()> {
        // SAFETY: the handles are open.
        self.session.check(unsafe { sys::gunyah_vpm_group_bind_virq(self.raw(), vic.raw(), virq.raw()) })
    }

    /// Unbinds; success if nothing is bound. Blocks for a grace period of the hypervisor.
    ///
    /// # Errors
    /// The capability errors; right BIND_VIRQ.
    pub fn unbind(&self) -> Result<()> {
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vpm_group_unbind_virq(self.raw()) })
    }

    /// Returns the state of the group. A new one is [`VpmState::CpusSuspended`].
    ///
    /// # Errors
    /// The capability errors; right QUERY.
    pub fn state(&self) -> Result<VpmState> {
        let mut state = 0;
        // SAFETY: the handle is open.
        self.session.check(unsafe { sys::gunyah_vpm_group_get_state(self.raw(), &mut state) })?;
        Ok(VpmState::from_code(state))
    }
}
