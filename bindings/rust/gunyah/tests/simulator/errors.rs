// SPDX-License-Identifier: BSD-3-Clause
//! Errors: the whole list, and the whole of each one.

use crate::machine::{pair, MESSAGE_SIZE};
use gunyah::sim::{Fault, Sim, SimOptions, VmOptions};
use gunyah::{CapId, Domain, Doorbell, DoorbellOptions, ErrorKind, MsgQueue, MsgQueueOptions, Session, Vmid};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The list of the C header, by name.
fn in_header() -> HashMap<String, i32> {
    let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../include/gunyah/error.h");
    let text = fs::read_to_string(header).unwrap();
    let pairs = text.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("GUNYAH_ERR_")?.split_once(" = ")?;
        Some((format!("GUNYAH_ERR_{name}"), rest.split(',').next()?.parse().ok()?))
    });
    pairs.collect()
}

#[test]
fn every_error_of_c_is_one_here() {
    let header = in_header();
    let here: HashMap<_, _> = ErrorKind::ALL.iter().map(|kind| (kind.name().to_string(), kind.code())).collect();

    assert!(header.len() > 60);
    assert_eq!(here, header);
}

#[test]
fn an_error_of_the_hypervisor_says_where_it_is_from() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let session = Session::open(pair.bob.backend()).unwrap();
    let bell = Doorbell::open(&session, pair.bell.receiver()).unwrap();
    let error = bell.send(1).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InsufficientRights);
    assert_eq!(error.domain(), Domain::Hypervisor);
    assert_eq!(error.code(), i64::from(gunyah_sys::GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    assert_eq!(error.call(), "doorbell_send");
    assert!(!error.text().is_empty() && !error.advice().is_empty());
    let text = error.to_string();
    assert!(text.starts_with("doorbell_send: "), "{text}");
    assert!(text.contains("GUNYAH_ERR_INSUFFICIENT_RIGHTS, from the hypervisor, code 53"), "{text}");
    assert!(text.ends_with(error.advice()), "{text}");
}

#[test]
fn there_is_a_hypervisor_as_recorded_and_one_as_the_manual_says() {
    for (options, expected) in
        [(SimOptions::new(), ErrorKind::ArgumentInvalid), (SimOptions::new().as_manual(), ErrorKind::CapNull)]
    {
        let sim = options.create().unwrap();
        let vm = sim.add_vm(VmOptions::new()).unwrap();
        let session = Session::open(vm.backend()).unwrap();
        let bell = Doorbell::open(&session, DoorbellOptions::new(CapId::new(u64::MAX))).unwrap();

        assert_eq!(bell.send(1).unwrap_err().kind(), expected);
    }
}

#[test]
fn an_error_of_the_library_says_which_function_refused() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let session = Session::open(pair.alice.backend()).unwrap();
    let queue = MsgQueue::open(&session, pair.queue.sender()).unwrap();
    let calls = session.call_count();
    let error = queue.send(&[0; MESSAGE_SIZE + 1]).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MessageTooLong);
    assert_eq!(error.domain(), Domain::Library);
    assert_eq!(error.code(), i64::from(ErrorKind::MessageTooLong.code()));
    assert_eq!(error.call(), "gunyah_msgqueue_send");
    assert_eq!(session.call_count(), calls);
}

#[test]
fn each_error_is_kept_apart_from_the_next_one() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let session = Session::open(pair.bob.backend()).unwrap();
    let queue = MsgQueue::open(&session, pair.queue.receiver()).unwrap();
    let empty = queue.receive(&mut [0; MESSAGE_SIZE]).unwrap_err();
    let small = queue.receive(&mut [0; MESSAGE_SIZE - 1]).unwrap_err();

    assert_eq!(empty.kind(), ErrorKind::Empty);
    assert_eq!(small.kind(), ErrorKind::BufferTooSmall);
    assert_eq!(empty.call(), "msgqueue_receive");
}

#[test]
fn a_session_that_cannot_be_opened_says_why() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new()).unwrap();
    let _session = Session::open(vm.backend()).unwrap();
    let error = Session::open(vm.backend()).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InUse);
    assert_eq!(error.domain(), Domain::Backend);
    assert!(!error.advice().is_empty());
}

#[test]
fn no_candidate_is_an_error_and_no_crash() {
    let error = gunyah::SessionOptions::candidates(&[]).open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Null);

    // SAFETY: null is what a session refuses.
    let nobody = unsafe { gunyah::Backend::from_raw(std::ptr::null()) };
    assert_eq!(Session::open(nobody).unwrap_err().kind(), ErrorKind::Null);
    assert_eq!(gunyah::SessionOptions::candidates(&[nobody]).open().unwrap_err().kind(), ErrorKind::Null);
}

#[test]
fn the_simulator_says_what_was_wrong_in_a_sentence() {
    let sim = Sim::new().unwrap();
    sim.add_vm(VmOptions::new().vmid(Vmid::new(7))).unwrap();
    let taken = sim.add_vm(VmOptions::new().vmid(Vmid::new(7))).unwrap_err();
    let nothing = sim.add_fault(Fault::new(0)).unwrap_err();

    assert_eq!(SimOptions::new().max_vcpus(65).create().unwrap_err().kind(), ErrorKind::Option);
    assert_eq!(taken.kind(), ErrorKind::Busy);
    assert_eq!(nothing.kind(), ErrorKind::ArgumentInvalid);
    assert_ne!(taken.text(), nothing.text());
    assert_eq!(sim.add_vm(VmOptions::new().name("a\0b")).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
    assert_eq!(sim.add_vm(VmOptions::new().name("much too long a name")).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
}

#[test]
fn a_queue_of_empty_messages_is_refused() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let session = Session::open(pair.bob.backend()).unwrap();
    let options = MsgQueueOptions::new(pair.queue.receive_cap, 0);

    assert_eq!(MsgQueue::open(&session, options).unwrap_err().kind(), ErrorKind::ArgumentSize);
}
