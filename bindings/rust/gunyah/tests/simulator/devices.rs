// SPDX-License-Identifier: BSD-3-Clause
//! Virtio devices that this VM plays, hardware interrupts, and calls that need no capability.

use crate::machine::{own, Own};
use crate::wire::Wire;
use gunyah::memextent::{Access, ExtentKind, MemExtent, MemExtentOptions, MemType, PAGE_SIZE};
use gunyah::sim::{Fault, Sim, SimOptions, VmOptions};
use gunyah::virtio_mmio::{
    VirtioInput, VirtioInputSelect, VirtioInterrupts, VirtioMmio, VirtioNotification, VirtioQueue, VirtioType, MAX_QUEUES,
    MAX_QUEUE_SIZE,
};
use gunyah::{CapId, ErrorKind, HwIrq, Session, SessionOptions, TraceFlags, Vic, Virq, Watch, MAX_ENTROPY};
use std::time::Duration;

/// VERSION_1 and ACCESS_PLATFORM.
const FEATURES: u64 = 1 << 32 | 1 << 33;

/// Why a function did not succeed.
macro_rules! refused {
    ($call:expr) => {
        $call.unwrap_err().kind()
    };
}

/// A device that is active, with two queues.
fn device<'s>(own: &Own<'s>, device_type: VirtioType) -> VirtioMmio<'s> {
    let device = VirtioMmio::create(&own.partition, &own.cspace).unwrap();
    // SAFETY: nobody uses the page.
    unsafe { device.configure(&own.extent(0, 1), 2, device_type).unwrap() };
    device.activate().unwrap();
    device
}

#[test]
fn a_device_is_made_of_a_page() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let (page, two) = (own.extent(0, 1), own.extent(1, 2));
    let create = || VirtioMmio::create(&own.partition, &own.cspace).unwrap();
    let device = create();
    // SAFETY: nobody uses the pages.
    let configure = |page, queues, device_type| unsafe { device.configure(page, queues, device_type) };

    assert_eq!(refused!(device.activate()), ErrorKind::ObjectConfig);
    assert_eq!(refused!(configure(&page, 0, VirtioType::Untyped)), ErrorKind::WouldCrash);
    assert_eq!(refused!(configure(&page, MAX_QUEUES + 1, VirtioType::Untyped)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(configure(&page, 1, VirtioType::Other(2))), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(configure(&two, 1, VirtioType::Untyped)), ErrorKind::ArgumentInvalid);
    configure(&page, MAX_QUEUES, VirtioType::Untyped).unwrap();
    device.activate().unwrap();
    assert_eq!(refused!(configure(&page, 1, VirtioType::Untyped)), ErrorKind::ObjectState);

    let second = create();
    // SAFETY: as above.
    unsafe { second.configure(&page, 1, VirtioType::Untyped).unwrap() };
    assert_eq!(refused!(second.activate()), ErrorKind::Busy);
    let read_only = MemExtent::create(&own.partition, &own.cspace).unwrap();
    read_only.configure(crate::machine::MEMORY + 8 * PAGE_SIZE, PAGE_SIZE, Access::R, MemType::Any, ExtentKind::Basic).unwrap();
    read_only.activate().unwrap();
    let third = create();
    // SAFETY: as above.
    unsafe { third.configure(&read_only, 1, VirtioType::Untyped).unwrap() };
    assert_eq!(refused!(third.activate()), ErrorKind::Denied);
}

