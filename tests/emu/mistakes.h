// SPDX-License-Identifier: BSD-3-Clause
// Mistakes, and what they have to be answered with in each flavour: as it was observed on a real driver, or read in one.
#ifndef MISTAKES_H
#define MISTAKES_H

#include "matrix.h"
#include "node.h"

#include <criterion/criterion.h>

#define NOWHERE ((void *)8)
#define MAX_MISTAKES 80

// A program may be about others.
#ifndef FLAVOUR_NAMES
#define FLAVOUR_NAMES "a14", "a14e", "u10", "a15", "a16", "u15", "u17"
#endif
static const char *const flavours[] = {FLAVOUR_NAMES};
#define FLAVOURS (sizeof(flavours) / sizeof(flavours[0]))

#define ALL(error)                                                                                                     \
    {                                                                                                                  \
        error, error, error, error, error, error, error                                                                \
    }
#define ANDROID(has, not_upstream, has_not)                                                                            \
    {                                                                                                                  \
        has, has, not_upstream, has, has, has_not, has_not                                                             \
    }
// By address, or not at all.
#define BY_ADDRESS(error)                                                                                              \
    {                                                                                                                  \
        error, error, error, error, error, ENOTTY, ENOTTY                                                              \
    }
// Later drivers take any address of the process, and look at it when the VM wants it.
#define WHEN_GIVEN(error)                                                                                              \
    {                                                                                                                  \
        error, error, error, 0, 0, ENOTTY, ENOTTY                                                                      \
    }
#define BY_FILE(error)                                                                                                 \
    {                                                                                                                  \
        ENOTTY, ENOTTY, ENOTTY, ENOTTY, ENOTTY, error, error                                                           \
    }
#define BOOT(error)                                                                                                    \
    {                                                                                                                  \
        ENOTTY, ENOTTY, ENOTTY, error, error, error, error                                                             \
    }
// Registers are kept as pointers, but in the latest driver.
#define AS_POINTER(error)                                                                                              \
    {                                                                                                                  \
        ENOTTY, ENOTTY, ENOTTY, error, 0, error, error                                                                 \
    }
#define LATEST(error)                                                                                                  \
    {                                                                                                                  \
        ENOTTY, ENOTTY, ENOTTY, ENOTTY, error, ENOTTY, ENOTTY                                                          \
    }

// In the order of the flavours; -1: nobody has looked.
struct mistake {
    const char *name;
    int (*make)(void);
    int expected[FLAVOURS];
};

struct attempt {
    const struct mistake *mistakes;
    size_t count;
    int got[MAX_MISTAKES];
};

static inline int on_vm(unsigned long command, void *argument)
{
    return call(create_vm(open_node()), command, argument);
}

static inline int in_another_process(int (*function)(int fd, void *argument), int fd, void *argument)
{
    const pid_t pid = fork();
    int status;

    if (pid == 0)
        _exit(function(fd, argument));
    EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

// Each in a process of its own, so that no limit and no identity stays.
static inline int make_all(void *context)
{
    struct attempt *attempt = context;

    for (size_t i = 0; i < attempt->count; i++) {
        const pid_t pid = fork();
        int status;
        if (pid == 0)
            _exit(attempt->mistakes[i].make());
        EXPECT(waitpid(pid, &status, 0) == pid);
        attempt->got[i] = WIFEXITED(status) ? WEXITSTATUS(status) : -2;
    }
    return 0;
}

static inline void check_flavour(size_t flavour, struct attempt *attempt)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    options.flavour = flavours[flavour];
    if (strcmp(options.flavour, "a16") == 0) {
        options.cma_name = AREA_NAME;
        options.cma_size = AREA_SIZE;
    }
    cr_assert_eq(call_emulated(&options, make_all, attempt, &result), GUNYAH_OK, "%s", result.problem);
    cr_assert_eq(result.status, 0);
    cr_expect_eq(result.left, 0);
    for (size_t i = 0; i < attempt->count; i++) {
        const int expected = attempt->mistakes[i].expected[flavour];
        cr_expect(expected < 0 || attempt->got[i] == expected, "%s: %s: %d, not %d", flavours[flavour],
                  attempt->mistakes[i].name, attempt->got[i], expected);
    }
}

static inline void check_mistakes(const struct mistake *mistakes, size_t count)
{
    struct attempt *attempt = mmap(NULL, sizeof(*attempt), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cr_assert(attempt != MAP_FAILED && count <= MAX_MISTAKES);
    attempt->mistakes = mistakes;
    attempt->count = count;
    for (size_t flavour = 0; flavour < FLAVOURS; flavour++)
        check_flavour(flavour, attempt);
    munmap(attempt, sizeof(*attempt));
}

#endif
