// SPDX-License-Identifier: BSD-3-Clause
//! VMs that the Resource Manager makes, and what Rust adds to them.

use crate::machine::{connect, declare_guest, host, lend_image, make_guest, CLOCK, HLOS};
use gunyah::irq::Irq;
use gunyah::memory::{AcceptOptions, Access, MemNotice, Memparcel, MemparcelOptions, Offer, Rights, Transaction};
use gunyah::rm::{ExitCode, Notice, Rm};
use gunyah::sim::{Mischief, RmFault, Sim, SimVm, VmOptions};
use gunyah::vm::{ExitType, Region, Resource, ResourceType, StopReason, Vm, VmImage, VmState};
use gunyah::{Domain, Error, ErrorKind, Session, Timeout, Virq, Vmid};
use std::time::Duration;

fn running(sim: &Sim) -> (SimVm<'_>, Session<'_>) {
    let hlos = host(sim);
    (hlos, Session::open(hlos.backend()).unwrap())
}

#[test]
fn a_vm_lives_and_ends() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    declare_guest(&sim);
    let vm = make_guest(&rm);

    assert_eq!(vm.status().unwrap().state, VmState::Ready);
    assert_eq!(vm.stop(true, StopReason::ForceStop).unwrap_err().kind(), ErrorKind::ObjectState);
    let kinds: Vec<_> = vm.resources().unwrap().iter().map(|resource| resource.kind()).collect();
    assert!(kinds.contains(&ResourceType::DoorbellReceive) && kinds.contains(&ResourceType::MsgQueueSend), "{kinds:?}");
    let mut one = [Resource::NONE];
    assert_eq!(vm.read_resources(&mut one), Ok(kinds.len()));
    assert_eq!(one[0].kind(), kinds[0]);
    vm.start().unwrap();
    let guest = sim.find_vm(vm.vmid().unwrap()).unwrap();
    {
        let inside = Session::open(guest.backend()).unwrap();
        let guest_rm = connect(guest, &inside);
        assert_eq!(guest_rm.own_vmid().unwrap(), vm.vmid().unwrap());
        assert_eq!(guest_rm.owner().unwrap(), HLOS);
        guest_rm.set_crash_message("it was the device").unwrap();
        guest_rm.exit(ExitCode::DeviceError, true).unwrap();
    }
    assert_eq!(vm.wait(&VmState::ENDED, Timeout::FOREVER).unwrap().state, VmState::Exited);
    let exit = vm.exit_info(Timeout::FOREVER).unwrap();
    assert_eq!((exit.exit_type(), exit.code()), (ExitType::VmExit, ExitCode::DeviceError.code() as u16));
    assert_eq!(exit.reset(), None);
    assert!(!exit.text().is_empty());
    assert_eq!(rm.crash_message(vm.vmid().unwrap()).unwrap().as_str(), "it was the device");
    vm.destroy(Timeout::FOREVER).unwrap();
    rm.close().unwrap();
}

#[test]
fn what_cannot_be_destroyed_can_be_destroyed_later() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    declare_guest(&sim);
    let vm = make_guest(&rm);
    vm.start().unwrap();

    sim.add_rm_fault(RmFault::new(Mischief::Fail(gunyah_sys::GUNYAH_RMERR_DENIED)).message(gunyah_sys::GUNYAH_RM_MEM_RECLAIM))
        .unwrap();
    let left = vm.destroy(Duration::from_millis(100)).unwrap_err();
    assert_eq!((left.step, left.error.kind(), left.memparcels), ("reclaim the memory", ErrorKind::Denied, 1));
    assert_eq!(left.error.domain(), Domain::ResourceManager);
    assert!(left.first_memparcel.is_some());
    let vm = left.vm;
    vm.destroy(Timeout::FOREVER).unwrap();
}

#[test]
fn a_handle_that_is_dropped_leaves_its_vm() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let vmid = Vm::create(&rm, None).unwrap().vmid().unwrap();
    let vm = Vm::open(&rm, vmid).unwrap();

    assert_eq!(vm.status().unwrap().state, VmState::Load);
    vm.destroy(Timeout::FOREVER).unwrap();
    assert_eq!(Vm::open(&rm, vmid).unwrap_err().kind(), ErrorKind::NoResources);
}

