// SPDX-License-Identifier: BSD-3-Clause
// Sessions whose calls are instructions: who answers, a message, a doorbell, and hypervisors that are none.
#include "trap.h"

#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <criterion/criterion.h>

// Two simulated VMs behind instructions.
struct pair {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vms[2];
    struct trapped_vm trapped[2];
    struct gunyah *g[2];
};

static void open_pair(struct pair *pair, enum gunyah_convention convention, enum gunyah_conduit conduit)
{
    trap_install();
    cr_assert(gunyah_sim_create(NULL, &pair->sim) == GUNYAH_OK);
    for (int i = 0; i < 2; i++) {
        struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
        cr_assert(gunyah_sim_add_vm(pair->sim, NULL, &pair->vms[i]) == GUNYAH_OK);
        options.backend = trapped_vm_backend(&pair->trapped[i], gunyah_sim_backend(pair->vms[i]));
        options.convention = convention;
        options.conduit = conduit;
        cr_assert(gunyah_open(&options, &pair->g[i]) == GUNYAH_OK);
    }
}

static void close_pair(struct pair *pair)
{
    for (int i = 0; i < 2; i++)
        cr_assert(gunyah_close(&pair->g[i]) == GUNYAH_OK);
    cr_assert(gunyah_sim_destroy(&pair->sim) == GUNYAH_OK);
}

static void pass_message(struct pair *pair)
{
    struct gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *from = NULL;
    struct gunyah_msgqueue *to = NULL;
    char sent[240];
    char received[240] = {0};
    size_t size = 0;

    wire.from = pair->vms[0];
    wire.to = pair->vms[1];
    wire.depth = 2;
    wire.message_size = sizeof(sent);
    cr_assert(gunyah_sim_connect_msgqueue(pair->sim, &wire) == GUNYAH_OK);
    options.message_size = sizeof(sent);
    options.cap = wire.send_cap;
    cr_assert(gunyah_msgqueue_open(pair->g[0], &options, &from) == GUNYAH_OK);
    options.cap = wire.receive_cap;
    cr_assert(gunyah_msgqueue_open(pair->g[1], &options, &to) == GUNYAH_OK);
    for (size_t i = 0; i < sizeof(sent); i++)
        sent[i] = (char)i;
    cr_assert(gunyah_msgqueue_send(from, sent, sizeof(sent), 0, NULL) == GUNYAH_OK);
    cr_assert(gunyah_msgqueue_receive(to, received, sizeof(received), &size, NULL) == GUNYAH_OK);
    cr_assert(size == sizeof(sent) && memcmp(sent, received, size) == 0);
    cr_assert(gunyah_msgqueue_receive(to, received, sizeof(received), &size, NULL) == GUNYAH_ERR_EMPTY);
}

static void ring(struct pair *pair)
{
    struct gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell *from = NULL;
    struct gunyah_doorbell *to = NULL;
    uint64_t flags = 0;

    wire.from = pair->vms[0];
    wire.to = pair->vms[1];
    wire.virq = gunyah_virq(40);
    cr_assert(gunyah_sim_connect_doorbell(pair->sim, &wire) == GUNYAH_OK);
    options.cap = wire.send_cap;
    cr_assert(gunyah_doorbell_open(pair->g[0], &options, &from) == GUNYAH_OK);
    options.cap = wire.receive_cap;
    options.virq = wire.virq;
    cr_assert(gunyah_doorbell_open(pair->g[1], &options, &to) == GUNYAH_OK);
    cr_assert(gunyah_doorbell_send(from, 0x5, NULL) == GUNYAH_OK);
    cr_assert(gunyah_doorbell_wait(to, 0x5, 1000000, &flags) == GUNYAH_OK);
    cr_assert(flags == 0x5);
    cr_assert(gunyah_doorbell_wait(to, 0x5, 1000000, &flags) == GUNYAH_ERR_TIMEOUT);
}

static void exchange(enum gunyah_convention convention, enum gunyah_conduit conduit)
{
    struct pair pair = {0};
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    open_pair(&pair, convention, conduit);
    cr_assert(gunyah_identify(pair.g[0], &identity) == GUNYAH_OK);
    cr_assert(identity.convention == convention && identity.conduit == conduit);
    cr_assert(strcmp(identity.backend, "baremetal") == 0);
    pass_message(&pair);
    ring(&pair);
    for (int i = 0; i < 2; i++) {
        const struct trap_machine *machine = &pair.trapped[i].machine;
        const uint64_t executed = conduit == GUNYAH_CONDUIT_SMC ? machine->smc : machine->hvc;
        cr_assert(executed == gunyah_call_count(pair.g[i]) && executed == machine->smc + machine->hvc);
    }
    close_pair(&pair);
}

Test(session, smccc_over_hvc)
{
    exchange(GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC);
}

Test(session, smccc_over_smc)
{
    exchange(GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_SMC);
}

Test(session, immediate)
{
    exchange(GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_CONDUIT_HVC);
}

// Nothing but all ones: no error of its own, no loop.
Test(session, nobody_answers)
{
    static const enum gunyah_convention conventions[] = {GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONVENTION_SMCCC,
                                                         GUNYAH_CONVENTION_IMMEDIATE};
    struct trap_machine machine = {0};
    struct gunyah_baremetal_options given = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_baremetal baremetal;
    struct gunyah *g = NULL;

    trap_install();
    trap_enter(&machine);
    given.probe_immediate = true;
    for (size_t i = 0; i < sizeof(conventions) / sizeof(conventions[0]); i++) {
        struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
        options.backend = gunyah_baremetal_backend(&given, &baremetal);
        options.convention = conventions[i];
        cr_assert(gunyah_open(&options, &g) == GUNYAH_ERR_NOT_GUNYAH);
        cr_assert(g == NULL);
    }
    cr_assert(machine.hvc >= 4 && machine.smc == 0);
}

// What may be undefined is not executed unless somebody allows it.
Test(session, does_not_try_what_may_be_undefined)
{
    struct trap_machine machine = {0};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_baremetal baremetal;
    struct gunyah *g = NULL;

    trap_install();
    trap_enter(&machine);
    options.backend = gunyah_baremetal_backend(NULL, &baremetal);
    cr_assert(gunyah_open(&options, &g) == GUNYAH_ERR_NOT_GUNYAH);
    cr_assert(machine.immediate == 0 && machine.hvc == 1);
    options.conduit = GUNYAH_CONDUIT_SMC;
    cr_assert(gunyah_open(&options, &g) == GUNYAH_ERR_UNSUPPORTED);
    cr_assert(machine.smc == 0);
}

Test(session, arena_too_small)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct trap_machine machine = {0};
    struct gunyah_baremetal baremetal;
    unsigned char memory[64];
    struct gunyah_arena arena;
    struct gunyah *g = NULL;

    trap_install();
    trap_enter(&machine);
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    options.allocator = &allocator;
    options.backend = gunyah_baremetal_backend(NULL, &baremetal);
    cr_assert(gunyah_open(&options, &g) == GUNYAH_ERR_OUT_OF_MEMORY);
    cr_assert(g == NULL && machine.hvc == 0);
}
