// SPDX-License-Identifier: BSD-3-Clause
#include <criterion/criterion.h>

#include <stdarg.h>
#include <stdatomic.h>

static struct plain_test *first;
static struct plain_test **end = &first;
static atomic_uint failures; // A test may assert in several threads.

void plain_add(struct plain_test *test)
{
    *end = test;
    end = &test->next;
}

void plain_fail(const char *file, int line, const char *what, const char *message, ...)
{
    va_list arguments;
    va_start(arguments, message);
    fprintf(stderr, "%s:%d: %s: ", file, line, what);
    vfprintf(stderr, message, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    atomic_fetch_add(&failures, 1);
}

static void run(const struct plain_test *test)
{
    printf("%s\n", test->name);
    if (test->init)
        test->init();
    test->run();
    if (test->fini)
        test->fini();
}

int main(void)
{
    unsigned count = 0;
    for (const struct plain_test *test = first; test; test = test->next) {
        if (test->disabled)
            continue;
        run(test);
        count++;
    }
    printf("%u tests, %u failures\n", count, atomic_load(&failures));
    return count == 0 || atomic_load(&failures) != 0;
}
