// SPDX-License-Identifier: BSD-3-Clause
//! Device trees, read: one of a real VM, that of a simulated one, and bytes that are none.

use crate::machine::{connect, host};
use gunyah::dt::{Blob, Details, DeviceKind, Hypervisor, Tree};
use gunyah::rm::Rm;
use gunyah::sim::Sim;
use gunyah::{Doorbell, ErrorKind, MsgQueue, Session};
use std::fs;
use std::path::Path;

fn real(name: &str) -> Blob {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/dt/real");
    Blob::new(&fs::read(folder.join(name)).unwrap())
}

#[test]
fn every_device_of_a_real_tree_is_understood() {
    let blob = real("stock-production.dtb");
    let tree = Tree::open(&blob).unwrap();
    let info = tree.vm_info().unwrap();
    let devices: Vec<_> = tree.devices(DeviceKind::Any).map(Result::unwrap).collect();

    assert!(info.hypervisor.contains(Hypervisor::QCOM), "{info:?}");
    assert!(devices.iter().any(|device| device.kind() == DeviceKind::ResourceManager));
    for device in &devices {
        assert_ne!(device.details(), Details::Other, "{device:?}");
        assert_eq!(tree.devices(device.kind()).filter(|same| same.as_ref().unwrap().name() == device.name()).count(), 1);
        if let Some(label) = device.label() {
            assert_eq!(tree.find_label(device.kind(), label).unwrap().label(), Some(label));
        }
        if let Details::Memory(memory) = device.details() {
            assert!((0..memory.region_count).all(|index| tree.region(device, index).unwrap().size > 0));
            assert_eq!(tree.region(device, memory.region_count).unwrap_err().kind(), ErrorKind::NotFound);
        }
    }
}

#[test]
fn a_vm_connects_as_its_tree_says() {
    let sim = Sim::new().unwrap();
    let hlos = host(&sim);
    let session = Session::open(hlos.backend()).unwrap();
    let own = connect(hlos, &session).own_vmid().unwrap();
    let blob = Blob::new(&hlos.device_tree().unwrap());
    let tree = Tree::open(&blob).unwrap();

    assert_eq!(tree.vm_info().unwrap().vmid, Some(own));
    assert_eq!(Rm::open_dt(&session, &tree).unwrap().own_vmid(), Ok(own));
    assert_eq!(Doorbell::open_label(&session, &tree, 1, true).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(MsgQueue::open_label(&session, &tree, 1, true).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(tree.last_problem().unwrap().text(), "no device of this kind and direction has this label");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let blob = real("stock-production.dtb");
    let tree = Tree::open(&blob).unwrap();

    assert!(tree.last_problem().is_none());
    for path in ["no slash", "", "/with\0zero"] {
        assert_eq!(tree.find_path(path).unwrap_err().kind(), ErrorKind::ArgumentInvalid, "{path}");
    }
    let missing = tree.find_path("/hypervisor/nothing").unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(missing.to_string().contains("GUNYAH_ERR_NOT_FOUND"), "{missing}");
    assert_eq!(tree.memparcel_offer(u32::MAX).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_doorbell_rings_where_its_tree_says_and_its_source_nowhere() {
    let blob = real("secondary-vm-two-doorbells-shm.dtb");
    let tree = Tree::open(&blob).unwrap();
    let doorbells: Vec<_> = tree.devices(DeviceKind::Doorbell).map(|device| device.unwrap().details()).collect();

    assert!(!doorbells.is_empty());
    assert!(doorbells.iter().all(|details| matches!(details, Details::Doorbell(end) if end.interrupt.is_some())));
    for device in tree.devices(DeviceKind::SharedMemory) {
        match device.unwrap().details() {
            Details::Memory(memory) => {
                assert!(memory.send_doorbell.map_or(true, |end| end.interrupt.is_none()), "{memory:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn devices_of_no_kind_come_to_an_end() {
    let blob = real("stock-production.dtb");
    let tree = Tree::open(&blob).unwrap();

    assert!(tree.devices(DeviceKind::Other(99)).count() <= 1);
    let mut devices = tree.devices(DeviceKind::Any);
    while devices.next().is_some() {}
    assert!(devices.next().is_none());
}

#[test]
fn bytes_that_are_no_tree_are_refused() {
    let blob = real("stock-production.dtb");

    for bytes in [&blob[..0], &blob[..40], &blob[..blob.len() / 2], &Blob::new(&[0; 64])] {
        assert_eq!(Tree::open(bytes).unwrap_err().kind(), ErrorKind::DeviceTree);
    }
    assert_eq!(Tree::open(&blob[1..]).unwrap_err().kind(), ErrorKind::ArgumentAlignment);
    assert_eq!(Blob::new(&blob[..13])[..], blob[..13]);
}

#[test]
fn a_damaged_byte_is_an_error_and_no_crash() {
    let blob = real("stock-production.dtb");

    for place in (0..blob.len()).step_by(101) {
        let mut bytes = blob.to_vec();
        bytes[place] ^= 0xff;
        let damaged = Blob::new(&bytes);
        if let Ok(tree) = Tree::open(&damaged) {
            let devices = tree.devices(DeviceKind::Any).filter_map(Result::ok);
            let _ = devices.map(|device| format!("{device:?}{:?}", device.peer_name())).count();
            let _ = tree.vm_info().map(|info| info.peers().map(str::len).sum::<usize>());
        }
    }
}
