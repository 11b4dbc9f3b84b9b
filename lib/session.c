// SPDX-License-Identifier: BSD-3-Clause
// Opening and closing.
#include "internal.h"

#include <port.h>

#include <string.h>

static const char open_name[] = "gunyah_open";

// The size first: behind it, the struct of an older backend has less than we know.
static enum gunyah_error check_operations(const struct gunyah_backend *backend)
{
    if (backend == NULL || backend->ops == NULL)
        return GUNYAH_ERR_NULL;
    const struct gunyah_backend_ops *ops = backend->ops;
    if (ops->size < sizeof(*ops))
        return GUNYAH_ERR_OPTION;
    if (ops->name == NULL)
        return GUNYAH_ERR_NULL;
    if ((ops->capabilities & GUNYAH_BACKEND_CALL) && ops->call == NULL)
        return GUNYAH_ERR_NULL;
    if ((ops->capabilities & GUNYAH_BACKEND_WAIT) && (ops->wait == NULL || ops->now == NULL))
        return GUNYAH_ERR_NULL;
    return GUNYAH_OK;
}

static enum gunyah_error check_backend(const struct gunyah_backend *backend, enum gunyah_conduit conduit)
{
    const enum gunyah_error error = check_operations(backend);

    if (error != GUNYAH_OK)
        return error;
    if (!(backend->ops->capabilities & GUNYAH_BACKEND_CALL))
        return GUNYAH_ERR_UNSUPPORTED;
    if (conduit == GUNYAH_CONDUIT_SMC && !(backend->ops->capabilities & GUNYAH_BACKEND_SMC))
        return GUNYAH_ERR_UNSUPPORTED;
    return GUNYAH_OK;
}

static enum gunyah_error choose_backend(const struct gunyah_open_options *options,
                                        const struct gunyah_backend **backend)
{
    *backend = options->backend;
    if (*backend != NULL)
        return check_backend(*backend, options->conduit);
    // Nobody asked for a choice among none: what was to make the backend has failed.
    if (options->candidates == NULL || options->candidate_count == 0)
        return GUNYAH_ERR_NULL;
    for (size_t i = 0; i < options->candidate_count; i++) {
        const struct gunyah_backend *candidate = options->candidates[i];
        const enum gunyah_error error = check_operations(candidate);
        if (error != GUNYAH_OK)
            return error;
        if (candidate->ops->probe != NULL && !candidate->ops->probe(candidate->context))
            continue;
        *backend = candidate;
        return check_backend(candidate, options->conduit);
    }
    return GUNYAH_ERR_NO_BACKEND;
}

static enum gunyah_error read_options(const struct gunyah_open_options *given, struct gunyah_open_options *options)
{
    *options = (struct gunyah_open_options)GUNYAH_OPEN_OPTIONS_INIT;
    if (given != NULL && !gunyah_internal_options(options, sizeof(*options), given))
        return GUNYAH_ERR_OPTION;
    if ((unsigned)options->convention > GUNYAH_CONVENTION_IMMEDIATE || (unsigned)options->conduit > GUNYAH_CONDUIT_SMC)
        return GUNYAH_ERR_OPTION;
    // Gunyah's immediate convention is hvc only: smc with an immediate is answered by nobody.
    if (options->convention == GUNYAH_CONVENTION_IMMEDIATE && options->conduit == GUNYAH_CONDUIT_SMC)
        return GUNYAH_ERR_OPTION;
    return GUNYAH_OK;
}

// What to do when there is no session yet; null: what is to be done anywhere.
static const char *advice_for(enum gunyah_error error)
{
    switch (error) {
    case GUNYAH_ERR_NULL:
        return "Pass a place for the session, and a backend with its operations or a list of candidates; what makes a "
               "backend returns null for options that it does not understand.";
    case GUNYAH_ERR_UNSUPPORTED:
        return "Choose a conduit and a backend that can call by it; on bare metal set has_smc, if smc reaches the "
               "hypervisor.";
    case GUNYAH_ERR_OUT_OF_MEMORY:
        return "Give an allocator, or one with more memory; without an operating system there is none but yours, such "
               "as an arena.";
    default:
        return NULL;
    }
}

