// SPDX-License-Identifier: BSD-3-Clause
//! The VMM of examples/signed-vmm in Rust: a VM of signed firmware, which Qualcomm's driver starts, a vCPU, and a virtio console that
//! the VM writes to.
//!
//!     signed_vmm firmware

use gunyah::linux::{
    Node, VcpuExit, VcpuOptions, VirtioCanceller, VirtioEvent, VirtioMemory, VirtioOptions, VirtioPlayer, VirtioQueue,
};
use gunyah::vm::Vm;
use gunyah::{Session, Timeout};
use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::io::{BorrowedFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, AtomicU8, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::{env, thread};

const SHARED: u64 = 0x9000_0000; // where the firmware has the memory that it shares
const LABEL: u32 = 1; // of its console
const ENTRIES: u16 = 16;
const TRANSMIT: u32 = 1; // queue
const VERSION_1: u64 = 1 << 32;
const SIGUSR1: i32 = 10;

mod c {
    #[repr(C)]
    pub struct PollFd {
        pub fd: i32,
        pub events: i16,
        pub revents: i16,
    }

    pub const POLLIN: i16 = 1;

    extern "C" {
        pub fn poll(files: *mut PollFd, count: std::os::raw::c_ulong, timeout: i32) -> i32;
        pub fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
        pub fn siginterrupt(number: i32, interrupts: i32) -> i32;
    }
}

extern "C" fn come_back(_: i32) {}

/// A descriptor of one's own for what is the device's.
fn file(fd: RawFd) -> std::io::Result<File> {
    // SAFETY: the device is open.
    Ok(unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned()?.into())
}

/// What the VM says of places: where no memory is, there is nothing.
#[derive(Clone, Copy)]
struct Shared<'d>(VirtioMemory<'d>);

impl Shared<'_> {
    fn at<T>(&self, address: u64) -> Option<&T> {
        let offset = usize::try_from(address.checked_sub(SHARED)?).ok()?;
        let fits = offset.checked_add(std::mem::size_of::<T>())? <= self.0.len();
        // SAFETY: it is within the memory, and used for atomics alone.
        let place = unsafe { self.0.as_ptr().as_ptr().add(offset.min(self.0.len())) }.cast::<T>();
        // SAFETY: as above.
        (fits && place as usize % std::mem::align_of::<T>() == 0).then(|| unsafe { &*place })
    }

    fn print(&self, descriptor: u64) -> Option<()> {
        let address = self.at::<AtomicU64>(descriptor)?.load(Ordering::Relaxed);
        let length = self.at::<AtomicU32>(descriptor + 8)?.load(Ordering::Relaxed);
        for i in 0..u64::from(length) {
            print!("{}", self.at::<AtomicU8>(address.checked_add(i)?)?.load(Ordering::Relaxed) as char);
        }
        Some(())
    }

    /// Takes what is in the queue behind what is done.
    fn serve(&self, queue: &VirtioQueue, done: &mut u16) -> Option<()> {
        while *done != self.at::<AtomicU16>(queue.driver + 2)?.load(Ordering::Acquire) {
            let place = u64::from(*done % ENTRIES);
            let index = self.at::<AtomicU16>(queue.driver + 4 + 2 * place)?.load(Ordering::Relaxed);
            self.print(queue.descriptors + 16 * u64::from(index));
            self.at::<AtomicU32>(queue.device + 4 + 8 * place)?.store(index.into(), Ordering::Relaxed);
            *done = done.wrapping_add(1);
            self.at::<AtomicU16>(queue.device + 2)?.store(*done, Ordering::Release);
        }
        Some(())
    }
}

