// SPDX-License-Identifier: BSD-3-Clause
// Calls on any object, on capability spaces and on interrupt controllers.
#include "fake_backend.h"

struct object_test {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_cspace *from;
    struct gunyah_cspace *to;
    struct gunyah_vic *vic;
};

static void setup(struct object_test *t)
{
    fake_init(&t->fake);
    t->g = fake_session(&t->fake);
    cr_assert_eq(gunyah_cspace_open(t->g, gunyah_capid(0x21), &t->from), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(t->g, gunyah_capid(0x22), &t->to), GUNYAH_OK);
    cr_assert_eq(gunyah_vic_open(t->g, gunyah_capid(0x23), &t->vic), GUNYAH_OK);
}

static void teardown(struct object_test *t)
{
    cr_expect_eq(gunyah_close(&t->g), GUNYAH_OK);
}

static void expect_sent(const struct object_test *t, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
    cr_expect_eq(t->fake.sent.x[0], x0);
    cr_expect_eq(t->fake.sent.x[1], x1);
    cr_expect_eq(t->fake.sent.x[2], x2);
    cr_expect_eq(t->fake.sent.x[3], x3);
    cr_expect_eq(t->fake.sent.x[4], x4);
}

Test(core_object, activate_and_reset)
{
    struct object_test t;
    setup(&t);

    cr_expect_eq(gunyah_object_activate(t.g, gunyah_capid(9)), GUNYAH_OK);
    expect_sent(&t, 0xc600800c, 9, 0, 0, 0);
    cr_expect_eq(gunyah_object_activate_from(t.from, gunyah_capid(9)), GUNYAH_OK);
    expect_sent(&t, 0xc600800d, 0x21, 9, 0, 0);
    fake_answers(&t.fake, UINT64_MAX, 0, 0);
    cr_expect_eq(gunyah_object_reset(t.g, gunyah_capid(9)), GUNYAH_ERR_UNIMPLEMENTED);
    expect_sent(&t, 0xc600800e, 9, 0, 0, 0);
    cr_expect_eq(gunyah_object_reset_from(t.from, gunyah_capid(9)), GUNYAH_ERR_UNIMPLEMENTED);
    expect_sent(&t, 0xc600800f, 0x21, 9, 0, 0);
    teardown(&t);
}

Test(core_object, cspace_configure)
{
    struct object_test t;
    setup(&t);

    cr_expect_eq(gunyah_cspace_configure(t.from, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_cspace_configure(t.from, 14385), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_last_error(t.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(t.fake.calls, 0u);
    cr_expect_eq(gunyah_cspace_configure(t.from, 14384), GUNYAH_OK);
    expect_sent(&t, 0xc6008025, 0x21, 14384, 0, 0);
    cr_expect_eq(gunyah_cspace_configure(t.from, 1), GUNYAH_OK);
    cr_expect_eq(gunyah_cspace_activate(t.from), GUNYAH_OK);
    expect_sent(&t, 0xc600800c, 0x21, 0, 0, 0);
    teardown(&t);
}

Test(core_object, cspace_copy)
{
    struct object_test t;
    setup(&t);
    gunyah_capid_t copy = {1};

    fake_answers(&t.fake, 0, 0x77, 0);
    cr_expect_eq(gunyah_cspace_copy(t.from, gunyah_capid(9), t.to, 0x80000003, &copy), GUNYAH_OK);
    cr_expect_eq(copy.value, 0x77u);
    expect_sent(&t, 0xc6008023, 0x21, 9, 0x22, 0x80000003);
    fake_answers(&t.fake, 54, 0, 0);
    cr_expect_eq(gunyah_cspace_copy(t.from, gunyah_capid(9), t.to, 1, &copy), GUNYAH_ERR_CSPACE_FULL);
    cr_expect_eq(copy.value, GUNYAH_CAPID_INVALID);
    teardown(&t);
}

Test(core_object, cspace_delete_and_revoke)
{
    struct object_test t;
    setup(&t);

    cr_expect_eq(gunyah_cspace_delete(t.from, gunyah_capid(9)), GUNYAH_OK);
    expect_sent(&t, 0xc6008022, 0x21, 9, 0, 0);
    cr_expect_eq(gunyah_cspace_revoke(t.from, gunyah_capid(9)), GUNYAH_OK);
    expect_sent(&t, 0xc6008024, 0x21, 9, 0, 0);
    cr_expect_eq(gunyah_cspace_revoke_children(t.from, gunyah_capid(9)), GUNYAH_OK);
    expect_sent(&t, 0xc6008059, 0x21, 9, 0, 0);
    fake_answers(&t.fake, 50, 0, 0);
    cr_expect_eq(gunyah_cspace_delete(t.from, gunyah_capid(9)), GUNYAH_ERR_CAP_NULL);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "cspace_delete_cap_from");
    cr_expect_eq(gunyah_cspace_revoke(t.from, gunyah_capid(9)), GUNYAH_ERR_CAP_NULL);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "cspace_revoke_cap_from");
    cr_expect_eq(gunyah_cspace_revoke_children(t.from, gunyah_capid(9)), GUNYAH_ERR_CAP_NULL);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "cspace_revoke_caps_from");
    teardown(&t);
}

Test(core_object, vic)
{
    struct object_test t;
    setup(&t);

    cr_expect_eq(gunyah_vic_configure(t.vic, 2, 64), GUNYAH_OK);
    expect_sent(&t, 0xc6008028, 0x23, 2, 64, 0);
    cr_expect_eq(t.fake.sent.x[5], 0u);
    cr_expect_eq(gunyah_vic_activate(t.vic), GUNYAH_OK);
    expect_sent(&t, 0xc600800c, 0x23, 0, 0, 0);
    fake_answers(&t.fake, 1, 0, 0);
    cr_expect_eq(gunyah_vic_configure(t.vic, 0, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_last_error(t.g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    teardown(&t);
}
