// SPDX-License-Identifier: BSD-3-Clause
//! The simulator's Resource Manager: VMs that are made, and memory that changes hands, by messages.

use super::{Sim, SimVm};
use crate::rm::{Generation, RmOptions};
use crate::{sys, text, CapId, Result, Virq, Vmid};
use core::ptr::{self, NonNull};

/// What the Resource Manager of a machine is like.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct SimRmOptions {
    raw: sys::gunyah_sim_rm_options,
}

impl Default for SimRmOptions {
    fn default() -> SimRmOptions {
        SimRmOptions { raw: sys::GUNYAH_SIM_RM_OPTIONS_INIT }
    }
}

impl SimRmOptions {
    /// The defaults: of 2023, as in production, answering as fast as was observed.
    pub fn new() -> SimRmOptions {
        SimRmOptions::default()
    }

    /// Which one it is.
    pub fn generation(mut self, generation: Generation) -> Self {
        self.raw.generation = generation.code();
        self
    }

    /// A debug build: the image of a VM may be shared, and not lent alone.
    pub fn debug(mut self) -> Self {
        self.raw.debug = true;
        self
    }

    /// Virtual nanoseconds from a message to its answer.
    pub fn latency_ns(mut self, nanoseconds: u32) -> Self {
        self.raw.latency_ns = nanoseconds;
        self
    }
}

/// A VM's channel to the Resource Manager. Also what [`SimVm::rm_queue`] is asked for.
#[derive(Clone, Copy, Debug)]
pub struct RmQueue {
    raw: sys::gunyah_sim_rm_queue,
}

impl RmQueue {
    /// Returns the options of a connection over it. Say the generation there, if it is known.
    pub fn options(&self) -> RmOptions {
        RmOptions::new(CapId::new(self.raw.send_cap.value), CapId::new(self.raw.receive_cap.value))
            .send_virq(Virq::new(self.raw.send_virq.value))
            .receive_virq(Virq::new(self.raw.receive_virq.value))
    }
}

/// What a VM's channel to the Resource Manager is to be like.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct RmQueueOptions {
    raw: sys::gunyah_sim_rm_queue,
}

impl Default for RmQueueOptions {
    fn default() -> RmQueueOptions {
        RmQueueOptions { raw: sys::GUNYAH_SIM_RM_QUEUE_INIT }
    }
}

impl RmQueueOptions {
    /// The defaults: 8 messages in each direction, interrupts 960 and 961.
    pub fn new() -> RmQueueOptions {
        RmQueueOptions::default()
    }

    /// Messages in each direction, 1 to 255.
    pub fn depth(mut self, depth: u32) -> Self {
        self.raw.depth = depth;
        self
    }

    /// Not-full and not-empty interrupt.
    pub fn virqs(mut self, send: Virq, receive: Virq) -> Self {
        self.raw.send_virq = send.raw();
        self.raw.receive_virq = receive.raw();
        self
    }
}

/// Kinds of virtual device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VDeviceType {
    /// The VM's own channel to the Resource Manager.
    RmRpc,
    /// The peer rings, the VM hears.
    Doorbell,
    /// The VM rings, the peer hears.
    DoorbellSource,
    /// The VM sends.
    MsgQueueSender,
    /// The VM receives.
    MsgQueueReceiver,
    /// The VM sends by one queue and receives by another.
    MsgQueuePair,
    /// Wants the memory parcel with its label at an address.
    Shm,
}

/// A virtual device in the configuration of a VM.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct VDevice {
    raw: sys::gunyah_sim_vdevice,
}

impl VDevice {
    /// A device with a label; its peer is the VM's owner, and the Resource Manager chooses whatever is not said.
    pub fn new(kind: VDeviceType, label: u32) -> VDevice {
        let kind = match kind {
            VDeviceType::RmRpc => sys::GUNYAH_SIM_VDEVICE_RM_RPC,
            VDeviceType::Doorbell => sys::GUNYAH_SIM_VDEVICE_DOORBELL,
            VDeviceType::DoorbellSource => sys::GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE,
            VDeviceType::MsgQueueSender => sys::GUNYAH_SIM_VDEVICE_MSGQUEUE_SENDER,
            VDeviceType::MsgQueueReceiver => sys::GUNYAH_SIM_VDEVICE_MSGQUEUE_RECEIVER,
            VDeviceType::MsgQueuePair => sys::GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR,
            VDeviceType::Shm => sys::GUNYAH_SIM_VDEVICE_SHM,
        };
        // SAFETY: all zero is a value of this struct.
        let mut raw: sys::gunyah_sim_vdevice = unsafe { core::mem::zeroed() };
        raw.r#type = kind;
        raw.label = label;
        VDevice { raw }
    }

