// SPDX-License-Identifier: BSD-3-Clause
//! Watchdogs, of whoever keeps a VM and of the VM itself. The machine of the manual has them.

use crate::machine::{connect, declare_guest, host, lend_image, own};
use crate::wire::Wire;
use gunyah::sim::{Sim, SimOptions, VmOptions};
use gunyah::thread::Thread;
use gunyah::vm::{Authentication, ExitType, Vm, VmImage, VmState};
use gunyah::watchdog::{OwnWatchdog, Watchdog, WatchdogStatus, MAX_TIME};
use gunyah::{CapId, ErrorKind, Feature, Session, SessionOptions, Timeout, Vic, Virq, Watch};
use std::time::Duration;

const PAS_ID: u32 = 28;

/// Why a function did not succeed.
macro_rules! refused {
    ($call:expr) => {
        $call.unwrap_err().kind()
    };
}

fn ms(milliseconds: u64) -> Option<Duration> {
    Some(Duration::from_millis(milliseconds))
}

#[test]
fn the_open_hypervisor_has_none() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let watchdog = OwnWatchdog::of(&session);

    assert!(!session.has(Feature::Watchdog));
    assert_eq!(refused!(Watchdog::create(&own.partition, &own.cspace)), ErrorKind::Unimplemented);
    assert_eq!(refused!(Watchdog::open(&session, own.vic.cap()).unwrap().freeze()), ErrorKind::Unimplemented);
    for refusal in [watchdog.set_times(ms(1000), ms(2000)), watchdog.enable(), watchdog.pet(), watchdog.disable()] {
        assert_eq!(refused!(refusal), ErrorKind::Unimplemented);
    }
    assert_eq!(refused!(watchdog.status()), ErrorKind::Unimplemented);
}

#[test]
fn a_watchdog_is_made() {
    let sim = SimOptions::new().as_manual().create().unwrap();
    let vm = sim.add_vm(VmOptions::new().privileged()).unwrap();
    let (session, two) = (Session::open(sim.root().backend()).unwrap(), Session::open(vm.backend()).unwrap());
    let own = own(sim.root(), &session);
    let thread = Thread::create(&own.partition, &own.cspace).unwrap();
    let watchdog = Watchdog::create(&own.partition, &own.cspace).unwrap();

    watchdog.configure(true).unwrap();
    assert_eq!(refused!(watchdog.attach_vcpu(&thread)), ErrorKind::ObjectState);
    watchdog.activate().unwrap();
    assert_eq!(refused!(watchdog.configure(false)), ErrorKind::ObjectState);
    watchdog.attach_vcpu(&thread).unwrap();
    watchdog.bind_bark(&own.vic, Virq::new(40)).unwrap();
    assert_eq!(refused!(watchdog.bind_bite(&own.vic, Virq::new(40))), ErrorKind::Busy);
    watchdog.bind_bite(&own.vic, Virq::new(41)).unwrap();
    assert_eq!(refused!(watchdog.bind_bark(&own.vic, Virq::new(42))), ErrorKind::VirqBound);
    watchdog.unbind_bark().unwrap();
    assert_eq!(refused!(watchdog.bind_bite(&own.vic, Virq::new(42))), ErrorKind::VirqBound);
    watchdog.unbind_bite().unwrap();
    watchdog.freeze().unwrap();
    watchdog.freeze_and_reset().unwrap();
    watchdog.unfreeze().unwrap();
    watchdog.unfreeze().unwrap();
    assert_eq!(refused!(watchdog.unfreeze()), ErrorKind::Busy);

    let weak = Watchdog::open(&session, own.powerless(watchdog.cap())).unwrap();
    assert_eq!(refused!(weak.bind_bark(&own.vic, Virq::new(40))), ErrorKind::InsufficientRights);
    assert_eq!(refused!(weak.attach_vcpu(&thread)), ErrorKind::InsufficientRights);
    let stranger = Vic::open(&two, vm.info().vic.unwrap()).unwrap();
    assert_eq!(refused!(watchdog.bind_bark(&stranger, Virq::new(40))), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(Watchdog::open(&session, own.vic.cap()).unwrap().unfreeze()), ErrorKind::WrongObjectType);
    own.cspace.delete(weak.cap()).unwrap();
    assert_eq!(refused!(weak.freeze()), ErrorKind::CapNull);
}

