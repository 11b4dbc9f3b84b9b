// SPDX-License-Identifier: BSD-3-Clause
// A guest without an operating system: it sends back whatever it receives. docs/bare-metal.md explains it.
#include "echo.h"

static enum gunyah_error open_session(struct echo *echo, const char *psci_method,
                                      const struct gunyah_baremetal_options *given)
{
    struct gunyah_baremetal_options baremetal = *given;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.conduit = gunyah_baremetal_conduit(psci_method);
    baremetal.has_smc = options.conduit == GUNYAH_CONDUIT_SMC;
    options.backend = gunyah_baremetal_backend(&baremetal, &echo->baremetal);

    const struct gunyah_allocator allocator = gunyah_arena_allocator(&echo->arena, echo->memory, sizeof(echo->memory));
    options.allocator = &allocator;
    return gunyah_open(&options, &echo->g);
}

enum gunyah_error echo_open(struct echo *echo, const struct wiring *wiring,
                            const struct gunyah_baremetal_options *options)
{
    struct gunyah_msgqueue_options queue = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    enum gunyah_error error = open_session(echo, wiring->psci_method, options);
    if (error != GUNYAH_OK)
        return error;
    queue.message_size = wiring->message_size;
    queue.cap = wiring->send_cap;
    error = gunyah_msgqueue_open(echo->g, &queue, &echo->out);
    if (error != GUNYAH_OK)
        return error;
    queue.cap = wiring->receive_cap;
    queue.receive_virq = wiring->receive_virq;
    return gunyah_msgqueue_open(echo->g, &queue, &echo->in);
}

enum gunyah_error echo_serve(struct echo *echo, uint64_t timeout_ns)
{
    enum gunyah_error error;
    bool more = true;
    size_t size = 0;

    error = gunyah_msgqueue_wait_not_empty(echo->in, timeout_ns);
    while (error == GUNYAH_OK && more) {
        error = gunyah_msgqueue_receive(echo->in, echo->message, sizeof(echo->message), &size, &more);
        if (error == GUNYAH_OK)
            error = gunyah_msgqueue_send(echo->out, echo->message, size, 0, NULL);
    }
    // The interrupt may have come for a message that was taken before.
    return error == GUNYAH_ERR_EMPTY ? GUNYAH_OK : error;
}
