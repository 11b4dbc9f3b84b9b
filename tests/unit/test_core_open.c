// SPDX-License-Identifier: BSD-3-Clause
// gunyah_open(): what it refuses, how it chooses, and that nothing is left behind.
#include "fake_backend.h"

#include <stddef.h>
#include <string.h>

// Opening fails like this, tells why, leaves no session and no memory, and every open has its close.
static void expect_refused(struct fake *fake, struct gunyah_open_options options, enum gunyah_error error)
{
    struct gunyah_error_info info;
    struct counter counter;
    int other;
    struct gunyah *g = (struct gunyah *)(void *)&other;

    memset(&info, 0, sizeof(info));
    counter_init(&counter);
    options.allocator = &counter.allocator;
    options.error = &info;
    cr_expect_eq(gunyah_open(&options, &g), error);
    cr_expect(g == NULL);
    cr_expect_eq(info.error, error);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(info.code, (int64_t)error);
    cr_expect_str_eq(info.call, "gunyah_open");
    cr_expect_str_eq(info.text, gunyah_error_text(error));
    cr_expect(strlen(info.advice) > 0);
    cr_expect_eq(counter.live, 0u);
    cr_expect_eq(fake->opens, fake->closes);
}

Test(core_open, opens)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    cr_expect_eq(fake.opens, 1u);
    cr_expect_eq(fake.closes, 0u);
    cr_expect_eq(fake.probes, 0u, "a backend that was named is not asked");
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(fake.closes, 1u);
}

Test(core_open, backend_without_the_optional_operations)
{
    struct fake fake;
    fake_init(&fake);
    fake.ops.capabilities = GUNYAH_BACKEND_CALL;
    fake.ops.probe = NULL;
    fake.ops.open = NULL;
    fake.ops.close = NULL;
    fake.ops.wait = NULL;
    fake.ops.now = NULL;
    struct gunyah *g = fake_session(&fake);

    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    fake.uid.x[0] = 1;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_NOT_GUNYAH);
}

Test(core_open, null)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah_error_info info = {0};

    struct gunyah *g = NULL;

    cr_expect_eq(gunyah_open(NULL, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_open(NULL, &g), GUNYAH_ERR_NULL);
    options.error = &info;
    cr_expect_eq(gunyah_open(&options, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(info.error, GUNYAH_ERR_NULL);
    cr_expect_eq(fake.opens, 0u);
}

// As after gunyah_baremetal_backend() with options that it did not understand.
Test(core_open, no_backend_and_no_candidates)
{
    struct fake fake;
    fake_init(&fake);
    const struct gunyah_backend *candidates[] = {&fake.backend};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    expect_refused(&fake, options, GUNYAH_ERR_NULL);
    options.candidates = candidates;
    expect_refused(&fake, options, GUNYAH_ERR_NULL);
    cr_expect_eq(fake.probes, 0u);
}

// Before there is a session, other things are to be done than after.
Test(core_open, advice)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_error_info info;
    struct counter counter;
    struct gunyah *g = NULL;

    counter_init(&counter);
    counter.fail_at = 1;
    options.allocator = &counter.allocator;
    options.error = &info;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_NULL);
    cr_expect(strstr(info.advice, "backend") != NULL, "%s", info.advice);
    options.backend = &fake.backend;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect(strstr(info.advice, "arena") != NULL, "%s", info.advice);
    fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_SMC;
    options.conduit = GUNYAH_CONDUIT_SMC;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_UNSUPPORTED);
    cr_expect(strstr(info.advice, "has_smc") != NULL, "%s", info.advice);
    cr_expect(strstr(info.advice, "gunyah_has") == NULL, "there is nothing to ask yet");
    // What the backend says is not about the caller's pointers and memory.
    fake_init(&fake);
    options = fake_options(&fake);
    options.error = &info;
    fake.open_error = GUNYAH_ERR_OUT_OF_MEMORY;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect(strcmp(info.advice, "Give the allocator or arena more memory, or close handles.") == 0);
}

Test(core_open, operations_are_missing)
{
    struct fake fake;

    fake_init(&fake);
    fake.backend.ops = NULL;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_NULL);
    fake_init(&fake);
    fake.ops.name = NULL;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_NULL);
    fake_init(&fake);
    fake.ops.call = NULL;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_NULL);
    fake_init(&fake);
    fake.ops.wait = NULL;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_NULL);
    fake_init(&fake);
    fake.ops.now = NULL;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_NULL);
    cr_expect_eq(fake.opens, 0u);
}

