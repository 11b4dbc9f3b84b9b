// SPDX-License-Identifier: BSD-3-Clause
// The simulator's doorbells and message queues against what else carries a ring or 240 bytes from one party to another on
// this machine, in one thread and in one run.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mqueue.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace
{

constexpr std::size_t message_size = 240;

void must(bool good)
{
    if (!good) {
        std::perror("bench");
        std::exit(1);
    }
}

// Two VMs joined by many queues and one doorbell; the queue in the middle is the one that is used.
class Machine
{
  public:
    explicit Machine(std::size_t queues)
    {
        gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
        options.memory = 16u * 1024u * 1024u + queues * 4096u;
        must(gunyah_sim_create(&options, &sim_) == GUNYAH_OK);
        gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;
        vm.max_caps = GUNYAH_CSPACE_MAX_CAPS;
        gunyah_sim_vm *from = nullptr;
        gunyah_sim_vm *to = nullptr;
        must(gunyah_sim_add_vm(sim_, &vm, &from) == GUNYAH_OK);
        must(gunyah_sim_add_vm(sim_, &vm, &to) == GUNYAH_OK);
        open(from, &sender_);
        open(to, &receiver_);
        for (std::size_t i = 0; i < queues; i++)
            add_queue(from, to, i == queues / 2);
        gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;
        wire.from = from;
        wire.to = to;
        wire.virq = gunyah_virq(41);
        must(gunyah_sim_connect_doorbell(sim_, &wire) == GUNYAH_OK);
        gunyah_doorbell_options bell = GUNYAH_DOORBELL_OPTIONS_INIT;
        bell.cap = wire.send_cap;
        must(gunyah_doorbell_open(sender_, &bell, &bell_) == GUNYAH_OK);
    }

    ~Machine()
    {
        gunyah_close(&sender_);
        gunyah_close(&receiver_);
        gunyah_sim_destroy(&sim_);
    }

    Machine(const Machine &) = delete;
    Machine &operator=(const Machine &) = delete;

    gunyah_doorbell *bell()
    {
        return bell_;
    }

    void pass(const char *message, char *buffer)
    {
        std::size_t size = 0;
        must(gunyah_msgqueue_send(send_, message, message_size, 0, nullptr) == GUNYAH_OK);
        must(gunyah_msgqueue_receive(receive_, buffer, message_size, &size, nullptr) == GUNYAH_OK);
    }

  private:
    static void open(gunyah_sim_vm *vm, gunyah **g)
    {
        gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
        options.backend = gunyah_sim_backend(vm);
        must(gunyah_open(&options, g) == GUNYAH_OK);
    }

    void add_queue(gunyah_sim_vm *from, gunyah_sim_vm *to, bool used)
    {
        gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;
        wire.from = from;
        wire.to = to;
        wire.depth = 8;
        wire.message_size = message_size;
        if (used)
            wire.receive_virq = gunyah_virq(40);
        must(gunyah_sim_connect_msgqueue(sim_, &wire) == GUNYAH_OK);
        if (!used)
            return;
        gunyah_msgqueue_options queue = GUNYAH_MSGQUEUE_OPTIONS_INIT;
        queue.message_size = message_size;
        queue.cap = wire.send_cap;
        must(gunyah_msgqueue_open(sender_, &queue, &send_) == GUNYAH_OK);
        queue.cap = wire.receive_cap;
        must(gunyah_msgqueue_open(receiver_, &queue, &receive_) == GUNYAH_OK);
    }

    gunyah_sim *sim_ = nullptr;
    gunyah *sender_ = nullptr;
    gunyah *receiver_ = nullptr;
    gunyah_msgqueue *send_ = nullptr;
    gunyah_msgqueue *receive_ = nullptr;
    gunyah_doorbell *bell_ = nullptr;
};

void ring_doorbell(benchmark::State &state)
{
    Machine machine(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        must(gunyah_doorbell_send(machine.bell(), 1, nullptr) == GUNYAH_OK);
}
BENCHMARK(ring_doorbell)->Name("ring/simulator/queues")->Arg(1)->Arg(100)->Arg(10000);

void ring_eventfd(benchmark::State &state)
{
    const int fd = eventfd(0, 0);
    must(fd >= 0);
    for (auto _ : state)
        must(eventfd_write(fd, 1) == 0);
    close(fd);
}
BENCHMARK(ring_eventfd)->Name("ring/eventfd");

void message_simulator(benchmark::State &state)
{
    Machine machine(static_cast<std::size_t>(state.range(0)));
    char message[message_size] = "message";
    char buffer[message_size];
    for (auto _ : state) {
        machine.pass(message, buffer);
        benchmark::DoNotOptimize(buffer);
    }
}
BENCHMARK(message_simulator)->Name("message/simulator/queues")->Arg(1)->Arg(100)->Arg(10000);

void message_mqueue(benchmark::State &state)
{
    char name[64];
    std::snprintf(name, sizeof(name), "/libgunyah-bench-%ld", static_cast<long>(getpid()));
    mq_attr attributes{};
    attributes.mq_maxmsg = 8;
    attributes.mq_msgsize = message_size;
    const mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    must(queue != static_cast<mqd_t>(-1));
    mq_unlink(name);
    char message[message_size] = "message";
    char buffer[message_size];
    for (auto _ : state) {
        must(mq_send(queue, message, sizeof(message), 0) == 0);
        must(mq_receive(queue, buffer, sizeof(buffer), nullptr) == static_cast<ssize_t>(sizeof(buffer)));
        benchmark::DoNotOptimize(buffer);
    }
    mq_close(queue);
}
BENCHMARK(message_mqueue)->Name("message/POSIX queue");

void message_pipe(benchmark::State &state)
{
    int ends[2];
    must(pipe(ends) == 0);
    char message[message_size] = "message";
    char buffer[message_size];
    for (auto _ : state) {
        must(write(ends[1], message, sizeof(message)) == static_cast<ssize_t>(sizeof(message)));
        must(read(ends[0], buffer, sizeof(buffer)) == static_cast<ssize_t>(sizeof(buffer)));
        benchmark::DoNotOptimize(buffer);
    }
    close(ends[0]);
    close(ends[1]);
}
BENCHMARK(message_pipe)->Name("message/pipe");

// The least that two copies of a message can cost.
void message_memcpy(benchmark::State &state)
{
    char message[message_size] = "message";
    char slot[message_size];
    char buffer[message_size];
    for (auto _ : state) {
        std::memcpy(slot, message, sizeof(slot));
        benchmark::DoNotOptimize(slot);
        benchmark::ClobberMemory();
        std::memcpy(buffer, slot, sizeof(buffer));
        benchmark::DoNotOptimize(buffer);
        benchmark::ClobberMemory();
    }
}
BENCHMARK(message_memcpy)->Name("message/two memcpy");

} // namespace

BENCHMARK_MAIN();
