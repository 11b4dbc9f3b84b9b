// SPDX-License-Identifier: BSD-3-Clause
// Recipes for sessions, objects of the hypervisor, and tests. docs/cookbook.md explains them. Two simulated VMs, alice and bob, share a
// queue and a doorbell; alice may also make objects.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 2
#define MESSAGE_SIZE 32
#define MS UINT64_C(1000000)
#define STOP UINT64_C(0x1)
#define WORK UINT64_C(0x2)

struct side {
    struct gunyah_sim_vm *vm;
    struct gunyah *g;
    struct gunyah_msgqueue *queue;
    struct gunyah_doorbell *bell;
};

// Ends the program when something that cannot fail here failed.
static void must(enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

static void who_answers(struct gunyah *g)
{
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    must(gunyah_identify(g, &identity));
    printf("%s, API %" PRIu32 ", %s; doorbells: %s\n", identity.backend, identity.api_version,
           identity.convention == GUNYAH_CONVENTION_SMCCC ? "SMCCC" : "immediate",
           gunyah_has(g, GUNYAH_FEATURE_DOORBELL) ? "yes" : "no");
}

// What there is: a driver, the hypervisor itself; at last, a simulated VM, so that the program runs anywhere.
static enum gunyah_error open_anywhere(const struct gunyah_backend *const *backends, size_t count, struct gunyah **g)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.candidates = backends;
    options.candidate_count = count;
    return gunyah_open(&options, g);
}

static enum gunyah_error open_without_heap(struct gunyah_arena *arena, const struct gunyah_backend *backend,
                                           struct gunyah **g)
{
    static unsigned char memory[8192];
    const struct gunyah_allocator allocator = gunyah_arena_allocator(arena, memory, sizeof(memory));
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.backend = backend;
    options.allocator = &allocator;
    return gunyah_open(&options, g);
}

static void complain(struct gunyah *g)
{
    const struct gunyah_error_info *info = gunyah_last_error(g);

    printf("%s: %s. %s\n", info->call, info->text, info->advice);
}

static enum gunyah_error send(struct gunyah_msgqueue *queue, const void *data, size_t size, uint64_t timeout_ns)
{
    enum gunyah_error error = gunyah_msgqueue_send(queue, data, size, 0, NULL);

    while (error == GUNYAH_ERR_FULL) {
        error = gunyah_msgqueue_wait_not_full(queue, timeout_ns);
        if (error == GUNYAH_OK)
            error = gunyah_msgqueue_send(queue, data, size, 0, NULL);
    }
    return error;
}

static enum gunyah_error receive(struct gunyah_msgqueue *queue, char *buffer, size_t *size, uint64_t timeout_ns)
{
    enum gunyah_error error = gunyah_msgqueue_receive(queue, buffer, MESSAGE_SIZE, size, NULL);

    while (error == GUNYAH_ERR_EMPTY) {
        error = gunyah_msgqueue_wait_not_empty(queue, timeout_ns);
        if (error == GUNYAH_OK)
            error = gunyah_msgqueue_receive(queue, buffer, MESSAGE_SIZE, size, NULL);
    }
    return error;
}

static enum gunyah_error serve(struct side *side, const gunyah_virq_t virqs[2])
{
    char message[MESSAGE_SIZE];
    uint64_t flags = 0;
    size_t size;

    // An interrupt says "look again": everything is drained before the next wait.
    while ((flags & STOP) == 0) {
        const enum gunyah_error error = gunyah_wait(side->g, virqs, 2, 10 * MS, NULL);
        if (error != GUNYAH_OK)
            return error;
        while (gunyah_msgqueue_receive(side->queue, message, sizeof(message), &size, NULL) == GUNYAH_OK)
            printf("bob has \"%.*s\"\n", (int)size, message);
        must(gunyah_doorbell_receive(side->bell, STOP | WORK, &flags));
    }
    return GUNYAH_OK;
}

static void only_some_flags(struct gunyah_doorbell *bell)
{
    must(gunyah_doorbell_mask(bell, STOP, 0)); // WORK is set and seen, and wakes nobody.
}