// Nothing behind its end is looked at.
Test(core_open, operations_of_an_older_backend)
{
    struct fake fake;
    fake_init(&fake);
    const size_t size = offsetof(struct gunyah_backend_ops, capabilities);
    void *older = malloc(size);
    const struct gunyah_backend *candidates[] = {&fake.backend};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    cr_assert(older != NULL);
    fake.ops.size = size;
    memcpy(older, &fake.ops, size);
    fake.backend.ops = older;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_OPTION);
    options.candidates = candidates;
    options.candidate_count = 1;
    expect_refused(&fake, options, GUNYAH_ERR_OPTION);
    free(older);
}

Test(core_open, size_of_the_operations)
{
    struct fake fake;
    fake_init(&fake);

    fake.ops.size = sizeof(fake.ops) - 1;
    expect_refused(&fake, fake_options(&fake), GUNYAH_ERR_OPTION);
    fake.ops.size = sizeof(fake.ops) + 8; // a newer backend
    struct gunyah *g = fake_session(&fake);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_open, capabilities_are_missing)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);

    fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_CALL;
    expect_refused(&fake, options, GUNYAH_ERR_UNSUPPORTED);
    fake.ops.capabilities = GUNYAH_BACKEND_CALL;
    options.conduit = GUNYAH_CONDUIT_SMC;
    expect_refused(&fake, options, GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(fake.opens, 0u);
}

Test(core_open, convention_and_conduit)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);

    options.convention = GUNYAH_CONVENTION_IMMEDIATE;
    options.conduit = GUNYAH_CONDUIT_SMC;
    expect_refused(&fake, options, GUNYAH_ERR_OPTION);
    options = fake_options(&fake);
    options.convention = (enum gunyah_convention)3;
    expect_refused(&fake, options, GUNYAH_ERR_OPTION);
    options.convention = (enum gunyah_convention)UINT32_MAX;
    expect_refused(&fake, options, GUNYAH_ERR_OPTION);
    options = fake_options(&fake);
    options.conduit = (enum gunyah_conduit)3;
    expect_refused(&fake, options, GUNYAH_ERR_OPTION);
    cr_expect_eq(fake.opens, 0u);
}

// ---- the size of the options -------------------------------------------------------------------------------------

struct newer_options {
    struct gunyah_open_options known;
    uint64_t unknown[2];
};

Test(core_open, options_are_too_small)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah *g = NULL;

    struct gunyah_error_info info = {.error = GUNYAH_ERR_BUSY};

    options.error = &info;
    options.size--;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_OPTION);
    options.size = 0;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_OPTION);
    cr_expect_eq(info.error, GUNYAH_ERR_BUSY, "it is not known where to tell");
    cr_expect_eq(fake.opens, 0u);

    // Nothing behind its end is looked at.
    size_t *size = malloc(sizeof(*size));
    cr_assert(size != NULL);
    *size = sizeof(*size);
    cr_expect_eq(gunyah_open((const struct gunyah_open_options *)(const void *)size, &g), GUNYAH_ERR_OPTION);
    free(size);
}

Test(core_open, options_of_newer_headers)
{
    struct fake fake;
    fake_init(&fake);
    struct newer_options options = {fake_options(&fake), {0, 0}};
    struct gunyah_error_info info = {0};
    struct gunyah *g = NULL;

    options.known.size = sizeof(options);
    options.known.error = &info;
    cr_expect_eq(gunyah_open(&options.known, &g), GUNYAH_OK);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);

    options.unknown[1] = UINT64_C(1) << 63; // the last byte
    cr_expect_eq(gunyah_open(&options.known, &g), GUNYAH_ERR_OPTION);
    cr_expect(g == NULL);
    cr_expect_eq(info.error, GUNYAH_ERR_OPTION, "what is known of it is used to tell");
    options.unknown[1] = 0;
    options.unknown[0] = 1; // the first byte
    cr_expect_eq(gunyah_open(&options.known, &g), GUNYAH_ERR_OPTION);
}

// ---- automatic choice --------------------------------------------------------------------------------------------

