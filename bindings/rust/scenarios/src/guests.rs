// SPDX-License-Identifier: BSD-3-Clause
//! Scenarios with the Resource Manager: VMs that HLOS makes, memory that it shares, and what is told.

use crate::log::Log;
use crate::machines::{enter_guest, host, make_guest, GUEST, GUEST_BELL, GUEST_QUEUE, HLOS};
use gunyah::memory::{AcceptOptions, Access, MemNotice, Memparcel, MemparcelOptions, Offer, Rights, Transaction};
use gunyah::rm::{ExitCode, Notice, Rm};
use gunyah::sim::{Mischief, RmFault, Sim, SimVm};
use gunyah::vm::{OsStatus, Region, StopReason, Vm, VmState};
use gunyah::{Domain, Error, ErrorKind, Kept, Timeout, Vmid};
use std::time::Duration;

const BOARD: Region = Region::new(0x5000_0000, 0x1000);
const WINDOW: Region = Region::new(0x9000_0000, 0x1000);
const TAG: u32 = 7;
const MS: Duration = Duration::from_millis(1);

// ---- the life of a VM --------------------------------------------------------------------------------------------

fn status(log: &mut Log, vm: &Vm<'_>, what: &str) {
    let status = log.ok(what, vm.status());
    if what == "the guest is made" {
        log.number("vmid", vm.vmid().unwrap());
    }
    log.number("state", status.state.code());
}

fn talk(log: &mut Log, vm: &Vm<'_>) {
    let bell = log.ok("HLOS opens the guest's doorbell", vm.open_doorbell(GUEST_BELL, false));
    log.fails("nobody rang", bell.wait(1, Timeout::NOW), ErrorKind::Timeout);
    let queue = log.ok("HLOS opens the guest's queue", vm.open_msgqueue(GUEST_QUEUE, true, 0));
    log.ok("HLOS sends", queue.send(b"to the guest"));
    log.fails("no such label", vm.open_doorbell(99, true), ErrorKind::RmLookupFailed);
}

fn end_guest(log: &mut Log, vm: &Vm<'_>, guest: &Rm<'_>) {
    log.ok("the guest exits", guest.exit(ExitCode::DeviceError, true));
    let status = log.ok("HLOS waits for the end", vm.wait(&VmState::ENDED, Timeout::FOREVER));
    log.number("state", status.state.code());
    let exit = log.ok("HLOS asks how", vm.exit_info(Timeout::FOREVER));
    log.number("type", exit.exit_type().code());
    log.number("code", exit.code());
    log.number("flags", exit.flags());
    log.text("text", exit.text());
}

pub fn vm(log: &mut Log) {
    host(|sim, _, rm| {
        let vm = make_guest(sim, &rm);
        status(log, &vm, "the guest is made");
        log.fails("it does not run", vm.stop(true, StopReason::ForceStop), ErrorKind::ObjectState);
        enter_guest(sim, &vm, |_, guest| {
            status(log, &vm, "it runs");
            let own = log.ok("the guest asks who it is", guest.own_vmid());
            log.number("vmid", own);
            let owner = log.ok("the guest asks for its owner", guest.owner());
            log.number("vmid", owner);
            talk(log, &vm);
            end_guest(log, &vm, guest);
        });
        log.ok("HLOS destroys it", vm.destroy(Timeout::FOREVER));
        // What remains is in the error, and there was none.
        log.done("nothing remains");
        log.number("memparcels", 0);
    });
}

// ---- refusals ----------------------------------------------------------------------------------------------------

/// By the library, before anything left it.
fn explain_library(log: &mut Log, why: Error) {
    assert_eq!(why.domain(), Domain::Library);
    log.number("domain", gunyah_sys::GUNYAH_DOMAIN_LIBRARY);
    log.text("call", why.call());
    log.text("text", why.text());
}

/// By the Resource Manager, with its own code.
fn explain_rm(log: &mut Log, hlos: SimVm<'_>, why: Error) {
    assert_eq!(why.domain(), Domain::ResourceManager);
    log.number("domain", gunyah_sys::GUNYAH_DOMAIN_RM);
    log.number("code", why.code());
    log.text("call", why.call());
    log.text("reason", hlos.rm_reason());
}

fn lend<'r>(rm: &'r Rm<'_>, regions: &[Region]) -> Result<Memparcel<'r>, Kept<Option<Memparcel<'r>>>> {
    let access = [Access::new(GUEST, Rights::Rw)];
    // SAFETY: this program has nothing at these addresses.
    unsafe { Memparcel::create(rm, MemparcelOptions::new(Transaction::Lend, &access, regions)) }
}

