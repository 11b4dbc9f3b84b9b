// SPDX-License-Identifier: BSD-3-Clause
//! Device trees, built and judged.

#![allow(clippy::result_large_err)]

use gunyah::dt::{
    lint, region_size, rules, Affinity, Bell, Blob, Builder, Config, DeviceKind, DeviceNode, Interrupt, IoMem, LintOptions,
    Machine, QueueNode, QueuePair, Reserved, RmRpc, Rtc, Severity, Shm, Tree, TreeError, Virtio, RM_2023, RM_LATER,
};
use gunyah::{ErrorKind, Virq};
use std::collections::HashSet;
use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;

fn spi(number: u32) -> Option<Interrupt> {
    Some(Interrupt { virq: Virq::new(number), level: false })
}

/// What examples/build-tree.c makes.
fn example() -> Result<Blob, TreeError> {
    let machine = Machine { vcpu_count: 2, bootargs: Some("console=ttyS0"), ..Machine::default() };
    let mut tree = Builder::new(&machine, &Config { image_name: "example", ..Config::default() })?;
    tree.add_rm_rpc(&RmRpc::default())?;
    tree.add_shm(&Shm { label: 1, address: 0xa000_0000, ..Shm::default() })?;
    tree.add_doorbell(&Bell { label: 1, interrupt: spi(48), ..Bell::default() })?;
    tree.add_doorbell_source(&Bell { label: 1, ..Bell::default() })?;
    tree.add_doorbell(&Bell { label: 2, interrupt: spi(34), ..Bell::default() })?;
    let serial = ["ns16550a"];
    tree.add_device(&DeviceNode {
        name: "serial",
        compatible: &serial,
        address: 0x3f8,
        bytes: 8,
        interrupt: spi(34),
        dma_coherent: false,
    })?;
    tree.finish()
}

#[test]
fn the_tree_of_the_example_in_c_is_the_same() {
    let tree = example().unwrap();
    let region = region_size(tree.len()).unwrap();
    let sum = lint(&tree, LintOptions::new().region_size(region as u64), |finding| panic!("{finding}")).unwrap();
    let said = format!(
        "{} bytes, in a region of {region}: {} errors, {} warnings, {} notes\n",
        tree.len(),
        sum.errors,
        sum.warnings,
        sum.notes
    );
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/expected/build-tree.txt");
    assert_eq!(said, fs::read_to_string(expected).unwrap());
}

#[test]
fn every_kind_of_node_is_added_and_the_memory_grows() {
    let mut tree = Builder::new(&Machine::default(), &Config::default()).unwrap();
    let compatible = ["one,device", "other,device"];

    tree.add_rm_rpc(&RmRpc { console: true, ..RmRpc::default() }).unwrap();
    tree.add_msgqueue(&QueueNode { label: 1, sends: true, ..QueueNode::default() }).unwrap();
    tree.add_msgqueue_pair(&QueuePair { label: 2, peer: Some("vm-name:other"), ..QueuePair::default() }).unwrap();
    tree.add_shm_doorbell(&Shm { label: 3, dma_base: Some(0x1000), ..Shm::default() }).unwrap();
    tree.add_virtio_mmio(&Virtio { label: 4, interrupt: spi(50), queue_count: 2, ..Virtio::default() }).unwrap();
    tree.add_iomem(&IoMem { label: 5, compatible: &compatible, ..IoMem::default() }).unwrap();
    tree.add_rtc(&Rtc::default()).unwrap();
    for label in 100..300 {
        tree.add_doorbell(&Bell { label, ..Bell::default() }).unwrap();
    }
    tree.add_reserved(&Reserved { name: "pool", compatible: Some("restricted-dma-pool"), bytes: 0x1000, ..Reserved::default() })
        .unwrap();
    let blob = tree.finish().unwrap();
    assert!(blob.len() > 16 * 1024);
    assert!(blob.windows(13).any(|text| text == b"vm-name:other"));
    assert!(blob.windows(24).any(|text| text == b"one,device\0other,device\0"));
    // It tells the Resource Manager what to make; nothing was made yet.
    assert_eq!(Tree::open(&blob).unwrap().devices(DeviceKind::Doorbell).count(), 0);
    assert_eq!(lint(&blob, LintOptions::new(), |_| {}).unwrap().errors, 0);
}

