// SPDX-License-Identifier: BSD-3-Clause
//! Nanoseconds a call in the simulator, by the crate and by the C functions that it calls.

use gunyah::sim::{MsgQueueWireOptions, Sim, VmOptions};
use gunyah::{Doorbell, MsgQueue, Session};
use gunyah_sys as sys;
use std::ptr;
use std::time::Instant;

const CALLS: u32 = 200_000;
const ROUNDS: u32 = 5;
const SIZE: usize = 64;
const ROOM: usize = 240;

/// The fastest of some rounds.
fn nanoseconds(mut call: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        (0..CALLS).for_each(|_| call());
        start.elapsed().as_nanos() as f64 / f64::from(CALLS)
    });
    rounds.fold(f64::INFINITY, f64::min)
}

fn compare(what: &str, by_crate: impl FnMut(), by_c: impl FnMut()) {
    println!("{what:<34} {:8.1} ns in Rust, {:8.1} ns by the C functions", nanoseconds(by_crate), nanoseconds(by_c));
}

fn must(error: sys::gunyah_error) {
    assert_eq!(error, sys::GUNYAH_OK);
}

/// The same handles once more, as C has them.
struct Raw {
    g: *mut sys::gunyah,
    bell: *mut sys::gunyah_doorbell,
    out: *mut sys::gunyah_msgqueue,
    inbox: *mut sys::gunyah_msgqueue,
}

fn open_raw(backend: *const sys::gunyah_backend, bell: u64, send: u64, receive: u64) -> Raw {
    let mut raw = Raw { g: ptr::null_mut(), bell: ptr::null_mut(), out: ptr::null_mut(), inbox: ptr::null_mut() };
    let cap = |value| sys::gunyah_capid_t { value };
    let options = sys::gunyah_open_options { backend, ..sys::GUNYAH_OPEN_OPTIONS_INIT };
    let bell = sys::gunyah_doorbell_options { cap: cap(bell), ..sys::GUNYAH_DOORBELL_OPTIONS_INIT };
    let queue = sys::gunyah_msgqueue_options { message_size: ROOM as u32, ..sys::GUNYAH_MSGQUEUE_OPTIONS_INIT };
    // SAFETY: the backend is there, and the options are well-formed.
    unsafe {
        must(sys::gunyah_open(&options, &mut raw.g));
        must(sys::gunyah_doorbell_open(raw.g, &bell, &mut raw.bell));
        must(sys::gunyah_msgqueue_open(raw.g, &sys::gunyah_msgqueue_options { cap: cap(send), ..queue }, &mut raw.out));
        must(sys::gunyah_msgqueue_open(raw.g, &sys::gunyah_msgqueue_options { cap: cap(receive), ..queue }, &mut raw.inbox));
    }
    raw
}

impl Raw {
    fn ring(&self) {
        let mut old = 0;
        // SAFETY: the handle is open.
        must(unsafe { sys::gunyah_doorbell_send(self.bell, 1, &mut old) });
    }

    fn exchange(&self, message: &[u8], buffer: &mut [u8]) {
        let (mut size, mut more) = (0, false);
        // SAFETY: the handles are open.
        unsafe {
            must(sys::gunyah_msgqueue_send(self.out, message.as_ptr().cast(), message.len(), 0, &mut more));
            must(sys::gunyah_msgqueue_receive(self.inbox, buffer.as_mut_ptr().cast(), buffer.len(), &mut size, &mut more));
        }
    }
}

fn main() -> gunyah::Result<()> {
    let sim = Sim::new()?;
    let (vm, same) = (sim.add_vm(VmOptions::new())?, sim.add_vm(VmOptions::new())?);
    let ring = sim.connect_doorbell(vm, vm, None)?;
    let queue = sim.connect_msgqueue(vm, vm, MsgQueueWireOptions::new(8, ROOM as u32))?;
    let session = Session::open(vm.backend())?;
    let bell = Doorbell::open(&session, ring.sender())?;
    let (out, inbox) = (MsgQueue::open(&session, queue.sender())?, MsgQueue::open(&session, queue.receiver())?);
    let raw_ring = sim.connect_doorbell(same, same, None)?;
    let raw_queue = sim.connect_msgqueue(same, same, MsgQueueWireOptions::new(8, ROOM as u32))?;
    let (send, receive) = (raw_queue.send_cap.get(), raw_queue.receive_cap.get());
    let raw = open_raw(same.backend().as_raw(), raw_ring.send_cap.get(), send, receive);
    let (message, mut buffer, mut other) = ([0; SIZE], [0; ROOM], [0; ROOM]);

    compare("doorbell_send", || drop(bell.send(1).unwrap()), || raw.ring());
    let exchange = || {
        out.send(&message).unwrap();
        inbox.receive(&mut buffer).unwrap();
    };
    compare("msgqueue_send + receive, 64 bytes", exchange, || raw.exchange(&message, &mut other));
    let mut g = raw.g;
    // SAFETY: the session is open, and not used any more.
    must(unsafe { sys::gunyah_close(&mut g) });
    Ok(())
}
