// SPDX-License-Identifier: BSD-3-Clause
// A receiver that loses a wake-up in some orders of its calls and those of the sender, and one that does not: the simulator
// tries the orders. docs/simulator.md explains it.
#include <gunyah/gunyah.h>
#include <gunyah/sim_explore.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MESSAGES 2

struct world {
    struct gunyah *sender;
    struct gunyah *receiver;
    struct gunyah_msgqueue *to;
    struct gunyah_msgqueue *from;
    bool traced;
};

// ---- The guests --------------------------------------------------------------------------------------------------------

static const char *send_all(void *context, uint32_t guest)
{
    struct world *world = context;

    (void)guest;
    for (unsigned char i = 0; i < MESSAGES; i++) {
        if (gunyah_msgqueue_send(world->to, &i, 1, 0, NULL) != GUNYAH_OK)
            return "a message was not sent";
    }
    return NULL;
}

// Takes what there is. Returns how many messages that were.
static int drain(struct world *world)
{
    unsigned char buffer[16];
    size_t size;
    int count = 0;

    while (gunyah_msgqueue_receive(world->from, buffer, sizeof(buffer), &size, NULL) == GUNYAH_OK)
        count++;
    return count;
}

// Forgets old interrupts before it waits for a new one. What comes between receive and that is forgotten, too.
static const char *receive_badly(void *context, uint32_t guest)
{
    struct world *world = context;

    (void)guest;
    for (int count = drain(world); count < MESSAGES; count += drain(world)) {
        gunyah_msgqueue_wait_not_empty(world->from, 0);
        if (gunyah_msgqueue_wait_not_empty(world->from, GUNYAH_WAIT_FOREVER) != GUNYAH_OK)
            return "the wait failed";
    }
    return NULL;
}

// An interrupt says "look again": it is taken, and then everything is.
static const char *receive_well(void *context, uint32_t guest)
{
    struct world *world = context;

    (void)guest;
    for (int count = drain(world); count < MESSAGES; count += drain(world)) {
        if (gunyah_msgqueue_wait_not_empty(world->from, GUNYAH_WAIT_FOREVER) != GUNYAH_OK)
            return "the wait failed";
    }
    return NULL;
}

// ---- Their machine -----------------------------------------------------------------------------------------------------

static void print_line(void *context, const char *line)
{
    (void)context;
    puts(line);
}

static struct gunyah *open_vm(struct gunyah_sim_vm *vm)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    options.backend = gunyah_sim_backend(vm);
    gunyah_open(&options, &g);
    return g;
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g, gunyah_capid_t cap, const struct gunyah_sim_msgqueue *wire)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    options.cap = cap;
    options.message_size = wire->message_size;
    options.receive_virq = wire->receive_virq;
    gunyah_msgqueue_open(g, &options, &queue);
    return queue;
}

// A new machine for each order.
static const char *set_up(void *context, struct gunyah_sim *sim)
{
    struct world *world = context;
    struct gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;

    gunyah_sim_add_vm(sim, NULL, &wire.from);
    gunyah_sim_add_vm(sim, NULL, &wire.to);
    wire.depth = MESSAGES;
    wire.message_size = 16;
    wire.receive_virq = gunyah_virq(40);
    if (gunyah_sim_connect_msgqueue(sim, &wire) != GUNYAH_OK)
        return gunyah_sim_last_error(sim);
    world->sender = open_vm(wire.from);
    world->receiver = open_vm(wire.to);
    world->to = open_queue(world->sender, wire.send_cap, &wire);
    world->from = open_queue(world->receiver, wire.receive_cap, &wire);
    if (world->traced)
        gunyah_sim_set_trace(sim, print_line, NULL);
    return world->from != NULL ? NULL : "a queue cannot be opened";
}

static void tear_down(void *context)
{
    struct world *world = context;

    gunyah_close(&world->sender);
    gunyah_close(&world->receiver);
}

// ---- The exploration ---------------------------------------------------------------------------------------------------

// Prints what a schedule does, step by step.
static void repeat(struct gunyah_sim_explore_options options, const struct gunyah_sim_scenario *scenario,
                   const char *schedule)
{
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;
    struct world *world = scenario->context;

    world->traced = true;
    options.schedule = schedule;
    gunyah_sim_explore(&options, scenario, &result);
    gunyah_sim_explore_release(&result);
}

static enum gunyah_sim_finding explore(gunyah_sim_guest_fn *receiver)
{
    struct gunyah_sim_scenario scenario = GUNYAH_SIM_SCENARIO_INIT;
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;
    struct world world = {.traced = false};

    scenario.context = &world;
    scenario.setup = set_up;
    scenario.guests[0] = send_all; // a, in a schedule
    scenario.guests[1] = receiver; // b
    scenario.guest_count = 2;
    scenario.teardown = tear_down;
    options.needless_wakeups = 1;
    if (gunyah_sim_explore(&options, &scenario, &result) != GUNYAH_OK) {
        fprintf(stderr, "%s\n", result.sentence);
        exit(EXIT_FAILURE);
    }
    printf("%" PRIu64 " orders tried%s\n", result.schedules, result.exhausted ? ", which are all" : "");
    if (result.finding != GUNYAH_SIM_FINDING_NONE) {
        printf("%s: %s\n", result.schedule, result.sentence);
        repeat(options, &scenario, result.schedule);
    }
    gunyah_sim_explore_release(&result);
    return result.finding;
}

int main(void)
{
    const enum gunyah_sim_finding bad = explore(receive_badly);
    const enum gunyah_sim_finding good = explore(receive_well);

    return bad == GUNYAH_SIM_FINDING_DEADLOCK && good == GUNYAH_SIM_FINDING_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
