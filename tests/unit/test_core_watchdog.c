// SPDX-License-Identifier: BSD-3-Clause
// Watchdogs: the registers of each call, of the owner and of the VM itself, and what is made of the answers.
#include "fake_backend.h"

#include <string.h>

struct watchdog_test {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_vic *vic;
    struct gunyah_thread *thread;
    struct gunyah_watchdog *watchdog;
};

static void open_handles(struct watchdog_test *t)
{
    t->g = fake_session(&t->fake);
    cr_assert_eq(gunyah_vic_open(t->g, gunyah_capid(0x22), &t->vic), GUNYAH_OK);
    cr_assert_eq(gunyah_thread_open(t->g, gunyah_capid(0x23), &t->thread), GUNYAH_OK);
    cr_assert_eq(gunyah_watchdog_open(t->g, gunyah_capid(0x24), &t->watchdog), GUNYAH_OK);
    cr_assert_eq(t->fake.calls, 0u, "opening makes no call");
}

static void setup(struct watchdog_test *t)
{
    fake_init(&t->fake);
    open_handles(t);
}

static void teardown(struct watchdog_test *t)
{
    cr_expect_eq(gunyah_close(&t->g), GUNYAH_OK);
}

static void expect_sent(const struct watchdog_test *t, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
    const uint64_t expected[8] = {x0, x1, x2, x3, x4};

    for (unsigned i = 0; i < 8; i++)
        cr_expect_eq(t->fake.sent.x[i], expected[i], "x%u", i);
}

// ---- the owner's side ---------------------------------------------------------------------------------------------

Test(core_watchdog, before_activation)
{
    struct watchdog_test t;
    setup(&t);

    cr_expect_eq(gunyah_watchdog_configure(t.watchdog, true), GUNYAH_OK);
    expect_sent(&t, 0xc6008058, 0x24, 1, 0, 0);
    cr_expect_eq(gunyah_watchdog_configure(t.watchdog, false), GUNYAH_OK);
    expect_sent(&t, 0xc6008058, 0x24, 0, 0, 0);
    cr_expect_eq(gunyah_watchdog_activate(t.watchdog), GUNYAH_OK);
    expect_sent(&t, 0xc600800c, 0x24, 0, 0, 0);
    cr_expect_eq(gunyah_watchdog_attach_vcpu(t.watchdog, t.thread), GUNYAH_OK);
    expect_sent(&t, 0xc6008040, 0x24, 0x23, 0, 0);
    teardown(&t);
}

