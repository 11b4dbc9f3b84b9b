// SPDX-License-Identifier: BSD-3-Clause
//! Threads, which are vCPUs, and power groups.

use crate::machine::{own, Own};
use crate::wire::Wire;
use gunyah::addrspace::AddrSpace;
use gunyah::sim::{Sim, SimOptions, VmOptions};
use gunyah::thread::{
    Exit, PowerOnFlags, Register, Reset2, Resume, ResumeAction, Thread, ThreadOptions, WakeupFrom, MAX_PRIORITY,
};
use gunyah::{
    CapId, Cspace, ErrorKind, MpidrMapping, Result, Session, SessionOptions, Timeout, Vic, Virq, Vmid, VpmGroup, VpmState, Watch,
};
use std::time::Duration;

/// Why a function did not succeed.
macro_rules! refused {
    ($call:expr) => {
        $call.unwrap_err().kind()
    };
}

/// What a thread is attached to.
struct Machine<'s> {
    own: Own<'s>,
    space: AddrSpace<'s>,
    vic: Vic<'s>,
    group: VpmGroup<'s>,
}

fn machine<'s>(sim: &Sim, session: &'s Session<'_>) -> Machine<'s> {
    let own = own(sim.root(), session);
    let space = AddrSpace::create(&own.partition, &own.cspace).unwrap();
    let vic = Vic::create(&own.partition, &own.cspace).unwrap();
    let group = VpmGroup::create(&own.partition, &own.cspace).unwrap();

    space.configure(Vmid::new(0x40)).unwrap();
    space.activate().unwrap();
    vic.configure(2, 32).unwrap();
    vic.activate().unwrap();
    group.activate().unwrap();
    Machine { own, space, vic, group }
}

impl<'s> Machine<'s> {
    /// A thread that lacks nothing but its activation.
    fn thread(&self, index: u32) -> Thread<'s> {
        let thread = Thread::create(&self.own.partition, &self.own.cspace).unwrap();
        self.own.cspace.attach_thread(&thread).unwrap();
        self.space.attach_vcpu(&thread).unwrap();
        self.vic.attach_vcpu(&thread, index).unwrap();
        self.group.attach_vcpu(&thread, index).unwrap();
        thread
    }

    /// One that `run` runs.
    fn proxied(&self, index: u32) -> Thread<'s> {
        let thread = self.thread(index);
        thread.configure(ThreadOptions::new().vcpu_run_scheduled()).unwrap();
        thread.activate().unwrap();
        thread
    }
}

fn power_on(thread: &Thread<'_>, entry_point: u64, flags: PowerOnFlags) -> Result<()> {
    // SAFETY: its address space is empty.
    unsafe { thread.power_on(entry_point, 7, flags) }
}

#[test]
fn a_thread_lives() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let m = machine(&sim, &session);
    let thread = m.proxied(0);

    assert_eq!(thread.run_check(), Ok(Exit::PoweredOff { exited: false }));
    assert_eq!(m.group.state(), Ok(VpmState::CpusSuspended));
    thread.write_register(Register::Pc, 0x1000).unwrap();
    thread.bind_wakeup(&m.own.vic, Virq::new(40)).unwrap();
    thread.bind_halt(&m.own.vic, Virq::new(41)).unwrap();
    assert_eq!(refused!(m.group.bind(&m.own.vic, Virq::new(41))), ErrorKind::Busy);
    power_on(&thread, 0, PowerOnFlags::KEEP_ENTRY_POINT).unwrap();
    assert_eq!(refused!(power_on(&thread, 0, PowerOnFlags::NONE)), ErrorKind::Busy);
    assert_eq!(refused!(thread.write_register(Register::X(0), 1)), ErrorKind::Busy);
    assert_eq!(thread.run(Resume::new()), Ok(Exit::Ready));
    assert_eq!(m.group.state(), Ok(VpmState::Running));
    assert_eq!(refused!(thread.power_off(true)), ErrorKind::ArgumentInvalid);
    thread.yield_to().unwrap();
    thread.kill().unwrap();
    assert_eq!(thread.run(Resume::default()), Ok(Exit::PoweredOff { exited: true }));
    // The end of a thread by force is what this interrupt tells.
    assert_eq!(session.wait(&[Virq::new(41)], Timeout::NOW).map_err(|error| error.kind()), Err(ErrorKind::Timeout));
    thread.unbind_wakeup().unwrap();
    thread.unbind_halt().unwrap();
    assert_eq!(Thread::open(&session, thread.cap()).unwrap().run_check(), Ok(Exit::PoweredOff { exited: true }));
}

