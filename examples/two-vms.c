// SPDX-License-Identifier: BSD-3-Clause
// Two simulated VMs exchange messages and ring doorbells. Lines with a time are the simulator's trace: what each VM asked
// of the hypervisor, what it answered, and which interrupts came. The other lines are this program's own.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 4
#define MESSAGE_SIZE 240
#define RING_PARCEL UINT64_C(0x1)
#define RING_STOP UINT64_C(0x8000000000000000)

static const gunyah_virq_t not_full = {40};
static const gunyah_virq_t not_empty = {41};
static const gunyah_virq_t bell_virq = {42};

// One side of the wire.
struct side {
    struct gunyah_sim_vm *vm;
    struct gunyah *g;
    struct gunyah_msgqueue *queue;
    struct gunyah_doorbell *bell;
};

static void print_trace(void *context, const char *line)
{
    (void)context;
    printf("  %s\n", line);
}

static void say(const char *text)
{
    printf("\n%s\n", text);
}

// Ends the program when something that cannot fail here failed.
static void must(struct gunyah *g, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    const struct gunyah_error_info *info = gunyah_last_error(g);
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), info != NULL ? info->advice : gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

static struct gunyah_sim_vm *add_vm(struct gunyah_sim *sim, const char *name)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm = NULL;

    options.name = name;
    must(NULL, gunyah_sim_add_vm(sim, &options, &vm));
    return vm;
}

static void open_side(struct side *side, gunyah_capid_t queue_cap, gunyah_capid_t bell_cap)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_msgqueue_options queue = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_doorbell_options bell = GUNYAH_DOORBELL_OPTIONS_INIT;

    options.backend = gunyah_sim_backend(side->vm);
    must(NULL, gunyah_open(&options, &side->g));
    // On a device these come from the guest's device tree.
    queue.cap = queue_cap;
    queue.message_size = MESSAGE_SIZE;
    queue.send_virq = not_full;
    queue.receive_virq = not_empty;
    must(side->g, gunyah_msgqueue_open(side->g, &queue, &side->queue));
    bell.cap = bell_cap;
    bell.virq = bell_virq;
    must(side->g, gunyah_doorbell_open(side->g, &bell, &side->bell));
}

static void receive_all(struct side *side)
{
    char buffer[MESSAGE_SIZE];
    size_t size = 0;
    bool more = true;

    while (more) {
        const enum gunyah_error error = gunyah_msgqueue_receive(side->queue, buffer, sizeof(buffer), &size, &more);
        if (error == GUNYAH_ERR_EMPTY)
            return;
        must(side->g, error);
        printf("bob has %zu bytes, \"%.*s\"\n", size, size < 24 ? (int)size : 24, buffer);
    }
}

static void messages(struct side *alice, struct side *bob)
{
    static const size_t sizes[] = {1, 16, MESSAGE_SIZE};
    char text[MESSAGE_SIZE];

    say("Alice sends messages of 1, 16 and 240 bytes; bob waits for the interrupt and takes them.");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memset(text, 'a' + (int)i, sizeof(text));
        must(alice->g, gunyah_msgqueue_send(alice->queue, text, sizes[i], 0, NULL));
        must(bob->g, gunyah_msgqueue_wait_not_empty(bob->queue, GUNYAH_WAIT_FOREVER));
        receive_all(bob);
    }
}

static void doorbells(struct side *alice, struct side *bob)
{
    uint64_t flags = 0;

    say("Alice rings twice before bob looks: the flags add up, and one look finds both.");
    must(alice->g, gunyah_doorbell_send(alice->bell, RING_PARCEL, NULL));
    must(alice->g, gunyah_doorbell_send(alice->bell, RING_STOP, NULL));
    must(bob->g, gunyah_doorbell_wait(bob->bell, RING_PARCEL | RING_STOP, GUNYAH_WAIT_FOREVER, &flags));
    printf("bob sees 0x%016llx\n", (unsigned long long)flags);
}