    /// The VM on the other side.
    pub fn peer(mut self, peer: Vmid) -> Self {
        self.raw.peer = peer.raw();
        self
    }

    /// Doorbells: who rings may also receive.
    pub fn source_can_clear(mut self) -> Self {
        self.raw.source_can_clear = true;
        self
    }

    /// The channel to the Resource Manager: the VM has a console.
    pub fn console(mut self) -> Self {
        self.raw.console = true;
        self
    }

    /// Queues and channels: most messages, and most bytes of one.
    pub fn shape(mut self, depth: u32, message_size: u32) -> Self {
        self.raw.depth = depth;
        self.raw.message_size = message_size;
        self
    }

    /// Interrupts of the VM.
    pub fn virqs(mut self, send: Option<Virq>, receive: Option<Virq>) -> Self {
        self.raw.send_virq = Virq::raw_or_none(send);
        self.raw.receive_virq = Virq::raw_or_none(receive);
        self
    }

    /// Shared memory: its address; none: the Resource Manager chooses.
    pub fn base(mut self, base: Option<u64>) -> Self {
        self.raw.base = base.unwrap_or(0);
        self.raw.allocate_base = base.is_none();
        self
    }

    /// Shared memory: the VM starts without the parcel too.
    pub fn optional(mut self) -> Self {
        self.raw.optional = true;
        self
    }
}

/// What the device tree of a VM would tell the Resource Manager.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct VmConfig<'c> {
    raw: sys::gunyah_sim_vm_config,
    name: Option<&'c str>,
    uri: Option<&'c str>,
    vdevices: &'c [VDevice],
}

impl Default for VmConfig<'_> {
    fn default() -> Self {
        VmConfig { raw: sys::GUNYAH_SIM_VM_CONFIG_INIT, name: None, uri: None, vdevices: &[] }
    }
}

impl<'c> VmConfig<'c> {
    /// The defaults: of every VM that has none of its own, one vCPU that the owner runs, memory from 0x80000000 on.
    pub fn new() -> VmConfig<'c> {
        VmConfig::default()
    }

    /// Whose it is.
    pub fn vmid(mut self, vmid: Vmid) -> Self {
        self.raw.vmid = vmid.raw();
        self
    }

    /// Its name, up to 79 bytes.
    pub fn name(mut self, name: &'c str) -> Self {
        self.name = Some(name);
        self
    }

    /// Its URI, up to 79 bytes.
    pub fn uri(mut self, uri: &'c str) -> Self {
        self.uri = Some(uri);
        self
    }

    /// Its GUID.
    pub fn guid(mut self, guid: [u8; 16]) -> Self {
        self.raw.guid = guid;
        self
    }

    /// How many vCPUs it has, and whether the owner runs them.
    pub fn vcpus(mut self, count: u32, proxy: bool) -> Self {
        self.raw.vcpus = count;
        self.raw.proxy = proxy;
        self
    }

    /// `VM_STOP` and `VM_RESET` are refused, or not.
    pub fn refuses(mut self, stop: bool, reset: bool) -> Self {
        self.raw.no_shutdown = stop;
        self.raw.no_reset = reset;
        self
    }

    /// `VM_EXIT`, `VM_STOP` and `VM_RESET` are refused.
    pub fn crash_fatal(mut self) -> Self {
        self.raw.crash_fatal = true;
        self
    }

    /// The VM has a clock, where the Resource Manager chooses.
    pub fn rtc(mut self) -> Self {
        self.raw.rtc = true;
        self
    }

    /// The VM has a clock at this address, a multiple of 4 KiB.
    pub fn rtc_at(mut self, address: u64) -> Self {
        self.raw.rtc_base = address;
        self.rtc()
    }

    /// Where its memory begins, and how many bytes it may have (0: up to the end of 36-bit addresses).
    pub fn memory(mut self, base: u64, size_max: u64) -> Self {
        self.raw.base = base;
        self.raw.size_max = size_max;
        self
    }

    /// Where a firmware parcel goes, and how many bytes the firmware may have (0: 4 MiB).
    pub fn firmware(mut self, base: u64, size_max: u64) -> Self {
        self.raw.firmware_base = base;
        self.raw.firmware_size_max = size_max;
        self
    }

    /// Its virtual devices, at most 64.
    pub fn vdevices(mut self, vdevices: &'c [VDevice]) -> Self {
        self.vdevices = vdevices;
        self
    }
}

impl Sim {
    /// Puts a Resource Manager into the root VM. It answers the messages that VMs send it, and makes VMs.
    ///
    /// # Errors
    /// [`InUse`](crate::ErrorKind::InUse), there is one; [`NoMemory`](crate::ErrorKind::NoMemory), of the hypervisor;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); [`Crashed`](crate::ErrorKind::Crashed).
    pub fn add_rm(&self, options: SimRmOptions) -> Result<()> {
        // SAFETY: the machine is there.
        self.check(unsafe { sys::gunyah_sim_add_rm(self.raw(), &options.raw) })
    }