#[test]
fn killing_twice_is_an_error_in_the_manual_alone() {
    for (options, expected) in [(SimOptions::new(), Ok(())), (SimOptions::new().as_manual(), Err(ErrorKind::ObjectState))] {
        let sim = options.create().unwrap();
        let session = Session::open(sim.root().backend()).unwrap();
        let m = machine(&sim, &session);
        let thread = m.thread(0);

        thread.activate().unwrap();
        thread.kill().unwrap();
        assert_eq!(thread.kill().map_err(|error| error.kind()), expected);
        assert_eq!(thread.run_check().map(drop).map_err(|error| error.kind()), expected);
    }
}

#[test]
fn what_a_thread_needs_shows_when_it_is_activated() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let m = machine(&sim, &session);
    let activate = |has_cspace, has_space, has_vic| {
        let thread = Thread::create(&m.own.partition, &m.own.cspace).unwrap();
        if has_cspace {
            m.own.cspace.attach_thread(&thread).unwrap();
        }
        if has_space {
            m.space.attach_vcpu(&thread).unwrap();
        }
        if has_vic {
            m.vic.attach_vcpu(&thread, 0).unwrap();
        }
        refused!(thread.activate())
    };

    assert_eq!(activate(false, true, true), ErrorKind::ObjectConfig);
    assert_eq!(activate(true, false, true), ErrorKind::ObjectConfig);
    assert_eq!(activate(true, true, false), ErrorKind::ArgumentInvalid);
    let with = |options| {
        let thread = m.thread(0);
        thread.configure(options).unwrap();
        refused!(thread.activate())
    };
    for options in [ThreadOptions::new().sve_allowed(), ThreadOptions::new().hlos_vm(), ThreadOptions::new().pinned()] {
        assert_eq!(with(options), ErrorKind::ObjectConfig);
    }

    let first = m.thread(0);
    first.configure(ThreadOptions::new().pinned().debug_allowed()).unwrap();
    first.set_affinity(Some(1)).unwrap();
    first.activate().unwrap();
    assert_eq!(refused!(first.set_affinity(Some(0))), ErrorKind::Denied);
    let second = m.thread(0);
    m.group.attach_vcpu(&second, 1).unwrap();
    assert_eq!(refused!(second.activate()), ErrorKind::Busy);
    let second = m.thread(1);
    m.group.attach_vcpu(&second, 0).unwrap();
    assert_eq!(refused!(second.activate()), ErrorKind::Denied);
    assert_eq!(refused!(first.configure(ThreadOptions::new())), ErrorKind::ObjectState);
    assert_eq!(refused!(m.own.cspace.attach_thread(&first)), ErrorKind::ObjectState);
}

