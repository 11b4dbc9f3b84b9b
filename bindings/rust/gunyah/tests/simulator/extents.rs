// SPDX-License-Identifier: BSD-3-Clause
//! Memory extents, and the address spaces that map them.

use crate::machine::{own, MEMORY};
use crate::wire::Wire;
use gunyah::addrspace::{AddrSpace, InfoArea, Mapping, MemoryAttribute, VicPart, END, MAX_VMMIO_RANGES, VMMIO_END};
use gunyah::memextent::{Access, ExtentKind, MemExtent, MemExtentOptions, MemType, SyncMode, PAGE_SIZE};
use gunyah::sim::{Sim, SimOptions, VmOptions};
use gunyah::thread::Thread;
use gunyah::{CapId, Domain, ErrorKind, Partition, Session, SessionOptions, Vic, Vmid, Watch};

const ANY: MemType = MemType::Any;

/// What a function that may not succeed answers.
macro_rules! refused {
    ($call:expr) => {
        $call.unwrap_err().kind()
    };
}

#[test]
fn a_handle_knows_the_size_that_it_was_told() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let extent = MemExtent::create(&own.partition, &own.cspace).unwrap();
    let options = MemExtentOptions::new(extent.cap());

    assert_eq!(extent.size(), None);
    extent.configure(MEMORY, 3 * PAGE_SIZE, Access::Rw, ANY, ExtentKind::Basic).unwrap();
    assert_eq!(extent.size(), Some(3 * PAGE_SIZE));
    assert_eq!(MemExtent::open(&session, options).unwrap().size(), None);
    let again = MemExtent::open(&session, options.size(3 * PAGE_SIZE)).unwrap();
    assert_eq!((again.size(), again.cap()), (Some(3 * PAGE_SIZE), extent.cap()));
    assert_eq!(refused!(MemExtent::open(&session, options.size(3))), ErrorKind::ArgumentAlignment);
}

#[test]
fn memory_has_one_owner() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let first = own.extent(0, 2);
    let second = MemExtent::create(&own.partition, &own.cspace).unwrap();

    assert_eq!(refused!(second.configure(MEMORY, 0, Access::Rw, ANY, ExtentKind::Basic)), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(second.configure(MEMORY, 1, Access::Rw, ANY, ExtentKind::Basic)), ErrorKind::ArgumentAlignment);
    let none = second.configure(MEMORY, PAGE_SIZE, Access::None, ANY, ExtentKind::Basic);
    assert_eq!(refused!(none), ErrorKind::ArgumentInvalid);
    let cached = second.configure(MEMORY, PAGE_SIZE, Access::R, MemType::Cached, ExtentKind::Basic);
    assert_eq!(refused!(cached), ErrorKind::ArgumentInvalid);
    let unknown = second.configure(MEMORY, PAGE_SIZE, Access::Other(3), ANY, ExtentKind::Other(2));
    assert_eq!(refused!(unknown), ErrorKind::ArgumentInvalid);
    second.configure(MEMORY + PAGE_SIZE, PAGE_SIZE, Access::Rw, ANY, ExtentKind::Basic).unwrap();
    assert_eq!(refused!(second.activate()), ErrorKind::NotOwner);
    let late = first.configure(MEMORY, PAGE_SIZE, Access::Rw, ANY, ExtentKind::Basic);
    assert_eq!(refused!(late), ErrorKind::ObjectState);

    let bare = MemExtent::create(&own.partition, &own.cspace).unwrap();
    assert_eq!(refused!(bare.activate()), ErrorKind::ObjectConfig);
    own.cspace.delete(first.cap()).unwrap();
    own.extent(0, 2);
}

