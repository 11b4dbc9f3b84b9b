// SPDX-License-Identifier: BSD-3-Clause
//! scenarios <name>: plays one scenario of tests/scenarios and prints what happened, as the program in C does.
//!
//! Two are not here, because they do not compile: "closed" uses what was closed, and "in-use" closes what is in use.

mod guests;
mod log;
mod machines;
mod objects;
mod pairs;
mod trees;

use log::Log;
use std::env;
use std::process::exit;

type Play = fn(&mut Log);

const SCENARIOS: [(&str, Play); 16] = [
    ("identify", pairs::identify),
    ("doorbell", pairs::doorbell),
    ("doorbell-wait", pairs::doorbell_wait),
    ("msgqueue", pairs::msgqueue),
    ("msgqueue-refused", pairs::msgqueue_refused),
    ("msgqueue-wait", pairs::msgqueue_wait),
    ("cspace", objects::cspace),
    ("objects", objects::objects),
    ("observer", pairs::observer),
    ("faults", objects::faults),
    ("vm", guests::vm),
    ("refused", guests::refused),
    ("request", guests::request),
    ("parcel", guests::parcel),
    ("events", guests::events),
    ("device-tree", trees::device_tree),
];

fn main() {
    let name = env::args().nth(1).unwrap_or_default();

    match SCENARIOS.iter().find(|(known, _)| *known == name) {
        Some((_, play)) => {
            let mut log = Log::default();
            play(&mut log);
            log.print();
        }
        None => {
            eprintln!("usage: scenarios <name>");
            exit(2);
        }
    }
}
