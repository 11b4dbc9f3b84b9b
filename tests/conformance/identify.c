// SPDX-License-Identifier: BSD-3-Clause
// Who answers: the session's view, the raw words, and the SMCCC functions beside the hypercalls.
#include "conformance.h"

#include <string.h>

#define OPEN_API_INFO UINT64_C(0x5100000000008001)
#define OPEN_API_FLAGS UINT64_C(0x10000eff)
#define WATCHDOG_API_FLAG UINT64_C(0x100)
#define ALL_ONES UINT64_MAX

static const uint32_t open_uid[4] = {GUNYAH_UID_OPEN_0, GUNYAH_UID_OPEN_1, GUNYAH_UID_OPEN_2, GUNYAH_UID_OPEN_3};
static const uint32_t qualcomm_uid[4] = {GUNYAH_UID_QUALCOMM_0, GUNYAH_UID_QUALCOMM_1, GUNYAH_UID_QUALCOMM_2,
                                         GUNYAH_UID_QUALCOMM_3};

static bool sessions_tell_who_answers(struct target *target)
{
    for (int i = 0; i < TARGET_PLAIN_VMS; i++) {
        struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
        EXPECT_OK(gunyah_identify(target->vms[i].g, &identity));
        EXPECT_EQ(identity.api_version, 1);
        EXPECT_TRUE(identity.is_64bit);
        EXPECT_FALSE(identity.big_endian);
        EXPECT_EQ(identity.convention, target->convention);
        EXPECT_EQ(identity.conduit, target->conduit);
        EXPECT_TRUE(identity.backend != NULL && strlen(identity.backend) > 0);
    }
    return true;
}

static bool session_keeps_the_words(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_OWNER].g;
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    EXPECT_OK(gunyah_identify(g, &identity));
    const struct gunyah_hypervisor_identify_result words = gunyah_hypercall_hypervisor_identify(g);
    EXPECT_EQ(identity.api_version, gunyah_hyp_api_info_get_api_version(words.hyp_api_info));
    EXPECT_EQ(identity.variant, gunyah_hyp_api_info_get_variant(words.hyp_api_info));
    EXPECT_EQ(identity.flags[0], words.api_flags_0.bits);
    EXPECT_EQ(identity.flags[1], words.api_flags_1.bits);
    EXPECT_EQ(identity.flags[2], words.api_flags_2.bits);
    return true;
}

static bool words_of_the_open_hypervisor(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_OWNER].g;
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    REQUIRE(target->open_hypervisor);
    const struct gunyah_hypervisor_identify_result words = gunyah_hypercall_hypervisor_identify(g);
    EXPECT_EQ(words.hyp_api_info.bits, OPEN_API_INFO);
    // The manual describes watchdogs too.
    EXPECT_EQ(words.api_flags_0.bits, OPEN_API_FLAGS | (target->has_watchdogs ? WATCHDOG_API_FLAG : 0));
    EXPECT_EQ(words.api_flags_1.bits, 0);
    EXPECT_EQ(words.api_flags_2.bits, 0);
    EXPECT_OK(gunyah_identify(g, &identity));
    EXPECT_EQ(identity.variant, GUNYAH_VARIANT_QUALCOMM);
    return true;
}

// A session of the immediate convention need not have asked.
static bool uid_is_known(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_OWNER].g;
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
    struct gunyah_registers r = {{GUNYAH_SMCCC_HYP_UID}};

    gunyah_smccc(g, &r);
    EXPECT_OK(gunyah_identify(g, &identity));
    for (int i = 0; i < 4; i++) {
        EXPECT_EQ(r.x[i], target->open_hypervisor ? open_uid[i] : qualcomm_uid[i]);
        if (target->convention == GUNYAH_CONVENTION_SMCCC || identity.uid[0] != 0)
            EXPECT_EQ(identity.uid[i], r.x[i]);
    }
    return true;
}

static bool features_are_the_flags(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_PEER].g;
    const uint64_t flags = gunyah_hypercall_hypervisor_identify(g).api_flags_0.bits;

    for (unsigned bit = 0; bit <= GUNYAH_FEATURE_VCPU_RUN; bit++)
        EXPECT_EQ(gunyah_has(g, (enum gunyah_feature)bit), (flags >> bit) & 1);
    EXPECT_TRUE(gunyah_has(g, GUNYAH_FEATURE_HYPERCALLS));
    EXPECT_EQ(gunyah_has(g, GUNYAH_FEATURE_WAIT), target->has_wait);
    // The scheduler's number lies in the same word and is not a feature.
    EXPECT_FALSE(gunyah_has(g, (enum gunyah_feature)28));
    EXPECT_FALSE(gunyah_has(g, (enum gunyah_feature)(GUNYAH_FEATURE_WAIT + 1)));
    EXPECT_FALSE(gunyah_has(NULL, GUNYAH_FEATURE_MSGQUEUE));
    return true;
}

static bool what_the_suite_needs_is_there(struct target *target)
{
    static const enum gunyah_feature needed[] = {GUNYAH_FEATURE_PARTITION_CSPACE, GUNYAH_FEATURE_DOORBELL,
                                                 GUNYAH_FEATURE_MSGQUEUE, GUNYAH_FEATURE_VIC};

    for (size_t i = 0; i < COUNT_OF(needed); i++)
        EXPECT_TRUE(gunyah_has(target->vms[TARGET_OWNER].g, needed[i]));
    return true;
}

static bool identity_is_sized(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_OWNER].g;
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    EXPECT_EQ(gunyah_identify(NULL, &identity), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_identify(g, NULL), GUNYAH_ERR_NULL);
    identity.size = 0;
    EXPECT_EQ(gunyah_identify(g, &identity), GUNYAH_ERR_OPTION);
    EXPECT_EQ(identity.api_version, 0);
    return true;
}