#[test]
fn a_child_takes_its_part_of_the_parent() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let parent = own.extent(0, 8);
    let child = MemExtent::create(&own.partition, &own.cspace).unwrap();
    let (page, basic) = (PAGE_SIZE, ExtentKind::Basic);

    // SAFETY: this memory is the simulator's, and nobody keeps what is in it.
    unsafe {
        let executable = child.configure_derive(&parent, 0, page, Access::X, ANY, basic);
        assert_eq!(refused!(executable), ErrorKind::WouldCrash);
        assert_eq!(refused!(child.configure_derive(&parent, 8 * page, page, Access::R, ANY, basic)), ErrorKind::AddrInvalid);
        assert_eq!(refused!(child.configure_derive(&parent, 1, page, Access::R, ANY, basic)), ErrorKind::ArgumentAlignment);
        child.configure_derive(&parent, page, 2 * page, Access::R, ANY, basic).unwrap();
        child.activate().unwrap();
        assert_eq!(child.size(), Some(2 * page));

        parent.zero_range(0, page).unwrap();
        assert_eq!(refused!(child.zero_range(0, page)), ErrorKind::Denied);
        assert_eq!(refused!(parent.zero_range(0, 0)), ErrorKind::ArgumentSize);
        assert_eq!(refused!(parent.zero_range(8 * page, page)), ErrorKind::ArgumentInvalid);
        parent.unmap_all(SyncMode::NoSync).unwrap();
        assert_eq!(refused!(parent.unmap_all(SyncMode::Other(2))), ErrorKind::ArgumentInvalid);
    }
    parent.cache_clean_range(0, page).unwrap();
    parent.cache_flush_range(7 * page, page).unwrap();
    assert_eq!(refused!(parent.cache_flush_range(7 * page, 1)), ErrorKind::ArgumentAlignment);
    parent.sync_all().unwrap();
}

#[test]
fn memory_is_donated_page_by_page() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let (page, sync) = (PAGE_SIZE, SyncMode::Sync);
    let root = MemExtent::create_sparse(&own.partition, &own.cspace, MEMORY, 8 * page, Access::Rwx, ANY).unwrap();
    let sparse = |size| {
        let child = MemExtent::create(&own.partition, &own.cspace).unwrap();
        // SAFETY: the parent has nothing.
        unsafe { child.configure_derive(&root, 0, size, Access::Rwx, ANY, ExtentKind::Sparse).unwrap() };
        child.activate().unwrap();
        child
    };
    let (a, b) = (sparse(4 * page), sparse(8 * page));

    // SAFETY: nothing of this is mapped anywhere.
    unsafe {
        assert_eq!(refused!(root.donate_to_child(&a, 0, page, sync)), ErrorKind::NotOwner);
        root.donate_from_partition(&own.partition, 0, 2 * page, sync).unwrap();
        root.donate_to_child(&a, 0, page, sync).unwrap();
        assert_eq!(refused!(a.donate_to_sibling(&a, 0, page, sync)), ErrorKind::ArgumentInvalid);
        a.donate_to_sibling(&b, 0, page, SyncMode::NoSync).unwrap();
        assert_eq!(refused!(a.donate_to_sibling(&b, 0, page, sync)), ErrorKind::NotOwner);
        assert_eq!(refused!(root.donate_to_parent(&b, 0, page, sync)), ErrorKind::WrongObjectType);
        b.donate_to_parent(&root, 0, page, sync).unwrap();
        assert_eq!(refused!(a.donate_to_partition(&own.partition, 0, page, sync)), ErrorKind::WrongObjectType);
        root.donate_to_partition(&own.partition, page, page, sync).unwrap();
        assert_eq!(refused!(root.donate_to_partition(&own.partition, page, page, sync)), ErrorKind::NotOwner);
        assert_eq!(refused!(root.donate_to_child(&a, 0, 0, sync)), ErrorKind::ArgumentSize);
        assert_eq!(refused!(root.donate_to_child(&a, 0, page, SyncMode::Other(9))), ErrorKind::ArgumentInvalid);
    }
    own.extent(1, 1);
}

#[test]
fn of_an_extent_that_cannot_be_made_nothing_is_left() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let before = sim.heap_used();
    let cached = MemExtent::create_sparse(&own.partition, &own.cspace, MEMORY, PAGE_SIZE, Access::R, MemType::Cached);

    assert_eq!(refused!(cached), ErrorKind::ArgumentInvalid);
    assert_eq!(sim.heap_used(), before);
}

