// SPDX-License-Identifier: BSD-3-Clause
// The guest of examples/baremetal, with a simulated peer.
#include "trap.h"

#include "echo.h"

#include <gunyah/sim.h>

#include <criterion/criterion.h>

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

static void converse(const char *psci_method)
{
    static struct echo echo;
    struct gunyah_sim_msgqueue there = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_baremetal_options given = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct trap_machine machine = {0};
    struct gunyah_sim *sim = NULL;
    struct gunyah *peer = NULL;
    char message[MESSAGE_SIZE];
    char answer[MESSAGE_SIZE];
    size_t size = 0;

    trap_install();
    trap_enter(&machine);
    cr_assert(gunyah_sim_create(NULL, &sim) == GUNYAH_OK);
    cr_assert(gunyah_sim_add_vm(sim, NULL, &there.from) == GUNYAH_OK);
    cr_assert(gunyah_sim_add_vm(sim, NULL, &there.to) == GUNYAH_OK);
    there.depth = 4;
    there.message_size = MESSAGE_SIZE;
    struct gunyah_sim_msgqueue back = there;
    back.from = there.to;
    back.to = there.from;
    there.receive_virq = gunyah_virq(40);
    cr_assert(gunyah_sim_connect_msgqueue(sim, &there) == GUNYAH_OK);
    cr_assert(gunyah_sim_connect_msgqueue(sim, &back) == GUNYAH_OK);
    machine.hypervisor = gunyah_sim_backend(there.to);
    options.backend = gunyah_sim_backend(there.from);
    cr_assert(gunyah_open(&options, &peer) == GUNYAH_OK);
    struct gunyah_msgqueue *out = open_queue(peer, there.send_cap);
    struct gunyah_msgqueue *in = open_queue(peer, back.receive_cap);

    const struct wiring wiring = {psci_method, back.send_cap, there.receive_cap, there.receive_virq, MESSAGE_SIZE};
    given.context = &machine;
    given.wait = wait;
    given.sync = sync_buffer;
    cr_assert(echo_open(&echo, &wiring, &given) == GUNYAH_OK);
    synced = 0;
    for (unsigned char i = 0; i < 4; i++) {
        memset(message, 'a' + i, sizeof(message));
        cr_assert(gunyah_msgqueue_send(out, message, sizeof(message) - i, 0, NULL) == GUNYAH_OK);
        cr_assert(echo_serve(&echo, 1000000) == GUNYAH_OK);
        cr_assert(gunyah_msgqueue_receive(in, answer, sizeof(answer), &size, NULL) == GUNYAH_OK);
        cr_assert(size == sizeof(message) - i && memcmp(message, answer, size) == 0);
    }
    cr_assert(synced == 4 * 3);
    // One interrupt may be left of a message that was taken at once.
    enum gunyah_error error = echo_serve(&echo, 1000000);
    if (error == GUNYAH_OK)
        error = echo_serve(&echo, 1000000);
    cr_assert(error == GUNYAH_ERR_TIMEOUT);
    cr_assert(gunyah_close(&echo.g) == GUNYAH_OK);
    cr_assert(gunyah_close(&peer) == GUNYAH_OK);
    cr_assert(gunyah_sim_destroy(&sim) == GUNYAH_OK);
}

Test(example, echo_by_hvc)
{
    converse("hvc");
}

Test(example, echo_by_smc)
{
    converse("smc");
}