Test(core_watchdog, interrupts)
{
    struct watchdog_test t;
    setup(&t);
    const gunyah_virq_t virq = {40};

    cr_expect_eq(gunyah_watchdog_bind_bark_virq(t.watchdog, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc6008041, 0x24, 0x22, 40, 0);
    cr_expect_eq(gunyah_watchdog_bind_bite_virq(t.watchdog, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc6008041, 0x24, 0x22, 40, 1);
    cr_expect_eq(gunyah_watchdog_unbind_bark_virq(t.watchdog), GUNYAH_OK);
    expect_sent(&t, 0xc6008042, 0x24, 0, 0, 0);
    cr_expect_eq(gunyah_watchdog_unbind_bite_virq(t.watchdog), GUNYAH_OK);
    expect_sent(&t, 0xc6008042, 0x24, 1, 0, 0);
    teardown(&t);
}

Test(core_watchdog, freezing)
{
    struct watchdog_test t;
    setup(&t);

    cr_expect_eq(gunyah_watchdog_freeze(t.watchdog), GUNYAH_OK);
    expect_sent(&t, 0xc6008063, 0x24, 0, 0, 0);
    cr_expect_eq(gunyah_watchdog_freeze_and_reset(t.watchdog), GUNYAH_OK);
    expect_sent(&t, 0xc6008063, 0x24, 1, 0, 0);
    cr_expect_eq(gunyah_watchdog_unfreeze(t.watchdog), GUNYAH_OK);
    expect_sent(&t, 0xc6008063, 0x24, 2, 0, 0);
    fake_answers(&t.fake, 31, 0, 0);
    cr_expect_eq(gunyah_watchdog_unfreeze(t.watchdog), GUNYAH_ERR_BUSY);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "watchdog_manage");
    cr_expect(strstr(gunyah_last_error(t.g)->advice, "counted") != NULL);
    teardown(&t);
}

// Each function of the owner, and the call that is behind it.
static enum gunyah_error nth_of_the_owner(struct watchdog_test *t, unsigned n, const char **call)
{
    const gunyah_virq_t virq = {40};

    *call = n < 2 ? "watchdog_bind_virq" : n < 4 ? "watchdog_unbind_virq" : "watchdog_manage";
    switch (n) {
    case 0:
        return gunyah_watchdog_bind_bark_virq(t->watchdog, t->vic, virq);
    case 1:
        return gunyah_watchdog_bind_bite_virq(t->watchdog, t->vic, virq);
    case 2:
        return gunyah_watchdog_unbind_bark_virq(t->watchdog);
    case 3:
        return gunyah_watchdog_unbind_bite_virq(t->watchdog);
    case 4:
        return gunyah_watchdog_freeze(t->watchdog);
    case 5:
        return gunyah_watchdog_freeze_and_reset(t->watchdog);
    case 6:
        return gunyah_watchdog_unfreeze(t->watchdog);
    case 7:
        *call = "watchdog_configure";
        return gunyah_watchdog_configure(t->watchdog, true);
    case 8:
        *call = "watchdog_attach_vcpu";
        return gunyah_watchdog_attach_vcpu(t->watchdog, t->thread);
    default:
        *call = "object_activate";
        return gunyah_watchdog_activate(t->watchdog);
    }
}

#define OWNERS_FUNCTIONS 10

Test(core_watchdog, what_the_owner_is_answered)
{
    static const struct {
        uint64_t x0;
        enum gunyah_error error;
    } answers[] = {
        {1, GUNYAH_ERR_ARGUMENT_INVALID},
        {10, GUNYAH_ERR_NO_MEMORY},
        {31, GUNYAH_ERR_BUSY},
        {33, GUNYAH_ERR_OBJECT_STATE},
        {40, GUNYAH_ERR_VIRQ_BOUND},
        {50, GUNYAH_ERR_CAP_NULL},
        {51, GUNYAH_ERR_CAP_REVOKED},
        {52, GUNYAH_ERR_WRONG_OBJECT_TYPE},
        {53, GUNYAH_ERR_INSUFFICIENT_RIGHTS},
        {UINT64_MAX, GUNYAH_ERR_UNIMPLEMENTED},
        {7777, GUNYAH_ERR_UNKNOWN},
    };
    struct watchdog_test t;
    setup(&t);
    const char *call;

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        fake_answers(&t.fake, answers[i].x0, 0, 0);
        for (unsigned n = 0; n < OWNERS_FUNCTIONS; n++) {
            cr_expect_eq(nth_of_the_owner(&t, n, &call), answers[i].error, "function %u, answer %zu", n, i);
            const struct gunyah_error_info *info = gunyah_last_error(t.g);
            cr_expect_eq(info->domain, GUNYAH_DOMAIN_HYPERVISOR);
            cr_expect_eq(info->code, (int32_t)answers[i].x0);
            cr_expect_str_eq(info->call, call);
            cr_expect_neq(info->advice[0], '\0');
        }
    }
    teardown(&t);
}

Test(core_watchdog, a_hypervisor_without_watchdogs_is_told)
{
    struct watchdog_test t;
    setup(&t);
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    const char *call;

    cr_assert_eq(gunyah_partition_open(t.g, gunyah_capid(0x11), &partition), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(t.g, gunyah_capid(0x12), &cspace), GUNYAH_OK);
    cr_expect_not(gunyah_has(t.g, GUNYAH_FEATURE_WATCHDOG), "the open hypervisor's flags");
    fake_answers(&t.fake, UINT64_MAX, 0, 0);
    cr_expect_eq(gunyah_watchdog_create(partition, cspace, &t.watchdog), GUNYAH_ERR_UNIMPLEMENTED);
    cr_expect_null(t.watchdog);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "partition_create_watchdog");
    cr_expect_str_eq(gunyah_last_error(t.g)->advice, "This hypervisor has no watchdogs; ask gunyah_has() before.");
    cr_assert_eq(gunyah_watchdog_open(t.g, gunyah_capid(0x24), &t.watchdog), GUNYAH_OK);
    for (unsigned n = 0; n + 1 < OWNERS_FUNCTIONS; n++) {
        cr_expect_eq(nth_of_the_owner(&t, n, &call), GUNYAH_ERR_UNIMPLEMENTED);
        cr_expect_str_eq(gunyah_last_error(t.g)->advice, "This hypervisor has no watchdogs; ask gunyah_has() before.",
                         "function %u", n);
    }
    teardown(&t);
}

// ---- the VM's own side --------------------------------------------------------------------------------------------

static enum gunyah_error nth_of_the_vm(struct gunyah *g, unsigned n, const char **name)
{
    static const char *const names[] = {"gunyah_own_watchdog_enable", "gunyah_own_watchdog_disable",
                                        "gunyah_own_watchdog_pet", "gunyah_own_watchdog_set_times",
                                        "gunyah_own_watchdog_get_status"};
    struct gunyah_own_watchdog_status status;