static struct gunyah_msgqueue *make_queue(struct gunyah_partition *partition, struct gunyah_cspace *cspace)
{
    struct gunyah_msgqueue *queue = NULL;

    must(gunyah_msgqueue_create(partition, cspace, &queue));
    must(gunyah_msgqueue_configure(queue, DEPTH, MESSAGE_SIZE));
    must(gunyah_msgqueue_activate(queue));
    return queue;
}

// Whoever has the copy may send, until it is revoked.
static void lend_a_right(struct gunyah_cspace *cspace, struct gunyah_msgqueue *queue)
{
    const gunyah_capid_t master = gunyah_msgqueue_capid(queue);
    gunyah_capid_t copy;

    must(gunyah_cspace_copy(cspace, master, cspace, GUNYAH_RIGHT_MSGQUEUE_SEND, &copy));
    must(gunyah_cspace_revoke_children(cspace, master));
    must(gunyah_cspace_delete(cspace, copy));
}

static void call_without_a_typed_function(struct gunyah *g)
{
    const struct gunyah_prng_get_entropy_result random = gunyah_hypercall_prng_get_entropy(g, 8);

    printf("prng_get_entropy: %s\n", gunyah_hverr_name(random.error));
}

// ---- What tests need -----------------------------------------------------------------------------------------------

static void show(void *context, const struct gunyah_call_event *event)
{
    if (event->number != GUNYAH_CALL_SMCCC)
        fprintf(context, "  %s\n", gunyah_call_name(event->number));
}

static struct gunyah *open_observed(const struct gunyah_backend *backend, FILE *file)
{
    const struct gunyah_observer observer = {file, NULL, show};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    options.backend = backend;
    options.observer = &observer;
    must(gunyah_open(&options, &g));
    return g;
}

static uint64_t calls_of(struct gunyah *g, struct gunyah_doorbell *bell)
{
    const uint64_t before = gunyah_call_counters(g)->by_number[GUNYAH_HYPERCALL_DOORBELL_SEND];

    must(gunyah_doorbell_send(bell, WORK, NULL));
    return gunyah_call_counters(g)->by_number[GUNYAH_HYPERCALL_DOORBELL_SEND] - before;
}

static void refuse_the_next_send(struct gunyah_sim *sim, struct gunyah_sim_vm *vm)
{
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;

    fault.vm = vm;
    fault.call = GUNYAH_HYPERCALL_MSGQUEUE_SEND;
    fault.error = GUNYAH_HVERR_CSPACE_CAP_REVOKED;
    must(gunyah_sim_add_fault(sim, &fault));
}

static void an_hour_without_waiting(struct gunyah_sim *sim, struct gunyah_doorbell *bell)
{
    const uint64_t hour = 3600 * 1000 * MS;
    const uint64_t before = gunyah_sim_now(sim);

    if (gunyah_doorbell_wait(bell, STOP, hour, NULL) == GUNYAH_ERR_TIMEOUT && gunyah_sim_now(sim) - before >= hour)
        puts("an hour has passed");
}

// Many endings of one beginning: each goes on from the same state.
static void go_back(struct gunyah_sim *sim, struct gunyah_msgqueue *queue)
{
    const size_t size = gunyah_sim_snapshot_size(sim);
    void *beginning = malloc(size);

    if (beginning == NULL)
        abort();
    must(gunyah_sim_snapshot(sim, beginning, size));
    for (char ending = 'a'; ending <= 'c'; ending++) {
        must(gunyah_msgqueue_send(queue, &ending, 1, 0, NULL));
        must(gunyah_sim_restore(sim, beginning, size));
    }
    free(beginning);
}

static void print_line(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
}

static void trace_to(struct gunyah_sim *sim, FILE *file)
{
    must(gunyah_sim_set_trace(sim, print_line, file));
}

// ---- The machine ---------------------------------------------------------------------------------------------------

static const gunyah_virq_t queue_virq = {40};
static const gunyah_virq_t bell_virq = {41};

