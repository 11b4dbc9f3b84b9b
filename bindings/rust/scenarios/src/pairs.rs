// SPDX-License-Identifier: BSD-3-Clause
//! Scenarios of two VMs that are joined by a message queue and a doorbell.

use crate::log::Log;
use crate::machines::{joined, pair, Side, DEPTH, MESSAGE_SIZE};
use gunyah::{
    Call, CapId, Conduit, Convention, Doorbell, DoorbellOptions, ErrorKind, Feature, MsgQueue, MsgQueueOptions, Observer,
    Registers, Session, SessionOptions, Timeout, Watch,
};
use std::cell::Cell;
use std::time::Duration;

const ALL_FLAGS: u64 = u64::MAX;

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn identify_side(log: &mut Log, what: &str, session: &Session<'_>) {
    let who = session.identify();

    log.done(what);
    log.number("api_version", who.api_version);
    log.hex("variant", who.variant);
    log.flag("big_endian", who.is_big_endian);
    log.flag("is_64bit", who.is_64bit);
    log.number("convention", if who.convention == Convention::Smccc { 1 } else { 2 });
    log.number("conduit", if who.conduit == Conduit::Hvc { 1 } else { 2 });
    log.text("backend", who.backend);
    log.flag("has_doorbell", session.has(Feature::Doorbell));
    log.flag("has_wait", session.has(Feature::Wait));
    log.flag("has_watchdog", session.has(Feature::Watchdog));
}

pub fn identify(log: &mut Log) {
    pair(|_, alice, bob| {
        identify_side(log, "alice identifies", alice.session);
        identify_side(log, "bob identifies", bob.session);
        assert_eq!(bob.session.last_error(), None);
        log.done("bob has failed in nothing");
        log.number("calls", bob.session.call_count());
    });
}

// ---- doorbells ---------------------------------------------------------------------------------------------------

fn ring(log: &mut Log, side: &Side<'_>, what: &str, flags: u64) {
    let old = log.ok(what, side.bell.send(flags));
    log.hex("old", old);
}

fn look(log: &mut Log, side: &Side<'_>, what: &str, clear: u64) {
    let flags = log.ok(what, side.bell.receive(clear));
    log.hex("flags", flags);
}

pub fn doorbell(log: &mut Log) {
    pair(|_, alice, bob| {
        ring(log, alice, "alice rings 0x1", 0x1);
        ring(log, alice, "alice rings 0x4", 0x4);
        look(log, bob, "bob receives 0x1", 0x1);
        log.fails("bob receives nothing", bob.bell.receive(0), ErrorKind::ArgumentInvalid);
        log.ok("bob enables 0x4", bob.bell.mask(0x4, 0));
        look(log, bob, "bob receives all", ALL_FLAGS);
        log.ok("bob enables and acknowledges 0x2", bob.bell.mask(0x2, 0x2));
        ring(log, alice, "alice rings 0x2", 0x2);
        look(log, bob, "bob finds it acknowledged", ALL_FLAGS);
        log.ok("bob resets", bob.bell.reset());
        ring(log, alice, "alice rings the last flag", 1 << 63);
        look(log, bob, "bob receives the last flag", ALL_FLAGS);
        log.fails("bob rings", bob.bell.send(1), ErrorKind::InsufficientRights);
        log.fails("alice receives", alice.bell.receive(1), ErrorKind::InsufficientRights);
    });
}

