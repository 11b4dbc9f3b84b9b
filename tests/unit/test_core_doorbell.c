// SPDX-License-Identifier: BSD-3-Clause
// Doorbells: results, interrupts, and waiting with the time that is left.
#include "fake_backend.h"

struct bell_test {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_doorbell *doorbell;
};

static void setup(struct bell_test *t, uint32_t virq)
{
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;

    fake_init(&t->fake);
    t->g = fake_session(&t->fake);
    options.cap = gunyah_capid(0x14);
    options.virq = gunyah_virq(virq);
    cr_assert_eq(gunyah_doorbell_open(t->g, &options, &t->doorbell), GUNYAH_OK);
}

static void teardown(struct bell_test *t)
{
    cr_expect_eq(gunyah_close(&t->g), GUNYAH_OK);
}

Test(core_doorbell, open_refuses)
{
    static const uint32_t bad[] = {1, 31, 1020, 0x01000020, UINT32_MAX};
    static const uint32_t good[] = {0, 32, 1019};
    struct bell_test t;
    setup(&t, 0);
    struct {
        struct gunyah_doorbell_options known;
        uint64_t unknown;
    } options = {GUNYAH_DOORBELL_OPTIONS_INIT, 0};
    struct gunyah_doorbell *doorbell = t.doorbell;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        options.known.virq = gunyah_virq(bad[i]);
        cr_expect_eq(gunyah_doorbell_open(t.g, &options.known, &doorbell), GUNYAH_ERR_ARGUMENT_INVALID);
        cr_expect(doorbell == NULL);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        options.known.virq = gunyah_virq(good[i]);
        cr_expect_eq(gunyah_doorbell_open(t.g, &options.known, &doorbell), GUNYAH_OK);
        cr_expect(doorbell != NULL);
    }
    cr_expect_eq(gunyah_doorbell_open(t.g, NULL, &doorbell), GUNYAH_ERR_NULL);
    cr_expect(doorbell == NULL);
    options.known.size--;
    cr_expect_eq(gunyah_doorbell_open(t.g, &options.known, &doorbell), GUNYAH_ERR_OPTION);
    options.known.size = sizeof(options);
    cr_expect_eq(gunyah_doorbell_open(t.g, &options.known, &doorbell), GUNYAH_OK);
    options.unknown = 1;
    cr_expect_eq(gunyah_doorbell_open(t.g, &options.known, &doorbell), GUNYAH_ERR_OPTION);
    cr_expect_eq(t.fake.calls, 0u);
    teardown(&t);
}

Test(core_doorbell, bindable_interrupts)
{
    cr_expect_not(gunyah_virq_is_bindable(gunyah_virq(0)));
    cr_expect_not(gunyah_virq_is_bindable(gunyah_virq(31)));
    cr_expect(gunyah_virq_is_bindable(gunyah_virq(32)));
    cr_expect(gunyah_virq_is_bindable(gunyah_virq(1019)));
    cr_expect_not(gunyah_virq_is_bindable(gunyah_virq(1020)));
    cr_expect_not(gunyah_virq_is_bindable(gunyah_virq(4096)));
    cr_expect_not(gunyah_virq_is_bindable(gunyah_virq(UINT32_MAX)));
}

Test(core_doorbell, send_and_receive)
{
    struct bell_test t;
    setup(&t, 0);
    uint64_t old = 99;

    fake_answers(&t.fake, 0, 0x8000000000000001, 0);
    cr_expect_eq(gunyah_doorbell_send(t.doorbell, 0xf0, &old), GUNYAH_OK);
    cr_expect_eq(old, 0x8000000000000001);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008012u);
    cr_expect_eq(t.fake.sent.x[1], 0x14u);
    cr_expect_eq(t.fake.sent.x[2], 0xf0u);
    cr_expect_eq(gunyah_doorbell_send(t.doorbell, 0, NULL), GUNYAH_OK, "0 repeats the interrupt");
    old = 99;
    cr_expect_eq(gunyah_doorbell_receive(t.doorbell, 0x0f, &old), GUNYAH_OK);
    cr_expect_eq(old, 0x8000000000000001);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008013u);
    cr_expect_eq(t.fake.sent.x[2], 0x0fu);
    cr_expect_eq(gunyah_doorbell_receive(t.doorbell, 1, NULL), GUNYAH_OK);

    old = 99;
    fake_answers(&t.fake, 53, 5, 0);
    cr_expect_eq(gunyah_doorbell_send(t.doorbell, 1, &old), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "doorbell_send");
    cr_expect_eq(gunyah_doorbell_receive(t.doorbell, 1, &old), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "doorbell_receive");
    cr_expect_eq(old, 99u, "untouched on failure");
    teardown(&t);
}