#[test]
fn capabilities_are_looked_at() {
    let sim = Sim::new().unwrap();
    let vm = sim.add_vm(VmOptions::new().privileged()).unwrap();
    let (one, two) = (Session::open(sim.root().backend()).unwrap(), Session::open(vm.backend()).unwrap());
    let own = own(sim.root(), &one);
    let extent = own.extent(0, 1);
    let open = |cap| MemExtent::open(&one, MemExtentOptions::new(cap).size(PAGE_SIZE)).unwrap();
    let space = AddrSpace::create(&own.partition, &own.cspace).unwrap();

    assert_eq!(refused!(open(own.vic.cap()).sync_all()), ErrorKind::WrongObjectType);
    assert_eq!(refused!(open(CapId::INVALID).sync_all()), ErrorKind::ArgumentInvalid);
    assert_eq!(refused!(open(own.powerless(extent.cap())).sync_all()), ErrorKind::InsufficientRights);
    let weak = AddrSpace::open(&one, own.powerless(space.cap())).unwrap();
    space.configure(Vmid::new(40)).unwrap();
    space.activate().unwrap();
    // SAFETY: nobody is in this address space.
    assert_eq!(refused!(unsafe { weak.map(&extent, &Mapping::new(0)) }), ErrorKind::InsufficientRights);
    assert_eq!(refused!(weak.lookup(&extent, 0, PAGE_SIZE)), ErrorKind::InsufficientRights);

    let other = MemExtent::open(&two, MemExtentOptions::new(CapId::new(1)).size(PAGE_SIZE)).unwrap();
    // SAFETY: as above.
    let error = unsafe { space.map(&other, &Mapping::new(0)) }.unwrap_err();
    assert_eq!((error.kind(), error.domain()), (ErrorKind::ArgumentInvalid, Domain::Library));
    let stranger = Partition::open(&two, vm.info().partition.unwrap()).unwrap();
    assert_eq!(refused!(MemExtent::create(&stranger, &own.cspace)), ErrorKind::ArgumentInvalid);

    own.cspace.delete(extent.cap()).unwrap();
    assert_eq!(refused!(extent.sync_all()), ErrorKind::CapNull);
}

/// An address space that is active.
fn space<'s>(own: &crate::machine::Own<'s>) -> AddrSpace<'s> {
    let space = AddrSpace::create(&own.partition, &own.cspace).unwrap();
    space.configure(Vmid::new(0x40)).unwrap();
    space.activate().unwrap();
    space
}

#[test]
fn what_is_mapped_is_found() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let (space, basic, page) = (space(&own), own.extent(4, 2), PAGE_SIZE);
    let ram = MemExtent::create_sparse(&own.partition, &own.cspace, MEMORY, 4 * page, Access::Rwx, ANY).unwrap();
    let part = Mapping::new(0x30_0000).access(Access::R).part(2 * page, page).attribute(MemoryAttribute::NormalNc);

    // SAFETY: nobody is in this address space, and nobody keeps what is in the memory.
    unsafe {
        ram.donate_from_partition(&own.partition, 0, 4 * page, SyncMode::Sync).unwrap();
        space.map(&ram, &Mapping::new(0x10_0000)).unwrap();
        space.map(&ram, &part).unwrap();
        let found = space.lookup(&ram, 0x30_0000, 2 * page).unwrap();
        assert_eq!((found.ipa, found.offset, found.length), (0x30_0000, 2 * page, page));
        assert_eq!((found.user_access, found.attribute), (Access::R, MemoryAttribute::NormalNc));
        assert_eq!(refused!(space.update_access(&ram, &part)), ErrorKind::AddrInvalid);
        space.unmap(&ram, &part).unwrap();
        assert_eq!(refused!(space.unmap(&ram, &part)), ErrorKind::AddrInvalid);
        assert_eq!(refused!(space.lookup(&ram, 0x30_0000, page)), ErrorKind::AddrInvalid);

        let place = Mapping::new(0x20_0000).kernel_access(Access::Rw).user_access(Access::Rw).sync(SyncMode::NoSync);
        space.map(&basic, &place).unwrap();
        assert_eq!(refused!(space.lookup(&ram, 0x20_0000, page)), ErrorKind::NotOwner);
        space.update_access(&basic, &place.access(Access::R)).unwrap();
        let found = space.lookup(&basic, 0x20_1000, page).unwrap();
        assert_eq!((found.offset, found.kernel_access), (page, Access::R));
        assert_eq!(found.attribute, MemoryAttribute::NormalWb);
    }
    own.cspace.delete(basic.cap()).unwrap();
    assert_eq!(refused!(space.lookup(&ram, 0x20_0000, page)), ErrorKind::AddrInvalid);
}

