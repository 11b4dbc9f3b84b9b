// SPDX-License-Identifier: BSD-3-Clause
// The guest of examples/baremetal, with a simulated peer.
#include "trap.h"

#include "demo-tree.h"
#include "echo.h"

#include <gunyah/sim.h>

#include <criterion/criterion.h>
#include <libfdt.h>
#include <stdio.h>

#define MESSAGE_SIZE 240

static enum gunyah_error wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index)
{
    const struct trap_machine *machine = context;

    return machine->hypervisor->ops->wait(machine->hypervisor->context, virqs, count, timeout_ns, index);
}

static unsigned synced;

static void sync_buffer(void *context, const void *buffer, size_t size)
{
    synced++;
    gunyah_baremetal_sync_caches(context, buffer, size);
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g, gunyah_capid_t cap)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    options.cap = cap;
    options.message_size = MESSAGE_SIZE;
    cr_assert(gunyah_msgqueue_open(g, &options, &queue) == GUNYAH_OK);
    return queue;
}

// The guest, its peer, and what connects them.
struct machine {
    struct trap_machine trap;
    struct gunyah_sim *sim;
    struct gunyah *peer;
    struct gunyah_msgqueue *out;
    struct gunyah_msgqueue *in;
};

// The guest's memory need not be cleared before.
static struct echo echo;

static _Alignas(8) unsigned char tree[4096];

// The guest's device tree.
static void make_tree(const char *psci_method, const struct gunyah_sim_msgqueue *there,
                      const struct gunyah_sim_msgqueue *back)
{
    const struct demo_tree values = {.vmid = 1,
                                     .send_cap = back->send_cap.value,
                                     .receive_cap = there->receive_cap.value,
                                     .send_virq = back->send_virq.value,
                                     .receive_virq = there->receive_virq.value};
    FILE *file = fopen(TREE, "rb");

    cr_assert(file != NULL);
    const size_t size = fread(tree, 1, sizeof(tree), file);
    fclose(file);
    cr_assert(demo_tree_write(tree, size, &values));
    cr_assert(fdt_setprop_inplace(tree, fdt_path_offset(tree, "/psci"), "method", psci_method,
                                  (int)strlen(psci_method) + 1) == 0);
}

static void start(struct machine *machine, const char *psci_method, uint32_t depth_back)
{
    struct gunyah_sim_msgqueue there = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_baremetal_options given = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    *machine = (struct machine){0};
    trap_install();
    trap_enter(&machine->trap);
    cr_assert(gunyah_sim_create(NULL, &machine->sim) == GUNYAH_OK);
    cr_assert(gunyah_sim_add_vm(machine->sim, NULL, &there.from) == GUNYAH_OK);
    cr_assert(gunyah_sim_add_vm(machine->sim, NULL, &there.to) == GUNYAH_OK);
    there.depth = 4;
    there.message_size = MESSAGE_SIZE;
    struct gunyah_sim_msgqueue back = there;
    back.from = there.to;
    back.to = there.from;
    back.depth = depth_back;
    back.send_virq = gunyah_virq(50);
    there.receive_virq = gunyah_virq(40);
    cr_assert(gunyah_sim_connect_msgqueue(machine->sim, &there) == GUNYAH_OK);
    cr_assert(gunyah_sim_connect_msgqueue(machine->sim, &back) == GUNYAH_OK);
    machine->trap.hypervisor = gunyah_sim_backend(there.to);
    options.backend = gunyah_sim_backend(there.from);
    cr_assert(gunyah_open(&options, &machine->peer) == GUNYAH_OK);
    machine->out = open_queue(machine->peer, there.send_cap);
    machine->in = open_queue(machine->peer, back.receive_cap);

    make_tree(psci_method, &there, &back);
    given.context = &machine->trap;
    given.wait = wait;
    given.sync = sync_buffer;
    memset(&echo, 0xa5, sizeof(echo));
    cr_assert(echo_open(&echo, tree, sizeof(tree), &given) == GUNYAH_OK);
}

static void stop(struct machine *machine)
{
    cr_assert(gunyah_close(&echo.g) == GUNYAH_OK);
    cr_assert(gunyah_close(&machine->peer) == GUNYAH_OK);
    cr_assert(gunyah_sim_destroy(&machine->sim) == GUNYAH_OK);
}

// The answer is there, and is what was sent.
static void expect_answer(const struct machine *machine, const char *message, size_t size)
{
    char answer[MESSAGE_SIZE];
    size_t got = 0;

    cr_assert(gunyah_msgqueue_receive(machine->in, answer, sizeof(answer), &got, NULL) == GUNYAH_OK);
    cr_assert(got == size && memcmp(message, answer, size) == 0);
}

static void converse(const char *psci_method)
{
    struct machine machine;
    char message[MESSAGE_SIZE];

    start(&machine, psci_method, 4);
    for (unsigned char i = 0; i < 4; i++) {
        synced = 0;
        memset(message, 'a' + i, sizeof(message));
        cr_assert(gunyah_msgqueue_send(machine.out, message, sizeof(message) - i, 0, NULL) == GUNYAH_OK);
        cr_assert(echo_serve(&echo, 1000000) == GUNYAH_OK);
        expect_answer(&machine, message, sizeof(message) - i);
        // Twice for a message that is received and for the look that finds none, once for the one that is sent.
        cr_assert(synced == 2 + 1 + 2);
    }
    // An interrupt is left of messages that were found by looking, and there is nothing for it.
    cr_assert(echo_serve(&echo, 1000000) == GUNYAH_ERR_TIMEOUT);
    stop(&machine);
}

Test(example, echo_by_hvc)
{
    converse("hvc");
}

Test(example, echo_by_smc)
{
    converse("smc");
}

// Room for one answer, and three to give: none is lost, and they stay in order.
Test(example, echo_into_a_full_queue)
{
    static const char *const messages[] = {"one", "two", "3rd"};
    struct machine machine;

    start(&machine, "hvc", 1);
    for (size_t i = 0; i < 3; i++)
        cr_assert(gunyah_msgqueue_send(machine.out, messages[i], 4, 0, NULL) == GUNYAH_OK);
    cr_assert(echo_serve(&echo, 1000000) == GUNYAH_OK);
    // Nobody takes the answer.
    cr_assert(echo_serve(&echo, 1000000) == GUNYAH_ERR_TIMEOUT);
    for (size_t i = 0; i < 3; i++) {
        expect_answer(&machine, messages[i], 4);
        cr_assert(echo_serve(&echo, 1000000) == (i < 2 ? GUNYAH_OK : GUNYAH_ERR_TIMEOUT));
    }
    stop(&machine);
}