    /// Declares the configuration of VMs that the Resource Manager is yet to make, in the place of the device tree in the VM's
    /// image.
    ///
    /// # Errors
    /// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), too many devices, or a name that is too long;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), a name with a 0 in it;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory). The rest is judged when a VM is initialised.
    pub fn configure_vm(&self, config: VmConfig<'_>) -> Result<()> {
        let name = text::owned(config.name)?;
        let uri = text::owned(config.uri)?;
        let devices: Vec<_> = config.vdevices.iter().map(|device| device.raw).collect();
        let mut raw = config.raw;

        raw.name = text::pointer(&name);
        raw.uri = text::pointer(&uri);
        raw.vdevices = devices.as_ptr();
        raw.vdevice_count = devices.len();
        // SAFETY: the machine is there; the rest is copied.
        self.check(unsafe { sys::gunyah_sim_configure_vm(self.raw(), &raw) })
    }

    /// Finds a VM by its VMID, among them one that the Resource Manager has made. It exists from its initialisation to its reset,
    /// and runs from its start until it exits or is stopped: only then does its backend open a session.
    ///
    /// # Errors
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), there is no such VM;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn find_vm(&self, vmid: Vmid) -> Result<SimVm<'_>> {
        let mut vm = ptr::null_mut();
        // SAFETY: the machine is there.
        self.check(unsafe { sys::gunyah_sim_find_vm(self.raw(), vmid.raw(), &mut vm) })?;
        // SAFETY: not null after success.
        Ok(SimVm::from_raw(self, unsafe { NonNull::new_unchecked(vm) }))
    }
}

impl<'m> SimVm<'m> {
    /// Returns the VM's channel to the Resource Manager, and makes it if the VM was added by [`Sim::add_vm`] and has none. The VM
    /// with VMID 3 is HLOS, which alone may make VMs.
    ///
    /// # Errors
    /// [`ObjectState`](crate::ErrorKind::ObjectState), there is no Resource Manager, the VM is gone, or its configuration gives
    /// it no channel; [`ArgumentSize`](crate::ErrorKind::ArgumentSize), the depth;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), the root VM, or interrupts that are not shared ones;
    /// [`Busy`](crate::ErrorKind::Busy), an interrupt is taken; [`NoMemory`](crate::ErrorKind::NoMemory);
    /// [`CspaceFull`](crate::ErrorKind::CspaceFull); [`Crashed`](crate::ErrorKind::Crashed).
    pub fn rm_queue(self, options: RmQueueOptions) -> Result<RmQueue> {
        let mut raw = options.raw;
        // SAFETY: the VM is there.
        self.sim.check(unsafe { sys::gunyah_sim_get_rm_queue(self.raw(), &mut raw) })?;
        Ok(RmQueue { raw })
    }

    /// Returns where in the process the memory is that the VM has at an address of its own. What is there belongs to the VM and
    /// to whoever gave it.
    ///
    /// # Errors
    /// [`AddrInvalid`](crate::ErrorKind::AddrInvalid), the range is not mapped as a whole, or not in one piece.
    pub fn find_memory(self, address: u64, size: u64) -> Result<NonNull<u8>> {
        let mut memory = ptr::null_mut();
        // SAFETY: the VM is there.
        let error = unsafe { sys::gunyah_sim_find_memory(self.raw(), address, size, &mut memory) };
        self.sim.check(error)?;
        // SAFETY: not null after success.
        Ok(unsafe { NonNull::new_unchecked(memory.cast()) })
    }

    /// Returns a sentence about why the Resource Manager last refused a request of this VM. The error says less.
    pub fn rm_reason(self) -> &'m str {
        // SAFETY: the VM is there; the sentence is one of the library's.
        unsafe { text::borrowed(sys::gunyah_sim_rm_reason(self.raw())) }
    }

    /// Finds the VM's device tree, as the VM itself does by x0, and copies it.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), no channel, the VM does not run, or is configured by [`Sim::configure_vm`];
    /// [`AddrInvalid`](crate::ErrorKind::AddrInvalid), it does not lie in one piece;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); [`Unsupported`](crate::ErrorKind::Unsupported), without libfdt.
    pub fn device_tree(self) -> Result<Vec<u8>> {
        let (mut dtb, mut size) = (ptr::null(), 0);
        // SAFETY: the VM is there.
        let error = unsafe { sys::gunyah_sim_find_device_tree(self.raw(), &mut dtb, &mut size) };
        self.sim.check(error)?;
        // SAFETY: so many bytes may be read there, now.
        Ok(unsafe { core::slice::from_raw_parts(dtb.cast::<u8>(), size) }.to_vec())
    }
}
