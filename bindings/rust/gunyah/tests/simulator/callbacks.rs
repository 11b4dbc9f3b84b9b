// SPDX-License-Identifier: BSD-3-Clause
//! Observers and traces: what they see, and that their panics come out of the call and not through C.

use crate::machine::pair;
use gunyah::sim::Sim;
use gunyah::{Call, Doorbell, ErrorKind, Observer, Registers, Session, SessionOptions, Watch};
use std::cell::Cell;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

const DOORBELL_SEND: u32 = gunyah_sys::GUNYAH_HYPERCALL_DOORBELL_SEND;

/// The text of a panic.
fn panic_of<R>(body: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(body)).err().expect("it did not panic");
    payload.downcast_ref::<&str>().map_or_else(|| "no text".to_string(), |text| text.to_string())
}

/// Keeps back what rings 0x80, and panics at 0xdead.
#[derive(Default)]
struct Guard {
    before: u32,
    after: u32,
}

impl Observer for Guard {
    fn before(&mut self, call: &Call<'_>) -> Option<Registers> {
        self.before += 1;
        let flags = call.registers()[2];
        if call.number() != Some(DOORBELL_SEND) {
            return None;
        }
        assert!(flags != 0xdead, "before");
        let denied = gunyah_sys::GUNYAH_HVERR_DENIED as u64;
        Some([denied, 0, 0, 0, 0, 0, 0, 0]).filter(|_| flags == 0x80)
    }

    fn after(&mut self, _call: &Call<'_>, _answer: &mut Registers) {
        self.after += 1;
    }
}

#[test]
fn an_observer_sees_calls_and_may_keep_them_back() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let mut watch = Watch::new(Guard::default());
    let session = SessionOptions::new(pair.alice.backend()).observer(&mut watch).open().unwrap();
    let bell = Doorbell::open(&session, pair.bell.sender()).unwrap();

    assert_eq!(bell.send(1), Ok(0));
    assert_eq!(bell.send(0x80).unwrap_err().kind(), ErrorKind::Denied);
    assert_eq!(session.calls_kept_back(), 1);
    assert_eq!(session.calls_of(DOORBELL_SEND), 1);
    assert_eq!(session.calls_of(u32::MAX), 0);
    let calls = session.call_count();
    drop(bell);
    session.close().unwrap();
    let guard = watch.into_inner();
    assert_eq!(u64::from(guard.before), calls + 1);
    assert_eq!(guard.before, guard.after);
}

#[test]
fn a_closure_may_change_answers() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let seen = Cell::new(0);
    let mut watch = Watch::new(|call: &Call<'_>, answer: &mut Registers| {
        seen.set(seen.get() + 1);
        if call.number() == Some(DOORBELL_SEND) {
            answer[1] = 0x55;
        }
    });
    let session = SessionOptions::new(pair.alice.backend()).observer(&mut watch).open().unwrap();
    let bell = Doorbell::open(&session, pair.bell.sender()).unwrap();

    assert_eq!(bell.send(1), Ok(0x55));
    assert_eq!(seen.get(), session.call_count());
}

#[test]
fn a_panic_of_an_observer_comes_out_of_the_call_and_nothing_is_lost() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let mut watch = Watch::new(Guard::default());
    let session = SessionOptions::new(pair.alice.backend()).observer(&mut watch).open().unwrap();
    let bell = Doorbell::open(&session, pair.bell.sender()).unwrap();

    assert_eq!(panic_of(|| bell.send(0xdead)), "before");
    // The call went out, since nobody kept it back; session, handle and observer go on.
    assert_eq!(bell.send(1), Ok(0xdead));
    assert_eq!(bell.send(0x80).unwrap_err().kind(), ErrorKind::Denied);
}

#[test]
fn a_panic_while_a_session_is_opened_leaves_it_closed() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let mut watch = Watch::new(|_: &Call<'_>, _: &mut Registers| panic!("at once"));

    assert_eq!(panic_of(|| SessionOptions::new(pair.alice.backend()).observer(&mut watch).open()), "at once");
    assert!(Session::open(pair.alice.backend()).is_ok());
}

#[test]
fn an_observer_does_not_see_what_it_does_itself() {
    thread_local!(static SESSION: Cell<Option<&'static Session<'static>>> = const { Cell::new(None) });
    let sim: &'static Sim = Box::leak(Box::new(Sim::new().unwrap()));
    let seen = Arc::new(Mutex::new(0));
    let count = Arc::clone(&seen);
    let watch = Box::leak(Box::new(Watch::new(move |_: &Call<'_>, _: &mut Registers| {
        *count.lock().unwrap() += 1;
        if let Some(session) = SESSION.with(Cell::get) {
            // That this is forbidden is no reason to be unsound.
            let _ = session.reset(gunyah::CapId::INVALID);
        }
    })));
    let session = Box::leak(Box::new(SessionOptions::new(sim.root().backend()).observer(watch).open().unwrap()));
    let opening = *seen.lock().unwrap();
    SESSION.with(|place| place.set(Some(session)));

    let _ = session.reset(gunyah::CapId::INVALID);
    assert_eq!(*seen.lock().unwrap(), opening + 1);
}

#[test]
fn a_trace_has_what_vms_do_and_ends_when_it_is_cleared() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let session = Session::open(pair.alice.backend()).unwrap();
    let bell = Doorbell::open(&session, pair.bell.sender()).unwrap();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let to = Arc::clone(&lines);

    sim.set_trace(move |line| to.lock().unwrap().push(line.to_string()));
    bell.send(4).unwrap();
    assert!(lines.lock().unwrap().iter().any(|line| line.contains("alice") && line.contains("doorbell_send")));
    let count = lines.lock().unwrap().len();
    sim.clear_trace();
    bell.send(8).unwrap();
    assert_eq!(lines.lock().unwrap().len(), count);
    assert_eq!(Arc::strong_count(&lines), 1);
}

#[test]
fn a_panic_of_a_trace_comes_out_of_the_call_that_is_traced() {
    let sim = Sim::new().unwrap();
    let pair = pair(&sim);
    let session = Session::open(pair.alice.backend()).unwrap();
    let bell = Doorbell::open(&session, pair.bell.sender()).unwrap();

    sim.set_trace(|_| panic!("in the trace"));
    assert_eq!(panic_of(|| bell.send(1)), "in the trace");
    assert_eq!(panic_of(|| bell.send(1)), "in the trace");
    sim.clear_trace();
    assert_eq!(bell.send(1), Ok(1));
}
