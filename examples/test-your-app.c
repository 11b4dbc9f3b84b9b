// SPDX-License-Identifier: BSD-3-Clause
// How an application tests itself on the simulator: a peer in a thread, a refused call, a wait that nobody would end.
// docs/simulator.md explains it.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define MESSAGES 8

// ---- The application: sends numbered messages, and waits when the queue is full ------------------------------------------

static enum gunyah_error send_all(struct gunyah_msgqueue *queue)
{
    for (unsigned char i = 0; i < MESSAGES;) {
        enum gunyah_error error = gunyah_msgqueue_send(queue, &i, 1, 0, NULL);
        if (error == GUNYAH_ERR_FULL)
            error = gunyah_msgqueue_wait_not_full(queue, 1000000);
        else if (error == GUNYAH_OK)
            i++;
        if (error != GUNYAH_OK && error != GUNYAH_ERR_TIMEOUT)
            return error;
    }
    return GUNYAH_OK;
}

// ---- Its test -----------------------------------------------------------------------------------------------------------

static void expect(bool condition, const char *what)
{
    printf("%s: %s\n", condition ? "ok" : "FAILED", what);
    if (!condition)
        exit(EXIT_FAILURE);
}

struct peer {
    struct gunyah_sim *sim;
    struct gunyah_msgqueue *queue;
    bool in_order;
};

static void *receive_all(void *context)
{
    struct peer *peer = context;

    peer->in_order = true;
    for (unsigned char i = 0; i < MESSAGES;) {
        unsigned char buffer[16];
        size_t size = 0;
        const enum gunyah_error error = gunyah_msgqueue_receive(peer->queue, buffer, sizeof(buffer), &size, NULL);
        if (error == GUNYAH_ERR_EMPTY) {
            gunyah_msgqueue_wait_not_empty(peer->queue, GUNYAH_WAIT_FOREVER);
            continue;
        }
        peer->in_order = peer->in_order && error == GUNYAH_OK && size == 1 && buffer[0] == i;
        i++;
    }
    gunyah_sim_thread_done(peer->sim);
    return NULL;
}

static struct gunyah *open_vm(struct gunyah_sim_vm *vm)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    options.backend = gunyah_sim_backend(vm);
    expect(gunyah_open(&options, &g) == GUNYAH_OK, "a session opens");
    return g;
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g, gunyah_capid_t cap, const struct gunyah_sim_msgqueue *wire)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    options.cap = cap;
    options.message_size = wire->message_size;
    options.send_virq = wire->send_virq;
    options.receive_virq = wire->receive_virq;
    expect(gunyah_msgqueue_open(g, &options, &queue) == GUNYAH_OK, "a queue opens");
    return queue;
}

// Two threads, a queue of two messages, and one send that is refused although there is room.
static void test_send_all(void)
{
    struct gunyah_sim_options sim_options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    struct gunyah_sim *sim = NULL;
    pthread_t thread;

    sim_options.threads = 2;
    expect(gunyah_sim_create(&sim_options, &sim) == GUNYAH_OK, "a machine for two threads");
    gunyah_sim_add_vm(sim, NULL, &wire.from);
    gunyah_sim_add_vm(sim, NULL, &wire.to);
    wire.depth = 2;
    wire.message_size = 16;
    wire.send_virq = gunyah_virq(40);
    wire.receive_virq = gunyah_virq(40);
    expect(gunyah_sim_connect_msgqueue(sim, &wire) == GUNYAH_OK, "two VMs joined by a small queue");
    struct gunyah *sender = open_vm(wire.from);
    struct gunyah *receiver = open_vm(wire.to);
    struct peer peer = {sim, open_queue(receiver, wire.receive_cap, &wire), false};

    fault.call = GUNYAH_HYPERCALL_MSGQUEUE_SEND;
    fault.error = GUNYAH_HVERR_MSGQUEUE_FULL;
    fault.nth = 3;
    expect(gunyah_sim_add_fault(sim, &fault) == GUNYAH_OK, "the third send from here on will be refused");

    expect(pthread_create(&thread, NULL, receive_all, &peer) == 0, "a thread for the receiver");
    const enum gunyah_error error = send_all(open_queue(sender, wire.send_cap, &wire));
    gunyah_sim_thread_done(sim);
    pthread_join(thread, NULL);
    expect(error == GUNYAH_OK, "all messages were sent");
    expect(peer.in_order, "and arrived in order");
    expect(!gunyah_close(&sender) && !gunyah_close(&receiver) && !gunyah_sim_destroy(&sim), "all is closed");
}

static void test_deadlock(void)
{
    struct gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell *bell = NULL;
    struct gunyah_sim *sim = NULL;

    expect(gunyah_sim_create(NULL, &sim) == GUNYAH_OK, "a machine for one thread");
    gunyah_sim_add_vm(sim, NULL, &wire.from);
    wire.to = wire.from;
    wire.virq = gunyah_virq(40);
    gunyah_sim_connect_doorbell(sim, &wire);
    struct gunyah *g = open_vm(wire.to);
    options.cap = wire.receive_cap;
    options.virq = wire.virq;
    gunyah_doorbell_open(g, &options, &bell);

    enum gunyah_error error = gunyah_doorbell_wait(bell, 1, GUNYAH_WAIT_FOREVER, NULL);
    expect(error == GUNYAH_ERR_DEADLOCK, "nobody rings, and the simulator says so");
    expect(!gunyah_close(&g) && !gunyah_sim_destroy(&sim), "all is closed");
}

int main(void)
{
    test_send_all();
    test_deadlock();
    return EXIT_SUCCESS;
}
