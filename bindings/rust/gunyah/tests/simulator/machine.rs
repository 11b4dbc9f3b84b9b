// SPDX-License-Identifier: BSD-3-Clause
//! What the tests begin with: two VMs with a doorbell and a queue; HLOS, with a guest.

use gunyah::memextent::{Access as PageAccess, ExtentKind, MemExtent, MemType, PAGE_SIZE};
use gunyah::memory::{Access, MemparcelOptions, Rights, Transaction, VmMemparcel};
use gunyah::rm::{Generation, Rm};
use gunyah::sim::{
    DoorbellWire, MsgQueueWire, MsgQueueWireOptions, RmQueueOptions, Sim, SimRmOptions, SimVm, VDevice, VDeviceType, VmConfig,
    VmOptions,
};
use gunyah::vm::{Region, Vm, VmImage};
use gunyah::{CapId, Cspace, Partition, Result, Session, Vic, Virq, Vmid};

pub const MESSAGE_SIZE: usize = 16;
pub const HLOS: Vmid = Vmid::new(3);
pub const CLOCK: u64 = 0x901_0000; // of the guest

/// Alice sends and rings, bob receives.
pub struct Pair<'m> {
    pub alice: SimVm<'m>,
    pub bob: SimVm<'m>,
    pub queue: MsgQueueWire,
    pub bell: DoorbellWire,
}

pub fn pair(sim: &Sim) -> Pair<'_> {
    let alice = sim.add_vm(VmOptions::new().name("alice")).unwrap();
    let bob = sim.add_vm(VmOptions::new().name("bob")).unwrap();
    let shape = MsgQueueWireOptions::new(4, MESSAGE_SIZE as u32).send_virq(Virq::new(40)).receive_virq(Virq::new(41));
    let queue = sim.connect_msgqueue(alice, bob, shape).unwrap();
    let bell = sim.connect_doorbell(alice, bob, Some(Virq::new(42))).unwrap();
    Pair { alice, bob, queue, bell }
}

/// Where the root partition has memory (docs/simulator.md).
pub const MEMORY: u64 = 0x8_0000_0000;

/// What a VM makes objects of: the root, or one that is privileged.
pub struct Own<'s> {
    pub partition: Partition<'s>,
    pub cspace: Cspace<'s>,
    pub vic: Vic<'s>,
}

pub fn own<'s>(vm: SimVm<'_>, session: &'s Session<'_>) -> Own<'s> {
    let info = vm.info();
    Own {
        partition: Partition::open(session, info.partition.unwrap()).unwrap(),
        cspace: Cspace::open(session, info.cspace.unwrap()).unwrap(),
        vic: Vic::open(session, info.vic.unwrap()).unwrap(),
    }
}

impl<'s> Own<'s> {
    /// A basic extent of so many pages from one of the memory's pages on.
    pub fn extent(&self, first: u64, pages: u64) -> MemExtent<'s> {
        let extent = MemExtent::create(&self.partition, &self.cspace).unwrap();
        let (base, size) = (MEMORY + first * PAGE_SIZE, pages * PAGE_SIZE);
        extent.configure(base, size, PageAccess::Rw, MemType::Any, ExtentKind::Basic).unwrap();
        extent.activate().unwrap();
        extent
    }

    /// A copy of a capability without the rights of its kind of object.
    pub fn powerless(&self, cap: CapId) -> CapId {
        self.cspace.copy(cap, &self.cspace, gunyah_sys::GUNYAH_RIGHT_ACTIVATE).unwrap()
    }
}

/// A machine with a Resource Manager, and HLOS in it.
pub fn host(sim: &Sim) -> SimVm<'_> {
    sim.add_rm(SimRmOptions::new().generation(Generation::Of2023)).unwrap();
    sim.add_vm(VmOptions::new().name("hlos").vmid(HLOS)).unwrap()
}

pub fn connect<'s>(vm: SimVm<'_>, session: &'s Session<'_>) -> Rm<'s> {
    let channel = vm.rm_queue(RmQueueOptions::new()).unwrap();
    Rm::open(session, channel.options().generation(Generation::Of2023)).unwrap()
}

/// Declares what the next VM is configured as: a channel, a doorbell that it rings, and a queue that it receives from.
pub fn declare_guest(sim: &Sim) {
    let devices = [
        VDevice::new(VDeviceType::RmRpc, 0),
        VDevice::new(VDeviceType::DoorbellSource, 1),
        VDevice::new(VDeviceType::MsgQueueReceiver, 2),
    ];
    sim.configure_vm(VmConfig::new().name("guest").memory(0x8000_0000, 0).rtc_at(CLOCK).vdevices(&devices)).unwrap();
}

/// Lends a VM its image. Nobody touches the memory, so that it need not be there.
pub fn lend_image<'v>(vm: &'v Vm<'_>, rm: &'v Rm<'_>) -> Result<VmMemparcel<'v>> {
    let access = [Access::new(vm.vmid().unwrap(), Rights::Rwx)];
    let regions = [Region::new(0x4000_0000, 0x20_0000)];
    // SAFETY: this program has nothing at these addresses.
    unsafe { vm.add_memparcel(rm, MemparcelOptions::new(Transaction::Lend, &access, &regions)) }
}

/// A guest that is READY.
pub fn make_guest<'r>(rm: &'r Rm<'_>) -> Vm<'r> {
    let vm = Vm::create(rm, None).unwrap();
    let handle = lend_image(&vm, rm).unwrap().handle();
    vm.configure(VmImage::new(handle).dtb(0, 0x20_0000)).unwrap();
    vm.init().unwrap();
    vm
}