Test(core_open, first_candidate_that_finds_its_hypervisor)
{
    struct fake absent, present, late;
    fake_init(&absent);
    fake_init(&present);
    fake_init(&late);
    const struct gunyah_backend *candidates[] = {&absent.backend, &present.backend, &late.backend};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    absent.found = false;
    options.candidates = candidates;
    options.candidate_count = 3;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_expect_eq(absent.probes, 1u);
    cr_expect_eq(absent.opens, 0u);
    cr_expect_eq(present.opens, 1u);
    cr_expect_eq(late.probes, 0u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(present.closes, 1u);
    cr_expect_eq(absent.closes, 0u);
}

Test(core_open, candidate_without_probe_is_taken)
{
    struct fake fake;
    fake_init(&fake);
    const struct gunyah_backend *candidates[] = {&fake.backend};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    fake.ops.probe = NULL;
    options.candidates = candidates;
    options.candidate_count = 1;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_open, no_candidate)
{
    struct fake fake;
    fake_init(&fake);
    const struct gunyah_backend *candidates[] = {&fake.backend, NULL};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    fake.found = false;
    options.candidates = candidates;
    options.candidate_count = 1;
    expect_refused(&fake, options, GUNYAH_ERR_NO_BACKEND);
    cr_expect_eq(fake.probes, 1u);
    options.candidate_count = 2;
    expect_refused(&fake, options, GUNYAH_ERR_NULL);
    options.candidates = NULL;
    expect_refused(&fake, options, GUNYAH_ERR_NULL);
}

Test(core_open, chosen_candidate_cannot_call)
{
    struct fake fake;
    fake_init(&fake);
    const struct gunyah_backend *candidates[] = {&fake.backend};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.candidates = candidates;
    options.candidate_count = 1;
    fake.ops.capabilities = 0;
    expect_refused(&fake, options, GUNYAH_ERR_UNSUPPORTED);
    fake.ops.capabilities = GUNYAH_BACKEND_CALL;
    options.conduit = GUNYAH_CONDUIT_SMC;
    expect_refused(&fake, options, GUNYAH_ERR_UNSUPPORTED);
}

// ---- failures further down ---------------------------------------------------------------------------------------

Test(core_open, out_of_memory)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah_error_info info;
    struct counter counter;
    struct gunyah *g = NULL;

    counter_init(&counter);
    counter.fail_at = 1;
    options.allocator = &counter.allocator;
    options.error = &info;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect(g == NULL);
    cr_expect_eq(info.error, GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_eq(fake.opens, 0u);
    cr_expect_eq(counter.requests, 1u);

    // One allocation is all that it takes.
    counter_init(&counter);
    counter.fail_at = 2;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_expect_eq(counter.requests, 1u);
    cr_expect(counter.live > 0);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(counter.live, 0u);
}

Test(core_open, allocator_is_copied)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct counter counter;
    struct gunyah *g = NULL;

    counter_init(&counter);
    struct gunyah_allocator allocator = counter.allocator;
    options.allocator = &allocator;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    memset(&allocator, 0, sizeof(allocator));
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(counter.live, 0u);
}

Test(core_open, backend_refuses)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah_error_info info;
    struct counter counter;
    struct gunyah *g = NULL;

    counter_init(&counter);
    options.allocator = &counter.allocator;
    options.error = &info;
    fake.open_error = GUNYAH_ERR_IN_USE;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_IN_USE);
    cr_expect(g == NULL);
    cr_expect_eq(info.error, GUNYAH_ERR_IN_USE);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_BACKEND);
    cr_expect_eq(info.code, (int64_t)GUNYAH_ERR_IN_USE);
    cr_expect_str_eq(info.call, "gunyah_open");
    cr_expect(strlen(info.advice) > 0);
    cr_expect_eq(counter.live, 0u);
    cr_expect_eq(fake.opens, 1u);
    cr_expect_eq(fake.closes, 0u, "what was not opened is not closed");
    cr_expect_eq(fake.calls, 0u);
}

Test(core_open, success_is_told_too)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah_error_info info;
    struct gunyah *g = NULL;

    memset(&info, 0xa5, sizeof(info));
    options.error = &info;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_expect_eq(info.error, GUNYAH_OK);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_NONE);
    cr_expect_eq(info.code, 0);
    cr_expect_str_eq(info.call, "");
    cr_expect_str_eq(info.text, gunyah_error_text(GUNYAH_OK));
    cr_expect_str_eq(info.advice, "");
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}
