// SPDX-License-Identifier: BSD-3-Clause
// A call in C and the same call in C++, in one run, through a backend that does nothing.
#include "nothing.h"

#include <gunyah/gunyah.hpp>

#include <benchmark/benchmark.h>

namespace
{

// Whatever fails here ends the program.
struct fixture {
    gh::session g = gh::throwing(gh::session::open(&nothing));
    gh::doorbell bell = gh::throwing(gh::doorbell::open(g, gh::doorbell_options()));
    gh::msgqueue queue = gh::throwing(gh::msgqueue::open(g, gh::msgqueue_options(gh::no_cap, 240)));
    char message[240] = {};
};

void ring_c(benchmark::State &state)
{
    fixture f;
    gunyah_doorbell *bell = f.bell.get();

    for (auto _ : state)
        benchmark::DoNotOptimize(gunyah_doorbell_send(bell, 1, nullptr));
}

void ring_cpp(benchmark::State &state)
{
    fixture f;

    for (auto _ : state)
        benchmark::DoNotOptimize(f.bell.send(1));
}

void send_c(benchmark::State &state)
{
    fixture f;
    gunyah_msgqueue *queue = f.queue.get();

    for (auto _ : state)
        benchmark::DoNotOptimize(gunyah_msgqueue_send(queue, f.message, sizeof(f.message), 0, nullptr));
}

void send_cpp(benchmark::State &state)
{
    fixture f;

    for (auto _ : state)
        benchmark::DoNotOptimize(f.queue.send({f.message, sizeof(f.message)}));
}

void receive_c(benchmark::State &state)
{
    fixture f;
    gunyah_msgqueue *queue = f.queue.get();

    for (auto _ : state) {
        std::size_t size = 0;
        benchmark::DoNotOptimize(gunyah_msgqueue_receive(queue, f.message, sizeof(f.message), &size, nullptr));
        benchmark::DoNotOptimize(size);
    }
}

void receive_cpp(benchmark::State &state)
{
    fixture f;

    for (auto _ : state)
        benchmark::DoNotOptimize(f.queue.receive(f.message));
}

BENCHMARK(ring_c)->Name("doorbell send, C");
BENCHMARK(ring_cpp)->Name("doorbell send, C++");
BENCHMARK(send_c)->Name("msgqueue send, C");
BENCHMARK(send_cpp)->Name("msgqueue send, C++");
BENCHMARK(receive_c)->Name("msgqueue receive, C");
BENCHMARK(receive_cpp)->Name("msgqueue receive, C++");

} // namespace

BENCHMARK_MAIN();
