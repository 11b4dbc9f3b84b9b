// SPDX-License-Identifier: BSD-3-Clause
//! The VMM of examples/vmm in Rust: memory, a device tree, one vCPU in a thread of its own, a serial port, an interrupt, and a
//! register that the guest rings by.
//!
//!     vmm guest.dtb [kernel]

use gunyah::boot::{self, Kernel, Request};
use gunyah::linux::{MemoryOptions, Node, Notify, VcpuAction, VcpuExit, VcpuOptions, VcpuRunner, VmEnd};
use gunyah::mmio::{Access, Bus};
use gunyah::vm::{Region, Vm, VmImage};
use gunyah::{Session, Timeout};
use std::error::Error;
use std::{env, fs, thread};

const RAM: u64 = 0x8000_0000;
const TREE_SIZE: u64 = 0x1_0000; // with room for what the Resource Manager adds
const SERIAL: Region = Region::new(0x900_0000, 8);
const SERIAL_LINE_STATUS: u64 = 5;
const SERIAL_READY: u64 = 0x60;
const RING: u64 = 0x900_1000;
const BELL: u32 = 7; // label in the tree
const BRANCH_TO_ITSELF: [u8; 4] = [0, 0, 0, 0x14];

fn serial(access: &mut Access<'_>) {
    if access.is_write() && access.offset() == 0 {
        print!("{}", access.value() as u8 as char);
    } else if !access.is_write() {
        access.answer(if access.offset() == SERIAL_LINE_STATUS { SERIAL_READY } else { 0 });
    }
}

/// Puts kernel and device tree into the VM's memory.
fn fill(node: &Node, vm: &Vm<'_>, file: &[u8], tree: &[u8]) -> Result<(), Box<dyn Error>> {
    let kernel = Kernel::inspect(file)?;
    let ram = Region::new(RAM, (4 * kernel.memory_size() / boot::ALIGNMENT + 2) * boot::ALIGNMENT);
    let has_registers = node.info().can(gunyah_sys::GUNYAH_LINUX_BOOT_REGISTERS);
    let layout = kernel.place(Request::new(ram, TREE_SIZE).first_byte_is_entry(!has_registers))?;
    let mut piece = vm.add_memory(MemoryOptions::new(ram))?;
    let number = piece.number();
    // SAFETY: the VM is not started.
    let memory = unsafe { piece.as_mut_slice() };
    let (kernel_at, dtb_at) = ((layout.kernel - RAM) as usize, (layout.dtb - RAM) as usize);

    kernel.load(&mut memory[kernel_at..dtb_at])?;
    memory[dtb_at..][..tree.len()].copy_from_slice(tree);
    vm.configure(VmImage::new(number).image(layout.entry - RAM, 0).dtb(layout.dtb - RAM, TREE_SIZE))?;
    Ok(())
}

/// Is the vCPU until the VM is over.
fn run(mut vcpu: VcpuRunner<'_>, bus: &Bus<'_>) -> gunyah::Result<VmEnd> {
    loop {
        let exit = vcpu.run()?;
        match exit {
            VcpuExit::Mmio(mut mmio) => {
                let (address, is_write) = (mmio.address(), mmio.is_write());
                // Where no device is, writes are lost, and what is read is 0.
                let _ = bus.access(address, mmio.data(), is_write);
            }
            VcpuExit::PageFault { .. } => vcpu.resume(VcpuAction::Fault)?,
            VcpuExit::VmEnded { end, .. } => return Ok(end),
            _ => {}
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let tree = fs::read(arguments.next().ok_or("usage: vmm guest.dtb [kernel]")?)?;
    let kernel = arguments.next().map_or(Ok(BRANCH_TO_ITSELF.to_vec()), fs::read)?;
    let mut bus = Bus::new();
    bus.add(SERIAL, serial)?;

    let node = Node::open()?;
    let session = Session::open(node.backend())?;
    let vmm = node.vmm(&session)?;
    let vm = Vm::create(&vmm, None)?;
    fill(&node, &vm, &kernel, &tree)?;
    let rung = vm.add_notify(Notify::new(RING))?;
    let bell = vm.add_irq(BELL, false)?;
    vm.init()?;
    vm.start()?;

    let mut vcpu = vm.open_vcpu(VcpuOptions::new(0))?;
    let (runner, canceller) = vcpu.split();
    let bus = &bus;
    let why = thread::scope(|scope| {
        let thread = scope.spawn(move || run(runner, bus));
        // The guest rings, and is rung.
        let talked = rung.wait(1, Timeout::FOREVER).and_then(|_| bell.send(1)).and_then(|_| vm.exit_info(Timeout::FOREVER));
        if talked.is_err() {
            canceller.cancel();
        }
        thread.join().expect("the vCPU's thread panicked").and(talked)
    })?;
    println!("the VM is over: {}", why.text());
    vcpu.close()?;
    vm.destroy(Timeout::FOREVER).map_err(gunyah::Error::from)?;
    Ok(())
}
