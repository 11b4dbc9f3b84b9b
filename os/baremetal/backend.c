// SPDX-License-Identifier: BSD-3-Clause
// The seam "make this hypercall", by instructions.
#include "baremetal_internal.h"

#include <gunyah/conduit.h>

#include <options.h>
#include <string.h>

static void backend_call(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                         struct gunyah_registers *registers)
{
    const uint32_t number = (uint32_t)immediate - GUNYAH_IMMEDIATE_BASE;

    (void)context;
    if (immediate == 0 && conduit == GUNYAH_CONDUIT_SMC)
        gunyah_conduit_smc(registers->x);
    else if (immediate == 0)
        gunyah_conduit_hvc(registers->x);
    else if (number < GUNYAH_CONDUIT_IMMEDIATES && conduit != GUNYAH_CONDUIT_SMC)
        gunyah_conduit_hvc_immediate(number, registers->x);
    else
        registers->x[0] = UINT64_MAX; // no hypervisor knows such an instruction
}

static void backend_hvc(void *context, uint32_t number, struct gunyah_registers *registers)
{
    (void)context;
    (void)number;
    gunyah_conduit_hvc(registers->x);
}

static enum gunyah_error backend_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                                      size_t *index)
{
    const struct gunyah_baremetal_options *options = &((const struct gunyah_baremetal *)context)->options;

    return options->wait(options->context, virqs, count, timeout_ns, index);
}

static uint64_t backend_now(void *context)
{
    const struct gunyah_baremetal_options *options = &((const struct gunyah_baremetal *)context)->options;

    return options->now(options->context);
}

static void backend_sync(void *context, const void *buffer, size_t size)
{
    const struct gunyah_baremetal_options *options = &((const struct gunyah_baremetal *)context)->options;

    options->sync(options->context, buffer, size);
}

// False: smaller than what this version knows, or what it does not know is not zero.
static bool read_options(const struct gunyah_baremetal_options *given, struct gunyah_baremetal_options *options)
{
    *options = (struct gunyah_baremetal_options)GUNYAH_BAREMETAL_OPTIONS_INIT;
    if (given == NULL)
        return true;
    if (!options_known(given, given->size, sizeof(*options)))
        return false;
    memcpy(options, given, sizeof(*options));
    return true;
}

static uint32_t capabilities(const struct gunyah_baremetal_options *options)
{
    uint32_t bits = GUNYAH_BACKEND_CALL;

    if (options->wait != NULL || gunyah_internal_baremetal_has_gic())
        bits |= GUNYAH_BACKEND_WAIT;
    if (options->has_smc)
        bits |= GUNYAH_BACKEND_SMC;
    if (options->probe_immediate)
        bits |= GUNYAH_BACKEND_PROBE_IMMEDIATE;
    return bits;
}

const struct gunyah_backend *gunyah_baremetal_backend(const struct gunyah_baremetal_options *given,
                                                      struct gunyah_baremetal *baremetal)
{
    if (baremetal == NULL || !read_options(given, &baremetal->options))
        return NULL;
    const struct gunyah_baremetal_options *options = &baremetal->options;
    baremetal->ops = (struct gunyah_backend_ops){
        .size = sizeof(baremetal->ops),
        .name = "baremetal",
        .capabilities = capabilities(options),
        .call = backend_call,
        .hvc = backend_hvc,
        .wait = options->wait != NULL ? backend_wait : gunyah_internal_baremetal_gic_wait,
        .now = options->now != NULL ? backend_now : gunyah_internal_baremetal_now,
        .sync = options->sync != NULL ? backend_sync : NULL,
    };
    baremetal->backend = (struct gunyah_backend){&baremetal->ops, baremetal};
    return &baremetal->backend;
}

enum gunyah_conduit gunyah_baremetal_conduit(const char *method)
{
    if (method == NULL || strlen(method) != 3)
        return GUNYAH_CONDUIT_DEFAULT;
    if (memcmp(method, "hvc", 3) == 0)
        return GUNYAH_CONDUIT_HVC;
    return memcmp(method, "smc", 3) == 0 ? GUNYAH_CONDUIT_SMC : GUNYAH_CONDUIT_DEFAULT;
}
