// SPDX-License-Identifier: BSD-3-Clause
// linux-compare <guest.dtb>: finding devices and hearing doorbells, by the library and by what a VMM would have otherwise, in one
// run. The driver is one that costs next to nothing.
#include "ways.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace
{

machine vm;

void must(bool good)
{
    if (!good) {
        std::perror("bench");
        std::exit(1);
    }
}

template <gunyah_error access(const lookup *, std::uint64_t, std::uint8_t *)> void find_device(benchmark::State &state)
{
    static lookup devices;
    std::uint8_t data[8] = {1};
    std::size_t i = 0;
    must(lookup_prepare(&devices, static_cast<std::size_t>(state.range(0))));
    for (auto _ : state)
        benchmark::DoNotOptimize(access(&devices, devices.addresses[i++ % LOOKUP_ACCESSES], data));
    must(devices.sum == i);
}
BENCHMARK_TEMPLATE(find_device, access_by_library)
    ->Name("find a device/bus/regions")
    ->Arg(1)
    ->Arg(16)
    ->Arg(64)
    ->Arg(256);
BENCHMARK_TEMPLATE(find_device, access_by_search)
    ->Name("find a device/linear search/regions")
    ->Arg(1)
    ->Arg(16)
    ->Arg(64)
    ->Arg(256);
BENCHMARK_TEMPLATE(find_device, access_by_bsearch)
    ->Name("find a device/bsearch/regions")
    ->Arg(1)
    ->Arg(16)
    ->Arg(64)
    ->Arg(256);

void ring_by_library(benchmark::State &state)
{
    for (auto _ : state)
        must(gunyah_doorbell_send(vm.bell, 1, nullptr) == GUNYAH_OK);
}
BENCHMARK(ring_by_library)->Name("ring/gunyah_doorbell_send");

void ring_by_hand(benchmark::State &state)
{
    const std::uint64_t one = 1;
    const int fd = eventfd(0, 0);
    must(fd >= 0);
    for (auto _ : state)
        must(write(fd, &one, sizeof(one)) == static_cast<ssize_t>(sizeof(one)));
    close(fd);
}
BENCHMARK(ring_by_hand)->Name("ring/write");

// The driver's part is the same write in both.
void hear_by_library(benchmark::State &state)
{
    for (auto _ : state) {
        must(eventfd_write(vm.rung_fd, 1) == 0);
        must(gunyah_doorbell_wait(vm.rung, 1, GUNYAH_WAIT_FOREVER, nullptr) == GUNYAH_OK);
    }
}
BENCHMARK(hear_by_library)->Name("ring and hear/gunyah_doorbell_wait");

void take(int fd)
{
    pollfd file = {fd, POLLIN, 0};
    std::uint64_t count = 0;
    must(poll(&file, 1, -1) == 1);
    must(read(fd, &count, sizeof(count)) == static_cast<ssize_t>(sizeof(count)));
}

void hear_by_hand(benchmark::State &state)
{
    const int fd = eventfd(0, EFD_NONBLOCK);
    must(fd >= 0);
    for (auto _ : state) {
        must(eventfd_write(fd, 1) == 0);
        take(fd);
    }
    close(fd);
}
BENCHMARK(hear_by_hand)->Name("ring and hear/poll and read");

// A guest in another thread, which rings as soon as it is rung.
class Guest
{
  public:
    Guest(int in, int out) : in_(in), thread_([this, out] { answer(out); })
    {
    }

    ~Guest()
    {
        over_ = true;
        must(eventfd_write(in_, 1) == 0);
        thread_.join();
    }

    Guest(const Guest &) = delete;
    Guest &operator=(const Guest &) = delete;

  private:
    void answer(int out)
    {
        for (take(in_); !over_; take(in_))
            must(eventfd_write(out, 1) == 0);
    }

    int in_;
    std::atomic<bool> over_{false};
    std::thread thread_;
};

void wake_by_library(benchmark::State &state)
{
    const int bell = gunyah_linux_doorbell_fd(vm.node, gunyah_doorbell_capid(vm.bell));
    eventfd_t rings = 0;
    eventfd_read(bell, &rings); // of other measurements
    const Guest guest(bell, vm.rung_fd);
    for (auto _ : state) {
        must(gunyah_doorbell_send(vm.bell, 1, nullptr) == GUNYAH_OK);
        must(gunyah_doorbell_wait(vm.rung, 1, GUNYAH_WAIT_FOREVER, nullptr) == GUNYAH_OK);
    }
}
BENCHMARK(wake_by_library)->Name("ring, sleep, be woken/library")->UseRealTime();

void wake_by_hand(benchmark::State &state)
{
    const int bell = eventfd(0, EFD_NONBLOCK);
    const int rung = eventfd(0, EFD_NONBLOCK);
    must(bell >= 0 && rung >= 0);
    {
        const Guest guest(bell, rung);
        for (auto _ : state) {
            must(eventfd_write(bell, 1) == 0);
            take(rung);
        }
    }
    close(bell);
    close(rung);
}
BENCHMARK(wake_by_hand)->Name("ring, sleep, be woken/write, poll and read")->UseRealTime();

} // namespace

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (argc != 2)
        return std::fputs("usage: linux-compare GUEST.dtb\n", stderr), 2;
    if (!machine_open(&vm, "/dev/null", argv[1]))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    return machine_close(&vm) ? 0 : 1;
}