#[test]
fn a_device_is_played() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let device = device(&own, VirtioType::Untyped);
    let (used, config) = (VirtioInterrupts::USED_BUFFER, VirtioInterrupts::CONFIG_CHANGED);

    assert_eq!(refused!(device.set_device_features(1 << 32)), ErrorKind::Denied);
    assert_eq!(refused!(device.set_device_features(FEATURES | 1 << 38)), ErrorKind::Denied);
    device.set_device_features(FEATURES).unwrap();
    assert_eq!(device.driver_features(), Ok(0));
    device.set_queue_num_max(1, MAX_QUEUE_SIZE).unwrap();
    assert_eq!(refused!(device.set_queue_num_max(1, MAX_QUEUE_SIZE + 1)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(device.set_queue_num_max(2, 1)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(device.queue(2)), ErrorKind::ArgumentInvalid);
    let VirtioQueue { ready, entries, .. } = device.queue(1).unwrap();
    assert_eq!((ready, entries), (false, 0));
    let VirtioNotification { queues, new_buffer, reset_requested, driver_ok, failed, .. } = device.notification().unwrap();
    assert_eq!((queues, new_buffer, reset_requested, driver_ok, failed), (0, false, false, false, false));

    device.bind_backend(&own.vic, Virq::new(40)).unwrap();
    assert_eq!(refused!(device.bind_frontend(&own.vic, Virq::new(40))), ErrorKind::Busy);
    device.bind_frontend(&own.vic, Virq::new(41)).unwrap();
    assert_eq!(refused!(device.bind_backend(&own.vic, Virq::new(42))), ErrorKind::VirqBound);
    device.assert_virq(used | config).unwrap();
    assert_eq!(session.wait(&[Virq::new(41), Virq::new(40)], Duration::ZERO), Ok(1));
    assert_eq!(refused!(device.assert_virq(VirtioInterrupts::from_bits(4))), ErrorKind::Option);
    device.unbind_backend().unwrap();
    device.unbind_frontend().unwrap();
    device.assert_virq(used).unwrap();

    device.update_status(64).unwrap();
    assert_eq!(refused!(device.update_status(0x100)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(device.assert_virq(used)), ErrorKind::Denied);
    device.acknowledge_reset().unwrap();
    device.assert_virq(used).unwrap();
    assert_eq!(refused!(device.configure_input(&VirtioInput::default())), ErrorKind::ObjectConfig);
    assert_eq!(refused!(device.set_input_data(VirtioInputSelect::Name, b"none")), ErrorKind::WrongObjectType);
}

#[test]
fn an_input_device_tells_what_it_was_given() {
    for (options, in_manual) in [(SimOptions::new(), false), (SimOptions::new().as_manual(), true)] {
        let sim = options.create().unwrap();
        let session = Session::open(sim.root().backend()).unwrap();
        let own = own(sim.root(), &session);
        let device = device(&own, VirtioType::Input);
        let give = |select, data: &[u8]| device.set_input_data(select, data).map_err(|error| error.kind());
        let outside_of_manual = if in_manual { Err(ErrorKind::ArgumentInvalid) } else { Ok(()) };

        assert_eq!(give(VirtioInputSelect::Axis(0), &[0; 20]), Err(ErrorKind::ArgumentInvalid));
        let too_many = VirtioInput { axes: 65, ..VirtioInput::default() };
        assert_eq!(refused!(device.configure_input(&too_many)), ErrorKind::ArgumentInvalid);
        let input = VirtioInput { event_types: 1, axes: 1, ..VirtioInput::default() };
        device.configure_input(&input).unwrap();
        assert_eq!(refused!(device.configure_input(&input)), ErrorKind::Busy);
        give(VirtioInputSelect::Name, b"keys").unwrap();
        give(VirtioInputSelect::Name, &[b'k'; 128]).unwrap();
        give(VirtioInputSelect::Serial, b"1").unwrap();
        assert_eq!(give(VirtioInputSelect::Name, &[b'k'; 129]), Err(ErrorKind::ArgumentSize));
        assert_eq!(give(VirtioInputSelect::Name, b""), Err(ErrorKind::ArgumentSize));
        assert_eq!(give(VirtioInputSelect::Ids, &[1; 8]), outside_of_manual);
        assert_eq!(give(VirtioInputSelect::Properties, &[1; 4]), outside_of_manual);
        assert_eq!(give(VirtioInputSelect::Ids, &[1; 9]), Err(ErrorKind::ArgumentSize));
        give(VirtioInputSelect::Axis(63), &[0; 20]).unwrap();
        assert_eq!(give(VirtioInputSelect::Axis(1), &[0; 20]), Err(ErrorKind::NoResources));
        assert_eq!(give(VirtioInputSelect::Axis(64), &[0; 20]), Err(ErrorKind::ArgumentInvalid));
        assert_eq!(give(VirtioInputSelect::Axis(0), &[0; 19]), Err(ErrorKind::ArgumentSize));
        give(VirtioInputSelect::Events(1), &[3; 128]).unwrap();
        assert_eq!(give(VirtioInputSelect::Events(32), &[3]), Err(ErrorKind::ArgumentInvalid));
        // SAFETY: the library refuses both before anybody reads.
        unsafe {
            let wraps = device.set_input_data_at(VirtioInputSelect::Name, u64::MAX, 2);
            assert_eq!(refused!(wraps), ErrorKind::AddrOverflow);
            assert_eq!(refused!(device.set_input_data_at(VirtioInputSelect::Name, 0, 1)), ErrorKind::Null);
        }
    }
}

#[test]
fn capabilities_are_looked_at() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new().privileged()).unwrap();
    let (one, two) = (Session::open(sim.root().backend()).unwrap(), Session::open(vm.backend()).unwrap());
    let own = own(sim.root(), &one);
    let device = device(&own, VirtioType::Input);
    let weak = VirtioMmio::open(&one, own.powerless(device.cap())).unwrap();
    let stranger = Vic::open(&two, vm.info().vic.unwrap()).unwrap();

    for refusal in [
        weak.set_device_features(FEATURES),
        weak.notification().map(drop),
        weak.assert_virq(VirtioInterrupts::NONE),
        weak.bind_backend(&own.vic, Virq::new(40)),
        weak.configure_input(&VirtioInput::default()),
        weak.set_input_data(VirtioInputSelect::Name, b"keys"),
    ] {
        assert_eq!(refused!(refusal), ErrorKind::InsufficientRights);
    }
    assert_eq!(refused!(device.bind_frontend(&stranger, Virq::new(40))), ErrorKind::ArgumentInvalid);
    let wrong = VirtioMmio::open(&one, own.vic.cap()).unwrap();
    assert_eq!(refused!(wrong.acknowledge_reset()), ErrorKind::WrongObjectType);
    own.cspace.delete(device.cap()).unwrap();
    assert_eq!(refused!(device.notification()), ErrorKind::CapNull);
}

