// SPDX-License-Identifier: BSD-3-Clause
// The closed list of errors, and what gunyah_last_error() keeps of a failure.
#include "client.h"
#include "fake_backend.h"
#include "internal.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Every error of the list: its number and the name that people search for.
static const struct {
    int number;
    const char *name;
} errors[] = {
    {-1, "GUNYAH_ERR_NULL"},
    {-2, "GUNYAH_ERR_HANDLE"},
    {-3, "GUNYAH_ERR_OPTION"},
    {-4, "GUNYAH_ERR_NO_BACKEND"},
    {-5, "GUNYAH_ERR_NOT_GUNYAH"},
    {-6, "GUNYAH_ERR_API_VERSION"},
    {-7, "GUNYAH_ERR_UNSUPPORTED"},
    {-8, "GUNYAH_ERR_TIMEOUT"},
    {-9, "GUNYAH_ERR_DEADLOCK"},
    {-10, "GUNYAH_ERR_NOT_BOUND"},
    {-11, "GUNYAH_ERR_IN_USE"},
    {-12, "GUNYAH_ERR_OUT_OF_MEMORY"},
    {-13, "GUNYAH_ERR_MESSAGE_EMPTY"},
    {-14, "GUNYAH_ERR_MESSAGE_TOO_LONG"},
    {-15, "GUNYAH_ERR_BUFFER_TOO_SMALL"},
    {-16, "GUNYAH_ERR_CRASHED"},
    {-17, "GUNYAH_ERR_UNKNOWN"},
    {-18, "GUNYAH_ERR_PROTOCOL"},
    {-19, "GUNYAH_ERR_WOULD_CRASH"},
    {-20, "GUNYAH_ERR_DEVICE_TREE"},
    {-21, "GUNYAH_ERR_NOT_FOUND"},
    {-22, "GUNYAH_ERR_FORMAT"},
    {-32, "GUNYAH_ERR_UNIMPLEMENTED"},
    {-33, "GUNYAH_ERR_RETRY"},
    {-34, "GUNYAH_ERR_ARGUMENT_INVALID"},
    {-35, "GUNYAH_ERR_ARGUMENT_SIZE"},
    {-36, "GUNYAH_ERR_ARGUMENT_ALIGNMENT"},
    {-37, "GUNYAH_ERR_NO_MEMORY"},
    {-38, "GUNYAH_ERR_NO_RESOURCES"},
    {-39, "GUNYAH_ERR_ADDR_OVERFLOW"},
    {-40, "GUNYAH_ERR_ADDR_UNDERFLOW"},
    {-41, "GUNYAH_ERR_ADDR_INVALID"},
    {-42, "GUNYAH_ERR_DENIED"},
    {-43, "GUNYAH_ERR_BUSY"},
    {-44, "GUNYAH_ERR_IDLE"},
    {-45, "GUNYAH_ERR_OBJECT_STATE"},
    {-46, "GUNYAH_ERR_OBJECT_CONFIG"},
    {-47, "GUNYAH_ERR_OBJECT_CONFIGURED"},
    {-48, "GUNYAH_ERR_FAILURE"},
    {-49, "GUNYAH_ERR_VIRQ_BOUND"},
    {-50, "GUNYAH_ERR_VIRQ_NOT_BOUND"},
    {-51, "GUNYAH_ERR_CAP_NULL"},
    {-52, "GUNYAH_ERR_CAP_REVOKED"},
    {-53, "GUNYAH_ERR_WRONG_OBJECT_TYPE"},
    {-54, "GUNYAH_ERR_INSUFFICIENT_RIGHTS"},
    {-55, "GUNYAH_ERR_CSPACE_FULL"},
    {-56, "GUNYAH_ERR_EMPTY"},
    {-57, "GUNYAH_ERR_FULL"},
    {-58, "GUNYAH_ERR_NOT_OWNER"},
    {-59, "GUNYAH_ERR_MAPPINGS_FULL"},
    {-60, "GUNYAH_ERR_MEMEXTENT_TYPE"},
    {-64, "GUNYAH_ERR_RM_MSG_INVALID"},
    {-65, "GUNYAH_ERR_RM_HANDLE_INVALID"},
    {-66, "GUNYAH_ERR_RM_VALIDATE_FAILED"},
    {-67, "GUNYAH_ERR_RM_MAP_FAILED"},
    {-68, "GUNYAH_ERR_RM_MEM_INVALID"},
    {-69, "GUNYAH_ERR_RM_MEM_INUSE"},
    {-70, "GUNYAH_ERR_RM_MEM_RELEASED"},
    {-71, "GUNYAH_ERR_RM_VMID_INVALID"},
    {-72, "GUNYAH_ERR_RM_LOOKUP_FAILED"},
    {-73, "GUNYAH_ERR_RM_IRQ_INVALID"},
    {-74, "GUNYAH_ERR_RM_IRQ_INUSE"},
    {-75, "GUNYAH_ERR_RM_IRQ_RELEASED"},
    {-76, "GUNYAH_ERR_RM_IN_USE"},
    {-77, "GUNYAH_ERR_RM_IRQ_NOT_MAPPED"},
    {-78, "GUNYAH_ERR_RM_VM_STATE"},
    {-79, "GUNYAH_ERR_RM_HYP_NOMEM"},
    {-80, "GUNYAH_ERR_RM_RM_NOMEM"},
};