    *name = names[n];
    switch (n) {
    case 0:
        return gunyah_own_watchdog_enable(g);
    case 1:
        return gunyah_own_watchdog_disable(g);
    case 2:
        return gunyah_own_watchdog_pet(g);
    case 3:
        return gunyah_own_watchdog_set_times(g, 1, 2);
    default:
        return gunyah_own_watchdog_get_status(g, &status);
    }
}

#define VMS_FUNCTIONS 5

Test(core_watchdog, what_the_vm_asks)
{
    struct watchdog_test t;
    setup(&t);

    cr_expect_eq(gunyah_own_watchdog_set_times(t.g, 32767, 1000), GUNYAH_OK);
    expect_sent(&t, 0x86000008, 32767, 1000, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_set_times(t.g, 0, 32767), GUNYAH_OK);
    expect_sent(&t, 0x86000008, 0, 32767, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_set_times(t.g, GUNYAH_WATCHDOG_TIME_UNCHANGED, 7), GUNYAH_OK);
    expect_sent(&t, 0x86000008, 0xffff, 7, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_set_times(t.g, 7, GUNYAH_WATCHDOG_TIME_UNCHANGED), GUNYAH_OK);
    expect_sent(&t, 0x86000008, 7, 0xffff, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_enable(t.g), GUNYAH_OK);
    expect_sent(&t, 0x86000005, 3, 0, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_pet(t.g), GUNYAH_OK);
    expect_sent(&t, 0x86000007, 0, 0, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_disable(t.g), GUNYAH_OK);
    expect_sent(&t, 0x86000005, 2, 0, 0, 0);
    cr_expect_eq(gunyah_call_counters(t.g)->others, 1u + 7u, "fast calls are none of the numbered ones");
    teardown(&t);
}

// Each bit alone; and registers whose upper halves mean nothing, as these calls have results of 32 bits.
Test(core_watchdog, what_the_status_says)
{
    static const struct {
        uint64_t x1;
        uint64_t x2;
        struct gunyah_own_watchdog_status status;
    } cases[] = {
        {0, 0, {false, false, 0}},
        {1, 250, {true, false, 250}},
        {0x80000000, 3, {false, true, 3}},
        {0xffffffff80000001, 0xabcdef0000008000, {true, true, 0x8000}},
        {0x7ffffffe, UINT32_MAX, {false, false, UINT32_MAX}},
    };
    struct watchdog_test t;
    setup(&t);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct gunyah_own_watchdog_status status = {true, true, 1};
        fake_answers(&t.fake, 0xabcdef0000000000, cases[i].x1, cases[i].x2);
        cr_expect_eq(gunyah_own_watchdog_get_status(t.g, &status), GUNYAH_OK);
        expect_sent(&t, 0x86000006, 0, 0, 0, 0);
        cr_expect_eq(status.enabled, cases[i].status.enabled, "case %zu", i);
        cr_expect_eq(status.expired, cases[i].status.expired, "case %zu", i);
        cr_expect_eq(status.since_pet_ms, cases[i].status.since_pet_ms, "case %zu", i);
    }
    teardown(&t);
}

Test(core_watchdog, what_the_vm_is_refused_here)
{
    struct watchdog_test t;
    setup(&t);
    const char *name;

    for (unsigned n = 0; n < VMS_FUNCTIONS; n++)
        cr_expect_eq(nth_of_the_vm(NULL, n, &name), GUNYAH_ERR_NULL, "%s", name);
    cr_expect_eq(gunyah_own_watchdog_get_status(t.g, NULL), GUNYAH_ERR_NULL);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "gunyah_own_watchdog_get_status");
    static const uint32_t wrong[] = {32768, 0xfffe, 0x10000, 0x1ffff, UINT32_MAX};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        cr_expect_eq(gunyah_own_watchdog_set_times(t.g, wrong[i], 1), GUNYAH_ERR_ARGUMENT_INVALID);
        cr_expect_str_eq(gunyah_last_error(t.g)->text, "the time to the bark is above 32767 ms");
        cr_expect_eq(gunyah_own_watchdog_set_times(t.g, GUNYAH_WATCHDOG_TIME_UNCHANGED, wrong[i]),
                     GUNYAH_ERR_ARGUMENT_INVALID);
        cr_expect_str_eq(gunyah_last_error(t.g)->text, "the time to the bite is above 32767 ms");
        cr_expect_eq(gunyah_last_error(t.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    }
    cr_expect_eq(t.fake.calls, 0u, "nothing left the library");
    teardown(&t);
}