fn refuse_parcels(log: &mut Log, hlos: SimVm<'_>, rm: &Rm<'_>) {
    let regions = [Region::new(BOARD.address, 0x2000), Region::new(BOARD.address + 0x1000, 0x1000)];
    let why = log.fails("regions that overlap", lend(rm, &regions), ErrorKind::ArgumentInvalid);
    explain_library(log, why);
    let why = log.fails("memory for a VM that there is not", lend(rm, &regions[..1]), ErrorKind::ArgumentInvalid);
    explain_rm(log, hlos, why);
}

fn lose_a_request(log: &mut Log, sim: &Sim, rm: &Rm<'_>) {
    let fault = RmFault::new(Mischief::Ignore).message(gunyah_sys::GUNYAH_RM_VM_HOST_GET_TYPE);
    log.ok("a request is to be lost", sim.add_rm_fault(fault));
    log.fails("HLOS asks for the host", rm.host_type(), ErrorKind::Timeout);
    let host = log.ok("HLOS asks again", rm.host_type());
    log.hex("type", host);
}

pub fn refused(log: &mut Log) {
    host(|sim, hlos, rm| {
        let why = log.fails("a VMID that is not HLOS's", Vm::create(&rm, Some(Vmid::new(1))), ErrorKind::NoResources);
        explain_rm(log, hlos, why);
        let why = log.fails("a VMID that is none", Vm::create(&rm, Some(Vmid::new(64))), ErrorKind::ArgumentInvalid);
        explain_library(log, why);
        let why = log.fails("a VM that there is not", Vm::open(&rm, GUEST), ErrorKind::NoResources);
        explain_rm(log, hlos, why);
        // SAFETY: it is refused.
        let crash = unsafe { rm.call(gunyah_sys::GUNYAH_RM_VM_DEALLOCATE, &[128, 0, 0, 0], &mut [], None) };
        log.fails("a request that would stop it", crash, ErrorKind::WouldCrash);
        refuse_parcels(log, hlos, &rm);
        lose_a_request(log, sim, &rm);
    });
}

/// Begun and finished by hand, with other things in between.
pub fn request(log: &mut Log) {
    host(|_, _, rm| {
        // SAFETY: this request changes nothing.
        let ask = || unsafe { rm.begin(gunyah_sys::GUNYAH_RM_VM_GET_VMID, Vec::new(), 8) };
        let mut request = log.ok("HLOS begins to ask who it is", ask());
        log.fails("one at a time", rm.own_vmid(), ErrorKind::Busy);
        log.fails("HLOS looks for the answer", request.finish(Some(Timeout::NOW)), ErrorKind::Timeout);
        let reply = log.ok("HLOS waits for the answer", request.finish(Some(MS.into())));
        log.bytes("reply", reply);
        log.fails("it is over", request.finish(Some(MS.into())), ErrorKind::ObjectState);
        let request = log.ok("HLOS begins again", ask());
        log.ok("HLOS gives up", request.cancel());
        let own = log.ok("HLOS asks who it is", rm.own_vmid());
        log.number("vmid", own);
        log.done("the answer nobody wanted");
        log.number("stale", rm.counters().stale_replies);
    });
}

// ---- memory ------------------------------------------------------------------------------------------------------

fn share<'r>(log: &mut Log, rm: &'r Rm<'_>) -> Memparcel<'r> {
    let access = [Access::new(GUEST, Rights::Rw), Access::new(HLOS, Rights::Rw)];
    let options = MemparcelOptions::new(Transaction::Share, &access, &[BOARD]).label(TAG);
    // SAFETY: this program has nothing at these addresses.
    let given = log.ok("HLOS shares a page", unsafe { Memparcel::create(rm, options) });
    log.number("handle", given.handle());
    log.ok("HLOS tells the guest", given.notify(MemNotice::Shared(&[GUEST]), TAG));
    given
}

/// The guest hears of a parcel.
fn hear_of_it(log: &mut Log, guest: &Rm<'_>) -> Offer {
    let event = log.ok("the guest hears of it", guest.next_event(Some(Timeout::FOREVER)));
    match event.notice() {
        Notice::MemShared { parcel, owner, label, tag, .. } => {
            log.hex("id", event.id());
            log.number("parcel", parcel);
            log.number("owner", owner);
            log.number("label", label);
            log.number("tag", tag);
            Offer::new(parcel).label(label)
        }
        other => panic!("{other:?}"),
    }
}

fn accept<'g>(log: &mut Log, vm: SimVm<'_>, guest: &'g Rm<'_>) -> Memparcel<'g> {
    let offer = hear_of_it(log, guest);
    let offered = log.ok("the guest opens it", Memparcel::open(guest, offer));
    log.fails("the guest has not accepted it", offered.release(false), ErrorKind::ObjectState);
    let accepted = offered.accept(AcceptOptions::new().regions(&[WINDOW]), &mut []);
    let (_, accepted) = log.ok("the guest accepts it", accepted);
    let memory = log.ok("it is the memory of HLOS", vm.find_memory(WINDOW.address, WINDOW.size));
    log.hex("memory", memory.as_ptr() as usize);
    accepted.unwrap()
}