// What the hypervisor's codes become: one to one.
static const struct {
    int32_t code;
    int number;
} codes[] = {
    {-1, -32}, {-2, -33}, {1, -34},  {2, -35},  {3, -36},  {10, -37}, {11, -38},  {20, -39},  {21, -40},  {22, -41},
    {30, -42}, {31, -43}, {32, -44}, {33, -45}, {34, -46}, {35, -47}, {36, -48},  {40, -49},  {41, -50},  {50, -51},
    {51, -52}, {52, -53}, {53, -54}, {54, -55}, {60, -56}, {61, -57}, {111, -58}, {120, -59}, {121, -60},
};

// What the codes of the Resource Manager become.
static const struct {
    uint32_t code;
    int number;
} rm_codes[] = {
    {0xffffffff, -32}, {0x01, -37}, {0x02, -38}, {0x03, -42}, {0x04, -64}, {0x05, -43}, {0x06, -34}, {0x07, -65},
    {0x08, -66},       {0x09, -67}, {0x0a, -68}, {0x0b, -69}, {0x0c, -70}, {0x0d, -71}, {0x0e, -72}, {0x0f, -73},
    {0x10, -74},       {0x11, -75}, {0x12, -76}, {0x13, -77}, {0x14, -78}, {0x15, -79}, {0x16, -80},
};

static bool listed(int number)
{
    for (size_t i = 0; i < COUNT(errors); i++) {
        if (errors[i].number == number)
            return true;
    }
    return number == 0;
}

Test(core_error, names_and_texts)
{
    cr_expect_str_eq(gunyah_error_name(GUNYAH_OK), "GUNYAH_OK");
    cr_expect_str_eq(gunyah_error_text(GUNYAH_OK), "success");
    for (size_t i = 0; i < COUNT(errors); i++) {
        const char *text = gunyah_error_text((enum gunyah_error)errors[i].number);

        cr_expect_str_eq(gunyah_error_name((enum gunyah_error)errors[i].number), errors[i].name);
        cr_assert(strlen(text) > 0, "%s", errors[i].name);
        cr_expect(text[strlen(text) - 1] != '.', "%s: a clause", errors[i].name);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(text, gunyah_error_text((enum gunyah_error)errors[j].number));
    }
}

Test(core_error, unknown_numbers)
{
    for (int number = -200; number < 200; number++) {
        if (listed(number))
            continue;
        cr_expect_str_eq(gunyah_error_name((enum gunyah_error)number), "unknown", "%d", number);
        cr_expect_str_eq(gunyah_error_text((enum gunyah_error)number), "unknown error", "%d", number);
    }
}

static void expect_a_sentence(const char *advice, const char *of)
{
    cr_assert(strlen(advice) > 0, "%s", of);
    cr_expect(advice[strlen(advice) - 1] == '.', "%s", of);
}

