// SPDX-License-Identifier: BSD-3-Clause
#include "pair.h"

#include "../semihosting.h"

#include <string.h>

struct pair_self self;

static struct gunyah_baremetal baremetal;

static void fail(struct target *target, const char *file, int line, const char *expression, uint64_t got,
                 uint64_t expected)
{
    (void)target;
    guest_tell_failure(file, line, expression, got, expected);
}

static const struct target_ops ops = {.fail = fail};

static bool open_session(const struct guest_arguments *arguments)
{
    static struct gunyah_arena arena;
    static _Alignas(16) unsigned char memory[8192];
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    struct gunyah_baremetal_options hooks = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    hooks.wait = guest_wait;
    hooks.has_smc = true;
    hooks.probe_immediate = true;
    options.backend = gunyah_baremetal_backend(&hooks, &baremetal);
    options.convention = arguments->convention;
    options.conduit = arguments->conduit;
    options.allocator = &allocator;
    return gunyah_open(&options, &self.g) == GUNYAH_OK;
}

static bool open_queues(void)
{
    struct gunyah_msgqueue_options out = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue_options in = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    out.cap = gunyah_capid(self.wiring.queue_out);
    out.message_size = EL2_WIRING_MESSAGE_SIZE;
    out.send_virq = gunyah_virq((uint32_t)self.wiring.not_full_virq);
    in.cap = gunyah_capid(self.wiring.queue_in);
    in.message_size = EL2_WIRING_MESSAGE_SIZE;
    in.receive_virq = gunyah_virq((uint32_t)self.wiring.not_empty_virq);
    return guest_set_trigger(out.send_virq.value, true) && guest_set_trigger(in.receive_virq.value, true) &&
           gunyah_msgqueue_open(self.g, &out, &self.out) == GUNYAH_OK &&
           gunyah_msgqueue_open(self.g, &in, &self.in) == GUNYAH_OK;
}

static bool open_doorbells(void)
{
    struct gunyah_doorbell_options out = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell_options in = GUNYAH_DOORBELL_OPTIONS_INIT;

    out.cap = gunyah_capid(self.wiring.bell_out);
    in.cap = gunyah_capid(self.wiring.bell_in);
    in.virq = gunyah_virq((uint32_t)self.wiring.bell_virq);
    return guest_set_trigger(in.virq.value, true) && gunyah_doorbell_open(self.g, &out, &self.bell_out) == GUNYAH_OK &&
           gunyah_doorbell_open(self.g, &in, &self.bell_in) == GUNYAH_OK;
}

void pair_open(const struct el2_wiring *wiring, const struct guest_arguments *arguments)
{
    self.target.ops = &ops;
    self.wiring = *wiring;
    if (open_session(arguments) && open_queues() && open_doorbells())
        return;
    semihosting_write("pair: the session cannot be opened\n");
    semihosting_exit(1);
}

uint64_t pair_now(void)
{
    return baremetal.ops.now(&baremetal);
}

bool pair_yield(struct target *target)
{
    const gunyah_scheduler_yield_control_t to_anybody = {0};

    EXPECT_EQ(gunyah_hypercall_scheduler_yield(self.g, to_anybody, 0), GUNYAH_HVERR_OK);
    return true;
}

bool pair_send(struct target *target, const void *message, size_t size)
{
    EXPECT_OK(gunyah_msgqueue_send(self.out, message, size, 0, NULL));
    return true;
}

enum gunyah_error pair_look(void *message, size_t size)
{
    unsigned char buffer[EL2_WIRING_MESSAGE_SIZE];
    size_t received = 0;
    const enum gunyah_error error = gunyah_msgqueue_receive(self.in, buffer, sizeof(buffer), &received, NULL);

    if (error == GUNYAH_OK && received != size)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (error == GUNYAH_OK)
        memcpy(message, buffer, size);
    return error;
}

bool pair_receive(struct target *target, void *message, size_t size)
{
    enum gunyah_error error = pair_look(message, size);

    while (error == GUNYAH_ERR_EMPTY) {
        EXPECT_OK(gunyah_msgqueue_wait_not_empty(self.in, PAIR_LONG));
        error = pair_look(message, size);
    }
    EXPECT_OK(error);
    return true;
}
