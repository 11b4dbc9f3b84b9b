// SPDX-License-Identifier: BSD-3-Clause
// What a call costs by the number of objects, capabilities and mappings that there are.
#include "machine.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace
{

constexpr std::uint64_t memory = 0x800000000; // Where the simulator's root partition begins.
constexpr std::uint64_t page = 4096;

gunyah_memextent_attrs_t extent_attrs()
{
    gunyah_memextent_attrs_t attrs = {};

    attrs = gunyah_memextent_attrs_with_access(attrs, GUNYAH_PGTABLE_ACCESS_RWX);
    return gunyah_memextent_attrs_with_memtype(attrs, GUNYAH_MEMEXTENT_MEMTYPE_ANY);
}

gunyah_memextent_mapping_attrs_t mapping_attrs()
{
    gunyah_memextent_mapping_attrs_t attrs = {};

    attrs = gunyah_memextent_mapping_attrs_with_user_access(attrs, GUNYAH_PGTABLE_ACCESS_RW);
    attrs = gunyah_memextent_mapping_attrs_with_kernel_access(attrs, GUNYAH_PGTABLE_ACCESS_RW);
    return gunyah_memextent_mapping_attrs_with_memtype(attrs, GUNYAH_PGTABLE_MEMTYPE_NORMAL_WB);
}

// A VM that has made so many doorbells, and so many memory extents, each of them mapped by itself.
class Maker
{
  public:
    explicit Maker(std::uint64_t objects)
    {
        gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
        gunyah_sim_vm_options vm_options = GUNYAH_SIM_VM_OPTIONS_INIT;
        gunyah_sim_vm *vm = nullptr;

        options.memory = 64u << 20;
        must(gunyah_sim_create(&options, &sim_) == GUNYAH_OK);
        vm_options.privileged = true;
        vm_options.max_caps = GUNYAH_CSPACE_MAX_CAPS;
        must(gunyah_sim_add_vm(sim_, &vm_options, &vm) == GUNYAH_OK);
        must(gunyah_sim_get_vm_info(vm, &info_) == GUNYAH_OK);
        g_ = open_session(vm);
        const auto made = gunyah_hypercall_partition_create_addrspace(g_, info_.partition, info_.cspace);
        must(made.error == 0 && gunyah_hypercall_addrspace_configure(g_, made.new_cap, gunyah_vmid(200)) == 0);
        activate(made.new_cap);
        addrspace_ = made.new_cap;
        for (std::uint64_t i = 0; i < objects / 2; i++) {
            bell_ = make_bell();
            extent_ = make_extent(i);
            must(map() == 0);
        }
    }

    ~Maker()
    {
        gunyah_close(&g_);
        gunyah_sim_destroy(&sim_);
    }

    Maker(const Maker &) = delete;
    Maker &operator=(const Maker &) = delete;

    gunyah_capid_t make_bell()
    {
        const auto made = gunyah_hypercall_partition_create_doorbell(g_, info_.partition, info_.cspace);

        must(made.error == 0);
        activate(made.new_cap);
        return made.new_cap;
    }

    gunyah_capid_t make_extent(std::uint64_t index)
    {
        const auto made = gunyah_hypercall_partition_create_memextent(g_, info_.partition, info_.cspace);

        at_ = memory + index * 2 * page;
        must(made.error == 0);
        must(gunyah_hypercall_memextent_configure(g_, made.new_cap, at_, page, extent_attrs()) == 0);
        activate(made.new_cap);
        return made.new_cap;
    }

    void forget(gunyah_capid_t cap)
    {
        must(gunyah_hypercall_cspace_delete_cap_from(g_, info_.cspace, cap) == 0);
    }

    void ring()
    {
        must(gunyah_hypercall_doorbell_send(g_, bell_, 1).error == 0);
    }

    void copy()
    {
        const auto made = gunyah_hypercall_cspace_copy_cap_from(g_, info_.cspace, bell_, info_.cspace, ~0u);

        must(made.error == 0);
        forget(made.new_cap);
    }

    std::int32_t map()
    {
        return gunyah_hypercall_addrspace_map(g_, addrspace_, extent_, at_ - memory, mapping_attrs(), {0}, 0, page);
    }

    void look_up()
    {
        must(gunyah_hypercall_addrspace_lookup(g_, addrspace_, extent_, at_ - memory, page).error == 0);
    }

    void remap()
    {
        must(gunyah_hypercall_addrspace_unmap(g_, addrspace_, extent_, at_ - memory, {0}, 0, page) == 0);
        must(map() == 0);
    }

  private:
    void activate(gunyah_capid_t cap)
    {
        must(gunyah_hypercall_object_activate(g_, cap) == 0);
    }

    gunyah_sim *sim_ = nullptr;
    gunyah *g_ = nullptr;
    gunyah_sim_vm_info info_ = GUNYAH_SIM_VM_INFO_INIT;
    gunyah_capid_t addrspace_ = {};
    gunyah_capid_t bell_ = {};
    gunyah_capid_t extent_ = {};
    std::uint64_t at_ = 0;
};

template <typename Work> void among_objects(benchmark::State &state, std::int64_t calls, Work work)
{
    Maker maker(static_cast<std::uint64_t>(state.range(0)));

    for (auto _ : state)
        work(maker);
    state.SetItemsProcessed(state.iterations() * calls); // Calls.
}

void ring(benchmark::State &state)
{
    among_objects(state, 1, [](Maker &maker) { maker.ring(); });
}

void make_doorbell(benchmark::State &state)
{
    among_objects(state, 3, [](Maker &maker) { maker.forget(maker.make_bell()); });
}

void copy_capability(benchmark::State &state)
{
    among_objects(state, 2, [](Maker &maker) { maker.copy(); });
}

void make_extent(benchmark::State &state)
{
    among_objects(state, 4, [](Maker &maker) { maker.forget(maker.make_extent(20000)); });
}

void look_up(benchmark::State &state)
{
    among_objects(state, 1, [](Maker &maker) { maker.look_up(); });
}

void remap(benchmark::State &state)
{
    among_objects(state, 2, [](Maker &maker) { maker.remap(); });
}

BENCHMARK(ring)->Name("doorbell_send/objects")->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK(make_doorbell)->Name("create, activate, delete a doorbell/objects")->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK(copy_capability)->Name("copy, delete a capability/objects")->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK(make_extent)->Name("create, configure, activate, delete an extent/objects")->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK(look_up)->Name("addrspace_lookup/objects")->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK(remap)->Name("addrspace_unmap, _map/objects")->Arg(10)->Arg(1000)->Arg(10000);

} // namespace