/// The console's thread: it has a queue when the VM's driver is ready, and ends when nobody has one for it any more.
fn be_console(
    memory: Shared<'_>,
    mut kick: File,
    mut irq: File,
    fd: RawFd,
    queues: Receiver<VirtioQueue>,
) -> std::io::Result<()> {
    let mut current = None;
    let mut done = 0;
    loop {
        let mut wanted = c::PollFd { fd, events: c::POLLIN, revents: 0 };
        // SAFETY: it waits for one.
        unsafe { c::poll(&mut wanted, 1, -1) };
        let mut count = [0; 8];
        if kick.read(&mut count).is_err() {
            continue;
        }
        loop {
            match queues.try_recv() {
                Ok(queue) => (current, done) = (Some(queue), 0),
                Err(mpsc::TryRecvError::Empty) => break,
                Err(mpsc::TryRecvError::Disconnected) => return Ok(()),
            }
        }
        if let Some(queue) = current.filter(|queue| queue.ready) {
            memory.serve(&queue, &mut done);
            irq.write_all(&1u64.to_ne_bytes())?;
        }
    }
}

/// Hears what the VM's driver does, until the VM is over.
fn watch(player: &VirtioPlayer<'_>, over: &AtomicBool, queues: Sender<VirtioQueue>) -> gunyah::Result<()> {
    while !over.load(Ordering::Acquire) {
        let news = player.wait()?;
        if news.has(VirtioEvent::DriverOk) {
            assert_eq!(player.features()?, VERSION_1);
            let _ = queues.send(player.queue(TRANSMIT)?);
            player.begin()?;
        }
        if news.has(VirtioEvent::Reset) {
            player.end_reset()?;
        }
    }
    Ok(())
}

fn describe(player: &VirtioPlayer<'_>) -> gunyah::Result<()> {
    // Magic value, version, and what it is; the rest of the registers is the hypervisor's.
    let registers: Vec<u8> = [0x7472_6976u32, 2, 3].iter().flat_map(|word| word.to_le_bytes()).collect();
    player.set_features(VERSION_1)?;
    player.set_queue_max(TRANSMIT, ENTRIES.into())?;
    player.set_config(&registers)
}

fn run(vm: &Vm<'_>, player: VirtioPlayer<'_>, canceller: VirtioCanceller<'_>) -> Result<(), Box<dyn Error>> {
    let memory = Shared(player.map()?);
    let fd = player.kick_fd(TRANSMIT)?;
    let (kick, irq, mut end) = (file(fd)?, file(player.irq_fd()?)?, file(fd)?);
    let over = AtomicBool::new(false);
    let over = &over;
    let mut vcpu = vm.open_vcpu(VcpuOptions::new(0))?;
    let (mut runner, _) = vcpu.split();
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let console = scope.spawn(move || be_console(memory, kick, irq, fd, receiver));
        let cpu = scope.spawn(move || {
            let cause = loop {
                match runner.run() {
                    Ok(VcpuExit::VmEnded { cause, .. }) => break Ok(cause),
                    Ok(_) => {}
                    Err(error) => break Err(error),
                }
            };
            over.store(true, Ordering::Release);
            canceller.cancel();
            cause
        });
        let watched = watch(&player, over, sender);
        let cause = cpu.join().expect("the vCPU's thread panicked")?;
        end.write_all(&1u64.to_ne_bytes())?;
        console.join().expect("the console's thread panicked")?;
        println!("the VM is over: {}", cause.text());
        Ok(watched?)
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let firmware = env::args().nth(1).ok_or("usage: signed_vmm firmware")?;
    // SAFETY: the handler does nothing.
    unsafe {
        c::signal(SIGUSR1, come_back);
        c::siginterrupt(SIGUSR1, 1);
    }
    let node = Node::open()?;
    let session = Session::open(node.backend())?;
    let vmm = node.vmm(&session)?;
    let vm = Vm::create(&vmm, None)?;
    vm.load_firmware(&firmware)?;
    vm.init()?;
    let mut device = node.open_virtio(VirtioOptions::new(&firmware, LABEL).signal(SIGUSR1))?;
    let (player, canceller) = device.split();
    describe(&player)?;
    vm.start()?;
    run(&vm, player, canceller)?;
    drop(device);
    vm.destroy(Timeout::FOREVER).map_err(gunyah::Error::from)?;
    Ok(())
}
