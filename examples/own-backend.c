// SPDX-License-Identifier: BSD-3-Clause
// A backend of one's own, and the automatic choice among several: docs/porting.md explains it.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <stdio.h>
#include <stdlib.h>

struct toy {
    bool present;
    uint64_t flags;
};

static bool probe(void *context)
{
    const struct toy *toy = context;

    return toy->present;
}

static void answer(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *r)
{
    struct toy *toy = context;

    (void)conduit;
    if (immediate != 0) {
        r->x[0] = UINT64_MAX; // nobody knows this instruction
        return;
    }
    switch (r->x[0]) {
    case GUNYAH_SMCCC_HYP_UID:
        *r = (struct gunyah_registers){{GUNYAH_UID_OPEN_0, GUNYAH_UID_OPEN_1, GUNYAH_UID_OPEN_2, GUNYAH_UID_OPEN_3}};
        break;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY:
        *r = (struct gunyah_registers){{1, GUNYAH_HYP_API_FLAGS0_DOORBELL_MASK}};
        break;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_DOORBELL_SEND:
        r->x[0] = GUNYAH_HVERR_OK;
        r->x[1] = toy->flags;
        toy->flags |= r->x[2];
        break;
    default:
        r->x[0] = UINT64_MAX; // unknown function: all ones, as SMCCC says
        break;
    }
}

static const struct gunyah_backend_ops toy_ops = {
    .size = sizeof(toy_ops),
    .name = "toy",
    .capabilities = GUNYAH_BACKEND_CALL,
    .probe = probe,
    .call = answer,
};

static int failed(enum gunyah_error error, struct gunyah *g)
{
    const struct gunyah_error_info *info = gunyah_last_error(g);

    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), info != NULL ? info->advice : gunyah_error_text(error));
    return EXIT_FAILURE;
}

// Ring twice on whatever hypervisor is found.
static int ring(const struct gunyah_open_options *options, gunyah_capid_t cap)
{
    struct gunyah_doorbell_options bell_options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
    struct gunyah_doorbell *bell = NULL;
    struct gunyah *g = NULL;
    uint64_t old = 0;

    enum gunyah_error error = gunyah_open(options, &g);
    if (error != GUNYAH_OK)
        return failed(error, g);
    bell_options.cap = cap;
    gunyah_identify(g, &identity);
    error = gunyah_doorbell_open(g, &bell_options, &bell);
    if (error == GUNYAH_OK)
        error = gunyah_doorbell_send(bell, 0x4, NULL);
    if (error == GUNYAH_OK)
        error = gunyah_doorbell_send(bell, 0x2, &old);
    if (error != GUNYAH_OK)
        return failed(error, g);
    printf("%s: flags before the second ring 0x%llx\n", identity.backend, (unsigned long long)old);
    return gunyah_close(&g) == GUNYAH_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(void)
{
    struct toy toy = {true, 0};
    const struct gunyah_backend toy_backend = {&toy_ops, &toy};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;
    struct gunyah_sim_vm *vm = NULL;
    struct gunyah_sim *sim = NULL;

    if (gunyah_sim_create(NULL, &sim) || gunyah_sim_add_vm(sim, NULL, &vm))
        return EXIT_FAILURE;
    wire.from = wire.to = vm;
    if (gunyah_sim_connect_doorbell(sim, &wire))
        return EXIT_FAILURE;

    const struct gunyah_backend *candidates[] = {&toy_backend, gunyah_sim_backend(vm)};

    options.candidates = candidates;
    options.candidate_count = 2;
    if (ring(&options, wire.send_cap))
        return EXIT_FAILURE;
    toy.present = false;
    if (ring(&options, wire.send_cap))
        return EXIT_FAILURE;
    return gunyah_sim_destroy(&sim) == GUNYAH_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