Test(core_error, every_error_has_advice)
{
    for (size_t i = 0; i < COUNT(errors); i++) {
        const enum gunyah_error error = (enum gunyah_error)errors[i].number;
        const struct failure failure = {
            .error = error, .domain = GUNYAH_DOMAIN_LIBRARY, .code = (int32_t)error, .function = "somewhere"};
        struct gunyah_error_info info;

        if (error == GUNYAH_ERR_WOULD_CRASH || error <= GUNYAH_ERR_RM_MSG_INVALID)
            continue; // about a message: below
        gunyah_internal_explain(&failure, &info);
        expect_a_sentence(info.advice, errors[i].name);
        cr_expect_str_eq(info.call, "somewhere");
    }
}

Test(core_error, every_code_of_the_resource_manager_has_advice)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    for (size_t i = 0; i < COUNT(rm_codes); i++) {
        cr_expect_eq((int)gunyah_internal_rm_refused(g, 0x56000025, rm_codes[i].code), rm_codes[i].number);
        const struct gunyah_error_info *info = gunyah_last_error(g);

        cr_expect_eq((int)info->error, rm_codes[i].number);
        cr_expect_eq(info->domain, GUNYAH_DOMAIN_RM);
        cr_expect_eq(info->code, (int64_t)rm_codes[i].code);
        cr_expect_str_eq(info->call, "VM_GET_PEERS");
        cr_expect_str_eq(info->text, gunyah_error_text(info->error));
        expect_a_sentence(info->advice, gunyah_error_name(info->error));
        // It was not the hypervisor who refused; one code is about its memory.
        cr_expect_eq(strstr(info->text, "hypervisor") != NULL, info->error == GUNYAH_ERR_RM_HYP_NOMEM, "%s",
                     info->text);
        cr_expect_eq(strstr(info->advice, "hypervisor") != NULL, info->error == GUNYAH_ERR_RM_HYP_NOMEM, "%s",
                     info->advice);
    }
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

// Without a session, the same words as with one.
Test(core_error, explained_without_a_session)
{
    struct gunyah_error_info info;

    cr_expect_eq(gunyah_error_explain(GUNYAH_ERR_FULL, &info), GUNYAH_OK);
    cr_expect_eq(info.error, GUNYAH_ERR_FULL);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(info.code, -57);
    cr_expect_null(info.call);
    cr_expect_str_eq(info.text, gunyah_error_text(GUNYAH_ERR_FULL));
    cr_expect_str_eq(info.advice, "Wait for the not-full interrupt.");
    cr_expect_eq(gunyah_error_explain((enum gunyah_error) - 30, &info), GUNYAH_OK);
    cr_expect_str_eq(info.text, "unknown error");
    cr_expect_str_eq(info.advice, "");
    cr_expect_eq(gunyah_error_explain(GUNYAH_ERR_RM_VM_STATE, &info), GUNYAH_OK);
    cr_expect_str_eq(info.advice, "", "which state depends on the message");
}

Test(core_error, codes_explained_without_a_session)
{
    struct gunyah_error_info info;

    cr_expect_eq(gunyah_error_explain_call(GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, GUNYAH_HVERR_BUSY, &info), GUNYAH_OK);
    cr_expect_eq(info.error, GUNYAH_ERR_BUSY);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_HYPERVISOR);
    cr_expect_eq(info.code, GUNYAH_HVERR_BUSY);
    cr_expect_str_eq(info.call, "prng_get_entropy");
    cr_expect(strstr(info.advice, "33 ms") != NULL);
    cr_expect_eq(gunyah_error_explain_call(GUNYAH_ANY_HYPERCALL, GUNYAH_HVERR_BUSY, &info), GUNYAH_OK);
    cr_expect_str_eq(info.call, "unknown");
    cr_expect_str_eq(info.advice, "Somebody else uses it at the moment; try again.");
    cr_expect_eq(gunyah_error_explain_call(GUNYAH_ANY_HYPERCALL, 12345, &info), GUNYAH_OK);
    cr_expect_eq(info.error, GUNYAH_ERR_UNKNOWN);

    cr_expect_eq(gunyah_rm_explain(GUNYAH_RM_VM_START, GUNYAH_RMERR_VM_STATE, &info), GUNYAH_OK);
    cr_expect_eq(info.error, GUNYAH_ERR_RM_VM_STATE);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_RM);
    cr_expect_str_eq(info.call, "VM_START");
    cr_expect(strstr(info.advice, "after VM_INIT") != NULL);
    cr_expect_eq(gunyah_rm_explain(0, GUNYAH_RMERR_UNIMPLEMENTED, &info), GUNYAH_OK);
    cr_expect_eq(info.code, 0xffffffff);
    expect_a_sentence(info.advice, "any message");
}

