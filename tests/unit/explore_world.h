// SPDX-License-Identifier: BSD-3-Clause
// Scenarios for the exploration: VMs joined by a doorbell in each direction and by a queue, with an open session each, and
// a record of the trace.
#ifndef EXPLORE_WORLD_H
#define EXPLORE_WORLD_H

#include <gunyah/gunyah.h>
#include <gunyah/sim_explore.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define GUESTS 3
#define TRACE_SIZE 65536
#define BELL_VIRQ 40
#define QUEUE_VIRQ 41

// Guest i drives VM i. bell[i] is rung by VM i - 1, heard by VM i; so is queue[i].
struct world {
    uint32_t vms;
    uint32_t depth; // of the queues
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm[GUESTS];
    struct gunyah *g[GUESTS];
    struct gunyah_doorbell *ring[GUESTS];
    struct gunyah_doorbell *hear[GUESTS];
    struct gunyah_msgqueue *send[GUESTS];
    struct gunyah_msgqueue *receive[GUESTS];
    pthread_t thread[GUESTS];
    const char *(*more)(struct world *world); // At the end of setup; may be null.
    bool traces;
    char trace[TRACE_SIZE]; // Of the last schedule.
    size_t traced;
    char order[64]; // What guests note of the last schedule.
    size_t noted;
    uint32_t value;
    void *own;
};

static inline void world_trace(void *context, const char *line)
{
    struct world *world = context;

    world->traced += (size_t)snprintf(world->trace + world->traced, sizeof(world->trace) - world->traced, "%s\n", line);
    cr_assert(lt(sz, world->traced, sizeof(world->trace)));
}

static inline void world_note(struct world *world, char what)
{
    cr_assert(lt(sz, world->noted, sizeof(world->order) - 1));
    world->order[world->noted++] = what;
    world->order[world->noted] = '\0';
}

static inline struct gunyah *world_session(struct gunyah_sim_vm *vm)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    options.backend = gunyah_sim_backend(vm);
    gunyah_open(&options, &g);
    return g;
}

static inline void world_doorbell(struct world *world, uint32_t from, uint32_t to)
{
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;

    wire.from = world->vm[from];
    wire.to = world->vm[to];
    wire.virq = gunyah_virq(BELL_VIRQ);
    gunyah_sim_connect_doorbell(world->sim, &wire);
    options.cap = wire.send_cap;
    gunyah_doorbell_open(world->g[from], &options, &world->ring[to]);
    options.cap = wire.receive_cap;
    options.virq = wire.virq;
    gunyah_doorbell_open(world->g[to], &options, &world->hear[to]);
}

static inline void world_queue(struct world *world, uint32_t from, uint32_t to)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;

    wire.from = world->vm[from];
    wire.to = world->vm[to];
    wire.depth = world->depth;
    wire.message_size = options.message_size = 8;
    wire.receive_virq = gunyah_virq(QUEUE_VIRQ);
    gunyah_sim_connect_msgqueue(world->sim, &wire);
    options.cap = wire.send_cap;
    gunyah_msgqueue_open(world->g[from], &options, &world->send[to]);
    options.cap = wire.receive_cap;
    options.receive_virq = wire.receive_virq;
    gunyah_msgqueue_open(world->g[to], &options, &world->receive[to]);
}

static inline const char *world_setup(void *context, struct gunyah_sim *sim)
{
    struct world *world = context;
    const char *complaint;

    world->sim = sim;
    world->traced = world->noted = world->value = 0;
    world->order[0] = '\0';
    for (uint32_t i = 0; i < world->vms; i++) {
        struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
        options.vmid = gunyah_vmid((uint16_t)(3 - i)); // The first one is HLOS.
        gunyah_sim_add_vm(sim, &options, &world->vm[i]);
        world->g[i] = world_session(world->vm[i]);
    }
    for (uint32_t i = 0; i < world->vms; i++) {
        world_doorbell(world, (i + world->vms - 1) % world->vms, i);
        world_queue(world, (i + world->vms - 1) % world->vms, i);
        gunyah_sim_set_trigger(world->vm[i], gunyah_virq(BELL_VIRQ), GUNYAH_SIM_EDGE);
        if (world->receive[i] == NULL || world->hear[i] == NULL)
            return "an object cannot be opened";
    }
    complaint = world->more != NULL ? world->more(world) : NULL;
    if (world->traces)
        gunyah_sim_set_trace(sim, world_trace, world);
    return complaint;
}

static inline void world_teardown(void *context)
{
    struct world *world = context;

    for (uint32_t i = 0; i < world->vms; i++)
        gunyah_close(&world->g[i]);
}

static inline struct world new_world(uint32_t vms)
{
    return (struct world){.vms = vms, .depth = 2};
}

static inline struct gunyah_sim_scenario new_scenario(struct world *world, gunyah_sim_guest_fn *a,
                                                      gunyah_sim_guest_fn *b, gunyah_sim_guest_fn *c)
{
    struct gunyah_sim_scenario scenario = GUNYAH_SIM_SCENARIO_INIT;

    scenario.context = world;
    scenario.setup = world_setup;
    scenario.teardown = world_teardown;
    scenario.guests[0] = a;
    scenario.guests[1] = b;
    scenario.guests[2] = c;
    scenario.guest_count = c != NULL ? 3 : b != NULL ? 2 : 1;
    return scenario;
}

// The exploration itself must go well; what it finds is the caller's to judge.
static inline struct gunyah_sim_explore_result explore(const struct gunyah_sim_explore_options *options,
                                                       const struct gunyah_sim_scenario *scenario)
{
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;
    const enum gunyah_error error = gunyah_sim_explore(options, scenario, &result);

    cr_assert(eq(int, error, GUNYAH_OK), "%s", result.sentence);
    return result;
}

// Steps, and the check as the documentation has it.
static inline const char *with_check(const char *steps)
{
    static char text[256];
    uint32_t hash = 2166136261;

    for (const char *c = steps; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619;
    snprintf(text, sizeof(text), "%s.%04x", steps, (unsigned)(hash >> 16 ^ (hash & 0xffff)));
    return text;
}

#endif