#[test]
fn a_refusal_of_the_resource_manager_is_told_in_full() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let error = Vm::create(&rm, Some(Vmid::new(1))).unwrap_err();

    assert_eq!((error.kind(), error.domain(), error.call()), (ErrorKind::NoResources, Domain::ResourceManager, "VM_ALLOCATE"));
    assert!(!error.advice().is_empty());
    assert!(!hlos.rm_reason().is_empty());
}

#[test]
fn a_parcel_changes_hands() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let peer = sim.add_vm(VmOptions::new().name("peer").vmid(Vmid::new(5))).unwrap();
    let peer_session = Session::open(peer.backend()).unwrap();
    let peer_rm = connect(peer, &peer_session);
    let access = [Access::new(Vmid::new(5), Rights::Rw), Access::new(HLOS, Rights::Rw)];
    let page = [Region::new(0x5000_0000, 0x1000)];

    // SAFETY: this program has nothing at these addresses.
    let parcel = unsafe { Memparcel::create(&rm, MemparcelOptions::new(Transaction::Share, &access, &page).label(7)) }.unwrap();
    parcel.notify(MemNotice::Shared(&[Vmid::new(5)]), 9).unwrap();
    let event = peer_rm.next_event(Some(Timeout::FOREVER)).unwrap();
    let offer = match event.notice() {
        Notice::MemShared { parcel, owner: HLOS, label: 7, tag: 9, transaction: Transaction::Share, .. } => {
            Offer::new(parcel).label(7)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(event.id(), gunyah_sys::GUNYAH_RM_NOTIFY_MEM_SHARED);
    assert!(event.payload().len() >= 20);
    // The event is still there, and the next one would overwrite it.
    assert_eq!(peer_rm.next_event(Some(Timeout::NOW)).unwrap_err().kind(), ErrorKind::InUse);
    drop(event);
    assert_eq!(peer_rm.next_event(Some(Timeout::NOW)).unwrap_err().kind(), ErrorKind::Timeout);

    let theirs = Memparcel::open(&peer_rm, offer).unwrap();
    assert_eq!(theirs.release(false).unwrap_err().kind(), ErrorKind::ObjectState);
    let mut mapped = [Region::new(0, 0); 2];
    let (count, theirs) = theirs.accept(AcceptOptions::new().check_label(), &mut mapped).unwrap();
    let theirs = theirs.unwrap();
    assert_eq!((count, mapped[0].size), (1, 0x1000));
    let kept = parcel.reclaim(false).unwrap_err();
    assert_eq!(kept.error.kind(), ErrorKind::RmMemInuse);
    theirs.release(false).unwrap();
    kept.handle.reclaim(false).unwrap();
    let kept = theirs.accept(AcceptOptions::new(), &mut []).unwrap_err();
    assert_eq!(Error::from(kept).kind(), ErrorKind::RmHandleInvalid);
}

#[test]
fn a_donated_parcel_is_no_parcel_any_more() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let peer = sim.add_vm(VmOptions::new().vmid(Vmid::new(5))).unwrap();
    let peer_session = Session::open(peer.backend()).unwrap();
    let peer_rm = connect(peer, &peer_session);
    let (access, page) = ([Access::new(Vmid::new(5), Rights::Rwx)], [Region::new(0x5000_0000, 0x1000)]);

    // SAFETY: this program has nothing at these addresses.
    let parcel = unsafe { Memparcel::create(&rm, MemparcelOptions::new(Transaction::Donate, &access, &page)) }.unwrap();
    let theirs = Memparcel::open(&peer_rm, Offer::new(parcel.handle()).transaction(Transaction::Donate)).unwrap();
    let (count, left) = theirs.accept(AcceptOptions::new(), &mut []).unwrap();
    assert_eq!(count, 1);
    assert!(left.is_none());
}

#[test]
fn a_parcel_that_is_taken_from_its_vm_stays() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let vm = Vm::create(&rm, None).unwrap();
    let parcel = lend_image(&vm, &rm).unwrap();

    drop(parcel.into_memparcel());
    vm.destroy(Timeout::FOREVER).unwrap();
    let next = Vm::create(&rm, None).unwrap();
    // The memory is given away still.
    assert_eq!(lend_image(&next, &rm).unwrap_err().kind(), ErrorKind::RmMemInvalid);
}

#[test]
fn a_parcel_goes_with_its_vm() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let vm = Vm::create(&rm, None).unwrap();

    lend_image(&vm, &rm).unwrap();
    vm.destroy(Timeout::FOREVER).unwrap();
    let next = Vm::create(&rm, None).unwrap();
    lend_image(&next, &rm).unwrap();
    next.destroy(Timeout::FOREVER).unwrap();
    rm.close().unwrap();
}

