// SPDX-License-Identifier: BSD-3-Clause
// node-compare <guest.dtb>: an ioctl that the emulated node answers, and one that the kernel answers, with and without the
// emulation. It says so where nothing can be emulated.
#include "machine.h"

#include <gunyah/emu.h>

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

void must(bool good)
{
    if (!good) {
        std::perror("bench");
        std::exit(1);
    }
}

void ask_kernel(benchmark::State &state)
{
    int ends[2];
    int bytes = 0;
    must(pipe(ends) == 0);
    for (auto _ : state)
        must(ioctl(ends[0], FIONREAD, &bytes) == 0);
    close(ends[0]);
    close(ends[1]);
}

// A number that no driver has: nothing but the way to the supervisor and back.
void ask_node(benchmark::State &state)
{
    const int fd = open("/dev/gunyah", O_RDWR | O_CLOEXEC);
    must(fd >= 0);
    for (auto _ : state)
        must(ioctl(fd, 0x477f) < 0);
    close(fd);
}

void run_vcpu(benchmark::State &state, const char *tree)
{
    machine vm;
    gunyah_vcpu_exit exit;
    must(machine_open(&vm, nullptr, tree));
    for (auto _ : state)
        must(gunyah_vcpu_run(vm.vcpu, &exit) == GUNYAH_OK && exit.kind == GUNYAH_VCPU_EXIT_MMIO);
    must(machine_close(&vm));
}

// The guest: it writes, for ever.
void write_again(void *, const gunyah_emu_vcpu *, gunyah_emu_step *step)
{
    *step = gunyah_emu_step{};
    step->action = GUNYAH_EMU_WRITE;
    step->width = 4;
    step->address = SERIAL;
    step->value = 1;
}

int measure_kernel()
{
    benchmark::RegisterBenchmark("ioctl/kernel", ask_kernel);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

int measure_node(void *context)
{
    const char *tree = static_cast<const char *>(context);
    benchmark::RegisterBenchmark("ioctl/kernel, beside the emulation", ask_kernel);
    benchmark::RegisterBenchmark("ioctl/emulated node", ask_node)->UseRealTime();
    benchmark::RegisterBenchmark("an exit for MMIO/emulated node", run_vcpu, tree)->UseRealTime();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (argc != 2)
        return std::fputs("usage: node-compare GUEST.dtb\n", stderr), 2;
    // The framework runs once in a process.
    int status = 0;
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0)
        std::exit(measure_kernel());
    must(waitpid(child, &status, 0) == child && status == 0);

    gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    options.guest = write_again;
    const gunyah_error error = gunyah_emu_call(&options, measure_node, argv[1], &result);
    if (error == GUNYAH_ERR_UNSUPPORTED)
        return std::printf("the emulated node is left out: %s\n", result.problem), 0;
    if (error != GUNYAH_OK)
        return std::fprintf(stderr, "%s\n", gunyah_error_text(error)), 1;
    return result.status == 0 ? 0 : 1;
}
