// SPDX-License-Identifier: BSD-3-Clause
// What an open session tells about itself, and waiting for interrupts.
#include "fake_backend.h"

#include <stdio.h>

Test(core_session, identify)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    fake.identity = (struct gunyah_registers){{0x4800000000004001, 0x11, 0x22, 0x33}};
    struct gunyah *g = fake_session(&fake);
    cr_expect_eq(gunyah_identify(g, &identity), GUNYAH_OK);
    cr_expect_eq(identity.size, sizeof(identity));
    cr_expect_eq(identity.api_version, 1u);
    cr_expect_eq(identity.variant, GUNYAH_VARIANT_GUNYAH);
    cr_expect(identity.big_endian);
    cr_expect_not(identity.is_64bit);
    cr_expect_eq(identity.flags[0], 0x11u);
    cr_expect_eq(identity.flags[1], 0x22u);
    cr_expect_eq(identity.flags[2], 0x33u);
    cr_expect_eq(identity.uid[0], 0xcd8fd5c1u);
    cr_expect_eq(identity.uid[3], 0x145f3d67u);
    cr_expect_eq(identity.convention, GUNYAH_CONVENTION_SMCCC);
    cr_expect_eq(identity.conduit, GUNYAH_CONDUIT_HVC);
    cr_expect_str_eq(identity.backend, "fake");
    cr_expect_eq(fake.calls, 0u, "it was found out at open");
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_session, identify_refuses)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    cr_expect_eq(gunyah_identify(NULL, &identity), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_identify(g, NULL), GUNYAH_ERR_NULL);
    identity.size--;
    cr_expect_eq(gunyah_identify(g, &identity), GUNYAH_ERR_OPTION);
    cr_expect_eq(identity.api_version, 0u, "nothing is written");
    cr_expect_eq(gunyah_last_error(g)->error, GUNYAH_ERR_OPTION);
    cr_expect_str_eq(gunyah_last_error(g)->call, "gunyah_identify");
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_session, identify_for_a_newer_caller)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    struct {
        struct gunyah_identity known;
        uint64_t unknown;
    } identity = {GUNYAH_IDENTITY_INIT, 0x5a5a5a5a5a5a5a5a};

    identity.known.size = sizeof(identity);
    cr_expect_eq(gunyah_identify(g, &identity.known), GUNYAH_OK);
    cr_expect_eq(identity.known.size, sizeof(identity), "the caller's size stays");
    cr_expect_eq(identity.known.api_version, 1u);
    cr_expect_eq(identity.unknown, 0x5a5a5a5a5a5a5a5au);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_session, has_each_feature_by_its_bit)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        struct fake fake;
        fake_init(&fake);
        fake.identity.x[1] = UINT64_C(1) << bit;
        struct gunyah *g = fake_session(&fake);

        for (unsigned feature = 0; feature < 64; feature++)
            cr_expect_eq(gunyah_has(g, (enum gunyah_feature)feature), feature == bit && bit <= 11, "feature %u, bit %u",
                         feature, bit);
        cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    }
}

Test(core_session, has_capabilities_of_the_backend)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    cr_expect(gunyah_has(g, GUNYAH_FEATURE_HYPERCALLS));
    cr_expect(gunyah_has(g, GUNYAH_FEATURE_WAIT));
    cr_expect_not(gunyah_has(g, (enum gunyah_feature)66));
    cr_expect_not(gunyah_has(g, (enum gunyah_feature)UINT32_MAX));
    cr_expect_not(gunyah_has(NULL, GUNYAH_FEATURE_HYPERCALLS));
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);

    fake.ops.capabilities = GUNYAH_BACKEND_CALL;
    g = fake_session(&fake);
    cr_expect(gunyah_has(g, GUNYAH_FEATURE_HYPERCALLS));
    cr_expect_not(gunyah_has(g, GUNYAH_FEATURE_WAIT));
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_session, version)
{
    char text[32];
    const uint32_t version = gunyah_version();

    cr_expect_eq(version, (uint32_t)GUNYAH_VERSION);
    snprintf(text, sizeof(text), "%u.%u.%u", (unsigned)(version >> 16), (unsigned)(version >> 8 & 0xff),
             (unsigned)(version & 0xff));
    cr_expect_str_eq(gunyah_version_string(), text);
}

// ---- gunyah_wait() -----------------------------------------------------------------------------------------------

Test(core_session, wait)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    const gunyah_virq_t virqs[] = {{40}, {41}, {42}};
    size_t index = 99;

    cr_expect_eq(gunyah_wait(g, virqs, 3, 5000, &index), GUNYAH_OK);
    cr_expect_eq(index, 2u);
    cr_expect_eq(fake.timeouts[0], 5000u);
    cr_expect_eq(gunyah_wait(g, virqs, 1, 0, NULL), GUNYAH_OK);
    cr_expect_eq(fake.waited, 2u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_session, wait_refuses)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    const gunyah_virq_t virq = {40};

    cr_expect_eq(gunyah_wait(NULL, &virq, 1, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_wait(g, NULL, 1, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_last_error(g)->error, GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_wait(g, &virq, 0, 0, NULL), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_str_eq(gunyah_last_error(g)->call, "gunyah_wait");
    cr_expect_eq(gunyah_last_error(g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(fake.waited, 0u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);

    fake.ops.capabilities = GUNYAH_BACKEND_CALL;
    g = fake_session(&fake);
    cr_expect_eq(gunyah_wait(g, &virq, 1, 0, NULL), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(fake.waited, 0u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_session, wait_hands_on_errors_of_the_backend)
{
    static const enum gunyah_error errors[] = {GUNYAH_ERR_TIMEOUT, GUNYAH_ERR_DEADLOCK, GUNYAH_ERR_ARGUMENT_INVALID,
                                               GUNYAH_ERR_CRASHED};
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    const gunyah_virq_t virq = {40};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        size_t index = 99;

        fake.waits[0] = errors[i];
        cr_expect_eq(gunyah_wait(g, &virq, 1, 7, &index), errors[i]);
        cr_expect_eq(index, 99u, "untouched on failure");
        cr_expect_eq(gunyah_last_error(g)->error, errors[i]);
        cr_expect_eq(gunyah_last_error(g)->domain, GUNYAH_DOMAIN_BACKEND);
    }
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK, "nobody waits any more");
}
