// SPDX-License-Identifier: BSD-3-Clause
// Two VMs that talk, step by step. docs/tutorial.md explains it.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE 64
#define SECOND UINT64_C(1000000000)

static const gunyah_virq_t queue_virq = {40};

static void must(enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

// Step 1: a machine with two VMs, and a queue from one to the other.
static struct gunyah_sim *make_machine(struct gunyah_sim_msgqueue *wire)
{
    struct gunyah_sim *sim = NULL;

    must(gunyah_sim_create(NULL, &sim));
    must(gunyah_sim_add_vm(sim, NULL, &wire->from));
    must(gunyah_sim_add_vm(sim, NULL, &wire->to));
    wire->depth = 2;
    wire->message_size = MESSAGE_SIZE;
    wire->send_virq = queue_virq;
    wire->receive_virq = queue_virq;
    must(gunyah_sim_connect_msgqueue(sim, wire));
    return sim;
}

// Step 2: a session for a VM, and its end of the queue.
static struct gunyah *open_session(struct gunyah_sim_vm *vm)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    options.backend = gunyah_sim_backend(vm);
    must(gunyah_open(&options, &g));
    return g;
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g, gunyah_capid_t cap)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    options.cap = cap;
    options.message_size = MESSAGE_SIZE;
    options.send_virq = queue_virq;
    options.receive_virq = queue_virq;
    must(gunyah_msgqueue_open(g, &options, &queue));
    return queue;
}

// Step 3: a message.
static void say(struct gunyah_msgqueue *queue, const char *text)
{
    must(gunyah_msgqueue_send(queue, text, strlen(text), 0, NULL));
    printf("sent: %s\n", text);
}

static void hear(struct gunyah_msgqueue *queue)
{
    char message[MESSAGE_SIZE];
    size_t size = 0;

    must(gunyah_msgqueue_receive(queue, message, sizeof(message), &size, NULL));
    printf("received: %.*s\n", (int)size, message);
}

// Step 4: what does not work, and why.
static void say_too_much(struct gunyah *g, struct gunyah_msgqueue *queue)
{
    while (gunyah_msgqueue_send(queue, "more", 4, 0, NULL) == GUNYAH_OK)
        puts("sent: more");

    const struct gunyah_error_info *info = gunyah_last_error(g);
    printf("%s: %s. %s\n", info->call, info->text, info->advice);
}

// Step 5: waiting.
static void wait_in_vain(struct gunyah_sim *sim, struct gunyah_msgqueue *queue)
{
    must(gunyah_msgqueue_flush(queue));
    // The interrupt of the earlier messages is still there: it says "look again", not how often.
    must(gunyah_msgqueue_wait_not_empty(queue, 0));

    const uint64_t before = gunyah_sim_now(sim);
    enum gunyah_error error = gunyah_msgqueue_wait_not_empty(queue, 10 * SECOND);
    printf("%s after %llu s\n", gunyah_error_name(error),
           (unsigned long long)((gunyah_sim_now(sim) - before) / SECOND));

    error = gunyah_msgqueue_wait_not_empty(queue, GUNYAH_WAIT_FOREVER);
    puts(gunyah_error_name(error));
}

// Step 6: what the hypervisor was asked.
static void print_line(void *context, const char *line)
{
    (void)context;
    puts(line);
}

int main(void)
{
    struct gunyah_sim_msgqueue wire = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_sim *sim = make_machine(&wire);
    struct gunyah *alice = open_session(wire.from);
    struct gunyah *bob = open_session(wire.to);
    struct gunyah_msgqueue *out = open_queue(alice, wire.send_cap);
    struct gunyah_msgqueue *in = open_queue(bob, wire.receive_cap);

    say(out, "hello, bob");
    hear(in);
    say_too_much(alice, out);
    wait_in_vain(sim, in);
    must(gunyah_sim_set_trace(sim, print_line, NULL));
    say(out, "bye");
    hear(in);
    must(gunyah_sim_set_trace(sim, NULL, NULL));

    must(gunyah_close(&alice));
    must(gunyah_close(&bob));
    must(gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
