// SPDX-License-Identifier: BSD-3-Clause
// What Python is compared with: nanoseconds of CPU time a call by the C API in the simulator, a line each.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CALLS 200000
#define ROUNDS 5
#define SIZE 64

static struct gunyah_doorbell *bell;
static struct gunyah_msgqueue *out;
static struct gunyah_msgqueue *inbox;

static void must(enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s\n", gunyah_error_name(error));
    exit(EXIT_FAILURE);
}

static void ring(void)
{
    must(gunyah_doorbell_send(bell, 1, NULL));
}

static void exchange(void)
{
    char message[240] = {0};
    size_t size = 0;

    must(gunyah_msgqueue_send(out, message, SIZE, 0, NULL));
    must(gunyah_msgqueue_receive(inbox, message, sizeof(message), &size, NULL));
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

// The fastest of some rounds.
static void measure(const char *what, void (*call)(void))
{
    double best = 1e18;

    for (int round = 0; round < ROUNDS; round++) {
        const double start = now();
        for (int i = 0; i < CALLS; i++)
            call();
        const double each = (now() - start) / CALLS;
        best = each < best ? each : best;
    }
    printf("%s %.1f\n", what, best);
}

// One VM, which rings and writes to itself.
static struct gunyah *connect(struct gunyah_sim *sim)
{
    struct gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_doorbell_options bell_options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_msgqueue_options queue_options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah *g = NULL;

    must(gunyah_sim_add_vm(sim, NULL, &wire.from));
    wire.to = queue.from = queue.to = wire.from;
    queue.depth = 8;
    queue.message_size = queue_options.message_size = 240;
    must(gunyah_sim_connect_doorbell(sim, &wire));
    must(gunyah_sim_connect_msgqueue(sim, &queue));
    options.backend = gunyah_sim_backend(wire.from);
    must(gunyah_open(&options, &g));
    bell_options.cap = wire.send_cap;
    must(gunyah_doorbell_open(g, &bell_options, &bell));
    queue_options.cap = queue.send_cap;
    must(gunyah_msgqueue_open(g, &queue_options, &out));
    queue_options.cap = queue.receive_cap;
    must(gunyah_msgqueue_open(g, &queue_options, &inbox));
    return g;
}

int main(void)
{
    struct gunyah_sim *sim = NULL;

    must(gunyah_sim_create(NULL, &sim));
    struct gunyah *g = connect(sim);
    measure("doorbell_send", ring);
    measure("msgqueue_send + receive, 64 bytes", exchange);
    must(gunyah_close(&g));
    must(gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