#[test]
fn what_would_stop_the_hypervisor_is_refused() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let (space, extent) = (space(&own), own.extent(0, 2));
    let calls = session.call_count();
    // SAFETY: nobody is in this address space.
    let map = |mapping: Mapping| refused!(unsafe { space.map(&extent, &mapping) });
    let place = Mapping::new(0x10_0000);

    assert_eq!(map(place.user_access(Access::R)), ErrorKind::WouldCrash);
    assert_eq!(map(place.access(Access::None).kernel_access(Access::X)), ErrorKind::WouldCrash);
    assert_eq!(map(place.access(Access::Other(3))), ErrorKind::ArgumentInvalid);
    assert_eq!(map(place.attribute(MemoryAttribute::Other(4))), ErrorKind::ArgumentInvalid);
    assert_eq!(map(place.sync(SyncMode::Other(2))), ErrorKind::ArgumentInvalid);
    assert_eq!(map(Mapping::new(0x10_0001)), ErrorKind::ArgumentAlignment);
    assert_eq!(map(place.part(PAGE_SIZE, 0)), ErrorKind::ArgumentSize);
    assert_eq!(map(place.part(PAGE_SIZE, 2 * PAGE_SIZE)), ErrorKind::ArgumentSize);
    assert_eq!(map(Mapping::new(END - PAGE_SIZE)), ErrorKind::AddrInvalid);
    assert_eq!(map(Mapping::new(0u64.wrapping_sub(PAGE_SIZE))), ErrorKind::AddrOverflow);
    assert_eq!(refused!(space.lookup(&extent, 0, 0)), ErrorKind::ArgumentSize);
    assert_eq!(session.call_count(), calls, "the library refuses before it asks");
}

#[test]
fn an_extent_is_mapped_four_times() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let (space, extent) = (space(&own), own.extent(0, 1));
    // SAFETY: nobody is in this address space.
    let map = |number: u64| unsafe { space.map(&extent, &Mapping::new(number * PAGE_SIZE)) };

    for number in 0..4 {
        map(number).unwrap();
    }
    assert_eq!(refused!(map(4)), ErrorKind::MappingsFull);
    // SAFETY: as above.
    unsafe { extent.unmap_all(SyncMode::Sync).unwrap() };
    assert_eq!(refused!(space.lookup(&extent, 0, PAGE_SIZE)), ErrorKind::AddrInvalid);
    map(4).unwrap();
    // SAFETY: as above.
    let part = unsafe { space.map(&extent, &Mapping::new(0).part(0, PAGE_SIZE)) };
    assert_eq!(refused!(part), ErrorKind::MemextentType);
}

#[test]
fn ranges_exit_to_who_runs_the_vcpu() {
    for (options, taken_away) in [(SimOptions::new(), Err(ErrorKind::Busy)), (SimOptions::new().as_manual(), Ok(()))] {
        let sim = options.create().unwrap();
        let session = Session::open(sim.root().backend()).unwrap();
        let own = own(sim.root(), &session);
        let space = AddrSpace::create(&own.partition, &own.cspace).unwrap();

        space.configure(Vmid::new(0x40)).unwrap();
        space.add_vmmio_range(0x7000_0000, 8).unwrap();
        space.activate().unwrap();
        assert_eq!(refused!(space.add_vmmio_range(0x6fff_ffff, 2)), ErrorKind::Busy);
        assert_eq!(refused!(space.add_vmmio_range(0x6fff_ffff, 0)), ErrorKind::ArgumentSize);
        assert_eq!(refused!(space.add_vmmio_range(VMMIO_END - 1, 2)), ErrorKind::ArgumentSize);
        assert_eq!(refused!(space.add_vmmio_range(u64::MAX, 2)), ErrorKind::AddrOverflow);
        for number in 1..MAX_VMMIO_RANGES as u64 {
            space.add_vmmio_range(number, 1).unwrap();
        }
        assert_eq!(refused!(space.add_vmmio_range(0x1000, 1)), ErrorKind::NoResources);
        assert_eq!(space.remove_vmmio_range(0x7000_0000, 8).map_err(|error| error.kind()), taken_away);
    }
}

#[test]
fn an_address_space_has_a_vmid_and_may_have_a_page_to_be_told_in() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let (one, two) = (0, 1);
    let spaces = [one, two].map(|_| AddrSpace::create(&own.partition, &own.cspace).unwrap());
    let page = own.extent(0, 1);

    assert_eq!(refused!(spaces[one].configure(Vmid::new(0))), ErrorKind::ArgumentInvalid);
    spaces[one].configure(Vmid::new(0x40)).unwrap();
    spaces[two].configure(Vmid::new(0x40)).unwrap();
    // SAFETY: nobody keeps what is in the memory.
    unsafe {
        assert_eq!(refused!(spaces[one].configure_info_area(&own.extent(1, 2), 0x1000)), ErrorKind::ArgumentInvalid);
        assert_eq!(refused!(spaces[one].configure_info_area(&page, END)), ErrorKind::AddrInvalid);
        spaces[one].configure_info_area(&page, 0x1000).unwrap();
    }
    spaces[one].activate().unwrap();
    assert_eq!(refused!(spaces[two].activate()), ErrorKind::Busy);
    assert_eq!(refused!(spaces[one].configure(Vmid::new(0x41))), ErrorKind::ObjectState);
    assert_eq!(refused!(session.find_info_area()), ErrorKind::Unimplemented);
    assert_eq!(AddrSpace::open(&session, spaces[one].cap()).unwrap().cap(), spaces[one].cap());
}

