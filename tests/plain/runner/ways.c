// SPDX-License-Identifier: BSD-3-Clause
// One test for each way to end. check.py knows what the runner has to say of each.
#include <criterion/criterion.h>

#include <signal.h>
#include <unistd.h>

static int setup_done;

static void setup(void)
{
    setup_done++;
}

static void teardown_that_fails(void)
{
    cr_expect(setup_done > 1, "in the end");
}

Test(ways, expects_and_goes_on)
{
    cr_expect_eq(1, 2, "one is not %s", "two");
    fprintf(stderr, "went on\n");
}

Test(ways, asserts)
{
    cr_assert(setup_done > 1);
    fprintf(stderr, "went on after an assertion\n");
}

Test(ways, crashes)
{
    abort();
}

Test(ways, hangs, .timeout = 0.5)
{
    for (;;)
        pause();
}

Test(ways, exits_early)
{
    exit(EXIT_SUCCESS);
}

Test(ways, fails_in_fini, .fini = teardown_that_fails)
{
}

Test(ways, not_run, .disabled = true)
{
    cr_assert(false);
}

Test(ways, has_an_init, .init = setup)
{
    cr_assert_eq(setup_done, 1);
}

// Last: whatever happened before, it runs, and in a process where nothing happened.
Test(ways, shares_nothing)
{
    cr_assert_eq(setup_done, 0);
}