/// Parcels that take two messages, of which the second fails, and so does taking it back.
fn break_parcels(sim: &Sim) {
    let denied = RmFault::new(Mischief::Fail(gunyah_sys::GUNYAH_RMERR_DENIED));
    sim.add_rm_fault(denied.message(gunyah_sys::GUNYAH_RM_MEM_APPEND)).unwrap();
    sim.add_rm_fault(denied.message(gunyah_sys::GUNYAH_RM_MEM_RECLAIM)).unwrap();
}

fn many_regions() -> Vec<Region> {
    (0..600).map(|index| Region::new(0x4000_0000 + index * 0x2000, 0x1000)).collect()
}

#[test]
fn what_is_left_of_a_parcel_can_be_taken_back() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let vm = Vm::create(&rm, None).unwrap();
    let (access, regions) = ([Access::new(vm.vmid().unwrap(), Rights::Rwx)], many_regions());
    break_parcels(&sim);

    // SAFETY: this program has nothing at these addresses.
    let kept = unsafe { Memparcel::create(&rm, MemparcelOptions::new(Transaction::Lend, &access, &regions)) }.unwrap_err();
    assert_eq!(kept.error.kind(), ErrorKind::Denied);
    kept.handle.unwrap().reclaim(false).unwrap();
    vm.destroy(Timeout::FOREVER).unwrap();
}

#[test]
fn what_is_left_of_a_parcel_goes_with_its_vm() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let vm = Vm::create(&rm, None).unwrap();
    let (access, regions) = ([Access::new(vm.vmid().unwrap(), Rights::Rwx)], many_regions());
    break_parcels(&sim);

    // SAFETY: this program has nothing at these addresses.
    let error = unsafe { vm.add_memparcel(&rm, MemparcelOptions::new(Transaction::Lend, &access, &regions)) }.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    vm.destroy(Timeout::FOREVER).unwrap();
    let next = Vm::create(&rm, None).unwrap();
    // It is HLOS's again.
    lend_image(&next, &rm).unwrap();
}

#[test]
fn regions_that_overlap_are_refused_before_anything_is_made() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let access = [Access::new(Vmid::new(128), Rights::Rw)];
    let regions = [Region::new(0x5000_0000, 0x2000), Region::new(0x5000_1000, 0x1000)];
    let requests = rm.counters().requests;

    // SAFETY: nothing is made.
    let kept = unsafe { Memparcel::create(&rm, MemparcelOptions::new(Transaction::Lend, &access, &regions)) }.unwrap_err();
    assert_eq!((kept.error.kind(), kept.error.domain()), (ErrorKind::ArgumentInvalid, Domain::Library));
    assert!(kept.handle.is_none());
    assert_eq!(rm.counters().requests, requests);
}

#[test]
fn an_interrupt_is_lent_and_comes_back() {
    let sim = Sim::new().unwrap();
    sim.add_rm(Default::default()).unwrap();
    let hlos = sim.add_vm(VmOptions::new().vmid(HLOS).hardware_interrupts(Virq::new(200), 4)).unwrap();
    let session = Session::open(hlos.backend()).unwrap();
    let rm = connect(hlos, &session);
    let peer = sim.add_vm(VmOptions::new().vmid(Vmid::new(5))).unwrap();
    let peer_session = Session::open(peer.backend()).unwrap();
    let peer_rm = connect(peer, &peer_session);

    assert_eq!(Irq::lend(&rm, Vmid::new(5), Virq::new(100), 1).unwrap_err().kind(), ErrorKind::RmIrqInvalid);
    let lent = Irq::lend(&rm, Vmid::new(5), Virq::new(201), 1).unwrap();
    lent.notify().unwrap();
    let handle = match peer_rm.next_event(Some(Timeout::FOREVER)).unwrap().notice() {
        Notice::IrqLent { owner: HLOS, handle, label: 1 } => handle,
        other => panic!("{other:?}"),
    };
    let borrowed = Irq::open(&peer_rm, handle).unwrap();
    assert_eq!(borrowed.handle(), lent.handle());
    assert_eq!(borrowed.accept(None).unwrap(), Virq::new(201));
    let kept = lent.reclaim().unwrap_err();
    borrowed.release().unwrap();
    kept.handle.reclaim().unwrap();
}