pub fn doorbell_wait(log: &mut Log) {
    pair(|sim, alice, bob| {
        ring(log, alice, "alice rings 0x3", 0x3);
        let flags = log.ok("bob waits for 0x1", bob.bell.wait(0x1, Timeout::FOREVER));
        log.hex("flags", flags);
        let flags = log.ok("bob looks for 0x2", bob.bell.wait(0x2, Timeout::NOW));
        log.hex("flags", flags);
        let before = sim.now();
        log.fails("bob waits 5 ms", bob.bell.wait(0x1, ms(5)), ErrorKind::Timeout);
        log.number("passed", sim.now() - before);
        log.fails("nobody will ring", bob.bell.wait(0x1, Timeout::FOREVER), ErrorKind::Deadlock);
        log.fails("alice waits", alice.bell.wait(0x1, Timeout::NOW), ErrorKind::NotBound);
        log.fails("bob waits for nothing", bob.bell.wait(0, Timeout::NOW), ErrorKind::ArgumentInvalid);
        let later = sim.now();
        sim.advance(1_000_000_000);
        log.done("a second passes");
        log.number("passed", sim.now() - later);
    });
}

// ---- message queues ----------------------------------------------------------------------------------------------

fn send(log: &mut Log, side: &Side<'_>, what: &str, message: &[u8]) {
    let not_full = log.ok(what, side.queue.send(message));
    log.flag("not_full", not_full);
}

fn receive(log: &mut Log, side: &Side<'_>, what: &str) {
    let mut buffer = [0; MESSAGE_SIZE];
    let received = log.ok(what, side.queue.receive(&mut buffer));

    log.number("size", received.message.len());
    log.bytes("data", received.message);
    log.flag("not_empty", received.more);
}

fn find_empty(log: &mut Log, side: &Side<'_>, what: &str) {
    log.fails(what, side.queue.receive(&mut [0; MESSAGE_SIZE]), ErrorKind::Empty);
}

pub fn msgqueue(log: &mut Log) {
    pair(|_, alice, bob| {
        find_empty(log, bob, "bob is first");
        send(log, alice, "alice sends 1 byte", b"a");
        send(log, alice, "alice sends 5 bytes", b"hello");
        receive(log, bob, "bob receives");
        send(log, alice, "alice sends 16 bytes", b"0123456789abcdef");
        receive(log, bob, "bob receives");
        receive(log, bob, "bob receives");
        find_empty(log, bob, "bob has all");
        send(log, alice, "alice sends 4 bytes", b"gone");
        log.ok("bob flushes", bob.queue.flush());
        find_empty(log, bob, "bob has dropped it");
        log.done("the size of messages");
        log.number("bytes", bob.queue.message_size());
    });
}

pub fn msgqueue_refused(log: &mut Log) {
    pair(|_, alice, bob| {
        log.fails("alice sends nothing", alice.queue.send(b""), ErrorKind::MessageEmpty);
        log.fails("alice sends 17 bytes", alice.queue.send(&[0; MESSAGE_SIZE + 1]), ErrorKind::MessageTooLong);
        log.fails("bob sends", bob.queue.send(b"0"), ErrorKind::InsufficientRights);
        for number in 1..=4 {
            send(log, alice, &format!("alice sends {number} of 4"), number.to_string().as_bytes());
        }
        log.fails("alice sends too many", alice.queue.send(b"5"), ErrorKind::Full);
        let mut buffer = [0; MESSAGE_SIZE];
        log.fails("bob has 15 bytes", bob.queue.receive(&mut buffer[1..]), ErrorKind::BufferTooSmall);
        log.fails("alice receives", alice.queue.receive(&mut buffer), ErrorKind::InsufficientRights);
        receive(log, bob, "bob receives");
        let nothing = MsgQueueOptions::new(CapId::INVALID, 0);
        log.fails("bob opens a queue of empty messages", MsgQueue::open(bob.session, nothing), ErrorKind::ArgumentSize);
    });
}

fn wait_for_three(log: &mut Log, alice: &Side<'_>, bob: &Side<'_>) {
    log.ok("bob wants 3", bob.queue.set_receive_threshold(3));
    send(log, alice, "alice sends 1", b"1");
    send(log, alice, "alice sends 2", b"2");
    log.fails("bob waits 1 ms", bob.queue.wait_not_empty(ms(1)), ErrorKind::Timeout);
    send(log, alice, "alice sends 3", b"3");
    log.ok("bob waits", bob.queue.wait_not_empty(Timeout::FOREVER));
    receive(log, bob, "bob receives 1");
    receive(log, bob, "bob receives 2");
    receive(log, bob, "bob receives 3");
    log.ok("alice pushes", alice.queue.push(b"now"));
    log.ok("bob looks", bob.queue.wait_not_empty(Timeout::NOW));
    receive(log, bob, "bob receives what was pushed");
}