Test(core_error, nowhere_to_explain)
{
    cr_expect_eq(gunyah_error_explain(GUNYAH_ERR_FULL, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_error_explain_call(0, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_explain(0, 0, NULL), GUNYAH_ERR_NULL);
}

// The same refusal, of two messages.
Test(core_error, advice_is_about_the_message)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    gunyah_internal_rm_refused(g, 0x56000004, 0x14);
    cr_expect_str_eq(gunyah_last_error(g)->call, "VM_START");
    cr_expect(strstr(gunyah_last_error(g)->advice, "VM_INIT") != NULL);
    gunyah_internal_rm_refused(g, 0x56000002, 0x14);
    cr_expect_str_eq(gunyah_last_error(g)->call, "VM_DEALLOCATE");
    cr_expect(strstr(gunyah_last_error(g)->advice, "RESET") != NULL);
    gunyah_internal_rm_refused(g, 0x12345678, 0x14);
    cr_expect_str_eq(gunyah_last_error(g)->call, "unknown");
    expect_a_sentence(gunyah_last_error(g)->advice, "any message");
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_error, what_would_crash_has_advice)
{
    static const uint32_t messages[] = {0x56000002, 0x56000006, 0x560000b0};
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    for (size_t i = 0; i < COUNT(messages); i++) {
        cr_expect_eq(gunyah_internal_rm_would_crash(g, messages[i]), GUNYAH_ERR_WOULD_CRASH);
        cr_expect_eq(gunyah_last_error(g)->domain, GUNYAH_DOMAIN_LIBRARY);
        cr_expect_str_eq(gunyah_last_error(g)->call, gunyah_rm_message_name(messages[i]));
        expect_a_sentence(gunyah_last_error(g)->advice, gunyah_last_error(g)->call);
    }
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_error, codes_of_the_hypervisor)
{
    cr_expect_eq(gunyah_error_from_hypervisor(0), GUNYAH_OK);
    for (size_t i = 0; i < COUNT(codes); i++)
        cr_expect_eq((int)gunyah_error_from_hypervisor(codes[i].code), codes[i].number, "%d", codes[i].code);
}

Test(core_error, codes_that_no_call_answers)
{
    for (int32_t code = -300; code < 300; code++) {
        bool known = code == 0;
        for (size_t i = 0; i < COUNT(codes); i++)
            known = known || codes[i].code == code;
        if (!known)
            cr_expect_eq(gunyah_error_from_hypervisor(code), GUNYAH_ERR_UNKNOWN, "%d", code);
    }
    cr_expect_eq(gunyah_error_from_hypervisor(INT32_MIN), GUNYAH_ERR_UNKNOWN);
    cr_expect_eq(gunyah_error_from_hypervisor(INT32_MAX), GUNYAH_ERR_UNKNOWN);
}

Test(core_error, codes_of_the_resource_manager)
{
    cr_expect_eq(gunyah_error_from_rm(0), GUNYAH_OK);
    for (size_t i = 0; i < COUNT(rm_codes); i++)
        cr_expect_eq((int)gunyah_error_from_rm(rm_codes[i].code), rm_codes[i].number, "%u", rm_codes[i].code);
    for (uint32_t code = 0x17; code < 0x200; code++)
        cr_expect_eq(gunyah_error_from_rm(code), GUNYAH_ERR_UNKNOWN, "%u", code);
    cr_expect_eq(gunyah_error_from_rm(0x80000001), GUNYAH_ERR_UNKNOWN);
    cr_expect_eq(gunyah_error_from_rm(0xfffffffe), GUNYAH_ERR_UNKNOWN);
}

// ---- gunyah_last_error() -----------------------------------------------------------------------------------------

Test(core_error, nothing_failed_yet)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    const struct gunyah_error_info *info = gunyah_last_error(g);

    cr_assert(info != NULL);
    cr_expect_eq(info->error, GUNYAH_OK);
    cr_expect_eq(info->domain, GUNYAH_DOMAIN_NONE);
    cr_expect_eq(info->code, 0);
    cr_expect_str_eq(info->call, "");
    cr_expect_str_eq(info->advice, "");
    cr_expect(gunyah_last_error(NULL) == NULL);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_error, of_the_hypervisor)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    for (size_t i = 0; i < COUNT(codes); i++) {
        fake_answers(&fake, (uint64_t)(int64_t)codes[i].code, 0, 0);
        const enum gunyah_error error = gunyah_object_activate(g, gunyah_capid(1));
        const struct gunyah_error_info *info = gunyah_last_error(g);

        cr_expect_eq((int)error, codes[i].number);
        cr_expect_eq(info->error, error);
        cr_expect_eq(info->domain, GUNYAH_DOMAIN_HYPERVISOR);
        cr_expect_eq(info->code, codes[i].code);
        cr_expect_str_eq(info->call, "object_activate");
        cr_expect_str_eq(info->text, gunyah_error_text(error));
        cr_expect(strlen(info->advice) > 0);
    }
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_error, unknown_code_is_kept)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);

    fake_answers(&fake, 200, 0, 0);
    cr_expect_eq(gunyah_object_reset(g, gunyah_capid(1)), GUNYAH_ERR_UNKNOWN);
    cr_expect_eq(gunyah_last_error(g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    cr_expect_eq(gunyah_last_error(g)->code, 200);
    cr_expect_str_eq(gunyah_last_error(g)->call, "object_reset");
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_error, stays_until_the_next_failure)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    struct gunyah_partition *partition = NULL;

    fake_answers(&fake, 31, 0, 0);
    cr_expect_eq(gunyah_object_activate(g, gunyah_capid(1)), GUNYAH_ERR_BUSY);
    fake_answers(&fake, 0, 0, 0);
    cr_expect_eq(gunyah_object_activate(g, gunyah_capid(1)), GUNYAH_OK);
    cr_expect_eq(gunyah_last_error(g)->error, GUNYAH_ERR_BUSY, "success does not clear it");
    cr_expect_eq(gunyah_partition_open(g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_last_error(g)->error, GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_last_error(g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(gunyah_last_error(g)->code, (int64_t)GUNYAH_ERR_NULL);
    cr_expect_str_eq(gunyah_last_error(g)->call, "gunyah_partition_open");
    cr_expect_eq(gunyah_partition_open(g, gunyah_capid(1), &partition), GUNYAH_OK);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

// Some calls have advice of their own.
Test(core_error, advice_of_one_call)
{
    const struct failure entropy = {
        .error = GUNYAH_ERR_BUSY, .domain = GUNYAH_DOMAIN_HYPERVISOR, .code = 31, .number = 0x57};
    const struct failure other = {
        .error = GUNYAH_ERR_BUSY, .domain = GUNYAH_DOMAIN_HYPERVISOR, .code = 31, .number = 0x59};
    // The number means nothing in another domain.
    const struct failure library = {.error = GUNYAH_ERR_BUSY,
                                    .domain = GUNYAH_DOMAIN_LIBRARY,
                                    .code = (int32_t)GUNYAH_ERR_BUSY,
                                    .number = 0x57,
                                    .function = "f"};
    struct gunyah_error_info info[3];

    gunyah_internal_explain(&entropy, &info[0]);
    gunyah_internal_explain(&other, &info[1]);
    gunyah_internal_explain(&library, &info[2]);
    cr_expect_str_neq(info[0].advice, info[1].advice);
    cr_expect_str_eq(info[1].advice, info[2].advice);
    cr_expect(strstr(info[0].advice, "33 ms") != NULL);
}
