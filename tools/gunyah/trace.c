// SPDX-License-Identifier: BSD-3-Clause
#include "trace.h"
#include "chart.h"
#include "value_meaning.h"

#include <gunyah/abi/names.h>

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define SHOWN_DATA 16 // bytes of a message in a few words
#define MEANING_SIZE 96
#define LARGEST_DECIMAL 0xffff

void trace_add_vm(struct trace *trace, const char *name)
{
    trace->vms[trace->vm_count++] = name;
    if (trace->pcapng != NULL)
        trace_pcapng_add_vm(trace->pcapng, name);
    if (trace->chart != NULL)
        chart_add_vm(trace->chart, name);
}

void trace_write(struct trace *trace, const struct trace_event *event)
{
    if (trace->text != NULL && trace->json)
        trace_json_write(trace, event);
    else if (trace->text != NULL)
        fprintf(trace->text, "[%7" PRIu64 ".%03u us] %s\n", event->time_ns / 1000, (unsigned)(event->time_ns % 1000),
                event->text);
    if (trace->text != NULL)
        fflush(trace->text);
    if (trace->pcapng != NULL)
        trace_pcapng_write(trace->pcapng, event);
    if (trace->chart != NULL)
        chart_add_event(trace->chart, event);
}

// Words on their way. What does not fit is cut off.
struct words {
    char *text;
    size_t size;
    const char *separator;
};

__attribute__((format(printf, 2, 3))) static void append(const struct words *words, const char *format, ...)
{
    const size_t used = strlen(words->text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(words->text + used, words->size - used, format, arguments);
    va_end(arguments);
}

static void append_value(struct words *words, const struct gunyah_word_info *word, uint64_t value)
{
    char meaning[MEANING_SIZE];

    value_meaning(word->type, value, meaning, sizeof(meaning));
    if (meaning[0] != 0)
        append(words, "%s%s", words->separator, meaning);
    else
        append(words, value <= LARGEST_DECIMAL ? "%s%s %" PRIu64 : "%s%s 0x%" PRIx64, words->separator, word->name,
               value);
    words->separator = ", ";
}

static bool is_readable(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] < 0x20 || data[i] >= 0x7f)
            return false;
    }
    return true;
}

static void append_data(const struct words *words, const uint8_t *data, size_t size)
{
    const size_t shown = size < SHOWN_DATA ? size : SHOWN_DATA;
    const bool readable = is_readable(data, size);

    append(words, readable ? " \"" : " hex:");
    for (size_t i = 0; i < shown; i++)
        append(words, readable ? "%c" : "%02x", data[i]);
    append(words, "%s%s", shown < size ? "..." : "", readable ? "\"" : "");
}

static bool is_type(const struct gunyah_word_info *word, const char *type)
{
    return strcmp(word->type, type) == 0;
}

// What a message says itself, and what is nothing, is left out.
static bool is_dull(const struct trace_event *event, const struct gunyah_word_info *word, uint64_t value)
{
    if (is_type(word, "reserved") || is_type(word, "guest_va"))
        return true;
    if (is_type(word, "size") &&
        (event->number == GUNYAH_HYPERCALL_MSGQUEUE_SEND || event->number == GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE))
        return true;
    return value == 0 && !is_type(word, "capid");
}

void trace_call_words(const struct trace_event *event, char *text, size_t size)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(event->number);
    struct words words = {text, size, ""};

    text[0] = 0;
    if (shape == NULL) {
        append(&words, "hypercall 0x%" PRIx32, event->number);
        return;
    }
    append(&words, "%s(", shape->name);
    for (unsigned i = 0; i < shape->argument_count; i++) {
        const struct gunyah_word_info *word = &shape->arguments[i];
        const uint64_t value = event->call->x[i + 1];
        if (event->names[i] != NULL) {
            append(&words, "%s%s", words.separator, event->names[i]);
            words.separator = ", ";
        } else if (!is_dull(event, word, value)) {
            append_value(&words, word, value);
        }
    }
    append(&words, ")");
    if (event->data != NULL && event->number == GUNYAH_HYPERCALL_MSGQUEUE_SEND)
        append_data(&words, event->data, event->size);
}

int32_t trace_error(const struct trace_event *event)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(event->number);

    if (event->answer == NULL || (shape != NULL && !is_type(&shape->results[0], "error")))
        return 0;
    return (int32_t)(uint32_t)event->answer->x[0];
}

void trace_answer_words(const struct trace_event *event, char *text, size_t size)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(event->number);
    const int32_t error = trace_error(event);
    const char *name = gunyah_hverr_name(error);
    struct words words = {text, size, ", "};

    text[0] = 0;
    if (event->answer == NULL) {
        append(&words, "does not return");
        return;
    }
    if (name != NULL)
        append(&words, "%s", name);
    else
        append(&words, "error %" PRId32, error);
    for (unsigned i = 0; shape != NULL && error == 0 && i < shape->result_count; i++) {
        const struct gunyah_word_info *word = &shape->results[i];
        if (!is_type(word, "error") && !is_dull(event, word, event->answer->x[i]))
            append_value(&words, word, event->answer->x[i]);
    }
    if (event->data != NULL && event->number == GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE)
        append_data(&words, event->data, event->size);
    if (event->is_injected)
        append(&words, " (injected)");
}