#[test]
fn a_vm_minds_its_own_until_it_is_bitten() {
    let sim = SimOptions::new().as_manual().create().unwrap();
    let hlos = host(&sim);
    let session = Session::open(hlos.backend()).unwrap();
    let rm = connect(hlos, &session);
    declare_guest(&sim);
    let vm = Vm::create(&rm, None).unwrap();
    let image = VmImage::new(lend_image(&vm, &rm).unwrap().handle()).authentication(Authentication::Platform);
    vm.configure(image.dtb(0, 0x20_0000)).unwrap();
    vm.authenticate(PAS_ID).unwrap();
    vm.init().unwrap();
    vm.start().unwrap();
    let guest = sim.find_vm(vm.vmid().unwrap()).unwrap();
    let inside = Session::open(guest.backend()).unwrap();
    let own = OwnWatchdog::of(&inside);
    let sleep = |milliseconds: u64| sim.advance(milliseconds * 1_000_000);

    assert!(!own.status().unwrap().enabled);
    assert_eq!(refused!(own.disable()), ErrorKind::ArgumentInvalid);
    own.set_times(ms(100), ms(200)).unwrap();
    own.enable().unwrap();
    assert_eq!(refused!(own.enable()), ErrorKind::ArgumentInvalid);
    for _ in 0..3 {
        sleep(80);
        own.pet().unwrap();
    }
    sleep(120);
    let WatchdogStatus { enabled, expired, since_pet, .. } = own.status().unwrap();
    assert!(enabled && expired && (120..130).contains(&since_pet.as_millis()), "{since_pet:?}");
    own.set_times(None, ms(300)).unwrap();
    sleep(100);
    assert_eq!(vm.status().unwrap().state, VmState::Running);
    sleep(100);
    assert_eq!(vm.wait(&VmState::ENDED, Timeout::NOW).unwrap().state, VmState::Exited);
    assert_eq!(vm.exit_info(Timeout::FOREVER).unwrap().exit_type(), ExitType::WatchdogBite);
}

#[test]
fn times_are_not_cut_off_and_not_rounded_down() {
    let wire = Wire::default();
    let sim = Sim::new().unwrap();
    let mut watch = Watch::new(wire.clone());
    let session: Session<'_> = SessionOptions::new(sim.root().backend()).observer(&mut watch).open().unwrap();
    let own = OwnWatchdog::of(&session);
    let set = 0x8600_0008;

    wire.expect(own.set_times(ms(1), Some(MAX_TIME)), set, &[1, 32767]);
    wire.expect(own.set_times(Some(Duration::from_nanos(1_000_001)), Some(Duration::ZERO)), set, &[2, 0]);
    wire.expect(own.set_times(None, ms(5)), set, &[0xffff, 5]);
    wire.expect(own.set_times(ms(5), None), set, &[5, 0xffff]);
    // 65535 ms, which would be the word for "as before".
    for time in [Some(MAX_TIME + Duration::from_nanos(1)), ms(0xffff), ms(0x1_0000_0001), Some(Duration::MAX)] {
        assert_eq!(refused!(own.set_times(time, ms(1))), ErrorKind::ArgumentInvalid);
        assert_eq!(refused!(own.set_times(ms(1), time)), ErrorKind::ArgumentInvalid);
    }
}

// Numbers, and where arguments are, as tests/vectors has them.
#[test]
fn each_function_asks_for_what_it_is_called() {
    let wire = Wire::default();
    let sim = Sim::new().unwrap();
    let mut watch = Watch::new(wire.clone());
    let session: Session<'_> = SessionOptions::new(sim.root().backend()).observer(&mut watch).open().unwrap();
    let watchdog = Watchdog::open(&session, CapId::new(0x21)).unwrap();
    let (vic, thread) = (Vic::open(&session, CapId::new(0x22)).unwrap(), Thread::open(&session, CapId::new(0x23)).unwrap());
    let own = OwnWatchdog::of(&session);

    wire.expect(watchdog.configure(true), 0x58, &[0x21, 1]);
    wire.expect(watchdog.configure(false), 0x58, &[0x21, 0]);
    wire.expect(watchdog.activate(), 0x0c, &[0x21]);
    wire.expect(watchdog.attach_vcpu(&thread), 0x40, &[0x21, 0x23]);
    wire.expect(watchdog.bind_bark(&vic, Virq::new(40)), 0x41, &[0x21, 0x22, 40, 0]);
    wire.expect(watchdog.bind_bite(&vic, Virq::new(41)), 0x41, &[0x21, 0x22, 41, 1]);
    wire.expect(watchdog.unbind_bark(), 0x42, &[0x21, 0]);
    wire.expect(watchdog.unbind_bite(), 0x42, &[0x21, 1]);
    wire.expect(watchdog.freeze(), 0x63, &[0x21, 0]);
    wire.expect(watchdog.freeze_and_reset(), 0x63, &[0x21, 1]);
    wire.expect(watchdog.unfreeze(), 0x63, &[0x21, 2]);
    wire.expect(own.enable(), 0x8600_0005, &[3]);
    wire.expect(own.disable(), 0x8600_0005, &[2]);
    wire.expect(own.pet(), 0x8600_0007, &[]);
    for (word, enabled, expired) in [(0, false, false), (1, true, false), (0x8000_0001, true, true)] {
        wire.answers(&[0, word, 1234]);
        let status = wire.expect(own.status(), 0x8600_0006, &[]);
        assert_eq!((status.enabled, status.expired, status.since_pet), (enabled, expired, Duration::from_millis(1234)));
    }
}
