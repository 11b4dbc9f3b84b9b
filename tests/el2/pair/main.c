// SPDX-License-Identifier: BSD-3-Clause
// Runs one case, as one of two VMs. Arguments: smccc or immediate, hvc or smc, and the case. The machine ends with
// success when both VMs pass.
#include "pair.h"

#include "../semihosting.h"

static const struct pair_suite *const suites[] = {
    &pair_context, &pair_doorbells, &pair_isolation, &pair_messages, &pair_power, &pair_waits,
};

static const struct pair_case *find(const struct guest_arguments *arguments)
{
    size_t count = 0;

    for (size_t suite = 0; suite < COUNT_OF(suites); suite++) {
        for (size_t i = 0; i < suites[suite]->count; i++) {
            if (guest_wants(arguments, suites[suite]->cases[i].name))
                return &suites[suite]->cases[i];
        }
        count += suites[suite]->count;
    }
    semihosting_write("pair: none of ");
    semihosting_write_decimal(count);
    semihosting_write(" cases is wanted\n");
    semihosting_exit(1);
}

_Noreturn void guest_main(const void *device_tree, const struct el2_wiring *wiring)
{
    struct guest_arguments arguments;
    struct guest_state passed = {.x = {0}};

    (void)device_tree;
    if (wiring == NULL) {
        semihosting_write("pair: it is to run twice, as two VMs\n");
        semihosting_exit(1);
    }
    guest_read_arguments(&arguments);
    const struct pair_case *testcase = find(&arguments);
    pair_open(wiring, &arguments);
    const bool ok = testcase->parts[wiring->place](&self.target);
    semihosting_write(ok ? "passed " : "FAILED ");
    semihosting_write(testcase->name);
    semihosting_write(" in VM ");
    semihosting_write_decimal(wiring->place);
    semihosting_write("\n");
    if (ok)
        guest_pass(&passed);
    semihosting_exit(1);
}
