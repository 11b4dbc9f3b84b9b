// SPDX-License-Identifier: BSD-3-Clause
//! The scenario of a device tree: HLOS finds its own.

use crate::log::Log;
use crate::machines::{host, HLOS};
use gunyah::dt::{Blob, Details, DeviceKind, Tree};
use gunyah::rm::Rm;
use gunyah::ErrorKind;

fn find_channel(log: &mut Log, tree: &Tree<'_>) {
    let mut devices = tree.devices(DeviceKind::Any);
    let device = log.ok("HLOS finds a device", devices.next().unwrap());
    log.text("name", device.name());
    log.number("kind", device.kind().code());
    match device.details() {
        Details::Queues(queues) => {
            log.number("message_size", queues.send.unwrap().message_size);
            log.number("depth", queues.receive.unwrap().depth);
            log.number("virq", queues.receive.unwrap().interrupt.unwrap().virq);
        }
        other => panic!("{other:?}"),
    }
    // What is an error in C, is the end of an iterator.
    assert!(devices.next().is_none());
    log.ends("it is the only one", ErrorKind::NotFound);
    let missing = tree.find_label(DeviceKind::Doorbell, 1).unwrap_err();
    log.fails("no doorbell is there", Err::<(), _>(missing), ErrorKind::NotFound);
    log.text("text", missing.text());
}

pub fn device_tree(log: &mut Log) {
    host(|_, hlos, rm| {
        let blob = Blob::new(&log.ok("HLOS finds its tree", hlos.device_tree()));
        let tree = log.ok("HLOS opens it", Tree::open(&blob));
        let info = log.ok("HLOS finds itself", tree.vm_info());
        log.hex("hypervisor", info.hypervisor.bits());
        log.flag("has_vmid", info.vmid.is_some());
        log.number("vmid", info.vmid.unwrap_or(HLOS));
        log.flag("has_owner", info.owner.is_some());
        find_channel(log, &tree);
        let session = rm.session();
        log.ok("HLOS closes the other", rm.close());
        let second = log.ok("HLOS connects as the tree says", Rm::open_dt(session, &tree));
        let own = log.ok("HLOS asks who it is", second.own_vmid());
        log.number("vmid", own);
        let zeros = Blob::new(&[0; 64]);
        let problem = Tree::open(&zeros).unwrap_err();
        log.fails("zeros are no tree", Err::<(), _>(problem), ErrorKind::DeviceTree);
        log.text("text", problem.text());
    });
}
