// SPDX-License-Identifier: BSD-3-Clause
// The model's calls among few and many objects, beside a system call; and a VM's whole life in the simulator, beside that of a
// process, which is what a test would use instead. In one thread and in one run.
#include <benchmark/benchmark.h>

#include <sys/syscall.h>
#include <unistd.h>

static void system_call(benchmark::State &state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(syscall(SYS_getppid));
}
BENCHMARK(system_call)->Name("call/system call");

BENCHMARK_MAIN();
