// SPDX-License-Identifier: BSD-3-Clause
//! Threads: each has sessions of its own on one machine.

use crate::machine::pair;
use gunyah::sim::SimOptions;
use gunyah::{Doorbell, ErrorKind, MsgQueue, Session, Timeout};
use std::thread;

const COUNT: u32 = 200;

#[test]
fn two_threads_talk() {
    let sim = SimOptions::new().threads(2).create().unwrap();
    let pair = pair(&sim);

    let sum = thread::scope(|scope| {
        scope.spawn(|| {
            let _thread = sim.thread();
            let session = Session::open(pair.alice.backend()).unwrap();
            let queue = MsgQueue::open(&session, pair.queue.sender()).unwrap();
            for number in 0..COUNT {
                while let Err(error) = queue.send(&number.to_le_bytes()) {
                    assert_eq!(error.kind(), ErrorKind::Full);
                    queue.wait_not_full(Timeout::FOREVER).unwrap();
                }
            }
        });
        let receiver = scope.spawn(|| {
            let _thread = sim.thread();
            let session = Session::open(pair.bob.backend()).unwrap();
            let queue = MsgQueue::open(&session, pair.queue.receiver()).unwrap();
            let mut numbers = Vec::new();
            while numbers.len() < COUNT as usize {
                queue.wait_not_empty(Timeout::FOREVER).unwrap();
                numbers.extend(queue.messages().map(|message| u32::from_le_bytes(message.unwrap().try_into().unwrap())));
            }
            numbers
        });
        receiver.join().unwrap()
    });
    assert_eq!(sum, (0..COUNT).collect::<Vec<_>>());
}

#[test]
fn a_thread_that_ends_early_leaves_nobody_waiting() {
    let sim = SimOptions::new().threads(2).create().unwrap();
    let pair = pair(&sim);

    thread::scope(|scope| {
        let quitter = scope.spawn(|| {
            let _thread = sim.thread();
            panic!("on purpose");
        });
        assert!(quitter.join().is_err());
        let _thread = sim.thread();
        let session = Session::open(pair.bob.backend()).unwrap();
        let bell = Doorbell::open(&session, pair.bell.receiver()).unwrap();
        // It would never end, if the simulator still counted on the other thread.
        assert_eq!(bell.wait(1, Timeout::FOREVER).unwrap_err().kind(), ErrorKind::Deadlock);
    });
}