#[test]
fn what_cannot_be_is_told_with_its_place_and_leaves_the_tree() {
    let mut tree = Builder::new(&Machine::default(), &Config::default()).unwrap();
    let odd = tree.add_shm(&Shm { label: 1, address: 0xa000_0123, ..Shm::default() }).unwrap_err();

    assert_eq!(odd.kind(), ErrorKind::ArgumentAlignment);
    assert!(odd.path().contains("/gunyah-vm-config/vdevices/"), "{odd}");
    assert!(odd.property().is_some() && !odd.text().is_empty());
    tree.add_doorbell(&Bell { label: 1, ..Bell::default() }).unwrap();
    let twice = tree.add_doorbell(&Bell { label: 1, ..Bell::default() }).unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::InUse);
    let zero = tree.add_doorbell(&Bell { name: Some("a\0b"), ..Bell::default() }).unwrap_err();
    assert_eq!(zero.kind(), ErrorKind::ArgumentInvalid);
    tree.add_reserved(&Reserved { name: "pool", bytes: 0x1000, ..Reserved::default() }).unwrap();
    assert_eq!(tree.add_rtc(&Rtc::default()).unwrap_err().kind(), ErrorKind::ObjectState);
    assert!(Tree::open(&tree.finish().unwrap()).is_ok());

    let no_vcpu = Machine { vcpu_count: 0, ..Machine::default() };
    assert_eq!(Builder::new(&no_vcpu, &Config::default()).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
    let half = Config { memory_size: 0x800, ..Config::default() };
    assert_eq!(Builder::new(&Machine::default(), &half).unwrap_err().kind(), ErrorKind::ArgumentAlignment);
    let pinned = Config { affinity: Affinity::Pinned, ..Config::default() };
    assert_eq!(Builder::new(&Machine::default(), &pinned).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
}

#[test]
fn a_tree_is_edited() {
    let first = example().unwrap();
    let mut tree = Builder::edit(&first, None).unwrap();

    tree.add_doorbell(&Bell { label: 9, ..Bell::default() }).unwrap();
    let second = tree.finish().unwrap();
    assert!(second.len() > first.len());
    assert_eq!(Builder::edit(&first, Some(&Config::default())).unwrap_err().kind(), ErrorKind::InUse);
    assert_eq!(Builder::edit(&Blob::new(&[0; 64]), None).unwrap_err().kind(), ErrorKind::DeviceTree);
    let mut tree = Builder::edit(&second, None).unwrap();
    assert_eq!(tree.add_doorbell(&Bell { label: 9, ..Bell::default() }).unwrap_err().kind(), ErrorKind::InUse);
}

#[test]
fn a_finding_has_its_rule_and_its_place() {
    // The region is smaller than the tree.
    let tree = example().unwrap();
    let mut worst = Severity::Fine;
    let mut lines = String::new();
    let sum = lint(&tree, LintOptions::new().generations(RM_2023).region_size(64), |finding| {
        worst = worst.max(finding.severity());
        assert_eq!(finding.generations(), RM_2023);
        assert!(!finding.rule().name.is_empty() && !finding.text().is_empty());
        lines += &finding.to_string();
    })
    .unwrap();

    assert!(sum.errors > 0, "{lines}");
    assert_eq!(worst, Severity::Error);
    assert!(lines.starts_with("error: ") && lines.contains("Effect: ") && lines.contains("Cure: "), "{lines}");
    let zeros = lint(&Blob::new(&[0; 64]), LintOptions::new(), |finding| assert_eq!(finding.rule().name, "malformed"));
    assert_eq!(zeros.unwrap().errors, 1);
}

#[test]
fn options_that_are_none_are_refused_and_rules_are_all_there() {
    let tree = example().unwrap();

    assert_eq!(lint(&tree, LintOptions::new().generations(0), |_| {}).unwrap_err().kind(), ErrorKind::Option);
    assert_eq!(lint(&tree, LintOptions::new().ipa_bits(31), |_| {}).unwrap_err().kind(), ErrorKind::Option);
    assert_eq!(lint(&tree[1..], LintOptions::new(), |_| {}).unwrap_err().kind(), ErrorKind::ArgumentAlignment);
    let names: HashSet<_> = rules().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules().count());
    assert!(names.contains("malformed") && rules().any(|rule| rule.rm_2023 != rule.rm_later));
    assert_ne!(RM_2023, RM_LATER);
}

#[test]
fn a_panic_of_a_report_comes_out_of_the_linter() {
    let zeros = Blob::new(&[0; 64]);
    let result = catch_unwind(AssertUnwindSafe(|| lint(&zeros, LintOptions::new(), |_| panic!("enough"))));

    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"enough"));
    assert_eq!(lint(&zeros, LintOptions::new(), |_| {}).unwrap().errors, 1);
}
