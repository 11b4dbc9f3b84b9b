// SPDX-License-Identifier: BSD-3-Clause
//! VMs of the simulator.

use super::Sim;
use crate::{sys, text, Backend, CapId, Result, Virq, Vmid};
use core::ptr::{self, NonNull};

/// What a VM of the simulator is like.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct VmOptions<'n> {
    raw: sys::gunyah_sim_vm_options,
    name: Option<&'n str>,
}

impl Default for VmOptions<'_> {
    fn default() -> Self {
        VmOptions { raw: sys::GUNYAH_SIM_VM_OPTIONS_INIT, name: None }
    }
}

impl<'n> VmOptions<'n> {
    /// The defaults: the next free VMID from 1 on, called `"vm"` and the VMID, with no capabilities.
    pub fn new() -> VmOptions<'n> {
        VmOptions::default()
    }

    /// Name for traces, 1 to 15 visible ASCII characters.
    pub fn name(mut self, name: &'n str) -> Self {
        self.name = Some(name);
        self
    }

    /// 1 to 254.
    pub fn vmid(mut self, vmid: Vmid) -> Self {
        self.raw.vmid = vmid.raw();
        self
    }

    /// Slots of its capability space.
    pub fn max_caps(mut self, max_caps: u32) -> Self {
        self.raw.max_caps = max_caps;
        self
    }

    /// Gives the VM capabilities, with all rights, of the partition, of its own capability space and of its own interrupt
    /// controller, so that it can create and bind objects.
    pub fn privileged(mut self) -> Self {
        self.raw.privileged = true;
        self
    }

    /// Shared interrupts that are the hardware's, which the VM can lend: the first, and how many.
    pub fn hardware_interrupts(mut self, first: Virq, count: u32) -> Self {
        self.raw.hwirq_first = first.raw();
        self.raw.hwirq_count = count;
        self
    }
}

pub(super) fn add<'m>(sim: &'m Sim, options: VmOptions<'_>) -> Result<SimVm<'m>> {
    let mut raw = options.raw;
    let mut vm = ptr::null_mut();
    let name = text::owned(options.name)?;

    raw.name = text::pointer(&name);
    // SAFETY: the machine is there; the name is copied.
    sim.check(unsafe { sys::gunyah_sim_add_vm(sim.raw(), &raw, &mut vm) })?;
    // SAFETY: not null after success.
    Ok(SimVm::from_raw(sim, unsafe { NonNull::new_unchecked(vm) }))
}

/// A VM of the simulator. It lives as long as the machine, and all threads may use it.
#[derive(Clone, Copy, Debug)]
pub struct SimVm<'m> {
    pub(super) sim: &'m Sim,
    raw: NonNull<sys::gunyah_sim_vm>,
}

// SAFETY: every function of the simulator may be called from any thread.
unsafe impl Send for SimVm<'_> {}
// SAFETY: as above.
unsafe impl Sync for SimVm<'_> {}

/// What a VM holds of itself. The CapIDs are of its own capability space, and there for the root and privileged VMs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VmInfo<'m> {
    /// For traces.
    pub name: &'m str,
    /// Its id.
    pub vmid: Vmid,
    /// The partition.
    pub partition: Option<CapId>,
    /// Its capability space.
    pub cspace: Option<CapId>,
    /// Its interrupt controller.
    pub vic: Option<CapId>,
}

/// How a VM takes an interrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// As an interrupt controller has it after reset.
    Level,
    /// By edges, as the Resource Manager describes queues and doorbells.
    Edge,
}

impl<'m> SimVm<'m> {
    pub(super) fn from_raw(sim: &'m Sim, raw: NonNull<sys::gunyah_sim_vm>) -> SimVm<'m> {
        SimVm { sim, raw }
    }

    /// Returns the backend that opens a session as this VM; one at a time ([`InUse`](crate::ErrorKind::InUse)).
    pub fn backend(self) -> Backend<'m> {
        // SAFETY: it lives as long as the machine, and may be used from any thread.
        unsafe { Backend::from_raw(sys::gunyah_sim_backend(self.raw())) }
    }

    /// Tells what the VM holds of itself.
    pub fn info(self) -> VmInfo<'m> {
        let mut raw = sys::GUNYAH_SIM_VM_INFO_INIT;
        // SAFETY: the VM is there; its name lives as long as it.
        unsafe {
            sys::gunyah_sim_get_vm_info(self.raw(), &mut raw);
            VmInfo {
                name: text::borrowed(raw.name),
                vmid: Vmid::new(raw.vmid.value),
                partition: CapId::from_raw(raw.partition),
                cspace: CapId::from_raw(raw.cspace),
                vic: CapId::from_raw(raw.vic),
            }
        }
    }

    /// Sets an interrupt of the VM to edge or level.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), not a shared interrupt of this VM.
    pub fn set_trigger(self, virq: Virq, trigger: Trigger) -> Result<()> {
        let trigger = match trigger {
            Trigger::Level => sys::GUNYAH_SIM_LEVEL,
            Trigger::Edge => sys::GUNYAH_SIM_EDGE,
        };
        // SAFETY: the VM is there.
        self.sim.check(unsafe { sys::gunyah_sim_set_trigger(self.raw(), virq.raw(), trigger) })
    }

    /// Loads a register of `bytes` bytes of a device that the hypervisor plays for the VM, such as its clock.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), not 1, 2, 4 or 8 bytes; [`AddrInvalid`](crate::ErrorKind::AddrInvalid), the VM
    /// would get an abort; [`ObjectState`](crate::ErrorKind::ObjectState), it does not run; [`Crashed`](crate::ErrorKind::Crashed).
    pub fn read_register(self, address: u64, bytes: usize) -> Result<u64> {
        let mut value = 0;
        // SAFETY: the VM is there, and so is the number.
        self.sim.check(unsafe { sys::gunyah_sim_read_register(self.raw(), address, bytes, &mut value) })?;
        Ok(value)
    }

    /// Stores to such a register.
    ///
    /// # Errors
    /// As [`read_register`](Self::read_register).
    pub fn write_register(self, address: u64, bytes: usize, value: u64) -> Result<()> {
        // SAFETY: the VM is there.
        self.sim.check(unsafe { sys::gunyah_sim_write_register(self.raw(), address, bytes, value) })
    }

    /// Lets the VM run with its caches off, and the hypervisor with its own on: who forgets to synchronise a buffer sends or reads
    /// what was in it before. Message queues of the library do not.
    ///
    /// # Errors
    /// [`InUse`](crate::ErrorKind::InUse), a session of the VM is open; [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn set_incoherent(self, incoherent: bool) -> Result<()> {
        // SAFETY: the VM is there.
        self.sim.check(unsafe { sys::gunyah_sim_set_incoherent(self.raw(), incoherent) })
    }

    pub(crate) fn raw(self) -> *mut sys::gunyah_sim_vm {
        self.raw.as_ptr()
    }
}