Test(core_doorbell, mask_reset_activate)
{
    struct bell_test t;
    setup(&t, 0);

    cr_expect_eq(gunyah_doorbell_mask(t.doorbell, 0x0f, 0xf0), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008015u);
    cr_expect_eq(t.fake.sent.x[2], 0x0fu);
    cr_expect_eq(t.fake.sent.x[3], 0xf0u);
    cr_expect_eq(gunyah_doorbell_reset(t.doorbell), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008014u);
    cr_expect_eq(gunyah_doorbell_activate(t.doorbell), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc600800cu);
    fake_answers(&t.fake, 33, 0, 0);
    cr_expect_eq(gunyah_doorbell_mask(t.doorbell, 0, 0), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_doorbell_reset(t.doorbell), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_doorbell_activate(t.doorbell), GUNYAH_ERR_OBJECT_STATE);
    teardown(&t);
}

// ---- waiting -----------------------------------------------------------------------------------------------------

Test(core_doorbell, wait_refuses)
{
    struct bell_test t;
    uint64_t flags = 99;

    setup(&t, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 0, &flags), GUNYAH_ERR_NOT_BOUND);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "gunyah_doorbell_wait");
    cr_expect_eq(t.fake.calls + t.fake.waited, 0u);
    teardown(&t);

    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    fake_init(&t.fake);
    t.fake.ops.capabilities = GUNYAH_BACKEND_CALL;
    t.fake.ops.now = NULL;
    t.g = fake_session(&t.fake);
    options.virq = gunyah_virq(40);
    cr_assert_eq(gunyah_doorbell_open(t.g, &options, &t.doorbell), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 0, &flags), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(t.fake.calls + t.fake.waited, 0u);
    cr_expect_eq(flags, 99u);
    teardown(&t);
}

// Flags that are set already need no interrupt.
Test(core_doorbell, wait_looks_first)
{
    struct bell_test t;
    setup(&t, 40);
    uint64_t flags = 99;

    fake_answers(&t.fake, 0, 0x35, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 0x0f, 1000, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 0x05u, "only those that were asked for");
    cr_expect_eq(t.fake.sent.x[0], 0xc6008013u);
    cr_expect_eq(t.fake.sent.x[2], 0x0fu);
    cr_expect_eq(t.fake.calls, 1u);
    cr_expect_eq(t.fake.waited, 0u);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 0x0f, 1000, NULL), GUNYAH_OK);
    teardown(&t);
}

// Interrupts for nothing and for other flags do not make the wait longer.
Test(core_doorbell, wait_with_the_time_that_is_left)
{
    struct bell_test t;
    setup(&t, 40);
    uint64_t flags = 99;

    t.fake.now = 1000000;
    t.fake.wait_ns = 30;
    fake_answers(&t.fake, 0, 0, 0);
    fake_then_answers(&t.fake, 0, 0xf0, 0);
    fake_then_answers(&t.fake, 0, 0, 0);
    fake_then_answers(&t.fake, 0, 0xf1, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 0x0f, 100, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 0x01u);
    cr_expect_eq(t.fake.wait_virq.value, 40u);
    cr_expect_eq(t.fake.waited, 3u);
    cr_expect_eq(t.fake.timeouts[0], 100u);
    cr_expect_eq(t.fake.timeouts[1], 70u);
    cr_expect_eq(t.fake.timeouts[2], 40u);
    cr_expect_eq(t.fake.calls, 4u);
    teardown(&t);
}