/// The guest tells HLOS what it did with the parcel, and HLOS hears it.
fn tell(log: &mut Log, rm: &Rm<'_>, parcel: &Memparcel<'_>, notice: MemNotice<'_>) {
    log.ok("the guest tells", parcel.notify(notice, TAG));
    loop {
        let event = rm.next_event(Some(Timeout::FOREVER)).unwrap();
        let (parcel, vmid, tag) = match event.notice() {
            Notice::VmStatus { .. } => continue,
            Notice::MemAccepted { parcel, vmid, tag } | Notice::MemReleased { parcel, vmid, tag } => (parcel, vmid, tag),
            other => panic!("{other:?}"),
        };
        log.done("HLOS hears it");
        log.hex("id", event.id());
        log.number("parcel", parcel);
        log.number("vmid", vmid);
        log.number("tag", tag);
        return;
    }
}

pub fn parcel(log: &mut Log) {
    host(|sim, _, rm| {
        let vm = make_guest(sim, &rm);
        enter_guest(sim, &vm, |guest_vm, guest| {
            let given = share(log, &rm);
            let offered = accept(log, guest_vm, guest);
            tell(log, &rm, &offered, MemNotice::Accepted);
            let kept = given.reclaim(false).unwrap_err();
            log.fails("HLOS wants it back too early", Err::<(), _>(kept.error), ErrorKind::RmMemInuse);
            let given = kept.handle;
            log.fails("HLOS releases what it shares", given.release(false), ErrorKind::ObjectState);
            log.ok("the guest releases it", offered.release(false));
            tell(log, &rm, &offered, MemNotice::Released);
            log.ok("HLOS reclaims it", given.reclaim(false));
            let kept = offered.accept(AcceptOptions::new(), &mut []).unwrap_err();
            log.fails("the guest accepts it again", Err::<(), _>(kept.error), ErrorKind::RmHandleInvalid);
            log.ok("the guest closes it", kept.handle.close());
        });
        vm.destroy(Timeout::FOREVER).unwrap();
    });
}

// ---- notifications -----------------------------------------------------------------------------------------------

fn expect_state(log: &mut Log, rm: &Rm<'_>, what: &str) {
    let event = log.ok(what, rm.next_event(Some(Timeout::FOREVER)));
    match event.notice() {
        Notice::VmStatus { vmid, status } => {
            log.hex("id", event.id());
            log.number("vmid", vmid);
            log.number("state", status.state.code());
        }
        other => panic!("{other:?}"),
    }
}

fn ask_to_end(log: &mut Log, vm: &Vm<'_>, guest: &Rm<'_>) {
    log.ok("HLOS asks the guest to end", vm.stop(false, StopReason::Restart));
    let event = log.ok("the guest is asked", guest.next_event(Some(Timeout::FOREVER)));
    match event.notice() {
        Notice::VmShutdown { reason } => {
            log.hex("id", event.id());
            log.number("reason", reason.code());
        }
        other => panic!("{other:?}"),
    }
}

fn end_it(log: &mut Log, vm: &Vm<'_>, rm: &Rm<'_>) {
    log.fails("the guest does not", rm.next_event(Some(MS.into())), ErrorKind::Timeout);
    log.ok("HLOS ends it", vm.stop(true, StopReason::ForceStop));
    expect_state(log, rm, "it has ended");
    let event = log.ok("HLOS hears how", rm.next_event(Some(Timeout::FOREVER)));
    match event.notice() {
        Notice::VmExited { exit_type, .. } => {
            log.hex("id", event.id());
            log.number("type", exit_type.code());
        }
        other => panic!("{other:?}"),
    }
}

pub fn events(log: &mut Log) {
    host(|sim, _, rm| {
        let vm = make_guest(sim, &rm);
        enter_guest(sim, &vm, |_, guest| {
            expect_state(log, &rm, "it was configured");
            expect_state(log, &rm, "it was initialised");
            expect_state(log, &rm, "it was started");
            log.fails("a guest says how far it is", guest.set_status(OsStatus::None, 5), ErrorKind::Denied);
            ask_to_end(log, &vm, guest);
        });
        end_it(log, &vm, &rm);
        let counters = rm.counters();
        log.done("HLOS has counted");
        log.number("requests", counters.requests);
        log.number("replies", counters.replies);
        log.number("notifications", counters.notifications);
        log.number("lost", counters.lost_events);
        log.number("malformed", counters.malformed);
        vm.destroy(Timeout::FOREVER).unwrap();
    });
}
