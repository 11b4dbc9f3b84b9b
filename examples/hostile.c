// SPDX-License-Identifier: BSD-3-Clause
// Two receivers on a machine that loses, delays and repeats interrupts: one that counts on them, and one that does not.
// docs/simulator.md explains it.
#include <gunyah/gunyah.h>
#include <gunyah/sim_hostile.h>

#include <stdio.h>
#include <stdlib.h>

#define MESSAGES 20
#define PATIENCE_NS 1000000

static const char plan[] = "late  any vm=bob after=10us spread=1ms chance=20%\n"
                           "twice any vm=bob after=5us chance=20%\n"
                           "lost  any vm=bob chance=5%\n"
                           "fault msgqueue_send vm=alice error=MSGQUEUE_FULL chance=10%\n";

static void must(enum gunyah_error error, const char *what)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, gunyah_error_name(error));
    exit(EXIT_FAILURE);
}

// ---- the receivers ---------------------------------------------------------------------------------------------------

typedef enum gunyah_error receiver(struct gunyah_msgqueue *queue, void *message, size_t *size);

// One interrupt, one message: so it says in no manual.
static enum gunyah_error receive_trusting(struct gunyah_msgqueue *queue, void *message, size_t *size)
{
    enum gunyah_error error = gunyah_msgqueue_wait_not_empty(queue, GUNYAH_WAIT_FOREVER);

    return error == GUNYAH_OK ? gunyah_msgqueue_receive(queue, message, 16, size, NULL) : error;
}

// The queue is asked. An interrupt only says when, and if none comes, it is asked all the same.
static enum gunyah_error receive_asking(struct gunyah_msgqueue *queue, void *message, size_t *size)
{
    enum gunyah_error error = gunyah_msgqueue_receive(queue, message, 16, size, NULL);

    while (error == GUNYAH_ERR_EMPTY) {
        gunyah_msgqueue_wait_not_empty(queue, PATIENCE_NS);
        error = gunyah_msgqueue_receive(queue, message, 16, size, NULL);
    }
    return error;
}

// ---- their test ------------------------------------------------------------------------------------------------------

static struct gunyah *open_vm(struct gunyah_sim *sim, const char *name, struct gunyah_sim_vm **vm)
{
    struct gunyah_sim_vm_options of_vm = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    of_vm.name = name;
    must(gunyah_sim_add_vm(sim, &of_vm, vm), "add a VM");
    options.backend = gunyah_sim_backend(*vm);
    must(gunyah_open(&options, &g), "open a session");
    return g;
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g, gunyah_capid_t cap, gunyah_virq_t virq)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    options.cap = cap;
    options.message_size = 16;
    options.receive_virq = virq;
    must(gunyah_msgqueue_open(g, &options, &queue), "open a queue");
    return queue;
}

static enum gunyah_error send(struct gunyah_msgqueue *queue, const void *message, size_t size)
{
    enum gunyah_error error;

    do
        error = gunyah_msgqueue_send(queue, message, size, 0, NULL);
    while (error == GUNYAH_ERR_FULL);
    return error;
}

// How many messages come through.
static int try(receiver *receive, uint64_t seed, enum gunyah_error *error)
{
    struct gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;
    struct gunyah_sim *sim = NULL;
    int count = 0;

    must(gunyah_sim_create(NULL, &sim), "make a machine");
    struct gunyah *alice = open_vm(sim, "alice", &wire.from);
    struct gunyah *bob = open_vm(sim, "bob", &wire.to);
    wire.depth = 4;
    wire.message_size = 16;
    wire.receive_virq = gunyah_virq(41);
    must(gunyah_sim_connect_msgqueue(sim, &wire), "make a queue");
    struct gunyah_msgqueue *out = open_queue(alice, wire.send_cap, gunyah_virq(0));
    struct gunyah_msgqueue *in = open_queue(bob, wire.receive_cap, gunyah_virq(41));

    *error = gunyah_sim_add_plan(sim, plan, sizeof(plan) - 1, &problem);
    if (*error != GUNYAH_OK)
        printf("line %u: %s\n", problem.line, problem.text);
    gunyah_sim_seed_faults(sim, seed);
    for (; *error == GUNYAH_OK && count < MESSAGES; count += *error == GUNYAH_OK) {
        char message[16];
        size_t size = 0;
        *error = send(out, &count, sizeof(count));
        if (*error == GUNYAH_OK)
            *error = receive(in, message, &size);
    }

    gunyah_close(&alice);
    gunyah_close(&bob);
    gunyah_sim_destroy(&sim);
    return count;
}

static void show(const char *name, receiver *receive)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        enum gunyah_error error;
        int count = try(receive, seed, &error);

        printf("%s, seed %d: %d messages, %s\n", name, (int)seed, count, gunyah_error_name(error));
    }
}

static void show_problem(void)
{
    static const char wrong[] = "lost any vm=root\nlate 41 after=soon\n";
    struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;
    struct gunyah_sim *sim = NULL;

    must(gunyah_sim_create(NULL, &sim), "make a machine");
    if (gunyah_sim_add_plan(sim, wrong, sizeof(wrong) - 1, &problem) != GUNYAH_OK)
        printf("line %u: %s\n", problem.line, problem.text);
    gunyah_sim_destroy(&sim);
}

int main(void)
{
    show("trusting", receive_trusting);
    show("asking", receive_asking);
    show_problem();
    return EXIT_SUCCESS;
}
