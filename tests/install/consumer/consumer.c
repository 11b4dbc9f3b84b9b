// SPDX-License-Identifier: BSD-3-Clause
// A program of somebody else: a simulated VM, a session in it, who answers, and whether device trees can be read: DEVICE_TREE is
// ON or OFF. Compiled as C and as C++.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <stdio.h>
#include <string.h>

#define ON 1
#define OFF 0

#if DEVICE_TREE
#include <gunyah/dt.h>

// Bytes that are no device tree are refused.
static bool device_trees_are_read(void)
{
    static const uint64_t bytes[8] = {0};
    struct gunyah_dt dt;

    return gunyah_dt_open(bytes, sizeof(bytes), &dt) == GUNYAH_ERR_DEVICE_TREE &&
           gunyah_dt_last_problem(&dt)->text != NULL;
}
#else
static bool device_trees_are_read(void)
{
    return false;
}
#endif

static int identify(struct gunyah *g)
{
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
    if (gunyah_identify(g, &identity) != GUNYAH_OK || strcmp(identity.backend, "sim") != 0)
        return 1;
    printf("libgunyah %s: API version %u\n", gunyah_version_string(), (unsigned)identity.api_version);
    if (gunyah_has(g, GUNYAH_FEATURE_DEVICE_TREE) != DEVICE_TREE || device_trees_are_read() != DEVICE_TREE)
        return 1;
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
