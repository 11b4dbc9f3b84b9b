// SPDX-License-Identifier: BSD-3-Clause
//! A VMM's own work: a bus of devices, and where a kernel goes. What a driver answers, the example vmm sees in the emulated node.

use crate::machine::{connect, host};
use gunyah::boot::{self, Format, Kernel, Request};
use gunyah::linux::{MemoryOptions, Node, NodeOptions, Notify, VcpuOptions};
use gunyah::mmio::{Access, Bus};
use gunyah::sim::Sim;
use gunyah::vm::{Region, Vm};
use gunyah::{Domain, ErrorKind, Session};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;

#[test]
fn an_access_finds_its_device() {
    let written = AtomicU64::new(0);
    let mut bus = Bus::new();
    bus.add(Region::new(0x2000, 0x10), |access| access.answer(0x1122_3344_5566_7788 + access.offset())).unwrap();
    bus.add(Region::new(0x1000, 8), |access| written.store(access.value(), Ordering::Relaxed)).unwrap();
    let mut data = [0xff; 4];

    bus.access(0x2004, &mut data, false).unwrap();
    assert_eq!(data, [0x8c, 0x77, 0x66, 0x55]);
    bus.access(0x1000, &mut [1, 2], true).unwrap();
    assert_eq!(written.load(Ordering::Relaxed), 0x0201);
    assert_eq!(bus.access(0x1fff, &mut data, false).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(bus.access(0x200e, &mut data, false).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(bus.access(0x2000, &mut [0; 3], false).unwrap_err().kind(), ErrorKind::ArgumentSize);
    assert_eq!(bus.access(0x2000, &mut [], false).unwrap_err().kind(), ErrorKind::ArgumentSize);
}

#[test]
fn a_device_is_dropped_when_it_leaves_the_bus_or_never_came_onto_it() {
    let alive = Arc::new(());
    let device = || {
        let alive = Arc::clone(&alive);
        move |_: &mut Access<'_>| drop(Arc::clone(&alive))
    };
    let mut bus = Bus::new();

    for address in [0x3000, 0x1000, 0x2000] {
        bus.add(Region::new(address, 0x100), device()).unwrap();
    }
    assert_eq!(Arc::strong_count(&alive), 4);
    assert_eq!(bus.add(Region::new(0x10ff, 2), device()).unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(bus.add(Region::new(0x5000, 0), device()).unwrap_err().kind(), ErrorKind::ArgumentSize);
    assert_eq!(bus.add(Region::new(u64::MAX, 2), device()).unwrap_err().kind(), ErrorKind::AddrOverflow);
    assert_eq!(Arc::strong_count(&alive), 4);
    bus.remove(0x2000).unwrap();
    assert_eq!(bus.remove(0x2000).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(Arc::strong_count(&alive), 3);
    assert!(bus.access(0x1000, &mut [0], true).is_ok() && bus.access(0x3000, &mut [0], true).is_ok());
    assert_eq!(bus.access(0x2000, &mut [0], true).unwrap_err().kind(), ErrorKind::NotFound);
    drop(bus);
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn threads_share_a_bus_and_a_panic_stays_in_its_own() {
    let sum = AtomicU64::new(0);
    let mut bus = Bus::new();
    let count = |access: &mut Access<'_>| {
        sum.fetch_add(access.value(), Ordering::Relaxed);
    };
    bus.add(Region::new(0, 8), count).unwrap();
    bus.add(Region::new(8, 8), |_| panic!("a device")).unwrap();
    let bus = &bus;

    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..100).for_each(|_| bus.access(0, &mut [1], true).unwrap()));
        }
        let failed = scope.spawn(|| bus.access(8, &mut [1], true)).join().unwrap_err();
        assert_eq!(failed.downcast_ref(), Some(&"a device"));
    });
    assert!(catch_unwind(AssertUnwindSafe(|| bus.access(8, &mut [1], true))).is_err());
    bus.access(0, &mut [1], true).unwrap();
    assert_eq!(sum.load(Ordering::Relaxed), 201);
}

