// SPDX-License-Identifier: BSD-3-Clause
// A program of somebody else: a simulated VM, a session in it, and who answers. Compiled as C and as C++.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <stdio.h>
#include <string.h>

static int identify(struct gunyah *g)
{
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
    if (gunyah_identify(g, &identity) != GUNYAH_OK || strcmp(identity.backend, "sim") != 0)
        return 1;
    printf("libgunyah %s: API version %u\n", gunyah_version_string(), (unsigned)identity.api_version);
    return identity.api_version == 1 ? 0 : 1;
}

int main(void)
{
    if (gunyah_version() != GUNYAH_VERSION)
        return 1;

    struct gunyah_sim *sim = NULL;
    struct gunyah_sim_vm *vm = NULL;
    struct gunyah *g = NULL;
    struct gunyah_sim_vm_options vm_options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_open_options open_options = GUNYAH_OPEN_OPTIONS_INIT;
    vm_options.name = "consumer";
    if (gunyah_sim_create(NULL, &sim) != GUNYAH_OK || gunyah_sim_add_vm(sim, &vm_options, &vm) != GUNYAH_OK)
        return 1;
    open_options.backend = gunyah_sim_backend(vm);
    if (gunyah_open(&open_options, &g) != GUNYAH_OK)
        return 1;

    int result = identify(g);
    if (gunyah_close(&g) != GUNYAH_OK || gunyah_sim_destroy(&sim) != GUNYAH_OK)
        return 1;
    return result;
}
