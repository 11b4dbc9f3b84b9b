// SPDX-License-Identifier: BSD-3-Clause
//! Trouble: plans, chance, shallow queues and incoherent caches.

use crate::machine::{own, pair};
use gunyah::sim::{Fault, Hazard, HazardKind, Sim, SimOptions, VmOptions};
use gunyah::{Doorbell, ErrorKind, Session, Timeout, Virq};

#[test]
fn a_plan_is_followed_or_told_what_is_wrong_with_it() {
    let sim = SimOptions::new().max_queue_depth(1).create().unwrap();

    sim.add_plan("# nothing yet\nfault any error=BUSY\n").unwrap();
    sim.clear_faults();
    let problem = sim.add_plan("seed 1\nlost 41 often\n").unwrap_err();
    assert_eq!(problem.kind(), ErrorKind::ArgumentInvalid);
    assert_eq!(problem.line(), 2);
    assert!(problem.text().contains("\"often\""));
    assert!(problem.to_string().starts_with("line 2: expected"));
}

#[test]
fn chance_is_in_parts_per_million() {
    let sim = SimOptions::new().create().unwrap();

    sim.seed_faults(3);
    sim.add_fault(Fault::new(1).chance(1_000_000)).unwrap();
    assert_eq!(sim.add_fault(Fault::new(1).chance(1_000_001)).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
}

#[test]
fn the_heap_grows_and_caches_are_set_while_nobody_looks() {
    let sim = SimOptions::new().create().unwrap();
    let used = sim.heap_used();
    let vm = sim.add_vm(VmOptions::new()).unwrap();

    assert!(sim.heap_used() > used);
    vm.set_incoherent(true).unwrap();
    vm.set_incoherent(false).unwrap();
}

#[test]
fn interrupts_are_lost_late_doubled_or_a_flood() {
    let milli = 1_000_000;
    let (after, spread) = (5 * milli, 0);
    for (kind, waits) in [
        (HazardKind::VirqLost, [Err(ErrorKind::Deadlock), Err(ErrorKind::Deadlock)]),
        (HazardKind::VirqLate { after, spread }, [Ok(5), Err(ErrorKind::Deadlock)]),
        (HazardKind::VirqTwice { after, spread }, [Ok(0), Ok(5)]),
        (HazardKind::VirqFlood { period: after }, [Ok(0), Ok(5)]),
    ] {
        let sim = Sim::new().unwrap();
        let pair = pair(&sim);
        let (alice, bob) = (Session::open(pair.alice.backend()).unwrap(), Session::open(pair.bob.backend()).unwrap());
        let bell = Doorbell::open(&alice, pair.bell.sender()).unwrap();
        let hazard = Hazard::new(kind).vm(pair.bob).virq(Virq::new(42)).count(u64::from(kind != HazardKind::VirqLost));

        sim.add_hazard(hazard).unwrap();
        let start = sim.now();
        bell.send(1).unwrap();
        for expected in waits {
            let answer = bob.wait(&[Virq::new(42)], Timeout::FOREVER);
            assert_eq!(answer.map(|_| (sim.now() - start) / milli).map_err(|error| error.kind()), expected, "{kind:?}");
        }
    }
}

#[test]
fn the_hypervisor_runs_out_of_memory_when_it_is_told_to() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let used = sim.heap_used();

    sim.add_hazard(Hazard::new(HazardKind::HeapEmpty).nth(2)).unwrap();
    let first = Doorbell::create(&own.partition, &own.cspace).unwrap();
    assert_eq!(Doorbell::create(&own.partition, &own.cspace).unwrap_err().kind(), ErrorKind::NoMemory);
    own.cspace.delete(first.cap()).unwrap();
    assert_eq!(sim.heap_used(), used);
    Doorbell::create(&own.partition, &own.cspace).unwrap();
}

#[test]
fn a_hazard_that_cannot_be_is_refused() {
    let (sim, other) = (Sim::new().unwrap(), Sim::new().unwrap());
    let refused = |hazard: Hazard<'_>| sim.add_hazard(hazard).unwrap_err().kind();

    for hazard in [
        Hazard::new(HazardKind::VirqLost).virq(Virq::new(31)),
        Hazard::new(HazardKind::VirqLost).nth(0),
        Hazard::new(HazardKind::VirqLost).chance(1_000_001),
        Hazard::new(HazardKind::VirqLost).vm(other.root()),
        Hazard::new(HazardKind::VirqFlood { period: 1 }).virq(Virq::new(40)),
        Hazard::new(HazardKind::VirqFlood { period: 0 }).virq(Virq::new(40)).vm(sim.root()),
    ] {
        assert_eq!(refused(hazard), ErrorKind::ArgumentInvalid, "{hazard:?}");
    }
    sim.add_hazard(Hazard::new(HazardKind::HeapEmpty).count(0)).unwrap();
    sim.clear_faults();
    sim.add_vm(VmOptions::new()).unwrap();
}
