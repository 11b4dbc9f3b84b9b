// SPDX-License-Identifier: BSD-3-Clause
// A guest without an operating system: it sends back whatever it receives. docs/bare-metal.md explains it.
#include "echo.h"

static enum gunyah_error open_session(struct echo *echo, const struct gunyah_baremetal_options *given)
{
    struct gunyah_baremetal_options baremetal = *given;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    const enum gunyah_error error = gunyah_dt_psci_conduit(&echo->dt, &options.conduit);
    if (error != GUNYAH_OK)
        return error;
    baremetal.has_smc = options.conduit == GUNYAH_CONDUIT_SMC;
    options.backend = gunyah_baremetal_backend(&baremetal, &echo->baremetal);

    const struct gunyah_allocator allocator = gunyah_arena_allocator(&echo->arena, echo->memory, sizeof(echo->memory));
    options.allocator = &allocator;
    return gunyah_open(&options, &echo->g);
}

enum gunyah_error echo_open(struct echo *echo, const void *device_tree, size_t max_size,
                            const struct gunyah_baremetal_options *options)
{
    echo->kept = 0;
    enum gunyah_error error = gunyah_dt_open(device_tree, max_size, &echo->dt);
    if (error == GUNYAH_OK)
        error = open_session(echo, options);
    if (error == GUNYAH_OK)
        error = gunyah_msgqueue_open_label(echo->g, &echo->dt, ECHO_LABEL, true, &echo->out);
    if (error == GUNYAH_OK)
        error = gunyah_msgqueue_open_label(echo->g, &echo->dt, ECHO_LABEL, false, &echo->in);
    return error;
}

// GUNYAH_ERR_EMPTY: there is no message. GUNYAH_ERR_FULL: there is no room for it; it is kept for the next time.
static enum gunyah_error send_back_one(struct echo *echo)
{
    enum gunyah_error error = GUNYAH_OK;

    if (echo->kept == 0)
        error = gunyah_msgqueue_receive(echo->in, echo->message, sizeof(echo->message), &echo->kept, NULL);
    if (error == GUNYAH_OK)
        error = gunyah_msgqueue_send(echo->out, echo->message, echo->kept, 0, NULL);
    if (error == GUNYAH_OK)
        echo->kept = 0;
    return error;
}

static enum gunyah_error wait_for(struct echo *echo, enum gunyah_error missing, uint64_t timeout_ns)
{
    if (missing == GUNYAH_ERR_EMPTY)
        return gunyah_msgqueue_wait_not_empty(echo->in, timeout_ns);
    if (missing == GUNYAH_ERR_FULL)
        return gunyah_msgqueue_wait_not_full(echo->out, timeout_ns);
    return missing;
}

enum gunyah_error echo_serve(struct echo *echo, uint64_t timeout_ns)
{
    enum gunyah_error error = send_back_one(echo);

    // An interrupt says "look again", not how often, and may come for nothing.
    while (error != GUNYAH_OK) {
        error = wait_for(echo, error, timeout_ns);
        if (error != GUNYAH_OK)
            return error;
        error = send_back_one(echo);
    }
    while (error == GUNYAH_OK)
        error = send_back_one(echo);
    return error == GUNYAH_ERR_EMPTY || error == GUNYAH_ERR_FULL ? GUNYAH_OK : error;
}
