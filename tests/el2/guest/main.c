// SPDX-License-Identifier: BSD-3-Clause
// Runs cases of the suite, and those that there are only here. Arguments: smccc or immediate, hvc or smc, and a case or
// an object whose cases are wanted. The exit status is 0 when there are some and all pass.
#include "guest.h"

#include "../semihosting.h"

#include <string.h>

#define MAX_ARGUMENTS 4

_Noreturn void guest_main(void);

struct manner {
    enum gunyah_convention convention;
    enum gunyah_conduit conduit;
    const char *wanted;
};

struct results {
    uint64_t all;   // cases that there are
    uint64_t cases; // that were wanted
    uint64_t failures;
};

// Cut at the blanks.
static size_t split(char *line, const char *arguments[MAX_ARGUMENTS])
{
    size_t count = 0;

    for (char *place = line; *place != '\0'; place++) {
        if (*place == ' ')
            *place = '\0';
        else if ((place == line || place[-1] == '\0') && count < MAX_ARGUMENTS)
            arguments[count++] = place;
    }
    return count;
}

static bool is_equal(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && memcmp(a, b, strlen(a)) == 0;
}

static bool read_manner(size_t count, const char *const arguments[], struct manner *manner)
{
    if (count != 3)
        return false;
    manner->convention = is_equal(arguments[0], "smccc") ? GUNYAH_CONVENTION_SMCCC : GUNYAH_CONVENTION_IMMEDIATE;
    manner->conduit = is_equal(arguments[1], "smc") ? GUNYAH_CONDUIT_SMC : GUNYAH_CONDUIT_HVC;
    manner->wanted = arguments[2];
    return (manner->convention == GUNYAH_CONVENTION_SMCCC || is_equal(arguments[0], "immediate")) &&
           (manner->conduit == GUNYAH_CONDUIT_SMC || is_equal(arguments[1], "hvc"));
}

// Is it the wanted case, or one of the wanted object?
static bool is_wanted(const struct conformance_case *testcase, const char *wanted)
{
    const size_t length = strlen(wanted);

    return strlen(testcase->name) >= length && memcmp(testcase->name, wanted, length) == 0 &&
           (testcase->name[length] == '.' || testcase->name[length] == '\0');
}

static void run_suite(const struct conformance_suite *suite, const struct manner *manner, struct results *results)
{
    results->all += suite->count;
    for (size_t i = 0; i < suite->count; i++) {
        const struct conformance_case *testcase = &suite->cases[i];
        if (!is_wanted(testcase, manner->wanted))
            continue;
        const bool passed = guest_run(testcase, manner->convention, manner->conduit);
        results->cases++;
        results->failures += !passed;
        semihosting_write(passed ? "passed " : "FAILED ");
        semihosting_write(testcase->name);
        semihosting_write("\n");
    }
}

_Noreturn void guest_main(void)
{
    static char line[128];
    const char *arguments[MAX_ARGUMENTS];
    struct manner manner;
    struct results results = {0, 0, 0};

    if (!semihosting_command_line(line, sizeof(line)) || !read_manner(split(line, arguments), arguments, &manner)) {
        semihosting_write("guest: three arguments are wanted: smccc|immediate hvc|smc case|object\n");
        semihosting_exit(1);
    }
    for (const struct conformance_suite *const *suite = conformance_suites; *suite != NULL; suite++)
        run_suite(*suite, &manner, &results);
    run_suite(&guest_baremetal, &manner, &results);
    run_suite(&guest_immediates, &manner, &results);
    run_suite(&guest_isolation, &manner, &results);
    run_suite(&guest_registers, &manner, &results);
    run_suite(&guest_stops, &manner, &results);
    semihosting_write_decimal(results.cases);
    semihosting_write(" of ");
    semihosting_write_decimal(results.all);
    semihosting_write(" cases, ");
    semihosting_write_decimal(results.failures);
    semihosting_write(" failures\n");
    semihosting_exit(results.cases == 0 || results.failures != 0);
}
