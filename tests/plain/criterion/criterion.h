// SPDX-License-Identifier: BSD-3-Clause
// Stands in for Criterion under ThreadSanitizer, where Criterion cannot start: it wants memory at addresses that the
// sanitizer keeps for itself (https://github.com/Snaipe/Criterion/issues/274). And for another processor, where Criterion
// is not at hand.
//
// The tests run one after the other, each in a process of its own. Of Criterion's interface there is what the tests use:
// Test with init, fini, timeout and disabled, cr_assert and cr_expect in both notations.
#ifndef PLAIN_CRITERION_H
#define PLAIN_CRITERION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plain_test {
    const char *name;
    void (*run)(void);
    void (*init)(void);
    void (*fini)(void);
    const char *description;
    double timeout; // In seconds.
    bool disabled;
    struct plain_test *next;
};

void plain_add(struct plain_test *test);

// Notes a failure. The message may be empty.
void plain_fail(const char *file, int line, const char *what, const char *message, ...);

#define Test(suite, title, ...)                                                                                        \
    static void suite##_##title##_run(void);                                                                           \
    __attribute__((constructor)) static void suite##_##title##_add(void)                                               \
    {                                                                                                                  \
        static struct plain_test test = {.name = #suite "/" #title, .run = suite##_##title##_run, __VA_ARGS__};        \
        plain_add(&test);                                                                                              \
    }                                                                                                                  \
    static void suite##_##title##_run(void)

#define PLAIN_CHECK(otherwise, condition, ...)                                                                         \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            plain_fail(__FILE__, __LINE__, #condition, "" __VA_ARGS__);                                                \
            otherwise;                                                                                                 \
        }                                                                                                              \
    } while (0)
#define PLAIN_STOP exit(1)
#define PLAIN_GO_ON (void)0

#define cr_assert(condition, ...) PLAIN_CHECK(PLAIN_STOP, condition, __VA_ARGS__)
#define cr_assert_not(condition, ...) PLAIN_CHECK(PLAIN_STOP, !(condition), __VA_ARGS__)
#define cr_assert_eq(a, b, ...) PLAIN_CHECK(PLAIN_STOP, (a) == (b), __VA_ARGS__)
#define cr_assert_neq(a, b, ...) PLAIN_CHECK(PLAIN_STOP, (a) != (b), __VA_ARGS__)
#define cr_assert_lt(a, b, ...) PLAIN_CHECK(PLAIN_STOP, (a) < (b), __VA_ARGS__)
#define cr_assert_leq(a, b, ...) PLAIN_CHECK(PLAIN_STOP, (a) <= (b), __VA_ARGS__)
#define cr_assert_gt(a, b, ...) PLAIN_CHECK(PLAIN_STOP, (a) > (b), __VA_ARGS__)
#define cr_assert_geq(a, b, ...) PLAIN_CHECK(PLAIN_STOP, (a) >= (b), __VA_ARGS__)
#define cr_assert_null(a, ...) PLAIN_CHECK(PLAIN_STOP, (a) == NULL, __VA_ARGS__)
#define cr_assert_not_null(a, ...) PLAIN_CHECK(PLAIN_STOP, (a) != NULL, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) PLAIN_CHECK(PLAIN_STOP, strcmp(a, b) == 0, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...) PLAIN_CHECK(PLAIN_STOP, strcmp(a, b) != 0, __VA_ARGS__)
#define cr_assert_arr_eq(a, b, size, ...) PLAIN_CHECK(PLAIN_STOP, memcmp(a, b, size) == 0, __VA_ARGS__)
#define cr_assert_arr_neq(a, b, size, ...) PLAIN_CHECK(PLAIN_STOP, memcmp(a, b, size) != 0, __VA_ARGS__)
#define cr_assert_fail(...) PLAIN_CHECK(PLAIN_STOP, false, __VA_ARGS__)
#define cr_fatal(...) PLAIN_CHECK(PLAIN_STOP, false, __VA_ARGS__)

#define cr_expect(condition, ...) PLAIN_CHECK(PLAIN_GO_ON, condition, __VA_ARGS__)
#define cr_expect_not(condition, ...) PLAIN_CHECK(PLAIN_GO_ON, !(condition), __VA_ARGS__)
#define cr_expect_eq(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) == (b), __VA_ARGS__)
#define cr_expect_neq(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) != (b), __VA_ARGS__)
#define cr_expect_lt(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) < (b), __VA_ARGS__)
#define cr_expect_leq(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) <= (b), __VA_ARGS__)
#define cr_expect_gt(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) > (b), __VA_ARGS__)
#define cr_expect_geq(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) >= (b), __VA_ARGS__)
#define cr_expect_null(a, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) == NULL, __VA_ARGS__)
#define cr_expect_not_null(a, ...) PLAIN_CHECK(PLAIN_GO_ON, (a) != NULL, __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, strcmp(a, b) == 0, __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...) PLAIN_CHECK(PLAIN_GO_ON, strcmp(a, b) != 0, __VA_ARGS__)
#define cr_expect_arr_eq(a, b, size, ...) PLAIN_CHECK(PLAIN_GO_ON, memcmp(a, b, size) == 0, __VA_ARGS__)
#define cr_expect_arr_neq(a, b, size, ...) PLAIN_CHECK(PLAIN_GO_ON, memcmp(a, b, size) != 0, __VA_ARGS__)
#define cr_expect_fail(...) PLAIN_CHECK(PLAIN_GO_ON, false, __VA_ARGS__)
#define cr_fail(...) PLAIN_CHECK(PLAIN_GO_ON, false, __VA_ARGS__)

#endif
