// SPDX-License-Identifier: BSD-3-Clause
//! What firmware does: it opens a session over a backend that somebody else has, in memory of its own, and makes a VM. There is
//! no standard library and no heap; whatever needed one would not link.
#![no_std]

use core::panic::PanicInfo;
use gunyah::memory::{Access, MemparcelOptions, Rights, Transaction};
use gunyah::rm::{Notice, Rm, RmOptions};
use gunyah::vm::{Region, Vm, VmImage, VmState};
use gunyah::{Arena, Backend, Call, CapId, ErrorKind, Observer, Registers, SessionOptions, Timeout, Virq, Watch};

/// What a device tree would tell.
#[repr(C)]
pub struct Told {
    backend: *const gunyah_sys::gunyah_backend,
    send_cap: u64,
    receive_cap: u64,
    receive_virq: u32,
}

struct Counter(u32);

impl Observer for Counter {
    fn after(&mut self, _: &Call<'_>, _: &mut Registers) {
        self.0 += 1;
    }
}

/// Returns 0, or the number of an error, `GUNYAH_ERR_*`. Stores how many calls were seen.
///
/// # Safety
/// What was told is right, and lives until this returns.
#[no_mangle]
pub unsafe extern "C" fn run(told: *const Told, calls: *mut u32) -> i32 {
    let mut memory = [0; 32 * 1024];
    let mut watch = Watch::new(Counter(0));
    let result = live(&*told, &Arena::new(&mut memory), &mut watch);

    *calls = watch.into_inner().0;
    result.err().map_or(0, |error| error.kind().code())
}

unsafe fn live<'a>(told: &Told, arena: &'a Arena<'_>, watch: &'a mut Watch<Counter>) -> gunyah::Result<()> {
    let session = SessionOptions::new(Backend::from_raw(told.backend)).arena(arena).observer(watch).open()?;
    let options = RmOptions::new(CapId::new(told.send_cap), CapId::new(told.receive_cap));
    let rm = Rm::open(&session, options.receive_virq(Virq::new(told.receive_virq)))?;
    let vm = Vm::create(&rm, None)?;
    let (access, regions) = ([Access::new(vm.vmid().unwrap(), Rights::Rwx)], [Region::new(0x4000_0000, 0x20_0000)]);
    let image = vm.add_memparcel(&rm, MemparcelOptions::new(Transaction::Lend, &access, &regions))?.handle();

    vm.configure(VmImage::new(image).dtb(0, 0x20_0000))?;
    vm.init()?;
    assert_eq!(vm.init().unwrap_err().kind(), ErrorKind::ObjectState);
    vm.start()?;
    match rm.next_event(Some(Timeout::NOW))?.notice() {
        Notice::VmStatus { status, .. } => assert_eq!(status.state, VmState::Init),
        _ => panic!("another event"),
    }
    vm.destroy(Timeout::FOREVER)?;
    rm.close()?;
    session.close()?;
    assert_eq!(arena.used(), 0);
    Ok(())
}

extern "C" {
    fn abort() -> !;
}

/// What unwinds where there is an operating system; the core library for one names it.
#[no_mangle]
pub extern "C" fn rust_eh_personality() {}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    // SAFETY: C's own.
    unsafe { abort() }
}
