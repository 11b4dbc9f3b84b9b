// SPDX-License-Identifier: BSD-3-Clause
//! Scenarios of a VM that makes objects by itself; and faults.

use crate::log::Log;
use crate::machines::{joined, maker, Maker};
use gunyah::sim::{Fault, Sim};
use gunyah::{CapId, Cspace, Doorbell, DoorbellOptions, ErrorKind, MsgQueue, Session, Timeout, Vic, Virq};
use gunyah_sys::{GUNYAH_RIGHTS_DOORBELL_ALL, GUNYAH_RIGHT_DOORBELL_RECEIVE, GUNYAH_RIGHT_DOORBELL_SEND};

fn make_bell<'s>(log: &mut Log, maker: &Maker<'s>) -> Doorbell<'s> {
    let bell = log.ok("the VM creates a doorbell", Doorbell::create(&maker.partition, &maker.cspace));

    log.fails("it is not active", bell.send(1), ErrorKind::ObjectState);
    log.ok("the VM activates it", bell.activate());
    bell
}

fn make_cspace<'s>(log: &mut Log, maker: &Maker<'s>) -> Cspace<'s> {
    let other = log.ok("the VM creates a space", Cspace::create(&maker.partition, &maker.cspace));

    log.fails("it gets 0 slots", other.configure(0), ErrorKind::ArgumentInvalid);
    log.ok("it gets 4 slots", other.configure(4));
    log.ok("the VM activates the space", other.activate());
    other
}

/// A copy that may only send, and a handle of it.
fn copy_for_sending<'s>(log: &mut Log, maker: &Maker<'s>, master: CapId) -> (CapId, Doorbell<'s>) {
    let own = &maker.cspace;
    let copy = log.ok("a copy that may send", own.copy(master, own, GUNYAH_RIGHT_DOORBELL_SEND));
    let bell = log.ok("the VM opens the copy", Doorbell::open(maker.session, DoorbellOptions::new(copy)));

    log.ok("the copy sends", bell.send(1));
    log.fails("the copy receives", bell.receive(1), ErrorKind::InsufficientRights);
    (copy, bell)
}

pub fn cspace(log: &mut Log) {
    maker(|maker| {
        let own = &maker.cspace;
        let other = make_cspace(log, maker);
        let bell = make_bell(log, maker);
        let master = bell.cap();
        let (copy, sender) = copy_for_sending(log, maker, master);
        log.fails("a copy without rights", own.copy(master, own, 0), ErrorKind::InsufficientRights);
        let more = own.copy(copy, own, GUNYAH_RIGHT_DOORBELL_RECEIVE);
        log.fails("a copy that gains rights", more, ErrorKind::InsufficientRights);
        log.ok("a copy in the other space", own.copy(master, &other, GUNYAH_RIGHTS_DOORBELL_ALL));
        log.fails("one is revoked", own.revoke(copy), ErrorKind::Unimplemented);
        log.ok("all copies are revoked", own.revoke_children(master));
        log.fails("the copy sends again", sender.send(1), ErrorKind::CapRevoked);
        log.fails("a copy revokes", own.revoke_children(copy), ErrorKind::CapRevoked);
        log.ok("the copy is deleted", own.delete(copy));
        log.fails("the deleted copy sends", sender.send(1), ErrorKind::CapNull);
        log.ok("the master sends", bell.send(1));
        log.ok("the master is deleted", own.delete(master));
        log.fails("the deleted master sends", bell.send(1), ErrorKind::CapNull);
    });
}

fn use_bell(log: &mut Log, maker: &Maker<'_>) {
    let bell = make_bell(log, maker);

    log.fails("once is enough", bell.activate(), ErrorKind::ObjectState);
    log.fails("vIRQ 31 is no shared one", bell.bind(&maker.vic, Virq::new(31)), ErrorKind::ArgumentInvalid);
    log.ok("the doorbell gets vIRQ 50", bell.bind(&maker.vic, Virq::new(50)));
    log.fails("and not another one", bell.bind(&maker.vic, Virq::new(51)), ErrorKind::VirqBound);
    log.ok("the VM rings itself", bell.send(0x6));
    let flags = log.ok("the VM waits", bell.wait(0x6, Timeout::FOREVER));
    log.hex("flags", flags);
}