static void tell(const struct gunyah_open_options *options, const struct failure *failure)
{
    if (options->error == NULL)
        return;
    gunyah_internal_explain(failure, options->error);
    const char *advice = advice_for(failure->error);
    if (advice != NULL && failure->domain == GUNYAH_DOMAIN_LIBRARY)
        options->error->advice = advice;
}

static enum gunyah_error refuse(const struct gunyah_open_options *options, enum gunyah_error error)
{
    const struct failure failure = {
        .error = error, .domain = GUNYAH_DOMAIN_LIBRARY, .code = (int32_t)error, .function = open_name};

    tell(options, &failure);
    return error;
}

static void free_session(struct gunyah *g)
{
    const struct gunyah_allocator allocator = g->allocator;

    gunyah_internal_memory_free(g);
    allocator.release(allocator.context, g, sizeof(*g));
}

// Everything that can fail once there is a session to record it in.
static enum gunyah_error start(struct gunyah *g, const struct gunyah_open_options *options)
{
    if (g->ops->open != NULL) {
        const enum gunyah_error error = g->ops->open(g->context);
        if (error != GUNYAH_OK)
            return gunyah_internal_backend_failed(g, open_name, error);
    }
    const enum gunyah_error error = gunyah_internal_identify(g, options->convention);
    if (error == GUNYAH_OK)
        gunyah_internal_leave_by_shortest_way(g);
    else if (g->ops->close != NULL)
        g->ops->close(g->context);
    return error;
}

enum gunyah_error gunyah_open(const struct gunyah_open_options *given, struct gunyah **out)
{
    struct gunyah_open_options options;
    const struct gunyah_backend *backend;

    enum gunyah_error error = read_options(given, &options);
    if (out == NULL)
        error = GUNYAH_ERR_NULL;
    else
        *out = NULL;
    if (error == GUNYAH_OK)
        error = choose_backend(&options, &backend);
    if (error != GUNYAH_OK)
        return refuse(&options, error);

    const struct gunyah_allocator allocator =
        options.allocator != NULL ? *options.allocator : gunyah_internal_default_allocator();
    struct gunyah *g = allocator.allocate(allocator.context, sizeof(*g));
    if (g == NULL)
        return refuse(&options, GUNYAH_ERR_OUT_OF_MEMORY);
    memset(g, 0, sizeof(*g));
    atomic_init(&g->waiting, false);
    g->ops = backend->ops;
    g->context = backend->context;
    g->conduit = options.conduit == GUNYAH_CONDUIT_SMC ? GUNYAH_CONDUIT_SMC : GUNYAH_CONDUIT_HVC;
    g->allocator = allocator;
    g->failure.function = "";
    gunyah_internal_leave_by_long_way(g);
    g->observed = options.observer != NULL;
    if (g->observed)
        g->observer = *options.observer;

    error = start(g, &options);
    if (error != GUNYAH_OK) {
        tell(&options, &g->failure);
        free_session(g);
        return error;
    }
    tell(&options, &g->failure);
    *out = g;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_close(struct gunyah **pointer)
{
    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    // Whoever takes the pointer closes; a second thread finds null.
    struct gunyah *g = __atomic_exchange_n(pointer, NULL, __ATOMIC_ACQ_REL);
    if (g == NULL)
        return GUNYAH_ERR_HANDLE;
    if (atomic_load(&g->waiting)) {
        __atomic_store_n(pointer, g, __ATOMIC_RELEASE);
        return GUNYAH_ERR_IN_USE;
    }
    if (g->ops->close != NULL)
        g->ops->close(g->context);
    free_session(g);
    return GUNYAH_OK;
}
