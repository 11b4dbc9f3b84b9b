// SPDX-License-Identifier: BSD-3-Clause
// Memory extents and address spaces: each function of C is reached with the arguments in their places.
#include "check.hpp"

#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

namespace
{

constexpr std::uint64_t base = 0x800000000; // docs/simulator.md
constexpr std::uint64_t page = GUNYAH_MEMEXTENT_PAGE_SIZE;

// The root VM, which has everything.
struct machine {
    machine()
    {
        sim = *gh::simulator::create();
        gh::sim_vm vm = sim.root();
        const gh::sim_vm_info info = *vm.info();
        g = *gh::session::open(vm.backend());
        partition = *gh::partition::open(g, info.partition);
        cspace = *gh::cspace::open(g, info.cspace);
        vic = *gh::vic::open(g, info.vic);
        space = *gh::addrspace::create(partition, cspace);
        CHECK(bool(space.configure(gh::vmid(0x40))));
    }

    gh::simulator sim;
    gh::session g;
    gh::partition partition;
    gh::cspace cspace;
    gh::vic vic;
    gh::addrspace space;
};

void extents()
{
    machine m;
    gh::memextent root = *gh::memextent::create(m.partition, m.cspace);
    gh::memextent child = *gh::memextent::create(m.partition, m.cspace);

    CHECK(root.size() == 0 && root.activate().error() == GUNYAH_ERR_OBJECT_CONFIG);
    root = *gh::memextent::create(m.partition, m.cspace);
    CHECK(bool(root.configure(base, 8 * page, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_MEMTYPE_ANY,
                              GUNYAH_MEMEXTENT_TYPE_BASIC)));
    CHECK(root.size() == 8 * page && bool(root.activate()));
    CHECK(bool(child.derive(root, page, 2 * page, GUNYAH_PGTABLE_ACCESS_R, GUNYAH_MEMEXTENT_MEMTYPE_ANY,
                            GUNYAH_MEMEXTENT_TYPE_BASIC)));
    CHECK(child.size() == 2 * page && bool(child.activate()));
    CHECK(bool(root.zero(0, page)) && bool(root.clean(0, page)) && bool(root.flush(7 * page, page)));
    CHECK(child.zero(0, page).error() == GUNYAH_ERR_DENIED && root.flush(8 * page, page).error() != GUNYAH_OK);
    CHECK(bool(root.unmap_all()) && bool(root.unmap_all(GUNYAH_MEMEXTENT_NO_SYNC)) && bool(root.sync_all()));

    gh::memextent again = *gh::memextent::open(m.g, gh::memextent_options(root.cap(), 8 * page));
    CHECK(again.size() == 8 * page && again.cap() == root.cap() && bool(again.zero(0, page)));
}

void donations()
{
    machine m;
    const auto all = GUNYAH_PGTABLE_ACCESS_RWX;
    const auto any = GUNYAH_MEMEXTENT_MEMTYPE_ANY;
    const auto sparse = GUNYAH_MEMEXTENT_TYPE_SPARSE;
    gh::memextent root = *gh::memextent::create_sparse(m.partition, m.cspace, base, 8 * page, all, any);
    gh::memextent a = *gh::memextent::create(m.partition, m.cspace);
    gh::memextent b = *gh::memextent::create(m.partition, m.cspace);

    CHECK(bool(a.derive(root, 0, 4 * page, all, any, sparse)) && bool(a.activate()));
    CHECK(bool(b.derive(root, 0, 8 * page, all, any, sparse)) && bool(b.activate()));
    CHECK(bool(root.donate_from(m.partition, 0, 2 * page)));
    CHECK(bool(root.donate_to_child(a, 0, page)));
    CHECK(bool(a.donate_to_sibling(b, 0, page, GUNYAH_MEMEXTENT_NO_SYNC)));
    CHECK(a.donate_to_sibling(b, 0, page).error() == GUNYAH_ERR_NOT_OWNER);
    CHECK(bool(b.donate_to_parent(root, 0, page)));
    CHECK(bool(root.donate_to(m.partition, page, page)));
    CHECK(root.donate_to(m.partition, page, page).error() == GUNYAH_ERR_NOT_OWNER);
}

void mappings()
{
    machine m;
    gh::memextent ram = *gh::memextent::create_sparse(m.partition, m.cspace, base, 4 * page, GUNYAH_PGTABLE_ACCESS_RWX,
                                                      GUNYAH_MEMEXTENT_MEMTYPE_ANY);
    gh::memextent basic = *gh::memextent::create(m.partition, m.cspace);
    const auto part = gh::addrspace_mapping(0x300000).set_access(GUNYAH_PGTABLE_ACCESS_R).set_part(2 * page, page);

    CHECK(bool(m.space.activate()));
    CHECK(bool(ram.donate_from(m.partition, 0, 4 * page)));
    CHECK(bool(m.space.map(ram, gh::addrspace_mapping(0x100000))));
    CHECK(bool(m.space.map(ram, part)));
    const gh::addrspace_mapping found = *m.space.lookup(ram, 0x300000, 2 * page);
    CHECK(found.ipa == 0x300000 && found.offset == 2 * page && found.length == page);
    CHECK(found.user_access == GUNYAH_PGTABLE_ACCESS_R && found.memtype == GUNYAH_PGTABLE_MEMTYPE_NORMAL_WB);
    CHECK(m.space.update_access(ram, part).error() == GUNYAH_ERR_ADDR_INVALID);
    CHECK(bool(m.space.unmap(ram, part)) && m.space.unmap(ram, part).error() == GUNYAH_ERR_ADDR_INVALID);

    CHECK(bool(basic.configure(base + 4 * page, page, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_MEMTYPE_ANY,
                               GUNYAH_MEMEXTENT_TYPE_BASIC)));
    CHECK(bool(basic.activate()) && bool(m.space.map(basic, gh::addrspace_mapping(0x200000))));
    CHECK(bool(m.space.update_access(basic, gh::addrspace_mapping(0x200000).set_access(GUNYAH_PGTABLE_ACCESS_R))));
    CHECK((*m.space.lookup(basic, 0x200000, page)).kernel_access == GUNYAH_PGTABLE_ACCESS_R);
}

void spaces()
{
    machine m;
    gh::memextent info = *gh::memextent::create(m.partition, m.cspace);
    gh::vic vic = *gh::vic::create(m.partition, m.cspace);

    CHECK(bool(info.configure(base, page, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_MEMTYPE_ANY,
                              GUNYAH_MEMEXTENT_TYPE_BASIC)));
    CHECK(bool(info.activate()) && bool(m.space.configure_info_area(info, 0x1000)));
    CHECK(bool(m.space.add_vmmio_range(0x70000000, 8)) && bool(m.space.activate()));
    CHECK(m.space.add_vmmio_range(0x6fffffff, 2).error() == GUNYAH_ERR_BUSY);
    CHECK(m.space.remove_vmmio_range(0x70000000, 8).error() == GUNYAH_ERR_BUSY);
    CHECK(bool(vic.configure(1, 32)) && bool(vic.activate()));
    CHECK(bool(m.space.attach_vdevice(vic, 0, 0x50000000, 0x10000)));
    CHECK(m.space.attach_vcpu(*gh::thread::open(m.g, vic.cap())).error() == GUNYAH_ERR_WRONG_OBJECT_TYPE);
    CHECK(m.space.attach_vdma(vic.cap(), 0).error() == GUNYAH_ERR_WRONG_OBJECT_TYPE);
    CHECK(gh::addrspace::find_info_area(m.g).error() == GUNYAH_ERR_UNIMPLEMENTED);
    CHECK(gh::addrspace::open(m.g, m.space.cap())->cap() == m.space.cap());
}

} // namespace

int main()
{
    extents();
    donations();
    mappings();
    spaces();
    return 0;
}