#[test]
fn hardware_is_somebody_elses() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let wrong = HwIrq::open(&session, own.vic.cap()).unwrap();
    let none = HwIrq::open(&session, CapId::INVALID).unwrap();

    assert_eq!((wrong.cap(), none.cap()), (own.vic.cap(), CapId::INVALID));
    assert_eq!(refused!(wrong.bind(&own.vic, Virq::new(40))), ErrorKind::WrongObjectType);
    assert_eq!(refused!(wrong.unbind()), ErrorKind::WrongObjectType);
    assert_eq!(refused!(none.unbind()), ErrorKind::ArgumentInvalid);
}

#[test]
fn random_bytes_are_rationed() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let mut bytes = [0xee; MAX_ENTROPY + 1];

    assert_eq!(refused!(session.entropy(&mut bytes)), ErrorKind::ArgumentSize);
    assert_eq!(refused!(session.entropy(&mut [])), ErrorKind::ArgumentSize);
    session.entropy(&mut bytes[..3]).unwrap();
    assert_eq!(bytes[3..], [0xee; MAX_ENTROPY - 2]);
    for _ in 1..4 {
        session.entropy(&mut bytes[..MAX_ENTROPY]).unwrap();
    }
    let before = bytes;
    assert_eq!(refused!(session.entropy(&mut bytes[..1])), ErrorKind::Busy);
    assert_eq!(bytes, before);
    sim.advance(33_000_000);
    session.entropy(&mut bytes[..MAX_ENTROPY]).unwrap();
    assert_ne!(bytes, before);
}

#[test]
fn everybody_may_yield_and_choose_what_is_traced() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new()).unwrap();
    let session = Session::open(vm.backend()).unwrap();
    let kept = TraceFlags::ERROR | TraceFlags::LOG_BUFFER;
    let all = TraceFlags::from_bits(u64::MAX);

    session.yield_now().unwrap();
    let at_first = session.trace(TraceFlags::NONE, TraceFlags::NONE).unwrap();
    let more = session.trace(TraceFlags::USER | TraceFlags::PSCI, TraceFlags::PSCI).unwrap();
    assert_eq!(more, at_first | TraceFlags::USER | TraceFlags::PSCI);
    assert!(more.contains(TraceFlags::PSCI) && !more.contains(TraceFlags::PSCI | TraceFlags::VGIC_DEBUG));
    let least = session.trace(TraceFlags::NONE, all).unwrap();
    assert_eq!(least.bits() & !kept.bits(), 0);
    assert_eq!(least.bits(), at_first.bits() & kept.bits());

    sim.add_fault(Fault::new(gunyah_sys::GUNYAH_HVERR_DENIED)).unwrap();
    assert_eq!(refused!(session.trace(all, TraceFlags::NONE)), ErrorKind::Denied);
}

