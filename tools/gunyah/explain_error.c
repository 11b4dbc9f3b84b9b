// SPDX-License-Identifier: BSD-3-Clause
// Errors: of the library, of the hypervisor and of the Resource Manager. One number may be of all three.
#include "explain.h"
#include "facts.h"

#include <gunyah/error.h>
#include <gunyah/rm.h>
#include <inttypes.h>

// Beyond the last of the list.
#define LOWEST_ERROR (-128)

// Without "GUNYAH_ERR_".
static const char *name_of(enum gunyah_error error)
{
    return gunyah_error_name(error) + (error == GUNYAH_OK ? 7 : 11);
}

static bool is_known(enum gunyah_error error)
{
    return gunyah_error_name(error)[0] != 'u';
}

static bool is_error(const struct question *question, enum gunyah_error error)
{
    if (question->what == NULL)
        return true;
    if (question->is_number)
        return question->is_negative ? question->number == (uint64_t) - (int64_t)error
                                     : question->number == 0 && error == 0;
    return explain_named(question->what, name_of(error));
}

// What to do about an error that stands for a code of the Resource Manager alone, is what to do about that; NULL: nothing.
static const char *cure_of(const struct gunyah_error_info *info)
{
    const struct fact_value *code = fact_rm_errors;
    struct gunyah_error_info refusal;

    if (info->advice[0] != 0)
        return info->advice;
    while (code->name != NULL && gunyah_error_from_rm((uint32_t)code->value) != info->error)
        code++;
    if (code->name == NULL)
        return NULL;
    gunyah_rm_explain(0, (uint32_t)code->value, &refusal);
    return refusal.advice;
}

static void explain_library(const struct question *question)
{
    struct gunyah_error_info info;

    for (int number = 0; number > LOWEST_ERROR; number--) {
        const enum gunyah_error error = (enum gunyah_error)number;

        if (!is_known(error) || !is_error(question, error))
            continue;
        gunyah_error_explain(error, &info);
        report_thing(question->report, "error", gunyah_error_name(error));
        report_text(question->report, "of", "the library");
        report_format(question->report, "number", "%d", number);
        report_text(question->report, "what", info.text);
        report_text(question->report, "cure", cure_of(&info));
        report_thing_end(question->report);
    }
}

static bool is_code(const struct question *question, const struct fact_value *code)
{
    const uint64_t given = question->is_negative ? 0 - question->number : question->number;

    if (question->what == NULL)
        return true;
    if (!question->is_number)
        return explain_named(question->what, code->name);
    // As 64 or as 32 bits.
    return given == code->value || given == (uint64_t)(int64_t)(int32_t)code->value;
}

static void report_code(const struct question *question, const struct fact_value *code, const char *of,
                        const struct gunyah_error_info *info)
{
    report_thing(question->report, "error", code->name);
    report_text(question->report, "of", of);
    report_format(question->report, "number", "%" PRId32, (int32_t)code->value);
    report_text(question->report, "library", gunyah_error_name(info->error));
    report_text(question->report, "what", info->text);
    report_text(question->report, "cure", info->advice[0] != 0 ? info->advice : NULL);
    report_thing_end(question->report);
}

void explain_error(struct question *question)
{
    struct gunyah_error_info info;

    explain_library(question);
    for (const struct fact_value *code = fact_hypervisor_errors; code->name != NULL; code++) {
        if (!is_code(question, code))
            continue;
        gunyah_error_explain_call(GUNYAH_ANY_HYPERCALL, (int32_t)code->value, &info);
        report_code(question, code, "the hypervisor", &info);
    }
    for (const struct fact_value *code = fact_rm_errors; code->name != NULL; code++) {
        if (!is_code(question, code))
            continue;
        gunyah_rm_explain(0, (uint32_t)code->value, &info);
        report_code(question, code, "the Resource Manager", &info);
    }
}