#[test]
fn a_vm_sees_its_interrupt_controller() {
    let sim = Sim::new().unwrap();
    let session = Session::open(sim.root().backend()).unwrap();
    let own = own(sim.root(), &session);
    let (space, vic) = (space(&own), Vic::create(&own.partition, &own.cspace).unwrap());
    let redistributor = |vcpu, is_last| VicPart::Redistributor { vcpu, is_last };

    vic.configure(1, 32).unwrap();
    vic.activate().unwrap();
    space.attach_vdevice(&vic, VicPart::Distributor, 0x5000_0000, 0x1_0000).unwrap();
    let again = space.attach_vdevice(&vic, VicPart::Distributor, 0x6000_0000, 0x1_0000);
    assert_eq!(refused!(again), ErrorKind::Busy);
    let nobody = space.attach_vdevice(&vic, redistributor(0, None), 0x6000_0000, 0x2_0000);
    assert_eq!(refused!(nobody), ErrorKind::Idle);
    // Behind the last number is no 0, which would be the distributor.
    let nobody = space.attach_vdevice(&vic, redistributor(u32::MAX, None), 0x6000_0000, 0x2_0000);
    assert_eq!(refused!(nobody), ErrorKind::ArgumentInvalid);
    let nothing = space.attach_vdevice(&vic, redistributor(0, None), 0x6000_0000, 0);
    assert_eq!(refused!(nothing), ErrorKind::ArgumentSize);

    let thread = Thread::open(&session, vic.cap()).unwrap();
    assert_eq!(refused!(space.attach_vcpu(&thread)), ErrorKind::WrongObjectType);
    // SAFETY: there is no such device.
    assert_eq!(refused!(unsafe { space.attach_vdma(vic.cap(), 0) }), ErrorKind::WrongObjectType);
}

