// SPDX-License-Identifier: BSD-3-Clause
// A VM from nothing to its end through the Resource Manager, all messages included; and a process.
#include "machine.hpp"

#include <gunyah/sim_rm.h>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

alignas(4096) char image[64 * 4096];

class Host
{
  public:
    Host()
    {
        gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
        gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
        gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
        gunyah_rm_options rm = GUNYAH_RM_OPTIONS_INIT;
        gunyah_sim_vm *hlos = nullptr;

        must(gunyah_sim_create(nullptr, &sim_) == GUNYAH_OK && gunyah_sim_add_rm(sim_, nullptr) == GUNYAH_OK);
        options.vmid = gunyah_vmid(3);
        must(gunyah_sim_add_vm(sim_, &options, &hlos) == GUNYAH_OK);
        must(gunyah_sim_get_rm_queue(hlos, &queue) == GUNYAH_OK);
        must(gunyah_sim_configure_vm(sim_, &config) == GUNYAH_OK);
        g_ = open_session(hlos);
        rm.send_cap = queue.send_cap;
        rm.receive_cap = queue.receive_cap;
        rm.send_virq = queue.send_virq;
        rm.receive_virq = queue.receive_virq;
        must(gunyah_rm_open(g_, &rm, &rm_) == GUNYAH_OK);
    }

    ~Host()
    {
        gunyah_rm_close(&rm_);
        gunyah_close(&g_);
        gunyah_sim_destroy(&sim_);
    }

    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;

    void live()
    {
        gunyah_vm_image where = GUNYAH_VM_IMAGE_INIT;
        gunyah_vm *vm = nullptr;

        must(gunyah_vm_create(gunyah_rm_vmm(rm_), gunyah_vmid(0), &vm) == GUNYAH_OK);
        where.memparcel = lend(vm);
        where.dtb_size = 4096;
        must(gunyah_vm_configure(vm, &where) == GUNYAH_OK && gunyah_vm_init(vm) == GUNYAH_OK);
        must(gunyah_vm_start(vm) == GUNYAH_OK);
        must(gunyah_vm_destroy(&vm, GUNYAH_WAIT_FOREVER, nullptr) == GUNYAH_OK);
    }

  private:
    std::uint32_t lend(gunyah_vm *vm)
    {
        const gunyah_memparcel_access access = {gunyah_vm_vmid(vm), GUNYAH_PGTABLE_ACCESS_RWX, 0};
        const gunyah_memory_region region = {reinterpret_cast<std::uintptr_t>(image), sizeof(image)};
        gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
        gunyah_memparcel *parcel = nullptr;

        options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_LEND;
        options.access = &access;
        options.access_count = 1;
        options.regions = &region;
        options.region_count = 1;
        options.vm = vm;
        must(gunyah_memparcel_create(rm_, &options, &parcel) == GUNYAH_OK);
        return gunyah_memparcel_handle(parcel);
    }

    gunyah_sim *sim_ = nullptr;
    gunyah *g_ = nullptr;
    gunyah_rm *rm_ = nullptr;
};

void live_as_vm(benchmark::State &state)
{
    Host host;

    for (auto _ : state)
        host.live();
}
BENCHMARK(live_as_vm)->Name("life/VM")->Unit(benchmark::kMicrosecond);

void make_machine(benchmark::State &state)
{
    for (auto _ : state)
        Host host;
}
BENCHMARK(make_machine)->Name("life/machine with Resource Manager and HLOS")->Unit(benchmark::kMicrosecond);

void live_as_process(benchmark::State &state)
{
    for (auto _ : state) {
        int status = 0;
        const pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        must(pid > 0 && waitpid(pid, &status, 0) == pid);
    }
}
BENCHMARK(live_as_process)->Name("life/process")->Unit(benchmark::kMicrosecond);

} // namespace
