// SPDX-License-Identifier: BSD-3-Clause
// What answers on this machine is a backend.
#include "host.h"

static void hvc(void *context, uint32_t number, struct gunyah_registers *registers)
{
    (void)number;
    peer_answer(context, registers->x);
}

static void call(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *registers)
{
    (void)conduit;
    (void)immediate;
    peer_answer(context, registers->x);
}

bool host_open(struct work *work)
{
    static const struct gunyah_backend_ops ops = {
        .size = sizeof(ops), .name = "peer", .capabilities = GUNYAH_BACKEND_CALL, .call = call, .hvc = hvc};
    static struct peer peer = {.reply_size = RECEIVED_AT_LEAST};
    static const struct gunyah_backend backend = {&ops, &peer};

    return work_open(work, &backend, &peer);
}
