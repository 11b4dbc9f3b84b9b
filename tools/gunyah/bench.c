// SPDX-License-Identifier: BSD-3-Clause
// gunyah bench: what calls cost on this machine, with the simulator behind them. bench/ compares them with what else there is.
#include "commands.h"
#include "json.h"

#include <gunyah/gunyah.h>
#include <gunyah/sim.h>
#include <string.h>
#include <time.h>

#define MESSAGE_SIZE 240
#define BATCH 1000u
#define DEFAULT_MS 200u
#define MAX_MS 60000u

// Two VMs with a doorbell and a message queue from the first to the second.
struct pair {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vms[2];
    struct gunyah *sessions[2];
    struct gunyah_doorbell *bell;
    struct gunyah_msgqueue *send;
    struct gunyah_msgqueue *receive;
};

static void must(const struct cli *cli, enum gunyah_error error)
{
    if (error != GUNYAH_OK)
        cli_fail(cli, "the simulator: %s", gunyah_error_text(error));
}

static void connect_bell(const struct cli *cli, struct pair *pair)
{
    struct gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;

    wire.from = pair->vms[0];
    wire.to = pair->vms[1];
    must(cli, gunyah_sim_connect_doorbell(pair->sim, &wire));
    options.cap = wire.send_cap;
    must(cli, gunyah_doorbell_open(pair->sessions[0], &options, &pair->bell));
}

static void connect_queue(const struct cli *cli, struct pair *pair)
{
    struct gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    wire.from = pair->vms[0];
    wire.to = pair->vms[1];
    wire.depth = 8;
    wire.message_size = options.message_size = MESSAGE_SIZE;
    must(cli, gunyah_sim_connect_msgqueue(pair->sim, &wire));
    options.cap = wire.send_cap;
    must(cli, gunyah_msgqueue_open(pair->sessions[0], &options, &pair->send));
    options.cap = wire.receive_cap;
    must(cli, gunyah_msgqueue_open(pair->sessions[1], &options, &pair->receive));
}

static void make_pair(const struct cli *cli, struct pair *pair)
{
    must(cli, gunyah_sim_create(NULL, &pair->sim));
    for (size_t i = 0; i < 2; i++) {
        struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

        must(cli, gunyah_sim_add_vm(pair->sim, NULL, &pair->vms[i]));
        options.backend = gunyah_sim_backend(pair->vms[i]);
        must(cli, gunyah_open(&options, &pair->sessions[i]));
    }
    connect_bell(cli, pair);
    connect_queue(cli, pair);
}

static void free_pair(struct pair *pair)
{
    gunyah_close(&pair->sessions[0]);
    gunyah_close(&pair->sessions[1]);
    gunyah_sim_destroy(&pair->sim);
}

// ---- what is measured --------------------------------------------------------------------------------------------

static enum gunyah_error ring(struct pair *pair)
{
    return gunyah_doorbell_send(pair->bell, 1, NULL);
}

static enum gunyah_error pass(struct pair *pair)
{
    static char message[MESSAGE_SIZE];
    size_t size;
    const enum gunyah_error error = gunyah_msgqueue_send(pair->send, message, sizeof(message), 0, NULL);

    return error != GUNYAH_OK ? error : gunyah_msgqueue_receive(pair->receive, message, sizeof(message), &size, NULL);
}

static const struct {
    const char *name;
    enum gunyah_error (*run)(struct pair *pair);
} things[] = {
    {"a doorbell is rung", ring},
    {"a message of 240 bytes is sent and received", pass},
};

static double nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// Returns nanoseconds for one, of the batch that was disturbed least.
static double measure(const struct cli *cli, struct pair *pair, enum gunyah_error (*run)(struct pair *pair),
                      double budget)
{
    const double end = nanoseconds() + budget;
    double best = budget;
    double began;

    do {
        began = nanoseconds();
        for (unsigned i = 0; i < BATCH; i++)
            must(cli, run(pair));
        const double took = nanoseconds() - began;

        best = took < best ? took : best;
    } while (began < end);
    return best / BATCH;
}

static int bench_run(struct cli *cli)
{
    struct json json = JSON_INIT(stdout);
    struct pair pair;
    uint64_t milliseconds = DEFAULT_MS;

    while (cli_next(cli) != CLI_END)
        milliseconds = cli_need_number(cli, cli->argument);
    cli_arguments(cli, 0, 0);
    if (milliseconds < 1 || milliseconds > MAX_MS)
        cli_misused(cli, "--milliseconds: 1 to %u", MAX_MS);
    make_pair(cli, &pair);
    if (cli->json)
        json_array(&json, NULL);
    for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
        const double took = measure(cli, &pair, things[i].run, (double)milliseconds * 1e6);

        if (cli->json) {
            json_object(&json, NULL);
            json_text(&json, "name", things[i].name);
            json_number(&json, "picoseconds", (int64_t)(took * 1e3));
            json_end(&json);
        } else {
            printf("%8.1f ns  %s\n", took, things[i].name);
        }
    }
    if (cli->json)
        json_end(&json);
    free_pair(&pair);
    return 0;
}

static const struct cli_option options_of_bench[] = {
    {'m', "milliseconds", "N", "for each of them; 200 unless it is given"},
    {0, NULL, NULL, NULL},
};

const struct cli_command bench_command = {
    .name = "bench",
    .summary = "Measures what calls cost in the simulator, on this machine.",
    .details = "Each figure is for one call, of the thousand that were disturbed least.",
    .options = options_of_bench,
    .run = bench_run,
    .has_json = true,
};
