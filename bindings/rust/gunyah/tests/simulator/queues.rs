// SPDX-License-Identifier: BSD-3-Clause
//! Message queues as Rust has them, waits, and a VM that makes its objects.

use crate::machine::{pair, MESSAGE_SIZE};
use gunyah::sim::{Fault, Sim, VmOptions};
use gunyah::{Cspace, Doorbell, ErrorKind, Feature, MsgQueue, Partition, Session, Timeout, Vic, Virq};
use std::time::Duration;

#[test]
fn messages_are_iterated_until_the_queue_is_empty() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let (alice, bob) = (Session::open(pair.alice.backend()).unwrap(), Session::open(pair.bob.backend()).unwrap());
    let sender = MsgQueue::open(&alice, pair.queue.sender()).unwrap();
    let receiver = MsgQueue::open(&bob, pair.queue.receiver()).unwrap();

    assert_eq!(sender.send(b"one"), Ok(true));
    assert_eq!(sender.push(b"two"), Ok(true));
    let received: Vec<_> = receiver.messages().map(Result::unwrap).collect();
    assert_eq!(received, [b"one".to_vec(), b"two".to_vec()]);
    assert_eq!(receiver.messages().count(), 0);
    assert_eq!(receiver.message_size(), MESSAGE_SIZE);
}

#[test]
fn an_error_ends_the_iteration_and_is_its_last_item() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let bob = Session::open(pair.bob.backend()).unwrap();
    let receiver = MsgQueue::open(&bob, pair.queue.receiver()).unwrap();
    sim.add_fault(Fault::new(gunyah_sys::GUNYAH_HVERR_DENIED).count(0)).unwrap();
    let mut messages = receiver.messages();

    assert_eq!(messages.next().unwrap().unwrap_err().kind(), ErrorKind::Denied);
    assert!(messages.next().is_none());
    sim.clear_faults();
    assert!(messages.next().is_none());
}

#[test]
fn what_is_received_is_a_piece_of_the_buffer() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let (alice, bob) = (Session::open(pair.alice.backend()).unwrap(), Session::open(pair.bob.backend()).unwrap());
    let sender = MsgQueue::open(&alice, pair.queue.sender()).unwrap();
    let receiver = MsgQueue::open(&bob, pair.queue.receiver()).unwrap();
    let mut buffer = [0xee; MESSAGE_SIZE + 1];

    for _ in 0..2 {
        sender.send(b"hello").unwrap();
    }
    let received = receiver.receive(&mut buffer).unwrap();
    assert_eq!((received.message, received.more), (&b"hello"[..], true));
    assert_eq!(buffer[5..], [0xee; MESSAGE_SIZE + 1 - 5]);
}

#[test]
fn waits_are_told_in_durations() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let bob = Session::open(pair.bob.backend()).unwrap();
    let bell = Doorbell::open(&bob, pair.bell.receiver()).unwrap();
    let virqs = [Virq::new(41), Virq::new(42)];
    let start = sim.now();

    assert_eq!(bell.wait(1, Duration::from_millis(5)).unwrap_err().kind(), ErrorKind::Timeout);
    assert!((5_000_000..6_000_000).contains(&(sim.now() - start)));
    assert_eq!(bob.wait(&virqs, Timeout::NOW).unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(bob.wait(&virqs, Timeout::FOREVER).unwrap_err().kind(), ErrorKind::Deadlock);
    assert_eq!(bob.wait(&[], Timeout::NOW).unwrap_err().kind(), ErrorKind::ArgumentSize);

    let alice = Session::open(pair.alice.backend()).unwrap();
    Doorbell::open(&alice, pair.bell.sender()).unwrap().send(2).unwrap();
    assert_eq!(bob.wait(&virqs, Timeout::FOREVER), Ok(1));
}

#[test]
fn a_vm_makes_its_own_objects() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new().name("maker").privileged()).unwrap();
    let session = Session::open(vm.backend()).unwrap();
    let own = vm.info();
    let partition = Partition::open(&session, own.partition.unwrap()).unwrap();
    let cspace = Cspace::open(&session, own.cspace.unwrap()).unwrap();
    let vic = Vic::open(&session, own.vic.unwrap()).unwrap();
    let queue = MsgQueue::create(&partition, &cspace).unwrap();

    assert_eq!((own.name, vic.cap()), ("maker", own.vic.unwrap()));
    assert_eq!(queue.message_size(), 0);
    assert_eq!(queue.messages().next().unwrap().unwrap_err().kind(), ErrorKind::ObjectConfig);
    queue.configure(2, 8).unwrap();
    session.activate(queue.cap()).unwrap();
    queue.bind_receive(&vic, Virq::new(50)).unwrap();
    queue.send(b"self").unwrap();
    queue.wait_not_empty(Timeout::FOREVER).unwrap();
    assert_eq!(queue.messages().next().unwrap().unwrap(), b"self");
    cspace.delete(queue.cap()).unwrap();
    assert_eq!(queue.send(b"gone").unwrap_err().kind(), ErrorKind::CapNull);
}

#[test]
fn a_session_knows_who_answers() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let identity = session.identify();

    assert_eq!((identity.api_version, identity.backend), (1, "sim"));
    assert_eq!(identity.convention, gunyah::Convention::Smccc);
    assert_eq!(identity.conduit, gunyah::Conduit::Hvc);
    assert!(session.has(Feature::Doorbell) && session.has(Feature::Wait) && session.has(Feature::Hypercalls));
}

#[test]
fn a_raw_call_is_answered_in_registers() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let mut registers = [0; 8];

    // SAFETY: this call has no arguments.
    unsafe { session.call(gunyah_sys::GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, &mut registers) };
    assert_eq!(registers[0] & 0x3fff, 1);
    registers = [0x8600_ff01, 0, 0, 0, 0, 0, 0, 0];
    // SAFETY: nor has this one.
    unsafe { session.smccc(&mut registers) };
    assert_eq!(registers[0] as u32, session.identify().uid[0]);
}
