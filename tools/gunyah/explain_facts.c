// SPDX-License-Identifier: BSD-3-Clause
// Hypercalls, messages, ioctls and types, as the tables have them.
#include "explain.h"
#include "facts.h"
#include "ioctls.h"

#include <gunyah/abi/numbers.h>
#include <gunyah/error.h>
#include <gunyah/rm.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void report_refusal(struct report *report, const struct gunyah_error_info *info, const char *code)
{
    report_format(report, "answer", "%s: %s", code != NULL ? code : "not a code that is known", info->text);
    report_text(report, "library", gunyah_error_name(info->error));
    report_text(report, "cure", info->advice);
}

// The code may be given by its name.
static bool find_code(struct question *question, const struct fact_value *codes, uint32_t *code)
{
    if (question->value == NULL)
        return false;
    *code = (uint32_t)question->value_number;
    if (!question->value_is_number) {
        while (codes->name != NULL && !explain_named(question->value, codes->name))
            codes++;
        *code = (uint32_t)codes->value;
    }
    if (question->value_is_number || codes->name != NULL)
        question->value_used = true;
    return question->value_is_number || codes->name != NULL;
}

static const char *code_name(const struct fact_value *codes, uint32_t code)
{
    while (codes->name != NULL && codes->value != code)
        codes++;
    return codes->name;
}

// In one of the two conventions, or by its plain number.
static bool is_call(const struct question *question, const struct fact_call *call)
{
    if (question->what == NULL)
        return true;
    if (!question->is_number)
        return explain_named(question->what, call->name);
    if (question->is_negative)
        return false;
    return question->number == (GUNYAH_SMCCC_BASE | call->number) ||
           question->number == (GUNYAH_IMMEDIATE_BASE | call->number) || question->number == call->number;
}

void explain_call(struct question *question)
{
    struct report *report = question->report;
    struct gunyah_error_info info;
    uint32_t code;

    for (const struct fact_call *call = fact_calls; call->name != NULL; call++) {
        if (!is_call(question, call))
            continue;
        report_thing(report, "hypercall", call->name);
        report_text(report, "what", call->summary);
        report_format(report, "number", "0x%02x: SMCCC 0x%08" PRIx64 ", immediate hvc #0x%04x", call->number,
                      (uint64_t)GUNYAH_SMCCC_BASE | call->number, (unsigned)GUNYAH_IMMEDIATE_BASE | call->number);
        report_text(report, "since", call->since);
        report_text(report, "state", call->state);
        report_list(report, "arguments", call->arguments);
        report_list(report, "results", call->results);
        report_list(report, "errors", call->errors);
        report_text(report, "note", call->note);
        if (find_code(question, fact_hypervisor_errors, &code)) {
            gunyah_error_explain_call(call->number, (int32_t)code, &info);
            report_refusal(report, &info, code_name(fact_hypervisor_errors, code));
        }
        report_thing_end(report);
    }
}

// Kernels print ids in hexadecimal without a 0x.
static bool is_message(const struct question *question, const struct fact_message *message)
{
    if (question->what == NULL)
        return true;
    if (!question->is_number && explain_named(question->what, message->name))
        return true;
    return (question->is_number && !question->is_negative && question->number == message->id) ||
           (strlen(question->what) == 8 && strtoul(question->what, NULL, 16) == message->id);
}

void explain_message(struct question *question)
{
    struct report *report = question->report;
    struct gunyah_error_info info;
    uint32_t code;

    for (const struct fact_message *message = fact_messages; message->name != NULL; message++) {
        if (!is_message(question, message))
            continue;
        report_thing(report, message->notification ? "notification" : "message", message->name);
        report_text(report, "what", message->summary);
        report_format(report, "id", "0x%08" PRIx32, message->id);
        report_text(report, "since", message->since);
        report_text(report, "state", message->state);
        report_text(report, "sender", message->sender);
        report_text(report, "states", message->states);
        report_list(report, "errors", message->errors);
        report_text(report, "note", message->note);
        report_text(report, "danger", message->danger);
        if (find_code(question, fact_rm_errors, &code)) {
            gunyah_rm_explain(message->id, code, &info);
            report_refusal(report, &info, code_name(fact_rm_errors, code));
        }
        report_thing_end(report);
    }
}

static void report_number(struct report *report, uint32_t number)
{
    static const char *const directions[] = {"_IO", "_IOW", "_IOR", "_IOWR"};
    const unsigned kind = number >> 8 & 0xff;
    const unsigned size = number >> 16 & 0x3fff;

    report_format(report, "number",
                  kind < 0x80 ? "0x%08" PRIx32 ": %s('%c', 0x%02x), %u bytes"
                              : "0x%08" PRIx32 ": %s(0x%02x, 0x%02x), %u bytes",
                  number, directions[number >> 30], (int)kind, (unsigned)number & 0xff, size);
}

void explain_ioctl(struct question *question)
{
    struct report *report = question->report;

    for (const struct ioctl_row *row = ioctl_rows; row->name != NULL; row++) {
        const bool fits = question->is_number ? !question->is_negative && question->number == row->number
                                              : question->what == NULL || explain_named(question->what, row->name);
        if (!fits)
            continue;
        report_thing(report, "ioctl", row->name);
        report_text(report, "what", row->text);
        report_number(report, row->number);
        report_text(report, "of", row->on);
        report_text(report, "drivers", row->drivers);
        report_text(report, "argument", row->argument);
        report_thing_end(report);
    }
}

static uint64_t lowest_bit(uint64_t mask)
{
    return mask & (0 - mask);
}

static void report_enumerator(struct report *report, const struct fact_value *value, uint64_t number)
{
    while (value->name != NULL && value->value != number)
        value++;
    report_format(report, "value", "%" PRId64 ": %s", (int64_t)number,
                  value->name != NULL ? value->name : "not one of them");
}

static void report_fields(struct report *report, const struct fact_value *field, uint64_t number)
{
    report_list_begin(report, "value");
    for (; field->name != NULL; field++) {
        const uint64_t value = (number & field->value) / lowest_bit(field->value);

        if (field->value == lowest_bit(field->value) && value != 0)
            report_entry(report, "%s", field->name);
        else if (value != 0)
            report_entry(report, "%s = 0x%" PRIx64, field->name, value);
        number &= ~field->value;
    }
    if (number != 0)
        report_entry(report, "0x%" PRIx64 ": bits without a name", number);
    report_list_end(report);
}

static void report_kind(struct question *question, const struct fact_kind *kind)
{
    struct report *report = question->report;

    question->value_used = question->value_is_number;
    report_thing(report, "type", kind->name);
    report_text(report, "what", kind->text);
    if (question->value_is_number && kind->is_enumeration) {
        report_enumerator(report, kind->values, question->value_number);
    } else if (question->value_is_number) {
        report_fields(report, kind->values, question->value_number);
    } else {
        report_list_begin(report, kind->is_enumeration ? "values" : "fields");
        for (const struct fact_value *value = kind->values; value->name != NULL; value++) {
            if (kind->is_enumeration)
                report_entry(report, "%" PRId64 " %s", (int64_t)value->value, value->name);
            else
                report_entry(report, "0x%" PRIx64 " %s", value->value, value->name);
        }
        report_list_end(report);
    }
    report_thing_end(report);
}

void explain_type(struct question *question)
{
    static const struct fact_kind *const tables[] = {fact_kinds, ioctl_kinds};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const struct fact_kind *kind = tables[i]; kind->name != NULL; kind++) {
            if (question->what == NULL || (!question->is_number && explain_named(question->what, kind->name)))
                report_kind(question, kind);
        }
    }
}