/// The header of an arm64 Image that needs 64 KiB, as the kernel's documentation describes it.
fn image() -> Vec<u8> {
    let mut image = vec![0; 4096];
    image[..4].copy_from_slice(&[0, 0, 0, 0x14]);
    image[16..24].copy_from_slice(&0x1_0000u64.to_le_bytes());
    image[24..32].copy_from_slice(&0xau64.to_le_bytes());
    image[56..60].copy_from_slice(b"ARM\x64");
    image
}

#[test]
fn an_image_is_placed_and_loaded() {
    let file = image();
    let kernel = Kernel::inspect(&file).unwrap();
    let ram = Region::new(0x8000_0000, 16 * boot::ALIGNMENT);
    let layout = kernel.place(Request::new(ram, 0x1_0000).initrd(5000)).unwrap();

    assert_eq!((kernel.format(), kernel.is_compressed(), kernel.memory_size()), (Format::Image, false, 0x1_0000));
    assert_eq!((layout.kernel, layout.entry), (ram.address, ram.address));
    assert_eq!(layout.dtb % boot::ALIGNMENT, 0);
    assert!(layout.dtb >= layout.kernel + kernel.memory_size() && layout.initrd.unwrap() >= layout.dtb + 0x1_0000);
    assert!(layout.end >= layout.initrd.unwrap() + 5000);
    let mut memory = vec![0xee; 0x1_0000];
    kernel.load(&mut memory).unwrap();
    assert_eq!(memory[..4096], file);
    assert_eq!(kernel.load(&mut memory[1..]).unwrap_err().kind(), ErrorKind::BufferTooSmall);
}

#[test]
fn files_and_memory_that_do_not_fit_are_refused() {
    let file = image();
    let kernel = Kernel::inspect(&file).unwrap();
    let small = Region::new(0x8000_0000, boot::ALIGNMENT);

    assert_eq!(Kernel::inspect(&[]).unwrap_err().kind(), ErrorKind::ArgumentSize);
    assert_eq!(Kernel::inspect(b"\x7fELF").unwrap_err().kind(), ErrorKind::Format);
    assert_eq!(kernel.place(Request::new(small, 0x1000)).unwrap_err().kind(), ErrorKind::BufferTooSmall);
    assert_eq!(kernel.place(Request::new(small, 0)).unwrap_err().kind(), ErrorKind::ArgumentSize);
    let odd = Region::new(0x8000_1000, 16 * boot::ALIGNMENT);
    assert_eq!(kernel.place(Request::new(odd, 0x1000)).unwrap_err().kind(), ErrorKind::ArgumentAlignment);
}

#[test]
fn what_is_no_node_is_told_apart() {
    let absent = NodeOptions::new().path("/dev/no-such-gunyah").open().unwrap_err();
    let other = NodeOptions::new().path("/dev/null").open().unwrap_err();

    assert_eq!((absent.kind(), absent.domain()), (ErrorKind::NoBackend, Domain::Backend));
    assert!(!absent.advice().is_empty());
    assert_eq!(other.kind(), ErrorKind::NotGunyah);
    assert_eq!(NodeOptions::new().path("/dev/null").fd(0).open().unwrap_err().kind(), ErrorKind::Option);
    assert_eq!(NodeOptions::new().path("a\0b").open().unwrap_err().kind(), ErrorKind::ArgumentInvalid);
    assert_eq!(Node::open().is_err(), !std::path::Path::new("/dev/gunyah").exists());
}

#[test]
fn what_only_drivers_have_is_unsupported_elsewhere() {
    let sim = Sim::new().unwrap();
    let hlos = host(&sim);
    let session = Session::open(hlos.backend()).unwrap();
    let rm = connect(hlos, &session);
    let vm = Vm::create(&rm, None).unwrap();

    assert_eq!(vm.add_memory(MemoryOptions::new(Region::new(0, 0x1000))).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(vm.add_irq(1, false).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(vm.add_notify(Notify::new(0x1000)).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(vm.reclaim_memory(Region::new(0, 0x1000)).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(vm.open_vcpu(VcpuOptions::new(0)).unwrap_err().kind(), ErrorKind::Unsupported);
}