Test(core_watchdog, what_the_vm_is_answered)
{
    static const struct {
        uint64_t x0;
        int32_t code;
        enum gunyah_error error;
    } answers[] = {
        {UINT64_MAX, -1, GUNYAH_ERR_UNIMPLEMENTED}, // any function that nobody knows
        {UINT32_MAX, -1, GUNYAH_ERR_UNIMPLEMENTED}, {1, 1, GUNYAH_ERR_ARGUMENT_INVALID}, {31, 31, GUNYAH_ERR_BUSY},
        {7777, 7777, GUNYAH_ERR_UNKNOWN},
    };
    struct watchdog_test t;
    setup(&t);
    const char *name;

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        fake_answers(&t.fake, answers[i].x0, 1, 2);
        for (unsigned n = 0; n < VMS_FUNCTIONS; n++) {
            cr_expect_eq(nth_of_the_vm(t.g, n, &name), answers[i].error, "%s, answer %zu", name, i);
            const struct gunyah_error_info *info = gunyah_last_error(t.g);
            cr_expect_eq(info->domain, GUNYAH_DOMAIN_HYPERVISOR);
            cr_expect_eq(info->code, answers[i].code);
            cr_expect_str_eq(info->call, name);
            if (answers[i].error == GUNYAH_ERR_UNIMPLEMENTED)
                cr_expect(strstr(info->advice, "This vCPU has no watchdog") == info->advice, "%s", name);
        }
    }
    struct gunyah_own_watchdog_status status = {true, true, 5};
    cr_expect_eq(gunyah_own_watchdog_get_status(t.g, &status), GUNYAH_ERR_UNKNOWN);
    cr_expect(status.enabled && status.expired && status.since_pet_ms == 5, "untouched on failure");
    teardown(&t);
}

// Which some hypervisors refuse, and a portable program takes for success.
Test(core_watchdog, enabling_what_is_on_has_advice)
{
    struct watchdog_test t;
    setup(&t);

    fake_answers(&t.fake, 1, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_enable(t.g), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect(strstr(gunyah_last_error(t.g)->advice, "take it for success") != NULL);
    cr_expect_eq(gunyah_own_watchdog_disable(t.g), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect(strstr(gunyah_last_error(t.g)->advice, "take it for success") != NULL);
    teardown(&t);
}

// Firmware that knows hypercalls in the immediate form only: fast calls keep theirs.
Test(core_watchdog, fast_calls_are_the_same_in_either_convention)
{
    struct watchdog_test t;

    fake_init(&t.fake);
    struct gunyah_open_options options = fake_options(&t.fake);
    options.convention = GUNYAH_CONVENTION_IMMEDIATE;
    cr_assert_eq(gunyah_open(&options, &t.g), GUNYAH_OK);
    cr_expect_eq(gunyah_own_watchdog_set_times(t.g, 1, 2), GUNYAH_OK);
    cr_expect_eq(t.fake.immediate, 0);
    expect_sent(&t, 0x86000008, 1, 2, 0, 0);
    teardown(&t);
    options.convention = GUNYAH_CONVENTION_SMCCC;
    options.conduit = GUNYAH_CONDUIT_SMC;
    cr_assert_eq(gunyah_open(&options, &t.g), GUNYAH_OK);
    cr_expect_eq(gunyah_own_watchdog_pet(t.g), GUNYAH_OK);
    cr_expect_eq(t.fake.conduit, GUNYAH_CONDUIT_SMC);
    expect_sent(&t, 0x86000007, 0, 0, 0, 0);
    teardown(&t);
}

// A backend that reaches no hypervisor says so, unless it has watchdogs itself.
Test(core_watchdog, a_backend_without_a_hypervisor_is_told)
{
    struct watchdog_test t;
    const char *name;

    fake_init(&t.fake);
    t.fake.ops.capabilities |= GUNYAH_BACKEND_LOCAL;
    open_handles(&t);
    cr_expect_eq(gunyah_own_watchdog_pet(t.g), GUNYAH_OK);
    fake_answers(&t.fake, UINT64_MAX, 0, 0);
    for (unsigned n = 0; n < VMS_FUNCTIONS; n++) {
        cr_expect_eq(nth_of_the_vm(t.g, n, &name), GUNYAH_ERR_UNSUPPORTED, "%s", name);
        cr_expect_str_eq(gunyah_last_error(t.g)->call, name);
        cr_expect(strstr(gunyah_last_error(t.g)->text, "do not reach the hypervisor") != NULL);
        cr_expect(strstr(gunyah_last_error(t.g)->advice, "operating system") != NULL);
    }
    fake_answers(&t.fake, 1, 0, 0);
    cr_expect_eq(gunyah_own_watchdog_pet(t.g), GUNYAH_ERR_ARGUMENT_INVALID);
    teardown(&t);
}
