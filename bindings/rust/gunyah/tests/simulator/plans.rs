// SPDX-License-Identifier: BSD-3-Clause
//! Trouble: plans, chance, shallow queues and incoherent caches.

use gunyah::sim::{Fault, SimOptions, VmOptions};
use gunyah::ErrorKind;

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
