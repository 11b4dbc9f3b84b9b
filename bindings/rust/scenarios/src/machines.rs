// SPDX-License-Identifier: BSD-3-Clause
//! The machines that scenarios begin with.

use gunyah::memory::{Access, MemparcelOptions, Rights, Transaction};
use gunyah::rm::{Generation, Rm};
use gunyah::sim::{
    DoorbellWire, MsgQueueWire, MsgQueueWireOptions, RmQueueOptions, Sim, SimRmOptions, SimVm, VDevice, VDeviceType, VmConfig,
    VmOptions,
};
use gunyah::vm::{Region, Vm, VmImage};
use gunyah::{Cspace, Doorbell, MsgQueue, Partition, Session, Vic, Virq, Vmid};

pub const DEPTH: u32 = 4;
pub const MESSAGE_SIZE: usize = 16;
pub const HLOS: Vmid = Vmid::new(3);
pub const GUEST: Vmid = Vmid::new(128);
pub const GUEST_BELL: u32 = 1;
pub const GUEST_QUEUE: u32 = 2;
const GUEST_BASE: u64 = 0x8000_0000;
const IMAGE: Region = Region::new(0x4000_0000, 0x20_0000);

/// One VM of a pair.
pub struct Side<'s> {
    pub session: &'s Session<'s>,
    pub queue: MsgQueue<'s>,
    pub bell: Doorbell<'s>,
}

/// Two VMs that are joined: alice sends and rings, bob receives.
pub struct Joined<'m> {
    pub alice: SimVm<'m>,
    pub bob: SimVm<'m>,
    pub queue: MsgQueueWire,
    pub bell: DoorbellWire,
}

impl Joined<'_> {
    pub fn open_alice<'s>(&self, session: &'s Session<'_>) -> Side<'s> {
        let queue = MsgQueue::open(session, self.queue.sender()).unwrap();
        let bell = Doorbell::open(session, self.bell.sender()).unwrap();
        Side { session, queue, bell }
    }

    pub fn open_bob<'s>(&self, session: &'s Session<'_>) -> Side<'s> {
        let queue = MsgQueue::open(session, self.queue.receiver()).unwrap();
        let bell = Doorbell::open(session, self.bell.receiver()).unwrap();
        Side { session, queue, bell }
    }
}

fn traced() -> Sim {
    let sim = Sim::new().unwrap();
    sim.set_trace(|line| println!("{line}"));
    sim
}

/// Plays with a pair of VMs, before they have sessions.
pub fn joined(play: impl FnOnce(&Sim, &Joined<'_>)) {
    let sim = traced();
    let alice = sim.add_vm(VmOptions::new().name("alice")).unwrap();
    let bob = sim.add_vm(VmOptions::new().name("bob")).unwrap();
    let shape = MsgQueueWireOptions::new(DEPTH, MESSAGE_SIZE as u32).send_virq(Virq::new(40)).receive_virq(Virq::new(41));
    let queue = sim.connect_msgqueue(alice, bob, shape).unwrap();
    let bell = sim.connect_doorbell(alice, bob, Some(Virq::new(42))).unwrap();

    play(&sim, &Joined { alice, bob, queue, bell });
    sim.destroy().unwrap();
}

/// Plays with a pair of VMs.
pub fn pair(play: impl FnOnce(&Sim, &Side<'_>, &Side<'_>)) {
    joined(|sim, joined| {
        let alice = Session::open(joined.alice.backend()).unwrap();
        let bob = Session::open(joined.bob.backend()).unwrap();
        play(sim, &joined.open_alice(&alice), &joined.open_bob(&bob));
    });
}

/// A VM that makes objects by itself.
pub struct Maker<'s> {
    pub session: &'s Session<'s>,
    pub partition: Partition<'s>,
    pub cspace: Cspace<'s>,
    pub vic: Vic<'s>,
}

pub fn maker(play: impl FnOnce(&Maker<'_>)) {
    let sim = traced();
    let vm = sim.add_vm(VmOptions::new().name("maker").privileged()).unwrap();
    let own = vm.info();
    let session = Session::open(vm.backend()).unwrap();
    let partition = Partition::open(&session, own.partition.unwrap()).unwrap();
    let cspace = Cspace::open(&session, own.cspace.unwrap()).unwrap();
    let vic = Vic::open(&session, own.vic.unwrap()).unwrap();

    play(&Maker { session: &session, partition, cspace, vic });
}

fn connect<'s>(vm: SimVm<'_>, session: &'s Session<'_>) -> Rm<'s> {
    let channel = vm.rm_queue(RmQueueOptions::new()).unwrap();
    Rm::open(session, channel.options().generation(Generation::Of2023)).unwrap()
}

/// Plays with a Resource Manager and HLOS.
pub fn host(play: impl FnOnce(&Sim, SimVm<'_>, Rm<'_>)) {
    let sim = traced();
    sim.add_rm(SimRmOptions::new().generation(Generation::Of2023)).unwrap();
    let hlos = sim.add_vm(VmOptions::new().name("hlos").vmid(HLOS)).unwrap();
    hlos.rm_queue(RmQueueOptions::new()).unwrap();
    let session = Session::open(hlos.backend()).unwrap();

    play(&sim, hlos, connect(hlos, &session));
}

/// To READY.
pub fn make_guest<'r>(sim: &Sim, rm: &'r Rm<'_>) -> Vm<'r> {
    let devices = [
        VDevice::new(VDeviceType::RmRpc, 0),
        VDevice::new(VDeviceType::DoorbellSource, GUEST_BELL),
        VDevice::new(VDeviceType::MsgQueueReceiver, GUEST_QUEUE),
    ];
    sim.configure_vm(VmConfig::new().name("guest").memory(GUEST_BASE, 0).vdevices(&devices)).unwrap();
    let vm = Vm::create(rm, None).unwrap();
    let (access, regions) = ([Access::new(GUEST, Rights::Rwx)], [IMAGE]);
    // SAFETY: this program has nothing at these addresses.
    let image = unsafe { vm.add_memparcel(rm, MemparcelOptions::new(Transaction::Lend, &access, &regions)) };
    let handle = image.unwrap().handle();
    vm.configure(VmImage::new(handle).dtb(0, IMAGE.size)).unwrap();
    vm.init().unwrap();
    vm
}

/// Plays with a guest of HLOS that runs.
pub fn enter_guest(sim: &Sim, vm: &Vm<'_>, play: impl FnOnce(SimVm<'_>, &Rm<'_>)) {
    vm.start().unwrap();
    let guest = sim.find_vm(GUEST).unwrap();
    guest.rm_queue(RmQueueOptions::new()).unwrap();
    let session = Session::open(guest.backend()).unwrap();
    play(guest, &connect(guest, &session));
}
