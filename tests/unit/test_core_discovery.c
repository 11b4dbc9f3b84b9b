// SPDX-License-Identifier: BSD-3-Clause
// Who answers, and in which convention.
#include "fake_backend.h"

static enum gunyah_error open_with(struct fake *fake, enum gunyah_convention convention, struct gunyah **g)
{
    struct gunyah_open_options options = fake_options(fake);

    options.convention = convention;
    return gunyah_open(&options, g);
}

// Opening fails with this error after the backend was opened, and the backend is closed again.
static void expect_refused(struct fake *fake, enum gunyah_convention convention, enum gunyah_error error)
{
    struct gunyah *g = NULL;

    cr_expect_eq(open_with(fake, convention, &g), error);
    cr_expect(g == NULL);
    cr_expect_eq(fake->opens, fake->closes);
    cr_expect(fake->opens > 0);
}

static void expect_convention(struct fake *fake, enum gunyah_convention wanted, enum gunyah_convention used)
{
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
    struct gunyah *g = NULL;

    cr_assert_eq(open_with(fake, wanted, &g), GUNYAH_OK);
    cr_expect_eq(gunyah_identify(g, &identity), GUNYAH_OK);
    cr_expect_eq(identity.convention, used);
    cr_expect_eq(identity.conduit, GUNYAH_CONDUIT_HVC);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_discovery, smccc_comes_first)
{
    struct fake fake;
    fake_init(&fake);

    expect_convention(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONVENTION_SMCCC);
    cr_expect_eq(fake.calls, 2u);
    cr_expect_eq(fake.immediate, 0);
}

Test(core_discovery, both_uids_of_gunyah)
{
    struct fake fake;
    fake_init(&fake);

    // 19bd54bd-0b37-571b-946f-609b54539de6; the upper halves do not count.
    fake.uid = (struct gunyah_registers){{0xffffffffbd54bd19, 0x1b57370b, 0x9b606f94, 0xffffffffe69d5354}};
    expect_convention(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONVENTION_SMCCC);
}

Test(core_discovery, another_hypervisor)
{
    struct fake fake;

    for (int word = 0; word < 4; word++) {
        fake_init(&fake);
        fake.uid.x[word] ^= 1;
        expect_refused(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_ERR_NOT_GUNYAH);
        cr_expect_eq(fake.calls, 1u, "it is asked nothing else");
    }
    // KVM, which answers a UID as well.
    fake_init(&fake);
    fake.uid = (struct gunyah_registers){{0xb66fb428, 0xe911c52e, 0x564bcaa9, 0x743a004d}};
    expect_refused(&fake, GUNYAH_CONVENTION_SMCCC, GUNYAH_ERR_NOT_GUNYAH);
}

Test(core_discovery, nobody)
{
    struct fake fake;
    fake_init(&fake);

    fake.answers_smccc = false;
    fake.answers_immediate = false;
    expect_refused(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_ERR_NOT_GUNYAH);
    expect_refused(&fake, GUNYAH_CONVENTION_SMCCC, GUNYAH_ERR_NOT_GUNYAH);
    expect_refused(&fake, GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_ERR_NOT_GUNYAH);
}

// A 32-bit "not supported" is an answer of nobody too.
Test(core_discovery, nobody_in_32_bits)
{
    struct fake fake;
    fake_init(&fake);

    fake.uid = (struct gunyah_registers){{0x00000000ffffffff}};
    expect_convention(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONVENTION_IMMEDIATE);
}

Test(core_discovery, only_the_immediate_form)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
    struct gunyah *g = NULL;

    fake.answers_smccc = false;
    cr_assert_eq(open_with(&fake, GUNYAH_CONVENTION_DEFAULT, &g), GUNYAH_OK);
    cr_expect_eq(fake.immediate, 0x6000);
    cr_expect_eq(gunyah_identify(g, &identity), GUNYAH_OK);
    cr_expect_eq(identity.convention, GUNYAH_CONVENTION_IMMEDIATE);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(identity.uid[i], 0u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    expect_refused(&fake, GUNYAH_CONVENTION_SMCCC, GUNYAH_ERR_NOT_GUNYAH);
}

// An hvc that nobody knows may be undefined: it is executed only where that is safe, or asked for.
Test(core_discovery, unsafe_probe_is_not_made)
{
    struct fake fake;
    fake_init(&fake);

    fake.answers_smccc = false;
    fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_PROBE_IMMEDIATE;
    expect_refused(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_ERR_NOT_GUNYAH);
    cr_expect_eq(fake.immediate, 0);
    cr_expect_eq(fake.calls, 1u);
    expect_convention(&fake, GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_CONVENTION_IMMEDIATE);
    cr_expect_eq(fake.calls, 2u, "SMCCC is not tried when the immediate form is asked for");
}

// smc with an immediate is nobody's.
Test(core_discovery, no_immediate_probe_over_smc)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah *g = NULL;

    fake.answers_smccc = false;
    options.conduit = GUNYAH_CONDUIT_SMC;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_NOT_GUNYAH);
    cr_expect_eq(fake.calls, 1u);
    cr_expect_eq(fake.conduit, GUNYAH_CONDUIT_SMC);
}

// The UID is answered, but hypercalls are not.
Test(core_discovery, uid_without_smccc_hypercalls)
{
    struct fake fake;
    fake_init(&fake);

    fake.identity = (struct gunyah_registers){{UINT64_MAX}};
    expect_refused(&fake, GUNYAH_CONVENTION_SMCCC, GUNYAH_ERR_NOT_GUNYAH);
    expect_refused(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_ERR_NOT_GUNYAH);
}

Test(core_discovery, api_version)
{
    struct fake fake;
    fake_init(&fake);

    fake.identity.x[0] = 0x5100000000008002;
    expect_refused(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_ERR_API_VERSION);
    fake.identity.x[0] = 0x5100000000008000;
    expect_refused(&fake, GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_ERR_API_VERSION);
    fake.identity.x[0] = 0x510000000000a001; // bit 13 belongs to the version
    expect_refused(&fake, GUNYAH_CONVENTION_DEFAULT, GUNYAH_ERR_API_VERSION);
}

Test(core_discovery, error_is_told_with_its_origin)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah_error_info info = {0};
    struct gunyah *g = NULL;

    fake.identity.x[0] = 2;
    options.error = &info;
    cr_expect_eq(gunyah_open(&options, &g), GUNYAH_ERR_API_VERSION);
    cr_expect_eq(info.error, GUNYAH_ERR_API_VERSION);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(info.code, (int64_t)GUNYAH_ERR_API_VERSION);
    cr_expect_str_eq(info.call, "gunyah_open");
    cr_expect_str_eq(info.text, gunyah_error_text(GUNYAH_ERR_API_VERSION));
    cr_expect(info.advice[0] != '\0');
}