static void fill(struct side *alice, struct side *bob)
{
    static const char text[] = "fill it up";
    bool room = true;

    say("Alice sends until the queue is full, is refused, and goes on when bob has made room.");
    while (room)
        must(alice->g, gunyah_msgqueue_send(alice->queue, text, sizeof(text) - 1, 0, &room));
    const enum gunyah_error refused = gunyah_msgqueue_send(alice->queue, text, sizeof(text) - 1, 0, NULL);
    printf("alice: %s, %s\n", gunyah_error_name(refused), gunyah_error_text(refused));
    must(bob->g, gunyah_msgqueue_wait_not_empty(bob->queue, GUNYAH_WAIT_FOREVER));
    receive_all(bob);
    must(alice->g, gunyah_msgqueue_wait_not_full(alice->queue, GUNYAH_WAIT_FOREVER));
    must(alice->g, gunyah_msgqueue_send(alice->queue, text, sizeof(text) - 1, 0, NULL));
    receive_all(bob);
}

static void time_out(struct gunyah_sim *sim, struct side *bob)
{
    const uint64_t before = gunyah_sim_now(sim);

    say("Bob waits 50 ms for a message that nobody sends. Time is virtual: this takes none of yours.");
    // One interrupt may come for nothing: it was pending already when its message was taken.
    enum gunyah_error error = GUNYAH_OK;
    while (error == GUNYAH_OK)
        error = gunyah_msgqueue_wait_not_empty(bob->queue, 50000000);
    printf("bob: %s after %.3f ms\n", gunyah_error_name(error), (double)(gunyah_sim_now(sim) - before) / 1e6);
}

static void explain(const char *who, struct gunyah *g)
{
    const struct gunyah_error_info *info = gunyah_last_error(g);

    printf("%s: %s\n", who, gunyah_error_name(info->error));
    printf("  where    %s, %s\n", info->call,
           info->domain == GUNYAH_DOMAIN_HYPERVISOR ? "refused by the hypervisor" : "refused by the library");
    printf("  code     %lld\n", (long long)info->code);
    printf("  what     %s\n", info->text);
    printf("  to do    %s\n", info->advice);
}

static void mistakes(struct side *alice, struct side *bob)
{
    char text[MESSAGE_SIZE + 1] = {0};

    say("Two mistakes: bob sends on a queue that he may only receive from, and alice sends one byte too many.");
    if (gunyah_msgqueue_send(bob->queue, text, 1, 0, NULL) != GUNYAH_OK)
        explain("bob", bob->g);
    if (gunyah_msgqueue_send(alice->queue, text, sizeof(text), 0, NULL) != GUNYAH_OK)
        explain("alice", alice->g);
}

int main(void)
{
    struct gunyah_sim *sim = NULL;
    struct side alice = {0};
    struct side bob = {0};
    struct gunyah_identity who = GUNYAH_IDENTITY_INIT;
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_sim_doorbell bell = GUNYAH_SIM_DOORBELL_INIT;

    must(NULL, gunyah_sim_create(NULL, &sim));
    alice.vm = queue.from = bell.from = add_vm(sim, "alice");
    bob.vm = queue.to = bell.to = add_vm(sim, "bob");
    queue.depth = DEPTH;
    queue.message_size = MESSAGE_SIZE;
    queue.send_virq = not_full;
    queue.receive_virq = not_empty;
    bell.virq = bell_virq;
    must(NULL, gunyah_sim_connect_msgqueue(sim, &queue));
    must(NULL, gunyah_sim_connect_doorbell(sim, &bell));
    open_side(&alice, queue.send_cap, bell.send_cap);
    open_side(&bob, queue.receive_cap, bell.receive_cap);

    must(alice.g, gunyah_identify(alice.g, &who));
    printf("Gunyah API version %u, variant 0x%02x, through \"%s\", %s convention.\n", who.api_version,
           (unsigned)who.variant, who.backend, who.convention == GUNYAH_CONVENTION_SMCCC ? "SMCCC" : "immediate");
    must(NULL, gunyah_sim_set_trace(sim, print_trace, NULL));
    messages(&alice, &bob);
    doorbells(&alice, &bob);
    fill(&alice, &bob);
    time_out(sim, &bob);
    mistakes(&alice, &bob);

    printf("\n%.3f ms of virtual time; alice made %llu calls, bob %llu.\n", (double)gunyah_sim_now(sim) / 1e6,
           (unsigned long long)gunyah_call_count(alice.g), (unsigned long long)gunyah_call_count(bob.g));
    must(alice.g, gunyah_close(&alice.g));
    must(bob.g, gunyah_close(&bob.g));
    must(NULL, gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
