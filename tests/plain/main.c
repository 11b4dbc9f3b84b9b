// SPDX-License-Identifier: BSD-3-Clause
// One process a test: what a test breaks, it breaks alone, and the others still run.
#include <criterion/criterion.h>

#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

// How the process of a test ends that came to its end and found nothing. One that calls exit() by itself ends otherwise.
#define PASSED 113

// In seconds, for a test that says nothing. Shorter than what CTest gives the whole program.
#define DEFAULT_TIMEOUT 30

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

// In whole seconds, rounded up.
static unsigned timeout_of(const struct plain_test *test)
{
    const unsigned whole = (unsigned)test->timeout;

    if (test->timeout <= 0)
        return DEFAULT_TIMEOUT;
    return whole < test->timeout ? whole + 1 : whole;
}

// Runs the test in the process that is its own.
static _Noreturn void run(const struct plain_test *test)
{
    alarm(timeout_of(test));
    if (test->init)
        test->init();
    test->run();
    if (test->fini)
        test->fini();
    exit(atomic_load(&failures) ? EXIT_FAILURE : PASSED);
}

static void report(const struct plain_test *test, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        printf("FAILED %s: not done after %u s\n", test->name, timeout_of(test));
    else if (WIFSIGNALED(status))
        printf("FAILED %s: killed by signal %d\n", test->name, WTERMSIG(status));
    else if (WEXITSTATUS(status) == PASSED)
        printf("passed %s\n", test->name);
    else
        printf("FAILED %s: ended with %d\n", test->name, WEXITSTATUS(status));
}

// @return true if the test passed.
static bool passes(const struct plain_test *test)
{
    int status;

    fflush(NULL); // Or the child would write once more what is still in a buffer.
    const pid_t child = fork();
    if (child == 0)
        run(test);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror(test->name);
        return false;
    }
    report(test, status);
    return WIFEXITED(status) && WEXITSTATUS(status) == PASSED;
}

int main(void)
{
    unsigned count = 0;
    unsigned failed = 0;

    for (const struct plain_test *test = first; test; test = test->next) {
        if (test->disabled)
            continue;
        count++;
        failed += !passes(test);
    }
    printf("%u tests, %u failed\n", count, failed);
    return count == 0 || failed != 0;
}