// x0 and what comes back in x1 for 0x1122334455667788 given there.
struct function {
    uint32_t id;
    uint64_t x0;
    uint64_t x1;
};

#define GIVEN UINT64_C(0x1122334455667788)
#define TRUNCATED UINT64_C(0x55667788)

static const struct function functions[] = {
    {GUNYAH_SMCCC_VERSION, GUNYAH_SMCCC_VERSION_ANSWER, TRUNCATED},
    {GUNYAH_SMCCC_ARCH_FEATURES, 0xffffffff, TRUNCATED},
    {0x80000002, ALL_ONES, GIVEN},
    {0x80008000, ALL_ONES, GIVEN},
    {0x8600ff00, ALL_ONES, GIVEN},
    {0x8600ff02, ALL_ONES, GIVEN},
    {0xc600ff01, ALL_ONES, GIVEN},
    {0x0600ff01, ALL_ONES, GIVEN},
    {0x86003f01, ALL_ONES, GIVEN},
    {0x86003f03, ALL_ONES, GIVEN},
    {0x8500ff00, ALL_ONES, GIVEN},
    {GUNYAH_SMCCC_STANDARD_HYP_REVISION, 1, 0},
    {0x8400ff01, ALL_ONES, GIVEN},
    {0x8200ff01, ALL_ONES, GIVEN},
    {0xb200ff01, ALL_ONES, GIVEN},
    {0x86008000, ALL_ONES, GIVEN},
    {0x46008000, ALL_ONES, GIVEN},
    {0xc6028000, ALL_ONES, GIVEN},
};

static bool smccc_functions_answer(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_OWNER].g;

    REQUIRE(target->open_hypervisor);
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        struct gunyah_registers r = {{functions[i].id, GIVEN, 2, 3}};
        gunyah_smccc(g, &r);
        EXPECT_EQ(r.x[0], functions[i].x0);
        EXPECT_EQ(r.x[1], functions[i].x1);
        EXPECT_EQ(r.x[2], 2);
        EXPECT_EQ(r.x[3], 3);
    }
    return true;
}

static bool revision_is_the_api_info(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_OWNER].g;
    struct gunyah_registers r = {{GUNYAH_SMCCC_HYP_REVISION, GIVEN, 2, 3}};

    gunyah_smccc(g, &r);
    EXPECT_EQ(r.x[0], gunyah_hypercall_hypervisor_identify(g).hyp_api_info.bits);
    EXPECT_EQ(r.x[1], GIVEN);
    EXPECT_EQ(r.x[2], 2);
    EXPECT_EQ(r.x[3], 3);
    return true;
}

static bool arch_features_knows_few(struct target *target)
{
    static const uint32_t known[] = {GUNYAH_SMCCC_VERSION, GUNYAH_SMCCC_ARCH_FEATURES, GUNYAH_SMCCC_STANDARD_HYP_UID,
                                     GUNYAH_SMCCC_STANDARD_HYP_REVISION};
    static const uint32_t unknown[] = {0x80000002, 0x80008000, GUNYAH_SMCCC_HYP_UID, GUNYAH_SMCCC_BASE, 0xc5000020};
    struct gunyah *g = target->vms[TARGET_OWNER].g;

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct gunyah_registers r = {{GUNYAH_SMCCC_ARCH_FEATURES, known[i]}};
        gunyah_smccc(g, &r);
        EXPECT_EQ(r.x[0], 0);
    }
    // This answer has 32 bits, unlike that of an unknown function.
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        struct gunyah_registers r = {{GUNYAH_SMCCC_ARCH_FEATURES, unknown[i]}};
        gunyah_smccc(g, &r);
        EXPECT_EQ(r.x[0], 0xffffffff);
    }
    return true;
}

static bool function_ids_have_32_bits(struct target *target)
{
    struct gunyah *g = target->vms[TARGET_OWNER].g;
    const uint64_t info = gunyah_hypercall_hypervisor_identify(g).hyp_api_info.bits;
    // Upper bits do not count, and bit 16 is a hint.
    static const uint64_t same[] = {GUNYAH_SMCCC_BASE, UINT64_C(0xffffffff00000000) | GUNYAH_SMCCC_BASE,
                                    GUNYAH_SMCCC_BASE | 0x10000};

    for (size_t i = 0; i < COUNT_OF(same); i++) {
        struct gunyah_registers r = {{same[i], 1, 2, 3, 4, 5, 6, 7}};
        gunyah_smccc(g, &r);
        EXPECT_EQ(r.x[0], info);
        for (uint64_t n = 4; n < 8; n++)
            EXPECT_EQ(r.x[n], n);
    }
    return true;
}

static const struct conformance_case cases[] = {
    {"identify.sessions_tell_who_answers", sessions_tell_who_answers},
    {"identify.session_keeps_the_words", session_keeps_the_words},
    {"identify.words_of_the_open_hypervisor", words_of_the_open_hypervisor},
    {"identify.uid_is_known", uid_is_known},
    {"identify.features_are_the_flags", features_are_the_flags},
    {"identify.what_the_suite_needs_is_there", what_the_suite_needs_is_there},
    {"identify.identity_is_sized", identity_is_sized},
    {"identify.smccc_functions_answer", smccc_functions_answer},
    {"identify.revision_is_the_api_info", revision_is_the_api_info},
    {"identify.arch_features_knows_few", arch_features_knows_few},
    {"identify.function_ids_have_32_bits", function_ids_have_32_bits},
};

const struct conformance_suite conformance_identify = {cases, COUNT_OF(cases)};
