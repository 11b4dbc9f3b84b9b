// SPDX-License-Identifier: BSD-3-Clause
// Runs cases of the suite, and those that there are only here. Arguments: smccc or immediate, hvc or smc, and a case or
// an object whose cases are wanted; and watchdogs, for a hypervisor that has some. The exit status is 0 when there are some and all pass.
#include "guest.h"

#include "../semihosting.h"

struct results {
    uint64_t all;   // cases that there are
    uint64_t cases; // that were wanted
    uint64_t failures;
};

static void run_suite(const struct conformance_suite *suite, const struct guest_arguments *arguments,
                      struct results *results)
{
    results->all += suite->count;
    for (size_t i = 0; i < suite->count; i++) {
        const struct conformance_case *testcase = &suite->cases[i];
        if (!guest_wants(arguments, testcase->name))
            continue;
        const bool passed = guest_run(testcase, arguments);
        results->cases++;
        results->failures += !passed;
        semihosting_write(passed ? "passed " : "FAILED ");
        semihosting_write(testcase->name);
        semihosting_write("\n");
    }
}

_Noreturn void guest_main(const void *device_tree, const struct el2_wiring *wiring)
{
    struct guest_arguments arguments;
    struct results results = {0, 0, 0};

    (void)device_tree;
    if (wiring != NULL) {
        semihosting_write("guest: the suite speaks for all VMs and is to be alone\n");
        semihosting_exit(1);
    }
    guest_read_arguments(&arguments);
    for (const struct conformance_suite *const *suite = conformance_suites; *suite != NULL; suite++)
        run_suite(*suite, &arguments, &results);
    run_suite(&guest_baremetal, &arguments, &results);
    run_suite(&guest_controller, &arguments, &results);
    run_suite(&guest_immediates, &arguments, &results);
    run_suite(&guest_isolation, &arguments, &results);
    run_suite(&guest_libc, &arguments, &results);
    run_suite(&guest_registers, &arguments, &results);
    run_suite(&guest_stops, &arguments, &results);
    run_suite(&guest_watchdogs, &arguments, &results);
    semihosting_write_decimal(results.cases);
    semihosting_write(" of ");
    semihosting_write_decimal(results.all);
    semihosting_write(" cases, ");
    semihosting_write_decimal(results.failures);
    semihosting_write(" failures\n");
    semihosting_exit(results.cases == 0 || results.failures != 0);
}
