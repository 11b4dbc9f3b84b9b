// SPDX-License-Identifier: BSD-3-Clause
// Runs the conformance suite over instructions that a simulated machine answers.
#include "sim_target.h"
#include "trap.h"

#include <stdio.h>
#include <stdlib.h>

// The VMs of the machine that the present case has.
static struct trapped_vm vms[TARGET_VMS];

static const struct gunyah_backend *over_instructions(int place, const struct gunyah_backend *simulated)
{
    return trapped_vm_backend(&vms[place], simulated);
}

static const struct sim_manner manners[] = {
    {"SMCCC over hvc", GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC, over_instructions, false, false},
    {"SMCCC over smc", GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_SMC, over_instructions, false, false},
    {"SMCCC over smc, with watchdogs", GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_SMC, over_instructions, false, true},
    {"the immediate of hvc", GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_CONDUIT_HVC, over_instructions, false, false},
};

int main(void)
{
    size_t failed = 0;

    trap_install();
    for (size_t i = 0; i < COUNT_OF(manners); i++) {
        for (size_t place = 0; place < conformance_count(); place++) {
            const struct conformance_case *testcase = conformance_at(place);
            const bool passed = sim_target_run(testcase, &manners[i]);
            if (!passed || vms[TARGET_OWNER].machine.hvc + vms[TARGET_OWNER].machine.smc == 0) {
                printf("FAILED: %s by %s\n", testcase->name, manners[i].name);
                failed++;
            }
        }
    }
    printf("%zu cases in %zu manners, %zu failed\n", conformance_count(), COUNT_OF(manners), failed);
    return failed == 0 && conformance_count() > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