#[test]
fn a_request_may_be_under_way() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let ask = |rm| {
        let rm: &Rm<'_> = rm;
        // SAFETY: this request changes nothing.
        unsafe { rm.begin(gunyah_sys::GUNYAH_RM_VM_GET_VMID, Vec::new(), 8) }
    };
    let mut request = ask(&rm).unwrap();

    assert_eq!(rm.own_vmid().unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(ask(&rm).unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(request.finish(Some(Timeout::NOW)).unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(request.finish(Some(Timeout::FOREVER)).unwrap()[..2], HLOS.get().to_le_bytes());
    let mut second = ask(&rm).unwrap();
    // The first one does not end the second.
    assert_eq!(request.finish(Some(Timeout::FOREVER)).unwrap_err().kind(), ErrorKind::ObjectState);
    assert_eq!(request.cancel().unwrap_err().kind(), ErrorKind::ObjectState);
    assert_eq!(second.finish(Some(Timeout::FOREVER)).unwrap().len(), 4);

    drop(ask(&rm).unwrap());
    assert_eq!(rm.own_vmid(), Ok(HLOS));
    assert_eq!(rm.counters().stale_replies, 1);
    // Its buffers are the library's for ever.
    std::mem::forget(ask(&rm).unwrap());
    assert_eq!(rm.own_vmid().unwrap_err().kind(), ErrorKind::Busy);
}

#[test]
fn a_raw_request_tells_how_long_its_reply_is() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let mut reply = [0; 16];

    // SAFETY: this request changes nothing.
    let size = unsafe { rm.call(gunyah_sys::GUNYAH_RM_VM_GET_VMID, &[], &mut reply, None) }.unwrap();
    assert_eq!(reply[..size], [3, 0, 0, 0]);
    // SAFETY: it is refused before anything leaves.
    let error = unsafe { rm.call(gunyah_sys::GUNYAH_RM_VM_DEALLOCATE, &[0x80, 0, 0, 0], &mut [], None) }.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldCrash);
}

#[test]
fn vms_are_found_by_what_they_are_called() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    declare_guest(&sim);
    let vm = make_guest(&rm);
    let mut found = [Vmid::new(0); 4];

    assert_eq!(rm.lookup_name("guest", &mut found), Ok(1));
    assert_eq!(Some(found[0]), vm.vmid());
    assert_eq!(rm.lookup_name("guest", &mut []), Ok(1));
    assert_eq!(rm.lookup_name("nobody", &mut found), Ok(0));
    assert_eq!(rm.lookup_name(&"n".repeat(80), &mut found).unwrap_err().kind(), ErrorKind::ArgumentSize);
    assert_eq!(rm.lookup_name("a\0b", &mut found).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
    assert_eq!(rm.identify(vm.vmid()).unwrap().name.as_str(), "guest");
}

#[test]
fn a_state_that_there_is_not_is_not_waited_for() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    let vm = Vm::create(&rm, None).unwrap();

    assert_eq!(vm.wait(&[], Timeout::NOW).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
    assert_eq!(vm.wait(&[VmState::Other(77)], Timeout::NOW).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
    assert_eq!(vm.wait(&[VmState::Running], Timeout::NOW).unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(vm.configure(VmImage::new(u32::MAX)).unwrap_err().kind(), ErrorKind::ArgumentInvalid);
}

#[test]
fn a_vm_reads_and_sets_its_clock() {
    let sim = Sim::new().unwrap();
    let (hlos, session) = running(&sim);
    let rm = connect(hlos, &session);
    declare_guest(&sim);
    let vm = make_guest(&rm);
    let guest = sim.find_vm(vm.vmid().unwrap()).unwrap();

    assert_eq!(guest.read_register(CLOCK, 4).unwrap_err().kind(), ErrorKind::ObjectState);
    vm.start().unwrap();
    assert_eq!(guest.read_register(CLOCK + 0xc, 4), Ok(1));
    guest.write_register(CLOCK + 8, 4, 1_700_000_000).unwrap();
    assert_eq!(guest.read_register(CLOCK + 8, 4), Ok(1_700_000_000));
    assert_eq!(guest.write_register(CLOCK + 8, 8, 5).unwrap_err().kind(), ErrorKind::AddrInvalid);
    assert_eq!(guest.read_register(CLOCK + 8, 3).unwrap_err().kind(), ErrorKind::ArgumentSize);
}