#[test]
fn limits_are_those_of_the_hypervisor() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let m = machine(&sim, &session);
    let thread = m.thread(0);
    let slice = |microseconds| thread.set_timeslice(Duration::from_micros(microseconds));
    let write = |register, value| refused!(thread.write_register(register, value));

    thread.set_priority(MAX_PRIORITY).unwrap();
    assert_eq!(refused!(thread.set_priority(MAX_PRIORITY + 1)), ErrorKind::Denied);
    slice(100).unwrap();
    slice(100_000).unwrap();
    assert_eq!(refused!(slice(99)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(slice(100_001)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(thread.set_timeslice(Duration::MAX)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(thread.set_affinity(Some(8))), ErrorKind::WouldCrash);
    thread.set_affinity(Some(1)).unwrap();
    thread.set_affinity(None).unwrap();
    assert_eq!(write(Register::X(31), 0), ErrorKind::ArgumentInvalid);
    assert_eq!(write(Register::SpEl(2), 0), ErrorKind::ArgumentInvalid);
    assert_eq!(write(Register::SpEl(0), 8), ErrorKind::ArgumentInvalid);
    assert_eq!(write(Register::Pc, 2), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(m.vic.attach_vcpu(&thread, 2)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(m.group.attach_vcpu(&thread, 0x1_0000)), ErrorKind::ArgumentInvalid);

    thread.activate().unwrap();
    assert_eq!(refused!(power_on(&thread, 0, PowerOnFlags::from_bits(4))), ErrorKind::Option);
    assert_eq!(refused!(thread.run(Resume::new())), ErrorKind::Busy);
    let nonsense = Resume::new().action(ResumeAction::Other(3));
    assert_eq!(refused!(thread.run(nonsense)), ErrorKind::ArgumentInvalid);
}

#[test]
fn the_manual_asks_for_slices_of_a_millisecond() {
    for (options, expected) in [(SimOptions::new(), Ok(())), (SimOptions::new().as_manual(), Err(ErrorKind::ArgumentInvalid))] {
        let sim = options.create().unwrap();
        let session = Session::open(sim.root().backend()).unwrap();
        let m = machine(&sim, &session);
        let thread = m.thread(0);

        thread.set_timeslice(Duration::from_millis(1)).unwrap();
        assert_eq!(thread.set_timeslice(Duration::from_micros(999)).map_err(|error| error.kind()), expected);
    }
}

#[test]
fn capabilities_are_looked_at() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new().privileged()).unwrap();
    let (one, two) = (Session::open(sim.root().backend()).unwrap(), Session::open(vm.backend()).unwrap());
    let m = machine(&sim, &one);
    let thread = m.proxied(0);
    let weak = Thread::open(&one, m.own.powerless(thread.cap())).unwrap();
    let weak_group = VpmGroup::open(&one, m.own.powerless(m.group.cap())).unwrap();

    for refusal in [weak.kill(), weak.yield_to(), power_on(&weak, 0, PowerOnFlags::NONE), weak.run_check().map(drop)] {
        assert_eq!(refused!(refusal), ErrorKind::InsufficientRights);
    }
    assert_eq!(refused!(weak.run(Resume::new())), ErrorKind::InsufficientRights);
    assert_eq!(refused!(weak_group.state()), ErrorKind::InsufficientRights);
    assert_eq!(refused!(weak_group.bind(&m.own.vic, Virq::new(40))), ErrorKind::InsufficientRights);
    assert_eq!(refused!(VpmGroup::open(&one, thread.cap()).unwrap().state()), ErrorKind::WrongObjectType);
    assert_eq!(refused!(Thread::open(&one, m.vic.cap()).unwrap().kill()), ErrorKind::WrongObjectType);

    let stranger = Thread::open(&two, CapId::new(1)).unwrap();
    for refusal in [
        m.own.cspace.attach_thread(&stranger),
        m.vic.attach_vcpu(&stranger, 0),
        m.group.attach_vcpu(&stranger, 0),
        m.space.attach_vcpu(&stranger),
        stranger.bind_halt(&m.own.vic, Virq::new(40)),
    ] {
        assert_eq!(refused!(refusal), ErrorKind::ArgumentInvalid);
    }
    m.own.cspace.delete(thread.cap()).unwrap();
    assert_eq!(refused!(thread.kill()), ErrorKind::CapNull);
}

#[test]
fn a_group_adds_up_its_threads_or_does_not() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let m = machine(&sim, &session);
    let group = VpmGroup::create(&m.own.partition, &m.own.cspace).unwrap();
    let thread = m.thread(0);

    group.configure(true).unwrap();
    group.activate().unwrap();
    assert_eq!(refused!(group.configure(false)), ErrorKind::ObjectState);
    group.attach_vcpu(&thread, 0).unwrap();
    thread.activate().unwrap();
    power_on(&thread, 0, PowerOnFlags::NONE).unwrap();
    assert_eq!(group.state(), Ok(VpmState::CpusSuspended));
    group.bind(&m.own.vic, Virq::new(40)).unwrap();
    assert_eq!(refused!(group.bind(&m.own.vic, Virq::new(41))), ErrorKind::VirqBound);
    group.unbind().unwrap();
    group.unbind().unwrap();
    group.bind(&m.own.vic, Virq::new(41)).unwrap();
    group.unbind().unwrap();
}

