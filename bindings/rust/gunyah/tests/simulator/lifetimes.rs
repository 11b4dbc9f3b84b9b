// SPDX-License-Identifier: BSD-3-Clause
//! Dropping and closing, forgetting, arenas, snapshots. What the types make impossible is in the documentation, as compile_fail.

use crate::machine::pair;
use gunyah::sim::{Sim, VmOptions};
use gunyah::{Arena, Doorbell, ErrorKind, Session, SessionOptions};
use std::mem;

#[test]
fn dropping_closes() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new()).unwrap();

    drop(Session::open(vm.backend()).unwrap());
    let session = Session::open(vm.backend()).unwrap();
    session.close().unwrap();
    sim.destroy().unwrap();
}

#[test]
fn a_handle_that_was_forgotten_does_not_outlive_its_session() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let session = Session::open(pair.alice.backend()).unwrap();

    mem::forget(Doorbell::open(&session, pair.bell.sender()).unwrap());
    session.close().unwrap();
    sim.destroy().unwrap();
}

#[test]
fn a_session_that_was_forgotten_keeps_its_machine() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new()).unwrap();

    mem::forget(Session::open(vm.backend()).unwrap());
    let error = sim.destroy().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InUse);
    assert_eq!(error.text(), "a session is open: close it first");
}

#[test]
fn an_arena_has_again_what_was_closed() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let mut memory = vec![0; 4096];
    let arena = Arena::new(&mut memory);

    for _ in 0..3 {
        let session = SessionOptions::new(pair.alice.backend()).arena(&arena).open().unwrap();
        let bells: Vec<_> = (0..3).map(|_| Doorbell::open(&session, pair.bell.sender()).unwrap()).collect();
        assert!(arena.used() > 0);
        bells[2].send(1).unwrap();
        drop(bells);
        session.close().unwrap();
        assert_eq!(arena.used(), 0);
    }
}

#[test]
fn two_sessions_share_an_arena_until_it_is_full() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let mut memory = [0; 4096];
    let arena = Arena::new(&mut memory);
    let alice = SessionOptions::new(pair.alice.backend()).arena(&arena).open().unwrap();
    let one = arena.used();
    let bob = SessionOptions::new(pair.bob.backend()).arena(&arena).open().unwrap();

    assert!(arena.used() >= 2 * one);
    let bell = Doorbell::open(&alice, pair.bell.sender()).unwrap();
    let mut bells = Vec::new();
    let error = loop {
        match Doorbell::open(&bob, pair.bell.receiver()) {
            Ok(bell) => bells.push(bell),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::OutOfMemory);
    bell.send(4).unwrap();
    assert_eq!(bells.last().unwrap().receive(4), Ok(4));
}

#[test]
fn a_session_has_no_room_in_no_memory() {
    let sim = Sim::new().unwrap();
    let arena = Arena::new(&mut []);
    let error = SessionOptions::new(sim.root().backend()).arena(&arena).open().unwrap_err();

    assert_eq!(error.kind(), ErrorKind::OutOfMemory);
}

#[test]
fn a_machine_has_copies() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let alice = Session::open(pair.alice.backend()).unwrap();

    Doorbell::open(&alice, pair.bell.sender()).unwrap().send(6).unwrap();
    let mut saved = sim.save().unwrap();
    for copy in [sim.try_clone().unwrap(), Sim::load(&saved).unwrap()] {
        let bob = copy.find_vm(pair.bob.info().vmid).unwrap();
        let bob = Session::open(bob.backend()).unwrap();
        let hear = Doorbell::open(&bob, pair.bell.receiver()).unwrap();
        assert_eq!(hear.receive(u64::MAX), Ok(6));
        assert_eq!(hear.receive(u64::MAX), Ok(0));
    }
    saved[100] ^= 1;
    let error = Sim::load(&saved).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Format);
    assert!(error.to_string().contains("the save is damaged: its checksum is another one"));
}

#[test]
fn a_machine_returns_to_a_snapshot() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let (alice, bob) = (Session::open(pair.alice.backend()).unwrap(), Session::open(pair.bob.backend()).unwrap());
    let ring = Doorbell::open(&alice, pair.bell.sender()).unwrap();
    let hear = Doorbell::open(&bob, pair.bell.receiver()).unwrap();

    ring.send(6).unwrap();
    let snapshot = sim.snapshot().unwrap();
    assert_eq!(hear.receive(u64::MAX), Ok(6));
    assert_eq!(hear.receive(u64::MAX), Ok(0));
    sim.restore(&snapshot).unwrap();
    assert_eq!(hear.receive(u64::MAX), Ok(6));
    assert_eq!(sim.restore(&snapshot[..snapshot.len() / 2]).unwrap_err().kind(), ErrorKind::ArgumentSize);
    assert_eq!(sim.restore(&[]).unwrap_err().kind(), ErrorKind::ArgumentSize);
}