// Numbers, and where arguments are, as tests/vectors has them; bits as hypercalls.md does.
#[test]
fn each_function_asks_for_what_it_is_called() {
    let sim = Sim::new().unwrap();
    let wire = Wire::default();
    let mut watch = Watch::new(wire.clone());
    let session: Session<'_> = SessionOptions::new(sim.root().backend()).observer(&mut watch).open().unwrap();
    let device = VirtioMmio::open(&session, CapId::new(0x21)).unwrap();
    let vic = Vic::open(&session, CapId::new(0x22)).unwrap();
    let page = MemExtent::open(&session, MemExtentOptions::new(CapId::new(0x23)).size(PAGE_SIZE)).unwrap();
    let hwirq = HwIrq::open(&session, CapId::new(0x25)).unwrap();
    let virq = Virq::new(40);

    // SAFETY: nobody does anything.
    unsafe {
        wire.expect(device.configure(&page, 3, VirtioType::Untyped), 0x49, &[0x21, 0x23, 3]);
        wire.expect(device.configure(&page, 3, VirtioType::Input), 0x49, &[0x21, 0x23, 3, 1 << 6, 18]);
        wire.expect(device.activate(), 0x0c, &[0x21]);
        let axis = device.set_input_data_at(VirtioInputSelect::Axis(63), 0x8000_1234, 20);
        wire.expect(axis, 0x5f, &[0x21, 18, 63, 20, 0x8000_1234]);
    }
    for (select, number, part) in [
        (VirtioInputSelect::Name, 1, 0),
        (VirtioInputSelect::Serial, 2, 0),
        (VirtioInputSelect::Ids, 3, 0),
        (VirtioInputSelect::Properties, 16, 0),
        (VirtioInputSelect::Events(5), 17, 5),
    ] {
        let data = b"data";
        wire.expect(device.set_input_data(select, data), 0x5f, &[0x21, number, part, 4, data.as_ptr() as u64]);
    }
    let input = VirtioInput {
        bus_type: 0x7788,
        vendor: 0x5566,
        product: 0x3344,
        version: 0x1122,
        properties: 3,
        event_types: 32,
        axes: 64,
    };
    wire.expect(device.configure_input(&input), 0x5e, &[0x21, 0x1122_3344_5566_7788, 3, 32, 64]);
    wire.expect(device.set_queue_num_max(1, 64), 0x50, &[0x21, 1, 64]);
    wire.expect(device.bind_backend(&vic, virq), 0x4a, &[0x21, 0x22, 40]);
    wire.expect(device.unbind_backend(), 0x4b, &[0x21]);
    wire.expect(device.bind_frontend(&vic, virq), 0x4c, &[0x21, 0x22, 40]);
    wire.expect(device.unbind_frontend(), 0x4d, &[0x21]);
    wire.expect(device.assert_virq(VirtioInterrupts::USED_BUFFER), 0x4e, &[0x21, 1]);
    wire.expect(device.assert_virq(VirtioInterrupts::CONFIG_CHANGED), 0x4e, &[0x21, 2]);
    wire.expect(device.acknowledge_reset(), 0x54, &[0x21]);
    wire.expect(device.update_status(255), 0x55, &[0x21, 255]);
    wire.expect(hwirq.bind(&vic, virq), 0x26, &[0x25, 0x22, 40]);
    wire.expect(hwirq.unbind(), 0x27, &[0x25]);
    wire.expect(session.yield_now(), 0x3b, &[]);

    wire.answers(&[0, 64, 1, 0x1000, 0x2000, 0x3000]);
    let queue = wire.expect(device.queue(1), 0x52, &[0x21, 1]);
    assert_eq!((queue.entries, queue.ready), (64, true));
    assert_eq!((queue.descriptors, queue.driver, queue.device), (0x1000, 0x2000, 0x3000));
    for (bits, flags) in [
        (1, (true, false, false, false)),
        (2, (false, true, false, false)),
        (8, (false, false, true, false)),
        (16, (false, false, false, true)),
    ] {
        wire.answers(&[0, 0x8000_0000_0000_0002, bits]);
        let VirtioNotification { queues, new_buffer, reset_requested, driver_ok, failed, .. } =
            wire.expect(device.notification(), 0x53, &[0x21]);
        assert_eq!((queues, (new_buffer, reset_requested, driver_ok, failed)), (0x8000_0000_0000_0002, flags));
    }
    wire.answers(&[0, 0x0001_0002]);
    let flags = wire.expect(session.trace(TraceFlags::VGIC | TraceFlags::INFO, TraceFlags::MEMDB), 0x3f, &[0x2_0040, 0x80]);
    assert_eq!(flags, TraceFlags::PSCI | TraceFlags::DEBUG);
    wire.answers(&[0, 0x0403_0201, 0x0807_0605]);
    let mut bytes = [0; 8];
    wire.expect(session.entropy(&mut bytes), 0x57, &[8]);
    assert_eq!(bytes, [1, 2, 3, 4, 5, 6, 7, 8]);
}