#[test]
fn a_controller_chooses_affinities_before_it_is_active() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let vic = Vic::create(&own.partition, &own.cspace).unwrap();
    let aff1 = MpidrMapping { mask: 0x300, ..MpidrMapping::default() };

    vic.configure(4, 32).unwrap();
    vic.set_mpidr_mapping(&aff1).unwrap();
    let overlapping = MpidrMapping { mask: 0x303, ..aff1 };
    assert_eq!(refused!(vic.set_mpidr_mapping(&overlapping)), ErrorKind::ArgumentInvalid);
    let far = MpidrMapping { aff_shifts: [0, 32, 0, 0], ..aff1 };
    assert_eq!(refused!(vic.set_mpidr_mapping(&far)), ErrorKind::ArgumentInvalid);
    vic.activate().unwrap();
    assert_eq!(refused!(vic.set_mpidr_mapping(&aff1)), ErrorKind::ObjectState);
    assert_eq!(refused!(vic.bind_msi_source(own.cspace.cap())), ErrorKind::WrongObjectType);
}

/// A session with a hypervisor that answers what a test says.
fn with_wire(test: impl FnOnce(&Session<'_>, &Wire)) {
    let sim = Sim::new().unwrap();
    let wire = Wire::default();
    let mut watch = Watch::new(wire.clone());
    let session: Session<'_> = SessionOptions::new(sim.root().backend()).observer(&mut watch).open().unwrap();
    test(&session, &wire);
}

// The words are those of the recordings vcpu-run-*, and of the manual where no recording has the state.
#[test]
fn each_state_has_its_words() {
    let sleeps = |from, suspend_state| Exit::ExpectsWakeup { from, suspend_state };
    let states = [
        ([0, 0, 0, 0], Exit::Ready),
        ([1, 0, 1, 0], sleeps(WakeupFrom::Wfi, 0)),
        ([1, 0x4000_0003, 2, 0], sleeps(WakeupFrom::CpuSuspend, 0x4000_0003)),
        ([1, 0, 3, 0], sleeps(WakeupFrom::SystemSuspend, 0)),
        ([1, 0, 9, 0], sleeps(WakeupFrom::Other(9), 0)),
        ([2, 0, 0, 0], Exit::PoweredOff { exited: false }),
        ([2, 1, 0, 0], Exit::PoweredOff { exited: true }),
        ([3, 0, 0, 0], Exit::Blocked),
        ([4, 0x6000_0001, 8, 0], Exit::MmioRead { address: 0x6000_0001, length: 8 }),
        ([5, 0x6000_0100, 4, 0xabcd], Exit::MmioWrite { address: 0x6000_0100, length: 4, value: 0xabcd }),
        ([6, 0, 0, 0], Exit::Fault),
        ([7, 0x9000_0000, 5, 6], Exit::PageFault { address: 0x9000_0000 }),
        ([0x100, 1 << 63, 0, 0], Exit::SystemReset { reset2: None }),
        ([99, 1, 2, 3], Exit::Unknown { state: 99, data: [1, 2, 3] }),
    ];
    with_wire(|session, wire| {
        let thread = Thread::open(session, CapId::new(0x23)).unwrap();
        for (words, exit) in states {
            wire.answers(&[0, words[0], words[1], words[2], words[3]]);
            assert_eq!(wire.expect(thread.run(Resume::new()), 0x65, &[0x23]), exit);
            assert_eq!(wire.expect(thread.run_check(), 0x68, &[0x23]), exit);
        }
        wire.answers(&[0, 0x100, 0x4000_0000_8000_0005, 0x77]);
        match wire.expect(thread.run(Resume::new()), 0x65, &[0x23]) {
            Exit::SystemReset { reset2: Some(Reset2 { reset_type, cookie, .. }) } => {
                assert_eq!((reset_type, cookie), (0x8000_0005, 0x77));
            }
            other => panic!("{other:?}"),
        }
    });
}

// Numbers, and where arguments are, as tests/vectors has them; bits as hypercalls.md does.
#[test]
fn each_function_asks_for_what_it_is_called() {
    with_wire(|session, wire| {
        let cap = CapId::new;
        let thread = Thread::open(session, cap(0x23)).unwrap();
        let (vic, cspace) = (Vic::open(session, cap(0x24)).unwrap(), Cspace::open(session, cap(0x25)).unwrap());
        let group = VpmGroup::open(session, cap(0x26)).unwrap();
        let virq = Virq::new(40);

        wire.expect(cspace.attach_thread(&thread), 0x3e, &[0x25, 0x23]);
        wire.expect(vic.attach_vcpu(&thread, 5), 0x29, &[0x24, 0x23, 5]);
        wire.expect(vic.bind_msi_source(cap(0x27)), 0x56, &[0x24, 0x27]);
        let mapping = MpidrMapping { mask: 0x01_0f07, aff_shifts: [0, 3, 7, 9], mt: true };
        wire.expect(vic.set_mpidr_mapping(&mapping), 0x67, &[0x24, 0x01_0f07, 0, 3, 7, 9, 1]);
        wire.expect(thread.set_priority(40), 0x46, &[0x23, 40]);
        wire.expect(thread.set_timeslice(Duration::from_millis(5)), 0x47, &[0x23, 5_000_000]);
        wire.expect(thread.set_affinity(Some(3)), 0x3d, &[0x23, 3, u64::MAX]);
        wire.expect(thread.set_affinity(None), 0x3d, &[0x23, 0xffff, u64::MAX]);
        wire.expect(thread.activate(), 0x0c, &[0x23]);
        wire.expect(thread.write_register(Register::X(30), 9), 0x64, &[0x23, 0, 30, 9]);
        wire.expect(thread.write_register(Register::Pc, 4), 0x64, &[0x23, 1, 0, 4]);
        wire.expect(thread.write_register(Register::SpEl(1), 16), 0x64, &[0x23, 2, 1, 16]);
        let all = PowerOnFlags::KEEP_CONTEXT | PowerOnFlags::KEEP_ENTRY_POINT;
        wire.expect(power_on(&thread, 0x1000, all), 0x38, &[0x23, 0x1000, 7, 3]);
        wire.expect(power_on(&thread, 0x1000, PowerOnFlags::KEEP_CONTEXT), 0x38, &[0x23, 0x1000, 7, 2]);
        wire.expect(thread.power_off(true), 0x39, &[0x23, 1]);
        wire.expect(thread.power_off(false), 0x39, &[0x23, 0]);
        wire.expect(thread.kill(), 0x3a, &[0x23]);
        wire.expect(thread.bind_halt(&vic, virq), 0x5c, &[0x23, 0x24, 40, 0]);
        wire.expect(thread.unbind_halt(), 0x5d, &[0x23, 0]);
        wire.expect(thread.bind_wakeup(&vic, virq), 0x5c, &[0x23, 0x24, 40, 1]);
        wire.expect(thread.unbind_wakeup(), 0x5d, &[0x23, 1]);
        wire.expect(thread.yield_to(), 0x3b, &[1, 0x23]);
        let retry = Resume::new().value(0xabcd).action(ResumeAction::Retry);
        wire.expect(thread.run(retry), 0x65, &[0x23, 0xabcd, 1]);
        wire.expect(thread.run(Resume::new().action(ResumeAction::Fault)), 0x65, &[0x23, 0, 2]);

        wire.expect(group.configure(true), 0x66, &[0x26, 1]);
        wire.expect(group.configure(false), 0x66, &[0x26, 0]);
        wire.expect(group.activate(), 0x0c, &[0x26]);
        wire.expect(group.attach_vcpu(&thread, 7), 0x3c, &[0x26, 0x23, 7]);
        wire.expect(group.bind(&vic, virq), 0x43, &[0x26, 0x24, 40]);
        wire.expect(group.unbind(), 0x44, &[0x26]);
        for (word, state) in [
            (0, VpmState::NoState),
            (1, VpmState::Running),
            (2, VpmState::CpusSuspended),
            (3, VpmState::SystemSuspended),
            (4, VpmState::Other(4)),
        ] {
            wire.answers(&[0, word]);
            assert_eq!(wire.expect(group.state(), 0x45, &[0x26]), state);
        }
    });
}

// The bits of vcpu_option_flags.
#[test]
fn each_option_is_a_bit() {
    let none = ThreadOptions::new;
    with_wire(|session, wire| {
        let thread = Thread::open(session, CapId::new(0x23)).unwrap();
        for (options, bits) in [
            (none(), 0),
            (none().pinned(), 1 << 0),
            (none().ras_error_handler(), 1 << 1),
            (none().amu_counting_disabled(), 1 << 2),
            (none().sve_allowed(), 1 << 3),
            (none().debug_allowed(), 1 << 4),
            (none().trace_allowed(), 1 << 5),
            (none().vcpu_run_scheduled(), 1 << 9),
            (none().hlos_vm(), 1 << 63),
            (none().pinned().hlos_vm(), 1 << 63 | 1),
        ] {
            wire.expect(thread.configure(options), 0x34, &[0x23, bits]);
        }
    });
}