fn use_queue(log: &mut Log, maker: &Maker<'_>) {
    let queue = log.ok("the VM creates a queue", MsgQueue::create(&maker.partition, &maker.cspace));
    let mut buffer = [0; 8];

    log.fails("it has no shape", queue.send(b"x"), ErrorKind::ObjectConfig);
    log.fails("it gets no depth", queue.configure(0, 8), ErrorKind::ArgumentSize);
    log.ok("it gets 2 messages of 8 bytes", queue.configure(2, 8));
    log.ok("the VM activates the queue", queue.activate());
    log.fails("vIRQ 50 is the doorbell's", queue.bind_receive(&maker.vic, Virq::new(50)), ErrorKind::Busy);
    log.ok("the queue gets vIRQ 51", queue.bind_receive(&maker.vic, Virq::new(51)));
    log.ok("the VM sends to itself", queue.send(b"self"));
    log.ok("the VM waits for it", queue.wait_not_empty(Timeout::FOREVER));
    let received = log.ok("the VM receives", queue.receive(&mut buffer));
    log.bytes("data", received.message);
    log.ok("the VM unbinds", queue.unbind_receive());
    log.fails("nothing to wait for", queue.wait_not_empty(Timeout::NOW), ErrorKind::NotBound);
}

pub fn objects(log: &mut Log) {
    maker(|maker| {
        use_bell(log, maker);
        use_queue(log, maker);
        let vic = log.ok("the VM creates a controller", Vic::create(&maker.partition, &maker.cspace));
        log.ok("the controller gets 1 vCPU and 8 vIRQs", vic.configure(1, 8));
        log.ok("the VM activates the controller", vic.activate());
        log.fails("the VM resets it", maker.session.reset(vic.cap()), ErrorKind::Unimplemented);
    });
}

// ---- faults and snapshots ----------------------------------------------------------------------------------------

fn look(log: &mut Log, bell: &Doorbell<'_>, what: &str) {
    let flags = log.ok(what, bell.receive(u64::MAX));
    log.hex("flags", flags);
}

fn fail_once(log: &mut Log, sim: &Sim, fault: Fault<'_>, bell: &Doorbell<'_>) {
    log.ok("the second ring is to fail", sim.add_fault(fault.nth(2)));
    log.ok("alice rings 0x1", bell.send(0x1));
    let why = log.fails("alice rings 0x2", bell.send(0x2), ErrorKind::Denied);
    assert_eq!(why.domain(), gunyah::Domain::Hypervisor);
    log.number("domain", gunyah_sys::GUNYAH_DOMAIN_HYPERVISOR);
    log.number("code", why.code());
    log.text("call", why.call());
    log.ok("alice rings 0x4", bell.send(0x4));
    log.fails("no ring is to fail", sim.add_fault(fault.nth(0)), ErrorKind::ArgumentInvalid);
}

pub fn faults(log: &mut Log) {
    joined(|sim, joined| {
        let alice = Session::open(joined.alice.backend()).unwrap();
        let bob = Session::open(joined.bob.backend()).unwrap();
        let (alice, bob) = (joined.open_alice(&alice).bell, joined.open_bob(&bob).bell);
        let fault = Fault::new(gunyah_sys::GUNYAH_HVERR_DENIED).vm(joined.alice);
        fail_once(log, sim, fault.call(gunyah_sys::GUNYAH_HYPERCALL_DOORBELL_SEND), &alice);
        let snapshot = log.ok("the machine is saved", sim.snapshot());
        look(log, &bob, "bob receives all");
        look(log, &bob, "bob receives none");
        log.ok("the machine returns", sim.restore(&snapshot));
        look(log, &bob, "bob receives all again");
        let half = &snapshot[..snapshot.len() / 2];
        log.fails("a half is no snapshot", sim.restore(half), ErrorKind::ArgumentSize);
    });
}