static void open_side(struct side *side, gunyah_capid_t queue_cap, gunyah_capid_t bell_cap)
{
    struct gunyah_msgqueue_options queue = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_doorbell_options bell = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.backend = gunyah_sim_backend(side->vm);
    must(gunyah_open(&options, &side->g));
    queue.cap = queue_cap;
    queue.message_size = MESSAGE_SIZE;
    queue.send_virq = queue.receive_virq = queue_virq;
    must(gunyah_msgqueue_open(side->g, &queue, &side->queue));
    bell.cap = bell_cap;
    bell.virq = bell_virq;
    must(gunyah_doorbell_open(side->g, &bell, &side->bell));
}

static void make_machine(struct gunyah_sim **sim, struct side *alice, struct side *bob)
{
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_sim_doorbell bell = GUNYAH_SIM_DOORBELL_INIT;

    must(gunyah_sim_create(NULL, sim));
    must(gunyah_sim_add_vm(*sim, NULL, &bob->vm));
    vm.privileged = true;
    must(gunyah_sim_add_vm(*sim, &vm, &alice->vm));
    queue.from = bell.from = alice->vm;
    queue.to = bell.to = bob->vm;
    queue.depth = DEPTH;
    queue.message_size = MESSAGE_SIZE;
    queue.send_virq = queue.receive_virq = queue_virq;
    bell.virq = bell_virq;
    must(gunyah_sim_connect_msgqueue(*sim, &queue));
    must(gunyah_sim_connect_doorbell(*sim, &bell));
    open_side(alice, queue.send_cap, bell.send_cap);
    open_side(bob, queue.receive_cap, bell.receive_cap);
}

static void make_objects(struct side *alice)
{
    struct gunyah_sim_vm_info own = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_partition *partition = NULL;
    struct gunyah_cspace *cspace = NULL;

    must(gunyah_sim_get_vm_info(alice->vm, &own));
    must(gunyah_partition_open(alice->g, own.partition, &partition));
    must(gunyah_cspace_open(alice->g, own.cspace, &cspace));
    lend_a_right(cspace, make_queue(partition, cspace));
}

static void open_in_other_ways(struct gunyah_sim *sim)
{
    struct gunyah_sim_vm *vm = NULL;
    struct gunyah_arena arena;
    struct gunyah *g = NULL;

    must(gunyah_sim_add_vm(sim, NULL, &vm));
    const struct gunyah_backend *const backends[] = {gunyah_sim_backend(vm)};
    must(open_anywhere(backends, 1, &g));
    must(gunyah_close(&g));
    must(open_without_heap(&arena, backends[0], &g));
    must(gunyah_close(&g));
    g = open_observed(backends[0], stdout);
    call_without_a_typed_function(g);
    must(gunyah_close(&g));
}

static void talk(struct gunyah_sim *sim, struct side *alice, struct side *bob)
{
    const gunyah_virq_t virqs[] = {queue_virq, bell_virq};
    char message[MESSAGE_SIZE];
    size_t size = 0;

    go_back(sim, alice->queue);
    must(send(alice->queue, "one", 3, MS));
    must(send(alice->queue, "two", 3, MS));
    printf("a third message: %s\n", gunyah_error_name(send(alice->queue, "three", 5, MS)));
    must(receive(bob->queue, message, &size, MS));
    printf("bob has \"%.*s\"\n", (int)size, message);
    must(gunyah_doorbell_send(alice->bell, STOP, NULL));
    must(serve(bob, virqs));

    only_some_flags(bob->bell);
    printf("doorbell_send: %" PRIu64 " call\n", calls_of(alice->g, alice->bell));
    an_hour_without_waiting(sim, bob->bell);
    refuse_the_next_send(sim, alice->vm);
    if (send(alice->queue, "four", 4, MS) != GUNYAH_OK)
        complain(alice->g);
}

int main(void)
{
    struct gunyah_sim *sim = NULL;
    struct side alice = {0};
    struct side bob = {0};

    make_machine(&sim, &alice, &bob);
    who_answers(alice.g);
    make_objects(&alice);
    open_in_other_ways(sim);
    talk(sim, &alice, &bob);
    trace_to(sim, stdout);
    must(gunyah_doorbell_send(alice.bell, WORK, NULL));
    must(gunyah_close(&alice.g));
    must(gunyah_close(&bob.g));
    must(gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