fn wait_for_room(log: &mut Log, alice: &Side<'_>, bob: &Side<'_>) {
    log.ok("alice wants 1 to be left", alice.queue.set_send_threshold(1));
    log.ok("alice looks", alice.queue.wait_not_full(Timeout::NOW));
    send(log, alice, "alice sends 1 of 3", b"1");
    send(log, alice, "alice sends 2 of 3", b"2");
    send(log, alice, "alice sends 3 of 3", b"3");
    receive(log, bob, "bob receives 1 of 3");
    log.fails("alice waits 2 ms", alice.queue.wait_not_full(ms(2)), ErrorKind::Timeout);
    receive(log, bob, "bob receives 2 of 3");
    log.ok("alice waits", alice.queue.wait_not_full(Timeout::FOREVER));
}

pub fn msgqueue_wait(log: &mut Log) {
    pair(|sim, alice, bob| {
        wait_for_three(log, alice, bob);
        log.fails("bob wants 0", bob.queue.set_receive_threshold(0), ErrorKind::ArgumentInvalid);
        log.fails("bob wants 5", bob.queue.set_receive_threshold(DEPTH + 1), ErrorKind::ArgumentInvalid);
        wait_for_room(log, alice, bob);
        log.fails("alice waits for messages", alice.queue.wait_not_empty(Timeout::NOW), ErrorKind::NotBound);
        log.done("the machine's time");
        log.number("now", sim.now());
    });
}

// ---- what is seen ------------------------------------------------------------------------------------------------

/// Rings with the flag 0x80 do not go out.
struct Counting<'c> {
    before: &'c Cell<u64>,
    after: &'c Cell<u64>,
}

impl Observer for Counting<'_> {
    fn before(&mut self, call: &Call<'_>) -> Option<Registers> {
        self.before.set(self.before.get() + 1);
        let mut answer = *call.registers();
        answer[0] = gunyah_sys::GUNYAH_HVERR_DENIED as u64;
        let is_kept = call.number() == Some(gunyah_sys::GUNYAH_HYPERCALL_DOORBELL_SEND) && answer[2] == 0x80;
        Some(answer).filter(|_| is_kept)
    }

    fn after(&mut self, _: &Call<'_>, _: &mut Registers) {
        self.after.set(self.after.get() + 1);
    }
}

pub fn observer(log: &mut Log) {
    joined(|_, joined| {
        let first = Session::open(joined.alice.backend()).unwrap();
        let session = Session::open(joined.bob.backend()).unwrap();
        let bob = joined.open_bob(&session);
        let (before, after) = (Cell::new(0), Cell::new(0));
        let mut watch = Watch::new(Counting { before: &before, after: &after });
        log.ok("alice closes", first.close());
        let opened = SessionOptions::new(joined.alice.backend()).observer(&mut watch).open();
        let alice = log.ok("alice opens, observed", opened);
        log.number("before", before.get());
        log.number("after", after.get());
        let options = DoorbellOptions::new(joined.bell.send_cap);
        let bell = log.ok("alice opens the doorbell", Doorbell::open(&alice, options));
        let old = log.ok("alice rings 0x1", bell.send(0x1));
        log.hex("old", old);
        log.fails("alice rings 0x80", bell.send(0x80), ErrorKind::Denied);
        look(log, &bob, "bob receives all", ALL_FLAGS);
        log.done("what was seen");
        log.number("before", before.get());
        log.number("after", after.get());
        log.number("calls", alice.call_count());
        log.number("kept", alice.calls_kept_back());
    });
}