// A level interrupt of other flags comes again at once: the clock ends the wait.
Test(core_doorbell, wait_never_waits_longer_than_asked)
{
    struct bell_test t;
    setup(&t, 40);
    uint64_t flags = 99;

    t.fake.wait_ns = 50;
    fake_answers(&t.fake, 0, 0xf0, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 100, &flags), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(t.fake.waited, 2u);
    cr_expect_eq(t.fake.timeouts[0], 100u);
    cr_expect_eq(t.fake.timeouts[1], 50u);
    cr_expect_eq(t.fake.calls, 3u, "it looks once more when the time is up");
    cr_expect_eq(flags, 99u);
    cr_expect_eq(gunyah_last_error(t.g)->error, GUNYAH_ERR_TIMEOUT);

    // A wait that took longer than it should leaves no time, not a huge one.
    t.fake.wait_ns = 101;
    t.fake.waited = 0;
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 100, &flags), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(t.fake.waited, 1u);

    // The time-out of the backend ends it too.
    t.fake.wait_ns = 1;
    t.fake.waited = 0;
    t.fake.waits[0] = GUNYAH_ERR_TIMEOUT;
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 100, &flags), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(t.fake.waited, 1u);
    teardown(&t);
}

Test(core_doorbell, wait_for_ever)
{
    struct bell_test t;
    setup(&t, 40);
    uint64_t flags = 0;

    t.fake.wait_ns = 1000;
    fake_answers(&t.fake, 0, 0, 0);
    fake_then_answers(&t.fake, 0, 0, 0);
    fake_then_answers(&t.fake, 0, 1, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, GUNYAH_WAIT_FOREVER, &flags), GUNYAH_OK);
    cr_expect_eq(t.fake.timeouts[0], UINT64_MAX);
    cr_expect_eq(t.fake.timeouts[1], UINT64_MAX);
    teardown(&t);
}

Test(core_doorbell, wait_only_looks)
{
    struct bell_test t;
    setup(&t, 40);

    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 0, NULL), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(t.fake.calls, 1u);
    cr_expect_eq(t.fake.waited, 0u);
    cr_expect_eq(gunyah_last_error(t.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "gunyah_doorbell_wait");
    teardown(&t);
}

Test(core_doorbell, wait_ends_when_the_hypervisor_refuses)
{
    struct bell_test t;
    setup(&t, 40);
    uint64_t flags = 99;

    fake_answers(&t.fake, 0, 0, 0);
    fake_then_answers(&t.fake, 51, 1, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 1000, &flags), GUNYAH_ERR_CAP_REVOKED);
    cr_expect_eq(t.fake.waited, 1u);
    cr_expect_eq(flags, 99u);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "doorbell_receive");
    teardown(&t);
}

Test(core_doorbell, binding)
{
    struct bell_test t;
    setup(&t, 0);
    struct gunyah_vic *vic = NULL;

    cr_assert_eq(gunyah_vic_open(t.g, gunyah_capid(0x13), &vic), GUNYAH_OK);
    fake_answers(&t.fake, 40, 1, 0);
    cr_expect_eq(gunyah_doorbell_bind_virq(t.doorbell, vic, gunyah_virq(50)), GUNYAH_ERR_VIRQ_BOUND);
    fake_answers(&t.fake, 0, 1, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 0, NULL), GUNYAH_ERR_NOT_BOUND);
    cr_expect_eq(gunyah_doorbell_bind_virq(t.doorbell, vic, gunyah_virq(50)), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008010u);
    cr_expect_eq(t.fake.sent.x[1], 0x14u);
    cr_expect_eq(t.fake.sent.x[2], 0x13u);
    cr_expect_eq(t.fake.sent.x[3], 50u);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 0, NULL), GUNYAH_OK);
    fake_answers(&t.fake, 53, 0, 0);
    cr_expect_eq(gunyah_doorbell_unbind_virq(t.doorbell), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    fake_answers(&t.fake, 0, 1, 0);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 0, NULL), GUNYAH_OK, "still bound");
    cr_expect_eq(gunyah_doorbell_unbind_virq(t.doorbell), GUNYAH_OK);
    cr_expect_eq(t.fake.sent.x[0], 0xc6008011u);
    cr_expect_eq(gunyah_doorbell_wait(t.doorbell, 1, 0, NULL), GUNYAH_ERR_NOT_BOUND);
    teardown(&t);
}