// Numbers, and where arguments are, as tests/vectors has them; bits as hypercalls.md does.
#[test]
fn each_function_asks_for_what_it_is_called() {
    let sim = Sim::new().unwrap();
    let wire = Wire::default();
    let mut watch = Watch::new(wire.clone());
    let session: Session<'_> = SessionOptions::new(sim.root().backend()).observer(&mut watch).open().unwrap();
    let open = |cap| MemExtent::open(&session, MemExtentOptions::new(CapId::new(cap)).size(0x10_0000)).unwrap();
    let (a, b) = (open(0x21), open(0x22));
    let partition = Partition::open(&session, CapId::new(0x23)).unwrap();
    let space = AddrSpace::open(&session, CapId::new(0x24)).unwrap();
    let (thread, vic) = (Thread::open(&session, CapId::new(0x25)).unwrap(), Vic::open(&session, CapId::new(0x26)).unwrap());
    let page = MemExtent::open(&session, MemExtentOptions::new(CapId::new(0x28)).size(PAGE_SIZE)).unwrap();
    let (sync, no_sync) = (SyncMode::Sync, SyncMode::NoSync);
    let mapping = Mapping::new(0x4000).user_access(Access::R).kernel_access(Access::Rx).attribute(MemoryAttribute::DeviceGre);

    // SAFETY: nobody does anything.
    unsafe {
        wire.expect(
            a.configure(0x1000, 0x2000, Access::Rwx, MemType::Device, ExtentKind::Sparse),
            0x31,
            &[0x21, 0x1000, 0x2000, 0x1_0107],
        );
        let derived = b.configure_derive(&a, 0x1000, 0x1000, Access::R, MemType::Uncached, ExtentKind::Basic);
        wire.expect(derived, 0x32, &[0x22, 0x21, 0x1000, 0x1000, 0x204]);
        wire.expect(a.activate(), 0x0c, &[0x21]);
        wire.expect(a.unmap_all(sync), 0x30, &[0x21, 0]);
        wire.expect(a.unmap_all(no_sync), 0x30, &[0x21, 0x8000_0000]);
        wire.expect(a.zero_range(0, 0x1000), 0x30, &[0x21, 0x8000_0001, 0, 0x1000]);
        wire.expect(a.cache_clean_range(0, 0x1000), 0x30, &[0x21, 0x8000_0002, 0, 0x1000]);
        wire.expect(a.cache_flush_range(0, 0x1000), 0x30, &[0x21, 0x8000_0003, 0, 0x1000]);
        wire.expect(a.sync_all(), 0x30, &[0x21, 0xff]);

        let (a, b) = (open(0x21), open(0x22));
        wire.expect(a.donate_to_child(&b, 0x1000, 0x2000, sync), 0x61, &[0, 0x21, 0x22, 0x1000, 0x2000]);
        wire.expect(a.donate_to_parent(&b, 0x1000, 0x2000, no_sync), 0x61, &[0x8000_0001, 0x21, 0x22, 0x1000, 0x2000]);
        wire.expect(a.donate_to_sibling(&b, 0x1000, 0x2000, sync), 0x61, &[2, 0x21, 0x22, 0x1000, 0x2000]);
        wire.expect(a.donate_from_partition(&partition, 0x1000, 0x2000, sync), 0x61, &[0, 0x23, 0x21, 0x1000, 0x2000]);
        wire.expect(a.donate_to_partition(&partition, 0x1000, 0x2000, sync), 0x61, &[1, 0x21, 0x23, 0x1000, 0x2000]);

        wire.expect(space.configure(Vmid::new(0x40)), 0x2e, &[0x24, 0x40]);
        wire.expect(space.configure_info_area(&page, 0x9000), 0x5b, &[0x24, 0x28, 0x9000]);
        wire.expect(space.activate(), 0x0c, &[0x24]);
        wire.expect(space.attach_vcpu(&thread), 0x2a, &[0x24, 0x25]);
        wire.expect(space.attach_vdma(CapId::new(0x27), 5), 0x2f, &[0x24, 0x27, 5]);
        wire.expect(space.map(&a, &mapping), 0x2b, &[0x24, 0x21, 0x4000, 0x3_0054, 0, 0, 0]);
        wire.expect(
            space.map(&a, &mapping.part(0x1000, 0x2000).sync(no_sync)),
            0x2b,
            &[0x24, 0x21, 0x4000, 0x3_0054, 0x8000_0001, 0x1000, 0x2000],
        );
        wire.expect(space.unmap(&a, &mapping), 0x2c, &[0x24, 0x21, 0x4000]);
        wire.expect(space.update_access(&a, &mapping), 0x2d, &[0x24, 0x21, 0x4000, 0x54]);
    }
    let last = VicPart::Redistributor { vcpu: 2, is_last: Some(true) };
    wire.expect(
        space.attach_vdevice(&vic, VicPart::Distributor, 0x5000_0000, 0x1000),
        0x62,
        &[0x24, 0x26, 0, 0x5000_0000, 0x1000],
    );
    wire.expect(space.attach_vdevice(&vic, last, 0x5100_0000, 0x1000), 0x62, &[0x24, 0x26, 3, 0x5100_0000, 0x1000, 3]);
    let inner = VicPart::Redistributor { vcpu: 1, is_last: Some(false) };
    wire.expect(space.attach_vdevice(&vic, inner, 0x5200_0000, 0x1000), 0x62, &[0x24, 0x26, 2, 0x5200_0000, 0x1000, 1]);
    wire.expect(space.add_vmmio_range(0x7000_0000, 8), 0x60, &[0x24, 0x7000_0000, 8, 0]);
    wire.expect(space.remove_vmmio_range(0x7000_0000, 8), 0x60, &[0x24, 0x7000_0000, 8, 1]);

    wire.answers(&[0, 0x3000, 0x1000, 0xf_0064]);
    let found = wire.expect(space.lookup(&a, 0x8000, 0x2000), 0x5a, &[0x24, 0x21, 0x8000, 0x2000]);
    assert_eq!((found.ipa, found.offset, found.length), (0x8000, 0x3000, 0x1000));
    assert_eq!((found.user_access, found.kernel_access), (Access::R, Access::Rw));
    wire.answers(&[0, 0xabc000, 0x1000]);
    let InfoArea { ipa, size, .. } = wire.expect(session.find_info_area(), 0x6a, &[]);
    assert_eq!((ipa, size), (0xabc000, 0x1000));
}
